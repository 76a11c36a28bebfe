package zohohub

import (
	"context"
	"encoding/json"
	"time"
)

// Module describes one of the org's modules: its names, and what can be done with its records.
type Module struct {
	ID      string
	APIName string
	// Name is what Zoho calls the module inside: an own one's is "CustomModule4" for example.
	Name                       string
	SingularLabel, PluralLabel string
	// GeneratedType is "default", "custom", "linking", "web" or "subform".
	GeneratedType string
	// ParentModule is the API name of the module whose records hold a subform's rows; empty for other modules.
	ParentModule string
	// Status is "visible", "user_hidden", "system_hidden" or "scheduled_for_deletion"; empty before v5.
	Status string
	// Visible is set for modules that people see.
	Visible     bool
	ShowAsTab   bool
	QuickCreate bool
	// Place is the module's among the tabs, from 1.
	Place       int
	WebLink     string
	Description string
	Creatable   bool
	Editable    bool
	Deletable   bool
	Viewable    bool
	Convertible bool
	// APISupported says whether the module's records can be reached over the API at all.
	APISupported bool
	// Profiles are those whose users have the module.
	Profiles     []Lookup
	ModifiedBy   Lookup
	ModifiedTime time.Time
	// Raw is the module as Zoho sent it. [Connection.Module] gets more than [Connection.Modules].
	Raw json.RawMessage
}

// Modules lists the org's modules, those that the API does not reach included ([Module.APISupported]). They are kept for
// Config.MetadataAge; what is returned is the caller's own. It costs one credit where Zoho is asked.
//
// Zoho: GET /crm/v8/settings/modules  https://www.zoho.com/crm/developer/docs/api/v8/modules-api.html
func (c *Connection) Modules(ctx context.Context) ([]Module, error) {
	const op = "list modules"
	modules, err := kept(ctx, c, op, metadataKey{list: "modules"}, func() ([]Module, error) {
		raws, err := c.metadata.modulesInFolder(op)
		if err == nil && raws == nil {
			raws, err = c.settings(ctx, op, "", "modules", nil)
		}
		return each(raws, err, newModule)
	})
	return ownCopy(modules), err
}

// Module returns one of the org's modules, by its API name. It is kept as [Connection.Modules] are. A module that does not
// exist is [ErrInvalidModule]. It costs one credit where Zoho is asked.
//
// Zoho: GET /crm/v8/settings/modules/{module}  https://www.zoho.com/crm/developer/docs/api/v8/modules-api.html
func (c *Connection) Module(ctx context.Context, name string) (*Module, error) {
	const op = "find module"
	if err := checkModule(name); err != nil {
		return nil, &Error{Op: op, Module: clip(name, 40), Index: -1, Err: err}
	}
	module, err := kept(ctx, c, op, metadataKey{"module", name}, func() (*Module, error) {
		raw, err := c.metadata.moduleInFolder(op, name)
		if err == nil && raw == nil {
			raw, err = c.entry(ctx, Request{Op: op, Module: name, Template: "settings/modules/{module}"}, "modules", ErrInvalidModule, "settings", "modules", name)
		}
		if err != nil {
			return nil, err
		}
		m := newModule(raw)
		return &m, nil
	})
	return ownCopy(module), err
}

func newModule(raw json.RawMessage) Module {
	m := metaOf(raw)
	status := m.text("status")
	return Module{
		ID: m.text("id"), APIName: m.text("api_name"), Name: m.text("module_name"), SingularLabel: m.text("singular_label"),
		PluralLabel: m.text("plural_label"), GeneratedType: m.text("generated_type"), ParentModule: m.module("parent_module"),
		Status: status, Visible: m.flag("visible") || status == "visible", ShowAsTab: m.flag("show_as_tab"),
		QuickCreate: m.flag("quick_create"), Place: m.number("sequence_number"), WebLink: m.text("web_link"),
		Description: m.text("description"), Creatable: m.flag("creatable"), Editable: m.flag("editable"),
		Deletable: m.flag("deletable"), Viewable: m.flag("viewable"),
		Convertible:  m.flag("convertable"), // the spelling of the key is Zoho's
		APISupported: m.flag("api_supported"), Profiles: m.lookups("profiles"), ModifiedBy: m.lookup("modified_by"),
		ModifiedTime: m.time("modified_time"), Raw: raw,
	}
}
