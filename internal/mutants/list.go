package main

// mutants are the breakages. Each stands for a mistake that somebody could make, or that a peer of this library made.
var mutants = []mutant{
	// What is sent.
	{name: "a save sends everything", file: "write.go", from: "	if loaded != nil {\n		body, _, err", to: "	if false {\n		body, _, err"},
	{name: "a snapshot serves another record", file: "write.go", from: `was != "" && was != id`, to: `false && was != id`},
	{name: "an upsert forgets the difference", file: "write.go", from: `if r.Action == "update" {`, to: `if false {`},
	{name: "a saved record is not remembered", file: "write.go", from: "			t.remember(merged)\n", to: "			_, _ = t, merged\n"},
	{name: "system fields are sent", file: "write.go", from: `return isSystem(name) &&`, to: `return false && isSystem(name) &&`},
	{name: "rows without ids are added again", file: "write.go", from: `field != "" && !replace`, to: `false && field != "" && !replace`},
	{name: "a record is created twice in a batch", file: "write.go", from: "again && rec != nil", to: "false && again && rec != nil"},
	{name: "create takes a record with an id", file: "write.go", from: `id != "" {
			return outgoing{}, because(ErrRecordInvalid`, to: `false {
			return outgoing{}, because(ErrRecordInvalid`},
	{name: "Go's names pass as API names", file: "write.go", from: "if err := r.plan.CheckNames(changes[i]); err != nil {", to: "if err := r.plan.CheckNames(nil); err != nil {"},
	{name: "read-only fields are sent", file: "internal/codec/encode.go", from: "if f.readonly && !e.all ||", to: "if", packages: []string{".", "./internal/codec"}},
	{name: "always is not", file: "internal/codec/encode.go", from: "f.coder.empty(fv) && !f.always {", to: "f.coder.empty(fv) {", packages: []string{".", "./internal/codec"}},
	{name: "times end in Z", file: "internal/codec/encode.go", from: `"2006-01-02T15:04:05-07:00"`, to: `"2006-01-02T15:04:05Z07:00"`, packages: []string{".", "./internal/codec"}},
	{name: "what was not loaded is a change", file: "internal/codec/diff.go", from: "	if !present {\n		if f.coder.empty(value) {\n			return nil, false, nil\n		}", to: "	if !present {", packages: []string{".", "./internal/codec"}},
	{name: "removed rows stay", file: "internal/codec/rows.go", from: "		if err := rows.writeGone(&e); err != nil {\n			return nil, false, err\n		}\n", to: "", packages: []string{".", "./internal/codec"}},
	{name: "criteria are not escaped", file: "internal/codec/literal.go", from: "return criteriaEscapes.Replace(text), nil", to: "return text, nil", packages: []string{".", "./internal/codec"}},
	{name: "big numbers pass through float64", file: "internal/codec/container.go", from: "return json.Number(d.str(raw)), nil", to: "f, _ := json.Number(d.str(raw)).Float64(); return f, nil", packages: []string{".", "./internal/codec"}},
	{name: "no triggers means all", file: "batch.go", from: "if b.cfg.trigger != nil {\n		req", to: "if len(b.cfg.trigger) > 0 {\n		req"},

	// What becomes of a batch.
	{name: "a row's error is swallowed", file: "batch.go", from: "b.results[row.index] = Result{ID: row.id, Err: e}", to: "b.results[row.index] = Result{ID: row.id}"},
	{name: "a short answer is a success", file: "batch.go", from: "if i >= len(answers) {", to: "if i >= len(answers) {\n			continue"},
	{name: "chunks of 101", file: "batch.go", from: "const maxRows = 100", to: "const maxRows = 101"},
	{name: "a failed chunk ends the batch", file: "batch.go", from: "	b.failRows(chunk, err)\n	for _, hopeless", to: "	b.failRows(chunk, err)\n	b.stopped = err\n	for _, hopeless"},
	{name: "hopeless calls go on", file: "batch.go", from: "			b.stopped = hopeless\n", to: "			_ = hopeless\n"},
	{name: "a create is sent again", file: "batch.go", from: "again := w.action == update.action ||", to: "again := w.action == creation.action || w.action == update.action ||"},
	{name: "appended values are sent again", file: "batch.go", from: "|| len(b.cfg.appended) > 0 ", to: ""},
	{name: "new subform rows are sent again", file: "batch.go", from: "err != nil || addsRows(fields) ||", to: "err != nil ||"},
	{name: "an upsert without its check field is sent again", file: "batch.go", from: "!hasAny(fields, b.cfg.checks) {", to: "false {"},
	{name: "a repeated delete is not found", file: "delete.go", from: "if resp != nil && resp.Repeated {", to: "if false {"},
	{name: "an id is deleted twice", file: "delete.go", from: "		return again\n", to: "		return false\n"},
	{name: "the empty id passes", file: "record.go", from: `	case id == "":`, to: `	case false:`},
	{name: "reserved words pass as ids", file: "record.go", from: "|| slices.Contains(reserved, id):", to: ":"},

	// Lists.
	{name: "no page after the first", file: "lister.go", from: "	case !w.MoreRecords:\n", to: "	case true:\n"},
	{name: "an unmoving token is a loop", file: "lister.go", from: `p.info.NextPageToken != "" && p.info.NextPageToken == at.token:`, to: `false:`},
	{name: "a search ends in silence", file: "lister.go", from: "		p.end = l.fail(l.op, ErrTruncated)\n", to: ""},
	{name: "a limit is another error", file: "lister.go", from: `(at.number > 1 || at.token != "") && isLimit(e.Code)`, to: `false`},
	{name: "a cancelled list is a short list", file: "lister.go", from: "			p.err = err\n", to: "			_ = err\n"},
	{name: "the loop leaves a goroutine", file: "lister.go", from: "		cancel()\n		for range pages {\n		}\n", to: "		_ = cancel\n"},
	{name: "only the first fifty fields", file: "fieldgroup.go", from: "	for _, group := range l.groups[1:] {", to: "	for _, group := range l.groups[:0] {"},
	{name: "half a record is yielded", file: "fieldgroup.go", from: "			if !gone[i] {\n				whole", to: "			if !gone[i] || true {\n				whole"},
	{name: "FindBy finds parts", file: "match.go", from: "		return strings.EqualFold(got, text)", to: "		return strings.Contains(got, text)"},

	// The wire.
	{name: "a retried create", file: "internal/transport/policy.go", from: "		return repeat == Safe && !errors.Is(err, ErrTooLarge)", to: "		return !errors.Is(err, ErrTooLarge)", packages: []string{".", "./internal/transport"}},
	{name: "a 5xx is repeated for all", file: "internal/transport/policy.go", from: "	return repeat == Safe && (resp.StatusCode >= 500", to: "	return (resp.StatusCode >= 500", packages: []string{".", "./internal/transport"}},
	{name: "the token goes to any host", file: "internal/transport/sign.go", from: "	if req.URL.Host != Host {", to: "	if false {", packages: []string{"./internal/transport"}},
	{name: "429 is final", file: "internal/transport/policy.go", from: "	return resp.StatusCode == http.StatusTooManyRequests\n", to: "	return false\n", packages: []string{".", "./internal/transport"}},
	{name: "a lost create is just an error", file: "response.go", from: "		if req.repeat() == RepeatNever {\n			e.Err = fmt", to: "		if false {\n			e.Err = fmt"},
	{name: "a refusal of the token is final", file: "internal/transport/sign.go", from: "if err != nil || !refused(resp) {", to: "if err != nil || true || !refused(resp) {", packages: []string{".", "./internal/transport"}},
	{name: "a place is never given back", file: "internal/transport/limit.go", from: "handedOver := false", to: "handedOver := true", packages: []string{".", "./internal/transport"}},
	{name: "a failed write is just an error", file: "response.go", from: "		if req.repeat() == RepeatNever {\n			e.Err = ErrOutcomeUnknown", to: "		if false {\n			e.Err = ErrOutcomeUnknown"},
	{name: "a refused row passes on a raw call", file: "response.go", from: "refusals != nil && (resp.Status >= 300", to: "refusals != nil && false && (resp.Status >= 300"},

	// Signing in.
	{name: "milliseconds are taken for seconds", file: "token_answer.go", from: `if _, ok := fields["expires_in_sec"]; ok {`, to: `if _, ok := fields["expires_in_sec"]; ok && false {`},
	{name: "the old refresh token is lost", file: "auth.go", from: "		tok.RefreshToken = refreshToken\n", to: ""},
	{name: "scopes are joined by spaces", file: "auth.go", from: `[]string{strings.Join(scopes, ",")}`, to: `scopes`},
	{name: "any host will do", file: "site.go", from: "	s, ok := findSite(host)\n	if !ok ||", to: "	s, ok := findSite(host)\n	if false && !ok ||"},
	{name: "the secret goes to loopback", file: "auth.go", from: "s.kind == siteLoopback && !a.onLoopback() {\n		err =", to: "false && s.kind == siteLoopback && !a.onLoopback() {\n		err ="},
	{name: "a fresh token is never renewed", file: "refresh.go", from: "t.cfg.TokenSource == nil && t.barren > 0 &&", to: "t.cfg.TokenSource == nil &&"},
	{name: "http will do", file: "site.go", from: `if u.Scheme != "https" {`, to: `if false {`},
	{name: "an unknown data center will do", file: "config.go", from: "if !c.DataCenter.known() {", to: "if false {"},
}
