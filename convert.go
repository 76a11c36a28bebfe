package zohohub

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"

	"github.com/zohohub/zohohub/internal/codec"
)

// Conversion says what becomes of a lead. The zero Conversion makes a contact and, where the lead names a company, an
// account, of the fields that the org maps to theirs.
type Conversion struct {
	// Contact and Account are the ids of existing records that the lead becomes part of; empty for new ones.
	Contact, Account string
	// Deal are the fields of a new deal, by API names: Deal_Name and Stage at least. Nil makes none.
	Deal Fields
	// AssignTo is the id of the user who gets the new records; empty for the lead's owner.
	AssignTo string
	// Overwrite gives an existing contact the account of the conversion in place of its own.
	Overwrite bool
	// AddToExisting takes the contact and the account that are there already for the lead, by e-mail address and company,
	// in place of refusing the conversion. From v3 on.
	AddToExisting bool
	// NotifyLeadOwner and NotifyNewOwner have Zoho write to the owners.
	NotifyLeadOwner, NotifyNewOwner bool
	// MoveAttachmentsTo is the module of the record that gets the lead's attachments: "Contacts", "Accounts" or "Deals";
	// empty leaves it to Zoho.
	MoveAttachmentsTo string
	// CarryOverTags names, by those modules, the lead's tags that the records get.
	CarryOverTags map[string][]string
}

// ConvertedLead is what a lead became: existing records among them, and what there is none of is empty. API v2 and v2.1 tell
// ids without names.
type ConvertedLead struct {
	Contact, Account, Deal Lookup
	// JobID is set when so much hangs on the lead that Zoho does it later, by a job that the API tells no more of. The
	// lead's own fields then say when it is done: Converted__s, Converted_Contact and so on.
	JobID string
}

// Convert makes a contact, and where it is asked for an account and a deal, of the lead with the id; its notes, attachments
// and what else hangs on it go along, and it leaves the lists of leads (see [Converted] for those). A lead that was converted
// before is [ErrAlreadyConverted], one that is not there [ErrRecordNotFound]. A contact or an account that is there already
// is [ErrDuplicate], and [Error.DuplicateID] says which: name it, or set AddToExisting. A deal's field that is missing is
// [ErrMandatoryNotFound], a stage that its pipeline does not have [ErrRecordInvalid]. When the answer is lost the error is
// [ErrOutcomeUnknown], and the call is not sent again. It costs five credits.
//
// Zoho: POST /crm/v8/Leads/{id}/actions/convert  https://www.zoho.com/crm/developer/docs/api/v8/convert-lead.html
func (r *Record[T]) Convert(ctx context.Context, leadID string, c Conversion) (*ConvertedLead, error) {
	return r.convert(ctx, leadID, c)
}

// ConversionOptions are the records that a lead would be part of if it were converted.
type ConversionOptions struct {
	// Preferred is the module whose records fit best, "Contacts" or "Accounts"; empty when Zoho says none.
	Preferred string
	// Contacts, Accounts and Deals are the records that fit, with some of their fields.
	Contacts, Accounts, Deals []*Dynamic
	// Matches are the lead's values that they were found by.
	Matches []ConversionMatch
	// SeveralLayouts are the modules of which a layout can be chosen.
	SeveralLayouts []string
	// Raw is all of it as Zoho sent it.
	Raw json.RawMessage
}

// ConversionMatch is a value that a lead has in common with records of a module.
type ConversionMatch struct{ Module, Field, Value string }

// ConversionOptions tells which records there are already for the lead with the id; without any they are empty. A lead that
// is not there, or was converted, is [ErrRecordNotFound]. It needs API v5 or later, and costs one credit.
//
// Zoho: GET /crm/v8/Leads/{id}/__conversion_options
// https://www.zoho.com/crm/developer/docs/api/v8/lead-conversion-options.html
func (r *Record[T]) ConversionOptions(ctx context.Context, leadID string) (*ConversionOptions, error) {
	return r.conversionOptions(ctx, leadID)
}

// convertedInto are the modules that a lead is converted into.
var convertedInto = []string{"Contacts", "Accounts", "Deals"}

// check refuses what Zoho could only refuse.
func (c *Conversion) check(v apiVersion) error {
	for _, ref := range []struct{ name, id string }{{"Contact", c.Contact}, {"Account", c.Account}, {"AssignTo", c.AssignTo}} {
		if ref.id == "" {
			continue
		}
		if err := checkRef(ref.name, ref.id); err != nil {
			return err
		}
	}
	if c.AddToExisting && v.bareConversion {
		return because(ErrRecordInvalid, "AddToExisting: API %s does not know it: it came with v3", v.name)
	}
	if c.MoveAttachmentsTo != "" && !slices.Contains(convertedInto, c.MoveAttachmentsTo) {
		return notConvertedInto("MoveAttachmentsTo", c.MoveAttachmentsTo)
	}
	for _, module := range slices.Sorted(maps.Keys(c.CarryOverTags)) {
		if !slices.Contains(convertedInto, module) {
			return notConvertedInto("CarryOverTags", module)
		}
		for _, tag := range c.CarryOverTags[module] {
			if err := checkTag(tag); err != nil {
				return err
			}
		}
	}
	return nil
}

func notConvertedInto(what, module string) error {
	return because(ErrRecordInvalid, "%s: %q is none of %s", what, clip(module, 40), strings.Join(convertedInto, ", "))
}

// body is the conversion as it is sent.
func (c *Conversion) body(v apiVersion) ([]byte, error) {
	row := map[string]any{}
	for name, id := range map[string]string{"Contacts": c.Contact, "Accounts": c.Account, "assign_to": c.AssignTo} {
		switch {
		case id == "":
		case v.bareConversion:
			row[name] = id
		default:
			row[name] = idBody{id}
		}
	}
	for name, set := range map[string]bool{
		"overwrite": c.Overwrite, "add_to_existing_record": c.AddToExisting,
		"notify_lead_owner": c.NotifyLeadOwner, "notify_new_entity_owner": c.NotifyNewOwner,
	} {
		if set {
			row[name] = true
		}
	}
	if c.Deal != nil {
		deal, err := codec.EncodeFields(c.Deal)
		if err != nil {
			return nil, fmt.Errorf("the deal: %w", err)
		}
		row["Deals"] = json.RawMessage(deal)
	}
	if c.MoveAttachmentsTo != "" {
		row["move_attachments_to"] = map[string]string{"api_name": c.MoveAttachmentsTo}
	}
	if len(c.CarryOverTags) > 0 {
		row["carry_over_tags"] = c.CarryOverTags
	}
	return json.Marshal(map[string]any{"data": []any{row}})
}

func (m *module) convert(ctx context.Context, leadID string, c Conversion) (*ConvertedLead, error) {
	const op = "convert"
	if m.fault != nil {
		return nil, m.fail(op, m.fault)
	}
	err := checkID(leadID)
	if err == nil {
		err = c.check(m.conn.version)
	}
	var body []byte
	if err == nil {
		body, err = c.body(m.conn.version)
	}
	if err != nil {
		return nil, m.fail(op, err)
	}
	resp, err := m.call(ctx, Request{
		Op: op, Method: http.MethodPost, Template: m.template("{id}", "actions", op), Body: body, Repeat: RepeatNever, Weight: 5,
	}, leadID, "actions", op)
	if err != nil {
		return nil, ofPath(single(nil, err))
	}
	return m.converted(op, resp)
}

// converted reads what a lead became, from a result's details or, in old versions, from the result itself.
func (m *module) converted(op string, resp *Response) (*ConvertedLead, error) {
	var rows []json.RawMessage
	if json.Unmarshal(object(resp.Body)["data"], &rows) != nil || len(rows) == 0 {
		return nil, m.failAt(op, resp.Status, because(ErrOutcomeUnknown, "the answer has no result"))
	}
	told := object(rows[0])
	if told["code"] != nil || told["status"] != nil {
		var result row
		_ = result.UnmarshalJSON(rows[0]) // never fails
		if e := result.err(op, m.name, resp.Status, -1); e != nil {
			return nil, e
		}
		told = object(result.Details)
	}
	c := &ConvertedLead{JobID: scalar(told["job_id"])}
	for name, into := range map[string]*Lookup{"Contacts": &c.Contact, "Accounts": &c.Account, "Deals": &c.Deal} {
		if into.ID = scalar(told[name]); into.ID == "" {
			ref := object(told[name])
			into.ID, into.Name = scalar(ref["id"]), text(ref["name"])
		}
	}
	if *c == (ConvertedLead{}) {
		return nil, m.failAt(op, resp.Status, because(ErrOutcomeUnknown, "the answer names no record"))
	}
	return c, nil
}

func (m *module) conversionOptions(ctx context.Context, leadID string) (*ConversionOptions, error) {
	const op, key = "list conversion options of", "__conversion_options"
	if err := checkID(leadID); err != nil {
		return nil, m.fail(op, err)
	}
	resp, err := m.call(ctx, Request{
		Op: op, Method: http.MethodGet, Template: m.template("{id}", key), Repeat: RepeatSafe, Weight: 1,
	}, leadID, key)
	if err != nil {
		return nil, ofPath(err)
	}
	options := &ConversionOptions{}
	if resp.Status == http.StatusNoContent {
		return options, nil
	}
	options.Raw = object(resp.Body)[key]
	told := object(options.Raw)
	if told == nil {
		return nil, m.failAt(op, resp.Status, errNoData)
	}
	options.Preferred = text(object(told["module_preference"])["api_name"])
	plan := codec.For(reflect.TypeFor[Dynamic]())
	for name, into := range map[string]*[]*Dynamic{"Contacts": &options.Contacts, "Accounts": &options.Accounts, "Deals": &options.Deals} {
		if !isList(told[name]) {
			continue
		}
		var rec *Dynamic
		_, err := plan.DecodeList(options.Raw, name, func() any { rec = new(Dynamic); return rec }, func(raw []byte) {
			rec.remember(slices.Clone(raw))
			*into = append(*into, rec)
		})
		if err != nil {
			return nil, m.failAt(op, resp.Status, err)
		}
	}
	matched := object(told["preference_field_matched_value"])
	for _, name := range convertedInto {
		var matches []struct {
			Field struct {
				APIName string `json:"api_name"`
			} `json:"field"`
			Value json.RawMessage `json:"matched_lead_value"`
		}
		_ = json.Unmarshal(matched[name], &matches) // what is no list names none
		for _, match := range matches {
			options.Matches = append(options.Matches, ConversionMatch{name, match.Field.APIName, scalar(match.Value)})
		}
	}
	var several []map[string]json.RawMessage
	_ = json.Unmarshal(told["modules_with_multiple_layouts"], &several)
	for _, module := range several {
		options.SeveralLayouts = append(options.SeveralLayouts, text(module["api_name"]))
	}
	return options, nil
}

func isList(raw json.RawMessage) bool { return len(raw) > 0 && raw[0] == '[' }
