package integration

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"
	"github.com/go-chi/chi/v5"
	"github.com/labstack/echo/v4"
	"github.com/stretchr/testify/assert"

	"github.com/zohohub/zohohub"
)

// TestHandlerInRouters: the handler of notifications is an http.Handler, so each router takes it as it is.
func TestHandlerInRouters(t *testing.T) {
	t.Parallel()
	gin.SetMode(gin.ReleaseMode)
	for name, mount := range map[string]func(http.Handler) http.Handler{
		"chi": func(h http.Handler) http.Handler {
			r := chi.NewRouter()
			r.Post("/hooks/zoho", h.ServeHTTP)
			return r
		},
		"echo": func(h http.Handler) http.Handler {
			e := echo.New()
			e.POST("/hooks/zoho", echo.WrapHandler(h))
			return e
		},
		"gin": func(h http.Handler) http.Handler {
			g := gin.New()
			g.POST("/hooks/zoho", gin.WrapH(h))
			return g
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var told []string
			router := mount(zohohub.NotificationHandler("fake-token", func(_ context.Context, n zohohub.Notification) error {
				told = append(told, n.Module+" "+strings.Join(n.IDs, ","))
				return nil
			}))
			for token, status := range map[string]int{"fake-token": http.StatusOK, "another": http.StatusForbidden} {
				w := httptest.NewRecorder()
				body := strings.NewReader(`{"module":"Leads","operation":"update","ids":["7","8"],"channel_id":1,"token":"` + token + `"}`)
				router.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/hooks/zoho", body))
				assert.Equal(t, status, w.Code)
			}
			assert.Equal(t, []string{"Leads 7,8"}, told)
		})
	}
}
