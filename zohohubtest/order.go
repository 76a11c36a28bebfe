package zohohubtest

import (
	"cmp"
	"slices"
)

// sorting is what puts records in order: their ids, a stamp of theirs, or a field.
type sorting struct {
	by string // id, Created_Time, Modified_Time, or the field's API name
	// value is what a record is sorted by, values puts it in order; nil for the first three.
	value  func(*record) any
	values func(a, b any) int
	// writes counts those to other tables that the values come from.
	writes int
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
		return position{Value: s.value(r), ID: r.id}
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

// order is a table sorted, as of so many writes to what the order follows beside the table.
type order struct {
	positions []position
	writes    int
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
	t.along(t.order(by), by, desc, after, yield)
}

// along gives the records at the places of an order.
func (t *table) along(order []position, by sorting, desc bool, after *position, yield func(*record, position) bool) {
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
	if known, ok := t.orders[by.by]; ok && known.writes == by.writes {
		return known.positions
	}
	positions := make([]position, 0, t.count())
	t.scan(false, 0, func(r *record) bool {
		positions = append(positions, by.position(r))
		return true
	})
	slices.SortFunc(positions, by.compare)
	if t.orders == nil {
		t.orders = map[string]order{}
	}
	t.orders[by.by] = order{positions, by.writes}
	return positions
}
