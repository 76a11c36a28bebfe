package zohohub

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// scopesOf are the scopes that a call needs, as far as they are known: one of each set that Zoho asks for. The path is the
// request's template.
func scopesOf(method string, base Base, template string) []string {
	parts := strings.Split(strings.Trim(template, "/"), "/")
	op := map[string]string{http.MethodPost: "CREATE", http.MethodPut: "UPDATE", http.MethodPatch: "UPDATE", http.MethodDelete: "DELETE"}[method]
	if op == "" {
		op = "READ"
	}
	switch {
	case base == BaseBulk:
		return []string{"ZohoCRM.bulk." + op}
	case base == BaseUpload:
		return []string{"ZohoCRM.bulk.CREATE", "ZohoFiles.files.ALL"}
	}
	second, last := "", parts[len(parts)-1]
	if len(parts) > 1 {
		second = parts[1]
	}
	switch parts[0] {
	case "settings":
		return []string{"ZohoCRM.settings." + strings.ToLower(second) + "." + op}
	case "org", "users":
		return []string{"ZohoCRM." + parts[0] + "." + op}
	case "files":
		return []string{"ZohoCRM.files." + op}
	case "coql":
		return []string{"ZohoCRM.coql.READ", "ZohoCRM.modules.READ"}
	case "actions":
		return []string{"ZohoCRM.notifications." + op}
	case "functions":
		return []string{"ZohoCRM.functions.execute." + op}
	case "__composite_requests":
		return []string{"ZohoCRM.composite_requests.CUSTOM"}
	}
	module := scopeModule(parts[0])
	switch {
	case second == "search", last == "count":
		return []string{"ZohoCRM.modules." + module + ".READ", "ZohoSearch.securesearch.READ"}
	case second == "upsert":
		return []string{"ZohoCRM.modules." + module + ".CREATE", "ZohoCRM.modules." + module + ".UPDATE"}
	case last == "share":
		return []string{"ZohoCRM.share." + module + "." + op}
	case last == "change_owner", last == "mass_change_owner":
		return []string{"ZohoCRM.change_owner.CREATE"}
	case last == "mass_update":
		return []string{"ZohoCRM.mass_update.UPDATE"}
	case last == "mass_delete":
		return []string{"ZohoCRM.mass_delete.DELETE"}
	case last == "send_mail":
		return []string{"ZohoCRM.send_mail." + module + ".CREATE"}
	}
	return []string{"ZohoCRM.modules." + module + "." + op}
}

// standardModules have scopes of their own, by their names without underscores; all others share custom.
var standardModules = []string{
	"leads", "accounts", "contacts", "deals", "campaigns", "tasks", "cases", "events", "calls", "solutions", "products", "vendors",
	"pricebooks", "quotes", "salesorders", "purchaseorders", "invoices", "notes", "attachments", "appointments", "services",
}

func scopeModule(module string) string {
	name := strings.ToLower(strings.ReplaceAll(module, "_", ""))
	if slices.Contains(standardModules, name) {
		return name
	}
	return "custom"
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
