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
// [Server.GrantCode] and the consent page at /oauth/v2/auth for testing the sign-in itself: there one chooses who signs in.
// A test without a browser posts what the page's form does: the parameters of the page's address, user (an id) and decision
// (accept or reject).
// [Server.TokenOf] and [Server.GrantCodeOf] are another user's, [Server.AddDataCenter] has users live elsewhere, and
// [Server.SetClientDataCenters] has an application known in some data centers only. Programs that do not use zohohub take
// [Server.URL] for both the accounts server and the API domain.
//
// # What is written down
//
// [Server.Requests] are the requests, without the secrets of sign-in. Two names in the environment have every Server write to a
// file: [ExchangesEnv] each request with its answer, without secrets, and [TraceEnv] the very secrets that it gives out, to be
// looked for in what a program has written.
//
// # Faults, limits and time
//
// [Server.Inject] makes requests fail: refused, answered by a gateway's page, delayed, or cut off before or after the
// work was done. [Server.LimitConcurrency] and [Server.LimitCredits] refuse as Zoho refuses. [Server.Advance] moves the
// fake's clock, [Server.ExpireTokens] ends the access tokens, [Server.RevokeTokens] the refresh tokens too,
// [Server.RevokeTokensOf] those of one user. Of a refresh token there are ten access tokens in ten minutes, of a user at a
// client twenty refresh tokens.
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
// # The organisation
//
// Its metadata is told as Zoho tells it: modules, fields, layouts, pipelines, related lists, custom views, users, roles,
// profiles, territories, variables and currencies. Every module has one layout. What a layout asks people for
// ([Field].Required) a program may leave out; only what is Mandatory is checked. There are four users, of whom one is
// disabled and one was deleted; [Server.AddUser] and [Server.SetUserStatus] make others. Records are given only to who is
// active, but for those of [Server.Seed]. Variables and currencies can be changed by calls, and though there are several
// currencies, amounts of records are in the organisation's own.
//
// # Blueprints
//
// [Server.AddBlueprint] gives a module a process: records enter it as they are created or changed, their state is held, and
// transitions check, write and hang on the record what they are sent. Not there are automatic transitions, those with
// parallel branches, escalations, and what happens after a transition (mails, field updates, functions).
//
// # Notifications
//
// Channels are kept and end by the fake's clock, and every change of a record that a call makes is told to them in Zoho's
// form, what one request did together: [Server.WaitForCallbacks], [Server.Callbacks] and [Server.SetDelivery], which also
// loses callbacks, sends them twice and takes them past sockets. A channel that is to live longer than its API version
// allows is refused. Merges are not told; of an edited record, those that it looks up are told of too, as a related action
// without fields. What Zoho does about a receiver that fails is not known; the fake does nothing.
//
// # Sharing, locks, the recycle bin
//
// Records can be shared with the users, the roles and one group, Back Office, which changes nothing in what anybody may do.
// Every module that Zoho can lock records of has locks that people set, none that rules set; a locked record is refused to all
// writes and deletions, also those of who locked it. Leads, accounts, contacts and deals take territories. What was deleted is
// in the recycle bin for sixty days by the fake's clock, with its notes, attachments and photo, and comes back as it was. What
// Zoho does in the background there is done when the answer says that it will be.
//
// # What is not there
//
// Served are the records of all modules (list, one, create, update, upsert, delete, deleted, search, count), their notes,
// attachments and photos, their related records and tags, their timelines, mails and whole rich text, functions, contact
// roles, files, modules, fields, related lists and custom
// views, the organisation and its photo, its other metadata (above), and the accounts server. Any other address of Zoho's is
// answered with 404 INVALID_URL_PATTERN: COQL, bulk, composite, drafts and templates of mails, photos of users,
// the conversion of many leads or of quotes, functions called with an API key and so on. Of the settings only tags, contact roles, variables and currencies can be changed. Modules, fields
// and views of one's own come from [Server.AddModule], [Server.AddField] and [Server.AddView].
//
// Of what is served, left out are external ids (the header X-EXTERNAL is not looked at), dates of a view that move with
// the clock (${TODAY}), filters other than those of a custom view, of a count of related records and of the recycle bin,
// layout and validation rules, automation other than blueprints (the rest of trigger is checked and does nothing),
// permissions beyond scopes, and the currency and exchange rate of a record. Files are not looked at for viruses, nor photos
// for more than their kind and size, and one that no record has taken does not expire.
//
// Of sign-in there are the consent page, codes, tokens, user info and the list of data centers, without OpenID, devices and
// client_credentials. How many codes, and how many refresh tokens a minute, Zoho gives is not limited, and of a scope no more
// than its form is looked at.
//
// # Actions and jobs
//
// Records change owners, leads are converted by their fields' convert_mapping, records are copied and merged, and there are mass
// updates and deletions. What Zoho does later the fake does later: a job for a view, or a merge or conversion of a record with
// more than 1,000 records in a list, goes from SCHEDULED over RUNNING to COMPLETED a step for each look at it, or for each two
// seconds of the fake's clock, whichever comes to more. The notifications that these calls offer are taken and not sent.
//
// # Timelines, mails and functions
//
// A record's timeline has what requests did to it and to what belongs to it, the newest 100,000 events of the organisation;
// what was seeded was added by whom and when it says. Mails go nowhere: [Server.SentEmails] tells them, and
// [Server.SeedEmail] has one come in. The sender is the user's own address, or with org_email the primary_email of the
// organisation. [Server.AddEmailTemplate] and [Server.AddFunction] make what Zoho's users make in its pages.
//
// # Files
//
// [Server.SeedAttachment] hangs files on records, [Server.Attachments] and [Server.Files] tell what is there. Small files
// stay in memory, the rest goes to temporary files that [Server.Close] removes; both ways they stream. A download is sent
// whole whatever Range it asks for, as nothing shows that Zoho does otherwise.
//
// # Inside testing/synctest
//
// [Server.Transport] reaches the same CRM without a socket, so that time in a bubble can move on. Make the Server, and its
// data centers, outside of the bubble and sign in inside: what runs in the bubble, the fake's own clock included, has the bubble's time.
package zohohubtest
