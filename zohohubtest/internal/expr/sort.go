package expr

import (
	"cmp"
	"strings"
)

// Comparer orders records by a field, ascending, for slices.SortStableFunc:
// numbers and moments by value, lookups by name, text without regard to case,
// an empty field before all. A field that has no order leaves records as they
// are.
func Comparer(f *FieldInfo) func(a, b map[string]any) int {
	byValue := ValueComparer(f)
	return func(a, b map[string]any) int { return byValue(a[f.APIName], b[f.APIName]) }
}

// ValueComparer orders values of the field as Comparer does the records.
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
