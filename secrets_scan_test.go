package zohohub_test

import (
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/zohohub/zohohub/internal/secretscan"
)

// overheard keeps for the suite what a browser gets: pages, headers, addresses. Only a cookie is the browser's own; it is a
// secret wherever else it shows.
func overheard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer := httptest.NewRecorder()
		next.ServeHTTP(answer, r)
		for _, c := range answer.Result().Cookies() {
			suite.Secret(secretscan.Cookie, c.Value)
		}
		for name, values := range answer.Header() {
			if name != "Set-Cookie" {
				suite.Add("the header "+name+" of "+r.URL.Path, strings.Join(values, "\n"))
			}
			w.Header()[name] = values
		}
		suite.Add("the page "+r.URL.Path, answer.Body.String())
		w.WriteHeader(answer.Code)
		_, _ = w.Write(answer.Body.Bytes())
	})
}
