package zohohub

import (
	"context"
	"encoding/json"
	"errors"
	"iter"
	"net/http"
	"reflect"
	"strings"
	"time"

	"github.com/zohohub/zohohub/internal/codec"
)

// Share is the access to a record that a user, a role or a group has, or everybody; see [Record.Sharing].
type Share struct {
	// With is whom the record is shared with; empty when it is Public.
	With ShareTarget
	// Permission is what they may do with it.
	Permission SharePermission
	// Related says that the records related to it are shared as well.
	Related bool
	// Public shares the record with everybody in the organization.
	Public bool
	// SharedBy and SharedTime are who shared the record and when, Through is the record by which it is shared: itself, or
	// the one that it is related to. Zoho tells them; they are not sent.
	SharedBy   Lookup
	SharedTime time.Time
	Through    ModuleLookup
}

// ShareTarget is a user, a role or a group that a record is shared with.
type ShareTarget struct {
	Type ShareType
	ID   string
	// Name is Zoho's to tell.
	Name string
}

// ShareType is what a [ShareTarget] is.
type ShareType string

// The types of those whom a record can be shared with.
const (
	ShareUsers  ShareType = "users"
	ShareRoles  ShareType = "roles"
	ShareGroups ShareType = "groups"
)

// SharePermission is what those may do whom a record is shared with.
type SharePermission string

// The permissions of a [Share], each of which has what those before it have.
const (
	ShareReadOnly   SharePermission = "read_only"
	ShareReadWrite  SharePermission = "read_write"
	ShareFullAccess SharePermission = "full_access"
)

// ShareWithUser shares with the user of that id.
func ShareWithUser(id string, permission SharePermission) Share {
	return Share{With: ShareTarget{Type: ShareUsers, ID: id}, Permission: permission}
}

// ShareWithRole shares with the users who have the role of that id. It needs API v4 or later.
func ShareWithRole(id string, permission SharePermission) Share {
	return Share{With: ShareTarget{Type: ShareRoles, ID: id}, Permission: permission}
}

// ShareWithGroup shares with the users of the group of that id. It needs API v4 or later.
func ShareWithGroup(id string, permission SharePermission) Share {
	return Share{With: ShareTarget{Type: ShareGroups, ID: id}, Permission: permission}
}

// ShareWithAll shares with everybody in the organization. It needs API v4 or later, and stands alone in its call.
func ShareWithAll(permission SharePermission) Share {
	return Share{Public: true, Permission: permission}
}

// Sharing is whom one record is shared with; see [Record.Sharing].
type Sharing struct {
	module
	id  string
	cfg sharingConfig
}

// Sharing returns whom the record with the id is shared with. Nothing is sent yet. It needs the scope ZohoCRM.share.ALL, or
// that of the module, which are not among [DefaultScopes].
func (r *Record[T]) Sharing(id string, opts ...SharingOption) *Sharing {
	s := &Sharing{module: r.module, id: id}
	for _, o := range opts {
		if o != nil {
			o.applySharing(&s.cfg)
		}
	}
	return s
}

// All lists whom the record is shared with. Zoho has no pages of shares: it is one call, and costs one credit. A record that
// is not there is [ErrRecordNotFound].
//
// Zoho: GET /crm/v8/{module}/{id}/actions/share?view=summary
// https://www.zoho.com/crm/developer/docs/api/v8/get-shared-record-details.html
func (s *Sharing) All(ctx context.Context) iter.Seq2[*Share, error] {
	return func(yield func(*Share, error) bool) {
		const op = "list sharing of"
		var shares []*Share
		var row *shareRow
		err := s.read(ctx, op, "summary", "share", reflect.TypeFor[shareRow](), func() any {
			row = new(shareRow)
			return row
		}, func([]byte) { shares = append(shares, row.share()) })
		yieldAll(shares, err, yield)
	}
}

// Shareable lists the users whom the record can be shared with. It costs one credit.
//
// Zoho: GET /crm/v8/{module}/{id}/actions/share?view=manage
func (s *Sharing) Shareable(ctx context.Context) ([]Lookup, error) {
	const op = "list whom to share with"
	var users []Lookup
	var user *shareableRow
	err := s.read(ctx, op, "manage", "shareable_user", reflect.TypeFor[shareableRow](), func() any {
		user = new(shareableRow)
		return user
	}, func([]byte) { users = append(users, user.lookup()) })
	return users, err
}

// Add shares the record, besides those whom it is shared with already: with 10 users, 5 roles and 5 groups at most, in one
// call. Results have the ids of those whom it is shared with, in the order of shares; the error, if any, is a [*BatchError]
// and hides no success. It matches [ErrDuplicate] for who sees the record anyway. A share that cannot be, an unknown
// permission for example, is [ErrRecordInvalid] and nothing is sent. When the answer is lost it is [ErrOutcomeUnknown].
// It costs one credit.
//
// Zoho: POST /crm/v8/{module}/{id}/actions/share  https://www.zoho.com/crm/developer/docs/api/v8/share-record.html
func (s *Sharing) Add(ctx context.Context, shares ...Share) (Results, error) {
	return s.write(ctx, "share", creation, shares)
}

// Set shares the record with these in place of all whom it is shared with; else it is [Sharing.Add].
//
// Zoho: PUT /crm/v8/{module}/{id}/actions/share
// https://www.zoho.com/crm/developer/docs/api/v8/update-share-permissions.html
func (s *Sharing) Set(ctx context.Context, shares ...Share) (Results, error) {
	return s.write(ctx, "set sharing of", update, shares)
}

// Revoke ends that the record is shared with anybody. One that is not shared is refused with Zoho's CANNOT_PROCESS, and one
// that is not there is [ErrRecordNotFound]. It costs one credit.
//
// Zoho: DELETE /crm/v8/{module}/{id}/actions/share
// https://www.zoho.com/crm/developer/docs/api/v8/revoke-shared-record.html
func (s *Sharing) Revoke(ctx context.Context) error {
	b, err := s.batch("end sharing of", 1)
	if err != nil {
		return err
	}
	rows := []outgoing{{id: s.id}}
	b.inHundreds(ctx, rows, func([]outgoing) (*Response, error) {
		return s.ask(ctx, Request{Op: b.op, Method: http.MethodDelete, Repeat: RepeatSafe})
	}, func(chunk []outgoing, resp *Response, err error) {
		b.take(resp, err, "", chunk)
		if resp != nil && resp.Repeated && nothingToRevoke(b.results[0].Err) { // an attempt before has
			b.results[0].Err = nil
		}
	})
	return single(b.end())
}

// SharingOption is an option of [Record.Sharing].
type SharingOption interface{ applySharing(*sharingConfig) }

type sharingConfig struct{ notify, notifyDone bool }

type sharingOption func(*sharingConfig)

func (o sharingOption) applySharing(c *sharingConfig) { o(c) }

// NotifyShared tells those whom a record is being shared with. It needs API v4 or later.
func NotifyShared() SharingOption {
	return sharingOption(func(c *sharingConfig) { c.notify = true })
}

// NotifyWhenShared tells the record's owner when the sharing is done. It needs API v4 or later.
func NotifyWhenShared() SharingOption {
	return sharingOption(func(c *sharingConfig) { c.notifyDone = true })
}

// shareRow is a share as Zoho tells it; older versions name the user alone.
type shareRow struct {
	With       shareTargetRow `zoho:"shared_with"`
	User       Lookup         `zoho:"user"`
	Permission string         `zoho:"permission"`
	Related    bool           `zoho:"share_related_records"`
	Type       string         `zoho:"type"`
	SharedBy   Lookup         `zoho:"shared_by"`
	SharedTime time.Time      `zoho:"shared_time"`
	Through    throughRow     `zoho:"shared_through"`
}

type shareTargetRow struct {
	ID   string
	Name string `zoho:"name"`
	Type string `zoho:"type"`
}

type throughRow struct {
	ID     string
	Name   string    `zoho:"entity_name"`
	Module moduleRow `zoho:"module"`
}

type moduleRow struct {
	APIName string `zoho:"api_name"`
	Name    string `zoho:"name"`
}

const publicShare = "public"

func (r *shareRow) share() *Share {
	s := &Share{
		With:       ShareTarget{ShareType(r.With.Type), r.With.ID, r.With.Name},
		Permission: SharePermission(r.Permission), Related: r.Related, Public: strings.EqualFold(r.Type, publicShare),
		SharedBy: r.SharedBy, SharedTime: r.SharedTime,
		Through: ModuleLookup{ID: r.Through.ID, Name: r.Through.Name, Module: r.Through.Module.APIName},
	}
	if s.With == (ShareTarget{}) && r.User.ID != "" {
		s.With = ShareTarget{ShareUsers, r.User.ID, r.User.Name}
	}
	if s.Through.Module == "" {
		s.Through.Module = r.Through.Module.Name
	}
	return s
}

// shareableRow is a user whom a record can be shared with.
type shareableRow struct {
	ID       string
	Name     string `zoho:"name"`
	FullName string `zoho:"full_name"`
	Email    string `zoho:"email"`
}

func (r *shareableRow) lookup() Lookup {
	if r.Name == "" {
		r.Name = r.FullName
	}
	return Lookup{ID: r.ID, Name: r.Name, Email: r.Email}
}

// shareBody is a share as it is written; older versions take the user alone.
type shareBody struct {
	With       *shareTargetBody `json:"shared_with,omitempty"`
	User       *shareTargetBody `json:"user,omitempty"`
	Permission SharePermission  `json:"permission"`
	Related    bool             `json:"share_related_records"`
	Type       string           `json:"type,omitempty"`
}

type shareTargetBody struct {
	Type ShareType `json:"type,omitempty"`
	ID   string    `json:"id"`
}

// shareLimits are how many of each a record can be shared with.
var shareLimits = map[ShareType]int{ShareUsers: 10, ShareRoles: 5, ShareGroups: 5}

// check finds what is wrong with shares before any of them is sent: half of them would be another sharing than was meant.
func (s *Sharing) check(shares []Share) error {
	version := s.conn.version
	if version.sharesWithUsers && s.cfg != (sharingConfig{}) {
		return because(ErrRecordInvalid, "API %s tells nobody of what is shared: it does from v4 on", version.name)
	}
	if len(shares) == 0 {
		return because(ErrRecordInvalid, "there is nobody to share with")
	}
	seen, count := map[ShareTarget]bool{}, map[ShareType]int{}
	for _, share := range shares {
		if err := share.check(version); err != nil {
			return err
		}
		target := ShareTarget{Type: share.With.Type, ID: share.With.ID}
		switch count[target.Type]++; {
		case share.Public && len(shares) > 1:
			return because(ErrRecordInvalid, "a public share is with everybody: it stands alone")
		case seen[target]:
			return because(ErrRecordInvalid, "of the %s, %s stands there twice", target.Type, target.ID)
		case !share.Public && count[target.Type] > shareLimits[target.Type]:
			return because(ErrRecordInvalid, "more than %d %s: a record cannot be shared with so many", shareLimits[target.Type], target.Type)
		}
		seen[target] = true
	}
	return nil
}

func (s Share) check(version apiVersion) error {
	_, known := shareLimits[s.With.Type]
	switch {
	case s.Permission != ShareReadOnly && s.Permission != ShareReadWrite && s.Permission != ShareFullAccess:
		return because(ErrRecordInvalid, "%q is no permission of a share", clip(string(s.Permission), 40))
	case s.Public && s.With != ShareTarget{}:
		return because(ErrRecordInvalid, "a public share is with everybody, not with one of the %s", clip(string(s.With.Type), 40))
	case !s.Public && !known:
		return because(ErrRecordInvalid, "a record is shared with users, roles or groups, not with %q", clip(string(s.With.Type), 40))
	case version.sharesWithUsers && s.With.Type != ShareUsers:
		return because(ErrRecordInvalid, "API %s shares with users only", version.name)
	case s.Public:
		return nil
	}
	return checkRef("whom to share with", s.With.ID)
}

func (s Share) body(version apiVersion) shareBody {
	body := shareBody{Permission: s.Permission, Related: s.Related}
	switch {
	case version.sharesWithUsers:
		body.User = &shareTargetBody{ID: s.With.ID}
	case s.Public:
		body.Type = publicShare
	default:
		body.Type, body.With = "private", &shareTargetBody{s.With.Type, s.With.ID}
	}
	return body
}

func (s *Sharing) write(ctx context.Context, op string, w write, shares []Share) (Results, error) {
	b, err := s.batch(op, len(shares))
	if err != nil {
		return nil, err
	}
	if err := s.check(shares); err != nil {
		return nil, s.fail(op, err)
	}
	req := struct {
		Share      []shareBody `json:"share"`
		Notify     bool        `json:"notify,omitempty"`
		NotifyDone bool        `json:"notify_on_completion,omitempty"`
	}{Notify: s.cfg.notify, NotifyDone: s.cfg.notifyDone}
	rows := make([]outgoing, len(shares))
	for i, share := range shares {
		req.Share = append(req.Share, share.body(s.conn.version))
		rows[i] = outgoing{index: i, id: share.With.ID}
		rows[i].done = func(row) { b.results[i].ID = share.With.ID } // Zoho's is the record's, or none
	}
	b.inHundreds(ctx, rows, func([]outgoing) (*Response, error) {
		raw, err := json.Marshal(req)
		if err != nil {
			return nil, err
		}
		call := Request{Op: op, Method: w.method, Body: raw}
		if w.action == update.action {
			call.Repeat = RepeatSafe
		}
		return s.ask(ctx, call)
	}, func(chunk []outgoing, resp *Response, err error) { b.take(resp, err, w.action, chunk) })
	return b.end()
}

func (s *Sharing) batch(op string, n int) (*batch, error) {
	b, err := s.newBatch(op, n, nil)
	if err != nil {
		return nil, err
	}
	b.key = "share"
	return b, nil
}

// read reads what stands in a list of an answer; a list that is missing is empty where the answer has shares at least.
func (s *Sharing) read(ctx context.Context, op, view, key string, row reflect.Type, next func() any, done func([]byte)) error {
	resp, err := s.ask(ctx, Request{Op: op, Method: http.MethodGet, Params: Params{"view": view}, Repeat: RepeatSafe})
	if err != nil || resp.Status == http.StatusNoContent {
		return err
	}
	if o := object(resp.Body); o[key] == nil && o["share"] == nil {
		return s.failAt(op, resp.Status, errNoData)
	}
	if _, err = codec.For(row).DecodeList(resp.Body, key, next, done); err != nil {
		return s.failAt(op, resp.Status, err)
	}
	return nil
}

func (s *Sharing) ask(ctx context.Context, req Request) (*Response, error) {
	if s.fault == nil {
		if err := checkID(s.id); err != nil {
			return nil, s.fail(req.Op, err)
		}
	}
	req.Template, req.Weight = s.template("{id}", "actions", "share"), 1
	return s.call(ctx, req, s.id, "actions", "share")
}

// nothingToRevoke says whether a record was not shared. Zoho has the same code for a sharing that is under way.
func nothingToRevoke(err error) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && e.Code == "CANNOT_PROCESS" && strings.HasPrefix(e.Message, "No sharing through this record")
}
