package zohohub

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// Sentinels to match an error against with [errors.Is]. One error may match several: a refusal for a missing mandatory
// field is [ErrMandatoryNotFound] and [ErrRecordInvalid].
var (
	// ErrRecordNotFound says that there is no record with the id, or none that fits.
	ErrRecordNotFound = errors.New("zohohub: record not found")
	// ErrRecordInvalid says that Zoho, or a validation before sending, refused the record's values.
	ErrRecordInvalid = errors.New("zohohub: record invalid")
	// ErrMandatoryNotFound says that a mandatory field has no value; it is also ErrRecordInvalid.
	ErrMandatoryNotFound = errors.New("zohohub: mandatory field not found")
	// ErrDuplicate says that another record has the same value in a unique field; it is also ErrRecordInvalid.
	ErrDuplicate = errors.New("zohohub: duplicate record")
	// ErrInvalidModule says that the organization has no such module, or that the API does not serve it.
	ErrInvalidModule = errors.New("zohohub: invalid module")
	// ErrNoPermission says that the user behind the token may not do this.
	ErrNoPermission = errors.New("zohohub: no permission")
	// ErrRecordInBlueprint says that a blueprint holds the record: the field changes by a transition only.
	ErrRecordInBlueprint = errors.New("zohohub: record is in a blueprint")
	// ErrNotInProcess says that the record is in no blueprint process.
	ErrNotInProcess = errors.New("zohohub: record is not in a process")
	// ErrNoSuchTransition says that the blueprint has no such transition from the record's state.
	ErrNoSuchTransition = errors.New("zohohub: no such transition")
	// ErrConflict says that the record was changed since the time that the write was conditional on.
	ErrConflict = errors.New("zohohub: record was changed since")
	// ErrRecordLocked says that the record is locked: it can be neither changed nor deleted until somebody unlocks it.
	ErrRecordLocked = errors.New("zohohub: record is locked")
	// ErrTruncated says that Zoho stops at a limit and there is more.
	ErrTruncated = errors.New("zohohub: there is more than Zoho gives")
	// ErrFileTooLarge says that a file, or a request with files, is larger than Zoho takes.
	ErrFileTooLarge = errors.New("zohohub: file too large")
	// ErrFileRefused says that Zoho does not take such a file: its type, a virus, a form that it could not handle.
	ErrFileRefused = errors.New("zohohub: file refused")
	// ErrAttachmentIsLink says that an attachment is a link to another place: there is no file to download.
	ErrAttachmentIsLink = errors.New("zohohub: attachment is a link")
	// ErrNotSubscribed says that there is no such notification channel: it has ended, was disabled, or never was.
	ErrNotSubscribed = errors.New("zohohub: channel is not subscribed")
	// ErrPageTokenExpired says that the token of a list's page is older than its 24 hours: the list has to begin anew.
	ErrPageTokenExpired = errors.New("zohohub: page token expired")
	// ErrInvalidToken says that the API refused the access token, and that renewing it did not help or was not possible.
	ErrInvalidToken = errors.New("zohohub: invalid token")
	// ErrAuthentication says that the credentials were refused: somebody has to sign in again or correct the client.
	ErrAuthentication = errors.New("zohohub: authentication failed")
	// ErrScopeMismatch says that the token's scopes do not cover the call.
	ErrScopeMismatch = errors.New("zohohub: scope mismatch")
	// ErrRateLimited says that Zoho wants fewer requests; [Error.RetryAfter] says for how long, if Zoho said so.
	ErrRateLimited = errors.New("zohohub: rate limited")
	// ErrTokenThrottled says that the accounts server gives no more tokens for some minutes; it is also ErrRateLimited.
	ErrTokenThrottled = errors.New("zohohub: token requests throttled")
	// ErrInternal says that Zoho failed (HTTP 5xx).
	ErrInternal = errors.New("zohohub: internal error of Zoho's")
	// ErrAlreadyConverted says that the lead was converted before: it can be neither converted again nor changed.
	ErrAlreadyConverted = errors.New("zohohub: lead is already converted")
	// ErrAlreadyScheduled says that Zoho is still busy with a job for the same records.
	ErrAlreadyScheduled = errors.New("zohohub: job is already scheduled")
	// ErrJobFailed says that a job of Zoho's ended without having done all that it was to do.
	ErrJobFailed = errors.New("zohohub: job failed")
	// ErrOutcomeUnknown says that the request left and no answer tells whether it was done. It was not sent again.
	ErrOutcomeUnknown = errors.New("zohohub: outcome unknown")
)

// sentinels is the one place where Zoho's codes get a meaning. A code that is missing here still arrives in [Error.Code].
var sentinels = map[string][]error{
	"INVALID_DATA":             {ErrRecordInvalid},
	"MULTIPLE_OR_MULTI_ERRORS": {ErrRecordInvalid},
	"MANDATORY_NOT_FOUND":      {ErrMandatoryNotFound, ErrRecordInvalid},
	"EXPECTED_FIELD_MISSING":   {ErrMandatoryNotFound, ErrRecordInvalid},
	"DEPENDENT_FIELD_MISSING":  {ErrMandatoryNotFound, ErrRecordInvalid},
	"REQUIRED_DATA_NOT_FOUND":  {ErrRecordInvalid},
	"DEPENDENT_MISMATCH":       {ErrRecordInvalid},
	"MAPPING_MISMATCH":         {ErrRecordInvalid},
	"DUPLICATE_DATA":           {ErrDuplicate, ErrRecordInvalid},
	"DUPLICATE_LINKING_DATA":   {ErrDuplicate, ErrRecordInvalid},

	"RECORD_IN_BLUEPRINT":   {ErrRecordInBlueprint},
	"RECORD_NOT_IN_PROCESS": {ErrNotInProcess},
	"ALREADY_MODIFIED":      {ErrConflict},
	"RECORD_LOCKED":         {ErrRecordLocked},
	"ENTITY_ID_INVALID":     {ErrRecordNotFound},

	"ID_ALREADY_CONVERTED": {ErrAlreadyConverted},
	"CONVERTED_RECORD":     {ErrAlreadyConverted},
	"ALREADY_SCHEDULED":    {ErrAlreadyScheduled},
	"NO_RECORDS_FOUND":     {ErrRecordNotFound},

	"FILE_SIZE_MORE_THAN_ALLOWED_SIZE": {ErrFileTooLarge},
	"BODY_SIZE_REACHED":                {ErrFileTooLarge},
	"REQUEST_ENTITY_TOO_LARGE":         {ErrFileTooLarge},
	"UNSUPPORTED_MEDIA_TYPE":           {ErrFileRefused},
	"VIRUS_DETECTED":                   {ErrFileRefused},
	"failure_in_attachment_handling":   {ErrFileRefused},
	"DOWNLOAD_NOT_ALLOWED":             {ErrAttachmentIsLink},

	"EXPIRED_VALUE of page_token": {ErrPageTokenExpired},

	"NOT_SUBSCRIBED":       {ErrNotSubscribed},
	"INVALID_MODULE":       {ErrInvalidModule},
	"NO_PERMISSION":        {ErrNoPermission},
	"AUTHORIZATION_FAILED": {ErrNoPermission},

	"INVALID_TOKEN":      {ErrInvalidToken},
	"INVALID_OAUTHTOKEN": {ErrInvalidToken},
	// Zoho says this for a garbled header and at times for an expired token: whoever waits for either must see it.
	"AUTHENTICATION_FAILURE": {ErrInvalidToken, ErrAuthentication},
	"OAUTH_SCOPE_MISMATCH":   {ErrScopeMismatch},
	"INVALID_OAUTHSCOPE":     {ErrScopeMismatch}, // user info's word

	// LIMIT_EXCEEDED is not here: at 429 it is about requests (see Is), elsewhere about rows or images.
	"TOO_MANY_REQUESTS":   {ErrRateLimited},
	"RATE_LIMIT_EXCEEDED": {ErrRateLimited},

	"INTERNAL_ERROR":        {ErrInternal},
	"INTERNAL_SERVER_ERROR": {ErrInternal},
	"SERVICE_UNAVAILABLE":   {ErrInternal},

	// The accounts server's words.
	"invalid_code":           {ErrAuthentication},
	"invalid_client":         {ErrAuthentication},
	"invalid_client_secret":  {ErrAuthentication},
	"invalid_redirect_uri":   {ErrAuthentication},
	"invalid_grant":          {ErrAuthentication},
	"invalid_grant_type":     {ErrAuthentication},
	"invalid_scope":          {ErrAuthentication, ErrScopeMismatch},
	"invalid_token":          {ErrAuthentication},
	"unauthorized_client":    {ErrAuthentication},
	"unsupported_grant_type": {ErrAuthentication},
	"access_denied":          {ErrAuthentication},
	"Access Denied":          {ErrTokenThrottled, ErrRateLimited},
}

// meanings tells apart what Zoho gives one code for: by its words, for INVALID_DATA.
var meanings = map[string][]error{
	"the id given seems to be invalid":         {ErrRecordNotFound},
	"record not deleted":                       {ErrRecordNotFound},
	"the related id given seems to be invalid": {ErrRecordNotFound},
	"the record id given seems to be invalid":  {ErrRecordNotFound},
	"entity_id_invalid":                        {ErrRecordNotFound},
	"tags not found":                           {ErrRecordNotFound},
	"invalid transition":                       {ErrNoSuchTransition},
	"no such photo exists":                     {ErrRecordNotFound},
	"invalid file type":                        {ErrFileRefused},
}

// Error is a failure of one call, or of one record in a batch. Match it with [errors.Is] and the sentinels of this
// package, or take it apart with [errors.As].
type Error struct {
	// Op and Module say what was attempted: "create" and "Leads".
	Op, Module string
	// Status is the HTTP status, 0 when no answer came.
	Status int
	// Code is Zoho's, such as "MANDATORY_NOT_FOUND"; empty when the answer had none.
	Code string
	// Message is Zoho's, as it was sent.
	Message string
	// Details is what Zoho added, as it was sent; Field and ExpectedType read it.
	Details json.RawMessage
	// Index is the record's place in the batch, from 0; -1 outside a batch.
	Index int
	// RetryAfter is how long Zoho asked to wait; 0 when it did not say.
	RetryAfter time.Duration
	// Err is the cause, if there is one beneath this error.
	Err error
}

// Error is one line: the operation, Zoho's code and words, the field, the HTTP status, the cause. It holds neither
// URL nor token, and none of Zoho's text unbounded or with control characters.
func (e *Error) Error() string {
	return heading(e.Op, e.Module) + e.text()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Is says whether target is among the sentinels that Zoho's code, its words or the HTTP status stand for.
func (e *Error) Is(target error) bool {
	switch {
	case e.Status >= 500 && target == ErrInternal,
		e.Status == http.StatusTooManyRequests && target == ErrRateLimited,
		e.Status == http.StatusPreconditionFailed && target == ErrConflict,
		e.Status == http.StatusRequestEntityTooLarge && target == ErrFileTooLarge,
		e.Status == http.StatusUnsupportedMediaType && e.Code == "" && target == ErrFileRefused: // with a code it may be the size
		return true
	}
	if means(e.Code, e.Message, e.Details, target) {
		return true
	}
	return slices.ContainsFunc(e.details().Errors, func(r row) bool { return means(r.Code, r.Message, r.Details, target) })
}

// Field is the API name of the field, or the name of the parameter, that Zoho complains about; empty when it names none.
func (e *Error) Field() string {
	d := e.details()
	if d.field() == "" && len(d.Errors) > 0 {
		d = detailsOf(d.Errors[0].Details)
	}
	return d.field()
}

// ExpectedType is the data type that Zoho would have taken ("email", "jsonobject"); empty when it names none.
func (e *Error) ExpectedType() string {
	d := e.details()
	if d.ExpectedDataType == "" && len(d.Errors) > 0 {
		d = detailsOf(d.Errors[0].Details)
	}
	return d.ExpectedDataType
}

// DuplicateID is the id of the record that an [ErrDuplicate] is about, the one that has the value already; empty when Zoho
// does not name it.
func (e *Error) DuplicateID() string {
	for _, d := range append([]row{{Details: e.Details}}, e.details().Errors...) {
		o := object(d.Details)
		if id := cmp.Or(scalar(object(o["duplicate_record"])["id"]), scalar(o["id"])); id != "" && e.Is(ErrDuplicate) {
			return id
		}
	}
	return ""
}

// BatchError says which records of a batch failed. What it does not list succeeded.
type BatchError struct {
	// Total is the number of records in the batch.
	Total int
	// Failed lists the failures in the order of the input; it is never empty.
	Failed []*Error
}

// Error counts the failures and shows the first.
func (e *BatchError) Error() string {
	if len(e.Failed) == 0 {
		return fmt.Sprintf("zohohub: 0 of %d failed", e.Total)
	}
	first := e.Failed[0]
	return fmt.Sprintf("%s%d of %d failed; first, at %d: %s",
		heading(first.Op, first.Module), len(e.Failed), e.Total, first.Index, first.text())
}

// Unwrap lists the failures, so that [errors.Is] asks whether any record failed in that way.
func (e *BatchError) Unwrap() []error {
	errs := make([]error, len(e.Failed))
	for i, f := range e.Failed {
		errs[i] = f
	}
	return errs
}

// means says whether a code, with the words and details that came along, stands for target.
func means(code, message string, about json.RawMessage, target error) bool {
	if code == "EXPIRED_VALUE" { // Zoho's word for whatever has an end
		code += " of " + detailsOf(about).field()
	}
	if slices.Contains(sentinels[code], target) {
		return true
	}
	words := strings.ToLower(strings.TrimRight(message, ". "))
	if code != "INVALID_DATA" || !slices.Contains(meanings[words], target) {
		return false
	}
	return words == "invalid transition" || detailsOf(about).ofRecord()
}

func heading(op, module string) string {
	what := strings.TrimSpace(clean(op, 100) + " " + clean(module, 60))
	if what == "" {
		return "zohohub: "
	}
	return "zohohub: " + what + ": "
}

// text is the line without its heading.
func (e *Error) text() string {
	var parts []string
	if e.Code != "" {
		parts = append(parts, clean(e.Code, 60))
	}
	if e.Message != "" {
		parts = append(parts, clean(e.Message, 200))
	}
	if len(parts) == 0 && e.Err == nil {
		parts = append(parts, "request failed")
	}
	s := strings.Join(parts, ": ")
	var about []string
	if f := e.Field(); f != "" {
		about = append(about, "field "+clean(f, 80))
	}
	if t := e.ExpectedType(); t != "" {
		about = append(about, "expected "+clean(t, 40))
	}
	if len(about) > 0 {
		s += " (" + strings.Join(about, ", ") + ")"
	}
	if e.Status != 0 {
		s = strings.TrimLeft(s+" (HTTP "+strconv.Itoa(e.Status)+")", " ")
	}
	if e.Err != nil {
		cause := clean(strings.TrimPrefix(e.Err.Error(), "zohohub: "), 600)
		s = strings.TrimPrefix(s+": "+cause, ": ")
	}
	return s
}

// clean makes a stranger's text fit for one line of a log: no tokens, no control characters, at most limit of the others.
func clean(s string, limit int) string {
	s = hideTokens(s)
	var b strings.Builder
	n, gap := 0, false
	for _, r := range s {
		if !unicode.IsGraphic(r) || unicode.IsSpace(r) {
			gap = b.Len() > 0
			continue
		}
		if n >= limit {
			b.WriteString("…")
			break
		}
		if gap {
			b.WriteByte(' ')
			gap = false
		}
		b.WriteRune(r)
		n++
	}
	return b.String()
}

// quote shows at most 80 bytes of an answer that was not understood, without what looks like a token.
func quote(body []byte) string {
	const limit = 80
	shown := hideTokens(string(body[:min(len(body), limit)])) // the beginning of a token is taken out like a whole one
	return strconv.QuoteToASCII(shown[:min(len(shown), limit)])
}
