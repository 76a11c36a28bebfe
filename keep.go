package zohohub

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"time"

	"github.com/zohohub/zohohub/internal/pause"
)

const (
	// keepMargin is what Keep stays below the longest life by: Zoho's clock is not ours, and it refuses more.
	keepMargin = time.Hour
	// A channel that could not be renewed is tried again after keepFirst, then twice that, up to keepLongest.
	keepFirst   = 10 * time.Second
	keepLongest = 10 * time.Minute
	// keepShortest is between two renewals at least, whatever Zoho's clock makes of the channel's end.
	keepShortest = time.Minute
)

// Keep subscribes the channel, and keeps it alive until ctx ends, whose error it then returns: run it in a goroutine of its
// own. A channel with the ID that is alive, of an earlier run say, is taken over and becomes what c says. Keep looks at all
// of c but its Expiry: it has the channel live almost as long as the API's version allows, a week or a day, and renews it
// when 80 to 90 % of that are over.
//
// What may pass by itself, such as a broken connection, a failure of Zoho's or a rate limit, is told to [OnKeepError] and
// tried again, after 10 s first and 10 min in the end, or as long as Zoho asks for. A channel that is found gone is told to
// it as [ErrNotSubscribed] and enabled anew: of what was changed since it ended no callbacks came, and [ModifiedSince] lists it. What
// only somebody can mend ends Keep with its error: [ErrRecordInvalid], [ErrNoPermission], [ErrScopeMismatch],
// [ErrAuthentication] and whatever else Zoho refuses.
//
// When Keep has ended the channel lives on to its Expiry, so that a service that is started again misses nothing;
// [Notifications.Disable] ends it. It costs two credits to begin with, and one a renewal.
//
// Zoho: PUT, POST and PATCH /crm/v8/actions/watch
func (n *Notifications) Keep(ctx context.Context, c Channel, opts ...KeepOption) error {
	const op = "keep channel"
	if n.fault != nil {
		return n.fail(op, n.fault)
	}
	k := &keeping{n: n, channel: c}
	for _, o := range opts {
		if o != nil {
			o.applyKeep(&k.cfg)
		}
	}
	for failures := 0; ; {
		k.channel.Expiry = time.Now().Add(n.conn.version.channelLife() - keepMargin)
		kept, err := k.step(ctx)
		var wait time.Duration
		switch {
		case err == nil:
			failures, wait = 0, untilRenewal(time.Until(kept.Expiry))
			k.cfg.kept(kept)
		case ctx.Err() != nil:
			return n.fail(op, withReason(ctx, err))
		case !passes(err):
			return err
		default:
			wait = untilRetry(failures, err)
			failures++
			k.cfg.failed(err)
		}
		if ended := pause.For(ctx, wait); ended != nil {
			if err != nil {
				ended = fmt.Errorf("%w; last failure: %w", ended, err)
			}
			return n.fail(op, ended)
		}
	}
}

// KeepOption is an option of [Notifications.Keep].
type KeepOption interface{ applyKeep(*keepConfig) }

type keepConfig struct {
	onKept  func(*Channel)
	onError func(error)
}

type keepOption func(*keepConfig)

func (o keepOption) applyKeep(c *keepConfig) { o(c) }

// OnKept has Keep call f with the channel whenever it was subscribed or renewed, first when callbacks begin to come. Keep
// waits for f.
func OnKept(f func(*Channel)) KeepOption {
	return keepOption(func(c *keepConfig) { c.onKept = f })
}

// OnKeepError has Keep call f with every failure that does not end it. Keep waits for f.
func OnKeepError(f func(error)) KeepOption {
	return keepOption(func(c *keepConfig) { c.onError = f })
}

func (c *keepConfig) kept(channel *Channel) {
	if c.onKept != nil {
		c.onKept(channel)
	}
}

func (c *keepConfig) failed(err error) {
	if c.onError != nil {
		c.onError(err)
	}
}

// keeping keeps a channel alive.
type keeping struct {
	n       *Notifications
	channel Channel
	cfg     keepConfig
	lives   bool // as far as is known
}

// step subscribes the channel or renews it.
func (k *keeping) step(ctx context.Context) (*Channel, error) {
	do := k.n.Update // which takes over what is there
	if k.lives {
		do = k.n.Renew
	}
	kept, err := do(ctx, k.channel)
	if errors.Is(err, ErrNotSubscribed) {
		if k.lives {
			k.cfg.failed(err)
		}
		k.lives = false
		kept, err = k.n.Enable(ctx, k.channel)
	}
	k.lives = k.lives || err == nil
	return kept, err
}

// passes says whether a failure may pass by itself.
func passes(err error) bool {
	if errors.Is(err, ErrRateLimited) || errors.Is(err, ErrInternal) {
		return true
	}
	e, _ := errors.AsType[*Error](err)
	if e.Status == http.StatusUnauthorized { // why the token was not renewed, if that was tried, is what counts
		if cause, ok := errors.AsType[*Error](e.Err); ok {
			e = cause
		}
	}
	for _, final := range []error{ErrRecordInvalid, ErrNoPermission, ErrScopeMismatch, ErrAuthentication, ErrInvalidToken} {
		if errors.Is(e, final) {
			return false
		}
	}
	return e.Status < http.StatusBadRequest
}

// untilRenewal leaves a tenth of a channel's life at least for renewals that fail. Many channels that began together are
// not renewed together.
func untilRenewal(life time.Duration) time.Duration {
	return max(life/10*8+rand.N(max(life/10, 1)), keepShortest)
}

// untilRetry is how long to wait after a failure, of which there were others before.
func untilRetry(before int, err error) time.Duration {
	wait := min(keepFirst<<min(before, 10), keepLongest)
	if e, ok := errors.AsType[*Error](err); ok && e.RetryAfter > wait {
		return e.RetryAfter
	}
	return wait - rand.N(wait/4)
}
