package zohohubtest

import (
	"strings"

	"github.com/zohohub/zohohub/zohohubtest/internal/schema"
)

// columns is what of a record an answer shows; nil is everything.
type columns struct {
	fields  []*schema.Field
	dollars []string
}

// columns reads the parameter fields; nil without it. Names that the module does not have are passed over.
func (q *request) columns() *columns {
	names := splitComma(q.query.Get("fields"))
	if len(names) == 0 {
		return nil
	}
	cols := &columns{}
	for _, name := range names {
		if strings.HasPrefix(name, "$") {
			cols.dollars = append(cols.dollars, name)
		} else if f := q.module.FieldIn(q.version.name, name); f != nil {
			cols.fields = append(cols.fields, f)
		}
	}
	return cols
}

func splitComma(s string) []string {
	var parts []string
	for part := range strings.SplitSeq(s, ",") {
		if part = strings.TrimSpace(part); part != "" {
			parts = append(parts, part)
		}
	}
	return parts
}
