// Package sqlstore keeps tokens in a table of MariaDB, MySQL, PostgreSQL or SQLite, for services of any number of replicas.
//
//	db, err := sql.Open("mysql", dsn) // the driver is the service's choice
//	store, err := sqlstore.New(db, sqlstore.MySQL)
//	err = store.CreateTable(ctx)
//	cfg.Store = store
//
// The store is a [zohohub.Locker] by the database's clock, so that those of the replicas may differ. What it writes is plain:
// package sealed encrypts it. [Import] takes over what Zoho's own SDKs have stored.
//
// Each call is a few statements on their own, without a transaction, and repeats a statement that the database gave up for
// others' sake (a deadlock, SQLite's "database is locked"). With SQLite, a file in write-ahead mode and a busy_timeout keep
// that rare; a database in memory needs db.SetMaxOpenConns(1), or each connection has its own. Behind a database with
// replicas of its own, db must lead to the one that writes: what another replica has saved has to be seen.
package sqlstore

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/zohohub/zohohub"
	"github.com/zohohub/zohohub/internal/pause"
)

// Store is a [zohohub.TokenStore] in a table. It is safe for concurrent use, by several processes too.
type Store struct {
	db   *sql.DB
	text statements
}

var (
	_ zohohub.TokenStore = (*Store)(nil)
	_ zohohub.Locker     = (*Store)(nil)
)

// tableName is what a table may be called: nothing that would have to be escaped in any of the dialects.
var tableName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]{0,62}(\.[A-Za-z_][A-Za-z0-9_]{0,62})?$`)

// New returns the store in the table zohohub_tokens of db, or the one that [Table] names. It does not ask the database
// anything; the caller closes db.
func New(db *sql.DB, dialect Dialect, opts ...Option) (*Store, error) {
	c := config{table: "zohohub_tokens"}
	for _, o := range opts {
		if o != nil {
			o.applySQL(&c)
		}
	}
	switch {
	case db == nil:
		return nil, errors.New("tokenstore/sql: there is no database")
	case dialects[dialect].create == "":
		return nil, fmt.Errorf("tokenstore/sql: %v is none of MySQL, PostgreSQL, SQLite", dialect)
	case !tableName.MatchString(c.table):
		return nil, fmt.Errorf("tokenstore/sql: a table cannot be called %q", c.table)
	}
	return &Store{db, dialects[dialect].of(c.table)}, nil
}

// Option is what [New] can be told beside.
type Option interface{ applySQL(*config) }

type config struct{ table string }

type option func(*config)

func (o option) applySQL(c *config) { o(c) }

// Table names the table: letters of the English alphabet, digits and _, 63 at most, and before it, if need be, a schema or
// database and a dot.
func Table(name string) Option { return option(func(c *config) { c.table = name }) }

// CreateTable makes the table, unless there is one. Several replicas may do so at once.
func (s *Store) CreateTable(ctx context.Context) error {
	_, err := s.exec(ctx, "create table", s.text.create)
	if err != nil {
		// PostgreSQL lets only one of two that create a table at once succeed, whatever IF NOT EXISTS says.
		var none int
		if s.query(ctx, "create table", s.text.probe, nil, &none) == nil {
			return nil
		}
	}
	return err
}

// Load implements [zohohub.TokenStore]. A row that is damaged is an error that names its key, and never
// [zohohub.ErrTokenNotFound].
func (s *Store) Load(ctx context.Context, key zohohub.Key) (*zohohub.Token, error) {
	if err := cmp.Or(ctx.Err(), key.Validate()); err != nil {
		return nil, err
	}
	var data []byte
	err := s.query(ctx, "load", s.text.load, parts(key), &data)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return nil, fmt.Errorf("%w: %v", zohohub.ErrTokenNotFound, key)
	case err != nil:
		return nil, err
	}
	tok, err := zohohub.DecodeToken(data)
	if err != nil {
		return nil, fmt.Errorf("tokenstore/sql: the row of %v is damaged: it holds no token; restore it from a backup, or delete it and have its user sign in again", key)
	}
	return tok, nil
}

// Save implements [zohohub.TokenStore].
func (s *Store) Save(ctx context.Context, key zohohub.Key, tok *zohohub.Token) error {
	if err := cmp.Or(ctx.Err(), key.Validate()); err != nil {
		return err
	}
	data, err := encode(tok)
	if err != nil {
		return err
	}
	_, err = s.exec(ctx, "save", s.text.save, append(parts(key), data)...)
	return withoutSecrets(err, tok)
}

// Delete implements [zohohub.TokenStore].
func (s *Store) Delete(ctx context.Context, key zohohub.Key) error {
	if err := cmp.Or(ctx.Err(), key.Validate()); err != nil {
		return err
	}
	if _, err := s.exec(ctx, "delete", s.text.empty, parts(key)...); err != nil {
		return err
	}
	_, err := s.exec(ctx, "delete", s.text.sweep, parts(key)...) // the row stays while somebody has its lock
	return err
}

// List implements [zohohub.TokenStore].
func (s *Store) List(ctx context.Context) ([]zohohub.Key, error) {
	var keys []zohohub.Key
	err := persist(ctx, "list", func() error {
		keys = nil
		rows, err := s.db.QueryContext(ctx, s.text.list)
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }() // what it says, Err says too
		for rows.Next() {
			var k zohohub.Key
			if err := rows.Scan(&k.Service, &k.ClientID, &k.Org, &k.User); err != nil {
				return err
			}
			keys = append(keys, k)
		}
		return rows.Err()
	})
	if err != nil {
		return nil, err
	}
	slices.SortFunc(keys, zohohub.Key.Compare)
	return keys, nil
}

// exec says how many rows the statement has changed.
func (s *Store) exec(ctx context.Context, op, statement string, args ...any) (changed int64, err error) {
	err = persist(ctx, op, func() error {
		result, err := s.db.ExecContext(ctx, statement, args...)
		if err != nil {
			return err
		}
		changed, err = result.RowsAffected()
		return err
	})
	return changed, err
}

// query reads one row.
func (s *Store) query(ctx context.Context, op, statement string, args []any, into ...any) error {
	return persist(ctx, op, func() error { return s.db.QueryRowContext(ctx, statement, args...).Scan(into...) })
}

const (
	// retryFor bounds how long a statement is repeated that the database gives up for others' sake.
	retryFor   = 10 * time.Second
	firstPause = 10 * time.Millisecond
	mostPause  = 160 * time.Millisecond
)

// persist repeats what failed for others' sake only. Each statement of this package may be carried out twice.
func persist(ctx context.Context, op string, do func() error) error {
	end := time.Now().Add(retryFor)
	for wait := firstPause; ; wait = min(2*wait, mostPause) {
		err := do()
		switch {
		case err == nil:
			return nil
		case ctx.Err() != nil: // of which not every driver speaks
			return fmt.Errorf("tokenstore/sql: %s: %w", op, ctx.Err())
		case !gaveWay(err) || time.Now().After(end):
			return fmt.Errorf("tokenstore/sql: %s: %w", op, err)
		}
		if err := pause.For(ctx, wait); err != nil {
			return fmt.Errorf("tokenstore/sql: %s: %w", op, err)
		}
	}
}

// gaveWay says that the database has undone the statement for others' sake. Drivers have no common words for it.
func gaveWay(err error) bool {
	if e, ok := errors.AsType[interface {
		error
		SQLState() string
	}](err); ok {
		return e.SQLState() == "40001" || e.SQLState() == "40P01"
	}
	text := err.Error()
	return strings.Contains(text, "Error 1213") || // MySQL's deadlock
		strings.Contains(text, "Error 1020") || // MariaDB's: somebody has changed the row meanwhile
		strings.Contains(text, "database is locked") || strings.Contains(text, "database table is locked")
}

// encode is the token as its column holds it: as text, since a driver may take bytes for a number in hexadecimal.
func encode(tok *zohohub.Token) (string, error) {
	data, err := zohohub.EncodeToken(tok)
	if err != nil {
		return "", fmt.Errorf("tokenstore/sql: save: %w", err)
	}
	return string(data), nil
}

// tellingPart is how much of a secret an error may not repeat: databases cut what they quote.
const tellingPart = 20

// withoutSecrets keeps to itself what a database says that repeats the token, as a trigger may make it.
func withoutSecrets(err error, tok *zohohub.Token) error {
	if err == nil {
		return nil
	}
	for _, secret := range []string{tok.AccessToken, tok.RefreshToken} {
		if secret != "" && strings.Contains(err.Error(), secret[:min(len(secret), tellingPart)]) {
			return errors.New("tokenstore/sql: save: the database's error repeats the token, and is not shown")
		}
	}
	return err
}

// parts are the arguments that begin, or end, most statements.
func parts(k zohohub.Key) []any { return []any{k.Service, k.ClientID, k.Org, k.User} }
