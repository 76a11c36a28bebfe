package zohohub_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jarcoal/httpmock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	. "github.com/zohohub/zohohub"
)

// subscribed is Zoho's answer to a channel that it took.
const subscribed = `{"watch":[{"code":"SUCCESS","details":{"events":[
	{"channel_expiry":"2026-05-08T10:00:00+05:30","resource_uri":"https://www.zohoapis.eu/crm/v8/Leads","resource_id":"4000000000125","resource_name":"Leads","channel_id":"7"},
	{"channel_expiry":"2026-05-08T09:00:00+05:30","resource_uri":"https://www.zohoapis.eu/crm/v8/Deals","resource_id":4000000000131,"resource_name":"Deals","channel_id":"7"}]},
	"message":"Successfully subscribed for actions-watch of the given module","status":"success"}]}`

// watched is a Zoho that gives one answer to everything, and a connection to it. sent are the requests, with their bodies.
func watched(t *testing.T, version string, status int, answer string) (n *Notifications, sent *canned) {
	t.Helper()
	z := &canned{}
	mock := httpmock.NewMockTransport()
	mock.RegisterNoResponder(func(r *http.Request) (*http.Response, error) {
		line := r.Method + " " + r.URL.RequestURI()
		if r.Body != nil {
			body, err := io.ReadAll(r.Body)
			if err != nil {
				return nil, err
			}
			line += " " + string(body)
		}
		z.mu.Lock()
		defer z.mu.Unlock()
		z.bodies = append(z.bodies, line)
		return jsonAnswer(status, answer), nil
	})
	conn, err := NewConnection(Config{HTTPClient: &http.Client{Transport: mock}, APIVersion: version}, &Token{AccessToken: "1000.fake-access"})
	require.NoError(t, err)
	return conn.Notifications(), z
}

// channelCalls are the calls that send a channel.
var channelCalls = map[string]func(*Notifications, context.Context, Channel) (*Channel, error){
	"POST": (*Notifications).Enable, "PUT": (*Notifications).Update, "PATCH": (*Notifications).Renew,
}

// TestChannelBodies: what is sent, all of it, and what is made of the answer.
func TestChannelBodies(t *testing.T) {
	t.Parallel()
	lisboa := time.FixedZone("", 3600)
	for method, call := range channelCalls {
		t.Run(method, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) { // where it is midnight, on 1 January 2000
				n, sent := watched(t, "v8", http.StatusOK, subscribed)
				full := Channel{
					ID: 9223372036854775807, NotifyURL: "https://hook.example/zoho?env=a&x=%20", Token: strings.Repeat("é", 50),
					Expiry: time.Now().Add(7 * 24 * time.Hour).In(lisboa), Events: []string{"Leads.create", "Sales_Orders.edit", "Deals.delete", "CustomModule1.all"},
					ReturnAffectedFieldValues: true, NotifyOnRelatedAction: new(bool),
					Conditions: []ChannelCondition{
						{Module: "Leads", Fields: AnyChanged("Company", "Phone")},
						{Module: "Deals", Fields: FieldSelection{Operator: "or", Group: []FieldSelection{{Field: "Stage"}, AllChanged("Amount", "Closing_Date")}}},
					},
					Resources: []ChannelResource{{ID: "1", Module: "Leads"}},
				}
				before := full
				got, err := call(n, t.Context(), full)
				require.NoError(t, err)
				line, body, _ := strings.Cut(sent.last(), " {")
				assert.Equal(t, method+" /crm/v8/actions/watch", line)
				assert.JSONEq(t, `{"watch":[{"channel_id":"9223372036854775807","events":["Leads.create","Sales_Orders.edit","Deals.delete","CustomModule1.all"],
					"notify_url":"https://hook.example/zoho?env=a&x=%20","token":"`+full.Token+`","channel_expiry":"2000-01-08T01:00:00+01:00",
					"return_affected_field_values":true,"notify_on_related_action":false,"notification_condition":[
					{"type":"field_selection","module":{"api_name":"Leads"},"field_selection":{"group_operator":"or","group":[
						{"field":{"api_name":"Company"}},{"field":{"api_name":"Phone"}}]}},
					{"type":"field_selection","module":{"api_name":"Deals"},"field_selection":{"group_operator":"or","group":[
						{"field":{"api_name":"Stage"}},{"group_operator":"and","group":[{"field":{"api_name":"Amount"}},{"field":{"api_name":"Closing_Date"}}]}]}}]}]}`,
					"{"+body)
				assert.Equal(t, before, full, "what was passed stays")
				want := full
				want.Expiry = time.Date(2026, time.May, 8, 9, 0, 0, 0, time.FixedZone("", 5*3600+1800))
				want.Resources = []ChannelResource{
					{ID: "4000000000125", Module: "Leads", URI: "https://www.zohoapis.eu/crm/v8/Leads"},
					{ID: "4000000000131", Module: "Deals", URI: "https://www.zohoapis.eu/crm/v8/Deals"},
				}
				assert.True(t, want.Expiry.Equal(got.Expiry), "the first that ends")
				got.Expiry = want.Expiry
				assert.Equal(t, &want, got)

				got, err = call(n, t.Context(), Channel{ID: 7, NotifyURL: "http://10.0.0.1:8080/", Events: []string{"Leads.all"}})
				require.NoError(t, err)
				assert.Equal(t, method+` /crm/v8/actions/watch {"watch":[{"channel_id":"7","events":["Leads.all"],"notify_url":"http://10.0.0.1:8080/"}]}`, sent.last())
				assert.Equal(t, int64(7), got.ID)
			})
		})
	}
}

// TestChannelRefused: what Zoho could only refuse is not sent.
func TestChannelRefused(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change  func(*Channel)
		version string // v8 when empty
		want    string
	}{
		"no id":                    {func(c *Channel) { c.ID = 0 }, "", "the channel's ID is 0: choose a number above 0"},
		"a negative id":            {func(c *Channel) { c.ID = -7 }, "", "the channel's ID is -7"},
		"an event without a verb":  {func(c *Channel) { c.Events = []string{"Leads.all", "Leads"} }, "", `"Leads" is not an event such as Leads.create, .edit, .delete or .all`},
		"an event that is none":    {func(c *Channel) { c.Events = []string{"Leads.update"} }, "", `"Leads.update" is not an event`},
		"capitals":                 {func(c *Channel) { c.Events = []string{"Leads.ALL"} }, "", `"Leads.ALL" is not an event`},
		"a label":                  {func(c *Channel) { c.Events = []string{"Sales Orders.all"} }, "", `"Sales Orders.all" is not an event`},
		"a line break":             {func(c *Channel) { c.Events = []string{"Leads.all\n"} }, "", `"Leads.all\n" is not an event`},
		"a path":                   {func(c *Channel) { c.NotifyURL = "/hook" }, "", "NotifyURL is not an absolute URL with http or https"},
		"another scheme":           {func(c *Channel) { c.NotifyURL = "ftp://hook.example/" }, "", "NotifyURL is not an absolute URL"},
		"no host":                  {func(c *Channel) { c.NotifyURL = "https:///hook" }, "", "NotifyURL is not an absolute URL"},
		"a port alone":             {func(c *Channel) { c.NotifyURL = "https://:8080/hook" }, "", "NotifyURL is not an absolute URL"},
		"no URL at all":            {func(c *Channel) { c.NotifyURL = "https://a b/\x00" }, "", "NotifyURL is not an absolute URL"},
		"a long URL":               {func(c *Channel) { c.NotifyURL = "https://hook.example/" + strings.Repeat("x", 235) }, "", "NotifyURL has 256 characters: Zoho takes 255"},
		"a long token":             {func(c *Channel) { c.Token = strings.Repeat("é", 51) }, "", "Token has 51 characters: Zoho takes 50"},
		"it has ended":             {func(c *Channel) { c.Expiry = time.Now() }, "", "Expiry is not in the future: 2000-01-01T"},
		"more than a week":         {func(c *Channel) { c.Expiry = time.Now().Add(7*24*time.Hour + 1) }, "", "Expiry is 168h0m0s ahead: API v8 takes 168h0m0s at most"},
		"a day and more in v3":     {func(c *Channel) { c.Expiry = time.Now().Add(25 * time.Hour) }, "v3", "Expiry is 25h0m0s ahead: API v3 takes 24h0m0s at most"},
		"a day and more in v2":     {func(c *Channel) { c.Expiry = time.Now().Add(25 * time.Hour) }, "v2", "API v2 takes 24h0m0s at most"},
		"more than a week in v4":   {func(c *Channel) { c.Expiry = time.Now().Add(8 * 24 * time.Hour) }, "v4", "API v4 takes 168h0m0s at most"},
		"values in v2.1":           {func(c *Channel) { c.ReturnAffectedFieldValues = true }, "v2.1", "ReturnAffectedFieldValues: API v2.1 has no such thing: it came with v3"},
		"conditions in v5":         {func(c *Channel) { c.Conditions = []ChannelCondition{{"Leads", AnyChanged("Email")}} }, "v5", "Conditions: API v5 has none: they came with v6"},
		"three conditions":         {func(c *Channel) { c.Conditions = make([]ChannelCondition, 3) }, "", "3 Conditions: Zoho takes 2"},
		"a condition on no module": {func(c *Channel) { c.Conditions = []ChannelCondition{{Fields: AnyChanged("Email")}} }, "", `Conditions[0]: "" is not a module's API name`},
		"eleven fields": {func(c *Channel) {
			c.Conditions = []ChannelCondition{{"Leads", FieldSelection{Operator: "and", Group: []FieldSelection{
				AnyChanged("A", "B", "C", "D", "E"), AllChanged("F", "G", "H", "I", "J"), {Field: "K"},
			}}}}
		}, "", "condition 0 of the channel: 11 fields: Zoho takes 10"},
		"no fields":           {func(c *Channel) { c.Conditions = []ChannelCondition{{"Leads", AnyChanged()}} }, "", "condition 0 of the channel: a group has no fields"},
		"no group":            {func(c *Channel) { c.Conditions = []ChannelCondition{{"Leads", FieldSelection{}}} }, "", `a group's Operator is "": it is "and" or "or"`},
		"a field that is odd": {func(c *Channel) { c.Conditions = []ChannelCondition{{"Leads", AnyChanged("Email", "a b")}} }, "", `"a b" is not a field's API name`},
		"a field and a group": {func(c *Channel) {
			c.Conditions = []ChannelCondition{{"Leads", FieldSelection{Field: "Email", Operator: "or"}}}
		}, "", "a selection has a field and a group: it is one of them"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				version := test.version
				if version == "" {
					version = "v8"
				}
				n, sent := watched(t, version, http.StatusOK, subscribed)
				c := Channel{ID: 7, NotifyURL: "https://hook.example/?key=fake-password", Token: channelToken, Events: []string{"Leads.all"}}
				test.change(&c)
				for method, call := range channelCalls {
					got, err := call(n, t.Context(), c)
					assert.Nil(t, got)
					require.ErrorIs(t, err, ErrRecordInvalid, method)
					require.ErrorContains(t, err, test.want)
					assert.NotContains(t, err.Error(), "fake-")
				}
				if c.Expiry.IsZero() { // else Keep sees to it
					require.ErrorIs(t, n.Keep(t.Context(), c), ErrRecordInvalid)
				}
				assert.Zero(t, sent.count(), "nothing was sent")
			})
		})
	}
}

// TestChannelParts: a whole channel has events and a URL, and a renewal at least something.
func TestChannelParts(t *testing.T) {
	t.Parallel()
	n, sent := watched(t, "v8", http.StatusOK, subscribed)
	ctx := t.Context()
	for _, call := range []func(context.Context, Channel) (*Channel, error){n.Enable, n.Update} {
		_, err := call(ctx, Channel{ID: 7, Events: []string{"Leads.all"}})
		require.ErrorContains(t, err, "channel: NotifyURL is empty")
		_, err = call(ctx, Channel{ID: 7, NotifyURL: "https://hook.example"})
		require.ErrorContains(t, err, "channel: no Events")
	}
	_, err := n.Renew(ctx, Channel{ID: 7})
	require.EqualError(t, err, "zohohub: renew channel: nothing to renew: Expiry is zero, and so is all else")
	require.ErrorIs(t, err, ErrRecordInvalid)
	for _, events := range [][]string{nil, {"Leads"}, {"Leads.all", ""}} {
		require.ErrorIs(t, n.DisableEvents(ctx, 7, events...), ErrRecordInvalid)
	}
	require.ErrorIs(t, n.DisableEvents(ctx, 0, "Leads.all"), ErrRecordInvalid)
	require.ErrorIs(t, n.Disable(ctx, 7, 0), ErrRecordInvalid)
	require.NoError(t, n.Disable(ctx))
	assert.Zero(t, sent.count(), "nothing was sent")

	for want, c := range map[string]Channel{
		`"events":["Leads.all"]`:                              {Events: []string{"Leads.all"}},
		`"notify_url":"https://hook.example"`:                 {NotifyURL: "https://hook.example"},
		`"token":"fake-channel-token"`:                        {Token: channelToken},
		`"return_affected_field_values":true`:                 {ReturnAffectedFieldValues: true},
		`"notify_on_related_action":true`:                     {NotifyOnRelatedAction: new(true)},
		`"notification_condition":[{"type":"field_selection"`: {Conditions: []ChannelCondition{{"Leads", FieldSelection{Field: "Email"}}}},
	} {
		c.ID = 7
		_, err := n.Renew(ctx, c)
		require.NoError(t, err)
		assert.Contains(t, sent.last(), `PATCH /crm/v8/actions/watch {"watch":[{"channel_id":"7",`+want)
	}
}

func TestNotificationsWithoutAConnection(t *testing.T) {
	t.Parallel()
	n := (*Connection)(nil).Notifications()
	ctx := t.Context()
	const want = "the connection is nil"
	_, err := n.Enable(ctx, fullChannel())
	require.ErrorContains(t, err, want)
	require.ErrorContains(t, n.Keep(ctx, fullChannel()), want)
	require.ErrorContains(t, n.Disable(ctx, 7), want)
	require.ErrorContains(t, n.DisableEvents(ctx, 7, "Leads.all"), want)
	for _, err := range n.All(ctx) {
		require.ErrorContains(t, err, want)
	}
}
