package zohohubtest

import "time"

// version is what sets one of Zoho's API versions apart, as far as the fake serves it.
type version struct {
	name string
	// fieldsRequired: a list must name its fields, 50 at most.
	fieldsRequired bool
	// pageTokens: pages beyond 2,000 records need a page_token, and info tells it.
	pageTokens bool
	// infoSort: info of a list also has sort_by, sort_order, call and email.
	infoSort bool
	// partial and failed are the statuses of a batch in which some rows failed, or all.
	partial, failed int
	// moduleStatus: a list of modules can be of some statuses.
	moduleStatus bool
	// jsonPath: the details of a refused row say where it went wrong.
	jsonPath bool
	// bareCriteria: a single condition of a search needs no parentheses. No file of Zoho's says so; zoho_hub's where has
	// lived on it with v2.
	bareCriteria bool
	// searchView: search takes a cvid.
	searchView bool
	// countView: count takes a cvid.
	countView bool
	// convertedField: Converted__s is a field; before it was the key $converted.
	convertedField bool
	// subformMerge: rows of a subform that an update does not list stay; before they went.
	subformMerge bool
	// bareLookup: a lookup may be sent as the id alone.
	bareLookup bool
	// taxObjects: the taxes of a product are objects; before they were names.
	taxObjects bool
	// fileKeys: the keys of file and image fields end in __s.
	fileKeys bool
	// fileStamps: rows of file fields say who made and changed them.
	fileStamps bool
	// imageSource: rows of image fields say where the image is from.
	imageSource bool
	// noteModuleKey: a note names its parent's module in $se_module (se_module); after that only in Parent_Id.module.
	noteModuleKey bool
	// tagQuery: adding and removing tags takes ids and tag_names in the query; tagBody: in the body.
	tagQuery, tagBody bool
	// watchLongest is how long a channel may live, watchConditions: edits may be told by field.
	watchLongest    time.Duration
	watchConditions bool
	// shareUser: a share names its user by itself, and nobody else can be shared with.
	shareUser bool
	// bareConversion: what a lead was converted into is told by ids alone.
	bareConversion bool
	// oldMailsKey: the mails of a record stand under another key. replyObject: a mail names the one that it answers in an
	// object; before, by its id alone.
	oldMailsKey, replyObject bool
	// bareRole: a contact's role in a deal is the role's id alone.
	bareRole bool
}

// versions has what zohohub knows of Zoho's API versions; there are no others.
var versions = allVersions()

// allVersions makes each version of the one before it.
func allVersions() map[string]*version {
	all := map[string]*version{}
	var v version
	for _, next := range []struct {
		name   string
		change func(*version)
	}{
		{"v2", func(v *version) {
			v.partial, v.failed = 202, 202
			v.oldMailsKey = true
			v.bareLookup, v.noteModuleKey, v.tagQuery, v.bareRole = true, true, true, true
			v.bareConversion = true
			v.watchLongest, v.shareUser = 24*time.Hour, true
			v.bareCriteria = true
		}},
		{"v2.1", func(v *version) { v.taxObjects = true }},
		{"v3", func(v *version) {
			v.partial, v.failed = 207, 400
			v.bareConversion = false
			v.fieldsRequired, v.pageTokens, v.jsonPath, v.tagBody = true, true, true, true
			v.bareCriteria = false
		}},
		{"v4", func(v *version) {
			v.infoSort, v.convertedField = true, true
			v.watchLongest = 7 * 24 * time.Hour
			v.tagQuery, v.bareRole, v.shareUser, v.oldMailsKey = false, false, false, false
		}},
		{"v5", func(v *version) { v.subformMerge, v.searchView, v.fileKeys, v.moduleStatus = true, true, true, true }},
		{"v6", func(v *version) { v.noteModuleKey, v.fileStamps, v.watchConditions = false, true, true }},
		{"v7", func(v *version) { v.replyObject = true }},
		{"v8", func(v *version) { v.bareLookup, v.countView, v.imageSource = false, true, true }},
	} {
		v.name = next.name
		next.change(&v)
		made := v
		all[v.name] = &made
	}
	return all
}
