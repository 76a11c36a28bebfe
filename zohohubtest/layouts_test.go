package zohohubtest

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/zohohub/zohohub/zohohubtest/internal/schema"
)

func missingQuery(name string) string {
	return refusedJSON("REQUIRED_PARAM_MISSING", "One of the expected parameter is missing", `{"param_name":"`+name+`","param":"`+name+`"}`)
}

const badSettingsID = `{"code":"INVALID_DATA","details":{"resource_path_index":2},"message":"the id given seems to be invalid","status":"error"}`

func TestLayouts(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	unknown := refusedJSON("INVALID_MODULE", "the module name given seems to be invalid", `{}`)
	for _, version := range []string{"v2", "v8"} {
		leads := o.crm.schema.Module("Leads")
		want := wholeJSON(t, map[string]any{"layouts": leads.LayoutsJSON(version)})
		o.expect(200, want, "GET", version+"/settings/layouts?module=Leads", "")
		o.expect(200, want, "GET", version+"/settings/layouts/"+leads.LayoutID()+"?module=Leads", "")
		o.expect(204, "", "GET", version+"/settings/layouts/"+leads.LayoutID()+"?module=Contacts", "")
		o.expect(204, "", "GET", version+"/settings/layouts?module=Notes", "")
		o.expect(204, "", "GET", version+"/settings/layouts?module=Quoted_Items", "")
	}
	for _, path := range []string{"v8/settings/layouts", "v8/settings/layouts/1"} {
		o.expect(400, missingQuery("module"), "GET", path, "")
		o.expect(400, unknown, "GET", path+"?module=Leeds", "")
	}
	o.expect(400, badSettingsID, "GET", "v8/settings/layouts/Standard?module=Leads", "")
}

func TestLayoutThatHasNotChanged(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	paths := []string{"v8/settings/layouts?module=Leads", "v8/settings/layouts/" + o.crm.schema.Module("Leads").LayoutID() + "?module=Leads"}
	for _, path := range paths {
		o.expect(304, "", "GET", path, "", "If-Modified-Since", testTime)
	}
	o.now = o.now.Add(time.Second)
	require.NoError(t, o.crm.addField("Leads", schema.Field{APIName: "Nickname", DataType: "text"}))
	for _, path := range paths {
		assert.Contains(t, o.call("GET", path, "", "If-Modified-Since", testTime).Body.String(), "Nickname")
	}
}

// What a layout asks people for, a program may leave out; what is mandatory it may not.
func TestRequiredByTheLayoutAlone(t *testing.T) {
	t.Parallel()
	c := newAPI(t)
	c.server.AddField("Leads", Field{APIName: "Asked_For", DataType: "text", Required: true})
	c.server.AddField("Leads", Field{APIName: "Needed", DataType: "text", Mandatory: true})
	layout := c.server.crm.schema.Module("Leads").LayoutID()
	c.refuses("POST", "v8/Leads", `{"Last_Name":"Doe","Asked_For":"x"}`, missing("Needed"))
	c.create("v8/Leads", `{"Last_Name":"Doe","Needed":"x"}`)
	c.create("v8/Leads", `{"Last_Name":"Doe","Needed":"x","Layout":{"id":"`+layout+`"}}`)
	var answer struct {
		Layouts []struct {
			Sections []struct {
				Fields []struct {
					Name      string `json:"api_name"`
					Required  bool
					Mandatory bool `json:"system_mandatory"`
				}
			}
		}
	}
	require.NoError(t, json.Unmarshal([]byte(c.call(200, "GET", "v8/settings/layouts?module=Leads", "")), &answer))
	got := map[string][]bool{}
	for _, s := range answer.Layouts[0].Sections {
		for _, f := range s.Fields {
			got[f.Name] = []bool{f.Required, f.Mandatory}
		}
	}
	assert.Equal(t, [][]bool{{true, false}, {true, true}, {true, true}, {false, false}}, [][]bool{got["Asked_For"], got["Needed"], got["Last_Name"], got["Company"]})
}

func TestFieldsOnNoLayout(t *testing.T) {
	t.Parallel()
	c := newAPI(t)
	c.server.AddField("Leads", Field{APIName: "Old", DataType: "text", Unused: true})
	names := func(query string) (out []string) {
		var answer struct {
			Fields []struct {
				Name string `json:"api_name"`
			}
		}
		require.NoError(t, json.Unmarshal([]byte(c.call(200, "GET", "v8/settings/fields?module=Leads"+query, "")), &answer))
		for _, f := range answer.Fields {
			out = append(out, f.Name)
		}
		return out
	}
	used := names("")
	assert.NotContains(t, used, "Old")
	assert.Equal(t, used, names("&type=used"))
	assert.Equal(t, []string{"Old"}, names("&type=unused"))
	assert.Equal(t, append(used, "Old"), names("&type=all"))
	assert.NotContains(t, c.call(200, "GET", "v8/settings/layouts?module=Leads", ""), `"Old"`)
}

func TestPickListValues(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	leads := o.crm.schema.Module("Leads")
	rating := leads.Field("Rating")
	at := "v8/settings/fields/" + rating.ID + "/pick_list_values"
	var answer struct {
		Values []map[string]any `json:"pick_list_values"`
	}
	require.NoError(t, json.Unmarshal(o.call("GET", at+"?module=Leads", "").Body.Bytes(), &answer))
	require.Len(t, answer.Values, 1+len(rating.PickList))
	assert.Equal(t, map[string]any{
		"id": rating.PickList[0].ID, "display_value": "Acquired", "actual_value": "Acquired", "reference_value": "Acquired", "sequence_number": 2.0,
		"colour_code": nil, "type": "used", "sys_ref_name": "Acquired", "maps": []any{},
		"layout_associations": []any{map[string]any{"api_name": "Standard", "name": "Standard", "id": leads.LayoutID()}},
	}, answer.Values[1])
	o.expect(204, "", "GET", "v8/settings/fields/"+leads.Field("City").ID+"/pick_list_values?module=Leads", "")
	o.expect(400, missingQuery("module"), "GET", at, "")
	o.expect(400, refusedJSON("INVALID_MODULE", "the module name given seems to be invalid", `{}`), "GET", at+"?module=Leeds", "")
	o.expect(400, badSettingsID, "GET", at+"?module=Contacts", "")
}

func TestPipelines(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	deals := o.crm.schema.Module("Deals")
	layout := "?layout_id=" + deals.LayoutID()
	want := wholeJSON(t, map[string]any{"pipeline": o.crm.schema.PipelinesJSON(deals.LayoutID())})
	id := deals.Field("Pipeline").PickList[0].ID
	o.expect(200, want, "GET", "v8/settings/pipeline"+layout, "")
	o.expect(200, want, "GET", "v8/settings/pipeline/"+id+layout, "")
	o.expect(204, "", "GET", "v8/settings/pipeline/1"+layout, "")
	for _, path := range []string{"v8/settings/pipeline", "v8/settings/pipeline/" + id} {
		o.expect(400, missingQuery("layout_id"), "GET", path, "")
		o.expect(400, refusedJSON("INVALID_DATA", "invalid data", `{"param_name":"layout_id"}`), "GET", path+"?layout_id="+o.crm.schema.Module("Leads").LayoutID(), "")
	}
}
