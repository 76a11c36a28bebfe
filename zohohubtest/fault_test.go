package zohohubtest

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// roads are the two ways to a server: faults must look alike on both.
func roads(s *Server) map[string]*http.Client {
	return map[string]*http.Client{
		// A new connection for each request: Go's transport repeats what is lost on a used one.
		"socket":    {Transport: &http.Transport{DisableKeepAlives: true}},
		"transport": {Transport: s.Transport()},
	}
}

// send gives what a client sees of an answer and the error that ended it.
func send(ctx context.Context, client *http.Client, method, url string, header http.Header, body string) (reply, http.Header, error) {
	req, err := http.NewRequestWithContext(ctx, method, url, strings.NewReader(body))
	if err != nil {
		return reply{}, nil, err
	}
	req.Header = header.Clone()
	resp, err := client.Do(req)
	if err != nil {
		return reply{}, nil, err
	}
	b, err := io.ReadAll(resp.Body)
	return reply{resp.StatusCode, resp.Header.Get("Content-Type"), string(b)}, resp.Header, errors.Join(err, resp.Body.Close())
}

const newLead = `{"data":[{"Last_Name":"Doe"}]}`

func flat(status int, code, message string) reply {
	return reply{status, typeOfAnswers, `{"code":"` + code + `","details":{},"message":"` + message + `","status":"error"}`}
}

func TestFaultAnswers(t *testing.T) {
	t.Parallel()
	s := NewServer(t)
	const crmPath, tokenPath = "/crm/v8/Leads", "/oauth/v2/token"
	for name, c := range map[string]struct {
		path  string
		fault Fault
		want  reply
	}{
		"400":                  {crmPath, Fault{Status: 400}, flat(400, "INVALID_DATA", "body")},
		"401":                  {crmPath, Fault{Status: 401}, invalidToken},
		"403":                  {crmPath, Fault{Status: 403}, flat(403, "NO_PERMISSION", "permission denied")},
		"404":                  {crmPath, Fault{Status: 404}, flat(404, "INVALID_URL_PATTERN", "Please check if the URL trying to access is a correct one")},
		"429":                  {crmPath, Fault{Status: 429}, flat(429, "TOO_MANY_REQUESTS", "API rate limit exceeded. Please retry after some time")},
		"500":                  {crmPath, Fault{Status: 500}, flat(500, "INTERNAL_ERROR", "Internal server error occurred.")},
		"502":                  {crmPath, Fault{Status: 502}, page(502, "502 Bad Gateway")},
		"503":                  {crmPath, Fault{Status: 503}, page(503, "503 Service Unavailable")},
		"504":                  {crmPath, Fault{Status: 504}, page(504, "504 Gateway Timeout")},
		"204":                  {crmPath, Fault{Status: 204}, reply{Status: 204}},
		"code":                 {crmPath, Fault{Code: "LICENSE_EXPIRED"}, flat(400, "LICENSE_EXPIRED", "")},
		"code and message":     {crmPath, Fault{Status: 401, Code: "AUTHENTICATION_FAILURE", Message: "Authentication failed"}, notSignedIn},
		"message":              {crmPath, Fault{Status: 403, Message: "no"}, flat(403, "NO_PERMISSION", "no")},
		"503 in JSON":          {crmPath, Fault{Status: 503, Code: "SERVICE_UNAVAILABLE"}, flat(503, "SERVICE_UNAVAILABLE", "")},
		"body of a gateway":    {crmPath, Fault{Status: 200, Body: " <html>x</html>"}, reply{200, "text/html;charset=UTF-8", " <html>x</html>"}},
		"body of JSON":         {crmPath, Fault{Body: `{"data":[`}, reply{200, typeOfAnswers, `{"data":[`}},
		"body and type":        {crmPath, Fault{Body: "x", ContentType: "text/plain"}, reply{200, "text/plain", "x"}},
		"accounts 429":         {tokenPath, Fault{Status: 429}, reply{429, typeOfAnswers, `{"error":"Access Denied","error_description":"You have made too many requests continuously. Please try again after some time.","status":"failure"}`}},
		"accounts 500":         {tokenPath, Fault{Status: 500}, page(500, "500 Internal Server Error")},
		"accounts code":        {tokenPath, Fault{Code: "invalid_code"}, reply{200, typeOfAnswers, `{"error":"invalid_code"}`}},
		"accounts code, words": {tokenPath, Fault{Status: 400, Code: "x", Message: "y"}, reply{400, typeOfAnswers, `{"error":"x","error_description":"y"}`}},
		"accounts words":       {tokenPath, Fault{Message: "y"}, reply{200, typeOfAnswers, `{"error":"general_error","error_description":"y"}`}},
	} {
		s.Inject(c.fault)
		got, _, err := send(t.Context(), roads(s)["transport"], http.MethodPost, s.URL()+c.path, nil, "")
		require.NoError(t, err, name)
		assert.Equal(t, c.want, got, name)
	}
}

func TestFaultHeaderGoesOutFirst(t *testing.T) {
	t.Parallel()
	s := NewServer(t)
	s.Inject(Fault{Status: 429, Header: http.Header{"Retry-After": {"7"}}})
	s.Inject(Fault{Header: http.Header{"X-Api-Credits-Remaining": {"3"}, "Content-Type": {"text/odd"}}})
	client := roads(s)["transport"]

	got, header, err := send(t.Context(), client, http.MethodGet, s.URL()+"/crm/v8/Leads", nil, "")
	require.NoError(t, err)
	assert.Equal(t, 429, got.Status)
	assert.Equal(t, "7", header.Get("Retry-After"))

	got, header, err = send(t.Context(), client, http.MethodGet, s.URL()+"/crm/v8/Leads", nil, "")
	require.NoError(t, err)
	assert.Equal(t, reply{notSignedIn.Status, "text/odd", notSignedIn.Body}, got, "the request is processed")
	assert.Equal(t, "3", header.Get("X-API-CREDITS-REMAINING"))
}

func TestWhichRequestsAFaultHits(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		faults []Fault
		asked  []string
		want   []int
	}{
		"once":         {[]Fault{{Status: 500}}, []string{"GET /crm/v8/Leads", "GET /crm/v8/Leads"}, []int{500, 401}},
		"twice":        {[]Fault{{Status: 500, Times: 2}}, []string{"GET /a", "GET /b", "GET /c"}, []int{500, 500, 404}},
		"always":       {[]Fault{{Status: 500, Times: -1}}, []string{"GET /a", "GET /b", "GET /c"}, []int{500, 500, 500}},
		"after":        {[]Fault{{Status: 500, After: 2, Path: "/a"}}, []string{"GET /b", "GET /a", "GET /a", "GET /a", "GET /a"}, []int{404, 404, 404, 500, 404}},
		"in order":     {[]Fault{{Status: 500}, {Status: 503}}, []string{"GET /a", "GET /a", "GET /a"}, []int{500, 503, 404}},
		"method":       {[]Fault{{Status: 500, Method: "post"}}, []string{"GET /a", "POST /a"}, []int{404, 500}},
		"path at end":  {[]Fault{{Status: 500, Path: "/Leads"}}, []string{"GET /crm/v8/Leads"}, []int{500}},
		"path inside":  {[]Fault{{Status: 500, Path: "/Leads"}}, []string{"GET /crm/v8/Leads/1/Notes"}, []int{500}},
		"path, slash":  {[]Fault{{Status: 500, Path: "Leads/1/"}}, []string{"GET /crm/v8/Leads/1"}, []int{500}},
		"other path":   {[]Fault{{Status: 500, Path: "/Leads"}}, []string{"GET /x/Lead", "GET /x/Leads2", "GET /x/MyLeads"}, []int{404, 404, 404}},
		"accounts":     {[]Fault{{Status: 500, Path: "/oauth/v2/token"}}, []string{"GET /crm/v8/Leads", "POST /oauth/v2/token"}, []int{401, 500}},
		"side by side": {[]Fault{{Status: 500, Path: "/a"}, {Status: 503, Path: "/b"}}, []string{"GET /b", "GET /a"}, []int{503, 500}},
	} {
		s := NewServer(t)
		for _, f := range c.faults {
			s.Inject(f)
		}
		var got []int
		for _, asked := range c.asked {
			method, path, _ := strings.Cut(asked, " ")
			r, _, err := send(t.Context(), roads(s)["transport"], method, s.URL()+path, nil, "")
			require.NoError(t, err, name)
			got = append(got, r.Status)
		}
		assert.Equal(t, c.want, got, name)
	}
}

func TestClearFaults(t *testing.T) {
	t.Parallel()
	s := NewServer(t)
	s.Inject(Fault{Status: 500, Times: -1})
	s.ClearFaults()
	assert.Equal(t, notSignedIn, ask(t, s, http.MethodGet, "/crm/v8/Leads", nil, nil))
}

func TestCutConnections(t *testing.T) {
	t.Parallel()
	for road := range roads(&Server{}) {
		t.Run(road, func(t *testing.T) {
			t.Parallel()
			s := NewServer(t)
			client := roads(s)[road]
			create := func() (reply, error) {
				got, _, err := send(t.Context(), client, http.MethodPost, s.URL()+"/crm/v8/Leads", signed(s.Token().AccessToken), newLead)
				return got, err
			}

			s.Inject(Fault{CutBefore: true})
			_, err := create()
			require.Error(t, err)
			assert.Empty(t, s.Records("Leads"), "nothing was done")

			s.Inject(Fault{CutAfter: true})
			_, err = create()
			require.Error(t, err)
			assert.Len(t, s.Records("Leads"), 1, "it was done")

			s.Inject(Fault{CutBody: 5})
			got, err := create()
			require.ErrorIs(t, err, io.ErrUnexpectedEOF)
			assert.Equal(t, reply{http.StatusCreated, typeOfAnswers, `{"dat`}, got)
			assert.Len(t, s.Records("Leads"), 2, "it was done")

			s.Inject(Fault{Body: "123456", CutBody: 5})
			got, err = create()
			require.ErrorIs(t, err, io.ErrUnexpectedEOF)
			assert.Equal(t, reply{http.StatusOK, typeOfAnswers, "12345"}, got)
			assert.Len(t, s.Records("Leads"), 2, "an answer of the fault's own")

			s.Inject(Fault{Body: "12345", CutBody: 5})
			got, err = create()
			require.NoError(t, err)
			assert.Equal(t, "12345", got.Body, "a shorter answer arrives whole")

			var statuses []int
			for _, r := range s.Requests() {
				statuses = append(statuses, r.Status)
			}
			assert.Equal(t, []int{0, 0, 201, 200, 200}, statuses)
		})
	}
}

func TestHangingRequestEndsWithTheClient(t *testing.T) {
	t.Parallel()
	for road := range roads(&Server{}) {
		t.Run(road, func(t *testing.T) {
			t.Parallel()
			s := NewServer(t)
			s.Inject(Fault{Hang: true})
			s.LimitConcurrency(1)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			go func() {
				assert.Eventually(t, func() bool { return len(s.Requests()) == 1 }, 10*time.Second, time.Millisecond)
				cancel()
			}()
			_, _, err := send(ctx, roads(s)[road], http.MethodPost, s.URL()+"/crm/v8/Leads", signed(s.Token().AccessToken), newLead)
			require.ErrorIs(t, err, context.Canceled)
			assert.Empty(t, s.Records("Leads"))
			require.Eventually(t, func() bool {
				s.limits.mu.Lock()
				defer s.limits.mu.Unlock()
				return s.limits.taken == 0
			}, 10*time.Second, time.Millisecond, "the handler learns of it")
		})
	}
}

func TestHangingRequestEndsWithTheServer(t *testing.T) {
	t.Parallel()
	for road := range roads(&Server{}) {
		t.Run(road, func(t *testing.T) {
			t.Parallel()
			s := NewServer(t)
			s.Inject(Fault{Hang: true})
			client, failed := roads(s)[road], make(chan error, 1)
			go func() {
				_, _, err := send(context.WithoutCancel(t.Context()), client, http.MethodGet, s.URL()+"/crm/v8/Leads", nil, "")
				failed <- err
			}()
			require.Eventually(t, func() bool { return len(s.Requests()) == 1 }, 10*time.Second, time.Millisecond)
			s.Close()
			assert.Error(t, awaited(t, failed, "the end of the request that hangs"))
		})
	}
}

func TestInjectRefusesNonsense(t *testing.T) {
	t.Parallel()
	s := NewServer(t)
	for name, f := range map[string]Fault{
		"nothing":            {Path: "/Leads"},
		"status 99":          {Status: 99},
		"status 600":         {Status: 600},
		"negative After":     {Status: 500, After: -1},
		"negative Delay":     {Delay: -1},
		"negative CutBody":   {CutBody: -1},
		"two cuts":           {CutBefore: true, CutAfter: true},
		"an answer cut away": {CutAfter: true, Status: 500},
		"an answer hanging":  {Hang: true, Body: "x"},
	} {
		assert.Panics(t, func() { s.Inject(f) }, name)
	}
	assert.PanicsWithValue(t, `zohohubtest: Fault for "/Leads" says nothing about what goes wrong`, func() { s.Inject(Fault{Path: "/Leads"}) })
}

func TestCutAnswerInPieces(t *testing.T) {
	t.Parallel()
	w := httptest.NewRecorder()
	a := &faultyAnswer{ResponseWriter: w, left: 4, cuts: true}
	for _, piece := range []string{"ab", "cd", "ef", "gh"} {
		n, err := a.Write([]byte(piece))
		require.NoError(t, err)
		assert.Equal(t, 2, n, "the handler writes on")
	}
	assert.Equal(t, "abcd", w.Body.String())
	assert.True(t, a.cut)
	assert.True(t, w.Flushed)
}
