package zohohub

import "slices"

// apiVersion is what sets one of Zoho's API versions apart, as far as this library acts on it. What an answer says of
// itself, such as a page token or a row's own error, needs no line here.
type apiVersion struct {
	name string
	// counts: there is a call that counts records; countsRelated: and one for what is in a record's related lists.
	counts, countsRelated bool
	// mergesSubforms: a subform's rows that an update does not name stay; before, they went.
	mergesSubforms bool
	// searchesViews: a search may be within a view; before, Zoho passes over cvid.
	searchesViews bool
	// tagsInQuery: the call that tags records takes ids and names in the query; after, in the body.
	tagsInQuery bool
	// noteModuleBeside: a note names its parent's module in $se_module; after, in Parent_Id itself.
	noteModuleBeside bool
	// channelDays is the longest life of a notification channel. tellsValues: a callback can hold the new values; conditions:
	// a channel may have conditions.
	channelDays             int
	tellsValues, conditions bool
	// bareConversion: the conversion of a lead names records by their ids alone, and takes no existing ones by itself.
	bareConversion bool
	// repliesToObject: a mail names the one that it answers in an object; before, by its id alone.
	repliesToObject bool
	// fetchesManyFull: there is a call for the whole rich text of many records.
	fetchesManyFull bool
	// sharesWithUsers: a record is shared with users only, who are told nothing of it.
	sharesWithUsers bool
	// restores: there are calls that restore from the recycle bin, and that empty it.
	restores bool
	// fileKeys: the keys in the rows of file and image fields end in __s; before, they are others.
	fileKeys bool
}

// apiVersions are Zoho's versions that the library speaks, oldest first.
var apiVersions = []apiVersion{
	{name: "v2", sharesWithUsers: true, tagsInQuery: true, noteModuleBeside: true, bareConversion: true, channelDays: 1},
	{name: "v2.1", sharesWithUsers: true, counts: true, tagsInQuery: true, noteModuleBeside: true, bareConversion: true, channelDays: 1},
	{name: "v3", sharesWithUsers: true, counts: true, tagsInQuery: true, noteModuleBeside: true, channelDays: 1, tellsValues: true},
	{name: "v4", counts: true, noteModuleBeside: true, channelDays: 7, tellsValues: true},
	{name: "v5", counts: true, noteModuleBeside: true, mergesSubforms: true, searchesViews: true, fileKeys: true, channelDays: 7, tellsValues: true},
	{name: "v6", counts: true, mergesSubforms: true, searchesViews: true, fileKeys: true, channelDays: 7, tellsValues: true, conditions: true},
	{name: "v7", counts: true, mergesSubforms: true, searchesViews: true, fileKeys: true, channelDays: 7, tellsValues: true, conditions: true, repliesToObject: true},
	{name: "v8", restores: true, counts: true, mergesSubforms: true, searchesViews: true, countsRelated: true, fileKeys: true, channelDays: 7, tellsValues: true, conditions: true, repliesToObject: true, fetchesManyFull: true},
}

// versionOf finds a version by its name; a name that is none, which Config.Validate refuses, has nothing but itself.
func versionOf(name string) apiVersion {
	if i := slices.Index(versionNames(), name); i >= 0 {
		return apiVersions[i]
	}
	return apiVersion{name: name}
}

func versionNames() []string {
	names := make([]string, len(apiVersions))
	for i, v := range apiVersions {
		names[i] = v.name
	}
	return names
}
