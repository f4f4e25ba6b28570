package gateway

import (
	"context"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/vektah/gqlparser/v2/ast"

	"manifold/internal/fault"
	"manifold/upstreams"
)

// oneGone answers /a, and fails for all else.
type oneGone struct{}

func (oneGone) Call(_ context.Context, c *upstreams.Call) (*upstreams.Reply, error) {
	if strings.HasSuffix(string(c.URL), "/a") {
		return &upstreams.Reply{Status: 200, ContentType: "application/json", Body: []byte(`"ok"`)}, nil
	}
	return nil, fault.New(fault.UpstreamError, "gone")
}

func TestRoutesAreCounted(t *testing.T) {
	t.Parallel()
	m := NewMetrics()
	gen, err := Build([]*ast.Source{{Name: "gateway.graphql", Input: `
extend schema @bff(name: "tv", prefix: "/tv") @source(name: "api", http: { baseURL: "http://api" })
type Query { a: String @connect(source: "api", http: { GET: "/a" }) b: String @connect(source: "api", http: { GET: "/b" }) n(n: Int!): String @connect(source: "api", http: { GET: "/a" }) }
`}}, Options{
		Logger: slog.New(slog.DiscardHandler), RouteUsed: m.RouteUsed,
		Operations: []*ast.Source{
			{Name: "bff/tv/both.graphql", Input: `query Both @route(bff: "tv", path: "/both") { a b }`},
			{Name: "bff/tv/old.graphql", Input: `query Old($n: Int!) @route(bff: "tv", path: "/old", sunset: "2027-01-01") { n(n: $n) }`},
		},
		Callers: func(*upstreams.Set) func(int) upstreams.Caller {
			return func(int) upstreams.Caller { return oneGone{} }
		},
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	gw := New(gen)
	for path, want := range map[string]int{"/tv/both": 200, "/tv/old?n=1": 200, "/tv/old?n=x": 400, "/tv/none": 404} {
		if resp := ask(gw, httptest.NewRequest("GET", path, nil)); resp.StatusCode != want {
			t.Errorf("%s: status %d, want %d", path, resp.StatusCode, want)
		}
	}
	m.watchKeys(func() map[string]time.Duration { return map[string]time.Duration{"jwt": 90 * time.Second} })
	text := bodyOf(t, ask(Admin(gw, nil, m), httptest.NewRequest("GET", "/metrics", nil)))
	for _, want := range []string{
		`manifold_route_requests_total{client="tv",operation="Both",status="200"} 1`,
		`manifold_route_requests_total{client="tv",operation="Old",status="200"} 1`,
		`manifold_route_requests_total{client="tv",operation="Old",status="400"} 1`,
		`manifold_route_partial_total{client="tv",operation="Both"} 1`,
		`manifold_route_retiring_requests_total{client="tv",operation="Old"} 2`,
		`manifold_route_duration_seconds_count{client="tv",operation="Old"} 2`,
		`manifold_jwks_age_seconds{method="jwt"} 90`,
	} {
		if !strings.Contains(text, want+"\n") {
			t.Errorf("the metrics lack %s", want)
		}
	}
	if strings.Contains(text, `retiring_requests_total{client="tv",operation="Both"`) || strings.Contains(text, `status="404"`) {
		t.Errorf("counted that should not be:\n%s", text)
	}
}

// Calls of sources are counted whichever generation makes them, with the names of their outcomes.
func TestCallsAreCounted(t *testing.T) {
	t.Parallel()
	m := NewMetrics()
	for range 2 { // generations
		g := m.Upstreams().Upstream("users")
		g.Started()
		g.Started()
		g.Ended(upstreams.Good, 20*time.Millisecond)
	}
	m.Upstreams().Upstream("").Started()
	m.Upstreams().Upstream("users").Ended(upstreams.TimedOut, 3*time.Second)
	gen, err := Build([]*ast.Source{{Name: "gateway.graphql", Input: `type Query { a: Int @connect(selection: "$(1)") }`}}, Options{Logger: slog.New(slog.DiscardHandler)}, nil)
	if err != nil {
		t.Fatal(err)
	}
	text := bodyOf(t, ask(Admin(New(gen), nil, m), httptest.NewRequest("GET", "/metrics", nil)))
	for _, want := range []string{
		`manifold_upstream_calls_total{outcome="ok",upstream="users"} 2`,
		`manifold_upstream_calls_total{outcome="timeout",upstream="users"} 1`,
		`manifold_upstream_calls_total{outcome="overloaded",upstream="users"} 0`,
		`manifold_upstream_in_flight{upstream="users"} 1`,
		`manifold_upstream_in_flight{upstream="absolute"} 1`,
		`manifold_upstream_call_duration_seconds_count{upstream="users"} 3`,
		`manifold_upstream_call_duration_seconds_bucket{upstream="users",le="0.025"} 2`,
	} {
		if !strings.Contains(text, want+"\n") {
			t.Errorf("the metrics lack %s", want)
		}
	}
}
