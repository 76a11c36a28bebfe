package main

// blueprintMutants break the processes of records.
var blueprintMutants = []mutant{
	{name: "the first of a name is the one", file: "blueprint.go", from: "			unmet = because(ErrNoSuchTransition", to: "			return nil, because(ErrNoSuchTransition"},
	{name: "a transition is sent again", core: true, file: "blueprint.go", from: "Body: body, Repeat: RepeatNever}", to: "Body: body, Repeat: RepeatSafe}"},
	{name: "a transition that was kept back is done", core: true, file: "blueprint.go", from: `if strings.Contains(strings.ToLower(done.Message), "partial") {`, to: `if false && done.Message != "" {`},
	{name: "a transition is sent whatever it needs", file: "blueprint.go", from: "e := t.refusal(sent); e != nil {", to: "e := t.refusal(sent); false && e != nil {"},
	{name: "a transition is sent whatever its criteria", file: "blueprint.go", from: "case is(t) && t.CriteriaMatched:", to: "case is(t):"},
	{name: "transitions that are not open are named", file: "blueprint.go", from: "case t.CriteriaMatched:\n			names", to: "default:\n			names"},
	{name: "the admin's words are lost", file: "blueprint.go", from: `	if info == "" {`, to: `	if info != "-" {`},
	{name: "no answer about a process is one", file: "blueprint.go", from: "if resp.Status == http.StatusNoContent {", to: "if false {"},
	{name: "Go's names pass into a transition", file: "blueprint.go", from: "b.plan.CheckNames(fields)", to: "b.plan.CheckNames(nil)"},
	{name: "what a record has must be said again", file: "transition.go", from: "			value = t.Data[f.APIName]\n", to: ""},
	{name: "a cleared field counts", file: "transition.go", from: "		if !given {", to: "		if isNothing(value) || !given {"},
	{name: "a field without a name is asked for", file: "transition.go", from: `f.Mandatory && f.APIName != "" &&`, to: "f.Mandatory &&"},
	{name: "criteria that nobody speaks of are not met", file: "transition.go", from: `string(m["criteria_matched"]) != "false"`, to: `m.flag("criteria_matched")`},
	{name: "people's words for a value are none", file: "transition.go", from: "			return v.ActualValue\n", to: "			return value\n"},
	{name: "only the first fault is told", file: "transition.go", from: "if len(faults) > 1 {", to: "if false {"},
}
