package zohohub_test

import (
	"context"
	"net/http"
	"strings"
	"time"

	. "github.com/zohohub/zohohub"
	"github.com/zohohub/zohohub/zohohubtest"
)

// road is what may be sent again of a call, and where it goes.
type road int

const (
	reading    road = iota // again, whatever became of the first
	repeatable             // writes of which two come to the same as one
	removing               // the same, and Zoho refuses the second
	onceOnly               // writes that are not sent again once they may have been done
	signingIn              // the accounts server, which is asked once whatever it says
	exchanging             // the same, for a code that works once
	renewing               // the same, for a token that calls wait for: three times if Zoho fails
)

// roads says whose outcome is a road's where it has none of its own.
var roads = map[road]road{removing: repeatable, exchanging: signingIn, renewing: signingIn}

// outcome is what a call comes to.
type outcome struct {
	sent     int // requests on the call's road, without those that pass before the fault
	renewals int // refreshes on the way to the CRM
	fails    bool
	is       []error // of the known sentinels exactly these
	wait     time.Duration
}

type outcomes map[road]outcome

func good(sent int) outcome             { return outcome{sent: sent} }
func bad(sent int, is ...error) outcome { return outcome{sent: sent, fails: true, is: is} }

func (o outcome) renewed(times int) outcome         { o.renewals = times; return o }
func (o outcome) asking(wait time.Duration) outcome { o.wait = wait; return o }

// atCRM is for what is the same for every call of the CRM's.
func atCRM(crm, accounts outcome) outcomes {
	return outcomes{reading: crm, repeatable: crm, onceOnly: crm, signingIn: accounts}
}

// ifLost is for what may have been done: Zoho gave no answer that tells.
func ifLost(safe, once, accounts outcome) outcomes {
	once.is = append([]error{ErrOutcomeUnknown}, once.is...)
	return outcomes{reading: safe, repeatable: safe, onceOnly: once, signingIn: accounts}
}

// ifCut is ifLost where no answer came at all, or none to its end.
func ifCut(safe, once, accounts, renewal outcome) outcomes {
	o := ifLost(safe, once, accounts)
	return o.but(renewing, renewal).but(exchanging, o[onceOnly])
}

func (o outcomes) but(r road, want outcome) outcomes { o[r] = want; return o }

func (o outcomes) of(r road) outcome {
	if want, ok := o[r]; ok {
		return want
	}
	return o[roads[r]]
}

// sweepFault is one way for a call to go wrong.
type sweepFault struct {
	inject []zohohubtest.Fault
	// accounts is for the accounts server, where it has words of its own.
	accounts []zohohubtest.Fault
	done     bool          // the request is carried out although its answer does not arrive
	empty    bool          // what the answer means is the call's affair
	foreign  bool          // the answer is JSON that only raw calls take
	leave    time.Duration // when the caller gives up; negative: before the call
	refuse   int           // connections that do not come up; negative: none does
	want     outcomes
}

const (
	once      = 1
	forEver   = -1
	before    = -1
	elsewhere = "elsewhere.example"
)

func these(f ...zohohubtest.Fault) []zohohubtest.Fault { return f }

var (
	refusedInside = `{"code":"NO_PERMISSION","details":{},"message":"permission denied","status":"error"}`
	gatewaysPage  = "<html><body>Please wait</body></html>"
	junk          = strings.Repeat("0123456789abcdef", 1<<16)
	tokenRefused  = zohohubtest.Fault{Status: 401}

	badToken = bad(1, ErrAuthentication)
	tooMany  = bad(1, ErrTokenThrottled, ErrRateLimited)
	broken   = bad(1, ErrInternal)
	late     = bad(1, context.DeadlineExceeded)
	left     = bad(1, context.Canceled)
)

var sweepFaults = map[string]sweepFault{
	"none": {want: atCRM(good(1), good(1))},

	"401 once": {
		inject: these(tokenRefused), accounts: these(zohohubtest.Fault{Status: 401, Code: "invalid_token"}),
		want: atCRM(good(2).renewed(1), badToken),
	},
	"401 in other words": {
		inject:   these(zohohubtest.Fault{Status: 401, Code: "AUTHENTICATION_FAILURE"}),
		accounts: these(zohohubtest.Fault{Status: 401, Code: "invalid_client"}),
		want:     atCRM(good(2).renewed(1), badToken),
	},
	"401 twice": {
		inject: these(tokenRefused, tokenRefused), accounts: these(zohohubtest.Fault{Status: 401, Code: "invalid_token"}),
		want: atCRM(bad(2, ErrInvalidToken).renewed(1), badToken),
	},
	"401 and no refresh": {
		inject:   these(tokenRefused, zohohubtest.Fault{Path: "/oauth", Code: "invalid_code"}),
		accounts: these(zohohubtest.Fault{Code: "invalid_code"}),
		want:     atCRM(bad(1, ErrInvalidToken, ErrAuthentication).renewed(1), badToken),
	},
	"401 and a throttled refresh": {
		inject:   these(tokenRefused, zohohubtest.Fault{Path: "/oauth", Status: 429}),
		accounts: these(zohohubtest.Fault{Code: "Access Denied"}),
		want:     atCRM(bad(1, ErrInvalidToken, ErrTokenThrottled, ErrRateLimited).renewed(1), tooMany),
	},
	"401 and a lost refresh": {
		inject:   these(tokenRefused, zohohubtest.Fault{Path: "/oauth", CutBefore: true}),
		accounts: these(zohohubtest.Fault{Code: "general_error"}),
		want:     atCRM(good(2).renewed(2), bad(1)),
	},
	"401 and no refresh that is not lost": {
		inject:   these(tokenRefused, zohohubtest.Fault{Path: "/oauth", CutBefore: true, Times: forEver}),
		accounts: these(zohohubtest.Fault{Message: "no error code"}),
		want:     atCRM(bad(1, ErrInvalidToken).renewed(3), bad(1)),
	},
	"wrong scope": {
		inject:   these(zohohubtest.Fault{Status: 401, Code: "OAUTH_SCOPE_MISMATCH", Times: forEver}),
		accounts: these(zohohubtest.Fault{Code: "invalid_scope"}),
		want:     atCRM(bad(1, ErrScopeMismatch), bad(1, ErrScopeMismatch, ErrAuthentication)),
	},
	"403": {
		inject: these(zohohubtest.Fault{Status: 403}), accounts: these(zohohubtest.Fault{Status: 403, Code: "access_denied"}),
		want: atCRM(bad(1, ErrNoPermission), badToken),
	},
	"200 with an error inside": {
		inject: these(zohohubtest.Fault{Body: refusedInside}), accounts: these(zohohubtest.Fault{Code: "invalid_code"}),
		want: atCRM(bad(1, ErrNoPermission), badToken),
	},
	"302 to another host": {
		inject: these(zohohubtest.Fault{Status: 302, Header: http.Header{"Location": {"https://" + elsewhere + "/"}}}),
		want:   atCRM(bad(1), bad(1)),
	},

	"429 once":     {inject: these(zohohubtest.Fault{Status: 429}), want: atCRM(good(2), tooMany)},
	"429 for ever": {inject: these(zohohubtest.Fault{Status: 429, Times: forEver}), want: atCRM(bad(4, ErrRateLimited), tooMany)},
	"429 for an hour": {
		inject: these(zohohubtest.Fault{Status: 429, Header: http.Header{"Retry-After": {"3600"}}}),
		want:   atCRM(bad(1, ErrRateLimited).asking(time.Hour), tooMany.asking(time.Hour)),
	},

	"500 once": {
		inject: these(zohohubtest.Fault{Status: 500}), accounts: these(zohohubtest.Fault{Status: 500, Code: "general_error"}),
		want: ifLost(good(2), broken, broken).but(renewing, good(2)),
	},
	"500 for ever": {
		inject: these(zohohubtest.Fault{Status: 500, Times: forEver}),
		want:   ifLost(bad(4, ErrInternal), broken, broken).but(renewing, bad(3, ErrInternal)),
	},
	"502 in HTML once": {
		inject: these(zohohubtest.Fault{Status: 502}), want: ifLost(good(2), broken, broken).but(renewing, good(2)),
	},
	"502 in HTML for ever": {
		inject: these(zohohubtest.Fault{Status: 502, Times: forEver}),
		want:   ifLost(bad(4, ErrInternal), broken, broken).but(renewing, bad(3, ErrInternal)),
	},

	"204":                       {inject: these(zohohubtest.Fault{Status: 204}), empty: true},
	"200 with nothing for ever": {inject: these(zohohubtest.Fault{Status: 200, Times: forEver}), want: ifLost(bad(4), bad(1), bad(1))},
	"JSON of nobody's":          {inject: these(zohohubtest.Fault{Body: `{"hello":"world"}`, Times: forEver}), foreign: true},
	"HTML with 200 once":        {inject: these(zohohubtest.Fault{Body: gatewaysPage}), want: ifLost(good(2), bad(1), bad(1))},
	"HTML with 200 for ever": {
		inject: these(zohohubtest.Fault{Body: gatewaysPage, Times: forEver}), want: ifLost(bad(4), bad(1), bad(1)),
	},
	"1 MiB of junk once":     {inject: these(zohohubtest.Fault{Body: junk}), want: ifLost(good(2), bad(1), bad(1))},
	"1 MiB of junk for ever": {inject: these(zohohubtest.Fault{Body: junk, Times: forEver}), want: ifLost(bad(4), bad(1), bad(1))},

	"cut before":          {inject: these(zohohubtest.Fault{CutBefore: true}), want: ifCut(good(2), bad(1), bad(1), good(2))},
	"cut before for ever": {inject: these(zohohubtest.Fault{CutBefore: true, Times: forEver}), want: ifCut(bad(4), bad(1), bad(1), bad(3))},
	"cut after":           {inject: these(zohohubtest.Fault{CutAfter: true}), done: true, want: ifCut(good(2), bad(1), bad(1), good(2))},
	"cut after for ever": {
		inject: these(zohohubtest.Fault{CutAfter: true, Times: forEver}), done: true, want: ifCut(bad(4), bad(1), bad(1), bad(3)),
	},
	"cut body": {inject: these(zohohubtest.Fault{CutBody: 5}), done: true, want: ifCut(good(2), bad(1), bad(1), good(2))},
	"cut body for ever": {
		inject: these(zohohubtest.Fault{CutBody: 5, Times: forEver}), done: true,
		want: ifCut(bad(4), bad(1), bad(1), bad(3)).but(removing, bad(2)), // the second is a refusal, however short its text
	},
	"no answer once": {inject: these(zohohubtest.Fault{Hang: true}), want: ifCut(good(2), late, late, late)},
	"no answer for ever": {
		inject: these(zohohubtest.Fault{Hang: true, Times: forEver}),
		want:   ifCut(bad(4, context.DeadlineExceeded), late, late, late), // a renewal has half a minute in all
	},
	"no connection once":     {refuse: once, want: atCRM(good(1), bad(0))},
	"no connection for ever": {refuse: forEver, want: atCRM(bad(0), bad(0))},

	"cancelled before": {leave: before, want: atCRM(bad(0, context.Canceled), bad(0, context.Canceled))},
	"cancelled while waiting": {
		inject: these(zohohubtest.Fault{Hang: true}), leave: time.Second,
		want: ifCut(left, left, left, left),
	},
	"cancelled between attempts": { // the first wait is a quarter of a second at least
		inject: these(zohohubtest.Fault{Status: 429, Times: forEver}), leave: 100 * time.Millisecond,
		want: atCRM(bad(1, context.Canceled, ErrRateLimited), tooMany),
	},
}
