package zohohubtest

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestRequestsAreWrittenDown(t *testing.T) {
	t.Parallel()
	s := NewServer(t)
	before := s.Now()
	header := signed("1000.fake-access-token")
	header.Set("X-A", "1")
	ask(t, s, http.MethodPost, "/crm/v8/Leads?trigger=a&trigger=b", header, strings.NewReader(newLead))
	ask(t, s, http.MethodGet, "/nowhere", nil, nil)

	got := s.Requests()
	for i := range got {
		assert.False(t, got[i].Time.Before(before))
		got[i].Time = before
		got[i].Header.Del("Content-Length")
		got[i].Header.Del("User-Agent")
		got[i].Header.Del("Accept-Encoding")
	}
	want := []Request{
		{
			Method: "POST", Path: "/crm/v8/Leads", Query: url.Values{"trigger": {"a", "b"}}, Body: []byte(newLead), Status: 401, Time: before,
			Header: http.Header{"Authorization": {"Zoho-oauthtoken [redacted]"}, "X-A": {"1"}},
		},
		{Method: "GET", Path: "/nowhere", Query: url.Values{}, Header: http.Header{}, Status: 404, Time: before},
	}
	assert.Equal(t, want, got)

	got[0].Body[0], got[0].Query["trigger"][0] = '!', "!"
	got[0].Header.Set("X-A", "!")
	again := s.Requests()[0]
	assert.Equal(t, []any{newLead, "a", "1"}, []any{string(again.Body), again.Query.Get("trigger"), again.Header.Get("X-A")}, "they are copies")

	s.ResetRequests()
	assert.Empty(t, s.Requests())
}

func TestSecretsAreNotWrittenDown(t *testing.T) {
	t.Parallel()
	s := NewServer(t)
	const secret = "fake-secret-to-be-hidden"
	form := url.Values{"grant_type": {"refresh_token"}, "client_id": {"1000.X"}, "client_secret": {secret}, "refresh_token": {secret}, "code": {secret}, "token": {secret}, "odd": {secret}}
	var multi bytes.Buffer
	mw := multipart.NewWriter(&multi)
	for name := range form {
		require.NoError(t, mw.WriteField(name, form.Get(name)))
	}
	require.NoError(t, mw.Close())
	basic := &http.Request{Header: http.Header{}}
	basic.SetBasicAuth("1000.X", secret)

	ask(t, s, http.MethodPost, "/oauth/v2/token", formHeader(), strings.NewReader(form.Encode()))
	ask(t, s, http.MethodPost, "/oauth/v2/token?"+form.Encode(), basic.Header, nil)
	ask(t, s, http.MethodPost, "/oauth/v2/token/revoke", http.Header{"Content-Type": {mw.FormDataContentType()}}, &multi)
	ask(t, s, http.MethodPost, "/oauth/v2/token", http.Header{"Content-Type": {"text/plain"}}, strings.NewReader(secret))
	ask(t, s, http.MethodPost, "/oauth/v2/token", http.Header{"Authorization": {secret}, "Cookie": {"sid=" + secret, "a=" + secret}}, nil)
	s.Inject(Fault{CutBefore: true})
	_, _, err := send(t.Context(), roads(s)["transport"], http.MethodPost, s.URL()+"/oauth/v2/token", formHeader(), form.Encode())
	require.Error(t, err)
	ask(t, s, http.MethodPost, "//oauth/v2/token?"+form.Encode(), formHeader(), strings.NewReader(form.Encode())) // an address that ends with a slash

	got := s.Requests()
	for _, r := range got {
		assert.NotContains(t, fmt.Sprint(r.Path, r.Query, r.Header, string(r.Body)), secret)
	}
	hidden := url.QueryEscape(redacted)
	want := "client_id=1000.X&client_secret=" + hidden + "&code=" + hidden + "&grant_type=refresh_token&odd=" + hidden + "&refresh_token=" + hidden + "&token=" + hidden
	assert.Equal(t, []string{want, "", want, "", "", want, want}, []string{
		string(got[0].Body), string(got[1].Body), string(got[2].Body), string(got[3].Body), string(got[4].Body), string(got[5].Body), string(got[6].Body),
	})
	assert.Equal(t, []string{redacted}, got[4].Header.Values("Cookie"))
	assert.Equal(t, want, got[1].Query.Encode())
	assert.Equal(t, "Basic [redacted]", got[1].Header.Get("Authorization"))
}

func TestRefusedRequestsKeepTheirBody(t *testing.T) {
	t.Parallel()
	s := NewServer(t)
	s.Inject(Fault{Status: 429})
	ask(t, s, http.MethodPost, "/crm/v8/Leads", nil, strings.NewReader(newLead))
	ask(t, s, http.MethodPost, "/crm/v8/Leads", nil, strings.NewReader(newLead))
	for _, r := range s.Requests() {
		assert.JSONEq(t, newLead, string(r.Body))
	}
}

// Whoever is refused learns it before having sent all, and the log has what came.
func TestRefusalDoesNotWaitForTheBody(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		path   string
		fault  Fault
		status int
	}{
		"unknown token": {"/crm/v8/Leads", Fault{}, 401},
		"unknown path":  {"/nowhere", Fault{}, 404},
		"fault":         {"/crm/v8/Leads", Fault{Status: 429}, 429},
		"unknown call":  {"/crm/v8/nothing/at/all/out/there", Fault{}, 404},
	} {
		for _, road := range []string{"socket", "transport"} {
			t.Run(name+" over the "+road, func(t *testing.T) {
				t.Parallel()
				s := NewServer(t)
				if test.fault.Status != 0 {
					s.Inject(test.fault)
				}
				ctx, cancel := context.WithTimeout(t.Context(), longest)
				defer cancel()
				pr, pw := io.Pipe()
				defer func() { assert.NoError(t, pw.Close()) }()
				// Go's client does not give up before the body does.
				defer context.AfterFunc(ctx, func() { _ = pr.CloseWithError(context.Cause(ctx)) })()
				wrote := make(chan error, 1)
				go func() {
					_, err := pw.Write([]byte("part"))
					wrote <- err
				}()
				req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.URL()+test.path, pr)
				require.NoError(t, err)
				req.Header = signed("1000.x")
				if name == "unknown call" {
					req.Header = signed(s.Token().AccessToken)
				}
				client := roads(s)[road]
				if road == "socket" {
					kept := &http.Transport{} // a server answers a connection that is not kept sooner
					defer kept.CloseIdleConnections()
					client = &http.Client{Transport: kept}
				}
				resp, err := client.Do(req)
				require.NoError(t, err)
				_, err = io.ReadAll(resp.Body)
				require.NoError(t, err)
				require.NoError(t, resp.Body.Close())
				assert.Equal(t, test.status, resp.StatusCode)
				require.NoError(t, awaited(t, wrote, "the part that was sent"))
				assert.Equal(t, []any{"part", test.status}, []any{string(s.Requests()[0].Body), s.Requests()[0].Status})
			})
		}
	}
}

func TestLogIsBounded(t *testing.T) {
	t.Parallel()
	s := NewServer(t)
	ask(t, s, http.MethodPost, "/crm/v8/Leads", nil, bytes.NewReader(make([]byte, mostLoggedBody+5)))
	assert.Len(t, s.Requests()[0].Body, mostLoggedBody)

	var l requestLog
	for i := range mostLogged + 1 {
		l.add(&loggedRequest{Request: Request{Status: i}})
	}
	all := l.all()
	assert.Len(t, all, mostLogged)
	assert.Equal(t, []int{1, mostLogged}, []int{all[0].Status, all[mostLogged-1].Status}, "the oldest is forgotten")

	l.reset()
	for range mostLoggedBytes/mostLoggedBody + 1 {
		e := &loggedRequest{}
		l.add(e)
		assert.Equal(t, 0, l.grow(e, make([]byte, mostLoggedBody+1)))
	}
	assert.Len(t, l.entries, mostLoggedBytes/mostLoggedBody)
	assert.Equal(t, mostLoggedBytes, l.bytes)
}

func TestManyClientsAtOnce(t *testing.T) {
	t.Parallel()
	s := NewServer(t)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 20 {
				got, _, err := send(t.Context(), roads(s)["transport"], http.MethodPost, s.URL()+"/crm/v8/Leads", signed(s.Token().AccessToken), newLead)
				assert.NoError(t, err)
				assert.Equal(t, http.StatusCreated, got.Status)
				s.Advance(1)
				s.Inject(Fault{Path: "/nowhere", Status: 500})
			}
		})
	}
	wg.Wait()
	assert.Len(t, s.Records("Leads"), 160)
	assert.Len(t, s.Requests(), 160)
}
