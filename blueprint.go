package zohohub

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/zohohub/zohohub/internal/codec"
)

// Blueprint is the process that a record goes through, if it is in one; see [Record.Blueprint].
type Blueprint struct {
	module
	id string
}

// Process is where a record is in its process, and where it can go from there.
type Process struct {
	ID   string
	Name string
	// Field is the API name of the field that holds the state, Label what people read. While the record is in the process
	// the field changes by transitions alone: other writes to it are [ErrRecordInBlueprint].
	Field, Label string
	// State is the field's value: "New", or "-None-" where there is none.
	State string
	// Continuous says that the transitions follow one another without a break: the next begins where one ends.
	Continuous bool
	// Transitions are those that lead on from the state, also those whose criteria the record does not meet.
	Transitions []Transition
	// Raw is all of it as Zoho sent it.
	Raw json.RawMessage
}

// Blueprint returns the blueprint of the record with the id. Nothing is sent yet.
func (r *Record[T]) Blueprint(id string) *Blueprint {
	b := &Blueprint{module: r.module, id: id}
	if err := checkID(id); b.fault == nil && err != nil {
		b.fault = err
	}
	return b
}

// Process returns where the record is, and the transitions that lead on from there. A record that is in no process is
// [ErrNotInProcess], and one that is not there [ErrRecordNotFound]. It costs one credit.
//
// Zoho: GET /crm/v8/{module}/{id}/actions/blueprint  https://www.zoho.com/crm/developer/docs/api/v8/blueprint-details.html
func (b *Blueprint) Process(ctx context.Context) (*Process, error) {
	return b.process(ctx, "read blueprint of")
}

// Transitions returns the transitions of [Blueprint.Process], and its errors. It costs one credit.
func (b *Blueprint) Transitions(ctx context.Context) ([]Transition, error) {
	p, err := b.Process(ctx)
	if err != nil {
		return nil, err
	}
	return p.Transitions, nil
}

// Transition carries out the transition with the id. fields are what it asks for, by API names: values of the record's
// fields, and beside them
//
//	"Notes":       "why",                                             // becomes a note on the record
//	"Attachments": zohohub.Fields{"$file_id": []string{file.FileID}}, // files that Files.Upload has sent
//	"CheckLists":  []zohohub.Fields{{"title": "Papers", "items": []zohohub.Fields{{"passport": true}}}},
//
// A field that fields does not name keeps the value that the record has. Nil names none.
//
// The transitions are read first. One that does not lead on from the record's state, or whose criteria it does not meet,
// is [ErrNoSuchTransition]; the text names those that there are. A mandatory field without a value is
// [ErrMandatoryNotFound], a value that is not in a pick list [ErrRecordInvalid], and the text tells all of them at once;
// nothing has been written then. Zoho's own refusals are the same errors, and hold what the admin has written for the
// field. Where Zoho keeps the values and leaves the record in its state, as a field is still missing, it is
// [ErrMandatoryNotFound] too.
//
// A transition is sent once: when the answer is lost the error is [ErrOutcomeUnknown], and [Blueprint.Process] shows
// whether the state has changed. It costs two credits.
//
// Zoho: PUT /crm/v8/{module}/{id}/actions/blueprint  https://www.zoho.com/crm/developer/docs/api/v8/update-blueprint.html
func (b *Blueprint) Transition(ctx context.Context, id string, fields Fields) error {
	if id == "" {
		return b.fail(opTransition, because(ErrNoSuchTransition, "the transition's id is empty"))
	}
	return b.carryOut(ctx, "with the id "+clip(id, 40), fields, func(t *Transition) bool { return t.ID == id })
}

// TransitionByName carries out the transition with the name, as it is written in Zoho, else it is [Blueprint.Transition].
func (b *Blueprint) TransitionByName(ctx context.Context, name string, fields Fields) error {
	if name == "" {
		return b.fail(opTransition, because(ErrNoSuchTransition, "the transition's name is empty"))
	}
	return b.carryOut(ctx, fmt.Sprintf("%q", clip(name, 60)), fields, func(t *Transition) bool { return t.Name == name })
}

const opTransition = "carry out transition of"

func (b *Blueprint) carryOut(ctx context.Context, what string, fields Fields, is func(*Transition) bool) error {
	if b.fault != nil {
		return b.fail(opTransition, b.fault)
	}
	if err := b.plan.CheckNames(fields); err != nil {
		return b.fail(opTransition, err)
	}
	data, err := codec.EncodeFields(fields)
	if err != nil {
		return b.fail(opTransition, err)
	}
	sent, err := codec.DecodeFields(data) // as Zoho will read them, whatever Go types they are of
	if err != nil {
		return b.fail(opTransition, err)
	}
	p, err := b.process(ctx, opTransition)
	if err != nil {
		return err
	}
	t, err := p.find(what, is)
	if err != nil {
		return b.fail(opTransition, err)
	}
	if e := t.refusal(sent); e != nil {
		e.Op, e.Module = opTransition, b.name
		return e
	}
	return b.send(ctx, t, data)
}

// find is the transition that is meant, among those that are open to the record.
func (p *Process) find(what string, is func(*Transition) bool) (*Transition, error) {
	var names []string
	var unmet error
	for i := range p.Transitions {
		t := &p.Transitions[i]
		switch {
		case is(t) && t.CriteriaMatched:
			return t, nil
		case is(t): // another of the same name may be for the record
			text := fmt.Sprintf("the record does not meet the criteria of the transition %q", clip(t.Name, 60))
			if t.CriteriaMessage != "" {
				text += ": " + clip(t.CriteriaMessage, 200)
			}
			unmet = because(ErrNoSuchTransition, "%s", text)
		case t.CriteriaMatched:
			names = append(names, fmt.Sprintf("%q", clip(t.Name, 60)))
		}
	}
	if unmet != nil {
		return nil, unmet
	}
	there := "none is open"
	if len(names) > 0 {
		there = "there is " + strings.Join(names, ", ")
	}
	return nil, because(ErrNoSuchTransition, "no transition %s leads on from %q: %s", what, clip(p.State, 60), there)
}

func (b *Blueprint) process(ctx context.Context, op string) (*Process, error) {
	resp, err := b.ask(ctx, Request{Op: op, Method: http.MethodGet, Repeat: RepeatSafe})
	if err != nil {
		return nil, err
	}
	if resp.Status == http.StatusNoContent {
		return nil, b.failAt(op, resp.Status, ErrNotInProcess)
	}
	raw := object(resp.Body)["blueprint"]
	if object(raw) == nil {
		return nil, b.failAt(op, resp.Status, errNoData)
	}
	return newProcess(raw), nil
}

// newProcess reads what there is of a process. Ids are numbers in some of Zoho's versions.
func newProcess(raw json.RawMessage) *Process {
	m := metaOf(raw)
	info := m.sub("process_info")
	p := &Process{
		ID: info.text("id"), Name: info.text("name"), Field: info.text("api_name"), Label: info.text("field_label"),
		State: info.text("field_value"), Continuous: info.flag("is_continuous") || info.flag("continuous"), Raw: raw,
	}
	for _, raw := range m.list("transitions") {
		p.Transitions = append(p.Transitions, newTransition(raw))
	}
	return p
}

// send carries out a transition that was found open.
func (b *Blueprint) send(ctx context.Context, t *Transition, data []byte) error {
	type change struct {
		ID   string          `json:"transition_id"`
		Data json.RawMessage `json:"data"`
	}
	body, err := json.Marshal(map[string][]change{"blueprint": {{t.ID, data}}})
	if err != nil {
		return b.fail(opTransition, err)
	}
	req := Request{Op: opTransition, Module: b.name, Method: http.MethodPut, Body: body, Repeat: RepeatNever}
	resp, err := b.ask(ctx, req)
	done, err := resultOf(req, resp, err)
	if err != nil {
		return explained(err)
	}
	if strings.Contains(strings.ToLower(done.Message), "partial") { // "transition saved partially", which is not carried out
		return &Error{
			Op: opTransition, Module: b.name, Status: resp.Status, Code: done.Code, Message: done.Message, Details: done.Details, Index: -1,
			Err: because(errors.Join(ErrMandatoryNotFound, ErrRecordInvalid),
				"the values are kept and the record stays in its state, as a field of %q is still missing", clip(t.Name, 60)),
		}
	}
	return nil
}

// explained adds to a refusal what the admin of the organization has written for the field.
func explained(err error) error {
	var e *Error
	if !errors.As(err, &e) || e.Err != nil {
		return err
	}
	info := text(object(e.Details)["info_message"])
	if info == "" {
		return err
	}
	told := *e
	told.Err = errors.New(info)
	return &told
}

// ask sends a request to the record's blueprint.
func (b *Blueprint) ask(ctx context.Context, req Request) (*Response, error) {
	req.Template, req.Weight = b.template("{id}", "actions", "blueprint"), 1
	return b.call(ctx, req, b.id, "actions", "blueprint")
}
