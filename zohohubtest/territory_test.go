package zohohubtest

import "testing"

func TestTerritoriesOfTheOrganisation(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	territory := func(id, name, manager string) string {
		return `{"id":"` + id + `","name":"` + name + `","api_name":"` + name + `","description":null,"manager":` + manager + `,"reporting_to":null,
			"permission_type":"read_only","account_rule_criteria":null,"deal_rule_criteria":null,"lead_rule_criteria":null,
			"created_by":` + anaRef + `,"modified_by":` + anaRef + `,"created_time":"` + testTime + `","modified_time":"` + testTime + `"}`
	}
	page := func(rows, count, info string) string {
		return `{"territories":[` + rows + `],"info":{"count":` + count + `,` + info + `}}`
	}
	const whole = `"per_page":200,"page":1,"more_records":false`
	lisboa, porto := territory("3652397000000505001", "Lisboa", anaRef), territory("3652397000000505002", "Porto", "null")
	const at = "v8/settings/territories"
	o.expect(200, page(lisboa+`,`+porto, "2", whole), "GET", at, "")
	o.expect(200, page(lisboa, "1", `"per_page":1,"page":1,"more_records":true`), "GET", at+"?per_page=1", "")
	o.expect(200, page(porto, "1", whole), "GET", at+"?ids=3652397000000505002,7", "")
	o.expect(200, page(porto, "1", whole), "GET", at+"/3652397000000505002", "")
	o.expect(204, "", "GET", at+"?page=2", "")
	o.expect(204, "", "GET", at+"?ids=7", "")
	o.expect(204, "", "GET", at+"/7", "")
	o.expect(400, badSettingsID, "GET", at+"/Porto", "")
	for _, name := range []string{"page", "per_page", "ids"} {
		o.expect(400, badParam(name), "GET", at+"?"+name+"=x", "")
	}

	own := `{"id":"3652397000000505001","Name":"Lisboa","Manager":{"Name":"Ana Silva","id":"` + defaultUserID + `"},"Reporting_To":null}`
	o.expect(200, page(own, "1", whole), "GET", "v8/users/"+brunoID+"/territories", "")
	o.expect(200, page(own, "1", whole), "GET", "v8/users/"+brunoID+"/territories/3652397000000505001", "")
	o.expect(204, "", "GET", "v8/users/"+brunoID+"/territories/3652397000000505002", "")
	o.expect(204, "", "GET", "v8/users/"+defaultUserID+"/territories", "")
	o.expect(400, refusedJSON("INVALID_DATA", "the id given seems to be invalid", `{"resource_path_index":1}`), "GET", "v8/users/7/territories", "")
	o.expect(400, refusedJSON("INVALID_DATA", "the id given seems to be invalid", `{"resource_path_index":3}`), "GET", "v8/users/"+brunoID+"/territories/x", "")
}
