package zohohub_test

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	. "github.com/zohohub/zohohub"
	"github.com/zohohub/zohohub/zohohubtest"
)

// TestTheSweep breaks every public call in every way.
func TestTheSweep(t *testing.T) {
	t.Parallel()
	for callName, call := range everyCall() {
		t.Run(callName, func(t *testing.T) {
			t.Parallel()
			crm := zohohubtest.NewServer(t) // outside of the bubbles, where its socket would keep time still
			for faultName, fault := range sweepFaults {
				t.Run(faultName, func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) { sweepCell(t, crm, call, fault) })
				})
			}
		})
	}
}

// sentinels are what an outcome's errors are compared with.
var sentinels = []error{
	ErrRecordNotFound, ErrRecordInvalid, ErrMandatoryNotFound, ErrDuplicate, ErrInvalidModule, ErrNoPermission,
	ErrRecordInBlueprint, ErrNotInProcess, ErrNoSuchTransition, ErrConflict, ErrRecordLocked, ErrTruncated, ErrPageTokenExpired, ErrInvalidToken, ErrAuthentication,
	ErrScopeMismatch, ErrRateLimited, ErrTokenThrottled, ErrInternal, ErrOutcomeUnknown,
	ErrFileTooLarge, ErrFileRefused, ErrAttachmentIsLink, ErrNotSubscribed,
	ErrAlreadyConverted, ErrAlreadyScheduled, ErrJobFailed,
	context.Canceled, context.DeadlineExceeded,
}

func sweepCell(t *testing.T, crm *zohohubtest.Server, call sweepCall, fault sweepFault) {
	t.Helper()
	w := newSweepWorld(t, crm, call)
	want, done := call.expect(fault)

	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	passed := call.after
	switch {
	case fault.leave < 0:
		cancel()
		passed = 0
	case fault.leave > 0:
		time.AfterFunc(fault.leave, cancel)
	}
	injected := fault.inject
	if call.road >= signingIn && fault.accounts != nil {
		injected = fault.accounts
	}
	for _, f := range injected {
		if f.Path == "" {
			f.Path, f.After = w.wire.path, call.after
		}
		crm.Inject(f)
	}
	w.wire.pass, w.wire.refuse = call.after, fault.refuse

	got, err := call.do(ctx, w)
	suite.Error("the sweep", err)
	time.Sleep(time.Minute) // whatever is sent after the call, or goes on without the caller, is counted too

	if want.fails {
		w.checkError(t, err, want)
		if passed > 0 {
			assert.Equal(t, call.partly, got)
		} else {
			assert.Empty(t, got)
		}
	} else {
		require.NoError(t, err)
		assert.Equal(t, call.gives(fault), got)
	}
	sent, renewals := w.requests()
	assert.Equal(t, want.sent+passed, sent, "requests")
	assert.Equal(t, want.renewals, renewals, "refreshes")
	if call.done != nil { // which may ask
		assert.Equal(t, done, call.done(w), "of the records that it writes")
	}
	assert.Empty(t, w.wire.strayed, "hosts that are not Zoho's")
}

// expect is the cell's outcome, and how many records are written in the end.
func (c sweepCall) expect(f sweepFault) (want outcome, done int) {
	switch {
	case f.foreign && c.raw, f.empty && c.nothingErr == nil && c.road < signingIn:
		return good(1), c.written
	case f.foreign && c.done != nil:
		return bad(1, ErrOutcomeUnknown), c.written
	case f.foreign:
		return bad(1), 0
	case f.empty:
		return bad(1, c.nothingErr), c.written
	}
	want = f.want.of(c.road)
	if len(f.accounts) > 0 && slices.Contains(c.forgives, f.accounts[0].Code) {
		want = good(want.sent)
	}
	switch {
	case f.done, !want.fails:
		return want, c.writes
	case f.leave < 0:
		return want, 0
	}
	return want, c.written
}

func (c sweepCall) gives(f sweepFault) string {
	if f.empty || f.foreign {
		return c.nothing
	}
	return c.result
}

// fakeTokens is the form of the fake's codes and tokens.
var fakeTokens = regexp.MustCompile(`1000\.[0-9a-f]{8}`)

// checkError holds what is true of every error to this one.
func (w *sweepWorld) checkError(t *testing.T, err error, want outcome) {
	t.Helper()
	require.Error(t, err)
	var e *Error
	require.ErrorAs(t, err, &e)
	assert.NotEmpty(t, e.Op)
	assert.Equal(t, want.wait, e.RetryAfter)
	for _, sentinel := range sentinels {
		expected := false
		for _, s := range want.is {
			expected = expected || s == sentinel //nolint:errorlint // the very value
		}
		assert.Equal(t, expected, errors.Is(err, sentinel), "is %q: %v", sentinel, err)
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%q"} {
		text := fmt.Sprintf(verb, err)
		assert.NotRegexp(t, fakeTokens, text)
		assert.NotContains(t, text, w.cfg.ClientSecret)
		assert.NotContains(t, text, "/crm/")
		assert.NotContains(t, text, "/oauth/")
	}
	if batch, ok := errors.AsType[*BatchError](err); ok {
		assert.NotEmpty(t, batch.Failed)
	}
}
