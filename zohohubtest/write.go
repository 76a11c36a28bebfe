package zohohubtest

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/zohohub/zohohub/zohohubtest/internal/schema"
)

// write is one request that creates or changes records of a module.
type write struct {
	c       *crm
	module  *schema.Module
	version *version
	by      map[string]any // who writes
	now     time.Time
	byPath  bool     // the path names the record, not the row
	id      int64    // of the record that is being written
	relinks []relink // what settle does once it is stored
	newTags []*tag   // that the record being written brings
	// skipsBlueprint: records do not enter a blueprint; transits: the record is on its way through one.
	skipsBlueprint, transits bool
	// unmodifiedSince refuses records that were changed after it; zero refuses none.
	unmodifiedSince time.Time
	// seeding: what is written was there before the test, by rules of its time.
	seeding bool
}

func (c *crm) newWrite(m *schema.Module, v *version, userID string) *write {
	by := c.userRef(userID)
	if by == nil {
		by = c.userRef(defaultUserID)
	}
	return &write{c: c, module: m, version: v, by: by, now: c.second()}
}

// insert creates the record that the i-th row of a request describes.
func (w *write) insert(i int, row map[string]any) (*record, *refusal) {
	id := w.c.nextID()
	fields, refused := w.merge(i, row, nil, id)
	if refused != nil {
		return nil, refused
	}
	r := w.c.completed(w.module, id, fields, w.now, w.by)
	w.c.store(w.module, r, nil)
	w.settle()
	w.enter(r, nil)
	return r, nil
}

// update changes a record as the i-th row of a request says.
func (w *write) update(i int, old *record, row map[string]any) (*record, *refusal) {
	switch {
	case !w.unmodifiedSince.IsZero() && old.modified.After(w.unmodifiedSince):
		return nil, newRefusal(http.StatusPreconditionFailed, "ALREADY_MODIFIED",
			"record updated time has already passed if-unmodified-since time", w.stamps(old))
	case w.c.isLocked(w.module, old.id):
		return nil, recordLocked(old.id)
	case old.converted:
		details := map[string]any{"id": formatID(old.id)}
		if w.byPath {
			details = map[string]any{"resource_path_index": 1}
		}
		return nil, newRefusal(http.StatusBadRequest, "CONVERTED_RECORD", "can't update the converted record", details)
	}
	fields, refused := w.merge(i, row, old, old.id)
	if refused != nil {
		return nil, refused
	}
	if refused := w.held(old, fields); refused != nil {
		return nil, refused
	}
	r := *old
	r.fields, r.modified = fields, w.now
	fields["Modified_Time"], fields["Modified_By"] = formatTime(w.now), w.by
	if w.module.Field("Last_Activity_Time") != nil {
		fields["Last_Activity_Time"] = formatTime(w.now)
	}
	w.c.compute(w.module, fields)
	w.c.store(w.module, &r, old)
	w.settle()
	w.enter(&r, old)
	return &r, nil
}

// maxSeededID leaves room for the ids of records to come, which are greater than all before.
const maxSeededID = 9_000_000_000_000_000_000

// seed creates a record as insert does, with what a row says of that which Zoho would set itself.
func (w *write) seed(i int, row map[string]any) (*record, error) {
	var id int64
	if text, ok := scalarText(row["id"]); ok && text != "" {
		if id, ok = parseID(text); !ok || id == 0 || id > maxSeededID || w.c.table(w.module.APIName).get(id) != nil {
			return nil, newRefusal(http.StatusBadRequest, "INVALID_DATA", "the id given seems to be invalid", map[string]any{"id": text})
		}
		w.c.lastID = max(w.c.lastID, id)
	} else {
		id = w.c.nextID()
	}
	w.seeding = true
	fields, refused := w.merge(i, row, nil, id)
	if refused != nil {
		return nil, refused
	}
	s := site{path: rowPath(i)}
	for _, name := range []string{"Created_By", "Modified_By"} {
		if v := row[name]; v != nil {
			if fields[name], refused = w.userLookup(site{path: s.path, name: name}, v); refused != nil {
				return nil, refused
			}
		}
	}
	for _, name := range []string{"Created_Time", "Modified_Time"} {
		if v := row[name]; v != nil {
			if fields[name], refused = w.text(w.module.Field(name), site{path: s.path, name: name}, v); refused != nil {
				return nil, refused
			}
		}
	}
	for _, f := range w.module.Fields {
		if photo, _ := row[f.APIName].(string); f.DataType == "profileimage" && photo != "" {
			if err := w.c.seedPhoto(photo); err != nil {
				return nil, err
			}
			fields[f.APIName] = photo
		}
	}
	for _, name := range []string{"Converted__s", "$approved"} {
		if flag, ok := row[name].(bool); ok {
			fields[name] = flag
		}
	}
	r := w.c.completed(w.module, id, fields, w.now, w.by)
	w.c.table(w.module.APIName).put(r)
	w.c.rollUp(w.module, r)
	w.settle()
	w.enter(r, nil)
	return r, nil
}

// completed makes the record of fields that were checked: what is not said is set as Zoho sets it.
func (c *crm) completed(m *schema.Module, id int64, fields map[string]any, now time.Time, by map[string]any) *record {
	stamp := formatTime(now)
	for name, v := range map[string]any{
		"Owner": by, "Created_By": by, "Modified_By": by, "Created_Time": stamp, "Modified_Time": stamp, "Last_Activity_Time": stamp,
		"Record_Status__s": "Available", "Layout": c.layoutRef(m),
	} {
		if fields[name] == nil && m.Field(name) != nil {
			fields[name] = v
		}
	}
	fields["id"] = formatID(id)
	c.compute(m, fields)
	created, modified := stampOf(fields["Created_Time"], now), stampOf(fields["Modified_Time"], now)
	return &record{id: id, fields: fields, created: created, modified: modified, kind: kindOf(m, fields)}
}

func stampOf(v any, otherwise time.Time) time.Time {
	text, _ := v.(string)
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return t.In(orgZone)
	}
	return otherwise
}

// store puts a record in its table, and what search still shows until its index has caught up.
func (c *crm) store(m *schema.Module, r, old *record) {
	r.was, r.indexed = nil, time.Time{}
	if c.searchLag > 0 {
		now := c.now()
		if old != nil && old.indexed.After(now) {
			r.was = old.was
		} else if r.was = old; old != nil {
			settled := *old // what search saw before that, nobody will
			settled.was = nil
			r.was = &settled
		}
		r.indexed = now.Add(c.searchLag)
	}
	if old != nil && photoID(old) != photoID(r) {
		c.dropPhoto(photoID(old))
	}
	c.table(m.APIName).put(r)
	c.rollUp(m, r, old)
	if old == nil {
		c.note(m, inserting, r, nil)
	} else {
		c.note(m, updating, r, old)
	}
}

func rowPath(i int) string { return indexed("$.data", i) }

// merge checks a row and gives the fields of the record that it makes: those of old, changed as the row says. What the
// module does not have and what cannot be written is passed over, as Zoho does: clients send whole records back.
func (w *write) merge(i int, row map[string]any, old *record, id int64) (map[string]any, *refusal) {
	fields := map[string]any{}
	w.newTags = nil // those of a row that was refused never were
	if old != nil {
		maps.Copy(fields, old.fields)
	}
	w.id, w.relinks = id, nil
	if w.module.APIName == "Notes" {
		if refused := w.checkNote(i, row, fields); refused != nil {
			return nil, refused
		}
	}
	for _, f := range w.module.Fields {
		s := site{path: rowPath(i), name: f.NameIn(w.version.name)}
		sent, isSent := row[s.name]
		writable := f.Create
		if old != nil {
			writable = f.Update
		}
		if f.DataType == "profileimage" && isSent && sent == nil {
			delete(fields, f.APIName) // the photo goes; it cannot be changed otherwise
		}
		if !writable {
			continue
		}
		if f.Mandatory && (isSent && (sent == nil || sent == "") && !keepsRows(f) || !isSent && old == nil) {
			return nil, w.mandatory(s)
		}
		if !isSent {
			continue
		}
		v, refused := w.field(f, s, sent, row, old, fields, id)
		if refused == nil && f.Mandatory && f.Link == nil && isNothing(v) {
			refused = w.mandatory(s)
		}
		if refused != nil {
			return nil, refused
		}
		if v == nil {
			delete(fields, f.APIName)
		} else {
			fields[f.APIName] = v
		}
	}
	if refused := w.check(i, fields, row, id); refused != nil {
		return nil, refused
	}
	if old == nil {
		w.c.number(w.module, fields)
	}
	w.keepTags()
	return fields, nil
}

// check is for what follows from several fields, or from other records.
func (w *write) check(i int, fields, row map[string]any, id int64) *refusal {
	if sent, isSent := row["$line_tax"]; isSent && hasLines(w.module) {
		v, refused := w.value(lineTax, site{path: rowPath(i), name: "$line_tax"}, sent, nil)
		if refused != nil {
			return refused
		}
		setOrClear(fields, "$line_tax", v)
	}
	if w.module.APIName == "Calls" {
		if refused := w.checkCall(i, fields); refused != nil {
			return refused
		}
	}
	if w.module.GeneratedType == "linking" {
		if refused := w.linkedTwice(i, fields, row, id); refused != nil {
			return refused
		}
	}
	return w.unique(i, fields, row, id)
}

// field checks one value; beside value, it knows the kinds that depend on the rest of the row or on what was there.
func (w *write) field(f *schema.Field, s site, sent any, row map[string]any, old *record, fields map[string]any, id int64) (any, *refusal) {
	var before any
	if old != nil {
		before = old.fields[f.APIName]
	}
	switch {
	case f.DataType == "subform":
		return w.rows(f, s, sent, before, old == nil, id)
	case f.Link != nil:
		return nil, w.link(f, s, sent, old == nil)
	case f.Lookup == schema.AnyModule:
		return w.anyLookup(s, sent, row, fields)
	}
	v, refused := w.value(f, s, sent, before)
	if refused != nil {
		return nil, refused
	}
	appends, _ := row["$append_values"].(map[string]any)
	if list, ok := v.([]any); ok && f.DataType == "multiselectpicklist" && appends[f.APIName] == true {
		kept, _ := before.([]any)
		all := slices.Clone(kept)
		for _, item := range list {
			if !slices.Contains(all, item) {
				all = append(all, item)
			}
		}
		return w.picks(f, s, all)
	}
	return v, nil
}

// checkNote: a note that would be left without title and content says nothing.
func (w *write) checkNote(i int, row, before map[string]any) *refusal {
	for _, name := range []string{"Note_Title", "Note_Content"} {
		v, isSent := row[name]
		if !isSent {
			v = before[name]
		}
		if v != nil && v != "" {
			return nil
		}
	}
	expected := []any{}
	for _, name := range []string{"Note_Title", "Note_Content"} {
		field := map[string]any{"api_name": name}
		if w.version.jsonPath {
			field["json_path"] = rowPath(i) + "." + name
		}
		expected = append(expected, field)
	}
	return newRefusal(http.StatusBadRequest, "EXPECTED_FIELD_MISSING", "Specify atleast one field", map[string]any{"expected_fields": expected})
}

// unique refuses a value that another record has in a field whose values must differ.
func (w *write) unique(i int, fields, row map[string]any, id int64) *refusal {
	t := w.c.table(w.module.APIName)
	for _, f := range w.module.Fields {
		if !f.Unique || row[f.APIName] == nil {
			continue
		}
		others := slices.DeleteFunc(slices.Clone(t.having(f.APIName, fields[f.APIName])), func(other int64) bool { return other == id })
		if len(others) == 0 {
			continue
		}
		other := formatID(others[0])
		details := []any{"id", other}
		if w.version.jsonPath {
			owner, _ := t.get(others[0]).fields["Owner"].(map[string]any)
			details = append(details, "more_records", len(others) > 1, "duplicate_record", map[string]any{
				"id":     other,
				"Owner":  map[string]any{"name": owner["name"], "id": owner["id"], "zuid": w.c.zuid(owner["id"])},
				"module": map[string]any{"api_name": w.module.APIName, "id": w.module.ID},
			})
		}
		return w.fault(site{path: rowPath(i), name: f.APIName}, "DUPLICATE_DATA", "duplicate data", details...)
	}
	return nil
}

// stamps are the details of a row that was written, or that was refused because it had been.
func (w *write) stamps(r *record) map[string]any {
	by := func(name string) any {
		ref, _ := r.fields[name].(map[string]any)
		return minified(ref)
	}
	return map[string]any{
		"id": formatID(r.id), "Created_Time": formatTime(r.created), "Modified_Time": formatTime(r.modified),
		"Created_By": by("Created_By"), "Modified_By": by("Modified_By"),
	}
}

// done is the item of a row that was written.
func (w *write) done(r *record, message string) map[string]any {
	details := w.stamps(r)
	if message == "record added" {
		details["$approval_state"] = "approved"
	}
	return map[string]any{"code": "SUCCESS", "details": details, "message": message, "status": "success"}
}

// number counts up the module's autonumber fields for a new record.
func (c *crm) number(m *schema.Module, fields map[string]any) {
	for _, f := range m.Fields {
		if f.AutoNumber == nil {
			continue
		}
		key := m.APIName + "." + f.APIName
		n := f.AutoNumber.Start + c.autoNumbers[key]
		c.autoNumbers[key]++
		text := formatID(int64(n))
		if pad := f.AutoNumber.Digits - len(text); pad > 0 {
			text = strings.Repeat("0", pad) + text
		}
		fields[f.APIName] = f.AutoNumber.Prefix + text + f.AutoNumber.Suffix
	}
}
