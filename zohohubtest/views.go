package zohohubtest

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/zohohub/zohohub/zohohubtest/internal/expr"
	"github.com/zohohub/zohohub/zohohubtest/internal/schema"
)

// View describes a custom view of one's own for [Server.AddView].
type View struct {
	Name string
	// Criteria say which records it holds; nil is all.
	Criteria *Condition
	// Fields are its columns, by API name; none is what Zoho's own views show.
	Fields []string
	// SortBy is the field that it is in the order of; empty leaves the order to the call. SortOrder is asc or desc;
	// empty is desc.
	SortBy, SortOrder string
}

// Condition is one that a [View] has, in Zoho's own terms: a Field with a Comparator and a Value, or a Group of two
// conditions or more with a GroupOperator.
type Condition struct {
	Field string
	// Comparator is equal, not_equal, in, not_in, contains, not_contains, starts_with, ends_with, less_than, less_equal,
	// greater_than, greater_equal, between or not_between. Unlike those of a search, equal is met by the whole text alone.
	Comparator string
	// Value is what the field is compared with: a list for in and between, the id for a lookup. "${EMPTY}" and
	// "${NOTEMPTY}" go with equal, "${CURRENTUSER}" is the user who asks.
	Value any
	// GroupOperator is and or or.
	GroupOperator string
	Group         []Condition
}

// AddView adds a custom view to a module, created by the default user and open to all, and gives its id, the cvid of
// lists, searches and counts. Each module with records has Zoho's own already: all of them, which is the default, and
// those of the user who asks; Leads have the same for converted ones. It panics with the reason when there cannot be such
// a view.
func (s *Server) AddView(module string, v View) (id string) {
	id, err := s.crm.addView(module, v)
	if err != nil {
		panic(fmt.Sprintf("zohohubtest: AddView: %v", err))
	}
	return id
}

// json is the condition as Zoho has it.
func (d *Condition) json(m *schema.Module) any {
	switch {
	case d == nil:
		return nil
	case d.GroupOperator != "" || d.Group != nil:
		group := make([]any, len(d.Group))
		for i := range d.Group {
			group[i] = d.Group[i].json(m)
		}
		return map[string]any{"group_operator": d.GroupOperator, "group": group}
	}
	return map[string]any{"comparator": d.Comparator, "field": fieldRef(m.Field(d.Field), d.Field), "value": d.Value}
}

// fieldRef names a field by its API name, and by its id where there is one.
func fieldRef(f *schema.Field, name string) map[string]any {
	ref := map[string]any{"api_name": name}
	if f != nil {
		ref["id"] = f.ID
	}
	return ref
}

// view is a custom view as it is stored. It is never changed.
type view struct {
	id, name, display string
	system            string // its name inside Zoho; empty for users' own
	module            *schema.Module
	criteria          any // as JSON; nil is all
	fields            []*schema.Field
	sortBy            *schema.Field // nil leaves the order to the call
	sortOrder         string
	created           time.Time
	by                map[string]any // nil for Zoho's own
}

func (c *crm) addView(module string, v View) (string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	m := c.schema.Module(module)
	if m == nil || !isRecordModule(m) {
		return "", fmt.Errorf("there is no module %q with records", module)
	}
	criteria, err := normalize(v.Criteria.json(m))
	if err != nil {
		return "", err
	}
	added := &view{
		name: v.Name, display: v.Name, module: m, criteria: criteria, fields: usualColumns(m),
		created: c.second(), by: minified(c.userRef(defaultUserID)),
	}
	if v.Name == "" {
		return "", errors.New("the view has no name")
	}
	if criteria != nil {
		if _, _, err := filterOf(added.module, added.criteria, somebody); err != nil {
			return "", err
		}
	}
	if len(v.Fields) > 0 {
		added.fields = nil
	}
	for _, name := range v.Fields {
		f := m.Field(name)
		if f == nil {
			return "", fmt.Errorf("%s has no field %q", module, name)
		}
		added.fields = append(added.fields, f)
	}
	if v.SortBy != "" {
		added.sortBy, added.sortOrder = m.Field(v.SortBy), cmp.Or(v.SortOrder, "desc")
		if added.sortBy == nil || !added.sortBy.Sortable {
			return "", fmt.Errorf("%s cannot be sorted by %q", module, v.SortBy)
		}
	}
	if !slices.Contains([]string{"", "asc", "desc"}, v.SortOrder) {
		return "", fmt.Errorf("the order %q is neither asc nor desc", v.SortOrder)
	}
	views := c.viewsOf(m)
	added.id = viewID(m, len(views))
	c.views[module] = append(views, added)
	return added.id, nil
}

// viewsOf gives a module's views in the order in which they were made, Zoho's own first.
func (c *crm) viewsOf(m *schema.Module) []*view {
	if c.views[m.APIName] == nil {
		c.views[m.APIName] = systemViews(m)
	}
	return c.views[m.APIName]
}

// firstView is where the ids of a module's views begin, beyond those of what else is the module's own.
const firstView = 100

// viewID is the same in every run: n views of the module were made before.
func viewID(m *schema.Module, n int) string {
	module, _ := parseID(m.ID)
	return formatID(module + firstView + int64(n))
}

// systemViews are Zoho's own. It has more of Leads, whose criteria are not known (Junk Leads, Unread Leads and so on).
func systemViews(m *schema.Module) []*view {
	is := func(field string, value any) any {
		return map[string]any{"comparator": "equal", "field": fieldRef(m.Field(field), field), "value": value}
	}
	mine := is("Owner", map[string]any{"name": "${CURRENTUSER}"})
	all := &view{name: "All " + m.PluralLabel, system: "ALLVIEWS"}
	own := &view{name: "My " + m.PluralLabel, system: "MYVIEWS", criteria: mine}
	views := []*view{all, own}
	all.display = all.name
	switch {
	case m.Convertible:
		converted := is("Converted__s", true)
		all.name, all.criteria = "All Open "+m.PluralLabel, is("Converted__s", false)
		views = append(views,
			&view{name: "Converted " + m.PluralLabel, system: "CONVERTEDVIEWS", criteria: converted},
			&view{name: "My Converted " + m.PluralLabel, system: "MYCONVERTEDVIEWS", criteria: map[string]any{
				"group_operator": "and", "group": []any{converted, mine},
			}})
	case m.GeneratedType == "custom":
		all.name = "CustomModule Default CustomView"
	}
	for i, v := range views {
		v.id, v.module, v.fields, v.display = viewID(m, i), m, usualColumns(m), cmp.Or(v.display, v.name)
	}
	return views
}

// usualColumns are what a view shows when nobody has chosen: what names a record, and who to ask about it.
func usualColumns(m *schema.Module) []*schema.Field {
	var columns []*schema.Field
	if f := m.DisplayField(); f != nil {
		columns = append(columns, f)
	}
	for _, name := range []string{"Company", "Email", "Phone", "Lead_Source", "Owner"} {
		if f := m.Field(name); f != nil {
			columns = append(columns, f)
		}
	}
	return columns
}

// somebody stands for any user where there is none: a condition that takes it takes whoever asks.
const somebody = "nobody in particular"

// filterOf makes criteria, in the shape of [expr.FromJSON], into what decides for a user, and gives the condition that they are.
func filterOf(m *schema.Module, criteria any, user string) (expr.Predicate, expr.Node, error) {
	n, err := expr.FromJSON(criteria, user)
	if err != nil {
		return nil, nil, err
	}
	holds, err := expr.Compile(n, func(name string) *expr.FieldInfo {
		if f := m.Field(name); f != nil && f.Filterable {
			return fieldInfo(f)
		}
		return nil
	})
	return holds, n, err
}

// condition is what a record must meet to be in the view of the user who asks; nil is nothing.
func (v *view) condition(q *request) (expr.Predicate, expr.Node) {
	if v.criteria == nil {
		return nil, nil
	}
	holds, n, err := filterOf(v.module, v.criteria, cmp.Or(q.grant.UserID, somebody))
	if err != nil {
		panic(err) // it was compiled for somebody when the view was made
	}
	return holds, n
}

// sorting is a view's own order. Lookups are in the order of the names that their records have now.
func (c *crm) sorting(v *view) sorting {
	s := sorting{by: v.sortBy.APIName}
	switch {
	case slices.Contains([]string{"id", "Created_Time", "Modified_Time"}, s.by):
		return s
	case v.sortBy.DataType == "lookup":
		s.value = func(r *record) any { return c.pointed(v.sortBy, r) }
		for _, t := range c.tables {
			s.writes += t.writes
		}
	default:
		s.value = func(r *record) any { return r.fields[s.by] }
	}
	s.values = expr.ValueComparer(fieldInfo(v.sortBy))
	return s
}

// askedView is the view that cvid names, nil without one. Another module's is as unknown as none at all.
func (c *crm) askedView(q *request) (*view, *refusal) {
	if !q.query.Has("cvid") {
		return nil, nil
	}
	if v := c.view(q.module, q.query.Get("cvid")); v != nil {
		return v, nil
	}
	return nil, invalidParam("cvid")
}

func (c *crm) view(m *schema.Module, id string) *view {
	views := c.viewsOf(m)
	if i := slices.IndexFunc(views, func(v *view) bool { return v.id == id }); i >= 0 {
		return views[i]
	}
	return nil
}

// listViews is GET settings/custom_views?module=….
func (c *crm) listViews(q *request) outcome {
	m, refused := c.viewsModule(q)
	l := &listing{page: 1, perPage: maxPerPage}
	if refused == nil {
		refused = q.paging(l)
	}
	if refused != nil {
		return refused.outcome()
	}
	views := slices.Clone(c.viewsOf(m))
	slices.SortStableFunc(views, func(a, b *view) int { return cmp.Compare(a.name, b.name) })
	shown := make([]any, len(views))
	for i, v := range views {
		shown[i] = v.show(q)
	}
	rows, info := pageOf(shown, l)
	if len(rows) == 0 {
		return outcome{status: http.StatusNoContent}
	}
	info["default"], info["translation"] = c.viewsOf(m)[0].id, viewCategories
	return outcome{status: http.StatusOK, body: map[string]any{"custom_views": rows, "info": info}}
}

// getView is GET settings/custom_views/{id}?module=….
func (c *crm) getView(q *request) outcome {
	m, refused := c.viewsModule(q)
	if refused != nil {
		return refused.outcome()
	}
	if _, ok := parseID(q.id); !ok {
		return badIDAt(2).outcome()
	}
	v := c.view(m, q.id)
	if v == nil {
		return outcome{status: http.StatusNoContent}
	}
	info := map[string]any{"per_page": nil, "count": nil, "page": nil, "more_records": nil, "default": nil, "translation": viewCategories}
	return outcome{status: http.StatusOK, body: map[string]any{"custom_views": []any{v.show(q)}, "info": info}}
}

func (c *crm) viewsModule(q *request) (*schema.Module, *refusal) {
	name := q.query.Get("module")
	if name == "" {
		return nil, missingParam("module")
	}
	if m := c.schema.Module(name); m != nil && isRecordModule(m) {
		return m, nil
	}
	return nil, unknownModule(map[string]any{})
}

// viewCategories are what people call the kinds of views.
var viewCategories = map[string]any{
	"public_views": "Public Views", "other_users_views": "Other Users' Views",
	"shared_with_me": "Shared With Me", "created_by_me": "Created By Me",
}

// show has all keys in the list too, as Zoho's OpenAPI file says; examples of it lack criteria, fields and order there.
func (v *view) show(q *request) map[string]any {
	columns := make([]any, len(v.fields))
	for i, f := range v.fields {
		columns[i] = map[string]any{"id": f.ID, "api_name": f.APIName, "_pin": false}
	}
	shown := map[string]any{
		"id": v.id, "name": v.name, "display_value": v.display, "system_name": nil, "category": "public_views",
		"default": v.system == "ALLVIEWS", "system_defined": v.system != "", "access_type": "public", "shared_to": []any{},
		"locked": false, "favorite": nil, "offline": false,
		"module": map[string]any{"id": v.module.ID, "api_name": v.module.APIName, "name": v.module.APIName},
		"fields": columns, "criteria": v.criteria, "sort_by": nil, "sort_order": nil,
		"created_by": nil, "modified_by": nil, "created_time": nil, "modified_time": nil, "last_accessed_time": nil,
	}
	if v.system != "" {
		shown["system_name"] = v.system
	} else {
		at := formatTime(v.created)
		shown["created_by"], shown["modified_by"], shown["created_time"], shown["modified_time"] = v.by, v.by, at, at
		if v.by["id"] == q.grant.UserID {
			shown["category"] = "created_by_me"
		}
	}
	if v.sortBy != nil {
		shown["sort_by"], shown["sort_order"] = fieldRef(v.sortBy, v.sortBy.APIName), v.sortOrder
	}
	return shown
}
