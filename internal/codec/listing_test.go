package codec_test

import (
	"encoding/json"
	"reflect"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/zohohub/zohohub/internal/codec"
)

type (
	link struct {
		ID    string
		Skill Ref `zoho:"Skills"`
	}
	oldFile struct {
		ID   string `zoho:"attachment_Id"`
		File string `zoho:"file_Id"`
	}
	oldPicture struct {
		ID    string
		File  string `zoho:"File_Id"`
		Order int    `zoho:"Sequence_Number"`
	}
)

// diffAs decodes what was loaded, changes it, and compares; merge and replace are what is sent from v5 on and before.
type diffAs[T any] struct {
	loaded         string
	change         func(*T)
	merge, replace string
}

func (d diffAs[T]) test(t *testing.T) {
	t.Helper()
	for replace, want := range map[bool]string{false: d.merge, true: d.replace} {
		var v T
		p, o := planOf[T](), codec.DiffOptions{ReplaceSubforms: replace}
		require.NoError(t, p.Decode([]byte(d.loaded), &v))
		_, changed, err := p.Diff(&v, []byte(d.loaded), o)
		require.NoError(t, err)
		require.False(t, changed)
		d.change(&v)
		patch, _, err := p.Diff(&v, []byte(d.loaded), o)
		require.NoError(t, err)
		sameText(t, want, patch)

		after, err := p.Snapshot(&v, []byte(d.loaded), patch)
		require.NoError(t, err)
		patch, changed, err = p.Diff(&v, after, o)
		require.NoError(t, err)
		assert.False(t, changed, "saved is saved: %s", patch)
	}
}

type difference interface{ test(t *testing.T) }

type (
	links      struct{ Skills []link }
	looseLinks struct{ Skills []Values }
	oldFiles   struct{ Documents []oldFile }
	looseFiles struct{ Documents any }
	pictures   struct{ Pictures []oldPicture }
	shown      struct { // without the file, by which the list is told
		Pictures []struct {
			ID   string
			Name string `zoho:"File_Name"`
		}
	}
)

const (
	linksJSON    = `{"Skills":[{"id":"1","Skills":{"id":"51","name":"Chess"},"has_more":false},{"id":"2","Skills":{"id":"52"}}]}`
	filesJSON    = `{"Documents":[{"attachment_Id":"1","file_Id":"f","file_Name":"a"},{"attachment_Id":"2","file_Id":"g","file_Name":"b"}]}`
	picturesJSON = `{"Pictures":[{"id":"1","File_Id":"f","Encrypted_Id":"f","File_Name":"a","Sequence_Number":1,"State":null},{"id":"2","File_Id":"g"}]}`
)

// Of a file, and of a row of a multi-select lookup, Zoho knows adding and deleting. Files stay in all versions; of the
// lookups that is not known before v5.
func TestDiffFilesAndLinks(t *testing.T) {
	t.Parallel()
	for name, d := range map[string]difference{
		"a link elsewhere": diffAs[links]{
			linksJSON, func(v *links) { v.Skills[0].Skill = Ref{ID: "53"} },
			`{"Skills":[{"Skills":{"id":"53"}},{"id":"1","_delete":null}]}`,
			`{"Skills":[{"Skills":{"id":"53"}},{"id":"2","Skills":{"id":"52"}},{"id":"1","_delete":null}]}`,
		},
		"a link gone": diffAs[links]{
			linksJSON, func(v *links) { v.Skills = v.Skills[1:] },
			`{"Skills":[{"id":"1","_delete":null}]}`, `{"Skills":[{"id":"2","Skills":{"id":"52"}},{"id":"1","_delete":null}]}`,
		},
		"a link new": diffAs[links]{
			linksJSON, func(v *links) { v.Skills = append(v.Skills, link{Skill: Ref{ID: "53"}}) },
			`{"Skills":[{"Skills":{"id":"53"}}]}`,
			`{"Skills":[{"id":"1","Skills":{"id":"51"}},{"id":"2","Skills":{"id":"52"}},{"Skills":{"id":"53"}}]}`,
		},
		"a loose link elsewhere": diffAs[looseLinks]{
			linksJSON, func(v *looseLinks) { v.Skills[0]["Skills"], v.Skills[1]["Skills"] = Ref{ID: "51"}, Ref{ID: "53"} },
			`{"Skills":[{"Skills":{"id":"53"}},{"id":"2","_delete":null}]}`,
			`{"Skills":[{"id":"1","Skills":{"id":"51"},"has_more":false},{"Skills":{"id":"53"}},{"id":"2","_delete":null}]}`,
		},
		"an old file": diffAs[oldFiles]{
			filesJSON, func(v *oldFiles) { v.Documents = []oldFile{v.Documents[1], {File: "h"}} },
			`{"Documents":[{"file_Id":"h"},{"attachment_Id":"1","_delete":null}]}`, `{"Documents":[{"file_Id":"h"},{"attachment_Id":"1","_delete":null}]}`,
		},
		"an old file, another one": diffAs[oldFiles]{
			filesJSON, func(v *oldFiles) { v.Documents[0].File = "h" },
			`{"Documents":[{"file_Id":"h"},{"attachment_Id":"1","_delete":null}]}`, `{"Documents":[{"file_Id":"h"},{"attachment_Id":"1","_delete":null}]}`,
		},
		"an old file without a struct": diffAs[looseFiles]{
			filesJSON, func(v *looseFiles) { v.Documents = v.Documents.([]any)[1:] },
			`{"Documents":[{"attachment_Id":"1","_delete":null}]}`, `{"Documents":[{"attachment_Id":"1","_delete":null}]}`,
		},
		"an old picture": diffAs[pictures]{
			picturesJSON, func(v *pictures) { v.Pictures = []oldPicture{{ID: "1", File: "f", Order: 2}, {File: "h"}} },
			`{"Pictures":[{"id":"1","Sequence_Number":2},{"File_Id":"h"},{"id":"2","_delete":null}]}`,
			`{"Pictures":[{"id":"1","Sequence_Number":2},{"File_Id":"h"},{"id":"2","_delete":null}]}`,
		},
		"an old picture gone": diffAs[shown]{
			picturesJSON, func(v *shown) { v.Pictures = v.Pictures[1:] },
			`{"Pictures":[{"id":"1","_delete":null}]}`, `{"Pictures":[{"id":"1","_delete":null}]}`,
		},
		"a user's own column": diffAs[pictures]{
			`{"Pictures":[{"id":"1","File_Id":"f","Shelf":"a"},{"id":"2"}]}`, func(v *pictures) { v.Pictures = v.Pictures[:1] },
			`{"Pictures":[{"id":"2","_delete":null}]}`, `{"Pictures":[{"id":"1","File_Id":"f"}]}`,
		},
		"a subform of one lookup": diffAs[links]{
			`{"Skills":[{"id":"1","Skills":{"id":"51"},"Parent_Id":{"id":"9"}},{"id":"2","Skills":{"id":"52"},"Parent_Id":{"id":"9"}}]}`,
			func(v *links) { v.Skills[0].Skill = Ref{ID: "53"} },
			`{"Skills":[{"id":"1","Skills":{"id":"53"}}]}`, `{"Skills":[{"id":"1","Skills":{"id":"53"}},{"id":"2","Skills":{"id":"52"}}]}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d.test(t)
		})
	}
}

// A struct that does not hold the files does not make them a subform after the first save.
func TestFilesAreKnownAfterASave(t *testing.T) {
	t.Parallel()
	var v shown
	p, o := planOf[shown](), codec.DiffOptions{ReplaceSubforms: true}
	require.NoError(t, p.Decode([]byte(picturesJSON), &v))
	loaded := []byte(picturesJSON)
	for _, want := range []string{`{"Pictures":[{"id":"1","_delete":null}]}`, `{"Pictures":[{"id":"2","_delete":null}]}`} {
		v.Pictures = v.Pictures[1:]
		patch, _, err := p.Diff(&v, loaded, o)
		require.NoError(t, err)
		sameText(t, want, patch)
		loaded, err = p.Snapshot(&v, loaded, patch)
		require.NoError(t, err)
	}
}

func TestDiffRefusesALinkToNothing(t *testing.T) {
	t.Parallel()
	_, _, err := planOf[links]().Diff(&links{[]link{{ID: "1"}, {"2", Ref{ID: "52"}}}}, []byte(linksJSON), codec.DiffOptions{})
	require.EqualError(t, err, "zohohub: links: Skills[0].Skills: such a row is not emptied: take it out of the list to delete it")
}

// Rows that a save made, or put in the place of others, have ids that are not known here.
func TestRowsWithoutKnownIDs(t *testing.T) {
	t.Parallel()
	const again = "a row that an earlier save created has no id here, so it cannot be changed or deleted; find the record again"
	for _, replace := range []bool{false, true} {
		o := codec.DiffOptions{ReplaceSubforms: replace}

		v := links{[]link{{"1", Ref{ID: "53"}}, {"2", Ref{ID: "52"}}}}
		p := planOf[links]()
		patch, _, err := p.Diff(&v, []byte(linksJSON), o)
		require.NoError(t, err)
		after, err := p.Snapshot(&v, []byte(linksJSON), patch)
		require.NoError(t, err)
		v.Skills = append(v.Skills, link{Skill: Ref{ID: "54"}})
		patch, _, err = p.Diff(&v, after, o)
		require.NoError(t, err)
		if replace {
			sameText(t, `{"Skills":[{"Skills":{"id":"53"}},{"id":"2","Skills":{"id":"52"}},{"Skills":{"id":"54"}}]}`, patch)
		} else {
			sameText(t, `{"Skills":[{"Skills":{"id":"54"}}]}`, patch)
		}
		v.Skills[0].Skill = Ref{ID: "55"}
		_, _, err = p.Diff(&v, after, o)
		require.EqualError(t, err, "zohohub: links: Skills: "+again)

		made := looseFiles{[]any{map[string]any{"file_Id": "f"}}}
		patch, err = planOf[looseFiles]().Encode(&made)
		require.NoError(t, err)
		after, err = planOf[looseFiles]().Snapshot(&made, nil, patch)
		require.NoError(t, err)
		_, _, err = planOf[looseFiles]().Diff(&looseFiles{}, after, o)
		require.EqualError(t, err, "zohohub: looseFiles: Documents: "+again)
	}

	rows := Loose{Fields: Values{"Rows": []any{map[string]any{"Label": "a"}}, "Other": []any{"x"}}}
	p := planOf[Loose]()
	patch, err := p.Encode(&rows)
	require.NoError(t, err)
	after, err := p.Snapshot(&rows, nil, patch)
	require.NoError(t, err)
	rows.Fields["Rows"] = append(rows.Fields["Rows"].([]any), Values{"Label": "b"})
	rows.Fields["Other"] = []any{"y"}
	patch, _, err = p.Diff(&rows, after, codec.DiffOptions{})
	require.NoError(t, err)
	sameText(t, `{"Other":["y"],"Rows":[{"Label":"b"}]}`, patch)
	rows.Fields["Rows"].([]any)[0].(map[string]any)["Label"] = "z"
	_, _, err = p.Diff(&rows, after, codec.DiffOptions{})
	require.EqualError(t, err, "zohohub: Loose: Rows: "+again)
}

// Rows of a struct that cannot hold their ids can be deleted, all of them; changed they would be added once more.
func TestRowsOfAStructWithoutAnID(t *testing.T) {
	t.Parallel()
	type label struct{ Label string }
	type record struct{ Rows []label }
	type file struct {
		File string `zoho:"file_Id"`
	}
	type files struct{ Documents []file }
	const loaded = `{"Rows":[{"id":"1","Label":"a"},{"id":"2","Label":"b"}]}`
	p := planOf[record]()
	_, _, err := p.Diff(&record{[]label{{"a"}}}, []byte(loaded), codec.DiffOptions{})
	require.EqualError(t, err, "zohohub: record: Rows: its rows have ids at Zoho, without which they would be added once more: label needs a field for id, a string")
	patch, _, err := p.Diff(&record{}, []byte(loaded), codec.DiffOptions{})
	require.NoError(t, err)
	sameText(t, `{"Rows":[{"id":"1","_delete":null},{"id":"2","_delete":null}]}`, patch)
	patch, _, err = p.Diff(&record{[]label{{"a"}}}, []byte(loaded), codec.DiffOptions{ReplaceSubforms: true})
	require.NoError(t, err)
	sameText(t, `{"Rows":[{"Label":"a"}]}`, patch)
	_, _, err = planOf[files]().Diff(&files{[]file{{"f"}}}, []byte(filesJSON), codec.DiffOptions{ReplaceSubforms: true})
	require.EqualError(t, err, "zohohub: files: Documents: its rows have ids at Zoho, without which they would be added once more: file needs a field for attachment_Id, a string")

	// A list that Zoho keeps without ids is none of rows.
	const plain = `{"Rows":[{"Label":"a"}]}`
	v := record{[]label{{"b"}}}
	patch, _, err = p.Diff(&v, []byte(plain), codec.DiffOptions{})
	require.NoError(t, err)
	sameText(t, `{"Rows":[{"Label":"b"}]}`, patch)
	after, err := p.Snapshot(&v, []byte(plain), patch)
	require.NoError(t, err)
	sameText(t, `{"Rows":[{"Label":"b"}]}`, after)
}

// Sent in an update that knows nothing of what was loaded, a row without an id is added each time.
func TestRowWithoutID(t *testing.T) {
	t.Parallel()
	type nameless struct{ Part string }
	type guest struct {
		ID          string
		Participant string `zoho:"participant"`
	}
	type record struct {
		Rows         any
		Items        []Item
		Parts        []nameless
		Maps         []Values
		JSON         []json.RawMessage
		One          *json.RawMessage
		Read         []nameless `zoho:",readonly"`
		Participants []guest
		Reminders    []Values `zoho:"Remind_Participants"`
		Tag          []Values
		Line         []nameless `zoho:"$line_tax"`
		Documents    []oldFile
		Watchers     []Ref
		Names        []string
		Hours        Period
	}
	p := planOf[record]()
	for want, recs := range map[string][]record{
		"": {
			{}, {Rows: []any{map[string]any{"id": "1"}}}, {Rows: map[string]any{"a": 1}}, {Rows: []any{"x"}}, {Items: []Item{{ID: "1"}}}, {Read: []nameless{{}}},
			{Participants: []guest{{Participant: "a@b"}}}, {Reminders: []Values{{"unit": 1, "period": "days"}}}, {Tag: []Values{{"name": "vip"}}},
			{Line: []nameless{{"x"}}}, {Documents: []oldFile{{"1", "f"}}}, {Watchers: []Ref{{Email: "a@b"}}}, {Names: []string{"a"}}, {Hours: Period{From: "a"}},
			{JSON: []json.RawMessage{json.RawMessage(`{"id":1}`)}},
		},
		"Rows":         {{Rows: []any{map[string]any{"id": "1"}, map[string]any{"Part": "x"}}}, {Rows: []nameless{{"x"}}}},
		"Items":        {{Items: []Item{{}}}, {Items: []Item{{ID: "1"}, {Note: "n"}}}},
		"Parts":        {{Parts: []nameless{{"x"}}}},
		"Maps":         {{Maps: []Values{{"Part": "x"}}}},
		"JSON":         {{JSON: []json.RawMessage{json.RawMessage(`{"Part":"x"}`)}}},
		"One":          {{One: new(json.RawMessage(`[{"Part":"x"}]`))}},
		"Participants": {{Participants: []guest{{}}}},
		"Documents":    {{Documents: []oldFile{{File: "f"}}}},
	} {
		for _, rec := range recs {
			assert.Equal(t, want, p.RowWithoutID(&rec), "%+v", rec)
		}
	}
	assert.Equal(t, "Rows", planOf[Loose]().RowWithoutID(&Loose{Fields: Values{"A": 1, "Rows": []Values{{"Part": "x"}}}}))
	assert.Empty(t, planOf[Loose]().RowWithoutID(&Loose{Fields: Values{"A": 1, "Rows": []Values{{"id": "1"}}, "B": nil}}))
}

// Zoho's own names are left out of rows in whatever they are kept.
func TestEncodeRowsWithoutWhatIsZohos(t *testing.T) {
	t.Parallel()
	const raw = `{"id":"4","Created_Time":"then","Product":{"id":"5","$x":1},"$field_states":null,"Size__s":3,"n":1.50}`
	row := func() map[string]any {
		return map[string]any{
			"id": "4", "Created_Time": "then", "Product": map[string]any{"id": "5", "$x": 1}, "$field_states": nil, "Size__s": 3, "n": json.Number("1.50"),
		}
	}
	type holder struct{ Rows any }
	for _, v := range []any{
		[]any{row()}, []map[string]any{row()}, []Values{row()}, []*Values{new(Values(row()))}, new(any([]any{row()})),
		json.RawMessage("[ " + raw + " ]"), []json.RawMessage{json.RawMessage(raw)}, new(json.RawMessage("[" + raw + "]")),
	} {
		got, err := planOf[Loose]().Encode(&Loose{Fields: Values{"Rows": v}})
		require.NoError(t, err)
		assert.JSONEq(t, `{"Rows":[{"id":"4","Product":{"id":"5","$x":1},"n":1.50}]}`, string(got))
		assert.Contains(t, string(got), "1.50")
		of := reflect.New(reflect.StructOf([]reflect.StructField{{Name: "Rows", Type: reflect.TypeOf(v)}}))
		of.Elem().Field(0).Set(reflect.ValueOf(v))
		typed, err := codec.For(of.Type().Elem()).Encode(of.Interface())
		require.NoError(t, err)
		sameText(t, string(got), typed)
		fields, err := planOf[holder]().Fields(&holder{v})
		require.NoError(t, err)
		assert.Contains(t, fields["Rows"].([]any)[0], "Created_Time", "as Zoho sent it")
	}
}
