package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/zohohub/zohohub"
)

const hookToken = "fake-channel-token"

// callbackBody is a callback about two records, the n-th.
func callbackBody(n int) string {
	return fmt.Sprintf(`{"server_time":%d,"query_params":{"env":"a"},"module":"Leads","resource_uri":"https://www.zohoapis.eu/crm/v8/Leads",`+
		`"ids":["5725767000000000001","5725767000000000002"],"affected_fields":[{"5725767000000000001":["Email","Company"]}],`+
		`"operation":"update","channel_id":"1000000068001","token":%q}`, n, hookToken)
}

// flood is what became of callbacks that came at a rate.
type flood struct {
	sent, answered, handled int
	took                    time.Duration
	waits                   []time.Duration // of each, sorted
}

// measureFlood sends a handler on loopback so many callbacks, at the rate a second, none waiting for another.
func measureFlood(ctx context.Context, rate, callbacks int) (flood, error) {
	var mu sync.Mutex
	seen := map[int64]bool{}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return flood{}, err
	}
	server := &http.Server{ReadTimeout: 10 * time.Second, Handler: zohohub.NotificationHandler(hookToken,
		func(_ context.Context, n zohohub.Notification) error {
			mu.Lock()
			defer mu.Unlock()
			seen[n.ServerTime.UnixMilli()] = true
			return nil
		})}
	var serving sync.WaitGroup
	serving.Go(func() { _ = server.Serve(listener) }) // ends by Shutdown
	transport := &http.Transport{MaxIdleConnsPerHost: 64}
	client := &http.Client{Transport: transport}

	f := flood{sent: callbacks, waits: make([]time.Duration, callbacks)}
	faults := make([]error, callbacks)
	var group sync.WaitGroup
	start := time.Now()
	for i := range callbacks {
		time.Sleep(time.Until(start.Add(time.Second * time.Duration(i) / time.Duration(rate)))) //nolint:forbidigo // the rate is what is measured
		group.Go(func() {
			begun := time.Now()
			faults[i] = callBack(ctx, client, "http://"+listener.Addr().String()+"/zoho", callbackBody(i))
			f.waits[i] = time.Since(begun)
		})
	}
	group.Wait()
	f.took = time.Since(start)
	transport.CloseIdleConnections()
	err = server.Shutdown(ctx)
	serving.Wait()
	for _, fault := range faults {
		if fault == nil {
			f.answered++
		}
	}
	f.handled = len(seen)
	slices.Sort(f.waits)
	return f, errors.Join(err, errors.Join(faults...))
}

func callBack(ctx context.Context, client *http.Client, url, body string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		return err
	}
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("answered with %s", resp.Status)
	}
	return nil
}

// reportFlood prints what became of some seconds of callbacks.
func reportFlood(ctx context.Context, w io.Writer, rate, seconds int) error {
	f, err := measureFlood(ctx, rate, rate*seconds)
	if err != nil {
		return err
	}
	at := func(share float64) time.Duration {
		return f.waits[int(share*float64(len(f.waits)-1))].Round(10 * time.Microsecond)
	}
	fmt.Fprintf(w, "%d callbacks sent over HTTP on loopback in %.1f s, %.0f a second: %d answered with 200, %d handled, %d lost\n",
		f.sent, f.took.Seconds(), float64(f.sent)/f.took.Seconds(), f.answered, f.handled, f.sent-f.handled)
	fmt.Fprintf(w, "answered after %v (median), %v (of 99 in 100), %v (at worst)\n", at(0.5), at(0.99), at(1))
	return nil
}
