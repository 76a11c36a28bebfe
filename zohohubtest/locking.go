package zohohubtest

import (
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/zohohub/zohohub/zohohubtest/internal/schema"
)

// lockRoutes are the calls about the locks of records.
var lockRoutes = []route{
	{
		method: http.MethodGet, pattern: "{module}/{id}/Locking_Information__s", since: "v3",
		scopes: []string{readScope, lockScope + "READ"}, credits: 1, handle: (*crm).listLocks,
	},
	{
		method: http.MethodPost, pattern: "{module}/{id}/Locking_Information__s", since: "v3",
		scopes: []string{readScope, lockScope + "CREATE"}, credits: 1, handle: (*crm).lockRecord,
	},
	{
		method: http.MethodGet, pattern: "{module}/{id}/Locking_Information__s/{related}", since: "v3",
		scopes: []string{readScope, lockScope + "READ"}, credits: 1, handle: (*crm).getLock,
	},
	{
		method: http.MethodPut, pattern: "{module}/{id}/Locking_Information__s/{related}", since: "v3",
		scopes: []string{readScope, lockScope + "UPDATE"}, credits: 1, handle: (*crm).updateLock,
	},
	{
		method: http.MethodDelete, pattern: "{module}/{id}/Locking_Information__s/{related}", since: "v3",
		scopes: []string{readScope, lockScope + "DELETE"}, credits: 1, handle: (*crm).unlockRecord,
	},
}

const (
	lockScope     = "ZohoCRM.modules.lockinginformation."
	lockedCode    = "RECORD_LOCKED"
	maxLockReason = 3000
	lockConfigID  = "3652397000000701001"
)

// lockable are Zoho's modules whose records can be locked; those of custom modules can, too. Zoho wants settings for each
// module that is to have locks. Here they have them: whoever wants to change or delete a locked record is refused, the one
// who locked it as well, and there are no rules that lock.
var lockable = []string{
	"Leads", "Accounts", "Contacts", "Deals", "Tasks", "Cases", "Solutions", "Products", "Vendors", "Price_Books", "Quotes",
	"Sales_Orders", "Purchase_Orders", "Invoices",
}

// lock is that of one record.
type lock struct {
	id, reason string
	by         map[string]any
	at         time.Time
}

// recordLocked refuses what would change a record.
func recordLocked(id int64) *refusal {
	return newRefusal(http.StatusBadRequest, lockedCode, "Sorry, you cannot perform this operation as the record is locked.",
		map[string]any{"id": formatID(id), "action": "record_locking"})
}

func (c *crm) isLocked(m *schema.Module, id int64) bool { return c.locks[keyOf(m, id)] != nil }

// toLock is the record of the path, in a module whose records can be locked.
func (c *crm) toLock(q *request) (*record, *refusal) {
	if q.module.GeneratedType != "custom" && !slices.Contains(lockable, q.module.APIName) {
		return nil, newRefusal(http.StatusBadRequest, "INVALID_DATA", "relation not found", nil)
	}
	if r := c.recordAt(q); r != nil {
		return r, nil
	}
	return nil, badRelated(1)
}

// lockAt is the lock of the path, and its record.
func (c *crm) lockAt(q *request) (*record, *lock, *refusal) {
	r, refused := c.toLock(q)
	if refused != nil {
		return nil, nil, refused
	}
	l := c.locks[keyOf(q.module, r.id)]
	if l == nil || l.id != q.related {
		return nil, nil, badIDAt(3)
	}
	return r, l, nil
}

// listLocks is GET {module}/{id}/Locking_Information__s.
func (c *crm) listLocks(q *request) outcome {
	r, refused := c.toLock(q)
	names := splitComma(q.query.Get("fields"))
	l := &listing{page: 1, perPage: maxPerPage}
	if refused == nil && q.version.fieldsRequired && len(names) == 0 {
		refused = missingParam("fields")
	}
	if refused == nil {
		refused = q.paging(l)
	}
	if refused != nil {
		return refused.outcome()
	}
	var all []any
	if held := c.locks[keyOf(q.module, r.id)]; held != nil {
		all = append(all, c.showLock(q.module, r, held, names))
	}
	rows, info := pageOf(all, l)
	if len(rows) == 0 {
		return outcome{status: http.StatusNoContent}
	}
	return outcome{status: http.StatusOK, body: map[string]any{"data": rows, "info": info}}
}

// getLock is GET {module}/{id}/Locking_Information__s/{lock}.
func (c *crm) getLock(q *request) outcome {
	r, l, refused := c.lockAt(q)
	if refused != nil {
		return refused.outcome()
	}
	rows, info := pageOf([]any{c.showLock(q.module, r, l, splitComma(q.query.Get("fields")))}, &listing{page: 1, perPage: maxPerPage})
	return outcome{status: http.StatusOK, body: map[string]any{"data": rows, "info": info}}
}

// showLock is a lock as an answer has it: the fields that were asked for, or all.
func (c *crm) showLock(m *schema.Module, r *record, l *lock, names []string) map[string]any {
	shown := map[string]any{
		"Locked_By__s": minified(l.by), "Locked_Reason__s": l.reason, "Lock_Source__s": "Manual", "Locked_Time__s": formatTime(l.at),
		"Locked_For__s": map[string]any{
			"module": map[string]any{"api_name": m.APIName, "id": m.ID}, "name": c.nameOf(m, r), "id": formatID(r.id),
		},
		"Record_Locking_Configuration_Id__s": lockConfigID, "Record_Locking_Rule_Id__s": nil, "Feature_Type__s": "record_locking",
		"$field_states": nil, "$zia_visions": nil,
	}
	if len(names) > 0 {
		for name := range shown {
			if !slices.Contains(names, name) {
				delete(shown, name)
			}
		}
	}
	shown["id"], shown["$editable"], shown["$sharing_permission"] = l.id, true, "full_access"
	return shown
}

// lockRecord is POST {module}/{id}/Locking_Information__s.
func (c *crm) lockRecord(q *request) outcome {
	r, refused := c.toLock(q)
	if refused == nil && c.isLocked(q.module, r.id) {
		refused = newRefusal(http.StatusForbidden, "NOT_ALLOWED", "record is already locked", map[string]any{"resource_path_index": 1})
	}
	if refused != nil {
		return refused.outcome()
	}
	w := c.newWrite(q.module, q.version, q.grant.UserID)
	return w.lockRow(q, http.StatusCreated, func(reason string) map[string]any {
		l := &lock{id: formatID(c.nextID()), reason: reason, by: w.by, at: w.now}
		c.locks[keyOf(q.module, r.id)] = l
		c.markLocked(q.module, r, true)
		by, stamp := minified(w.by), formatTime(w.now)
		return map[string]any{"code": "SUCCESS", "message": "record added", "status": "success", "details": map[string]any{
			"id": l.id, "Created_Time": stamp, "Modified_Time": stamp, "Created_By": by, "Modified_By": by,
		}}
	})
}

// updateLock is PUT {module}/{id}/Locking_Information__s/{lock}.
func (c *crm) updateLock(q *request) outcome {
	_, l, refused := c.lockAt(q)
	if refused != nil {
		return refused.outcome()
	}
	return c.newWrite(q.module, q.version, q.grant.UserID).lockRow(q, http.StatusOK, func(reason string) map[string]any {
		l.reason = reason
		return doneItem(l.id, "record updated")
	})
}

// unlockRecord is DELETE {module}/{id}/Locking_Information__s/{lock}.
func (c *crm) unlockRecord(q *request) outcome {
	r, l, refused := c.lockAt(q)
	if refused != nil {
		return refused.outcome()
	}
	delete(c.locks, keyOf(q.module, r.id))
	c.markLocked(q.module, r, false)
	return c.batchOutcome(q, []rowResult{{item: doneItem(l.id, "record deleted")}}, http.StatusOK, 0)
}

// lockRow gives the reason of the one row of a request to do.
func (w *write) lockRow(q *request, success int, do func(reason string) map[string]any) outcome {
	return w.c.eachOf(q, "data", 1, success, func(i int, row map[string]any) (map[string]any, *refusal) {
		s := site{path: rowPath(i), name: "Locked_Reason__s"}
		reason, isText := row[s.name].(string)
		switch {
		case row[s.name] == nil || isText && strings.TrimSpace(reason) == "":
			return nil, w.mandatory(s)
		case !isText:
			return nil, w.expected(s, "text")
		case utf8.RuneCountInString(reason) > maxLockReason:
			return nil, w.tooLong(s, maxLockReason)
		}
		return do(reason), nil
	})
}

// markLocked sets what a record says of its lock, which is no change of the record.
func (c *crm) markLocked(m *schema.Module, old *record, locked bool) {
	r := old.moved()
	if locked {
		r.fields["Locked__s"] = true
	} else {
		delete(r.fields, "Locked__s")
	}
	c.table(m.APIName).put(r)
}
