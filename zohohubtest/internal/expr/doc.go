// Package expr is the one expression tree of the fake CRM: conditions on a
// record, whatever language they were written in. ParseCriteria reads Zoho's
// search criteria, FromJSON the JSON of its filters; other languages only have
// to build the same nodes.
//
// What Zoho leaves open is decided here and nowhere else:
//   - text compares without regard to case, and equals means contains in a
//     search, but not in a filter; what denies (not_equal, not_in, …) is true of
//     an empty field;
//   - pick lists and autonumbers compare whole and with regard to case;
//   - and, or and a comma mean what they say only outside of a value: inside
//     one, parentheses, commas and backslashes are escaped by a backslash;
//   - and and or do not mix at one level: such criteria are refused, since
//     nothing says which binds closer.
package expr
