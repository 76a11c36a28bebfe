package zohohubtest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	photoUploaded = `{"code":"SUCCESS","details":{},"message":"photo uploaded successfully","status":"success"}`
	photoDeleted  = `{"code":"SUCCESS","details":{},"message":"Photo deleted","status":"success"}`
	noSuchPhoto   = `{"code":"INVALID_DATA","details":{},"message":"No such photo exists","status":"error"}`
)

func TestPhotoOfARecord(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	for module, row := range map[string]map[string]any{
		"Leads": {"Last_Name": "Doe"}, "Contacts": {"Last_Name": "Doe"}, "Accounts": {"Account_Name": "Acme"},
		"Products": {"Product_Name": "P"}, "Vendors": {"Vendor_Name": "V"}, "Service_Visits": {"Name": "V"},
	} {
		record := o.seed(module, row)[0]
		at := "v8/" + module + "/" + record + "/photo"
		o.expect(204, "", "GET", at, "")
		o.expect(400, noSuchPhoto, "DELETE", at, "")
		o.now = o.now.Add(time.Hour)
		for kind, content := range map[string]string{
			"image/png": pngContent, "image/jpeg": "\xff\xd8\xff\xe0", "image/gif": "GIF89a....", "image/bmp": "BM......",
		} {
			o.expect(200, photoUploaded, "POST", at+"?restrict_triggers=workflow", form(part{"file", "me", content}), "Content-Type", formType)
			w := o.call("GET", at, "")
			assert.Equal(t, []any{200, content, kind, `attachment; filename="me"`},
				[]any{w.Code, w.Body.String(), w.Header().Get("Content-Type"), w.Header().Get("Content-Disposition")}, module)
			assert.Len(t, o.crm.photos, 1, "the one before is gone")
		}
		shown := listRows(t, o.call("GET", "v8/"+module+"/"+record, ""))[0]
		assert.Equal(t, formatTime(o.now), shown["Modified_Time"])
		if module != "Service_Visits" { // whose metadata has no such field
			assert.Regexp(t, `^[0-9a-f]{40}$`, shown["Record_Image"], module)
		}
		o.expect(200, photoDeleted, "DELETE", at, "")
		assert.Nil(t, listRows(t, o.call("GET", "v8/"+module+"/"+record, ""))[0]["Record_Image"])
		o.expect(204, "", "GET", at, "")
		o.keepsNothing(module)
	}
}

func TestPhotoIsClearedWithItsField(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	lead := o.seed("Leads", map[string]any{"Last_Name": "Doe"})[0]
	at := "v8/Leads/" + lead
	require.Equal(t, 200, o.upload(at+"/photo", part{"file", "a.png", pngContent}).Code)
	for sent, status := range map[string]int{`"City":"Faro"`: 200, `"Record_Image":"x"`: 200, `"Record_Image":""`: 200} {
		o.expect(200, rowsJSON(updatedJSON(lead)), "PUT", at, `{"data":[{`+sent+`}]}`)
		assert.Equal(t, status, o.call("GET", at+"/photo", "").Code, sent)
	}
	o.expect(200, rowsJSON(updatedJSON(lead)), "PUT", at, `{"data":[{"Record_Image":null}]}`)
	o.expect(204, "", "GET", at+"/photo", "")
	o.keepsNothing("")
}

func TestPhotoIsRefused(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	deal := o.seed("Deals", map[string]any{"Deal_Name": "D", "Stage": "Closed Won"})[0]
	unsupported := refusedJSON("INVALID_MODULE", "The given module is not supported in API", `{"resource_path_index":0}`)
	image := form(part{"file", "a.png", pngContent})
	o.expect(400, unsupported, "GET", "v8/Deals/"+deal+"/photo", "")
	o.expect(400, unsupported, "DELETE", "v8/Deals/"+deal+"/photo", "")
	o.expect(400, unsupported, "POST", "v8/Deals/"+deal+"/photo", image, "Content-Type", formType)
	for _, id := range []string{"1", "x"} {
		bad := refusedJSON("INVALID_DATA", "the id given seems to be invalid", `{"resource_path_index":1}`)
		o.expect(400, bad, "GET", "v8/Leads/"+id+"/photo", "")
		o.expect(400, bad, "DELETE", "v8/Leads/"+id+"/photo", "")
		o.expect(400, bad, "POST", "v8/Leads/"+id+"/photo", image, "Content-Type", formType)
	}
	o.keepsNothing("")
}

func TestPhotoOfTheOrganisation(t *testing.T) {
	t.Parallel()
	o := newOrg(t)
	shown := func() any {
		body, err := decodeJSON(o.call("GET", "v8/org", "").Body.Bytes())
		require.NoError(t, err)
		return body.(map[string]any)["org"].([]any)[0].(map[string]any)["photo_id"]
	}
	o.expect(204, "", "GET", "v8/org/photo", "")
	o.expect(400, noSuchPhoto, "DELETE", "v8/org/photo", "")
	assert.Nil(t, shown())
	for range 2 {
		o.expect(200, photoUploaded, "POST", "v8/org/photo", form(part{"file", "logo.png", pngContent}), "Content-Type", formType)
	}
	w := o.call("GET", "v8/org/photo", "")
	assert.Equal(t, []any{200, pngContent, "image/png"}, []any{w.Code, w.Body.String(), w.Header().Get("Content-Type")})
	assert.Regexp(t, `^[0-9a-f]{40}$`, shown())
	o.expect(200, photoDeleted, "DELETE", "v8/org/photo", "")
	assert.Nil(t, shown())
	o.keepsNothing("")
}
