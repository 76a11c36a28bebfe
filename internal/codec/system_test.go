package codec_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/zohohub/zohohub/internal/codec"
)

type stampedRow struct {
	ID          string
	Label       string
	ParentID    Ref `zoho:"Parent_Id"`
	CreatedTime time.Time
	Merge       bool `zoho:"$in_merge"`
	Tax         []struct {
		Name string `zoho:"name"`
	} `zoho:"$line_tax"`
}

// stamped has what Zoho alone writes, without a tag that says so.
type stamped struct {
	ID               string
	Subject          string
	CreatedTime      time.Time
	ModifiedTime     time.Time
	CreatedBy        Ref
	ModifiedBy       Ref
	LastActivityTime time.Time
	RecordImage      string
	Approved         bool   `zoho:"$approved"`
	SeModule         string `zoho:"$se_module"`
	Append           Values `zoho:"$append_values"`
	Notify           bool   `zoho:"$send_notification"`
	FileID           string `zoho:"$file_id"`
	ParentID         Ref    `zoho:"Parent_Id"` // a note's: written
	Rows             []stampedRow
	Hours            struct {
		From        string `zoho:"From"`
		CreatedTime string
	}
}

func stampedRecord() stamped {
	at := cet("2026-05-01T10:00:00+02:00")
	s := stamped{
		ID: "1", Subject: "s", CreatedTime: at, ModifiedTime: at, CreatedBy: Ref{ID: "2"}, ModifiedBy: Ref{ID: "2"}, LastActivityTime: at,
		RecordImage: "image", Approved: true, SeModule: "Leads", Append: Values{"Tags": true}, Notify: true, FileID: "f", ParentID: Ref{ID: "3"},
		Rows: []stampedRow{{ID: "4", Label: "l", ParentID: Ref{ID: "1"}, CreatedTime: at, Merge: true}},
	}
	s.Rows[0].Tax = append(s.Rows[0].Tax, struct {
		Name string `zoho:"name"`
	}{"Vat"})
	s.Hours.From, s.Hours.CreatedTime = "09:00", "then"
	return s
}

func TestWhatZohoAloneWritesIsNotSent(t *testing.T) {
	t.Parallel()
	s := stampedRecord()
	got, err := planOf[stamped]().Encode(&s)
	require.NoError(t, err)
	sameText(t, `{"Subject":"s","$se_module":"Leads","$append_values":{"Tags":true},"$send_notification":true,"$file_id":"f",`+
		`"Parent_Id":{"id":"3"},"Rows":[{"id":"4","Label":"l","$line_tax":[{"name":"Vat"}]}],"Hours":{"From":"09:00"}}`, got)

	whole, err := planOf[stamped]().Fields(&s)
	require.NoError(t, err)
	for _, name := range []string{"Created_Time", "Record_Image", "$approved"} {
		assert.Contains(t, whole, name, "read, it is all there")
	}

	// What was loaded differs in everything.
	loaded := []byte(`{"id":"1","Subject":"t","Created_Time":null,"Modified_Time":null,"Created_By":null,"Modified_By":null,"Last_Activity_Time":null,
		"Record_Image":null,"$approved":false,"Parent_Id":null,"Rows":[{"id":"4","Label":"m","Parent_Id":null,"Created_Time":null,"$in_merge":false}]}`)
	patch, _, err := planOf[stamped]().Diff(&s, loaded, codec.DiffOptions{})
	require.NoError(t, err)
	sameText(t, `{"Subject":"s","$se_module":"Leads","$append_values":{"Tags":true},"$send_notification":true,"$file_id":"f",`+
		`"Parent_Id":{"id":"3"},"Rows":[{"id":"4","Label":"l","$line_tax":[{"name":"Vat"}]}],"Hours":{"From":"09:00"}}`, patch)

	_, changed, err := planOf[stamped]().Diff(&stamped{Subject: "t", Rows: []stampedRow{{ID: "4", Label: "m"}}},
		[]byte(`{"Subject":"t","Record_Image":"image","$approved":true,"Created_By":{"id":"2"},"Rows":[{"id":"4","Label":"m","Parent_Id":{"id":"1"}}]}`),
		codec.DiffOptions{})
	require.NoError(t, err)
	assert.False(t, changed, "emptied, it is no change")
}

func TestAlwaysSendsWhatZohoAloneWrites(t *testing.T) {
	t.Parallel()
	type row struct {
		ID       string
		ParentID string `zoho:"Parent_Id,always"`
	}
	type record struct {
		RecordImage string `zoho:",always"`
		Rows        []row
	}
	got, err := planOf[record]().Encode(&record{Rows: []row{{ID: "1", ParentID: "2"}}})
	require.NoError(t, err)
	sameText(t, `{"Record_Image":"","Rows":[{"id":"1","Parent_Id":"2"}]}`, got)
}

func TestLooseIsWrittenWithoutWhatIsZohos(t *testing.T) {
	t.Parallel()
	p := planOf[Loose]()
	row := map[string]any{"id": "4", "Label": "l", "Parent_Id": "1", "$in_merge": false, "Modified_Time": "then"}
	l := Loose{Fields: Values{
		"Name": "n", "Created_Time": "then", "Record_Image": nil, "$approved": true, "$se_module": "Leads", "Parent_Id": "9",
		"Rows": []any{row, "odd"}, "Empty": nil,
	}}
	got, err := p.Encode(&l)
	require.NoError(t, err)
	sameText(t, `{"$se_module":"Leads","Empty":null,"Name":"n","Parent_Id":"9","Rows":[{"Label":"l","id":"4"},"odd"]}`, got)
	assert.Len(t, row, 5, "the record is as it was")

	patch, _, err := p.Diff(&l, []byte(`{"Name":"m"}`), codec.DiffOptions{})
	require.NoError(t, err)
	assert.Contains(t, string(patch), `"Name":"n"`)
	assert.NotContains(t, string(patch), "Record_Image")
	_, changed, err := p.Diff(&Loose{Fields: Values{"Record_Image": nil, "$approved": nil}}, []byte(`{"Record_Image":"x","$approved":true}`), codec.DiffOptions{})
	require.NoError(t, err)
	assert.False(t, changed)

	type anyRows struct{ Rows any }
	got, err = planOf[anyRows]().Encode(&anyRows{[]any{row}})
	require.NoError(t, err)
	sameText(t, `{"Rows":[{"Label":"l","id":"4"}]}`, got)
}

// A lookup into one of several modules goes with the module's name, though that did not change.
func TestDiffNamesTheModule(t *testing.T) {
	t.Parallel()
	type task struct {
		Subject  string
		WhatID   Ref    `zoho:"What_Id"`
		SeModule string `zoho:"$se_module"`
	}
	const loaded = `{"Subject":"s","What_Id":{"id":"1","name":"Acme"},"$se_module":"Accounts"}`
	for want, now := range map[string]task{
		`{"Subject":"t"}`: {"t", Ref{ID: "1"}, "Accounts"},
		`{"What_Id":{"id":"2"},"$se_module":"Accounts"}`: {"s", Ref{ID: "2"}, "Accounts"},
		`{"What_Id":{"id":"2"},"$se_module":"Deals"}`:    {"s", Ref{ID: "2"}, "Deals"},
		`{"What_Id":null,"$se_module":null}`:             {"s", Ref{}, ""},
	} {
		patch, _, err := planOf[task]().Diff(&now, []byte(loaded), codec.DiffOptions{})
		require.NoError(t, err)
		sameText(t, want, patch)
	}
	l := Loose{Fields: Values{"What_Id": map[string]any{"id": "2"}, "$se_module": "Accounts"}}
	patch, _, err := planOf[Loose]().Diff(&l, []byte(loaded), codec.DiffOptions{})
	require.NoError(t, err)
	sameText(t, `{"What_Id":{"id":"2"},"$se_module":"Accounts"}`, patch)
	delete(l.Fields, "$se_module")
	patch, _, err = planOf[Loose]().Diff(&l, []byte(loaded), codec.DiffOptions{})
	require.NoError(t, err)
	sameText(t, `{"What_Id":{"id":"2"}}`, patch)
}

// Without a module the lookup leads nowhere: Zoho would refuse it.
func TestDiffRefusesALookupWithoutItsModule(t *testing.T) {
	t.Parallel()
	type task struct {
		WhatID   Ref    `zoho:"What_Id"`
		SeModule string `zoho:"$se_module"`
	}
	type readonly struct {
		WhatID   Ref    `zoho:"What_Id"`
		SeModule string `zoho:"$se_module,readonly"`
	}
	const (
		loaded    = `{"What_Id":{"id":"1"},"$se_module":"Accounts"}`
		notLoaded = `{"What_Id":{"id":"1"}}`
	)
	for _, c := range []struct {
		plan   *codec.Plan
		now    any
		loaded string
		want   string
		err    string
	}{
		{planOf[task](), &task{WhatID: Ref{ID: "2"}}, notLoaded, ``, "task: What_Id: $se_module, the API name of the module that it leads to, is empty, and Zoho wants both"},
		{planOf[task](), &task{WhatID: Ref{ID: "2"}}, loaded, ``, "task: What_Id: $se_module, the API name of the module that it leads to, is empty, and Zoho wants both"},
		{planOf[task](), &task{}, notLoaded, `{"What_Id":null}`, ""},
		{planOf[task](), &task{WhatID: Ref{ID: "2"}, SeModule: "Deals"}, notLoaded, `{"What_Id":{"id":"2"},"$se_module":"Deals"}`, ""},
		{planOf[readonly](), &readonly{WhatID: Ref{ID: "2"}, SeModule: "Accounts"}, loaded, ``, "readonly: What_Id: $se_module, which Zoho wants beside it, is tagged readonly"},
		{planOf[readonly](), &readonly{SeModule: "Accounts"}, loaded, `{"What_Id":null}`, ""},
		{planOf[Loose](), &Loose{Fields: Values{"What_Id": Ref{ID: "2"}, "$se_module": nil}}, notLoaded, ``, "Loose: What_Id: $se_module, the API name of the module that it leads to, is empty, and Zoho wants both"},
	} {
		patch, _, err := c.plan.Diff(c.now, []byte(c.loaded), codec.DiffOptions{})
		sameText(t, c.want, patch)
		if c.err == "" {
			require.NoError(t, err)
		} else {
			require.EqualError(t, err, "zohohub: "+c.err)
		}
	}
}

// Names in __s are Zoho's. In a row, a file and what may be said of an image are a user's to write.
func TestSystemNames(t *testing.T) {
	t.Parallel()
	type row struct {
		ID          string
		File        string `zoho:"File_Id__s"`
		Sequence    int    `zoho:"Sequence_Number__s"`
		Description string `zoho:"Description__s"`
		Name        string `zoho:"File_Name__s"`
		Size        int    `zoho:"Size__s"`
		Preview     string `zoho:"Preview_Id__s"`
		State       string `zoho:"State__s"`
		Owner       Ref    `zoho:"Owner__s"`
		Created     string `zoho:"Created_Time__s"`
		Kept        string `zoho:"Modified_By__s,always"`
	}
	type record struct {
		Locked    bool   `zoho:"Locked__s"`
		Status    string `zoho:"Record_Status__s"`
		Converted bool   `zoho:"Converted__s"`
		Logged    string `zoho:"Change_Log_Time__s"`
		Enriched  string `zoho:"Last_Enriched_Time__s"`
		Enrich    string `zoho:"Enrich_Status__s"`
		Reason    string `zoho:"Locked_Reason__s"`
		Rows      []row
	}
	rec := record{true, "Available", true, "a", "b", "c", "because", []row{{"1", "f", 1, "d", "n", 2, "p", "s", Ref{ID: "7"}, "t", "k"}}}
	got, err := planOf[record]().Encode(&rec)
	require.NoError(t, err)
	sameText(t, `{"Locked_Reason__s":"because","Rows":[{"id":"1","File_Id__s":"f","Sequence_Number__s":1,"Description__s":"d","Modified_By__s":"k"}]}`, got)
}
