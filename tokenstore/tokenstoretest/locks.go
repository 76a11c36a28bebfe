package tokenstoretest

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/zohohub/zohohub"
)

// shortLease is long enough to do something with the lock on a busy machine, and short enough to wait for its end.
const shortLease = 2 * time.Second

// longLease is longer than anybody here waits for a lock: whoever gets one in time was given it.
const longLease = 10 * patience

// lockingStore is a store under test that has locks.
type lockingStore struct {
	zohohub.TokenStore
	zohohub.Locker
}

// concurrentUse has tokens of many users come and go while one token is replaced again and again.
func concurrentUse(t tester, s zohohub.TokenStore) {
	shared := keyOf("shared@example.com")
	save(t, s, shared, tokenOf("0"))
	var group sync.WaitGroup
	for worker := range 8 {
		group.Go(func() {
			own := keyOf(fmt.Sprintf("user-%d@example.com", worker))
			for round := range 5 {
				n := strconv.Itoa(100*worker + round)
				if err := churn(t.Context(), s, own, shared, tokenOf(n)); err != nil {
					t.Errorf("worker %d, round %d: %v", worker, round, err)
					return
				}
			}
		})
	}
	stop := make(chan struct{})
	var reader sync.WaitGroup
	reader.Go(func() { watch(t, s, shared, stop) })
	group.Wait()
	close(stop)
	reader.Wait()
	listed(t, s, shared)
}

// watch reads the shared token, which is there all the time and always whole, until it is told to stop.
func watch(t tester, s zohohub.TokenStore, shared zohohub.Key, stop chan struct{}) {
	t.Helper()
	for {
		if err := whole(t.Context(), s, shared); err != nil {
			t.Errorf("while it was replaced: %v", err)
			return
		}
		select {
		case <-stop:
			return
		case <-time.After(300 * time.Microsecond):
		}
	}
}

// whole says what is wrong with the shared token, of which nobody may ever see a half.
func whole(ctx context.Context, s zohohub.TokenStore, shared zohohub.Key) error {
	got, err := loaded(ctx, s, shared)
	if err == nil && !same(got, tokenOf(strings.TrimPrefix(got.AccessToken, "1000.fake-access-"))) {
		err = fmt.Errorf("the shared token is of two halves: %s", words(got))
	}
	return err
}

// churn saves, reads and deletes one's own token, and replaces the shared one.
func churn(ctx context.Context, s zohohub.TokenStore, own, shared zohohub.Key, tok *zohohub.Token) error {
	if err := errors.Join(s.Save(ctx, own, tok), s.Save(ctx, shared, tok)); err != nil {
		return err
	}
	got, err := loaded(ctx, s, own)
	switch {
	case err != nil:
		return err
	case !same(got, tok):
		return fmt.Errorf("one's own token: got %s, want %s", words(got), words(tok))
	}
	if err := whole(ctx, s, shared); err != nil {
		return err
	}
	if _, err := s.List(ctx); err != nil {
		return err
	}
	return s.Delete(ctx, own)
}

// lockIsForOne counts under the lock, in the token: who is let in beside another loses a count.
func lockIsForOne(t tester, s lockingStore) {
	const workers, rounds = 6, 4
	jo := keyOf("jo@example.com")
	save(t, s, jo, tokenOf("0"))
	var inside atomic.Int32
	count := func() (err error) {
		ctx, cancel := context.WithTimeout(t.Context(), longLease/2) // others are in front
		defer cancel()
		held, err := s.Lock(ctx, jo, longLease)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, held.Unlock(t.Context())) }()
		defer inside.Add(-1)
		if inside.Add(1) > 1 {
			return errors.New("two have the lock")
		}
		<-time.After(time.Millisecond) // so that another, if it were let in, would be seen
		tok, err := loaded(t.Context(), s, jo)
		if err != nil {
			return err
		}
		n, err := strconv.Atoi(strings.TrimPrefix(tok.AccessToken, "1000.fake-access-"))
		if err != nil {
			return err
		}
		return held.Save(t.Context(), tokenOf(strconv.Itoa(n+1)))
	}
	var group sync.WaitGroup
	for range workers {
		group.Go(func() {
			for range rounds {
				if err := count(); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	group.Wait()
	holds(t, s, jo, tokenOf(strconv.Itoa(workers*rounds)))
}

func lockEndsWithItsLease(t tester, s lockingStore) {
	jo := keyOf("jo@example.com")
	begin := time.Now()
	lock(t, s, jo, shortLease) // and never given back
	unlock(t, lock(t, s, jo, longLease))
	// Clocks of databases tick less often than ours.
	if took := time.Since(begin); took < shortLease-100*time.Millisecond {
		t.Errorf("the lock was another's after %v, its lease was %v", took, shortLease)
	}
}

func lockThatIsLostSavesNothing(t tester, s lockingStore) {
	jo := keyOf("jo@example.com")
	late := savedInTime(t, s, jo, tokenOf("1"))
	holds(t, s, jo, tokenOf("1"))

	held := lock(t, s, jo, longLease)
	lost(t, late)
	holds(t, s, jo, tokenOf("1"))
	unlock(t, late) // is no error, and changes nothing
	busy(t, s, jo)
	if err := held.Save(t.Context(), tokenOf("2")); err != nil {
		t.Errorf("Save under the lock that was taken over: %v", err)
	}
	unlock(t, held)
	lost(t, late) // though nobody holds it now: what is there is newer
	holds(t, s, jo, tokenOf("2"))
}

// savedInTime takes a lock with a short lease and saves under it; the lease is longer where the machine is too busy for it.
func savedInTime(t tester, s lockingStore, key zohohub.Key, tok *zohohub.Token) zohohub.TokenLock {
	t.Helper()
	for lease := shortLease; ; lease *= 2 {
		begin := time.Now()
		held := lock(t, s, key, lease)
		err := held.Save(t.Context(), tok)
		switch {
		case err == nil:
			return held
		case time.Since(begin) < lease || lease > patience:
			t.Fatalf("Save under the lock: %v", err)
		}
	}
}

func lockThatIsGivenBackStaysSo(t tester, s lockingStore) {
	jo := keyOf("jo@example.com")
	first := lock(t, s, jo, longLease)
	unlock(t, first)
	second := lock(t, s, jo, longLease)
	unlock(t, first)
	busy(t, s, jo)
	unlock(t, second)
	unlock(t, lock(t, s, jo, longLease))
}

func lockWaitsAsLongAsItsContext(t tester, s lockingStore) {
	jo := keyOf("jo@example.com")
	held := lock(t, s, jo, longLease)
	begin := time.Now()
	busy(t, s, jo)
	if took := time.Since(begin); took > patience/2 {
		t.Errorf("Lock came back %v after its context's end", took)
	}
	unlock(t, held)
	unlock(t, lock(t, s, jo, longLease)) // who gave up has left nothing behind
}

func locksOfOtherKeys(t tester, s lockingStore) {
	jo := keyOf("jo@example.com")
	held := lock(t, s, jo, longLease)
	defer unlock(t, held)
	for _, other := range []zohohub.Key{
		keyOf("al@example.com"),
		{Service: "books", ClientID: jo.ClientID, Org: jo.Org, User: jo.User},
		{Service: jo.Service, ClientID: "1000.OTHER", Org: jo.Org, User: jo.User},
		{Service: jo.Service, ClientID: jo.ClientID, User: jo.User},
	} {
		ctx, cancel := context.WithTimeout(t.Context(), patience/2)
		theirs, err := s.Lock(ctx, other, longLease)
		cancel()
		if err != nil {
			t.Fatalf("Lock of %q while %q is held: %v", other, jo, err)
		}
		unlock(t, theirs)
	}
}

func lockWithoutAToken(t tester, s lockingStore) {
	jo := keyOf("jo@example.com")
	held := lock(t, s, jo, longLease)
	missing(t, s, jo)
	listed(t, s)
	if err := held.Save(t.Context(), fullToken()); err != nil {
		t.Fatalf("Save under the lock: %v", err)
	}
	holds(t, s, jo, fullToken())
	remove(t, s, jo) // needs no lock
	unlock(t, held)
	missing(t, s, jo)
	listed(t, s)
}

func lock(t tester, s zohohub.Locker, key zohohub.Key, lease time.Duration) zohohub.TokenLock {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	held, err := s.Lock(ctx, key, lease)
	if err != nil {
		t.Fatalf("Lock of %q: %v", key, err)
	}
	return held
}

func unlock(t tester, held zohohub.TokenLock) {
	t.Helper()
	if err := held.Unlock(t.Context()); err != nil {
		t.Errorf("Unlock: %v", err)
	}
}

// busy says that somebody holds the key's lock.
func busy(t tester, s zohohub.Locker, key zohohub.Key) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if _, err := s.Lock(ctx, key, longLease); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Lock of %q, which is held: got the error %v, want one that matches context.DeadlineExceeded", key, err)
	}
}

func lost(t tester, held zohohub.TokenLock) {
	t.Helper()
	if err := held.Save(t.Context(), tokenOf("late")); !errors.Is(err, zohohub.ErrLockLost) {
		t.Errorf("Save under a lock that somebody else took over: got the error %v, want one that matches ErrLockLost", err)
	}
}
