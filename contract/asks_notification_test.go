package contract

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/zohohub/zohohub"
	"github.com/zohohub/zohohub/zohohubtest"
)

// askNotifications asks a fake for channels: each call once so that it is done, by way of the library too, and once so that
// it is refused.
func askNotifications(t *testing.T) {
	t.Helper()
	crm := zohohubtest.NewServer(t)
	conn := crm.Connection(t)
	n := conn.Notifications()
	full := zohohub.Channel{
		ID: 7, NotifyURL: "https://hook.example/zoho?env=a", Token: "fake-channel-token", Events: []string{"Leads.all", "Deals.edit"},
		Expiry: time.Now().Add(time.Hour), ReturnAffectedFieldValues: true, NotifyOnRelatedAction: new(bool),
		Conditions: []zohohub.ChannelCondition{{Module: "Deals", Fields: zohohub.FieldSelection{
			Operator: "or", Group: []zohohub.FieldSelection{{Field: "Stage"}, zohohub.AllChanged("Amount", "Closing_Date")},
		}}},
	}
	for _, write := range []func() error{
		func() error { _, err := n.Enable(t.Context(), full); return err },
		func() error { _, err := n.Update(t.Context(), full); return err },
		func() error { _, err := n.Renew(t.Context(), full); return err },
		func() error { return n.DisableEvents(t.Context(), 7, "Deals.edit") },
		func() error { return n.Disable(t.Context(), 7) },
	} {
		for _, err := range n.All(t.Context()) {
			assert.NoError(t, err)
		}
		assert.NoError(t, write())
	}

	do := func(method, path, body string) error {
		_, err := conn.Do(t.Context(), zohohub.Request{Method: method, Path: "actions/watch" + path, Body: []byte(body)})
		return err
	}
	channel := func(members string) string { return `{"watch":[{"channel_id":"8"` + members + `}]}` }
	const events, url = `,"events":["Leads.create"]`, `,"notify_url":"https://hook.example/"`
	for _, ask := range []struct{ method, path, body string }{
		{http.MethodPost, "", channel(events + url)},
		{http.MethodGet, "?channel_id=8&module=Leads&page=1&per_page=10", ""},
		{http.MethodGet, "?module=Deals", ""},
		{http.MethodDelete, "?channel_ids=8", ""},
	} {
		assert.NoError(t, do(ask.method, ask.path, ask.body), "%s %s", ask.method, ask.path)
	}
	for _, ask := range []struct{ method, path, body string }{
		{http.MethodPost, "", `{}`},
		{http.MethodPost, "", `{"watch":[{}]}`},
		{http.MethodPost, "", channel(url)},
		{http.MethodPost, "", channel(events)},
		{http.MethodPost, "", channel(url + `,"events":["Leeds.create"]`)},
		{http.MethodPost, "", channel(url + `,"events":"Leads.create"`)},
		{http.MethodPost, "", channel(url + events + `,"channel_expiry":"soon"`)},
		{http.MethodPost, "", channel(url + events + `,"token":7`)},
		{http.MethodPut, "", channel(events + url)},
		{http.MethodPatch, "", channel(events)},
		{http.MethodPatch, "", channel(events + `,"_delete_events":true`)},
		{http.MethodDelete, "?channel_ids=8", ""},
		{http.MethodDelete, "", ""},
		{http.MethodGet, "?module=Leeds", ""},
	} {
		assert.Error(t, do(ask.method, ask.path, ask.body), "%s %s %s", ask.method, ask.path, ask.body)
	}
}
