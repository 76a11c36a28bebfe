package zohohubtest

import (
	"maps"
	"net/http"
	"slices"

	"github.com/zohohub/zohohub/zohohubtest/internal/schema"
)

// tie holds two records of one of Zoho's own relations together. It stays when one of them goes to the recycle bin, and
// shows from then on only in what hung on the deleted record. What a multi-select lookup links has no ties: its links are
// records of a linking module, and go with what they link.
type tie struct {
	id                string
	fields            map[string]any
	created, modified string
}

// ties are those of a relation, by the ids of the two records.
type ties map[[2]int64]*tie

// relatives is a related list of one record.
type relatives struct {
	*schema.RelatedList
	parent int64
	// of is the request as one for the module of the records in the list.
	of *request
}

// relatives finds the list that a path names. The record whose list it is stands at the path's segment index, and must be
// there.
func (c *crm) relatives(q *request, index int, there func(id int64) bool) (*relatives, *refusal) {
	id, ok := parseID(q.id)
	if !ok || !there(id) {
		return nil, badRelated(index)
	}
	list := relatedList(q.module.RelatedLists(), func(l *schema.RelatedList) bool { return l.APIName == q.relation })
	if list == nil || list.Module == nil {
		return nil, newRefusal(http.StatusBadRequest, "INVALID_DATA", "The relation name given seems to be invalid",
			map[string]any{"resource_path_index": index + 1})
	}
	if !q.grant.allows("ZohoCRM.modules." + list.Module.ScopeName + ".READ") {
		return nil, scopeMismatch()
	}
	of := *q
	of.module, of.id = list.Module, q.related
	return &relatives{RelatedList: list, parent: id, of: &of}, nil
}

// relativesOf is relatives of a record that is there.
func (c *crm) relativesOf(q *request) (*relatives, *refusal) {
	return c.relatives(q, 1, func(id int64) bool { return c.table(q.module.APIName).get(id) != nil })
}

func relatedList(lists []*schema.RelatedList, is func(*schema.RelatedList) bool) *schema.RelatedList {
	if i := slices.IndexFunc(lists, is); i >= 0 {
		return lists[i]
	}
	return nil
}

// badRelated is for an id in a path of related records; index counts the path's segments after the version, from 0.
func badRelated(index int) *refusal {
	return newRefusal(http.StatusBadRequest, "INVALID_DATA", "the related id given seems to be invalid", map[string]any{"resource_path_index": index})
}

// tieOf is what ties a record to the parent, nil when nothing does.
func (c *crm) tieOf(l *schema.RelatedList, parent, related int64) *tie {
	if l.Relation == nil {
		return nil
	}
	return c.ties[l.Relation.Name][l.Key(parent, related)]
}

// relates tells of a record whether it is in a list of the parent's.
func (c *crm) relates(l *schema.RelatedList, parent int64) func(*record) bool {
	id := formatID(parent)
	if l.Through != nil {
		linked := c.linked(l.Through, parent)
		return func(r *record) bool { return linked[formatID(r.id)] != nil }
	}
	return func(r *record) bool {
		return c.tieOf(l, parent, r.id) != nil ||
			slices.ContainsFunc(l.Lookups, func(f *schema.Field) bool { return pointsAt(r, f, l.Parent, id) })
	}
}

// pointsAt tells whether a lookup of a record holds that record of a module.
func pointsAt(r *record, f *schema.Field, m *schema.Module, id string) bool {
	if f.Lookup == schema.AnyModule {
		if f.APIName == "Parent_Id" {
			return isNoteAt(r, m, id)
		}
		if r.fields["$se_module"] != m.APIName {
			return false
		}
	}
	said := moduleOf(r.fields[f.APIName])
	return refID(r.fields[f.APIName]) == id && (said == "" || said == m.APIName)
}

// listRelated is GET {module}/{id}/{list}.
func (c *crm) listRelated(q *request) outcome {
	rs, refused := c.relativesOf(q)
	if refused != nil {
		return refused.outcome()
	}
	return c.listRelatives(rs, c.relates(rs.RelatedList, rs.parent))
}

// listRelatedOfDeleted is GET {module}/deleted/{id}/{list}: what pointed at a record in the recycle bin, or is tied to it.
func (c *crm) listRelatedOfDeleted(q *request) outcome {
	deleted := c.table(q.module.APIName).deleted
	at := -1
	rs, refused := c.relatives(q, 2, func(id int64) bool {
		at = slices.IndexFunc(deleted, func(d deletedRecord) bool { return d.id == id && d.kept != nil && c.now().Sub(d.at) < recycleLife })
		return at >= 0
	})
	if refused != nil {
		return refused.outcome()
	}
	return c.listRelatives(rs, func(r *record) bool {
		return c.tieOf(rs.RelatedList, rs.parent, r.id) != nil ||
			slices.ContainsFunc(rs.Lookups, func(f *schema.Field) bool { return deleted[at].pointed[pointer{f, r.id}] != nil })
	})
}

func (c *crm) listRelatives(rs *relatives, in func(*record) bool) outcome {
	l, refused := c.readList(rs.of)
	if refused != nil {
		return refused.outcome()
	}
	return c.withTies(rs, c.listed(rs.of, l, in))
}

// getRelated is GET {module}/{id}/{list}/{related}.
func (c *crm) getRelated(q *request) outcome {
	rs, refused := c.relativesOf(q)
	if refused != nil {
		return refused.outcome()
	}
	id, ok := parseID(q.related)
	if !ok {
		return badRelated(3).outcome()
	}
	if r := c.table(rs.Module.APIName).get(id); r == nil || !c.relates(rs.RelatedList, rs.parent)(r) {
		return outcome{status: http.StatusNoContent}
	}
	return c.withTies(rs, c.get(rs.of))
}

// withTies adds what the ties or links hold to the records of an answer: the fields that were asked for, and a contact's
// role in any case.
func (c *crm) withTies(rs *relatives, a outcome) outcome {
	body, _ := a.body.(map[string]any)
	rows, _ := body["data"].([]any)
	asked := splitComma(rs.of.query.Get("fields"))
	switch {
	case !rs.Linkable():
		return a
	case rs.Through != nil:
		c.addLinkFields(rs, rows, asked)
		return a
	}
	for _, item := range rows {
		row, _ := item.(map[string]any)
		text, _ := row["id"].(string)
		id, _ := parseID(text)
		tied := c.tieOf(rs.RelatedList, rs.parent, id)
		info := map[string]any{"id": tied.id, "Created_Time": tied.created, "Modified_Time": tied.modified}
		for _, f := range rs.Relation.Fields {
			v := tied.fields[f.APIName]
			if f.APIName == schema.ContactRole {
				v = c.shownRole(v, rs.of.version)
			}
			info[f.APIName] = v
			if len(asked) == 0 || f.APIName == schema.ContactRole || slices.Contains(asked, f.APIName) {
				row[f.APIName] = v
			}
		}
		if len(asked) == 0 || slices.Contains(asked, "$member_info") {
			row["$member_info"] = info
		}
	}
	return a
}

// linkMany is PUT {module}/{id}/{list}.
func (c *crm) linkMany(q *request) outcome {
	rs, refused := c.linkable(q)
	if refused != nil {
		return refused.outcome()
	}
	return c.linkRows(rs, maxRows, func(w *write, i int, row map[string]any) (int64, *refusal) {
		s := site{path: rowPath(i), name: "id"}
		text, _ := scalarText(row["id"])
		if text == "" {
			return 0, w.mandatory(s)
		}
		id, ok := parseID(text)
		if !ok {
			return 0, w.expected(s, "bigint")
		}
		if c.table(rs.Module.APIName).get(id) == nil {
			return 0, w.fault(s, "INVALID_DATA", "the related id given seems to be invalid")
		}
		return id, nil
	})
}

// linkOne is PUT {module}/{id}/{list}/{related}.
func (c *crm) linkOne(q *request) outcome {
	rs, refused := c.linkable(q)
	if refused != nil {
		return refused.outcome()
	}
	id, ok := parseID(q.related)
	if !ok || c.table(rs.Module.APIName).get(id) == nil {
		return badRelated(3).outcome()
	}
	return c.linkRows(rs, 1, func(*write, int, map[string]any) (int64, *refusal) { return id, nil })
}

// linkable is a list that may be changed. A record in any other is there by its own lookup: that is what must be changed.
func (c *crm) linkable(q *request) (*relatives, *refusal) {
	rs, refused := c.relativesOf(q)
	if refused == nil && !rs.Linkable() {
		refused = newRefusal(http.StatusBadRequest, "CANNOT_BE_UPDATED", "invalid data", map[string]any{"resource_path_index": 2})
	}
	return rs, refused
}

func (c *crm) linkRows(rs *relatives, limit int, related func(w *write, i int, row map[string]any) (int64, *refusal)) outcome {
	b, refused := rs.of.batch(limit)
	if refused != nil {
		return refused.outcome()
	}
	w := c.newWrite(rs.Module, rs.of.version, rs.of.grant.UserID)
	a := c.eachRow(rs.of, b, http.StatusOK, func(i int, row map[string]any) (map[string]any, *refusal) {
		id, refused := related(w, i, row)
		if refused != nil {
			return nil, refused
		}
		if rs.Through != nil {
			refused = w.associate(rs.Through, i, row, rs.parent, id)
		} else {
			refused = w.tie(rs, i, row, id)
		}
		if refused != nil {
			return nil, refused
		}
		return doneItem(formatID(id), "relation added"), nil
	})
	a.credits = 0 // the route's: only records are counted by tens
	return a
}

// tie ties a record to the parent, or changes what the tie holds, as the i-th row of a request says.
func (w *write) tie(rs *relatives, i int, row map[string]any, id int64) *refusal {
	stamp := formatTime(w.now)
	tied := tie{created: stamp}
	if old := w.c.tieOf(rs.RelatedList, rs.parent, id); old != nil {
		tied = *old
	}
	tied.fields, tied.modified = maps.Clone(tied.fields), stamp
	if tied.fields == nil {
		tied.fields = map[string]any{}
	}
	for _, f := range rs.Relation.Fields {
		sent, isSent := row[f.APIName]
		if !isSent {
			continue
		}
		s := site{path: rowPath(i), name: f.APIName}
		var v any
		var refused *refusal
		if f.APIName == schema.ContactRole {
			v, refused = w.contactRole(f, s, sent)
		} else {
			v, refused = w.value(f, s, sent, tied.fields[f.APIName])
		}
		if refused != nil {
			return refused
		}
		tied.fields[f.APIName] = v
	}
	if tied.id == "" {
		tied.id = formatID(w.c.nextID())
	}
	all := w.c.ties[rs.Relation.Name]
	if all == nil {
		all = ties{}
		w.c.ties[rs.Relation.Name] = all
	}
	all[rs.Key(rs.parent, id)] = &tied
	return nil
}

// unlinkMany is DELETE {module}/{id}/{list}?ids=….
func (c *crm) unlinkMany(q *request) outcome {
	rs, refused := c.linkable(q)
	if refused != nil {
		return refused.outcome()
	}
	ids, refused := q.listedIDs()
	if refused != nil {
		return refused.outcome()
	}
	results := make([]rowResult, len(ids))
	for i, text := range ids {
		id, ok := parseID(text)
		if !ok || !c.untie(rs, id) {
			results[i] = failedRow(newRefusal(http.StatusBadRequest, "INVALID_DATA", "the related id given seems to be invalid", map[string]any{"id": text}))
			continue
		}
		results[i] = rowResult{item: doneItem(formatID(id), "relation removed")}
	}
	return c.batchOutcome(q, results, http.StatusOK, 0)
}

// unlinkOne is DELETE {module}/{id}/{list}/{related}.
func (c *crm) unlinkOne(q *request) outcome {
	rs, refused := c.linkable(q)
	if refused != nil {
		return refused.outcome()
	}
	id, ok := parseID(q.related)
	if !ok || !c.untie(rs, id) {
		return badRelated(3).outcome()
	}
	return c.batchOutcome(q, []rowResult{{item: doneItem(formatID(id), "relation removed")}}, http.StatusOK, 0)
}

// untie ends what holds a record that is there in the list; ok is false when nothing does.
func (c *crm) untie(rs *relatives, id int64) (ok bool) {
	r := c.table(rs.Module.APIName).get(id)
	switch {
	case r == nil || !c.relates(rs.RelatedList, rs.parent)(r):
		return false
	case rs.Through != nil:
		c.forget(c.schema.Module(rs.Through.Link.Module), c.linked(rs.Through, rs.parent)[formatID(id)])
	default:
		delete(c.ties[rs.Relation.Name], rs.Key(rs.parent, id))
	}
	return true
}
