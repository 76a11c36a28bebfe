package codec

import (
	"slices"
	"strings"
)

// Zoho's own names, the same in every module, that decide how a field is written.
const (
	parentID = "Parent_Id"
	whatID   = "What_Id"
	seModule = "$se_module"
)

var (
	// writableMarks are the names with a $ that a write may hold; the others are Zoho's remarks on a record.
	writableMarks = []string{seModule, "$append_values", "$line_tax", "$send_notification", "$file_id"}
	// stamps are written by Zoho alone. Record_Image is the profile image's id: sent back empty it removes the image.
	stamps = []string{
		"Created_Time", "Modified_Time", "Created_By", "Modified_By", "Last_Activity_Time", "Record_Image",
		"Locked__s", "Record_Status__s", "Converted__s", "Change_Log_Time__s", "Last_Enriched_Time__s", "Enrich_Status__s",
	}
	// writableInRows are the names in __s, Zoho's own, that a row may hold: a file, and what may be said of an image.
	writableInRows = []string{"File_Id__s", "Sequence_Number__s", "Description__s"}
)

// isSystem tells a field that Zoho alone writes; a subform's row is Zoho's to connect with its record, too, and what a
// file's row says of the file.
func isSystem(name string, nested bool) bool {
	switch {
	case strings.HasPrefix(name, "$"):
		return !slices.Contains(writableMarks, name)
	case nested && strings.HasSuffix(name, "__s"):
		return !slices.Contains(writableInRows, name)
	}
	return slices.Contains(stamps, name) || nested && name == parentID
}
