package zohohubtest

import (
	"bytes"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"time"
)

// pageTokenLife is how long a page token is good for, and pageTokenRows how far tokens reach. A list that has more gives a
// token there as well, so that who asks on is told that there is more.
const (
	pageTokenLife = 24 * time.Hour
	pageTokenRows = 100_000
)

// pageToken is where a page of a list begins. It travels in the token itself, signed, so that none is ever kept.
type pageToken struct {
	// Bound is a digest of what must not differ between the call that gave the token and the call that brings it.
	Bound   string    `json:"bound"`
	Expires int64     `json:"expires"`
	After   *position `json:"after,omitempty"` // the last record before the page
	Offset  int       `json:"offset"`          // how many records are before the page
}

func newTokenKey() (key [32]byte) {
	_, _ = rand.Read(key[:]) // never fails
	return key
}

// bound digests user, module and all parameters but those that say which page.
func (q *request) bound() string {
	var text strings.Builder
	text.WriteString(q.grant.UserID + "\n" + q.version.name + "\n" + q.http.URL.Path + "\n")
	rest := map[string][]string{}
	for name, values := range q.query {
		if name != "page" && name != "page_token" {
			rest[name] = values
		}
	}
	_ = json.NewEncoder(&text).Encode(rest) // a map of text in the order of its keys: cannot fail
	sum := sha256.Sum256([]byte(text.String()))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

func (c *crm) signature(payload []byte) []byte {
	mac := hmac.New(sha256.New, c.tokenKey[:])
	mac.Write(payload)
	return mac.Sum(nil)
}

func (c *crm) encodePageToken(t pageToken) string {
	payload, _ := json.Marshal(t) // plain values: cannot fail
	return base64.RawURLEncoding.EncodeToString(append(c.signature(payload), payload...))
}

// decodePageToken reads a token of this organisation's own and checks that it may be used for q now.
func (c *crm) decodePageToken(q *request, text string) (*pageToken, *refusal) {
	mismatch := newRefusal(http.StatusBadRequest, "TOKEN_BOUND_DATA_MISMATCH",
		"The page_token given seems to be invalid or input param is added or altered or deleted",
		map[string]any{"param_name": "page_token"})
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || len(raw) < sha256.Size {
		return nil, mismatch
	}
	payload := raw[sha256.Size:]
	dec := json.NewDecoder(bytes.NewReader(payload))
	dec.UseNumber() // the value that the last record is sorted by is as exact as it was
	var t pageToken
	if !hmac.Equal(raw[:sha256.Size], c.signature(payload)) || dec.Decode(&t) != nil || t.Bound != q.bound() {
		return nil, mismatch
	}
	if c.now().Unix() >= t.Expires {
		return nil, newRefusal(http.StatusBadRequest, "EXPIRED_VALUE", "Page token expired",
			map[string]any{"api_name": "page_token", "json_path": "$.query.page_token"})
	}
	if t.Offset >= pageTokenRows {
		return nil, newRefusal(http.StatusBadRequest, "PAGINATION_LIMIT_EXCEEDED", "You can only get the first 100000 records using page_token param",
			map[string]any{"param_name": "page_token"})
	}
	return &t, nil
}
