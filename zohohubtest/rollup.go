package zohohubtest

import (
	"encoding/json"
	"math/big"

	"github.com/zohohub/zohohub/zohohubtest/internal/schema"
)

// rollUp computes the roll-up summaries of the records that those given point to or pointed to; nil is none.
func (c *crm) rollUp(m *schema.Module, changed ...*record) {
	for _, f := range c.schema.Rollups(m.APIName) {
		if f.OfRows() {
			continue // computed with the record that holds the rows
		}
		parents := map[string]bool{}
		for _, r := range changed {
			if r != nil {
				parents[refID(r.fields[f.Rollup.By])] = true
			}
		}
		for id := range parents {
			c.sumUp(f, id)
		}
	}
}

// sumUp computes one summary of one record.
func (c *crm) sumUp(f *schema.Field, id string) {
	parents, children := c.table(f.Module().APIName), c.table(f.Rollup.Of)
	n, _ := parseID(id)
	parent := parents.get(n)
	if parent == nil {
		return
	}
	var rows []map[string]any
	for _, child := range children.having(f.Rollup.By, id) {
		rows = append(rows, children.get(child).fields)
	}
	r := parent.moved()
	setOrClear(r.fields, f.APIName, summary(f, rows))
	parents.put(r)
}

// rolled is a summary as far as the record itself says it: of the rows that it holds, or of the records that pointed to it
// when it was computed last.
func rolled(f *schema.Field, m *schema.Module, fields map[string]any) any {
	if !f.OfRows() {
		if v := fields[f.APIName]; v != nil {
			return v
		}
		return summary(f, nil)
	}
	var rows []map[string]any
	for _, holder := range m.Fields {
		if holder.Subform != f.Rollup.Of {
			continue
		}
		list, _ := fields[holder.APIName].([]any)
		for _, item := range list {
			row, _ := item.(map[string]any)
			rows = append(rows, row)
		}
	}
	return summary(f, rows)
}

func setOrClear(fields map[string]any, name string, v any) {
	if v == nil {
		delete(fields, name)
	} else {
		fields[name] = v
	}
}

// summary is the value of a roll-up summary: of nothing there are none and they come to nothing, and there is no least,
// no greatest and no average.
func summary(f *schema.Field, rows []map[string]any) any {
	if f.Rollup.Function == "count" {
		return json.Number(formatID(int64(len(rows))))
	}
	sum, n := new(big.Rat), int64(0)
	var least, greatest any
	for _, row := range rows {
		v := row[f.Rollup.Field]
		if v == nil {
			continue
		}
		n++
		if least == nil || less(v, least) {
			least = v
		}
		if greatest == nil || less(greatest, v) {
			greatest = v
		}
		if number := rat(v); number != nil {
			sum.Add(sum, number)
		}
	}
	switch {
	case f.Rollup.Function == "sum":
		return ratNumber(sum, f.DecimalPlaces)
	case n == 0:
		return nil
	case f.Rollup.Function == "avg":
		return ratNumber(sum.Quo(sum, big.NewRat(n, 1)), f.DecimalPlaces)
	case f.Rollup.Function == "min":
		return least
	}
	return greatest
}

// less orders numbers, and dates and times as they are stored: in one form, with one offset.
func less(v, than any) bool {
	if a, b := rat(v), rat(than); a != nil && b != nil {
		return a.Cmp(b) < 0
	}
	a, _ := v.(string)
	b, _ := than.(string)
	return a < b
}
