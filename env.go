package zohohub

import (
	"cmp"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"slices"
	"strings"
)

// ConfigFromEnv reads the configuration, and a token if there is one, from the environment. It sends nothing. The token
// is nil when neither ZOHO_REFRESH_TOKEN nor ZOHO_ACCESS_TOKEN is set. An unset variable and an empty one are the same.
//
//	ZOHO_CLIENT_ID       Config.ClientID
//	ZOHO_CLIENT_SECRET   Config.ClientSecret; ZOHO_SECRET, ZohoHub's name, too
//	ZOHO_REDIRECT_URI    Config.RedirectURL
//	ZOHO_DATA_CENTER     eu, us, in, cn, au, jp, ca, sa, uk, ae or sg; without it a host below decides, else it is eu
//	ZOHO_ACCOUNTS_URL    Config.AccountsURL
//	ZOHO_API_DOMAIN      Config.APIDomain; or, as with ZohoHub, an accounts server, then it is Config.AccountsURL;
//	                     or https://crmsandbox.zoho.com/crm and its regional kin: the sandbox of that data center
//	ZOHO_API_VERSION     Config.APIVersion
//	ZOHO_SANDBOX         Config.Sandbox: 1, true, yes or on; 0, false, no or off
//	ZOHO_REFRESH_TOKEN   Token.RefreshToken
//	ZOHO_ACCESS_TOKEN    Token.AccessToken
//	ZOHO_DEBUG           a boolean: Config.Logger writes everything to stderr as text, secrets redacted
//
// The error joins all faults and names the variables, but never shows a value that may be secret. A client id is not
// asked for here, since an access token works without one; [Config.Validate] asks for it.
func ConfigFromEnv() (Config, *Token, error) {
	var e env
	cfg := Config{
		ClientID:     e.get("ZOHO_CLIENT_ID"),
		ClientSecret: e.secret(),
		RedirectURL:  e.get("ZOHO_REDIRECT_URI"),
		APIVersion:   e.apiVersion(),
	}
	e.places(&cfg)
	if e.bool("ZOHO_DEBUG") {
		cfg.Logger = slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelDebug}))
	}
	if err := fault(e.faults...); err != nil {
		return Config{}, nil, err
	}
	tok := Token{RefreshToken: e.get("ZOHO_REFRESH_TOKEN"), AccessToken: e.get("ZOHO_ACCESS_TOKEN")}
	if tok.RefreshToken == "" && tok.AccessToken == "" {
		return cfg, nil, nil
	}
	return cfg, &tok, nil
}

// env reads variables and keeps what is wrong with them.
type env struct{ faults []error }

func (e *env) get(name string) string { return strings.TrimSpace(os.Getenv(name)) }

func (e *env) faultf(format string, args ...any) {
	e.faults = append(e.faults, fmt.Errorf(format, args...))
}

func (e *env) secret() string {
	own, hub := e.get("ZOHO_CLIENT_SECRET"), e.get("ZOHO_SECRET")
	if own != "" && hub != "" && own != hub {
		e.faultf("ZOHO_CLIENT_SECRET and ZOHO_SECRET differ")
	}
	return cmp.Or(own, hub)
}

func (e *env) apiVersion() string {
	v := e.get("ZOHO_API_VERSION")
	if v != "" && !slices.Contains(versionNames(), v) {
		e.faultf("ZOHO_API_VERSION %s is none of %s", quote([]byte(v)), strings.Join(versionNames(), ", "))
	}
	return v
}

func (e *env) bool(name string) bool {
	switch v := e.get(name); strings.ToLower(v) {
	case "1", "true", "yes", "on":
		return true
	case "", "0", "false", "no", "off":
	default:
		e.faultf("%s %s is none of 1, true, yes, on, 0, false, no, off", name, quote([]byte(v)))
	}
	return false
}

// places reads what says where to go. The variables may say it twice, but not differently.
func (e *env) places(cfg *Config) {
	from := "" // the variable that decided the data center
	settle := func(name string, dc DataCenter) {
		if from != "" && dc != cfg.DataCenter {
			e.faultf("%s says data center %v, %s says %v", from, cfg.DataCenter, name, dc)
			return
		}
		cfg.DataCenter, from = dc, cmp.Or(from, name)
	}
	if key := e.get("ZOHO_DATA_CENTER"); key != "" {
		if dc, err := ParseDataCenter(key); err != nil {
			e.faultf("ZOHO_DATA_CENTER %s is none of %s", quote([]byte(key)), dataCenterKeys())
		} else {
			settle("ZOHO_DATA_CENTER", dc)
		}
	}
	if raw := e.get("ZOHO_ACCOUNTS_URL"); raw != "" {
		s, err := parseAccounts("ZOHO_ACCOUNTS_URL", raw)
		if err != nil {
			e.faults = append(e.faults, err)
		} else {
			cfg.AccountsURL = s.origin
			if s.kind != siteLoopback {
				settle("ZOHO_ACCOUNTS_URL", s.dc)
			}
		}
	}
	cfg.Sandbox = e.bool("ZOHO_SANDBOX")
	if raw := e.get("ZOHO_API_DOMAIN"); raw != "" {
		e.apiDomain(cfg, raw, settle)
	}
}

// apiDomain reads ZOHO_API_DOMAIN, which ZohoHub's users filled with three different things.
func (e *env) apiDomain(cfg *Config, raw string, settle func(string, DataCenter)) {
	const name = "ZOHO_API_DOMAIN"
	if dc, ok := sandboxUI(raw); ok {
		if !cfg.Sandbox && e.get("ZOHO_SANDBOX") != "" {
			e.faultf("ZOHO_SANDBOX says no sandbox, %s is one", name)
		}
		cfg.Sandbox = true
		settle(name, dc)
		return
	}
	s, err := parseSite(name, raw)
	if err != nil {
		e.faults = append(e.faults, err)
		return
	}
	switch s.kind {
	case siteAccounts:
		if cfg.AccountsURL != "" && cfg.AccountsURL != s.origin {
			e.faultf("ZOHO_ACCOUNTS_URL and %s name two accounts servers", name)
		}
		cfg.AccountsURL = s.origin
	case siteAPI:
		cfg.APIDomain = s.origin
		if s.env == envSandbox && !cfg.Sandbox && e.get("ZOHO_SANDBOX") != "" {
			e.faultf("ZOHO_SANDBOX says no sandbox, %s is one", name)
		}
		if s.env == envDeveloper && cfg.Sandbox {
			e.faultf("ZOHO_SANDBOX says sandbox, %s is the developer environment", name)
		}
	case siteLoopback:
		cfg.APIDomain = s.origin
		return
	}
	settle(name, s.dc)
}

// sandboxUI recognises the address of a sandbox's user interface, such as https://crmsandbox.zoho.com/crm.
func sandboxUI(raw string) (DataCenter, bool) {
	u, err := url.Parse(raw)
	if err != nil || u.Scheme != "https" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return 0, false
	}
	if p := strings.Trim(u.Path, "/"); p != "" && p != "crm" {
		return 0, false
	}
	if u.Port() != "" && u.Port() != "443" {
		return 0, false
	}
	i := slices.IndexFunc(regions[:], func(r region) bool { return strings.EqualFold(u.Hostname(), r.sandbox) })
	return DataCenter(max(i, 0)), i >= 0
}
