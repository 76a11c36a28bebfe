package zohohub

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

const (
	// stateLife is how long a user may take at Zoho's consent page.
	stateLife = 10 * time.Minute
	// stateCookie is the beginning of a cookie's name; a sign-in in each tab has a cookie of its own.
	stateCookie = "zohohub_signin_"

	stateNonce = 16
	stateSize  = stateNonce + 8 + sha256.Size
)

var (
	errNoState      = errors.New("the sign-in was not begun here, or has been tampered with")
	errOldState     = errors.New("the sign-in was begun too long ago")
	errOtherBrowser = errors.New("the sign-in was begun in another browser, or the browser keeps no cookies")
	errUsedState    = errors.New("the sign-in was finished already")
)

// newState makes the state of a sign-in, which goes through Zoho, and the cookie that binds it to the browser. The state is
// a nonce, its end, and their MAC with the cookie's secret, under a key that all replicas derive from the client's secret:
// none of them has to remember it.
func (a *Auth) newState() (string, *http.Cookie, error) {
	switch {
	case a.err != nil:
		return "", nil, a.err
	case a.cfg.ClientSecret == "":
		return "", nil, errors.New("zohohub: Config.ClientSecret is empty: the sign-in cannot be signed")
	case a.cfg.RedirectURL == "":
		return "", nil, errors.New("zohohub: Config.RedirectURL is empty: there is no way back from Zoho")
	}
	var secret [32]byte
	raw := make([]byte, stateNonce+8, stateSize)
	_, _ = rand.Read(secret[:]) // never fails
	_, _ = rand.Read(raw[:stateNonce])
	ends := time.Now().Add(stateLife)
	binary.BigEndian.PutUint64(raw[stateNonce:], uint64(ends.Unix())) //nolint:gosec // after 1970
	raw = a.signState(raw, secret[:])
	redirect, _ := url.Parse(a.cfg.RedirectURL) // checked with the configuration
	return encodeState(raw), &http.Cookie{
		Name: stateCookie + encodeState(raw[:6]), Value: encodeState(secret[:]), Path: "/",
		MaxAge: int(stateLife.Seconds()), HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: redirect.Scheme == "https",
	}, nil
}

// spendState checks that a state was made for this browser, has not ended and was not used, and uses it up.
func (a *Auth) spendState(w http.ResponseWriter, r *http.Request, state string) error {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(state)
	if err != nil || len(raw) != stateSize {
		return errNoState
	}
	name := stateCookie + encodeState(raw[:6])
	cookie, err := r.Cookie(name)
	if err != nil {
		return errOtherBrowser
	}
	http.SetCookie(w, &http.Cookie{Name: name, Path: "/", MaxAge: -1, HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: strings.HasPrefix(a.cfg.RedirectURL, "https:")})
	secret, err := base64.RawURLEncoding.DecodeString(cookie.Value)
	if err != nil || subtle.ConstantTimeCompare(a.signState(raw[:stateNonce+8:stateNonce+8], secret), raw) != 1 {
		return errNoState
	}
	ends := time.Unix(int64(binary.BigEndian.Uint64(raw[stateNonce:])), 0) //nolint:gosec // we wrote it
	if !time.Now().Before(ends) {
		return errOldState
	}
	if !a.used.add(state, ends) {
		return errUsedState
	}
	return nil
}

// signState appends the MAC.
func (a *Auth) signState(raw, secret []byte) []byte {
	key, err := hkdf.Key(sha256.New, []byte(a.cfg.ClientSecret), nil, "zohohub sign-in state", sha256.Size)
	if err != nil {
		panic(err) // only for keys longer than 255 hashes
	}
	mac := hmac.New(sha256.New, key)
	_, _ = mac.Write(raw)
	_, _ = mac.Write(secret)
	return mac.Sum(raw)
}

func encodeState(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// usedStates are the states that were used and have not ended. Only what was signed here gets in, so they are no more than
// the sign-ins of ten minutes. A replay at another replica meets the browser without its cookie, and a code that Zoho takes
// once.
type usedStates struct {
	mu   sync.Mutex
	ends map[string]time.Time
}

// add notes a state, unless it is there.
func (u *usedStates) add(state string, ends time.Time) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	now := time.Now()
	for s, end := range u.ends {
		if !now.Before(end) {
			delete(u.ends, s)
		}
	}
	if _, used := u.ends[state]; used {
		return false
	}
	if u.ends == nil {
		u.ends = map[string]time.Time{}
	}
	u.ends[state] = ends
	return true
}
