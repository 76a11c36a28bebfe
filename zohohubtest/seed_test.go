package zohohubtest

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/zohohub/zohohub"
)

func TestSeedTakesGoValues(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	contact := o.seed("Contacts", map[string]any{"Last_Name": "Doe"})[0]
	began := time.Date(2026, time.January, 2, 3, 4, 5, 678_000_000, time.UTC)
	id := o.seed("Service_Visits", map[string]any{
		"id": "78265000003433063", "Name": "V", "Started_At": began, "Hours": 1.5, "Distance_Km": 12, "Completed": true,
		"Services": []string{"Repair"}, "Contact": zohohub.Lookup{ID: contact}, "Owner": &zohohub.Lookup{Email: "bruno.costa@example.com"},
		"Parts_Used":   []zohohub.Fields{{"Part": "Belt", "Quantity": int64(2)}},
		"Created_Time": began, "Modified_Time": began.Add(time.Hour), "Created_By": zohohub.Lookup{ID: brunoID},
	})[0]
	assert.Equal(t, "78265000003433063", id)
	o.expect(200, rowsJSON(`{"id":"78265000003433063","Started_At":"2026-01-02T04:04:05+01:00","Hours":1.5,"Distance_Km":12,"Completed":true,"Services":["Repair"],
		"Contact":{"name":"Doe","id":"`+contact+`"},"Owner":{"name":"Bruno Costa","id":"`+brunoID+`","email":"bruno.costa@example.com"},
		"Created_Time":"2026-01-02T04:04:05+01:00","Modified_Time":"2026-01-02T05:04:05+01:00",
		"Created_By":{"name":"Bruno Costa","id":"`+brunoID+`","email":"bruno.costa@example.com"},"Modified_By":`+anaUser+`}`),
		"GET", "v8/Service_Visits/"+id+"?fields=Started_At,Hours,Distance_Km,Completed,Services,Contact,Owner,Created_Time,Modified_Time,Created_By,Modified_By", "")
	rows := o.crm.records("Service_Visits")[0]["Parts_Used"].([]any)
	assert.Equal(t, json.Number("2"), rows[0].(map[string]any)["Quantity"])
}

func TestSeedIsAllOrNothing(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		module string
		row    map[string]any
		want   string
	}{
		"no such module": {"Leeds", nil, `INVALID_MODULE: the module name given seems to be invalid: "Leeds"`},
		"a subform":      {"Quoted_Items", nil, `INVALID_MODULE: the module name given seems to be invalid: "Quoted_Items"`},
		"refused row":    {"Leads", map[string]any{"City": "x"}, "row 1 of Leads: MANDATORY_NOT_FOUND: required field not found map[api_name:Last_Name json_path:$.data[1].Last_Name]"},
		"id that is there": {
			"Leads", map[string]any{"Last_Name": "x", "id": "5"}, "row 1 of Leads: INVALID_DATA: the id given seems to be invalid map[id:5]",
		},
		"id that leaves no room": {
			"Leads", map[string]any{"Last_Name": "x", "id": "9223372036854775807"},
			"row 1 of Leads: INVALID_DATA: the id given seems to be invalid map[id:9223372036854775807]",
		},
		"id of nothing": {"Leads", map[string]any{"Last_Name": "x", "id": 0}, "row 1 of Leads: INVALID_DATA: the id given seems to be invalid map[id:0]"},
		"not JSON":      {"Leads", map[string]any{"Last_Name": map[int]int{}}, "row 1 of Leads: a map with keys of type int is not JSON"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := newOrg(t)
			_, err := o.crm.seed(test.module, []map[string]any{{"Last_Name": "Doe", "ERP_Id": "A", "id": 5}, test.row})
			require.EqualError(t, err, test.want)
			assert.Empty(t, o.crm.records("Leads"))
		})
	}
	o := newOrg(t)
	assert.Nil(t, o.crm.records("Leeds"))
	require.Error(t, o.crm.seedFunc("Leeds", 1, nil))
}

func TestRecordsAreCopies(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	interests := []any{"Software"}
	o.seed("Leads", map[string]any{"Last_Name": "Doe", "Interests": interests})
	interests[0] = "changed"
	o.crm.records("Leads")[0]["Interests"].([]any)[0] = "changed"
	o.crm.records("Leads")[0]["Owner"].(map[string]any)["name"] = "changed"
	o.expect(200, rowsJSON(`{"id":"`+id1+`","Interests":["Software"],"Owner":`+anaUser+`}`), "GET", "v8/Leads/"+id1+"?fields=Interests,Owner", "")
}

func TestManyCallersAtOnce(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for k := range 20 {
				w := o.call("POST", "v8/Leads", fmt.Sprintf(`{"data":[{"Last_Name":"%d-%d"}]}`, i, k))
				assert.Equal(t, 201, w.Code)
				o.call("GET", "v8/Leads?fields=Last_Name,Owner", "")
				o.call("PUT", "v8/Leads/"+id1, `{"data":[{"City":"x"}]}`)
				o.crm.records("Leads")
			}
		})
	}
	wg.Wait()
	o.expect(200, `{"count":160}`, "GET", "v8/Leads/actions/count", "")
}

func FuzzWrite(f *testing.F) {
	for _, body := range []string{
		`{"data":[{"Name":"V","Hours":1e5,"Services":["a"],"Parts_Used":[{"Part":"x"}]}],"trigger":[]}`,
		`{"data":[{"id":1,"Name":null}]}`, `{"data":[{"Name":"V","Owner":{"id":{}},"Tag":[{"name":"t"}]}]}`,
		`{"data":[{"Name":"V","Meter_Reading":"9","Contact":{"id":"1"},"$append_values":{"Services":true}}]}`, `[`, `{"data":[[]]}`,
	} {
		f.Add("POST", "v8/Service_Visits", body)
		f.Add("PUT", "v2/Service_Visits", body)
		f.Add("POST", "v8/Service_Visits/upsert", body)
	}
	for _, body := range []string{
		`{"data":[{"Name":"S","Rows":[{"Label":"a","Amount":1e2}],"Products":[{"Products":{"id":"1"}}],"Watchers":[{"Watchers":{"id":"` + brunoID + `"}},{"_delete":null,"id":"1"}]}]}`,
		`{"data":[{"id":"2","Name":"S","Documents":[{"File_Id__s":"aa"},{"id":1,"_delete":null}],"Pictures":[{"file_id":"aa","Sequence_Number":1}],"Opening_Hours":{"From":"09:00"}}]}`,
		`{"data":[{"id":"2","Data_Processing_Basis_Details":{"Owner":{"id":1}},"Territory":[{"Name":"Porto"}],"Related_To":{"id":"2","module":[]},"Parent_Specimen":{"id":"2"}}]}`,
	} {
		f.Add("POST", "v8/Specimens", body)
		f.Add("PUT", "v2/Specimens", body)
	}
	f.Add("POST", "v8/Events", `{"data":[{"Event_Title":"E","Participants":[{"type":"lead","participant":"1"}],"Recurring_Activity":{"RRULE":"FREQ="},"Remind_Participants":[{"unit":1,"period":"days"}]}]}`)
	f.Add("POST", "v8/Quotes", `{"data":[{"$line_tax":[{"name":"Vat","percentage":1e9}],"Quoted_Items":[{"Line_Tax":[{"id":1,"percentage":1}]}]}]}`)
	f.Add("POST", "v8/Price_Books", `{"data":[{"Price_Book_Name":"P","Pricing_Details":[{"from_range":1,"to_range":2,"discount":3}]}]}`)
	f.Add("GET", "v8/Leads/search?criteria=(id:equals:1)", "")
	f.Add("GET", "v8/Leads?fields=id&page_token=AA", "")
	f.Fuzz(func(t *testing.T, method, path, body string) {
		r, err := http.NewRequestWithContext(t.Context(), method, "http://127.0.0.1/crm/"+path, strings.NewReader(body))
		if err != nil {
			return // net/http would not let it through
		}
		o := newOrg(t)
		o.seed("Service_Visits", map[string]any{"Name": "V", "id": "1"})
		o.seed("Specimens", map[string]any{"Name": "S", "id": "2"})
		picture, err := o.crm.blobs.put(strings.NewReader("PNG"))
		require.NoError(t, err)
		o.crm.files["aa"] = &file{id: "aa", name: "a.png", blob: picture} // under the id that the seeds have
		w := httptest.NewRecorder()
		o.crm.serve(w, r, grant{Scopes: allScopes, UserID: defaultUserID})
		assert.Contains(t, []int{200, 201, 202, 204, 207, 304, 400, 401, 404, 412}, w.Code)
		if w.Body.Len() > 0 {
			assert.True(t, json.Valid(w.Body.Bytes()), w.Body)
		}
		// Whatever was written can be read.
		for _, module := range []string{"Service_Visits", "Specimens", "Specimens_X_Users", "Events", "Price_Books"} {
			assert.NotEmpty(t, wholeJSON(t, o.crm.records(module)))
		}
	})
}

// A request whose body does not end must not keep others from being answered, and writes nothing.
func TestSlowBodyHoldsUpNobody(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	body, sent := io.Pipe()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/crm/v8/Leads", body)
	w := httptest.NewRecorder()
	done := make(chan struct{})
	go func() {
		defer close(done)
		o.crm.serve(w, r, grant{Scopes: allScopes, UserID: defaultUserID})
	}()
	_, err := sent.Write([]byte(`{"data":[{"Last_Name":"Doe"}]}`))
	require.NoError(t, err)
	o.expect(204, "", "GET", "v8/Leads?fields=id", "")
	sent.CloseWithError(io.ErrUnexpectedEOF)
	awaited(t, done, "the refusal of a body that broke off")
	assert.Equal(t, 400, w.Code)
	assert.Empty(t, o.crm.records("Leads"))
}
