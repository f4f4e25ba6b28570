package gateway

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/vektah/gqlparser/v2/ast"

	"manifold/internal/faulty"
)

// Faults that a request asks for are there where gateway.yaml allows it, and nowhere else.
func TestFaultsOnDemand(t *testing.T) {
	t.Parallel()
	a, b := faulty.Serve(t, "a"), faulty.Serve(t, "b")
	a.Do(faulty.Behaviour{Body: "1"})
	b.Do(faulty.Behaviour{Body: "2"})
	open := func(allowed bool) *Gateway {
		o := Options{Logger: slog.New(slog.DiscardHandler)}
		o.Upstreams.Faults, o.Upstreams.Timeout = allowed, 100*time.Millisecond
		gen, err := Build([]*ast.Source{{Name: "gateway.graphql", Input: `
extend schema @source(name: "a", http: { baseURL: "` + a.URL() + `" }, resilience: { breaker: { off: true } }) @source(name: "b", http: { baseURL: "` + b.URL() + `" })
type Query { a: Int @connect(source: "a", http: { GET: "/" }) b: Int @connect(source: "b", http: { GET: "/" }) }`}}, o, nil)
		if err != nil {
			t.Fatal(err)
		}
		gw := New(gen)
		t.Cleanup(gw.Close)
		return gw
	}
	allowed, not := open(true), open(false)
	const good = `{"data":{"a":1,"b":2}}`
	for header, want := range map[string]string{
		"":                  good,
		"a=timeout":         `"code":"UPSTREAM_TIMEOUT"`,
		"a=connect":         `"code":"UPSTREAM_UNAVAILABLE"`,
		"a=503":             `"code":"UPSTREAM_ERROR"`,
		"a=404":             `"code":"NOT_FOUND"`,
		"a=garbage":         `"code":"UPSTREAM_BAD_RESPONSE"`,
		"a=delay:1ms":       good,
		"a=delay:1s":        `"code":"UPSTREAM_TIMEOUT"`,
		"b=204, *=500@100%": `"code":"UPSTREAM_ERROR"`,
		"a=500@0%":          good,
		"c=timeout":         good,
		"a=explode":         `"code":"BAD_USER_INPUT"`,
		"a=500@half":        `"code":"BAD_USER_INPUT"`,
		"timeout":           `"code":"BAD_USER_INPUT"`,
	} {
		ask := func(gw *Gateway) string {
			r := postRequest(`{"query":"{ a b }"}`)
			r.Header.Set("X-Manifold-Fault", header)
			return bodyOf(t, ask(gw, r))
		}
		got := ask(allowed)
		if !strings.Contains(got, want) {
			t.Errorf("%s: %s, want %s", header, got, want)
		}
		if strings.Contains(want, "UPSTREAM") && strings.HasPrefix(header, "a=") && !strings.Contains(got, `"a":null,"b":2`) {
			t.Errorf("%s: %s, want b to be there", header, got)
		}
		if got := ask(not); got != good {
			t.Errorf("%s, where it is not allowed: %s", header, got)
		}
	}
}
