package codec

import (
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// DecodeError is a JSON value that does not fit the Go field it is meant for. It never holds the value itself.
type DecodeError struct {
	// Path leads to the value by API names: "Owner.id", "data[3].Quoted_Items[0].Quantity".
	Path string
	// Root is the struct that was decoded into, Type the type of the field.
	Root, Type reflect.Type
	// Record is the record's id, where the JSON has one.
	Record string
	// Kind is what the JSON held: "string", "number", "boolean", "null", "object" or "array".
	Kind string
	// Err says more, when there is more to say.
	Err error
}

func (e *DecodeError) Error() string {
	var b strings.Builder
	b.WriteString("zohohub: ")
	if e.Root != nil {
		b.WriteString(typeName(e.Root))
		if e.Record != "" {
			b.WriteString(" " + e.Record)
		}
		b.WriteString(": ")
	}
	if e.Path != "" {
		b.WriteString(e.Path)
		b.WriteString(": ")
	}
	fmt.Fprintf(&b, "a JSON %s does not fit %s", e.Kind, e.Type)
	if e.Err != nil {
		b.WriteString(": ")
		b.WriteString(e.Err.Error())
	}
	return b.String()
}

func (e *DecodeError) Unwrap() error { return e.Err }

// SyntaxError is an answer that is not JSON. Truncated tells a cut answer from a wrong one.
type SyntaxError struct {
	Offset    int64
	Truncated bool
}

func (e *SyntaxError) Error() string {
	if e.Truncated {
		return fmt.Sprintf("zohohub: JSON is cut short after %d bytes", e.Offset)
	}
	return fmt.Sprintf("zohohub: not JSON, from byte %d on", e.Offset)
}

// syntax turns the decoder's own errors into ours, so that nobody outside comes to depend on the decoder.
func syntax(err error, offset int64) error {
	if s, ok := errors.AsType[*jsontext.SyntacticError](err); ok {
		offset = s.ByteOffset
	}
	return &SyntaxError{Offset: offset, Truncated: errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF)}
}

// at puts a step of the path in front of an error on its way out.
func at(step string, err error) error {
	e, ok := err.(*DecodeError) //nolint:errorlint // only our own, unwrapped, gets a path
	if !ok {
		return err
	}
	if e.Path != "" && e.Path[0] != '[' {
		step += "."
	}
	e.Path = step + e.Path
	return e
}

func kindName(raw []byte) string {
	switch jsontext.Value(raw).Kind() {
	case jsontext.KindNull:
		return "null"
	case jsontext.KindTrue, jsontext.KindFalse:
		return "boolean"
	case jsontext.KindString:
		return "string"
	case jsontext.KindNumber:
		return "number"
	case jsontext.KindBeginObject:
		return "object"
	case jsontext.KindBeginArray:
		return "array"
	default:
		return "fault"
	}
}

func typeName(t reflect.Type) string {
	if name := t.Name(); name != "" {
		return name
	}
	return t.String()
}
