package zohohub

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/zohohub/zohohub/internal/codec"
)

// TimelineEvent is something that happened to a record; see [Record.Timeline].
type TimelineEvent struct {
	ID   string
	Time time.Time `zoho:"audited_time"`
	// Action is Zoho's word for what was done: "added", "updated", "tag_added", "converted", …
	Action string `zoho:"action"`
	// Source is Zoho's word for where it came from: "crm_ui", "crm_api", "workflow", "import", …
	Source string `zoho:"source"`
	// Type is "timeline", or "signal" of what [Signals] adds.
	Type string `zoho:"type"`
	// DoneBy is the user, with ID and Name; empty for what nobody did.
	DoneBy Lookup `zoho:"done_by"`
	// Record is what it was done to: the record itself, or a note, an attachment, a task of it, … Related is then the record
	// that this belongs to.
	Record  ModuleLookup `zoho:"record"`
	Related ModuleLookup `zoho:"related_record"`
	// Fields are those that have another value than before; of a record that was added there are none.
	Fields []FieldChange `zoho:"-"`
	// Automation is what Zoho did it by, if it did: a workflow rule, a blueprint.
	Automation TimelineAutomation `zoho:"automation_details"`
	// Raw is the event as Zoho sent it.
	Raw json.RawMessage `zoho:"-"`
}

// FieldChange is what became of one field. Old and New are as Zoho tells them, in text: lookups by their names; "" for
// none.
type FieldChange struct {
	// ID and Field are the field's id and API name.
	ID, Field string
	Old, New  string
	// Label and DataType are told with [FieldDetails] only.
	Label, DataType string
}

// TimelineAutomation is an automation of Zoho's: its Type, such as "workflow_rule", and the rule with its ID and Name.
type TimelineAutomation struct {
	Type string `zoho:"type"`
	Rule Lookup `zoho:"rule"`
}

// Timeline lists what happened to the record with the id, and to its notes, attachments, activities and mails: who did it,
// when, by which way, and the old and new values of fields. The latest comes first, 200 to a page. A record that is not
// there is [ErrRecordNotFound].
//
// An error comes once, with a nil event, and ends the loop. Leaving the loop stops the requests; a page is fetched when the
// one before it is used up. What happens meanwhile is not seen. It needs API v5 or
// later, and costs one credit a page.
//
// Zoho: GET /crm/v8/{module}/{id}/__timeline  https://www.zoho.com/crm/developer/docs/api/v8/timeline-of-a-record.html
func (r *Record[T]) Timeline(ctx context.Context, id string, opts ...TimelineOption) iter.Seq2[*TimelineEvent, error] {
	return func(yield func(*TimelineEvent, error) bool) {
		c, err := r.timeline(id, opts)
		yieldRows(ctx, c, err, yield, (*TimelineEvent).read)
	}
}

func (m *module) timeline(id string, opts []TimelineOption) (*cursor, error) {
	const op = "list the timeline of"
	if err := m.ofParent(op, id); err != nil {
		return nil, err
	}
	cfg := timelineConfig{params: Params{"per_page": maxPerPage}}
	for _, o := range opts {
		if o != nil {
			o.applyTimeline(&cfg)
		}
	}
	err := badOptions(cfg.errs)
	if err == nil {
		err = cfg.filter()
	}
	if err != nil {
		return nil, m.fail(op, err)
	}
	return &cursor{
		module: m, op: op, plan: codec.For(reflect.TypeFor[TimelineEvent]()), elems: []string{id, "__timeline"}, params: cfg.params,
		keys: []string{"__timeline"}, param: "page_token", next: "next_page_token",
	}, nil
}

// TimelineOption is an option of [Record.Timeline]. Of those that say which events are wanted, all have to be met.
type TimelineOption interface{ applyTimeline(*timelineConfig) }

type timelineOption func(*timelineConfig)

func (o timelineOption) applyTimeline(c *timelineConfig) { o(c) }

// timelineConfig is what a timeline's options add up to.
type timelineConfig struct {
	params  Params
	filters []timelineFilter
	errs    []error
}

// timelineFilter is a condition on events as Zoho takes it.
type timelineFilter struct {
	Field      timelineField `json:"field"`
	Comparator string        `json:"comparator"`
	Value      []string      `json:"value"`
}

type timelineField struct {
	APIName string `json:"api_name"`
}

// DoneBy lists what these users did, by their ids.
func DoneBy(userIDs ...string) TimelineOption {
	return timelineOption(func(c *timelineConfig) {
		for _, id := range userIDs {
			if err := checkRef("DoneBy", id); err != nil {
				c.errs = append(c.errs, err)
			}
		}
		c.where("DoneBy", "done_by.id", userIDs)
	})
}

// DoneVia lists what came from these sources, by Zoho's words for them: "crm_ui", "crm_api", "workflow", "blueprint", …
func DoneVia(sources ...string) TimelineOption {
	return timelineOption(func(c *timelineConfig) { c.where("DoneVia", "source", sources) })
}

// timelineModules are those of what belongs to a record and has a place in its timeline.
var timelineModules = []string{"Notes", "Attachments", "Tasks", "Calls", "Events", "Emails"}

// DoneTo lists what was done to the record's "Notes", "Attachments", "Tasks", "Calls", "Events" or "Emails", and not what
// was done to the record itself.
func DoneTo(modules ...string) TimelineOption {
	return timelineOption(func(c *timelineConfig) {
		for _, name := range modules {
			if !slices.Contains(timelineModules, name) {
				c.errs = append(c.errs, fmt.Errorf("DoneTo: %q is none of %s", clip(name, 40), strings.Join(timelineModules, ", ")))
			}
		}
		c.where("DoneTo", "record.module.api_name", modules)
	})
}

// DoneBetween lists what happened from one time to another, in whole seconds, both included.
func DoneBetween(from, to time.Time) TimelineOption {
	return timelineOption(func(c *timelineConfig) {
		first, err := codec.Literal(from, codec.Query)
		last, err2 := codec.Literal(to, codec.Query)
		switch {
		case err != nil || err2 != nil:
			c.errs = append(c.errs, fmt.Errorf("DoneBetween: %w", cmp.Or(err, err2)))
		case to.Before(from):
			c.errs = append(c.errs, fmt.Errorf("DoneBetween: %s is after %s", first, last))
		}
		c.filters = append(c.filters, timelineFilter{timelineField{"audited_time"}, "between", []string{first, last}})
	})
}

// OldestFirst lists a timeline from its beginning.
func OldestFirst() TimelineOption {
	return timelineOption(func(c *timelineConfig) { c.params["sort_by"], c.params["sort_order"] = "audited_time", "asc" })
}

// Signals adds what Zoho's signals tell to a timeline: a mail that was opened or came back, a visit.
func Signals() TimelineOption {
	return timelineOption(func(c *timelineConfig) {
		c.params["include_timeline_type"], c.params["include"] = "signals", []string{"extension", "type"}
	})
}

// FieldDetails has the label and the data type of each field told as well.
func FieldDetails() TimelineOption {
	return timelineOption(func(c *timelineConfig) {
		c.params["include_inner_details"] = []string{"field_history.field_label", "field_history.data_type"}
	})
}

func (c *timelineConfig) where(option, field string, values []string) {
	if len(values) == 0 || slices.Contains(values, "") {
		c.errs = append(c.errs, fmt.Errorf("%s: a value is missing", option))
	}
	c.filters = append(c.filters, timelineFilter{timelineField{field}, "in", values})
}

// filter puts the conditions among the parameters.
func (c *timelineConfig) filter() error {
	var all any
	switch len(c.filters) {
	case 0:
		return nil
	case 1:
		all = c.filters[0]
	default:
		all = struct {
			Operator string           `json:"group_operator"`
			Group    []timelineFilter `json:"group"`
		}{"AND", c.filters}
	}
	text, err := json.Marshal(all)
	c.params["filters"] = string(text)
	return err
}

// read takes over what the codec does not: a value may be anything, whatever the field's type.
func (e *TimelineEvent) read(raw []byte) {
	e.Raw = raw
	var rows []json.RawMessage
	if json.Unmarshal(object(raw)["field_history"], &rows) != nil {
		return // null, for what has none
	}
	for _, row := range rows {
		f := object(row)
		value := object(f["_value"])
		e.Fields = append(e.Fields, FieldChange{
			ID: scalar(f["id"]), Field: text(f["api_name"]), Old: valueText(value["old"]), New: valueText(value["new"]),
			Label: text(f["field_label"]), DataType: text(f["data_type"]),
		})
	}
}

// valueText is a value in words: text as it is, a reference by its name, anything else in JSON.
func valueText(raw json.RawMessage) string {
	var v any
	_ = json.Unmarshal(raw, &v) // what is none is nothing
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case map[string]any:
		if name, ok := v["name"].(string); ok {
			return name
		}
	}
	return string(raw)
}
