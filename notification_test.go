package zohohub_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	. "github.com/zohohub/zohohub"
)

func fullChannel() Channel {
	return Channel{
		ID: 7, NotifyURL: "https://u:fake-password@hook.example/zoho?key=fake-password", Token: channelToken,
		Expiry: time.Date(2026, time.May, 1, 12, 0, 0, 0, time.UTC), Events: []string{"Leads.create", "Deals.all"},
		ReturnAffectedFieldValues: true, NotifyOnRelatedAction: new(bool),
		Conditions: []ChannelCondition{{Module: "Leads", Fields: AnyChanged("Email")}},
	}
}

func fullNotification() Notification {
	return Notification{
		ServerTime: time.UnixMilli(1714550400123).UTC(), Module: "Leads", Operation: "update", IDs: []string{"1", "2"}, ChannelID: 7,
		Token: channelToken, AffectedFields: map[string][]string{"1": {"Email"}},
		AffectedValues: map[string]Fields{"1": {"Email": "fake-address"}},
		QueryParams:    map[string]string{"key": "fake-password"}, Raw: json.RawMessage(aCallback),
	}
}

// TestChannelsShowNoToken: nor do notifications, whatever prints them, and in whatever they lie.
func TestChannelsShowNoToken(t *testing.T) {
	t.Parallel()
	c, n := fullChannel(), fullNotification()
	n.AffectedValues, n.QueryParams = nil, nil // JSON of a notification has them
	type both struct {
		Channel      Channel
		Notification *Notification
	}
	for name, v := range map[string]any{
		"channel": c, "channel pointer": &c, "channels": []Channel{c}, "channel map": map[int64]*Channel{7: &c},
		"notification": n, "notification pointer": &n, "notifications": []*Notification{&n}, "both": both{c, &n}, "pointer": &both{c, &n},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t"} {
				assertNoToken(t, verb, fmt.Sprintf(verb, v))
			}
			var asText, asJSON bytes.Buffer
			slog.New(slog.NewTextHandler(&asText, nil)).Info("m", "v", v, slog.Group("g", "v", v))
			slog.New(slog.NewJSONHandler(&asJSON, nil)).Info("m", "v", v, slog.Group("g", "v", v))
			data, err := json.Marshal(v)
			require.NoError(t, err)
			assertNoToken(t, "slog and JSON", asText.String()+asJSON.String()+string(data))
		})
	}
	assertNoToken(t, "values too", fmt.Sprintf("%+v %#v", fullNotification(), fullNotification()))
}

func assertNoToken(t *testing.T, how, text string) {
	t.Helper()
	for _, secret := range []string{channelToken, fmt.Sprintf("%x", channelToken), fmt.Sprintf("%X", channelToken), "fake-address"} {
		assert.NotContains(t, text, secret, how)
	}
}

func TestChannelsInWords(t *testing.T) {
	t.Parallel()
	c, n := fullChannel(), fullNotification()
	assert.Equal(t, `zohohub.Channel{ID:7 NotifyURL:"https://hook.example/zoho" Token:"[redacted]" Expiry:"2026-05-01T12:00:00Z" `+
		`Events:"Leads.create,Deals.all"}`, c.String())
	assert.Equal(t, `zohohub.Notification{ServerTime:"2024-05-01T08:00:00.123Z" Module:"Leads" Operation:"update" IDs:"1,2" ChannelID:7 `+
		`Token:"[redacted]"}`, n.String())
	assert.Equal(t, c.String()+n.String(), c.GoString()+n.GoString())
	assert.Equal(t, "zohohub.Channel{} zohohub.Notification{}", fmt.Sprint(Channel{}, Notification{}))

	var line bytes.Buffer
	slog.New(slog.NewTextHandler(&line, nil)).Info("m", "c", Channel{ID: 7, Token: channelToken}, "n", &Notification{Module: "Leads", Token: channelToken})
	assert.Contains(t, line.String(), "c.ID=7 c.Token=[redacted] n.Module=Leads n.Token=[redacted]\n")
}

// TestNotificationsInAQueue: a notification can be put into a queue as JSON, without its token.
func TestNotificationsInAQueue(t *testing.T) {
	t.Parallel()
	n := fullNotification()
	data, err := json.Marshal(n)
	require.NoError(t, err)
	var back Notification
	require.NoError(t, json.Unmarshal(data, &back))
	n.Token, n.Raw = "", nil
	assert.Equal(t, n, back)
}
