package zohohub

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
)

// Module describes one of the org's modules: its names, and what can be done with its records.
type Module struct {
	ID            string `json:"id"`
	APIName       string `json:"api_name"`
	SingularLabel string `json:"singular_label"`
	PluralLabel   string `json:"plural_label"`
	// GeneratedType is "default", "custom", "linking", "web" or "subform".
	GeneratedType string `json:"generated_type"`
	WebLink       string `json:"web_link"`
	Creatable     bool   `json:"creatable"`
	Editable      bool   `json:"editable"`
	Deletable     bool   `json:"deletable"`
	Viewable      bool   `json:"viewable"`
	Convertible   bool   `json:"convertable"` // the spelling of the key is Zoho's
	// APISupported says whether the module's records can be reached over the API at all.
	APISupported bool `json:"api_supported"`
	// Raw is the module as Zoho sent it.
	Raw json.RawMessage `json:"-"`
}

// Field describes a field of a module.
type Field struct {
	ID      string `json:"id"`
	APIName string `json:"api_name"`
	Label   string `json:"field_label"`
	// DataType is Zoho's name of the type: "text", "picklist", "lookup", "datetime", …
	DataType string `json:"data_type"`
	// Length is the greatest number of characters; 0 where the type has none.
	Length int `json:"length"`
	// Mandatory is set for fields that no record can do without.
	Mandatory bool `json:"system_mandatory"`
	ReadOnly  bool `json:"read_only"`
	// Custom is set for fields that the org added to the module.
	Custom bool `json:"custom_field"`
	// Unique is set where no two records may hold the same value.
	Unique         bool            `json:"-"`
	PickListValues []PickListValue `json:"pick_list_values"`
	// Raw is the field as Zoho sent it.
	Raw json.RawMessage `json:"-"`
}

// PickListValue is one of a pick list's values: what the API takes and what people see.
type PickListValue struct {
	ActualValue  string `json:"actual_value"`
	DisplayValue string `json:"display_value"`
}

// Modules lists the org's modules, those that the API does not reach included ([Module.APISupported]). Each call asks
// Zoho. It costs one credit.
//
// Zoho: GET /crm/v8/settings/modules  https://www.zoho.com/crm/developer/docs/api/v8/modules-api.html
func (c *Connection) Modules(ctx context.Context) ([]Module, error) {
	raws, err := c.settings(ctx, "modules", "", nil)
	if err != nil {
		return nil, err
	}
	modules := make([]Module, len(raws))
	for i, raw := range raws {
		if err := json.Unmarshal(raw, &modules[i]); err != nil {
			return nil, &Error{Op: "list modules", Index: -1, Err: err}
		}
		modules[i].Raw = raw
	}
	return modules, nil
}

// Fields lists the fields of a module, by its API name. Each call asks Zoho. It costs one credit. A module that does
// not exist is [ErrInvalidModule].
//
// Zoho: GET /crm/v8/settings/fields?module={module}  https://www.zoho.com/crm/developer/docs/api/v8/field-meta.html
func (c *Connection) Fields(ctx context.Context, module string) ([]Field, error) {
	if module == "" {
		return nil, &Error{Op: "list fields", Index: -1, Err: errEmptyModule}
	}
	raws, err := c.settings(ctx, "fields", module, Params{"module": module})
	if err != nil {
		return nil, err
	}
	fields := make([]Field, len(raws))
	for i, raw := range raws {
		aux := struct {
			*Field
			// {} where the field is not unique
			Unique map[string]any `json:"unique"`
		}{Field: &fields[i]}
		if err := json.Unmarshal(raw, &aux); err != nil {
			return nil, &Error{Op: "list fields", Module: module, Index: -1, Err: err}
		}
		fields[i].Unique = len(aux.Unique) > 0
		fields[i].Raw = raw
	}
	return fields, nil
}

// settings reads one of the settings' lists, whose key is its name.
func (c *Connection) settings(ctx context.Context, name, module string, params Params) ([]json.RawMessage, error) {
	op := "list " + strings.ReplaceAll(name, "_", " ")
	resp, err := c.Do(ctx, Request{
		Op: op, Module: module, Method: http.MethodGet, Path: "settings/" + name, Template: "settings/" + name,
		Params: params, Repeat: RepeatSafe, Weight: 1,
	})
	if err != nil {
		return nil, err
	}
	if resp.Status == http.StatusNoContent {
		return nil, nil
	}
	var lists map[string]json.RawMessage
	var list []json.RawMessage
	err = json.Unmarshal(resp.Body, &lists)
	if err == nil {
		err = json.Unmarshal(lists[name], &list)
	}
	if err != nil {
		return nil, &Error{Op: op, Module: module, Status: resp.Status, Index: -1, Err: err}
	}
	return list, nil
}
