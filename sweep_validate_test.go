package zohohub_test

import (
	"context"

	. "github.com/zohohub/zohohub"
)

// validationCalls are those that check a record before it is sent.
var validationCalls = map[string]sweepCall{
	"Record.Validate": {road: reading, nothingErr: ErrInvalidModule, do: func(ctx context.Context, w *sweepWorld) (string, error) {
		return "", w.people.Validate(ctx, newmen(1)[0])
	}},
	"Record.Create, validated": {
		road: onceOnly, after: 1, nothingErr: ErrOutcomeUnknown, done: made, writes: 1,
		do: func(ctx context.Context, w *sweepWorld) (string, error) {
			return "", w.people.Create(ctx, newmen(1)[0], Validated())
		},
	},
}
