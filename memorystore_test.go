package zohohub_test

import (
	"testing"

	. "github.com/zohohub/zohohub"
	"github.com/zohohub/zohohub/tokenstore/tokenstoretest"
)

func TestMemoryStore(t *testing.T) {
	t.Parallel()
	tokenstoretest.Run(t, func(*testing.T) TokenStore { return NewMemoryStore() })
}
