package expr

import (
	"encoding/json"
	"math/big"
	"regexp"
	"slices"
	"strings"
	"time"
)

// value orders itself against its own kind.
type value[T any] interface{ Cmp(T) int }

// number is exact: an integer above 2^53 and 0.1 are what they say.
type number struct{ rat *big.Rat }

func (n number) Cmp(o number) int { return n.rat.Cmp(o.rat) }

// instant is a date or a moment; two moments are equal in whatever time zone.
type instant struct{ time.Time }

func (i instant) Cmp(o instant) int { return i.Compare(o.Time) }

// The bounds keep a stranger's 1e999999999 from filling the memory.
var (
	integerText = regexp.MustCompile(`^[+-]?[0-9]{1,40}$`)
	numberText  = regexp.MustCompile(`^[+-]?[0-9]{1,40}(\.[0-9]{1,40})?([eE][+-]?[0-9]{1,2})?$`)
)

func parseInteger(s string) (number, bool) {
	if !integerText.MatchString(s) {
		return number{}, false
	}
	return parseNumber(s)
}

func parseNumber(s string) (number, bool) {
	if !numberText.MatchString(s) {
		return number{}, false
	}
	r, ok := new(big.Rat).SetString(s)
	return number{r}, ok
}

func parseDate(s string) (instant, bool) {
	t, err := time.Parse(time.DateOnly, s)
	return instant{t}, err == nil
}

func parseTime(s string) (instant, bool) {
	t, err := time.Parse(time.RFC3339, s)
	return instant{t}, err == nil
}

// text is a record's scalar as written in JSON, "" for anything else.
func text(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	}
	return ""
}

// ordered compares values that parse understands. An empty field, or one that
// holds something else, is unequal to all and neither less nor greater.
func ordered[T value[T]](c Compare, kind string, parse func(string) (T, bool)) (func(any) bool, error) {
	want := make([]T, len(c.Values))
	for i, s := range c.Values {
		v, ok := parse(strings.TrimSpace(s))
		if !ok {
			return nil, &Error{Kind: BadType, Reason: "the value does not suit the data type", Field: c.Field, Op: c.Op, Value: s, Expected: kind}
		}
		want[i] = v
	}
	return func(v any) bool {
		have, ok := parse(text(v))
		if !ok {
			return c.negative()
		}
		switch first := have.Cmp(want[0]); c.Op {
		case GreaterThan:
			return first > 0
		case GreaterEqual:
			return first >= 0
		case LessThan:
			return first < 0
		case LessEqual:
			return first <= 0
		case Between, NotBetween:
			return (first >= 0 && have.Cmp(want[1]) <= 0) != c.negative()
		}
		return slices.ContainsFunc(want, func(w T) bool { return have.Cmp(w) == 0 }) != c.negative()
	}, nil
}

// boolean compares true and false; Zoho knows no empty boolean.
func (c Compare) boolean() (func(any) bool, error) {
	s := c.Values[0]
	if s != "true" && s != "false" {
		return nil, &Error{Kind: BadType, Reason: "the value does not suit the data type", Field: c.Field, Op: c.Op, Value: s, Expected: "boolean"}
	}
	want := (s == "true") == (c.Op == Equals)
	return func(v any) bool {
		have, _ := v.(bool)
		return have == want
	}, nil
}

// negative says that the operator is the denial of another.
func (c Compare) negative() bool {
	return c.Op == NotEqual || c.Op == NotIn || c.Op == NotBetween || c.Op == NotContains
}

// negated turns the test round for an operator that denies.
func (c Compare) negated(test func(any) bool) func(any) bool {
	if !c.negative() {
		return test
	}
	return func(v any) bool { return !test(v) }
}

// equal is how the operator holds a text against a value; same is for those that ask whether they are equal.
func (c Compare) equal(same func(have, want string) bool) func(have, want string) bool {
	switch {
	case c.Op == StartsWith && !c.Whole:
		return starting
	case c.Op == StartsWith:
		return folded(strings.HasPrefix)
	case c.Op == EndsWith:
		return folded(strings.HasSuffix)
	case c.Op == Contains || c.Op == NotContains:
		return folded(strings.Contains)
	}
	return same
}

// folded compares without regard to case.
func folded(is func(have, want string) bool) func(have, want string) bool {
	return func(have, want string) bool { return is(strings.ToLower(have), strings.ToLower(want)) }
}

// each tests a text, or any text of a list, against any of the values.
func (c Compare) each(equal func(have, want string) bool) func(any) bool {
	one := func(v any) bool {
		have := text(v)
		if have == "" {
			return false
		}
		for _, want := range c.Values {
			if equal(have, want) {
				return true
			}
		}
		return false
	}
	return func(v any) bool {
		items, ok := v.([]any)
		if !ok {
			return one(v)
		}
		return slices.ContainsFunc(items, one)
	}
}

// lookup compares the id of the record that a lookup points to, and for users
// the name as well.
func (c Compare) lookup(byName bool) func(any) bool {
	return func(v any) bool {
		id, name := text(v), ""
		if o, ok := v.(map[string]any); ok {
			id, name = text(o["id"]), text(o["name"])
		}
		for _, want := range c.Values {
			if id != "" && id == want || byName && name != "" && strings.EqualFold(name, want) {
				return true
			}
		}
		return false
	}
}

// isEmpty: a boolean never is.
func isEmpty(v any, kind string) bool {
	items, isList := v.([]any)
	return kind != "boolean" && (v == nil || v == "" || isList && len(items) == 0)
}

func exactly(have, want string) bool { return have == want }

func starting(have, want string) bool {
	have, want = strings.ToLower(have), strings.ToLower(want)
	head, tail, _ := strings.Cut(want, "*")
	return strings.HasPrefix(have, head) && strings.Contains(have[len(head):], tail)
}

// containing finds want anywhere; a * in it stands for any text.
func containing(have, want string) bool {
	have, want = strings.ToLower(have), strings.ToLower(want)
	head, tail, _ := strings.Cut(want, "*")
	i := strings.Index(have, head)
	return i >= 0 && strings.Contains(have[i+len(head):], tail)
}

func wildcards(s string) int { return strings.Count(s, "*") }
