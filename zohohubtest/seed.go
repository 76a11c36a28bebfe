package zohohubtest

import (
	"fmt"

	"github.com/zohohub/zohohub"
)

// Seed creates records by the same rules as a write of the default user and gives their ids. A row may also state what
// Zoho would set: its id, the stamps (Created_Time, …), and in Record_Image the id of a photo, which is then a single pixel.
// It panics with Zoho's words when a row is refused: a test that goes on without its records would fail later and say less.
// It costs no credits and is not in [Server.Requests].
func (s *Server) Seed(module string, rows ...zohohub.Fields) (ids []string) {
	plain := make([]map[string]any, len(rows))
	for i, row := range rows {
		plain[i] = row
	}
	ids, err := s.crm.seed(module, plain)
	if err != nil {
		panic(fmt.Sprintf("zohohubtest: Seed: %v", err))
	}
	return ids
}

// SeedFunc gives a module n more records that exist only while they are looked at, so that millions cost no memory: row
// is asked for the i-th, each time anew, and must answer the same each time. The rows are not validated. A write to one
// makes it an ordinary record. Where a roll-up summary counts them, the first look at a record that has it goes through
// all of them. It panics when there is no such module.
func (s *Server) SeedFunc(module string, n int, row func(i int) zohohub.Fields) {
	err := s.crm.seedFunc(module, n, func(i int) map[string]any { return row(i) })
	if err != nil {
		panic(fmt.Sprintf("zohohubtest: SeedFunc: %v", err))
	}
}

// Records gives copies of a module's records with all their fields as Zoho would send them, oldest first; nil for a
// module that does not exist.
func (s *Server) Records(module string) []zohohub.Fields {
	rows := s.crm.records(module)
	if rows == nil {
		return nil
	}
	records := make([]zohohub.Fields, len(rows))
	for i, row := range rows {
		records[i] = row
	}
	return records
}
