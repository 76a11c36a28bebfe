package zohohubtest

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// eventFilter reads the conditions on events.
func (q *request) eventFilter() (func(*happening) bool, *refusal) {
	text := q.query.Get("filters")
	if text == "" {
		return func(*happening) bool { return true }, nil
	}
	v, err := decodeJSON([]byte(text))
	takes := eventCondition(v)
	if err != nil || takes == nil {
		return nil, newRefusal(http.StatusBadRequest, "INVALID_DATA", "the relation name given seems to be invalid",
			map[string]any{"param_name": "filters"})
	}
	return takes, nil
}

// eventFields are what a condition may be about.
var eventFields = map[string]func(*happening) any{
	"record.module.api_name": func(e *happening) any { return e.partModule },
	"source":                 func(e *happening) any { return e.source },
	"done_by.id":             func(e *happening) any { return e.by["id"] },
}

// eventCondition is a condition or a group of them; nil for what is none.
func eventCondition(v any) func(*happening) bool {
	node, _ := v.(map[string]any)
	if group, ok := node["group"].([]any); ok {
		return eventGroup(node["group_operator"], group)
	}
	field, _ := node["field"].(map[string]any)
	name, _ := field["api_name"].(string)
	values, isList := node["value"].([]any)
	if name == "audited_time" {
		return eventBetween(node["comparator"], values)
	}
	of := eventFields[name]
	switch {
	case of == nil:
		return nil
	case node["comparator"] == "in" && isList:
		return func(e *happening) bool { return slices.Contains(values, of(e)) }
	case node["comparator"] == "equal" && !isList && node["value"] != nil:
		return func(e *happening) bool { return of(e) == node["value"] }
	}
	return nil
}

func eventGroup(operator any, group []any) func(*happening) bool {
	all := make([]func(*happening) bool, len(group))
	for i, v := range group {
		if all[i] = eventCondition(v); all[i] == nil {
			return nil
		}
	}
	switch operator := strings.ToUpper(fmt.Sprint(operator)); {
	case operator == "AND" && len(all) > 0:
		return func(e *happening) bool {
			return !slices.ContainsFunc(all, func(takes func(*happening) bool) bool { return !takes(e) })
		}
	case operator == "OR" && len(all) > 0:
		return func(e *happening) bool {
			return slices.ContainsFunc(all, func(takes func(*happening) bool) bool { return takes(e) })
		}
	}
	return nil
}

func eventBetween(comparator any, values []any) func(*happening) bool {
	if comparator != "between" || len(values) != 2 {
		return nil
	}
	from, err := time.Parse(time.RFC3339, fmt.Sprint(values[0]))
	to, err2 := time.Parse(time.RFC3339, fmt.Sprint(values[1]))
	if err != nil || err2 != nil {
		return nil
	}
	return func(e *happening) bool { return !e.at.Before(from) && !e.at.After(to) }
}
