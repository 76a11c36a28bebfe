package main

// organisationMutants break what the fake says an organisation is made of.
var organisationMutants = []mutant{
	{name: "records are given to who has left", file: "zohohubtest/users.go", from: " || w.c.isActive(refID(ref)) {", to: " || true {", packages: []string{"./zohohubtest"}},
	{name: "an owner who has left cannot stay", file: "zohohubtest/users.go", from: " || refID(ref) == refID(before)", to: "", packages: []string{"./zohohubtest"}},
	{name: "deleted users are listed", file: "zohohubtest/users.go", from: `	"AllUsers":              func(u user, _ string) bool { return u.status != "deleted" },`, to: `	"AllUsers":              func(user, string) bool { return true },`, packages: []string{"./zohohubtest"}},
	{name: "a layout has what is on none", file: "zohohubtest/internal/schema/layout.go", from: "return !f.Unused && ", to: "return ", packages: []string{"./zohohubtest", "./zohohubtest/internal/schema"}},
	{name: "what a layout asks for is mandatory", file: "zohohubtest/write.go", from: "if f.Mandatory && (isSent", to: "if (f.Mandatory || f.Required) && (isSent", packages: []string{"./zohohubtest"}},
	{name: "permissions are told of all profiles", file: "zohohubtest/profiles.go", from: "	if !single {\n", to: "	if false {\n", packages: []string{"./zohohubtest"}},
	{name: "names of variables have case", file: "zohohubtest/variables.go", from: "case strings.EqualFold(other.name, v.name):", to: "case other.name == v.name:", packages: []string{"./zohohubtest"}},
	{name: "a refused change of a variable stays", file: "zohohubtest/variables.go", from: "w.variable(&changed, s, row); refused != nil {", to: "w.variable(v, s, row); refused != nil {", packages: []string{"./zohohubtest"}},
	{name: "the base currency has a rate", file: "zohohubtest/currencies.go", from: "if cur.base && (", to: "if false && (", packages: []string{"./zohohubtest"}},
}
