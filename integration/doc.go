// Package integration has no code: its tests are of what others have made, unchanged, and of the fake CRM.
//
// Tokens are kept in MariaDB, PostgreSQL, SQLite and Redis by several processes; services_test.go starts the databases for
// the test that asks, in a temporary folder and on free ports. Two copies of examples/webapp share each of them, and Chromium
// clicks through the sign-in. A database, or Chromium, that is not installed has its tests skipped, unless CI is true.
//
// Zoho's own Node SDK is driven by node/script.mjs; npm ci in node installs it. Where Node or the SDK is missing the test
// is skipped, unless CI is true.
package integration
