package zohohub

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// scopesOf are the scopes that a call needs, as far as they are known: one of each set that Zoho asks for.
func scopesOf(req *Request) []string {
	parts := strings.Split(strings.Trim(req.Template, "/"), "/")
	second, last := "", parts[len(parts)-1]
	if len(parts) > 1 {
		second = parts[1]
	}
	op := map[string]string{http.MethodPost: "CREATE", http.MethodPut: "UPDATE", http.MethodPatch: "UPDATE", http.MethodDelete: "DELETE"}[req.Method]
	switch last {
	case "add_tags", "remove_tags", "assign_territories", "remove_territories", "restore", "empty": // which change what is there
		op = "UPDATE"
	case "get_related_records_count":
		op = "READ"
	}
	op = cmp.Or(op, "READ")
	switch req.Base {
	case BaseBulk:
		return []string{"ZohoCRM.bulk." + op}
	case BaseUpload:
		return []string{"ZohoCRM.bulk.CREATE", "ZohoFiles.files.ALL"}
	case BaseCore:
	}
	switch parts[0] {
	case "settings":
		return []string{"ZohoCRM.settings." + strings.ToLower(second) + "." + op}
	case "org", "users":
		if second == "currencies" {
			return []string{"ZohoCRM.settings.currencies." + op}
		}
		return []string{"ZohoCRM." + parts[0] + "." + op}
	case "files":
		return []string{"ZohoCRM.files." + op}
	case "coql":
		return []string{"ZohoCRM.coql.READ", "ZohoCRM.modules.READ"}
	case "actions":
		return append([]string{"ZohoCRM.notifications." + op}, watchedScopes(req.Body)...)
	case "functions":
		return []string{"ZohoCRM.functions.execute." + op}
	case "__composite_requests":
		return []string{"ZohoCRM.composite_requests.CUSTOM"}
	}
	return recordScopes(req.Module, parts, op)
}

// recordScopes are scopesOf calls about a module's records.
func recordScopes(about string, parts []string, op string) []string {
	module, second, last := scopeModule(parts[0]), "", parts[len(parts)-1]
	if len(parts) > 1 {
		second = parts[1]
	}
	switch {
	case second == "search", last == "count":
		return []string{moduleScope(module, "READ"), "ZohoSearch.securesearch.READ"}
	case second == "upsert":
		return []string{moduleScope(module, "CREATE"), moduleScope(module, "UPDATE")}
	}
	switch last {
	case "share", "mass_convert", "send_mail":
		return []string{"ZohoCRM." + last + "." + module + "." + op}
	case "change_owner", "mass_change_owner":
		return []string{"ZohoCRM.change_owner.CREATE"}
	case "mass_update":
		return []string{"ZohoCRM.mass_update.UPDATE"}
	case "mass_delete":
		return []string{"ZohoCRM.mass_delete.DELETE"}
	}
	scopes := []string{moduleScope(module, op)}
	if second == "deleted" && len(parts) > 2 {
		parts = parts[1:]
	}
	if len(parts) < 3 || parts[0] == "Contacts" && second == "roles" {
		return scopes
	}
	switch list := parts[2]; {
	case list == "Notes", list == "Attachments", list == "Emails", list == "Locking_Information__s":
		return []string{moduleScope(module, "READ"), moduleScope(partScopes[list], op)}
	case list == "actions", list == "photo", strings.HasPrefix(list, "__"):
	case about != "" && about != parts[0]: // a list may have another name than its records' module
		scopes = append(scopes, moduleScope(scopeModule(about), "READ"))
	case scopeModule(list) != customModules:
		scopes = append(scopes, moduleScope(scopeModule(list), "READ"))
	}
	return scopes
}

func moduleScope(module, op string) string { return "ZohoCRM.modules." + module + "." + op }

// partScopes are the names in scopes of what hangs on records and has scopes of its own.
var partScopes = map[string]string{
	"Notes": "notes", "Attachments": "attachments", "Emails": "emails", "Locking_Information__s": "lockinginformation",
}

// watchedScopes are those of the modules whose events the body of a call asks for, such as Leads.create.
func watchedScopes(body []byte) []string {
	var asked struct {
		Watch []struct {
			Events []string `json:"events"`
		} `json:"watch"`
	}
	_ = json.Unmarshal(body, &asked) // what is none asks for nothing
	var scopes []string
	for _, w := range asked.Watch {
		for _, event := range w.Events {
			module, _, _ := strings.Cut(event, ".")
			if scope := moduleScope(scopeModule(module), "READ"); !slices.Contains(scopes, scope) {
				scopes = append(scopes, scope)
			}
		}
	}
	return scopes
}

// standardModules have scopes of their own, by their names without underscores; all others share custom.
var standardModules = []string{
	"leads", "accounts", "contacts", "deals", "campaigns", "tasks", "cases", "events", "calls", "solutions", "products", "vendors",
	"pricebooks", "quotes", "salesorders", "purchaseorders", "invoices", "notes", "attachments", "appointments", "services",
}

// customModules share one name in scopes.
const customModules = "custom"

func scopeModule(module string) string {
	name := strings.ToLower(strings.ReplaceAll(module, "_", ""))
	if slices.Contains(standardModules, name) {
		return name
	}
	return customModules
}

// lacking are those of the wanted scopes that the granted ones do not cover. As at Zoho, capitals do not matter, a group
// stands for what is below it, ALL for every operation and WRITE for CREATE and UPDATE.
func lacking(granted string, wanted []string) []string {
	given := strings.FieldsFunc(granted, func(r rune) bool { return r == ',' || r == ' ' })
	return slices.DeleteFunc(slices.Clone(wanted), func(scope string) bool {
		return slices.ContainsFunc(given, func(g string) bool { return coversScope(g, scope) })
	})
}

// lacks says which scopes a call would have needed.
func (t *tokens) lacks(needed []string) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	missing := lacking(t.tok.Scope, needed)
	if t.tok.Scope == "" || len(missing) == 0 { // Zoho does not always tell the scopes, and knows better
		return fmt.Errorf("the call needs the scope %s", strings.Join(needed, " and "))
	}
	return fmt.Errorf("the token lacks the scope %s", strings.Join(missing, " and "))
}

func coversScope(granted, wanted string) bool {
	group, op := cutScope(granted)
	wantedGroup, wantedOp := cutScope(wanted)
	if wantedGroup != group && !strings.HasPrefix(wantedGroup, group+".") {
		return false
	}
	return op == wantedOp || op == "all" || op == "write" && (wantedOp == "create" || wantedOp == "update")
}

// cutScope cuts "ZohoCRM.modules.leads.READ" into "zohocrm.modules.leads" and "read".
func cutScope(scope string) (group, op string) {
	scope = strings.ToLower(scope)
	i := strings.LastIndexByte(scope, '.')
	if i < 0 {
		return scope, ""
	}
	return scope[:i], scope[i+1:]
}
