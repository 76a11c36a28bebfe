package zohohub

import (
	"context"
	"encoding/json"
)

// RelatedList describes one of the lists on the page of a module's records: of notes, attachments, or records of another
// module.
type RelatedList struct {
	ID string `json:"id"`
	// APIName is what [InList] and [Record.RelatedCounts] take.
	APIName string `json:"api_name"`
	Label   string `json:"display_label"`
	// Module is the API name of the module whose records are in the list; empty where they are no records.
	Module string `json:"-"`
	// Type is what Zoho calls the kind of list: "default", …
	Type string `json:"type"`
	// Status is "visible", "user_hidden" or "scheduled_for_deletion"; empty where the API version does not say.
	Status string `json:"status"`
	// Raw is the list as Zoho sent it.
	Raw json.RawMessage `json:"-"`
}

// RelatedLists lists the related lists of a module, by its API name, in their order on the page. Each call asks Zoho. It
// costs one credit. A module that does not exist is [ErrInvalidModule].
//
// Zoho: GET /crm/v8/settings/related_lists?module={module}  https://www.zoho.com/crm/developer/docs/api/v8/related-list-meta.html
func (c *Connection) RelatedLists(ctx context.Context, module string) ([]RelatedList, error) {
	const op = "list related lists"
	if module == "" {
		return nil, &Error{Op: op, Index: -1, Err: errEmptyModule}
	}
	raws, err := c.settings(ctx, "related_lists", module, Params{"module": module})
	if err != nil {
		return nil, err
	}
	lists := make([]RelatedList, len(raws))
	for i, raw := range raws {
		if err := json.Unmarshal(raw, &lists[i]); err != nil {
			return nil, &Error{Op: op, Module: module, Index: -1, Err: err}
		}
		of := object(raw)["module"] // a name before v5, then an object
		if o := object(of); o != nil {
			of = o["api_name"]
		}
		lists[i].Module, lists[i].Raw = text(of), raw
	}
	return lists, nil
}
