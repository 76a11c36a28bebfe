package zohohubtest

import (
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/zohohub/zohohub/zohohubtest/internal/schema"
)

// variable is a value that an organisation keeps under a name.
type variable struct {
	id, name, apiName, kind, group string // group is the id of a variableGroup
	value, description             any
}

// variableGroup is a place for variables. Groups cannot be made by a call.
type variableGroup struct{ id, name string }

const (
	variablesKey = "variables"
	// maxVariableName and maxVariableText bound the names and a description. Zoho publishes no bounds.
	maxVariableName = 50
	maxVariableText = 255
)

var variableGroups = []variableGroup{{"3652397000000981001", "General"}, {"3652397000000981099", "Marketing"}}

// variableName is what an API name must look like.
const variableName = `^[A-Za-z][A-Za-z0-9_]*$`

var variableNamePattern = regexp.MustCompile(variableName)

// variableKinds are the types that a variable may have, as the data types of fields.
var variableKinds = map[string]schema.Field{
	"text": {DataType: "text", Length: 255}, "textarea": {DataType: "textarea", Length: 2000}, "email": {DataType: "email", Length: 100},
	"phone": {DataType: "phone", Length: 30}, "website": {DataType: "website", Length: 450}, "date": {DataType: "date"}, "datetime": {DataType: "datetime"},
	"integer": {DataType: "integer", Length: 9}, "long": {DataType: "bigint", Length: 18}, "double": {DataType: "double", Length: 16, DecimalPlaces: 9},
	"percent": {DataType: "percent", Length: 5, DecimalPlaces: 2}, "currency": {DataType: "currency", Length: 16, DecimalPlaces: 2},
	"checkbox": {DataType: "boolean"},
}

// json is the variable with its value in the form of its type: numbers, but for long ones, and true or false are JSON's.
func (v *variable) json() map[string]any {
	i := slices.IndexFunc(variableGroups, func(g variableGroup) bool { return g.id == v.group })
	g := variableGroups[i]
	return map[string]any{
		"id": v.id, "api_name": v.apiName, "name": v.name, "type": v.kind, "value": v.value, "description": v.description, "source": "user",
		"read_only": false, "variable_group": map[string]any{"id": g.id, "api_name": g.name, "name": g.name},
	}
}

func (g variableGroup) json() map[string]any {
	return map[string]any{"id": g.id, "api_name": g.name, "name": g.name, "display_label": g.name, "description": nil, "source": "crm"}
}

// is tells whether a path or a parameter means the group: by its id or its API name.
func (g variableGroup) is(key string) bool { return key == g.id || key == g.name }

func (v *variable) is(key string) bool { return key == v.id || key == v.apiName }

// listVariables is GET settings/variables.
func (c *crm) listVariables(q *request) outcome {
	return c.shownVariables(q, func(*variable) bool { return true })
}

// getVariable is GET settings/variables/{id or API name}.
func (c *crm) getVariable(q *request) outcome {
	return c.shownVariables(q, func(v *variable) bool { return v.is(q.id) })
}

// shownVariables shows those of the group that the query names, of all groups if it names none.
func (c *crm) shownVariables(q *request, wanted func(*variable) bool) outcome {
	group := q.query.Get("group")
	i := slices.IndexFunc(variableGroups, func(g variableGroup) bool { return g.is(group) })
	if i < 0 && group != "" {
		return outcome{status: http.StatusNoContent}
	}
	var shown []any
	for _, v := range c.settings.variables {
		if wanted(v) && (group == "" || v.group == variableGroups[i].id) {
			shown = append(shown, v.json())
		}
	}
	return allOrNone(variablesKey, shown)
}

// listVariableGroups is GET settings/variable_groups.
func (c *crm) listVariableGroups(*request) outcome {
	shown := make([]any, len(variableGroups))
	for i, g := range variableGroups {
		shown[i] = g.json()
	}
	return allOrNone("variable_groups", shown)
}

// getVariableGroup is GET settings/variable_groups/{id or API name}.
func (c *crm) getVariableGroup(q *request) outcome {
	var shown []any
	for _, g := range variableGroups {
		if g.is(q.id) {
			shown = append(shown, g.json())
		}
	}
	return allOrNone("variable_groups", shown)
}

// addVariables is POST settings/variables.
func (c *crm) addVariables(q *request) outcome {
	w := c.settingsWrite(q)
	return c.eachOf(q, variablesKey, maxRows, http.StatusCreated, func(i int, row map[string]any) (map[string]any, *refusal) {
		s := site{path: indexed("$."+variablesKey, i)}
		for _, name := range []string{"name", "api_name", "variable_group"} {
			if row[name] == nil || row[name] == "" {
				s.name = name
				return nil, w.mandatory(s)
			}
		}
		v := &variable{}
		if refused := w.newVariable(v, s, row); refused != nil {
			return nil, refused
		}
		if refused := w.variable(v, s, row); refused != nil {
			return nil, refused
		}
		v.id = formatID(c.nextID())
		c.settings.variables = append(c.settings.variables, v)
		return doneItem(v.id, "variable added"), nil
	})
}

// newVariable takes over what is said once: the type and the group.
func (w *write) newVariable(v *variable, s site, row map[string]any) *refusal {
	s.name, v.kind = "type", "text"
	if sent := row["type"]; sent != nil {
		v.kind, _ = sent.(string)
	}
	if _, ok := variableKinds[v.kind]; !ok {
		return w.fault(s, "PATTERN_NOT_MATCHED", "Please check whether the input values are correct")
	}
	s.name = "variable_group"
	group, ok := row["variable_group"].(map[string]any)
	if !ok {
		return w.expected(s, "jsonobject")
	}
	id, _ := scalarText(group["id"])
	name, _ := group["name"].(string)
	apiName, _ := group["api_name"].(string)
	for _, g := range variableGroups {
		if id == g.id || id == "" && (strings.EqualFold(name, g.name) || name == "" && apiName == g.name) {
			v.group = g.id
			return nil
		}
	}
	return w.fault(s, "INVALID_DATA", "invalid data")
}

// updateVariables is PUT settings/variables.
func (c *crm) updateVariables(q *request) outcome {
	return c.changeVariables(q, maxRows, func(w *write, s site, row map[string]any) (*variable, *refusal) {
		text, _ := scalarText(row["id"])
		if s.name = "id"; text == "" {
			return nil, w.mandatory(s)
		}
		return c.variableBy(func(v *variable) bool { return v.id == text }, text)
	})
}

// updateVariable is PUT settings/variables/{id or API name}.
func (c *crm) updateVariable(q *request) outcome {
	return c.changeVariables(q, 1, func(*write, site, map[string]any) (*variable, *refusal) {
		return c.variableBy(func(v *variable) bool { return v.is(q.id) }, q.id)
	})
}

func (c *crm) changeVariables(q *request, limit int, find func(w *write, s site, row map[string]any) (*variable, *refusal)) outcome {
	w := c.settingsWrite(q)
	return c.eachOf(q, variablesKey, limit, http.StatusOK, func(i int, row map[string]any) (map[string]any, *refusal) {
		s := site{path: indexed("$."+variablesKey, i)}
		v, refused := find(w, s, row)
		if refused != nil {
			return nil, refused
		}
		changes, expected := false, []any{}
		for _, name := range []string{"name", "api_name", "value", "description"} {
			_, sent := row[name]
			changes = changes || sent
			expected = append(expected, map[string]any{"api_name": name, "json_path": s.path + "." + name})
		}
		if !changes {
			return nil, newRefusal(http.StatusBadRequest, "EXPECTED_FIELD_MISSING", "Specify atleast one field", map[string]any{"expected_fields": expected})
		}
		changed := *v
		if refused := w.variable(&changed, s, row); refused != nil {
			return nil, refused
		}
		*v = changed
		return doneItem(v.id, "variable updated"), nil
	})
}

// variableBy finds a variable; key is what the caller named it by.
func (c *crm) variableBy(is func(*variable) bool, key string) (*variable, *refusal) {
	if i := slices.IndexFunc(c.settings.variables, is); i >= 0 {
		return c.settings.variables[i], nil
	}
	return nil, newRefusal(http.StatusBadRequest, "INVALID_DATA", "the id given seems to be invalid", map[string]any{"id": key})
}

// variable takes over what a row says of a variable. Type and group stay as they were made.
func (w *write) variable(v *variable, s site, row map[string]any) *refusal {
	if refused := w.variableName(&v.name, s, "name", row); refused != nil {
		return refused
	}
	if refused := w.variableName(&v.apiName, s, "api_name", row); refused != nil {
		return refused
	}
	for _, other := range w.c.settings.variables {
		switch {
		case other.id == v.id:
		case strings.EqualFold(other.name, v.name):
			return w.fault(site{path: s.path, name: "name"}, "DUPLICATE_DATA", "duplicate data")
		case strings.EqualFold(other.apiName, v.apiName):
			return w.fault(site{path: s.path, name: "api_name"}, "DUPLICATE_DATA", "duplicate data")
		}
	}
	if sent, ok := row["description"]; ok {
		s.name = "description"
		text, isText := sent.(string)
		switch {
		case sent != nil && !isText:
			return w.expected(s, "text")
		case utf8.RuneCountInString(text) > maxVariableText:
			return w.tooLong(s, maxVariableText)
		}
		v.description = sent
	}
	if sent, ok := row["value"]; ok {
		s.name = "value"
		kind := variableKinds[v.kind]
		value, refused := w.value(&kind, s, asTyped(v.kind, sent), nil)
		if refused != nil {
			return refused
		}
		v.value = value
	}
	return nil
}

// variableName takes over one of a variable's names if the row has it.
func (w *write) variableName(into *string, s site, name string, row map[string]any) *refusal {
	sent, ok := row[name]
	if !ok {
		return nil
	}
	s.name = name
	text, isText := sent.(string)
	switch {
	case sent == nil || sent == "":
		return w.mandatory(s)
	case !isText:
		return w.expected(s, "text")
	case utf8.RuneCountInString(text) > maxVariableName:
		return w.tooLong(s, maxVariableName)
	case name == "api_name" && !variableNamePattern.MatchString(text):
		return w.fault(s, "INVALID_DATA", "invalid data", "regex", variableName)
	}
	*into = text
	return nil
}

// asTyped reads a value that was sent as text, as any may be.
func asTyped(kind string, sent any) any {
	text, isText := sent.(string)
	if !isText {
		return sent
	}
	switch kind {
	case "integer", "double", "percent", "currency":
		if n, err := decodeJSON([]byte(text)); err == nil {
			if number, ok := n.(json.Number); ok {
				return number
			}
		}
	case "checkbox":
		switch text {
		case "true":
			return true
		case "false":
			return false
		}
	}
	return sent
}

// deleteVariables is DELETE settings/variables?ids=….
func (c *crm) deleteVariables(q *request) outcome {
	ids, refused := q.listedIDs()
	if refused != nil {
		return refused.outcome()
	}
	return c.dropVariables(q, ids, func(v *variable, key string) bool { return v.id == key })
}

// deleteVariable is DELETE settings/variables/{id}.
func (c *crm) deleteVariable(q *request) outcome {
	return c.dropVariables(q, []string{q.id}, (*variable).is)
}

func (c *crm) dropVariables(q *request, keys []string, is func(v *variable, key string) bool) outcome {
	results := make([]rowResult, len(keys))
	for i, key := range keys {
		v, refused := c.variableBy(func(v *variable) bool { return is(v, key) }, key)
		if refused != nil {
			results[i] = failedRow(refused)
			continue
		}
		c.settings.variables = slices.DeleteFunc(c.settings.variables, func(other *variable) bool { return other == v })
		results[i] = rowResult{item: doneItem(v.id, "variable deleted")}
	}
	return c.batchOutcome(q, results, http.StatusOK, 0).under(variablesKey)
}
