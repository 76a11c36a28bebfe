package zohohub

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/zohohub/zohohub/internal/filename"
)

// The parts of a folder with metadata: a file for each module in the one, with the module as Zoho describes it, and in the
// other with the list of its fields. It is the form in which ZohoHub keeps them.
const (
	modulesFolder = "modules"
	fieldsFolder  = "fields"
)

// maxMetadataFile is more than the fields of any module take.
const maxMetadataFile = 16 << 20

// SaveMetadata writes what describes the org into a folder, for Config.MetadataDir: modules/Leads.json has the module, and
// fields/Leads.json the list of its fields, as Zoho sent them. All modules are written, and the fields of those that are
// named, or of all that the API serves. The folder is made if it is not there; what else is in it stays. Zoho is asked,
// whatever is kept or in MetadataDir, and the connection forgets what it kept. It costs one credit, and one for each module
// whose fields are written.
//
// A named module that does not exist is [ErrInvalidModule]. Of all, those whose fields Zoho refuses are left out; the error
// tells of them once the others are written.
//
// Zoho: GET /crm/v8/settings/modules, GET /crm/v8/settings/fields?module={module}
func (c *Connection) SaveMetadata(ctx context.Context, dir string, modules ...string) error {
	const op = "save metadata"
	fail := func(module string, err error) error {
		if e, ok := errors.AsType[*Error](err); ok {
			return e
		}
		return &Error{Op: op, Module: module, Index: -1, Err: err}
	}
	for _, name := range modules {
		if err := checkModule(name); err != nil {
			return fail(clip(name, 40), err)
		}
	}
	if dir == "" {
		return fail("", errors.New("the folder's name is empty"))
	}
	raws, err := c.settings(ctx, op, "", modulesFolder, nil)
	if err != nil {
		return err
	}
	folder, err := makeMetadataFolder(dir)
	if err != nil {
		return fail("", err)
	}
	defer func() { _ = folder.Close() }()
	defer c.ForgetMetadata()
	named := len(modules) > 0
	modules = slices.Clip(modules) // the caller's
	for _, raw := range raws {
		m := newModule(raw)
		if m.APIName == "" { // no call knows it either
			continue
		}
		if err := folder.write(modulesFolder, m.APIName, raw); err != nil {
			return fail(clip(m.APIName, 40), err)
		}
		if !named && m.APISupported {
			modules = append(modules, m.APIName)
		}
	}
	var refused []error
	for _, name := range modules {
		fields, err := c.settings(ctx, op, name, fieldsFolder, Params{"module": name})
		if !named && (errors.Is(err, ErrInvalidModule) || errors.Is(err, ErrNoPermission)) {
			refused = append(refused, err)
			continue
		}
		var list []byte
		if err == nil {
			list, err = json.Marshal(append([]json.RawMessage{}, fields...)) // null is no list
		}
		if err == nil {
			err = folder.write(fieldsFolder, name, list)
		}
		if err != nil {
			return fail(name, err)
		}
	}
	return errors.Join(refused...)
}

// checkModule refuses what is no API name of a module before it gets into a path.
func checkModule(name string) error {
	switch {
	case name == "":
		return errEmptyModule
	case !moduleNames.MatchString(name):
		return because(ErrInvalidModule, "%q is not a module's API name", clip(name, 40))
	}
	return nil
}

// modulesInFolder are the modules in the folder; nil when it has none.
func (m *metadataCache) modulesInFolder(op string) ([]json.RawMessage, error) {
	if m.dir == "" {
		return nil, nil
	}
	var modules []json.RawMessage
	err := m.inFolder(func(folder *metadataFolder) error {
		entries, err := fs.ReadDir(folder.FS(), modulesFolder)
		for _, entry := range entries {
			name, isJSON := strings.CutSuffix(entry.Name(), ".json")
			if !isJSON || strings.HasPrefix(name, ".") {
				continue
			}
			if err := checkModule(name); err != nil {
				return folder.fault(modulesFolder, name, err)
			}
			raw, err := folder.module(name)
			if err != nil {
				return err
			}
			modules = append(modules, raw)
		}
		return err
	})
	if err != nil {
		modules = nil
	}
	return modules, folderError(op, "", err)
}

// moduleInFolder is a module in the folder; nil when it is not there.
func (m *metadataCache) moduleInFolder(op, name string) (raw json.RawMessage, err error) {
	if m.dir == "" {
		return nil, nil
	}
	err = m.inFolder(func(folder *metadataFolder) error {
		raw, err = folder.module(name)
		return err
	})
	return raw, folderError(op, name, err)
}

// fieldsInFolder are the fields of a module in the folder; nil when they are not there.
func (m *metadataCache) fieldsInFolder(op, module string) (fields []json.RawMessage, err error) {
	if m.dir == "" {
		return nil, nil
	}
	err = m.inFolder(func(folder *metadataFolder) error {
		raw, err := folder.read(fieldsFolder, module)
		if err != nil {
			return err
		}
		if err := json.Unmarshal(raw, &fields); err != nil {
			return folder.fault(fieldsFolder, module, fmt.Errorf("it is no list of fields: %w", err))
		}
		for i, field := range fields {
			if metaOf(field).text("api_name") == "" {
				return folder.fault(fieldsFolder, module, fmt.Errorf("entry %d of the list is no field", i))
			}
		}
		if fields == nil { // null
			return folder.fault(fieldsFolder, module, errors.New("it is no list of fields"))
		}
		return nil
	})
	if err != nil {
		fields = nil
	}
	return fields, folderError(op, module, err)
}

// inFolder opens the folder for what do reads. It must be there: whoever names one does not mean to ask Zoho.
func (m *metadataCache) inFolder(do func(*metadataFolder) error) error {
	root, err := os.OpenRoot(m.dir)
	if err != nil {
		return fmt.Errorf("Config.MetadataDir: %w", errNotThere(err))
	}
	defer func() { _ = root.Close() }()
	return do(&metadataFolder{root, m.dir})
}

// errNotThere is err, and no longer that of a file which may be missing.
func errNotThere(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return errors.New(err.Error())
	}
	return err
}

// folderError is nil for a file that is not there.
func folderError(op, module string, err error) error {
	if err == nil || errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return &Error{Op: op, Module: module, Index: -1, Err: err}
}

// metadataFolder is a folder with metadata. Nothing outside of it is reached.
type metadataFolder struct {
	*os.Root
	dir string
}

func makeMetadataFolder(dir string) (*metadataFolder, error) {
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	for _, part := range []string{modulesFolder, fieldsFolder} {
		if err := root.Mkdir(part, 0o750); err != nil && !errors.Is(err, fs.ErrExist) {
			return nil, errors.Join(err, root.Close())
		}
	}
	return &metadataFolder{root, dir}, nil
}

// module reads a module. The file must say that it is this one's: some file systems find Leads.json by leads.json.
func (f *metadataFolder) module(name string) (json.RawMessage, error) {
	raw, err := f.read(modulesFolder, name)
	if err != nil {
		return nil, err
	}
	if of := metaOf(raw).text("api_name"); of != name {
		return nil, f.fault(modulesFolder, name, fmt.Errorf("it is no description of the module: its api_name is %q", clip(of, 40)))
	}
	return raw, nil
}

// read reads a file of JSON.
func (f *metadataFolder) read(part, module string) ([]byte, error) {
	path, err := f.path(part, module)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat(path)
	switch {
	case err != nil:
		return nil, f.fault(part, module, err)
	case !info.Mode().IsRegular():
		return nil, f.fault(part, module, errors.New("it is no file"))
	case info.Size() > maxMetadataFile:
		return nil, f.fault(part, module, fmt.Errorf("it has %d bytes, and may have %d", info.Size(), maxMetadataFile))
	}
	file, err := f.Open(path)
	if err != nil {
		return nil, f.fault(part, module, err)
	}
	defer func() { _ = file.Close() }()
	raw, err := io.ReadAll(io.LimitReader(file, maxMetadataFile))
	if err == nil && !json.Valid(raw) {
		err = errors.New("it is no JSON, or has been cut")
	}
	if err != nil {
		return nil, f.fault(part, module, err)
	}
	return raw, nil
}

// write puts a file in place as a whole: whoever reads it meanwhile has the old one or the new one.
func (f *metadataFolder) write(part, module string, raw []byte) error {
	path, err := f.path(part, module)
	if err != nil {
		return err
	}
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, raw, "", "  "); err != nil {
		return f.fault(part, module, err)
	}
	pretty.WriteByte('\n')
	unfinished := part + "/.zohohub-" + rand.Text() + ".part"
	err = f.WriteFile(unfinished, pretty.Bytes(), 0o600)
	if err == nil {
		err = f.Rename(unfinished, path)
	}
	if err != nil {
		_ = f.Remove(unfinished) // there may be none
		return f.fault(part, module, err)
	}
	return nil
}

// path is where a module's file is.
func (f *metadataFolder) path(part, module string) (string, error) {
	name := module + ".json"
	if err := checkModule(module); err != nil {
		return "", err
	}
	if filename.Harmless(name) != name { // a device of some system's
		return "", because(ErrInvalidModule, "%q cannot be the name of a file", name)
	}
	return part + "/" + name, nil
}

// fault names the file that something is wrong with.
func (f *metadataFolder) fault(part, module string, err error) error {
	return fmt.Errorf("%s: %w", filepath.Join(f.dir, part, module+".json"), err)
}
