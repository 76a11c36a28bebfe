package zohohub_test

import (
	"context"
	"os"

	. "github.com/zohohub/zohohub"
)

// orgParts are what a world's organization is made of, by their ids: and one variable, VAT.
type orgParts struct{ layout, role, profile, user, variable string }

func partsOf(w *sweepWorld) {
	look, ctx := w.look(), context.Background()
	layouts, err := look.Layouts(ctx, "Deals")
	must(err)
	roles, err := look.Roles(ctx)
	must(err)
	profiles, err := look.Profiles(ctx)
	must(err)
	me, err := look.CurrentUser(ctx)
	must(err)
	vars, err := look.Variables().All(ctx)
	must(err)
	for _, v := range vars {
		_, err := look.Variables().Delete(ctx, v.ID)
		must(err)
	}
	made, err := look.Variables().Create(ctx, Variable{APIName: "vat", Name: "VAT", Value: "23", Group: VariableGroup{Name: "General"}})
	must(err)
	w.org = orgParts{layouts[0].ID, roles[0].ID, profiles[0].ID, me.ID, made[0].ID}
}

// valued counts the variables that have a value.
func valued(value string) func(*sweepWorld) int {
	return func(w *sweepWorld) int {
		n := 0
		vars, err := w.look().Variables().All(context.Background())
		must(err)
		for _, v := range vars {
			if v.Value == value {
				n++
			}
		}
		return n
	}
}

// firstOf is the name of the first of a list.
func firstOf[T any](list []T, err error, name func(T) string) (string, error) {
	if len(list) == 0 {
		return "", err
	}
	return name(list[0]), err
}

// oneOf is the name of what a call found.
func oneOf[T any](one *T, err error, name func(T) string) (string, error) {
	if one == nil {
		return "", err
	}
	return name(*one), err
}

// metadataCalls are those about what an organization is made of.
var metadataCalls = map[string]sweepCall{
	"Connection.Module": {road: reading, result: "Leads", nothingErr: ErrInvalidModule, do: func(ctx context.Context, w *sweepWorld) (string, error) {
		m, err := w.conn.Module(ctx, "Leads")
		return oneOf(m, err, func(m Module) string { return m.APIName })
	}},
	"Connection.Layouts": {road: reading, result: "Standard", do: func(ctx context.Context, w *sweepWorld) (string, error) {
		list, err := w.conn.Layouts(ctx, "Leads")
		return firstOf(list, err, func(l ModuleLayout) string { return l.Name })
	}},
	"Connection.CustomViews": {road: reading, result: "All Open Leads", do: func(ctx context.Context, w *sweepWorld) (string, error) {
		list, err := w.conn.CustomViews(ctx, "Leads")
		return firstOf(list, err, func(v CustomView) string { return v.Name })
	}},
	"Connection.Pipelines": {road: reading, prepare: partsOf, result: "Standard (Standard)", do: func(ctx context.Context, w *sweepWorld) (string, error) {
		list, err := w.conn.Pipelines(ctx, w.org.layout)
		return firstOf(list, err, func(p Pipeline) string { return p.ActualValue })
	}},
	"Connection.SaveMetadata": {
		road: reading, after: 1, result: "fields", nothing: "fields", // Zoho has none: the list is empty
		do: func(ctx context.Context, w *sweepWorld) (string, error) {
			dir, err := os.MkdirTemp("", "zohohub-*")
			must(err)
			defer func() { must(os.RemoveAll(dir)) }()
			err = w.conn.SaveMetadata(ctx, dir, "Leads")
			if _, missing := os.Stat(dir + "/fields/Leads.json"); missing != nil {
				return "", err
			}
			return "fields", err
		},
	},
	"Connection.Org": {road: reading, result: "Fake Company", nothingErr: ErrRecordNotFound, do: func(ctx context.Context, w *sweepWorld) (string, error) {
		o, err := w.conn.Org(ctx)
		return oneOf(o, err, func(o Org) string { return o.CompanyName })
	}},
	"Connection.Users": {road: reading, result: "Ana Silva", do: func(ctx context.Context, w *sweepWorld) (string, error) {
		return texts(w.conn.Users(ctx, AdminUsers), func(u *User) string { return u.FullName })
	}},
	"Connection.User": {road: reading, prepare: partsOf, result: "Ana", nothingErr: ErrRecordNotFound, do: func(ctx context.Context, w *sweepWorld) (string, error) {
		u, err := w.conn.User(ctx, w.org.user)
		return oneOf(u, err, func(u User) string { return u.FirstName })
	}},
	"Connection.CurrentUser": {road: reading, result: "Ana", nothingErr: ErrRecordNotFound, do: func(ctx context.Context, w *sweepWorld) (string, error) {
		u, err := w.conn.CurrentUser(ctx)
		return oneOf(u, err, func(u User) string { return u.FirstName })
	}},
	"Connection.Roles": {road: reading, result: "CEO", do: func(ctx context.Context, w *sweepWorld) (string, error) {
		list, err := w.conn.Roles(ctx)
		return firstOf(list, err, func(r Role) string { return r.Name })
	}},
	"Connection.Role": {road: reading, prepare: partsOf, result: "CEO", nothingErr: ErrRecordNotFound, do: func(ctx context.Context, w *sweepWorld) (string, error) {
		r, err := w.conn.Role(ctx, w.org.role)
		return oneOf(r, err, func(r Role) string { return r.Name })
	}},
	"Connection.Profiles": {road: reading, result: "Administrator", do: func(ctx context.Context, w *sweepWorld) (string, error) {
		list, err := w.conn.Profiles(ctx)
		return firstOf(list, err, func(p Profile) string { return p.Name })
	}},
	"Connection.Profile": {road: reading, prepare: partsOf, result: "Administrator", nothingErr: ErrRecordNotFound, do: func(ctx context.Context, w *sweepWorld) (string, error) {
		p, err := w.conn.Profile(ctx, w.org.profile)
		return oneOf(p, err, func(p Profile) string { return p.Name })
	}},
	"Connection.Territories": {road: reading, result: "Lisboa Porto", do: func(ctx context.Context, w *sweepWorld) (string, error) {
		return texts(w.conn.Territories(ctx), func(t *SalesTerritory) string { return t.Name })
	}},
	"Connection.Currencies": {road: reading, result: "EUR", do: func(ctx context.Context, w *sweepWorld) (string, error) {
		list, err := w.conn.Currencies(ctx)
		return firstOf(list, err, func(c Currency) string { return c.ISOCode })
	}},

	"Variables.All": {road: reading, prepare: partsOf, result: "vat", do: func(ctx context.Context, w *sweepWorld) (string, error) {
		list, err := w.conn.Variables().All(ctx)
		return firstOf(list, err, func(v Variable) string { return v.APIName })
	}},
	"Variables.Find": {road: reading, prepare: partsOf, result: "23", nothingErr: ErrRecordNotFound, do: func(ctx context.Context, w *sweepWorld) (string, error) {
		v, err := w.conn.Variables().Find(ctx, "vat")
		return oneOf(v, err, func(v Variable) string { return v.Value })
	}},
	"Variables.Create": {
		road: onceOnly, prepare: partsOf, nothingErr: ErrOutcomeUnknown, done: valued("6"), writes: 1, result: "1 of 1",
		do: func(ctx context.Context, w *sweepWorld) (string, error) {
			return counted(w.conn.Variables().Create(ctx, Variable{APIName: "low", Name: "Low", Value: "6", Group: VariableGroup{Name: "General"}}))
		},
	},
	"Variables.Update": {
		road: repeatable, prepare: partsOf, nothingErr: ErrOutcomeUnknown, done: valued("13"), writes: 1,
		do: func(ctx context.Context, w *sweepWorld) (string, error) {
			return "", w.conn.Variables().Update(ctx, w.org.variable, Fields{"value": "13"})
		},
	},
	"Variables.Delete": {
		road: removing, prepare: partsOf, nothingErr: ErrOutcomeUnknown, done: lost(1, valued("23")), writes: 1, result: "1 of 1",
		do: func(ctx context.Context, w *sweepWorld) (string, error) {
			return counted(w.conn.Variables().Delete(ctx, w.org.variable))
		},
	},
}
