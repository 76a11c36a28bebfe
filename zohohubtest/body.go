package zohohubtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/zohohub/zohohub/zohohubtest/internal/schema"
)

const (
	maxRows        = 100
	maxCheckFields = 10
	// maxBody is more than 100 rows can fill.
	maxBody = 64 << 20
)

// triggers are the automations that a write may run or leave out.
var triggers = []any{"workflow", "approval", "blueprint", "pathfinder", "orchestration"}

// batch is the body of a write.
type batch struct {
	key         string // under which the rows stand, in the answer as in the request
	rows        []any
	checkFields []*schema.Field // duplicate_check_fields; nil when the caller named none
	// skipsBlueprint: trigger is there and does not name it.
	skipsBlueprint bool
}

// decodeJSON reads one JSON value whole, its numbers as they are written.
func decodeJSON(body []byte) (any, error) {
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		return nil, err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("more than one JSON value")
	}
	return v, nil
}

// batch reads a request's body and refuses what Zoho refuses as a whole.
func (q *request) batch(limit int) (*batch, *refusal) {
	object, refused := q.object()
	if refused != nil {
		return nil, refused
	}
	b := &batch{key: "data"}
	if b.rows, refused = q.items(object, "data", limit); refused != nil {
		return nil, refused
	}
	if refused = q.checkTriggers(object["trigger"]); refused != nil {
		return nil, refused
	}
	if named, ok := object["trigger"].([]any); ok {
		b.skipsBlueprint = !slices.Contains(named, any("blueprint"))
	}
	if names, ok := object["duplicate_check_fields"]; ok && names != nil {
		if b.checkFields, refused = q.checkFields(names); refused != nil {
			return nil, refused
		}
	}
	return b, nil
}

// object reads a request's body, which is an object whatever the call.
func (q *request) object() (map[string]any, *refusal) {
	body, err := decodeJSON(q.body)
	object, ok := body.(map[string]any)
	if err != nil || !ok {
		return nil, newRefusal(http.StatusBadRequest, "INVALID_DATA", "body", map[string]any{"expected_data_type": "jsonobject"})
	}
	return object, nil
}

// items is the list that an object must hold under name, of one item to limit.
func (q *request) items(object map[string]any, name string, limit int) ([]any, *refusal) {
	v := object[name]
	if v == nil {
		return nil, q.fault("MANDATORY_NOT_FOUND", "required field not found", name, "")
	}
	items, ok := v.([]any)
	switch {
	case !ok:
		return nil, q.fault("INVALID_DATA", "invalid data", name, "", "expected_data_type", "jsonarray")
	case len(items) == 0:
		return nil, q.fault("INVALID_DATA", "invalid data", name, "", "minimum_length", 1)
	case len(items) > limit:
		return nil, q.fault("INVALID_DATA", "invalid data", name, "", "maximum_length", limit)
	}
	return items, nil
}

// fault refuses a body for what stands at name, after which path names a place below.
func (q *request) fault(code, message, name, path string, details ...any) *refusal {
	d := map[string]any{"api_name": name}
	if q.version.jsonPath {
		d["json_path"] = "$." + name + path
	}
	for i := 0; i < len(details); i += 2 {
		d[details[i].(string)] = details[i+1]
	}
	return newRefusal(http.StatusBadRequest, code, message, d)
}

func (q *request) checkTriggers(v any) *refusal {
	if v == nil {
		return nil
	}
	list, ok := v.([]any)
	if !ok {
		return q.fault("INVALID_DATA", "invalid data", "trigger", "", "expected_data_type", "jsonarray")
	}
	for i, name := range list {
		if text, ok := name.(string); !ok || !slices.Contains(triggers, any(text)) {
			return q.fault("INVALID_DATA", "invalid data", "trigger", indexed("", i), "supported_values", triggers)
		}
	}
	return nil
}

func (q *request) checkFields(v any) ([]*schema.Field, *refusal) {
	const name = "duplicate_check_fields"
	list, ok := v.([]any)
	switch {
	case !ok:
		return nil, q.fault("INVALID_DATA", "invalid data", name, "", "expected_data_type", "jsonarray")
	case len(list) > maxCheckFields:
		return nil, q.fault("LIMIT_EXCEEDED", "limit exceeded", name, "", "limit", maxCheckFields)
	}
	var fields []*schema.Field
	for i, item := range list {
		text, _ := item.(string)
		f := q.module.Field(text)
		if f == nil || f.JSONType == "jsonarray" || f.JSONType == "jsonobject" && !f.Searchable || f.Lookup == schema.AnyModule {
			return nil, q.fault("INVALID_DATA", "invalid data", name, indexed("", i))
		}
		fields = append(fields, f)
	}
	return fields, nil
}

func indexed(path string, i int) string { return fmt.Sprintf("%s[%d]", path, i) }

// flag checks a parameter for which true and false are all there is.
func (q *request) flag(name string) *refusal {
	if text := q.query.Get(name); text != "" && !strings.EqualFold(text, "true") && !strings.EqualFold(text, "false") {
		return badPattern(name)
	}
	return nil
}
