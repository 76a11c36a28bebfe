package zohohub_test

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	. "github.com/zohohub/zohohub"
	"github.com/zohohub/zohohub/zohohubtest"
)

func TestLayouts(t *testing.T) {
	t.Parallel()
	inEveryVersion(t, func(t *testing.T, _ string, crm *zohohubtest.Server, conn *Connection) {
		crm.AddField("Leads", zohohubtest.Field{APIName: "Berth", DataType: "text", Required: true})
		layouts, err := conn.Layouts(t.Context(), "Leads")
		require.NoError(t, err)
		require.Len(t, layouts, 1)
		l := layouts[0]
		assert.True(t, json.Valid(l.Raw))
		assert.NotEmpty(t, l.Sections)
		for i, s := range l.Sections {
			assert.Equal(t, i+1, s.Place)
			assert.NotEmpty(t, s.Fields, s.Name)
		}
		last, ok := l.Field("Last_Name")
		require.True(t, ok)
		assert.Equal(t, []bool{true, true}, []bool{last.Mandatory, last.Required})
		assert.Equal(t, "text", last.DataType)
		berth, ok := l.Field("Berth")
		require.True(t, ok)
		assert.Equal(t, []bool{false, true}, []bool{berth.Mandatory, berth.Required}, "the layout asks for it, the API does not")
		_, ok = l.Field("Nonsense")
		assert.False(t, ok)
	})
}

const wholeLayout = `{"id":"1","name":"Ours","api_name":"Ours__s","display_label":"Our own","status":"active","visible":true,"generated_type":"custom",
	"created_by":{"id":"5","name":"Ana"},"modified_by":{"id":"6","name":"Bruno"},"created_time":"2026-05-01T10:00:00+01:00",
	"modified_time":"2026-05-02T10:00:00+01:00","profiles":[{"id":"9","name":"Standard","default":true}],
	"sections":[{"id":7,"name":"Rows","api_name":"Rows","display_label":"The rows","sequence_number":2,"column_count":1,"isSubformSection":true,
		"fields":[{"api_name":"F","required":true,"sequence_number":3}]},"x",{"name":"Old"}]}`

func TestLayoutWhole(t *testing.T) {
	t.Parallel()
	conn, _ := described(t, Config{}, map[string]string{"v8/settings/layouts?module=Leads": `{"layouts":[` + wholeLayout + `]}`})
	layouts, err := conn.Layouts(t.Context(), "Leads")
	require.NoError(t, err)
	zone := layouts[0].CreatedTime.Location()
	free := FieldOperations{WebCreate: true, WebUpdate: true, APICreate: true, APIUpdate: true}
	assert.Equal(t, []ModuleLayout{{
		ID: "1", Name: "Ours", APIName: "Ours__s", Label: "Our own", Status: "active", Visible: true, GeneratedType: "custom",
		Sections: []LayoutSection{
			{
				ID: "7", Name: "Rows", APIName: "Rows", Label: "The rows", Place: 2, Columns: 1, Subform: true, Fields: []LayoutField{{
					Field: Field{APIName: "F", OperationType: free, Raw: json.RawMessage(`{"api_name":"F","required":true,"sequence_number":3}`)}, Required: true, Place: 3,
				}},
			},
			{},
			{Name: "Old"},
		},
		Profiles:  []Lookup{{ID: "9", Name: "Standard"}},
		CreatedBy: Lookup{ID: "5", Name: "Ana"}, ModifiedBy: Lookup{ID: "6", Name: "Bruno"},
		CreatedTime: time.Date(2026, 5, 1, 10, 0, 0, 0, zone), ModifiedTime: time.Date(2026, 5, 2, 10, 0, 0, 0, layouts[0].ModifiedTime.Location()),
		Raw: json.RawMessage(wholeLayout),
	}}, layouts)
}

func TestCustomViews(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	views, err := conn.CustomViews(t.Context(), "Leads")
	require.NoError(t, err)
	require.NotEmpty(t, views)
	defaults := 0
	for _, v := range views {
		assert.NotEmpty(t, v.ID)
		assert.NotEmpty(t, v.Name)
		assert.NotEmpty(t, v.Fields, v.Name)
		if v.Default {
			defaults++
		}
	}
	assert.Equal(t, 1, defaults)
	require.Equal(t, []string{"GET /crm/v8/settings/custom_views"}, asked(crm))
	crm.Seed("Leads", Fields{"Last_Name": "Doe"})
	for lead, err := range NewRecord[Lead](conn).All(t.Context(), View(views[0].ID)) {
		require.NoError(t, err)
		assert.Equal(t, "Doe", lead.LastName)
	}
}

const wholeView = `{"id":"1","name":"Porto","display_value":"O Porto","system_name":"PORTO","category":"shared_with_me","default":true,"system_defined":true,
	"locked":true,"favorite":2,"access_type":"shared","fields":[{"api_name":"City","id":"3"},{"api_name":"Phone"}],"sort_by":{"api_name":"City","id":"3"},
	"sort_order":"desc","criteria":{"comparator":"equal","field":{"api_name":"City"},"value":"Porto"},"created_by":{"id":"5","name":"Ana"},
	"modified_by":{"id":"6"},"created_time":"2026-05-01T10:00:00Z","modified_time":"2026-05-02T10:00:00Z","last_accessed_time":"2026-05-03T10:00:00Z"}`

func TestCustomViewWhole(t *testing.T) {
	t.Parallel()
	at := "v8/settings/custom_views?module=Leads&page="
	conn, asked := described(t, Config{}, map[string]string{
		at + "1&per_page=200": `{"custom_views":[` + wholeView + `],"info":{"more_records":true}}`,
		at + "2&per_page=200": `{"custom_views":[{"id":"2","criteria":null,"sort_by":null,"sort_order":null}],"info":{"more_records":false}}`,
	})
	views, err := conn.CustomViews(t.Context(), "Leads")
	require.NoError(t, err)
	assert.Equal(t, []CustomView{{
		ID: "1", Name: "Porto", DisplayValue: "O Porto", SystemName: "PORTO", Category: "shared_with_me", Default: true, SystemDefined: true, Locked: true,
		Favorite: 2, AccessType: "shared", Fields: []string{"City", "Phone"}, SortBy: "City", SortOrder: "desc",
		Criteria:  json.RawMessage(`{"comparator":"equal","field":{"api_name":"City"},"value":"Porto"}`),
		CreatedBy: Lookup{ID: "5", Name: "Ana"}, ModifiedBy: Lookup{ID: "6"}, CreatedTime: time.Date(2026, 5, 1, 10, 0, 0, 0, time.UTC),
		ModifiedTime: time.Date(2026, 5, 2, 10, 0, 0, 0, time.UTC), LastAccessedTime: time.Date(2026, 5, 3, 10, 0, 0, 0, time.UTC),
		Raw: json.RawMessage(wholeView),
	}, {ID: "2", Raw: json.RawMessage(`{"id":"2","criteria":null,"sort_by":null,"sort_order":null}`)}}, views)
	assert.Len(t, *asked, 2)
	_, err = conn.CustomViews(t.Context(), "Leads")
	require.NoError(t, err)
	assert.Len(t, *asked, 2)
}

func TestCustomViewsWithoutEnd(t *testing.T) {
	t.Parallel()
	at := "v8/settings/custom_views?module=Leads&page="
	conn, asked := described(t, Config{}, map[string]string{
		at + "1&per_page=200": `{"custom_views":[` + wholeView + `],"info":{"more_records":true}}`,
		at + "2&per_page=200": `{"custom_views":[],"info":{"more_records":true}}`,
	})
	_, err := conn.CustomViews(t.Context(), "Leads")
	require.ErrorContains(t, err, "does not move on")
	assert.Len(t, *asked, 2)
}

func TestPipelines(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	layouts, err := conn.Layouts(t.Context(), "Deals")
	require.NoError(t, err)
	pipelines, err := conn.Pipelines(t.Context(), layouts[0].ID)
	require.NoError(t, err)
	require.NotEmpty(t, pipelines)
	p := pipelines[0]
	assert.NotEmpty(t, p.ActualValue)
	assert.True(t, p.Default)
	require.NotEmpty(t, p.Stages)
	stages := map[string]PipelineStage{}
	for i, s := range p.Stages {
		assert.Equal(t, i+1, s.Place)
		stages[s.ActualValue] = s
	}
	assert.Equal(t, "Open", stages["Qualification"].ForecastType)
	assert.Equal(t, "Closed Won", stages["Closed Won"].ForecastType)

	_, err = conn.Pipelines(t.Context(), "5550000000100099999")
	require.ErrorIs(t, err, ErrRecordInvalid)
	crm.ResetRequests()
	for _, id := range []string{"", "1/2", "?", "1&x=2"} {
		_, err := conn.Pipelines(t.Context(), id)
		require.Error(t, err)
	}
	assert.Empty(t, asked(crm))
	canned, _ := described(t, Config{}, map[string]string{"v8/settings/pipeline?layout_id=1": `{"pipeline":[{"id":"2","display_value":"Std","actual_value":"Standard",
		"default":true,"maps":[{"id":"3","display_value":"Won!","actual_value":"Won","sequence_number":1,"colour_code":"#00FF00","forecast_type":"Closed Won",
		"forecast_category":{"id":"4","name":"Closed"}}]}]}`})
	pipelines, err = canned.Pipelines(t.Context(), "1")
	require.NoError(t, err)
	pipelines[0].Raw = nil
	assert.Equal(t, []Pipeline{{ID: "2", ActualValue: "Standard", DisplayValue: "Std", Default: true, Stages: []PipelineStage{{
		ID: "3", ActualValue: "Won", DisplayValue: "Won!", Place: 1, Color: "#00FF00", ForecastType: "Closed Won", ForecastCategory: Lookup{ID: "4", Name: "Closed"},
	}}}}, pipelines)
}

// TestLayoutsOfModulesWithout has nothing for a module without layouts: it is no error.
func TestLayoutsOfModulesWithout(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	for range 2 {
		layouts, err := conn.Layouts(t.Context(), "Notes")
		require.NoError(t, err)
		assert.Empty(t, layouts)
	}
	require.Len(t, crm.Requests(), 1, "that there are none is kept too")
	assert.Equal(t, http.MethodGet, crm.Requests()[0].Method)
}
