package zohohub_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	. "github.com/zohohub/zohohub"
	"github.com/zohohub/zohohub/zohohubtest"
)

// Tagged is a lead with its tags.
type Tagged struct {
	ID, LastName string
	Tags         []Tag `zoho:"Tag,readonly"`
}

func (Tagged) ModuleName() string { return "Leads" }

// tagsOf are the names of a lead's tags.
func tagsOf(t *testing.T, conn *Connection, id string) []string {
	t.Helper()
	lead, err := NewRecord[Tagged](conn).Find(t.Context(), id)
	require.NoError(t, err)
	names := []string{}
	for _, tag := range lead.Tags {
		assert.NotEmpty(t, tag.ID)
		names = append(names, tag.Name)
	}
	return names
}

// moduleTags are a module's tags by their names.
func moduleTags(t *testing.T, tags *Tags) map[string]*Tag {
	t.Helper()
	byName := map[string]*Tag{}
	for tag, err := range tags.All(t.Context()) {
		require.NoError(t, err)
		byName[tag.Name] = tag
	}
	return byName
}

func TestTaggingInEveryVersion(t *testing.T) {
	t.Parallel()
	inEveryVersion(t, func(t *testing.T, v string, crm *zohohubtest.Server, conn *Connection) {
		ids := crm.Seed("Leads", Fields{"Last_Name": "Doe"}, Fields{"Last_Name": "Roe"})
		leads := NewRecord[Lead](conn)
		ctx := t.Context()
		both := Results{{ID: ids[0], Action: "update"}, {ID: ids[1], Action: "update"}}
		// sent compares the last request with what the version takes.
		sent := func(action, body string, query url.Values) {
			t.Helper()
			all := crm.Requests()
			last := all[len(all)-1]
			assert.Equal(t, "POST /crm/"+v+"/Leads/actions/"+action, last.Method+" "+last.Path)
			if v < "v4" {
				assert.Empty(t, last.Body)
				assert.Equal(t, query, last.Query)
				return
			}
			assert.Empty(t, last.Query)
			assert.JSONEq(t, body, string(last.Body))
		}
		list := fmt.Sprintf(`["%s","%s"]`, ids[0], ids[1])
		query := func(names string) url.Values {
			return url.Values{"ids": {ids[0] + "," + ids[1]}, "tag_names": {names}}
		}

		res, err := leads.AddTags(ctx, ids, "VIP", "Lisboa & Porto")
		require.NoError(t, err)
		assert.Equal(t, both, res)
		sent("add_tags", `{"tags":[{"name":"VIP"},{"name":"Lisboa & Porto"}],"ids":`+list+`,"over_write":false}`, query("VIP,Lisboa & Porto"))
		_, err = leads.AddTags(ctx, ids[:1], "new")
		require.NoError(t, err)
		assert.Equal(t, []string{"VIP", "Lisboa & Porto", "new"}, tagsOf(t, conn, ids[0]))

		res, err = leads.RemoveTags(ctx, ids, "new", "Lisboa & Porto")
		require.NoError(t, err)
		assert.Equal(t, both, res, "a tag that one does not have is no error")
		sent("remove_tags", `{"tags":[{"name":"new"},{"name":"Lisboa & Porto"}],"ids":`+list+`}`, query("new,Lisboa & Porto"))
		assert.Equal(t, []string{"VIP"}, tagsOf(t, conn, ids[0]))

		res, err = leads.SetTags(ctx, ids, "cold")
		require.NoError(t, err)
		assert.Equal(t, both, res)
		over := query("cold")
		over.Set("over_write", "true")
		sent("add_tags", `{"tags":[{"name":"cold"}],"ids":`+list+`,"over_write":true}`, over)
		assert.Equal(t, []string{"cold"}, tagsOf(t, conn, ids[0]))
		assert.Equal(t, []string{"cold"}, tagsOf(t, conn, ids[1]))
	})
}

func TestTaggingMany(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	ids := seedPeople(t, crm, 250)
	const nobody = "5725767000099999999"
	given := append(append([]string{nobody}, ids...), "a/b", ids[0], nobody)
	leads := NewRecord[Lead](conn)
	crm.ResetRequests()
	res, err := leads.AddTags(t.Context(), given, "VIP")
	require.ErrorContains(t, err, "zohohub: add tags to Leads: 3 of 254 failed; first, at 0: ")
	require.ErrorIs(t, err, ErrRecordNotFound)
	require.Len(t, res, 254)
	for i, id := range ids {
		assert.Equal(t, Result{ID: id, Action: "update"}, res[i+1])
	}
	require.ErrorContains(t, res[251].Err, `"a/b" is not a record's id`)
	assert.Equal(t, res[1], res[252], "one that stands there again is sent once")
	var again *Error
	require.ErrorAs(t, res[253].Err, &again)
	assert.Equal(t, 253, again.Index)
	assert.Len(t, asked(crm), 3)
	sent := ""
	for _, r := range crm.Requests() {
		sent += string(r.Body)
	}
	assert.Equal(t, 1, strings.Count(sent, ids[0]))

	n, err := leads.Tags().Count(t.Context(), moduleTags(t, leads.Tags())["VIP"].ID)
	require.NoError(t, err)
	assert.Equal(t, 250, n)
}

// TestHostileTags: what cannot be a tag is refused, and whatever else is a name is a name.
func TestHostileTags(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	id := crm.Seed("Leads", Fields{"Last_Name": "Doe"})[0]
	leads := NewRecord[Lead](conn)
	ctx := t.Context()
	crm.ResetRequests()
	for _, test := range []struct{ name, want string }{
		{"", "a tag's name is empty"}, {" \t", "a tag's name is empty"},
		{strings.Repeat("é", 26), `the tag's name "éééééééééééééééééééééééééé" has 26 characters: Zoho takes 25`},
	} {
		for _, tag := range []func(...string) (Results, error){
			func(tags ...string) (Results, error) { return leads.AddTags(ctx, []string{id}, tags...) },
			func(tags ...string) (Results, error) { return leads.SetTags(ctx, []string{id}, tags...) },
			func(tags ...string) (Results, error) { return leads.RemoveTags(ctx, []string{id}, tags...) },
		} {
			_, err := tag("fine", test.name)
			require.ErrorIs(t, err, ErrRecordInvalid)
			require.ErrorContains(t, err, test.want)
			_, err = tag()
			require.ErrorContains(t, err, "Leads: no tags")
		}
		res, err := leads.Tags().Create(ctx, Tag{Name: test.name})
		require.ErrorIs(t, err, ErrRecordInvalid)
		require.ErrorContains(t, res[0].Err, test.want)
	}
	res, err := leads.Tags().Update(ctx, Tag{ID: id, Name: strings.Repeat("x", 26)}, Tag{Name: "x"}, Tag{ID: "1/2", Name: "x"})
	require.ErrorContains(t, err, "3 of 3 failed")
	require.ErrorContains(t, res[1].Err, "the id is empty")
	_, err = leads.Tags().Create(ctx, Tag{ID: "7", Name: "x"})
	require.ErrorContains(t, err, "the tag has the id 7 already")
	for _, bad := range []string{"", "..", "1/2", "1?x", "actions"} {
		require.Error(t, leads.Tags().Delete(ctx, bad), bad)
		_, err := leads.Tags().Count(ctx, bad)
		require.Error(t, err, bad)
		_, err = leads.Tags().Merge(ctx, bad, "1")
		require.Error(t, err, bad)
		_, err = leads.Tags().Merge(ctx, "1", bad)
		require.Error(t, err, bad)
	}
	res, err = leads.AddTags(ctx, nil, "VIP")
	require.NoError(t, err)
	assert.Empty(t, res)
	assert.Empty(t, crm.Requests(), "nothing was sent")

	odd := []string{`a,b"}]`, "../x?y#z&%20", "\u202etxt", strings.Repeat("é", 25)}
	_, err = leads.AddTags(ctx, []string{id}, odd...)
	require.NoError(t, err)
	assert.Equal(t, odd, tagsOf(t, conn, id))

	_, old := setupVersion(t, "v3")
	_, err = NewRecord[Lead](old).AddTags(ctx, []string{id}, "a,b")
	require.EqualError(t, err, `zohohub: add tags to Leads: the tag's name "a,b" has a comma, which API v3 takes for the end of a name`)
}

// TestTagsOfAModule lives a tag's life under each version.
func TestTagsOfAModule(t *testing.T) {
	t.Parallel()
	inEveryVersion(t, func(t *testing.T, _ string, crm *zohohubtest.Server, conn *Connection) {
		ids := crm.Seed("Leads", Fields{"Last_Name": "Doe"}, Fields{"Last_Name": "Roe"})
		leads := NewRecord[Lead](conn)
		tags := leads.Tags()
		ctx := t.Context()
		assert.Empty(t, moduleTags(t, tags))

		_, err := tags.Create(ctx, Tag{Name: "x", Color: "red"})
		require.ErrorIs(t, err, ErrRecordInvalid, "that is none of Zoho's colours")
		res, err := tags.Create(ctx, Tag{Name: "VIP", Color: "#57B1FD"}, Tag{Name: "vip"}, Tag{Name: "cold"})
		require.ErrorIs(t, err, ErrDuplicate)
		require.ErrorContains(t, err, "zohohub: create tags of Leads: 1 of 3 failed; first, at 1: DUPLICATE_DATA")
		assert.JSONEq(t, `{"tags":[{"name":"VIP","color_code":"#57B1FD"},{"name":"vip"},{"name":"cold"}]}`, lastWrite(t, crm))
		vip, cold := res[0].ID, res[2].ID
		assert.Equal(t, Result{ID: vip, Action: "insert"}, res[0])
		made := moduleTags(t, tags)
		require.Len(t, made, 2)
		assert.Equal(t, &Tag{
			ID: vip, Name: "VIP", Color: "#57B1FD", CreatedBy: made["VIP"].CreatedBy, ModifiedBy: made["VIP"].ModifiedBy,
			CreatedTime: made["VIP"].CreatedTime, ModifiedTime: made["VIP"].ModifiedTime,
		}, made["VIP"])
		assert.NotEmpty(t, made["VIP"].CreatedBy.ID)
		assert.False(t, made["VIP"].CreatedTime.IsZero())
		assert.Empty(t, moduleTags(t, NewRecord[Contact](conn).Tags()), "another module's are others")

		_, err = leads.AddTags(ctx, ids, "VIP")
		require.NoError(t, err)
		_, err = leads.AddTags(ctx, ids[1:], "cold")
		require.NoError(t, err)
		res, err = tags.Update(ctx, Tag{ID: vip, Name: "Star"}, Tag{ID: cold, Color: "#969696"}, Tag{ID: "5725767000099999999", Name: "x"})
		require.ErrorIs(t, err, ErrRecordNotFound)
		assert.Equal(t, Result{ID: cold, Action: "update"}, res[1])
		assert.Equal(t, []string{"Star"}, tagsOf(t, conn, ids[0]))
		assert.Equal(t, "#969696", moduleTags(t, tags)["cold"].Color)
		assert.Equal(t, "#57B1FD", moduleTags(t, tags)["Star"].Color, "what is empty stays")

		n, err := tags.Count(ctx, vip)
		require.NoError(t, err)
		assert.Equal(t, 2, n)
		_, err = tags.Count(ctx, "5725767000099999999")
		require.ErrorIs(t, err, ErrRecordNotFound)

		res, err = tags.Merge(ctx, vip, cold)
		require.NoError(t, err)
		require.Len(t, res, 1)
		assert.JSONEq(t, `{"tags":[{"conflict_id":"`+cold+`"}]}`, lastWrite(t, crm))
		assert.Equal(t, []string{"Star"}, tagsOf(t, conn, ids[1]))
		_, err = tags.Merge(ctx, "5725767000099999999", vip)
		require.ErrorIs(t, err, ErrRecordNotFound)

		require.NoError(t, tags.Delete(ctx, vip))
		require.ErrorIs(t, tags.Delete(ctx, vip), ErrRecordNotFound)
		assert.Empty(t, tagsOf(t, conn, ids[0]))
		assert.Empty(t, moduleTags(t, tags))
	})
}

func TestManyTags(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	tags := NewRecord[Lead](conn).Tags()
	many := make([]Tag, 150)
	for i := range many {
		many[i] = Tag{Name: fmt.Sprint("t", i)}
	}
	res, err := tags.Create(t.Context(), many...)
	require.NoError(t, err)
	ids := make([]string, len(res))
	for i, r := range res {
		ids[i] = r.ID
		many[i] = Tag{ID: r.ID, Color: "#969696"}
	}
	_, err = tags.Update(t.Context(), many...)
	require.NoError(t, err)
	made := moduleTags(t, tags)
	for i, id := range ids {
		assert.Equal(t, id, made[fmt.Sprint("t", i)].ID)
		assert.Equal(t, "#969696", made[fmt.Sprint("t", i)].Color)
	}
	crm.ResetRequests()
	res, err = tags.Merge(t.Context(), ids[0], ids[1:]...)
	require.NoError(t, err)
	assert.Len(t, res, 149)
	assert.Len(t, asked(crm), 2)
	assert.Len(t, moduleTags(t, tags), 1)
}

func TestTagsRefused(t *testing.T) {
	t.Parallel()
	_, conn := setup(t)
	ctx := t.Context()
	for _, err := range NewRecord[Lead](conn, InModule("Leeds")).Tags().All(ctx) {
		require.ErrorIs(t, err, ErrInvalidModule)
	}
	for _, err := range NewRecord[Lead](conn, InModule("No module")).Tags().All(ctx) {
		require.ErrorContains(t, err, "is not a module's API name")
	}
	_, err := NewRecord[Lead](conn, InModule("No module")).Tags().Create(ctx, Tag{Name: "x"})
	require.ErrorContains(t, err, "is not a module's API name")
	_, err = NewRecord[Lead](conn, InModule("Leeds")).Tags().Create(ctx, Tag{Name: "x"})
	require.ErrorIs(t, err, ErrInvalidModule)
	_, err = NewRecord[Lead](conn, InModule("Leeds")).AddTags(ctx, []string{"7"}, "x")
	require.ErrorIs(t, err, ErrInvalidModule)
}

// TestTagsAsAField: what a record holds can be written like any other list.
func TestTagsAsAField(t *testing.T) {
	t.Parallel()
	type lead struct {
		Tracked
		ID, LastName string
		Tags         []Tag `zoho:"Tag"`
	}
	crm, conn := setup(t)
	leads := NewRecord[lead](conn, InModule("Leads"))
	made := &lead{LastName: "Doe", Tags: []Tag{{Name: "VIP"}}}
	require.NoError(t, leads.Create(t.Context(), made))
	found, err := leads.Find(t.Context(), made.ID)
	require.NoError(t, err)
	found.Tags = append(found.Tags, Tag{Name: "new"})
	require.NoError(t, leads.Save(t.Context(), found))
	vip := found.Tags[0].ID
	assert.JSONEq(t, fmt.Sprintf(`{"data":[{"id":%q,"Tag":[{"id":%q,"name":"VIP"},{"name":"new"}]}]}`, made.ID, vip), lastWrite(t, crm))
	assert.Equal(t, []string{"VIP", "new"}, tagsOf(t, conn, made.ID))
}

// TestTagsAgain: tagging twice is tagging once; a tag is not made twice, and one that is gone was deleted.
func TestTagsAgain(t *testing.T) {
	t.Parallel()
	crm, conn := setup(t)
	id := crm.Seed("Leads", Fields{"Last_Name": "Doe"})[0]
	leads := NewRecord[Lead](conn)
	ctx := t.Context()
	lose := func(method, path string) {
		crm.Inject(zohohubtest.Fault{Method: method, Path: path, CutAfter: true})
	}
	lose(http.MethodPost, "/add_tags")
	_, err := leads.AddTags(ctx, []string{id}, "VIP")
	require.NoError(t, err)
	lose(http.MethodPost, "/remove_tags")
	_, err = leads.RemoveTags(ctx, []string{id}, "VIP")
	require.NoError(t, err)
	assert.Empty(t, tagsOf(t, conn, id))
	lose(http.MethodPost, "/tags")
	_, err = leads.Tags().Create(ctx, Tag{Name: "new"})
	require.ErrorIs(t, err, ErrOutcomeUnknown)
	tag := moduleTags(t, leads.Tags())["new"]
	require.NotNil(t, tag)
	lose(http.MethodPut, "/tags")
	_, err = leads.Tags().Update(ctx, Tag{ID: tag.ID, Name: "newer"})
	require.NoError(t, err)
	lose(http.MethodDelete, "/tags")
	require.NoError(t, leads.Tags().Delete(ctx, tag.ID))
}

// TestForeignTags: answers that do not fit are errors.
func TestForeignTags(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		body string
		call func(*Tags) error
		want string
	}{
		"a list of something else": {`{"data":[]}`, func(tags *Tags) error { return lastError(t, tags) }, "zohohub: list tags of Leads: (HTTP 200): the answer has no data: it is not Zoho's"},
		"a list that does not fit": {`{"tags":[{"id":"1","name":"a"},{"id":"2","name":{}}]}`, func(tags *Tags) error { return lastError(t, tags) }, "zohohub: list tags of Leads: (HTTP 200): "},
		"no count": {`{"count":null}`, func(tags *Tags) error {
			_, err := tags.Count(t.Context(), "7")
			return err
		}, `zohohub: count tagged Leads: (HTTP 200): count is not a number: "null"`},
		"no rows": {`{"data":[]}`, func(tags *Tags) error {
			_, err := tags.Create(t.Context(), Tag{Name: "x"})
			return err
		}, "the answer has no rows"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			mock, conn := mocked(t)
			mock.RegisterNoResponder(func(*http.Request) (*http.Response, error) { return jsonAnswer(http.StatusOK, test.body), nil })
			require.ErrorContains(t, test.call(NewRecord[Lead](conn).Tags()), test.want)
		})
	}
}

// lastError is what a list of tags ends with; what was read before it is good.
func lastError(t *testing.T, tags *Tags) (last error) {
	t.Helper()
	for tag, err := range tags.All(t.Context()) {
		assert.Equal(t, err == nil, tag != nil)
		last = err
	}
	return last
}
