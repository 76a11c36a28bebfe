package transport

import (
	"context"
	"io"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// slow gives a byte after each pause, as long as ctx lasts.
type slow struct {
	ctx   context.Context //nolint:containedctx // as the body of an answer has its request's
	left  int
	pause time.Duration
}

func (s *slow) Read(p []byte) (int, error) {
	if s.left == 0 {
		return 0, io.EOF
	}
	select {
	case <-time.After(s.pause):
		s.left--
		p[0] = 'x'
		return 1, nil
	case <-s.ctx.Done():
		return 0, s.ctx.Err()
	}
}

func (s *slow) Close() error { return nil }

func TestDeadlineBoundsAnAttemptWithItsBody(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := &deadline{timeout: 10 * time.Second, next: next(func(r *http.Request) (*http.Response, error) {
			return raw(200, &slow{r.Context(), 20, time.Second}), nil
		})}
		resp, err := (&reader{next: d}).RoundTrip(request(t, t.Context(), &Call{}, ""))
		if resp != nil {
			text(t, resp)
		}
		require.EqualError(t, err, "answer broke off: timed out after 10s")
		require.ErrorIs(t, err, context.DeadlineExceeded)
		var late *TimeoutError
		require.ErrorAs(t, err, &late)
		assert.True(t, late.Timeout())
	})
}

func TestDeadlineBoundsTheWaitForAnAnswer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := &deadline{timeout: 10 * time.Second, next: next(func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, &Lost{Err: r.Context().Err()}
		})}
		resp, err := d.RoundTrip(request(t, t.Context(), &Call{}, ""))
		if resp != nil {
			text(t, resp)
		}
		require.EqualError(t, err, "no answer: timed out after 10s")

		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		resp, err = d.RoundTrip(request(t, ctx, &Call{}, ""))
		if resp != nil {
			text(t, resp)
		}
		require.EqualError(t, err, "no answer: context deadline exceeded", "it was the caller's time that ended")
	})
}

func TestADownloadMayTakeLongButNotStand(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		pause := 9 * time.Second
		d := &deadline{timeout: 10 * time.Second, next: next(func(r *http.Request) (*http.Response, error) {
			return raw(200, &slow{r.Context(), 5, pause}), nil
		})}
		resp, err := d.RoundTrip(request(t, t.Context(), &Call{StreamOut: true}, ""))
		require.NoError(t, err)
		time.Sleep(time.Minute) // who reads slowly is not the one who stands
		assert.Equal(t, "xxxxx", text(t, resp))

		pause = 11 * time.Second
		resp, err = d.RoundTrip(request(t, t.Context(), &Call{StreamOut: true}, ""))
		require.NoError(t, err)
		_, err = io.ReadAll(resp.Body)
		require.EqualError(t, err, "no progress for 10s")
		require.NoError(t, resp.Body.Close())
	})
}

func TestAnUploadMayTakeLongButNotStand(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		stand := time.Second
		d := &deadline{timeout: 10 * time.Second, next: next(func(r *http.Request) (*http.Response, error) {
			if _, err := io.Copy(io.Discard, r.Body); err != nil {
				return nil, err
			}
			select {
			case <-time.After(stand):
				return raw(200, &slow{r.Context(), 2, time.Second}), nil
			case <-r.Context().Done():
				return nil, &Lost{Err: r.Context().Err()}
			}
		})}
		send := func() (*http.Response, error) {
			req := request(t, t.Context(), &Call{StreamIn: true}, "")
			req.Body = &slow{t.Context(), 5, time.Minute} // its source is slow, not Zoho
			return (&reader{next: d}).RoundTrip(req)
		}
		resp, err := send()
		require.NoError(t, err)
		assert.Equal(t, "xx", text(t, resp))

		stand = 11 * time.Second
		resp, err = send()
		if resp != nil {
			text(t, resp)
		}
		require.EqualError(t, err, "no answer: no progress for 10s")
	})
}

func TestNoDeadline(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := &deadline{next: next(func(r *http.Request) (*http.Response, error) {
			time.Sleep(time.Hour)
			return at(200, `{}`), r.Context().Err()
		})}
		resp, err := d.RoundTrip(request(t, t.Context(), &Call{}, ""))
		require.NoError(t, err)
		assert.Equal(t, "{}", text(t, resp))
	})
}
