package main

// secretMutants let secrets out, or blind the scan that looks for them in whatever the tests have written.
var secretMutants = []mutant{
	{name: "an encoded echo comes out", file: "secrets.go", from: "; s.in(text) {", to: "; false {"},
	{name: "echoed details come out", file: "secrets.go", from: "if s.in(string(e.Details)) {", to: "if false {"},
	{name: "an echoed code comes out", file: "response.go", from: "	e = c.tokens.secrets().hide(e)", to: "	//"},
	{name: "an echo of a row comes out", file: "response.go", from: "return resp, c.tokens.secrets().hideAll(refusals)", to: "return resp, refusals"},
	{name: "a logged token", core: true, file: "auth.go", from: `slog.String("op", op), slog.String("accounts", a.origin)`, to: `slog.String("op", op+a.cfg.ClientSecret), slog.String("accounts", a.origin)`},

	{name: "base64 that begins with a group", file: "internal/secretscan/decode.go", from: "for first := range 4 {", to: "for first := range 1 {", packages: inSecretScan},
	{name: "hex that begins with a byte", file: "internal/secretscan/decode.go", from: "for first := range 2 {", to: "for first := range 1 {", packages: inSecretScan},
	{name: "one alphabet of base64", file: "internal/secretscan/decode.go", from: "value['+'], value['-'], value['/'], value['_'] = 62, 62, 63, 63", to: "value['+'], value['/'] = 62, 63", packages: inSecretScan},
	{name: "base64 on one line", file: "internal/secretscan/decode.go", from: "	value['\\r'], value['\\n'] = between, between\n", to: "", packages: inSecretScan},
	{name: "large hex is none", file: "internal/secretscan/decode.go", from: "case 'A' <= c && c <= 'F':", to: "case 'A' <= c && c <= 'A':", packages: inSecretScan},
	{name: "one form inside none", file: "internal/secretscan/secretscan.go", from: "deepest = 2", to: "deepest = 1", packages: inSecretScan},
	{name: "only whole secrets", file: "internal/secretscan/secretscan.go", from: "if len(v) >= cutFrom {", to: "if false {", packages: inSecretScan},
	{name: "errors without what is inside", file: "internal/secretscan/haystack.go", from: "h.Error(where, inside.Unwrap())", to: "_ = inside", packages: inSecretScan},
	{name: "codes are harmless", file: "internal/secretscan/haystack.go", from: "if !belongs[[2]string{where, f.Secret}] {", to: `if f.Secret != "code" {`, packages: inSecretScan},
}

var inSecretScan = []string{"./internal/secretscan"}
