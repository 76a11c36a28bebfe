package zohohub_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	. "github.com/zohohub/zohohub"
	"github.com/zohohub/zohohub/zohohubtest"
)

// general is the group of the fake's in which the tests' variables are.
var general = VariableGroup{APIName: "General"}

func TestVariables(t *testing.T) {
	t.Parallel()
	inEveryVersion(t, func(t *testing.T, _ string, crm *zohohubtest.Server, conn *Connection) {
		ctx, vars := t.Context(), conn.Variables()
		all, err := vars.All(ctx)
		require.NoError(t, err)
		assert.Empty(t, all)

		made, err := vars.Create(ctx,
			Variable{APIName: "vat", Name: "VAT", Type: "percent", Value: "23", Group: general, Description: "in Portugal"},
			Variable{APIName: "open", Name: "Open", Type: "checkbox", Value: "true", Group: VariableGroup{Name: "Marketing"}},
		)
		require.NoError(t, err)
		assert.JSONEq(t, `{"variables":[
				{"api_name":"vat","name":"VAT","type":"percent","value":"23","variable_group":{"api_name":"General"},"description":"in Portugal"},
				{"api_name":"open","name":"Open","type":"checkbox","value":"true","variable_group":{"name":"Marketing"}}]}`, lastBody(t, crm))
		require.Len(t, made, 2)
		assert.Equal(t, "insert", made[0].Action)

		vat, err := vars.Find(ctx, "vat")
		require.NoError(t, err)
		want := *vat
		want.Raw, want.Group.ID = nil, ""
		assert.Equal(t, Variable{
			ID: made[0].ID, APIName: "vat", Name: "VAT", Type: "percent", Value: "23", Group: VariableGroup{APIName: "General", Name: "General"},
			Description: "in Portugal", Source: "user",
		}, want)
		open, err := vars.Find(ctx, made[1].ID)
		require.NoError(t, err)
		assert.Equal(t, "true", open.Value, "what is JSON's true at Zoho is text here")

		require.NoError(t, vars.Update(ctx, made[0].ID, Fields{"value": "6", "description": nil}))
		assert.JSONEq(t, `{"variables":[{"id":"`+made[0].ID+`","value":"6","description":null}]}`, lastBody(t, crm))
		vat, err = vars.Find(ctx, "vat")
		require.NoError(t, err)
		assert.Equal(t, []string{"6", ""}, []string{vat.Value, vat.Description})

		gone, err := vars.Delete(ctx, made[0].ID, made[1].ID, made[0].ID)
		require.NoError(t, err)
		assert.Len(t, gone, 3)
		_, err = vars.Find(ctx, "vat")
		require.ErrorIs(t, err, ErrRecordNotFound)
	})
}

func TestVariablesValues(t *testing.T) {
	t.Parallel()
	for sent, want := range map[string]string{
		`"45"`: "45", `45`: "45", `4.50`: "4.50", `true`: "true", `false`: "false", `null`: "", `""`: "", `9007199254740993`: "9007199254740993", `{"a":1}`: `{"a":1}`,
	} {
		conn, _ := described(t, Config{}, map[string]string{"v8/settings/variables": `{"variables":[{"id":"1","value":` + sent + `}]}`})
		all, err := conn.Variables().All(t.Context())
		require.NoError(t, err)
		assert.Equal(t, want, all[0].Value, sent)
	}
}

func TestVariablesRefused(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	ctx, vars := t.Context(), conn.Variables()
	made, err := vars.Create(ctx,
		Variable{APIName: "a", Name: "A", Type: "text", Group: general},
		Variable{ID: "7", APIName: "b", Name: "B", Group: general},
		Variable{APIName: "A", Name: "Other", Group: general},
		Variable{Name: "C", Group: general},
		Variable{APIName: "d", Name: "D", Type: "colour", Group: general},
	)
	var b *BatchError
	require.ErrorAs(t, err, &b)
	require.Len(t, made, 5)
	require.NoError(t, made[0].Err)
	for i, sentinel := range []error{ErrRecordInvalid, ErrDuplicate, ErrMandatoryNotFound} {
		require.ErrorIs(t, made[i+1].Err, sentinel)
	}
	var e *Error
	require.ErrorAs(t, made[4].Err, &e)
	assert.Equal(t, []any{"PATTERN_NOT_MATCHED", 4}, []any{e.Code, e.Index})

	require.ErrorIs(t, vars.Update(ctx, "5550000000100099999", Fields{"value": "x"}), ErrRecordNotFound)
	require.ErrorIs(t, vars.Update(ctx, made[0].ID, nil), ErrMandatoryNotFound)
	gone, err := vars.Delete(ctx, made[0].ID, "5550000000100099999")
	require.ErrorIs(t, err, ErrRecordNotFound)
	require.NoError(t, gone[0].Err)

	crm.ResetRequests()
	fields := Fields{"value": "x"}
	for _, id := range []string{"", "a/b", "?"} {
		require.Error(t, vars.Update(ctx, id, fields))
		_, err := vars.Delete(ctx, id)
		require.Error(t, err)
	}
	assert.Equal(t, Fields{"value": "x"}, fields, "what the caller passed stays as it was")
	_, err = vars.Find(ctx, "")
	require.Error(t, err)
	none, err := vars.Create(ctx)
	require.NoError(t, err)
	assert.Empty(t, none)
	assert.Empty(t, asked(crm))

	var nobody *Connection
	_, err = nobody.Variables().All(ctx)
	require.ErrorContains(t, err, "the connection is nil")
	_, err = nobody.Variables().Create(ctx, Variable{Name: "x"})
	require.ErrorContains(t, err, "the connection is nil")
}

func TestVariablesLost(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	ctx, vars := t.Context(), conn.Variables()
	crm.Inject(zohohubtest.Fault{Method: http.MethodPost, Path: "/settings/variables", CutAfter: true})
	made, err := vars.Create(ctx, Variable{APIName: "a", Name: "A", Group: general})
	require.ErrorIs(t, err, ErrOutcomeUnknown)
	assert.Len(t, asked(crm), 1, "it may be there: twice it must not be")
	assert.Empty(t, made[0].ID)
	a, err := vars.Find(ctx, "a")
	require.NoError(t, err)

	crm.Inject(zohohubtest.Fault{Method: http.MethodPut, Path: "/settings/variables", CutAfter: true})
	require.NoError(t, vars.Update(ctx, a.ID, Fields{"value": "x"}))
	crm.Inject(zohohubtest.Fault{Method: http.MethodDelete, Path: "/settings/variables", CutAfter: true})
	_, err = vars.Delete(ctx, a.ID)
	require.NoError(t, err, "the first try did it")
}

func TestManyVariables(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	list := make([]Variable, 150)
	for i := range list {
		list[i] = Variable{APIName: fmt.Sprintf("v%d", i), Name: fmt.Sprint(i), Type: "integer", Value: fmt.Sprint(i), Group: general}
	}
	made, err := conn.Variables().Create(t.Context(), list...)
	require.NoError(t, err)
	assert.Len(t, asked(crm), 2)
	last, err := conn.Variables().Find(t.Context(), made[149].ID)
	require.NoError(t, err)
	assert.Equal(t, "149", last.Value)
}
