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
	// mostStates bounds the cookies of sign-ins that a browser began and did not finish: they come along with every request,
	// and servers refuse long headers.
	mostStates = 10

	stateNonce = 16
	stateSize  = stateNonce + 8 + sha256.Size
)

var (
	errNoState      = errors.New("the sign-in was not begun here, or has been tampered with")
	errOldState     = errors.New("the sign-in was begun too long ago")
	errOtherBrowser = errors.New("the sign-in was begun in another browser, or the browser keeps no cookies")
	errUsedState    = errors.New("the sign-in was finished already")
)

// signsIn says what the configuration lacks for signing in.
func (a *Auth) signsIn() error {
	switch {
	case a.err != nil:
		return a.err
	case a.cfg.ClientSecret == "":
		return errors.New("zohohub: Config.ClientSecret is empty: the sign-in cannot be signed")
	case a.cfg.RedirectURL == "":
		return errors.New("zohohub: Config.RedirectURL is empty: there is no way back from Zoho")
	}
	return nil
}

// newState makes the state of a sign-in, which goes through Zoho, and the cookie that binds it to the browser. The state is
// a nonce, its end, and their MAC with the cookie's secret, under a key that all replicas derive from the client's secret:
// none of them has to remember it.
func (a *Auth) newState() (string, *http.Cookie) {
	var secret [32]byte
	raw := make([]byte, stateNonce+8, stateSize)
	_, _ = rand.Read(secret[:]) // never fails
	_, _ = rand.Read(raw[:stateNonce])
	ends := time.Now().Add(stateLife)
	binary.BigEndian.PutUint64(raw[stateNonce:], uint64(ends.Unix())) //nolint:gosec // after 1970
	raw = a.signState(raw, secret[:])
	return encodeState(raw), a.cookie(a.cookiePrefix()+encodeState(raw[:6]), encodeState(secret[:]), int(stateLife.Seconds()))
}

// spendState checks that a state was made for this browser, has not ended and was not used, and uses it up.
func (a *Auth) spendState(w http.ResponseWriter, r *http.Request, state string) error {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(state)
	if err != nil || len(raw) != stateSize {
		return errNoState
	}
	cookie, err := r.Cookie(a.cookiePrefix() + encodeState(raw[:6]))
	if err != nil {
		return errOtherBrowser
	}
	http.SetCookie(w, a.cookie(cookie.Name, "", -1))
	secret, err := base64.RawURLEncoding.DecodeString(cookie.Value)
	if err != nil || subtle.ConstantTimeCompare(a.signState(raw[:stateNonce+8:stateNonce+8], secret), raw) != 1 {
		return errNoState
	}
	ends := time.Unix(int64(binary.BigEndian.Uint64(raw[stateNonce:])), 0) //nolint:gosec // we wrote it
	if !time.Now().Before(ends) {
		return errOldState
	}
	if !a.used.add(string(raw[:stateNonce])) {
		return errUsedState
	}
	return nil
}

// dropStates takes cookies of sign-ins that were not finished from a browser that has too many for one more.
func (a *Auth) dropStates(w http.ResponseWriter, r *http.Request) {
	var names []string // the oldest first, which is how browsers send them
	for _, c := range r.Cookies() {
		if strings.HasPrefix(c.Name, a.cookiePrefix()) {
			names = append(names, c.Name)
		}
	}
	for len(names) >= mostStates {
		http.SetCookie(w, a.cookie(names[0], "", -1))
		names = names[1:]
	}
}

// cookie is a cookie of a sign-in; a negative age takes it away.
func (a *Auth) cookie(name, value string, age int) *http.Cookie {
	return &http.Cookie{ //nolint:gosec // Secure, unless the service is reached without TLS
		Name: name, Value: value, Path: "/", MaxAge: age, HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: a.behindTLS(),
	}
}

// cookiePrefix is how the names of the cookies begin. With __Host- a browser takes them from this host only: a neighbour under
// the same domain cannot plant one, and with it a sign-in of somebody else's.
func (a *Auth) cookiePrefix() string {
	if a.behindTLS() {
		return "__Host-" + stateCookie
	}
	return stateCookie
}

// behindTLS asks the redirect URL, since a proxy may end TLS ahead of the service.
func (a *Auth) behindTLS() bool {
	u, err := url.Parse(a.cfg.RedirectURL)
	return err == nil && u.Scheme == "https"
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

// usedStates are the nonces of the states that were used and have not ended. Only what was signed here gets in, so they are
// no more than the sign-ins of twenty minutes. A replay at another replica meets the browser without its cookie, and a code
// that Zoho takes once.
type usedStates struct {
	mu         sync.Mutex
	young, old map[string]bool
	turned     time.Time // when young began; what is in old may have ended
}

// add notes a state, unless it is there.
func (u *usedStates) add(nonce string) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	if age := time.Since(u.turned); age >= stateLife {
		u.old, u.young, u.turned = u.young, map[string]bool{}, time.Now()
		if age >= 2*stateLife {
			u.old = nil
		}
	}
	if u.young[nonce] || u.old[nonce] {
		return false
	}
	u.young[nonce] = true
	return true
}
