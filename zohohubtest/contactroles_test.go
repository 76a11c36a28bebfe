package zohohubtest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// roleID is the id of one of the roles that every organisation has, from 0.
func roleID(i int) string { return fmt.Sprint(3652397000000006871 + i) }

func rolesJSON(items ...string) string { return `{"contact_roles":[` + strings.Join(items, ",") + `]}` }

func TestContactRoles(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	role := func(id, name string, sequence int) string {
		return fmt.Sprintf(`{"id":%q,"name":%q,"sequence_number":%d}`, id, name, sequence)
	}
	done := func(id, what string) string {
		return `{"code":"SUCCESS","details":{"id":"` + id + `"},"message":"contact role ` + what + `","status":"success"}`
	}
	at := func(code, message, name, more string) string {
		return refusedJSON(code, message, `{"api_name":"`+name+`","json_path":"$.contact_roles[0].`+name+`"`+more+`}`)
	}
	standard := []string{
		role(roleID(0), "Developer/Evaluator", 1), role(roleID(1), "Decision Maker", 2), role(roleID(2), "Purchasing", 3),
		role(roleID(3), "Executive Sponsor", 4), role(roleID(4), "Engineering Lead", 5), role(roleID(5), "Economic Decision Maker", 6),
		role(roleID(6), "Product Management", 7),
	}
	o.expect(200, rolesJSON(standard...), "GET", "v8/Contacts/roles", "")
	o.expect(200, rolesJSON(standard[1]), "GET", "v8/Contacts/roles/"+roleID(1), "")
	o.expect(204, "", "GET", "v8/Contacts/roles/5", "")

	o.expect(200, rolesJSON(done(id1, "added")), "POST", "v8/Contacts/roles", `{"contact_roles":[{"name":"Chef","sequence_number":1}]}`)
	o.expect(207, `{"contact_roles":[`+at("DUPLICATE_DATA", "duplicate data", "name", `,"id":"`+id1+`"`)+`,`+done(id2, "added")+`]}`,
		"POST", "v8/Contacts/roles", `{"contact_roles":[{"name":"CHEF"},{"name":"Cook"}]}`)
	for body, want := range map[string]string{
		`{"contact_roles":[{}]}`:                                         at("MANDATORY_NOT_FOUND", "required field not found", "name", ""),
		`{"contact_roles":[{"name":""}]}`:                                at("MANDATORY_NOT_FOUND", "required field not found", "name", ""),
		`{"contact_roles":[{"name":7}]}`:                                 at("INVALID_DATA", "invalid data", "name", `,"expected_data_type":"text"`),
		`{"contact_roles":[7]}`:                                          refusedJSON("INVALID_DATA", "invalid data", `{"api_name":"contact_roles","json_path":"$.contact_roles[0]","expected_data_type":"jsonobject"}`),
		`{"contact_roles":[{"name":"` + strings.Repeat("é", 51) + `"}]}`: at("INVALID_DATA", "invalid data", "name", `,"maximum_length":50`),
		`{"contact_roles":[{"name":"X","sequence_number":"1"}]}`:         at("INVALID_DATA", "invalid data", "sequence_number", `,"expected_data_type":"integer"`),
	} {
		o.expect(400, rolesJSON(want), "POST", "v8/Contacts/roles", body)
	}
	o.expect(400, refusedJSON("MANDATORY_NOT_FOUND", "required field not found", `{"api_name":"contact_roles","json_path":"$.contact_roles"}`),
		"POST", "v8/Contacts/roles", `{"data":[]}`)

	o.expect(200, rolesJSON(done(id2, "updated")), "PUT", "v8/Contacts/roles", `{"contact_roles":[{"id":"`+id2+`","name":"Taster"}]}`)
	o.expect(200, rolesJSON(done(id1, "updated")), "PUT", "v8/Contacts/roles/"+id1, `{"contact_roles":[{"sequence_number":2}]}`)
	o.expect(200, rolesJSON(role(id1, "Chef", 2)), "GET", "v8/Contacts/roles/"+id1, "")
	o.expect(200, rolesJSON(role(id2, "Taster", 9)), "GET", "v8/Contacts/roles/"+id2, "")
	o.expect(400, rolesJSON(at("MANDATORY_NOT_FOUND", "required field not found", "id", "")), "PUT", "v8/Contacts/roles", `{"contact_roles":[{"name":"X"}]}`)
	unknown := rolesJSON(refusedJSON("INVALID_DATA", "invalid data", `{"id":"5"}`))
	o.expect(400, unknown, "PUT", "v8/Contacts/roles/5", `{"contact_roles":[{"name":"X"}]}`)
	o.expect(400, unknown, "DELETE", "v8/Contacts/roles/5", "")
	o.expect(400, refusedJSON("REQUIRED_PARAM_MISSING", "One of the expected parameter is missing", `{"param_name":"ids","param":"ids"}`), "DELETE", "v8/Contacts/roles", "")

	o.expect(200, rolesJSON(done(id1, "deleted")), "DELETE", "v8/Contacts/roles/"+id1, "")
	ids := make([]string, 7)
	for i := range ids {
		ids[i] = roleID(i)
	}
	require.Equal(t, 200, o.call("DELETE", "v8/Contacts/roles?ids="+strings.Join(ids, ","), "").Code)
	o.expect(400, rolesJSON(refusedJSON("LOWER_LIMIT_REACHED", "Lower limit reached", `{"id":"`+id2+`","limit":1}`)), "DELETE", "v8/Contacts/roles/"+id2, "")
	o.expect(200, rolesJSON(role(id2, "Taster", 9)), "GET", "v8/Contacts/roles", "")
}

func TestContactRolesOfADeal(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	deal := o.seed("Deals", map[string]any{"Deal_Name": "Big", "Stage": "Qualification"})[0]
	doe, roe := o.seed("Contacts", map[string]any{"Last_Name": "Doe"})[0], o.seed("Contacts", map[string]any{"Last_Name": "Roe"})[0]
	at := "v8/Deals/" + deal + "/Contact_Roles"
	named := func(i int, name string) string { return `{"id":"` + roleID(i) + `","name":"` + name + `"}` }
	row := func(id, name, role string) string {
		return `{"id":"` + id + `","Last_Name":"` + name + `","Contact_Role":` + role + `}`
	}
	o.expect(200, rowsJSON(tiedJSON(doe), tiedJSON(roe)), "PUT", at,
		`{"data":[{"id":"`+doe+`","Contact_Role":{"id":"`+roleID(1)+`","name":"whatever"}},{"id":"`+roe+`"}]}`)
	// The role is told in any case.
	o.expect(200, `{"data":[`+row(roe, "Roe", "null")+`,`+row(doe, "Doe", named(1, "Decision Maker"))+`],"info":`+lastPage(2, 200)+`}`,
		"GET", at+"?fields=Last_Name", "")
	o.expect(200, rowsJSON(tiedJSON(roe)), "PUT", at+"/"+roe, `{"data":[{"Contact_Role":{"name":"purchasing"}}]}`)
	o.expect(200, rowsJSON(row(roe, "Roe", named(2, "Purchasing"))), "GET", at+"/"+roe+"?fields=Last_Name", "")

	role := func(code, message, name, more string) string {
		return rowsJSON(refusedJSON(code, message, `{"api_name":"`+name+`","json_path":"$.data[0].`+more))
	}
	for sent, want := range map[string]string{
		`{"id":"5"}`:          role("INVALID_DATA", "invalid data", "Contact_Role", `Contact_Role"}`),
		`{"name":"Nobody"}`:   role("INVALID_DATA", "invalid data", "Contact_Role", `Contact_Role"}`),
		`{}`:                  role("MANDATORY_NOT_FOUND", "required field not found", "id", `Contact_Role.id"}`),
		`"` + roleID(1) + `"`: role("INVALID_DATA", "invalid data", "Contact_Role", `Contact_Role","expected_data_type":"jsonobject"}`),
	} {
		o.expect(400, want, "PUT", at+"/"+roe, `{"data":[{"Contact_Role":`+sent+`}]}`)
	}
	// Before v4 a role is its id.
	for _, version := range []string{"v2", "v2.1", "v3"} {
		path := version + "/Deals/" + deal + "/Contact_Roles/" + roe
		o.expect(200, rowsJSON(tiedJSON(roe)), "PUT", path, `{"data":[{"Contact_Role":"`+roleID(3)+`"}]}`)
		o.expect(200, rowsJSON(row(roe, "Roe", `"`+roleID(3)+`"`)), "GET", path+"?fields=Last_Name", "")
	}
	o.expect(200, rowsJSON(row(roe, "Roe", named(3, "Executive Sponsor"))), "GET", "v4/Deals/"+deal+"/Contact_Roles/"+roe+"?fields=Last_Name", "")

	// The contact has the deal too, and a role that is gone is none.
	assert.Equal(t, []string{deal}, o.ids("v8/Contacts/"+roe+"/Deals?fields=Deal_Name"))
	require.Equal(t, 200, o.call("DELETE", "v8/Contacts/roles/"+roleID(3), "").Code)
	o.expect(200, rowsJSON(row(roe, "Roe", "null")), "GET", at+"/"+roe+"?fields=Last_Name", "")
	o.expect(200, rowsJSON(untiedJSON(roe)), "DELETE", at+"/"+roe, "")
	o.expect(204, "", "GET", "v8/Contacts/"+roe+"/Deals?fields=Deal_Name", "")
}
