package tokenstoretest

import (
	"slices"
	"strconv"
	"strings"

	"github.com/zohohub/zohohub"
)

// keysDiffer keeps tokens under keys that stores have taken for one another: by the letters' case, by spaces at the end, by
// letters that some orders hold for equal, by signs that mean something in a path, a pattern or a query.
func keysDiffer(t tester, s zohohub.TokenStore) {
	jo := keyOf("jo@example.com")
	var keys []zohohub.Key
	for _, user := range []string{
		"jo@example.com", "Jo@example.com", "JO@EXAMPLE.COM", "jo@example.com ", " jo@example.com", "jo", "j", "%", "_", "*", "?", "[jo]",
		"jo@example.com/", "../jo", "..", ".", "a/b", `a\b`, "a:b", "a|b", "{jo}", "'; drop table tokens; --", `"jo"`, "jo'", "`jo`", "$1", "?1", ":jo",
		"josé", "jose", "jose\u0301", "straße", "strasse", "İ", "i", "I", "ı", "日本@example.com", "😀", "\u200b", "0", "00", "null", "NULL", "con", "nul.json",
		"jo@example.com\u00a0", "jo@example.com\u2028", "\ufeffjo@example.com", "k", "\u212a", "ﬁ", "fi", "ＪＯ", "1", "01", "1.0", "1e0", "true", "0x6a6f",
		strings.Repeat("x", 255), strings.Repeat("x", 254), strings.Repeat("é", 127), strings.Repeat("日", 85),
		strings.Repeat("😀", 63) + "jo", strings.Repeat("😀", 63) + "al",
	} {
		keys = append(keys, zohohub.Key{Service: jo.Service, ClientID: jo.ClientID, Org: jo.Org, User: user})
	}
	most := strings.Repeat("k", 255)
	keys = append(
		keys,
		zohohub.Key{Service: jo.Service, ClientID: jo.ClientID, User: jo.User},
		zohohub.Key{Service: jo.Service, Org: jo.Org, User: jo.User},
		zohohub.Key{Service: jo.Service, ClientID: jo.Org, Org: jo.ClientID, User: jo.User},
		zohohub.Key{Service: "ZOHOCRM", ClientID: jo.ClientID, Org: jo.Org, User: jo.User},
		zohohub.Key{Service: "a", ClientID: "b/c", User: "d"},
		zohohub.Key{Service: "a/b", ClientID: "c", User: "d"},
		zohohub.Key{Service: "a", ClientID: "b", Org: "c", User: "d"},
		zohohub.Key{Service: "a", User: "b"},
		zohohub.Key{Service: most, ClientID: most, Org: most, User: most},
		zohohub.Key{Service: most, ClientID: most, Org: most, User: most[:254]},
		zohohub.Key{Service: jo.Service, ClientID: most, Org: jo.Org, User: jo.User},
		zohohub.Key{Service: jo.Service, ClientID: most[:254] + "K", Org: jo.Org, User: jo.User},
	)
	for i, key := range keys {
		save(t, s, key, tokenOf(strconv.Itoa(i)))
	}
	for i, key := range keys {
		holds(t, s, key, tokenOf(strconv.Itoa(i)))
	}
	sorted := slices.SortedFunc(slices.Values(keys), zohohub.Key.Compare)
	listed(t, s, sorted...)
	for _, key := range keys[1:] {
		remove(t, s, key)
		missing(t, s, key)
	}
	holds(t, s, keys[0], tokenOf("0"))
	listed(t, s, keys[0])
}

// keysThatAreNone are refused by what [zohohub.Key.Validate] says.
func keysThatAreNone(t tester, s zohohub.TokenStore) {
	for _, key := range []zohohub.Key{
		{},
		{Service: zohohub.ServiceCRM},
		{User: "jo@example.com"},
		keyOf("jo\x00@example.com"),
		keyOf("jo\n"),
		keyOf("\x7f"),
		keyOf("jo\xff"),
		keyOf(strings.Repeat("x", 256)),
		{Service: zohohub.ServiceCRM, ClientID: strings.Repeat("x", 256), User: "jo@example.com"},
		{Service: zohohub.ServiceCRM, Org: "\x00", User: "jo@example.com"},
	} {
		want := key.Validate()
		calls := map[string]func() error{
			"Load":   func() error { _, err := s.Load(t.Context(), key); return err },
			"Save":   func() error { return s.Save(t.Context(), key, tokenOf("1")) },
			"Delete": func() error { return s.Delete(t.Context(), key) },
		}
		if locker, ok := s.(zohohub.Locker); ok {
			calls["Lock"] = func() error { _, err := locker.Lock(t.Context(), key, longLease); return err }
		}
		for name, call := range calls {
			if err := call(); err == nil || !strings.Contains(err.Error(), want.Error()) {
				t.Errorf("%s of %+q: got the error %v, want that of Key.Validate: %v", name, key, err, want)
			}
		}
	}
	listed(t, s)
}
