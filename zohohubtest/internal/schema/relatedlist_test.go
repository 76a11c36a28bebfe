package schema

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// listed is a related list as a test reads it.
type listed struct {
	Name, Label, Module string
	Lookups             []string
	Relation            string
	Through             string
	Linkable            bool
}

func listsOf(m *Module) []listed {
	var out []listed
	for _, l := range m.RelatedLists() {
		got := listed{Name: l.APIName, Label: l.Label, Linkable: l.Linkable()}
		if l.Module != nil {
			got.Module = l.Module.APIName
		}
		for _, f := range l.Lookups {
			got.Lookups = append(got.Lookups, f.APIName)
		}
		if l.Relation != nil {
			got.Relation = l.Relation.Name
		}
		if l.Through != nil {
			got.Through = l.Through.Link.Module
		}
		out = append(out, got)
	}
	return out
}

func TestRelatedLists(t *testing.T) {
	t.Parallel()
	s := Load()
	notes := listed{Name: "Notes", Label: "Notes", Module: "Notes", Lookups: []string{"Parent_Id"}}
	attachments := listed{Name: "Attachments", Label: "Attachments"}
	tasks := listed{Name: "Tasks", Label: "Tasks", Module: "Tasks", Lookups: []string{"What_Id"}}
	meetings := listed{Name: "Events", Label: "Meetings", Module: "Events", Lookups: []string{"What_Id"}}
	calls := listed{Name: "Calls", Label: "Calls", Module: "Calls", Lookups: []string{"What_Id"}}
	by := func(label, name, lookup string) listed {
		return listed{Name: name, Label: label, Module: name, Lookups: []string{lookup}}
	}
	people := func(label, name string) listed {
		return listed{Name: name, Label: label, Module: name, Lookups: []string{"Who_Id", "What_Id"}}
	}
	for module, want := range map[string][]listed{
		"Deals": {
			notes, attachments,
			{Name: "Products", Label: "Products", Module: "Products", Relation: "Deals_Products", Linkable: true},
			{Name: "Contact_Roles", Label: "Contact Roles", Module: "Contacts", Relation: "Deals_Contact_Roles", Linkable: true},
			by("Quotes", "Quotes", "Deal_Name"), by("Sales Orders", "Sales_Orders", "Deal_Name"), tasks, meetings,
			calls, by("Invoices", "Invoices", "Deal_Name"),
		},
		// Activities are with contacts or leads, and about any record; a lookup into several modules is a list in each.
		"Leads": {
			notes, attachments,
			{Name: "Products", Label: "Products", Module: "Products", Relation: "Leads_Products", Linkable: true},
			{Name: "Campaigns", Label: "Campaigns", Module: "Campaigns", Relation: "Leads_Campaigns", Linkable: true},
			people("Tasks", "Tasks"), people("Meetings", "Events"), people("Calls", "Calls"), by("Specimens", "Specimens", "Related_To"),
		},
		"Contacts": {
			notes, attachments,
			{Name: "Products", Label: "Products", Module: "Products", Relation: "Contacts_Products", Linkable: true},
			{Name: "Campaigns", Label: "Campaigns", Module: "Campaigns", Relation: "Contacts_Campaigns", Linkable: true},
			// A contact's deals are those that look it up and those in which it has a role.
			{Name: "Deals", Label: "Deals", Module: "Deals", Lookups: []string{"Contact_Name"}, Relation: "Deals_Contact_Roles"},
			{Name: "Reporting_Contacts", Label: "Reporting Contacts", Module: "Contacts", Lookups: []string{"Reporting_To"}},
			by("Quotes", "Quotes", "Contact_Name"), by("Sales Orders", "Sales_Orders", "Contact_Name"),
			people("Tasks", "Tasks"), people("Meetings", "Events"), by("Service Visits", "Service_Visits", "Contact"), people("Calls", "Calls"),
			by("Purchase Orders", "Purchase_Orders", "Contact_Name"), by("Invoices", "Invoices", "Contact_Name"), by("Specimens", "Specimens", "Related_To"),
		},
		"Campaigns": {
			notes, attachments,
			{Name: "Leads", Label: "Leads", Module: "Leads", Relation: "Leads_Campaigns", Linkable: true},
			{Name: "Contacts", Label: "Contacts", Module: "Contacts", Relation: "Contacts_Campaigns", Linkable: true},
			{Name: "Deals", Label: "Deals", Module: "Deals", Lookups: []string{"Campaign_Source"}},
			tasks, meetings,
			{Name: "Child_Campaigns", Label: "Child Campaigns", Module: "Campaigns", Lookups: []string{"Parent_Campaign"}},
			calls,
		},
		"Vendors": {
			notes, attachments, by("Contacts", "Contacts", "Vendor_Name"), by("Products", "Products", "Vendor_Name"), tasks, meetings, calls,
			by("Purchase Orders", "Purchase_Orders", "Vendor_Name"),
		},
		// A multi-select lookup is a list of either side: of what is linked, not of the links.
		"Specimens": {
			notes, attachments, tasks, meetings, calls, by("Specimens", "Specimens", "Parent_Specimen"),
			{Name: "Products", Label: "Products", Module: "Products", Through: "Specimens_X_Products", Linkable: true},
		},
		"Products": {
			notes, attachments,
			{Name: "Leads", Label: "Leads", Module: "Leads", Relation: "Leads_Products", Linkable: true},
			{Name: "Accounts", Label: "Accounts", Module: "Accounts", Relation: "Accounts_Products", Linkable: true},
			{Name: "Contacts", Label: "Contacts", Module: "Contacts", Relation: "Contacts_Products", Linkable: true},
			{Name: "Deals", Label: "Deals", Module: "Deals", Relation: "Deals_Products", Linkable: true},
			tasks, meetings, calls,
			{Name: "Specimens", Label: "Specimens", Module: "Specimens", Through: "Specimens_X_Products", Linkable: true},
		},
		"Notes":        {attachments},
		"Tasks":        {notes, attachments},
		"Quoted_Items": nil,
	} {
		assert.Equal(t, want, listsOf(s.Module(module)), module)
	}
	ids := map[string]string{}
	for _, m := range s.Modules() {
		for _, l := range m.RelatedLists() {
			name := m.APIName + "." + l.APIName
			assert.Regexp(t, `^555[0-9]{16}$`, l.ID, name)
			assert.Empty(t, ids[l.ID], name)
			ids[l.ID] = name
		}
	}
}

func TestRelatedListsOfOnesOwn(t *testing.T) {
	t.Parallel()
	s := Load()
	before := s.Module("Leads").RelatedLists()[0].ID
	for _, f := range []Field{
		{APIName: "Skipper", DataType: "lookup", Lookup: "Leads"}, {APIName: "Cook", DataType: "lookup", Lookup: "Leads"},
		{APIName: "Tender", DataType: "lookup", Lookup: "Boats"},
	} {
		if s.Module("Boats") == nil {
			_, err := s.AddModule(Module{APIName: "Boats"})
			require.NoError(t, err)
		}
		_, err := s.AddField("Boats", f)
		require.NoError(t, err)
	}
	lists := s.Module("Leads").RelatedLists()
	assert.Equal(t, before, lists[0].ID)
	all := listsOf(s.Module("Leads"))
	assert.Equal(t, []listed{
		{Name: "Boats", Label: "Boats", Module: "Boats", Lookups: []string{"Skipper"}},
		{Name: "Boats_Cook", Label: "Boats Cook", Module: "Boats", Lookups: []string{"Cook"}},
	}, all[len(all)-2:])
	assert.NotEqual(t, lists[len(lists)-1].ID, lists[len(lists)-2].ID)
	own := listsOf(s.Module("Boats"))
	assert.Equal(t, listed{Name: "Boats", Label: "Boats", Module: "Boats", Lookups: []string{"Tender"}}, own[len(own)-1])
}

// A name that is taken already is that of the linking module.
func TestRelatedListsOfOnesOwnLinks(t *testing.T) {
	t.Parallel()
	s := Load()
	_, err := s.AddModule(Module{APIName: "Boats", Fields: []*Field{{APIName: "Sister_Ships", DataType: "multiselectlookup", Lookup: "Boats"}}})
	require.NoError(t, err)
	_, err = s.AddField("Leads", Field{APIName: "Products", DataType: "multiselectlookup", Lookup: "Products"})
	require.NoError(t, err)
	last := func(module string, n int) []listed {
		all := listsOf(s.Module(module))
		return all[len(all)-n:]
	}
	assert.Equal(t, []listed{{Name: "Leads_X_Products", Label: "Leads X Products", Module: "Products", Through: "Leads_X_Products", Linkable: true}}, last("Leads", 1))
	assert.Equal(t, []listed{{Name: "Leads_X_Products", Label: "Leads X Products", Module: "Leads", Through: "Leads_X_Products", Linkable: true}}, last("Products", 1))
	assert.Equal(t, []listed{
		{Name: "Sister_Ships", Label: "Sister Ships", Module: "Boats", Through: "Boats_X_Boats", Linkable: true},
		{Name: "Boats", Label: "Boats", Module: "Boats", Through: "Boats_X_Boats", Linkable: true},
	}, last("Boats", 2))
}

func TestRelatedListJSON(t *testing.T) {
	t.Parallel()
	m := Load().Module("Deals")
	contacts := Load().Module("Contacts")
	want := map[string]any{
		"id": "5550000000490060001", "sequence_number": "4", "api_name": "Contact_Roles", "display_label": "Contact Roles", "name": "Contact Roles",
		"action": nil, "href": "Deals/{ENTITYID}/Contact_Roles", "type": "default", "status": "visible", "visible": true,
		"module":         map[string]any{"api_name": "Contacts", "id": contacts.ID},
		"customize_sort": true, "customize_fields": true, "customize_display_label": true, "sort_by": nil, "sort_order": nil,
		"fields": []any{map[string]any{"api_name": "Full_Name", "id": contacts.Field("Full_Name").ID}},
	}
	assert.Equal(t, want, m.RelatedListsJSON("v8")[3])
	want["module"] = "Contacts"
	assert.Equal(t, want, m.RelatedListsJSON("v2")[3])
	for _, list := range m.RelatedListsJSON("v8") {
		assert.NotContains(t, list, "linkingmodule")
	}
	products := m.schema.Module("Specimens").RelatedListsJSON("v8")[6].(map[string]any)
	assert.Equal(t, []any{"multiselectlookup", "Products", "Specimens_X_Products", "Specimens/{ENTITYID}/Products"},
		[]any{products["type"], products["connectedmodule"], products["linkingmodule"], products["href"]})
	attachments := m.RelatedListsJSON("v8")[1].(map[string]any)
	assert.Equal(t, []any{nil, []any{}}, []any{attachments["module"], attachments["fields"]})
}

func TestKeyIsTheSameFromBothSides(t *testing.T) {
	t.Parallel()
	s := Load()
	list := func(module, name string) *RelatedList {
		for _, l := range s.Module(module).RelatedLists() {
			if l.APIName == name {
				return l
			}
		}
		return nil
	}
	assert.Equal(t, list("Deals", "Contact_Roles").Key(1, 2), list("Contacts", "Deals").Key(2, 1))
	assert.NotEqual(t, list("Deals", "Contact_Roles").Key(1, 2), list("Contacts", "Deals").Key(1, 2))
}
