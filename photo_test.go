package zohohub_test

import (
	"bytes"
	"image"
	"image/png"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	. "github.com/zohohub/zohohub"
	"github.com/zohohub/zohohub/zohohubtest"
)

// portrait is an image of so many pixels' width.
func portrait(t *testing.T, width int) []byte {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, png.Encode(&b, image.NewGray(image.Rect(0, 0, width, 1))))
	return b.Bytes()
}

func TestPhotoInEveryVersion(t *testing.T) {
	t.Parallel()
	inEveryVersion(t, func(t *testing.T, _ string, crm *zohohubtest.Server, conn *Connection) {
		id := crm.Seed("Leads", Fields{"Last_Name": "Doe"})[0]
		for name, photo := range map[string]*Photo{"record": NewRecord[Lead](conn).Photo(id), "organization": conn.OrgPhoto()} {
			ctx := t.Context()
			_, err := photo.Open(ctx)
			require.ErrorIs(t, err, ErrRecordNotFound, name)
			require.ErrorIs(t, photo.Delete(ctx), ErrRecordNotFound)

			for width := range 2 {
				want := portrait(t, width+1)
				require.NoError(t, photo.Upload(ctx, "jo.png", bytes.NewReader(want)))
				f, err := photo.Open(ctx)
				assert.Equal(t, string(want), contentOf(t, f, err))
				assert.Equal(t, "image/png", f.ContentType)
				assert.Equal(t, int64(len(want)), f.Size)
			}
			require.ErrorIs(t, photo.Upload(ctx, "jo.png", strings.NewReader("no image")), ErrFileRefused)
			require.ErrorIs(t, photo.Upload(ctx, "", strings.NewReader("no name")), ErrRecordInvalid)
			require.NoError(t, photo.Delete(ctx))
			_, err = photo.Open(ctx)
			require.ErrorIs(t, err, ErrRecordNotFound)
		}
	})
}

func TestPhotoFaults(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	ctx := t.Context()
	leads := NewRecord[Lead](conn)
	assert.EqualError(t, leads.Photo("").Upload(ctx, "a", strings.NewReader("a")), "zohohub: upload photo of Leads: the id is empty")
	_, err := leads.Photo("a/b").Open(ctx)
	assert.EqualError(t, err, `zohohub: download photo of Leads: "a/b" is not a record's id`)
	var none *Connection
	assert.EqualError(t, none.OrgPhoto().Delete(ctx), "zohohub: delete photo of org: the connection is nil")
	assert.Empty(t, asked(crm))

	require.ErrorIs(t, leads.Photo("5725767000099999999").Delete(ctx), ErrRecordNotFound)
	require.ErrorIs(t, NewRecord[Dynamic](conn, InModule("Tasks")).Photo("5725767000099999999").Delete(ctx), ErrInvalidModule)

	require.NoError(t, conn.OrgPhoto().Upload(ctx, "a.png", bytes.NewReader(portrait(t, 1))))
	crm.Inject(zohohubtest.Fault{Method: http.MethodDelete, CutBody: 5})
	require.NoError(t, conn.OrgPhoto().Delete(ctx), "the first try has done it")

	big := append(portrait(t, 1), make([]byte, 1<<20)...)
	require.ErrorIs(t, conn.OrgPhoto().Upload(ctx, "a.png", bytes.NewReader(big)), ErrFileTooLarge)
}

// TestAPhotoStays when its record is saved: its id in the record is Zoho's own.
func TestAPhotoStays(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	id := crm.Seed("Leads", Fields{"Last_Name": "Doe"})[0]
	leads := NewRecord[Dynamic](conn, InModule("Leads"))
	require.NoError(t, leads.Photo(id).Upload(t.Context(), "a.png", bytes.NewReader(portrait(t, 1))))
	lead, err := leads.Find(t.Context(), id)
	require.NoError(t, err)
	require.NotEmpty(t, lead.Fields["Record_Image"])
	lead.Fields["Record_Image"], lead.Fields["City"] = nil, "Lisboa"
	require.NoError(t, leads.Save(t.Context(), lead))
	assert.JSONEq(t, `{"data":[{"id":"`+id+`","City":"Lisboa"}]}`, lastWrite(t, crm))
	f, err := leads.Photo(id).Open(t.Context())
	assert.NotEmpty(t, contentOf(t, f, err))
}
