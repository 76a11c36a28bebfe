package zohohub_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	. "github.com/zohohub/zohohub"
	"github.com/zohohub/zohohub/zohohubtest"
)

// tenantLead is a type of this test's alone, so that both tenants are there when its plan is built.
type tenantLead struct {
	Tracked
	ID       string
	LastName string
	Company  string
	City     string
	Email    string
	Extra    Fields `zoho:",unknown"`
}

func (tenantLead) ModuleName() string { return "Leads" }

// tenant is a customer with an organisation in a data center of its own.
type tenant struct {
	word       string // stands in all its texts, and nowhere else
	idsBegin   string // as do all its records' ids, and no others
	dataCenter DataCenter
	accounts   string // hosts
	api        string
	crm        *zohohubtest.Server
	config     Config
	refresh    string
	conn       *Connection

	mu       sync.Mutex
	given    []string // access tokens
	renewed  []Token  // that OnRefresh was told
	passages []passage
	records  map[string]Fields // what should be in the CRM, by id
	errors   []string
}

// passage is a request to one of a tenant's hosts and its answer.
type passage struct {
	host, line, authorization, body, answer string
}

func (p passage) String() string {
	return strings.Join([]string{p.line, p.host, p.authorization, p.body, p.answer}, "\n")
}

// internet leads each host's requests to its tenant's CRM, and lists those to no host as strays.
type internet struct {
	hosts map[string]*tenant

	mu     sync.Mutex
	strays []string
}

func (n *internet) RoundTrip(req *http.Request) (*http.Response, error) {
	at := n.hosts[req.URL.Host]
	if at == nil || req.URL.Scheme != "https" {
		n.mu.Lock()
		defer n.mu.Unlock()
		n.strays = append(n.strays, req.URL.String())
		return nil, fmt.Errorf("no such host: %s", req.URL.Host)
	}
	p := passage{host: req.URL.Host, line: req.Method + " " + req.URL.RequestURI(), authorization: req.Header.Get("Authorization")}
	if req.Body != nil {
		body, err := io.ReadAll(req.Body)
		_ = req.Body.Close()
		if err != nil {
			return nil, err
		}
		p.body = string(body)
		req = req.Clone(req.Context())
		req.Body = io.NopCloser(bytes.NewReader(body))
	}
	resp, err := at.crm.Transport().RoundTrip(req)
	if err != nil {
		return nil, err
	}
	answer, err := io.ReadAll(resp.Body)
	_ = resp.Body.Close()
	if err != nil {
		return nil, err
	}
	if p.host == at.accounts { // the fake calls itself by its socket's address
		answer = bytes.ReplaceAll(answer, []byte(at.crm.URL()), []byte("https://"+at.api))
		resp.Header.Set("Content-Length", fmt.Sprint(len(answer)))
		resp.ContentLength = int64(len(answer))
	}
	resp.Body = io.NopCloser(bytes.NewReader(answer))
	p.answer = string(answer)

	at.mu.Lock()
	defer at.mu.Unlock()
	at.passages = append(at.passages, p)
	var token struct {
		AccessToken string `json:"access_token"`
	}
	if p.host == at.accounts && json.Unmarshal(answer, &token) == nil {
		at.given = append(at.given, token.AccessToken)
	}
	return resp, nil
}

// connect signs the tenant in, with a copy of the configuration that all tenants share.
func (n *tenant) connect(t *testing.T, cfg Config) {
	t.Helper()
	n.crm = zohohubtest.NewServer(t)
	cfg.DataCenter = n.dataCenter
	cfg.ClientID, cfg.ClientSecret = n.crm.Config().ClientID, "fake-secret-of-"+n.word // as at Zoho: one id, a secret for each data center
	cfg.OnRefresh = func(tok Token) {
		n.mu.Lock()
		defer n.mu.Unlock()
		n.renewed = append(n.renewed, tok)
	}
	n.config = cfg
	n.crm.AddClient(cfg.ClientID, cfg.ClientSecret)
	n.crm.AddField("Leads", zohohubtest.Field{APIName: "Note_" + n.word, DataType: "text"})
	n.crm.Inject(zohohubtest.Fault{Path: "/Contacts", Times: -1, Status: http.StatusForbidden, Code: "NO_PERMISSION", Message: "ask " + n.word})

	n.records = map[string]Fields{}
	for i := range 120 {
		row := n.row(fmt.Sprintf("%s seed %d", n.word, i))
		seed := maps.Clone(row)
		if i == 0 {
			seed["id"] = n.idsBegin + "000000001" // later ids follow it
		}
		n.records[n.crm.Seed("Leads", seed)[0]] = row
	}
	tok := n.crm.Token()
	n.refresh, n.given = tok.RefreshToken, []string{tok.AccessToken}
	var err error
	n.conn, err = NewConnection(cfg, &Token{AccessToken: tok.AccessToken, RefreshToken: tok.RefreshToken})
	require.NoError(t, err)
}

func (n *tenant) row(name string) Fields {
	return Fields{"Last_Name": name, "Company": n.word, "City": n.word, "Email": strings.ReplaceAll(name, " ", ".") + "@example.com"}
}

func (n *tenant) lead(name string) *tenantLead {
	return &tenantLead{LastName: name, Company: n.word, City: n.word, Email: strings.ReplaceAll(name, " ", ".") + "@example.com"}
}

// keep notes what should be in the CRM; nil is nothing.
func (n *tenant) keep(id string, row Fields) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if row == nil {
		delete(n.records, id)
	} else {
		n.records[id] = row
	}
}

func (n *tenant) failed(t *testing.T, err, want error) {
	t.Helper()
	assert.ErrorIs(t, err, want)
	n.mu.Lock()
	defer n.mu.Unlock()
	n.errors = append(n.errors, fmt.Sprintf("%v %+v", err, err))
}

// owns checks that a record came from the tenant's CRM.
func (n *tenant) owns(t *testing.T, l *tenantLead) {
	t.Helper()
	if !strings.HasPrefix(l.ID, n.idsBegin) || !strings.Contains(l.LastName, n.word) || l.Company != n.word || !strings.Contains(l.Email, n.word) {
		t.Errorf("%s was given %s %s of %s <%s>", n.word, l.ID, l.LastName, l.Company, l.Email)
	}
}

// work is what one goroutine of the tenant does in a round.
func (n *tenant) work(t *testing.T, name string) {
	ctx, leads := t.Context(), NewRecord[tenantLead](n.conn)
	one := n.lead(name)
	if !assert.NoError(t, leads.Create(ctx, one)) {
		return
	}
	n.keep(one.ID, n.row(name))
	found, err := leads.Find(ctx, one.ID)
	if !assert.NoError(t, err) {
		return
	}
	n.owns(t, found)
	assert.Equal(t, name, found.LastName)
	assert.Contains(t, found.Extra, "Note_"+n.word)
	found.LastName += " saved"
	assert.NoError(t, leads.Save(ctx, found))
	row := n.row(name)
	row["Last_Name"] = found.LastName
	n.keep(one.ID, row)

	batch := []*tenantLead{n.lead(name + " a"), n.lead(name + " b"), n.lead(name + " c")}
	results, err := leads.CreateAll(ctx, batch)
	if !assert.NoError(t, err) {
		return
	}
	for i, res := range results {
		assert.Equal(t, res.ID, batch[i].ID)
		n.owns(t, batch[i])
		n.keep(res.ID, n.row(batch[i].LastName))
	}
	city := n.word + " centre"
	assert.NoError(t, leads.Update(ctx, results[1].ID, Fields{"City": city}))
	row = n.row(batch[1].LastName)
	row["City"] = city
	n.keep(results[1].ID, row)
	assert.NoError(t, leads.Delete(ctx, results[2].ID))
	n.keep(results[2].ID, nil)

	seen := map[string]bool{}
	for l, err := range leads.All(ctx, PerPage(50)) {
		if !assert.NoError(t, err) {
			return
		}
		n.owns(t, l)
		seen[l.ID] = true
	}
	assert.True(t, seen[one.ID] && seen[results[0].ID] && seen[results[1].ID] && !seen[results[2].ID])
	byMail, err := leads.FindBy(ctx, Email(one.Email))
	if assert.NoError(t, err) {
		assert.Equal(t, one.ID, byMail.ID)
	}

	_, err = leads.Find(ctx, results[2].ID)
	n.failed(t, err, ErrRecordNotFound)
	wrong := n.lead(name)
	wrong.Email = "no address of " + n.word
	n.failed(t, leads.Create(ctx, wrong), ErrRecordInvalid)
	_, err = NewRecord[Dynamic](n.conn, InModule("Contacts")).Page(ctx, OnlyFields("Last_Name"))
	n.failed(t, err, ErrNoPermission)
	assert.ErrorContains(t, err, "ask "+n.word)
}

// look reads by the fields that the tenant's organisation has.
func (n *tenant) look(t *testing.T) {
	found := 0
	for d, err := range NewRecord[Dynamic](n.conn, InModule("Leads")).Where(t.Context(), Eq("Last_Name", n.word+" seed 7")) {
		if assert.NoError(t, err) {
			found++
			assert.Contains(t, d.Fields, "Note_"+n.word)
		}
	}
	assert.Equal(t, 1+10, found, "7 and 70 to 79: a search finds parts, too")
}

// Two tenants in two data centers share a process, a Config, an HTTP client and a record type, and nothing else.
func TestNothingCrossesBetweenTenants(t *testing.T) {
	t.Parallel()
	eu := &tenant{word: "lisboa", idsBegin: "6666000000", dataCenter: EU, accounts: "accounts.zoho.eu", api: "www.zohoapis.eu"}
	us := &tenant{word: "austin", idsBegin: "7777000000", dataCenter: US, accounts: "accounts.zoho.com", api: "www.zohoapis.com"}
	net := &internet{hosts: map[string]*tenant{eu.accounts: eu, eu.api: eu, us.accounts: us, us.api: us}}
	shared := Config{HTTPClient: &http.Client{Transport: net}, Scopes: []string{"ZohoCRM.modules.ALL"}}
	eu.connect(t, shared)
	us.connect(t, shared)

	const phases, workers, rounds = 2, 6, 3
	for phase := range phases {
		var all sync.WaitGroup
		for _, n := range []*tenant{eu, us} {
			for worker := range workers {
				all.Go(func() {
					n.look(t)
					for round := range rounds {
						if worker == 0 && round == 1 {
							n.crm.ExpireTokens() // once a phase: a token that ends again before it was used is refused for good
						}
						n.work(t, fmt.Sprintf("%s %d %d %d", n.word, phase, worker, round))
					}
				})
			}
		}
		all.Wait()
	}

	assert.Empty(t, net.strays)
	for _, of := range []struct{ n, other *tenant }{{eu, us}, {us, eu}} {
		of.n.check(t, phases)
		of.n.hasNothingOf(t, of.other)
		assert.Len(t, of.n.errors, 3*phases*workers*rounds)
	}
}

// check looks at what became of the tenant's work.
func (n *tenant) check(t *testing.T, refreshes int) {
	t.Helper()
	inCRM := map[string]Fields{}
	for _, r := range n.crm.Records("Leads") {
		inCRM[r["id"].(string)] = Fields{"Last_Name": r["Last_Name"], "Company": r["Company"], "City": r["City"], "Email": r["Email"]}
	}
	assert.Equal(t, n.records, inCRM)

	refresh := url.Values{
		"client_id": {n.config.ClientID}, "client_secret": {n.config.ClientSecret},
		"grant_type": {"refresh_token"}, "refresh_token": {n.refresh},
	}
	asked := 0
	for _, p := range n.passages {
		if p.host == n.accounts {
			asked++
			form, err := url.ParseQuery(p.body)
			assert.NoError(t, err)
			assert.Equal(t, refresh, form)
			continue
		}
		token, ok := strings.CutPrefix(p.authorization, "Zoho-oauthtoken ")
		assert.True(t, ok && slices.Contains(n.given, token), "%s: %s carries a token that %s was not given", n.word, p.line, n.word)
	}
	assert.Equal(t, refreshes, asked, "one refresh each time, whoever waited")
	require.Len(t, n.given, 1+refreshes)
	require.Len(t, n.renewed, refreshes)
	for i, tok := range n.renewed {
		assert.Equal(t, n.given[1+i], tok.AccessToken)
		assert.Equal(t, "https://"+n.api, tok.APIDomain)
	}
}

// hasNothingOf searches the tenant's requests, answers and errors for what is the other's.
func (n *tenant) hasNothingOf(t *testing.T, other *tenant) {
	t.Helper()
	foreign := append([]string{other.word, other.idsBegin, other.accounts, other.api, other.refresh}, other.given...)
	search := func(what, text string) {
		for _, f := range foreign {
			if strings.Contains(text, f) {
				t.Errorf("%s of %s has %q of %s", what, n.word, f, other.word)
			}
		}
	}
	for _, p := range n.passages {
		search(p.line, p.String())
	}
	for _, e := range n.errors {
		search("an error", e)
	}
}
