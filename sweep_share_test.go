package zohohub_test

import (
	"context"
	"slices"
	"strings"

	. "github.com/zohohub/zohohub"
)

// kept are contacts that the calls about sharing, locks, territories and the recycle bin are made with: one that is shared
// with Bruno and in Lisboa, one that is locked, one in the recycle bin.
type kept struct{ shared, locked, lock, binned string }

// keep makes them anew: what is locked cannot be deleted for the next cell.
func keep(w *sweepWorld) {
	ctx := context.Background()
	look := w.look()
	_, err := look.RecycleBin().Empty(ctx)
	must(err)
	ids := w.crm.Seed("Contacts", Fields{"Last_Name": "Shared"}, Fields{"Last_Name": "Locked"}, Fields{"Last_Name": "Binned"})
	people := keptPeople(look)
	_, err = people.Sharing(ids[0]).Add(ctx, ShareWithUser(brunoID, ShareReadOnly))
	must(err)
	_, err = people.AssignTerritories(ctx, ids[:1], lisboaID)
	must(err)
	lock, err := people.Lock(ctx, ids[1], "Old")
	must(err)
	must(people.Delete(ctx, ids[2]))
	w.kept = kept{ids[0], ids[1], lock.ID, ids[2]}
}

func keptPeople(conn *Connection) *Record[Person] {
	return NewRecord[Person](conn, InModule("Contacts"))
}

func (w *sweepWorld) sharing() *Sharing { return keptPeople(w.conn).Sharing(w.kept.shared) }

func sharedWith(s *Share) string { return s.With.Name }

func recycledName(r *RecycledRecord) string { return r.DisplayName }

// The functions below count what a call has done.

func sharedAs(permission SharePermission) func(*sweepWorld) int {
	return func(w *sweepWorld) (n int) {
		for s, err := range keptPeople(w.look()).Sharing(w.kept.shared).All(context.Background()) {
			must(err)
			if s.Permission == permission {
				n++
			}
		}
		return n
	}
}

func lockedFor(reason string) func(*sweepWorld) int {
	return func(w *sweepWorld) (n int) {
		for _, id := range []string{w.kept.shared, w.kept.locked} {
			locks, err := keptPeople(w.look()).Locks(context.Background(), id)
			must(err)
			if slices.ContainsFunc(locks, func(l Lock) bool { return l.Reason == reason }) {
				n++
			}
		}
		return n
	}
}

func inTerritory(id string) func(*sweepWorld) int {
	return func(w *sweepWorld) (n int) {
		for p, err := range keptPeople(w.look()).All(context.Background(), Territory(id)) {
			must(err)
			if p.ID == w.kept.shared {
				n++
			}
		}
		return n
	}
}

func inBin(w *sweepWorld) int {
	text, err := texts(w.look().RecycleBin().All(context.Background()), recycledName)
	must(err)
	return strings.Count(text, "Binned")
}

func restored(w *sweepWorld) int {
	ok, err := keptPeople(w.look()).Exists(context.Background(), w.kept.binned)
	must(err)
	if ok {
		return 1
	}
	return 0
}

// keepingCalls are those about sharing, locks, territories and the recycle bin.
var keepingCalls = map[string]sweepCall{
	"Sharing.All": {road: reading, prepare: keep, result: "Bruno Costa", do: func(ctx context.Context, w *sweepWorld) (string, error) {
		return texts(w.sharing().All(ctx), sharedWith)
	}},
	"Sharing.Shareable": {road: reading, prepare: keep, result: "Bruno Costa", do: func(ctx context.Context, w *sweepWorld) (string, error) {
		users, err := w.sharing().Shareable(ctx)
		if len(users) == 0 {
			return "", err
		}
		return users[0].Name, err
	}},
	"Sharing.Add": {
		road: onceOnly, prepare: keep, nothingErr: ErrOutcomeUnknown, done: sharedAs(ShareFullAccess), writes: 1, result: "1 of 1",
		do: func(ctx context.Context, w *sweepWorld) (string, error) {
			return counted(w.sharing().Add(ctx, ShareWithRole(managerID, ShareFullAccess)))
		},
	},
	"Sharing.Set": {
		road: repeatable, prepare: keep, nothingErr: ErrOutcomeUnknown, done: sharedAs(ShareFullAccess), writes: 1, result: "1 of 1",
		do: func(ctx context.Context, w *sweepWorld) (string, error) {
			return counted(w.sharing().Set(ctx, ShareWithUser(brunoID, ShareFullAccess)))
		},
	},
	"Sharing.Revoke": {
		road: removing, prepare: keep, nothingErr: ErrOutcomeUnknown, done: lost(1, sharedAs(ShareReadOnly)), writes: 1,
		do: func(ctx context.Context, w *sweepWorld) (string, error) { return "", w.sharing().Revoke(ctx) },
	},

	"Record.Locks": {road: reading, prepare: keep, result: "Old", do: func(ctx context.Context, w *sweepWorld) (string, error) {
		locks, err := keptPeople(w.conn).Locks(ctx, w.kept.locked)
		if len(locks) == 0 {
			return "", err
		}
		return locks[0].Reason, err
	}},
	"Record.Lock": {
		road: onceOnly, prepare: keep, nothingErr: ErrOutcomeUnknown, done: lockedFor("New"), writes: 1, result: "New",
		do: func(ctx context.Context, w *sweepWorld) (string, error) {
			lock, err := keptPeople(w.conn).Lock(ctx, w.kept.shared, "New")
			if lock == nil {
				return "", err
			}
			return lock.Reason, err
		},
	},
	"Record.UpdateLock": {
		road: repeatable, prepare: keep, nothingErr: ErrOutcomeUnknown, done: lockedFor("New"), writes: 1,
		do: func(ctx context.Context, w *sweepWorld) (string, error) {
			return "", keptPeople(w.conn).UpdateLock(ctx, w.kept.locked, w.kept.lock, "New")
		},
	},
	"Record.Unlock": {
		road: removing, after: 1, prepare: keep, nothingErr: ErrOutcomeUnknown, done: lost(1, lockedFor("Old")), writes: 1,
		do: func(ctx context.Context, w *sweepWorld) (string, error) {
			return "", keptPeople(w.conn).Unlock(ctx, w.kept.locked)
		},
	},

	"Record.AssignTerritories": {
		road: removing, prepare: keep, nothingErr: ErrOutcomeUnknown, done: inTerritory(portoID), writes: 1, result: "1 of 1",
		do: func(ctx context.Context, w *sweepWorld) (string, error) {
			return counted(keptPeople(w.conn).AssignTerritories(ctx, []string{w.kept.shared}, portoID))
		},
	},
	"Record.RemoveTerritories": {
		road: removing, prepare: keep, nothingErr: ErrOutcomeUnknown, done: lost(1, inTerritory(lisboaID)), writes: 1, result: "1 of 1",
		do: func(ctx context.Context, w *sweepWorld) (string, error) {
			return counted(keptPeople(w.conn).RemoveTerritories(ctx, []string{w.kept.shared}, lisboaID))
		},
	},

	"RecycleBin.All": {road: reading, prepare: keep, result: "Binned", do: func(ctx context.Context, w *sweepWorld) (string, error) {
		return texts(w.conn.RecycleBin().All(ctx), recycledName)
	}},
	"RecycleBin.Find": {road: reading, prepare: keep, nothingErr: ErrRecordNotFound, result: "Binned", do: func(ctx context.Context, w *sweepWorld) (string, error) {
		rec, err := w.conn.RecycleBin().Find(ctx, w.kept.binned)
		if rec == nil {
			return "", err
		}
		return rec.DisplayName, err
	}},
	"RecycleBin.Count": {road: reading, prepare: keep, result: "1", nothing: "0", do: func(ctx context.Context, w *sweepWorld) (string, error) {
		return told(w.conn.RecycleBin().Count(ctx))
	}},
	"RecycleBin.Restore": {
		road: onceOnly, prepare: keep, nothingErr: ErrOutcomeUnknown, done: restored, writes: 1, result: "1 of 1",
		do: func(ctx context.Context, w *sweepWorld) (string, error) {
			return counted(w.conn.RecycleBin().Restore(ctx, w.kept.binned))
		},
	},
	"RecycleBin.RestoreWhere": {
		road: onceOnly, prepare: keep, nothingErr: ErrOutcomeUnknown, done: restored, writes: 1,
		do: func(ctx context.Context, w *sweepWorld) (string, error) {
			return "", w.conn.RecycleBin().RestoreWhere(ctx, DeletedFrom("Contacts"))
		},
	},
	"RecycleBin.RestoreAll": {
		road: onceOnly, prepare: keep, nothingErr: ErrOutcomeUnknown, done: restored, writes: 1,
		do: func(ctx context.Context, w *sweepWorld) (string, error) {
			return "", w.conn.RecycleBin().RestoreAll(ctx)
		},
	},
	"RecycleBin.Delete": {
		road: removing, prepare: keep, nothingErr: ErrOutcomeUnknown, done: lost(1, inBin), writes: 1, result: "1 of 1",
		do: func(ctx context.Context, w *sweepWorld) (string, error) {
			return counted(w.conn.RecycleBin().Delete(ctx, w.kept.binned))
		},
	},
	"RecycleBin.DeleteWhere": {
		road: onceOnly, prepare: keep, nothingErr: ErrOutcomeUnknown, done: lost(1, inBin), writes: 1,
		do: func(ctx context.Context, w *sweepWorld) (string, error) {
			return "", w.conn.RecycleBin().DeleteWhere(ctx, DeletedNamed("Binned"))
		},
	},
	"RecycleBin.Empty": {
		road: onceOnly, prepare: keep, nothingErr: ErrOutcomeUnknown, done: lost(1, inBin), writes: 1, result: "true",
		do: func(ctx context.Context, w *sweepWorld) (string, error) { return told(w.conn.RecycleBin().Empty(ctx)) },
	},
}
