// Package tokenstoretest is the conformance suite for implementations of [zohohub.TokenStore]. All stores of this library
// pass it, and one of your own should:
//
//	func TestStore(t *testing.T) {
//		tokenstoretest.Run(t, func(t *testing.T) zohohub.TokenStore { return newStore(t) })
//	}
package tokenstoretest

import (
	"bytes"
	"context"
	"errors"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/zohohub/zohohub"
)

// patience bounds what a store should do at once. It is far above what any takes, on a busy machine too.
const patience = 20 * time.Second

// Run tests a store, and its locks if it is a [zohohub.Locker]. Each subtest asks newStore for an empty store of its own,
// which t.Cleanup may close. The tests run side by side, take about three seconds and write fake tokens only.
func Run(t *testing.T, newStore func(t *testing.T) zohohub.TokenStore) {
	t.Helper()
	for _, c := range checks {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.run(t, newStore(t))
		})
	}
	for _, c := range lockChecks {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			store := newStore(t)
			locker, ok := store.(zohohub.Locker)
			if !ok {
				t.Skip("the store is no zohohub.Locker")
			}
			c.run(t, lockingStore{store, locker})
		})
	}
}

// tester is what the checks need of a testing.T. This package's tests have another, that notes what it is told.
type tester interface {
	Helper()
	Context() context.Context
	Error(args ...any)
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
}

// checks are for every store.
var checks = []struct {
	name string
	run  func(tester, zohohub.TokenStore)
}{
	{"TokensAreKept", tokensAreKept},
	{"TokensAreReplacedWholly", tokensAreReplacedWholly},
	{"EveryFieldIsKept", everyFieldIsKept},
	{"TokensAreCopies", tokensAreCopies},
	{"TokensThatAreNone", tokensThatAreNone},
	{"KeysDiffer", keysDiffer},
	{"KeysThatAreNone", keysThatAreNone},
	{"ListIsSorted", listIsSorted},
	{"ConcurrentUse", concurrentUse},
	{"EndedContexts", endedContexts},
}

// lockChecks are for stores with locks.
var lockChecks = []struct {
	name string
	run  func(tester, lockingStore)
}{
	{"LockIsForOne", lockIsForOne},
	{"LockEndsWithItsLease", lockEndsWithItsLease},
	{"LockThatIsLostSavesNothing", lockThatIsLostSavesNothing},
	{"LockThatIsGivenBackStaysSo", lockThatIsGivenBackStaysSo},
	{"LockWaitsAsLongAsItsContext", lockWaitsAsLongAsItsContext},
	{"LocksOfOtherKeys", locksOfOtherKeys},
	{"LockWithoutAToken", lockWithoutAToken},
}

func tokensAreKept(t tester, s zohohub.TokenStore) {
	jo, al := keyOf("jo@example.com"), keyOf("al@example.com")
	missing(t, s, jo)
	listed(t, s)
	save(t, s, jo, tokenOf("1"))
	save(t, s, al, tokenOf("2"))
	holds(t, s, jo, tokenOf("1"))
	holds(t, s, al, tokenOf("2"))
	listed(t, s, al, jo)

	remove(t, s, jo)
	missing(t, s, jo)
	holds(t, s, al, tokenOf("2"))
	listed(t, s, al)
	remove(t, s, jo)
	save(t, s, jo, tokenOf("3"))
	holds(t, s, jo, tokenOf("3"))
}

func tokensAreReplacedWholly(t tester, s zohohub.TokenStore) {
	jo := keyOf("jo@example.com")
	save(t, s, jo, fullToken())
	for _, tok := range []*zohohub.Token{{AccessToken: "1000.fake-access-2"}, {RefreshToken: "1000.fake-refresh-2"}} {
		save(t, s, jo, tok)
		holds(t, s, jo, tok)
		listed(t, s, jo)
	}
}

func everyFieldIsKept(t tester, s zohohub.TokenStore) {
	jo := keyOf("jo@example.com")
	long := fullToken()
	long.AccessToken = "1000." + string(bytes.Repeat([]byte("a"), 4<<10))
	long.RefreshToken = "1000." + string(bytes.Repeat([]byte("r"), 4<<10))
	long.Scope = string(bytes.Repeat([]byte("ZohoCRM.modules.ALL,"), 200))
	for _, tok := range []*zohohub.Token{fullToken(), long, {AccessToken: "1000.fake-access"}, {RefreshToken: "1000.fake-refresh"}} {
		save(t, s, jo, tok)
		holds(t, s, jo, tok)
	}
}

func tokensAreCopies(t tester, s zohohub.TokenStore) {
	jo := keyOf("jo@example.com")
	change := func(tok *zohohub.Token) {
		tok.AccessToken = "1000.fake-changed"
		tok.Extra["api_domain"] = "changed"
		tok.Refreshes[0] = time.Unix(0, 0)
	}
	saved := fullToken()
	save(t, s, jo, saved)
	change(saved)
	holds(t, s, jo, fullToken())
	change(load(t, s, jo))
	holds(t, s, jo, fullToken())
}

// tokensThatAreNone would come back as something that is damaged: they are refused, and what was there stays.
func tokensThatAreNone(t tester, s zohohub.TokenStore) {
	jo, al := keyOf("jo@example.com"), keyOf("al@example.com")
	save(t, s, jo, fullToken())
	without := fullToken()
	without.AccessToken, without.RefreshToken = "", ""
	for what, tok := range map[string]*zohohub.Token{"a nil token": nil, "an empty token": {}, "a token without a secret": without} {
		calls := map[string]func() error{
			"Save":          func() error { return s.Save(t.Context(), al, tok) },
			"Save in place": func() error { return s.Save(t.Context(), jo, tok) },
		}
		if locker, ok := s.(zohohub.Locker); ok {
			held := lock(t, locker, jo, longLease)
			calls["Lock.Save"] = func() error { return errors.Join(held.Save(t.Context(), tok), held.Unlock(t.Context())) }
		}
		for name, call := range calls {
			if err := call(); err == nil {
				t.Errorf("%s of %s: got no error", name, what)
			}
		}
	}
	missing(t, s, al)
	holds(t, s, jo, fullToken())
	listed(t, s, jo)
}

func listIsSorted(t tester, s zohohub.TokenStore) {
	var keys []zohohub.Key
	for _, service := range []string{"books", zohohub.ServiceCRM} {
		for _, client := range []string{"", "1000.A", "1000.a"} {
			for _, org := range []string{"", "10", "9"} {
				for _, user := range []string{"Z", "a", "ä"} {
					keys = append(keys, zohohub.Key{Service: service, ClientID: client, Org: org, User: user})
				}
			}
		}
	}
	slices.SortFunc(keys, zohohub.Key.Compare)
	for i := range keys { // in another order
		save(t, s, keys[i*31%len(keys)], tokenOf("1"))
	}
	listed(t, s, keys...)
}

func endedContexts(t tester, s zohohub.TokenStore) {
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	jo, al := keyOf("jo@example.com"), keyOf("al@example.com")
	save(t, s, jo, tokenOf("1"))
	calls := map[string]func() error{
		"Load":   func() error { _, err := s.Load(ended, jo); return err },
		"Save":   func() error { return s.Save(ended, al, tokenOf("2")) },
		"Delete": func() error { return s.Delete(ended, jo) },
		"List":   func() error { _, err := s.List(ended); return err },
	}
	if locker, ok := s.(zohohub.Locker); ok {
		calls["Lock"] = func() error { _, err := locker.Lock(ended, jo, longLease); return err }
		held := lock(t, locker, al, longLease)
		defer unlock(t, held)
		calls["Lock.Save"] = func() error { return held.Save(ended, tokenOf("3")) }
	}
	for name, call := range calls {
		if err := call(); !errors.Is(err, context.Canceled) {
			t.Errorf("%s with a cancelled context: got the error %v, want one that matches context.Canceled", name, err)
		}
	}
	holds(t, s, jo, tokenOf("1"))
	missing(t, s, al)
}

// The functions below do what a test needs, or end it.

func keyOf(user string) zohohub.Key {
	return zohohub.Key{Service: zohohub.ServiceCRM, ClientID: "1000.FAKE", Org: "60000000001", User: user}
}

func tokenOf(n string) *zohohub.Token {
	return &zohohub.Token{AccessToken: "1000.fake-access-" + n, RefreshToken: "1000.fake-refresh-" + n}
}

func fullToken() *zohohub.Token {
	lisboa := time.FixedZone("", 3600)
	return &zohohub.Token{
		AccessToken: "1000.fake-access", RefreshToken: "1000.fake-refresh",
		APIDomain: "https://www.zohoapis.eu", AccountsURL: "https://accounts.zoho.eu",
		Scope: "ZohoCRM.modules.ALL ZohoCRM.users.READ", User: "jo@example.com",
		Expiry:    time.Date(2026, time.May, 1, 12, 30, 0, 123456789, lisboa),
		Refreshes: []time.Time{time.Date(2026, time.May, 1, 11, 20, 0, 1, time.UTC), time.Date(2026, time.May, 1, 12, 29, 0, 0, lisboa)},
		Extra:     map[string]string{"api_domain": "https://www.zohoapis.eu", "": "no name", "é\"\\\n": "line\nbreak, \"quote\" and 日本"},
	}
}

func save(t tester, s zohohub.TokenStore, key zohohub.Key, tok *zohohub.Token) {
	t.Helper()
	if err := s.Save(t.Context(), key, tok); err != nil {
		t.Fatalf("Save of %q: %v", key, err)
	}
}

func load(t tester, s zohohub.TokenStore, key zohohub.Key) *zohohub.Token {
	t.Helper()
	tok, err := loaded(t.Context(), s, key)
	if err != nil {
		t.Fatalf("Load of %q: %v", key, err)
	}
	return tok
}

// loaded is Load, by a store that may not keep to what it says.
func loaded(ctx context.Context, s zohohub.TokenStore, key zohohub.Key) (*zohohub.Token, error) {
	tok, err := s.Load(ctx, key)
	if err == nil && tok == nil {
		err = errors.New("neither a token nor an error")
	}
	return tok, err
}

func remove(t tester, s zohohub.TokenStore, key zohohub.Key) {
	t.Helper()
	if err := s.Delete(t.Context(), key); err != nil {
		t.Fatalf("Delete of %q: %v", key, err)
	}
}

func missing(t tester, s zohohub.TokenStore, key zohohub.Key) {
	t.Helper()
	tok, err := s.Load(t.Context(), key)
	if tok != nil || !errors.Is(err, zohohub.ErrTokenNotFound) {
		t.Errorf("Load of %q: got %v and the error %v, want one that matches ErrTokenNotFound", key, tok, err)
	}
}

func holds(t tester, s zohohub.TokenStore, key zohohub.Key, want *zohohub.Token) {
	t.Helper()
	if got := load(t, s, key); !same(got, want) {
		t.Errorf("token of %q:\n got %s\nwant %s", key, words(got), words(want))
	}
}

func listed(t tester, s zohohub.TokenStore, want ...zohohub.Key) {
	t.Helper()
	got, err := s.List(t.Context())
	if err != nil {
		t.Fatalf("List: %v", err)
	}
	if !slices.Equal(got, want) {
		t.Errorf("List:\n got %q\nwant %q", got, want)
	}
}

// same compares what is in the tokens: a time is the same in every zone, and nothing is as good as empty.
func same(a, b *zohohub.Token) bool {
	return a.AccessToken == b.AccessToken && a.RefreshToken == b.RefreshToken && a.APIDomain == b.APIDomain &&
		a.AccountsURL == b.AccountsURL && a.Scope == b.Scope && a.User == b.User && a.Expiry.Equal(b.Expiry) &&
		slices.EqualFunc(a.Refreshes, b.Refreshes, time.Time.Equal) && maps.Equal(a.Extra, b.Extra)
}

// words shows a token of this suite, which is no secret; its own String would.
func words(tok *zohohub.Token) string {
	text, err := zohohub.EncodeToken(tok)
	if err != nil {
		return err.Error()
	}
	return string(text)
}
