package zohohubtest

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// handledIn calls a receiver's handler without a socket.
type handledIn func(w http.ResponseWriter, r *http.Request)

func (h handledIn) RoundTrip(req *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	h(w, req)
	return w.Result(), nil
}

func TestCallbacksAreLostAndRepeatedOnRequest(t *testing.T) {
	t.Parallel()
	r := newReceiver(t)
	r.watch("9007199254740993", `["Leads.create"]`, "")
	r.crm.SetDelivery(Delivery{NumericChannelID: true, Copies: func(n int) int { return []int{1, 0, 2}[n-1] }})
	for range 3 {
		r.call("POST", "v8/Leads", newLead)
	}
	require.NoError(t, r.crm.WaitForCallbacks(bounded(t)))
	records := r.crm.Records("Leads")
	var ids, channels, times []any
	for _, body := range r.bodies {
		ids = append(ids, body["ids"].([]any)[0])
		channels = append(channels, body["channel_id"])
		times = append(times, body["server_time"])
	}
	assert.Equal(t, []any{records[0]["id"], records[2]["id"], records[2]["id"]}, ids, "in order, the second lost, the third twice")
	number := json.Number("9007199254740993")
	assert.Equal(t, []any{number, number, number}, channels)
	assert.Equal(t, times[1], times[2])
	assert.NotEqual(t, times[0], times[1])

	r.crm.SetDelivery(Delivery{})
	r.call("POST", "v8/Leads", newLead)
	got := r.came()
	require.Len(t, got, 4)
	assert.Equal(t, "9007199254740993", got[3]["channel_id"])
}

func TestNoTwoCallbacksHaveOneTime(t *testing.T) {
	t.Parallel()
	s := NewServer(t)
	token := s.Token().AccessToken
	synctest.Test(t, func(t *testing.T) {
		var bodies []map[string]any
		s.SetDelivery(Delivery{Transport: handledIn(func(w http.ResponseWriter, r *http.Request) {
			var body map[string]any
			assert.NoError(t, json.NewDecoder(r.Body).Decode(&body))
			bodies = append(bodies, body)
			w.WriteHeader(http.StatusAccepted)
		})})
		s.ExpireTokens() // those from outside of the bubble
		token = s.Token().AccessToken
		call := func(path, body string) {
			_, _, err := send(t.Context(), roads(s)["transport"], "POST", s.URL()+"/crm/v8/"+path, signed(token), body)
			require.NoError(t, err)
		}
		call("actions/watch", `{"watch":[{"channel_id":"7","events":["Leads.all"],"notify_url":"https://app.example.com/hook"}]}`)
		begin := time.Now().UnixMilli()
		for range 3 {
			call("Leads", newLead)
		}
		require.NoError(t, s.WaitForCallbacks(t.Context()))
		require.Len(t, bodies, 3)
		for i, body := range bodies {
			assert.InDelta(t, begin+int64(i), body["server_time"], 0)
		}
		assert.Equal(t, begin, time.Now().UnixMilli(), "nobody slept")
		assert.Equal(t, 202, s.Callbacks()[2].Status)
	})
}

func TestAReceiverThatHangs(t *testing.T) {
	t.Parallel()
	s := NewServer(t)
	synctest.Test(t, func(t *testing.T) {
		token := s.Token().AccessToken
		call := func(path, body string) reply {
			got, _, err := send(t.Context(), roads(s)["transport"], "POST", s.URL()+"/crm/v8/"+path, signed(token), body)
			require.NoError(t, err)
			return got
		}
		s.SetDelivery(Delivery{Transport: hanging{}})
		call("actions/watch", `{"watch":[{"channel_id":"7","events":["Leads.all"],"notify_url":"https://app.example.com/hook"}]}`)
		begin := time.Now()
		assert.Equal(t, 201, call("Leads", newLead).Status)
		assert.Equal(t, 201, call("Leads", newLead).Status)
		assert.Equal(t, begin, time.Now(), "the fake waits for no receiver")
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		require.ErrorIs(t, s.WaitForCallbacks(ctx), context.DeadlineExceeded)
		require.NoError(t, s.WaitForCallbacks(t.Context()))
		assert.Equal(t, 2*maxDelivery, time.Since(begin))
		for _, sent := range s.Callbacks() {
			require.ErrorIs(t, sent.Err, context.DeadlineExceeded)
			assert.Zero(t, sent.Status)
		}
		assert.Len(t, s.Callbacks(), 2)
	})
}

type hanging struct{}

func (hanging) RoundTrip(req *http.Request) (*http.Response, error) {
	<-req.Context().Done()
	return nil, req.Context().Err()
}

func TestCallbacksStayOnTheMachine(t *testing.T) {
	t.Parallel()
	r := newReceiver(t)
	for _, url := range []string{"https://app.example.com/hook", "http://192.0.2.1/hook", "http://localhost.example.com/"} {
		r.call("POST", "v8/actions/watch", `{"watch":[{"channel_id":"7","events":["Leads.all"],"notify_url":"`+url+`"}]}`)
		r.call("POST", "v8/Leads", newLead)
		require.NoError(t, r.crm.WaitForCallbacks(bounded(t)))
		sent := r.crm.Callbacks()
		require.ErrorIs(t, sent[len(sent)-1].Err, errFarReceiver)
	}
	closed := httptest.NewServer(http.NotFoundHandler())
	closed.Close()
	r.call("POST", "v8/actions/watch", `{"watch":[{"channel_id":"7","events":["Leads.all"],"notify_url":"`+closed.URL+`"}]}`)
	r.call("POST", "v8/Leads", newLead)
	require.NoError(t, r.crm.WaitForCallbacks(bounded(t)))
	sent := r.crm.Callbacks()
	require.Error(t, sent[3].Err)
	require.NotErrorIs(t, sent[3].Err, errFarReceiver)
	sent[3].Body[0] = 'x'
	assert.Equal(t, byte('{'), r.crm.Callbacks()[3].Body[0], "they are copies")
}

func TestCloseGivesCallbacksUp(t *testing.T) {
	t.Parallel()
	r := newReceiver(t)
	r.watch("7", `["Leads.all"]`, "")
	r.crm.SetDelivery(Delivery{Transport: hanging{}})
	r.call("POST", "v8/Leads", newLead)
	r.call("POST", "v8/Leads", newLead)
	r.crm.Close()
	r.crm.Close()
	sent := r.crm.Callbacks()
	require.Len(t, sent, 2)
	for _, one := range sent {
		require.ErrorIs(t, one.Err, context.Canceled)
	}
	require.NoError(t, r.crm.WaitForCallbacks(t.Context()))
}
