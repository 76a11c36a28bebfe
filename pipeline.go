package zohohub

import (
	"context"
	"encoding/json"
)

// Pipeline is a way that deals go: the stages that it has, in order.
type Pipeline struct {
	ID string
	// ActualValue is what a deal's Pipeline takes, DisplayValue what people see.
	ActualValue, DisplayValue string
	// Default is set for the pipeline of deals that name none.
	Default bool
	Stages  []PipelineStage
	// Raw is the pipeline as Zoho sent it.
	Raw json.RawMessage
}

// PipelineStage is a stage of a pipeline.
type PipelineStage struct {
	ID string
	// ActualValue is what a deal's Stage takes, DisplayValue what people see.
	ActualValue, DisplayValue string
	// Place is the stage's in the pipeline, from 1.
	Place int
	// Color is "#57B1FD" for example; empty for none.
	Color string
	// ForecastType is "Open", "Closed Won" or "Closed Lost".
	ForecastType     string
	ForecastCategory Lookup
}

// Pipelines lists the pipelines of a layout of Deals, by the layout's id; see [Connection.Layouts]. It costs one credit.
//
// Zoho: GET /crm/v8/settings/pipeline?layout_id={id}  https://www.zoho.com/crm/developer/docs/api/v8/get-pipelines.html
func (c *Connection) Pipelines(ctx context.Context, layoutID string) ([]Pipeline, error) {
	const op = "list pipelines"
	if err := checkID(layoutID); err != nil {
		return nil, &Error{Op: op, Index: -1, Err: err}
	}
	raws, err := c.settings(ctx, op, "", "pipeline", Params{"layout_id": layoutID})
	return each(raws, err, newPipeline)
}

func newPipeline(raw json.RawMessage) Pipeline {
	m := metaOf(raw)
	p := Pipeline{
		ID: m.text("id"), ActualValue: m.text("actual_value"), DisplayValue: m.text("display_value"), Default: m.flag("default"), Raw: raw,
	}
	for _, raw := range m.list("maps") {
		m := metaOf(raw)
		p.Stages = append(p.Stages, PipelineStage{
			ID: m.text("id"), ActualValue: m.text("actual_value"), DisplayValue: m.text("display_value"), Place: m.number("sequence_number"),
			Color: m.text("colour_code"), ForecastType: m.text("forecast_type"), ForecastCategory: m.lookup("forecast_category"),
		})
	}
	return p
}
