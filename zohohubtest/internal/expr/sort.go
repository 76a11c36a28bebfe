package expr

import (
	"cmp"
	"strings"
)

// ValueComparer orders values of the field, ascending: numbers and moments by
// value, lookups by name, text without regard to case, an empty one before all.
// Values of a field that has no order are all the same.
func ValueComparer(f *FieldInfo) func(a, b any) int {
	switch f.kind() {
	case "integer", "bigint", "double", "percent", "currency":
		return compareParsed(parseNumber)
	case "date":
		return compareParsed(parseDate)
	case "datetime":
		return compareParsed(parseTime)
	case "boolean":
		return func(a, b any) int { return cmp.Compare(rank(a), rank(b)) }
	case "lookup", "ownerlookup", "userlookup":
		return func(a, b any) int { return compareText(nameOf(a), nameOf(b)) }
	}
	return compareText
}

func compareParsed[T value[T]](parse func(string) (T, bool)) func(a, b any) int {
	return func(a, b any) int {
		x, okX := parse(text(a))
		y, okY := parse(text(b))
		if !okX || !okY {
			return cmp.Compare(rank(okX), rank(okY))
		}
		return x.Cmp(y)
	}
}

func compareText(a, b any) int {
	return cmp.Compare(strings.ToLower(text(a)), strings.ToLower(text(b)))
}

func rank(v any) int {
	if b, _ := v.(bool); b {
		return 1
	}
	return 0
}

func nameOf(v any) any {
	if o, ok := v.(map[string]any); ok {
		return o["name"]
	}
	return v
}
