package zohohub_test

import (
	"errors"
	"fmt"
	"net/http"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	. "github.com/zohohub/zohohub"
	"github.com/zohohub/zohohub/zohohubtest"
)

func TestListFaults(t *testing.T) {
	t.Parallel()
	page := func(n int, info string) string {
		rows := make([]string, n)
		for i := range rows {
			rows[i] = fmt.Sprintf(`{"id":"%d","Last_Name":"Doe"}`, i+1)
		}
		return `{"data":[` + strings.Join(rows, ",") + `],"info":` + info + `}`
	}
	for name, c := range map[string]struct {
		body string
		n    int
		want string
	}{
		"the same token for ever": {page(2, `{"more_records":true,"next_page_token":"t"}`), 4, "does not move on"},
		"no data":                 {`{"info":{}}`, 0, "the answer has no data"},
		"null":                    {`{"data":null}`, 0, ""},
		"an empty list":           {page(0, `{"more_records":false}`), 0, ""},
		"a strange info":          {page(1, `"none"`), 1, "info:"},
		"not an object":           {`[1]`, 0, "list Leads"},
		"a row that is none":      {`{"data":[{"id":"1"},7],"info":{}}`, 1, "list Leads"},
		"a row that does not fit": {`{"data":[{"id":"1"},{"id":"2","City":{"x":1}}],"info":{}}`, 1, "City"},
		"the last token":          {`{"code":"PAGINATION_LIMIT_EXCEEDED","details":{},"message":"x","status":"error"}`, 0, "PAGINATION_LIMIT_EXCEEDED"},
		"big ids as numbers":      {`{"data":[{"id":5725767000000123457}],"info":{}}`, 1, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			crm, conn := setup(t)
			crm.Inject(zohohubtest.Fault{Path: "/Leads", Times: -1, Status: http.StatusOK, Body: c.body, ContentType: "application/json"})
			n := 0
			var last error
			for p, err := range NewRecord[Person](conn).All(t.Context()) {
				if last = err; err == nil {
					n++
					require.Less(t, n, 100, "a loop")
					if name == "big ids as numbers" {
						assert.Equal(t, "5725767000000123457", p.ID)
					}
				}
			}
			assert.Equal(t, c.n, n)
			if c.want == "" {
				require.NoError(t, last)
				return
			}
			require.ErrorContains(t, last, c.want)
		})
	}
}

// startling is a type of the caller's that panics when it is read.
type startling string

// UnmarshalJSON implements [encoding/json.Unmarshaler].
func (*startling) UnmarshalJSON([]byte) error { panic("boom") }

// listOver is a list of ten, four a page, whose second page goes another way.
func listOver(t *testing.T, second wireFunc) *Record[Person] {
	t.Helper()
	crm := zohohubtest.NewServer(t)
	seedPeople(t, crm, 10)
	next := crm.Transport()
	cfg := crm.Config()
	pages := 0
	cfg.HTTPClient = &http.Client{Transport: wireFunc(func(r *http.Request) (*http.Response, error) {
		if pages++; pages == 2 {
			return second(r)
		}
		return next.RoundTrip(r)
	})}
	conn, err := NewConnection(cfg, crm.Token())
	require.NoError(t, err)
	return NewRecord[Person](conn)
}

// TestAListWhoseCallDoesNotReturn: a RoundTripper that ends its goroutine, as FailNow does, leaves no short list.
func TestAListWhoseCallDoesNotReturn(t *testing.T) {
	t.Parallel()
	for pace, paced := range paces {
		people := listOver(t, func(*http.Request) (*http.Response, error) {
			runtime.Goexit()
			return nil, errors.New("not reached")
		})
		names, err := listed(people.All(t.Context(), paced...))
		require.EqualError(t, err, "zohohub: list Leads: the call did not return", pace)
		assert.Equal(t, "Doe 00009 Doe 00008 Doe 00007 Doe 00006", names, pace)
	}
}

// TestAPanicInAListIsTheCallers: it comes up where the loop is, not in a goroutine where nobody can catch it.
func TestAPanicInAListIsTheCallers(t *testing.T) {
	t.Parallel()
	boom := wireFunc(func(*http.Request) (*http.Response, error) { panic("boom") })
	for pace, paced := range paces {
		people := listOver(t, boom)
		n := 0
		assert.PanicsWithValue(t, "boom", func() {
			for _, err := range people.All(t.Context(), paced...) {
				assert.NoError(t, err)
				n++
			}
		}, pace)
		assert.Equal(t, 4, n, pace)

		people = listOver(t, boom)
		assert.NotPanics(t, func() {
			for range people.All(t.Context(), paced...) {
				break // nobody asked for what is fetched ahead
			}
		}, pace)
	}

	type lead struct {
		ID       string
		LastName startling
	}
	crm, conn := setup(t)
	seedPeople(t, crm, 3)
	leads := NewRecord[lead](conn, InModule("Leads"))
	assert.PanicsWithValue(t, "boom", func() { _, _ = listed(leads.All(t.Context())) })
	assert.PanicsWithValue(t, "boom", func() { _, _ = listed(leads.Where(t.Context(), Eq("Company", "Acme"))) })
	assert.PanicsWithValue(t, "boom", func() { _, _ = leads.FindBy(t.Context(), Eq("Company", "Acme")) })
}

// TestAPageIsNotLost: what was read of a page is there beside the error.
func TestAPageIsNotLost(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		body  string
		token string
		want  Page[Person]
		err   string
		is    error
	}{
		"no token to go on with": {
			`{"data":[{"id":"1"},{"id":"2"}],"info":{"page":500,"more_records":true,"next_page_token":null}}`, "t",
			Page[Person]{[]*Person{{ID: "1"}, {ID: "2"}}, PageInfo{Page: 500, PerPage: 200, Count: 2, MoreRecords: true}},
			"zohohub: list Leads: there is more by Zoho's word, and it gives no token for the next page", ErrTruncated,
		},
		"a row that does not fit": {
			`{"data":[{"id":"1"},{"id":"2","City":{"x":1}},{"id":"3"}],"info":{"more_records":true}}`, "",
			Page[Person]{[]*Person{{ID: "1"}}, PageInfo{Page: 1, PerPage: 200, Count: 1}},
			"zohohub: list Leads: (HTTP 200): Person 2: data[1].City: a JSON object does not fit string", nil,
		},
	} {
		_, conn := loaded(t, c.body)
		people := NewRecord[Person](conn)
		page, err := people.Page(t.Context(), PageToken(c.token))
		require.EqualError(t, err, c.err, name)
		require.NotNil(t, page, name)
		assert.Equal(t, c.want, *page, name)
		assert.Equal(t, c.is != nil, errors.Is(err, ErrTruncated), name)
		var ids []*Person
		for p, again := range people.All(t.Context(), PageToken(c.token)) {
			if p != nil {
				ids = append(ids, p)
				continue
			}
			require.EqualError(t, again, c.err, name)
		}
		assert.Equal(t, c.want.Records, ids, name)
	}
}
