package zohohub

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/zohohub/zohohub/internal/codec"
)

// RecordOption is an option of [NewRecord].
type RecordOption interface{ applyRecord(*recordConfig) }

type recordConfig struct {
	module string
	named  bool
}

type inModule string

func (m inModule) applyRecord(c *recordConfig) { c.module, c.named = string(m), true }

// InModule names the module by its API name, where the type's name does not say it.
func InModule(apiName string) RecordOption { return inModule(apiName) }

// RelatedOption is an option of [Record.Related].
type RelatedOption interface{ applyRelated(*relatedConfig) }

type relatedConfig struct {
	list      string
	ofDeleted bool
}

type relatedOption func(*relatedConfig)

func (o relatedOption) applyRelated(c *relatedConfig) { o(c) }

// InList names the related list by its API name, where it is not that of the records' module: "Contact_Roles" of a deal,
// for example. [Connection.RelatedLists] tells them.
func InList(apiName string) RelatedOption {
	return relatedOption(func(c *relatedConfig) { c.list = apiName })
}

// OfDeleted says that the parent is in the recycle bin. What hangs on it can be listed, not changed.
func OfDeleted() RelatedOption {
	return relatedOption(func(c *relatedConfig) { c.ofDeleted = true })
}

// ListOption is an option of the calls that list records: [Record.All], [Record.Where], [Record.Page], [Record.Deleted],
// [Related.All].
type ListOption interface{ applyList(*listConfig) }

// listConfig is what a list's options add up to.
type listConfig struct {
	page, perPage int
	token         string
	params        Params
	header        http.Header
	only          []string
	expect        int
	sequential    bool
	errs          []error
}

type listOption func(*listConfig)

func (o listOption) applyList(c *listConfig) { o(c) }

const maxPerPage = 200

func newListConfig(opts []ListOption) (*listConfig, error) {
	c := &listConfig{params: Params{}, header: http.Header{}}
	for _, o := range opts {
		if o != nil {
			o.applyList(c)
		}
	}
	if c.page != 0 && c.token != "" {
		c.errs = append(c.errs, errors.New("PageNumber and PageToken exclude each other"))
	}
	if c.perPage == 0 {
		c.perPage = maxPerPage
		if c.expect > 0 && c.expect < maxPerPage {
			c.perPage = c.expect
		}
	}
	return c, errors.Join(c.errs...)
}

// id sets a parameter that is an id.
func (c *listConfig) id(option, param, id string) {
	if err := checkRef(option, id); err != nil {
		c.errs = append(c.errs, err)
	}
	c.params[param] = id
}

// PageNumber starts at page n, counted from 1. Zoho reaches the first 2,000 records by number; further pages by [PageToken].
func PageNumber(n int) ListOption {
	return listOption(func(c *listConfig) {
		c.page = n
		if n < 1 {
			c.errs = append(c.errs, fmt.Errorf("PageNumber(%d): pages are counted from 1", n))
		}
	})
}

// PerPage asks for n records a page, 1 to 200. Without it 200 are asked for.
func PerPage(n int) ListOption {
	return listOption(func(c *listConfig) {
		c.perPage = n
		if n < 1 || n > maxPerPage {
			c.errs = append(c.errs, fmt.Errorf("PerPage(%d): not 1 to %d", n, maxPerPage))
		}
	})
}

// PageToken starts at the page that a [PageInfo.NextPageToken] names, in this process or another. A token lasts 24 hours,
// then the call is [ErrPageTokenExpired]. It belongs to the user, to the fields that T names and to the other options of
// the call that gave it; with others, or when it was tampered with, Zoho answers TOKEN_BOUND_DATA_MISMATCH. An empty token
// is the first page.
func PageToken(token string) ListOption {
	return listOption(func(c *listConfig) { c.token = token })
}

// Order is the direction of [SortBy].
type Order string

// The two directions.
const (
	Ascending  Order = "asc"
	Descending Order = "desc"
)

// SortBy sorts by a field, descending unless told otherwise. Lists take "id" (the default), "Created_Time" and
// "Modified_Time"; searches take most fields.
//
// By Modified_Time [Ascending] a record that is changed while the list is read stands at its end too: [Record.All] passes
// it over there. So the time for a [ModifiedSince] later on is that before the list began, not that of its last record.
func SortBy(field string, order ...Order) ListOption {
	return listOption(func(c *listConfig) {
		if !isAPIName(field) {
			c.errs = append(c.errs, fmt.Errorf("SortBy: %q is not a field's API name", clip(field, 40)))
		}
		c.params["sort_by"] = field
		c.params["sort_order"] = string(Descending)
		for _, o := range order {
			if o != Ascending && o != Descending {
				c.errs = append(c.errs, fmt.Errorf("SortBy: %q is neither asc nor desc", clip(string(o), 20)))
			}
			c.params["sort_order"] = string(o)
		}
	})
}

// View lists what a custom view holds, by the view's id, in its own order: SortBy does not go with it. A page of a list
// then costs three credits. A search can be within a view from API v5 on.
func View(id string) ListOption {
	return listOption(func(c *listConfig) { c.id("View", "cvid", id) })
}

// OnlyFields asks for these fields alone, by their API names, and leaves the struct's others as they are.
func OnlyFields(names ...string) ListOption {
	return listOption(func(c *listConfig) {
		c.only = append(slices.Clip(c.only), names...)
		for _, n := range names {
			if !isAPIName(n) {
				c.errs = append(c.errs, fmt.Errorf("OnlyFields: %q is not a field's API name", clip(n, 40)))
			}
		}
		if len(names) == 0 {
			c.errs = append(c.errs, errors.New("OnlyFields: no names"))
		}
	})
}

// ModifiedSince lists only what was changed after t, in whole seconds; nothing changed is an empty list.
func ModifiedSince(t time.Time) ListOption {
	return listOption(func(c *listConfig) { c.errs = append(c.errs, setTime(c.header, "If-Modified-Since", t)) })
}

// Choice says which of two kinds of records a list holds.
type Choice string

// The choices of [Converted] and [Approved].
const (
	Yes  Choice = "true"
	No   Choice = "false"
	Both Choice = "both"
)

func (v Choice) apply(c *listConfig, name, param string) {
	if v != Yes && v != No && v != Both {
		c.errs = append(c.errs, fmt.Errorf("%s: %q is none of true, false, both", name, clip(string(v), 20)))
	}
	c.params[param] = string(v)
}

// Converted lists converted leads, others (Zoho's default), or both.
func Converted(which Choice) ListOption {
	return listOption(func(c *listConfig) { which.apply(c, "Converted", "converted") })
}

// Approved lists approved records, others, or both.
func Approved(which Choice) ListOption {
	return listOption(func(c *listConfig) { which.apply(c, "Approved", "approved") })
}

// Territory lists the records of a territory, by its id.
func Territory(id string) ListOption {
	return listOption(func(c *listConfig) { c.id("Territory", "territory_id", id) })
}

// Expect says that about n records will be read: pages are no larger than that, and nothing beyond it is fetched ahead.
func Expect(n int) ListOption {
	return listOption(func(c *listConfig) {
		c.expect = n
		if n < 1 {
			c.errs = append(c.errs, fmt.Errorf("Expect(%d): not a number of records", n))
		}
	})
}

// Sequential fetches a page only when the one before it is used up. Without it the next page is fetched meanwhile.
func Sequential() ListOption {
	return listOption(func(c *listConfig) { c.sequential = true })
}

// Param sets a query parameter that has no option of its own.
func Param(name string, value any) ListOption {
	return listOption(func(c *listConfig) {
		if name == "" {
			c.errs = append(c.errs, errors.New("Param: no name"))
		}
		c.params[name] = value
	})
}

// WriteOption is an option of the calls that write records.
type WriteOption interface{ applyWrite(*writeConfig) }

// writeConfig is what a write's options add up to.
type writeConfig struct {
	trigger  []string // nil: all run; empty: none
	checks   []string
	appended []string
	layout   string
	header   http.Header
	// validated: each record is checked before it is sent.
	validated bool
	errs      []error
}

type writeOption func(*writeConfig)

func (o writeOption) applyWrite(c *writeConfig) { o(c) }

func newWriteConfig(opts []WriteOption) (*writeConfig, error) {
	c := &writeConfig{header: http.Header{}}
	for _, o := range opts {
		if o != nil {
			o.applyWrite(c)
		}
	}
	return c, errors.Join(c.errs...)
}

// named are the fields that the options name.
func (c *writeConfig) named() map[string]any {
	names := map[string]any{}
	for _, n := range slices.Concat(c.checks, c.appended) {
		names[n] = nil
	}
	return names
}

// fields checks the names of fields that an option was given.
func (c *writeConfig) fields(option string, names []string) {
	for _, n := range names {
		if !isAPIName(n) {
			c.errs = append(c.errs, fmt.Errorf("%s: %q is not a field's API name", option, clip(n, 40)))
		}
	}
}

// triggers are the automations that a write may name.
var triggers = []string{"workflow", "approval", "blueprint", "pathfinder", "orchestration"}

// Trigger runs only these automations of Zoho's for the write: "workflow", "approval", "blueprint", "pathfinder",
// "orchestration". Without it all run; with no names, as with [NoTriggers], none.
func Trigger(names ...string) WriteOption {
	return writeOption(func(c *writeConfig) {
		c.trigger = append(append([]string{}, c.trigger...), names...)
		for _, n := range names {
			if !slices.Contains(triggers, n) {
				c.errs = append(c.errs, fmt.Errorf("Trigger: %q is none of %s", clip(n, 40), strings.Join(triggers, ", ")))
			}
		}
	})
}

// NoTriggers runs none of Zoho's automations for the write.
func NoTriggers() WriteOption {
	return writeOption(func(c *writeConfig) { c.trigger = []string{} })
}

// DuplicateCheck names the fields, by their API names, that [Record.Upsert] looks for existing records by, in this
// order. Without it Zoho takes the module's own.
func DuplicateCheck(fields ...string) WriteOption {
	return writeOption(func(c *writeConfig) {
		c.checks = append(slices.Clip(c.checks), fields...)
		c.fields("DuplicateCheck", fields)
	})
}

// IfUnmodifiedSince writes only to records that were not changed after t; others are [ErrConflict].
func IfUnmodifiedSince(t time.Time) WriteOption {
	return writeOption(func(c *writeConfig) { c.errs = append(c.errs, setTime(c.header, "If-Unmodified-Since", t)) })
}

// AppendValues adds to the values of these multi-select fields, by their API names, in place of replacing them. When the
// answer is lost the error is [ErrOutcomeUnknown].
func AppendValues(fields ...string) WriteOption {
	return writeOption(func(c *writeConfig) {
		c.appended = append(slices.Clip(c.appended), fields...)
		c.fields("AppendValues", fields)
	})
}

// Layout writes the records under the layout with this id.
func Layout(id string) WriteOption {
	return writeOption(func(c *writeConfig) {
		c.layout = id
		if err := checkRef("Layout", id); err != nil {
			c.errs = append(c.errs, err)
		}
	})
}

// setTime writes a time as Zoho's conditional headers take it.
func setTime(h http.Header, name string, t time.Time) error {
	text, err := codec.Literal(t, codec.Header)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	h.Set(name, text)
	return nil
}
