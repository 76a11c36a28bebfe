package zohohub_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	. "github.com/zohohub/zohohub"
	"github.com/zohohub/zohohub/zohohubtest"
)

// channels are those that are alive, by their ids.
func channels(t *testing.T, conn *Connection) map[int64]*Channel {
	t.Helper()
	byID := map[int64]*Channel{}
	for c, err := range conn.Notifications().All(t.Context()) {
		require.NoError(t, err)
		byID[c.ID] = c
	}
	return byID
}

func modulesOf(c *Channel) []string {
	names := []string{}
	for _, r := range c.Resources {
		names = append(names, r.Module)
	}
	return names
}

// TestChannelLife lives a channel's life under each version.
func TestChannelLife(t *testing.T) {
	t.Parallel()
	inEveryVersion(t, func(t *testing.T, v string, crm *zohohubtest.Server, conn *Connection) {
		n := conn.Notifications()
		ctx := t.Context()
		assert.Empty(t, channels(t, conn))
		given := Channel{ID: 7, NotifyURL: "http://127.0.0.1/hook?env=a", Token: channelToken, Events: []string{"Leads.create", "Deals.all"}}
		if v >= "v3" {
			given.ReturnAffectedFieldValues = true
		}
		if v >= "v6" {
			given.Conditions = []ChannelCondition{{"Deals", FieldSelection{Operator: "and", Group: []FieldSelection{{Field: "Stage"}, AnyChanged("Amount", "Closing_Date")}}}}
		}

		_, err := n.Renew(ctx, given)
		require.ErrorIs(t, err, ErrNotSubscribed)
		_, err = n.Update(ctx, given)
		require.ErrorIs(t, err, ErrNotSubscribed)
		require.ErrorContains(t, err, "zohohub: update channel: NOT_SUBSCRIBED: ")

		made, err := n.Enable(ctx, given)
		require.NoError(t, err)
		assert.WithinDuration(t, crm.Now().Add(time.Hour), made.Expiry, time.Minute, "Zoho's hour")
		assert.Equal(t, []string{"Leads", "Deals"}, modulesOf(made))
		got := channels(t, conn)
		require.Len(t, got, 1)
		want := *made
		want.NotifyOnRelatedAction = new(true)
		assert.True(t, want.Expiry.Equal(got[7].Expiry))
		got[7].Expiry = want.Expiry
		assert.Equal(t, &want, got[7], "all its modules together")

		other := Channel{ID: 8, NotifyURL: "http://127.0.0.1/other", Events: []string{"Contacts.delete"}}
		_, err = n.Enable(ctx, other)
		require.NoError(t, err)
		day := crm.Now().Add(24*time.Hour - time.Minute).Round(time.Second)
		made, err = n.Renew(ctx, Channel{ID: 7, Expiry: day, Events: []string{"Contacts.edit"}, Token: "fake-other-token"})
		require.NoError(t, err)
		assert.True(t, day.Equal(made.Expiry))
		got = channels(t, conn)
		assert.Equal(t, []string{"Leads.create", "Deals.all", "Contacts.edit"}, got[7].Events)
		assert.Equal(t, []string{"fake-other-token", given.NotifyURL}, []string{got[7].Token, got[7].NotifyURL})
		assert.True(t, day.Equal(got[7].Expiry))
		assert.Equal(t, []string{"Contacts.delete"}, got[8].Events)

		require.NoError(t, n.DisableEvents(ctx, 7, "Deals.all", "Contacts.edit"))
		assert.JSONEq(t, `{"watch":[{"channel_id":"7","events":["Deals.all","Contacts.edit"],"_delete_events":true}]}`, lastPatch(t, crm))
		assert.Equal(t, []string{"Leads.create"}, channels(t, conn)[7].Events)
		require.ErrorIs(t, n.DisableEvents(ctx, 9, "Deals.all"), ErrNotSubscribed)

		_, err = n.Update(ctx, Channel{ID: 7, NotifyURL: "http://127.0.0.1/hook", Events: []string{"Leads.all"}})
		require.NoError(t, err)
		got = channels(t, conn)
		assert.Equal(t, []string{"Leads.all"}, got[7].Events)
		assert.Empty(t, got[7].Token, "an update replaces all")
		assert.False(t, got[7].ReturnAffectedFieldValues)

		err = n.Disable(ctx, 9, 7, 10, 7)
		require.ErrorIs(t, err, ErrNotSubscribed)
		require.ErrorContains(t, err, "zohohub: disable channel: 2 of 4 failed; first, at 0: NOT_SUBSCRIBED: ")
		assert.Equal(t, []int64{8}, keysOf(channels(t, conn)))
		require.NoError(t, n.Disable(ctx, 8))
		var e *Error
		require.ErrorAs(t, n.Disable(ctx, 8), &e)
		require.ErrorIs(t, e, ErrNotSubscribed)
		assert.Equal(t, []any{-1, "NOT_SUBSCRIBED", "disable channel"}, []any{e.Index, e.Code, e.Op})
	})
}

func keysOf(m map[int64]*Channel) []int64 {
	var ids []int64
	for id := range m {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}

// lastPatch is the body of the last PATCH.
func lastPatch(t *testing.T, crm *zohohubtest.Server) string {
	t.Helper()
	for _, r := range slices.Backward(crm.Requests()) {
		if r.Method == http.MethodPatch {
			return string(r.Body)
		}
	}
	t.Fatal("nothing was patched")
	return ""
}

// TestManyChannels: pages are put together, and what is disabled goes in fifties.
func TestManyChannels(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	n := conn.Notifications()
	ids := make([]int64, 120)
	for i := range ids {
		ids[i] = int64(i + 1)
		_, err := n.Enable(t.Context(), Channel{ID: ids[i], NotifyURL: "http://127.0.0.1/", Events: []string{"Leads.all", "Deals.edit"}})
		require.NoError(t, err)
	}
	crm.ResetRequests()
	got := channels(t, conn)
	assert.Equal(t, ids, keysOf(got))
	for _, c := range got {
		assert.Equal(t, []string{"Leads", "Deals"}, modulesOf(c), "though its modules stand on two pages")
	}
	assert.Len(t, asked(crm), 2)
	for range n.All(t.Context()) {
		break
	}

	crm.ResetRequests()
	require.NoError(t, n.Disable(t.Context(), ids...))
	assert.Len(t, asked(crm), 3)
	assert.Equal(t, "51", strings.Split(crm.Requests()[1].Query.Get("channel_ids"), ",")[0])
	assert.Empty(t, channels(t, conn))
}

// TestChannelsAgain: what was done by a call whose answer was lost is not done again, and not missed.
func TestChannelsAgain(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	n := conn.Notifications()
	ctx := t.Context()
	c := Channel{ID: 7, NotifyURL: "http://127.0.0.1/", Events: []string{"Leads.all"}}
	for _, step := range []func() error{
		func() error { _, err := n.Enable(ctx, c); return err },
		func() error { _, err := n.Update(ctx, c); return err },
		func() error { _, err := n.Renew(ctx, c); return err },
		func() error { return n.DisableEvents(ctx, 7, "Leads.all") },
		func() error { _, err := n.Enable(ctx, c); return err },
		func() error { return n.Disable(ctx, 7) },
		func() error { _, err := n.Enable(ctx, c); return err },
		func() error { return n.Disable(ctx, 7, 7) },
	} {
		crm.Inject(zohohubtest.Fault{Path: "/watch", CutAfter: true})
		require.NoError(t, step())
	}
	assert.Empty(t, channels(t, conn))
	crm.Inject(zohohubtest.Fault{Path: "/watch", CutAfter: true})
	require.NoError(t, n.Disable(ctx, 7), "the first may have done it")
	require.ErrorIs(t, n.Disable(ctx, 7), ErrNotSubscribed)
}

// TestForeignChannels: answers that do not fit are errors, and a row decides, whatever the status.
func TestForeignChannels(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	c := Channel{ID: 7, NotifyURL: "https://hook.example", Events: []string{"Leads.all"}}
	row := func(code, details string) string {
		return `{"watch":[{"code":"` + code + `","details":` + details + `,"message":"m","status":"error"}]}`
	}
	for name, test := range map[string]struct {
		status int
		body   string
		is     error
		want   string
	}{
		"NOT_SUBSCRIBED in 202":    {202, row("NOT_SUBSCRIBED", "{}"), ErrNotSubscribed, "NOT_SUBSCRIBED: m (HTTP 202)"},
		"NOT_SUBSCRIBED, flat":     {400, `{"code":"NOT_SUBSCRIBED","details":{},"message":"m","status":"error"}`, ErrNotSubscribed, "NOT_SUBSCRIBED: m (HTTP 400)"},
		"INVALID_DATA in 200":      {200, row("INVALID_DATA", `{"api_name":"events","json_path":"$.watch[0].events"}`), ErrRecordInvalid, "INVALID_DATA: m (field events) (HTTP 200)"},
		"a type in 207":            {207, row("INVALID_DATA", `{"api_name":"channel_id","expected_data_type":"long"}`), ErrRecordInvalid, "(field channel_id, expected long)"},
		"MANDATORY_NOT_FOUND":      {400, row("MANDATORY_NOT_FOUND", `{"api_name":"notify_url"}`), ErrMandatoryNotFound, "(field notify_url)"},
		"EXPECTED_FIELD_MISSING":   {400, row("EXPECTED_FIELD_MISSING", `{"expected_fields":[{"api_name":"events"}]}`), ErrMandatoryNotFound, "(field events)"},
		"DEPENDENT_FIELD_MISSING":  {400, row("DEPENDENT_FIELD_MISSING", `{}`), ErrMandatoryNotFound, "DEPENDENT_FIELD_MISSING"},
		"AMBIGUITY":                {400, row("AMBIGUITY_DURING_PROCESSING", `{}`), nil, "AMBIGUITY_DURING_PROCESSING"},
		"LIMIT_REACHED":            {400, row("LIMIT_REACHED", `{}`), nil, "LIMIT_REACHED"},
		"a code of another time":   {400, row("NEW_CODE", `{}`), nil, "NEW_CODE"},
		"no permission":            {403, `{"code":"NO_PERMISSION","details":{},"message":"permission denied","status":"error"}`, ErrNoPermission, "NO_PERMISSION"},
		"another scope":            {401, `{"code":"OAUTH_SCOPE_MISMATCH","details":{},"message":"m","status":"error"}`, ErrScopeMismatch, "OAUTH_SCOPE_MISMATCH"},
		"no rows":                  {200, `{"watch":[]}`, ErrOutcomeUnknown, "the answer has no rows"},
		"something else":           {200, `{"data":[]}`, ErrOutcomeUnknown, "the answer has no rows"},
		"nothing":                  {204, ``, ErrOutcomeUnknown, "(HTTP 204): the answer has no rows"},
		"neither a yes nor a no":   {200, `{"watch":[{}]}`, ErrOutcomeUnknown, "answer has no result"},
		"HTML":                     {502, `<html>`, ErrInternal, "answer is not Zoho's JSON"},
		"a refusal without a code": {400, `{"watch":[{"status":"error","message":"no"}]}`, nil, "no (HTTP 400)"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n, _ := watched(t, "v8", test.status, test.body)
			var errs []error
			for _, call := range channelCalls {
				got, err := call(n, ctx, c)
				assert.Nil(t, got)
				errs = append(errs, err)
			}
			for _, err := range append(errs, n.Disable(ctx, 7), n.DisableEvents(ctx, 7, "Leads.all")) {
				require.ErrorContains(t, err, test.want)
				var e *Error
				require.ErrorAs(t, err, &e)
				assert.Equal(t, []any{test.status, -1}, []any{e.Status, e.Index})
				for _, s := range []error{ErrNotSubscribed, ErrNoPermission, ErrOutcomeUnknown, ErrScopeMismatch} {
					assert.Equal(t, test.is != nil && errors.Is(test.is, s), errors.Is(err, s), "%v is %v", err, s)
				}
				if test.is != nil {
					require.ErrorIs(t, err, test.is)
				}
			}
		})
	}
}

// TestChannelTaken: what Zoho says beside its yes may be odd, and the channel is there all the same.
func TestChannelTaken(t *testing.T) {
	t.Parallel()
	for name, details := range map[string]string{
		"nothing": `{}`, "null": `null`, "no list": `{"events":7}`, "odd events": `{"events":[null,7,{"channel_expiry":"soon"}]}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n, _ := watched(t, "v8", http.StatusCreated, `{"watch":[{"code":"SUCCESS","details":`+details+`,"message":"m","status":"success"}]}`)
			given := Channel{ID: 7, NotifyURL: "https://hook.example", Events: []string{"Leads.all"}, Expiry: time.Now().Add(time.Hour)}
			got, err := n.Enable(t.Context(), given)
			require.NoError(t, err)
			assert.Equal(t, &given, got)
		})
	}
}

func TestForeignListOfChannels(t *testing.T) {
	t.Parallel()
	const one = `{"channel_id":7,"events":["Leads.all"],"channel_expiry":"2026-05-08T10:00:00+05:30"}`
	for name, test := range map[string]struct{ body, want string }{
		"something else":       {`{"data":[]}`, "zohohub: list channels: (HTTP 200): the answer has no data: it is not Zoho's"},
		"no list":              {`{"watch":{}}`, "cannot unmarshal object"},
		"no channel":           {`{"watch":[` + one + `,7]}`, `channel 1 of page 1: channel_id is not a number: ""`},
		"no number":            {`{"watch":[{"channel_id":"x"}]}`, `channel_id is not a number: "\"x\""`},
		"no time":              {`{"watch":[{"channel_id":"7","channel_expiry":"soon"}]}`, `channel_expiry is not a time: "soon"`},
		"events that are none": {`{"watch":[{"channel_id":"7","events":"x"}]}`, "events: json: "},
		"no info":              {`{"watch":[],"info":7}`, "info: json: "},
		"more of nothing":      {`{"watch":[],"info":{"more_records":true}}`, "the list does not move on"},
		"the same again":       {`{"watch":[` + one + `],"info":{"more_records":true}}`, "the list does not move on"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n, sent := watched(t, "v8", http.StatusOK, test.body)
			count := 0
			for c, err := range n.All(t.Context()) {
				assert.Nil(t, c, "a channel that may not be whole is not shown")
				require.ErrorContains(t, err, test.want)
				count++
			}
			assert.Equal(t, 1, count)
			assert.LessOrEqual(t, sent.count(), 2)
		})
	}
	n, _ := watched(t, "v8", http.StatusOK, `{"watch":[`+one+`,{"channel_id":"7","channel_expiry":"2026-05-08T04:00:00Z","events":["Leads.all","Deals.all"],
		"notification_condition":[{"module":{"api_name":"Leads"},"field_selection":{"field":{"api_name":"Email"}}}],"token":null,"notify_on_related_action":null}]}`)
	for c, err := range n.All(t.Context()) {
		require.NoError(t, err)
		assert.Equal(t, "2026-05-08T04:00:00Z", c.Expiry.UTC().Format(time.RFC3339), "the first that ends")
		assert.Equal(t, []string{"Leads.all", "Deals.all"}, c.Events)
		assert.Equal(t, []ChannelCondition{{"Leads", FieldSelection{Field: "Email"}}}, c.Conditions)
	}
}

// TestNotified: what happens to records reaches the handler, in each version, and the handler's records are the CRM's.
func TestNotified(t *testing.T) {
	t.Parallel()
	inEveryVersion(t, func(t *testing.T, v string, crm *zohohubtest.Server, conn *Connection) {
		var h heard
		srv := httptest.NewServer(NotificationHandler(channelToken, h.hear))
		t.Cleanup(srv.Close)
		ctx := t.Context()
		c := Channel{ID: 7, NotifyURL: srv.URL + "/hook?env=a", Token: channelToken, Events: []string{"Leads.all"}, ReturnAffectedFieldValues: v >= "v3"}
		_, err := conn.Notifications().Enable(ctx, c)
		require.NoError(t, err)

		leads := NewRecord[Person](conn)
		lead := &Person{LastName: "Doe", City: "Lisboa"}
		require.NoError(t, leads.Create(ctx, lead))
		require.NoError(t, leads.Update(ctx, lead.ID, Fields{"City": "Porto"}))
		require.NoError(t, leads.Delete(ctx, lead.ID))
		require.NoError(t, crm.WaitForCallbacks(ctx))
		got := h.list()
		require.Len(t, got, 3)
		last := time.Time{}
		for i, n := range got {
			assert.Equal(t, []any{"Leads", []string{lead.ID}, int64(7), channelToken, map[string]string{"env": "a"}},
				[]any{n.Module, n.IDs, n.ChannelID, n.Token, n.QueryParams})
			assert.Equal(t, []string{"insert", "update", "delete"}[i], n.Operation)
			assert.True(t, n.ServerTime.After(last))
			assert.WithinDuration(t, crm.Now(), n.ServerTime, time.Minute)
			assert.True(t, strings.HasSuffix(n.ResourceURI, "/crm/"+v+"/Leads"), n.ResourceURI)
			last = n.ServerTime
		}
		assert.Equal(t, map[string][]string{lead.ID: {"City"}}, got[1].AffectedFields)
		want := map[string]Fields{lead.ID: {"City": "Porto"}}
		if v < "v3" {
			want = nil
		}
		assert.Equal(t, want, got[1].AffectedValues)
		for _, sent := range crm.Callbacks() {
			assert.Equal(t, http.StatusOK, sent.Status)
		}

		require.NoError(t, conn.Notifications().Disable(ctx, 7))
		require.NoError(t, leads.Create(ctx, &Person{LastName: "Roe"}))
		require.NoError(t, crm.WaitForCallbacks(ctx))
		assert.Len(t, h.list(), 3)
	})
}

// TestNotifiedTwice: a callback that comes twice is told by its channel, id and time.
func TestNotifiedTwice(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	crm.SetDelivery(zohohubtest.Delivery{Copies: func(n int) int { return n % 3 }, NumericChannelID: true}) // once, twice, never
	type change struct {
		channel int64
		id      string
		at      time.Time
	}
	seen := map[change]bool{}
	calls := 0
	srv := httptest.NewServer(NotificationHandler(channelToken, func(_ context.Context, n Notification) error {
		calls++ // a channel's callbacks come one after the other
		for _, id := range n.IDs {
			seen[change{n.ChannelID, id, n.ServerTime}] = true
		}
		return nil
	}))
	t.Cleanup(srv.Close)
	_, err := conn.Notifications().Enable(t.Context(), Channel{ID: 7, NotifyURL: srv.URL, Token: channelToken, Events: []string{"Leads.create"}})
	require.NoError(t, err)
	for i := range 3 {
		require.NoError(t, NewRecord[Person](conn).Create(t.Context(), &Person{LastName: fmt.Sprint("Doe", i)}))
	}
	require.NoError(t, crm.WaitForCallbacks(t.Context()))
	assert.Equal(t, []int{3, 2}, []int{calls, len(seen)})
}
