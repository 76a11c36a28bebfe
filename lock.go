package zohohub

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"reflect"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/zohohub/zohohub/internal/codec"
)

// Lock is what keeps a record from being changed and deleted; see [Record.Lock].
type Lock struct {
	ID string
	// Reason is why; empty for a lock that a rule of the organization's has made.
	Reason string `zoho:"Locked_Reason__s"`
	// Source is "Manual", "Automatic" or "Both".
	Source string `zoho:"Lock_Source__s,readonly"`
	// LockedBy is who locked the record; empty for a rule.
	LockedBy   Lookup    `zoho:"Locked_By__s,readonly"`
	LockedTime time.Time `zoho:"Locked_Time__s,readonly"`
	// ConfigurationID and RuleID are of the module's settings for locks: of the rule, if it was one.
	ConfigurationID string `zoho:"Record_Locking_Configuration_Id__s,readonly"`
	RuleID          string `zoho:"Record_Locking_Rule_Id__s,readonly"`
}

// Locks lists the locks of the record with the id: none when it is not locked, and one at most so far as Zoho says. A record
// that is not there is [ErrRecordNotFound]. It costs one credit.
//
// Zoho: GET /crm/v8/{module}/{id}/Locking_Information__s
// https://www.zoho.com/crm/developer/docs/api/v8/get-record-locking-info.html
func (r *Record[T]) Locks(ctx context.Context, id string) ([]Lock, error) {
	const op = "list locks of"
	at, err := r.locksOf(op, id)
	if err != nil {
		return nil, err
	}
	return at.list(ctx, op)
}

// Lock locks the record with the id, for a reason of 1 to 3,000 characters: until it is unlocked, whoever changes or deletes
// it gets [ErrRecordLocked], and so does who locks it again. Which profiles the lock does not hold for, and what else than
// writing it refuses, is set for the module in Zoho; a module without such settings is refused with Zoho's NOT_ALLOWED. A
// lock whose answer was lost is [ErrOutcomeUnknown]. It costs one credit.
//
// Zoho: POST /crm/v8/{module}/{id}/Locking_Information__s  https://www.zoho.com/crm/developer/docs/api/v8/lock-records.html
func (r *Record[T]) Lock(ctx context.Context, id, reason string) (*Lock, error) {
	const op = "lock"
	at, err := r.locksOf(op, id)
	if err != nil {
		return nil, err
	}
	return at.lock(ctx, op, reason)
}

// UpdateLock gives another reason for a lock of the record with the id. A lock that is not there is [ErrRecordNotFound]. It
// costs one credit.
//
// Zoho: PUT /crm/v8/{module}/{id}/Locking_Information__s/{lock}
// https://www.zoho.com/crm/developer/docs/api/v8/update-record-locking-info.html
func (r *Record[T]) UpdateLock(ctx context.Context, id, lockID, reason string) error {
	const op = "update lock of"
	at, err := r.locksOf(op, id)
	if err != nil {
		return err
	}
	out, err := at.outgoing(op, reason)
	if err != nil {
		return err
	}
	out.id = lockID
	return at.change(ctx, op, update, out)
}

// Unlock ends the locks of the record with the id; one that is not locked stays so. What a rule has locked is refused with
// Zoho's NOT_ALLOWED, and a record that is not there is [ErrRecordNotFound]. It costs two credits.
//
// Zoho: DELETE /crm/v8/{module}/{id}/Locking_Information__s/{lock}
// https://www.zoho.com/crm/developer/docs/api/v8/unlock-records.html
func (r *Record[T]) Unlock(ctx context.Context, id string) error {
	const op = "unlock"
	at, err := r.locksOf(op, id)
	if err != nil {
		return err
	}
	locks, err := at.list(ctx, op)
	if err != nil {
		return err
	}
	for _, lock := range locks {
		if err := at.change(ctx, op, write{method: http.MethodDelete}, outgoing{id: lock.ID}); err != nil {
			return err
		}
	}
	return nil
}

// locks are those of one record: a list of it.
type locks struct{ module }

// lockList is where a record's locks are.
const lockList = "Locking_Information__s"

func (m module) locksOf(op, id string) (*locks, error) {
	if m.fault == nil {
		m.fault = checkID(id)
	}
	if m.fault != nil {
		return nil, m.fail(op, m.fault)
	}
	m.plan, m.at = codec.For(reflect.TypeFor[Lock]()), []string{m.name, id, lockList}
	return &locks{m}, nil
}

func (l *locks) list(ctx context.Context, op string) ([]Lock, error) {
	list, err := l.newLister(op, nil)
	if err != nil {
		return nil, err
	}
	var all []Lock
	err = list.each(ctx, func() any { return new(Lock) }, func(rec any, _ []byte) (bool, error) {
		all = append(all, *rec.(*Lock))
		return true, nil
	})
	return all, err
}

func (l *locks) lock(ctx context.Context, op, reason string) (*Lock, error) {
	out, err := l.outgoing(op, reason)
	if err != nil {
		return nil, err
	}
	b, err := l.newBatch(op, 1, nil)
	if err != nil {
		return nil, err
	}
	made := &Lock{Reason: reason, Source: "Manual"}
	out.done = func(answer row) { made.stamp(answer.Details) }
	b.send(ctx, creation, []outgoing{out})
	switch err := single(b.end()); {
	case alreadyLocked(err):
		e, _ := errors.AsType[*Error](err)
		e.Err = ErrRecordLocked
		return nil, e
	case err != nil:
		return nil, err
	}
	return made, nil
}

// maxLockReason is how long a reason Zoho takes.
const maxLockReason = 3000

// outgoing is a lock as it is written.
func (l *locks) outgoing(op, reason string) (outgoing, error) {
	switch n := utf8.RuneCountInString(reason); {
	case strings.TrimSpace(reason) == "":
		return outgoing{}, l.fail(op, because(errors.Join(ErrMandatoryNotFound, ErrRecordInvalid), "the reason is empty"))
	case n > maxLockReason:
		return outgoing{}, l.fail(op, because(ErrRecordInvalid, "the reason has %d characters: Zoho takes %d", n, maxLockReason))
	}
	body, err := json.Marshal(map[string]string{"Locked_Reason__s": reason})
	return outgoing{body: body}, err
}

// change changes or ends the lock with out's id.
func (l *locks) change(ctx context.Context, op string, w write, out outgoing) error {
	if err := checkID(out.id); err != nil {
		return l.fail(op, err)
	}
	b, err := l.newBatch(op, 1, nil)
	if err != nil {
		return err
	}
	b.inHundreds(ctx, []outgoing{out}, func(chunk []outgoing) (*Response, error) {
		req := Request{Op: op, Method: w.method, Template: l.template("{lock}"), Repeat: RepeatSafe, Weight: 1}
		if out.body != nil {
			body, err := b.body(chunk)
			if err != nil {
				return nil, err
			}
			req.Body = body
		}
		return l.call(ctx, req, out.id)
	}, func(chunk []outgoing, resp *Response, err error) {
		b.take(resp, err, w.action, chunk)
		if resp != nil && resp.Repeated && w.method == http.MethodDelete {
			b.forgiveMissing(chunk)
		}
	})
	return single(b.end())
}

// stamp takes over what Zoho tells of a new lock.
func (l *Lock) stamp(details json.RawMessage) {
	o := object(details)
	l.ID = scalar(o["id"])
	_ = json.Unmarshal(o["Created_Time"], &l.LockedTime) // without it the time is not known
	by := object(o["Created_By"])
	l.LockedBy = Lookup{ID: scalar(by["id"]), Name: text(by["name"])}
}

// alreadyLocked tells a lock that is refused because there is one from what else Zoho does not allow.
func alreadyLocked(err error) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && e.Code == "NOT_ALLOWED" && strings.EqualFold(strings.TrimRight(e.Message, ". "), "record is already locked")
}
