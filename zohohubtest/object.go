package zohohubtest

import (
	"maps"
	"math/big"
	"regexp"
	"slices"

	"github.com/zohohub/zohohub/zohohubtest/internal/schema"
)

// object takes a value that is an object and gives the parts of it that were sent. Keys that are none of its parts are
// passed over, as those of a record are.
func (w *write) object(f *schema.Field, s site, v any) (map[string]any, *refusal) {
	in, ok := v.(map[string]any)
	if !ok {
		return nil, w.expected(s, "jsonobject")
	}
	out := map[string]any{}
	for _, part := range f.Parts() {
		at := s.at(part.APIName)
		sent, isSent := in[part.APIName]
		if part.Mandatory && (sent == nil || sent == "") {
			return nil, w.mandatory(at)
		}
		if !isSent {
			continue
		}
		value, refused := w.value(part, at, sent, nil)
		if refused != nil {
			return nil, refused
		}
		if value != nil {
			out[part.APIName] = value
		}
	}
	return out, nil
}

// objects takes a list of objects, each of which complete may check and fill up.
func (w *write) objects(f *schema.Field, s site, v any, complete func(int, site, map[string]any) *refusal) (any, *refusal) {
	list, ok := v.([]any)
	switch {
	case !ok:
		return nil, w.expected(s, "jsonarray")
	case len(list) > f.Length:
		return nil, w.tooLong(s, f.Length)
	case len(list) == 0:
		return nil, nil
	}
	out := make([]any, len(list))
	for i, item := range list {
		object, refused := w.object(f, s.index(i), item)
		if refused == nil {
			refused = complete(i, s.index(i), object)
		}
		if refused != nil {
			return nil, refused
		}
		out[i] = object
	}
	return out, nil
}

// rowIDs are the ids of the objects of a list as they were sent, by place.
func rowIDs(v any) []string {
	list, _ := v.([]any)
	ids := make([]string, len(list))
	for i, item := range list {
		object, _ := item.(map[string]any)
		ids[i], _ = scalarText(object["id"])
	}
	return ids
}

var clockPattern = regexp.MustCompile(`^([01]\d|2[0-3]):[0-5]\d$`)

// timeRange takes {"From": "09:00", "To": "18:00"}.
func (w *write) timeRange(f *schema.Field, s site, v any) (any, *refusal) {
	object, refused := w.object(f, s, v)
	if refused != nil {
		return nil, refused
	}
	for _, name := range []string{"From", "To"} {
		if text, _ := object[name].(string); !clockPattern.MatchString(text) {
			return nil, w.fault(s.at(name), "INVALID_DATA", "invalid data")
		}
	}
	return object, nil
}

// consent takes what is said of a consent; what is not said stays.
func (w *write) consent(f *schema.Field, s site, v, before any) (any, *refusal) {
	sent, refused := w.object(f, s, v)
	if refused != nil {
		return nil, refused
	}
	stamp := formatTime(w.now)
	object := map[string]any{"id": formatID(w.c.nextID()), "Created_Time": stamp, "Created_By": w.by}
	for _, part := range f.Parts() {
		object[part.APIName] = w.empty(part)
	}
	if old, ok := before.(map[string]any); ok {
		object = maps.Clone(old)
	}
	in, _ := v.(map[string]any) // object has seen that it is one
	for _, part := range f.Parts() {
		if _, isSent := in[part.APIName]; isSent {
			object[part.APIName] = sent[part.APIName]
		}
	}
	object["Modified_Time"], object["Modified_By"] = stamp, w.by
	return object, nil
}

// pricing takes the ranges of a price book. The whole list is replaced; a range that is sent with its id keeps it.
func (w *write) pricing(f *schema.Field, s site, v, before any) (any, *refusal) {
	known := rowIDs(before)
	sent := rowIDs(v)
	return w.objects(f, s, v, func(i int, s site, row map[string]any) *refusal {
		from, to := rat(row["from_range"]), rat(row["to_range"])
		if from.Sign() < 0 || from.Cmp(to) > 0 {
			return w.fault(s.at("to_range"), "INVALID_DATA", "invalid data")
		}
		if discount := rat(row["discount"]); discount.Sign() < 0 || discount.Cmp(big.NewRat(100, 1)) > 0 {
			return w.fault(s.at("discount"), "INVALID_DATA", "invalid data")
		}
		row["id"] = w.rowID(sent[i], known)
		return nil
	})
}

// rowID is the id of a row that was sent: its own if the record has such a row, else a new one.
func (w *write) rowID(sent string, known []string) string {
	if sent != "" && slices.Contains(known, sent) {
		return sent
	}
	return formatID(w.c.nextID())
}
