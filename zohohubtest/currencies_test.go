package zohohubtest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	currenciesPath = "v8/org/currencies"
	euroID         = "3652397000000780001"
	dollarID       = "3652397000000780002"
	pointComma     = `{"decimal_separator":"Period","thousand_separator":"Comma","decimal_places":"2"}`
)

func currenciesJSON(items ...string) string {
	return `{"currencies":[` + strings.Join(items, ",") + `]}`
}

func currencyJSON(id, name, symbol, rate, base string) string {
	return `{"id":"` + id + `","name":"` + name + `","iso_code":"` + name[len(name)-3:] + `","symbol":"` + symbol + `","exchange_rate":"` + rate +
		`","is_base":` + base + `,"is_active":true,"prefix_symbol":true,"format":` + pointComma + `,"created_by":` + anaRef + `,"modified_by":` + anaRef +
		`,"created_time":"` + testTime + `","modified_time":"` + testTime + `"}`
}

func currencyDone(id, what string) string {
	return `{"code":"SUCCESS","details":{"id":"` + id + `"},"message":"The currency ` + what + ` successfully.","status":"success"}`
}

func currencyFault(code, message, name, more string) string {
	last := name[strings.LastIndex(name, ".")+1:]
	return refusedJSON(code, message, `{"api_name":"`+last+`","json_path":"$.currencies[0].`+name+`"`+more+`}`)
}

func TestCurrencies(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	euro, dollar := currencyJSON(euroID, "Euro - EUR", "€", "1.000000000", "true"), currencyJSON(dollarID, "US Dollar - USD", "$", "1.250000000", "false")
	o.expect(200, currenciesJSON(euro, dollar), "GET", currenciesPath, "")
	o.expect(200, currenciesJSON(dollar), "GET", currenciesPath+"/"+dollarID, "")
	o.expect(204, "", "GET", currenciesPath+"/7", "")
	o.expect(400, badSettingsID, "GET", currenciesPath+"/USD", "")
	assert.Contains(t, o.call("GET", "v8/org", "").Body.String(), `"mc_status":true`)

	o.expect(200, currenciesJSON(currencyDone(id1, "created"), currencyDone(id2, "created")), "POST", currenciesPath,
		`{"currencies":[{"name":"Angolan Kwanza - AOA","iso_code":"AOA","symbol":"Kz","exchange_rate":"950.5"},{"name":"Yen - JPY","iso_code":"JPY","exchange_rate":"160"}]}`)
	kwanza := currencyJSON(id1, "Angolan Kwanza - AOA", "Kz", "950.500000000", "false")
	yen := currencyJSON(id2, "Yen - JPY", "JPY", "160.000000000", "false")
	o.expect(200, currenciesJSON(euro, dollar, kwanza, yen), "GET", currenciesPath, "")

	o.now = o.now.Add(time.Minute)
	o.expect(200, currenciesJSON(currencyDone(id1, "updated")), "PUT", currenciesPath, `{"currencies":[{"id":"`+id1+`","exchange_rate":"0.5","is_active":false}]}`)
	o.expect(200, currenciesJSON(currencyDone(id1, "updated")), "PUT", currenciesPath+"/"+id1, `{"currencies":[{"prefix_symbol":false,"format":{"decimal_places":0}}]}`)
	kwanza = strings.NewReplacer(`950.500000000`, `0.500000000`, `"is_active":true`, `"is_active":false`, `"prefix_symbol":true`, `"prefix_symbol":false`,
		`"decimal_places":"2"`, `"decimal_places":"0"`, `"modified_time":"`+testTime, `"modified_time":"2026-03-01T10:01:00+01:00`).Replace(kwanza)
	o.expect(200, currenciesJSON(kwanza), "GET", currenciesPath+"/"+id1, "")
}

func TestCurrenciesAreRefused(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	before := o.call("GET", currenciesPath, "").Body.String()
	required := func(name string) string {
		return currencyFault("MANDATORY_NOT_FOUND", "required field not found", name, "")
	}
	bad := func(name, more string) string { return currencyFault("INVALID_DATA", "invalid data", name, more) }
	const rate = `,"regex":"^[0-9]{1,9}(\\.[0-9]{1,9})?$"`
	yen := func(more string) string {
		return `{"name":"Yen - JPY","iso_code":"JPY","exchange_rate":"160"` + more + `}`
	}
	for row, want := range map[string]string{
		`{}`:                              required("name"),
		`{"name":"Yen - JPY"}`:            required("iso_code"),
		`{"name":"Yen","iso_code":"JPY"}`: required("exchange_rate"),
		`{"name":"Yen","iso_code":"jpy","exchange_rate":"1"}`:             bad("iso_code", `,"regex":"^[A-Z]{3}$"`),
		`{"name":"Yen","iso_code":"JPY","exchange_rate":1}`:               bad("exchange_rate", `,"expected_data_type":"text"`),
		`{"name":"Yen","iso_code":"JPY","exchange_rate":"1,5"}`:           bad("exchange_rate", rate),
		`{"name":"Yen","iso_code":"JPY","exchange_rate":"0.0"}`:           bad("exchange_rate", rate),
		`{"name":"Dollar","iso_code":"USD","exchange_rate":"1"}`:          currencyFault("DUPLICATE_DATA", "duplicate data", "iso_code", ""),
		`{"name":"us dollar - usd","iso_code":"USN","exchange_rate":"1"}`: currencyFault("DUPLICATE_DATA", "duplicate data", "name", ""),
		yen(`,"symbol":""`):                     required("symbol"),
		yen(`,"is_active":"no"`):                bad("is_active", `,"expected_data_type":"boolean"`),
		yen(`,"format":"2"`):                    bad("format", `,"expected_data_type":"jsonobject"`),
		yen(`,"format":{"decimal_places":"5"}`): bad("format.decimal_places", `,"supported_values":["0","2","3"]`),
	} {
		o.expect(400, currenciesJSON(want), "POST", currenciesPath, `{"currencies":[`+row+`]}`)
	}
	for row, want := range map[string]string{
		`{"symbol":"U$"}`:                              required("id"),
		`{"id":"7","symbol":"U$"}`:                     currencyFault("INVALID_DATA", "the id given seems to be invalid", "id", ""),
		`{"id":"` + euroID + `","exchange_rate":"2"}`:  bad("exchange_rate", ""),
		`{"id":"` + euroID + `","is_active":false}`:    bad("is_active", ""),
		`{"id":"` + dollarID + `","iso_code":"EUR"}`:   currencyFault("DUPLICATE_DATA", "duplicate data", "iso_code", ""),
		`{"id":"` + dollarID + `","name":"","rate":1}`: required("name"),
	} {
		o.expect(400, currenciesJSON(want), "PUT", currenciesPath, `{"currencies":[`+row+`]}`)
	}
	o.expect(400, badSettingsID, "PUT", currenciesPath+"/7", `{"currencies":[{"symbol":"U$"}]}`)
	assert.JSONEq(t, before, o.call("GET", currenciesPath, "").Body.String())
}

func TestTenCurrenciesInUse(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	add := func(i int, more string) int {
		return o.call("POST", currenciesPath, fmt.Sprintf(`{"currencies":[{"name":"C%d","iso_code":"AA%c","exchange_rate":"1"%s}]}`, i, 'A'+i, more)).Code
	}
	for i := range 8 {
		require.Equal(t, 200, add(i, ""))
	}
	assert.Equal(t, 400, add(8, ""))
	assert.Equal(t, 200, add(8, `,"is_active":false`))
	over := refusedJSON("ACTIVE_STATE_LIMIT_EXCEEDED", "Allowed active currency limit 10 reached. Please deactivate any one of the existing active currencies to create this currency", `{}`)
	o.expect(400, currenciesJSON(over), "PUT", currenciesPath, `{"currencies":[{"id":"5725767000010000009","is_active":true}]}`)
	require.Equal(t, 200, o.call("PUT", currenciesPath, `{"currencies":[{"id":"`+dollarID+`","is_active":false}]}`).Code)
	require.Equal(t, 200, o.call("PUT", currenciesPath, `{"currencies":[{"id":"5725767000010000009","is_active":true}]}`).Code)
}
