package expr

import "fmt"

// Kind says what is wrong with a condition.
type Kind int

// The faults that Zoho tells apart.
const (
	BadSyntax       Kind = iota // the text cannot be read
	UnknownField                // no such field, or one that cannot be searched
	BadOperator                 // not for this data type
	BadType                     // the value does not fit the data type
	BadValue                    // fits, but not allowed: empty, too short, too many
	TooManyCriteria             // more comparisons than Options.MaxCriteria
)

// Error is a condition that Zoho would refuse, with what its answer needs.
type Error struct {
	Kind     Kind
	Reason   string
	Field    string
	Op       Op
	Value    string
	Expected string // the data type, for BadType
	Limit    int    // for TooManyCriteria
}

// Error implements error.
func (e *Error) Error() string {
	if e.Field == "" {
		return "criteria: " + e.Reason
	}
	return fmt.Sprintf("criteria: %s: %s", e.Field, e.Reason)
}

// Code is the code of Zoho's answer, which has status 400.
func (e *Error) Code() string {
	if e.Kind == TooManyCriteria {
		return "CRITERIA_LIMIT_EXCEEDED"
	}
	return "INVALID_QUERY"
}

// Details are the details of Zoho's answer.
func (e *Error) Details() map[string]any {
	if e.Kind == TooManyCriteria {
		return map[string]any{"limit": e.Limit}
	}
	d := map[string]any{"reason": e.Reason}
	if e.Field != "" {
		d["api_name"] = e.Field
	}
	switch e.Kind {
	case BadOperator:
		d["operator"] = string(e.Op)
	case BadType:
		d["expected_data_type"] = e.Expected
	case BadValue:
		d["value"] = e.Value
	}
	return d
}
