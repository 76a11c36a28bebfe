package zohohubtest

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
)

// writeJSON answers with v as Zoho sends it: UTF-8 JSON in which <, > and & stand as they are.
func writeJSON(w http.ResponseWriter, status int, v any) {
	var body bytes.Buffer
	enc := json.NewEncoder(&body)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		panic(err) // only the fake's own values come here: what cannot be encoded is its bug
	}
	answer(w, status, "application/json;charset=UTF-8", bytes.TrimSuffix(body.Bytes(), []byte("\n")))
}

// jsonDisposition is Zoho's with the CRM's JSON, as if it were a file: the header alone does not make one.
const jsonDisposition = "attachment; filename=response.json"

// writeError answers with the CRM's flat envelope, which it uses for whatever fails as a whole.
func writeError(w http.ResponseWriter, status int, code, message string) {
	w.Header().Set("Content-Disposition", jsonDisposition)
	writeJSON(w, status, map[string]any{"code": code, "details": map[string]any{}, "message": message, "status": "error"})
}

// writePage answers with a bare HTML page, as gateways in front of Zoho do.
func writePage(w http.ResponseWriter, status int, title string) {
	answer(w, status, "text/html;charset=UTF-8", []byte("<html><head><title>"+title+"</title></head><body><h1>"+title+"</h1></body></html>"))
}

func answer(w http.ResponseWriter, status int, contentType string, body []byte) {
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body) // the client has gone: nobody is left to be told
}
