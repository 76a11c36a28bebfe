package main

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/go-sql-driver/mysql"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/redis/go-redis/v9"
	_ "modernc.org/sqlite" // the driver sqlite

	"github.com/zohohub/zohohub"
	"github.com/zohohub/zohohub/tokenstore/file"
	redisstore "github.com/zohohub/zohohub/tokenstore/redis"
	"github.com/zohohub/zohohub/tokenstore/sealed"
	sqlstore "github.com/zohohub/zohohub/tokenstore/sql"
)

// storeForms are what the flag -store takes.
const storeForms = "memory, file:DIR, sqlite:FILE, mysql:DSN, postgres:URL, redis:URL"

// opened is a store of tokens that is ready for use.
type opened struct {
	zohohub.TokenStore

	place string // for people to read: without a password
	close func() error
}

// provideStore opens the store of that name, or a SQLite file of its own: for a CRM that ends with this process one that does,
// too. With TOKEN_KEY what is in the store is encrypted.
func provideStore(ctx context.Context, name string, passing bool) (*opened, error) {
	forget := func() error { return nil }
	if name == "" {
		folder, err := os.UserConfigDir()
		folder = filepath.Join(folder, "zohohub-webapp")
		if passing {
			folder, err = os.MkdirTemp("", "zohohub-webapp-*")
			forget = func() error { return os.RemoveAll(folder) }
		}
		if err != nil {
			return nil, fmt.Errorf("there is no folder for the tokens; -store names another place: %w", err)
		}
		name = "sqlite:" + filepath.Join(folder, "tokens.db")
	}
	ctx, cancel := context.WithTimeout(ctx, storeOpens)
	defer cancel()
	s, err := openStore(ctx, name)
	if err != nil {
		return nil, errors.Join(err, forget())
	}
	end := s.close
	s.close = func() error { return errors.Join(end(), forget()) }
	if text := os.Getenv("TOKEN_KEY"); text != "" {
		if s.TokenStore, err = seal(s.TokenStore, text); err != nil {
			return nil, errors.Join(err, s.close())
		}
		s.place += ", encrypted"
	}
	return s, nil
}

// openStore opens the store that the flag -store names, and makes its folder, file or table where there is none. Whatever is
// wrong with the name, the error does not repeat it: it may hold a password.
func openStore(ctx context.Context, name string) (*opened, error) {
	kind, where, _ := strings.Cut(name, ":")
	if path, isURL := strings.CutPrefix(where, "//"); isURL {
		where = name // which is as good a name as postgres: and a URL
		if kind == "file" || kind == "sqlite" {
			where = path
		}
	}
	switch {
	case name == "memory":
		return &opened{zohohub.NewMemoryStore(), "memory", func() error { return nil }}, nil
	case where == "":
	case kind == "file":
		s, err := file.New(where)
		return &opened{s, "the folder " + where, func() error { return nil }}, err
	case kind == "sqlite":
		return openSQLite(ctx, where)
	case kind == "mysql":
		return openMySQL(ctx, where)
	case kind == "postgres", kind == "postgresql":
		return openPostgreSQL(ctx, where)
	case kind == "redis", kind == "rediss":
		return openRedis(ctx, where)
	}
	return nil, errors.New("-store: it is none of " + storeForms)
}

func openSQLite(ctx context.Context, path string) (*opened, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	// SQLite would leave both to the umask. What it writes beside the file takes the file's permissions.
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil { //nolint:gosec // where the operator says
		return nil, err
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600) //nolint:gosec // where the operator says
	if err != nil {
		return nil, err
	}
	if err := f.Close(); err != nil {
		return nil, err
	}
	at := url.URL{Scheme: "file", Path: "/" + strings.TrimPrefix(filepath.ToSlash(path), "/"), RawQuery: "_pragma=journal_mode(WAL)&_pragma=busy_timeout(5000)"}
	db, err := sql.Open("sqlite", at.String())
	if err != nil {
		return nil, err
	}
	return openTable(ctx, db, sqlstore.SQLite, "the SQLite file "+path)
}

func openMySQL(ctx context.Context, dsn string) (*opened, error) {
	cfg, err := mysql.ParseDSN(dsn)
	if err != nil || strings.HasPrefix(dsn, "mysql://") { // which would be the user mysql
		return nil, errors.New("-store: mysql: it is no DSN such as user:password@tcp(127.0.0.1:3306)/database")
	}
	connector, err := mysql.NewConnector(cfg)
	if err != nil {
		return nil, errors.New("-store: mysql: the DSN's options do not go together")
	}
	return openTable(ctx, sql.OpenDB(connector), sqlstore.MySQL, fmt.Sprintf("MySQL's database %s at %s", cfg.DBName, cfg.Addr))
}

func openPostgreSQL(ctx context.Context, address string) (*opened, error) {
	cfg, err := pgx.ParseConfig(address)
	if err != nil {
		return nil, errors.New("-store: postgres: it is no address such as postgres://user:password@127.0.0.1:5432/database")
	}
	return openTable(ctx, stdlib.OpenDB(*cfg), sqlstore.PostgreSQL, fmt.Sprintf("PostgreSQL's database %s at %s:%d", cfg.Database, cfg.Host, cfg.Port))
}

// openTable makes the table that the tokens are in, unless there is one.
func openTable(ctx context.Context, db *sql.DB, dialect sqlstore.Dialect, place string) (*opened, error) {
	db.SetConnMaxIdleTime(time.Minute) // before the database, or something on the way to it, ends the connection
	s, err := sqlstore.New(db, dialect)
	if err == nil {
		err = s.CreateTable(ctx)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("-store: %s: %w", place, err), db.Close())
	}
	return &opened{s, place, db.Close}, nil
}

func openRedis(ctx context.Context, address string) (*opened, error) {
	cfg, err := redis.ParseURL(address)
	if err != nil {
		return nil, errors.New("-store: redis: it is no address such as redis://user:password@127.0.0.1:6379/0")
	}
	cfg.ContextTimeoutEnabled = true
	client := redis.NewClient(cfg)
	place := fmt.Sprintf("Redis's database %d at %s", cfg.DB, cfg.Addr)
	s, err := redisstore.New(client)
	if err == nil {
		err = client.Ping(ctx).Err()
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("-store: %s: %w", place, err), client.Close())
	}
	return &opened{s, place, client.Close}, nil
}

// seal encrypts what is in the store with the key that text holds.
func seal(inner zohohub.TokenStore, text string) (zohohub.TokenStore, error) {
	key, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(key) != 32 {
		return nil, errors.New("TOKEN_KEY: it is not 32 bytes in base64, such as openssl rand -base64 32 writes")
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, err
	}
	return sealed.New(inner, aead)
}
