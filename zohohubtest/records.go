package zohohubtest

import (
	"cmp"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/zohohub/zohohub/zohohubtest/internal/schema"
)

// record is one record as it is stored. It is never changed: a write puts a new one in its place.
type record struct {
	id int64
	// fields holds what is set, in the form in which Zoho shows it.
	fields            map[string]any
	created, modified time.Time
	kind
	// indexed is when search sees this record; until then it sees was, nothing if that is nil.
	indexed time.Time
	was     *record
}

// kind is what lists tell records apart by whatever else they are asked for.
type kind struct{ converted, unapproved bool }

// kindOf is what a seed says of a record; what clients send says nothing of it.
func kindOf(m *schema.Module, fields map[string]any) kind {
	says := func(name string, what bool) bool {
		v, _ := normalize(fields[name])
		return v == what
	}
	return kind{m.Convertible && says("Converted__s", true), says("$approved", false)}
}

// recordKey is a record by its module and id, as seeds may give records of two modules the same id.
type recordKey struct {
	module string
	id     int64
}

func keyOf(m *schema.Module, id int64) recordKey { return recordKey{m.APIName, id} }

// table is the records of one module in the order of their ids, which is the order they were made in.
type table struct {
	// summed is a record with its roll-up summaries as they are now.
	summed    func(*record) *record
	rows      []*record
	generated []*generated
	deleted   []deletedRecord
	// indexes find the ids of the records that hold a value, by field; built when first asked for, then kept up.
	indexes map[string]map[string][]int64
	// orders are the records sorted by a stamp or a field, kept until the next write.
	orders map[string]order
	writes int // how many there were
}

// generated is a run of records that are made anew at each look.
type generated struct {
	first int64
	n     int
	row   func(i int) *record
	kind  func(i int) kind // of such a record, which need not be made for it
	// gone are those that were deleted, or written to and so are among the rows now.
	gone map[int64]bool
	// kinds are how many of the others there are of each kind; nil until somebody counts them.
	kinds map[kind]int
}

func newTable(summed func(*record) *record) *table {
	return &table{summed: summed, indexes: map[string]map[string][]int64{}}
}

func (t *table) generate(first int64, n int, row func(i int) *record, kindOf func(i int) kind) {
	t.generated = append(t.generated, &generated{first: first, n: n, row: row, kind: kindOf, gone: map[int64]bool{}})
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

// get gives a record with its summaries.
func (t *table) get(id int64) *record { return t.upToDate(t.held(id)) }

// upToDate keeps the summaries that it finds, unless the record is generated.
func (t *table) upToDate(r *record) *record {
	if r == nil {
		return nil
	}
	now := t.summed(r)
	if _, stored := t.find(r.id); stored && now != r {
		t.put(now)
	}
	return now
}

// held gives a record whose summaries nobody needs: to sum up all that points to it costs more than to look whether it is
// there.
func (t *table) held(id int64) *record {
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
	t.writes++
	t.reindex(t.held(r.id), r)
	i, found := t.find(r.id)
	if found {
		t.rows[i] = r
		return
	}
	t.rows = slices.Insert(t.rows, i, r)
	t.lose(r.id)
}

// remove takes a record out, if it is there.
func (t *table) remove(id int64) {
	r := t.held(id)
	if r == nil {
		return
	}
	t.orders = nil
	t.writes++
	t.reindex(r, nil)
	if i, ok := t.find(id); ok {
		t.rows = slices.Delete(t.rows, i, i+1)
		return
	}
	t.lose(id)
}

// lose takes a record out of those that are generated, if it is one.
func (t *table) lose(id int64) {
	for _, g := range t.generated {
		if id < g.first || id >= g.first+int64(g.n) || g.gone[id] {
			continue
		}
		if g.kinds != nil {
			g.kinds[g.kind(int(id-g.first))]--
		}
		g.gone[id] = true
	}
}

// reindex puts a record into the place of an older one; nil is none.
func (t *table) reindex(old, r *record) {
	for field, index := range t.indexes {
		was, had := old.key(field)
		is, has := r.key(field)
		if had == has && was == is {
			continue
		}
		if had {
			if at, found := slices.BinarySearch(index[was], old.id); found {
				index[was] = slices.Delete(index[was], at, at+1)
			}
			if len(index[was]) == 0 {
				delete(index, was)
			}
		}
		if has {
			at, _ := slices.BinarySearch(index[is], r.id)
			index[is] = slices.Insert(index[is], at, r.id)
		}
	}
}

func (r *record) key(field string) (key string, ok bool) {
	if r == nil {
		return "", false
	}
	return indexKey(r.fields[field])
}

// count is how many records there are.
func (t *table) count() int {
	n := len(t.rows)
	for _, g := range t.generated {
		n += g.n - len(g.gone)
	}
	return n
}

// countOf is how many records there are of the kinds that takes says yes to. Those that are generated are looked
// through once, and not even that when it says yes to all.
func (t *table) countOf(convertible bool, takes func(kind) bool) int {
	n := 0
	for _, r := range t.rows {
		if takes(r.kind) {
			n++
		}
	}
	whole := takes(kind{}) && takes(kind{unapproved: true}) && (!convertible || takes(kind{converted: true}) && takes(kind{true, true}))
	for _, g := range t.generated {
		if whole {
			n += g.n - len(g.gone)
			continue
		}
		for k, count := range g.byKind() {
			if takes(k) {
				n += count
			}
		}
	}
	return n
}

func (g *generated) byKind() map[kind]int {
	if g.kinds == nil {
		g.kinds = map[kind]int{}
		for i := range g.n {
			if !g.gone[g.first+int64(i)] {
				g.kinds[g.kind(i)]++
			}
		}
	}
	return g.kinds
}

// scan gives the records by id, those after a given one (0 is from the first), until yield says no.
func (t *table) scan(desc bool, after int64, yield func(*record) bool) {
	t.scanHeld(desc, after, func(r *record) bool { return yield(t.upToDate(r)) })
}

// scanHeld gives them as held does.
func (t *table) scanHeld(desc bool, after int64, yield func(*record) bool) {
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

// having gives the ids of the records that hold a value in a field, oldest first. Text is compared without case.
func (t *table) having(field string, value any) []int64 {
	key, ok := indexKey(value)
	if !ok {
		return nil
	}
	index, ok := t.indexes[field]
	if !ok {
		index = map[string][]int64{}
		t.scanHeld(false, 0, func(r *record) bool {
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
