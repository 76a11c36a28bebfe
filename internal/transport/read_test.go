package transport

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// cut is a body that breaks off.
func cut(body string) io.Reader {
	return io.MultiReader(strings.NewReader(body), iotest.ErrReader(io.ErrUnexpectedEOF))
}

func read(t *testing.T, r *reader, call *Call, answer *http.Response) (*http.Response, error) {
	t.Helper()
	r.next = &answers{list: []any{answer}}
	return r.RoundTrip(request(t, t.Context(), call, ""))
}

func TestReaderReadsAnswersWhole(t *testing.T) {
	t.Parallel()
	for _, length := range []int64{-1, 2} {
		answer := raw(200, strings.NewReader(`{}`))
		answer.ContentLength = length
		resp, err := read(t, &reader{}, &Call{}, answer)
		require.NoError(t, err)
		body, ok := Body(resp)
		assert.True(t, ok)
		assert.Equal(t, "{}", string(body))
		assert.Equal(t, "{}", text(t, resp))
	}
}

func TestReaderTellsAnAnswerThatBrokeOff(t *testing.T) {
	t.Parallel()
	for _, at := range []string{"", `{"data":[`} {
		resp, err := read(t, &reader{}, &Call{}, raw(200, cut(at)))
		if resp != nil {
			text(t, resp)
		}
		assert.Equal(t, &Lost{Status: 200, Err: io.ErrUnexpectedEOF}, err)
		assert.EqualError(t, err, "answer broke off: unexpected EOF")
	}
}

func TestReaderLetsTheStatusOutliveItsBody(t *testing.T) {
	t.Parallel()
	resp, err := read(t, &reader{}, &Call{}, raw(502, cut("<html>")))
	require.NoError(t, err)
	assert.Equal(t, "<html>", text(t, resp))

	ctx, cancel := context.WithCancel(t.Context())
	r := &reader{next: next(func(*http.Request) (*http.Response, error) {
		cancel()
		return raw(502, cut("<html>")), nil
	})}
	resp, err = r.RoundTrip(request(t, ctx, &Call{}, ""))
	if resp != nil {
		text(t, resp)
	}
	require.Error(t, err, "the caller left: that is what happened")
}

func TestReaderIsBounded(t *testing.T) {
	t.Parallel()
	resp, err := read(t, &reader{limit: 4}, &Call{}, raw(200, strings.NewReader(`{  }`)))
	require.NoError(t, err)
	assert.Equal(t, "{  }", text(t, resp))
	resp, err = read(t, &reader{limit: 4}, &Call{}, raw(200, strings.NewReader(`{   }`)))
	if resp != nil {
		text(t, resp)
	}
	assert.Equal(t, &Lost{Status: 200, Err: ErrTooLarge}, err)
}

func TestReaderLetsStreamsPass(t *testing.T) {
	t.Parallel()
	long := `{"code":"X","status":"error"}` + strings.Repeat(" ", flatError)
	for name, c := range map[string]struct {
		status      int
		kind, body  string
		readByChain bool
	}{
		"a file":                     {200, "image/png", "PNG", false},
		"a JSON file":                {200, "application/json", `{"a":1}`, false},
		"a long JSON file":           {200, "application/json; charset=utf-8", long, false},
		"an error with status 200":   {200, "application/json;charset=UTF-8", `{"code":"X","status":"error"}`, true},
		"an error":                   {400, "application/json", `{"code":"X","status":"error"}`, true},
		"a gateway's error":          {502, "text/html", "<html>", true},
		"nothing":                    {204, "", "", true},
		"an error in capitals":       {200, "application/json", `{"code":"X","status":"ERROR"}`, true},
		"a file that says error":     {200, "application/json", `{"message":"x","status":"error"}`, false},
		"a kind that cannot be read": {200, ";;", "PNG", false},
	} {
		resp, err := read(t, &reader{}, &Call{StreamOut: true}, raw(c.status, strings.NewReader(c.body), "Content-Type", c.kind))
		require.NoError(t, err, name)
		_, ok := Body(resp)
		assert.Equal(t, c.readByChain, ok, name)
		assert.Equal(t, c.body, text(t, resp), name)
	}

	resp, err := read(t, &reader{}, &Call{StreamOut: true}, raw(200, cut(`{"a`), "Content-Type", "application/json"))
	if resp != nil {
		text(t, resp)
	}
	assert.Equal(t, &Lost{Status: 200, Err: io.ErrUnexpectedEOF}, err)
}

func TestReaderDoesNotReadAConnection(t *testing.T) {
	t.Parallel()
	for _, stream := range []bool{false, true} {
		answer := at(101, "")
		closed := false
		answer.Body = closer(func() { closed = true })
		resp, err := read(t, &reader{}, &Call{StreamOut: stream}, answer)
		require.NoError(t, err)
		_, ok := Body(resp)
		assert.True(t, ok)
		assert.True(t, closed)
		require.NoError(t, resp.Body.Close())
	}
}

func TestFlatReadsOneResultOnly(t *testing.T) {
	t.Parallel()
	for body, want := range map[string][2]string{
		`{"code":"X","status":"error"}`: {"X", "error"},
		`{"Code":"X","Status":"error"}`: {"", ""},
		`{"code":1,"status":null}`:      {"", ""},
		`[{"code":"X"}]`:                {"", ""},
		`<html>`:                        {"", ""},
		``:                              {"", ""},
	} {
		code, status := flat([]byte(body))
		assert.Equal(t, want, [2]string{code, status}, body)
	}
}

func TestLooksLikeJSON(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]bool{
		`{}`: true, " [ ]\n": true, `{"a":`: false, `{]`: false, `"text"`: false, `<html>`: false, ``: false, `{`: false,
	} {
		assert.Equal(t, want, LooksLikeJSON([]byte(body)), body)
	}
}

func TestReaderPassesErrorsOn(t *testing.T) {
	t.Parallel()
	boom := errors.New("boom")
	resp, err := (&reader{next: &answers{list: []any{boom}}}).RoundTrip(request(t, t.Context(), &Call{}, ""))
	if resp != nil {
		text(t, resp)
	}
	assert.Equal(t, boom, err)
}
