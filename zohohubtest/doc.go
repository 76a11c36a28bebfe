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
// # Data types
//
// Every data type that Zoho documents is stored, checked, refused and shown as Zoho does it, in the form of each API version.
// The custom module Specimens has a field of each that a custom module may have; [Server.AddModule] and [Server.AddField]
// make more. Activities (Tasks, Events, Calls), Price_Books and the quotes and orders have the rest. Multi-select lookups
// are records of linking modules (Specimens_X_Products, Specimens_X_Users), which can be listed and written under their own
// names, and related lists of both sides; roll-up summaries follow what they sum up at once. Files for file and image fields
// come by POST files. There are two territories, Lisboa and Porto, and three taxes, Sales Tax, Vat and Common Tax.
//
// # What is not there
//
// Served are the records of all modules (list, one, create, update, upsert, delete, deleted, search, count), their notes,
// attachments and photos, their related records and tags, contact roles, files, modules, fields, related lists and custom
// views, the organisation and its photo, the reading of users, and the accounts server. Any other address of Zoho's is
// answered with 404 INVALID_URL_PATTERN: COQL, bulk, composite, notifications, mail, photos of users, blueprints,
// conversion, layouts and so on. Of the settings only tags can be changed; users can only be read. Modules, fields and views
// of one's own come from [Server.AddModule], [Server.AddField] and [Server.AddView].
//
// Of what is served, left out are external ids (the header X-EXTERNAL is not looked at), dates of a view that move with
// the clock (${TODAY}), filters other than those of a custom view and of a count of related records, layout and validation
// rules, automation (trigger is checked and does nothing), record locks, sharing and permissions beyond scopes, and
// currencies other than the organisation's. Nothing comes back from the recycle bin. Files are not looked at for viruses,
// nor photos for more than their kind and size, and one that no record has taken does not expire.
//
// # Files
//
// [Server.SeedAttachment] hangs files on records, [Server.Attachments] and [Server.Files] tell what is there. Small files
// stay in memory, the rest goes to temporary files that [Server.Close] removes; both ways they stream. A download is sent
// whole whatever Range it asks for, as nothing shows that Zoho does otherwise.
//
// # Inside testing/synctest
//
// [Server.Transport] reaches the same CRM without a socket, so that time in a bubble can move on. Make the Server
// outside of the bubble and sign in inside: what runs in the bubble, the fake's own clock included, has the bubble's time.
package zohohubtest
