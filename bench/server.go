package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// endless plays Zoho's list of a module's records: GET /crm/v8/Leads answers newest first with 200 leads a page and a
// token for the next one, or with those that `ids` names. A lead is made when it is asked for and is the same each time.
// The one that was made last was changed last too.
//
// In one thing it is not Zoho: there a chain of page tokens ends at 100,000 records with PAGINATION_LIMIT_EXCEEDED
// (zohohub.ErrTruncated), and so it does in zohohubtest. No list of a million could be measured, so here it goes on.
type endless struct{ leads int }

// refusal is Zoho's code and the parameter at fault.
type refusal struct{ code, param string }

// ServeHTTP implements [http.Handler].
func (e endless) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json;charset=UTF-8")
	body, refused, err := e.answer(r.URL.Query())
	switch {
	case r.Method != http.MethodGet || r.URL.Path != "/crm/v8/Leads":
		refused, body = &refusal{"INVALID_URL_PATTERN", "path"}, nil
	case err != nil:
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	if refused != nil {
		w.WriteHeader(http.StatusBadRequest)
		body = fmt.Appendf(nil, `{"code":%q,"details":{"param_name":%q},"message":"refused","status":"error"}`, refused.code, refused.param)
	}
	if len(body) == 0 {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	_, _ = w.Write(body) //nolint:gosec // JSON for no browser; a client that has gone needs no answer
}

func (e endless) answer(query url.Values) ([]byte, *refusal, error) {
	wanted := map[string]bool{}
	for name := range strings.SplitSeq(query.Get("fields"), ",") {
		wanted[name] = true
	}
	perPage, _ := strconv.Atoi(query.Get("per_page")) // no number is 0
	sortedBy := cmp.Or(query.Get("sort_by"), "id")
	switch {
	case sortedBy != "id" && sortedBy != "Modified_Time" || query.Get("sort_order") == "asc":
		return nil, &refusal{"INVALID_DATA", "sort_by"}, nil
	case query.Get("fields") == "":
		return nil, &refusal{"REQUIRED_PARAM_MISSING", "fields"}, nil
	case len(wanted) > 50:
		return nil, &refusal{"LIMIT_EXCEEDED", "fields"}, nil
	case perPage < 1:
		return nil, &refusal{"PATTERN_NOT_MATCHED", "per_page"}, nil
	case perPage > leadsPerPage:
		return nil, &refusal{"LIMIT_EXCEEDED", "per_page"}, nil
	}
	var (
		numbers []int
		next    string
		refused *refusal
	)
	if ids := query.Get("ids"); ids != "" {
		numbers, refused = e.named(ids)
	} else {
		numbers, next, refused = e.page(query, perPage)
	}
	if refused != nil || len(numbers) == 0 {
		return nil, refused, nil
	}
	body, err := writeList(numbers, wanted, next, perPage, sortedBy)
	return body, nil, err
}

// named are the numbers of the leads with these ids.
func (e endless) named(ids string) ([]int, *refusal) {
	var numbers []int
	for id := range strings.SplitSeq(ids, ",") {
		n, err := strconv.Atoi(id)
		if i := (n - firstID) / idStep; err == nil && leadID(i) == id && i >= 0 && i < e.leads {
			numbers = append(numbers, i)
		}
	}
	if len(numbers) > 100 {
		return nil, &refusal{"LIMIT_EXCEEDED", "ids"}
	}
	slices.Sort(numbers)
	slices.Reverse(numbers)
	return numbers, nil
}

// page is the first page, or the one that a token names.
func (e endless) page(query url.Values, perPage int) (numbers []int, next string, refused *refusal) {
	above := e.leads // the number of the lead before the page
	switch token := query.Get("page_token"); {
	case token != "":
		if _, err := fmt.Sscanf(token, "after-%d", &above); err != nil || above <= 0 || above > e.leads {
			return nil, "", &refusal{"TOKEN_BOUND_DATA_MISMATCH", "page_token"}
		}
	case query.Get("page") != "1": // All goes by tokens
		return nil, "", &refusal{"PATTERN_NOT_MATCHED", "page"}
	}
	for i := above - 1; i >= 0 && len(numbers) < perPage; i-- {
		numbers = append(numbers, i)
	}
	if above > perPage {
		next = fmt.Sprintf("after-%d", above-perPage)
	}
	return numbers, next, nil
}

// writeList is Zoho's answer with these leads.
func writeList(numbers []int, wanted map[string]bool, next string, perPage int, sortedBy string) ([]byte, error) {
	var b bytes.Buffer
	b.WriteString(`{"data":[`)
	for k, i := range numbers {
		if k > 0 {
			b.WriteByte(',')
		}
		r := rand.New(rand.NewPCG(2018, uint64(i))) //nolint:gosec // counted from 0
		if err := writeLead(&b, lead(r, i), r, wanted); err != nil {
			return nil, err
		}
		writeAnswers(&b, i, wanted)
	}
	b.WriteString(`],"info":`)
	info := map[string]any{
		"call": false, "email": false, "page": 1, "per_page": perPage, "count": len(numbers), "sort_by": sortedBy, "sort_order": "desc",
		"more_records": next != "", "next_page_token": nil, "previous_page_token": nil, "page_token_expiry": nil,
	}
	if next != "" {
		info["next_page_token"], info["page_token_expiry"] = next, "2026-05-02T10:00:00+02:00"
	}
	err := json.NewEncoder(&b).Encode(info)
	b.WriteByte('}')
	return b.Bytes(), err
}

// writeAnswers adds the fields of a [WideLead] to the lead that was just written.
func writeAnswers(b *bytes.Buffer, i int, wanted map[string]bool) {
	for k := 1; k <= 20; k++ {
		if name := fmt.Sprintf("Answer%d", k); wanted[name] {
			b.Truncate(b.Len() - len("}"))
			fmt.Fprintf(b, ",%q:%q}", name, leadAnswer(k, i))
		}
	}
}

func leadAnswer(k, i int) string { return fmt.Sprintf("answer %d of lead %d", k, i) }
