package zohohub_test

import (
	"bytes"
	"errors"
	"iter"
	"net/http"
	"strings"
	"testing"

	"github.com/jarcoal/httpmock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	. "github.com/zohohub/zohohub"
	"github.com/zohohub/zohohub/zohohubtest"
)

// attached is a fake with a lead that has no attachments yet.
func attached(t *testing.T) (*zohohubtest.Server, *Attachments, string) {
	t.Helper()
	crm, conn := setup(t)
	id := crm.Seed("Leads", Fields{"Last_Name": "Doe"})[0]
	return crm, NewRecord[Lead](conn).Attachments(id), id
}

func all[T any](t *testing.T, list iter.Seq2[*T, error]) (rows []*T) {
	t.Helper()
	for row, err := range list {
		require.NoError(t, err)
		rows = append(rows, row)
	}
	return rows
}

// TestAttachmentsInEveryVersion lives an attachment's life under each version of the API.
func TestAttachmentsInEveryVersion(t *testing.T) {
	t.Parallel()
	inEveryVersion(t, func(t *testing.T, _ string, crm *zohohubtest.Server, conn *Connection) {
		id := crm.Seed("Leads", Fields{"Last_Name": "Doe"})[0]
		files := NewRecord[Lead](conn).Attachments(id)
		ctx := t.Context()
		assert.Empty(t, all(t, files.All(ctx)))

		made, err := files.Upload(ctx, "contract.pdf", strings.NewReader("the contract"))
		require.NoError(t, err)
		assert.Len(t, made.ID, 19)
		me := made.CreatedBy
		assert.NotEmpty(t, me.ID)
		want := Attachment{
			ID: made.ID, FileName: "contract.pdf", Size: 12, CreatedTime: made.CreatedTime, ModifiedTime: made.CreatedTime,
			CreatedBy: me, ModifiedBy: me, Parent: Lookup{ID: id},
		}
		assert.Equal(t, want, *made)
		link, err := files.Link(ctx, "https://example.com/price list", "Prices")
		require.NoError(t, err)
		assert.Equal(t, "https://example.com/price list", link.LinkURL)

		rows := all(t, files.All(ctx))
		require.Len(t, rows, 2)
		assert.Equal(t, &Attachment{
			ID: link.ID, FileName: "Prices", Type: "Link URL", LinkURL: link.LinkURL, CreatedTime: link.CreatedTime,
			ModifiedTime: link.CreatedTime, CreatedBy: rows[0].Owner, ModifiedBy: rows[0].Owner, Owner: rows[0].Owner, Parent: Lookup{ID: id, Name: "Doe"},
		}, rows[0])
		want.Type, want.Parent.Name = "Attachment", "Doe"
		want.Owner, want.CreatedBy, want.ModifiedBy = rows[1].Owner, rows[1].Owner, rows[1].Owner
		assert.Equal(t, &want, rows[1])
		assert.Equal(t, me.ID, rows[1].Owner.ID)

		var content bytes.Buffer
		n, err := files.Download(ctx, made.ID, &content)
		require.NoError(t, err)
		assert.Equal(t, "the contract", content.String())
		assert.Equal(t, int64(12), n)
		_, err = files.Open(ctx, link.ID)
		require.ErrorIs(t, err, ErrAttachmentIsLink)

		require.NoError(t, files.Delete(ctx, made.ID))
		require.ErrorIs(t, files.Delete(ctx, made.ID), ErrRecordNotFound)
		_, err = files.Open(ctx, made.ID)
		require.ErrorIs(t, err, ErrRecordNotFound)
		assert.EqualError(t, err, "zohohub: download Attachments: (HTTP 204): record not found")
		assert.Len(t, crm.Attachments("Leads", id), 1)
	})
}

func TestAttachmentsArePaged(t *testing.T) {
	t.Parallel()
	crm, files, id := attached(t)
	for range 201 {
		crm.SeedAttachment("Leads", id, "a.txt", strings.NewReader("a"))
	}
	assert.Len(t, all(t, files.All(t.Context())), 201)
	assert.Equal(t, []string{"GET /crm/v8/Leads/" + id + "/Attachments", "GET /crm/v8/Leads/" + id + "/Attachments"}, asked(crm))
	assert.Equal(t, "File_Name,Size,$type,$link_url,Created_Time,Modified_Time,Created_By,Modified_By,Owner,Parent_Id",
		crm.Requests()[0].Query.Get("fields"))
}

func TestAttachmentsOfNotes(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	lead := crm.Seed("Leads", Fields{"Last_Name": "Doe"})[0]
	note, err := NewRecord[Lead](conn).AddNote(t.Context(), lead, "Call", "He called")
	require.NoError(t, err)
	files := NewRecord[Dynamic](conn, InModule("Notes")).Attachments(note.ID)
	_, err = files.Upload(t.Context(), "call.txt", strings.NewReader("hello"))
	require.NoError(t, err)
	rows := all(t, files.All(t.Context()))
	require.Len(t, rows, 1)
	assert.Equal(t, note.ID, rows[0].Parent.ID)
}

// TestAttachmentsRefuse: what can be known is told before anything is sent.
func TestAttachmentsRefuse(t *testing.T) {
	t.Parallel()
	crm, files, id := attached(t)
	ctx := t.Context()
	r := func() *strings.Reader { return strings.NewReader("x") }
	leads := NewRecord[Lead](crm.Connection(t))
	for name, c := range map[string]struct {
		do   func() error
		want string
	}{
		"no parent":          {func() error { _, err := leads.Attachments("").Upload(ctx, "a", r()); return err }, "zohohub: upload Attachments: the parent: the id is empty"},
		"a strange parent":   {func() error { _, err := leads.Attachments("../x").Upload(ctx, "a", r()); return err }, `zohohub: upload Attachments: the parent: "../x" is not a record's id`},
		"no parent, list":    {func() error { return last(leads.Attachments("").All(ctx)) }, "zohohub: list Attachments: the parent: the id is empty"},
		"no parent, open":    {func() error { _, err := leads.Attachments("").Open(ctx, "1"); return err }, "zohohub: download Attachments: the parent: the id is empty"},
		"no id":              {func() error { _, err := files.Open(ctx, ""); return err }, "zohohub: download Attachments: the id is empty"},
		"no id, delete":      {func() error { return files.Delete(ctx, "") }, "zohohub: delete Attachments: the id is empty"},
		"a strange id":       {func() error { _, err := files.Open(ctx, "1/../2"); return err }, `zohohub: download Attachments: "1/../2" is not a record's id`},
		"no name":            {func() error { _, err := files.Upload(ctx, "", r()); return err }, "zohohub: upload Attachments: the file has no name"},
		"a line in the name": {func() error { _, err := files.Upload(ctx, "a\r\nX-Evil: 1", r()); return err }, `zohohub: upload Attachments: the file's name "a\r\nX-Evil: 1" holds a control character`},
		"no UTF-8":           {func() error { _, err := files.Upload(ctx, "a\xff", r()); return err }, `zohohub: upload Attachments: the file's name "a\xff" is not UTF-8`},
		"no reader":          {func() error { _, err := files.Upload(ctx, "a", nil); return err }, `zohohub: upload Attachments: there is nothing to read "a" from`},
		"no link":            {func() error { _, err := files.Link(ctx, "", "t"); return err }, "zohohub: link Attachments: the link is empty"},
		"no connection":      {func() error { _, err := NewRecord[Lead](nil).Attachments("1").Open(ctx, "1"); return err }, "zohohub: download Attachments: the connection is nil"},
		"no type":            {func() error { _, err := NewRecord[int](nil).Attachments("1").Open(ctx, "1"); return err }, "zohohub: download Attachments: the connection is nil"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := c.do()
			require.EqualError(t, err, c.want)
			_, isError := err.(*Error) //nolint:errorlint // the very type
			assert.True(t, isError)
		})
	}
	t.Cleanup(func() { // after the subtests
		assert.Empty(t, asked(crm))
		assert.Empty(t, crm.Attachments("Leads", id))
	})
}

func last[T any](list iter.Seq2[*T, error]) (last error) {
	for _, err := range list {
		last = err
	}
	return last
}

// TestAttachmentsOfZohosWords: what Zoho refuses is told apart.
func TestAttachmentsOfZohosWords(t *testing.T) {
	t.Parallel()
	_, files, _ := attached(t)
	ctx := t.Context()
	_, err := files.Upload(ctx, "virus.exe", strings.NewReader("MZ"))
	require.ErrorIs(t, err, ErrFileRefused)
	_, err = files.Link(ctx, "no link", "")
	assert.EqualError(t, err, "zohohub: link Attachments: INVALID_URL_PATTERN: the given attachment URL is incorrect (HTTP 400)")
	require.ErrorIs(t, files.Delete(ctx, "5725767000099999999"), ErrRecordNotFound)

	crm, conn := setup(t)
	gone := NewRecord[Lead](conn).Attachments("5725767000099999999")
	require.ErrorIs(t, last(gone.All(ctx)), ErrRecordNotFound)
	_, err = gone.Upload(ctx, "a", strings.NewReader("a"))
	require.ErrorIs(t, err, ErrRecordNotFound)
	_ = crm
}

// TestSizesAndTypesAreTyped: Zoho has many words for two things.
func TestSizesAndTypesAreTyped(t *testing.T) {
	t.Parallel()
	code := func(code string) string { return `{"code":"` + code + `","details":{},"message":"m","status":"error"}` }
	for name, c := range map[string]struct {
		status int
		body   string
		want   error
	}{
		"body":           {413, code("BODY_SIZE_REACHED"), ErrFileTooLarge},
		"file":           {400, code("FILE_SIZE_MORE_THAN_ALLOWED_SIZE"), ErrFileTooLarge},
		"file, as type":  {415, code("FILE_SIZE_MORE_THAN_ALLOWED_SIZE"), ErrFileTooLarge},
		"entity":         {413, code("REQUEST_ENTITY_TOO_LARGE"), ErrFileTooLarge},
		"a gateway":      {413, "<html>too large</html>", ErrFileTooLarge},
		"type":           {415, code("UNSUPPORTED_MEDIA_TYPE"), ErrFileRefused},
		"a gateway's":    {415, "<html>no</html>", ErrFileRefused},
		"virus":          {400, code("VIRUS_DETECTED"), ErrFileRefused},
		"handling":       {400, code("failure_in_attachment_handling"), ErrFileRefused},
		"link":           {400, code("DOWNLOAD_NOT_ALLOWED"), ErrAttachmentIsLink},
		"something else": {400, code("INVALID_REQUEST"), nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			mock, conn := mocked(t)
			mock.RegisterNoResponder(httpmock.NewStringResponder(c.status, c.body))
			_, err := NewRecord[Lead](conn).Attachments("1").Upload(t.Context(), "a", strings.NewReader("a"))
			require.Error(t, err)
			for _, sentinel := range []error{ErrFileTooLarge, ErrFileRefused, ErrAttachmentIsLink, ErrOutcomeUnknown} {
				assert.Equal(t, sentinel == c.want, errors.Is(err, sentinel), "%v", sentinel) //nolint:errorlint // the very value
			}
		})
	}
}

// TestARepeatedDeleteOfAnAttachmentIsDone: the first try, whose answer was lost, has done it.
func TestARepeatedDeleteOfAnAttachmentIsDone(t *testing.T) {
	t.Parallel()
	crm, files, id := attached(t)
	made := crm.SeedAttachment("Leads", id, "a", strings.NewReader("a"))
	crm.Inject(zohohubtest.Fault{Method: http.MethodDelete, CutBody: 5})
	require.NoError(t, files.Delete(t.Context(), made))
	assert.Len(t, asked(crm), 2)
}
