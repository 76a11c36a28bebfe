package zohohubtest

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestDelete(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	ids := o.seed("Leads", map[string]any{"Last_Name": "A"}, map[string]any{"Last_Name": "B"}, map[string]any{"Last_Name": "C"})
	gone := func(id string) string {
		return `{"code":"SUCCESS","details":{"id":"` + id + `"},"message":"record deleted","status":"success"}`
	}
	failed := func(id string) string { return refusedJSON("INVALID_DATA", "record not deleted", `{"id":"`+id+`"}`) }
	o.expect(400, refusedJSON("REQUIRED_PARAM_MISSING", "One of the expected parameter is missing", `{"param_name":"ids"}`), "DELETE", "v8/Leads", "")
	o.expect(400, refusedJSON("LIMIT_EXCEEDED", "limit exceeded", `{"limit":100,"param_name":"ids"}`), "DELETE", "v8/Leads?ids="+strings.Repeat("1,", 101), "")
	o.expect(400, badParam("wf_trigger"), "DELETE", "v8/Leads?ids=1&wf_trigger=no", "")
	o.expect(204, "", "GET", "v8/Leads/deleted", "")
	o.expect(200, rowsJSON(gone(ids[0]), gone(ids[1])), "DELETE", "v8/Leads?ids="+ids[0]+","+ids[1]+"&wf_trigger=false", "")
	o.now = o.now.Add(time.Minute)
	o.expect(207, rowsJSON(failed(ids[0]), gone(ids[2])), "DELETE", "v8/Leads?ids="+ids[0]+","+ids[2], "")
	o.expect(400, rowsJSON(failed(ids[0])), "DELETE", "v8/Leads/"+ids[0], "")
	o.expect(204, "", "GET", "v8/Leads/"+ids[0], "")

	row := func(id, name, at string) string {
		return `{"id":"` + id + `","display_name":"` + name + `","type":"recycle","deleted_time":"` + at + `","deleted_by":` + anaRef + `,"created_by":` + anaRef + `}`
	}
	third := row(ids[2], "C", "2026-03-01T10:01:00+01:00")
	info := func(perPage, count, page int, more bool) string {
		return fmt.Sprintf(`"info":{"per_page":%d,"count":%d,"page":%d,"more_records":%t}`, perPage, count, page, more)
	}
	o.expect(200, `{"data":[`+third+`,`+row(ids[1], "B", testTime)+`,`+row(ids[0], "A", testTime)+`],`+info(200, 3, 1, false)+`}`, "GET", "v8/Leads/deleted", "")
	o.expect(200, `{"data":[`+row(ids[1], "B", testTime)+`],`+info(1, 1, 2, true)+`}`, "GET", "v8/Leads/deleted?type=recycle&per_page=1&page=2", "")
	o.expect(200, `{"data":[`+third+`],`+info(200, 1, 1, false)+`}`, "GET", "v8/Leads/deleted", "", "If-Modified-Since", testTime)
	o.expect(304, "", "GET", "v8/Leads/deleted", "", "If-Modified-Since", "2026-03-01T10:01:00+01:00")
	o.expect(204, "", "GET", "v8/Leads/deleted?type=permanent", "")
	o.expect(400, badParam("type"), "GET", "v8/Leads/deleted?type=some", "")
	o.now = o.now.Add(60*24*time.Hour - time.Minute) // the first two leave the recycle bin
	o.expect(200, `{"data":[{"id":"`+ids[1]+`","display_name":null,"type":"permanent","deleted_time":"`+testTime+`","deleted_by":null,"created_by":null}],`+
		info(1, 1, 1, true)+`}`, "GET", "v8/Leads/deleted?type=permanent&per_page=1", "")
	o.expect(200, `{"data":[`+third+`],`+info(200, 1, 1, false)+`}`, "GET", "v8/Leads/deleted?type=recycle", "")
	o.now = o.now.Add(121 * 24 * time.Hour)
	o.expect(204, "", "GET", "v8/Leads/deleted", "")
}
