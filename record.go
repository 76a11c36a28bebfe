package zohohub

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/zohohub/zohohub/internal/codec"
)

// Record is the way to a module's records as values of T, a struct whose fields are the module's:
//
//	type Lead struct {
//		ID        string
//		FirstName string                    // First_Name in Zoho
//		Source    string `zoho:"Lead_Source"`
//	}
//
//	leads := zohohub.NewRecord[Lead](conn)
//	lead, err := leads.Find(ctx, id)
//
// A Record is immutable and safe for concurrent use.
type Record[T any] struct{ module }

// module is the part of a Record that does not depend on T: the thin generic methods stand on it.
type module struct {
	conn *Connection
	name string
	plan *codec.Plan
	// at is where the records are when that is a list of another record's: the parent's module, its id, the list.
	at []string
	// fault is what is wrong with T or the module's name; it comes out of the first call.
	fault error
}

// moduleNamer is implemented by types that name their module themselves.
type moduleNamer interface{ ModuleName() string }

var (
	errEmptyID     = errors.New("the id is empty")
	errEmptyModule = errors.New("the module's name is empty")
	errNilRecord   = errors.New("the record is nil")
	errNilConn     = errors.New("the connection is nil")
)

// NewRecord returns the records of T's module: the one that [InModule] names, else what T's ModuleName method returns,
// else the type's name in the plural (Lead is Leads, SalesOrder is Sales_Orders, Company is Companies).
// What is wrong with T, a bad tag for example, comes out of the first call.
func NewRecord[T any](conn *Connection, opts ...RecordOption) *Record[T] {
	var cfg recordConfig
	for _, o := range opts {
		if o != nil {
			o.applyRecord(&cfg)
		}
	}
	t := reflect.TypeFor[T]()
	m := module{conn: conn, name: cfg.module}
	if t.Kind() != reflect.Struct {
		m.fault = fmt.Errorf("zohohub: %s is not a struct", t)
		return &Record[T]{m}
	}
	m.plan = codec.For(t)
	if !cfg.named {
		m.name = moduleOf[T](t)
	}
	switch {
	case conn == nil:
		m.fault = errNilConn
	case m.plan.Err() != nil:
		m.fault = m.plan.Err()
	case m.name == "":
		m.fault = fmt.Errorf("zohohub: %s: no module: name it with InModule or a ModuleName method", t)
	case !moduleNames.MatchString(m.name):
		m.fault = fmt.Errorf("zohohub: %s: %q is not a module's API name", t, clip(m.name, 40))
	}
	return &Record[T]{m}
}

var moduleNames = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]*$`)

func moduleOf[T any](t reflect.Type) string {
	var zero T
	if n, ok := any(&zero).(moduleNamer); ok {
		return n.ModuleName()
	}
	if t == reflect.TypeFor[Dynamic]() || t.Name() == "" {
		return ""
	}
	return codec.Plural(codec.Name(t.Name()))
}

// Find returns the record with the id, with all of T's fields, subforms included; every field of the record when T has
// a field for unknown ones. An id that is not there is [ErrRecordNotFound]. It costs one credit.
//
// Zoho: GET /crm/v8/{module}/{id}  https://www.zoho.com/crm/developer/docs/api/v8/get-records.html
func (r *Record[T]) Find(ctx context.Context, id string) (*T, error) {
	raw, err := r.find(ctx, "find", id, r.findFields())
	if err != nil {
		return nil, err
	}
	rec := new(T)
	if err := r.decode("find", raw, rec); err != nil {
		return nil, err
	}
	return rec, nil
}

// FindBy returns the first record that meets the criteria, or [ErrRecordNotFound]. Of [Eq], [In], [Email] and [Phone] only
// exact matches count: Zoho's own search also finds parts (jo@example.com finds mojo@example.com, and "equals Doe" finds
// Doeringer), which are passed over. When there are more than 2,000 candidates, where Zoho's search ends, and none of the
// first 2,000 is exact, it is [ErrTruncated]. Case does not matter, nor how a phone number is grouped. Other conditions
// hold as Zoho's search takes them. As in any list there are no subforms in the record. Fields that the criteria compare
// need not be in T. Searching lags behind writing by some seconds at Zoho. It costs one credit for each page of
// candidates, and one for each candidate whose match T's fields do not show.
//
// Zoho: GET /crm/v8/{module}/search  https://www.zoho.com/crm/developer/docs/api/v8/search-records.html
func (r *Record[T]) FindBy(ctx context.Context, c Criteria) (*T, error) {
	const op = "find"
	l, err := r.newLister(op, nil)
	if err != nil {
		return nil, err
	}
	if err := l.search(c); err != nil {
		return nil, err
	}
	l.alsoAsk(c.fields())
	l.cfg.sequential = true // the first candidate is nearly always the one
	var found *T
	err = l.each(ctx, r.newRecord, func(rec any, raw []byte) (bool, error) {
		ok, err := r.matches(ctx, c, raw)
		if ok {
			found = rec.(*T)
		}
		return !ok && err == nil, err
	})
	switch {
	case found != nil:
		return found, nil
	case err != nil:
		return nil, err
	}
	return nil, &Error{Op: op, Module: r.name, Status: http.StatusNoContent, Index: -1, Err: ErrRecordNotFound}
}

// matches says whether a candidate meets the criteria exactly; when the fields that were asked for do not decide it, the
// whole record is looked at.
func (m *module) matches(ctx context.Context, c Criteria, raw []byte) (bool, error) {
	fields, err := codec.DecodeFields(raw)
	if err != nil {
		return false, err
	}
	id, _ := fields["id"].(string)
	if c.matches(fields) || c.decidedBy(fields) || id == "" {
		return c.matches(fields), nil
	}
	whole, err := m.find(ctx, "find", id, nil)
	switch {
	case errors.Is(err, ErrRecordNotFound): // gone meanwhile
		return false, nil
	case err != nil:
		return false, err
	}
	if fields, err = codec.DecodeFields(whole); err != nil {
		return false, err
	}
	return c.matches(fields), nil
}

// Exists reports whether there is a record with the id. It costs one credit.
//
// Zoho: GET /crm/v8/{module}/{id}
func (r *Record[T]) Exists(ctx context.Context, id string) (bool, error) {
	_, err := r.find(ctx, "look for", id, []string{"id"})
	if id != "" && errors.Is(err, ErrRecordNotFound) {
		return false, nil
	}
	return err == nil, err
}

// Count returns the number of the module's records, or of those that meet all the criteria. It costs about 50 credits.
// It needs API version v2.1 or later and the scope ZohoSearch.securesearch.READ.
//
// Zoho: GET /crm/v8/{module}/actions/count  https://www.zoho.com/crm/developer/docs/api/v8/record-count.html
func (r *Record[T]) Count(ctx context.Context, criteria ...Criteria) (int, error) {
	const op = "count"
	if r.fault == nil && !r.conn.version.counts {
		return 0, r.fail(op, fmt.Errorf("API %s has no call that counts: it came with v2.1", r.conn.version.name))
	}
	params := Params{}
	if all := (Criteria{}).And(criteria...); !all.IsZero() {
		name, value, err := r.param(op, all)
		if err != nil {
			return 0, err
		}
		params[name] = value
	}
	resp, err := r.call(ctx, Request{Op: op, Method: http.MethodGet, Params: params, Repeat: RepeatSafe, Weight: 50},
		"actions", "count")
	if err != nil {
		return 0, err
	}
	if resp.Status == http.StatusNoContent {
		return 0, nil
	}
	n, err := countOf(object(resp.Body)["count"])
	if err != nil {
		return 0, r.failAt(op, resp.Status, err)
	}
	return n, nil
}

// FromFields makes a T of fields keyed by API names; those that T does not name go into its field for unknown ones.
func (r *Record[T]) FromFields(fields Fields) (*T, error) {
	const op = "read fields of"
	if r.fault != nil {
		return nil, r.fail(op, r.fault)
	}
	if err := r.plan.CheckNames(fields); err != nil {
		return nil, r.fail(op, err)
	}
	raw, err := codec.EncodeFields(fields)
	if err != nil {
		return nil, r.fail(op, err)
	}
	rec := new(T)
	if err := r.plan.Decode(raw, rec); err != nil {
		return nil, r.fail(op, err)
	}
	return rec, nil
}

// ToFields is all that T names of rec, and its unknown fields, by API names. Zero values are in it; empty pointers,
// times, dates and lookups are nil.
func (r *Record[T]) ToFields(rec *T) (Fields, error) {
	const op = "write fields of"
	if r.fault != nil {
		return nil, r.fail(op, r.fault)
	}
	if rec == nil {
		return nil, r.fail(op, errNilRecord)
	}
	fields, err := r.plan.Fields(rec)
	if err != nil {
		return nil, r.fail(op, err)
	}
	return fields, nil
}

func (r *Record[T]) newRecord() any { return new(T) }

// findFields are the names that Find asks for; nil asks for all.
func (m *module) findFields() []string {
	if m.fault != nil || m.plan.HasUnknown() {
		return nil
	}
	names := append(m.plan.Names(), m.beside()...)
	if len(names) > maxFields || len(names) == 0 {
		return nil
	}
	return names
}

// find reads one record's raw JSON object.
func (m *module) find(ctx context.Context, op, id string, fields []string) ([]byte, error) {
	if err := checkID(id); err != nil {
		return nil, m.fail(op, err)
	}
	params := Params{}
	if len(fields) > 0 {
		params["fields"] = fields
	}
	resp, err := m.call(ctx, Request{
		Op: op, Method: http.MethodGet, Template: m.template("{id}"), Params: params, Repeat: RepeatSafe, Weight: 1,
	}, id)
	if err != nil {
		return nil, err
	}
	var answer struct {
		Data []json.RawMessage `json:"data"`
	}
	if resp.Status != http.StatusNoContent {
		if err := json.Unmarshal(resp.Body, &answer); err != nil {
			return nil, m.failAt(op, resp.Status, err)
		}
		if answer.Data == nil { // who knows what this is: it does not say that there is no such record
			return nil, m.failAt(op, resp.Status, errNoData)
		}
	}
	if len(answer.Data) == 0 {
		return nil, m.failAt(op, resp.Status, ErrRecordNotFound)
	}
	return m.modernFiles(answer.Data[0]), nil
}

// decode reads a record and, where T is tracked, remembers what was read.
func (m *module) decode(op string, raw []byte, rec any) error {
	if err := m.plan.Decode(raw, rec); err != nil {
		return m.fail(op, err)
	}
	if t, ok := rec.(tracker); ok {
		t.remember(slices.Clone(raw))
	}
	return nil
}

// call sends a request to the module, or to what the path elements name below it.
func (m *module) call(ctx context.Context, req Request, elems ...string) (*Response, error) {
	if m.fault != nil {
		return nil, m.fail(req.Op, m.fault)
	}
	path, err := joinPath(append(m.root(), elems...)...)
	if err != nil {
		return nil, m.fail(req.Op, err)
	}
	req.Module, req.Path = m.name, path
	if req.Template == "" {
		req.Template = m.template(elems...)
	}
	return m.conn.Do(ctx, req)
}

// root is the path of the module's records, template the same, and what is below, without the parent's id.
func (m *module) root() []string {
	if m.at != nil {
		return slices.Clone(m.at)
	}
	return []string{m.name}
}

func (m *module) template(elems ...string) string {
	root := m.root()
	if n := len(root); n > 1 {
		root[n-2] = "{id}"
	}
	return strings.Join(append(root, elems...), "/")
}

// param is the query parameter that carries a condition on the module's records.
func (m *module) param(op string, c Criteria) (name, value string, err error) {
	if m.fault != nil {
		return "", "", m.fail(op, m.fault)
	}
	names := map[string]any{}
	for _, n := range c.fields() {
		names[n] = nil
	}
	if err := m.plan.CheckNames(names); err != nil {
		return "", "", m.fail(op, err)
	}
	if name, value, err = c.param(); err != nil {
		return "", "", m.fail(op, err)
	}
	return name, value, nil
}

func (m *module) fail(op string, err error) *Error { return m.failAt(op, 0, err) }

func (m *module) failAt(op string, status int, err error) *Error {
	return &Error{Op: op, Module: m.name, Status: status, Index: -1, Err: err}
}

// reason is a text that matches a sentinel whose own text would stand in the middle of a line.
type reason struct {
	text     string
	sentinel error
}

func because(sentinel error, format string, args ...any) error {
	return &reason{fmt.Sprintf(format, args...), sentinel}
}

func (r *reason) Error() string { return r.text }
func (r *reason) Unwrap() error { return r.sentinel }

// checkID refuses what cannot be a record's id before it gets into a path or a list of ids: there an empty one would
// mean the whole module, and a strange one another resource.
func checkID(id string) error {
	switch {
	case id == "":
		return errEmptyID
	case !idPattern.MatchString(id) || slices.Contains(reserved, id):
		return because(ErrRecordNotFound, "%q is not a record's id", clip(id, 40))
	}
	return nil
}

var (
	idPattern = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)
	// reserved are Zoho's own words in an id's place.
	reserved = []string{"actions", "deleted", "search", "upsert"}
)
