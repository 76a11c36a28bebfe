package zohohub_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	. "github.com/zohohub/zohohub"
	"github.com/zohohub/zohohub/zohohubtest"
)

// wireFunc is a way to the fake that a test makes.
type wireFunc func(*http.Request) (*http.Response, error)

// RoundTrip implements [http.RoundTripper].
func (w wireFunc) RoundTrip(r *http.Request) (*http.Response, error) { return w(r) }

// otherwise is a way to the fake on which the call that writes a record with this name goes another way.
func otherwise(crm *zohohubtest.Server, name string, other wireFunc) wireFunc {
	next := crm.Transport()
	return func(r *http.Request) (*http.Response, error) {
		get, err := r.GetBody()
		if err != nil {
			return nil, err
		}
		body, err := io.ReadAll(get)
		if err != nil {
			return nil, err
		}
		if strings.Contains(string(body), `"`+name+`"`) {
			return other(r)
		}
		return next.RoundTrip(r)
	}
}

// hundreds are what each hundred of a batch came to: its error's text, empty for none. What was created must be in the
// CRM as recs has it.
func hundreds(t *testing.T, crm *zohohubtest.Server, recs []*Person, res Results) []string {
	t.Helper()
	require.Len(t, res, len(recs))
	names := stored(crm, "Last_Name")
	all := make([]string, (len(recs)+99)/100)
	for i, r := range res {
		text := ""
		if e, failed := errors.AsType[*Error](r.Err); failed {
			text = e.Error()
			assert.Equal(t, i, e.Index)
			assert.Empty(t, r.ID)
		} else {
			require.NoError(t, r.Err)
			assert.Equal(t, "insert", r.Action)
			assert.Equal(t, recs[i].LastName, names[r.ID])
		}
		assert.Equal(t, r.ID, recs[i].ID)
		if i%100 == 0 {
			all[i/100] = text
		}
		assert.Equal(t, all[i/100], text)
	}
	return all
}

func TestACallThatFailsLeavesTheOthers(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		second func(next http.RoundTripper) wireFunc
		fails  string
		made   int
	}{
		"lost": {func(http.RoundTripper) wireFunc {
			return func(*http.Request) (*http.Response, error) { return nil, io.ErrUnexpectedEOF }
		}, "no answer: unexpected EOF", 400},
		"lost when it was done": {func(next http.RoundTripper) wireFunc {
			return func(r *http.Request) (*http.Response, error) {
				resp, err := next.RoundTrip(r)
				if err == nil {
					err = errors.Join(resp.Body.Close(), io.ErrUnexpectedEOF)
				}
				return nil, err
			}
		}, "no answer: unexpected EOF", 500},
		"without an end": {func(http.RoundTripper) wireFunc {
			return func(*http.Request) (*http.Response, error) {
				runtime.Goexit() // as FailNow does
				return nil, nil
			}
		}, "the call did not return", 400},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			concurrent(t, 0, func(t *testing.T, crm *zohohubtest.Server, _ *Record[Person]) {
				people := concurrentPeople(t, crm, otherwise(crm, "n150", c.second(crm.Transport())), 0)
				recs := somePeople(500)
				res, err := people.CreateAll(t.Context(), recs)
				fails := "zohohub: create Leads: outcome unknown: " + c.fails
				assert.Equal(t, []string{"", fails, "", "", ""}, hundreds(t, crm, recs, res))
				require.ErrorIs(t, res[100].Err, ErrOutcomeUnknown)
				var batch *BatchError
				require.ErrorAs(t, err, &batch)
				require.Len(t, batch.Failed, 100)
				assert.Equal(t, res[100].Err, batch.Failed[0])
				assert.Len(t, crm.Records("Leads"), c.made)
			})
		})
	}
}

// TestABatchStops: what could only fail does not begin, and what has begun is not hidden.
func TestABatchStops(t *testing.T) {
	t.Parallel()
	const create = "zohohub: create Leads: "
	slow := zohohubtest.Fault{Path: "/Leads", Delay: time.Second, Times: -1}
	forbidden, limited := slow, slow
	forbidden.Status = http.StatusForbidden
	limited.Status, limited.Header = http.StatusTooManyRequests, http.Header{"Retry-After": {"3600"}}
	for name, c := range map[string]struct {
		fault        zohohubtest.Fault
		leave        time.Duration
		first, later string // what the first four hundreds come to, and the next four
		last         string
		is           error
		retryAfter   time.Duration
		asked        int
	}{
		"no permission": {
			fault: forbidden, is: ErrNoPermission, asked: 4,
			first: "NO_PERMISSION: permission denied (HTTP 403)", later: "not sent: NO_PERMISSION: permission denied (HTTP 403)",
			last: "not sent: NO_PERMISSION: permission denied (HTTP 403)",
		},
		"a limit": {
			fault: limited, is: ErrRateLimited, asked: 4, retryAfter: time.Hour,
			first: "TOO_MANY_REQUESTS: API rate limit exceeded. Please retry after some time (HTTP 429)",
			later: "not sent: TOO_MANY_REQUESTS: API rate limit exceeded. Please retry after some time (HTTP 429)",
			last:  "not sent: TOO_MANY_REQUESTS: API rate limit exceeded. Please retry after some time (HTTP 429)",
		},
		"the caller leaves": {
			fault: slow, leave: 1500 * time.Millisecond, is: context.Canceled, asked: 8,
			later: "outcome unknown: no answer: context canceled", last: "not sent: context canceled",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			concurrent(t, 0, func(t *testing.T, crm *zohohubtest.Server, people *Record[Person]) {
				crm.Inject(c.fault)
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				if c.leave > 0 {
					time.AfterFunc(c.leave, cancel)
				}
				recs := somePeople(900)
				res, err := people.CreateAll(ctx, recs)
				require.ErrorIs(t, err, c.is)
				want := slices.Concat(slices.Repeat([]string{c.first}, 4), slices.Repeat([]string{c.later}, 4), []string{c.last})
				for i, text := range want {
					if text != "" {
						want[i] = create + text
						require.ErrorIs(t, res[100*i].Err, c.is)
						e, _ := errors.AsType[*Error](res[100*i].Err)
						assert.Equal(t, c.retryAfter, e.RetryAfter)
					}
				}
				assert.Equal(t, want, hundreds(t, crm, recs, res))
				assert.Len(t, asked(crm), c.asked)
			})
		})
	}
}

func TestOneRefusalStopsABatch(t *testing.T) {
	t.Parallel()
	concurrent(t, 0, func(t *testing.T, crm *zohohubtest.Server, _ *Record[Person]) {
		refused := otherwise(crm, "n150", func(r *http.Request) (*http.Response, error) {
			body := io.NopCloser(strings.NewReader(`{"code":"NO_PERMISSION","details":{},"message":"permission denied","status":"error"}`))
			return &http.Response{StatusCode: http.StatusForbidden, Body: body, Request: r, Header: http.Header{}}, nil
		})
		people := concurrentPeople(t, crm, refused, 0)
		recs := somePeople(600)
		assert.Equal(t, 1, took(crm, func() {
			res, err := people.CreateAll(t.Context(), recs)
			require.ErrorIs(t, err, ErrNoPermission)
			const notSent = "zohohub: create Leads: not sent: NO_PERMISSION: permission denied (HTTP 403)"
			assert.Equal(t, []string{
				"", "zohohub: create Leads: NO_PERMISSION: permission denied (HTTP 403)", "", "", notSent, notSent,
			}, hundreds(t, crm, recs, res))
		}))
		assert.Len(t, asked(crm), 3)
	})
}

// TestWhatIsNotSentWasNotDone: a call may have been, and have been told that there are too many.
func TestWhatIsNotSentWasNotDone(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	crm.Inject(zohohubtest.Fault{
		Path: "/Leads", Times: -1, Status: http.StatusServiceUnavailable, Code: "TOO_MANY_REQUESTS", Message: "busy",
		Header: http.Header{"Retry-After": {"60"}},
	})
	res, err := NewRecord[Person](conn).CreateAll(t.Context(), somePeople(500))
	require.ErrorIs(t, err, ErrRateLimited)
	require.ErrorIs(t, res[0].Err, ErrOutcomeUnknown)
	last := res[499].Err
	require.EqualError(t, last, "zohohub: create Leads: not sent: TOO_MANY_REQUESTS: busy (HTTP 503): outcome unknown")
	require.ErrorIs(t, last, ErrRateLimited)
	require.NotErrorIs(t, last, ErrOutcomeUnknown)
	require.NotErrorIs(t, last, ErrInternal)
	e, _ := errors.AsType[*Error](last)
	assert.Equal(t, time.Minute, e.RetryAfter)
}

// TestAPanicOfTheCallersIsTheCallers: it comes up where the batch was called, when the other calls have ended.
func TestAPanicOfTheCallersIsTheCallers(t *testing.T) {
	t.Parallel()
	for name, n := range map[string]int{"one call": 100, "several": 500} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			concurrent(t, 0, func(t *testing.T, crm *zohohubtest.Server, _ *Record[Person]) {
				people := concurrentPeople(t, crm, otherwise(crm, "n50", func(*http.Request) (*http.Response, error) { panic("boom") }), 0)
				took(crm, func() {
					assert.PanicsWithValue(t, "boom", func() { _, _ = people.CreateAll(t.Context(), somePeople(n)) })
				})
				begun := min(n-100, 300) // the hundred of the panic, and what comes after the first four, are not there
				assert.Len(t, crm.Records("Leads"), begun)
			})
		})
	}
}

// TestAPanicOverAnAnswerIsTheCallers: a type of the caller's panics when it takes what Zoho made of it. Nothing is
// written any more once that has come up.
func TestAPanicOverAnAnswerIsTheCallers(t *testing.T) {
	t.Parallel()
	type lead struct {
		ID, LastName, Company string
		ModifiedTime          startling
	}
	concurrent(t, 0, func(t *testing.T, crm *zohohubtest.Server, _ *Record[Person]) {
		cfg := crm.Config()
		next := crm.Transport()
		cfg.HTTPClient = &http.Client{Transport: otherwise(crm, "n350", func(r *http.Request) (*http.Response, error) {
			time.Sleep(10 * time.Second) // others are done before
			return next.RoundTrip(r)
		})}
		conn, err := NewConnection(cfg, crm.Token())
		require.NoError(t, err)
		recs := make([]*lead, 500)
		for i := range recs {
			recs[i] = &lead{LastName: fmt.Sprint("n", i), Company: "Acme"}
		}
		assert.PanicsWithValue(t, "boom", func() { _, _ = NewRecord[lead](conn, InModule("Leads")).CreateAll(t.Context(), recs) })
		assert.Equal(t, 400, len(crm.Records("Leads")), "the four hundreds that were under way") //nolint:testifylint // Len prints them all
	})
}
