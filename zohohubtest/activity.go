package zohohubtest

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/zohohub/zohohub/zohohubtest/internal/schema"
)

// The words that the values of activities are made of. Of the actions and of the periods beyond minutes Zoho publishes no
// list; these are what its clients send.
var (
	participantTypes = []string{"email", "contact", "lead", "user"}
	reminderPeriods  = []string{"minutes", "hours", "days", "weeks"}
	alarmActions     = []string{"EMAIL", "POPUP", "EMAILANDPOPUP"}
	frequencies      = []string{"NONE", "DAILY", "WEEKLY", "MONTHLY", "YEARLY"}
)

// participants takes whom a meeting is with: {"type": …, "participant": …}, an address or the id of a contact, lead or user.
func (w *write) participants(f *schema.Field, s site, v, before any) (any, *refusal) {
	olds, _ := before.([]any)
	invited := map[string]bool{}
	return w.objects(f, s, v, func(_ int, s site, p map[string]any) *refusal {
		kind, _ := p["type"].(string)
		if !slices.Contains(participantTypes, kind) {
			return w.unsupported(s.at("type"), participantTypes)
		}
		at := s.at("participant")
		name, _ := p["participant"].(string)
		if kind == "email" && !emailPattern.MatchString(name) {
			return w.expected(at, "email")
		}
		if _, _, ok := w.c.participant(kind, name); !ok {
			return w.fault(at, "INVALID_DATA", "the id given seems to be invalid")
		}
		who := kind + " " + strings.ToLower(name)
		if invited[who] {
			return w.fault(at, "DUPLICATE_DATA", "duplicate data")
		}
		invited[who] = true
		if p["status"] == nil {
			p["status"] = "not_known"
		}
		if p["invited"] == nil {
			p["invited"] = false
		}
		for _, item := range olds {
			if old, _ := item.(map[string]any); old["type"] == kind && old["participant"] == name {
				p["id"] = old["id"]
			}
		}
		if p["id"] == nil {
			p["id"] = formatID(w.c.nextID())
		}
		return nil
	})
}

// participant is what is known of somebody who takes part in a meeting; ok is false for an id that nobody has.
func (c *crm) participant(kind, name string) (fullName, email any, ok bool) {
	switch kind {
	case "email":
		return nil, name, true
	case "user":
		ref := c.userRef(name)
		return ref["name"], ref["email"], ref != nil
	}
	m := c.schema.Module(map[string]string{"contact": "Contacts", "lead": "Leads"}[kind])
	if m == nil {
		return nil, nil, false
	}
	id, _ := parseID(name)
	r := c.table(m.APIName).get(id)
	if r == nil {
		return nil, nil, false
	}
	return c.nameOf(m, r), r.fields["Email"], true
}

// showParticipants names those who take part as they are called now.
func (c *crm) showParticipants(v any) []any {
	list, _ := v.([]any)
	out := make([]any, len(list))
	for i, item := range list {
		p, _ := item.(map[string]any)
		kind, _ := p["type"].(string)
		name, _ := p["participant"].(string)
		shown := map[string]any{"id": p["id"], "type": kind, "participant": name, "invited": p["invited"], "status": p["status"]}
		shown["name"], shown["Email"], _ = c.participant(kind, name)
		out[i] = shown
	}
	return out
}

// reminders takes when those who take part are reminded.
func (w *write) reminders(f *schema.Field, s site, v any) (any, *refusal) {
	return w.objects(f, s, v, func(_ int, s site, r map[string]any) *refusal {
		period, _ := r["period"].(string)
		at, isSet := r["time"].(string)
		switch {
		case !slices.Contains(reminderPeriods, period):
			return w.unsupported(s.at("period"), reminderPeriods)
		case rat(r["unit"]).Sign() < 0:
			return w.fault(s.at("unit"), "INVALID_DATA", "invalid data")
		case isSet && !clockPattern.MatchString(at):
			return w.fault(s.at("time"), "INVALID_DATA", "invalid data")
		}
		return nil
	})
}

// alarm takes the reminder of a task or a call, an object or its rule alone.
func (w *write) alarm(f *schema.Field, s site, v any) (any, *refusal) {
	at := s.at("ALARM")
	if text, ok := v.(string); ok {
		v, at = map[string]any{"ALARM": text}, s
	}
	object, refused := w.object(f, s, v)
	if refused != nil {
		return nil, refused
	}
	rule, ok := ruleOf(object["ALARM"])
	moment, isMoment := strings.CutPrefix(rule["TRIGGER"], "DATE-TIME:")
	if !ok || !slices.Contains(alarmActions, rule["ACTION"]) || rule["TRIGGER"] == "" || isMoment && !isDateTime(moment) {
		return nil, w.fault(at, "INVALID_DATA", "invalid data")
	}
	return object, nil
}

// recurrence takes how an activity is repeated.
func (w *write) recurrence(f *schema.Field, s site, v any) (any, *refusal) {
	object, refused := w.object(f, s, v)
	if refused != nil {
		return nil, refused
	}
	rule, ok := ruleOf(object["RRULE"])
	ok = ok && rule["FREQ"] != "NONE" // an alarm's: what is not repeated has no rule
	for _, name := range []string{"UNTIL", "DTSTART"} {
		ok = ok && (rule[name] == "" || isDate(rule[name]))
	}
	if n, err := strconv.Atoi(rule["INTERVAL"]); !ok || rule["INTERVAL"] != "" && (err != nil || n < 1) {
		return nil, w.fault(s.at("RRULE"), "INVALID_DATA", "invalid data")
	}
	except, _ := object["EXDATE"].(string)
	for day := range strings.SplitSeq(except, ",") {
		if except != "" && !isDate(day) {
			return nil, w.fault(s.at("EXDATE"), "INVALID_DATA", "invalid data")
		}
	}
	return object, nil
}

// ruleOf reads FREQ=…;NAME=VALUE;…, the form that alarms and recurrences share.
func ruleOf(v any) (map[string]string, bool) {
	text, _ := v.(string)
	rule := map[string]string{}
	for part := range strings.SplitSeq(strings.TrimSuffix(text, ";"), ";") {
		name, value, ok := strings.Cut(part, "=")
		if !ok {
			return nil, false
		}
		rule[name] = value
	}
	return rule, slices.Contains(frequencies, rule["FREQ"])
}

func isDate(text string) bool {
	_, err := time.Parse(time.DateOnly, text)
	return err == nil && datePattern.MatchString(text)
}

func isDateTime(text string) bool {
	_, err := time.Parse(time.RFC3339, text)
	return err == nil && dateTimePattern.MatchString(text)
}

var durationPattern = regexp.MustCompile(`^(\d{1,6}):([0-5]\d)$`)

// duration takes how long a call took: minutes and seconds.
func (w *write) duration(s site, v any) (any, *refusal) {
	if text, ok := v.(string); ok && durationPattern.MatchString(text) {
		return text, nil
	}
	return nil, w.fault(s, "INVALID_DATA", "invalid data")
}

// seconds is a duration in seconds.
func seconds(duration string) int {
	parts := durationPattern.FindStringSubmatch(duration)
	if parts == nil {
		return 0
	}
	minutes, _ := strconv.Atoi(parts[1])
	rest, _ := strconv.Atoi(parts[2])
	return minutes*60 + rest
}

// checkCall: a call that began in the past has taken some time.
func (w *write) checkCall(i int, fields map[string]any) *refusal {
	duration, _ := fields["Call_Duration"].(string)
	if seconds(duration) > 0 || stampOf(fields["Call_Start_Time"], w.now).After(w.now) {
		return nil
	}
	return w.fault(site{path: rowPath(i), name: "Call_Duration"}, "INVALID_DATA", "invalid data")
}
