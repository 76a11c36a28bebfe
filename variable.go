package zohohub

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"reflect"

	"github.com/zohohub/zohohub/internal/codec"
)

// Variable is a value that the org keeps under a name, for templates and programs.
type Variable struct {
	ID string
	// APIName is how programs call the variable, Name how people do.
	APIName, Name string
	// Type is "text", "textarea", "integer", "long", "double", "percent", "currency", "date", "datetime", "checkbox",
	// "email", "phone" or "website".
	Type string
	// Value is in the form of Type, as text: "42", "true", "2026-05-01"; empty for none.
	Value       string
	Group       VariableGroup
	Description string
	// Source is "user" or "crm": who made it.
	Source   string
	ReadOnly bool
	// Raw is the variable as Zoho sent it.
	Raw json.RawMessage
}

// VariableGroup is a group of variables. One of the names, or the ID, is enough for a new variable.
type VariableGroup struct {
	ID      string `json:"id,omitempty"`
	APIName string `json:"api_name,omitempty"`
	Name    string `json:"name,omitempty"`
}

// Variables are the org's variables; see [Connection.Variables].
type Variables struct{ module }

// Variables returns the org's variables. Nothing is sent yet.
func (c *Connection) Variables() *Variables {
	v := &Variables{module{conn: c, plan: codec.For(reflect.TypeFor[Dynamic]())}}
	if c == nil {
		v.fault = errNilConn
	}
	return v
}

// All lists the org's variables. It costs one credit.
//
// Zoho: GET /crm/v8/settings/variables  https://www.zoho.com/crm/developer/docs/api/v8/get-variables.html
func (v *Variables) All(ctx context.Context) ([]Variable, error) {
	return v.list(ctx, "list variables")
}

// Find returns the variable with the ID or the API name. One that is not there is [ErrRecordNotFound]. It costs one credit:
// all are listed, since Zoho asks for the group as well in its call for one.
//
// Zoho: GET /crm/v8/settings/variables  https://www.zoho.com/crm/developer/docs/api/v8/get-variables.html
func (v *Variables) Find(ctx context.Context, key string) (*Variable, error) {
	const op = "find variable"
	if key == "" {
		return nil, v.fail(op, errEmptyID)
	}
	all, err := v.list(ctx, op)
	if err != nil {
		return nil, err
	}
	for i := range all {
		if all[i].ID == key || all[i].APIName == key {
			return &all[i], nil
		}
	}
	return nil, v.fail(op, because(ErrRecordNotFound, "there is no variable %q", clip(key, 40)))
}

// Create makes variables, 100 to a call: Name, APIName, Type, Value, Group and Description are looked at. Results, with the
// new variables' IDs, are in the order of variables; the error, if any, is a [*BatchError] and hides no success. It matches
// [ErrDuplicate] for a name that there is already, and [ErrMandatoryNotFound] where Zoho misses something. Variables of a
// call whose answer was lost are [ErrOutcomeUnknown]. It costs one credit a call.
//
// Zoho: POST /crm/v8/settings/variables  https://www.zoho.com/crm/developer/docs/api/v8/create-variables.html
func (v *Variables) Create(ctx context.Context, variables ...Variable) (Results, error) {
	return v.write(ctx, "create variables", creation, len(variables), func(i int) (any, error) {
		if id := variables[i].ID; id != "" {
			return nil, because(ErrRecordInvalid, "the variable has the id %s already", clip(id, 40))
		}
		return newVariableBody(variables[i]), nil
	})
}

// Update changes a variable by its ID: "value", "name", "api_name" and "description" can be changed, and nil clears a value.
// Values may be text whatever the type. One that is not there is [ErrRecordNotFound]. It costs one credit.
//
// Zoho: PUT /crm/v8/settings/variables  https://www.zoho.com/crm/developer/docs/api/v8/update-variables.html
func (v *Variables) Update(ctx context.Context, id string, fields Fields) error {
	return single(v.write(ctx, "update variable", update, 1, func(int) (any, error) {
		if err := checkID(id); err != nil {
			return nil, err
		}
		row := maps.Clone(fields)
		if row == nil {
			row = Fields{}
		}
		row["id"] = id
		return row, nil
	}))
}

// Delete deletes variables by their IDs, 100 to a call. Results are in the order of ids; the error, if any, is a
// [*BatchError] and hides no success. It matches [ErrRecordNotFound] for an ID that is not there. It costs one credit a call.
//
// Zoho: DELETE /crm/v8/settings/variables?ids=…  https://www.zoho.com/crm/developer/docs/api/v8/delete-variables.html
func (v *Variables) Delete(ctx context.Context, ids ...string) (Results, error) {
	b, err := v.batch("delete variables", len(ids))
	if err != nil {
		return nil, err
	}
	return b.once(ids, func(rows []outgoing) {
		b.inHundreds(ctx, rows, func(chunk []outgoing) (*Response, error) {
			return v.ask(ctx, Request{Op: b.op, Method: http.MethodDelete, Params: Params{"ids": idsOf(chunk)}, Repeat: RepeatSafe})
		}, func(chunk []outgoing, resp *Response, err error) {
			b.take(resp, err, "", chunk)
			if resp != nil && resp.Repeated {
				b.forgiveMissing(chunk)
			}
		})
	})
}

func newVariable(raw json.RawMessage) Variable {
	m := metaOf(raw)
	group := m.sub("variable_group")
	return Variable{
		ID: m.text("id"), APIName: m.text("api_name"), Name: m.text("name"), Type: m.text("type"), Value: m.value("value"),
		Group:       VariableGroup{group.text("id"), group.text("api_name"), group.text("name")},
		Description: m.text("description"), Source: m.text("source"), ReadOnly: m.flag("read_only"), Raw: raw,
	}
}

// variableBody is a new variable as it is written.
type variableBody struct {
	Name        string         `json:"name,omitempty"`
	APIName     string         `json:"api_name,omitempty"`
	Group       *VariableGroup `json:"variable_group,omitempty"`
	Type        string         `json:"type,omitempty"`
	Value       string         `json:"value,omitempty"`
	Description string         `json:"description,omitempty"`
}

func newVariableBody(v Variable) variableBody {
	body := variableBody{Name: v.Name, APIName: v.APIName, Type: v.Type, Value: v.Value, Description: v.Description}
	if v.Group != (VariableGroup{}) {
		body.Group = &v.Group
	}
	return body
}

func (v *Variables) list(ctx context.Context, op string) ([]Variable, error) {
	if v.fault != nil {
		return nil, v.fail(op, v.fault)
	}
	raws, err := v.conn.settings(ctx, op, "", "variables", nil)
	return each(raws, err, newVariable)
}

// write makes or changes n variables.
func (v *Variables) write(ctx context.Context, op string, w write, n int, row func(i int) (any, error)) (Results, error) {
	b, err := v.batch(op, n)
	if err != nil {
		return nil, err
	}
	rows := b.rows(n, func(i int) (outgoing, error) {
		r, err := row(i)
		if err != nil {
			return outgoing{}, err
		}
		body, err := json.Marshal(r)
		return outgoing{body: body}, err
	})
	req := Request{Op: op, Method: w.method}
	if w.action == update.action {
		req.Repeat = RepeatSafe
	}
	b.inHundreds(ctx, rows, func(chunk []outgoing) (*Response, error) {
		list := make([]json.RawMessage, len(chunk))
		for i, row := range chunk {
			list[i] = row.body
		}
		body, err := json.Marshal(map[string][]json.RawMessage{b.key: list})
		if err != nil {
			return nil, err
		}
		call := req
		call.Body = body
		return v.ask(ctx, call)
	}, func(chunk []outgoing, resp *Response, err error) { b.take(resp, err, w.action, chunk) })
	return b.end()
}

func (v *Variables) batch(op string, n int) (*batch, error) {
	b, err := v.newBatch(op, n, nil)
	if err != nil {
		return nil, err
	}
	b.key, b.oneLane = "variables", true // rows may be about the same variable
	return b, nil
}

// ask sends a request to the org's variables.
func (v *Variables) ask(ctx context.Context, req Request) (*Response, error) {
	req.Path, req.Weight = "settings/variables", 1
	return v.conn.Do(ctx, req)
}
