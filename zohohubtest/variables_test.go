package zohohubtest

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	variablesPath = "v8/settings/variables"
	general       = `{"id":"3652397000000981001","api_name":"General","name":"General"}`
)

func variablesJSON(items ...string) string {
	return `{"variables":[` + strings.Join(items, ",") + `]}`
}

// variableJSON is a variable of the group General without description; value is JSON.
func variableJSON(id, name, kind, value string) string {
	return `{"id":"` + id + `","api_name":"` + name + `","name":"` + name + `","type":"` + kind + `","value":` + value +
		`,"description":null,"source":"user","read_only":false,"variable_group":` + general + `}`
}

func variableDone(id, what string) string {
	return `{"code":"SUCCESS","details":{"id":"` + id + `"},"message":"variable ` + what + `","status":"success"}`
}

func variableFault(code, message, name, more string) string {
	return refusedJSON(code, message, `{"api_name":"`+name+`","json_path":"$.variables[0].`+name+`"`+more+`}`)
}

// newVariable is a row that is taken as it is; more goes in front.
func newVariable(more string) string {
	return `{` + more + `"name":"Limit","api_name":"Limit","variable_group":{"name":"General"}}`
}

func TestVariables(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	o.expect(204, "", "GET", variablesPath, "")
	o.expect(201, variablesJSON(variableDone(id1, "added"), variableDone(id2, "added")), "POST", variablesPath,
		`{"variables":[{"name":"Limit","api_name":"Limit","type":"integer","value":"99","variable_group":{"name":"general"}},
			{"name":"Slogan","api_name":"Slogan","value":"Olá","description":"what we say","variable_group":{"id":"3652397000000981099"}}]}`)
	limit := variableJSON(id1, "Limit", "integer", "99")
	marketing := `{"id":"3652397000000981099","api_name":"Marketing","name":"Marketing"}`
	slogan := strings.Replace(strings.Replace(variableJSON(id2, "Slogan", "text", `"Olá"`), general, marketing, 1), `"description":null`, `"description":"what we say"`, 1)
	o.expect(200, variablesJSON(limit, slogan), "GET", variablesPath, "")
	for _, group := range []string{"Marketing", "3652397000000981099"} {
		o.expect(200, variablesJSON(slogan), "GET", variablesPath+"?group="+group, "")
		o.expect(204, "", "GET", variablesPath+"/Limit?group="+group, "")
	}
	o.expect(204, "", "GET", variablesPath+"?group=Sales", "")
	for _, key := range []string{"Limit", id1} {
		o.expect(200, variablesJSON(limit), "GET", variablesPath+"/"+key, "")
		o.expect(200, variablesJSON(limit), "GET", variablesPath+"/"+key+"?group=General", "")
	}
	o.expect(204, "", "GET", variablesPath+"/Nonsense", "")

	// What is not said stays, the type and the group whatever is said.
	o.expect(200, variablesJSON(variableDone(id1, "updated"), variableDone(id2, "updated")), "PUT", variablesPath,
		`{"variables":[{"id":"`+id1+`","value":7,"type":"text"},{"id":"`+id2+`","description":null,"variable_group":{"name":"General"}}]}`)
	slogan = strings.Replace(slogan, `"what we say"`, "null", 1)
	o.expect(200, variablesJSON(variableJSON(id1, "Limit", "integer", "7"), slogan), "GET", variablesPath, "")
	o.expect(200, variablesJSON(variableDone(id1, "updated")), "PUT", variablesPath+"/Limit", `{"variables":[{"name":"Cap","api_name":"Cap"}]}`)
	o.expect(200, variablesJSON(variableDone(id1, "updated")), "PUT", variablesPath+"/"+id1, `{"variables":[{"value":null}]}`)
	o.expect(200, variablesJSON(variableJSON(id1, "Cap", "integer", "null"), slogan), "GET", variablesPath, "")

	unknown := func(id string) string {
		return refusedJSON("INVALID_DATA", "the id given seems to be invalid", `{"id":"`+id+`"}`)
	}
	o.expect(400, refusedJSON("REQUIRED_PARAM_MISSING", "One of the expected parameter is missing", `{"param_name":"ids"}`), "DELETE", variablesPath, "")
	o.expect(207, variablesJSON(unknown("7"), variableDone(id1, "deleted")), "DELETE", variablesPath+"?ids=7,"+id1, "")
	o.expect(400, variablesJSON(unknown(id1)), "DELETE", variablesPath+"/"+id1, "")
	o.expect(200, variablesJSON(variableDone(id2, "deleted")), "DELETE", variablesPath+"/"+id2, "")
	o.expect(204, "", "GET", variablesPath, "")
}

func TestVariablesAreRefused(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	require.Equal(t, 201, o.call("POST", variablesPath, `{"variables":[{"name":"One","api_name":"First","variable_group":{"name":"General"}}]}`).Code)
	required := func(name string) string {
		return variableFault("MANDATORY_NOT_FOUND", "required field not found", name, "")
	}
	bad := func(name, more string) string { return variableFault("INVALID_DATA", "invalid data", name, more) }
	long := strings.Repeat("é", 51)
	for row, want := range map[string]string{
		`{}`: required("name"),
		`{"name":"","api_name":"A","variable_group":{"name":"General"}}`:                       required("name"),
		`{"name":"A","variable_group":{"name":"General"}}`:                                     required("api_name"),
		`{"name":"A","api_name":"A"}`:                                                          required("variable_group"),
		`{"name":7,"api_name":"A","variable_group":{"name":"General"}}`:                        bad("name", `,"expected_data_type":"text"`),
		`{"name":"` + long + `","api_name":"A","variable_group":{"id":"7"}}`:                   bad("variable_group", ""),
		`{"name":"` + long + `","api_name":"A","variable_group":{"id":"3652397000000981001"}}`: bad("name", `,"maximum_length":50`),
		`{"name":"A","api_name":"no good","variable_group":{"api_name":"General"}}`:            bad("api_name", `,"regex":"^[A-Za-z][A-Za-z0-9_]*$"`),
		`{"name":"A","api_name":"A","variable_group":{}}`:                                      bad("variable_group", ""),
		`{"name":"A","api_name":"A","variable_group":"General"}`:                               bad("variable_group", `,"expected_data_type":"jsonobject"`),
		`{"name":"one","api_name":"A","variable_group":{"name":"General"}}`:                    variableFault("DUPLICATE_DATA", "duplicate data", "name", ""),
		`{"name":"A","api_name":"FIRST","variable_group":{"name":"General"}}`:                  variableFault("DUPLICATE_DATA", "duplicate data", "api_name", ""),
		newVariable(`"type":"number",`):                                                        variableFault("PATTERN_NOT_MATCHED", "Please check whether the input values are correct", "type", ""),
		newVariable(`"type":"integer","value":"x",`):                                           bad("value", `,"expected_data_type":"integer"`),
		newVariable(`"type":"checkbox","value":"yes",`):                                        bad("value", `,"expected_data_type":"boolean"`),
		newVariable(`"type":"email","value":"nobody",`):                                        bad("value", `,"expected_data_type":"email"`),
		newVariable(`"description":7,`):                                                        bad("description", `,"expected_data_type":"text"`),
		newVariable(`"description":"` + strings.Repeat("x", 256) + `",`):                       bad("description", `,"maximum_length":255`),
	} {
		o.expect(400, variablesJSON(want), "POST", variablesPath, `{"variables":[`+row+`]}`)
	}
	expected := `{"expected_fields":[`
	for i, name := range []string{"name", "api_name", "value", "description"} {
		expected += strings.Repeat(",", min(i, 1)) + `{"api_name":"` + name + `","json_path":"$.variables[0].` + name + `"}`
	}
	for row, want := range map[string]string{
		`{"value":1}`:                    required("id"),
		`{"id":"7","value":1}`:           refusedJSON("INVALID_DATA", "the id given seems to be invalid", `{"id":"7"}`),
		`{"id":"` + id1 + `"}`:           refusedJSON("EXPECTED_FIELD_MISSING", "Specify atleast one field", expected+`]}`),
		`{"id":"` + id1 + `","name":""}`: required("name"),
		`{"id":"` + id1 + `","value":7}`: bad("value", `,"expected_data_type":"text"`),
	} {
		o.expect(400, variablesJSON(want), "PUT", variablesPath, `{"variables":[`+row+`]}`)
	}
	o.expect(400, refusedJSON("MANDATORY_NOT_FOUND", "required field not found", `{"api_name":"variables","json_path":"$.variables"}`), "POST", variablesPath, `{}`)
	// What was refused changed nothing.
	one := strings.Replace(variableJSON(id1, "First", "text", "null"), `"name":"First"`, `"name":"One"`, 1)
	o.expect(200, variablesJSON(one), "GET", variablesPath, "")
}

// A value may be sent as text, and is told in the form of its type.
func TestValuesOfVariables(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	for i, test := range []struct{ kind, sent, told string }{
		{"text", `"a"`, `"a"`}, {"textarea", `"a\nb"`, `"a\nb"`}, {"email", `"a@b.example"`, `"a@b.example"`}, {"phone", `"+351 1"`, `"+351 1"`},
		{"website", `"b.example"`, `"b.example"`}, {"date", `"2026-03-01"`, `"2026-03-01"`}, {"datetime", `"2026-03-01T09:00:00Z"`, `"` + testTime + `"`},
		{"integer", `"7"`, `7`}, {"integer", `7`, `7`}, {"long", `"9007199254740993"`, `"9007199254740993"`}, {"double", `"1.5"`, `1.5`},
		{"percent", `12.5`, `12.5`}, {"currency", `"99.999"`, `100`}, {"checkbox", `"true"`, `true`}, {"checkbox", `false`, `false`}, {"text", `null`, `null`},
	} {
		name := fmt.Sprint("V", i)
		row := fmt.Sprintf(`{"name":%q,"api_name":%q,"type":%q,"value":%s,"variable_group":{"name":"General"}}`, name, name, test.kind, test.sent)
		w := o.call("POST", variablesPath, `{"variables":[`+row+`]}`)
		require.Equal(t, 201, w.Code, "%s: %s", row, w.Body)
		var answer struct {
			Variables []struct{ Value json.RawMessage }
		}
		require.NoError(t, json.Unmarshal(o.call("GET", variablesPath+"/"+name, "").Body.Bytes(), &answer))
		assert.Equal(t, test.told, string(answer.Variables[0].Value), row)
	}
}

func TestVariableGroups(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	group := func(id, name string) string {
		return `{"id":"` + id + `","api_name":"` + name + `","name":"` + name + `","display_label":"` + name + `","description":null,"source":"crm"}`
	}
	first, second := group("3652397000000981001", "General"), group("3652397000000981099", "Marketing")
	const at = "v8/settings/variable_groups"
	o.expect(200, `{"variable_groups":[`+first+`,`+second+`]}`, "GET", at, "")
	for _, key := range []string{"General", "3652397000000981001"} {
		o.expect(200, `{"variable_groups":[`+first+`]}`, "GET", at+"/"+key, "")
	}
	o.expect(204, "", "GET", at+"/Sales", "")
}
