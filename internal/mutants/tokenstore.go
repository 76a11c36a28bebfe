package main

// tokenstoreMutants break sign-in, the stores, and the one refresh of all who share one.
var tokenstoreMutants = []mutant{
	// One refresh, within the budget.
	{name: "each connection refreshes for itself", core: true, file: "tokenshelf.go", from: "if locker, ok := s.store.(Locker); ok {", to: "if locker, ok := s.store.(Locker); ok && false {"},
	{name: "who waited for the lock asks all the same", file: "tokenshelf.go", from: "		if tok, err = s.load(ctx); err != nil {\n			return nil, err\n		}\n", to: ""},
	{name: "the lock is kept for its lease", file: "tokenshelf.go", from: `t.tell("unlock", lock.Unlock(context.WithoutCancel(ctx)))`, to: ""},
	{name: "a refresh is noted only when it is done", core: true, file: "tokenshelf.go", from: "		return save(ctx, kept)\n", to: "		return nil\n"},
	{name: "a token that cannot be kept is of no use", file: "tokenshelf.go", from: `	t.tell("save", save(ctx, fresh))
	return fresh, nil`, to: `	return fresh, save(ctx, fresh)`},
	{name: "a refused refresh token is tried again", file: "tokenshelf.go", from: "		s.bury(tok.RefreshToken, err)\n", to: ""},
	{name: "a refused refresh token stands for the next", file: "tokenshelf.go", from: "if refreshToken != s.dead {", to: "if s.dead == \"\" {"},
	{name: "eleven refreshes", file: "tokenshelf.go", from: "refreshBudget = 10", to: "refreshBudget = 11"},
	{name: "old refreshes count", file: "tokenshelf.go", from: "return now.Sub(at) >= refreshWindow", to: "return now.Sub(at) >= 2*refreshWindow"},
	{name: "OnRefresh is called for another's refresh", file: "refresh.go", from: "(t.shelf == nil || !t.shelf.found(fresh))", to: "true"},

	// Who signs in and out.
	{name: "case tells users apart", file: "open.go", from: "strings.ToLower(strings.TrimSpace(user))", to: "strings.TrimSpace(user)"},
	{name: "another client's users", file: "open.go", from: "k != a.cfg.key(k.User)", to: "k.Service != ServiceCRM"},
	{name: "who could not sign out is forgotten", file: "open.go", from: "if err := a.revokeStored(ctx, tok); err != nil {", to: "if err := a.revokeStored(ctx, tok); false {"},
	{name: "whom Zoho refuses to sign out is forgotten", file: "open.go", from: `ok && slices.Contains([]string{"invalid_code", "invalid_grant", "invalid_token"}, e.Code)`, to: "ok && errors.Is(e, ErrAuthentication)"},
	{name: "any accounts server is believed", file: "signin.go", from: "return a.At(back.accounts)", to: "return a.at(back.accounts), nil"},
	{name: "a sign-in that nobody began", core: true, file: "signin.go", from: "if err := a.spendState(w, r, back.state); err != nil {", to: "if err := a.spendState(w, r, back.state); false {"},
	{name: "a sign-in for another browser", file: "signinstate.go", from: "	_, _ = mac.Write(secret)\n", to: "	_ = secret\n"},
	{name: "a sign-in without an end", file: "signinstate.go", from: "if !time.Now().Before(ends) {", to: "if false {"},
	{name: "a sign-in that was finished already", file: "signinstate.go", from: "if !a.used.add(string(raw[:stateNonce])) {", to: "if a.used.add(string(raw[:stateNonce])); false {"},
	{name: "a sign-in that a neighbour planted", file: "signinstate.go", from: "		return \"__Host-\" + stateCookie\n", to: "		return stateCookie\n"},
	{name: "the cookies of sign-ins pile up", file: "signinstate.go", from: "for len(names) >= mostStates {", to: "for false {"},
	{name: "a sign-in for an hour takes the place of one that lasts", file: "signin.go", from: "if tok.RefreshToken == \"\" {", to: "if false {"},
	{name: "a sign-in under no secret", file: "signinstate.go", from: "case a.cfg.ClientSecret == \"\":", to: "case false:"},
	{name: "users of another organization", file: "identity.go", from: "len(out.Org) != 1 || scalar(out.Org[0].ZGID) != a.cfg.Org", to: "len(out.Org) != 1"},

	// The stores.
	{name: "the memory's tokens are the callers'", file: "memorystore.go", from: "return copyToken(tok), nil", to: "return tok, nil"},
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
