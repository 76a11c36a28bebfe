package zohohubtest

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestLookups(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	acme := o.seed("Accounts", map[string]any{"Account_Name": "Acme"})[0]
	contact := func(value string) string { return `{"data":[{"Last_Name":"Doe","Account_Name":` + value + `}]}` }
	refused := func(message, more string) string {
		return rowsJSON(rowRefused("INVALID_DATA", message, "Account_Name", more))
	}
	o.expect(400, refused("the id given seems to be invalid", ""), "POST", "v8/Contacts", contact(`{"id":"5"}`))
	o.expect(400, refused("invalid data", `,"expected_data_type":"bigint"`), "POST", "v8/Contacts", contact(`{"id":"x"}`))
	o.expect(400, refused("invalid data", `,"expected_data_type":"jsonobject"`), "POST", "v8/Contacts", contact(`"`+acme+`"`))
	o.expect(400, rowsJSON(`{"code":"MANDATORY_NOT_FOUND","details":{"api_name":"id","json_path":"$.data[0].Account_Name.id"},"message":"required field not found","status":"error"}`),
		"POST", "v8/Contacts", contact(`{"name":"Acme"}`))

	w := o.call("POST", "v8/Contacts", contact(`{"id":"`+acme+`","name":"wrong"}`))
	require.Equal(t, 201, w.Code)
	doe := listIDs(t, o, "Contacts")[0]
	shown := func(ref string) string { return rowsJSON(`{"id":"` + doe + `","Account_Name":` + ref + `}`) }
	path := "v8/Contacts/" + doe + "?fields=Account_Name"
	o.expect(200, shown(`{"name":"Acme","id":"`+acme+`"}`), "GET", path, "")
	// A lookup tells the name that its record has now, and nothing once it is gone.
	require.Equal(t, 200, o.call("PUT", "v8/Accounts/"+acme, `{"data":[{"Account_Name":"Acme SA"}]}`).Code)
	o.expect(200, shown(`{"name":"Acme SA","id":"`+acme+`"}`), "GET", path, "")
	require.Equal(t, 200, o.call("DELETE", "v8/Accounts/"+acme, "").Code)
	o.expect(200, shown(`null`), "GET", path, "")
	// Older versions take the id alone.
	beta := o.seed("Accounts", map[string]any{"Account_Name": "Beta"})[0]
	assert.Equal(t, 200, o.call("PUT", "v7/Contacts/"+doe, contact(`"`+beta+`"`)).Code)
	o.expect(200, shown(`{"name":"Beta","id":"`+beta+`"}`), "GET", path, "")
	assert.Equal(t, 200, o.call("PUT", "v8/Contacts/"+doe, contact(`null`)).Code)
	o.expect(200, shown(`null`), "GET", path, "")
}

func listIDs(t *testing.T, o *testOrg, module string) []string {
	t.Helper()
	var ids []string
	for _, r := range o.crm.records(module) {
		ids = append(ids, r["id"].(string))
	}
	return ids
}

func TestWhatID(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	acme := o.seed("Accounts", map[string]any{"Account_Name": "Acme"})[0]
	o.expect(400, rowsJSON(rowRefused("MANDATORY_NOT_FOUND", "required field not found", "$se_module", "")),
		"POST", "v8/Tasks", `{"data":[{"Subject":"Call","What_Id":{"id":"`+acme+`"}}]}`)
	o.expect(400, rowsJSON(rowRefused("INVALID_DATA", "invalid data", "$se_module", "")),
		"POST", "v8/Tasks", `{"data":[{"Subject":"Call","$se_module":"Nothing","What_Id":{"id":"`+acme+`"}}]}`)
	o.expect(400, rowsJSON(rowRefused("INVALID_DATA", "the id given seems to be invalid", "What_Id", "")),
		"POST", "v8/Tasks", `{"data":[{"Subject":"Call","$se_module":"Deals","What_Id":{"id":"`+acme+`"}}]}`)
	require.Equal(t, 201, o.call("POST", "v8/Tasks", `{"data":[{"Subject":"Call","$se_module":"Accounts","What_Id":{"id":"`+acme+`"}}]}`).Code)
	task := listIDs(t, o, "Tasks")[0]
	o.expect(200, rowsJSON(`{"id":"`+task+`","What_Id":{"name":"Acme","id":"`+acme+`"},"$se_module":"Accounts"}`), "GET", "v8/Tasks/"+task+"?fields=What_Id", "")
	require.Equal(t, 200, o.call("PUT", "v8/Tasks/"+task, `{"data":[{"What_Id":null}]}`).Code)
	o.expect(200, rowsJSON(`{"id":"`+task+`","What_Id":null}`), "GET", "v8/Tasks/"+task+"?fields=What_Id,$se_module", "")
}

func TestNotes(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	lead := o.seed("Leads", map[string]any{"Last_Name": "Doe"}, map[string]any{"Last_Name": "Roe"})[0]
	leads := o.crm.schema.Module("Leads").ID
	parent := `{"module":{"api_name":"Leads","id":"` + leads + `"},"id":"` + lead + `","name":"Doe"}`
	o.expect(400, rowsJSON(refusedJSON("EXPECTED_FIELD_MISSING", "Specify atleast one field",
		`{"expected_fields":[{"api_name":"Note_Title","json_path":"$.data[0].Note_Title"},{"api_name":"Note_Content","json_path":"$.data[0].Note_Content"}]}`)),
		"POST", "v8/Notes", `{"data":[{"Parent_Id":{"id":"`+lead+`","module":{"api_name":"Leads"}}}]}`)
	o.expect(400, rowsJSON(rowRefused("MANDATORY_NOT_FOUND", "required field not found", "Parent_Id", "")), "POST", "v8/Notes", `{"data":[{"Note_Title":"T"}]}`)
	o.expect(400, rowsJSON(
		`{"code":"MANDATORY_NOT_FOUND","details":{"api_name":"module","json_path":"$.data[0].Parent_Id.module"},"message":"required field not found","status":"error"}`),
		"POST", "v8/Notes", `{"data":[{"Note_Title":"T","Parent_Id":{"id":"`+lead+`"},"$se_module":"Leads"}]}`)

	for _, call := range [][3]string{
		{"POST", "v8/Notes", `{"data":[{"Note_Title":"1","Parent_Id":{"id":"` + lead + `","module":{"api_name":"Leads"}}}]}`},
		{"POST", "v2/Notes", `{"data":[{"Note_Title":"2","Parent_Id":"` + lead + `","se_module":"Leads"}]}`},
		{"POST", "v5/Notes", `{"data":[{"Note_Title":"3","Parent_Id":{"id":"` + lead + `"},"$se_module":"Leads"}]}`},
		{"POST", "v8/Leads/" + lead + "/Notes", `{"data":[{"Note_Content":"4"}]}`},
	} {
		require.Equal(t, 201, o.call(call[0], call[1], call[2]).Code, call)
	}
	ids := listIDs(t, o, "Notes")
	o.expect(200, rowsJSON(`{"id":"`+ids[0]+`","Parent_Id":`+parent+`,"Note_Content":null}`), "GET", "v8/Notes/"+ids[0]+"?fields=Parent_Id,Note_Content", "")
	o.expect(200, rowsJSON(`{"id":"`+ids[1]+`","$se_module":"Leads"}`), "GET", "v5/Notes/"+ids[1]+"?fields=$se_module", "")
	o.expect(200, rowsJSON(`{"id":"`+ids[1]+`"}`), "GET", "v6/Notes/"+ids[1]+"?fields=$se_module", "")
	o.expect(200, `{"data":[{"id":"`+ids[3]+`"},{"id":"`+ids[2]+`"},{"id":"`+ids[1]+`"},{"id":"`+ids[0]+`"}],"info":`+lastPage(4, 200)+`}`,
		"GET", "v8/Leads/"+lead+"/Notes?fields=id", "")
	other := listIDs(t, o, "Leads")[1]
	o.expect(204, "", "GET", "v8/Leads/"+other+"/Notes?fields=id", "")
	o.expect(400, refusedJSON("REQUIRED_PARAM_MISSING", "One of the expected parameter is missing", `{"param_name":"fields"}`), "GET", "v8/Leads/"+lead+"/Notes", "")
	o.expect(400, refusedJSON("INVALID_DATA", "the id given seems to be invalid", `{"resource_path_index":1}`), "GET", "v8/Leads/99/Notes?fields=id", "")
}

func TestLineItems(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	acme := o.seed("Accounts", map[string]any{"Account_Name": "Acme"})[0]
	product := o.seed("Products", map[string]any{"Product_Name": "Widget"})[0]
	quote := func(items string) string {
		return `{"data":[{"Subject":"Q","Account_Name":{"id":"` + acme + `"},"Quoted_Items":` + items + `}]}`
	}
	widget := `"Product_Name":{"id":"` + product + `"}`
	o.expect(400, rowsJSON(rowRefused("MANDATORY_NOT_FOUND", "required field not found", "Quoted_Items", "")), "POST", "v8/Quotes", quote(`[]`))
	o.expect(400, rowsJSON(invalid("Quoted_Items", `,"expected_data_type":"jsonarray"`)), "POST", "v8/Quotes", quote(`{}`))
	at := func(code, message, name, more string) string {
		return rowsJSON(`{"code":"` + code + `","details":{"api_name":"` + name + `","json_path":"$.data[0].Quoted_Items[1].` + name + `"` + more + `},"message":"` + message + `","status":"error"}`)
	}
	o.expect(400, at("MANDATORY_NOT_FOUND", "required field not found", "Product_Name", ""), "POST", "v8/Quotes", quote(`[{`+widget+`},{"Quantity":1}]`))
	o.expect(400, at("INVALID_DATA", "invalid data", "Quantity", `,"expected_data_type":"double"`), "POST", "v8/Quotes", quote(`[{`+widget+`},{`+widget+`,"Quantity":"1"}]`))

	require.Equal(t, 201, o.call("POST", "v8/Quotes", quote(`[{`+widget+`,"Quantity":2,"List_Price":10.5,"Discount":1},{`+widget+`,"Quantity":1,"List_Price":5}]`)).Code)
	id := listIDs(t, o, "Quotes")[0]
	rows := o.crm.records("Quotes")[0]["Quoted_Items"].([]any)
	first, second := rows[0].(map[string]any)["id"].(string), rows[1].(map[string]any)["id"].(string)
	row := func(id, quantity, price, total, discount, net string) string {
		return `{"id":"` + id + `","Product_Name":{"name":"Widget","id":"` + product + `"},"Quantity":` + quantity + `,"List_Price":` + price + `,"Total":` + total +
			`,"Discount":` + discount + `,"Net_Total":` + net + `,"Tax":null,"Line_Tax":null,"Description":null,"Sequence_Number":null,
			"Parent_Id":{"name":"Q","id":"QUOTE"},"Created_Time":"` + testTime + `","Modified_Time":"` + testTime + `","$in_merge":false,"$field_states":null}`
	}
	expectItems := func(total string, rows ...string) {
		t.Helper()
		want := rowsJSON(`{"id":"` + id + `","Grand_Total":` + total + `,"Quoted_Items":[` + strings.Join(rows, ",") + `]}`)
		o.expect(200, strings.ReplaceAll(want, "QUOTE", id), "GET", "v8/Quotes/"+id+"?fields=Grand_Total,Quoted_Items", "")
	}
	one, two := row(first, "2", "10.5", "21", "1", "20"), row(second, "1", "5", "5", "null", "5")
	expectItems("25", one, two)
	// A list has no subforms.
	assert.Equal(t, []map[string]any{{"id": id, "Subject": "Q"}}, listRows(t, o.call("GET", "v8/Quotes?fields=Subject,Quoted_Items", "")))
	// From v5 on an update merges.
	put := func(version, items string) {
		t.Helper()
		w := o.call("PUT", version+"/Quotes/"+id, `{"data":[{"Quoted_Items":`+items+`}]}`)
		require.Equal(t, 200, w.Code, w.Body)
	}
	put("v5", `[{"id":"`+second+`","Quantity":3}]`)
	expectItems("35", one, row(second, "3", "5", "15", "null", "15"))
	put("v8", `[{"id":"`+first+`","_delete":null},{`+widget+`}]`)
	third := o.crm.records("Quotes")[0]["Quoted_Items"].([]any)[1].(map[string]any)["id"].(string)
	expectItems("15", row(second, "3", "5", "15", "null", "15"), row(third, "null", "null", "0", "null", "0"))
	o.expect(400, rowsJSON(`{"code":"INVALID_DATA","details":{"api_name":"id","json_path":"$.data[0].Quoted_Items[0].id"},"message":"the id given seems to be invalid","status":"error"}`),
		"PUT", "v8/Quotes/"+id, `{"data":[{"Quoted_Items":[{"id":"`+first+`"}]}]}`)
	// The rows are records of their own module, for searches.
	o.expect(200, `{"data":[{"id":"`+third+`","Parent_Id":{"name":"Q","id":"`+id+`"}}],"info":{"per_page":200,"count":1,"page":1,"more_records":false,"sort_by":"id","sort_order":"desc"}}`,
		"GET", "v8/Quoted_Items/search?criteria=(id:equals:"+third+")&fields=Parent_Id", "")
	o.expect(200, `{"count":2}`, "GET", "v8/Quoted_Items/actions/count", "")
	// Before, what was not listed went.
	put("v2.1", `[{"id":"`+third+`","Quantity":1,"List_Price":1}]`)
	expectItems("1", row(third, "1", "1", "1", "null", "1"))
	o.expect(400, rowsJSON(rowRefused("MANDATORY_NOT_FOUND", "required field not found", "Quoted_Items", "")), "PUT", "v8/Quotes/"+id, `{"data":[{"Quoted_Items":[]}]}`)
}

// v2 alone has a form of its own for the rows of quotes and orders.
func TestLineItemsOfV2(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	acme := o.seed("Accounts", map[string]any{"Account_Name": "Acme"})[0]
	product := o.seed("Products", map[string]any{"Product_Name": "Widget", "Product_Code": "W-1", "Unit_Price": 12, "Qty_in_Stock": 7})[0]
	for module, items := range map[string]string{"Quotes": "Quoted_Items", "Sales_Orders": "Ordered_Items"} {
		order := func(key, rows string) string {
			return `{"data":[{"Subject":"Q","Account_Name":{"id":"` + acme + `"},"` + key + `":` + rows + `}]}`
		}
		missing := func(name string) string {
			return rowsJSON(refusedJSON("MANDATORY_NOT_FOUND", "required field not found", `{"api_name":"`+name+`"}`))
		}
		o.expect(202, missing("Product_Details"), "POST", "v2/"+module, order(items, `[{"Product_Name":{"id":"`+product+`"}}]`))
		o.expect(202, missing("product"), "POST", "v2/"+module, order("Product_Details", `[{"Product_Name":{"id":"`+product+`"}}]`))
		o.expect(202, missing(items), "POST", "v2.1/"+module, order("Product_Details", `[{"product":{"id":"`+product+`"}}]`))
		require.Equal(t, 201, o.call("POST", "v2/"+module, order("Product_Details",
			`[{"product":{"id":"`+product+`"},"quantity":2,"list_price":10.5,"Discount":1,"product_description":"small","net_total":99},{"product":"`+product+`"}]`)).Code)

		stored := o.crm.records(module)[0]
		id, rows := stored["id"].(string), stored[items].([]any)
		first, second := rows[0].(map[string]any), rows[1].(map[string]any)
		assert.Equal(t, []any{"small", json.Number("2"), json.Number("20")}, []any{first["Description"], first["Quantity"], first["Net_Total"]})
		row := func(row map[string]any, quantity, price, total, discount, after, description string) string {
			return `{"id":"` + row["id"].(string) + `","product":{"name":"Widget","id":"` + product + `","Product_Code":"W-1"},"quantity":` + quantity +
				`,"list_price":` + price + `,"total":` + total + `,"Discount":` + discount + `,"total_after_discount":` + after + `,"net_total":` + after +
				`,"product_description":` + description + `,"Tax":null,"line_tax":null,"book":null,"unit_price":12,"quantity_in_stock":7}`
		}
		o.expect(200, rowsJSON(`{"id":"`+id+`","Product_Details":[`+row(first, "2", "10.5", "21", "1", "20", `"small"`)+`,`+row(second, "null", "null", "0", "null", "0", "null")+`]}`),
			"GET", "v2/"+module+"/"+id+"?fields=Product_Details,"+items, "")

		// The whole set is replaced, what a row does not say stays.
		require.Equal(t, 200, o.call("PUT", "v2/"+module+"/"+id, `{"data":[{"Product_Details":[{"id":"`+first["id"].(string)+`","quantity":3}]}]}`).Code)
		rows = o.crm.records(module)[0][items].([]any)
		require.Len(t, rows, 1)
		assert.Equal(t, json.Number("30.5"), rows[0].(map[string]any)["Net_Total"])
		var fields struct {
			Fields []struct {
				Name string `json:"api_name"`
			}
		}
		require.NoError(t, json.Unmarshal(o.call("GET", "v2/settings/fields?module="+module, "").Body.Bytes(), &fields))
		assert.Contains(t, fields.Fields, struct {
			Name string `json:"api_name"`
		}{"Product_Details"})
	}
}

func TestSubformThatMayBeEmpty(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	id := o.seed("Service_Visits", map[string]any{"Name": "V", "Hours": 2, "Hourly_Rate": 50.25, "Parts_Used": []any{map[string]any{"Part": "Belt"}}})[0]
	o.expect(200, rowsJSON(`{"id":"`+id+`","Visit_Number":"SV-00001","Labour_Cost":100.5}`), "GET", "v8/Service_Visits/"+id+"?fields=Visit_Number,Labour_Cost", "")
	require.Len(t, o.crm.records("Service_Visits")[0]["Parts_Used"], 1)
	require.Equal(t, 200, o.call("PUT", "v8/Service_Visits/"+id, `{"data":[{"Parts_Used":[],"Hours":null}]}`).Code)
	o.expect(200, rowsJSON(`{"id":"`+id+`","Parts_Used":[],"Labour_Cost":null}`), "GET", "v8/Service_Visits/"+id+"?fields=Parts_Used,Labour_Cost", "")
}

// A client may send back all that it was given.
func TestWholeRecordsMayBeSentBack(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	acme := o.seed("Accounts", map[string]any{"Account_Name": "Acme", "Tag": []any{map[string]any{"name": "vip"}}})[0]
	product := o.seed("Products", map[string]any{"Product_Name": "Widget", "Tax": []any{map[string]any{"value": "Vat"}}})[0]
	o.seed("Contacts", map[string]any{"Last_Name": "Doe", "Account_Name": map[string]any{"id": acme}})
	o.seed("Leads", map[string]any{"Last_Name": "Doe", "Email": "doe@example.com", "Annual_Revenue": 1.5, "ERP_Id": "A"})
	o.seed("Deals", map[string]any{"Deal_Name": "Big", "Stage": "Qualification", "Closing_Date": "2026-04-01"})
	o.seed("Quotes", map[string]any{
		"Subject": "Q", "Account_Name": map[string]any{"id": acme}, "Quoted_Items": []any{map[string]any{"Product_Name": map[string]any{"id": product}, "Quantity": 1}},
	})
	o.seed("Tasks", map[string]any{"Subject": "Call", "$se_module": "Accounts", "What_Id": map[string]any{"id": acme}})
	o.seed("Notes", map[string]any{"Note_Title": "N", "Parent_Id": map[string]any{"id": acme, "module": map[string]any{"api_name": "Accounts"}}})
	o.seed("Service_Visits", map[string]any{"Name": "V", "Meter_Reading": "12", "Services": []any{"Repair"}, "Parts_Used": []any{map[string]any{"Part": "Belt"}}})
	uploaded := uploadedIDs(t, o.upload("v8/files", part{"file", "a.png", "PNG"}).Body.Bytes())[0]
	file, vat := []any{map[string]any{"File_Id__s": uploaded}}, o.crm.tax("", "Vat")
	o.seed("Specimens", map[string]any{
		"Name": "S", "Active": true, "Price": 1.5, "Day": "2026-05-01", "Rows": []any{map[string]any{"Label": "a", "Amount": 2}}, "Documents": file, "Pictures": file,
		"Products": []any{map[string]any{"Products": map[string]any{"id": product}}}, "Watchers": []any{map[string]any{"Watchers": map[string]any{"id": brunoID}}},
		"Related_To": map[string]any{"id": listIDs(t, o, "Contacts")[0]}, "Opening_Hours": map[string]any{"From": "09:00", "To": "18:00"},
		"Data_Processing_Basis_Details": map[string]any{"Consent_Through": "Call"}, "Territory": []any{map[string]any{"Name": "Porto"}}, "Record_Image": "5c0ffee",
	})
	o.seed("Events", map[string]any{
		"Event_Title": "E", "Start_DateTime": testTime, "End_DateTime": testTime, "Participants": []any{map[string]any{"type": "user", "participant": brunoID}},
		"Remind_Participants": []any{map[string]any{"unit": 1, "period": "days"}}, "Recurring_Activity": map[string]any{"RRULE": "FREQ=DAILY"}, "Remind_At": testTime,
	})
	o.seed("Calls", map[string]any{
		"Subject": "C", "Call_Type": "Missed", "Call_Start_Time": testTime, "Call_Duration": "00:20", "$se_module": "Accounts", "What_Id": map[string]any{"id": acme},
		"Remind_At": map[string]any{"ALARM": "FREQ=NONE;ACTION=POPUP;TRIGGER=-PT5M"}, "Who_Id": map[string]any{"id": listIDs(t, o, "Leads")[0]},
	})
	o.seed("Price_Books", map[string]any{"Price_Book_Name": "P", "Pricing_Details": []any{map[string]any{"from_range": 1, "to_range": 2, "discount": 3}}})
	o.seed("Invoices", map[string]any{
		"Subject": "I", "Account_Name": map[string]any{"id": acme}, "$line_tax": []any{map[string]any{"id": vat.ID, "percentage": 3}}, "Invoiced_Items": []any{
			map[string]any{"Product_Name": map[string]any{"id": product}, "Quantity": 1, "List_Price": 7, "Line_Tax": []any{map[string]any{"name": "Vat", "percentage": 10}}},
		},
	})
	for _, module := range []string{
		"Accounts", "Products", "Contacts", "Leads", "Deals", "Quotes", "Tasks", "Notes", "Service_Visits", "Specimens", "Events", "Calls", "Price_Books", "Invoices",
		"Specimens_X_Products", "Specimens_X_Users",
	} {
		for _, version := range []string{"v2", "v5", "v8"} {
			before := o.crm.records(module)
			path := version + "/" + module + "/" + before[0]["id"].(string)
			w := o.call("PUT", path, o.call("GET", path, "").Body.String())
			assert.Equal(t, 200, w.Code, "%s: %s", path, w.Body)
			assert.Equal(t, before, o.crm.records(module), path)
		}
	}
}
