package zohohub_test

import (
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"path/filepath"
	"testing"

	"go.uber.org/goleak"

	"github.com/zohohub/zohohub/internal/secretscan"
	"github.com/zohohub/zohohub/zohohubtest"
)

// suite is what the tests of this package write, and the secrets that they use. At the end TestMain looks for the one in
// the other. In it are
//   - every secret that a fake gave out or was registered with, and every address and header of a request that a fake got;
//   - the logs, at every level, of the sweep, of the tests of sign-in and of refreshes, and whatever went to package log;
//   - the errors of the sweep (every call and every fault), of refreshes and of sign-ins, with all that is inside them;
//   - what is printed of configurations, connections, tokens and findings, and the pages and addresses of sign-ins.
var suite = secretscan.NewHaystack()

func TestMain(m *testing.M) { goleak.VerifyTestMain(secretless{m}) }

// secretless are tests that fail when one of them has let out a secret.
type secretless struct{ tests *testing.M }

// Run implements [goleak.TestingM].
func (s secretless) Run() int {
	dir, err := os.MkdirTemp("", "zohohub-*")
	if err != nil {
		return failed(err)
	}
	defer func() { _ = os.RemoveAll(dir) }() // a temporary folder
	trace := filepath.Join(dir, "trace.jsonl")
	if err := os.Setenv(zohohubtest.TraceEnv, trace); err != nil {
		return failed(err)
	}
	log.SetOutput(io.MultiWriter(os.Stderr, suite.Writer("package log")))
	for _, v := range []string{fakeAccess, fakeRefresh, fakeSecret, "1000.fake-code", "1000.fake-refresh-anew", "1000.fake-anew", channelToken} {
		suite.Secret("a constant of the tests", v)
	}
	code := s.tests.Run()
	if _, err := os.Stat(trace); err == nil { // else no test had a fake
		if err := suite.Learn(trace); err != nil {
			return failed(err)
		}
	}
	found, err := suite.Scan()
	if err != nil {
		return failed(err)
	}
	secrets, texts := suite.Size()
	whole := code == 0 && flag.Lookup("test.run").Value.String() == "" && flag.Lookup("test.skip").Value.String() == "" && flag.Lookup("test.list").Value.String() == ""
	switch {
	case len(found) > 0:
		return failed(fmt.Errorf("the tests let out secrets: %s", suite.Report(found)))
	case whole && (secrets < 1000 || texts < 1000):
		return failed(fmt.Errorf("the scan for secrets saw next to nothing: %s", suite.Report(found)))
	case testing.Verbose():
		fmt.Print("secrets: ", suite.Report(found)) //nolint:forbidigo // as package testing does
	}
	return code
}

func failed(err error) int {
	fmt.Fprintln(os.Stderr, "FAIL:", err)
	return 1
}
