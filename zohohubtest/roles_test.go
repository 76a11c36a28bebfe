package zohohubtest

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/zohohub/zohohub/zohohubtest/internal/schema"
)

func roleJSON(id, name, above, admin, peers string) string {
	return `{"id":"` + id + `","name":"` + name + `","display_label":"` + name + `","reporting_to":` + above + `,"admin_user":` + admin +
		`,"share_with_peers":` + peers + `,"forecast_manager":null,"description":null,
		"created_by__s":null,"modified_by__s":null,"created_time__s":null,"modified_time__s":null}`
}

func TestUserRoles(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	ceo := roleJSON("3652397000000026005", "CEO", "null", "true", "true")
	manager := roleJSON("3652397000000026008", "Manager", `{"name":"CEO","id":"3652397000000026005"}`, "false", "false")
	sales := roleJSON("3652397000000026011", "Sales Representative", `{"name":"Manager","id":"3652397000000026008"}`, "false", "false")
	o.expect(200, `{"roles":[`+ceo+`,`+manager+`,`+sales+`]}`, "GET", "v8/settings/roles", "")
	o.expect(200, `{"roles":[`+manager+`]}`, "GET", "v2/settings/roles/3652397000000026008", "")
	o.expect(204, "", "GET", "v8/settings/roles/1", "")
	o.expect(400, badSettingsID, "GET", "v8/settings/roles/CEO", "")
}

func TestProfiles(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	profile := func(id, name, description, byDefault string) string {
		return `{"id":"` + id + `","name":"` + name + `","display_label":"` + name + `","type":"normal_profile","custom":false,"default":` + byDefault + `,"category":false,
			"description":"` + description + `","created_by":null,"modified_by":null,"created_time":null,"modified_time":null}`
	}
	o.expect(200, `{"profiles":[`+profile(schema.AdministratorProfileID, "Administrator", "This profile will have all the permissions.", "true")+`,`+
		profile(schema.StandardProfileID, "Standard", "This profile will have all the permissions except administrative privileges.", "false")+
		`],"info":{"license_limit":30}}`, "GET", "v8/settings/profiles", "")
	o.expect(204, "", "GET", "v8/settings/profiles/1", "")
	o.expect(400, badSettingsID, "GET", "v8/settings/profiles/Standard", "")
}

// One profile is told with what it allows, each permission once and in one section.
func TestPermissionsOfAProfile(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	type permission struct {
		ID, Name, Module string
		Label            string `json:"display_label"`
		Enabled          bool
		Customizable     bool
	}
	var answer struct {
		Profiles []struct {
			Name        string
			Permissions []permission `json:"permissions_details"`
			Sections    []struct {
				Categories []struct {
					Name, Module string
					IDs          []string `json:"permissions_details"`
				}
			}
			View struct{ Name, ID, Type string } `json:"_default_view"`
		}
	}
	for id, admin := range map[string]bool{schema.AdministratorProfileID: true, schema.StandardProfileID: false} {
		answer.Profiles = nil
		require.NoError(t, json.Unmarshal(o.call("GET", "v8/settings/profiles/"+id, "").Body.Bytes(), &answer))
		require.Len(t, answer.Profiles, 1)
		p := answer.Profiles[0]
		byName, ids := map[string]permission{}, []string{}
		for _, d := range p.Permissions {
			byName[d.Name] = d
			ids = append(ids, d.ID)
		}
		assert.Len(t, byName, len(p.Permissions))
		leads := byName["Crm_Implied_Delete_Leads"]
		leads.ID = ""
		assert.Equal(t, permission{Name: "Crm_Implied_Delete_Leads", Module: "Leads", Label: "Delete", Enabled: true, Customizable: !admin}, leads)
		assert.Equal(t, []bool{true, admin}, []bool{byName["Crm_Implied_Api_Access"].Enabled, byName["Crm_Implied_Manage_Users"].Enabled})
		var told []string
		for _, s := range p.Sections {
			for _, c := range s.Categories {
				told = append(told, c.IDs...)
			}
		}
		assert.Equal(t, ids, told)
		assert.Equal(t, []any{"Leads", "Leads"}, []any{p.Sections[0].Categories[0].Name, p.Sections[0].Categories[0].Module})
	}
}
