// Package integration has no code: its tests run programs of others, unchanged, against the fake CRM.
//
// Zoho's own Node SDK is driven by node/script.mjs; npm ci in node installs it. Where Node or the SDK is missing the test
// is skipped, unless CI is true.
package integration
