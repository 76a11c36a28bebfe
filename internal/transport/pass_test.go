package transport

import (
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestReaderLetsFilesPass and reads what only says that it is one.
func TestReaderLetsFilesPass(t *testing.T) {
	t.Parallel()
	const refusal = `{"code":"NO_PERMISSION","details":{},"message":"m","status":"error"}`
	const json, named, zohos = "application/json;charset=UTF-8", `attachment; filename="a"`, `attachment; filename=response.json`
	for name, c := range map[string]struct {
		kind, disposition, body string
		passes                  bool
	}{
		"a file":                           {"application/pdf", named, "%PDF", true},
		"a file of JSON":                   {json, named, refusal, true},
		"a page that is a file":            {"text/html", named, "<html>", true},
		"a file of no type":                {"", named, "x", true},
		"Zoho's refusal":                   {json, zohos, refusal, false},
		"Zoho's refusal in a list":         {json, zohos, `{"data":[` + refusal + `]}`, false},
		"a file of Zoho's name":            {json, zohos, `{"data":[{"code":"A","status":"success"}]}`, true},
		"JSON":                             {json, "", `{}`, false},
		"a page":                           {"text/html", "", "<html>", false},
		"another page":                     {"application/xhtml+xml", "inline", "<html>", false},
		"nothing":                          {"", "", "", false},
		"an image":                         {"image/png", "", "PNG", true},
		"a refusal that says another type": {"application/x-download", "", refusal, false},
		"a long text of no name":           {"text/plain", "", strings.Repeat("x", flatError+1), true},
		"a long JSON of no name":           {json, "", "[" + strings.Repeat("1,", flatError) + "1]", false},
	} {
		resp, err := read(t, &reader{}, &Call{StreamOut: true, File: true},
			raw(200, strings.NewReader(c.body), "Content-Type", c.kind, "Content-Disposition", c.disposition))
		require.NoError(t, err, name)
		_, whole := Body(resp)
		assert.Equal(t, c.passes, !whole, name)
		assert.Equal(t, c.body, text(t, resp), name)
	}
	resp, err := read(t, &reader{}, &Call{StreamOut: true, File: true}, raw(200, cut(`<ht`), "Content-Type", "text/html"))
	if resp != nil {
		text(t, resp)
	}
	assert.Equal(t, &Lost{Status: 200, Err: io.ErrUnexpectedEOF}, err)
}
