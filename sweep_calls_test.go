package zohohub_test

import (
	"context"
	"go/ast"
	"go/build"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"maps"
	"net/http"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	. "github.com/zohohub/zohohub"
)

// sweepCall is a public call: how to make it, and what it comes to when all goes well.
type sweepCall struct {
	road  road
	after int  // requests that pass before the fault
	raw   bool // it takes whatever JSON there is
	do    func(context.Context, *sweepWorld) (string, error)
	// result is what it returns, in words, and partly what it returns beside an error.
	result, partly string
	// nothing is the result when Zoho answers with 204, unless that is an error.
	nothing    string
	nothingErr error
	// forgives are the accounts server's codes that are no errors to the call.
	forgives []string
	// prepare adds to the world what the call needs beyond leads.
	prepare func(*sweepWorld)
	// done counts the records that it has written: writes in the end, written by the requests that pass.
	done            func(*sweepWorld) int
	writes, written int
}

// sweepCalls are named by what they sweep; behind a comma stands in which way.
var sweepCalls = map[string]sweepCall{
	"Connection.Get": {road: reading, raw: true, result: "Doe Roe Poe", do: func(ctx context.Context, w *sweepWorld) (string, error) {
		var out sweepPage
		err := w.conn.Get(ctx, "Leads?fields=Last_Name", Params{"sort_order": "asc", "sort_by": "id"}, &out)
		return out.text(), err
	}},
	"Connection.Post": {road: onceOnly, raw: true, result: "SUCCESS", done: made, writes: 1, do: func(ctx context.Context, w *sweepWorld) (string, error) {
		var out sweepPage
		err := w.conn.Post(ctx, "Leads", sweepRows(Fields{"Last_Name": "Newman", "Company": "New"}), &out)
		return out.text(), err
	}},
	"Connection.Put": {road: onceOnly, raw: true, result: "SUCCESS", done: moved, writes: 1, do: func(ctx context.Context, w *sweepWorld) (string, error) {
		var out sweepPage
		err := w.conn.Put(ctx, "Leads/"+w.ids[0], sweepRows(Fields{"City": "Porto"}), &out)
		return out.text(), err
	}},
	"Connection.Patch": {road: onceOnly, raw: true, result: "SUCCESS", done: moved, writes: 1, do: func(ctx context.Context, w *sweepWorld) (string, error) {
		var out sweepPage
		err := w.conn.Patch(ctx, "Leads/"+w.ids[0], sweepRows(Fields{"City": "Porto"}), &out)
		return out.text(), err
	}},
	"Connection.Delete": {road: onceOnly, raw: true, result: "SUCCESS", done: gone, writes: 1, do: func(ctx context.Context, w *sweepWorld) (string, error) {
		var out sweepPage
		err := w.conn.Delete(ctx, "Leads", Params{"ids": w.ids[0]}, &out)
		return out.text(), err
	}},
	"Connection.Do": {road: reading, raw: true, result: "Roe", do: func(ctx context.Context, w *sweepWorld) (string, error) {
		return answered(w.conn.Do(ctx, Request{Method: http.MethodGet, Path: "Leads/" + w.ids[1] + "?fields=Last_Name"}))
	}},
	"Connection.Do, a write": {road: onceOnly, raw: true, result: "SUCCESS", done: made, writes: 1, do: func(ctx context.Context, w *sweepWorld) (string, error) {
		return answered(w.conn.Do(ctx, Request{
			Method: http.MethodPost, Path: "Leads", Body: []byte(`{"data":[{"Last_Name":"Newman","Company":"New"}]}`),
		}))
	}},
	"Connection.Do, a safe write": {road: repeatable, raw: true, result: "SUCCESS", done: moved, writes: 1, do: func(ctx context.Context, w *sweepWorld) (string, error) {
		return answered(w.conn.Do(ctx, Request{
			Method: http.MethodPut, Path: "Leads/" + w.ids[0], Body: []byte(`{"data":[{"City":"Porto"}]}`), Repeat: RepeatSafe,
		}))
	}},
	"Connection.Modules": {road: reading, result: "Leads", do: func(ctx context.Context, w *sweepWorld) (string, error) {
		modules, err := w.conn.Modules(ctx)
		i := slices.IndexFunc(modules, func(m Module) bool { return m.APIName == "Leads" })
		if i < 0 {
			return "", err
		}
		return modules[i].APIName, err
	}},
	"Connection.Fields": {road: reading, result: "Last_Name", do: func(ctx context.Context, w *sweepWorld) (string, error) {
		fields, err := w.conn.Fields(ctx, "Leads")
		i := slices.IndexFunc(fields, func(f Field) bool { return f.APIName == "Last_Name" })
		if i < 0 {
			return "", err
		}
		return fields[i].APIName, err
	}},
	"Connection.Token": {road: renewing, result: "a token", do: func(ctx context.Context, w *sweepWorld) (string, error) {
		conn, err := NewConnection(w.cfg, &Token{RefreshToken: w.tok.RefreshToken})
		if err != nil {
			return "", err
		}
		return signedIn(conn.Token(ctx))
	}},

	"Auth.Exchange": {road: exchanging, result: "a token", do: func(ctx context.Context, w *sweepWorld) (string, error) {
		return signedIn(NewAuth(w.cfg).Exchange(ctx, w.code))
	}},
	"Auth.Refresh": {road: signingIn, result: "a token", do: func(ctx context.Context, w *sweepWorld) (string, error) {
		return signedIn(NewAuth(w.cfg).Refresh(ctx, w.tok.RefreshToken))
	}},
	"Auth.Revoke": {road: signingIn, do: func(ctx context.Context, w *sweepWorld) (string, error) {
		return "", NewAuth(w.cfg).Revoke(ctx, w.tok.RefreshToken)
	}},

	"Record.Find": {road: reading, result: "Roe", nothingErr: ErrRecordNotFound, do: func(ctx context.Context, w *sweepWorld) (string, error) {
		return named(w.people.Find(ctx, w.ids[1]))
	}},
	"Record.FindBy": {road: reading, result: "Roe", nothingErr: ErrRecordNotFound, do: func(ctx context.Context, w *sweepWorld) (string, error) {
		return named(w.people.FindBy(ctx, Email("roe@example.com")))
	}},
	"Record.Exists": {road: reading, result: "true", nothing: "false", do: func(ctx context.Context, w *sweepWorld) (string, error) {
		return told(w.people.Exists(ctx, w.ids[1]))
	}},
	"Record.Count": {road: reading, result: "3", nothing: "0", do: func(ctx context.Context, w *sweepWorld) (string, error) {
		return told(w.people.Count(ctx))
	}},
	"Record.All": {road: reading, result: "Doe Roe Poe", do: func(ctx context.Context, w *sweepWorld) (string, error) {
		return listed(w.people.All(ctx, SortBy("id", Ascending)))
	}},
	"Record.All, second page": {road: reading, after: 1, result: "Doe Roe Poe", nothing: "Doe Roe", partly: "Doe Roe", do: func(ctx context.Context, w *sweepWorld) (string, error) {
		return listed(w.people.All(ctx, SortBy("id", Ascending), PerPage(2)))
	}},
	"Record.Where": {road: reading, result: "Roe", do: func(ctx context.Context, w *sweepWorld) (string, error) {
		return listed(w.people.Where(ctx, Eq("Last_Name", "Roe")))
	}},
	"Record.Page": {road: reading, result: "Poe", do: func(ctx context.Context, w *sweepWorld) (string, error) {
		page, err := w.people.Page(ctx, SortBy("id", Ascending), PageNumber(2), PerPage(2))
		if page == nil || len(page.Records) != 1 {
			return "", err
		}
		return named(page.Records[0], err)
	}},
	"Record.Deleted": {road: reading, result: deletedName, do: func(ctx context.Context, w *sweepWorld) (string, error) {
		return listed(w.people.Deleted(ctx))
	}},

	"Record.Create": {road: onceOnly, nothingErr: ErrOutcomeUnknown, done: made, writes: 1, result: "true", do: func(ctx context.Context, w *sweepWorld) (string, error) {
		recs := newmen(1)
		err := w.people.Create(ctx, recs[0])
		return told(recs[0].ID != "", err)
	}},
	"Record.CreateAll": {road: onceOnly, nothingErr: ErrOutcomeUnknown, done: made, writes: 3, result: "3 of 3", do: func(ctx context.Context, w *sweepWorld) (string, error) {
		return counted(w.people.CreateAll(ctx, newmen(3)))
	}},
	"Record.CreateAll, second hundred": {
		road: onceOnly, after: 1, nothingErr: ErrOutcomeUnknown, done: made, writes: 102, written: 100, result: "102 of 102", partly: "100 of 102",
		do: func(ctx context.Context, w *sweepWorld) (string, error) {
			cfg := w.cfg
			cfg.MaxConcurrency = 1 // else either call could be the second
			conn, err := NewConnection(cfg, w.tok)
			if err != nil {
				return "", err
			}
			return counted(NewRecord[Person](conn).CreateAll(ctx, newmen(102)))
		},
	},
	"Record.Save": {road: onceOnly, nothingErr: ErrOutcomeUnknown, done: made, writes: 1, result: "true", do: func(ctx context.Context, w *sweepWorld) (string, error) {
		recs := newmen(1)
		err := w.people.Save(ctx, recs[0])
		return told(recs[0].ID != "", err)
	}},
	"Record.Save, one that is there": {road: repeatable, nothingErr: ErrOutcomeUnknown, done: moved, writes: 1, do: func(ctx context.Context, w *sweepWorld) (string, error) {
		return "", w.people.Save(ctx, &Person{ID: w.ids[1], City: "Porto"})
	}},
	"Record.SaveAll": {road: onceOnly, nothingErr: ErrOutcomeUnknown, done: made, writes: 3, result: "3 of 3", do: func(ctx context.Context, w *sweepWorld) (string, error) {
		return counted(w.people.SaveAll(ctx, newmen(3)))
	}},
	"Record.SaveAll, after the new": {
		road: repeatable, after: 1, nothingErr: ErrOutcomeUnknown, done: moved, writes: 2, result: "3 of 3", partly: "1 of 3",
		do: func(ctx context.Context, w *sweepWorld) (string, error) {
			return counted(w.people.SaveAll(ctx, []*Person{{ID: w.ids[0], City: "Porto"}, newmen(1)[0], {ID: w.ids[1], City: "Porto"}}))
		},
	},
	"Record.Update": {road: repeatable, nothingErr: ErrOutcomeUnknown, done: moved, writes: 1, do: func(ctx context.Context, w *sweepWorld) (string, error) {
		return "", w.people.Update(ctx, w.ids[1], Fields{"City": "Porto"})
	}},
	"Record.UpdateAll": {road: repeatable, nothingErr: ErrOutcomeUnknown, done: moved, writes: 2, result: "2 of 2", do: func(ctx context.Context, w *sweepWorld) (string, error) {
		return counted(w.people.UpdateAll(ctx, []Fields{{"id": w.ids[0], "City": "Porto"}, {"id": w.ids[1], "City": "Porto"}}))
	}},
	"Record.Update, on a condition": {road: onceOnly, nothingErr: ErrOutcomeUnknown, done: moved, writes: 1, do: func(ctx context.Context, w *sweepWorld) (string, error) {
		return "", w.people.Update(ctx, w.ids[1], Fields{"City": "Porto"}, IfUnmodifiedSince(w.crm.Now()))
	}},
	"Record.Upsert": {road: repeatable, nothingErr: ErrOutcomeUnknown, done: made, writes: 2, result: "2 of 2", do: func(ctx context.Context, w *sweepWorld) (string, error) {
		return counted(w.people.Upsert(ctx, newmen(2), DuplicateCheck("Email")))
	}},
	"Record.Upsert, unchecked": {road: onceOnly, nothingErr: ErrOutcomeUnknown, done: made, writes: 2, result: "2 of 2", do: func(ctx context.Context, w *sweepWorld) (string, error) {
		return counted(w.people.Upsert(ctx, newmen(2)))
	}},
	"Record.Delete": {road: removing, nothingErr: ErrOutcomeUnknown, done: gone, writes: 1, do: func(ctx context.Context, w *sweepWorld) (string, error) {
		return "", w.people.Delete(ctx, w.ids[1])
	}},
	"Record.DeleteAll": {road: removing, nothingErr: ErrOutcomeUnknown, done: gone, writes: 2, result: "2 of 2", do: func(ctx context.Context, w *sweepWorld) (string, error) {
		return counted(w.people.DeleteAll(ctx, w.ids[:2]))
	}},
}

// everyCall is what is swept.
func everyCall() map[string]sweepCall {
	all := maps.Clone(sweepCalls)
	maps.Copy(all, hangingCalls)
	maps.Copy(all, fileCalls)
	maps.Copy(all, signInCalls)
	maps.Copy(all, timelineCalls)
	maps.Copy(all, keepingCalls)
	maps.Copy(all, actionCalls)
	maps.Copy(all, notificationCalls)
	maps.Copy(all, blueprintCalls)
	maps.Copy(all, validationCalls)
	maps.Copy(all, metadataCalls)
	return all
}

// TestTheSweepHasEveryCall: what takes a context or gives a list sends something, or is known to be quiet.
func TestTheSweepHasEveryCall(t *testing.T) {
	t.Parallel()
	swept := map[string]bool{}
	for name := range everyCall() {
		call, _, _ := strings.Cut(name, ",")
		swept[call] = true
	}
	for call := range quietCalls {
		swept[call] = true
	}
	public := publicCalls(t)
	for call := range public {
		assert.True(t, swept[call], "%s is not in sweepCalls", call)
	}
	for call := range swept {
		assert.True(t, public[call], "%s is in sweepCalls, and not in the package", call)
	}
}

// publicCalls are the package's exported functions, and its types' exported methods, that send.
func publicCalls(t *testing.T) map[string]bool {
	t.Helper()
	dir, err := build.ImportDir(".", 0)
	require.NoError(t, err)
	fset := token.NewFileSet()
	var files []*ast.File
	for _, name := range dir.GoFiles {
		f, err := parser.ParseFile(fset, name, nil, parser.SkipObjectResolution)
		require.NoError(t, err)
		files = append(files, f)
	}
	cfg := types.Config{
		IgnoreFuncBodies: true,
		Importer:         hollow{importer.ForCompiler(fset, "source", nil)},
		Error:            func(error) {}, // what is missing of the hollow packages
	}
	pkg, _ := cfg.Check("zohohub", fset, files, nil)

	calls := map[string]bool{}
	for _, name := range pkg.Scope().Names() {
		obj := pkg.Scope().Lookup(name)
		if fn, ok := obj.(*types.Func); ok && fn.Exported() && sends(fn) {
			calls[name] = true
		}
		typ, ok := obj.(*types.TypeName)
		if !ok || !typ.Exported() || types.IsInterface(typ.Type()) {
			continue
		}
		methods := types.NewMethodSet(types.NewPointer(typ.Type()))
		for m := range methods.Methods() {
			if fn := m.Obj().(*types.Func); fn.Exported() && sends(fn) {
				calls[name+"."+fn.Name()] = true
			}
		}
	}
	require.NotEmpty(t, calls)
	return calls
}

func sends(fn *types.Func) bool {
	sig := fn.Signature()
	if sig.Params().Len() > 0 && sig.Params().At(0).Type().String() == "context.Context" {
		return true
	}
	return sig.Results().Len() > 0 && strings.HasPrefix(sig.Results().At(0).Type().String(), "iter.Seq2[")
}

// hollow imports only what tells a call from the rest: reading all of net/http would take seconds.
type hollow struct{ real types.Importer }

// Import implements [types.Importer].
func (h hollow) Import(name string) (*types.Package, error) {
	switch name {
	case "context", "iter":
		return h.real.Import(name)
	}
	pkg := types.NewPackage(name, path.Base(name))
	pkg.MarkComplete()
	return pkg, nil
}
