package zohohub

import (
	"context"
	"encoding/json"
	"iter"
	"time"

	"github.com/zohohub/zohohub/internal/codec"
)

// Note is a note on a record. Its module is Notes, so that NewRecord[Note](conn) lists, finds, creates, saves and deletes
// the notes of all records; [Record.Notes] are those of one. A Note remembers what was loaded, as [Tracked] does: Save
// sends only what changed.
type Note struct {
	ID string
	// Title has at most 120 characters, Content 65,535. A note has one of them at least.
	Title   string `zoho:"Note_Title"`
	Content string `zoho:"Note_Content"`
	// Parent is the record that the note is on. [Record.Create] needs its Module and its ID, and writes them in the form of
	// the API's version.
	Parent       ModuleLookup `zoho:"Parent_Id"`
	Owner        Lookup
	CreatedBy    Lookup    `zoho:",readonly"`
	ModifiedBy   Lookup    `zoho:",readonly"`
	CreatedTime  time.Time `zoho:",readonly"`
	ModifiedTime time.Time `zoho:",readonly"`

	tracked Tracked
}

// ModuleName is "Notes".
func (Note) ModuleName() string { return "Notes" }

// Notes are the notes of one record; see [Record.Notes].
type Notes struct{ notes *Record[Note] }

// Notes returns the notes of the record with the id. Nothing is sent yet.
func (r *Record[T]) Notes(id string) *Notes {
	return &Notes{&Record[Note]{NewRecord[Note](r.conn).listOf(&r.module, id, "Notes")}}
}

// AddNote puts a note on the record with the id, as [Notes.Create] does.
func (r *Record[T]) AddNote(ctx context.Context, id, title, content string) (*Note, error) {
	return r.Notes(id).Create(ctx, title, content)
}

// All lists the record's notes, page by page, as [Record.All] does. It costs one credit a page.
//
// Zoho: GET /crm/v8/{module}/{id}/Notes  https://www.zoho.com/crm/developer/docs/api/v8/get-notes.html
func (n *Notes) All(ctx context.Context) iter.Seq2[*Note, error] { return n.notes.All(ctx) }

// Create puts a note on the record. One of title and content may be empty: without both it is [ErrMandatoryNotFound], and
// a record that is not there is [ErrRecordNotFound]. A note whose answer was lost is [ErrOutcomeUnknown] and is not sent
// again: it would be there twice. It costs one credit.
//
// Zoho: POST /crm/v8/{module}/{id}/Notes  https://www.zoho.com/crm/developer/docs/api/v8/create-notes.html
func (n *Notes) Create(ctx context.Context, title, content string) (*Note, error) {
	note := &Note{Title: title, Content: content}
	if err := n.notes.Create(ctx, note); err != nil {
		return nil, err
	}
	note.Parent = ModuleLookup{Module: n.notes.at[0], ID: n.notes.at[1]}
	note.knowParent()
	return note, nil
}

// Update changes fields of one of the record's notes, by their API names ("Note_Title", "Note_Content"). A note that is not
// there, or is another record's, is [ErrRecordNotFound]. It costs one credit.
//
// Zoho: PUT /crm/v8/{module}/{id}/Notes  https://www.zoho.com/crm/developer/docs/api/v8/update-notes.html
func (n *Notes) Update(ctx context.Context, id string, fields Fields) error {
	return n.notes.Update(ctx, id, fields)
}

// Delete deletes one of the record's notes. A note that is not there, or is another record's, is [ErrRecordNotFound]. It
// costs one credit.
//
// Zoho: DELETE /crm/v8/{module}/{id}/Notes?ids=…  https://www.zoho.com/crm/developer/docs/api/v8/delete-notes.html
func (n *Notes) Delete(ctx context.Context, id string) error { return n.notes.Delete(ctx, id) }

// Attachments returns the attachments of the note with the id, one of the record's or of another's. Nothing is sent yet.
func (n *Notes) Attachments(noteID string) *Attachments { return n.notes.Attachments(noteID) }

func (n *Note) snapshot() []byte { return n.tracked.snapshot() }

// remember also takes over the parent's module from where older versions have it.
func (n *Note) remember(raw []byte) {
	n.tracked.remember(raw)
	if module := text(object(raw)[seModule]); module != "" && n.Parent.ID != "" && n.Parent.Module == "" {
		n.Parent.Module = module
		n.knowParent()
	}
}

// knowParent makes the parent a part of what was loaded: to save it would be to send it back.
func (n *Note) knowParent() {
	patch, err := json.Marshal(map[string]any{"Parent_Id": n.Parent})
	if err != nil {
		return
	}
	if whole, err := codec.Merge(n.snapshot(), patch); err == nil {
		n.tracked.remember(whole)
	}
}

// seModule is the key by which records say which module one of their lookups means.
const seModule = "$se_module"

// noteModuleBeside says whether these are notes of a version in which the parent's module stands beside Parent_Id.
func (m *module) noteModuleBeside() bool {
	return m.fault == nil && m.name == "Notes" && m.conn.version.noteModuleBeside
}

// beside are the names that are asked for beyond T's, because T's own are understood with them only.
func (m *module) beside() []string {
	if m.noteModuleBeside() {
		return []string{seModule}
	}
	return nil
}

// noteParent is what a note's row has in addition or otherwise in the connection's version.
func (m *module) noteParent(body []byte) map[string]any {
	more := map[string]any{}
	if !m.noteModuleBeside() {
		return more
	}
	var p ModuleLookup
	if json.Unmarshal(object(body)["Parent_Id"], &p) == nil && p.Module != "" {
		more["Parent_Id"], more[seModule] = map[string]string{"id": p.ID}, p.Module
	}
	return more
}
