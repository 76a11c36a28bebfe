package codec

import (
	"slices"
	"strings"
)

// Zoho's own names, the same in every module, that decide how a field is written.
const (
	parentID     = "Parent_Id"
	whatID       = "What_Id"
	seModule     = "$se_module"
	participants = "Participants"
)

var (
	// writableMarks are the names with a $ that a write may hold; the others are Zoho's remarks on a record.
	writableMarks = []string{seModule, "$append_values", "$line_tax", "$send_notification", "$file_id"}
	// stamps are written by Zoho alone. Record_Image is the profile image's id: sent back empty it removes the image.
	stamps = []string{"Created_Time", "Modified_Time", "Created_By", "Modified_By", "Last_Activity_Time", "Record_Image"}
	// wholeLists are no subforms, though their rows have ids: those of the tags, taxes and territories themselves, and of the
	// ranges of a price book.
	wholeLists = []string{"Tag", "Tax", "Line_Tax", "$line_tax", "Territory", "Pricing_Details"}
)

// isSystem tells a field that Zoho alone writes; a subform's row is Zoho's to connect with its record, too.
func isSystem(name string, nested bool) bool {
	if strings.HasPrefix(name, "$") {
		return !slices.Contains(writableMarks, name)
	}
	return slices.Contains(stamps, name) || nested && name == parentID
}

// isWhole tells a list that is written as a whole, unlike a subform, whose rows are added, changed and deleted one by one.
// raw is what was loaded, if anything was: an event's participants are told by it from a user's own subform of that name.
func isWhole(name string, raw []byte) bool {
	return slices.Contains(wholeLists, name) || name == participants && haveMember(raw, "participant")
}

// haveMember tells whether an object of a loaded list has a member of that name.
func haveMember(raw []byte, name string) bool {
	rows, err := elements(raw)
	return err == nil && slices.ContainsFunc(rows, func(row []byte) bool {
		of, err := members(row)
		_, has := of.get(name)
		return err == nil && has
	})
}
