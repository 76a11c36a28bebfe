package integration

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/zohohub/zohohub"
	"github.com/zohohub/zohohub/internal/refreshrace"
	sqlstore "github.com/zohohub/zohohub/tokenstore/sql"
	"github.com/zohohub/zohohub/tokenstore/tokenstoretest"
)

// engine is a database that the table is kept in.
type engine struct {
	name, driver string
	dialect      sqlstore.Dialect
	start        func(t *testing.T) (address string)
}

var engines = []engine{
	{"MariaDB", "mysql", sqlstore.MySQL, mariaDB},
	{"PostgreSQL", "pgx", sqlstore.PostgreSQL, postgreSQL},
	{"SQLite", "sqlite", sqlstore.SQLite, func(t *testing.T) string {
		t.Helper()
		return "file:" + filepath.Join(t.TempDir(), "tokens.db") + "?_pragma=journal_mode(WAL)&_pragma=busy_timeout(5000)"
	}},
}

// stores are what the processes of TestSQL and TestRedis open.
var stores = func() map[string]refreshrace.Opener {
	openers := map[string]refreshrace.Opener{"Redis": openRedis}
	for _, e := range engines {
		openers[e.name] = func(ctx context.Context, address string) (zohohub.TokenStore, func() error, error) {
			db, err := sql.Open(e.driver, address)
			if err != nil {
				return nil, nil, err
			}
			s, err := sqlstore.New(db, e.dialect)
			if err != nil {
				return nil, nil, err
			}
			return s, db.Close, s.CreateTable(ctx)
		}
	}
	return openers
}()

// base is a running database.
type base struct {
	engine
	address string
	db      *sql.DB
	tables  atomic.Int32
}

// store is an empty store in a table of its own.
func (b *base) store(t *testing.T) (s *sqlstore.Store, table string) {
	t.Helper()
	table = fmt.Sprintf("tokens_%d", b.tables.Add(1))
	s, err := sqlstore.New(b.db, b.dialect, sqlstore.Table(table))
	require.NoError(t, err)
	require.NoError(t, s.CreateTable(t.Context()))
	return s, table
}

func (b *base) exec(t *testing.T, statement string) {
	t.Helper()
	_, err := b.db.ExecContext(t.Context(), statement)
	require.NoError(t, err, statement)
}

// rows are the table's, each column as text, in the order of the first.
func (b *base) rows(t *testing.T, table string) (all [][]string) {
	t.Helper()
	//nolint:unqueryvet // a column more than expected is to be seen
	read, err := b.db.QueryContext(t.Context(), "SELECT * FROM "+table+" ORDER BY 1, 4")
	require.NoError(t, err)
	defer read.Close()
	names, err := read.Columns()
	require.NoError(t, err)
	for read.Next() {
		fields := make([]sql.NullString, len(names))
		into := make([]any, len(names))
		for i := range fields {
			into[i] = &fields[i]
		}
		require.NoError(t, read.Scan(into...))
		row := make([]string, len(names))
		for i, f := range fields {
			row[i] = "NULL"
			if f.Valid {
				row[i] = f.String
			}
		}
		all = append(all, row)
	}
	require.NoError(t, read.Err())
	return all
}

// TestSQL runs everything on each database.
func TestSQL(t *testing.T) {
	t.Parallel()
	for _, e := range engines {
		t.Run(e.name, func(t *testing.T) {
			t.Parallel()
			address := e.start(t)
			b := &base{engine: e, address: address, db: open(t, e.driver, address)}
			t.Run("Suite", func(t *testing.T) {
				t.Parallel()
				tokenstoretest.Run(t, func(t *testing.T) zohohub.TokenStore {
					t.Helper()
					s, _ := b.store(t)
					return s
				})
			})
			t.Run("Processes", func(t *testing.T) {
				t.Parallel()
				refreshrace.Run(t, stores, e.name, address)
			})
			for name, test := range map[string]func(*testing.T, *base){
				"Rows": rowsOfTokens, "OneConnection": oneConnection, "TableElsewhere": tableElsewhere, "TablesAreMadeAtOnce": tablesAreMadeAtOnce,
				"DamagedRows": damagedRows, "SecretsInErrors": secretsInErrors, "SecretsAtRest": secretsInSQL, "NoTable": noTable, "SameTokenAgain": sameTokenAgain,
				"ImportRuby": importRuby, "ImportVersion8": importVersion8,
			} {
				t.Run(name, func(t *testing.T) {
					t.Parallel()
					test(t, b)
				})
			}
		})
	}
}

// TestSQLiteWithoutOptions: SQLite refuses at once what comes while another writes, and is asked again.
func TestSQLiteWithoutOptions(t *testing.T) {
	t.Parallel()
	tokenstoretest.Run(t, func(t *testing.T) zohohub.TokenStore {
		t.Helper()
		b := &base{engine: engines[2], db: open(t, "sqlite", filepath.Join(t.TempDir(), "tokens.db"))}
		s, _ := b.store(t)
		return s
	})
}

var (
	jo   = zohohub.Key{Service: zohohub.ServiceCRM, ClientID: "1000.FAKE", User: "jo@example.com"}
	al   = zohohub.Key{Service: zohohub.ServiceCRM, ClientID: "1000.FAKE", User: "al@example.com"}
	fake = zohohub.Token{AccessToken: "1000.fake-access", RefreshToken: "1000.fake-refresh"}
)

const fakeJSON = `{"access_token":"1000.fake-access","refresh_token":"1000.fake-refresh"}`

// rowsOfTokens: what the table holds is a contract with later versions, and nothing is left behind.
func rowsOfTokens(t *testing.T, b *base) {
	s, table := b.store(t)
	ctx := t.Context()
	require.NoError(t, s.Save(ctx, jo, &fake))
	require.NoError(t, s.Save(ctx, jo, &fake))
	assert.Equal(t, [][]string{{"zohocrm", "1000.FAKE", "", "jo@example.com", fakeJSON, "1", "NULL", "NULL"}}, b.rows(t, table))

	begin := time.Now()
	lock, err := s.Lock(ctx, jo, time.Hour)
	require.NoError(t, err)
	rows := b.rows(t, table)
	require.Len(t, rows, 1)
	require.Len(t, rows[0][6], 26, "who holds the lock")
	var ends int64
	_, err = fmt.Sscan(rows[0][7], &ends)
	require.NoError(t, err)
	// The database's clock is this machine's here, and ticks in milliseconds.
	assert.WithinRange(t, time.UnixMilli(ends), begin.Add(time.Hour-time.Second), time.Now().Add(time.Hour+time.Second))

	require.NoError(t, s.Delete(ctx, jo))
	rows = b.rows(t, table)
	require.Len(t, rows, 1, "the lock is held")
	assert.Equal(t, "NULL", rows[0][4])
	require.NoError(t, lock.Unlock(ctx))
	assert.Empty(t, b.rows(t, table))
	require.NoError(t, lock.Unlock(ctx))
	require.ErrorIs(t, lock.Save(ctx, &fake), zohohub.ErrLockLost)

	lock, err = s.Lock(ctx, al, time.Hour) // without a token
	require.NoError(t, err)
	require.NoError(t, lock.Save(ctx, &fake))
	require.NoError(t, lock.Unlock(ctx))
	assert.Equal(t, [][]string{{"zohocrm", "1000.FAKE", "", "al@example.com", fakeJSON, "1", "NULL", "NULL"}}, b.rows(t, table))
	require.NoError(t, s.Delete(ctx, al))
	assert.Empty(t, b.rows(t, table))
}

// oneConnection: no call needs two connections at once, whatever the DSN says.
func oneConnection(t *testing.T, b *base) {
	_, table := b.store(t)
	address := b.address
	if b.dialect == sqlstore.MySQL {
		address += "?interpolateParams=true&clientFoundRows=true" // values in the statement's text; another count of rows
	}
	db := open(t, b.driver, address)
	db.SetMaxOpenConns(1)
	s, err := sqlstore.New(db, b.dialect, sqlstore.Table(table))
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	lock, err := s.Lock(ctx, jo, time.Minute)
	require.NoError(t, err)
	require.NoError(t, lock.Save(ctx, &fake))
	require.NoError(t, s.Save(ctx, al, &fake))
	keys, err := s.List(ctx)
	require.NoError(t, err)
	assert.Equal(t, []zohohub.Key{al, jo}, keys)
	require.NoError(t, s.Delete(ctx, jo))
	brief, end := context.WithTimeout(ctx, 100*time.Millisecond)
	defer end()
	_, err = s.Lock(brief, jo, time.Minute)
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.NoError(t, lock.Unlock(ctx))
	require.ErrorIs(t, lock.Save(ctx, &fake), zohohub.ErrLockLost)
}

// tableElsewhere is in a schema, or database, that its name begins with.
func tableElsewhere(t *testing.T, b *base) {
	schema := map[sqlstore.Dialect]string{sqlstore.MySQL: "zohooauth", sqlstore.PostgreSQL: "public", sqlstore.SQLite: "main"}[b.dialect]
	s, err := sqlstore.New(b.db, b.dialect, sqlstore.Table(schema+".Order"))
	require.NoError(t, err)
	require.NoError(t, s.CreateTable(t.Context()))
	for range 2 {
		lock, err := s.Lock(t.Context(), jo, time.Minute)
		require.NoError(t, err)
		require.NoError(t, lock.Save(t.Context(), &fake))
		require.NoError(t, lock.Unlock(t.Context()))
		require.NoError(t, s.Save(t.Context(), jo, &fake))
	}
	assert.Equal(t, map[zohohub.Key]zohohub.Token{jo: fake}, tokensOf(t, s))
}

// sameTokenAgain is saved under the lock, though the database has nothing to change.
func sameTokenAgain(t *testing.T, b *base) {
	s, _ := b.store(t)
	require.NoError(t, s.Save(t.Context(), jo, &fake))
	lock, err := s.Lock(t.Context(), jo, time.Minute)
	require.NoError(t, err)
	require.NoError(t, lock.Save(t.Context(), &fake))
	require.NoError(t, lock.Save(t.Context(), &fake))
}

func tablesAreMadeAtOnce(t *testing.T, b *base) {
	for round := range 3 {
		s, err := sqlstore.New(b.db, b.dialect, sqlstore.Table(fmt.Sprintf("Made_%d", round)))
		require.NoError(t, err)
		made := make(chan error)
		for range 6 {
			go func() { made <- s.CreateTable(t.Context()) }()
		}
		for range 6 {
			assert.NoError(t, <-made)
		}
		require.NoError(t, s.Save(t.Context(), jo, &fake))
	}
}

// damagedRows: a row with something else in it is not a missing one.
func damagedRows(t *testing.T, b *base) {
	s, table := b.store(t)
	for _, damaged := range []string{"", "1000.fake-access", "{}", fakeJSON[:40]} {
		require.NoError(t, s.Save(t.Context(), jo, &fake))
		b.exec(t, "UPDATE "+table+" SET token = '"+damaged+"'")
		_, err := s.Load(t.Context(), jo)
		require.EqualError(t, err, "tokenstore/sql: the row of zohocrm/1000.FAKE//jo@example.com is damaged: it holds no token;"+
			" restore it from a backup, or delete it and have its user sign in again")
		require.NotErrorIs(t, err, zohohub.ErrTokenNotFound)
	}
	require.NoError(t, s.Save(t.Context(), jo, &fake))
	got, err := s.Load(t.Context(), jo)
	require.NoError(t, err)
	assert.Equal(t, fake, *got)
	for _, bad := range []*zohohub.Token{nil, {}} {
		require.Error(t, s.Save(t.Context(), jo, bad))
	}
	got, err = s.Load(t.Context(), jo)
	require.NoError(t, err)
	assert.Equal(t, fake, *got)
}

// secretsInErrors: a database can be made to say what it was given.
func secretsInErrors(t *testing.T, b *base) {
	s, table := b.store(t)
	lock, err := s.Lock(t.Context(), jo, time.Minute)
	require.NoError(t, err)
	switch b.dialect {
	case sqlstore.MySQL:
		b.exec(t, "CREATE TRIGGER no_"+table+" BEFORE INSERT ON "+table+" FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = NEW.token")
		b.exec(t, "CREATE TRIGGER nor_"+table+" BEFORE UPDATE ON "+table+" FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = NEW.token")
	case sqlstore.PostgreSQL:
		b.exec(t, "CREATE FUNCTION no_"+table+"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no %', NEW.token; END $$")
		b.exec(t, "CREATE TRIGGER no BEFORE INSERT OR UPDATE ON "+table+" FOR EACH ROW EXECUTE FUNCTION no_"+table+"()")
	case sqlstore.SQLite:
		b.exec(t, "CREATE TRIGGER no_"+table+" BEFORE INSERT ON "+table+" BEGIN SELECT RAISE(ABORT, NEW.token); END")
		b.exec(t, "CREATE TRIGGER nor_"+table+" BEFORE UPDATE ON "+table+" BEGIN SELECT RAISE(ABORT, NEW.token); END")
	}
	const want = "tokenstore/sql: save: the database's error repeats the token, and is not shown"
	require.EqualError(t, s.Save(t.Context(), al, &fake), want)
	require.EqualError(t, lock.Save(t.Context(), &fake), want)
}

// noTable says so, and is no store without tokens.
func noTable(t *testing.T, b *base) {
	s, err := sqlstore.New(b.db, b.dialect, sqlstore.Table("nowhere"))
	require.NoError(t, err)
	_, loading := s.Load(t.Context(), jo)
	_, listing := s.List(t.Context())
	_, locking := s.Lock(t.Context(), jo, time.Minute)
	for op, err := range map[string]error{
		"load": loading, "list": listing, "lock": locking,
		"save": s.Save(t.Context(), jo, &fake), "delete": s.Delete(t.Context(), jo),
	} {
		require.ErrorContains(t, err, "tokenstore/sql: "+op+": ")
		require.ErrorContains(t, err, "nowhere")
		require.NotErrorIs(t, err, zohohub.ErrTokenNotFound)
	}
}
