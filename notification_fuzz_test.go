package zohohub_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	. "github.com/zohohub/zohohub"
)

// FuzzNotification: whatever a body holds, nobody is called without the token, and what is called gets sound ids.
func FuzzNotification(f *testing.F) {
	for _, body := range []string{
		aCallback, "", "null", "[]", "{}", `{"token":7}`, `{"token":"fake-channel-token"}`, `{"Token":"fake-channel-token","module":"Leads"}`,
		`{"token":"x","token":"fake-channel-token","module":"Leads"}`, `{"token":"fake-channel-token","module":"Leads","ids":[1,"2",null]}`,
		`{"token":"fake-channel-token","module":"Leads","server_time":1e99,"channel_id":-7}`,
		`{"token":"fake-channel-token","module":"\u202e\ud800","affected_fields":[{"":[null]}],"affected_values":[{"record_id":1}]}`,
		`{"token":"fake-channel-token","module":"Leads","query_params":{"a":{"b":[` + strings.Repeat("[", 50) + strings.Repeat("]", 50) + `]}}}`,
		strings.Replace(aCallback, "fake", "\\u0066ake", 1), "\xff" + aCallback, aCallback + "x",
	} {
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body string) {
		var got *Notification
		rec := httptest.NewRecorder()
		NotificationHandler(channelToken, func(_ context.Context, n Notification) error {
			got = &n
			return nil
		}).ServeHTTP(rec, httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", strings.NewReader(body)))

		switch rec.Code {
		case http.StatusOK:
			if got == nil || got.Module == "" {
				t.Fatalf("nobody was called with a module: %v", got)
			}
		case http.StatusBadRequest, http.StatusForbidden:
			if got != nil {
				t.Fatalf("%d, and somebody was called with %v", rec.Code, got)
			}
			return
		default:
			t.Fatal(rec.Code)
		}
		for _, id := range got.IDs {
			if id == "" || strings.ContainsAny(id, "/?#%.\\ ") {
				t.Fatalf("%q is no id", id)
			}
		}
		if !json.Valid(got.Raw) || got.Token != channelToken {
			t.Fatalf("raw %q", got.Raw)
		}
		if text := fmt.Sprintf("%v %+v %#v", got, got, *got); got.Module != channelToken && strings.Contains(text, "Token:\""+channelToken) {
			t.Fatal(text)
		}
	})
}
