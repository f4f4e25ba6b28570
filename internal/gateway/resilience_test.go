package gateway

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"
)

// Over real connections: a query is made again, a mutation never, and an operation makes four calls again at most.
func TestCallsThatAreMadeAgain(t *testing.T) {
	t.Parallel()
	var hits, failing atomic.Int32
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		hits.Add(1)
		if failing.Add(-1) >= 0 {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, 7)
	}))
	t.Cleanup(service.Close)
	m := NewMetrics()
	o := Options{Logger: slog.New(slog.DiscardHandler)}
	o.Upstreams.Meter = m.Upstreams()
	gen, err := Build([]*ast.Source{{Name: "gateway.graphql", Input: `
extend schema @source(name: "api", http: { baseURL: "` + service.URL + `" }, resilience: { retry: { attempts: 3, backoff: "1ms" } })
type Query { n(i: Int): Int @connect(source: "api", http: { GET: "/n/{$args.i}" }) }
type Mutation { set: Int @connect(source: "api", http: { POST: "/n" }) }`}}, o, nil)
	if err != nil {
		t.Fatal(err)
	}
	gw := New(gen)
	t.Cleanup(func() { gw.Close() })
	var many strings.Builder
	for i := range 6 {
		fmt.Fprintf(&many, "a%d: n(i: %d) ", i, i)
	}
	for _, c := range []struct {
		query       string
		fails, hits int32 // calls that fail; calls that are made
		says        string
	}{
		{"{ n(i: 1) }", 0, 1, `"data":{"n":7}`},
		{"{ n(i: 1) }", 2, 3, `"data":{"n":7}`},
		{"{ n(i: 1) }", 5, 3, `"n":null`},
		{"mutation { set }", 1, 1, `"data":{"set":null}`},
		{"{ " + many.String() + "}", 100, 6 + 4, `"a5":null`},
	} {
		hits.Store(0)
		failing.Store(c.fails)
		answer := bodyOf(t, ask(gw, postRequest(`{"query":"`+c.query+`"}`)))
		if hits.Load() != c.hits || !strings.Contains(answer, c.says) {
			t.Errorf("%s, of which %d calls fail: %d calls, want %d\n%s", c.query, c.fails, hits.Load(), c.hits, answer)
		}
	}
	text := bodyOf(t, ask(Admin(gw, nil, m), httptest.NewRequest("GET", "/metrics", nil)))
	for _, want := range []string{`manifold_upstream_retries_total{upstream="api"} 8`, `manifold_upstream_calls_total{outcome="ok",upstream="api"} 2`, `manifold_upstream_in_flight{upstream="api"} 0`} {
		if !strings.Contains(text, want+"\n") {
			t.Errorf("the metrics lack %s", want)
		}
	}
}
