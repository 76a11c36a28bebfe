package zohohubtest

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/zohohub/zohohub"
)

func TestStartIsClosedByItsCaller(t *testing.T) {
	t.Parallel()
	s := Start()
	got, _, err := send(t.Context(), roads(s)["socket"], http.MethodGet, s.URL()+"/", nil, "")
	require.NoError(t, err)
	assert.Equal(t, flat(404, "INVALID_URL_PATTERN", "Please check if the URL trying to access is a correct one"), got)
	s.Close()
	s.Close()
	_, _, err = send(t.Context(), roads(s)["socket"], http.MethodGet, s.URL()+"/", nil, "")
	require.Error(t, err)
}

func TestCloseEndsIdleConnections(t *testing.T) {
	t.Parallel()
	s := Start()
	client := &http.Client{Transport: &http.Transport{}}
	_, _, err := send(t.Context(), client, http.MethodGet, s.URL()+"/", nil, "")
	require.NoError(t, err)
	s.Close() // goleak sees the client's goroutines too: they end with the connection
}

func TestConfigAndToken(t *testing.T) {
	t.Parallel()
	s := NewServer(t)
	assert.Equal(t, zohohub.Config{
		ClientID: defaultClientID, ClientSecret: defaultClientSecret, RedirectURL: defaultRedirectURL,
		AccountsURL: s.URL(), APIDomain: s.URL(),
	}, s.Config())

	tok := s.Token()
	assert.WithinDuration(t, s.Now().Add(time.Hour), tok.Expiry, time.Minute)
	assert.Equal(t, []string{s.URL(), s.URL()}, []string{tok.APIDomain, tok.AccountsURL})
	other := s.Token()
	assert.NotEqual(t, tok.AccessToken, other.AccessToken)
	assert.NotEqual(t, tok.RefreshToken, other.RefreshToken)
	assert.Equal(t, noRecords, list(t, s, tok.AccessToken))
	assert.NotNil(t, s.Connection(t))
}

func TestClock(t *testing.T) {
	t.Parallel()
	s := NewServer(t)
	s.Advance(48 * time.Hour)
	assert.WithinDuration(t, time.Now().Add(48*time.Hour), s.Now(), time.Minute)
	assert.Equal(t, time.UTC, s.Now().Location())
}

func TestTokenTellsWhenItEnds(t *testing.T) {
	t.Parallel()
	s := NewServer(t)
	tok := s.Token()
	_, header, err := send(t.Context(), roads(s)["transport"], http.MethodGet, s.URL()+"/crm/v8/Leads?fields=Last_Name", signed(tok.AccessToken), "")
	require.NoError(t, err)
	assert.Equal(t, tok.Expiry.Format(time.RFC3339), header.Get("X-ACCESSTOKEN-RESET"))
}

func TestSeedAndRecords(t *testing.T) {
	t.Parallel()
	s := NewServer(t)
	ids := s.Seed("Leads", zohohub.Fields{"Last_Name": "Doe", "Annual_Revenue": 12.5}, zohohub.Fields{"Last_Name": "Roe"})
	records := s.Records("Leads")
	require.Len(t, records, 2)
	assert.Equal(t, []any{ids[0], "Doe", ids[1], "Roe"}, []any{records[0]["id"], records[0]["Last_Name"], records[1]["id"], records[1]["Last_Name"]})
	records[0]["Last_Name"] = "changed"
	assert.Equal(t, "Doe", s.Records("Leads")[0]["Last_Name"], "they are copies")
	assert.Empty(t, s.Records("Contacts"))
	assert.Nil(t, s.Records("Nothings"))
	assert.Empty(t, s.Requests())

	assert.PanicsWithValue(t, `zohohubtest: Seed: row 0 of Leads: MANDATORY_NOT_FOUND: required field not found map[api_name:Last_Name json_path:$.data[0].Last_Name]`,
		func() { s.Seed("Leads", zohohub.Fields{"City": "Lisboa"}) })
	assert.Panics(t, func() { s.Seed("Nothings", zohohub.Fields{}) })
	assert.Len(t, s.Records("Leads"), 2)

	s.SeedFunc("Contacts", 1_000_000, func(i int) zohohub.Fields { return zohohub.Fields{"Last_Name": "Doe", "Mobile": i} })
	got, _, err := send(t.Context(), roads(s)["transport"], http.MethodGet, s.URL()+"/crm/v8/Contacts/actions/count", signed(s.Token().AccessToken), "")
	require.NoError(t, err)
	assert.Equal(t, reply{200, typeOfAnswers, `{"count":1000000}`}, got)
	assert.Panics(t, func() { s.SeedFunc("Nothings", 1, func(int) zohohub.Fields { return nil }) })
}

func TestCustomModulesAndFields(t *testing.T) {
	t.Parallel()
	s := NewServer(t)
	s.AddModule(Module{APIName: "Boats", Fields: []Field{
		{APIName: "Sail_Area", DataType: "double"},
		{APIName: "Rig", DataType: "picklist", PickList: []string{"Sloop", "Ketch"}},
		{APIName: "Skipper", DataType: "lookup", Lookup: "Contacts"},
	}})
	s.AddModule(Module{APIName: "Boat_Trips", SubformOf: "Boats", Fields: []Field{{APIName: "Harbour", DataType: "text", Length: 40}}})
	s.AddField("Boats", Field{APIName: "Trips", DataType: "subform", Subform: "Boat_Trips"})
	s.AddField("Leads", Field{APIName: "Boat_Name", DataType: "text", Unique: true})

	skipper := s.Seed("Contacts", zohohub.Fields{"Last_Name": "Cook"})[0]
	s.Seed("Boats", zohohub.Fields{
		"Name": "Endeavour", "Sail_Area": 12.5, "Rig": "Ketch", "Skipper": zohohub.Fields{"id": skipper},
		"Trips": []zohohub.Fields{{"Harbour": "Plymouth"}},
	})
	boat := s.Records("Boats")[0]
	assert.Equal(t, []any{"Endeavour", "Ketch", map[string]any{"id": skipper, "name": "Cook"}}, []any{boat["Name"], boat["Rig"], boat["Skipper"]})
	require.Len(t, boat["Trips"], 1)
	assert.Equal(t, "Plymouth", boat["Trips"].([]any)[0].(map[string]any)["Harbour"])

	s.Seed("Leads", zohohub.Fields{"Last_Name": "Doe", "Boat_Name": "Beagle"})
	assert.Panics(t, func() { s.Seed("Leads", zohohub.Fields{"Last_Name": "Roe", "Boat_Name": "Beagle"}) }, "a unique field")
	assert.PanicsWithValue(t, "zohohubtest: AddModule: schema: module Leads exists already", func() { s.AddModule(Module{APIName: "Leads"}) })
	assert.PanicsWithValue(t, "zohohubtest: AddField: schema: there is no module Nothings", func() { s.AddField("Nothings", Field{}) })
	// What could only be ignored is refused.
	for want, f := range map[string]Field{
		"Boat_Trips.Nr: a row of a subform has no autonumber":     {APIName: "Nr", DataType: "autonumber"},
		"Boat_Trips.Code: a row of a subform has no unique field": {APIName: "Code", DataType: "text", Unique: true},
	} {
		assert.PanicsWithValue(t, "zohohubtest: AddField: schema: field "+want, func() { s.AddField("Boat_Trips", f) })
	}
	assert.PanicsWithValue(t, "zohohubtest: AddField: schema: field Boats.Others: the rows of Specimen_Rows are in Specimens", func() {
		s.AddField("Boats", Field{APIName: "Others", DataType: "subform", Subform: "Specimen_Rows"})
	})
	for _, name := range []string{"id", "Owner", "Created_Time", "Modified_By", "Tag", "Layout", "Record_Status__s"} {
		assert.PanicsWithValue(t, "zohohubtest: AddModule: schema: field Ships."+name+": is Zoho's own", func() {
			s.AddModule(Module{APIName: "Ships", Fields: []Field{{APIName: name, DataType: "text"}}})
		})
	}
	assert.PanicsWithValue(t, "zohohubtest: AddModule: schema: field Ship_Trips.Parent_Id: is Zoho's own", func() {
		s.AddModule(Module{APIName: "Ship_Trips", SubformOf: "Boats", Fields: []Field{{APIName: "Parent_Id", DataType: "text"}}})
	})
	s.AddModule(Module{APIName: "Ships"}) // nothing of it was left behind
}

func TestSwitches(t *testing.T) {
	t.Parallel()
	s := NewServer(t)
	s.SetFailureStatus(http.StatusAccepted)
	token := s.Token().AccessToken
	client := roads(s)["transport"]
	got, _, err := send(t.Context(), client, http.MethodPost, s.URL()+"/crm/v8/Leads", signed(token), `{"data":[{}]}`)
	require.NoError(t, err)
	assert.Equal(t, http.StatusAccepted, got.Status)

	s.SetSearchLag(3 * time.Second)
	_, _, err = send(t.Context(), client, http.MethodPost, s.URL()+"/crm/v8/Leads", signed(token), newLead)
	require.NoError(t, err)
	search := func() int {
		got, _, err := send(t.Context(), client, http.MethodGet, s.URL()+"/crm/v8/Leads/search?word=Doe", signed(token), "")
		require.NoError(t, err)
		return got.Status
	}
	assert.Equal(t, http.StatusNoContent, search())
	s.Advance(3 * time.Second)
	assert.Equal(t, http.StatusOK, search())
}

func TestCloseWaits(t *testing.T) {
	t.Parallel()
	for road := range roads(&Server{}) {
		t.Run(road, func(t *testing.T) {
			t.Parallel()
			s := NewServer(t)
			inside, ended := make(chan struct{}), false
			s.handler = http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				close(inside)
				reached(t, r.Context().Done(), "the server closes")
				time.Sleep(5 * time.Millisecond) // a handler that is slow to end
				ended = true
			})
			s.socket.Handler = s.handler
			done := make(chan error, 1)
			go func() {
				_, _, err := send(context.WithoutCancel(t.Context()), roads(s)[road], http.MethodPost, s.URL()+"/", nil, newLead) // which nobody reads
				done <- err
			}()
			awaited(t, inside, "the request at the handler")
			s.Close()
			assert.True(t, ended)
			assert.Error(t, awaited(t, done, "the end of the request"))
		})
	}
}
