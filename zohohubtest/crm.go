package zohohubtest

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/zohohub/zohohub/zohohubtest/internal/schema"
)

// crm is one organisation: its metadata, users and records. Every request holds mu from start to end, so a write is
// seen whole or not at all. What a table holds is never changed in place, only replaced: an answer may share it and be
// encoded after mu is given back.
type crm struct {
	now func() time.Time
	// charge, when set before the first request, is told what a call costs before its answer goes out.
	charge func(w http.ResponseWriter, credits int)

	mu            sync.Mutex
	schema        *schema.Schema
	tables        map[string]*table
	sums          map[*schema.Field]map[string]any // what roll-ups are known to be, by the record that has them
	users         []user
	settings      settings
	views         map[string][]*view // by module; filled when first looked at
	lastID        int64
	tags          tags
	ties          map[string]ties // by relation
	roles         []contactRole
	autoNumbers   map[string]int
	failureStatus int
	searchLag     time.Duration
	started       time.Time
	jobs          []*job   // in the order in which they were asked for
	journal       *journal // of the request that holds mu
	listeners     []func(q *request, changes []*change)
	channels      []*channel
	url           func() string // the fake's own
	remodelled    time.Time     // when a module or field was last added
	tokenKey      [32]byte

	blobs    fileStore       // the bytes of all files; it has a lock of its own
	attached map[int64]*file // by the id of the attachment; links have none
	files    map[string]*file
	uploads  []*file          // files in the order in which they came
	photos   map[string]*file // by what the field of the record, or orgPhoto, holds
	orgPhoto string

	shares map[recordKey][]*share
	locks  map[recordKey]*lock

	blueprints map[string][]*blueprint // by module, in the order in which records enter them
	processes  map[recordKey]*process

	timelines timelines
	mailbox   mailbox
	functions functions
}

// firstID is where this organisation's record ids start: 19 digits, and beyond what a float64 holds exactly.
const firstID int64 = 5_725_767_000_010_000_000

// orgZone is the organisation's time zone. It is not UTC, so that a client which drops or ignores the offset is caught.
var orgZone = time.FixedZone("", 60*60)

// newCRM makes an organisation with Zoho's standard modules and no records. now is its clock, url the fake's own
// URL, for links in answers.
func newCRM(now func() time.Time, url func() string) *crm {
	c := &crm{
		now:         now,
		url:         url,
		schema:      schema.Load(),
		tables:      map[string]*table{},
		sums:        map[*schema.Field]map[string]any{},
		views:       map[string][]*view{},
		lastID:      firstID,
		tags:        newTags(),
		ties:        map[string]ties{},
		roles:       defaultRoles(),
		autoNumbers: map[string]int{},
		tokenKey:    newTokenKey(),
		attached:    map[int64]*file{},
		files:       map[string]*file{},
		photos:      map[string]*file{},
		shares:      map[recordKey][]*share{},
		locks:       map[recordKey]*lock{},
		blueprints:  map[string][]*blueprint{},
		processes:   map[recordKey]*process{},
	}
	c.started = c.second()
	c.remodelled = c.started
	c.users = defaultUsers(c.started)
	c.settings = newSettings(c.started)
	c.onChange(c.keepTimelines)
	return c
}

// serve answers everything under /crm/ for a caller whose token was found good.
func (c *crm) serve(w http.ResponseWriter, r *http.Request, g grant) {
	a := c.route(r, g)
	if a.after != nil {
		a.body = a.after()
	}
	if c.charge != nil && a.credits > 0 {
		c.charge(w, a.credits)
	}
	switch {
	case a.download != nil:
		a.download.send(w)
		return
	case a.body == nil:
		w.WriteHeader(a.status)
		return
	}
	w.Header().Set("Content-Disposition", jsonDisposition)
	writeJSON(w, a.status, a.body)
}

// seed creates records by the rules of a write by the default user and gives their ids. The first row that Zoho would
// refuse is the error, and none is kept. Unlike a write, a row may state the stamps that Zoho would set (Created_Time,
// Modified_Time, Created_By, Modified_By), Converted__s, Record_Image, and the id.
func (c *crm) seed(module string, rows []map[string]any) ([]string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	m := c.schema.Module(module)
	if m == nil || !isRecordModule(m) {
		return nil, fmt.Errorf("INVALID_MODULE: the module name given seems to be invalid: %q", module)
	}
	w := c.newWrite(m, versions["v8"], defaultUserID)
	t := c.table(module)
	ids := make([]string, 0, len(rows))
	for i, row := range rows {
		clean, err := normalize(row)
		if err == nil {
			fields, _ := clean.(map[string]any)
			var rec *record
			if rec, err = w.seed(i, fields); err == nil {
				ids = append(ids, formatID(rec.id))
				continue
			}
		}
		for _, id := range ids {
			n, _ := parseID(id)
			c.forget(m, t.get(n))
		}
		return nil, fmt.Errorf("row %d of %s: %w", i, module, err)
	}
	return ids, nil
}

// seedFunc gives a module n more records that exist only while they are looked at: row is asked for the fields of the
// i-th, again at each look, and must answer the same each time. A write to one of them makes it an ordinary record. The
// rows are taken as they are, not validated. They are not in the indexes of unique fields until something asks for one.
func (c *crm) seedFunc(module string, n int, row func(i int) map[string]any) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	m := c.schema.Module(module)
	if m == nil || !isRecordModule(m) {
		return fmt.Errorf("INVALID_MODULE: the module name given seems to be invalid: %q", module)
	}
	if n <= 0 {
		return nil
	}
	first := c.lastID + 1
	c.lastID += int64(n)
	stamp := c.second()
	by := c.userRef(defaultUserID)
	c.table(module).generate(first, n, func(i int) *record {
		clean, err := normalize(row(i))
		if err != nil {
			panic(fmt.Sprintf("zohohubtest: SeedFunc row %d of %s: %v", i, module, err))
		}
		fields, _ := clean.(map[string]any)
		if fields == nil {
			fields = map[string]any{}
		}
		return c.completed(m, first+int64(i), fields, stamp, by)
	}, func(i int) kind { return kindOf(m, row(i)) })
	c.rollUpAll(m)
	return nil
}

// records gives a deep copy of a module's records as a call for one of them would show them, oldest first.
func (c *crm) records(module string) []map[string]any {
	c.mu.Lock()
	defer c.mu.Unlock()
	m := c.schema.Module(module)
	if m == nil {
		return nil
	}
	c.runJobs()
	out := []map[string]any{}
	c.each(m, false, 0, func(r *record) bool {
		shown := c.show(m, r, versions["v8"], nil, true)
		out = append(out, clone(shown).(map[string]any))
		return true
	})
	return out
}

// addModule adds a custom module of the caller's own.
func (c *crm) addModule(m schema.Module) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	_, err := c.schema.AddModule(m)
	c.remodelled = c.second()
	return err
}

// addField adds a custom field to a module. Records that exist have it empty, unless it is computed.
func (c *crm) addField(module string, f schema.Field) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	added, err := c.schema.AddField(module, f)
	c.remodelled = c.second()
	if err != nil || !slices.Contains(added.Module().Computed(), added) {
		return err
	}
	t := c.table(module)
	for _, r := range t.rows {
		r = r.moved()
		c.compute(added.Module(), r.fields)
		t.put(r)
	}
	return nil
}

// setFailureStatus makes every answer of a batch in which a row failed carry this status, as older versions and
// sandboxes do (200 or 202). Zero gives the version's own back: 207 and 400.
func (c *crm) setFailureStatus(status int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.failureStatus = status
}

// setSearchLag makes written records appear in search only d later by the clock, as Zoho's index does.
func (c *crm) setSearchLag(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.searchLag = d
}

// second is the clock in the organisation's zone without fractions: Zoho's stamps have none.
func (c *crm) second() time.Time { return c.now().Truncate(time.Second).In(orgZone) }

func (c *crm) nextID() int64 {
	c.lastID++
	return c.lastID
}

func (c *crm) table(module string) *table {
	t := c.tables[module]
	if t == nil {
		t = newTable(func(r *record) *record { return c.summed(c.schema.Module(module), r) })
		c.tables[module] = t
	}
	return t
}

func formatID(id int64) string { return strconv.FormatInt(id, 10) }

// parseID reads an id; ok is false for what cannot be one.
func parseID(s string) (id int64, ok bool) {
	if len(s) == 0 || len(s) > 19 || slices.ContainsFunc([]byte(s), func(b byte) bool { return b < '0' || b > '9' }) {
		return 0, false
	}
	id, err := strconv.ParseInt(s, 10, 64)
	return id, err == nil
}

// formatTime writes a stamp as Zoho does: the organisation's offset in figures, no fraction.
func formatTime(t time.Time) string { return t.In(orgZone).Format("2006-01-02T15:04:05-07:00") }
