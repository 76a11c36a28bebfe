package contract

import (
	"maps"
	"slices"
)

// newerCodes are in Zoho's prose documentation and its newer files, but in none of these.
var newerCodes = []any{
	"ALREADY_MODIFIED", "BODY_SIZE_REACHED", "DISCRETE_PAGINATION_LIMIT_EXCEEDED", "DOWNLOAD_NOT_ALLOWED", "DUPLICATE_LINKING_DATA",
	"EXPIRED_VALUE", "PAGINATION_LIMIT_EXCEEDED", "TOKEN_BOUND_DATA_MISMATCH",
}

// oneOf makes an anyOf of it whose branches are told apart; the body of an answer is one, be it of a single branch. To
// branches that have a status, and to bodies, it adds a refusal with another of Zoho's codes: calls name some of theirs, or
// none, and leave out the rest.
func oneOf(ts *trees, file string, keys []string, object map[string]any) {
	isBody := isAnswer(keys)
	branches, ok := object["oneOf"].([]any)
	switch {
	case ok:
		delete(object, "oneOf")
	case isBody:
		branches = []any{maps.Clone(object)}
		clear(object)
	default:
		return
	}
	var anyOf, named []any
	refuses := isBody
	for _, branch := range branches {
		where, meant := ts.resolve(file, branch.(map[string]any))
		_, hasStatus := property(meant, "status")
		refuses = refuses || hasStatus
		if code, ok := property(meant, "code"); ok && isError(meant) {
			codes, _ := code["enum"].([]any)
			named = append(named, codes...)
		}
		if required := tellingKeys(ts, where, meant, isBody); len(required) > 0 {
			branch = map[string]any{"allOf": []any{branch}, "required": required}
		}
		anyOf = append(anyOf, branch)
	}
	if refuses {
		anyOf = append(anyOf, otherRefusal(ts.codes, named))
	}
	object["anyOf"] = anyOf
}

// isAnswer says whether keys lead to the schema of an answer in JSON.
func isAnswer(keys []string) bool {
	n := len(keys)
	return n > 4 && slices.Contains(keys, "responses") && slices.Equal(keys[n-3:], []string{"content", "application/json", "schema"})
}

// tellingKeys are the keys without which an object is not of a branch.
func tellingKeys(ts *trees, file string, branch map[string]any, isBody bool) []any {
	if status, ok := property(branch, "status"); ok {
		if _, status = ts.resolve(file, status); status["enum"] != nil {
			return []any{"status"}
		}
	}
	if !isBody || branch["required"] != nil {
		return nil
	}
	properties, _ := branch["properties"].(map[string]any)
	var keys []any
	for _, name := range slices.Sorted(maps.Keys(properties)) {
		if name != "info" {
			keys = append(keys, name)
		}
	}
	return keys
}

// otherRefusal is Zoho's envelope of a refusal with any code of its files but those that the call has named.
func otherRefusal(codes, named []any) map[string]any {
	others := slices.DeleteFunc(slices.Clone(codes), func(code any) bool { return slices.Contains(named, code) })
	return map[string]any{
		"type":     "object",
		"required": []any{"code", "details", "message", "status"},
		"properties": map[string]any{
			"code":    map[string]any{"type": "string", "enum": others},
			"details": map[string]any{"type": "object"},
			"message": map[string]any{"type": "string"},
			"status":  map[string]any{"type": "string", "enum": []any{"error"}},
		},
	}
}

// refusalCodes are the codes of all refusals in all files.
func refusalCodes(files map[string]map[string]any) []any {
	codes := slices.Clone(newerCodes)
	for _, tree := range files {
		walk(tree, func(_ []string, object map[string]any) {
			if code, ok := property(object, "code"); ok && isError(object) {
				known, _ := code["enum"].([]any)
				codes = append(codes, known...)
			}
		})
	}
	return codes
}
