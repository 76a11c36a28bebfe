package zohohub

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"slices"
)

// Duplicate is a record that is to become part of another one.
type Duplicate struct {
	ID string
	// Fields are those, by API names, of which this record's values win; of all others the other record keeps its own.
	Fields []string
	// Files are what the other record gets of this one's file and image fields: ids of files, by the field's API name.
	Files map[string][]string
}

// Merge makes one or two duplicates part of the record with the id, the master: it takes over what they say in the fields
// that are named, and all that hangs on them, and they go to the recycle bin. A field can be named once. With more than 1,000
// records in a related list of a duplicate Zoho does it by itself; [Job.Wait] waits until then, and returns at once
// otherwise. Zoho takes leads, contacts, accounts, open deals, vendors and custom modules; a record that cannot be merged is
// its NOT_ALLOWED, a master that is not there [ErrRecordNotFound]. Callbacks tell nothing of merges. When the answer is lost
// the error is [ErrOutcomeUnknown], and the call is not sent again. It needs API v6 or later, and costs one credit.
//
// Zoho: POST /crm/v8/{module}/{id}/actions/merge  https://www.zoho.com/crm/developer/docs/api/v8/merge-records.html
func (r *Record[T]) Merge(ctx context.Context, masterID string, duplicates []Duplicate, opts ...MergeOption) (*Job, error) {
	return r.merge(ctx, masterID, duplicates, opts)
}

// MergeOption is an option of [Record.Merge].
type MergeOption interface{ applyMerge(*mergeConfig) }

type mergeConfig struct{ kept []mergeField }

type mergeOption func(*mergeConfig)

func (o mergeOption) applyMerge(c *mergeConfig) { o(c) }

// KeepFiles says which files of a file or image field, by their ids, the master keeps; without ids none. Of fields that are
// not named it keeps all.
func KeepFiles(field string, ids ...string) MergeOption {
	return mergeOption(func(c *mergeConfig) { c.kept = append(c.kept, mergeFiles(field, ids)) })
}

// mergeField is a field that a merge names. Of one with files the ids stand beside it, null for none.
type mergeField struct {
	APIName string          `json:"api_name"`
	Files   json.RawMessage `json:"_data,omitempty"`

	ids []string
}

func mergeFiles(field string, ids []string) mergeField {
	f := mergeField{APIName: field, Files: json.RawMessage("null"), ids: ids}
	if len(ids) > 0 {
		refs := make([]idBody, len(ids))
		for i, id := range ids {
			refs[i] = idBody{id}
		}
		f.Files, _ = json.Marshal(refs) // texts can always be written
	}
	return f
}

// maxDuplicates is how many records become part of another one in a call.
const maxDuplicates = 2

type mergedRow struct {
	ID     string       `json:"id"`
	Fields []mergeField `json:"_fields"`
}

// mergeRows are the duplicates as they are sent.
func (m *module) mergeRows(masterID string, duplicates []Duplicate, kept []mergeField) ([]mergedRow, error) {
	if n := len(duplicates); n < 1 || n > maxDuplicates {
		return nil, because(ErrRecordInvalid, "%d duplicates: Zoho merges one or two into a record", n)
	}
	seen, named := []string{masterID}, map[string]any{}
	rows := make([]mergedRow, len(duplicates))
	all := slices.Clone(kept)
	for i, d := range duplicates {
		if err := checkID(d.ID); err != nil {
			return nil, err
		}
		if slices.Contains(seen, d.ID) {
			return nil, because(ErrRecordInvalid, "the record %s stands there twice", d.ID)
		}
		seen = append(seen, d.ID)
		rows[i] = mergedRow{ID: d.ID, Fields: []mergeField{}}
		for _, name := range d.Fields {
			rows[i].Fields = append(rows[i].Fields, mergeField{APIName: name})
		}
		for _, name := range slices.Sorted(maps.Keys(d.Files)) {
			if len(d.Files[name]) == 0 {
				return nil, because(ErrRecordInvalid, "no files of the field %q", clip(name, 40))
			}
			rows[i].Fields = append(rows[i].Fields, mergeFiles(name, d.Files[name]))
		}
		all = append(all, rows[i].Fields...)
	}
	for _, f := range all {
		_, again := named[f.APIName]
		switch {
		case !isAPIName(f.APIName):
			return nil, because(ErrRecordInvalid, "%q is not a field's API name", clip(f.APIName, 40))
		case again && f.ids == nil:
			return nil, because(ErrRecordInvalid, "the field %s is named twice", f.APIName)
		}
		named[f.APIName] = nil
		for _, id := range f.ids {
			if err := checkRef("a file of "+f.APIName, id); err != nil {
				return nil, err
			}
		}
	}
	return rows, m.plan.CheckNames(named)
}

func (m *module) merge(ctx context.Context, masterID string, duplicates []Duplicate, opts []MergeOption) (*Job, error) {
	const op, key = "merge", "merge"
	if m.fault != nil {
		return nil, m.fail(op, m.fault)
	}
	var cfg mergeConfig
	for _, o := range opts {
		if o != nil {
			o.applyMerge(&cfg)
		}
	}
	err := checkID(masterID)
	var rows []mergedRow
	if err == nil {
		rows, err = m.mergeRows(masterID, duplicates, cfg.kept)
	}
	var body []byte
	if err == nil {
		body, err = json.Marshal(map[string]any{key: []any{struct {
			Data []mergedRow  `json:"data"`
			Kept []mergeField `json:"master_record_fields,omitempty"`
		}{rows, cfg.kept}}})
	}
	if err != nil {
		return nil, m.fail(op, err)
	}
	template := m.template("{id}", "actions", key)
	result, err := m.begin(ctx, Request{
		Op: op, Method: http.MethodPost, Template: template, Body: body, Repeat: RepeatNever, Weight: 1,
	}, key, masterID, "actions", key)
	switch {
	case err != nil:
		return nil, ofPath(err)
	case result.Code != "SCHEDULED" && scalar(object(result.Details)["job_id"]) == "":
		return &Job{op: op, of: m, done: &JobStatus{State: JobCompleted}}, nil
	}
	return m.job(op, key, result, template, masterID, "actions", key)
}

// ofPath makes a refusal of the path's id, for which calls have words of their own, one of a record that is not there.
func ofPath(err error) error {
	e, ok := errors.AsType[*Error](err)
	if ok && e.Code == "INVALID_DATA" && object(e.Details)["resource_path_index"] != nil && !errors.Is(e, ErrRecordNotFound) {
		e.Err = ErrRecordNotFound
	}
	return err
}
