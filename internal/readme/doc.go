// Command readme runs what README.md shows, so that it stays true. Nothing of it is copied into a test:
// the commands and the Go code are taken out of the file itself.
//
//	go run ./internal/readme             commands and Go code of README.md
//	go run ./internal/readme -fresh      the same with an empty HOME and an empty module cache, as on a newcomer's machine
//	go run ./internal/readme -only go    only the Go code; -only sh: only the commands
//	go run ./internal/readme docs/x.md   another file
//
// # Commands
//
// The blocks fenced as sh are run in order, as one shell session that ends at the first command that fails; "cd" and
// "export" last from block to block. The session starts in an empty folder, where "git clone" of the project's address
// takes a snapshot of this checkout, what is not yet committed included. Variables named ZOHO_… are taken away: the
// commands meet the fake CRM, never somebody's organization.
//
// # Go code
//
// Every block fenced as go is built and vetted, in a module that requires the library as a user's would:
//
//   - A block that begins with a package clause is a file; package main is also run.
//   - A block of declarations (type, func, var, const, import) is the better part of a file. What it declares is there for all
//     blocks after it, until one declares the same name anew.
//   - Any other block is the body of a function that has the names of snippet.go.txt, among them ctx, conn, leads and id, and
//     that may return an error. What it assigns without using is no fault.
//   - Tests among the declarations are run by go test.
//   - A block that ends in a comment "// Output:" is run, against the fake CRM, and must print just that.
//
// Packages that importable lists need no import.
//
// # What is not run
//
// A comment ahead of the fence keeps a block from being run, and must say why. Go code is built all the same.
//
//	<!-- not run: waits for a browser -->
package main
