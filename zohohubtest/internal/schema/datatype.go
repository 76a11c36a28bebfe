package schema

// dataType is what follows from a field's data type alone.
type dataType struct {
	json     string // json_type in Zoho's metadata
	length   int    // characters or digits; Zoho never answers 0
	decimals int
	readOnly bool // the CRM computes the value
	filter   bool // may stand in search criteria and views
	sort     bool
	custom   bool // a user may create a field of this type
}

// Lengths are those of a fresh org; limits that Zoho does not publish
// (website, lookups) only have to be positive, since clients refuse 0.
var dataTypes = map[string]dataType{
	"text":                {json: "string", length: 255, filter: true, sort: true, custom: true},
	"email":               {json: "string", length: 100, filter: true, sort: true, custom: true},
	"phone":               {json: "string", length: 30, filter: true, sort: true, custom: true},
	"website":             {json: "string", length: 450, filter: true, sort: true, custom: true},
	"textarea":            {json: "string", length: 2000, filter: true, custom: true},
	"picklist":            {json: "string", length: 120, filter: true, sort: true, custom: true},
	"multiselectpicklist": {json: "jsonarray", length: 765, filter: true, custom: true},
	"boolean":             {json: "boolean", length: 5, filter: true, sort: true, custom: true},
	"integer":             {json: "integer", length: 9, filter: true, sort: true, custom: true},
	"bigint":              {json: "string", length: 18, filter: true, sort: true, custom: true},
	"double":              {json: "double", length: 16, decimals: 2, filter: true, sort: true, custom: true},
	"percent":             {json: "double", length: 5, decimals: 2, filter: true, sort: true, custom: true},
	"currency":            {json: "double", length: 16, decimals: 2, filter: true, sort: true, custom: true},
	"date":                {json: "string", length: 20, filter: true, sort: true, custom: true},
	"datetime":            {json: "string", length: 120, filter: true, sort: true, custom: true},
	"autonumber":          {json: "string", length: 255, readOnly: true, filter: true, sort: true, custom: true},
	"formula":             {json: "string", length: 255, readOnly: true, filter: true, sort: true, custom: true},
	"rollup_summary":      {json: "string", length: 255, readOnly: true, filter: true, sort: true, custom: true},
	"lookup":              {json: "jsonobject", length: 120, filter: true, sort: true, custom: true},
	"userlookup":          {json: "jsonobject", length: 120, filter: true, sort: true, custom: true},
	"ownerlookup":         {json: "jsonobject", length: 120, filter: true, sort: true},
	"multiselectlookup":   {json: "jsonarray", length: 100, custom: true},
	"multiuserlookup":     {json: "jsonarray", length: 100, custom: true},
	"multi_module_lookup": {json: "jsonobject", length: 120, custom: true},
	"consent_lookup":      {json: "jsonobject", length: 120, custom: true},
	"time_range":          {json: "jsonobject", length: 11, custom: true},
	"subform":             {json: "jsonarray", length: 100, custom: true},
	"fileupload":          {json: "jsonarray", length: 5, custom: true},
	"imageupload":         {json: "jsonarray", length: 10, custom: true},
	"profileimage":        {json: "string", length: 255, readOnly: true},
	"layout":              {json: "jsonobject", length: 50},
	"ALARM":               {json: "jsonobject", length: 100},
	"RRULE":               {json: "jsonobject", length: 100},
	"event_reminder":      {json: "string", length: 120},
	"multireminder":       {json: "jsonarray", length: 100},
	"linetax":             {json: "jsonarray", length: 100},
}

// jsonTypeOf is the json_type of a computed value.
func jsonTypeOf(returnType string) string {
	if t, ok := dataTypes[returnType]; ok {
		return t.json
	}
	return "string"
}
