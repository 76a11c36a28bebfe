package zohohub_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	. "github.com/zohohub/zohohub"
	"github.com/zohohub/zohohub/zohohubtest"
)

// concurrent runs test on a fake CRM in a bubble, where each call takes a second and nothing else takes time: how long a
// batch takes shows which of its calls overlap.
func concurrent(t *testing.T, most int, test func(t *testing.T, crm *zohohubtest.Server, people *Record[Person])) {
	t.Helper()
	crm := zohohubtest.NewServer(t)
	synctest.Test(t, func(t *testing.T) { test(t, crm, concurrentPeople(t, crm, crm.Transport(), most)) })
}

func concurrentPeople(t *testing.T, crm *zohohubtest.Server, wire http.RoundTripper, most int) *Record[Person] {
	t.Helper()
	cfg := crm.Config()
	cfg.HTTPClient, cfg.MaxConcurrency = &http.Client{Transport: wire}, most
	conn, err := NewConnection(cfg, crm.Token())
	require.NoError(t, err)
	return NewRecord[Person](conn)
}

// took is how many seconds a batch takes whose calls take one each.
func took(crm *zohohubtest.Server, batch func()) int {
	crm.Inject(zohohubtest.Fault{Path: "/Leads", Delay: time.Second, Times: -1})
	start := time.Now()
	batch()
	crm.ClearFaults()
	return int(time.Since(start) / time.Second)
}

// somePeople are n that differ in all that is set.
func somePeople(n int) []*Person {
	recs := make([]*Person, n)
	for i := range recs {
		recs[i] = &Person{LastName: fmt.Sprint("n", i), Company: "Acme", Email: fmt.Sprintf("e%d@example.com", i)}
	}
	return recs
}

// seeded are the ids of n records.
func seeded(crm *zohohubtest.Server, n int) []string {
	rows := make([]Fields, n)
	for i := range rows {
		rows[i] = Fields{"Last_Name": "Doe", "Company": "Acme"}
	}
	return crm.Seed("Leads", rows...)
}

// stored is what the CRM's leads have in a field, by id.
func stored(crm *zohohubtest.Server, field string) map[string]any {
	byID := map[string]any{}
	for _, r := range crm.Records("Leads") {
		byID[r["id"].(string)] = r[field]
	}
	return byID
}

// bodies are those of all requests of a method, as they came, their keys sorted.
func bodies(t *testing.T, crm *zohohubtest.Server, method string) []string {
	t.Helper()
	var all []string
	for _, r := range crm.Requests() {
		if r.Method == method && strings.HasPrefix(r.Path, "/crm/") {
			all = append(all, sortedJSON(t, json.RawMessage(r.Body)))
		}
	}
	return all
}

// bodiesOf are the bodies of calls for a hundred rows each, in order.
func bodiesOf(t *testing.T, rows []Fields) []string {
	t.Helper()
	var all []string
	for chunk := range slices.Chunk(rows, 100) {
		all = append(all, sortedJSON(t, map[string]any{"data": chunk}))
	}
	return all
}

func sortedJSON(t *testing.T, v any) string {
	t.Helper()
	body, err := json.Marshal(v)
	require.NoError(t, err)
	var keys any
	require.NoError(t, json.Unmarshal(body, &keys))
	body, err = json.Marshal(keys)
	require.NoError(t, err)
	return string(body)
}

func TestCallsOfABatchRunSideBySide(t *testing.T) {
	t.Parallel()
	for most, seconds := range map[int]int{0: 3, 1: 9, 2: 5, 3: 3, 4: 3, 1000: 3} {
		t.Run(fmt.Sprint("MaxConcurrency ", most), func(t *testing.T) {
			t.Parallel()
			concurrent(t, most, func(t *testing.T, crm *zohohubtest.Server, people *Record[Person]) {
				crm.LimitConcurrency(4)
				recs := somePeople(850)
				rows := make([]Fields, len(recs))
				for i, r := range recs {
					rows[i] = Fields{"Last_Name": r.LastName, "Company": "Acme", "Email": r.Email}
				}
				assert.Equal(t, seconds, took(crm, func() {
					res, err := people.CreateAll(t.Context(), recs)
					require.NoError(t, err)
					names := stored(crm, "Last_Name")
					require.Len(t, names, 850)
					for i, r := range res {
						assert.Equal(t, Result{ID: recs[i].ID, Action: "insert"}, r)
						assert.Equal(t, recs[i].LastName, names[r.ID])
					}
				}))
				want, got := bodiesOf(t, rows), bodies(t, crm, http.MethodPost)
				assert.ElementsMatch(t, want, got)
				if most == 1 {
					assert.Equal(t, want, got, "in order")
				}
			})
		})
	}
}

// TestRowsOfOneRecordStayInOrder: the last change of a record is the one that lasts.
func TestRowsOfOneRecordStayInOrder(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		same    func(row int) bool
		seconds int
	}{
		"no record twice":           {func(int) bool { return false }, 2},
		"every other row":           {func(row int) bool { return row%2 == 0 }, 6},
		"twice in one call":         {func(row int) bool { return row < 2 }, 2},
		"the first and the last":    {func(row int) bool { return row == 0 || row == 599 }, 2},
		"the last and the next":     {func(row int) bool { return row == 99 || row == 100 }, 3},
		"in two calls of the first": {func(row int) bool { return row == 120 || row == 320 }, 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			concurrent(t, 0, func(t *testing.T, crm *zohohubtest.Server, people *Record[Person]) {
				ids := seeded(crm, 601)
				changes, last := make([]Fields, 600), map[string]any{ids[600]: nil}
				for i := range changes {
					id := ids[i]
					last[id] = nil
					if c.same(i) {
						id = ids[600]
					}
					changes[i] = Fields{"id": id, "City": fmt.Sprint("c", i)}
				}
				for _, change := range changes {
					last[change["id"].(string)] = change["City"]
				}
				assert.Equal(t, c.seconds, took(crm, func() {
					res, err := people.UpdateAll(t.Context(), changes)
					require.NoError(t, err)
					for i, r := range res {
						assert.Equal(t, Result{ID: changes[i]["id"].(string), Action: "update"}, r)
					}
				}))
				assert.Equal(t, last, stored(crm, "City"))
				assert.ElementsMatch(t, bodiesOf(t, changes), bodies(t, crm, http.MethodPut), "duplicates cost no calls")
			})
		})
	}
}

// laneWire is a way to the fake on which calls take all kinds of times, and which looks at those under way.
type laneWire struct {
	next     http.RoundTripper
	random   *rand.Rand
	mu       sync.Mutex
	underWay map[string]bool
	rows     [][]string // of each call, in the order in which they came
	together int        // the most calls at once
	calls    int
	clashes  []string
}

// RoundTrip implements [http.RoundTripper].
func (w *laneWire) RoundTrip(r *http.Request) (*http.Response, error) {
	get, err := r.GetBody()
	if err != nil {
		return nil, err
	}
	var body struct {
		Data []struct {
			ID   string `json:"id"`
			City string `json:"City"` //nolint:tagliatelle // Zoho's
		} `json:"data"`
	}
	if err := json.NewDecoder(get).Decode(&body); err != nil {
		return nil, err
	}
	ids := map[string]bool{}
	var cities []string
	for _, row := range body.Data {
		ids[row.ID] = true
		cities = append(cities, row.City)
	}
	w.mu.Lock()
	for id := range ids {
		if w.underWay[id] {
			w.clashes = append(w.clashes, id)
		}
		w.underWay[id] = true
	}
	w.rows = append(w.rows, cities)
	w.calls++
	w.together = max(w.together, w.calls)
	before, after := time.Duration(w.random.Int64N(1e9)), time.Duration(w.random.Int64N(1e9))
	w.mu.Unlock()

	time.Sleep(before)
	resp, err := w.next.RoundTrip(r)
	time.Sleep(after)

	w.mu.Lock()
	defer w.mu.Unlock()
	for id := range ids {
		delete(w.underWay, id)
	}
	w.calls--
	return resp, err
}

func TestNoRecordIsInTwoCallsAtOnce(t *testing.T) {
	t.Parallel()
	for seed := range uint64(8) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			concurrent(t, 0, func(t *testing.T, crm *zohohubtest.Server, _ *Record[Person]) {
				random := rand.New(rand.NewPCG(seed, 0))
				wire := &laneWire{next: crm.Transport(), random: random, underWay: map[string]bool{}}
				people := concurrentPeople(t, crm, wire, 0)
				ids := seeded(crm, 1200)
				changes, last := make([]Fields, 1150), map[string]any{}
				for _, id := range ids {
					last[id] = nil
				}
				for i := range changes {
					id := ids[i]
					if random.IntN(100) == 0 {
						id = ids[random.IntN(len(ids))]
					}
					changes[i] = Fields{"id": id, "City": fmt.Sprint("c", i)}
					last[id] = changes[i]["City"]
				}
				_, err := people.UpdateAll(t.Context(), changes)
				require.NoError(t, err)
				assert.Equal(t, last, stored(crm, "City"))
				assert.Empty(t, wire.clashes)
				assert.Equal(t, 4, wire.together)
				assert.ElementsMatch(t, bodiesOf(t, changes), bodies(t, crm, http.MethodPut))
			})
		})
	}
}

func TestSaveAllCreatesBeforeItUpdates(t *testing.T) {
	t.Parallel()
	concurrent(t, 0, func(t *testing.T, crm *zohohubtest.Server, people *Record[Person]) {
		ids := seeded(crm, 250)
		recs := somePeople(500)
		for i, id := range ids {
			recs[2*i].ID = id
		}
		recs[498].ID = ids[0] // in another call than the first
		assert.Equal(t, 3, took(crm, func() {
			_, err := people.SaveAll(t.Context(), recs)
			require.NoError(t, err)
		}), "the new at once, two hundreds of the others, and the last of them")
		assert.Equal(t, slices.Concat(slices.Repeat([]string{"POST /crm/v8/Leads"}, 3), slices.Repeat([]string{"PUT /crm/v8/Leads"}, 3)), asked(crm))
		assert.Equal(t, recs[498].LastName, stored(crm, "Last_Name")[ids[0]])
	})
}

func TestDeleteAllRunsSideBySide(t *testing.T) {
	t.Parallel()
	concurrent(t, 0, func(t *testing.T, crm *zohohubtest.Server, people *Record[Person]) {
		ids := seeded(crm, 350)
		assert.Equal(t, 1, took(crm, func() {
			res, err := people.DeleteAll(t.Context(), slices.Concat(ids, ids[:100]))
			require.NoError(t, err)
			for i, r := range res {
				assert.Equal(t, Result{ID: ids[i%350]}, r)
			}
		}))
		var sent []string
		for _, r := range crm.Requests() {
			sent = append(sent, r.Query.Get("ids"))
		}
		var want []string
		for chunk := range slices.Chunk(ids, 100) {
			want = append(want, strings.Join(chunk, ","))
		}
		assert.ElementsMatch(t, want, sent)
		assert.Empty(t, crm.Records("Leads"))
	})
}
