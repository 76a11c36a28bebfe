package zohohub_test

import (
	"context"
	"fmt"
	"iter"
	"maps"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/jarcoal/httpmock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	. "github.com/zohohub/zohohub"
	"github.com/zohohub/zohohub/zohohubtest"
)

// paces are the two ways in which All fetches its pages.
var paces = map[string][]ListOption{
	"a page ahead": {PerPage(4)},
	"sequential":   {PerPage(4), Sequential()},
}

// restless changes the leads while they are read.
type restless struct {
	t      *testing.T
	crm    *zohohubtest.Server
	people *Record[Person]
	read   []string // in order; what comes twice is here twice
	unread []string // of those that were there at first
	gone   map[string]bool
}

func newRestless(t *testing.T, version string, n int) (*restless, []string) {
	t.Helper()
	crm, conn := setupVersion(t, version)
	ids := seedPeople(t, crm, n)
	crm.Advance(time.Minute)
	return &restless{t: t, crm: crm, people: NewRecord[Person](conn), unread: slices.Clone(ids), gone: map[string]bool{}}, ids
}

// each reads the whole list; for every record that was there at first do may change something.
func (r *restless) each(list iter.Seq2[*Person, error], do func(i int)) {
	r.t.Helper()
	for p, err := range list {
		require.NoError(r.t, err)
		r.read = append(r.read, p.ID)
		require.Less(r.t, len(r.read), 500, "a list without end")
		if at := slices.Index(r.unread, p.ID); at >= 0 {
			r.unread = slices.Delete(r.unread, at, at+1)
			r.crm.Advance(time.Second) // Modified_Time has no fractions
			do(len(r.read) - 1)
		}
	}
}

func (r *restless) create(n int) {
	for range n {
		require.NoError(r.t, r.people.Create(r.t.Context(), &Person{LastName: "New", Company: "Acme"}))
	}
}

func (r *restless) update(id string) {
	require.NoError(r.t, r.people.Update(r.t.Context(), id, Fields{"City": "Faro"}))
}

func (r *restless) remove(id string) {
	require.NoError(r.t, r.people.Delete(r.t.Context(), id))
	r.gone[id] = true
	r.unread = slices.DeleteFunc(r.unread, func(unread string) bool { return unread == id })
}

// check compares what was read with ids, of which those that were removed meanwhile may be missing.
func (r *restless) check(ids []string) {
	r.t.Helper()
	times := map[string]int{}
	for _, id := range r.read {
		times[id]++
	}
	for id, n := range times {
		assert.Equal(r.t, 1, n, "%s was read %d times", id, n)
	}
	for i, id := range ids {
		assert.True(r.t, times[id] == 1 || r.gone[id], "number %d of %d was not read", i, len(ids))
	}
}

// TestRecordsThatShift: with page tokens no record that is there throughout is lost or comes twice, whatever the loop's
// body does to those around it.
func TestRecordsThatShift(t *testing.T) {
	t.Parallel()
	for order, sorted := range map[string][]ListOption{
		"newest first":  nil,
		"oldest first":  {SortBy("id", Ascending)},
		"created first": {SortBy("Created_Time", Ascending)},
		"created last":  {SortBy("Created_Time")},
		"changed last":  {SortBy("Modified_Time", Ascending)},
	} {
		for pace, paced := range paces {
			for _, version := range []string{"v3", "v8"} {
				t.Run(order+", "+pace+", "+version, func(t *testing.T) {
					t.Parallel()
					r, ids := newRestless(t, version, 41)
					r.each(r.people.All(t.Context(), slices.Concat(sorted, paced)...), func(i int) {
						switch i % 5 {
						case 0:
							r.create(2)
						case 1:
							r.update(r.read[i])
							r.update(r.read[0])
						case 2:
							r.remove(r.read[i])
						}
						if n := len(r.unread); n > 0 && i%5 == 3 {
							r.update(r.unread[0])
							r.update(r.unread[n/2])
						} else if n > 0 && i%5 == 4 {
							r.remove(r.unread[n/2])
						}
					})
					r.check(ids)
					assert.Greater(t, len(r.gone), 10)
				})
			}
		}
	}
}

// TestChangedRecordsComeOnce: a loop that changes what it reads, in the order of the changes, ends.
func TestChangedRecordsComeOnce(t *testing.T) {
	t.Parallel()
	for _, order := range []Order{Ascending, Descending} {
		for pace, paced := range paces {
			for _, version := range []string{"v3", "v8"} {
				t.Run(fmt.Sprint(order, ", ", pace, ", ", version), func(t *testing.T) {
					t.Parallel()
					r, ids := newRestless(t, version, 30)
					r.each(r.people.All(t.Context(), append(paced, SortBy("Modified_Time", order))...), func(i int) { r.update(r.read[i]) })
					r.check(ids)
					assert.Len(t, r.read, 30)
				})
			}
		}
	}
}

// TestTheFirstComesAgainAtTheEnd: however long the list, the first of it is known when it has moved to its end.
func TestTheFirstComesAgainAtTheEnd(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	ids := seedPeople(t, crm, 2100)
	crm.Advance(time.Minute)
	people := NewRecord[Person](conn)
	var read []string
	for p, err := range people.All(t.Context(), SortBy("Modified_Time", Ascending)) {
		require.NoError(t, err)
		if read = append(read, p.ID); len(read) == 1 {
			require.NoError(t, people.Update(t.Context(), p.ID, Fields{"City": "Faro"}))
		}
	}
	assert.Equal(t, ids, read)
}

// TestOrdersThatMove: what comes again in them was changed meanwhile, on pages by token too.
func TestOrdersThatMove(t *testing.T) {
	t.Parallel()
	for name, opts := range map[string][]ListOption{
		"a view's": {View("7")}, "by the last change": {SortBy("Modified_Time", Ascending)}, "asked for by hand": {Param("sort_by", "Modified_Time")},
	} {
		mock, conn := mocked(t)
		for token, page := range map[string]string{
			"":   `{"data":[{"id":"1"},{"id":"2"}],"info":{"more_records":true,"next_page_token":"t1"}}`,
			"t1": `{"data":[{"id":"1"},{"id":"2"}],"info":{"more_records":true,"next_page_token":"t2"}}`,
			"t2": `{"data":[{"id":"3"},{"id":"1"}],"info":{"more_records":false}}`,
		} {
			mock.RegisterMatcherResponder(http.MethodGet, leadsURL, httpmock.NewMatcher(token, func(r *http.Request) bool {
				return r.URL.Query().Get("page_token") == token
			}), answering(page))
		}
		assert.Equal(t, []string{"1", "2", "3"}, collectIDs(t, NewRecord[Person](conn).All(t.Context(), opts...)), name)
	}
}

// nameless has no field for the id: what came before is known all the same.
type nameless struct{ LastName string }

// TestNumberedPagesRepeatNothing: where pages have numbers, what is put ahead of the reader's place brings records again.
func TestNumberedPagesRepeatNothing(t *testing.T) {
	t.Parallel()
	lists := map[string]struct {
		version string
		list    func(context.Context, *Record[Person], []ListOption) iter.Seq2[*Person, error]
	}{
		"a list of v2": {"v2", func(ctx context.Context, r *Record[Person], o []ListOption) iter.Seq2[*Person, error] {
			return r.All(ctx, o...)
		}},
		"a list of v2.1": {"v2.1", func(ctx context.Context, r *Record[Person], o []ListOption) iter.Seq2[*Person, error] {
			return r.All(ctx, o...)
		}},
		"a search of v2": {"v2", func(ctx context.Context, r *Record[Person], o []ListOption) iter.Seq2[*Person, error] {
			return r.Where(ctx, Eq("Company", "Acme"), o...)
		}},
		"a search": {"v8", func(ctx context.Context, r *Record[Person], o []ListOption) iter.Seq2[*Person, error] {
			return r.Where(ctx, Eq("Company", "Acme"), o...)
		}},
		"a search by word": {"v8", func(ctx context.Context, r *Record[Person], o []ListOption) iter.Seq2[*Person, error] {
			return r.Where(ctx, Word("Acme"), o...)
		}},
	}
	for name, c := range lists {
		for pace, paced := range paces {
			t.Run(name+", "+pace, func(t *testing.T) {
				t.Parallel()
				r, ids := newRestless(t, c.version, 30)
				r.each(c.list(t.Context(), r.people, paced), func(i int) {
					switch i {
					case 3: // more than two pages of them
						r.create(9)
					default:
						r.create(1)
					}
				})
				r.check(ids)
			})
		}
	}
	t.Run("a type without an id", func(t *testing.T) {
		t.Parallel()
		crm, conn := setupVersion(t, "v2")
		seedPeople(t, crm, 10)
		times := map[string]int{}
		for p, err := range NewRecord[nameless](conn, InModule("Leads")).All(t.Context(), PerPage(3), Sequential()) {
			require.NoError(t, err)
			times[p.LastName]++
			require.Less(t, times[p.LastName], 3, "a list without end")
			if len(times) < 5 {
				crm.Seed("Leads", Fields{"Last_Name": "New", "Company": "Acme"})
			}
		}
		delete(times, "New")
		assert.Len(t, times, 10)
		assert.Equal(t, 1, slices.Max(slices.Collect(maps.Values(times))))
	})
	t.Run("more than is remembered", func(t *testing.T) {
		t.Parallel()
		crm, conn := setupVersion(t, "v2")
		want := seedPeople(t, crm, 4500)
		slices.Reverse(want)
		var read []string
		for p, err := range NewRecord[Person](conn).All(t.Context()) {
			require.NoError(t, err)
			if read = append(read, p.ID); len(read)%1000 == 0 {
				seedPeople(t, crm, 150)
			}
		}
		assert.Equal(t, want, read)
	})
}

// TestDeletedRepeatsNothing: the latest come first, so that deleting shifts the rest.
func TestDeletedRepeatsNothing(t *testing.T) {
	t.Parallel()
	for pace, paced := range paces {
		t.Run(pace, func(t *testing.T) {
			t.Parallel()
			crm, conn := setup(t)
			ids := seedPeople(t, crm, 40)
			people := NewRecord[Person](conn)
			_, err := people.DeleteAll(t.Context(), ids[:20])
			require.NoError(t, err)
			times := map[string]int{}
			for d, err := range people.Deleted(t.Context(), paced...) {
				require.NoError(t, err)
				if times[d.ID]++; len(times) < 15 {
					require.NoError(t, people.Delete(t.Context(), ids[20+len(times)]))
				}
			}
			for _, id := range ids[:20] {
				assert.Equal(t, 1, times[id])
			}
		})
	}
}

// TestPagesOfAStatelessCaller: tokens begin behind the page before, whatever happened since.
func TestPagesOfAStatelessCaller(t *testing.T) {
	t.Parallel()
	r, ids := newRestless(t, "v8", 23)
	for token := ""; ; {
		page, err := r.people.Page(t.Context(), PerPage(4), PageToken(token))
		require.NoError(t, err)
		for _, p := range page.Records {
			r.read = append(r.read, p.ID)
		}
		r.create(3)
		r.remove(page.Records[0].ID)
		if token = page.Info.NextPageToken; token == "" {
			break
		}
	}
	r.check(ids)
}
