package zohohub

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/zohohub/zohohub/internal/codec"
)

// Channel is a subscription to changes of records: Zoho posts them to a URL of yours; see [Notifications]. It prints without
// its token and its URL's query; JSON of it leaves out the token alone.
type Channel struct {
	// ID is a number of your own choice, above 0.
	ID int64
	// NotifyURL is where Zoho posts the changes: http or https, 255 characters at most. Its query, if it has one, comes back
	// in [Notification.QueryParams].
	NotifyURL string
	// Token is a secret of 50 characters at most that comes back in every callback, the only sign that it is Zoho's:
	// [NotificationHandler] looks at it.
	Token string `json:"-"`
	// Expiry is when Zoho ends the channel: a week ahead at most, a day before API v4. Zero is Zoho's hour.
	Expiry time.Time
	// Events are {Module}.{create, edit, delete or all}: "Leads.create", "Deals.all".
	Events []string
	// ReturnAffectedFieldValues has callbacks hold the new values of what was changed. It needs API v3 or later.
	ReturnAffectedFieldValues bool
	// NotifyOnRelatedAction false leaves out the changes that something done to a related record has brought about; nil and
	// true do not.
	NotifyOnRelatedAction *bool
	// Conditions narrow down which edits are told, 2 at most. They need API v6 or later.
	Conditions []ChannelCondition
	// Resources are the modules that the channel is about, as Zoho tells them. They are not sent.
	Resources []ChannelResource
}

// ChannelResource is a module that a channel is about.
type ChannelResource struct{ ID, Module, URI string }

// ChannelCondition has edits of a module told only when the fields of the selection were changed.
type ChannelCondition struct {
	// Module is the API name.
	Module string
	Fields FieldSelection
}

// FieldSelection is a field, or a group of selections; there are 10 fields in a condition at most. [AnyChanged] and
// [AllChanged] make groups of fields.
type FieldSelection struct {
	// Field is the API name; a group has none.
	Field string
	// Operator is that of the group: "or" wants one of it changed, "and" all.
	Operator string
	Group    []FieldSelection
}

// AnyChanged selects the edits that change one of the fields at least.
func AnyChanged(fields ...string) FieldSelection { return selectionOf("or", fields) }

// AllChanged selects the edits that change all of the fields.
func AllChanged(fields ...string) FieldSelection { return selectionOf("and", fields) }

func selectionOf(operator string, fields []string) FieldSelection {
	s := FieldSelection{Operator: operator}
	for _, f := range fields {
		s.Group = append(s.Group, FieldSelection{Field: f})
	}
	return s
}

// String describes the channel without its token, and its URL without the query.
func (c Channel) String() string { return "zohohub.Channel" + c.public().text() }

// GoString is String: %#v shows no secret either.
func (c Channel) GoString() string { return c.String() }

// Format writes String whatever the verb, so that none of them shows a secret.
func (c Channel) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, c.String()) }

// LogValue gives log/slog what String shows.
func (c Channel) LogValue() slog.Value { return c.public().logValue() }

func (c Channel) public() attrs {
	expiry := ""
	if !c.Expiry.IsZero() {
		expiry = c.Expiry.Format(time.RFC3339)
	}
	return attrs{
		{"ID", c.ID},
		{"NotifyURL", redactURL(c.NotifyURL)},
		{"Token", mark(c.Token)},
		{"Expiry", expiry},
		{"Events", strings.Join(c.Events, ",")},
	}
}

const (
	maxNotifyURL       = 255
	maxChannelToken    = 50
	maxConditions      = 2
	maxConditionFields = 10
)

var eventNames = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]*\.(create|edit|delete|all)$`)

// check refuses what Zoho would, and what it might take for something else. A part of a channel is what a renewal sends.
func (c *Channel) check(v apiVersion, part bool) error {
	if err := checkChannelID(c.ID); err != nil {
		return err
	}
	if !part && c.NotifyURL == "" {
		return because(ErrRecordInvalid, "NotifyURL is empty")
	}
	if !part && len(c.Events) == 0 {
		return because(ErrRecordInvalid, "no Events")
	}
	if part && c.Expiry.IsZero() && c.NotifyURL == "" && c.Token == "" && len(c.Events) == 0 && len(c.Conditions) == 0 &&
		c.NotifyOnRelatedAction == nil && !c.ReturnAffectedFieldValues {
		return because(ErrRecordInvalid, "nothing to renew: Expiry is zero, and so is all else")
	}
	if err := checkEvents(c.Events); err != nil {
		return err
	}
	if err := checkNotifyURL(c.NotifyURL); err != nil {
		return err
	}
	if n := utf8.RuneCountInString(c.Token); n > maxChannelToken {
		return because(ErrRecordInvalid, "Token has %d characters: Zoho takes %d", n, maxChannelToken)
	}
	if c.ReturnAffectedFieldValues && !v.tellsValues {
		return because(ErrRecordInvalid, "ReturnAffectedFieldValues: API %s has no such thing: it came with v3", v.name)
	}
	if err := c.checkExpiry(v, time.Now()); err != nil {
		return err
	}
	return c.checkConditions(v)
}

func checkChannelID(id int64) error {
	if id <= 0 {
		return because(ErrRecordInvalid, "the channel's ID is %d: choose a number above 0", id)
	}
	return nil
}

func checkEvents(events []string) error {
	for _, e := range events {
		if !eventNames.MatchString(e) {
			return because(ErrRecordInvalid, "%q is not an event such as Leads.create, .edit, .delete or .all", clip(e, 60))
		}
	}
	return nil
}

// checkNotifyURL names what is wrong, and nothing of the URL, which may hold a secret.
func checkNotifyURL(raw string) error {
	if raw == "" {
		return nil
	}
	if n := utf8.RuneCountInString(raw); n > maxNotifyURL {
		return because(ErrRecordInvalid, "NotifyURL has %d characters: Zoho takes %d", n, maxNotifyURL)
	}
	u, err := url.Parse(raw)
	if err != nil || u.Hostname() == "" || u.Scheme != "https" && u.Scheme != "http" {
		return because(ErrRecordInvalid, "NotifyURL is not an absolute URL with http or https")
	}
	return nil
}

func (c *Channel) checkExpiry(v apiVersion, now time.Time) error {
	switch limit := now.Add(v.channelLife()); {
	case c.Expiry.IsZero():
	case !c.Expiry.After(now):
		return because(ErrRecordInvalid, "Expiry is not in the future: %s", c.Expiry.Format(time.RFC3339))
	case c.Expiry.After(limit):
		return because(ErrRecordInvalid, "Expiry is %s ahead: API %s takes %s at most", c.Expiry.Sub(now).Round(time.Second), v.name, v.channelLife())
	}
	return nil
}

// channelLife is the longest that a channel can live.
func (v apiVersion) channelLife() time.Duration { return time.Duration(v.channelDays) * 24 * time.Hour }

func (c *Channel) checkConditions(v apiVersion) error {
	switch n := len(c.Conditions); {
	case n > 0 && !v.conditions:
		return because(ErrRecordInvalid, "Conditions: API %s has none: they came with v6", v.name)
	case n > maxConditions:
		return because(ErrRecordInvalid, "%d Conditions: Zoho takes %d", n, maxConditions)
	}
	for i, cond := range c.Conditions {
		if !moduleNames.MatchString(cond.Module) {
			return because(ErrRecordInvalid, "Conditions[%d]: %q is not a module's API name", i, clip(cond.Module, 40))
		}
		n, err := cond.Fields.check()
		if err == nil && n > maxConditionFields {
			err = because(ErrRecordInvalid, "%d fields: Zoho takes %d", n, maxConditionFields)
		}
		if err != nil {
			return fmt.Errorf("condition %d of the channel: %w", i, err)
		}
	}
	return nil
}

// check counts the fields of the selection.
func (s FieldSelection) check() (fields int, err error) {
	switch {
	case s.Field != "" && (s.Operator != "" || s.Group != nil):
		return 0, because(ErrRecordInvalid, "a selection has a field and a group: it is one of them")
	case s.Field != "" && !isAPIName(s.Field):
		return 0, because(ErrRecordInvalid, "%q is not a field's API name", clip(s.Field, 40))
	case s.Field != "":
		return 1, nil
	case s.Operator != "and" && s.Operator != "or":
		return 0, because(ErrRecordInvalid, `a group's Operator is %q: it is "and" or "or"`, clip(s.Operator, 20))
	case len(s.Group) == 0:
		return 0, because(ErrRecordInvalid, "a group has no fields")
	}
	for _, member := range s.Group {
		n, err := member.check()
		if err != nil {
			return 0, err
		}
		fields += n
	}
	return fields, nil
}

// watch is a channel as it is written.
type watch struct {
	ChannelID    string           `json:"channel_id"`
	Events       []string         `json:"events,omitempty"`
	NotifyURL    string           `json:"notify_url,omitempty"`
	Token        string           `json:"token,omitempty"`
	Expiry       string           `json:"channel_expiry,omitempty"`
	ReturnValues bool             `json:"return_affected_field_values,omitempty"`
	OnRelated    *bool            `json:"notify_on_related_action,omitempty"`
	Conditions   []watchCondition `json:"notification_condition,omitempty"`
	DeleteEvents bool             `json:"_delete_events,omitempty"`
}

type (
	watchName struct {
		APIName string `json:"api_name"`
	}
	watchCondition struct {
		Type   string         `json:"type"`
		Module watchName      `json:"module"`
		Fields watchSelection `json:"field_selection"`
	}
	watchSelection struct {
		Field    *watchName       `json:"field,omitempty"`
		Operator string           `json:"group_operator,omitempty"`
		Group    []watchSelection `json:"group,omitempty"`
	}
)

// watch is the channel as it is written.
func (c *Channel) watch() (watch, error) {
	w := watch{
		ChannelID: channelID(c.ID), Events: c.Events, NotifyURL: c.NotifyURL, Token: c.Token,
		ReturnValues: c.ReturnAffectedFieldValues, OnRelated: c.NotifyOnRelatedAction,
	}
	for _, cond := range c.Conditions {
		w.Conditions = append(w.Conditions, watchCondition{"field_selection", watchName{cond.Module}, cond.Fields.watch()})
	}
	if c.Expiry.IsZero() {
		return w, nil
	}
	var err error
	w.Expiry, err = codec.Literal(c.Expiry, codec.Header)
	return w, err
}

func (s FieldSelection) watch() watchSelection {
	if s.Field != "" {
		return watchSelection{Field: &watchName{s.Field}}
	}
	w := watchSelection{Operator: s.Operator}
	for _, member := range s.Group {
		w.Group = append(w.Group, member.watch())
	}
	return w
}

func channelID(id int64) string { return strconv.FormatInt(id, 10) }

// readChannel reads a channel of Zoho's list, as far as one module is concerned.
func readChannel(raw json.RawMessage) (*Channel, error) {
	o := object(raw)
	id, err := strconv.ParseInt(scalar(o["channel_id"]), 10, 64)
	if err != nil {
		return nil, fmt.Errorf("channel_id is not a number: %q", clip(string(o["channel_id"]), 40))
	}
	c := &Channel{ID: id, NotifyURL: text(o["notify_url"]), Token: text(o["token"])}
	if c.Expiry, err = readExpiry(o); err != nil {
		return nil, err
	}
	var conditions []watchCondition
	for key, into := range map[string]any{
		"events": &c.Events, "return_affected_field_values": &c.ReturnAffectedFieldValues,
		"notify_on_related_action": &c.NotifyOnRelatedAction, "notification_condition": &conditions,
	} {
		if value := o[key]; value != nil {
			if err := json.Unmarshal(value, into); err != nil {
				return nil, fmt.Errorf("%s: %w", key, err)
			}
		}
	}
	for _, cond := range conditions {
		c.Conditions = append(c.Conditions, ChannelCondition{Module: cond.Module.APIName, Fields: cond.Fields.read()})
	}
	c.addResource(o)
	return c, nil
}

func (w watchSelection) read() FieldSelection {
	if w.Field != nil && w.Field.APIName != "" {
		return FieldSelection{Field: w.Field.APIName}
	}
	s := FieldSelection{Operator: w.Operator}
	for _, member := range w.Group {
		s.Group = append(s.Group, member.read())
	}
	return s
}

func readExpiry(o map[string]json.RawMessage) (time.Time, error) {
	written := text(o["channel_expiry"])
	if written == "" {
		return time.Time{}, nil
	}
	t, err := time.Parse(time.RFC3339, written)
	if err != nil {
		return time.Time{}, fmt.Errorf("channel_expiry is not a time: %q", clip(written, 40))
	}
	return t, nil
}

func (c *Channel) addResource(o map[string]json.RawMessage) {
	r := ChannelResource{ID: scalar(o["resource_id"]), Module: text(o["resource_name"]), URI: text(o["resource_uri"])}
	if r != (ChannelResource{}) && !slices.Contains(c.Resources, r) {
		c.Resources = append(c.Resources, r)
	}
}
