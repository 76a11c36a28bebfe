package zohohubtest

import "net/http"

// The refusals of parameters, which all calls share.

func badPattern(param string) *refusal {
	return newRefusal(http.StatusBadRequest, "PATTERN_NOT_MATCHED", "Please check whether the input values are correct",
		map[string]any{"param_name": param})
}

func limitExceeded(param string, limit int) *refusal {
	return newRefusal(http.StatusBadRequest, "LIMIT_EXCEEDED", "limit exceeded", map[string]any{"limit": limit, "param_name": param})
}

func missingParam(name string) *refusal {
	return newRefusal(http.StatusBadRequest, "REQUIRED_PARAM_MISSING", "One of the expected parameter is missing",
		map[string]any{"param_name": name})
}

func ambiguous(params ...string) *refusal {
	due := make([]any, len(params))
	for i, p := range params {
		due[i] = map[string]any{"param_name": p}
	}
	return newRefusal(http.StatusBadRequest, "AMBIGUITY_DURING_PROCESSING", "Ambiguity while processing the request",
		map[string]any{"ambiguity_due_to": due})
}

func invalidParam(name string) *refusal {
	return newRefusal(http.StatusBadRequest, "INVALID_DATA", "invalid data", map[string]any{"param_name": name})
}
