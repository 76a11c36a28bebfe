package tokenstoretest_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"github.com/zohohub/zohohub"
	"github.com/zohohub/zohohub/tokenstore/tokenstoretest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// table is a store of one's own: rows by key, each what zohohub.EncodeToken writes. In a service a database holds them.
type table struct {
	mu   sync.Mutex
	rows map[zohohub.Key][]byte
}

// use is what every call begins with.
func (s *table) use(ctx context.Context, key zohohub.Key, do func() error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := errors.Join(ctx.Err(), key.Validate()); err != nil {
		return err
	}
	return do()
}

func (s *table) Load(ctx context.Context, key zohohub.Key) (*zohohub.Token, error) {
	var row []byte
	err := s.use(ctx, key, func() error {
		row = s.rows[key]
		return nil
	})
	switch {
	case err != nil:
		return nil, err
	case row == nil:
		return nil, fmt.Errorf("%w: %v", zohohub.ErrTokenNotFound, key)
	}
	return zohohub.DecodeToken(row)
}

func (s *table) Save(ctx context.Context, key zohohub.Key, tok *zohohub.Token) error {
	row, err := zohohub.EncodeToken(tok)
	if err != nil {
		return err
	}
	return s.use(ctx, key, func() error {
		s.rows[key] = row
		return nil
	})
}

func (s *table) Delete(ctx context.Context, key zohohub.Key) error {
	return s.use(ctx, key, func() error {
		delete(s.rows, key)
		return nil
	})
}

func (s *table) List(ctx context.Context) ([]zohohub.Key, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.SortedFunc(maps.Keys(s.rows), zohohub.Key.Compare), ctx.Err()
}

// TestTable is all that it takes.
func TestTable(t *testing.T) {
	t.Parallel()
	tokenstoretest.Run(t, func(*testing.T) zohohub.TokenStore { return &table{rows: map[zohohub.Key][]byte{}} })
}

// The store is a map under a mutex; TestTable calls Run with it, which an Example cannot, as it has no testing.T.
func ExampleRun() {
	store := &table{rows: map[zohohub.Key][]byte{}}
	ctx := context.Background()
	key := zohohub.Key{Service: zohohub.ServiceCRM, ClientID: "1000.FAKE", User: "jo@example.com"}
	if err := store.Save(ctx, key, &zohohub.Token{RefreshToken: "1000.fake-refresh-token"}); err != nil {
		fmt.Println(err)
		return
	}
	keys, _ := store.List(ctx)
	tok, _ := store.Load(ctx, key)
	fmt.Println(keys, tok)
	_, err := store.Load(ctx, zohohub.Key{Service: zohohub.ServiceCRM, User: "al@example.com"})
	fmt.Println(errors.Is(err, zohohub.ErrTokenNotFound))
	// Output:
	// [zohocrm/1000.FAKE//jo@example.com] zohohub.Token{RefreshToken:"[redacted]"}
	// true
}
