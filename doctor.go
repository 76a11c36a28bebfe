package zohohub

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"
	"unicode"
)

// Diagnosis is what [Connection.Doctor] found. It holds no secret.
type Diagnosis struct {
	// DataCenter is where calls go, such as "eu", and Environment "www" (production), "sandbox" or "developer". Both are
	// empty on loopback.
	DataCenter, Environment string
	// APIDomain takes the calls, in APIVersion; AccountsURL renews the token.
	APIDomain, APIVersion, AccountsURL string
	// Org is the organization's name, ZGID its number; empty where the token may not ask.
	Org, ZGID string
	// User is whose token it is, by name and by e-mail address; empty where the token may not ask. Email is Token.User then.
	User, Email string
	// Granted are the token's scopes as Zoho told them, which it does not always do: then there are none.
	Granted []string
	// Missing are the scopes that the token lacks: of Config.Scopes, or its default, if Zoho told what is granted, and of
	// what Doctor asked.
	Missing []string
	// TokenEnds is when the access token ends; zero when Zoho did not tell. Renewable says that another can be got then.
	TokenEnds time.Time
	Renewable bool
	// CreditsLeft are the day's API credits. Zoho tells them when half are used; before that it is -1.
	CreditsLeft int
	// ClockSkew is how far this machine's clock is ahead of Zoho's; negative when it is behind. Zoho's answers tell whole
	// seconds: what is less than two is 0. ClockRead says that an answer told the time: else nothing is known.
	ClockSkew time.Duration
	ClockRead bool
}

const opDoctor = "doctor"

// Doctor finds out what the connection is and can do: where its calls go, who calls, which scopes are missing, and whether
// the clocks agree. A scope that is missing is no error but part of the diagnosis. The Diagnosis is never nil: beside an error
// it has what the connection knows by itself, and what was found before. It costs two credits.
//
// Zoho: GET /crm/v8/users?type=CurrentUser, GET /crm/v8/org
func (c *Connection) Doctor(ctx context.Context) (*Diagnosis, error) {
	d := &Diagnosis{CreditsLeft: -1, APIVersion: c.version.name}
	var fault error
	for _, call := range []struct {
		req  Request
		read func(body []byte) error
	}{
		{Request{Op: opDoctor, Method: http.MethodGet, Path: "users", Template: "users", Params: Params{"type": "CurrentUser"}, Weight: 1}, d.readUser},
		{Request{Op: opDoctor, Method: http.MethodGet, Path: "org", Template: "org", Weight: 1}, d.readOrg},
	} {
		start := time.Now()
		resp, err := c.Do(ctx, call.req)
		if resp != nil {
			d.readHeader(resp.Header, start, time.Now())
		}
		switch {
		case errors.Is(err, ErrScopeMismatch):
			d.Missing = append(d.Missing, scopesOf(&call.req)...)
			continue
		case err != nil:
		case len(resp.Body) == 0:
			err = asError(&call.req, because(ErrRecordNotFound, "Zoho tells nothing of %s", call.req.Path))
		default:
			if err = call.read(resp.Body); err != nil {
				err = asError(&call.req, err)
			}
		}
		if fault == nil {
			fault = err
		}
		if err != nil && (resp == nil || errors.Is(err, ErrInvalidToken) || errors.Is(err, ErrRateLimited)) {
			break // the next would go the same way
		}
	}
	d.readTokens(c.tokens)
	return d, fault
}

func (d *Diagnosis) readUser(body []byte) error {
	var out struct {
		Users []struct {
			Name  string `json:"full_name"`
			Email string `json:"email"`
		} `json:"users"`
	}
	if err := decode(body, &out); err != nil {
		return err
	}
	if len(out.Users) != 1 {
		return errors.New("the answer does not name one user")
	}
	d.User, d.Email = out.Users[0].Name, out.Users[0].Email
	return nil
}

func (d *Diagnosis) readOrg(body []byte) error {
	var out struct {
		Org []struct {
			Name string          `json:"company_name"`
			ZGID json.RawMessage `json:"zgid"`
		} `json:"org"`
	}
	if err := decode(body, &out); err != nil {
		return err
	}
	if len(out.Org) != 1 {
		return errors.New("the answer does not name one organization")
	}
	d.Org, d.ZGID = out.Org[0].Name, scalar(out.Org[0].ZGID)
	return nil
}

// readHeader reads what comes with any answer to a request that was under way from start to end.
func (d *Diagnosis) readHeader(h http.Header, start, end time.Time) {
	if left, err := strconv.Atoi(h.Get("X-API-CREDITS-REMAINING")); err == nil && left >= 0 {
		d.CreditsLeft = left
	}
	date, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		return
	}
	took := end.Sub(start)
	skew := start.Add(took / 2).Sub(date.Add(time.Second / 2)) // between two of Zoho's seconds, and in the middle of the call
	d.ClockSkew, d.ClockRead = 0, true
	if skew.Abs() >= 2*time.Second+took/2 {
		d.ClockSkew = skew.Round(time.Second)
	}
}

// readTokens reads what the connection knows by itself.
func (d *Diagnosis) readTokens(t *tokens) {
	t.mu.Lock()
	defer t.mu.Unlock()
	// What is wrong with an address, each call says.
	d.APIDomain, _ = t.cfg.apiOrigin(t.tok)
	d.AccountsURL, _ = t.cfg.accountsOrigin(t.tok)
	if s, err := parseAPI("API domain", d.APIDomain); err == nil && s.kind == siteAPI {
		d.DataCenter, d.Environment = s.dc.String(), s.env
	}
	d.Email = cmp.Or(d.Email, t.tok.User)
	d.TokenEnds, d.Renewable = t.tok.Expiry, t.tok.RefreshToken != "" || t.cfg.TokenSource != nil
	d.Granted = strings.FieldsFunc(t.tok.Scope, func(r rune) bool { return r == ',' || r == ' ' })
	if len(d.Granted) > 0 {
		d.Missing = append(d.Missing, lacking(t.tok.Scope, t.cfg.Scopes)...)
	}
	slices.Sort(d.Missing)
	d.Missing = slices.Compact(d.Missing)
}

// String is the diagnosis for people, in a few lines.
func (d Diagnosis) String() string {
	where := d.APIDomain + ", " + d.APIVersion
	if d.DataCenter != "" {
		where += ", data center " + d.DataCenter
	}
	switch d.Environment {
	case envSandbox, envDeveloper:
		where += ", " + d.Environment
	}
	ends := "not told"
	if !d.TokenEnds.IsZero() {
		ends = d.TokenEnds.UTC().Format(time.RFC3339)
		if d.TokenEnds.Before(time.Now()) {
			ends += ", which is past"
		}
	}
	if !d.Renewable {
		ends += ", and cannot be renewed: there is no refresh token"
	}
	credits := "not told, which Zoho does when half of them are used"
	if d.CreditsLeft >= 0 {
		credits = strconv.Itoa(d.CreditsLeft)
	}
	clock := "right"
	switch {
	case !d.ClockRead:
		clock = "not known: no answer told the time"
	case d.ClockSkew > 0:
		clock = d.ClockSkew.String() + " ahead of Zoho's"
	case d.ClockSkew < 0:
		clock = (-d.ClockSkew).String() + " behind Zoho's"
	}
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for _, line := range [][2]string{
		{"API", where},
		{"accounts server", d.AccountsURL},
		{"organization", named(d.Org, d.ZGID)},
		{"user", named(d.User, d.Email)},
		{"scopes granted", listed(d.Granted, "not told")},
		{"scopes missing", listed(d.Missing, "none that is known")},
		{"access token ends", ends},
		{"API credits left", credits},
		{"clock", clock},
	} {
		fmt.Fprintf(w, "%s\t%s\n", line[0], oneLine(line[1]))
	}
	_ = w.Flush() // a Builder takes all
	return b.String()
}

func named(name, key string) string {
	switch {
	case name == "" && key == "":
		return "not known"
	case name == "" || key == "":
		return name + key
	}
	return fmt.Sprintf("%s (%s)", name, key)
}

func listed(all []string, none string) string {
	if len(all) == 0 {
		return none
	}
	return strings.Join(all, ", ")
}

// oneLine keeps what Zoho's users wrote on its line.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, s)
}
