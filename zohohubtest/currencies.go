package zohohubtest

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// currency is one that the organisation trades in. Records are in the base currency all the same: they have neither the
// field Currency nor Exchange_Rate.
type currency struct {
	id, name, iso, symbol string
	rate                  string // how much of it one of the base currency is, with nine decimals
	base, active, prefix  bool
	format                map[string]any
	by, changedBy         map[string]any
	created, modified     time.Time
}

const (
	currenciesKey = "currencies"
	// maxActiveCurrencies is how many may be in use at once.
	maxActiveCurrencies = 10
	maxCurrencyName     = 100
	rateRegex           = `^[0-9]{1,9}(\.[0-9]{1,9})?$`
	isoRegex            = `^[A-Z]{3}$`
)

var (
	ratePattern = regexp.MustCompile(rateRegex)
	isoPattern  = regexp.MustCompile(isoRegex)

	// currencyFormats are the words that a format may have, by its keys.
	currencyFormats = map[string][]string{
		"decimal_separator": {"Comma", "Period"}, "thousand_separator": {"Space", "Comma", "Period"}, "decimal_places": {"0", "2", "3"},
	}
	usualFormat = map[string]any{"decimal_separator": "Period", "thousand_separator": "Comma", "decimal_places": "2"}
)

// defaultCurrencies are in every organisation: its own and one more.
func defaultCurrencies(at time.Time) []*currency {
	by := map[string]any{"name": "Ana Silva", "id": defaultUserID}
	return []*currency{
		{
			id: "3652397000000780001", name: "Euro - EUR", iso: "EUR", symbol: orgCurrencySymbol, rate: "1.000000000", base: true, active: true, prefix: true,
			format: usualFormat, by: by, changedBy: by, created: at, modified: at,
		},
		{
			id: "3652397000000780002", name: "US Dollar - USD", iso: "USD", symbol: "$", rate: "1.250000000", active: true, prefix: true,
			format: usualFormat, by: by, changedBy: by, created: at, modified: at,
		},
	}
}

func (c *currency) json() map[string]any {
	return map[string]any{
		"id": c.id, "name": c.name, "iso_code": c.iso, "symbol": c.symbol, "exchange_rate": c.rate, "is_base": c.base, "is_active": c.active,
		"prefix_symbol": c.prefix, "format": c.format, "created_by": c.by, "modified_by": c.changedBy,
		"created_time": formatTime(c.created), "modified_time": formatTime(c.modified),
	}
}

// listCurrencies is GET org/currencies.
func (c *crm) listCurrencies(*request) outcome {
	shown := make([]any, len(c.settings.currencies))
	for i, cur := range c.settings.currencies {
		shown[i] = cur.json()
	}
	return allOrNone(currenciesKey, shown)
}

// getCurrency is GET org/currencies/{id}.
func (c *crm) getCurrency(q *request) outcome {
	if _, ok := parseID(q.id); !ok {
		return badIDAt(2).outcome()
	}
	if cur := c.currency(q.id); cur != nil {
		return allOrNone(currenciesKey, []any{cur.json()})
	}
	return outcome{status: http.StatusNoContent}
}

func (c *crm) currency(id string) *currency {
	i := slices.IndexFunc(c.settings.currencies, func(cur *currency) bool { return cur.id == id })
	if i < 0 {
		return nil
	}
	return c.settings.currencies[i]
}

// addCurrencies is POST org/currencies.
func (c *crm) addCurrencies(q *request) outcome {
	w := c.settingsWrite(q)
	return c.eachOf(q, currenciesKey, maxRows, http.StatusOK, func(i int, row map[string]any) (map[string]any, *refusal) {
		s := site{path: indexed("$."+currenciesKey, i)}
		for _, name := range []string{"name", "iso_code", "exchange_rate"} {
			if row[name] == nil || row[name] == "" {
				s.name = name
				return nil, w.mandatory(s)
			}
		}
		cur := &currency{active: true, prefix: true, format: usualFormat, by: minified(w.by), created: w.now}
		if refused := w.currency(cur, s, row); refused != nil {
			return nil, refused
		}
		if cur.symbol == "" {
			cur.symbol = cur.iso
		}
		cur.id = formatID(c.nextID())
		c.settings.currencies = append(c.settings.currencies, cur)
		return doneItem(cur.id, "The currency created successfully."), nil
	})
}

// updateCurrencies is PUT org/currencies, updateCurrency PUT org/currencies/{id}.
func (c *crm) updateCurrencies(q *request) outcome {
	return c.changeCurrencies(q, maxRows, func(w *write, s site, row map[string]any) (*currency, *refusal) {
		text, _ := scalarText(row["id"])
		if s.name = "id"; text == "" {
			return nil, w.mandatory(s)
		}
		if cur := c.currency(text); cur != nil {
			return cur, nil
		}
		return nil, w.fault(s, "INVALID_DATA", "the id given seems to be invalid")
	})
}

func (c *crm) updateCurrency(q *request) outcome {
	cur := c.currency(q.id)
	if cur == nil {
		return badIDAt(2).outcome()
	}
	return c.changeCurrencies(q, 1, func(*write, site, map[string]any) (*currency, *refusal) { return cur, nil })
}

func (c *crm) changeCurrencies(q *request, limit int, find func(w *write, s site, row map[string]any) (*currency, *refusal)) outcome {
	w := c.settingsWrite(q)
	return c.eachOf(q, currenciesKey, limit, http.StatusOK, func(i int, row map[string]any) (map[string]any, *refusal) {
		s := site{path: indexed("$."+currenciesKey, i)}
		cur, refused := find(w, s, row)
		if refused != nil {
			return nil, refused
		}
		changed := *cur
		if refused := w.currency(&changed, s, row); refused != nil {
			return nil, refused
		}
		*cur = changed
		return doneItem(cur.id, "The currency updated successfully."), nil
	})
}

// currency takes over what a row says of a currency. Of the base currency neither the rate nor that it is in use can be
// changed.
func (w *write) currency(cur *currency, s site, row map[string]any) *refusal {
	text := func(name, regex string, pattern *regexp.Regexp, into *string) *refusal {
		sent := row[name]
		if sent == nil {
			return nil
		}
		s.name = name
		value, isText := sent.(string)
		switch {
		case !isText:
			return w.expected(s, "text")
		case value == "":
			return w.mandatory(s)
		case pattern != nil && !pattern.MatchString(value):
			return w.fault(s, "INVALID_DATA", "invalid data", "regex", regex)
		case utf8.RuneCountInString(value) > maxCurrencyName:
			return w.tooLong(s, maxCurrencyName)
		}
		*into = value
		return nil
	}
	flag := func(name string, into *bool) *refusal {
		sent := row[name]
		value, isFlag := sent.(bool)
		if s.name = name; sent != nil && !isFlag {
			return w.expected(s, "boolean")
		}
		*into = value || sent == nil && *into
		return nil
	}
	rate := cur.rate
	for _, refused := range []*refusal{
		text("name", "", nil, &cur.name), text("iso_code", isoRegex, isoPattern, &cur.iso), text("symbol", "", nil, &cur.symbol),
		text("exchange_rate", rateRegex, ratePattern, &rate), flag("prefix_symbol", &cur.prefix), w.currencyFormat(cur, s, row["format"]),
	} {
		if refused != nil {
			return refused
		}
	}
	active := cur.active
	if refused := flag("is_active", &active); refused != nil {
		return refused
	}
	rate = nineDecimals(rate)
	if rate == nineDecimals("0") {
		s.name = "exchange_rate"
		return w.fault(s, "INVALID_DATA", "invalid data", "regex", rateRegex)
	}
	if cur.base && (rate != cur.rate || !active) {
		s.name = "exchange_rate"
		if rate == cur.rate {
			s.name = "is_active"
		}
		return w.fault(s, "INVALID_DATA", "invalid data")
	}
	inUse := 0
	for _, other := range w.c.settings.currencies {
		switch {
		case other.id == cur.id:
			continue
		case other.iso == cur.iso:
			return w.fault(site{path: s.path, name: "iso_code"}, "DUPLICATE_DATA", "duplicate data")
		case strings.EqualFold(other.name, cur.name):
			return w.fault(site{path: s.path, name: "name"}, "DUPLICATE_DATA", "duplicate data")
		case other.active:
			inUse++
		}
	}
	if active && inUse >= maxActiveCurrencies {
		return newRefusal(http.StatusBadRequest, "ACTIVE_STATE_LIMIT_EXCEEDED", "Allowed active currency limit 10 reached. Please deactivate any one of the existing active currencies to create this currency", nil)
	}
	cur.rate, cur.active = rate, active
	cur.changedBy, cur.modified = minified(w.by), w.now
	return nil
}

// currencyFormat takes over how amounts are written; what is not said of it stays.
func (w *write) currencyFormat(cur *currency, s site, sent any) *refusal {
	if sent == nil {
		return nil
	}
	s.name = "format"
	object, ok := sent.(map[string]any)
	if !ok {
		return w.expected(s, "jsonobject")
	}
	format := map[string]any{}
	for key, was := range cur.format {
		format[key] = was
		if word := object[key]; word != nil {
			text, _ := scalarText(word)
			if !slices.Contains(currencyFormats[key], text) {
				return w.unsupported(s.at(key), currencyFormats[key])
			}
			format[key] = text
		}
	}
	cur.format = format
	return nil
}

// nineDecimals writes a rate as Zoho does.
func nineDecimals(rate string) string {
	whole, part, _ := strings.Cut(rate, ".")
	whole = strings.TrimLeft(whole, "0")
	if whole == "" {
		whole = "0"
	}
	return whole + "." + part + strings.Repeat("0", 9-len(part))
}
