package zohohubtest

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// heard collects what the requests to an organisation change, as "operation module fields" with what sets it apart.
func heard(o *testOrg) func() []string {
	var all []string
	o.crm.onChange(func(_ *request, changes []*change) {
		for _, h := range changes {
			text := h.operation + " " + h.module.APIName
			for _, name := range h.fields {
				text += " " + name
			}
			if h.related {
				text += " (related)"
			}
			if h.silent {
				text += " (silent)"
			}
			all = append(all, text)
		}
		all = append(all, "by "+changes[0].by["name"].(string))
	})
	return func() []string {
		defer func() { all = nil }()
		return all
	}
}

func TestWhatARequestChanges(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	got := heard(o)
	account := o.seed("Accounts", map[string]any{"Account_Name": "X"})[0]
	product := o.seed("Products", map[string]any{"Product_Name": "Oats"})[0]
	assert.Empty(t, got(), "seeds are no changes")

	post := func(path, body string) { require.Less(t, o.call("POST", "v8/"+path, body).Code, 300, path) }
	put := func(path, row string) {
		require.Equal(t, 200, o.call("PUT", "v8/"+path, `{"data":[`+row+`]}`).Code, path)
	}
	post("Specimens", `{"data":[{"Name":"A","Account":{"id":"`+account+`"},"Rows":[{"Label":"one"},{"Label":"two"}],"Products":[{"Products":{"id":"`+product+`"}}]}]}`)
	created := got()
	require.Len(t, created, 3)
	assert.Regexp(t, `^insert Specimens Name .*Rows Account`, created[0])
	assert.NotRegexp(t, "_Time|Rows_Count|Modified_By", created[0], "what Zoho keeps by itself is not told")
	assert.Regexp(t, `^insert Specimens_X_Products .* [(]related[)]$`, created[1])
	assert.Equal(t, "by Ana Silva", created[2])
	specimen := o.crm.records("Specimens")[0]
	id := specimen["id"].(string)

	// What is sent as it is has not changed, though times do and the account is called otherwise now.
	o.now = o.now.Add(time.Hour)
	put("Accounts/"+account, `{"Account_Name":"Y"}`)
	rows := specimen["Rows"].([]any)
	first := `{"id":"` + rows[0].(map[string]any)["id"].(string) + `","Label":"one"}`
	put("Specimens/"+id, `{"Name":"A","Account":{"id":"`+account+`"},"Rows":[`+first+`]}`)
	put("Specimens/"+id, `{"Name":"B","Rows":[`+strings.Replace(first, "one", "three", 1)+`],"Day":"2026-03-01","Short_Text":null}`)
	assert.Equal(t, []string{
		"update Accounts Account_Name", "by Ana Silva", "update Specimens", "by Ana Silva", "update Specimens Name Day Rows", "by Ana Silva",
	}, got())

	// What hangs on a record.
	post("Specimens/"+id+"/Notes", `{"data":[{"Note_Content":"n"}]}`)
	post("Specimens/"+id+"/actions/add_tags", `{"tags":[{"name":"VIP"}]}`)
	noted := got()
	require.Len(t, noted, 4)
	assert.Regexp(t, "^insert Notes ", noted[0])
	assert.Equal(t, "update Specimens Tag", noted[2])

	// What a deletion takes along, and what it leaves without a lookup.
	other := o.seed("Specimens", map[string]any{"Name": "C", "Parent_Specimen": map[string]any{"id": id}})[0]
	bruno := grant{Token: "1000.fake-access-token", Scopes: allScopes, UserID: brunoID}
	require.Equal(t, 200, o.callAs(bruno, "DELETE", "v8/Specimens?ids="+id, "").Code)
	assert.ElementsMatch(t, []string{
		"delete Notes (related)", "delete Specimens", "delete Specimens_X_Products (related)", "update Specimens Parent_Specimen (related)", "by Bruno Costa",
	}, got())
	require.Equal(t, 400, o.call("DELETE", "v8/Specimens?ids="+id, "").Code)
	require.Equal(t, 400, o.call("PUT", "v8/Specimens/"+other, `{"data":[{"Name":null}]}`).Code)
	assert.Empty(t, got(), "what was refused is no change")
}
