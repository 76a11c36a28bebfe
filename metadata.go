package zohohub

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"iter"
	"maps"
	"net/http"
	"slices"
)

// keptOf is a list of a module's that the connection keeps: it is not to be changed.
func keptOf[T any](
	ctx context.Context, c *Connection, op string, key metadataKey, ask func() ([]json.RawMessage, error), read func(json.RawMessage) T,
) ([]T, error) {
	if key.module == "" {
		return nil, &Error{Op: op, Index: -1, Err: errEmptyModule}
	}
	return kept(ctx, c, op, key, func() ([]T, error) {
		raws, err := ask()
		return each(raws, err, read)
	})
}

// each reads what Zoho sent, unless it failed.
func each[T any](raws []json.RawMessage, err error, read func(json.RawMessage) T) ([]T, error) {
	if err != nil {
		return nil, err
	}
	list := make([]T, len(raws))
	for i, raw := range raws {
		list[i] = read(raw)
	}
	return list, nil
}

// settings reads one of the settings' lists, whose key is its name.
func (c *Connection) settings(ctx context.Context, op, module, name string, params Params) ([]json.RawMessage, error) {
	return c.entries(ctx, Request{Op: op, Module: module, Path: "settings/" + name, Params: params}, name)
}

// entry reads one of the objects that describe the org, by the elements of its path; missing says that it is not there.
func (c *Connection) entry(ctx context.Context, req Request, key string, missing error, elems ...string) (json.RawMessage, error) {
	var err error
	if req.Path, err = joinPath(elems...); err != nil {
		return nil, &Error{Op: req.Op, Module: req.Module, Index: -1, Err: err}
	}
	list, err := c.entries(ctx, req, key)
	if err == nil && len(list) == 0 {
		err = &Error{Op: req.Op, Module: req.Module, Status: http.StatusNoContent, Index: -1, Err: missing}
	}
	if err != nil {
		return nil, err
	}
	return list[0], nil
}

// findByID reads one of the objects that describe the org, by the elements of its path, of which the last is its id.
func findByID[T any](
	ctx context.Context, c *Connection, req Request, key string, read func(json.RawMessage) T, elems ...string,
) (*T, error) {
	if err := checkID(elems[len(elems)-1]); err != nil {
		return nil, &Error{Op: req.Op, Index: -1, Err: err}
	}
	raw, err := c.entry(ctx, req, key, ErrRecordNotFound, elems...)
	if err != nil {
		return nil, err
	}
	found := read(raw)
	return &found, nil
}

// entries reads the objects that an answer has under a key.
func (c *Connection) entries(ctx context.Context, req Request, key string) ([]json.RawMessage, error) {
	list, _, err := c.entriesPage(ctx, req, key)
	return list, err
}

// entriesPage is entries, and what the answer says of the page.
func (c *Connection) entriesPage(ctx context.Context, req Request, key string) (list []json.RawMessage, info meta, err error) {
	req.Method, req.Repeat, req.Weight = http.MethodGet, RepeatSafe, 1
	resp, err := c.Do(ctx, req)
	if err != nil || resp.Status == http.StatusNoContent {
		return nil, nil, err
	}
	answer := object(resp.Body)
	err = errNoData
	if value, ok := answer[key]; ok {
		err = json.Unmarshal(value, &list)
	}
	if err != nil {
		return nil, nil, &Error{Op: req.Op, Module: req.Module, Status: resp.Status, Index: -1, Err: err}
	}
	return list, metaOf(answer["info"]), nil
}

var errStuck = errors.New("the list does not move on: there is more by Zoho's word, and the page has nothing new")

func samePage(a, b []json.RawMessage) bool {
	return slices.EqualFunc(a, b, func(x, y json.RawMessage) bool { return bytes.Equal(x, y) })
}

// pagesOf reads the objects of a list that has pages by number, page after page.
func pagesOf[T any](ctx context.Context, c *Connection, req Request, key string, read func(json.RawMessage) T) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		var before []json.RawMessage
		for page := 1; ; page++ {
			asked := req
			asked.Params = Params{"page": page, "per_page": maxPerPage}
			maps.Copy(asked.Params, req.Params)
			raws, info, err := c.entriesPage(ctx, asked, key)
			more := info.flag("more_records")
			if err == nil && more && (len(raws) == 0 || samePage(raws, before)) {
				err = &Error{Op: req.Op, Module: req.Module, Status: http.StatusOK, Index: -1, Err: errStuck}
			}
			before = raws
			if err != nil {
				yield(nil, err)
				return
			}
			for _, raw := range raws {
				if one := read(raw); !yield(&one, nil) {
					return
				}
			}
			if !more {
				return
			}
		}
	}
}
