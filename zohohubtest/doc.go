// Package zohohubtest is a Zoho CRM in memory, accounts server included, to test programs that talk to Zoho.
//
// It behaves as Zoho does, refusals included: records are kept and validated from field metadata, tokens end, lists have
// pages, a batch may fail in part. Nothing leaves the machine, nothing is kept, and there is no global state: every
// [Server] is an organisation of its own.
//
//	func TestSignUp(t *testing.T) {
//		crm := zohohubtest.NewServer(t)
//		crm.Seed("Leads", zohohub.Fields{"Last_Name": "Doe"})
//		app := NewApp(crm.Connection(t))
//		…
//		crm.Records("Leads") // what is there now
//		crm.Requests()       // what was asked
//	}
//
// # Ways in
//
// [Server.Connection] is signed in. [Server.Config] and [Server.Token] are for a connection of one's own, and
// [Server.GrantCode] and the consent page at /oauth/v2/auth for testing the sign-in itself. Programs that do not use
// zohohub take [Server.URL] for both the accounts server and the API domain.
//
// # Faults, limits and time
//
// [Server.Inject] makes requests fail: refused, answered by a gateway's page, delayed, or cut off before or after the
// work was done. [Server.LimitConcurrency] and [Server.LimitCredits] refuse as Zoho refuses. [Server.Advance] moves the
// fake's clock, [Server.ExpireTokens] ends the access tokens, [Server.RevokeTokens] the refresh tokens too.
//
// # What is not there
//
// Served are the records of all modules (list, one, create, update, upsert, delete, deleted, search, count), their notes,
// modules and fields, the organisation, the reading of users, and the accounts server. Any other address of Zoho's is
// answered with 404 INVALID_URL_PATTERN: COQL, bulk, composite, notifications, files, attachments, photos, related lists
// other than notes, tags as such, blueprints, conversion, layouts, custom views and so on. Settings and users can only be
// read.
//
// Of what is served, left out are external ids (the header X-EXTERNAL is not looked at), custom views (every cvid is
// unknown), territories, layout and validation rules, automation (trigger is checked and does nothing), record locks,
// sharing and permissions beyond scopes, and currencies other than the organisation's. Files cannot be uploaded, so file
// and image fields stay empty.
//
// # Inside testing/synctest
//
// [Server.Transport] reaches the same CRM without a socket, so that time in a bubble can move on. Make the Server
// outside of the bubble and sign in inside: what runs in the bubble, the fake's own clock included, has the bubble's time.
package zohohubtest
