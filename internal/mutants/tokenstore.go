package main

// tokenstoreMutants break sign-in, the stores, and the one refresh of all who share one.
var tokenstoreMutants = []mutant{
	// One refresh, within the budget.
	{name: "each connection refreshes for itself", core: true, file: "tokenshelf.go", from: "	if !ok {\n		return s.save,", to: "	if true || !ok {\n		return s.save,"},
	{name: "each connection of an Auth refreshes for itself", file: "peers.go", from: "	if f == nil {\n		if p.flights", to: "	if true {\n		if p.flights"},
	{name: "one user's refresh holds up another's", file: "tokenshelf.go", from: "s.peers.renew(ctx, s.key, func()", to: "s.peers.renew(ctx, Key{}, func()"},
	{name: "a peer that panics has renewed the token", file: "peers.go", from: "done: make(chan struct{}), err: errNoRenewal}", to: "done: make(chan struct{})}"},
	{name: "who waited for the lock asks all the same", file: "tokenshelf.go", from: "	tok, serves, err := t.stored(ctx, current)\n	if serves || err != nil {\n		return tok, err\n	}\n	return t.refreshStored(", to: "	tok, _, err := t.stored(ctx, current)\n	if err != nil {\n		return tok, err\n	}\n	return t.refreshStored("},
	{name: "the lock is kept for its lease", file: "tokenshelf.go", from: "		return held.Unlock(late)\n", to: "		return late.Err()\n"},
	{name: "a store may stand still when it unlocks", file: "tokenshelf.go", from: "return context.WithTimeout(context.WithoutCancel(ctx), refreshLease-refreshUnderLease)", to: "return context.WithCancel(context.WithoutCancel(ctx))"},
	{name: "what Zoho took long to give is lost", file: "tokenshelf.go", from: `t.tell("save", save(late, fresh))`, to: `_ = late; t.tell("save", save(ctx, fresh))`},
	{name: "a refresh outlasts its lease", file: "tokenshelf.go", from: "context.WithTimeout(ctx, refreshUnderLease)", to: "context.WithTimeout(ctx, 2*refreshUnderLease)"},
	{name: "a refresh is noted only when it is done", core: true, file: "tokenshelf.go", from: "		return save(ctx, kept)\n", to: "		return nil\n"},
	{name: "a token that cannot be kept is of no use", file: "tokenshelf.go", from: `	t.tell("save", save(late, fresh))
	return fresh, nil`, to: `	return fresh, save(late, fresh)`},
	{name: "a token that Zoho gave forgets whose it is", file: "tokenshelf.go", from: "fresh.User = cmp.Or(fresh.User, tok.User)", to: `fresh.User = cmp.Or(fresh.User, "")`},
	{name: "another user's token serves", file: "tokenshelf.go", from: `case tok.User != "" && userName(tok.User) != s.key.User:`, to: `case userName("") != "":`},
	{name: "an empty token is one", file: "tokenshelf.go", from: "	case tok.empty():\n		return nil, fmt", to: "	case tok == nil:\n		return nil, fmt"},
	{name: "a refused refresh token is tried again", core: true, file: "refusedtoken.go", from: "	r.of[key] = refused\n", to: "	_ = refused\n"},
	{name: "a refused refresh token stands for the next", file: "refusedtoken.go", from: "refused.refreshToken != refreshToken || ", to: ""},
	{name: "a throttling has no end", file: "refusedtoken.go", from: "!refused.ends.IsZero() && !now.Before(refused.ends)", to: "false"},
	{name: "a throttling ends at once", file: "refusedtoken.go", from: "refused.ends = now.Add(throttledFor(reason))", to: "refused.ends = now"},
	{name: "it is as long as it was", file: "refusedtoken.go", from: "again.RetryAfter -= passed", to: "again.RetryAfter -= 0"},
	{name: "who spent the budget looks no more", file: "refresh.go", from: "now.Add(min(throttledFor(err), refreshPause))", to: "now.Add(throttledFor(err))"},
	{name: "a store's notes are all that is known", file: "renewal.go", from: "if tokenOrZero(t.askedWith).RefreshToken != current.RefreshToken {", to: "if true {"},
	{name: "another refresh token has spent, too", file: "renewal.go", from: "if tokenOrZero(t.askedWith).RefreshToken != current.RefreshToken {", to: "if t.askedWith == nil {"},
	{name: "notes count twice", file: "renewal.go", from: "if !slices.ContainsFunc(current.Refreshes, at.Equal) {", to: "if true {"},
	{name: "a clock that was ahead spends", file: "tokenshelf.go", from: "now.Sub(at).Abs() >= refreshWindow", to: "now.Sub(at) >= refreshWindow"},
	{name: "eleven refreshes", file: "tokenshelf.go", from: "refreshBudget = 10", to: "refreshBudget = 11"},
	{name: "old refreshes count", file: "tokenshelf.go", from: "now.Sub(at).Abs() >= refreshWindow", to: "now.Sub(at).Abs() >= 2*refreshWindow"},
	{name: "OnRefresh is called for another's refresh", file: "refresh.go", from: "(t.shelf == nil || !t.shelf.found(fresh))", to: "true"},

	{name: "what never left is spent", file: "renewal.go", from: "		if transport.NeverLeft(err) { // so", to: "		if false { // so"},
	{name: "a dial that failed is remembered", file: "refresh.go", from: "case zohos && transport.NeverLeft(err):", to: "case zohos && err == nil:"},

	// Who signs in and out.
	{name: "a source of tokens says who signed in", file: "identity.go", from: "	cfg.TokenSource = nil // which", to: "	// which"},
	{name: "who leaves while signing out stays", file: "open.go", from: "late, cancel := afterwards(ctx) // what is revoked", to: "late, cancel := context.WithCancel(ctx) // what is revoked"},
	{name: "case tells users apart", file: "open.go", from: "strings.ToLower(strings.TrimSpace(user))", to: "strings.TrimSpace(user)"},
	{name: "another client's users", file: "open.go", from: "k != a.cfg.key(k.User)", to: "k.Service != ServiceCRM"},
	{name: "who could not sign out is forgotten", file: "open.go", from: "if err := a.revokeStored(ctx, tok); err != nil {", to: "if err := a.revokeStored(ctx, tok); false {"},
	{name: "whom Zoho refuses to sign out is forgotten", file: "open.go", from: `ok && slices.Contains([]string{"invalid_code", "invalid_grant", "invalid_token"}, e.Code)`, to: "ok && errors.Is(e, ErrAuthentication)"},
	{name: "any accounts server is believed", file: "signin.go", from: "return a.At(back.accounts)", to: "return a.at(back.accounts), nil"},
	{name: "a sign-in that nobody began", core: true, file: "signin.go", from: "if err := a.spendState(w, r, back.state); err != nil {", to: "if err := a.spendState(w, r, back.state); false {"},
	{name: "a sign-in for another browser", file: "signinstate.go", from: "	_, _ = mac.Write(secret)\n", to: "	_ = secret\n"},
	{name: "a sign-in without an end", file: "signinstate.go", from: "if !time.Now().Before(ends) {", to: "if ends.IsZero() {"},
	{name: "a sign-in that was finished already", file: "signinstate.go", from: "if !a.used.add(string(raw[:stateNonce])) {", to: "if a.used.add(string(raw[:stateNonce])); false {"},
	{name: "a sign-in that a neighbour planted", file: "signinstate.go", from: "		return \"__Host-\" + stateCookie\n", to: "		return stateCookie\n"},
	{name: "the cookies of sign-ins pile up", file: "signinstate.go", from: "for len(names) >= mostStates {", to: "for false {"},
	{name: "a sign-in for an hour takes the place of one that lasts", file: "signin.go", from: "if tok.RefreshToken == \"\" {", to: "if false {"},
	{name: "a sign-in under no secret", file: "signinstate.go", from: "case a.cfg.ClientSecret == \"\":", to: "case false:"},
	{name: "users of another organization", file: "identity.go", from: "len(out.Org) != 1 || scalar(out.Org[0].ZGID) != a.cfg.Org", to: "len(out.Org) != 1"},

	// The stores.
	{name: "the memory's tokens are the callers'", file: "memorystore.go", from: "return copyToken(tok), nil", to: "return tok, nil"},
	{name: "the memory keeps what is no token", file: "memorystore.go", from: "fmt.Errorf(\"zohohub: save %v: %w\", key, err)", to: "error(nil)"},
	{name: "an empty token is encoded", file: "token.go", from: "	case tok.empty():\n", to: "	case false:\n"},
	{name: "who is late saves in memory", file: "memorystore.go", from: "if l.store.locks[l.key] != l {", to: "if false {"},
	{name: "a damaged file is nobody's", file: "tokenstore/file/file.go", from: "	case errors.Is(err, fs.ErrNotExist):\n		return", to: "	case err != nil:\n		return", packages: inFile},
	{name: "a folder for everybody", file: "tokenstore/file/file.go", from: "os.MkdirAll(abs, 0o700)", to: "os.MkdirAll(abs, 0o755)", packages: inFile},
	{name: "what a crash left stays", file: "tokenstore/file/file.go", from: "time.Since(info.ModTime()) > partLife", to: "time.Since(info.ModTime()) > 1000*partLife", packages: inFile},
	{name: "two hold a file's lock", file: "tokenstore/file/lock.go", from: "if c.holds(now) {", to: "if false {", packages: inFile},
	{name: "who is late saves a file", file: "tokenstore/file/lock.go", from: "if c.Holder != l.holder {", to: "if false {", packages: inFile},
	{name: "a clock that was set back locks", file: "tokenstore/file/lock.go", from: " && c.Ends.Sub(now) <= 2*c.Ends.Sub(c.Since)", to: "", packages: inFile},
	{name: "a sealed token is anybody's", file: "tokenstore/sealed/sealed.go", from: `{mark, key.Service, key.ClientID, key.Org, key.User}`, to: `{mark, key.Service}`, packages: inSealed},
	{name: "an old key seals", file: "tokenstore/sealed/sealed.go", from: "s.keys[0].Seal(", to: "s.keys[len(s.keys)-1].Seal(", packages: inSealed},
	{name: "plain tokens pass", file: "tokenstore/sealed/sealed.go", from: "	case s.plain:\n", to: "	case true:\n", packages: inSealed},
	{name: "what is locked is not sealed", file: "tokenstore/sealed/sealed.go", from: "return &lock{held, s.store, key}, nil", to: "return held, nil", packages: inSealed},
}

var (
	inFile   = []string{"./tokenstore/file"}
	inSealed = []string{"./tokenstore/sealed"}
)
