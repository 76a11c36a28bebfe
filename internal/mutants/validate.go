package main

// validationMutants break what is checked before a record is sent.
var validationMutants = []mutant{
	{name: "texts of any length are valid", core: true, file: "fieldrule.go", from: "f.Length > 0 && n > f.Length {", to: "false {"},
	{name: "bytes count as characters", file: "fieldrule.go", from: "utf8.RuneCountInString(text); f.Length", to: "len(text) + 0*utf8.RuneCountInString(text); f.Length"},
	{name: "any value is in a pick list", file: "fieldrule.go", from: "len(f.PickListValues) == 0 || slices", to: "true || slices"},
	{name: "places after the point do not count", file: "fieldrule.go", from: "places > *f.DecimalPlaces:", to: "false:"},
	{name: "what is mandatory may be missing", file: "validate.go", from: "(sent || w.whole() && f.writable(w)):", to: "sent:"},
	{name: "what is mandatory may be cleared", file: "validate.go", from: "(sent || w.whole() && f.writable(w)):", to: "(w.whole() && f.writable(w)):"},
	{name: "an empty list is something", file: "validate.go", from: "isBlank(value) || isList", to: "isBlank(value) || false && isList"},
	{name: "read-only fields are valid", file: "validate.go", from: "		case !f.writable(w):\n", to: "		case false:\n"},
	{name: "misspelt names are valid", file: "validate.go", from: "if !known[name] &&", to: "if false &&"},
	{name: "rows of subforms are not looked at", file: "validate.go", from: `case f.DataType == "subform":`, to: "case false:"},
	{name: "deleted rows have to be whole", file: "validate.go", from: `case hasKey(row, "_delete"):`, to: "case false:"},
	{name: "a record's own value is taken", file: "validate.go", from: "other.ID != id && same", to: "same"},
	{name: "parts of a value are taken", file: "validate.go", from: "same.matches(other.Fields) &&", to: "true &&"},
	{name: "a type's own rules are not asked", file: "validate.go", from: "		found.own(own.Validate())\n", to: "		_ = own\n"},
	{name: "the first fault is all", file: "validate.go", from: "	e.Faults = append(e.Faults, Fault{field, message})", to: "	e.Faults = []Fault{{field, message}}"},
	{name: "an invalid record is sent", core: true, file: "validate.go", from: "return row, found.verdict(b.module, b.op)", to: "_ = found; return row, nil"},
	{name: "an upsert needs what is mandatory", file: "write.go", from: "	b.partial = true\n", to: ""},
	{name: "each record asks for the fields", file: "validate.go", from: "		v.learnt[module] = l\n", to: ""},
}
