package zohohub

import (
	"encoding/json"
	"fmt"
	"math/big"
	"reflect"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/zohohub/zohohub/internal/codec"
)

// decidedBy says whether a record's fields that are at hand are all that the condition is about.
func (c Criteria) decidedBy(fields map[string]any) bool {
	if c.node == nil || c.node.op == "email" || c.node.op == "phone" { // about fields that they do not name
		return c.node == nil
	}
	return !slices.ContainsFunc(c.fields(), func(name string) bool { _, ok := fields[name]; return !ok })
}

// matches says whether a record that Zoho's search found meets the condition exactly. It looks again at the tests that
// Zoho takes loosely, those of text; the others hold already.
func (c Criteria) matches(fields map[string]any) bool {
	return c.node == nil || c.node.matches(fields)
}

func (n *criterion) matches(fields map[string]any) bool {
	switch n.op {
	case "and":
		for _, g := range n.group {
			if !g.matches(fields) {
				return false
			}
		}
		return true
	case "or":
		for _, g := range n.group {
			if g.matches(fields) {
				return true
			}
		}
		return false
	case "equals", "in":
		return equalsAny(fields[n.field], n.value)
	case "email":
		return anyText(fields, n.value[0], strings.EqualFold)
	case "phone":
		return anyText(fields, n.value[0], samePhone)
	}
	return true
}

func equalsAny(got any, values []any) bool {
	for _, want := range values {
		if equals(got, want) {
			return true
		}
	}
	return false
}

// equals compares a field's value with that of a condition: text without regard to case, numbers by value, times by
// instant, lookups by id or name, multi-select lists by any of their values.
func equals(got, want any) bool {
	for v := reflect.ValueOf(want); v.Kind() == reflect.Pointer && !v.IsNil(); v = v.Elem() {
		want = v.Elem().Interface()
	}
	text, err := codec.Literal(want, codec.Header)
	if err != nil {
		return false
	}
	switch got := got.(type) {
	case string:
		if strings.EqualFold(got, text) || sameInstant(got, text) {
			return true
		}
		return isNumber(want) && json.Valid([]byte(got)) && sameNumber(got, text) // Zoho writes some numbers as text
	case json.Number:
		return sameNumber(got.String(), text)
	case bool:
		return fmt.Sprint(got) == text
	case map[string]any:
		for _, k := range []string{"id", "name", "email"} {
			if v, ok := got[k].(string); ok && strings.EqualFold(v, text) {
				return true
			}
		}
	case []any:
		for _, v := range got {
			if equals(v, want) {
				return true
			}
		}
	}
	return false
}

// sameInstant compares times as they are written: the same one has many offsets, and a search knows no fractions.
func sameInstant(a, b string) bool {
	at, errA := time.Parse(time.RFC3339, a)
	bt, errB := time.Parse(time.RFC3339, b)
	return errA == nil && errB == nil && at.Equal(bt)
}

func isNumber(v any) bool {
	switch reflect.ValueOf(v).Kind() {
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64, reflect.Float32, reflect.Float64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return true
	}
	return false
}

func sameNumber(a, b string) bool {
	x, okX := new(big.Rat).SetString(a)
	y, okY := new(big.Rat).SetString(b)
	return okX && okY && x.Cmp(y) == 0
}

func anyText(fields map[string]any, want any, same func(a, b string) bool) bool {
	for _, v := range fields {
		if s, ok := v.(string); ok && same(s, fmt.Sprint(want)) {
			return true
		}
	}
	return false
}

// samePhone compares numbers by their digits: how they are grouped says nothing.
func samePhone(a, b string) bool {
	a, b = digits(a), digits(b)
	return a != "" && a == b
}

func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsDigit(r) || r == '+' {
			return r
		}
		return -1
	}, s)
}
