package zohohubtest

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
	// jsonPath: the details of a refused row say where it went wrong.
	jsonPath bool
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
}

// versions has what zohohub knows of Zoho's API versions; there are no others.
var versions = map[string]*version{
	"v2": {name: "v2", partial: 202, failed: 202, bareLookup: true, noteModuleKey: true},
	"v2.1": {
		name: "v2.1", partial: 202, failed: 202, bareLookup: true, noteModuleKey: true,
		taxObjects: true,
	},
	"v3": {
		name: "v3", partial: 207, failed: 400, bareLookup: true, noteModuleKey: true,
		fieldsRequired: true, pageTokens: true, jsonPath: true,
		taxObjects: true,
	},
	"v4": {
		name: "v4", partial: 207, failed: 400, bareLookup: true, noteModuleKey: true,
		fieldsRequired: true, pageTokens: true, jsonPath: true, infoSort: true, convertedField: true,
		taxObjects: true,
	},
	"v5": {
		name: "v5", partial: 207, failed: 400, bareLookup: true, noteModuleKey: true,
		fieldsRequired: true, pageTokens: true, jsonPath: true, infoSort: true, convertedField: true,
		subformMerge: true, searchView: true,
		taxObjects: true, fileKeys: true,
	},
	"v6": {
		name: "v6", partial: 207, failed: 400, bareLookup: true,
		fieldsRequired: true, pageTokens: true, jsonPath: true, infoSort: true, convertedField: true,
		subformMerge: true, searchView: true,
		taxObjects: true, fileKeys: true, fileStamps: true,
	},
	"v7": {
		name: "v7", partial: 207, failed: 400, bareLookup: true,
		fieldsRequired: true, pageTokens: true, jsonPath: true, infoSort: true, convertedField: true,
		subformMerge: true, searchView: true,
		taxObjects: true, fileKeys: true, fileStamps: true,
	},
	"v8": {
		name: "v8", partial: 207, failed: 400,
		fieldsRequired: true, pageTokens: true, jsonPath: true, infoSort: true, convertedField: true,
		subformMerge: true, searchView: true, countView: true,
		taxObjects: true, fileKeys: true, fileStamps: true, imageSource: true,
	},
}
