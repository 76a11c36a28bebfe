package codec

import (
	"slices"
	"strings"
)

// listing is how Zoho keeps the rows of a list, by its name and by what was loaded of it.
type listing struct {
	// whole: it is written as a whole, unlike a subform, whose rows are added, changed and deleted one by one.
	whole bool
	// key is what the id of a row is called.
	key string
	// ids: rows have one at Zoho.
	ids bool
	// target is what a row stands for, the file of a file field or the record of a multi-select lookup: of such a row Zoho
	// knows adding and deleting only, in all versions. It is empty in a subform.
	target string
	// files: rows that are not sent stay, in all versions.
	files bool
}

const (
	oldFileKey = "attachment_Id" // the id of a row in a file field, before v5
	// unnamed marks, in a snapshot, a row that a save made: Zoho has given it an id that is not known here.
	unnamed = "$unnamed"
)

var (
	// wholeLists are no subforms, though their rows have ids: those of the tags, taxes and territories themselves, and of the
	// ranges of a price book.
	wholeLists = []string{"Tag", "Tax", "Line_Tax", "$line_tax", "Territory", "Pricing_Details"}
	// wholeBy are lists of an event that are told from a user's own subform of that name by what their rows hold.
	wholeBy = map[string]string{"Participants": "participant", "Remind_Participants": "unit"}
	// fileNames are the names of the file in a row of a file field: from v5 on, where an image has it too, and those before.
	fileNames = []string{"File_Id__s", "file_Id", "file_id"}
	// oldImage are the names in a row of an image field before v5, which are a user's to give, too.
	oldImage = []string{
		"id", "Description", "Encrypted_Id", "File_Id", "File_Name", "Preview_Id", "Sequence_Number", "Size", "State", unnamed, "_delete",
	}
)

// listingOf tells it; raw may be any value.
func listingOf(name string, raw []byte) listing {
	l := listing{whole: slices.Contains(wholeLists, name), key: "id"}
	if len(raw) == 0 || raw[0] != '[' && raw[0] != '{' { // most fields
		return l
	}
	rows := rowsOf(raw)
	member, ok := wholeBy[name]
	l.whole = l.whole || ok && slices.ContainsFunc(rows, func(row memberList) bool { return row.has(member) })
	if l.whole || len(rows) == 0 {
		return l
	}
	if file := fileIn(rows[0]); file != "" {
		l.files, l.target = true, file
	} else {
		l.target = linkIn(rows[0])
	}
	for _, row := range rows {
		if !l.files && linkIn(row) != l.target {
			l.target = ""
		}
		l.ids = l.ids || row.has("id") || row.has(unnamed)
	}
	if l.files && slices.Contains(fileNames[1:], l.target) && !slices.ContainsFunc(rows, func(row memberList) bool { return row.has("id") }) {
		l.key = oldFileKey
		l.ids = l.ids || slices.ContainsFunc(rows, func(row memberList) bool { return row.has(oldFileKey) })
	}
	return l
}

// replaced tells whether all rows are sent, because the version drops the others.
func (l listing) replaced(o DiffOptions) bool { return o.ReplaceSubforms && !l.files }

// deletes tells whether rows that are gone are named. Of multi-select lookups it is not known that versions before v5
// drop what is not sent: with all rows, and the deletions, an update is right either way.
func (l listing) deletes(o DiffOptions) bool { return !o.ReplaceSubforms || l.target != "" }

// fileIn is the member that names the file in a row of a file or image field, empty in other rows.
func fileIn(row memberList) string {
	if i := slices.IndexFunc(fileNames, row.has); i >= 0 {
		return fileNames[i]
	}
	if row.has("File_Id") && !slices.ContainsFunc(row, func(m member) bool { return !slices.Contains(oldImage, m.name) }) {
		return "File_Id"
	}
	return ""
}

// linkIn is the member that leads to the other record in a row of a multi-select lookup: such a row holds nothing else.
func linkIn(row memberList) string {
	var link member
	for _, m := range row {
		switch {
		case m.name == "id" || m.name == "has_more" || strings.HasPrefix(m.name, "$"):
		case link.name != "" || linked(m.value) == "":
			return ""
		default:
			link = m
		}
	}
	return link.name
}

// linked is the record that a lookup leads to, empty when the value is none.
func linked(lookup []byte) string {
	if len(lookup) == 0 || lookup[0] != '{' {
		return ""
	}
	of, err := members(lookup)
	if err != nil {
		return ""
	}
	for _, name := range []string{"id", "email"} {
		if text, ok := of.get(name); ok {
			return name + " " + strings.Trim(string(text), `"`)
		}
	}
	return ""
}

// rowsOf are the objects in a list.
func rowsOf(list []byte) []memberList {
	texts, err := elements(list)
	if err != nil {
		return nil
	}
	var rows []memberList
	for _, text := range texts {
		if row, err := members(text); err == nil && text[0] == '{' {
			rows = append(rows, row)
		}
	}
	return rows
}
