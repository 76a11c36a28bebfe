package file_test

import (
	"context"
	"testing"

	"go.uber.org/goleak"

	"github.com/zohohub/zohohub"
	"github.com/zohohub/zohohub/internal/refreshrace"
	"github.com/zohohub/zohohub/tokenstore/file"
)

// stores are what the processes of TestProcesses open.
var stores = map[string]refreshrace.Opener{
	"file": func(_ context.Context, dir string) (zohohub.TokenStore, func() error, error) {
		s, err := file.New(dir)
		return s, nil, err
	},
}

func TestMain(m *testing.M) {
	refreshrace.Child(stores)
	goleak.VerifyTestMain(m)
}

func TestProcesses(t *testing.T) {
	t.Parallel()
	refreshrace.Run(t, stores, "file", t.TempDir())
}
