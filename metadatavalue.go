package zohohub

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"time"
)

// meta are the members of one of the objects that describe the org. They are read one by one: their types have changed
// from version to version, {} stands for nothing, and what is not understood is no reason to withhold the rest.
type meta map[string]json.RawMessage

// metaOf is empty for what is no object.
func metaOf(raw json.RawMessage) meta { return object(raw) }

// text is a string or a number, as text.
func (m meta) text(key string) string { return scalar(m[key]) }

// value is text, and anything else as its JSON has it; null is empty.
func (m meta) value(key string) string {
	if s := text(m[key]); s != "" || len(m[key]) == 0 || m[key][0] == '"' || string(m[key]) == "null" {
		return s
	}
	return string(m[key])
}

// flag is a boolean, or one in quotes.
func (m meta) flag(key string) bool {
	var b bool
	return json.Unmarshal(m[key], &b) == nil && b || strings.EqualFold(text(m[key]), "true")
}

// whole is a whole number, in quotes or not; ok tells 0 from none.
func (m meta) whole(key string) (n int, ok bool) {
	f, err := strconv.ParseFloat(scalar(m[key]), 64)
	if err != nil || f != math.Trunc(f) || math.Abs(f) > math.MaxInt32 {
		return 0, false
	}
	return int(f), true
}

// number is whole with 0 for none.
func (m meta) number(key string) int {
	n, _ := m.whole(key)
	return n
}

// time is zero for none.
func (m meta) time(key string) time.Time {
	t, _ := time.Parse(time.RFC3339, text(m[key]))
	return t
}

// sub is an object within.
func (m meta) sub(key string) meta { return metaOf(m[key]) }

// list are the values of a list within.
func (m meta) list(key string) []json.RawMessage {
	var list []json.RawMessage
	_ = json.Unmarshal(m[key], &list) // what is none has no values
	return list
}

// module is the API name of a module or a field, which some versions have by itself, others in an object.
func (m meta) module(key string) string { return moduleNamed(m[key]) }

func moduleNamed(raw json.RawMessage) string {
	if o := metaOf(raw); o != nil {
		return o.text("api_name")
	}
	return text(raw)
}

// criteria is a condition as it was sent; nil for none.
func (m meta) criteria(key string) json.RawMessage {
	if len(m.sub(key)) == 0 {
		return nil
	}
	return m[key]
}

// lookup is a reference to a user, a role and so on.
func (m meta) lookup(key string) Lookup {
	if o := m.sub(key); o != nil {
		return Lookup{ID: o.text("id"), Name: o.text("name"), Email: o.text("email")}
	}
	return Lookup{ID: m.text(key)}
}

// lookups are the references in a list.
func (m meta) lookups(key string) []Lookup {
	var list []Lookup
	for _, raw := range m.list(key) {
		list = append(list, meta{key: raw}.lookup(key))
	}
	return list
}

// names are the API names in a list, by themselves or in objects.
func (m meta) names(key string) []string {
	var names []string
	for _, raw := range m.list(key) {
		names = append(names, moduleNamed(raw))
	}
	return names
}
