package expr

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// Email is met by records with q, in whole or in part, in a field of type
// email. A fault is an *Error.
func Email(q string, fields []*FieldInfo) (Predicate, error) {
	return anyField("email", q, 1, named(fields, "email"), containing)
}

// Phone is met by records with q in a field of type phone, in whole or in part
// and however the number is spaced. q has three characters at least. A fault is
// an *Error.
func Phone(q string, fields []*FieldInfo) (Predicate, error) {
	return anyField("phone", q, 3, named(fields, "phone"), func(have, want string) bool {
		d := digits(want)
		return containing(have, want) || len(d) >= 3 && strings.Contains(digits(have), d)
	})
}

// Word is met by records with q in any text. q has two characters at least. A
// fault is an *Error.
func Word(q string, fields []*FieldInfo) (Predicate, error) {
	return anyField("word", q, 2,
		named(fields, "text", "email", "phone", "website", "textarea", "picklist", "multiselectpicklist", "autonumber"), containing)
}

// named picks the fields of these data types.
func named(fields []*FieldInfo, types ...string) []string {
	var names []string
	for _, f := range fields {
		if slices.Contains(types, f.kind()) {
			names = append(names, f.APIName)
		}
	}
	return names
}

func anyField(param, q string, atLeast int, names []string, equal func(have, want string) bool) (Predicate, error) {
	q = strings.TrimSpace(q)
	switch {
	case utf8.RuneCountInString(q) < atLeast:
		return nil, &Error{Kind: BadValue, Reason: "the value is too short", Field: param, Value: q}
	case wildcards(q) > 1:
		return nil, &Error{Kind: BadValue, Reason: "only one wildcard is allowed", Field: param, Value: q}
	}
	test := Compare{Values: []string{q}}.each(equal)
	return func(record map[string]any) bool {
		return slices.ContainsFunc(names, func(name string) bool { return test(record[name]) })
	}, nil
}

func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
}
