package zohohubtest

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/zohohub/zohohub/zohohubtest/internal/schema"
)

const (
	maxNotifyURL  = 255
	maxWatchToken = 50
)

// watching is a row of a call about channels.
type watching struct {
	*write
	user string
	row  map[string]any
	path string // of the row
}

func (w *watching) at(name string) site { return site{path: w.path, name: name} }

// place is how details name something in the body that is not what is refused.
func (w *watching) place(path, name string) map[string]any {
	api, _, _ := strings.Cut(name, "[")
	place := map[string]any{"api_name": api}
	if w.version.jsonPath {
		place["json_path"] = path + "." + name
	}
	return place
}

func (w *watching) channelID() (string, *refusal) {
	v := w.row["channel_id"]
	if v == nil || v == "" {
		return "", w.mandatory(w.at("channel_id"))
	}
	text, ok := scalarText(v)
	id, isNumber := parseID(text)
	if !ok || !isNumber || id == 0 {
		return "", w.expected(w.at("channel_id"), "bigint")
	}
	return formatID(id), nil // it is a number, also with noughts ahead of it
}

// whole makes the channel that a row describes by itself.
func (w *watching) whole() (*channel, *refusal) {
	for _, name := range []string{"events", "notify_url"} {
		if v := w.row[name]; v == nil || v == "" {
			return nil, w.mandatory(w.at(name))
		}
	}
	id, _ := w.channelID()
	h := &channel{id: id, user: w.user, expiry: w.now.Add(watchLife), related: true}
	events, refused := w.events()
	if refused != nil {
		return nil, refused
	}
	h.events = events
	return h, w.details(h)
}

// patched makes the channel that a row changes an old one into.
func (w *watching) patched(old *channel) (*channel, string, *refusal) {
	h := *old
	removes, refused := w.flag("_delete_events", false)
	if refused == nil && !removes {
		refused = w.saysSomething()
	}
	if refused != nil {
		return nil, "", refused
	}
	if w.row["events"] == nil && removes {
		return nil, "", w.fault(w.at("events"), "DEPENDENT_FIELD_MISSING", "dependent field missing", "dependee", w.place(w.path, "_delete_events"))
	}
	if w.row["events"] != nil {
		events, refused := w.events()
		if refused != nil {
			return nil, "", refused
		}
		if removes {
			h.events = withoutEvents(old.events, events)
			h.conditions = slices.DeleteFunc(slices.Clone(h.conditions), func(f fieldCondition) bool { return !h.watches(f.module, "edit") })
			return &h, "Successfully removed the subscribe details", nil
		}
		h.events = withEvents(old.events, events)
	}
	return &h, "Successfully updated the subscribe details", w.details(&h)
}

// saysSomething refuses a row that changes nothing.
func (w *watching) saysSomething() *refusal {
	known := []string{
		"events", "notify_url", "token", "channel_expiry", "notify_on_related_action", "return_affected_field_values", "notification_condition",
	}
	expected := make([]any, len(known))
	for i, name := range known {
		if _, isSaid := w.row[name]; isSaid {
			return nil
		}
		expected[i] = w.place(w.path, name)
	}
	return newRefusal(http.StatusBadRequest, "EXPECTED_FIELD_MISSING", "Specify atleast one field", map[string]any{"expected_fields": expected})
}

// details takes what a row says beside events; what it does not say, h keeps.
func (w *watching) details(h *channel) (refused *refusal) {
	h.version = w.version
	if v := w.row["notify_url"]; v != nil {
		if h.url, refused = w.notifyURL(v); refused != nil {
			return refused
		}
	}
	if v, isSaid := w.row["token"]; isSaid {
		text, ok := v.(string)
		switch {
		case v != nil && !ok:
			return w.expected(w.at("token"), "text")
		case utf8.RuneCountInString(text) > maxWatchToken:
			return w.tooLong(w.at("token"), maxWatchToken)
		}
		h.token = v
	}
	if v := w.row["channel_expiry"]; v != nil {
		if h.expiry, refused = w.expiry(v); refused != nil {
			return refused
		}
	}
	if h.related, refused = w.flag("notify_on_related_action", h.related); refused != nil {
		return refused
	}
	if h.values, refused = w.flag("return_affected_field_values", h.values); refused != nil {
		return refused
	}
	if v, isSaid := w.row["notification_condition"]; isSaid && w.version.watchConditions {
		h.conditions, refused = w.conditions(h, v)
	}
	return refused
}

func (w *watching) flag(name string, otherwise bool) (bool, *refusal) {
	v := w.row[name]
	if v == nil {
		return otherwise, nil
	}
	flag, ok := v.(bool)
	if !ok {
		return false, w.expected(w.at(name), "boolean")
	}
	return flag, nil
}

// notifyURL takes http too, for receivers on the test's own machine.
func (w *watching) notifyURL(v any) (string, *refusal) {
	text, ok := v.(string)
	if !ok {
		return "", w.expected(w.at("notify_url"), "text")
	}
	if utf8.RuneCountInString(text) > maxNotifyURL {
		return "", w.tooLong(w.at("notify_url"), maxNotifyURL)
	}
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "" {
		return "", w.fault(w.at("notify_url"), "INVALID_DATA", "invalid data")
	}
	return text, nil
}

func (w *watching) expiry(v any) (time.Time, *refusal) {
	s := w.at("channel_expiry")
	text, _ := v.(string)
	t, err := time.Parse(time.RFC3339, text)
	if err != nil || !dateTimePattern.MatchString(text) {
		return time.Time{}, w.expected(s, "datetime")
	}
	if now := w.c.now(); !t.After(now) || t.Sub(now) > w.version.watchLongest {
		return time.Time{}, w.fault(s, "INVALID_DATA", "invalid data")
	}
	return t, nil
}

// events are those that a row names. Notes, and modules that others are made of, have none.
func (w *watching) events() ([]event, *refusal) {
	s := w.at("events")
	list, ok := w.row["events"].([]any)
	switch {
	case !ok:
		return nil, w.expected(s, "jsonarray")
	case len(list) == 0:
		return nil, w.fault(s, "INVALID_DATA", "invalid data", "minimum_length", 1)
	}
	var events []event
	for i, v := range list {
		text, ok := v.(string)
		if !ok {
			return nil, w.expected(s.index(i), "text")
		}
		name, what, _ := strings.Cut(text, ".")
		m := w.c.schema.Module(name)
		if m == nil || !watchable(m) || !slices.Contains([]string{"create", "edit", "delete", "all"}, what) {
			return nil, w.fault(s.index(i), "INVALID_DATA", "invalid data")
		}
		events = withEvents(events, []event{{m, what}})
	}
	return events, nil
}

func watchable(m *schema.Module) bool {
	return isRecordModule(m) && m.GeneratedType != "linking" && m.APIName != "Notes" && m != attachmentModule
}

func withEvents(events, more []event) []event {
	events = slices.Clone(events)
	for _, e := range more {
		if !slices.Contains(events, e) {
			events = append(events, e)
		}
	}
	return events
}

// withoutEvents takes events away; of all, it leaves those that are not named.
func withoutEvents(events, gone []event) []event {
	var left []event
	for _, e := range events {
		parts := []event{e}
		if e.what == "all" && !slices.Contains(gone, e) && slices.ContainsFunc(gone, func(g event) bool { return g.module == e.module }) {
			parts = []event{{e.module, "create"}, {e.module, "edit"}, {e.module, "delete"}}
		}
		for _, part := range parts {
			if !slices.Contains(gone, part) && !slices.Contains(gone, event{part.module, "all"}) {
				left = withEvents(left, []event{part})
			}
		}
	}
	return left
}

// watches tells whether a channel has an event of a module.
func (h *channel) watches(m *schema.Module, what string) bool {
	return slices.Contains(h.events, event{m, what}) || slices.Contains(h.events, event{m, "all"})
}
