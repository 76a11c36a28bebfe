package main

// storeMutants break the stores in files and in databases, what encrypts them, the import from Zoho's SDKs, and the suite that
// finds what is wrong with a store.
var storeMutants = []mutant{
	{name: "files of others are tokens", file: "tokenstore/file/file.go", from: "if !tokenName.MatchString(e.Name()) {", to: "if !strings.HasSuffix(e.Name(), tokenFile) {", packages: inFile},
	{name: "files of others are swept", file: "tokenstore/file/file.go", from: "if !partName.MatchString(e.Name()) {", to: "if !strings.HasSuffix(e.Name(), partFile) {", packages: inFile},
	{name: "a clock that is put right ends a lease", file: "tokenstore/file/lock.go", from: "<= 2*c.Ends.Sub(c.Since)", to: "<= c.Ends.Sub(c.Since)", packages: inFile},
	{name: "a key that is none is sealed", file: "tokenstore/sealed/sealed.go", from: "	if err := key.Validate(); err != nil {\n		return nil, err\n	}\n", to: "", packages: inSealed},

	{name: "a deadlock is an error", file: "tokenstore/sql/sqlstore.go", from: `strings.Contains(text, "Error 1213") ||`, to: "false ||", packages: inSQL},
	{name: "PostgreSQL's deadlock is an error", file: "tokenstore/sql/sqlstore.go", from: `e.SQLState() == "40P01"`, to: "false", packages: inSQL},
	{name: "a lock whose answer is lost is kept", file: "tokenstore/sql/lock.go", from: "		l.giveUp(ctx)\n", to: "", packages: inSQL},
	{name: "a database's error repeats a part of the token", file: "tokenstore/sql/sqlstore.go", from: "tellingPart = 20", to: "tellingPart = 2000", packages: inSQL},
	{name: "a table is called anything", file: "tokenstore/sql/sqlstore.go", from: "case !tableName.MatchString(c.table):", to: "case false:", packages: inSQL},
	{name: "an SDK's table is called anything", file: "tokenstore/sql/source.go", from: "case !tableName.MatchString(s.name):", to: "case false:", packages: inSQL},
	{name: "import overwrites", core: true, file: "tokenstore/sql/import.go", from: "		return ErrAlreadyThere\n", to: "		return save()\n", packages: inSQL},
	{name: "import takes the older token", file: "tokenstore/sql/import.go", from: "return !tok.Expiry.Before(above.Expiry)", to: "return tok.Expiry.Before(above.Expiry)", packages: inSQL},
	{name: "import takes the token that ends", file: "tokenstore/sql/import.go", from: "		return renews\n", to: "		return !renews\n", packages: inSQL},
	{name: "import takes users of another organization", file: "tokenstore/sql/import.go", from: `case c.org != "" && org != "" && org != c.org:`, to: `case org == "none":`, packages: inSQL},
	{name: "import takes the organization for the user's name", file: "tokenstore/sql/import.go", from: "user, org = strings.TrimSpace(name), number", to: `user, org = name+":"+number, number`, packages: inSQL},
	{name: "import takes an access token for good", file: "tokenstore/sql/import.go", from: `tok.AccessToken = "" // nobody`, to: `_ = "" // nobody`, packages: inSQL},

	{name: "the suite takes a lock that nobody gives back", file: "tokenstore/tokenstoretest/locks.go", from: "longLease = 10 * patience", to: "longLease = patience", packages: inSuite},
	{name: "the suite takes a store that keeps nothing instead of something", file: "tokenstore/tokenstoretest/suite.go", from: "			if err := call(); err == nil {", to: "			if err := call(); err == nil && false {", packages: inSuite},
	{name: "the suite does not look while a token is replaced", file: "tokenstore/tokenstoretest/locks.go", from: "	reader.Go(func() { watch(t, s, shared, stop) })\n", to: "", packages: inSuite},
}

var (
	inSQL   = []string{"./tokenstore/sql"}
	inSuite = []string{"./tokenstore/tokenstoretest"}
)
