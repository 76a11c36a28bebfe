package zohohub

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/zohohub/zohohub/internal/codec"
)

// ValidationError lists everything that is wrong with a record. It is [ErrRecordInvalid]; also [ErrMandatoryNotFound] when
// a mandatory field is empty, [ErrDuplicate] when a value is taken, and whatever T's own Validate method returned. Get it
// out of an error with [errors.As].
type ValidationError struct {
	// Faults are in the order of the module's fields; it is never empty.
	Faults []Fault

	also []error // the sentinels beside ErrRecordInvalid, and T's own error
}

// Fault is one thing that is wrong with a record.
type Fault struct {
	// Field is the field's API name, in a subform with the way to it: "Quoted_Items[0].Quantity". It is empty for what T's
	// own Validate method says.
	Field string
	// Message goes on from the field's name: "is too long (maximum is 80 characters, it has 93)".
	Message string
}

// String is the field and what is wrong with it, as people read it.
func (f Fault) String() string { return strings.TrimLeft(f.Field+" "+f.Message, " ") }

// Error lists the faults in one line.
func (e *ValidationError) Error() string {
	texts := make([]string, len(e.Faults))
	for i, f := range e.Faults {
		texts[i] = f.String()
	}
	return strings.Join(texts, "; ")
}

// Unwrap lists what the error matches.
func (e *ValidationError) Unwrap() []error { return append([]error{ErrRecordInvalid}, e.also...) }

// add takes another fault, and the sentinel that it stands for, if any.
func (e *ValidationError) add(field, message string, sentinel error) {
	e.Faults = append(e.Faults, Fault{field, message})
	if sentinel != nil && !slices.Contains(e.also, sentinel) {
		e.also = append(e.also, sentinel)
	}
}

// Validate checks what [Record.Save] would send of the record against the module's metadata: length, type, decimal places,
// the values of pick lists, mandatory fields, fields that cannot be written, names that the module does not have, and the
// rows of subforms. Values of unique fields are looked for among the other records, exactly, as [Record.FindBy] finds them.
// A T with a method Validate() error is asked too. All faults come at once, in a [*ValidationError], which is
// [ErrRecordInvalid]; other errors are those of the calls that Validate makes. What only Zoho knows it does not see:
// layout and validation rules, permissions, blueprints.
//
// It costs a credit for each module whose fields the connection does not know yet, and a credit for each unique field
// that has a value; without those it sends nothing.
//
// Zoho: GET /crm/v8/settings/fields, GET /crm/v8/{module}/search
func (r *Record[T]) Validate(ctx context.Context, rec *T) error {
	const op = "validate"
	switch {
	case r.fault != nil:
		return r.fail(op, r.fault)
	case rec == nil:
		return r.fail(op, errNilRecord)
	}
	row, err := r.creation(rec)
	if r.plan.HasID() {
		row, err = r.saving(rec)
	}
	if err != nil {
		return r.fail(op, err)
	}
	v := newValidator(&r.module)
	found, err := v.record(ctx, row, writing{creates: row.id == "", updates: row.id != ""})
	if err == nil {
		err = v.taken(ctx, found, row)
	}
	if err != nil {
		return err
	}
	return found.verdict(&r.module, op)
}

// Validated checks each record as [Record.Validate] does, before anything of it is sent; but it does not look for values
// that are taken, which Zoho's own answer tells. A record that is not valid is not sent and has the error; the others of
// its batch go on. What is upserted may be an update, so no field has to be there.
func Validated() WriteOption {
	return writeOption(func(c *writeConfig) { c.validated = true })
}

// checker validates the batch's rows, when the options say so.
func (b *batch) checker(ctx context.Context) func(outgoing, error) (outgoing, error) {
	v := newValidator(b.module)
	return func(row outgoing, err error) (outgoing, error) {
		if err != nil || !b.cfg.validated {
			return row, err
		}
		found, err := v.record(ctx, row, writing{creates: row.id == "", updates: row.id != "" || b.partial})
		if err != nil {
			return outgoing{}, err
		}
		return row, found.verdict(b.module, b.op)
	}
}

// verdict is what a validation came to.
func (e *ValidationError) verdict(m *module, op string) error {
	if len(e.Faults) == 0 {
		return nil
	}
	return m.fail(op, e)
}

// validator checks records of one module. What it learnt of fields, that they cannot be learnt included, it keeps: a batch
// asks once.
type validator struct {
	*module
	learnt map[string]learnt // by module: subforms have their own
}

type learnt struct {
	fields []Field
	err    error
}

func newValidator(m *module) *validator { return &validator{m, map[string]learnt{}} }

func (v *validator) fields(ctx context.Context, module string) ([]Field, error) {
	l, ok := v.learnt[module]
	if !ok {
		l.fields, l.err = v.conn.fields(ctx, module)
		if l.err == nil && len(l.fields) == 0 {
			l.err = &Error{Op: "list fields", Module: module, Index: -1, Err: because(ErrInvalidModule, "Zoho tells of none")}
		}
		v.learnt[module] = l
	}
	return l.fields, l.err
}

// record checks what a row would send, and asks its record.
func (v *validator) record(ctx context.Context, row outgoing, w writing) (*ValidationError, error) {
	found := &ValidationError{}
	if row.body != nil {
		values, err := codec.DecodeFields(row.body)
		if err == nil {
			err = v.values(ctx, found, "", v.name, values, w)
		}
		if err != nil {
			return nil, err
		}
	}
	if own, ok := row.rec.(interface{ Validate() error }); ok {
		found.own(own.Validate())
	}
	return found, nil
}

// own takes over what T says of itself: its faults where it says them in our words, and nothing else.
func (e *ValidationError) own(err error) {
	if err == nil {
		return
	}
	if own, ok := err.(*ValidationError); ok && len(own.Faults) > 0 { //nolint:errorlint // in another error there is more to it
		e.Faults = append(e.Faults, own.Faults...)
	} else {
		e.add("", err.Error(), nil)
	}
	e.also = append(e.also, err)
}

// values checks the fields of a record, or of a subform's row at a place in one.
func (v *validator) values(ctx context.Context, found *ValidationError, at, module string, values map[string]any, w writing) error {
	fields, err := v.fields(ctx, module)
	if err != nil {
		return err
	}
	known := make(map[string]bool, len(fields))
	for i := range fields {
		f := &fields[i]
		known[f.APIName] = true
		value, sent := values[f.APIName]
		place := at + f.APIName
		switch {
		case f.APIName == "id": // of later versions a field too
		case f.Mandatory && isEmpty(value) && (sent || w.whole() && f.writable(w)):
			found.add(place, "is mandatory", ErrMandatoryNotFound)
		case !sent:
		case !f.writable(w):
			found.add(place, "is read-only", nil)
		case f.DataType == "subform":
			if err := v.rows(ctx, found, place, f, value); err != nil {
				return err
			}
		default:
			if fault := f.fault(value); fault != "" {
				found.add(place, fault, nil)
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if !known[name] && !isBesideFields(name) {
			found.add(at+clip(name, 60), "is not a field of "+module, nil)
		}
	}
	return nil
}

// isEmpty tells what leaves a field empty.
func isEmpty(value any) bool {
	list, isList := value.([]any)
	return isBlank(value) || isList && len(list) == 0
}

// isBesideFields tells names that a record may have without their being fields.
func isBesideFields(name string) bool {
	return strings.HasPrefix(name, "$") || slices.Contains([]string{"id", "Layout", "Tag", "Wizard"}, name)
}

// rows checks a subform.
func (v *validator) rows(ctx context.Context, found *ValidationError, place string, f *Field, value any) error {
	if value == nil {
		return nil
	}
	list, ok := value.([]any)
	if !ok {
		found.add(place, "is not a list of rows", nil)
		return nil
	}
	for i, item := range list {
		at := fmt.Sprintf("%s[%d]", place, i)
		row, ok := item.(map[string]any)
		switch {
		case !ok:
			found.add(at, "is not a row", nil)
		case hasKey(row, "_delete"):
		default:
			added := row["id"] == nil
			if err := v.values(ctx, found, at+".", f.Subform, row, writing{creates: added, updates: !added}); err != nil {
				return err
			}
		}
	}
	return nil
}

func hasKey(m map[string]any, key string) bool {
	_, ok := m[key]
	return ok
}

// taken looks for other records that have the row's values where those must differ.
func (v *validator) taken(ctx context.Context, found *ValidationError, row outgoing) error {
	if row.body == nil {
		return nil
	}
	values, err := codec.DecodeFields(row.body)
	if err != nil {
		return err
	}
	fields, err := v.fields(ctx, v.name)
	if err != nil {
		return err
	}
	for i := range fields {
		f := &fields[i]
		value := values[f.APIName]
		if !f.Unique || isBlank(value) || f.fault(value) != "" {
			continue
		}
		id, err := v.holder(ctx, f, value, row.id)
		if err != nil {
			return err
		}
		if id != "" {
			found.add(f.APIName, "is taken: the record "+id+" has the same value", ErrDuplicate)
		}
	}
	return nil
}

// holder is the id of a record other than the one with the id that has the value in the field; empty when there is none.
func (v *validator) holder(ctx context.Context, f *Field, value any, id string) (string, error) {
	same := Eq(f.APIName, value)
	others := NewRecord[Dynamic](v.conn, InModule(v.name))
	for other, err := range others.Where(ctx, same, OnlyFields(f.APIName), Sequential()) {
		if err != nil {
			return "", err
		}
		if other.ID != id && same.matches(other.Fields) && (!f.CaseSensitive || other.Fields[f.APIName] == value) {
			return other.ID, nil
		}
	}
	return "", nil
}
