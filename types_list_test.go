package zohohub_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	. "github.com/zohohub/zohohub"
)

// The structs that a user writes for Zoho's types of more than one value, with the keys that Zoho names.
type (
	subformRow struct {
		ID       string
		Label    string
		Amount   float64
		Product  Lookup
		ParentID Lookup    `zoho:"Parent_Id"`
		Made     time.Time `zoho:"Created_Time"`
		Merge    bool      `zoho:"$in_merge"`
	}
	linkRow struct {
		ID    string
		Value Lookup
	}
	fileRow struct {
		ID   string
		File string `zoho:"File_Id__s"`
		Name string `zoho:"File_Name__s,readonly"`
		Size int    `zoho:"Size__s,readonly"`
	}
	oldFileRow struct {
		ID   string `zoho:"attachment_Id"`
		File string `zoho:"file_Id"`
	}
	imageRow struct {
		ID       string
		File     string `zoho:"File_Id__s"`
		Sequence int    `zoho:"Sequence_Number__s"`
		State    string `zoho:"State__s,readonly"`
	}
	consent struct {
		ID      string
		Basis   string    `zoho:"Data_Processing_Basis"`
		Day     Date      `zoho:"Consent_Date"`
		ByPhone bool      `zoho:"Contact_Through_Phone"`
		Mailed  time.Time `zoho:"Mail_Sent_Time"`
		Owner   Lookup
		Made    Lookup `zoho:"Created_By"`
	}
	alarm struct {
		Rule string `zoho:"ALARM"`
	}
	recurrence struct {
		Rule   string `zoho:"RRULE"`
		Except string `zoho:"EXDATE"`
	}
	reminder struct {
		Unit   int    `zoho:"unit"`
		Period string `zoho:"period"`
	}
	hours struct{ From, To string }

	participant struct {
		ID      string `zoho:"-"`
		Type    string `zoho:"type"`
		Who     string `zoho:"participant"`
		Invited bool   `zoho:"invited,readonly"`
	}
	tax struct {
		ID    string
		Value string `zoho:"value"`
	}
	lineTax struct {
		ID         string
		Name       string      `zoho:"name"`
		Percentage float64     `zoho:"percentage"`
		Value      json.Number `zoho:"value,readonly"`
	}
	priceRange struct {
		ID       string
		From     float64 `zoho:"from_range"`
		To       float64 `zoho:"to_range"`
		Discount float64 `zoho:"discount"`
	}
	withTags struct {
		ID    string
		Name  string `zoho:"name"`
		Color string `zoho:"color_code"`
	}
	territory struct {
		ID       string
		Name     string
		Assigned time.Time `zoho:"$assigned_time"`
	}

	// special has the fields that go by their names.
	special struct {
		Tracked
		ID           string
		Participants []participant
		Tax          []tax
		OldTax       []string  `zoho:"Old_Tax"`
		LineTax      []lineTax `zoho:"$line_tax"`
		Tag          []withTags
		Territory    []territory
		Ranges       []priceRange `zoho:"Pricing_Details"`
		Image        string       `zoho:"Record_Image"`
		Serial       string       `zoho:",readonly"`
		Total        json.Number  `zoho:",readonly"`
		Verdict      any          `zoho:",readonly"`
	}
)

// referenceTypes lead to other records.
var referenceTypes = map[string]anyType{
	"lookup": value(dataType[holder[Lookup], Lookup]{
		zoho: []string{`{"name":"Acme","id":"12"}`, `{"id":12,"name":"Acme"}`}, want: Lookup{ID: "12", Name: "Acme"}, create: `{"id":"12"}`,
		changed: Lookup{ID: "13", Name: "Acme"}, save: `{"id":"13"}`, cleared: `null`,
	}),
	"lookup, the id alone": value(dataType[holder[Lookup], Lookup]{
		zoho: []string{`"12"`, `12`, `{"id":"12"}`}, want: Lookup{ID: "12"}, create: `{"id":"12"}`, changed: Lookup{ID: "13"}, save: `{"id":"13"}`, cleared: `null`,
	}),
	"lookup, pointer": value(dataType[holder[*Lookup], *Lookup]{
		zoho: []string{`{"name":"Acme","id":"12"}`}, want: &Lookup{ID: "12", Name: "Acme"}, create: `{"id":"12"}`,
		changed: &Lookup{ID: "13"}, save: `{"id":"13"}`, cleared: `null`,
	}),
	"lookup, any": value(dataType[holder[any], any]{
		zoho: []string{`{"id":"12","name":"Acme"}`}, want: map[string]any{"name": "Acme", "id": "12"}, create: `{"id":"12","name":"Acme"}`,
		changed: Lookup{ID: "13", Name: "x"}, save: `{"id":"13"}`, cleared: `null`,
	}),
	"ownerlookup and userlookup": value(dataType[holder[Lookup], Lookup]{
		zoho: []string{`{"name":"Ana","id":"12","email":"ana@example.com","zuid":9007199254740993}`}, want: Lookup{"12", "Ana", "ana@example.com"},
		create: `{"id":"12"}`, changed: Lookup{Email: "bo@example.com"}, save: `{"email":"bo@example.com"}`, cleared: `null`,
	}),
	"Layout": value(dataType[holder[Lookup], Lookup]{
		zoho: []string{`{"id":"12","name":"Standard","display_label":"Standard"}`}, want: Lookup{ID: "12", Name: "Standard"},
		create: `{"id":"12"}`, changed: Lookup{ID: "13"}, save: `{"id":"13"}`, cleared: `null`,
	}),
	"multi_module_lookup": value(dataType[holder[ModuleLookup], ModuleLookup]{
		zoho: []string{`{"name":"Jo","id":"12","module":{"api_name":"Leads","id":"1"}}`, `{"name":"Jo","id":12,"module":"Leads"}`},
		want: ModuleLookup{"12", "Jo", "Leads"}, create: `{"id":"12","module":{"api_name":"Leads"}}`,
		changed: ModuleLookup{ID: "12", Module: "Contacts"}, save: `{"id":"12","module":{"api_name":"Contacts"}}`, cleared: `null`,
	}),
	"multi_module_lookup without its module": value(dataType[holder[Lookup], Lookup]{
		zoho: []string{`{"name":"Jo","id":"12","module":{"api_name":"Leads","id":"1"}}`}, want: Lookup{ID: "12", Name: "Jo"}, create: `{"id":"12"}`,
		changed: Lookup{ID: "13"}, save: `{"id":"13"}`, cleared: `null`,
	}),
	"multiuserlookup and multiselectlookup": value(dataType[holder[[]linkRow], []linkRow]{
		zoho:    []string{`[{"id":"1","Value":{"name":"Ana","id":"12"}},{"id":"2","Value":{"name":"Bo","id":"13"},"has_more":false}]`},
		want:    []linkRow{{"1", Lookup{ID: "12", Name: "Ana"}}, {"2", Lookup{ID: "13", Name: "Bo"}}},
		create:  `[{"id":"1","Value":{"id":"12"}},{"id":"2","Value":{"id":"13"}}]`,
		changed: []linkRow{{"2", Lookup{ID: "13", Name: "Bo"}}, {Value: Lookup{ID: "14"}}}, save: `[{"Value":{"id":"14"}},{"id":"1","_delete":null}]`,
		cleared: `[{"id":"1","_delete":null},{"id":"2","_delete":null}]`,
	}),
	"multiuserlookup and multiselectlookup, to others": value(dataType[holder[[]linkRow], []linkRow]{
		zoho:    []string{`[{"id":"1","Value":{"name":"Ana","id":"12"}},{"id":"2","Value":{"id":13},"has_more":false},{"id":"3","Value":{"id":"14"}}]`},
		want:    []linkRow{{"1", Lookup{ID: "12", Name: "Ana"}}, {"2", Lookup{ID: "13"}}, {"3", Lookup{ID: "14"}}},
		create:  `[{"id":"1","Value":{"id":"12"}},{"id":"2","Value":{"id":"13"}},{"id":"3","Value":{"id":"14"}}]`,
		changed: []linkRow{{"1", Lookup{ID: "15"}}, {"2", Lookup{ID: "13", Name: "Bo"}}},
		save:    `[{"Value":{"id":"15"}},{"id":"1","_delete":null},{"id":"3","_delete":null}]`,
		cleared: `[{"id":"1","_delete":null},{"id":"2","_delete":null},{"id":"3","_delete":null}]`,
	}),
	"multiselectlookup, any": value(dataType[holder[any], any]{
		zoho:    []string{`[{"id":"1","Value":{"id":"12","name":"Ana"}},{"id":"2","Value":{"id":"13"}}]`},
		want:    []any{map[string]any{"id": "1", "Value": map[string]any{"id": "12", "name": "Ana"}}, map[string]any{"id": "2", "Value": map[string]any{"id": "13"}}},
		create:  `[{"Value":{"id":"12","name":"Ana"},"id":"1"},{"Value":{"id":"13"},"id":"2"}]`,
		changed: []Fields{{"id": "1", "Value": Lookup{ID: "12"}}, {"id": "2", "Value": Lookup{ID: "14"}}},
		save:    `[{"Value":{"id":"14"}},{"id":"2","_delete":null}]`,
		cleared: `[{"id":"1","_delete":null},{"id":"2","_delete":null}]`,
	}),
}

// listTypes are subforms and their kin.
var listTypes = map[string]anyType{
	"subform": value(dataType[holder[[]subformRow], []subformRow]{
		zoho: []string{
			`[{"id":"1","Label":"a","Amount":1.5,"Product":{"id":"5","name":"Pen"},"Parent_Id":{"id":"11"}},{"id":"2","Label":"b","$in_merge":false}]`,
			`[{"Label":"a","Amount":"1.50","Product":{"name":"Pen","id":"5"},"id":1,"Parent_Id":"11","$field_states":null},{"id":2,"Label":"b","Product":null}]`,
		},
		want: []subformRow{
			{ID: "1", Label: "a", Amount: 1.5, Product: Lookup{ID: "5", Name: "Pen"}, ParentID: Lookup{ID: "11"}}, {ID: "2", Label: "b"},
		},
		create:  `[{"id":"1","Label":"a","Amount":1.5,"Product":{"id":"5"}},{"id":"2","Label":"b"}]`,
		changed: []subformRow{{ID: "1", Label: "z"}, {Label: "c"}},
		save:    `[{"id":"1","Label":"z","Amount":null,"Product":null},{"Label":"c"},{"id":"2","_delete":null}]`,
		cleared: `[{"id":"1","_delete":null},{"id":"2","_delete":null}]`,
	}),
	"subform, pointers": value(dataType[holder[*[]*subformRow], *[]*subformRow]{
		zoho: []string{`[{"id":"1","Label":"a"},{"id":"2","Label":"b"}]`}, want: &[]*subformRow{{ID: "1", Label: "a"}, {ID: "2", Label: "b"}},
		create: `[{"id":"1","Label":"a"},{"id":"2","Label":"b"}]`, changed: &[]*subformRow{{ID: "2", Label: "z"}},
		save: `[{"id":"2","Label":"z"},{"id":"1","_delete":null}]`, cleared: `[{"id":"1","_delete":null},{"id":"2","_delete":null}]`,
	}),
	"subform, any": value(dataType[holder[any], any]{
		zoho:   []string{`[{"id":"1","Label":"a","Parent_Id":{"id":"11"}},{"id":"2"}]`},
		want:   []any{map[string]any{"id": "1", "Label": "a", "Parent_Id": map[string]any{"id": "11"}}, map[string]any{"id": "2"}},
		create: `[{"Label":"a","id":"1"},{"id":"2"}]`, changed: []Fields{{"id": "1", "Label": nil}, {"Label": "c"}},
		save: `[{"id":"1","Label":null},{"Label":"c"},{"id":"2","_delete":null}]`, cleared: `[{"id":"1","_delete":null},{"id":"2","_delete":null}]`,
		given: `[{"Label":"a","Parent_Id":{"id":"11"},"id":"1"},{"id":"2"}]`,
	}),
	"subform, maps": value(dataType[holder[[]Fields], []Fields]{
		zoho: []string{`[{"id":"1","Label":"a","Parent_Id":{"id":"11"},"$in_merge":false},{"id":"2","Created_Time":"2026-05-01T10:00:00+01:00"}]`},
		want: []Fields{
			{"id": "1", "Label": "a", "Parent_Id": map[string]any{"id": "11"}, "$in_merge": false}, {"id": "2", "Created_Time": "2026-05-01T10:00:00+01:00"},
		},
		create: `[{"Label":"a","id":"1"},{"id":"2"}]`, changed: []Fields{{"id": "1", "Label": nil}, {"Label": "c"}},
		save: `[{"id":"1","Label":null},{"Label":"c"},{"id":"2","_delete":null}]`, cleared: `[{"id":"1","_delete":null},{"id":"2","_delete":null}]`,
		given: `[{"$in_merge":false,"Label":"a","Parent_Id":{"id":"11"},"id":"1"},{"Created_Time":"2026-05-01T10:00:00+01:00","id":"2"}]`,
	}),
	"subform, maps of any": value(dataType[holder[[]map[string]any], []map[string]any]{
		zoho: []string{`[{"id":"1","Label":"a"},{"id":"2"}]`}, want: []map[string]any{{"id": "1", "Label": "a"}, {"id": "2"}},
		create: `[{"Label":"a","id":"1"},{"id":"2"}]`, changed: []map[string]any{{"id": "2"}}, save: `[{"id":"1","_delete":null}]`,
		cleared: `[{"id":"1","_delete":null},{"id":"2","_delete":null}]`,
	}),
	"subform, JSON": value(dataType[holder[[]json.RawMessage], []json.RawMessage]{
		zoho:   []string{`[{"id":"1","Label":"a","Parent_Id":{"id":"11"}},{"id":"2","$state":"save"}]`},
		want:   []json.RawMessage{json.RawMessage(`{"id":"1","Label":"a","Parent_Id":{"id":"11"}}`), json.RawMessage(`{"id":"2","$state":"save"}`)},
		create: `[{"id":"1","Label":"a"},{"id":"2"}]`, changed: []json.RawMessage{json.RawMessage(`{"id":"2","Label":"b"}`)},
		save: `[{"id":"2","Label":"b"},{"id":"1","_delete":null}]`, cleared: `[{"id":"1","_delete":null},{"id":"2","_delete":null}]`,
		given: `[{"id":"1","Label":"a","Parent_Id":{"id":"11"}},{"id":"2","$state":"save"}]`,
	}),
	"subform, one JSON": value(dataType[holder[*json.RawMessage], *json.RawMessage]{
		zoho: []string{`[{"id":"1","Label":"a","Parent_Id":"11"},{"id":"2"}]`}, want: new(json.RawMessage(`[{"id":"1","Label":"a","Parent_Id":"11"},{"id":"2"}]`)),
		create: `[{"id":"1","Label":"a"},{"id":"2"}]`, changed: new(json.RawMessage(`[{"id":"2"},{"Label":"c"}]`)),
		save: `[{"Label":"c"},{"id":"1","_delete":null}]`, cleared: `[{"id":"1","_delete":null},{"id":"2","_delete":null}]`,
		given: `[{"id":"1","Label":"a","Parent_Id":"11"},{"id":"2"}]`,
	}),
	"subform, pointer to any": value(dataType[holder[*any], *any]{
		zoho:   []string{`[{"id":"1","Label":"a","Modified_Time":"x"},{"id":"2"}]`},
		want:   new(any([]any{map[string]any{"id": "1", "Label": "a", "Modified_Time": "x"}, map[string]any{"id": "2"}})),
		create: `[{"Label":"a","id":"1"},{"id":"2"}]`, changed: new(any([]any{map[string]any{"id": "1", "Modified_Time": "y"}})),
		save: `[{"id":"2","_delete":null}]`, cleared: `[{"id":"1","_delete":null},{"id":"2","_delete":null}]`,
		given: `[{"Label":"a","Modified_Time":"x","id":"1"},{"id":"2"}]`,
	}),
	"fileupload": value(dataType[holder[[]fileRow], []fileRow]{
		zoho: []string{`[{"id":"1","File_Id__s":"f","File_Name__s":"a.pdf","Size__s":"1024"},{"id":"2","File_Id__s":"g","Size__s":7}]`},
		want: []fileRow{{"1", "f", "a.pdf", 1024}, {"2", "g", "", 7}}, create: `[{"id":"1","File_Id__s":"f"},{"id":"2","File_Id__s":"g"}]`,
		changed: []fileRow{{ID: "1", File: "f"}, {File: "h"}}, save: `[{"File_Id__s":"h"},{"id":"2","_delete":null}]`,
		cleared: `[{"id":"1","_delete":null},{"id":"2","_delete":null}]`,
	}),
	"fileupload, any": value(dataType[holder[[]any], []any]{
		zoho: []string{`[{"id":"1","File_Id__s":"f","Size__s":"1024","Owner__s":{"id":"7"}},{"id":"2","File_Id__s":"g"}]`},
		want: []any{
			map[string]any{"id": "1", "File_Id__s": "f", "Size__s": "1024", "Owner__s": map[string]any{"id": "7"}}, map[string]any{"id": "2", "File_Id__s": "g"},
		},
		create:  `[{"File_Id__s":"f","id":"1"},{"File_Id__s":"g","id":"2"}]`,
		changed: []any{Fields{"id": "1", "File_Id__s": "h"}, Fields{"id": "2"}}, save: `[{"File_Id__s":"h"},{"id":"1","_delete":null}]`,
		cleared: `[{"id":"1","_delete":null},{"id":"2","_delete":null}]`,
		given:   `[{"File_Id__s":"f","Owner__s":{"id":"7"},"Size__s":"1024","id":"1"},{"File_Id__s":"g","id":"2"}]`,
	}),
	"fileupload before v5": value(dataType[holder[[]oldFileRow], []oldFileRow]{
		zoho: []string{`[{"attachment_Id":"1","file_Id":"f","file_Size":"1024","mode":""}]`}, want: []oldFileRow{{"1", "f"}},
		create: `[{"attachment_Id":"1","file_Id":"f"}]`, changed: []oldFileRow{{File: "h"}}, save: `[{"file_Id":"h"},{"attachment_Id":"1","_delete":null}]`,
		cleared: `[{"attachment_Id":"1","_delete":null}]`,
	}),
	"imageupload": value(dataType[holder[[]imageRow], []imageRow]{
		zoho: []string{`[{"id":"1","File_Id__s":"f","Sequence_Number__s":1,"State__s":"active","Preview_Id__s":"p"}]`},
		want: []imageRow{{"1", "f", 1, "active"}}, create: `[{"id":"1","File_Id__s":"f","Sequence_Number__s":1}]`,
		changed: []imageRow{{File: "g", Sequence: 1}, {"1", "f", 2, "active"}},
		save:    `[{"File_Id__s":"g","Sequence_Number__s":1},{"id":"1","Sequence_Number__s":2}]`, cleared: `[{"id":"1","_delete":null}]`,
	}),
	"multireminder": value(dataType[holder[[]reminder], []reminder]{
		zoho: []string{`[{"unit":15,"period":"minutes"},{"unit":"1","period":"days","time":"09:00"}]`}, want: []reminder{{15, "minutes"}, {1, "days"}},
		create:  `[{"unit":15,"period":"minutes"},{"unit":1,"period":"days"}]`,
		changed: []reminder{{1, "days"}}, save: `[{"unit":1,"period":"days"}]`, cleared: `[]`,
	}),
	"Pricing_Details": dataType[special, []priceRange]{
		name: "Pricing_Details", field: func(n *special) *[]priceRange { return &n.Ranges },
		zoho: []string{`[{"id":"1","from_range":1,"to_range":10,"discount":5}]`}, want: []priceRange{{"1", 1, 10, 5}},
		create:  `[{"id":"1","from_range":1,"to_range":10,"discount":5}]`,
		changed: []priceRange{{"1", 1, 10, 0}, {"", 11, 20, 7}},
		save:    `[{"id":"1","from_range":1,"to_range":10},{"from_range":11,"to_range":20,"discount":7}]`, cleared: `[]`,
	},
	"Participants": dataType[special, []participant]{
		name: "Participants", field: func(n *special) *[]participant { return &n.Participants },
		zoho: []string{
			`[{"id":"1","type":"email","participant":"a@example.com","name":"A","invited":false},{"id":"2","type":"lead","participant":"12","invited":true}]`,
		},
		want:    []participant{{"", "email", "a@example.com", false}, {"", "lead", "12", true}},
		create:  `[{"type":"email","participant":"a@example.com"},{"type":"lead","participant":"12"}]`,
		changed: []participant{{"", "lead", "12", true}, {Type: "user", Who: "13"}},
		save:    `[{"type":"lead","participant":"12"},{"type":"user","participant":"13"}]`, cleared: `[]`,
	},
	"Tax": dataType[special, []tax]{
		name: "Tax", field: func(n *special) *[]tax { return &n.Tax },
		zoho: []string{`[{"id":"1","value":"Sales Tax"},{"id":"2","value":"Vat"}]`}, want: []tax{{"1", "Sales Tax"}, {"2", "Vat"}},
		create: `[{"id":"1","value":"Sales Tax"},{"id":"2","value":"Vat"}]`, changed: []tax{{"2", "Vat"}}, save: `[{"id":"2","value":"Vat"}]`, cleared: `[]`,
	},
	"Tax, names": dataType[special, []string]{
		name: "Old_Tax", field: func(n *special) *[]string { return &n.OldTax },
		zoho: []string{`["Sales Tax"]`}, want: []string{"Sales Tax"}, create: `["Sales Tax"]`, changed: []string{"Vat"}, save: `["Vat"]`, cleared: `[]`,
	},
	"linetax": dataType[special, []lineTax]{
		name: "$line_tax", field: func(n *special) *[]lineTax { return &n.LineTax },
		zoho: []string{`[{"id":"1","name":"Vat","percentage":12.5,"value":3.10,"display_name":"Vat"},{"id":"2","name":"Sales Tax","percentage":2}]`},
		want: []lineTax{{"1", "Vat", 12.5, "3.10"}, {"2", "Sales Tax", 2, ""}}, create: `[{"id":"1","name":"Vat","percentage":12.5},{"id":"2","name":"Sales Tax","percentage":2}]`,
		changed: []lineTax{{"1", "Vat", 20, "3.10"}}, save: `[{"id":"1","name":"Vat","percentage":20}]`, cleared: `[]`,
		given: `[{"id":"1","name":"Vat","percentage":12.5},{"id":"2","name":"Sales Tax","percentage":2}]`,
	},
	"Tag": dataType[special, []withTags]{
		name: "Tag", field: func(n *special) *[]withTags { return &n.Tag },
		zoho: []string{`[{"name":"vip","id":"1","color_code":null},{"name":"new","id":"2","color_code":"#F48435"}]`},
		want: []withTags{{"1", "vip", ""}, {"2", "new", "#F48435"}}, create: `[{"id":"1","name":"vip"},{"id":"2","name":"new","color_code":"#F48435"}]`,
		changed: []withTags{{"1", "vip", ""}, {Name: "old"}}, save: `[{"id":"1","name":"vip"},{"name":"old"}]`, cleared: `[]`,
	},
	"Territory": dataType[special, []territory]{
		name: "Territory", field: func(n *special) *[]territory { return &n.Territory },
		zoho: []string{`[{"id":"1","Name":"Lisboa","$assigned":"manual","$assigned_time":"2026-05-01T10:00:00+01:00"}]`},
		want: []territory{{"1", "Lisboa", moment("2026-05-01T10:00:00+01:00")}}, create: `[{"id":"1","Name":"Lisboa"}]`,
		changed: []territory{{ID: "2"}}, save: `[{"id":"2"}]`, cleared: `[]`,
	},
}

// objectTypes are JSON objects.
var objectTypes = map[string]anyType{
	"consent_lookup": value(dataType[holder[consent], consent]{
		zoho:    []string{`{"id":"1","Data_Processing_Basis":"Obtained","Consent_Date":"2026-05-01","Contact_Through_Phone":true,"Mail_Sent_Time":null,"Created_By":{"id":"7"}}`},
		want:    consent{ID: "1", Basis: "Obtained", Day: NewDate(2026, time.May, 1), ByPhone: true, Made: Lookup{ID: "7"}},
		create:  `{"id":"1","Data_Processing_Basis":"Obtained","Consent_Date":"2026-05-01","Contact_Through_Phone":true}`,
		changed: consent{ID: "1", Basis: "Pending"}, save: `{"id":"1","Data_Processing_Basis":"Pending"}`, cleared: `null`,
	}),
	"consent_lookup, pointer": value(dataType[holder[*consent], *consent]{
		zoho: []string{`{"id":"1","Data_Processing_Basis":"Obtained"}`}, want: &consent{ID: "1", Basis: "Obtained"},
		create: `{"id":"1","Data_Processing_Basis":"Obtained"}`, changed: &consent{Basis: "Pending"}, save: `{"Data_Processing_Basis":"Pending"}`, cleared: `null`,
	}),
	"ALARM": value(dataType[holder[alarm], alarm]{
		zoho:   []string{`{"ALARM":"FREQ=NONE;ACTION=POPUP;TRIGGER=DATE-TIME:2026-01-18T12:45:00+01:00"}`},
		want:   alarm{"FREQ=NONE;ACTION=POPUP;TRIGGER=DATE-TIME:2026-01-18T12:45:00+01:00"},
		create: `{"ALARM":"FREQ=NONE;ACTION=POPUP;TRIGGER=DATE-TIME:2026-01-18T12:45:00+01:00"}`, changed: alarm{"FREQ=NONE"}, save: `{"ALARM":"FREQ=NONE"}`,
		cleared: `null`,
	}),
	"RRULE": value(dataType[holder[recurrence], recurrence]{
		zoho: []string{`{"RRULE":"FREQ=DAILY;INTERVAL=10","EXDATE":"2026-07-13"}`}, want: recurrence{"FREQ=DAILY;INTERVAL=10", "2026-07-13"},
		create: `{"RRULE":"FREQ=DAILY;INTERVAL=10","EXDATE":"2026-07-13"}`, changed: recurrence{Rule: "FREQ=DAILY"}, save: `{"RRULE":"FREQ=DAILY"}`, cleared: `null`,
	}),
	"time_range": value(dataType[holder[hours], hours]{
		zoho: []string{`{"From":"09:00","To":"18:00"}`}, want: hours{"09:00", "18:00"}, create: `{"From":"09:00","To":"18:00"}`,
		changed: hours{"10:00", "18:00"}, save: `{"From":"10:00","To":"18:00"}`, cleared: `null`,
	}),
	"an object without a struct": value(dataType[holder[Fields], Fields]{
		zoho: []string{`{"From":"09:00","Big":9007199254740993}`}, want: Fields{"From": "09:00", "Big": json.Number("9007199254740993")},
		create: `{"Big":9007199254740993,"From":"09:00"}`, changed: Fields{"From": nil}, save: `{"From":null}`, cleared: `null`,
	}),
	"an object as it comes": value(dataType[holder[json.RawMessage], json.RawMessage]{
		zoho: []string{`{"From" : 1.50}`}, want: json.RawMessage(`{"From" : 1.50}`), create: `{"From":1.50}`,
		changed: json.RawMessage(`[1]`), save: `[1]`, cleared: `null`,
	}),
	// What is only read.
	"autonumber": dataType[special, string]{
		name: "Serial", field: func(n *special) *string { return &n.Serial }, zoho: []string{`"SP-0001"`}, want: "SP-0001", changed: "x", given: `"SP-0001"`,
	},
	"formula and rollup_summary": dataType[special, json.Number]{
		name: "Total", field: func(n *special) *json.Number { return &n.Total }, zoho: []string{`12.50`, `"12.50"`}, want: "12.50", changed: "1", given: `12.50`,
	},
	"formula that failed": dataType[special, any]{
		name: "Verdict", field: func(n *special) *any { return &n.Verdict }, zoho: []string{`"#ERROR: division by zero"`}, want: "#ERROR: division by zero",
		changed: 1, given: `"#ERROR: division by zero"`,
	},
	"profileimage": dataType[special, string]{
		name: "Record_Image", field: func(n *special) *string { return &n.Image }, zoho: []string{`"a1b2"`}, want: "a1b2", changed: "x", given: `"a1b2"`,
	},
}

func TestReferenceTypes(t *testing.T) {
	t.Parallel()
	testTypes(t, referenceTypes)
}

func TestListTypes(t *testing.T)   { t.Parallel(); testTypes(t, listTypes) }
func TestObjectTypes(t *testing.T) { t.Parallel(); testTypes(t, objectTypes) }

// TestModuleLookup: it is JSON of the form that Zoho sends, and a value of a condition by its id.
func TestModuleLookup(t *testing.T) {
	t.Parallel()
	jo := ModuleLookup{ID: "12", Name: "Jo", Module: "Leads"}
	text, err := json.Marshal(jo)
	require.NoError(t, err)
	assert.JSONEq(t, `{"id":"12","name":"Jo","module":{"api_name":"Leads"}}`, string(text))
	back := ModuleLookup{ID: "13"}
	require.NoError(t, json.Unmarshal(text, &back))
	assert.Equal(t, jo, back)
	require.NoError(t, back.UnmarshalJSON([]byte("null")))
	assert.Zero(t, back)

	_, conn := loaded(t, `{}`)
	things := NewRecord[holder[ModuleLookup]](conn, InModule("Things"))
	fields, err := things.ToFields(&holder[ModuleLookup]{Value: jo})
	require.NoError(t, err)
	assert.Equal(t, Fields{"Value": map[string]any{"id": "12", "name": "Jo", "module": map[string]any{"api_name": "Leads"}}}, fields)
	again, err := things.FromFields(fields)
	require.NoError(t, err)
	assert.Equal(t, jo, again.Value)
	assert.Equal(t, "(Value:equals:12)", Eq("Value", jo).String())
}
