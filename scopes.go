package zohohub

// DefaultScopes is what [Auth.URL] asks the user to allow when Config.Scopes is empty: ZohoHub's scopes, and what the
// library's own features need. Treat it as read-only; a program that does with less names its own in Config.Scopes.
var DefaultScopes = []string{
	"ZohoCRM.modules.ALL",          // records, notes, attachments, tags and blueprints of every module
	"ZohoCRM.modules.custom.ALL",   // the same for custom modules, as ZohoHub asks for it
	"ZohoCRM.modules.contacts.ALL", // one more of ZohoHub's, for contacts
	"ZohoCRM.settings.ALL",         // modules, fields, layouts: what Dynamic and Validate read
	"ZohoCRM.users.READ",           // who is signed in
	"ZohoCRM.org.READ",             // which organization the token belongs to
	"ZohoCRM.notifications.ALL",    // channels for changes
	"ZohoCRM.coql.READ",            // queries
	"ZohoCRM.bulk.ALL",             // export and import
	"ZohoCRM.files.CREATE",         // files for upload fields
	"ZohoCRM.files.READ",           // and back
	"ZohoFiles.files.ALL",          // the host that takes bulk uploads asks for it
	"ZohoCRM.change_owner.CREATE",  // the actions for many records
	"ZohoCRM.mass_update.UPDATE",
	"ZohoCRM.mass_delete.DELETE",
	"ZohoSearch.securesearch.READ", // search and count, beside the module's own scope
}
