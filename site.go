package zohohub

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
)

// siteKind says what a host serves.
type siteKind int

const (
	siteLoopback siteKind = iota // a server of the developer's own: accounts and API alike
	siteAccounts
	siteAPI
)

// The labels that lead an API host; they are Zoho's environments.
const (
	envProduction = "www"
	envSandbox    = "sandbox"
	envDeveloper  = "developer"
)

// site is a place that secrets may be sent to: a host of Zoho's, or loopback.
type site struct {
	kind   siteKind
	origin string     // scheme and host
	dc     DataCenter // of a host of Zoho's; loopback belongs to none
	env    string     // of an API host of Zoho's
}

// parseSite reads the URL of an accounts server or an API domain. Its errors name the field that held the URL, and
// never repeat more of the URL than its host, since user info and queries hold passwords.
func parseSite(field, raw string) (site, error) {
	u, err := url.Parse(strings.TrimSpace(raw))
	if err != nil || u.Host == "" || u.Opaque != "" {
		return site{}, fmt.Errorf("%s is not a URL of a scheme and a host", field)
	}
	switch {
	case u.User != nil:
		return site{}, fmt.Errorf("%s holds user info", field)
	case u.RawQuery != "" || u.ForceQuery:
		return site{}, fmt.Errorf("%s holds a query", field)
	case u.Fragment != "":
		return site{}, fmt.Errorf("%s holds a fragment", field)
	case strings.Trim(u.Path, "/") != "":
		return site{}, fmt.Errorf("%s holds a path; scheme and host are enough", field)
	case u.Scheme != "https" && u.Scheme != "http":
		return site{}, fmt.Errorf("%s is neither https nor, on loopback, http", field)
	}
	if port := u.Port(); port != "" {
		if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
			return site{}, fmt.Errorf("%s has a port that is not between 1 and 65535", field)
		}
	}
	host := strings.ToLower(u.Hostname())
	if isLoopback(host) {
		return site{kind: siteLoopback, origin: u.Scheme + "://" + strings.ToLower(u.Host)}, nil
	}
	if u.Scheme != "https" {
		return site{}, fmt.Errorf("%s is http, and host %s is not loopback", field, quote([]byte(host)))
	}
	s, ok := findSite(host)
	if !ok || u.Port() != "" && u.Port() != "443" {
		return site{}, fmt.Errorf("%s: host %s is none of Zoho's", field, quote([]byte(u.Host)))
	}
	return s, nil
}

// findSite looks a host up in the table of data centers.
func findSite(host string) (site, bool) {
	for i, r := range regions {
		dc := DataCenter(i)
		if host == r.accounts {
			return dc.accounts(), true
		}
		if env, ok := strings.CutSuffix(host, "."+r.api); ok {
			switch env {
			case envProduction, envSandbox, envDeveloper:
				return dc.api(env), true
			}
		}
	}
	return site{}, false
}

func (d DataCenter) accounts() site {
	return site{kind: siteAccounts, origin: "https://" + regions[d].accounts, dc: d}
}

func (d DataCenter) api(env string) site {
	return site{kind: siteAPI, origin: "https://" + env + "." + regions[d].api, dc: d, env: env}
}

// parseAccounts is parseSite for a field that holds an accounts server.
func parseAccounts(field, raw string) (site, error) {
	s, err := parseSite(field, raw)
	if err == nil && s.kind == siteAPI {
		return site{}, fmt.Errorf("%s is an API domain; the accounts server is %s", field, s.dc.accounts().origin)
	}
	return s, err
}

// parseAPI is parseSite for a field that holds an API domain.
func parseAPI(field, raw string) (site, error) {
	s, err := parseSite(field, raw)
	if err == nil && s.kind == siteAccounts {
		return site{}, fmt.Errorf("%s is an accounts server; the API domain is %s", field, s.dc.api(envProduction).origin)
	}
	return s, err
}

// inEnvironment returns the API's origin in the environment that is wanted, which is empty when none is.
func (s site) inEnvironment(env string) (string, error) {
	switch {
	case s.kind == siteLoopback || env == "" || env == s.env:
		return s.origin, nil
	case s.env == envProduction:
		return s.dc.api(env).origin, nil
	}
	return "", fmt.Errorf("is of the %s environment, and %s is wanted", s.env, env)
}

func isLoopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback() && ip.Zone() == "" // a zone does not survive in an origin
}

// fault puts what was wrong with a configuration into one error.
func fault(errs ...error) error {
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("zohohub: %w", err)
	}
	return nil
}
