package codec_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"go.uber.org/goleak"

	"github.com/zohohub/zohohub/internal/codec"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// Ref is read whole and written as its id or address, as the library's Lookup.
type Ref struct {
	ID    string
	Name  string `zoho:"name"`
	Email string `zoho:"email"`
}

func (r Ref) ZohoValue() any {
	switch {
	case r.ID != "":
		return map[string]any{"id": r.ID}
	case r.Email != "":
		return map[string]any{"email": r.Email}
	default:
		return nil
	}
}

// Day is text in JSON, as the library's Date.
type Day struct{ Year, Month, Day int }

func (d Day) MarshalText() ([]byte, error) {
	if d == (Day{}) {
		return nil, nil
	}
	return fmt.Appendf(nil, "%04d-%02d-%02d", d.Year, d.Month, d.Day), nil
}

func (d *Day) UnmarshalText(b []byte) error {
	if _, err := fmt.Sscanf(string(b), "%04d-%02d-%02d", &d.Year, &d.Month, &d.Day); err != nil {
		return errors.New("not a day")
	}
	return nil
}

// Celsius has JSON of its own.
type Celsius struct{ Degrees float64 }

func (c Celsius) MarshalJSON() ([]byte, error) {
	return fmt.Appendf(nil, ` {"deg": %g} `, c.Degrees), nil
}

func (c *Celsius) UnmarshalJSON(b []byte) error {
	var v struct{ Deg float64 }
	if err := json.Unmarshal(b, &v); err != nil {
		return errors.New("not a temperature")
	}
	c.Degrees = v.Deg
	return nil
}

type Status string

type Values map[string]any

type tracked struct{ loaded []byte } //nolint:unused // stands for the library's Tracked

type audit struct {
	CreatedTime time.Time `zoho:",readonly"`
	CreatedBy   Ref       `zoho:",readonly"`
}

type Item struct {
	ID       string
	Product  Ref     `zoho:"Product_Name"`
	Quantity float64 `zoho:"Quantity"`
	Note     string  `zoho:"Description"`
	Total    float64 `zoho:",readonly"`
}

type Period struct {
	From string `zoho:"From"`
	To   string `zoho:"To"`
}

// Order has a field of each kind.
type Order struct {
	tracked //nolint:unused // no field of its own
	audit
	ID        string
	Subject   string `json:"own_name,omitempty"`
	Stage     Status
	Amount    float64
	Rate      float32
	Count     int
	Small     int8
	Big       uint64
	Paid      bool
	Rush      bool `zoho:",always"`
	Due       Day
	SentTime  time.Time
	Tags      []string
	Scores    []int
	Owner     Ref
	Watchers  []Ref
	Items     []Item `zoho:"Ordered_Items"`
	Hours     Period
	Nick      *string
	Limit     *int
	Boxed     **int
	Gift      *Period
	Options   Values
	Counts    map[string]int
	Anything  any
	Raw       json.RawMessage
	Number    json.Number
	Outside   Celsius
	Ignored   string `zoho:"-"`
	hidden    string //nolint:unused // must be left alone
	Extra     Values `zoho:",unknown"`
	Parent    *Order
	SubOrders []*Order
}

type Loose struct {
	ID     string
	Fields Values `zoho:",unknown,always"`
}

func planOf[T any]() *codec.Plan { return codec.For(reflect.TypeFor[T]()) }

// sameText compares byte for byte: as JSON, the order of names and the digits beyond 2^53 would not count.
func sameText(t *testing.T, want string, got []byte) {
	t.Helper()
	assert.Equal(t, want, string(got))
}

func cet(t string) time.Time {
	parsed, err := time.Parse(time.RFC3339, t)
	if err != nil {
		panic(err)
	}
	return parsed
}

var long = strings.Repeat("long text ", 1000)
