package transport

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestLimiterBoundsWhatIsOut(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var out, most atomic.Int32
		rt := newLimiter(next(func(*http.Request) (*http.Response, error) {
			n := out.Add(1)
			defer out.Add(-1)
			for old := most.Load(); n > old && !most.CompareAndSwap(old, n); old = most.Load() {
			}
			time.Sleep(time.Second)
			return at(200, `{}`), nil
		}), 3)
		start := time.Now()
		var all sync.WaitGroup
		for range 12 {
			all.Go(func() {
				resp, err := rt.RoundTrip(request(t, t.Context(), &Call{}, ""))
				if assert.NoError(t, err) {
					assert.NoError(t, resp.Body.Close())
				}
			})
		}
		all.Wait()
		assert.EqualValues(t, 3, most.Load())
		assert.Equal(t, 4*time.Second, time.Since(start))
	})
}

func TestLimiterHoldsAStreamsPlaceUntilItIsClosed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		rt := newLimiter(next(func(*http.Request) (*http.Response, error) {
			return raw(200, strings.NewReader("file")), nil
		}), 1)
		first, err := rt.RoundTrip(request(t, t.Context(), &Call{StreamOut: true}, ""))
		require.NoError(t, err)

		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		waiting := request(t, ctx, &Call{}, "")
		closed := false
		waiting.Body = closer(func() { closed = true })
		resp, err := rt.RoundTrip(waiting)
		if resp != nil {
			text(t, resp)
		}
		assert.Equal(t, context.DeadlineExceeded, err, "the context's own error: nothing was sent")
		assert.True(t, closed)

		assert.Equal(t, "file", text(t, first))
		require.NoError(t, first.Body.Close(), "twice, and no second place is given back")
		second, err := rt.RoundTrip(request(t, t.Context(), &Call{}, ""))
		require.NoError(t, err)
		assert.Equal(t, "file", text(t, second))
		assert.Empty(t, rt.(*limiter).places)
	})
}

func TestLimiterFreesThePlaceOfAFailure(t *testing.T) {
	t.Parallel()
	boom := errors.New("boom")
	rt := newLimiter(next(func(*http.Request) (*http.Response, error) { return nil, boom }), 1)
	for range 3 {
		resp, err := rt.RoundTrip(request(t, t.Context(), &Call{}, ""))
		if resp != nil {
			text(t, resp)
		}
		require.ErrorIs(t, err, boom)
	}
}

func TestAPanicOfTheCallersRoundTripperKeepsNeitherPlaceNorClock(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ended := 0
		rt := newLimiter(&deadline{timeout: time.Hour, next: next(func(r *http.Request) (*http.Response, error) {
			context.AfterFunc(r.Context(), func() { ended++ })
			panic("boom")
		})}, 1)
		for i := range 3 {
			assert.PanicsWithValue(t, "boom", func() {
				resp, err := rt.RoundTrip(request(t, t.Context(), &Call{}, ""))
				if assert.NoError(t, err) {
					text(t, resp)
				}
			})
			assert.Empty(t, rt.(*limiter).places)
			synctest.Wait()
			assert.Equal(t, i+1, ended)
		}
	})
}

// closer is a body that tells of its closing.
type closer func()

func (closer) Read([]byte) (int, error) { return 0, errors.New("not to be read") }

func (c closer) Close() error { c(); return nil }
