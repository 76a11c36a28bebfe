package zohohubtest

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/zohohub/zohohub/zohohubtest/internal/schema"
)

// Blueprint describes a process that records go through, for [Server.AddBlueprint].
type Blueprint struct {
	Name string
	// Field is the picklist whose values are the states, such as Lead_Status.
	Field string
	// Entry says which records enter; nil is all.
	Entry *Condition
	// SavesPartially has a transition that lacks a mandatory field keep the values that it was sent, as "transition saved
	// partially", and leave the record in its state. Without it Zoho's refusal is MANDATORY_NOT_FOUND.
	SavesPartially bool
	Continuous     bool
	Transitions    []Transition
}

// Transition is a way from one state of a [Blueprint] to another.
type Transition struct {
	Name string
	// From and To are values of the blueprint's field. "-None-" in From is where the field is empty; an empty From is any
	// state but To.
	From, To string
	// Fields are what it asks for.
	Fields []TransitionField
	// Criteria say which records may take it, nil is all; Message is what the others are told.
	Criteria *Condition
	Message  string
}

// TransitionField is something that a [Transition] asks for.
type TransitionField struct {
	// Field is the API name of a field of the module, or Notes, Attachments or CheckLists.
	Field     string
	Mandatory bool
	// Content is the help that people read beside it.
	Content string
	// Rule is what the record must meet with its value, nil for nothing; RuleMessage is what the admin says to a value that
	// does not, the info_message of the refusal.
	Rule        *Condition
	RuleMessage string
}

// AddBlueprint adds a blueprint to a module, behind those that it has, and gives the ids of its transitions in their order.
// A record enters the first one whose Entry it meets when it is created or changed from now on, by a call whose trigger is
// absent or names blueprint, or by [Server.Seed]; also in a state that the blueprint does not know, where no transition
// leads on. In a state that a transition leads to and none from, the record is through: it does not enter, and leaves. As
// long as it is in, nothing but its transitions changes the field. All transitions are manual ones. It panics with the
// reason when there cannot be such a blueprint.
func (s *Server) AddBlueprint(module string, b Blueprint) (transitionIDs []string) {
	ids, err := s.crm.addBlueprint(module, b)
	if err != nil {
		panic(fmt.Sprintf("zohohubtest: AddBlueprint: %v", err))
	}
	return ids
}

// What a transition takes beside fields of the record.
const (
	notesPart      = "Notes"
	filesPart      = "Attachments"
	checkListsPart = "CheckLists"
)

// partTypes are their data types and JSON types. Zoho shows no example of them.
var partTypes = map[string][2]string{
	notesPart: {"textarea", "string"}, filesPart: {"fileupload", "jsonobject"}, checkListsPart: {"checklist", "jsonarray"},
}

// noState is how an empty state is called.
const noState = "-None-"

// blueprint is one as it is stored. It is never changed.
type blueprint struct {
	id, name              string
	module                *schema.Module
	field                 *schema.Field
	entry                 any // a condition as JSON; nil is all
	partially, continuous bool
	transitions           []*transition
}

// transition is one of a blueprint's.
type transition struct {
	id, name, from, to string
	place              int // from 1
	criteria           any
	message            string
	fields             []*transitionField
}

// transitionField is something that a transition asks for: field is nil for what is none of the record's.
type transitionField struct {
	id, name        string
	field           *schema.Field
	mandatory       bool
	content         string
	rule            any
	ruleMessage     string
	place           int // from 1
	dataType, jsons string
}

func (c *crm) addBlueprint(module string, b Blueprint) ([]string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	m := c.schema.Module(module)
	if m == nil || !isRecordModule(m) {
		return nil, fmt.Errorf("there is no module %q with records", module)
	}
	added := &blueprint{name: b.Name, module: m, field: m.Field(b.Field), partially: b.SavesPartially, continuous: b.Continuous}
	switch {
	case b.Name == "":
		return nil, errors.New("the blueprint has no name")
	case added.field == nil || added.field.DataType != "picklist":
		return nil, fmt.Errorf("%s has no picklist %q", module, b.Field)
	case len(b.Transitions) == 0:
		return nil, errors.New("the blueprint has no transitions")
	}
	var err error
	if added.entry, err = checkedCondition(m, b.Entry); err != nil {
		return nil, err
	}
	for _, t := range b.Transitions {
		if err := c.addTransition(added, t); err != nil {
			return nil, err
		}
	}
	added.id = formatID(c.nextID())
	ids := make([]string, len(added.transitions))
	for i, t := range added.transitions {
		t.id = formatID(c.nextID())
		ids[i] = t.id
	}
	c.blueprints[module] = append(c.blueprints[module], added)
	return ids, nil
}

func (c *crm) addTransition(b *blueprint, t Transition) error {
	added := &transition{name: t.Name, from: t.From, to: t.To, place: len(b.transitions) + 1, message: t.Message}
	isState := func(state string) bool {
		return slices.ContainsFunc(b.field.PickList, func(p schema.Pick) bool { return p.Display == state })
	}
	switch {
	case t.Name == "":
		return errors.New("a transition has no name")
	case slices.ContainsFunc(b.transitions, func(other *transition) bool { return other.name == t.Name }):
		return fmt.Errorf("there are two transitions %q", t.Name)
	case t.From != "" && t.From != noState && !isState(t.From), !isState(t.To):
		return fmt.Errorf("%s does not have the states of the transition %q, %q and %q", b.field.APIName, t.Name, t.From, t.To)
	}
	var err error
	if added.criteria, err = checkedCondition(b.module, t.Criteria); err != nil {
		return fmt.Errorf("the transition %q: %w", t.Name, err)
	}
	for _, f := range t.Fields {
		field := &transitionField{
			name: f.Field, field: b.module.Field(f.Field), mandatory: f.Mandatory, content: f.Content,
			ruleMessage: f.RuleMessage, place: len(added.fields) + 1,
		}
		if types, isPart := partTypes[f.Field]; isPart {
			field.id, field.field, field.dataType, field.jsons = formatID(c.nextID()), nil, types[0], types[1]
		} else if field.field == nil || !field.field.Update || field.field == b.field {
			return fmt.Errorf("the transition %q cannot ask for the field %q", t.Name, f.Field)
		}
		if field.rule, err = checkedCondition(b.module, f.Rule); err != nil {
			return fmt.Errorf("the transition %q: %w", t.Name, err)
		}
		added.fields = append(added.fields, field)
	}
	b.transitions = append(b.transitions, added)
	return nil
}

// checkedCondition is a condition as JSON that can be compiled; nil for none.
func checkedCondition(m *schema.Module, d *Condition) (any, error) {
	criteria, err := normalize(d.json(m))
	if err != nil || criteria == nil {
		return nil, err
	}
	_, _, err = filterOf(m, criteria, somebody)
	return criteria, err
}

// meets tells whether a record with these fields meets a condition that was checked.
func (b *blueprint) meets(criteria any, fields map[string]any, user string) bool {
	if criteria == nil {
		return true
	}
	holds, _, err := filterOf(b.module, criteria, cmp.Or(user, somebody))
	if err != nil {
		panic(err) // it was compiled when the blueprint was made
	}
	return holds(fields)
}

// state is the one that a record is in.
func (b *blueprint) state(r *record) string {
	state, _ := r.fields[b.field.APIName].(string)
	return cmp.Or(state, noState)
}

// from are the transitions that lead on from a state.
func (b *blueprint) from(state string) []*transition {
	var out []*transition
	for _, t := range b.transitions {
		if t.from == state || t.from == "" && t.to != state {
			out = append(out, t)
		}
	}
	return out
}

// through tells whether a state is the end of it.
func (b *blueprint) through(state string) bool {
	return len(b.from(state)) == 0 && slices.ContainsFunc(b.transitions, func(t *transition) bool { return t.to == state })
}

// blueprintRoutes are the calls about a record's process.
var blueprintRoutes = []route{
	{method: http.MethodGet, pattern: "{module}/{id}/actions/blueprint", scopes: []string{readScope}, credits: 1, handle: (*crm).getBlueprint},
	{method: http.MethodPut, pattern: "{module}/{id}/actions/blueprint", scopes: []string{updateScope}, credits: 1, handle: (*crm).putBlueprint},
}
