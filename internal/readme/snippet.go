package main

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
)

const library = "github.com/zohohub/zohohub"

// importable are the packages that a block may use without importing them, by the name that it calls them.
var importable = map[string]string{
	"assert":      "github.com/stretchr/testify/assert",
	"oauth2":      "golang.org/x/oauth2",
	"require":     "github.com/stretchr/testify/require",
	"file":        library + "/tokenstore/file",
	"sealed":      library + "/tokenstore/sealed",
	"sqlstore":    library + "/tokenstore/sql",
	"zohohub":     library,
	"zohohubtest": library + "/zohohubtest",

	"aes": "crypto/aes", "base64": "encoding/base64", "bytes": "bytes", "cipher": "crypto/cipher", "context": "context", "errors": "errors", "filepath": "path/filepath", "fmt": "fmt", "http": "net/http",
	"httptest": "net/http/httptest", "io": "io", "iter": "iter", "json": "encoding/json", "log": "log", "maps": "maps", "os": "os", "rand": "crypto/rand",
	"slices": "slices", "slog": "log/slog", "sql": "database/sql", "strconv": "strconv", "strings": "strings", "synctest": "testing/synctest",
	"testing": "testing", "time": "time", "url": "net/url",
}

type kind int

const (
	wholeFile kind = iota
	declarations
	statements
)

// snippet is a block of Go code made into a file that can be built.
type snippet struct {
	block

	kind   kind
	source string
	names  []string // what it declares for the whole package, methods as Type.Name
	output *string  // what it must print; nil when it does not say
}

// newSnippet makes a file of a block. Its lines keep the numbers that they have in the file called name, for the
// compiler's messages.
func newSnippet(name string, b block) (*snippet, error) {
	line := fmt.Sprintf("//line %s:%d\n", name, b.line)
	s := &snippet{block: b, output: wantedOutput(b.text)}

	if f, err := parseGo(line + b.text); err == nil {
		s.kind, s.source, s.names = wholeFile, line+b.text, declared(f)
		return s, nil
	}
	f, declErr := parseGo("package main\n" + line + b.text)
	if declErr == nil {
		s.kind, s.source, s.names = declarations, "package main\n"+imports(f)+line+b.text, declared(f)
		return s, nil
	}
	const head, tail = "func snippet() error {\n{\n", "}\nreturn nil\n}\n"
	f, err := parseGo("package main\n" + head + line + b.text + tail)
	if err != nil {
		if declKeyword.MatchString(b.text) {
			err = declErr
		}
		return nil, fmt.Errorf("neither a file nor declarations alone nor statements alone: %w", err)
	}
	s.kind, s.names = statements, declared(f)
	s.source = "package main\n" + imports(f) + head + line + b.text + uses(f) + tail
	return s, nil
}

var declKeyword = regexp.MustCompile(`^(\s|//.*\n)*(type|func|import|var|const)\b`)

func parseGo(source string) (*ast.File, error) {
	return parser.ParseFile(token.NewFileSet(), "", source, parser.ParseComments|parser.SkipObjectResolution)
}

// isProgram reports whether the snippet is run.
func (s *snippet) isProgram() bool {
	return s.kind == statements || slices.Contains(s.names, "main")
}

// isTest reports whether the snippet is run by go test.
func (s *snippet) isTest() bool {
	return slices.ContainsFunc(s.names, func(n string) bool { return strings.HasPrefix(n, "Test") || strings.HasPrefix(n, "Example") })
}

// wantedOutput returns what follows the comment "// Output:" at the end of the code, nil without one.
func wantedOutput(code string) *string {
	m := outputComment.FindStringSubmatch(code)
	if m == nil {
		return nil
	}
	want := regexp.MustCompile(`(?m)^\s*// ?`).ReplaceAllString(m[1], "")
	want = strings.TrimSpace(want)
	return &want
}

var outputComment = regexp.MustCompile(`(?m)^\s*// Output:((?:.*\n)(?:\s*//.*\n)*)[\s}]*\z`)

// declared lists what a file declares for its package, methods as Type.Name.
func declared(f *ast.File) []string {
	var names []string
	for _, d := range f.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			names = append(names, receiver(d)+d.Name.Name)
		case *ast.GenDecl:
			for _, s := range d.Specs {
				switch s := s.(type) {
				case *ast.TypeSpec:
					names = append(names, s.Name.Name)
				case *ast.ValueSpec:
					for _, n := range s.Names {
						names = append(names, n.Name)
					}
				}
			}
		}
	}
	return names
}

// receiver returns "Type." for a method, nothing for a function.
func receiver(d *ast.FuncDecl) string {
	if d.Recv == nil {
		return ""
	}
	name := ""
	ast.Inspect(d.Recv.List[0].Type, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			name = cmp.Or(name, id.Name)
		}
		return true
	})
	return name + "."
}

// imports returns, on one line each, the imports that the file needs and does not have.
func imports(f *ast.File) string {
	need := map[string]bool{}
	ast.Inspect(f, func(n ast.Node) bool {
		if s, ok := n.(*ast.SelectorExpr); ok && s.Sel.IsExported() {
			if id, ok := s.X.(*ast.Ident); ok && importable[id.Name] != "" {
				need[id.Name] = true
			}
		}
		return true
	})
	for _, i := range f.Imports {
		delete(need, path.Base(strings.Trim(i.Path.Value, `"`)))
	}
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(need)) {
		fmt.Fprintf(&b, "import %q\n", importable[name])
	}
	return b.String()
}

// uses returns statements that use what the snippet's own statements assign: in the text a result may be shown without a use.
func uses(f *ast.File) string {
	body := f.Decls[len(f.Decls)-1].(*ast.FuncDecl).Body.List[0].(*ast.BlockStmt)
	seen := map[string]bool{"_": true}
	var b strings.Builder
	use := func(id *ast.Ident) {
		if !seen[id.Name] {
			seen[id.Name] = true
			fmt.Fprintf(&b, "_ = %s\n", id.Name)
		}
	}
	for _, s := range body.List {
		switch s := s.(type) {
		case *ast.AssignStmt:
			for _, l := range s.Lhs {
				if id, ok := l.(*ast.Ident); ok && s.Tok == token.DEFINE {
					use(id)
				}
			}
		case *ast.DeclStmt:
			for _, v := range s.Decl.(*ast.GenDecl).Specs {
				if v, ok := v.(*ast.ValueSpec); ok {
					for _, id := range v.Names {
						use(id)
					}
				}
			}
		}
	}
	return b.String()
}
