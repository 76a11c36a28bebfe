package zohohubtest

import (
	"cmp"
	"slices"
	"sort"
	"strings"
	"time"
)

// record is one record as it is stored. It is never changed: a write puts a new one in its place.
type record struct {
	id int64
	// fields holds what is set, in the form in which Zoho shows it.
	fields            map[string]any
	created, modified time.Time
	converted         bool
	unapproved        bool
	// indexed is when search sees this record; until then it sees was, nothing if that is nil.
	indexed time.Time
	was     *record
}

// table is the records of one module in the order of their ids, which is the order they were made in.
type table struct {
	rows      []*record
	generated []*generated
	deleted   []deletedRecord
	// indexes find the ids of the records that hold a value, by field; built when first asked for, then kept up.
	indexes map[string]map[string][]int64
	// orders are the records sorted by a stamp or a field, kept until the next write.
	orders map[string][]position
}

// generated is a run of records that are made anew at each look.
type generated struct {
	first int64
	n     int
	row   func(i int) *record
	// gone are those that were deleted, or written to and so are among the rows now.
	gone map[int64]bool
}

// sorting is what puts records in order: their ids, a stamp of theirs, or a field.
type sorting struct {
	by string // id, Created_Time, Modified_Time, or the field's API name
	// values orders the field's values; nil for the first three.
	values func(a, b any) int
}

// position is where a record stands in an order: its stamp or its value, then its id. By id alone the others are empty.
type position struct {
	At    int64 `json:"at,omitempty"`
	Value any   `json:"value,omitempty"`
	ID    int64 `json:"id"`
}

func (s sorting) position(r *record) position {
	switch {
	case s.values != nil:
		return position{Value: r.fields[s.by], ID: r.id}
	case s.by == "Modified_Time":
		return position{At: r.modified.Unix(), ID: r.id}
	case s.by == "Created_Time":
		return position{At: r.created.Unix(), ID: r.id}
	}
	return position{ID: r.id}
}

func (s sorting) compare(p, q position) int {
	if s.values != nil {
		if n := s.values(p.Value, q.Value); n != 0 {
			return n
		}
	}
	return cmp.Or(cmp.Compare(p.At, q.At), cmp.Compare(p.ID, q.ID))
}

func newTable() *table { return &table{indexes: map[string]map[string][]int64{}} }

func (t *table) generate(first int64, n int, row func(i int) *record) {
	t.generated = append(t.generated, &generated{first: first, n: n, row: row, gone: map[int64]bool{}})
	t.indexes, t.orders = map[string]map[string][]int64{}, nil
}

// find is where id is or would be among the rows.
func (t *table) find(id int64) (int, bool) {
	return slices.BinarySearchFunc(t.rows, id, func(r *record, id int64) int { return cmp.Compare(r.id, id) })
}

func (g *generated) at(id int64) *record {
	if id < g.first || id >= g.first+int64(g.n) || g.gone[id] {
		return nil
	}
	return g.row(int(id - g.first))
}

func (t *table) get(id int64) *record {
	if i, ok := t.find(id); ok {
		return t.rows[i]
	}
	for _, g := range t.generated {
		if r := g.at(id); r != nil {
			return r
		}
	}
	return nil
}

// put stores a record, in place of the one with its id if there is one.
func (t *table) put(r *record) {
	t.orders = nil
	if old := t.get(r.id); old != nil {
		t.unindex(old)
	}
	for field, index := range t.indexes {
		if key, ok := indexKey(r.fields[field]); ok {
			at, _ := slices.BinarySearch(index[key], r.id)
			index[key] = slices.Insert(index[key], at, r.id)
		}
	}
	i, found := t.find(r.id)
	if found {
		t.rows[i] = r
		return
	}
	t.rows = slices.Insert(t.rows, i, r)
	for _, g := range t.generated {
		if r.id >= g.first && r.id < g.first+int64(g.n) {
			g.gone[r.id] = true
		}
	}
}

// remove takes a record out, if it is there.
func (t *table) remove(id int64) {
	r := t.get(id)
	if r == nil {
		return
	}
	t.orders = nil
	t.unindex(r)
	if i, ok := t.find(id); ok {
		t.rows = slices.Delete(t.rows, i, i+1)
		return
	}
	for _, g := range t.generated {
		if id >= g.first && id < g.first+int64(g.n) {
			g.gone[id] = true
		}
	}
}

func (t *table) unindex(r *record) {
	for field, index := range t.indexes {
		key, ok := indexKey(r.fields[field])
		if !ok {
			continue
		}
		index[key] = slices.DeleteFunc(index[key], func(id int64) bool { return id == r.id })
		if len(index[key]) == 0 {
			delete(index, key)
		}
	}
}

// count is how many records there are.
func (t *table) count() int {
	n := len(t.rows)
	for _, g := range t.generated {
		n += g.n - len(g.gone)
	}
	return n
}

// scan gives the records by id, those after a given one (0 is from the first), until yield says no.
func (t *table) scan(desc bool, after int64, yield func(*record) bool) {
	rows := cursor{n: len(t.rows), id: func(i int) int64 { return t.rows[i].id }}
	rows.seek(desc, after)
	runs := make([]cursor, len(t.generated))
	for k, g := range t.generated {
		runs[k] = cursor{n: g.n, id: func(i int) int64 { return g.first + int64(i) }, gone: g.gone}
		runs[k].seek(desc, after)
	}
	for {
		best, run := rows.peek(), -1
		for k := range runs {
			if id := runs[k].peek(); id != 0 && (best == 0 || (id < best) != desc) {
				best, run = id, k
			}
		}
		if best == 0 {
			return
		}
		var r *record
		if run < 0 {
			r = t.rows[rows.i]
			rows.next(desc)
		} else {
			r = t.generated[run].row(runs[run].i)
			runs[run].next(desc)
		}
		if !yield(r) {
			return
		}
	}
}

// cursor walks a run of ascending ids in either direction.
type cursor struct {
	n, i int
	id   func(i int) int64
	gone map[int64]bool
}

func (c *cursor) seek(desc bool, after int64) {
	switch {
	case desc && after == 0:
		c.i = c.n - 1
	case desc:
		c.i = sort.Search(c.n, func(i int) bool { return c.id(i) >= after }) - 1
	default:
		c.i = sort.Search(c.n, func(i int) bool { return c.id(i) > after })
	}
	c.skip(desc)
}

func (c *cursor) peek() int64 {
	if c.i < 0 || c.i >= c.n {
		return 0
	}
	return c.id(c.i)
}

func (c *cursor) next(desc bool) {
	if desc {
		c.i--
	} else {
		c.i++
	}
	c.skip(desc)
}

func (c *cursor) skip(desc bool) {
	for id := c.peek(); id != 0 && c.gone[id]; id = c.peek() {
		if desc {
			c.i--
		} else {
			c.i++
		}
	}
}

// ordered gives the records in an order, those after a position (nil is from the first), until yield says no.
func (t *table) ordered(by sorting, desc bool, after *position, yield func(*record, position) bool) {
	if by.by == "id" {
		from := int64(0)
		if after != nil {
			from = after.ID
		}
		t.scan(desc, from, func(r *record) bool { return yield(r, by.position(r)) })
		return
	}
	order := t.order(by)
	i, step := 0, 1
	if desc {
		i, step = len(order)-1, -1
	}
	if after != nil {
		at, found := slices.BinarySearchFunc(order, *after, by.compare)
		switch {
		case desc:
			i = at - 1
		case found:
			i = at + 1
		default:
			i = at
		}
	}
	for ; i >= 0 && i < len(order); i += step {
		if !yield(t.get(order[i].ID), order[i]) {
			return
		}
	}
}

// order sorts once; it holds until the next write, so that paging through many records sorts them once.
func (t *table) order(by sorting) []position {
	if order, ok := t.orders[by.by]; ok {
		return order
	}
	order := make([]position, 0, t.count())
	t.scan(false, 0, func(r *record) bool {
		order = append(order, by.position(r))
		return true
	})
	slices.SortFunc(order, by.compare)
	if t.orders == nil {
		t.orders = map[string][]position{}
	}
	t.orders[by.by] = order
	return order
}

// having gives the ids of the records that hold a value in a field, oldest first. Text is compared without case.
func (t *table) having(field string, value any) []int64 {
	key, ok := indexKey(value)
	if !ok {
		return nil
	}
	index, ok := t.indexes[field]
	if !ok {
		index = map[string][]int64{}
		t.scan(false, 0, func(r *record) bool {
			if key, ok := indexKey(r.fields[field]); ok {
				index[key] = append(index[key], r.id)
			}
			return true
		})
		t.indexes[field] = index
	}
	return index[key]
}

// indexKey is a value as duplicates are told by; ok is false for an empty one.
func indexKey(v any) (key string, ok bool) {
	switch v := v.(type) {
	case nil:
		return "", false
	case string:
		return strings.ToLower(v), v != ""
	case map[string]any:
		id, ok := v["id"].(string)
		return id, ok
	}
	return scalarText(v)
}
