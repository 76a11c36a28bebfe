package zohohub_test

import (
	"context"
	"iter"
	"net/http"
	"slices"
	"strings"

	. "github.com/zohohub/zohohub"
)

// hanging is what hangs on the first lead of a world: a note, a product out of two, two tags, and a campaign that it is
// not in.
type hanging struct {
	note, fair     string
	products, tags []string
}

// hang puts it there.
func hang(w *sweepWorld) {
	look := w.look()
	ctx := context.Background()
	lead := w.ids[0]
	w.hung = hanging{
		fair:     w.crm.Seed("Campaigns", Fields{"Campaign_Name": "Fair"})[0],
		products: w.crm.Seed("Products", Fields{"Product_Name": "Widget"}, Fields{"Product_Name": "Gadget"}),
	}
	people := NewRecord[Person](look)
	note, err := people.AddNote(ctx, lead, "Old", "C")
	must(err)
	w.hung.note = note.ID
	_, err = NewRecord[Product](look).Related("Leads", lead).Add(ctx, w.hung.products[0])
	must(err)
	for tag, err := range people.Tags().All(ctx) {
		must(err)
		must(people.Tags().Delete(ctx, tag.ID))
	}
	_, err = people.AddTags(ctx, w.ids[:1], "VIP", "cold")
	must(err)
	for tag, err := range people.Tags().All(ctx) {
		must(err)
		w.hung.tags = append(w.hung.tags, tag.ID)
	}
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

// look is a connection that nothing goes wrong with any more.
func (w *sweepWorld) look() *Connection {
	w.crm.ClearFaults()
	cfg := w.crm.Config()
	cfg.HTTPClient = &http.Client{Transport: w.crm.Transport()}
	conn, err := NewConnection(cfg, w.crm.Token())
	must(err)
	return conn
}

// texts are a list's, in words.
func texts[T any](list iter.Seq2[*T, error], text func(*T) string) (string, error) {
	var all []string
	var last error
	for rec, err := range list {
		if rec != nil {
			all = append(all, text(rec))
		}
		if last != nil {
			all = append(all, "more after an error")
		}
		last = err
	}
	return strings.Join(all, " "), last
}

func noteTitle(n *Note) string { return n.Title }
func tagName(t *Tag) string    { return t.Name }

func (w *sweepWorld) notes() *Notes               { return w.people.Notes(w.ids[0]) }
func (w *sweepWorld) products() *Related[Product] { return related(w.conn, w) }
func (w *sweepWorld) members() *Related[Member] {
	return NewRecord[Member](w.conn).Related("Campaigns", w.hung.fair)
}

func related(conn *Connection, w *sweepWorld) *Related[Product] {
	return NewRecord[Product](conn).Related("Leads", w.ids[0])
}

// The functions below count what a call has done.

func titled(title string) func(*sweepWorld) int {
	return func(w *sweepWorld) int {
		text, err := texts(NewRecord[Person](w.look()).Notes(w.ids[0]).All(context.Background()), noteTitle)
		must(err)
		return strings.Count(text, title)
	}
}

func invited(w *sweepWorld) int {
	text, err := texts(NewRecord[Member](w.look()).Related("Campaigns", w.hung.fair).All(context.Background()),
		func(m *Member) string { return m.Status })
	must(err)
	return strings.Count(text, "Invited")
}

func linked(name string) func(*sweepWorld) int {
	return func(w *sweepWorld) int {
		text, err := texts(related(w.look(), w).All(context.Background()), func(p *Product) string { return p.ProductName })
		must(err)
		return strings.Count(text, name)
	}
}

func holdTag(name string) func(*sweepWorld) int {
	return func(w *sweepWorld) (n int) {
		for _, id := range w.ids[:2] {
			lead, err := NewRecord[Tagged](w.look()).Find(context.Background(), id)
			must(err)
			if slices.ContainsFunc(lead.Tags, func(t Tag) bool { return t.Name == name }) {
				n++
			}
		}
		return n
	}
}

func tagThere(name string) func(*sweepWorld) int {
	return func(w *sweepWorld) int {
		text, err := texts(NewRecord[Person](w.look()).Tags().All(context.Background()), tagName)
		must(err)
		return strings.Count(text, name)
	}
}

// lost counts what is gone of n.
func lost(n int, left func(*sweepWorld) int) func(*sweepWorld) int {
	return func(w *sweepWorld) int { return n - left(w) }
}

// hangingCalls are those about what hangs on a record.
var hangingCalls = map[string]sweepCall{
	"Record.AddNote": {
		road: onceOnly, prepare: hang, nothingErr: ErrOutcomeUnknown, done: titled("New"), writes: 1, result: "New",
		do: func(ctx context.Context, w *sweepWorld) (string, error) {
			return titleOf(w.people.AddNote(ctx, w.ids[0], "New", "C"))
		},
	},
	"Notes.Create": {
		road: onceOnly, prepare: hang, nothingErr: ErrOutcomeUnknown, done: titled("New"), writes: 1, result: "New",
		do: func(ctx context.Context, w *sweepWorld) (string, error) {
			return titleOf(w.notes().Create(ctx, "New", "C"))
		},
	},
	"Notes.All": {road: reading, prepare: hang, result: "Old", do: func(ctx context.Context, w *sweepWorld) (string, error) {
		return texts(w.notes().All(ctx), noteTitle)
	}},
	"Notes.Update": {
		road: repeatable, prepare: hang, nothingErr: ErrOutcomeUnknown, done: titled("Newer"), writes: 1,
		do: func(ctx context.Context, w *sweepWorld) (string, error) {
			return "", w.notes().Update(ctx, w.hung.note, Fields{"Note_Title": "Newer"})
		},
	},
	"Notes.Delete": {
		road: removing, prepare: hang, nothingErr: ErrOutcomeUnknown, done: lost(1, titled("Old")), writes: 1,
		do: func(ctx context.Context, w *sweepWorld) (string, error) {
			return "", w.notes().Delete(ctx, w.hung.note)
		},
	},

	"Related.All": {road: reading, prepare: hang, result: "Widget", do: func(ctx context.Context, w *sweepWorld) (string, error) {
		return texts(w.products().All(ctx), func(p *Product) string { return p.ProductName })
	}},
	"Related.Add": {
		road: repeatable, prepare: hang, nothingErr: ErrOutcomeUnknown, done: linked("Gadget"), writes: 1, result: "2 of 2",
		do: func(ctx context.Context, w *sweepWorld) (string, error) {
			return counted(w.products().Add(ctx, w.hung.products...))
		},
	},
	"Related.Remove": {
		road: removing, prepare: hang, nothingErr: ErrOutcomeUnknown, done: lost(1, linked("Widget")), writes: 1, result: "1 of 1",
		do: func(ctx context.Context, w *sweepWorld) (string, error) {
			return counted(w.products().Remove(ctx, w.hung.products[0]))
		},
	},
	"Related.Update": {
		road: repeatable, prepare: hang, nothingErr: ErrOutcomeUnknown, done: invited, writes: 1,
		do: func(ctx context.Context, w *sweepWorld) (string, error) {
			return "", w.members().Update(ctx, w.ids[1], Fields{"Member_Status": "Invited"})
		},
	},
	"Related.UpdateAll": {
		road: repeatable, prepare: hang, nothingErr: ErrOutcomeUnknown, done: invited, writes: 2, result: "2 of 2",
		do: func(ctx context.Context, w *sweepWorld) (string, error) {
			return counted(w.members().UpdateAll(ctx, []Fields{
				{"id": w.ids[0], "Member_Status": "Invited"}, {"id": w.ids[1], "Member_Status": "Invited"},
			}))
		},
	},
	"Record.RelatedCounts": {
		road: reading, prepare: hang, result: "1", nothing: "0",
		do: func(ctx context.Context, w *sweepWorld) (string, error) {
			counts, err := w.people.RelatedCounts(ctx, w.ids[0], "Products")
			return told(counts["Products"], err)
		},
	},
	"Connection.RelatedLists": {road: reading, result: "Notes", do: func(ctx context.Context, w *sweepWorld) (string, error) {
		lists, err := w.conn.RelatedLists(ctx, "Leads")
		if len(lists) == 0 {
			return "", err
		}
		return lists[0].APIName, err
	}},

	"Record.AddTags": {
		road: repeatable, prepare: hang, nothingErr: ErrOutcomeUnknown, done: holdTag("new"), writes: 2, result: "2 of 2",
		do: func(ctx context.Context, w *sweepWorld) (string, error) {
			return counted(w.people.AddTags(ctx, w.ids[:2], "new"))
		},
	},
	"Record.SetTags": {
		road: repeatable, prepare: hang, nothingErr: ErrOutcomeUnknown, done: holdTag("new"), writes: 2, result: "2 of 2",
		do: func(ctx context.Context, w *sweepWorld) (string, error) {
			return counted(w.people.SetTags(ctx, w.ids[:2], "new"))
		},
	},
	"Record.RemoveTags": {
		road: repeatable, prepare: hang, nothingErr: ErrOutcomeUnknown, done: lost(1, holdTag("VIP")), writes: 1, result: "2 of 2",
		do: func(ctx context.Context, w *sweepWorld) (string, error) {
			return counted(w.people.RemoveTags(ctx, w.ids[:2], "VIP"))
		},
	},
	"Tags.All": {road: reading, prepare: hang, result: "VIP cold", do: func(ctx context.Context, w *sweepWorld) (string, error) {
		return texts(w.people.Tags().All(ctx), tagName)
	}},
	"Tags.Count": {road: reading, prepare: hang, result: "1", nothing: "0", do: func(ctx context.Context, w *sweepWorld) (string, error) {
		return told(w.people.Tags().Count(ctx, w.hung.tags[0]))
	}},
	"Tags.Create": {
		road: onceOnly, prepare: hang, nothingErr: ErrOutcomeUnknown, done: tagThere("new"), writes: 1, result: "1 of 1",
		do: func(ctx context.Context, w *sweepWorld) (string, error) {
			return counted(w.people.Tags().Create(ctx, Tag{Name: "new"}))
		},
	},
	"Tags.Update": {
		road: repeatable, prepare: hang, nothingErr: ErrOutcomeUnknown, done: tagThere("new"), writes: 1, result: "1 of 1",
		do: func(ctx context.Context, w *sweepWorld) (string, error) {
			return counted(w.people.Tags().Update(ctx, Tag{ID: w.hung.tags[0], Name: "new"}))
		},
	},
	"Tags.Merge": {
		road: onceOnly, prepare: hang, nothingErr: ErrOutcomeUnknown, done: lost(1, tagThere("cold")), writes: 1, result: "1 of 1",
		do: func(ctx context.Context, w *sweepWorld) (string, error) {
			return counted(w.people.Tags().Merge(ctx, w.hung.tags[0], w.hung.tags[1]))
		},
	},
	"Tags.Delete": {
		road: removing, prepare: hang, nothingErr: ErrOutcomeUnknown, done: lost(1, tagThere("VIP")), writes: 1,
		do: func(ctx context.Context, w *sweepWorld) (string, error) {
			return "", w.people.Tags().Delete(ctx, w.hung.tags[0])
		},
	},
}

func titleOf(n *Note, err error) (string, error) {
	if n == nil {
		return "", err
	}
	return n.Title, err
}
