package zohohub_test

import (
	"encoding/json"
	"fmt"
	"iter"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	. "github.com/zohohub/zohohub"
	"github.com/zohohub/zohohub/zohohubtest"
)

// sweepWorld is where one cell of the sweep happens: three leads, one more in the bin, and somebody signed in.
type sweepWorld struct {
	crm    *zohohubtest.Server
	wire   *sweepWire
	cfg    Config
	tok    *Token
	code   string
	conn   *Connection
	people *Record[Person]
	ids    []string
	hung   hanging
	org    orgParts
	filed  filed
	mailed mailed
	kept   kept
	// filesBefore were uploaded before the cell.
	filesBefore int
}

const deletedName = "Moe"

func newSweepWorld(t *testing.T, crm *zohohubtest.Server, call sweepCall) *sweepWorld {
	t.Helper()
	crm.ClearFaults()
	w := &sweepWorld{crm: crm, cfg: crm.Config(), tok: crm.Token(), code: crm.GrantCode()}
	w.wire = &sweepWire{next: crm.Transport(), host: strings.TrimPrefix(crm.URL(), "http://"), path: "/crm"}
	if call.road >= signingIn {
		w.wire.path = "/oauth"
	}
	w.cfg.HTTPClient = &http.Client{Transport: w.wire}
	w.cfg.Logger = suite.Logger("the sweep")
	conn, err := NewConnection(w.cfg, w.tok)
	require.NoError(t, err)
	w.conn, w.people = conn, NewRecord[Person](conn)
	for _, r := range crm.Records("Leads") {
		w.ids = append(w.ids, r["id"].(string))
	}
	if len(w.ids) == 0 || call.done != nil || call.prepare != nil {
		w.startOver(t)
	}
	if call.prepare != nil {
		call.prepare(w)
	}
	crm.ResetRequests()
	return w
}

// startOver leaves nothing of what the cell before has written.
func (w *sweepWorld) startOver(t *testing.T) {
	t.Helper()
	_, err := w.people.DeleteAll(t.Context(), w.ids)
	require.NoError(t, err)
	w.ids = nil
	for _, name := range []string{"Doe", "Roe", "Poe", deletedName} {
		w.ids = append(w.ids, w.crm.Seed("Leads", Fields{
			"Last_Name": name, "Company": "Acme", "Email": strings.ToLower(name) + "@example.com", "City": "Lisboa",
		})...)
	}
	require.NoError(t, w.people.Delete(t.Context(), w.ids[3]))
	w.ids = w.ids[:3]
}

// requests counts those on the call's road, and the refreshes on the way to the CRM.
func (w *sweepWorld) requests() (sent, renewals int) {
	for _, r := range w.crm.Requests() {
		switch {
		case strings.HasPrefix(r.Path, w.wire.path):
			sent++
		default:
			renewals++
		}
	}
	return sent, renewals
}

// sweepWire is the fake's transport, and looks at what passes.
type sweepWire struct {
	next         http.RoundTripper
	path, host   string
	pass, refuse int
	strayed      []string
}

// RoundTrip implements [http.RoundTripper].
func (s *sweepWire) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Host != s.host {
		s.strayed = append(s.strayed, r.URL.Host)
	}
	switch {
	case s.refuse == 0:
	case s.pass > 0:
		s.pass--
	default:
		s.refuse--
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
	}
	if r.Method == http.MethodPatch && !strings.HasSuffix(r.URL.Path, "/watch") { // the fake has no other call that takes it
		r = r.Clone(r.Context())
		r.Method = http.MethodPut
	}
	return s.next.RoundTrip(r)
}

func newmen(n int) []*Person {
	recs := make([]*Person, n)
	for i := range recs {
		recs[i] = &Person{LastName: "Newman", Company: "New", Email: fmt.Sprintf("new%d@example.com", i)}
	}
	return recs
}

func (w *sweepWorld) count(field, value string) (n int) {
	for _, r := range w.crm.Records("Leads") {
		if r[field] == value {
			n++
		}
	}
	return n
}

func made(w *sweepWorld) int  { return w.count("Last_Name", "Newman") }
func moved(w *sweepWorld) int { return w.count("City", "Porto") }
func gone(w *sweepWorld) int  { return 3 - w.count("Company", "Acme") }

func sweepRows(row Fields) map[string]any { return map[string]any{"data": []Fields{row}} }

// sweepPage is an answer of Zoho's: records, or results.
type sweepPage struct {
	Data []struct {
		Name string `json:"Last_Name"` //nolint:tagliatelle // Zoho's
		Code string `json:"code"`
	} `json:"data"`
}

func (p sweepPage) text() string {
	var words []string
	for _, d := range p.Data {
		words = append(words, d.Name+d.Code)
	}
	return strings.Join(words, " ")
}

// The functions below put into words what a call returned; nothing is "".

func answered(resp *Response, err error) (string, error) {
	if err != nil || len(resp.Body) == 0 {
		return "", err // what the Response is beside an error is Do's own test
	}
	var page sweepPage
	err = json.Unmarshal(resp.Body, &page)
	return page.text(), err
}

func signedIn(tok *Token, err error) (string, error) {
	switch {
	case tok == nil:
		return "", err
	case tok.AccessToken == "" || tok.RefreshToken == "":
		return "half a token", err
	}
	return "a token", err
}

func named(p *Person, err error) (string, error) {
	if p == nil {
		return "", err
	}
	return p.LastName, err
}

func told[T comparable](v T, err error) (string, error) {
	var zero T
	if err != nil && v == zero {
		return "", err
	}
	return fmt.Sprint(v), err
}

func listed[T any](list iter.Seq2[*T, error]) (string, error) {
	var names []string
	var last error
	for rec, err := range list {
		switch rec := any(rec).(type) {
		case *Person:
			if rec != nil {
				names = append(names, rec.LastName)
			}
		case *DeletedRecord:
			if rec != nil {
				names = append(names, rec.DisplayName)
			}
		}
		if last != nil {
			names = append(names, "more after an error")
		}
		last = err
	}
	return strings.Join(names, " "), last
}

func counted(results Results, err error) (string, error) {
	n := 0
	for _, r := range results {
		if r.Err == nil && r.ID != "" {
			n++
		}
	}
	if n == 0 {
		return "", err
	}
	return fmt.Sprintf("%d of %d", n, len(results)), err
}
