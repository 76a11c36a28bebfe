package zohohub_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	. "github.com/zohohub/zohohub"
)

// Dossier has a field for files and one for images.
type Dossier struct {
	Tracked
	ID        string
	Name      string
	Documents []FileField
	Pictures  []FileField
}

func (Dossier) ModuleName() string { return "Specimens" }

func TestFileFields(t *testing.T) {
	t.Parallel()
	for _, v := range versions[4:] {
		t.Run(v, func(t *testing.T) {
			t.Parallel()
			crm, conn := setupVersion(t, v)
			ctx := t.Context()
			dossiers := NewRecord[Dossier](conn)
			upload := func(name string) FileField {
				file, err := conn.Files().Upload(ctx, name, strings.NewReader("content of "+name))
				require.NoError(t, err)
				return *file
			}
			names := func(rows []FileField) (names []string) {
				for _, row := range rows {
					names = append(names, row.Name)
				}
				return names
			}
			d := &Dossier{Name: "a", Documents: []FileField{upload("a.pdf"), upload("b.pdf")}, Pictures: []FileField{upload("a.png")}}
			d.Pictures[0].Description, d.Pictures[0].Sequence = "front", 1
			require.NoError(t, dossiers.Create(ctx, d))

			d, err := dossiers.Find(ctx, d.ID)
			require.NoError(t, err)
			require.Len(t, d.Documents, 2)
			a := d.Documents[0]
			assert.Equal(t, FileField{ID: a.ID, FileID: a.FileID, Name: "a.pdf", Size: 16}, a)
			assert.NotEmpty(t, a.ID)
			assert.NotEmpty(t, a.FileID)
			require.Len(t, d.Pictures, 1)
			assert.Equal(t, "front", d.Pictures[0].Description)
			assert.Equal(t, 1, d.Pictures[0].Sequence)
			f, err := dossiers.OpenFieldFile(ctx, d.ID, a.ID)
			assert.Equal(t, "content of a.pdf", contentOf(t, f, err))
			f, err = conn.Files().Open(ctx, a.FileID)
			assert.Equal(t, "content of a.pdf", contentOf(t, f, err))

			before := len(crm.Requests())
			require.NoError(t, dossiers.Save(ctx, d))
			assert.Len(t, crm.Requests(), before, "nothing has changed")

			d.Documents = append(d.Documents[1:], upload("c.pdf")) // one removed, one appended
			d.Pictures[0].Description = "back"
			require.NoError(t, dossiers.Save(ctx, d))
			d, err = dossiers.Find(ctx, d.ID)
			require.NoError(t, err)
			assert.Equal(t, []string{"b.pdf", "c.pdf"}, names(d.Documents))
			require.Len(t, d.Pictures, 1)
			assert.Equal(t, "back", d.Pictures[0].Description)

			d.Documents, d.Pictures = nil, nil
			require.NoError(t, dossiers.Save(ctx, d))
			d, err = dossiers.Find(ctx, d.ID)
			require.NoError(t, err)
			assert.Empty(t, d.Documents)
			assert.Empty(t, d.Pictures)
		})
	}
}

// TestFileFieldsOfOld are read under their old names, and not written.
func TestFileFieldsOfOld(t *testing.T) {
	t.Parallel()
	for _, v := range versions[:4] {
		t.Run(v, func(t *testing.T) {
			t.Parallel()
			crm, old := setupVersion(t, v)
			conn := crm.Connection(t)
			ctx := t.Context()
			file, err := conn.Files().Upload(ctx, "a.pdf", strings.NewReader("content"))
			require.NoError(t, err)
			image := *file
			image.Description, image.Sequence = "front", 1
			made := &Dossier{Name: "a", Documents: []FileField{*file}, Pictures: []FileField{image}}
			require.NoError(t, NewRecord[Dossier](conn).Create(ctx, made))
			want, err := NewRecord[Dossier](conn).Find(ctx, made.ID)
			require.NoError(t, err)

			dossiers := NewRecord[Dossier](old)
			d, err := dossiers.Find(ctx, made.ID)
			require.NoError(t, err)
			assert.Equal(t, []any{want.Documents, want.Pictures}, []any{d.Documents, d.Pictures})
			rows := all(t, dossiers.All(ctx))
			require.Len(t, rows, 1)
			assert.Equal(t, "a", rows[0].Name)
			assert.Equal(t, want.Documents, rows[0].Documents)
			f, err := dossiers.OpenFieldFile(ctx, d.ID, d.Documents[0].ID)
			assert.Equal(t, "content", contentOf(t, f, err))

			before := len(crm.Requests())
			require.NoError(t, dossiers.Save(ctx, d))
			d.Documents = append(d.Documents, *file)
			err = dossiers.Save(ctx, d)
			require.EqualError(t, err, "zohohub: save Specimens: Documents: a FileField is written from API v5 on")
			assert.Len(t, crm.Requests(), before)
			d.Documents, d.Name = d.Documents[:1], "b"
			require.NoError(t, dossiers.Save(ctx, d))
			assert.JSONEq(t, `{"data":[{"id":"`+d.ID+`","Name":"b"}]}`, lastWrite(t, crm))
		})
	}
}

// TestFileFieldsAsTheyAreSent: what is new by its id, what is gone by its row's.
func TestFileFieldsAsTheyAreSent(t *testing.T) {
	t.Parallel()
	const page = `{"data":[{"id":"11","Name":"a","Documents":[
		{"id":"1","File_Id__s":"f","File_Name__s":"a.pdf","Size__s":"1024"},{"id":"2","File_Id__s":"g","File_Name__s":"b.pdf","Size__s":7}],
		"Pictures":[{"id":"3","File_Id__s":"h","Sequence_Number__s":1,"Description__s":null}]}]}`
	z, conn := loaded(t, page)
	dossiers := NewRecord[Dossier](conn)
	d, err := dossiers.Find(t.Context(), "11")
	require.NoError(t, err)
	assert.Equal(t, []FileField{{ID: "1", FileID: "f", Name: "a.pdf", Size: 1024}, {ID: "2", FileID: "g", Name: "b.pdf", Size: 7}}, d.Documents)
	d.Documents = append(d.Documents[1:], FileField{FileID: "new", Name: "n", Size: 1})
	d.Pictures[0].Sequence = 2
	require.NoError(t, dossiers.Save(t.Context(), d))
	assert.JSONEq(t, `{"data":[{"id":"11","Documents":[{"File_Id__s":"new"},{"id":"1","_delete":null}],"Pictures":[{"id":"3","Sequence_Number__s":2}]}]}`, z.last())
	require.NoError(t, dossiers.Create(t.Context(), &Dossier{Name: "b", Documents: []FileField{{FileID: "new"}}}))
	assert.JSONEq(t, `{"data":[{"Name":"b","Documents":[{"File_Id__s":"new"}]}]}`, z.last())
}
