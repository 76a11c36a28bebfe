package zohohubtest

import (
	"slices"
	"strings"
	"time"
)

// wantedRecycled is which records a query asks for.
func (q *request) wantedRecycled() (func(recycled) bool, *refusal) {
	if q.query.Has("ids") {
		ids, refused := q.ids()
		return func(d recycled) bool { return slices.Contains(ids, d.id) }, refused
	}
	if !q.query.Has("filters") {
		return func(recycled) bool { return true }, nil
	}
	v, err := decodeJSON([]byte(q.query.Get("filters")))
	if err != nil {
		return nil, q.badFilter("", "expected_data_type", "jsonobject")
	}
	return q.recycleFilter(v)
}

// recycleComparators are how a field of the recycle bin's can be compared.
var recycleComparators = map[string][]string{
	"display_name": textComparators, "deleted_by": textComparators, "module": {"equal", "not_equal"},
	"deleted_time": {"equal", "not_equal", "greater_than", "less_than"},
}

var textComparators = []string{"equal", "not_equal", "contains", "not_contains", "starts_with", "ends_with"}

func (q *request) badFilter(path string, details ...any) *refusal {
	refused := q.fault("INVALID_DATA", "invalid data", "filters", path, details...)
	refused.details["param_name"] = "filters"
	return refused
}

// recycleFilter reads a condition, or a group of them that all have to hold.
func (q *request) recycleFilter(v any) (func(recycled) bool, *refusal) {
	object, ok := v.(map[string]any)
	if !ok {
		return nil, q.badFilter("", "expected_data_type", "jsonobject")
	}
	if object["group"] == nil && object["group_operator"] == nil {
		return q.recycleCondition("", object)
	}
	group, _ := object["group"].([]any)
	operator, _ := object["group_operator"].(string)
	switch {
	case object["group_operator"] != nil && !strings.EqualFold(operator, "and"):
		refused := q.badFilter(".group_operator")
		refused.message = "The given group operator not supported. Only 'AND' operator is supported"
		return nil, refused
	case len(group) == 0:
		return nil, q.badFilter(".group", "expected_data_type", "jsonarray")
	}
	conditions := make([]func(recycled) bool, len(group))
	for i, item := range group {
		member, _ := item.(map[string]any)
		var refused *refusal
		if conditions[i], refused = q.recycleCondition(indexed(".group", i), member); refused != nil {
			return nil, refused
		}
	}
	return func(d recycled) bool {
		return !slices.ContainsFunc(conditions, func(holds func(recycled) bool) bool { return !holds(d) })
	}, nil
}

func (q *request) recycleCondition(path string, object map[string]any) (func(recycled) bool, *refusal) {
	field, _ := object["field"].(map[string]any)
	name, _ := field["api_name"].(string)
	comparator, _ := object["comparator"].(string)
	known := recycleComparators[name]
	switch {
	case known == nil:
		refused := q.badFilter(path + ".field.api_name")
		refused.message = "The given api_name seems to be invalid"
		return nil, refused
	case !slices.Contains(known, comparator):
		refused := q.badFilter(path + ".comparator")
		refused.message = "Please provide a valid comparator"
		return nil, refused
	}
	value, isText := object["value"].(string)
	var at time.Time
	if users, ok := object["value"].([]any); ok && name == "deleted_by" {
		return byOneOf(users, comparator), nil
	}
	if name == "deleted_time" {
		t, err := time.Parse(time.RFC3339, value)
		isText, at = err == nil, t
	}
	if !isText {
		return nil, q.badFilter(path + ".value")
	}
	return func(d recycled) bool {
		switch name {
		case "deleted_time":
			return compares(comparator, d.at.Compare(at))
		case "module":
			return (d.module.APIName == value) == (comparator == "equal")
		case "deleted_by":
			return textHolds(comparator, nameOfRef(d.by), value)
		}
		return textHolds(comparator, d.json()["display_name"].(string), value)
	}, nil
}

// byOneOf is whether one of the users has deleted a record.
func byOneOf(users []any, comparator string) func(recycled) bool {
	return func(d recycled) bool {
		by := slices.ContainsFunc(users, func(u any) bool { return refID(u) == refID(d.by) })
		return by != strings.HasPrefix(comparator, "not_")
	}
}

func compares(comparator string, n int) bool {
	switch comparator {
	case "greater_than":
		return n > 0
	case "less_than":
		return n < 0
	}
	return (n == 0) == (comparator == "equal")
}

func textHolds(comparator, text, value string) bool {
	text, value = strings.ToLower(text), strings.ToLower(value)
	plain, isNot := strings.CutPrefix(comparator, "not_")
	holds := false
	switch plain {
	case "equal":
		holds = text == value
	case "contains":
		holds = strings.Contains(text, value)
	case "starts_with":
		holds = strings.HasPrefix(text, value)
	case "ends_with":
		holds = strings.HasSuffix(text, value)
	}
	return holds != isNot
}
