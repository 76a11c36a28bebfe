package zohohub

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// ServiceCRM is the [Key.Service] of Zoho CRM's own tokens.
const ServiceCRM = "zohocrm"

// Key says whose token it is. Keys compare with ==.
type Key struct {
	// Service is what the token opens: [ServiceCRM], or the name of a third-party service.
	Service string
	// ClientID is the application's.
	ClientID string
	// Org is Config.Org, empty where a user has one organization.
	Org string
	// User is who signed in, by the e-mail address in small letters.
	User string
}

// String is the key as logs show it.
func (k Key) String() string {
	return strings.Join([]string{k.Service, k.ClientID, k.Org, k.User}, "/")
}

// Compare orders keys by Service, ClientID, Org and User, as [slices.SortFunc] wants it.
func (k Key) Compare(other Key) int {
	return cmp.Or(strings.Compare(k.Service, other.Service), strings.Compare(k.ClientID, other.ClientID),
		strings.Compare(k.Org, other.Org), strings.Compare(k.User, other.User))
}

// Validate refuses a key that no token can be kept under: without a service or a user, longer than 255 bytes in one of its
// parts, or with control characters.
func (k Key) Validate() error {
	for _, part := range []struct {
		name, value string
		must        bool
	}{{"Service", k.Service, true}, {"ClientID", k.ClientID, false}, {"Org", k.Org, false}, {"User", k.User, true}} {
		switch {
		case part.must && part.value == "":
			return fmt.Errorf("zohohub: Key.%s is empty", part.name)
		case len(part.value) > 255:
			return fmt.Errorf("zohohub: Key.%s is longer than 255 bytes", part.name)
		case strings.ContainsFunc(part.value, func(r rune) bool { return r < ' ' || r == 0x7f || r == 0xfffd }):
			return fmt.Errorf("zohohub: Key.%s holds a control character, or is not UTF-8", part.name)
		}
	}
	return nil
}

// TokenStore keeps the tokens of users. [NewMemoryStore] and the packages under tokenstore have some; for one of your own,
// tokenstoretest has the tests that each of these passes. A store is safe for concurrent use.
//
// A store that is used by several processes, or by several connections of one, should be a [Locker] too: then one of them
// refreshes and the others wait, and read what it stored.
type TokenStore interface {
	// Load returns the token that is kept under the key, as it was saved, or an error that matches [ErrTokenNotFound]. The
	// token is the caller's own.
	Load(ctx context.Context, key Key) (*Token, error)
	// Save keeps a copy of the token under the key, in place of what was there: wholly or not at all. A token that is nil, or
	// has neither an access token nor a refresh token, is an error, as it is to [EncodeToken].
	Save(ctx context.Context, key Key, tok *Token) error
	// Delete forgets the token; one that is not there is no error.
	Delete(ctx context.Context, key Key) error
	// List returns the keys of all tokens, sorted by Service, ClientID, Org and User, in a slice that is the caller's own. When
	// some cannot be read, the others may stand beside the error.
	List(ctx context.Context) ([]Key, error)
}

// Locker is implemented by stores that let one at a time refresh a token.
type Locker interface {
	// Lock waits until nobody else holds the key's lock, or ctx ends. The lock is the caller's until Unlock, for lease at
	// most: who is killed while holding it delays the others by no more than that. The token need not be there.
	Lock(ctx context.Context, key Key, lease time.Duration) (TokenLock, error)
}

// TokenLock is the right to refresh the token of a key.
type TokenLock interface {
	// Save is [TokenStore.Save] for as long as the lock holds. When the lease ended and somebody else took the lock since,
	// nothing is saved, and the error matches [ErrLockLost].
	Save(ctx context.Context, tok *Token) error
	// Unlock gives the lock back. One that was lost is no error.
	Unlock(ctx context.Context) error
}

var (
	// ErrTokenNotFound says that a [TokenStore] has no token under the key: the user has not signed in, or has signed out.
	ErrTokenNotFound = errors.New("zohohub: token not found")
	// ErrLockLost says that a [TokenLock]'s lease ended and another holder took over.
	ErrLockLost = errors.New("zohohub: lock lost")
)
