package zohohub

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"io"
	"net/http"
)

// maxNotification bounds a callback's body. One has the ids and field names of some records, and the values of these
// fields at most.
const maxNotification = 1 << 20

// NotificationHandler receives the callbacks of channels with the token ([Channel.Token]), and calls do for each, with the
// request's context. It is a plain [http.Handler], for any router, whatever the path. It answers with
//
//   - 200 when do has returned nil,
//   - 503 when do has returned an error, which is not shown to who asked; a panic of do's is left to the server,
//   - 400 to a body that cannot be read: more than 1 MiB, no JSON, or not Zoho's kind of values,
//   - 403 to another token, which is compared in constant time,
//   - 405 to another method than POST.
//
// Before the token was seen to be right nothing of a body is taken in but the token, and do is called for none. An empty
// token, a setting that somebody forgot perhaps, means nobody: every callback is 403. A token is all that Zoho offers: keep
// the URL secret as well, and take the records from Zoho ([Record.Hydrate]), not from the callback.
//
// Zoho wants its answer soon, and whether it calls again after a 503 it does not say: do keeps the notification for later
// where the work takes long, and drops one that came twice. Calls come side by side. A server has to bound the time that a
// body may take: see [http.Server.ReadTimeout].
func NotificationHandler(token string, do func(context.Context, Notification) error) http.Handler {
	if do == nil {
		panic("zohohub: NotificationHandler with a nil function")
	}
	return &notificationHandler{set: token != "", token: sha256.Sum256([]byte(token)), do: do}
}

type notificationHandler struct {
	set   bool
	token [sha256.Size]byte // a hash, which like its comparison does not tell the token's length
	do    func(context.Context, Notification) error
}

// ServeHTTP implements [http.Handler].
func (h *notificationHandler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		refuse(w, http.StatusMethodNotAllowed)
		return
	}
	if !h.set {
		refuse(w, http.StatusForbidden)
		return
	}
	if r.ContentLength > maxNotification { // it need not be sent
		refuse(w, http.StatusBadRequest)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxNotification))
	var head struct {
		Token json.RawMessage `json:"token"`
	}
	if err != nil || json.Unmarshal(body, &head) != nil {
		refuse(w, http.StatusBadRequest)
		return
	}
	token := text(head.Token)
	if sum := sha256.Sum256([]byte(token)); subtle.ConstantTimeCompare(sum[:], h.token[:]) != 1 {
		refuse(w, http.StatusForbidden)
		return
	}
	n, err := parseNotification(body)
	n.Token = token
	if err != nil {
		refuse(w, http.StatusBadRequest)
		return
	}
	if h.do(r.Context(), n) != nil {
		refuse(w, http.StatusServiceUnavailable)
		return
	}
	w.WriteHeader(http.StatusOK)
}

func refuse(w http.ResponseWriter, status int) { http.Error(w, http.StatusText(status), status) }
