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
	// fileKeys: the keys in the rows of file and image fields end in __s; before, they are others.
	fileKeys bool
}

// apiVersions are Zoho's versions that the library speaks, oldest first.
var apiVersions = []apiVersion{
	{name: "v2", tagsInQuery: true, noteModuleBeside: true},
	{name: "v2.1", counts: true, tagsInQuery: true, noteModuleBeside: true},
	{name: "v3", counts: true, tagsInQuery: true, noteModuleBeside: true},
	{name: "v4", counts: true, noteModuleBeside: true},
	{name: "v5", counts: true, noteModuleBeside: true, mergesSubforms: true, searchesViews: true, fileKeys: true},
	{name: "v6", counts: true, mergesSubforms: true, searchesViews: true, fileKeys: true},
	{name: "v7", counts: true, mergesSubforms: true, searchesViews: true, fileKeys: true},
	{name: "v8", counts: true, mergesSubforms: true, searchesViews: true, countsRelated: true, fileKeys: true},
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
