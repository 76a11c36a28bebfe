package main

// accountsMutants break the fake's accounts server.
var accountsMutants = []mutant{
	// Codes and tokens.
	{name: "a code is exchanged twice", file: "zohohubtest/tokens.go", from: "	delete(a.codes, value)\n", to: "", packages: inFake},
	{name: "a code never ends", file: "zohohubtest/tokens.go", from: " || !a.now().Before(c.expires)", to: "", packages: inFake},
	{name: "a code of the consent page lives as a self client's", file: "zohohubtest/consent.go", from: "a.now().Add(codeLife)", to: "a.now().Add(selfCodeLife)", packages: inFake},
	{name: "a code is any client's", file: "zohohubtest/tokens.go", from: "c.clientID != clientID || ", to: "", packages: inFake},
	{name: "a code is good in every data center", file: "zohohubtest/tokens.go", from: "c.center != center || ", to: "", packages: inFake},
	{name: "a code comes back to any address", file: "zohohubtest/tokens.go", from: `c.redirectURL != "" && params.Get(`, to: "false && params.Get(", packages: inFake},
	{name: "a code outlives its form", file: "zohohubtest/tokens.go", from: "if len(raw) > mostForm {", to: "if false {", packages: inFake},
	{name: "half a form is one", file: "zohohubtest/requests.go", from: "	case b.err != nil:\n", to: "	case false:\n", packages: inFake},
	{name: "online access is offline", file: "zohohubtest/tokens.go", from: "if c.offline && (", to: "if true && (", packages: inFake},
	{name: "offline is the default", file: "zohohubtest/consent.go", from: `c.AccessType == "offline"`, to: `c.AccessType != "online"`, packages: inFake},
	{name: "every consent has a refresh token", file: "zohohubtest/tokens.go", from: "(c.prompted || !a.consented(clientID, c.userID))", to: "true", packages: inFake},
	{name: "one user's consent is everybody's", file: "zohohubtest/tokens.go", from: " && r.userID == userID {", to: " {", packages: inFake},
	{name: "a renewal has a refresh token", file: "zohohubtest/tokens.go", from: "	return http.StatusOK, a.issue(r.holder, r.clientID, value, r.scopes)", to: "	body = a.issue(r.holder, r.clientID, value, r.scopes)\n	body[\"refresh_token\"] = value\n	return http.StatusOK, body", packages: inFake},
	{name: "a refresh token is any client's", file: "zohohubtest/tokens.go", from: `r.clientID != params.Get("client_id") || `, to: "", packages: inFake},
	{name: "a refresh token is good in every data center", file: "zohohubtest/tokens.go", from: " || r.center != center {\n		return refuse(", to: " {\n		return refuse(", packages: inFake},
	{name: "the fake gives eleven access tokens", file: "zohohubtest/accounts.go", from: "mostRefreshes    = 10", to: "mostRefreshes    = 11", packages: inFake},
	{name: "a refresh token rests for twenty minutes", file: "zohohubtest/tokens.go", from: "now.Add(refreshWindow)", to: "now.Add(2 * refreshWindow)", packages: inFake},
	{name: "eleven access tokens live", file: "zohohubtest/accounts.go", from: "mostLiveTokens   = 10", to: "mostLiveTokens   = 11", packages: inFake},
	{name: "twenty-one refresh tokens live", file: "zohohubtest/accounts.go", from: "mostRefreshToken = 20", to: "mostRefreshToken = 21", packages: inFake},
	{name: "users share their twenty refresh tokens", file: "zohohubtest/accounts.go", from: " || other.userID != r.userID", to: "", packages: inFake},
	{name: "clients share their twenty refresh tokens", file: "zohohubtest/accounts.go", from: " || other.clientID != r.clientID", to: "", packages: inFake},
	{name: "the newest refresh token goes", file: "zohohubtest/accounts.go", from: "other.made < a.refresh[oldest].made", to: "other.made > a.refresh[oldest].made", packages: inFake},
	{name: "an access token never ends", file: "zohohubtest/accounts.go", from: " || !a.now().Before(token.expires)", to: "", packages: inFake},
	{name: "an access token is good in every data center", file: "zohohubtest/accounts.go", from: " || token.center != a.centerOf(host)", to: "", packages: inFake},
	{name: "any scheme is Zoho's", file: "zohohubtest/accounts.go", from: `return strings.CutPrefix(r.Header.Get("Authorization"), "Zoho-oauthtoken ")`, to: "_, token, ok = strings.Cut(r.Header.Get(\"Authorization\"), \" \")\n	return token, ok", packages: inFake},
	{name: "WRITE deletes", file: "zohohubtest/accounts.go", from: `wantedOp == "update")`, to: `wantedOp == "update" || wantedOp == "delete")`, packages: inFake},
	{name: "a group is what begins like it", file: "zohohubtest/accounts.go", from: `strings.HasPrefix(wantedGroup, group+".")`, to: "strings.HasPrefix(wantedGroup, group)", packages: inFake},

	// Revocation, and user info.
	{name: "a refresh token leaves its access tokens", file: "zohohubtest/accounts.go", from: "		delete(a.access, access)\n", to: "		_ = access\n", packages: inFake},
	{name: "an access token takes its refresh token along", file: "zohohubtest/tokens.go", from: "		r.live = slices.DeleteFunc(r.live, func(v string) bool { return v == value })\n", to: "		delete(a.refresh, t.refresh)\n", packages: inFake},
	{name: "a client ends another's refresh token", file: "zohohubtest/tokens.go", from: `(clientID == "" || r.clientID == clientID)`, to: "true", packages: inFake},
	{name: "a client ends another's access token", file: "zohohubtest/tokens.go", from: ` || clientID != "" && t.clientID != clientID`, to: "", packages: inFake},
	{name: "one user's consent ends everybody's tokens", file: "zohohubtest/accounts.go", from: "return t.UserID == userID", to: "return t.UserID == userID || true", packages: inFake},
	{name: "user info is for all", file: "zohohubtest/tokens.go", from: "!token.allows(profileScope) || ", to: "", packages: inFake},

	// Clients, users and data centers.
	{name: "the secret is not looked at", file: "zohohubtest/tokens.go", from: `params.Get("client_secret") != c.secret`, to: "false", packages: inFake},
	{name: "a client begins where nobody knows it", file: "zohohubtest/consent.go", from: "!a.knows(app, a.centerOf(host))", to: "false", packages: inFake},
	{name: "users of every data center come to a client of one", file: "zohohubtest/consent.go", from: "!a.knows(a.clients[c.ClientID], who.center)", to: "false", packages: inFake},
	{name: "the empty address is registered", file: "zohohubtest/consent.go", from: `c.RedirectURL == "" || `, to: "", packages: inFake},
	{name: "what begins like an address is registered", file: "zohohubtest/consent.go", from: "!slices.Contains(app.redirectURLs, c.RedirectURL)", to: "!slices.ContainsFunc(app.redirectURLs, func(u string) bool { return strings.HasPrefix(c.RedirectURL, u) })", packages: inFake},
	{name: "who is disabled signs in", file: "zohohubtest/consent.go", from: "!u.active() || ", to: "", packages: inFake},
	{name: "who was only invited signs in", file: "zohohubtest/consent.go", from: " || u.unconfirmed", to: "", packages: inFake},
	{name: "a sign-in loses its state", file: "zohohubtest/consent.go", from: `if c.State != "" {`, to: "if false {", packages: inFake},
	{name: "a scope may be markup", file: "zohohubtest/consent.go", from: `(\.[a-z0-9_]+)+`, to: `(\..+)+`, packages: inFake},
	{name: "a data center has one name", file: "zohohubtest/datacenters.go", from: `strings.HasSuffix(url, ":"+port)`, to: `strings.TrimPrefix(url, "http://") == host`, packages: inFake},
	{name: "nobody lives at home", file: "zohohubtest/datacenters.go", from: `if key == "" || key == a.location {`, to: `if key == "" {`, packages: inFake},
	{name: "two data centers of a key", file: "zohohubtest/datacenters.go", from: "; taken {", to: "; taken && false {", packages: inFake},

	// What is written down.
	{name: "an address put together wrongly shows its secrets", file: "zohohubtest/requests.go", from: `strings.Contains(path, "/oauth/")`, to: `strings.HasPrefix(path, "/oauth/")`, packages: inFake},
	{name: "another service's cookies are written down", file: "zohohubtest/requests.go", from: `if e.Header.Get("Cookie") != "" {`, to: "if false {", packages: inFake},
}

var inFake = []string{"./zohohubtest"}
