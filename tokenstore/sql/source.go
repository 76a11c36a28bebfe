package sqlstore

import (
	"context"
	"database/sql"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Source is where [Import] reads: [SDKTable] or [SDKFile].
type Source interface {
	read(ctx context.Context) ([]row, error)
}

// row has what is known of a row by the names on the right of columns.
type row map[string]string

// columns are those of Zoho's SDKs that matter: the Ruby SDK's, those of version 8.0 and of the versions before it.
var columns = map[string]string{
	"useridentifier": "user", "user_name": "user", "user_mail": "user",
	"accesstoken": "access", "access_token": "access",
	"refreshtoken": "refresh", "refresh_token": "refresh",
	"expirytime": "expiry", "expiry_time": "expiry",
	"client_id":  "client",
	"api_domain": "domain",
}

// known says what the columns mean, the empty text for those that are left out.
func known(header []string) ([]string, error) {
	names := make([]string, len(header))
	var user, refresh bool
	for i, h := range header {
		names[i] = columns[strings.ToLower(strings.TrimSpace(strings.TrimPrefix(h, "\ufeff")))]
		user = user || names[i] == "user"
		refresh = refresh || names[i] == "refresh"
	}
	if !user || !refresh {
		return nil, errors.New("there are no columns of Zoho's SDKs, such as user_name and refresh_token")
	}
	return names, nil
}

// SDKTable is the table that one of Zoho's SDKs keeps its tokens in: oauthtokens for the Ruby SDK, oauthtoken for those of
// version 8.0, unless the service named it otherwise. Both are in the database zohooauth, which db opens or the name begins
// with: zohooauth.oauthtokens. It is read by one SELECT.
func SDKTable(db *sql.DB, name string) Source { return sdkTable{db, name} }

type sdkTable struct {
	db   *sql.DB
	name string
}

func (s sdkTable) read(ctx context.Context) ([]row, error) {
	switch {
	case s.db == nil:
		return nil, errors.New("there is no database")
	case !tableName.MatchString(s.name):
		return nil, fmt.Errorf("a table cannot be called %q", s.name)
	}
	//nolint:gosec,unqueryvet // nothing in the name to escape; which columns there are, the SDKs' versions do not agree
	read, err := s.db.QueryContext(ctx, "SELECT * FROM "+s.name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = read.Close() }() // what it says, Err says too
	header, err := read.Columns()
	if err != nil {
		return nil, err
	}
	names, err := known(header)
	if err != nil {
		return nil, fmt.Errorf("table %s: %w", s.name, err)
	}
	var rows []row
	for read.Next() {
		fields := make([]sql.NullString, len(names))
		into := make([]any, len(names))
		for i := range fields {
			into[i] = &fields[i]
		}
		if err := read.Scan(into...); err != nil {
			return nil, err
		}
		r := row{}
		for i, f := range fields {
			r.set(names[i], f.String)
		}
		rows = append(rows, r)
	}
	return rows, read.Err()
}

// SDKFile is the file that Zoho's SDKs of version 8.0 keep their tokens in, sdk_tokens.txt: commas between the columns, their
// names in the first line. The Ruby SDK's zcrm_oauthtokens.txt is none: it is in Ruby's own format, and cannot be read.
func SDKFile(r io.Reader) Source { return sdkFile{r} }

type sdkFile struct{ r io.Reader }

func (s sdkFile) read(ctx context.Context) ([]row, error) {
	if s.r == nil {
		return nil, errors.New("there is no file")
	}
	lines := csv.NewReader(s.r)
	lines.FieldsPerRecord = -1 // of files that began without api_domain some rows are shorter
	var names []string
	var rows []row
	for {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		fields, err := lines.Read()
		switch {
		case errors.Is(err, io.EOF) && names == nil:
			return nil, errors.New("the file is empty")
		case errors.Is(err, io.EOF):
			return rows, nil
		case err != nil:
			return nil, err // says the line, and repeats nothing of it
		case names == nil:
			if names, err = known(fields); err != nil {
				return nil, fmt.Errorf("the file's first line: %w", err)
			}
			continue
		}
		r := row{}
		for i, f := range fields {
			if i < len(names) {
				r.set(names[i], f)
			}
		}
		rows = append(rows, r)
	}
}

func (r row) set(name, value string) {
	if name != "" && value != "" {
		r[name] = strings.TrimSpace(value)
	}
}
