package gateway

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Admin returns what operators may ask of a running gateway. It belongs on a listener of its own, which is never public:
// nothing here asks who calls.
//
//	GET  /metrics              Prometheus
//	GET  /livez /readyz        health
//	GET  /status               which generation is served, and how the last reload ended
//	GET  /statusz              every upstream: its breaker, its budget, its instances
//	POST /-/reload             reload now; 200, or 422 with the problems
//
// A web page of another origin cannot reload: its browser says so, and is refused (403).
func Admin(gw *Gateway, r *Reloader, m *Metrics) http.Handler {
	a := &admin{gw, r}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(m.Registry, promhttp.HandlerOpts{}))
	mux.HandleFunc("GET /livez", healthy)
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		readiness(func() bool { return gw.Live().Ready() })(w, r)
	})
	mux.HandleFunc("GET /status", a.status)
	mux.HandleFunc("GET /statusz", a.statusz)
	mux.Handle("POST /-/reload", http.NewCrossOriginProtection().Handler(http.HandlerFunc(a.reload)))
	return mux
}

type admin struct {
	gateway  *Gateway
	reloader *Reloader
}

// status tells nothing that is secret: no addresses, no values of gateway.yaml.
func (a *admin) status(w http.ResponseWriter, _ *http.Request) {
	live := a.gateway.Live()
	out := struct {
		Generation int       `json:"generation"`
		Revision   string    `json:"revision"`
		Built      time.Time `json:"built"`
		LastReload *Report   `json:"lastReload,omitempty"`
	}{live.number, live.revision, live.built.UTC(), nil}
	if last := a.reloader.Last(); last.Result != "" {
		out.LastReload = &last
	}
	writeJSON(w, http.StatusOK, out)
}

func (a *admin) reload(w http.ResponseWriter, r *http.Request) {
	report := a.reloader.Reload(context.WithoutCancel(r.Context()), ByAdmin) // a client that hangs up changes nothing
	status := http.StatusOK
	if report.Result == Rejected {
		status = http.StatusUnprocessableEntity
	}
	writeJSON(w, status, report)
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	text, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		writeSmall(w, http.StatusInternalServerError, `{"error":"internal error"}`)
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	writeSmall(w, status, string(text)+"\n")
}
