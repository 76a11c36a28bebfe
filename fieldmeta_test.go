package zohohub_test

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	. "github.com/zohohub/zohohub"
	"github.com/zohohub/zohohub/zohohubtest"
)

// fieldNamed finds a field.
func fieldNamed(t *testing.T, fields []Field, name string) Field {
	t.Helper()
	i := slices.IndexFunc(fields, func(f Field) bool { return f.APIName == name })
	require.GreaterOrEqual(t, i, 0, name)
	return fields[i]
}

func TestFieldsInEveryVersion(t *testing.T) {
	t.Parallel()
	inEveryVersion(t, func(t *testing.T, v string, _ *zohohubtest.Server, conn *Connection) {
		fields := func(module string) []Field {
			fields, err := conn.Fields(t.Context(), module)
			require.NoError(t, err)
			return fields
		}
		leads := fields("Leads")
		last := fieldNamed(t, leads, "Last_Name")
		assert.True(t, json.Valid(last.Raw))
		last.Raw = nil
		assert.Equal(t, Field{
			ID: last.ID, APIName: "Last_Name", Label: "Last Name", DataType: "text", JSONType: "string", Length: 80, Mandatory: true, Visible: true,
			ViewType:       FieldViews{View: true, Create: true, QuickCreate: true, Edit: true},
			OperationType:  FieldOperations{WebCreate: true, WebUpdate: true, APICreate: true, APIUpdate: true},
			ConvertMapping: map[string]string{"Contacts": "Last_Name"},
		}, last)
		assert.True(t, last.Writable())

		source := fieldNamed(t, leads, "Lead_Source")
		require.NotEmpty(t, source.PickListValues)
		i := slices.IndexFunc(source.PickListValues, func(p PickListValue) bool { return p.ActualValue == "Web" })
		web := source.PickListValues[i]
		assert.Equal(t, PickListValue{ID: web.ID, ActualValue: "Web", DisplayValue: "Web", ReferenceValue: "Web", Used: true}, web)
		assert.NotEmpty(t, web.ID)

		erp := fieldNamed(t, leads, "ERP_Id")
		assert.Equal(t, []bool{true, false, true}, []bool{erp.Unique, erp.CaseSensitive, erp.Custom})
		assert.Equal(t, FieldCurrency{Rounding: "normal", Precision: 2}, fieldNamed(t, leads, "Annual_Revenue").Currency)
		two := 2
		assert.Equal(t, &two, fieldNamed(t, leads, "Annual_Revenue").DecimalPlaces)
		assert.Nil(t, last.DecimalPlaces)

		made := fieldNamed(t, leads, "Created_Time")
		assert.True(t, made.ReadOnly)
		assert.False(t, made.Writable())

		account := fieldNamed(t, fields("Contacts"), "Account_Name")
		assert.Equal(t, "Accounts", account.Lookup.Module, "a name before v5, an object after")
		assert.Equal(t, "Quoted_Items", fieldNamed(t, fields("Quotes"), itemsOf(v)).Subform)
		visits := fields("Service_Visits")
		assert.Equal(t, FieldAutoNumber{Prefix: "SV-", Start: 1, Digits: 5}, fieldNamed(t, visits, "Visit_Number").AutoNumber)
		cost := fieldNamed(t, visits, "Labour_Cost")
		assert.Equal(t, FieldFormula{ReturnType: "double", Expression: "${Service_Visits.Hours}*${Service_Visits.Hourly_Rate}"}, cost.Formula)
		assert.False(t, cost.Writable())
		products := fieldNamed(t, fields("Specimens"), "Products").MultiSelectLookup
		assert.Equal(t, "Products", products.Module)
		assert.NotEmpty(t, products.LinkingModule)
		assert.NotEqual(t, products.Module, products.LinkingModule)
	})
}

// itemsOf is the name of a quote's subform.
func itemsOf(version string) string {
	if version == "v2" {
		return "Product_Details"
	}
	return "Quoted_Items"
}

// wholeField has all that a field of Zoho's can have, in the form of v8.
const wholeField = `{"id":"41","api_name":"F","field_label":"Eff","data_type":"picklist","json_type":"string","length":120,"decimal_place":0,
	"system_mandatory":true,"read_only":false,"field_read_only":true,"custom_field":true,"visible":true,
	"operation_type":{"web_update":true,"api_create":true,"web_create":false,"api_update":false},
	"view_type":{"view":true,"edit":false,"quick_create":true,"create":false},
	"pick_list_values":[{"id":"7","display_value":"Net","actual_value":"Web","reference_value":"web0","colour_code":"#57B1FD","type":"unused"}],
	"lookup":{"display_label":"Leads","api_name":"Leads4","module":{"api_name":"Accounts","id":"3"},"id":"8"},
	"multiselectlookup":{"linking_module":{"api_name":"LinkingModule1","id":"2"},"connected_module":{"api_name":"Products","id":"4"},
		"lookup_apiname":"Lead","connectedlookup_apiname":"Product","connectedfield_apiname":"Leads5","id":"9"},
	"multiuserlookup":{"linking_module":"LinkingModule2","lookup_apiname":"Lead","connectedlookup_apiname":"User","id":"10"},
	"multi_module_lookup":{"modules":[{"api_name":"Leads","id":"1"},"Contacts"]},
	"subform":{"module":"Rows","id":"11"},"currency":{"rounding_option":"round_up","precision":3},"unique":{"casesensitive":"true"},
	"auto_number":{"prefix":"A-","suffix":"-Z","start_number":"100","starting_number_length":6},
	"formula":{"return_type":"double","expression":"1+1"},"convert_mapping":{"Contacts":"Source","Deals":null,"Accounts":{"api_name":"From"}}}`

func TestFieldWhole(t *testing.T) {
	t.Parallel()
	conn, _ := described(t, Config{}, map[string]string{"v8/settings/fields?module=Leads": `{"fields":[` + wholeField + `]}`})
	fields, err := conn.Fields(t.Context(), "Leads")
	require.NoError(t, err)
	zero := 0
	require.Equal(t, []Field{{
		ID: "41", APIName: "F", Label: "Eff", DataType: "picklist", JSONType: "string", Length: 120, DecimalPlaces: &zero,
		Mandatory: true, ReadOnly: true, Custom: true, Visible: true, Unique: true, CaseSensitive: true,
		PickListValues:    []PickListValue{{ID: "7", ActualValue: "Web", DisplayValue: "Net", ReferenceValue: "web0", Color: "#57B1FD"}},
		Lookup:            FieldLookup{ID: "8", Module: "Accounts", APIName: "Leads4", Label: "Leads"},
		MultiSelectLookup: FieldLink{ID: "9", Module: "Products", LinkingModule: "LinkingModule1", Lookup: "Lead", ConnectedLookup: "Product", ConnectedField: "Leads5"},
		MultiUserLookup:   FieldLink{ID: "10", LinkingModule: "LinkingModule2", Lookup: "Lead", ConnectedLookup: "User"},
		MultiModuleLookup: []string{"Leads", "Contacts"}, Subform: "Rows", Currency: FieldCurrency{Rounding: "round_up", Precision: 3},
		Formula:        FieldFormula{ReturnType: "double", Expression: "1+1"},
		AutoNumber:     FieldAutoNumber{Prefix: "A-", Suffix: "-Z", Start: 100, Digits: 6},
		ViewType:       FieldViews{View: true, QuickCreate: true},
		OperationType:  FieldOperations{WebUpdate: true, APICreate: true},
		ConvertMapping: map[string]string{"Contacts": "Source", "Accounts": "From"},
		Raw:            json.RawMessage(wholeField),
	}}, fields)
	assert.True(t, fields[0].Writable(), "v5 and later say so themselves, whatever read_only says")
}

// TestFieldsOfOtherForms are those that versions have had, and those that none has: what is not understood is empty.
func TestFieldsOfOtherForms(t *testing.T) {
	t.Parallel()
	one := 1
	for sent, want := range map[string]Field{
		`{"api_name":"F","lookup":"Accounts","unique":true}`:                      {APIName: "F", Lookup: FieldLookup{Module: "Accounts"}, Unique: true},
		`{"api_name":"F","lookup":{"module":"Accounts","id":8}}`:                  {APIName: "F", Lookup: FieldLookup{ID: "8", Module: "Accounts"}},
		`{"api_name":"F","subform":{"module":{"api_name":"Rows"}}}`:               {APIName: "F", Subform: "Rows"},
		`{"api_name":"F","subform":"Rows","decimal_place":"1","length":"12"}`:     {APIName: "F", Subform: "Rows", DecimalPlaces: &one, Length: 12},
		`{"api_name":"F","associated_module":{"module":"Rows"},"visible":"true"}`: {APIName: "F", Subform: "Rows", Visible: true},
		`{"api_name":"F","pick_list_values":[{"actual_value":2022,"display_value":"2022"}]}`: {
			APIName: "F", PickListValues: []PickListValue{{ActualValue: "2022", DisplayValue: "2022", Used: true}},
		},
		`{"api_name":"F","autonumber":{"prefix":"A-","start_number":1.0}}`: {APIName: "F", AutoNumber: FieldAutoNumber{Prefix: "A-", Start: 1}},
		`{"api_name":"F","unique":{},"lookup":{},"currency":{},"formula":{},"auto_number":{},"subform":{},"operation_type":{},"decimal_place":null,
			"multiselectlookup":{},"multi_module_lookup":{},"convert_mapping":null,"view_type":null,"length":null}`: {APIName: "F"},
		`{"api_name":"F","unique":[1],"lookup":7,"currency":"x","formula":[],"auto_number":1,"subform":[{}],"operation_type":"all","decimal_place":{},
			"pick_list_values":{"a":1},"multi_module_lookup":{"modules":{}},"convert_mapping":[],"view_type":3,"length":1e99,"visible":{},"id":[]}`: {APIName: "F"},
	} {
		conn, _ := described(t, Config{APIVersion: "v2"}, map[string]string{"v2/settings/fields?module=Leads": `{"fields":[` + sent + `]}`})
		fields, err := conn.Fields(t.Context(), "Leads")
		require.NoError(t, err, sent)
		want.Raw = json.RawMessage(sent)
		want.OperationType = FieldOperations{WebCreate: true, WebUpdate: true, APICreate: true, APIUpdate: true}
		assert.Equal(t, []Field{want}, fields, sent)
	}
}

func TestReadOnlyBeforeV5(t *testing.T) {
	t.Parallel()
	conn, _ := described(t, Config{APIVersion: "v4"}, map[string]string{
		"v4/settings/fields?module=Leads": `{"fields":[{"api_name":"A","read_only":true},{"api_name":"B","field_read_only":true},{"api_name":"C"}]}`,
	})
	fields, err := conn.Fields(t.Context(), "Leads")
	require.NoError(t, err)
	assert.Equal(t, []bool{false, false, true}, []bool{fields[0].Writable(), fields[1].Writable(), fields[2].Writable()})
}
