// Package contract checks what the library and the fake CRM say to each other against Zoho's own OpenAPI files.
//
// Its test runs the tests and examples of the root module with [zohohubtest.ExchangesEnv] set, reads the exchanges that
// the fake wrote down, finds Zoho's operation for each, and checks with kin-openapi what the library asked and what the
// fake answered. The files are Zoho's and not part of this repository: they lie in ../shared/oas/v8.0 beside the checkout,
// or where ZOHO_OAS says.
//
// The files have faults of their own. What is done about them stands in repairs.go, each with its reason: general rules
// that are applied in memory, no exception for one exchange. What the files do not have at all stands in outside.go.
package contract
