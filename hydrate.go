package zohohub

import (
	"context"
	"iter"
	"slices"
)

// Hydrate fetches the records that a notification is about as they are now, 100 to a call, in the order of its IDs, each
// once. A record that is gone meanwhile is left out, as its deletion is a notification of its own; of the operation
// "delete" there is nothing to fetch, and nothing is sent. An error comes once, last: a notification of another module is
// [ErrInvalidModule].
//
// The records have the fields that those of a list have ([Record.All]): subforms take [Record.Find]. Converted leads and
// what is not approved yet are among them. It costs one credit a call, for each 50 of T's fields.
//
// Zoho: GET /crm/v8/{module}?ids=…
func (r *Record[T]) Hydrate(ctx context.Context, n Notification) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		l, ids, err := r.changed(n)
		if err != nil {
			yield(nil, err)
			return
		}
		for chunk := range slices.Chunk(ids, maxIDs) {
			found, err := l.byID(ctx, chunk, r.newRecord)
			if err != nil {
				yield(nil, err)
				return
			}
			for _, id := range chunk {
				if rec, ok := found[id].(*T); ok && !yield(rec, nil) {
					return
				}
			}
		}
	}
}

// changed is a list of records that a notification is about, and their ids.
func (m *module) changed(n Notification) (*lister, []string, error) {
	const op = "fetch changed"
	l, err := m.newLister(op, []ListOption{PerPage(maxPerPage), Converted(Both), Approved(Both)}) // whatever became of them
	if err != nil {
		return nil, nil, err
	}
	if n.Module != m.name {
		return nil, nil, m.fail(op, because(ErrInvalidModule, "the notification is of the module %q", clip(n.Module, 40)))
	}
	if n.Operation == "delete" {
		return l, nil, nil
	}
	var ids []string
	for _, id := range n.IDs {
		if err := checkID(id); err != nil {
			return nil, nil, m.fail(op, err)
		}
		if !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	l.raw = true
	return l, ids, nil
}

// byID fetches records by their ids, as many as one call takes.
func (l *lister) byID(ctx context.Context, ids []string, newRecord func() any) (map[string]any, error) {
	l.cfg.params["ids"] = ids
	found := make(map[string]any, len(ids))
	err := l.each(ctx, newRecord, func(rec any, raw []byte) (bool, error) {
		found[detailsID(raw)] = rec
		return true, nil
	})
	return found, err
}
