package sqlstore_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/zohohub/zohohub"
	sqlstore "github.com/zohohub/zohohub/tokenstore/sql"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	jo  = zohohub.Key{Service: zohohub.ServiceCRM, ClientID: "1000.FAKE", User: "jo@example.com"}
	tok = zohohub.Token{AccessToken: "1000.fake-access", RefreshToken: "1000.fake-refresh"}
)

// The store is tested on real databases in the module integration. Here it meets one that fails.

// broken is a database that answers each statement with an error, or does nothing.
type broken struct {
	fault func(statement string) error
	asked atomic.Int32
}

func (b *broken) Connect(context.Context) (driver.Conn, error) { return b, nil }
func (b *broken) Driver() driver.Driver                        { return nil }
func (b *broken) Prepare(string) (driver.Stmt, error)          { return nil, driver.ErrSkip }
func (b *broken) Begin() (driver.Tx, error)                    { return nil, driver.ErrSkip }
func (b *broken) Close() error                                 { return nil }

func (b *broken) ExecContext(_ context.Context, statement string, _ []driver.NamedValue) (driver.Result, error) {
	b.asked.Add(1)
	return driver.RowsAffected(1), b.fault(statement)
}

func (b *broken) QueryContext(_ context.Context, statement string, _ []driver.NamedValue) (driver.Rows, error) {
	b.asked.Add(1)
	return nil, b.fault(statement)
}

func (b *broken) database(t *testing.T) *sql.DB {
	t.Helper()
	db := sql.OpenDB(b)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db
}

func (b *broken) store(t *testing.T) *sqlstore.Store {
	t.Helper()
	s, err := sqlstore.New(b.database(t), sqlstore.PostgreSQL)
	require.NoError(t, err)
	return s
}

// state is an error of a driver that tells the SQLSTATE.
type state string

func (s state) Error() string    { return "fault " + string(s) }
func (s state) SQLState() string { return string(s) }

func TestNew(t *testing.T) {
	t.Parallel()
	db := (&broken{}).database(t)
	for _, c := range []struct {
		db      *sql.DB
		dialect sqlstore.Dialect
		table   string
		want    string
	}{
		{nil, sqlstore.SQLite, "tokens", "tokenstore/sql: there is no database"},
		{db, 0, "tokens", "tokenstore/sql: Dialect(0) is none of MySQL, PostgreSQL, SQLite"},
		{db, 4, "tokens", "tokenstore/sql: Dialect(4) is none of MySQL, PostgreSQL, SQLite"},
		{db, sqlstore.SQLite, "", `tokenstore/sql: a table cannot be called ""`},
		{db, sqlstore.SQLite, `a"b`, `tokenstore/sql: a table cannot be called "a\"b"`},
		{db, sqlstore.SQLite, "a.b.c", `tokenstore/sql: a table cannot be called "a.b.c"`},
		{db, sqlstore.SQLite, "tokens\n", `tokenstore/sql: a table cannot be called "tokens\n"`},
	} {
		_, err := sqlstore.New(c.db, c.dialect, sqlstore.Table(c.table))
		require.EqualError(t, err, c.want)
	}
	_, err := sqlstore.New(db, sqlstore.MySQL, nil, sqlstore.Table("crm.Tokens_1"))
	require.NoError(t, err)
	assert.Equal(t, "MySQL PostgreSQL SQLite", sqlstore.MySQL.String()+" "+sqlstore.PostgreSQL.String()+" "+sqlstore.SQLite.String())
}

// TestWhatTheDatabaseGivesUp for others' sake is asked for again.
func TestWhatTheDatabaseGivesUp(t *testing.T) {
	t.Parallel()
	for _, fault := range []error{
		errors.New("Error 1213 (40001): Deadlock found when trying to get lock; try restarting transaction"),
		errors.New("Error 1020 (HY000): Record has changed since last read in table 'zohohub_tokens'"),
		errors.New("database is locked (5) (SQLITE_BUSY)"),
		errors.New("database table is locked"),
		state("40001"), state("40P01"),
	} {
		synctest.Test(t, func(t *testing.T) {
			var b *broken
			b = &broken{fault: func(string) error {
				if b.asked.Load() < 4 {
					return fault
				}
				return nil
			}}
			begin := time.Now()
			require.NoError(t, b.store(t).Save(t.Context(), jo, &tok))
			assert.Equal(t, int32(4), b.asked.Load())
			assert.Equal(t, 70*time.Millisecond, time.Since(begin))

			b = &broken{fault: func(string) error { return fault }}
			begin = time.Now()
			require.ErrorIs(t, b.store(t).Save(t.Context(), jo, &tok), fault, "for ever")
			assert.InDelta(t, 10, time.Since(begin).Seconds(), 0.2)

			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			_, err := b.store(t).List(ctx)
			require.EqualError(t, err, "tokenstore/sql: list: context deadline exceeded")
			require.ErrorIs(t, err, context.DeadlineExceeded)
		})
	}
}

// TestOtherFaults are told at once.
func TestOtherFaults(t *testing.T) {
	t.Parallel()
	for _, fault := range []error{errors.New("no"), state("42P01"), state("database is locked"), errors.New("Error 1205 (HY000): Lock wait timeout exceeded")} {
		b := &broken{fault: func(string) error { return fault }}
		s := b.store(t)
		require.EqualError(t, s.CreateTable(t.Context()), "tokenstore/sql: create table: "+fault.Error())
		require.Equal(t, int32(2), b.asked.Load(), "once more to see whether there is a table")
		_, loading := s.Load(t.Context(), jo)
		_, locking := s.Lock(t.Context(), jo, time.Minute)
		for op, err := range map[string]error{"load": loading, "lock": locking, "save": s.Save(t.Context(), jo, &tok), "delete": s.Delete(t.Context(), jo)} {
			require.EqualError(t, err, "tokenstore/sql: "+op+": "+fault.Error())
			require.ErrorIs(t, err, fault)
		}
		require.Equal(t, int32(6), b.asked.Load())
	}
}

// TestALockWhoseAnswerIsLost is given back: the database may have given it, and nobody would for its lease.
func TestALockWhoseAnswerIsLost(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	var asked []string
	b := &broken{fault: func(statement string) error {
		if strings.HasPrefix(statement, "SELECT") {
			return sql.ErrNoRows
		}
		asked = append(asked, statement)
		if strings.Contains(statement, "SET holder = $1") {
			cancel()
			return ctx.Err()
		}
		return nil
	}}
	_, err := b.store(t).Lock(ctx, jo, time.Minute)
	require.EqualError(t, err, "tokenstore/sql: lock: context canceled")
	require.Len(t, asked, 4)
	assert.Contains(t, asked[2], "SET holder = NULL")
	assert.Contains(t, asked[3], "DELETE")
}

func TestSecretsInErrors(t *testing.T) {
	t.Parallel()
	long := zohohub.Token{AccessToken: "1000." + strings.Repeat("a", 90), RefreshToken: "1000." + strings.Repeat("r", 90)}
	for _, piece := range []string{long.AccessToken[:40], `{"access_token":"` + long.AccessToken[:30], long.RefreshToken[:20]} {
		b := &broken{fault: func(string) error { return errors.New("cannot store '" + piece) }}
		require.EqualError(t, b.store(t).Save(t.Context(), jo, &long), "tokenstore/sql: save: the database's error repeats the token, and is not shown")
	}
	for _, secret := range []string{tok.AccessToken, tok.RefreshToken} {
		b := &broken{fault: func(string) error { return errors.New("cannot store '" + secret + "'") }}
		require.EqualError(t, b.store(t).Save(t.Context(), jo, &tok), "tokenstore/sql: save: the database's error repeats the token, and is not shown")
	}
	b := &broken{fault: func(string) error { return errors.New("no") }}
	require.EqualError(t, b.store(t).Save(t.Context(), jo, &zohohub.Token{AccessToken: "1000.fake"}), "tokenstore/sql: save: no")
}
