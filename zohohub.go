// Package zohohub works with Zoho CRM's records as plain Go values.
//
//	type Lead struct {
//		ID        string
//		FirstName string // First_Name in Zoho
//		LastName  string
//		Source    string `zoho:"Lead_Source"`
//	}
//
//	leads := zohohub.NewRecord[Lead](conn)
//	lead, err := leads.Find(ctx, "5725767000000123456")
//
// It has three layers: [Config] and [Auth] know how to sign in, a [Connection] sends requests and keeps itself signed
// in, and a [Record] of T makes a module's records values of T. Package zohohubtest is a Zoho CRM in memory to try
// and test all of it on.
//
// # Signing in
//
// [Auth.URL] is where a user's browser is sent; [Auth.Exchange] turns the code with which it comes back, or the code of
// a self client, into a [Token]. [NewConnection] takes the token and refreshes it from then on: before it ends, and when
// Zoho refuses it, once however many goroutines ask. An access token alone serves until it is refused; a refresh token
// alone is refreshed before the first call. [ConfigFromEnv] reads both from the environment.
//
//	auth := zohohub.NewAuth(cfg)
//	tok, err := auth.Exchange(ctx, code)
//	conn, err := zohohub.NewConnection(cfg, tok)
//
// A web service mounts [Auth.LoginHandler] and [Auth.CallbackHandler] instead, which keep the token of each user in
// Config.Store, and [Open] gives the connection of a user. Any number of processes may share a store: see [TokenStore], and
// the packages under tokenstore. [Connection.Doctor] says what a connection is, and what it lacks.
//
// Accounts and tokens live in one [DataCenter]. The API domain is the token's, else Config's, else the data center's.
//
// # Records
//
// [NewRecord] binds a struct to a module. Names follow a rule: a capital after a small letter or a digit starts a
// word, and so does the last capital of a run when a small letter follows. FirstName is First_Name, SICCode is SIC_Code,
// ID is id. The tag says what differs, and how a field is treated:
//
//	zoho:"Lead_Source"  another name
//	zoho:",readonly"    read, never sent
//	zoho:",always"      sent even when it is zero
//	zoho:",unknown"     a Fields that takes what the struct does not name; read, never sent
//	zoho:"-"            not a field of the module
//
// What Zoho alone writes is not sent from a struct, with or without `readonly`: Created_Time, Modified_Time, Created_By,
// Modified_By, Last_Activity_Time; Locked__s, Record_Status__s, Converted__s, Change_Log_Time__s, Last_Enriched_Time__s,
// Enrich_Status__s; Record_Image, which sent back empty would remove the image; names with a $ but $se_module,
// $append_values, $line_tax, $send_notification and $file_id; and in rows Parent_Id and names in __s, but for File_Id__s,
// Sequence_Number__s and Description__s. `always` sends them all the same, and so does [Record.Update], which sends just what
// it is given. Formulas, roll-up summaries and auto-numbers have names of your own, and Full_Name may be one: tag them
// `readonly`.
//
// Fields may be text, booleans, numbers, [time.Time], [Date], [Lookup], []string (multi-select lists), structs and slices
// of structs (subforms), pointers to these, [Fields], and types with JSON or text methods of their own. `json` tags are not
// read. Which type fits which of Zoho's is a choice in few places:
//
//   - amounts: float64, or [json.Number], which keeps every decimal as Zoho wrote it;
//   - whole numbers beyond 2^53: int64, json.Number or string;
//   - picklists: string, also when their values look like numbers;
//   - formulas and roll-up summaries: a number is an error when the formula failed and Zoho says so in words, and names the
//     record; string and any take both;
//   - lookups that lead to several modules: [ModuleLookup], or What_Id as a Lookup beside a string tagged $se_module;
//   - multi-select lookups, users among them: slices of a struct with ID string and a Lookup named as the field;
//   - time ranges, reminders, recurrence, consent: structs with the keys that Zoho names.
//
// Where one kind is meant and another comes, text for a number, a number for text, one value for a list, the plain
// meaning is taken; what has none is an error that names record and field.
//
// [Record.Create] and [Record.Save] send what is not zero, pointers that are set, and `always` fields. A struct that
// embeds [Tracked] remembers what was loaded: Save then sends the difference, null for what was emptied.
// [Record.Update] takes [Fields] and sends just these. [Dynamic] is for modules without a struct.
//
// # Conditions
//
// A [Criteria] is made by [Eq], [In], [StartsWith] and their kin, joined by [Criteria.And] and [Criteria.Or], and used by
// [Record.Where], [Record.FindBy] and [Record.Count]. Values are escaped.
//
//	for lead, err := range leads.Where(ctx, zohohub.Eq("City", "Lisboa").And(zohohub.StartsWith("Last_Name", "D"))) {
//
// # Lists
//
// [Record.All], [Record.Where] and [Record.Deleted] are iterators with one contract: the next page is fetched while one
// is read; an error comes once, with a nil record, last; leaving the loop stops the requests; ranging again starts
// again. Where Zoho ends a list although there is more, [ErrTruncated] follows the last record. [Record.Page] is one
// page, for callers that keep the place themselves.
//
// # Batches
//
// CreateAll, SaveAll, UpdateAll, Upsert and DeleteAll take any number of records, in calls of 100, several at once; changes
// of one record are written in order. [Results] are in the order of the input; the error is a [*BatchError] that lists what
// failed, and hides nothing that did not.
//
// # Metadata
//
// [Connection.Modules], [Connection.Fields], [Connection.Layouts], [Connection.RelatedLists] and [Connection.CustomViews] say
// what the org is made of; they are kept for Config.MetadataAge, and asked for once however many ask, until
// [Connection.ForgetMetadata]. [Connection.SaveMetadata] writes a folder that Config.MetadataDir reads in their place.
// [Connection.Org], [Connection.CurrentUser], [Connection.Users], [Connection.Roles], [Connection.Profiles],
// [Connection.Territories], [Connection.Currencies], [Connection.Pipelines] and [Connection.Variables] are asked for each time.
//
//	fields, err := conn.Fields(ctx, "Leads")
//
// # Validation
//
// [Record.Validate] checks a record by its module's metadata, and by a Validate() error of T's own, and lists all that is
// wrong in a [*ValidationError]. [Validated] has a write do so before it sends.
//
//	err := leads.Create(ctx, lead, zohohub.Validated())
//
// # What hangs on a record
//
// [Record.Notes], [Record.Attachments] and [Record.Photo] are a record's own; [Record.Related] of another module's type lists and
// links its related records; [Record.AddTags] and [Record.Tags] are its tags. [Connection.Files] uploads what a field of
// type [][FileField] holds.
//
//	attachment, err := leads.Attachments(id).Upload(ctx, "offer.pdf", file)
//	path, err := leads.Attachments(id).DownloadFile(ctx, attachment.ID, "") // into the temporary folder
//
// Files stream both ways. An upload is sent once; a [File] that is read goes on where the connection broke, or fails, and
// is never short in silence. Close it: until then it holds a place of Config.MaxConcurrency.
//
// # Blueprints
//
// A record that is in a process goes on by transitions alone: a change of the process's field is [ErrRecordInBlueprint].
// [Blueprint.Transitions] lists those that there are from its state, with what each needs; one is carried out by
// [Blueprint.Transition] or [Blueprint.TransitionByName], which say what is missing before they send, and send once.
//
//	err := leads.Blueprint(id).TransitionByName(ctx, "Contact", zohohub.Fields{"Phone": "+351 910 000 000"})
//
// # Actions
//
// [Record.ChangeOwner], [Record.Convert], [Record.Clone], [Record.Merge], [Record.Sharing], [Record.Lock],
// [Record.AssignTerritories], [Record.MassUpdate] and [Record.MassDelete] are what Zoho does to records on its side, and
// [Connection.RecycleBin] is where the deleted ones are. What Zoho does later is a [Job], to be waited for:
//
//	job, err := leads.MassDeleteInView(ctx, viewID)
//	status, err := job.Wait(ctx)
//
// [Record.Timeline] tells what became of a record, [Record.Emails] lists and sends its mails, [Record.FullData] fetches what
// lists cut, and [Connection.CallFunction] runs a function of the org's.
//
// # Notifications
//
// [Notifications.Keep] subscribes a [Channel], by which Zoho tells of changes, and keeps it alive; [NotificationHandler]
// receives what comes, and [Record.Hydrate] fetches the records. Merges are not told, and of changes that follow each
// other quickly some states are missed: see [Notifications].
//
//	mux.Handle("/zoho", zohohub.NotificationHandler(secret, func(ctx context.Context, n zohohub.Notification) error {
//
// # Errors
//
// Errors are [*Error], matched with [errors.Is] and the sentinels such as [ErrRecordNotFound]. Faults of the caller's
// (a bad tag, a Go field's name in [Fields], an empty id, an unknown data center) come before anything is sent.
//
// # Retries and limits
//
// What a request does, not its verb, decides whether it may be sent again:
//
//   - never left (the connection did not come up), or refused unread (429, an expired token): any request goes again;
//   - lost, cut, unreadable, or answered with 5xx: reads, updates by id, deletes, and upserts with a value in a check field
//     go again; creates, appended values, conditional updates, and rows that are added or deleted do not: they are
//     [ErrOutcomeUnknown].
//
// Attempts are at most Config.MaxAttempts, with exponential waits; a Retry-After of Zoho's is kept to, up to 30 seconds:
// beyond, the error comes at once and says how long. At most Config.MaxConcurrency requests are out at a time. Any call
// ends when its context does.
//
// # Testing
//
// Package zohohubtest serves a Zoho CRM on loopback, or without a socket, with faults on demand:
//
//	crm := zohohubtest.NewServer(t)
//	leads := zohohub.NewRecord[Lead](crm.Connection(t))
package zohohub

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// Version is the library's version; it is part of the User-Agent of every request.
const Version = "0.1.0"

// Fields are values of a record keyed by Zoho's API names ("Last_Name"): the changes of [Record.Update], the fields
// that a struct does not name, the fields of a [Dynamic]. A nil value clears the field. Values may be whatever a
// struct's field may be: text, numbers, booleans, [time.Time], [Date], [Lookup], []string, nested Fields, and slices of
// Fields or structs for subforms. Numbers that Zoho sent are [json.Number], so that none of their digits is lost.
// A Go field's name used as a key ("LastName") is an error that says the right one.
type Fields map[string]any

// Params are the query parameters of a call: strings, numbers, booleans, [time.Time], and slices of strings, which are
// joined by commas as Zoho takes them. A nil value is left out.
type Params map[string]any

// Lookup is a reference to another record, or to a user where the field is an owner. Zoho sends the name along (and a
// user's e-mail address); what is written is the ID alone, or the Email where there is no ID, which Zoho takes for
// owners. To change a lookup that was loaded, set a new Lookup{ID: …}: beside an ID, Name and Email say nothing. A Name
// alone cannot be written.
type Lookup struct {
	ID    string `json:"id"              zoho:"id"`
	Name  string `json:"name,omitempty"  zoho:"name"`
	Email string `json:"email,omitempty" zoho:"email"`
}

// ZohoValue is what is written to Zoho for the lookup: {"id": …}, {"email": …}, nil for an empty one, an error for a
// name alone.
func (l Lookup) ZohoValue() any {
	switch {
	case l.ID != "":
		return map[string]any{"id": l.ID}
	case l.Email != "":
		return map[string]any{"email": l.Email}
	case l.Name != "":
		return errNameAlone
	}
	return nil
}

var errNameAlone = errors.New("a lookup with a name alone cannot be written: Zoho wants the ID")

// ModuleLookup is a reference to a record of one of several modules, Zoho's multi_module_lookup. Module is the API name of
// the one that it leads to; it is written beside the ID when it is set. A [Lookup] reads such a field without the module.
type ModuleLookup struct {
	ID     string
	Name   string `zoho:"name"`
	Module string `zoho:"module"`
}

// ZohoValue is what is written to Zoho for the lookup: {"id": …, "module": {"api_name": …}}, nil for an empty one, an
// error for one without an ID.
func (l ModuleLookup) ZohoValue() any {
	switch {
	case l == ModuleLookup{}:
		return nil
	case l.ID == "":
		return errNameAlone
	case l.Module == "":
		return map[string]any{"id": l.ID}
	}
	return map[string]any{"id": l.ID, "module": map[string]any{"api_name": l.Module}}
}

// MarshalJSON writes the lookup in the form in which Zoho sends it.
func (l ModuleLookup) MarshalJSON() ([]byte, error) {
	return json.Marshal(map[string]any{"id": l.ID, "name": l.Name, "module": map[string]string{"api_name": l.Module}})
}

// UnmarshalJSON reads the lookup as Zoho sends it; null is an empty one.
func (l *ModuleLookup) UnmarshalJSON(data []byte) error {
	members := object(data)
	switch id := text(data); {
	case id != "": // a note's parent, in older versions
		*l = ModuleLookup{ID: id}
		return nil
	case members == nil && string(data) != "null":
		return errNoModuleLookup
	}
	module := members["module"]
	*l = ModuleLookup{
		ID: scalar(members["id"]), Name: text(members["name"]),
		Module: cmp.Or(text(object(module)["api_name"]), text(module)), // older versions name it alone
	}
	return nil
}

var errNoModuleLookup = errors.New("not a reference with id, name and module")

// Date is a day without a time or a zone, as Zoho's date fields hold it ("2026-05-01"). The zero Date is an empty field.
// Dates compare with ==.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// NewDate returns the date of a day; a day that the month does not have runs into the next month, as in [time.Date].
func NewDate(year int, month time.Month, day int) Date {
	return DateOf(time.Date(year, month, day, 0, 0, 0, 0, time.UTC))
}

// DateOf returns the day that t shows in its own zone.
func DateOf(t time.Time) Date {
	y, m, d := t.Date()
	return Date{Year: y, Month: m, Day: d}
}

// IsZero reports whether the date is empty.
func (d Date) IsZero() bool { return d == Date{} }

// Time returns the first instant of the day in the given zone.
func (d Date) Time(loc *time.Location) time.Time {
	return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, loc)
}

// String returns the day as Zoho writes it, "2026-05-01", and "" for the zero Date.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.Year, int(d.Month), d.Day)
}

// MarshalText writes the day as Zoho does, and nothing for the zero Date.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads "2026-05-01"; empty text is the zero Date.
func (d *Date) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*d = Date{}
		return nil
	}
	t, err := time.Parse(time.DateOnly, string(text))
	if err != nil {
		return fmt.Errorf("zohohub: %q is not a date such as 2026-05-01", clip(string(text), 40))
	}
	*d = DateOf(t)
	return nil
}

// Dynamic is a record without a struct of one's own: its id, and all other fields by their API names. The Fields are
// read and written, but for what Zoho alone writes; [Record.Save] of one that was loaded sends those that changed, and nil
// clears (a key that is taken out of the map is no change). Rows that are gone from a subform are deleted, as they are
// for a [Tracked] struct. Lists of a Dynamic ask for the module's metadata first, for the fields' names.
// Name its module with [InModule]:
//
//	leads := zohohub.NewRecord[zohohub.Dynamic](conn, zohohub.InModule("Leads"))
type Dynamic struct {
	ID     string
	Fields Fields `zoho:",unknown,always"`

	tracked Tracked
}

func (d *Dynamic) snapshot() []byte    { return d.tracked.snapshot() }
func (d *Dynamic) remember(raw []byte) { d.tracked.remember(raw) }

// Tracked remembers, embedded in a record's struct, what was loaded, so that [Record.Save] sends only what changed:
//
//	type Lead struct {
//		zohohub.Tracked
//		ID, FirstName, LastName string
//	}
//
// A field that was emptied since is sent as null. A field that the answer did not hold is not known to have been
// different: its zero is no change. Copies of the struct carry the snapshot along; a failed Save keeps the difference.
// After an [ErrOutcomeUnknown] find the record again: part of the difference may be at Zoho already, and a row would be
// added twice. With another ID the struct is another record, of which nothing is known.
//
// Of a subform, a slice of structs with a field ID string, of maps or of raw JSON, Save sends the rows that are new, what
// changed of the others, and the deletion of those that are gone. So it does of files, images and multi-select lookups,
// where a row that became another file, or leads elsewhere, is deleted and added, as Zoho cannot change it; before API v5
// the id of a file's row is attachment_Id. Zoho does not say the ids of rows that a Save made: they can be changed or deleted
// once the record was found again. Tags, taxes, territories, the ranges of a price book, an event's participants and its
// reminders go as a whole list. A changed What_Id takes the struct's $se_module along, and is refused where that is empty
// or `readonly`.
type Tracked struct {
	// loaded is the record as Zoho sent it. It is replaced and never written to, so that copies may share it.
	loaded *json.RawMessage
}

// tracker is implemented by every pointer to a struct that embeds [Tracked], and by [Dynamic].
type tracker interface {
	snapshot() []byte
	remember(raw []byte)
}

func (t *Tracked) snapshot() []byte {
	if t.loaded == nil {
		return nil
	}
	return *t.loaded
}

func (t *Tracked) remember(raw []byte) {
	r := json.RawMessage(raw)
	t.loaded = &r
}
