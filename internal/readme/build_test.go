package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// stubLibrary is as much of the library as the files around a snippet need.
var stubLibrary = map[string]string{
	"go.mod": "module " + library + "\n\ngo 1.26.0\n",
	"go.sum": "",
	"zohohub.go": `package zohohub

type (
	Fields     map[string]any
	Tracked    struct{}
	Config     struct{}
	Token      struct{}
	Auth       struct{}
	Connection struct{}
	Record[T any] struct{}
)

func NewAuth(Config) *Auth                                   { return nil }
func NewConnection(Config, *Token) (*Connection, error)      { return nil, nil }
func NewRecord[T any](*Connection) *Record[T]                { return nil }
`,
	"zohohubtest/zohohubtest.go": `package zohohubtest

import "github.com/zohohub/zohohub"

type Server struct{}

func Start() *Server                                      { return nil }
func (*Server) Config() (c zohohub.Config)                { return }
func (*Server) Token() *zohohub.Token                     { return nil }
func (*Server) Close()                                    {}
func (*Server) Seed(string, ...zohohub.Fields) []string   { return []string{"1", "2"} }
`,
}

// build builds and runs a Markdown text's Go blocks.
func build(t *testing.T, text string) (string, error) {
	t.Helper()
	root := t.TempDir()
	for name, text := range stubLibrary {
		require.NoError(t, os.MkdirAll(filepath.Join(root, filepath.Dir(name)), 0o700))
		require.NoError(t, os.WriteFile(filepath.Join(root, name), []byte(text), 0o600))
	}
	blocks, err := parse(text)
	require.NoError(t, err)
	var out bytes.Buffer
	err = goCode{root: root, name: "/x/R.md", out: &out, env: append(os.Environ(), "GOFLAGS=-buildvcs=false")}.run(t.Context(), blocks)
	return out.String(), err
}

func TestGoCode(t *testing.T) {
	t.Parallel()
	out, err := build(t, "```go\ntype Lead struct{ Name string }\n```\n"+
		"```go\nvar l Lead\nl.Name = \"Jo\"\nfmt.Println(id, l.Name)\n// Output: 1 Jo\n```\n"+
		"```go\nx, err := leads, err\nif err != nil {\n\treturn err\n}\n```\n"+
		"<!-- not run: it waits -->\n```go\npackage main\n\nfunc main() { select {} }\n```\n"+
		"```go\npackage main\n\nfunc main() { println(1) }\n```\n"+
		"```go\ntype Lead struct{ Other string }\n```\n"+
		"```go\nfmt.Println(Lead{}.Other == \"\", len(ids))\n// Output:\n// true 2\n```\n")
	require.NoError(t, err, out)
	assert.Equal(t, `== R.md:2: built
== R.md:5: run
1 Jo
== R.md:11: built
== R.md:18: built, not run: it waits
== R.md:23: run
1
== R.md:28: built
== R.md:31: run
true 2
`, out)
}

func TestGoCodeRunsTests(t *testing.T) {
	t.Parallel()
	out, err := build(t, "```go\nfunc TestX(t *testing.T) { t.Fatal(\"reached\") }\n```\n")
	require.EqualError(t, err, "R.md:2: go test: exit status 1")
	assert.Contains(t, out, "reached")
}

func TestGoCodeReportsAllFaults(t *testing.T) {
	t.Parallel()
	_, err := build(t, "```go\nfmt.Println(1)\n// Output: 2\n```\n```go\nnot go at all\n```\n```go\nreturn errors.New(\"why\")\n// Output: x\n```\n"+
		"```go\ntype T int\n// Output: x\n```\n")
	require.EqualError(t, err, "R.md:6: neither a file nor declarations alone nor statements alone: /x/R.md:6: expected ';', found 'go' (and 1 more errors)\n"+
		"R.md:2: prints\n1\nand not, as it says,\n2\nR.md:9: go run: exit status 1\n"+
		"R.md:13: an Output comment in declarations, which print nothing")
}

func TestGoCodeNamesTheLineThatDoesNotCompile(t *testing.T) {
	t.Parallel()
	out, err := build(t, "words\n\n```go\nfmt.Println(1)\nfmt.Println(nobody)\n```\n")
	require.EqualError(t, err, "go vet: exit status 1")
	assert.Contains(t, out, "R.md:5: undefined: nobody")
}
