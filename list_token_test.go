package zohohub_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	. "github.com/zohohub/zohohub"
	"github.com/zohohub/zohohub/zohohubtest"
)

// TestExpiredPageToken: who rests for a day in the middle of a list is told so.
func TestExpiredPageToken(t *testing.T) {
	t.Parallel()
	for pace, paced := range paces {
		t.Run(pace, func(t *testing.T) {
			t.Parallel()
			crm, conn := setup(t)
			seedPeople(t, crm, 30)
			n, faults := 0, 0
			for p, err := range NewRecord[Person](conn).All(t.Context(), paced...) {
				if n++; n == 3 {
					crm.Advance(24 * time.Hour)
				}
				if err == nil {
					continue
				}
				faults++
				assert.Nil(t, p)
				require.ErrorIs(t, err, ErrPageTokenExpired)
				require.NotErrorIs(t, err, ErrTruncated)
				require.EqualError(t, err, "zohohub: list Leads: EXPIRED_VALUE: Page token expired (field page_token) (HTTP 400)")
			}
			assert.Equal(t, 1, faults)
			if pace == "sequential" {
				assert.Equal(t, 4+1, n, "the page that was there, and the error")
			} else {
				assert.Contains(t, []int{4 + 1, 8 + 1}, n, "the next page was there, or not yet")
			}
		})
	}
	t.Run("a page", func(t *testing.T) {
		t.Parallel()
		crm, conn := setup(t)
		seedPeople(t, crm, 30)
		people := NewRecord[Person](conn)
		page, err := people.Page(t.Context(), PerPage(10))
		require.NoError(t, err)
		crm.Advance(24*time.Hour - 2*time.Second)
		_, err = people.Page(t.Context(), PerPage(10), PageToken(page.Info.NextPageToken))
		require.NoError(t, err, "a day is a day")
		crm.Advance(2 * time.Second)
		_, err = people.Page(t.Context(), PerPage(10), PageToken(page.Info.NextPageToken))
		require.ErrorIs(t, err, ErrPageTokenExpired)
		var e *Error
		require.ErrorAs(t, err, &e)
		assert.Equal(t, "page_token", e.Field())
	})
}

// TestWhatExpired: Zoho says EXPIRED_VALUE of whatever has an end.
func TestWhatExpired(t *testing.T) {
	t.Parallel()
	for details, want := range map[string]bool{
		`{"api_name":"page_token","json_path":"$.query.page_token"}`: true,
		`{"param_name":"page_token"}`:                                true,
		`{"api_name":"Expiry_Date","json_path":"$.data[0]"}`:         false,
		`{"param_name":"token"}`:                                     false,
		`{}`:                                                         false,
		``:                                                           false,
	} {
		err := error(&Error{Status: http.StatusBadRequest, Code: "EXPIRED_VALUE", Details: json.RawMessage(details), Index: -1})
		for _, s := range sentinels {
			assert.Equal(t, want && s == ErrPageTokenExpired, errors.Is(err, s), "%s is %v", details, s) //nolint:errorlint // the very value
		}
	}
	other := &Error{Code: "INVALID_DATA", Details: json.RawMessage(`{"param_name":"page_token"}`), Index: -1}
	require.NotErrorIs(t, other, ErrPageTokenExpired)
}

// TestPageTokenInALink: a token goes through a URL to another process, with the same options.
func TestPageTokenInALink(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	ids := seedPeople(t, crm, 25)
	options := func(token string) []ListOption {
		return []ListOption{PerPage(10), SortBy("Created_Time", Ascending), Converted(Both), PageToken(token)}
	}
	first, err := NewRecord[Person](conn).Page(t.Context(), options("")...)
	require.NoError(t, err)
	link := "https://app.example/leads?" + url.Values{"next": {first.Info.NextPageToken}}.Encode()

	parsed, err := url.Parse(link)
	require.NoError(t, err)
	token := parsed.Query().Get("next")
	elsewhere, err := NewConnection(crm.Config(), crm.Token())
	require.NoError(t, err)
	people := NewRecord[Person](elsewhere)
	second, err := people.Page(t.Context(), options(token)...)
	require.NoError(t, err)
	assert.Equal(t, ids[10], second.Records[0].ID)
	assert.True(t, second.Info.MoreRecords)
	assert.NotEqual(t, token, second.Info.NextPageToken)
	requests := crm.Requests()
	assert.Equal(t, map[string][]string{
		"per_page": {"10"}, "sort_by": {"Created_Time"}, "sort_order": {"asc"}, "converted": {"both"}, "page_token": {token},
		"fields": {"Last_Name,Company,Email,City"},
	}, map[string][]string(requests[len(requests)-1].Query))
	last, err := people.Page(t.Context(), options(second.Info.NextPageToken)...)
	require.NoError(t, err)
	assert.Equal(t, PageInfo{Page: 3, PerPage: 10, Count: 5}, last.Info)
	assert.Equal(t, ids[20], last.Records[0].ID)

	tampered := "A" + token[1:]
	if tampered == token { // The token begins as chance has it.
		tampered = "B" + token[1:]
	}
	type other struct{ ID, LastName string }
	for name, call := range map[string]func() error{
		"other options": func() error { _, err := people.Page(t.Context(), PerPage(10), PageToken(token)); return err },
		"another size":  func() error { _, err := people.Page(t.Context(), append(options(token), PerPage(9))...); return err },
		"other fields": func() error {
			_, err := NewRecord[other](elsewhere, InModule("Leads")).Page(t.Context(), options(token)...)
			return err
		},
		"another module": func() error {
			_, err := NewRecord[Person](elsewhere, InModule("Contacts")).Page(t.Context(), options(token)...)
			return err
		},
		"tampered":    func() error { _, err := people.Page(t.Context(), options(tampered)...); return err },
		"cut":         func() error { _, err := people.Page(t.Context(), options(token[:len(token)-4])...); return err },
		"not a token": func() error { _, err := people.Page(t.Context(), options("?page=2&x=é")...); return err },
	} {
		err := call()
		var e *Error
		require.ErrorAs(t, err, &e, name)
		assert.Equal(t, "TOKEN_BOUND_DATA_MISMATCH", e.Code, name)
		assert.Equal(t, "page_token", e.Field(), name)
		require.ErrorContains(t, err, "a page token belongs to the user, the fields and the options of the call that gave it", name)
		require.NotErrorIs(t, err, ErrPageTokenExpired, name)
		assert.NotContains(t, err.Error(), token)
	}
}

// TestListsThatHaveNoTokens: their pages have numbers only, and a time that Zoho passes over must not look like a condition.
func TestListsThatHaveNoTokens(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	people := NewRecord[Person](conn)
	ctx := t.Context()
	noToken := ": PageToken: this list has pages by number only"
	for want, list := range map[string]func() (string, error){
		"zohohub: search Leads" + noToken:       func() (string, error) { return listed(people.Where(ctx, Eq("City", "Faro"), PageToken("x"))) },
		"zohohub: list deleted Leads" + noToken: func() (string, error) { return listed(people.Deleted(ctx, PageToken("x"))) },
		"zohohub: search Leads: ModifiedSince: a search does not look at it: compare Modified_Time in the criteria": func() (string, error) {
			return listed(people.Where(ctx, Eq("City", "Faro"), ModifiedSince(crm.Now())))
		},
	} {
		got, err := list()
		require.EqualError(t, err, want)
		assert.Empty(t, got)
	}
	assert.Empty(t, asked(crm))
	crm.Inject(zohohubtest.Fault{Path: "/Leads", Code: "TOKEN_BOUND_DATA_MISMATCH", Message: "no"})
	_, err := people.Page(ctx)
	require.ErrorContains(t, err, "TOKEN_BOUND_DATA_MISMATCH: no (HTTP 400)")
}
