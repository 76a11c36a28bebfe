package zohohub

import "slices"

// apiVersion is what sets one of Zoho's API versions apart, as far as this library acts on it. What an answer says of
// itself, such as a page token or a row's own error, needs no line here.
type apiVersion struct {
	name string
	// counts: there is a call that counts records.
	counts bool
	// searchesViews: a search may be within a view; before, Zoho passes over cvid.
	searchesViews bool
	// mergesSubforms: a subform's rows that an update does not name stay; before, they went.
	mergesSubforms bool
}

// apiVersions are Zoho's versions that the library speaks, oldest first.
var apiVersions = []apiVersion{
	{name: "v2"},
	{name: "v2.1", counts: true},
	{name: "v3", counts: true},
	{name: "v4", counts: true},
	{name: "v5", counts: true, mergesSubforms: true, searchesViews: true},
	{name: "v6", counts: true, mergesSubforms: true, searchesViews: true},
	{name: "v7", counts: true, mergesSubforms: true, searchesViews: true},
	{name: "v8", counts: true, mergesSubforms: true, searchesViews: true},
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
