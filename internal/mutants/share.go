package main

// shareMutants break sharing, locks, the territories of records and the recycle bin.
var shareMutants = []mutant{
	{name: "a record is shared twice", core: true, file: "share.go", from: "		if w.action == update.action {\n			call.Repeat", to: "		if true {\n			call.Repeat"},
	{name: "half a sharing is sent", file: "share.go", from: "		if err := share.check(version); err != nil {\n			return err\n		}\n", to: ""},
	{name: "eleven users", file: "share.go", from: "count[target.Type] > shareLimits[target.Type]", to: "count[target.Type] > shareLimits[target.Type]+1"},
	{name: "a share stands twice", file: "share.go", from: "		case seen[target]:", to: "		case false:"},
	{name: "all and some", file: "share.go", from: "case share.Public && len(shares) > 1:", to: "case false:"},
	{name: "the record's id is the user's", file: "share.go", from: "rows[i].done = func(row) { b.results[i].ID = share.With.ID }", to: "rows[i].done = func(row) {}"},
	{name: "a repeated revocation fails", file: "share.go", from: "resp.Repeated && nothingToRevoke(b.results[0].Err)", to: "false"},
	{name: "a sharing under way was revoked", file: "share.go", from: ` && strings.HasPrefix(e.Message, "No sharing through this record")`, to: ` && strings.HasPrefix(e.Message, "")`},
	{name: "old versions share with roles", file: "share.go", from: "case version.sharesWithUsers && s.With.Type != ShareUsers:", to: "case false:"},
	{name: "nobody is told of a share", file: "share.go", from: "{Notify: s.cfg.notify, ", to: "{"},

	{name: "a lock's error is not known", core: true, file: "errors.go", from: "{ErrRecordLocked},", to: "{},"},
	{name: "whoever locks again is not told why", file: "lock.go", from: "		e.Err = ErrRecordLocked\n", to: ""},
	{name: "whatever is not allowed is locked", file: "lock.go", from: ` && strings.EqualFold(strings.TrimRight(e.Message, ". "), "record is already locked")`, to: ` && strings.TrimSpace("") == ""`},
	{name: "a lock without a reason", file: "lock.go", from: `	case strings.TrimSpace(reason) == "":`, to: `	case strings.TrimSpace(reason) == "-":`},
	{name: "a repeated unlock fails", file: "lock.go", from: "resp.Repeated && w.method == http.MethodDelete", to: "false"},
	{name: "a lock does not know its id", file: "lock.go", from: `	l.ID = scalar(o["id"])`, to: `	_ = scalar(o["id"])`},

	{name: "eleven records to a territory", file: "recordterritory.go", from: "const maxTerritoryRows = 10", to: "const maxTerritoryRows = 11"},
	{name: "several territories are assigned again", file: "recordterritory.go", from: "if len(territories) == 1 {", to: "if len(territories) > 0 {"},
	{name: "one territory is not assigned again", file: "recordterritory.go", from: "		req.Repeat = RepeatSafe\n", to: "		req.Repeat = RepeatNever\n"},
	{name: "a territory stands twice", file: "recordterritory.go", from: "!slices.Contains(territories, one)", to: "!slices.Contains(territories, idBody{})"},
	{name: "a territory that was assigned fails", file: "recordterritory.go", from: "errors.Is(e, ErrDuplicate) || ", to: ""},
	{name: "a record that is not there is in a territory", file: "recordterritory.go", from: `strings.Contains(e.details().JSONPath, ".Territories[")`, to: `strings.Contains(e.details().JSONPath, "")`},

	{name: "CANNOT_DELETE is a success", file: "recyclebin.go", from: `strings.HasPrefix(answer.Code, "CANNOT_")`, to: `strings.HasPrefix(answer.Code, "CANNOT__")`},
	{name: "a restoration is repeated", file: "recyclebin.go", from: "Body: body, Repeat: RepeatNever}", to: "Body: body, Repeat: RepeatSafe}"},
	{name: "an emptying is repeated", file: "recyclebin.go", from: `MethodPost, Repeat: RepeatNever}`, to: `MethodPost, Repeat: RepeatSafe}`},
	{name: "a job of deletions is repeated", file: "recyclebin.go", from: `Params: params, Repeat: RepeatNever}, "")`, to: `Params: params, Repeat: RepeatSafe}, "")`},
	{name: "a repeated deletion for good fails", file: "recyclebin.go", from: "if resp != nil && resp.Repeated { // of what", to: "if false { // of what"},
	{name: "emptied is emptied", file: "recyclebin.go", from: `result.Code == "SUCCESS", err`, to: `result.Code != "", err`},
	{name: "an answer of nobody's empties", file: "recyclebin.go", from: `result, err := resultUnder(binKey, req, resp, err)`, to: `result, _ := resultUnder(binKey, req, resp, err)`},
	{name: "the recycle bin goes round in circles", file: "recyclebin.go", from: "err == nil && more && !moved", to: "false && !moved", hangs: true},
	{name: "what was shifted is listed again", file: "recyclebin.go", from: "				if seen[rec.ID] {", to: "				if false {"},
	{name: "a filter that says nothing passes", file: "recyclefilter.go", from: "if len(c.conditions) == 0 {", to: "if false {"},
	{name: "a bad filter passes", file: "recyclefilter.go", from: "if err := badOptions(c.errs); err != nil {", to: "if err := badOptions(c.errs); false {"},
	{name: "old versions restore", file: "recyclebin.go", from: "b.fault == nil && !b.conn.version.restores", to: "false"},
}
