package schema

import (
	"cmp"
	"slices"
	"strconv"
)

// RelatedList is a list of records that hang on the records of a module: those
// that look the record up, those that a relation ties to it, or both; or those
// that a multi-select lookup links with it.
type RelatedList struct {
	ID, APIName, Label string
	// Parent is the module whose records have the list, Module that of the
	// records in it; nil when those are no records, as attachments.
	Parent, Module *Module
	// Lookups are the fields of Module that point back to the parent.
	Lookups []*Field
	// Relation is what ties records of the two modules; nil when nothing does.
	Relation *Relation
	side     int // of the relation on which Parent stands
	// Through is the multi-select lookup of Parent whose links are the list; nil
	// for any other. The links are records of a linking module.
	Through *Field
}

// Relation ties records of two of Zoho's own modules many to many. What ties
// them is no record of any module, but may hold data.
type Relation struct {
	Name   string
	Fields []*Field
	sides  [2]side
}

// side is one of a relation's modules, and what it calls its list of the others.
type side struct{ module, list string }

// ContactRole is the data of a link between a deal and a contact; it is no
// field of either module.
const ContactRole = "Contact_Role"

// relations are those of Zoho's standard modules.
func relations() []*Relation {
	return []*Relation{
		products("Leads"), products("Accounts"), products("Contacts"), products("Deals"),
		campaigns("Leads"), campaigns("Contacts"),
		{
			Name:   "Deals_Contact_Roles",
			Fields: []*Field{linkField(ContactRole, "lookup")},
			sides:  [2]side{{"Deals", "Contact_Roles"}, {"Contacts", "Deals"}},
		},
	}
}

func products(with string) *Relation {
	return &Relation{Name: with + "_Products", sides: [2]side{{with, "Products"}, {"Products", with}}}
}

func campaigns(with string) *Relation {
	return &Relation{
		Name:   with + "_Campaigns",
		Fields: []*Field{linkField("Member_Status", "picklist")},
		sides:  [2]side{{with, "Campaigns"}, {"Campaigns", with}},
	}
}

func linkField(apiName, dataType string) *Field {
	f := &Field{APIName: apiName, DataType: dataType}
	f.complete()
	return f
}

// ownLists are the lists of records that look up others of their own module.
var ownLists = map[string]string{
	"Accounts": "Member_Accounts", "Campaigns": "Child_Campaigns", "Contacts": "Reporting_Contacts",
}

// Key puts the ids of a record of Parent and of one of Module in the order of
// the relation's modules: the same from both sides.
func (l *RelatedList) Key(parent, related int64) [2]int64 {
	if l.side == 0 {
		return [2]int64{parent, related}
	}
	return [2]int64{related, parent}
}

// Linkable tells whether the list itself is what is changed. A record in any
// other list is there because of its own lookup.
func (l *RelatedList) Linkable() bool {
	return l.Through != nil || l.Relation != nil && len(l.Lookups) == 0
}

// RelatedLists returns the module's lists in their order on the page of a record.
func (m *Module) RelatedLists() []*RelatedList {
	if !m.APISupported || m.GeneratedType == "subform" {
		return nil
	}
	var lists []*RelatedList
	add := func(name string, number, field int, module *Module) *RelatedList {
		if i := slices.IndexFunc(lists, func(l *RelatedList) bool { return l.APIName == name }); i >= 0 {
			return lists[i]
		}
		l := &RelatedList{ID: id(m.number, number, 1+field), APIName: name, Parent: m, Module: module}
		lists = append(lists, l)
		return l
	}
	const lookups, links, attachments = 5000, 9000, 9999 // in the place of a field's number in an id: those start from 1
	if notes := m.schema.Module("Notes"); m != notes {
		add("Notes", lookups+notes.number, 0, notes)
	}
	add("Attachments", attachments, 0, m.schema.Module("Attachments"))
	for i, r := range m.schema.relations {
		for at, s := range r.sides {
			if s.module == m.APIName {
				l := add(s.list, links+i, 0, m.schema.Module(r.sides[1-at].module))
				l.Relation, l.side = r, at
			}
		}
	}
	for _, from := range m.schema.modules {
		for _, f := range from.Fields {
			if !f.listedAt(m) {
				continue
			}
			name, own := from.APIName, 0
			if from == m {
				name = cmp.Or(ownLists[name], name)
			}
			// A second lookup of one's own is a second list; Zoho's own share theirs.
			taken := slices.ContainsFunc(lists, func(l *RelatedList) bool { return l.APIName == name && (len(l.Lookups) > 0 || l.Relation != nil) })
			if f.Custom && taken {
				name, own = name+"_"+f.APIName, f.sequence
			}
			l := add(name, lookups+from.number, own, from)
			l.Lookups = append(l.Lookups, f)
		}
	}
	for _, f := range m.Fields {
		if f.DataType != "multiselectlookup" {
			continue
		}
		name := f.APIName
		isFree := func(name string) bool {
			return !slices.ContainsFunc(lists, func(l *RelatedList) bool { return l.APIName == name })
		}
		if !isFree(name) {
			name = numbered(f.Link.Module, isFree)
		}
		add(name, links, f.sequence, m.schema.Module(f.Lookup)).Through = f
	}
	for _, l := range lists {
		l.complete()
	}
	return lists
}

// RelatedListsJSON describes the module's lists as GET settings/related_lists
// of the API version does.
func (m *Module) RelatedListsJSON(version string) []any {
	out := list{}
	for i, l := range m.RelatedLists() {
		out = append(out, l.JSON(version, i+1))
	}
	return out
}

// listedAt tells whether the records that hold the field are a list of those of m.
func (f *Field) listedAt(m *Module) bool {
	from := f.module
	switch {
	case f.DataType != "lookup" && f.DataType != "multi_module_lookup" || f.ReadOnly:
		return false
	case from.GeneratedType == "subform" || from.GeneratedType == "linking":
		return false // what a linking module links is listed, not the links
	case f.Lookup != AnyModule:
		return slices.Contains(f.Targets(), m.APIName)
	case from.APIName == "Notes":
		return m != from
	}
	// Activities are about records, not about each other or about notes.
	return m.APIName != "Notes" && !slices.ContainsFunc(m.Fields, func(own *Field) bool { return own.Lookup == AnyModule })
}

func (l *RelatedList) complete() {
	l.Label = labelOf(l.APIName)
	if l.Module != nil && l.Module.APIName == l.APIName {
		l.Label = l.Module.PluralLabel
	}
}

// JSON describes the list as GET settings/related_lists of the API version
// does; number is its place on the page.
func (l *RelatedList) JSON(version string, number int) map[string]any {
	var module any
	fields := list{}
	if l.Module != nil {
		module = l.Parent.schema.minified(l.Module.APIName)
		if !atLeast(version, 5) {
			module = l.Module.APIName
		}
		if f := l.Module.DisplayField(); f != nil {
			fields = append(fields, object{"api_name": f.APIName, "id": f.ID})
		}
	}
	out := object{
		"id": l.ID, "sequence_number": strconv.Itoa(number), "api_name": l.APIName, "display_label": l.Label, "name": l.Label,
		"action": nil, "href": l.Parent.APIName + "/{ENTITYID}/" + l.APIName, "type": "default", "module": module,
		"status": "visible", "visible": true, "customize_sort": true, "customize_fields": true, "customize_display_label": true,
		"sort_by": nil, "sort_order": nil, "fields": fields,
	}
	if l.Through != nil {
		out["type"], out["connectedmodule"], out["linkingmodule"] = "multiselectlookup", l.Module.APIName, l.Through.Link.Module
	}
	return out
}
