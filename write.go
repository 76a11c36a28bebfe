package zohohub

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"

	"github.com/zohohub/zohohub/internal/codec"
)

// Create makes the record at Zoho and fills in what Zoho says of it: ID, CreatedTime, ModifiedTime, CreatedBy and
// ModifiedBy, where T has them. Sent is what is not zero, pointers that are set, and fields tagged `always`. A record
// that has an ID already is refused. When the answer is lost the error is [ErrOutcomeUnknown], and the record is not sent again.
// It costs one credit.
//
// Zoho: POST /crm/v8/{module}  https://www.zoho.com/crm/developer/docs/api/v8/insert-records.html
func (r *Record[T]) Create(ctx context.Context, rec *T, opts ...WriteOption) error {
	return single(r.CreateAll(ctx, []*T{rec}, opts...))
}

// Save creates the record when its ID is empty, and else updates it. A T that embeds [Tracked] sends only what changed
// since it was loaded, null for what was emptied, and nothing at all when nothing changed; other types send what
// [Record.Create] would, so that a zero changes nothing. Use Tracked, or [Record.Update], for records that came from a
// list: there Zoho cuts long rich text, which Save of an untracked type would write back. An untracked type's subform
// rows without an id are refused, as Zoho would add them once more at every Save; rows that are left out stay. It costs one credit.
//
// Zoho: POST or PUT /crm/v8/{module}  https://www.zoho.com/crm/developer/docs/api/v8/update-records.html
func (r *Record[T]) Save(ctx context.Context, rec *T, opts ...WriteOption) error {
	return single(r.SaveAll(ctx, []*T{rec}, opts...))
}

// Update changes the fields of one record, by their API names: what is not named stays, nil clears. It costs one credit.
// An id that is not there is [ErrRecordNotFound].
//
// Zoho: PUT /crm/v8/{module}  https://www.zoho.com/crm/developer/docs/api/v8/update-records.html
func (r *Record[T]) Update(ctx context.Context, id string, fields Fields, opts ...WriteOption) error {
	return r.updateOne(ctx, "update", id, fields, opts)
}

func (m *module) updateOne(ctx context.Context, op, id string, fields Fields, opts []WriteOption) error {
	if err := checkID(id); err != nil {
		return m.fail(op, err)
	}
	if other, ok := fields["id"]; ok && other != id {
		return m.fail(op, fmt.Errorf("the fields have another id than %s", id))
	}
	row := make(Fields, len(fields)+1)
	maps.Copy(row, fields)
	row["id"] = id
	return single(m.updateAll(ctx, op, []Fields{row}, opts))
}

// CreateAll makes any number of records, 100 to a call. Up to four calls are under way at once, within
// Config.MaxConcurrency, so that later records may be made before earlier ones; with a MaxConcurrency of 1 they are made
// in order. Results are in the order of recs; the error, if any, is a [*BatchError] and hides no success: what was made
// has its ID filled in. A call that fails leaves its 100 records failed, as [ErrOutcomeUnknown] where they may have been
// made, and the others go on. When those that have not begun could only fail the same way (no permission, a refused
// sign-in, a rate limit, an ended context), they do not begin, and their records are "not sent". It costs a credit for
// each 10 records.
//
// Zoho: POST /crm/v8/{module}  https://www.zoho.com/crm/developer/docs/api/v8/insert-records.html
func (r *Record[T]) CreateAll(ctx context.Context, recs []*T, opts ...WriteOption) (Results, error) {
	b, err := r.newBatch("create", len(recs), opts)
	if err != nil {
		return nil, err
	}
	twice, check := refuseTwice[T](), b.checker(ctx)
	rows := b.rows(len(recs), func(i int) (outgoing, error) {
		if recs[i] == nil {
			return outgoing{}, errNilRecord
		}
		if err := twice(recs[i], i); err != nil {
			return outgoing{}, err
		}
		if id := r.plan.ID(recs[i]); id != "" {
			return outgoing{}, because(ErrRecordInvalid, "the record has the id %s already", clip(id, 40))
		}
		return check(r.creation(recs[i]))
	})
	b.send(ctx, creation, rows)
	return b.end()
}

// SaveAll saves any number of records, as [Record.Save] does each: new ones are created and others updated, 100 to a
// call, all that are new before all that are not. Calls run side by side and fail as those of [Record.CreateAll]; of
// several with the same id the last is saved last. Results are in the order of recs; a record of which nothing changed
// is not sent and has no Action. The error, if any, is a [*BatchError]. It costs a credit for each 10 records.
//
// Zoho: POST and PUT /crm/v8/{module}
func (r *Record[T]) SaveAll(ctx context.Context, recs []*T, opts ...WriteOption) (Results, error) {
	b, err := r.newBatch("save", len(recs), opts)
	if err != nil {
		return nil, err
	}
	twice, check := refuseTwice[T](), b.checker(ctx)
	var created, updated []outgoing
	for _, row := range b.rows(len(recs), func(i int) (outgoing, error) {
		if err := twice(recs[i], i); err != nil {
			return outgoing{}, err
		}
		return check(r.saving(recs[i]))
	}) {
		switch {
		case row.id == "":
			created = append(created, row)
		case row.body == nil:
			b.results[row.index].ID = row.id
		default:
			updated = append(updated, row)
		}
	}
	b.send(ctx, creation, created)
	b.send(ctx, update, updated)
	return b.end()
}

// UpdateAll changes any number of records, 100 to a call: each of changes has the record's "id" and the fields to change,
// by their API names; nil clears. Calls run side by side and fail as those of [Record.CreateAll]; changes of the same id
// are made in order. Results are in the order of changes. The error, if any, is a [*BatchError]. It costs a credit for
// each 10 records.
//
// Zoho: PUT /crm/v8/{module}  https://www.zoho.com/crm/developer/docs/api/v8/update-records.html
func (r *Record[T]) UpdateAll(ctx context.Context, changes []Fields, opts ...WriteOption) (Results, error) {
	return r.updateAll(ctx, "update", changes, opts)
}

func (m *module) updateAll(ctx context.Context, op string, changes []Fields, opts []WriteOption) (Results, error) {
	b, err := m.newBatch(op, len(changes), opts)
	if err != nil {
		return nil, err
	}
	check := b.checker(ctx)
	rows := b.rows(len(changes), func(i int) (outgoing, error) {
		id, err := idOf(changes[i])
		if err != nil {
			return outgoing{}, err
		}
		if err := m.plan.CheckNames(changes[i]); err != nil {
			return outgoing{}, err
		}
		body, err := codec.EncodeFields(changes[i])
		return check(outgoing{id: id, lane: id, body: body}, err)
	})
	b.send(ctx, update, rows)
	return b.end()
}

// Upsert updates the records that are there already and creates the others, 100 to a call. Whether one is there is
// decided by [DuplicateCheck]'s fields, else by Zoho's own for the module. Each result's Action is "insert" or "update",
// and the record's ID is filled in. Sent is what [Record.Create] would send. With DuplicateCheck a call whose answer was
// lost is sent again, and a record that the first try inserted is then an "update"; without, its records are
// [ErrOutcomeUnknown]. Records that Zoho would take for the same one are written in order. With one field to check, and
// no IDs, that is those with the same value in it, whatever its case, and calls run side by side as those of
// [Record.CreateAll]; else they go one after another. They fail as those of CreateAll. The error, if any, is a
// [*BatchError]. It costs a credit for each 10 records.
//
// Zoho: POST /crm/v8/{module}/upsert  https://www.zoho.com/crm/developer/docs/api/v8/upsert-records.html
func (r *Record[T]) Upsert(ctx context.Context, recs []*T, opts ...WriteOption) (Results, error) {
	b, err := r.newBatch("upsert", len(recs), opts)
	if err != nil {
		return nil, err
	}
	b.oneLane = len(b.cfg.checks) != 1 // several fields may find one record for rows that have no value in common
	b.partial = true
	check := b.checker(ctx)
	rows := b.rows(len(recs), func(i int) (outgoing, error) {
		if recs[i] == nil {
			return outgoing{}, errNilRecord
		}
		row, err := check(r.creation(recs[i]))
		if id := r.plan.ID(recs[i]); err == nil && id != "" {
			b.oneLane = true // an id finds what a value does
			row.body, err = withID(row.body, id)
		}
		if err == nil && !b.oneLane {
			row.lane, err = upsertLane(recs[i], row.body, b.cfg.checks[0])
		}
		return row, err
	})
	b.send(ctx, upsert, rows)
	return b.end()
}

// refuseTwice tells a record that stands in a batch a second time: it would be created twice.
func refuseTwice[T any]() func(rec *T, i int) error {
	seen := map[*T]int{}
	return func(rec *T, i int) error {
		if at, again := seen[rec]; again && rec != nil {
			return fmt.Errorf("the record is the one at %d once more", at)
		}
		seen[rec] = i
		return nil
	}
}

// idOf is the id that a record's fields hold.
func idOf(fields Fields) (string, error) {
	var id string
	switch v := reflect.ValueOf(fields["id"]); v.Kind() {
	case reflect.Invalid:
	case reflect.String:
		id = v.String()
	default:
		return "", fmt.Errorf("the id is of type %s, not text", v.Type())
	}
	return id, checkID(id)
}

// saving is the row that saves a record: with an id but no body when there is nothing to send.
func (m *module) saving(rec any) (outgoing, error) {
	if isNil(rec) {
		return outgoing{}, errNilRecord
	}
	if !m.plan.HasID() {
		return outgoing{}, errors.New("the type has no field ID string: Save cannot tell new records from others")
	}
	id := m.plan.ID(rec)
	if id == "" {
		return m.creation(rec)
	}
	if err := checkID(id); err != nil {
		return outgoing{}, err
	}
	loaded := loadedAs(rec, id)
	body, err := m.changes(rec, loaded)
	if err != nil {
		return outgoing{}, err
	}
	if body == nil {
		return outgoing{id: id, rec: rec}, nil
	}
	patch := body
	if body, err = withID(body, id); err != nil {
		return outgoing{}, err
	}
	return outgoing{id: id, lane: id, body: body, rec: rec, done: func(r row) { m.settle(rec, loaded, patch, r.Details) }}, nil
}

// loadedAs is what is known of the record with the id at Zoho; nil when rec is not tracked, or was loaded as another one.
func loadedAs(rec any, id string) []byte {
	t, ok := rec.(tracker)
	if !ok || t.snapshot() == nil {
		return nil
	}
	if was := detailsID(t.snapshot()); was != "" && was != id {
		return nil
	}
	return t.snapshot()
}

// changes are what an update of the record sends, nil for nothing.
func (m *module) changes(rec any, loaded []byte) ([]byte, error) {
	replace := !m.conn.version.mergesSubforms
	if loaded != nil {
		body, _, err := m.plan.Diff(rec, loaded, codec.DiffOptions{ReplaceSubforms: replace})
		return body, err
	}
	if field := m.plan.RowWithoutID(rec); field != "" && !replace {
		return nil, fmt.Errorf("%s has a row without an id, which would be added, also if it is there already: "+
			"save a Tracked record that was found, or add rows with Update", field)
	}
	return m.plan.Encode(rec)
}

// creation is the row that makes a record.
func (m *module) creation(rec any) (outgoing, error) {
	body, err := m.plan.Encode(rec)
	if err != nil {
		return outgoing{}, err
	}
	return outgoing{body: body, rec: rec, done: func(r row) {
		var loaded []byte
		if r.Action == "update" { // an upsert of a record that was loaded before
			loaded = loadedAs(rec, detailsID(r.Details))
		}
		m.settle(rec, loaded, body, r.Details)
	}}, nil
}

// settle takes over what Zoho says of a record that it wrote. The write is done whatever these details are: to report
// that they do not fit T would have the record written twice.
func (m *module) settle(rec any, loaded, patch, details []byte) {
	t, tracked := rec.(tracker)
	var snapshot []byte
	if tracked { // before the details are read: it is about what was sent
		if s, err := m.plan.Snapshot(rec, loaded, patch); err == nil {
			snapshot = s
		}
	}
	if id := detailsID(details); id != "" {
		m.plan.SetID(rec, id)
	}
	if m.plan.Decode(details, rec) != nil {
		details = []byte("{}")
	}
	if tracked && snapshot != nil {
		if merged, err := codec.Merge(snapshot, details); err == nil {
			t.remember(merged)
		}
	}
}

// detailsID is the id in the details of a written record, empty when they have none.
func detailsID(details []byte) string { return scalar(object(details)["id"]) }

// withID puts the id into a record's JSON object.
func withID(body []byte, id string) ([]byte, error) {
	head, err := json.Marshal(map[string]string{"id": id})
	if err != nil {
		return nil, err
	}
	return codec.Merge(head, body)
}

// single is the outcome of a batch of one: the record's own error, outside a batch.
func single(_ Results, err error) error {
	var b *BatchError
	if errors.As(err, &b) && len(b.Failed) == 1 {
		e := *b.Failed[0]
		e.Index = -1
		return &e
	}
	return err
}
