package zohohub_test

import (
	"context"
	"strings"

	. "github.com/zohohub/zohohub"
	"github.com/zohohub/zohohub/zohohubtest"
)

// mailed is a mail of the first lead of a world, with a file and an image, a visit with a report, and how often a function
// was called.
type mailed struct {
	mail   *EmailMessage
	visits []string
	calls  int
}

// correspond puts them there.
func correspond(w *sweepWorld) {
	look := w.look()
	ctx := context.Background()
	image, err := look.Files().Upload(ctx, "old.gif", strings.NewReader(filedPixel), Inline())
	must(err)
	file, err := look.Files().Upload(ctx, "old.txt", strings.NewReader(filedText))
	must(err)
	emails := NewRecord[Person](look).Emails(w.ids[0])
	m := sweepMail("Old")
	m.Content, m.Attachments = `<img src="`+emails.ImageSource(image.FileID)+`">`, []string{file.FileID}
	sent, err := emails.Send(ctx, m)
	must(err)
	mail, err := emails.Find(ctx, sent.ID)
	must(err)
	w.mailed = mailed{mail: mail, visits: w.crm.Seed("Service_Visits", Fields{"Name": "A", "Report": "Fine"}, Fields{"Name": "B", "Report": "Good"})}
	w.crm.AddFunction("count", func(map[string]any) (any, error) {
		w.mailed.calls++
		return "done", nil
	})
}

func sweepMail(subject string) Mail {
	return Mail{From: MailAddress{Email: "ana.silva@example.com"}, To: []MailAddress{{Email: "doe@example.com"}}, Subject: subject}
}

func (w *sweepWorld) emails() *Emails { return w.people.Emails(w.ids[0]) }

func (w *sweepWorld) visits() *Record[Dynamic] {
	return NewRecord[Dynamic](w.conn, InModule("Service_Visits"))
}

func subjectOf(m *EmailMessage) string { return m.Subject }

func reports(full map[string]Fields, err error) (string, error) {
	var all []string
	for _, text := range []string{"Fine", "Good"} {
		for _, f := range full {
			if f["Report"] == text {
				all = append(all, text)
			}
		}
	}
	return strings.Join(all, " "), err
}

func outputOf(r *FunctionResult, err error) (string, error) {
	if r == nil {
		return "", err
	}
	return r.Output, err
}

// The functions below count what a call has done.

func mailsSent(w *sweepWorld) (n int) {
	for _, m := range w.crm.SentEmails() {
		if m.Record == w.ids[0] && m.Subject == "New" {
			n++
		}
	}
	return n
}

func functionCalls(w *sweepWorld) int { return w.mailed.calls }

// timelineCalls are those about what happened to a record, its mails and its whole texts, and functions.
var timelineCalls = map[string]sweepCall{
	"Record.Timeline": {road: reading, prepare: correspond, result: "added added", do: func(ctx context.Context, w *sweepWorld) (string, error) { //nolint:dupword // two events
		return texts(w.people.Timeline(ctx, w.ids[0]), func(e *TimelineEvent) string { return e.Action })
	}},
	"Record.FullData": {road: reading, prepare: correspond, result: "Fine Good", do: func(ctx context.Context, w *sweepWorld) (string, error) {
		return reports(w.visits().FullData(ctx, w.mailed.visits, "Report"))
	}},
	"Record.FullData, of the second": {road: reading, after: 1, prepare: correspond, result: "Fine Good", nothing: "Fine", partly: "Fine", do: func(ctx context.Context, w *sweepWorld) (string, error) {
		return reports(w.visits().FullData(ctx, w.mailed.visits))
	}},
	"Emails.All": {road: reading, prepare: correspond, result: "Old", do: func(ctx context.Context, w *sweepWorld) (string, error) {
		return texts(w.emails().All(ctx), subjectOf)
	}},
	"Emails.All, second page": {
		road: reading, after: 1, result: "9 8 7 6 5 4 3 2 1 0 Old", nothing: "9 8 7 6 5 4 3 2 1 0", partly: "9 8 7 6 5 4 3 2 1 0",
		prepare: func(w *sweepWorld) {
			correspond(w)
			for i := range 10 {
				w.crm.SeedEmail("Leads", w.ids[0], zohohubtest.Email{From: "doe@example.com", Subject: string(rune('0' + i))})
			}
		},
		do: func(ctx context.Context, w *sweepWorld) (string, error) {
			return texts(w.emails().All(ctx), subjectOf)
		},
	},
	"Emails.Find": {road: reading, prepare: correspond, nothingErr: ErrRecordNotFound, result: "Old", do: func(ctx context.Context, w *sweepWorld) (string, error) {
		m, err := w.emails().Find(ctx, w.mailed.mail.ID)
		if m == nil {
			return "", err
		}
		return m.Subject, err
	}},
	"Emails.OpenAttachment": {road: reading, prepare: correspond, nothingErr: ErrRecordNotFound, result: filedText, do: func(ctx context.Context, w *sweepWorld) (string, error) {
		return contentText(w.emails().OpenAttachment(ctx, w.mailed.mail, w.mailed.mail.Attachments[0]))
	}},
	"Emails.OpenInlineImage": {road: reading, prepare: correspond, nothingErr: ErrRecordNotFound, result: filedPixel, do: func(ctx context.Context, w *sweepWorld) (string, error) {
		return contentText(w.emails().OpenInlineImage(ctx, w.mailed.mail, w.mailed.mail.InlineImages()[0]))
	}},
	"Emails.Send": {
		road: onceOnly, prepare: correspond, nothingErr: ErrOutcomeUnknown, done: mailsSent, writes: 1, result: "sent",
		do: func(ctx context.Context, w *sweepWorld) (string, error) {
			sent, err := w.emails().Send(ctx, sweepMail("New"))
			if sent == nil || sent.ID == "" {
				return "", err
			}
			return "sent", err
		},
	},
	"Connection.CallFunction": {
		road: onceOnly, prepare: correspond, nothingErr: ErrOutcomeUnknown, done: functionCalls, writes: 1, result: "done",
		do: func(ctx context.Context, w *sweepWorld) (string, error) {
			return outputOf(w.conn.CallFunction(ctx, "count", Fields{"a": 1}))
		},
	},
	"Connection.CallFunction, which may be repeated": {
		road: repeatable, prepare: correspond, nothingErr: ErrOutcomeUnknown, writes: 1, result: "done",
		done: func(w *sweepWorld) int { return min(functionCalls(w), 1) },
		do: func(ctx context.Context, w *sweepWorld) (string, error) {
			return outputOf(w.conn.CallFunction(ctx, "count", nil, MayRepeat()))
		},
	},
}
