package contract

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// home is where the files say that they are when they refer to each other.
const home = "https://raw.githubusercontent.com/Zohocorp-Pvt-Ltd/crm-oas/refs/heads/main/v8.0/"

// spec is Zoho's files, repaired. It is loaded twice, for requests are held to less than answers are (repairs.go), and a
// file only when an exchange needs it.
type spec struct {
	operations []operation
	requests   *side
	answers    *side
}

// side is the files as one side of an exchange is held to them.
type side struct {
	documents map[string]*openapi3.T // by file, once it was asked for
	files     map[string][]byte
}

// readSpec reads the folder of the files.
func readSpec(dir string) (*spec, error) {
	names, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{}
	for _, name := range names {
		if files[filepath.Base(name)], err = os.ReadFile(name); err != nil {
			return nil, err
		}
	}
	return newSpec(files)
}

func newSpec(files map[string][]byte) (*spec, error) {
	s := &spec{}
	answers, err := parse(files)
	if err != nil {
		return nil, err
	}
	requests, err := parse(files)
	if err != nil {
		return nil, err
	}
	answers.repair(repairs)
	requests.repair(append(slices.Clone(repairs), requestRepairs...))
	s.operations = operationsOf(answers)
	if s.answers, err = newSide(answers); err != nil {
		return nil, err
	}
	if s.requests, err = newSide(requests); err != nil {
		return nil, err
	}
	return s, nil
}

func newSide(ts *trees) (*side, error) {
	s := &side{documents: map[string]*openapi3.T{}, files: map[string][]byte{}}
	for name, tree := range ts.files {
		text, err := json.Marshal(tree)
		if err != nil {
			return nil, err
		}
		s.files[name] = text
	}
	return s, nil
}

// document gives a file with all that it refers to. Each has a loader of its own: files that refer to each other in a
// circle, as modules.json, fields.json and layouts.json do, get each other's schemas where one loader has seen another
// of them first.
func (s *side) document(file string) (*openapi3.T, error) {
	if doc := s.documents[file]; doc != nil {
		return doc, nil
	}
	location, err := url.Parse(home + file)
	if err != nil {
		return nil, err
	}
	loader := openapi3.NewLoader()
	loader.IsExternalRefsAllowed = true
	loader.ReadFromURIFunc = func(_ *openapi3.Loader, location *url.URL) ([]byte, error) {
		name := path.Base(location.Path)
		if text, ok := s.files[name]; ok {
			return text, nil
		}
		return nil, fmt.Errorf("there is no %s", name)
	}
	doc, err := loader.LoadFromURI(location)
	if err == nil {
		s.documents[file] = doc
	}
	return doc, err
}

// trees are the files as plain JSON, by name.
type trees struct {
	files map[string]map[string]any
	// codes are those of all refusals.
	codes []any
	// nullable are the files that call anything nullable.
	nullable map[string]bool
}

func parse(files map[string][]byte) (*trees, error) {
	ts := &trees{files: map[string]map[string]any{}, nullable: map[string]bool{}}
	for name, text := range files {
		var tree map[string]any
		if err := json.Unmarshal(text, &tree); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		ts.files[name] = tree
		ts.nullable[name] = bytes.Contains(text, []byte(`"nullable"`))
	}
	ts.codes = refusalCodes(ts.files)
	return ts, nil
}

// resolve follows the references of a node of a file to what they mean.
func (ts *trees) resolve(file string, node map[string]any) (where string, meant map[string]any) {
	for {
		ref, ok := node["$ref"].(string)
		if !ok {
			return file, node
		}
		target, fragment, _ := strings.Cut(ref, "#")
		if target != "" {
			file = path.Base(target)
		}
		node = ts.files[file]
		for key := range strings.SplitSeq(strings.TrimPrefix(fragment, "/"), "/") {
			node, _ = node[key].(map[string]any)
		}
	}
}

// walk visits every object of a file, inner ones last, with the keys that lead to it.
func walk(node any, visit func(keys []string, object map[string]any), keys ...string) {
	switch node := node.(type) {
	case map[string]any:
		visit(keys, node)
		for _, key := range slices.Sorted(maps.Keys(node)) {
			walk(node[key], visit, append(slices.Clip(keys), key)...)
		}
	case []any:
		for _, item := range node {
			walk(item, visit, append(slices.Clip(keys), "[]")...)
		}
	}
}
