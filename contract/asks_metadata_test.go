package contract

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/zohohub/zohohub"
	"github.com/zohohub/zohohub/zohohubtest"
)

// askMetadata has the library ask a fake for what an organization is made of, each call of its own once.
func askMetadata(t *testing.T) {
	t.Helper()
	crm := zohohubtest.NewServer(t)
	conn, ctx := crm.Connection(t), t.Context()
	const nobody = "5550000000100099999"

	_, err := conn.Modules(ctx)
	assert.NoError(t, err)
	_, err = conn.Module(ctx, "Leads")
	assert.NoError(t, err)
	_, err = conn.Module(ctx, "Leeds")
	assert.ErrorIs(t, err, zohohub.ErrInvalidModule)
	for _, module := range []string{"Leads", "Leeds"} {
		_, fields := conn.Fields(ctx, module)
		_, layouts := conn.Layouts(ctx, module)
		_, lists := conn.RelatedLists(ctx, module)
		_, views := conn.CustomViews(ctx, module)
		for _, err := range []error{fields, layouts, lists, views} {
			if module == "Leads" {
				assert.NoError(t, err)
			} else {
				assert.ErrorIs(t, err, zohohub.ErrInvalidModule)
			}
		}
	}
	assert.NoError(t, conn.SaveMetadata(ctx, t.TempDir(), "Leads"))
	deals, err := conn.Layouts(ctx, "Deals")
	require.NoError(t, err)
	_, err = conn.Pipelines(ctx, deals[0].ID)
	assert.NoError(t, err)
	_, err = conn.Pipelines(ctx, nobody)
	assert.Error(t, err)

	_, err = conn.Org(ctx)
	assert.NoError(t, err)
	me, err := conn.CurrentUser(ctx)
	require.NoError(t, err)
	_, err = conn.User(ctx, me.ID)
	assert.NoError(t, err)
	_, err = conn.User(ctx, nobody)
	assert.ErrorIs(t, err, zohohub.ErrRecordNotFound)
	for _, err := range conn.Users(ctx, zohohub.ActiveConfirmedUsers) {
		assert.NoError(t, err)
	}
	for _, err := range conn.Territories(ctx) {
		assert.NoError(t, err)
	}
	roles, err := conn.Roles(ctx)
	require.NoError(t, err)
	_, err = conn.Role(ctx, roles[0].ID)
	assert.NoError(t, err)
	profiles, err := conn.Profiles(ctx)
	require.NoError(t, err)
	_, err = conn.Profile(ctx, profiles[0].ID)
	assert.NoError(t, err)
	_, err = conn.Currencies(ctx)
	assert.NoError(t, err)

	vars := conn.Variables()
	made, err := vars.Create(ctx,
		zohohub.Variable{APIName: "vat", Name: "VAT", Type: "percent", Value: "23", Group: zohohub.VariableGroup{Name: "General"}},
		zohohub.Variable{APIName: "vat", Name: "VAT", Group: zohohub.VariableGroup{Name: "General"}},
	)
	assert.ErrorIs(t, err, zohohub.ErrDuplicate)
	require.NoError(t, made[0].Err)
	_, err = vars.Find(ctx, "vat")
	assert.NoError(t, err)
	assert.NoError(t, vars.Update(ctx, made[0].ID, zohohub.Fields{"value": "6"}))
	assert.ErrorIs(t, vars.Update(ctx, nobody, zohohub.Fields{"value": "6"}), zohohub.ErrRecordNotFound)
	_, err = vars.Delete(ctx, made[0].ID, nobody)
	assert.ErrorIs(t, err, zohohub.ErrRecordNotFound)
}
