package integration

import (
	"testing"

	"go.uber.org/goleak"

	"github.com/zohohub/zohohub/internal/refreshrace"
)

func TestMain(m *testing.M) {
	refreshrace.Child(stores)
	goleak.VerifyTestMain(m)
}
