package zohohubtest

import (
	"encoding/json"
	"math/big"

	"github.com/zohohub/zohohub/zohohubtest/internal/schema"
)

// rollUp forgets the roll-up summaries of the records that those given point to or pointed to; nil is none. They are
// worked out when somebody looks, so that many changes in one request, or many records that are only generated, cost no
// more than one.
func (c *crm) rollUp(m *schema.Module, changed ...*record) {
	for _, f := range c.schema.Rollups(m.APIName) {
		for _, r := range changed {
			if r != nil {
				delete(c.sums[f], refID(r.fields[f.Rollup.By]))
			}
		}
		c.table(f.Module().APIName).orders = nil
	}
}

// rollUpAll forgets the summaries of all records of a module.
func (c *crm) rollUpAll(m *schema.Module) {
	for _, f := range c.schema.Rollups(m.APIName) {
		delete(c.sums, f)
	}
	c.rollUp(m)
}

// summed is a record with its summaries of other records as they are now, and with what is computed from them.
func (c *crm) summed(m *schema.Module, r *record) *record {
	if m == nil {
		return r
	}
	now := r
	for _, f := range m.Summaries() {
		v := c.sum(f, formatID(r.id))
		if v == r.fields[f.APIName] {
			continue
		}
		if now == r {
			now = r.moved()
		}
		setOrClear(now.fields, f.APIName, v)
	}
	if now != r {
		c.compute(m, now.fields)
	}
	return now
}

// sum is a summary of the records that point to the one with the id.
func (c *crm) sum(f *schema.Field, id string) any {
	if v, known := c.sums[f][id]; known {
		return v
	}
	children := c.table(f.Rollup.Of)
	ids := children.having(f.Rollup.By, id)
	if len(ids) == 0 {
		return summary(f, nil) // not kept: most records have none
	}
	rows := make([]map[string]any, len(ids))
	for i, child := range ids {
		rows[i] = children.held(child).fields
	}
	v := summary(f, rows)
	if c.sums[f] == nil {
		c.sums[f] = map[string]any{}
	}
	c.sums[f][id] = v
	return v
}

// ofRows is a summary of the rows that the record itself holds.
func ofRows(f *schema.Field, m *schema.Module, fields map[string]any) any {
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
