package zohohub

import (
	"context"
	"encoding/json"
	"time"
)

// CustomView is one of a module's views: which records it has, which fields it shows, and in which order. [View] lists the
// records of one.
type CustomView struct {
	ID string
	// Name is what the view is called, DisplayValue that in the user's language; SystemName is empty for views of people's own.
	Name, DisplayValue, SystemName string
	// Category is "public_views", "created_by_me", "shared_with_me" or "other_users_views".
	Category string
	// Default is set for the view that the user sees first.
	Default bool
	// SystemDefined is set for Zoho's own views.
	SystemDefined bool
	Locked        bool
	// Favorite is the view's place among the user's favorites, from 1; 0 where it is none.
	Favorite int
	// AccessType is "public", "shared" or "only_to_me".
	AccessType string
	// Fields are the API names of those that the view shows, in order.
	Fields []string
	// SortBy is the API name of the field by which the view is sorted, SortOrder "asc" or "desc".
	SortBy, SortOrder string
	// Criteria is the condition as Zoho sent it; empty for none.
	Criteria                                    json.RawMessage
	CreatedBy, ModifiedBy                       Lookup
	CreatedTime, ModifiedTime, LastAccessedTime time.Time
	// Raw is the view as Zoho sent it.
	Raw json.RawMessage
}

// CustomViews lists the views of a module, by its API name, that the user has. They are kept for Config.MetadataAge; what is
// returned is the caller's own. A module that does not exist is [ErrInvalidModule]. It costs one credit for each 200 views
// where Zoho is asked.
//
// Zoho: GET /crm/v8/settings/custom_views?module={module}  https://www.zoho.com/crm/developer/docs/api/v8/custom-view-meta.html
func (c *Connection) CustomViews(ctx context.Context, module string) ([]CustomView, error) {
	const op, name = "list custom views", "custom_views"
	views, err := keptOf(ctx, c, op, metadataKey{name, module}, func() ([]json.RawMessage, error) {
		var raws []json.RawMessage
		req := Request{Op: op, Module: module, Path: "settings/custom_views", Params: Params{"module": module}}
		for raw, err := range pagesOf(ctx, c, req, name, func(raw json.RawMessage) json.RawMessage { return raw }) {
			if err != nil {
				return nil, err
			}
			raws = append(raws, *raw)
		}
		return raws, nil
	}, newCustomView)
	return ownCopy(views), err
}

func newCustomView(raw json.RawMessage) CustomView {
	m := metaOf(raw)
	return CustomView{
		ID: m.text("id"), Name: m.text("name"), DisplayValue: m.text("display_value"), SystemName: m.text("system_name"),
		Category: m.text("category"), Default: m.flag("default"), SystemDefined: m.flag("system_defined"), Locked: m.flag("locked"),
		Favorite: m.number("favorite"), AccessType: m.text("access_type"), Fields: m.names("fields"),
		SortBy: m.module("sort_by"), SortOrder: m.text("sort_order"), Criteria: m.criteria("criteria"),
		CreatedBy: m.lookup("created_by"), ModifiedBy: m.lookup("modified_by"), CreatedTime: m.time("created_time"),
		ModifiedTime: m.time("modified_time"), LastAccessedTime: m.time("last_accessed_time"), Raw: raw,
	}
}
