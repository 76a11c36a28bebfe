package zohohub_test

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	. "github.com/zohohub/zohohub"
)

func TestMetadata(t *testing.T) {
	t.Parallel()
	_, conn := setup(t)
	modules, err := conn.Modules(t.Context())
	require.NoError(t, err)
	i := slices.IndexFunc(modules, func(m Module) bool { return m.APIName == "Leads" })
	require.GreaterOrEqual(t, i, 0)
	leads := modules[i]
	assert.True(t, json.Valid(leads.Raw))
	leads.Raw, leads.WebLink, leads.ID = nil, "", ""
	assert.Equal(t, Module{
		APIName: "Leads", SingularLabel: "Lead", PluralLabel: "Leads", GeneratedType: "default",
		Creatable: true, Editable: true, Deletable: true, Viewable: true, Convertible: true, APISupported: true,
	}, leads)

	fields, err := conn.Fields(t.Context(), "Leads")
	require.NoError(t, err)
	byName := map[string]Field{}
	for _, f := range fields {
		byName[f.APIName] = f
	}
	last := byName["Last_Name"]
	assert.Equal(t, "text", last.DataType)
	assert.True(t, last.Mandatory)
	assert.False(t, last.Unique)
	assert.Positive(t, last.Length)
	assert.Contains(t, byName["Lead_Source"].PickListValues, PickListValue{ActualValue: "Web", DisplayValue: "Web"})
	assert.True(t, byName["ERP_Id"].Unique)
	assert.True(t, byName["ERP_Id"].Custom)
	assert.True(t, byName["Created_Time"].ReadOnly)

	_, err = conn.Fields(t.Context(), "Nonsense")
	require.ErrorIs(t, err, ErrInvalidModule)
	_, err = conn.Fields(t.Context(), "")
	require.Error(t, err)
}
