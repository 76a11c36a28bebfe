package zohohub

import (
	"context"
	"encoding/json"
	"time"
)

// Currency is one of those that the org's amounts may be in.
type Currency struct {
	ID   string
	Name string
	// ISOCode is as in "EUR".
	ISOCode, Symbol string
	// PrefixSymbol is set where the symbol comes before the amount.
	PrefixSymbol bool
	// ExchangeRate is how much of the currency the base currency's unit is, with all its digits.
	ExchangeRate json.Number
	// Base is set for the org's own currency.
	Base   bool
	Active bool
	// DecimalSeparator and ThousandSeparator are Zoho's words: "Period", "Comma", …
	DecimalSeparator, ThousandSeparator string
	DecimalPlaces                       int
	CreatedBy, ModifiedBy               Lookup
	CreatedTime, ModifiedTime           time.Time
	// Raw is the currency as Zoho sent it.
	Raw json.RawMessage
}

// Currencies lists the org's currencies; none where it has not several. It costs one credit.
//
// Zoho: GET /crm/v8/org/currencies  https://www.zoho.com/crm/developer/docs/api/v8/get-currencies.html
func (c *Connection) Currencies(ctx context.Context) ([]Currency, error) {
	raws, err := c.entries(ctx, Request{Op: "list currencies", Path: "org/currencies"}, "currencies")
	return each(raws, err, newCurrency)
}

func newCurrency(raw json.RawMessage) Currency {
	m := metaOf(raw)
	format := m.sub("format")
	return Currency{
		ID: m.text("id"), Name: m.text("name"), ISOCode: m.text("iso_code"), Symbol: m.text("symbol"), PrefixSymbol: m.flag("prefix_symbol"),
		ExchangeRate: json.Number(m.text("exchange_rate")), Base: m.flag("is_base"), Active: m.flag("is_active"),
		DecimalSeparator: format.text("decimal_separator"), ThousandSeparator: format.text("thousand_separator"),
		DecimalPlaces: format.number("decimal_places"), CreatedBy: m.lookup("created_by"), ModifiedBy: m.lookup("modified_by"),
		CreatedTime: m.time("created_time"), ModifiedTime: m.time("modified_time"), Raw: raw,
	}
}
