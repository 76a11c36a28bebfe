package zohohubtest

import (
	"net/http"
	"slices"
)

// listPipelines is GET settings/pipeline?layout_id=….
func (c *crm) listPipelines(q *request) outcome {
	pipelines, refused := c.pipelines(q)
	if refused != nil {
		return refused.outcome()
	}
	return outcome{status: http.StatusOK, body: map[string]any{"pipeline": pipelines}}
}

// getPipeline is GET settings/pipeline/{id}?layout_id=….
func (c *crm) getPipeline(q *request) outcome {
	pipelines, refused := c.pipelines(q)
	if refused != nil {
		return refused.outcome()
	}
	i := slices.IndexFunc(pipelines, func(p any) bool { return p.(map[string]any)["id"] == q.id })
	if i < 0 {
		return outcome{status: http.StatusNoContent}
	}
	return outcome{status: http.StatusOK, body: map[string]any{"pipeline": pipelines[i : i+1]}}
}

// pipelines are those of the layout that the query names; only the one of Deals has any.
func (c *crm) pipelines(q *request) ([]any, *refusal) {
	layout := q.query.Get("layout_id")
	if layout == "" {
		return nil, named("layout_id", missingParam("layout_id"))
	}
	if pipelines := c.schema.PipelinesJSON(layout); pipelines != nil {
		return pipelines, nil
	}
	return nil, invalidParam("layout_id")
}
