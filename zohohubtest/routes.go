package zohohubtest

import (
	"net/http"
	"slices"
)

// route is one of Zoho's calls. In a pattern {module} stands for a module and every other name in braces for anything.
type route struct {
	method, pattern string
	// since is the first version that has the call, when that is not v2.
	since string
	// scopes must all be granted; {module} is the module's scope name.
	scopes []string
	// subforms: the call also works on the modules that are subforms of others.
	subforms bool
	// uploads: the body is a form with files, within these bounds.
	uploads *uploadRule
	credits int
	handle  func(*crm, *request) outcome
}

const (
	readScope   = "ZohoCRM.modules.{module}.READ"
	createScope = "ZohoCRM.modules.{module}.CREATE"
	updateScope = "ZohoCRM.modules.{module}.UPDATE"
	deleteScope = "ZohoCRM.modules.{module}.DELETE"
	viewsScope  = "ZohoCRM.settings.custom_views.READ"
	searchScope = "ZohoSearch.securesearch.READ"
	notesRead   = "ZohoCRM.modules.notes.READ"
	notesCreate = "ZohoCRM.modules.notes.CREATE"
	notesUpdate = "ZohoCRM.modules.notes.UPDATE"
	notesDelete = "ZohoCRM.modules.notes.DELETE"
	tagsScope   = "ZohoCRM.settings.tags."
	rolesScope  = "ZohoCRM.modules.contacts."

	attachmentsRead   = "ZohoCRM.modules.attachments.READ"
	attachmentsCreate = "ZohoCRM.modules.attachments.CREATE"
	attachmentsDelete = "ZohoCRM.modules.attachments.DELETE"
)

// routes are in order of precedence: the first pattern that fits a path is the path's, whatever the method. So what has a
// word where others have a variable stands before them.
var routes = slices.Concat(
	settingsRoutes,
	blueprintRoutes,
	metadataRoutes,
	watchRoutes,
	shareRoutes,
	lockRoutes,
	assignRoutes,
	recycleRoutes,
	actionRoutes,
	functionRoutes,
	fullDataRoutes,
	emailRoutes,
	timelineRoutes,
	recordPartRoutes,
	recordRoutes,
)

// settingsRoutes are the calls about the organisation, its people and settings.
var settingsRoutes = []route{
	{method: http.MethodGet, pattern: "org", scopes: []string{"ZohoCRM.org.READ"}, credits: 1, handle: (*crm).getOrg},
	{method: http.MethodGet, pattern: "org/photo", scopes: []string{"ZohoCRM.org.READ"}, credits: 1, handle: (*crm).getOrgPhoto},
	{method: http.MethodPost, pattern: "org/photo", scopes: []string{"ZohoCRM.org.CREATE"}, uploads: orgPhotoRule, credits: 1, handle: (*crm).uploadOrgPhoto},
	{method: http.MethodDelete, pattern: "org/photo", scopes: []string{"ZohoCRM.org.DELETE"}, credits: 1, handle: (*crm).deleteOrgPhoto},
	{method: http.MethodGet, pattern: "files", scopes: []string{"ZohoCRM.files.READ"}, credits: 1, handle: (*crm).downloadFile},
	{method: http.MethodPost, pattern: "files", scopes: []string{"ZohoCRM.files.CREATE"}, uploads: zfsRule, credits: 1, handle: (*crm).uploadFiles},
	{method: http.MethodGet, pattern: "users", scopes: []string{"ZohoCRM.users.READ"}, credits: 1, handle: (*crm).listUsers},
	{method: http.MethodGet, pattern: "users/{id}", scopes: []string{"ZohoCRM.users.READ"}, credits: 1, handle: (*crm).getUser},
	{method: http.MethodGet, pattern: "settings/modules", scopes: []string{"ZohoCRM.settings.modules.READ"}, credits: 1, handle: (*crm).listModules},
	{method: http.MethodGet, pattern: "settings/modules/{id}", scopes: []string{"ZohoCRM.settings.modules.READ"}, credits: 1, handle: (*crm).getModule},
	{method: http.MethodGet, pattern: "settings/fields", scopes: []string{"ZohoCRM.settings.fields.READ"}, credits: 1, handle: (*crm).listFields},
	{method: http.MethodGet, pattern: "settings/fields/{id}", scopes: []string{"ZohoCRM.settings.fields.READ"}, credits: 1, handle: (*crm).getField},
	{method: http.MethodGet, pattern: "settings/custom_views", scopes: []string{viewsScope}, credits: 1, handle: (*crm).listViews},
	{method: http.MethodGet, pattern: "settings/custom_views/{id}", scopes: []string{viewsScope}, credits: 1, handle: (*crm).getView},

	{method: http.MethodGet, pattern: "settings/related_lists", scopes: []string{"ZohoCRM.settings.related_lists.READ"}, credits: 1, handle: (*crm).listRelatedLists},
	{method: http.MethodGet, pattern: "settings/related_lists/{id}", scopes: []string{"ZohoCRM.settings.related_lists.READ"}, credits: 1, handle: (*crm).getRelatedList},
	{method: http.MethodGet, pattern: "settings/tags", scopes: []string{tagsScope + "READ"}, credits: 1, handle: (*crm).listTags},
	{method: http.MethodPost, pattern: "settings/tags", scopes: []string{tagsScope + "CREATE"}, credits: 1, handle: (*crm).addTags},
	{method: http.MethodPut, pattern: "settings/tags", scopes: []string{tagsScope + "UPDATE"}, credits: 1, handle: (*crm).updateTags},
	{method: http.MethodPut, pattern: "settings/tags/{id}", scopes: []string{tagsScope + "UPDATE"}, credits: 1, handle: (*crm).updateTag},
	{method: http.MethodDelete, pattern: "settings/tags/{id}", scopes: []string{tagsScope + "DELETE"}, credits: 1, handle: (*crm).deleteTag},
	{method: http.MethodPost, pattern: "settings/tags/{id}/actions/merge", scopes: []string{tagsScope + "CREATE"}, credits: 1, handle: (*crm).mergeTags},
	{method: http.MethodGet, pattern: "settings/tags/{id}/actions/records_count", scopes: []string{tagsScope + "READ"}, credits: 1, handle: (*crm).countTagged},

	{method: http.MethodGet, pattern: "Contacts/roles", scopes: []string{rolesScope + "READ"}, credits: 1, handle: (*crm).listRoles},
	{method: http.MethodPost, pattern: "Contacts/roles", scopes: []string{rolesScope + "CREATE"}, credits: 1, handle: (*crm).addRoles},
	{method: http.MethodPut, pattern: "Contacts/roles", scopes: []string{rolesScope + "UPDATE"}, credits: 1, handle: (*crm).updateRoles},
	{method: http.MethodDelete, pattern: "Contacts/roles", scopes: []string{rolesScope + "DELETE"}, credits: 1, handle: (*crm).deleteRoles},
	{method: http.MethodGet, pattern: "Contacts/roles/{id}", scopes: []string{rolesScope + "READ"}, credits: 1, handle: (*crm).getRole},
	{method: http.MethodPut, pattern: "Contacts/roles/{id}", scopes: []string{rolesScope + "UPDATE"}, credits: 1, handle: (*crm).updateRole},
	{method: http.MethodDelete, pattern: "Contacts/roles/{id}", scopes: []string{rolesScope + "DELETE"}, credits: 1, handle: (*crm).deleteRole},
}

// recordPartRoutes are the calls that a word sets apart from those of recordRoutes.
var recordPartRoutes = []route{
	{method: http.MethodGet, pattern: "{module}/deleted", scopes: []string{readScope}, credits: 1, handle: (*crm).listDeleted},
	{method: http.MethodGet, pattern: "{module}/search", scopes: []string{readScope, searchScope}, subforms: true, credits: 1, handle: (*crm).search},
	{method: http.MethodPost, pattern: "{module}/upsert", scopes: []string{createScope, updateScope}, credits: 1, handle: (*crm).upsert},
	{
		method: http.MethodGet, pattern: "{module}/actions/count", since: "v2.1",
		scopes: []string{readScope, searchScope}, subforms: true, credits: 50, handle: (*crm).count,
	},

	{method: http.MethodGet, pattern: "{module}/{id}/photo", scopes: []string{readScope}, credits: 1, handle: (*crm).getPhoto},
	{method: http.MethodPost, pattern: "{module}/{id}/photo", scopes: []string{createScope}, uploads: photoRule, credits: 1, handle: (*crm).uploadPhoto},
	{method: http.MethodDelete, pattern: "{module}/{id}/photo", scopes: []string{deleteScope}, credits: 1, handle: (*crm).deletePhoto},
	{
		method: http.MethodGet, pattern: "{module}/{id}/Attachments",
		scopes: []string{readScope, attachmentsRead}, credits: 1, handle: (*crm).listAttachments,
	},
	{
		method: http.MethodPost, pattern: "{module}/{id}/Attachments",
		scopes: []string{readScope, attachmentsCreate}, uploads: attachmentRule, credits: 1, handle: (*crm).addAttachment,
	},
	{
		method: http.MethodDelete, pattern: "{module}/{id}/Attachments",
		scopes: []string{readScope, attachmentsDelete}, credits: 1, handle: (*crm).deleteAttachments,
	},
	{
		method: http.MethodGet, pattern: "{module}/{id}/Attachments/{attachment}",
		scopes: []string{readScope, attachmentsRead}, credits: 1, handle: (*crm).getAttachment,
	},
	{
		method: http.MethodDelete, pattern: "{module}/{id}/Attachments/{attachment}",
		scopes: []string{readScope, attachmentsDelete}, credits: 1, handle: (*crm).deleteAttachment,
	},
	{
		method: http.MethodGet, pattern: "{module}/{id}/actions/download_fields_attachment",
		scopes: []string{readScope}, credits: 1, handle: (*crm).downloadOfField,
	},
	{method: http.MethodPost, pattern: "{module}/actions/add_tags", scopes: []string{updateScope}, credits: 1, handle: (*crm).addRecordTags},
	{method: http.MethodPost, pattern: "{module}/actions/remove_tags", scopes: []string{updateScope}, credits: 1, handle: (*crm).removeRecordTags},
	{method: http.MethodPost, pattern: "{module}/{id}/actions/add_tags", scopes: []string{updateScope}, credits: 1, handle: (*crm).addRecordTags},
	{method: http.MethodPost, pattern: "{module}/{id}/actions/remove_tags", scopes: []string{updateScope}, credits: 1, handle: (*crm).removeRecordTags},
	{
		method: http.MethodPost, pattern: "{module}/{id}/actions/get_related_records_count", since: "v8",
		scopes: []string{readScope}, credits: 1, handle: (*crm).countRelated,
	},

	{method: http.MethodGet, pattern: "{module}/{id}/Notes", scopes: []string{readScope, notesRead}, credits: 1, handle: (*crm).listNotes},
	{method: http.MethodPost, pattern: "{module}/{id}/Notes", scopes: []string{readScope, notesCreate}, credits: 1, handle: (*crm).addNotes},
	{method: http.MethodPut, pattern: "{module}/{id}/Notes", scopes: []string{readScope, notesUpdate}, credits: 1, handle: (*crm).updateNotes},
	{method: http.MethodDelete, pattern: "{module}/{id}/Notes", scopes: []string{readScope, notesDelete}, credits: 1, handle: (*crm).deleteNotes},
	{method: http.MethodGet, pattern: "{module}/{id}/Notes/{related}", scopes: []string{readScope, notesRead}, credits: 1, handle: (*crm).getNote},
	{method: http.MethodPut, pattern: "{module}/{id}/Notes/{related}", scopes: []string{readScope, notesUpdate}, credits: 1, handle: (*crm).updateNote},
	{method: http.MethodDelete, pattern: "{module}/{id}/Notes/{related}", scopes: []string{readScope, notesDelete}, credits: 1, handle: (*crm).deleteNote},
}

// recordRoutes are the calls about records themselves and what is in their related lists.
var recordRoutes = []route{
	{method: http.MethodGet, pattern: "{module}/deleted/{id}/{list}", scopes: []string{readScope}, credits: 1, handle: (*crm).listRelatedOfDeleted},
	{method: http.MethodGet, pattern: "{module}/{id}/{list}", scopes: []string{readScope}, credits: 1, handle: (*crm).listRelated},
	{method: http.MethodPut, pattern: "{module}/{id}/{list}", scopes: []string{updateScope}, credits: 1, handle: (*crm).linkMany},
	{method: http.MethodDelete, pattern: "{module}/{id}/{list}", scopes: []string{deleteScope}, credits: 1, handle: (*crm).unlinkMany},
	{method: http.MethodGet, pattern: "{module}/{id}/{list}/{related}", scopes: []string{readScope}, credits: 1, handle: (*crm).getRelated},
	{method: http.MethodPut, pattern: "{module}/{id}/{list}/{related}", scopes: []string{updateScope}, credits: 1, handle: (*crm).linkOne},
	{method: http.MethodDelete, pattern: "{module}/{id}/{list}/{related}", scopes: []string{deleteScope}, credits: 1, handle: (*crm).unlinkOne},

	{method: http.MethodGet, pattern: "{module}/{id}", scopes: []string{readScope}, credits: 1, handle: (*crm).get},
	{method: http.MethodPut, pattern: "{module}/{id}", scopes: []string{updateScope}, credits: 1, handle: (*crm).updateOne},
	{method: http.MethodDelete, pattern: "{module}/{id}", scopes: []string{deleteScope}, credits: 1, handle: (*crm).deleteOne},

	{method: http.MethodGet, pattern: "{module}", scopes: []string{readScope}, credits: 1, handle: (*crm).list},
	{method: http.MethodPost, pattern: "{module}", scopes: []string{createScope}, credits: 1, handle: (*crm).insertMany},
	{method: http.MethodPut, pattern: "{module}", scopes: []string{updateScope}, credits: 1, handle: (*crm).updateMany},
	{method: http.MethodDelete, pattern: "{module}", scopes: []string{deleteScope}, credits: 1, handle: (*crm).deleteMany},
}
