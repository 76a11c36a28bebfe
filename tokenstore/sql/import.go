package sqlstore

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/zohohub/zohohub"
)

// ErrAlreadyThere says that the store has a token under a row's key, which [Import] leaves as it is.
var ErrAlreadyThere = errors.New("tokenstore/sql: the store has a token of the user already")

// Imported is what became of a row.
type Imported struct {
	// Row is the place among the rows that were read, from 1.
	Row int
	// User is who the row says it is of, as it stands there.
	User string
	// Key is where the token is in the store now. It is empty for a row that names no user, no application, or another
	// organization than [OfOrg]'s.
	Key zohohub.Key
	// Err is nil for a token that was saved, [ErrAlreadyThere] for one that the store had before, or says why it was not saved.
	Err error
}

// Import copies what one of Zoho's SDKs has stored into a store of any kind, so that a service moves over without a new
// sign-in of its users. It reads the SDK's table or file and never writes there. Refresh tokens go on working in both.
//
// Users are found by their e-mail address in small letters; of a user_name such as jo@example.com:60000000001 what is before
// the colon. What the store has already stays as it is, so that Import can be called again. Of several rows of one user,
// application and organization one with a refresh token is taken, and of these the one that was renewed last. The application's
// secret is not taken over: it belongs in [zohohub.Config].
//
// The results are in the rows' order, also beside an error. The error joins those of rows whose token is not in the store.
func Import(ctx context.Context, to zohohub.TokenStore, from Source, opts ...ImportOption) ([]Imported, error) {
	if to == nil || from == nil {
		return nil, errors.New("tokenstore/sql: import: there is no store, or nothing to import from")
	}
	var c importConfig
	for _, o := range opts {
		if o != nil {
			o.applyImport(&c)
		}
	}
	rows, err := from.read(ctx)
	if err != nil {
		return nil, fmt.Errorf("tokenstore/sql: import: %w", err)
	}
	results := make([]Imported, len(rows))
	tokens := make([]*zohohub.Token, len(rows))
	latest := map[zohohub.Key]int{}
	for i, r := range rows {
		results[i] = Imported{Row: i + 1, User: r["user"]}
		if results[i].Key, tokens[i], results[i].Err = c.token(r); results[i].Err != nil {
			continue
		}
		if j, ok := latest[results[i].Key]; !ok || better(tokens[i], tokens[j]) {
			latest[results[i].Key] = i
		}
	}
	var faults []error
	for i := range results {
		r := &results[i]
		if r.Err == nil {
			if j := latest[r.Key]; j != i {
				r.Err = fmt.Errorf("row %d is of the same user, and better", results[j].Row)
			} else {
				r.Err = add(ctx, to, r.Key, tokens[i])
			}
		}
		if r.Err != nil && !errors.Is(r.Err, ErrAlreadyThere) {
			faults = append(faults, fmt.Errorf("tokenstore/sql: import: row %d: %w", r.Row, r.Err)) // a shifted row has a secret for a user
		}
	}
	return results, errors.Join(faults...)
}

// better says that of two tokens of one user, the second from a row above, the first is to be taken.
func better(tok, above *zohohub.Token) bool {
	if renews := tok.RefreshToken != ""; renews != (above.RefreshToken != "") {
		return renews
	}
	return !tok.Expiry.Before(above.Expiry)
}

const (
	// importLease is far longer than it takes to look for a token and save one.
	importLease = 20 * time.Second
	// unlockWithin bounds giving the lock back, which the end of the lease does too.
	unlockWithin = 5 * time.Second
)

// add saves the token unless there is one: a sign-in or a refresh meanwhile has a newer one.
func add(ctx context.Context, to zohohub.TokenStore, key zohohub.Key, tok *zohohub.Token) error {
	save := func() error { return to.Save(ctx, key, tok) }
	if locker, ok := to.(zohohub.Locker); ok {
		lock, err := locker.Lock(ctx, key, importLease)
		switch {
		case err != nil:
			return err
		case lock == nil:
			return fmt.Errorf("no lock and no error for %v", key)
		}
		defer func() {
			late, cancel := context.WithTimeout(context.WithoutCancel(ctx), unlockWithin)
			defer cancel()
			_ = lock.Unlock(late)
		}()
		save = func() error { return lock.Save(ctx, tok) }
	}
	_, err := to.Load(ctx, key)
	switch {
	case err == nil:
		return ErrAlreadyThere
	case !errors.Is(err, zohohub.ErrTokenNotFound):
		return err
	}
	return save()
}

// ImportOption is what [Import] can be told beside.
type ImportOption interface{ applyImport(*importConfig) }

type importConfig struct{ clientID, org string }

type importOption func(*importConfig)

func (o importOption) applyImport(c *importConfig) { o(c) }

// OfClient names the application of rows that do not say theirs, as those of the Ruby SDK: [zohohub.Config]'s ClientID.
func OfClient(id string) ImportOption { return importOption(func(c *importConfig) { c.clientID = id }) }

// OfOrg is [zohohub.Config]'s Org, where a service sets organizations apart. Rows that name another one, as the number after a
// user_name's colon, are not saved; rows that name none are taken to be of this one.
func OfOrg(org string) ImportOption { return importOption(func(c *importConfig) { c.org = org }) }

// token reads a row. Its errors repeat nothing of it.
func (c importConfig) token(r row) (zohohub.Key, *zohohub.Token, error) {
	user := strings.TrimSpace(r["user"])
	org := ""
	if name, number, ok := cutLast(user, ":"); ok && isNumber(number) {
		user, org = strings.TrimSpace(name), number
	}
	key := zohohub.Key{Service: zohohub.ServiceCRM, ClientID: cmp.Or(r["client"], c.clientID), Org: c.org, User: strings.ToLower(user)}
	switch {
	case user == "":
		return zohohub.Key{}, nil, errors.New("it names no user")
	case key.ClientID == "":
		return zohohub.Key{}, nil, errors.New("it names no application; pass OfClient")
	case c.org != "" && org != "" && org != c.org:
		return zohohub.Key{}, nil, errors.New("it is of another organization than OfOrg's")
	}
	if err := key.Validate(); err != nil {
		return zohohub.Key{}, nil, err
	}
	tok := &zohohub.Token{AccessToken: r["access"], RefreshToken: r["refresh"], APIDomain: strings.TrimSuffix(r["domain"], "/"), User: key.User}
	if tok.AccessToken == "" && tok.RefreshToken == "" {
		return key, nil, errors.New("it has neither an access token nor a refresh token")
	}
	millis, err := strconv.ParseInt(r["expiry"], 10, 64)
	switch {
	case err == nil && 0 < millis && millis < maxMillis:
		tok.Expiry = time.UnixMilli(millis).UTC()
	case tok.RefreshToken == "":
		return key, nil, errors.New("it has no refresh token, and its expiry is no time")
	default:
		tok.AccessToken = "" // nobody knows for how long it is good: the first call refreshes
	}
	return key, tok, nil
}

// maxMillis is the end of the year 9999, after which JSON has no times.
const maxMillis = 253402300800000

func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}

func isNumber(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}
