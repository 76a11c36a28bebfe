package zohohub

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/zohohub/zohohub/internal/codec"
)

// mostAtOnce bounds the calls of one batch that are under way: Zoho lets an org have ten that write many records, and a
// batch is seldom alone.
const mostAtOnce = 4

// inHundreds makes a call for each hundred of the rows, several at once. They begin in order, each when none that is
// under way has a row in one of its lanes; once the batch is stopped none begins. All have ended when it returns. Only
// the caller's goroutine takes what they came to: records, and types of the caller's in them, need no locks.
func (b *batch) inHundreds(
	ctx context.Context, rows []outgoing, call func([]outgoing) (*Response, error), take func([]outgoing, *Response, error),
) {
	chunks := slices.Collect(slices.Chunk(rows, maxRows))
	atOnce := min(mostAtOnce, len(chunks), b.conn.tokens.cfg.MaxConcurrency)
	if atOnce == 1 || b.oneLane {
		b.inTurn(ctx, rows, maxRows, call, take)
		return
	}
	answers := make(chan answer)
	underWay, taken := 0, lanes{}
	defer func() { // a panic of the caller's, in a call or in take, leaves no call behind
		for range underWay {
			<-answers
		}
	}()
	for len(chunks) > 0 || underWay > 0 {
		if len(chunks) > 0 && underWay < atOnce && !taken.meet(chunks[0]) {
			chunk := chunks[0]
			chunks = chunks[1:]
			if !b.stop(ctx, chunk) {
				taken.enter(chunk)
				underWay++
				go answerTo(chunk, call, answers)
			}
			continue
		}
		a := <-answers
		underWay--
		repanic(a.err)
		taken.leave(a.chunk)
		take(a.chunk, a.resp, a.err)
	}
}

// inTurn makes a call for each so many of the rows, one after another.
func (b *batch) inTurn(
	ctx context.Context, rows []outgoing, size int, call func([]outgoing) (*Response, error), take func([]outgoing, *Response, error),
) {
	for chunk := range slices.Chunk(rows, size) {
		if !b.stop(ctx, chunk) {
			resp, err := call(chunk)
			take(chunk, resp, err)
		}
	}
}

// answer is what the call for a chunk came to.
type answer struct {
	chunk []outgoing
	resp  *Response
	err   error
}

// answerTo makes the call for a chunk. There is an answer whatever the caller's RoundTripper does.
func answerTo(chunk []outgoing, call func([]outgoing) (*Response, error), answers chan<- answer) {
	a := answer{chunk: chunk}
	guard(func() { a.resp, a.err = call(chunk) }, func(stray error) {
		if stray != nil {
			a.err = fmt.Errorf("%w: %w", ErrOutcomeUnknown, stray)
		}
		answers <- a
	})
}

// lanes are those of the rows under way. Rows in one lane are of one record: of two calls at once, the later could be
// done first, and its values would not last.
type lanes map[any]struct{}

func (l lanes) meet(chunk []outgoing) bool {
	return slices.ContainsFunc(chunk, func(row outgoing) bool {
		_, taken := l[row.lane]
		return taken
	})
}

func (l lanes) enter(chunk []outgoing) {
	for _, row := range chunk {
		if row.lane != nil {
			l[row.lane] = struct{}{}
		}
	}
}

func (l lanes) leave(chunk []outgoing) {
	for _, row := range chunk {
		delete(l, row.lane)
	}
}

// upsertLane is the lane of a row that Zoho finds by one check field: its value there, in which Zoho overlooks case and
// the space around it; without one, the record itself, which may stand in a batch twice.
func upsertLane(rec any, body []byte, check string) (any, error) {
	fields, err := codec.DecodeFields(body)
	if err != nil {
		return nil, err
	}
	value := fields[check]
	if isBlank(value) {
		return rec, nil
	}
	return strings.ToLower(strings.ToUpper(strings.TrimSpace(fmt.Sprint(value)))), nil // letters with two small forms, such as ς
}
