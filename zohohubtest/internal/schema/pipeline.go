package schema

// The forecast categories that stages belong to.
var (
	openForecast    = object{"name": "Pipeline", "id": "5550000000000030001"}
	wonForecast     = object{"name": "Closed", "id": "5550000000000030002"}
	omittedForecast = object{"name": "Omitted", "id": "5550000000000030003"}
)

// forecastCategory is that of a stage.
func (p Pick) forecastCategory() object {
	switch p.Forecast {
	case "Closed Won":
		return wonForecast
	case "Closed Lost":
		return omittedForecast
	}
	return openForecast
}

// PipelinesJSON describes the pipelines of a layout as GET settings/pipeline
// does: those of the field Pipeline, each with all stages. Of other layouts
// than that of Deals there are none.
func (s *Schema) PipelinesJSON(layout string) []any {
	deals := s.Module("Deals")
	if layout != deals.LayoutID() {
		return nil
	}
	stages := list{}
	for i, p := range deals.Field("Stage").PickList {
		stages = append(stages, object{
			"id": p.ID, "display_value": p.Display, "actual_value": p.Actual, "sequence_number": i + 1,
			"forecast_type": p.Forecast, "forecast_category": p.forecastCategory(),
		})
	}
	out := list{}
	for i, p := range deals.Field("Pipeline").PickList {
		out = append(out, object{
			"id": p.ID, "display_value": p.Display, "actual_value": p.Actual, "default": i == 0, "child_available": false, "maps": stages,
		})
	}
	return out
}

// maps are the values of other fields that a value allows: the stages of a
// pipeline.
func (f *Field) maps(p Pick) list {
	if p.ID == "" || f.APIName != "Pipeline" || f.module.APIName != "Deals" {
		return list{}
	}
	stage := f.module.Field("Stage")
	return list{object{"api_name": stage.APIName, "pick_list_values": stage.picks()}}
}
