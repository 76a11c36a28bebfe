package zohohub

import (
	"context"
	"encoding/json"
)

// RelatedList describes one of the lists on the page of a module's records: of notes, attachments, or records of another
// module.
type RelatedList struct {
	ID string
	// APIName is what [InList] and [Record.RelatedCounts] take.
	APIName string
	Label   string
	// Module is the API name of the module whose records are in the list; empty where they are no records.
	Module string
	// Type is what Zoho calls the kind of list: "default", …
	Type string
	// Status is "visible", "user_hidden" or "scheduled_for_deletion"; empty where the API version does not say.
	Status string
	// Raw is the list as Zoho sent it.
	Raw json.RawMessage
}

// RelatedLists lists the related lists of a module, by its API name, in their order on the page. They are kept for
// Config.MetadataAge; what is returned is the caller's own. A module that does not exist is [ErrInvalidModule]. It costs
// one credit where Zoho is asked.
//
// Zoho: GET /crm/v8/settings/related_lists?module={module}  https://www.zoho.com/crm/developer/docs/api/v8/related-list-meta.html
func (c *Connection) RelatedLists(ctx context.Context, module string) ([]RelatedList, error) {
	const op, name = "list related lists", "related_lists"
	lists, err := keptOf(ctx, c, op, metadataKey{name, module}, func() ([]json.RawMessage, error) {
		return c.settings(ctx, op, module, name, Params{"module": module})
	}, newRelatedList)
	return ownCopy(lists), err
}

func newRelatedList(raw json.RawMessage) RelatedList {
	m := metaOf(raw)
	return RelatedList{
		ID: m.text("id"), APIName: m.text("api_name"), Label: m.text("display_label"), Module: m.module("module"),
		Type: m.text("type"), Status: m.text("status"), Raw: raw,
	}
}
