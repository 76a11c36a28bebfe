package zohohubtest

import (
	"net/http"
	"slices"

	"github.com/zohohub/zohohub/zohohubtest/internal/schema"
)

// listStatuses are what Zoho knows of a related list's visibility; all lists here are visible.
var listStatuses = []any{"visible", "user_hidden", "scheduled_for_deletion"}

// listRelatedLists is GET settings/related_lists?module=….
func (c *crm) listRelatedLists(q *request) outcome {
	return c.relatedLists(q, func(map[string]any) bool { return true })
}

// getRelatedList is GET settings/related_lists/{id}?module=….
func (c *crm) getRelatedList(q *request) outcome {
	return c.relatedLists(q, func(list map[string]any) bool { return list["id"] == q.id })
}

func (c *crm) relatedLists(q *request, wanted func(list map[string]any) bool) outcome {
	m, refused := c.fieldsModule(q)
	status := q.query.Get("status")
	layout := q.query.Get("layout_id")
	switch {
	case refused != nil:
		refused = named("module", refused)
	case !isRecordModule(m):
		refused = newRefusal(http.StatusBadRequest, "NOT_SUPPORTED", "the given module is not supported for this api", map[string]any{"param_name": "module"})
	case status != "" && !slices.Contains(listStatuses, any(status)):
		refused = newRefusal(http.StatusBadRequest, "INVALID_DATA", "The status given is invalid.",
			map[string]any{"param_name": "status", "supported_values": listStatuses})
	case layout != "" && layout != m.LayoutID():
		refused = newRefusal(http.StatusBadRequest, "INVALID_DATA", "invalid data", map[string]any{"param_name": "layout_id"})
	}
	if refused != nil {
		return refused.outcome()
	}
	lists := []any{}
	for _, item := range m.RelatedListsJSON(q.version.name) {
		if list, _ := item.(map[string]any); (status == "" || list["status"] == status) && wanted(list) {
			lists = append(lists, list)
		}
	}
	if len(lists) == 0 {
		return outcome{status: http.StatusNoContent}
	}
	return c.metadata(q, "related_lists", lists)
}

// maxCounted is how many related lists one call counts.
const maxCounted = 20

// countRelated is POST {module}/{id}/actions/get_related_records_count.
func (c *crm) countRelated(q *request) outcome {
	const key = "get_related_records_count"
	r := c.recordAt(q)
	switch {
	case r == nil:
		return badRelated(1).outcome()
	case r.converted:
		refused := badRelated(1)
		refused.message = "id already converted"
		return refused.outcome()
	}
	w := c.newWrite(q.module, q.version, q.grant.UserID)
	return c.eachOf(q, key, maxCounted, http.StatusOK, func(i int, row map[string]any) (map[string]any, *refusal) {
		s := site{path: indexed("$."+key, i), name: "related_list"}
		list, refused := w.countedList(s, row["related_list"])
		if refused != nil {
			return nil, refused
		}
		n, refused := w.countIn(s, list, r.id, row)
		if refused != nil {
			return nil, refused
		}
		return map[string]any{"count": n, "related_list": map[string]any{"api_name": list.APIName, "id": list.ID}}, nil
	})
}

// countedList is the list that {"api_name": …, "id": …} means; either will do.
func (w *write) countedList(s site, v any) (*schema.RelatedList, *refusal) {
	if v == nil {
		return nil, w.mandatory(s)
	}
	object, ok := v.(map[string]any)
	if !ok {
		return nil, w.expected(s, "jsonobject")
	}
	byName, byID := s.at("api_name"), s.at("id")
	name, _ := object["api_name"].(string)
	id, _ := scalarText(object["id"])
	both := []any{map[string]any{"api_name": "id", "json_path": byID.path + ".id"}, map[string]any{"api_name": "api_name", "json_path": byName.path + ".api_name"}}
	if name == "" && id == "" {
		return nil, newRefusal(http.StatusBadRequest, "EXPECTED_FIELD_MISSING", "Specify atleast one field", map[string]any{"expected_fields": both})
	}
	lists := w.module.RelatedLists()
	named := relatedList(lists, func(l *schema.RelatedList) bool { return l.APIName == name })
	numbered := relatedList(lists, func(l *schema.RelatedList) bool { return l.ID == id })
	switch {
	case id != "" && numbered == nil:
		return nil, w.fault(byID, "INVALID_DATA", "Given related_list is invalid")
	case name != "" && named == nil:
		return nil, w.fault(byName, "INVALID_DATA", "Given related_list is invalid")
	case name != "" && id != "" && named != numbered:
		return nil, newRefusal(http.StatusBadRequest, "AMBIGUITY_DURING_PROCESSING", "Ambiguity while processing the request", map[string]any{"ambiguity_due_to": both})
	case numbered != nil:
		return numbered, nil
	}
	return named, nil
}

// countIn counts the records in a list of a record, those alone that the row's params take.
func (w *write) countIn(s site, list *schema.RelatedList, id int64, row map[string]any) (int, *refusal) {
	if list.Module == nil && row["params"] == nil && row["filters"] == nil {
		return len(w.c.attachments(list.Parent, formatID(id))), nil
	}
	if list.Module == nil {
		return 0, newRefusal(http.StatusBadRequest, "NOT_SUPPORTED", "Filters are not supported for this modules", nil)
	}
	s.name = "params"
	params, ok := row["params"].(map[string]any)
	if !ok && row["params"] != nil {
		return 0, w.expected(s, "jsonobject")
	}
	l := &listing{converted: "both", approved: "both"}
	for name, into := range map[string]*string{"converted": &l.converted, "approved": &l.approved} {
		switch v := params[name]; v {
		case nil:
		case true:
			*into = "true"
		case false:
			*into = "false"
		default:
			return 0, w.expected(s.at(name), "boolean")
		}
	}
	filters := params["filters"]
	if filters == nil {
		filters, s = row["filters"], site{path: s.path}
		s.name = "filters"
	} else {
		s = s.at("filters")
	}
	matches := func(map[string]any) bool { return true }
	if filters != nil {
		user, _ := w.by["id"].(string)
		predicate, _, err := filterOf(list.Module, filters, user)
		if err != nil {
			return 0, w.fault(s, "INVALID_DATA", "invalid data")
		}
		matches = predicate
	}
	n := 0
	in := w.c.relates(list, id)
	w.c.table(list.Module.APIName).scan(false, 0, func(r *record) bool {
		if l.has(r) && in(r) && matches(r.fields) {
			n++
		}
		return true
	})
	return n, nil
}
