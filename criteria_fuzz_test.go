package zohohub_test

import (
	"strings"
	"testing"

	. "github.com/zohohub/zohohub"
)

// FuzzCriteria: whatever a value holds, it stays within its own comparison.
func FuzzCriteria(f *testing.F) {
	for _, v := range []string{"Doe", "", `\`, `a\`, "(", ")", "),(", `a\)b`, "x)or(City:equals:y", "a,b", "\x00", "é\xff", "100% + \"'"} {
		f.Add("City", v)
	}
	f.Fuzz(func(t *testing.T, field, value string) {
		text := Eq(field, value).And(StartsWith("B", value)).String()
		if strings.HasPrefix(text, "invalid criteria: ") {
			return
		}
		depth, groups := 0, 0
		for i := 0; i < len(text); i++ {
			switch text[i] {
			case '\\':
				i++
			case '(':
				depth++
				groups++
			case ')':
				depth--
			case ',':
				t.Fatalf("a comma of the value's own: %s", text)
			}
			if depth < 0 || depth == 0 && i < len(text)-1 {
				t.Fatalf("the group ends early: %s", text)
			}
		}
		if depth != 0 || groups != 3 {
			t.Fatalf("%d open, %d groups: %s", depth, groups, text)
		}
	})
}
