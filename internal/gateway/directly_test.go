package gateway

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"
)

// The short way to routes leads nowhere that the table of paths would not: what else lies below a client's prefix is served as it
// is, GraphQL is as open as its client says, and odd paths are cleaned before.
func TestPathsBelowAPrefix(t *testing.T) {
	t.Parallel()
	gen, err := Build([]*ast.Source{{Name: "gateway.graphql", Input: `
extend schema @bff(name: "tv", prefix: "/tv", graphql: OFF) @bff(name: "web", prefix: "/web/v1", graphql: OPEN)
type Query { a(p: String): Int @connect(selection: "$(1)") }`}}, Options{
		Logger: slog.New(slog.DiscardHandler), GraphQL: "off",
		Operations: []*ast.Source{
			{Name: "bff/tv/a.graphql", Input: `query A($p: String) @route(bff: "tv", path: "/a/{p}") { a(p: $p) }`},
			{Name: "bff/web/b.graphql", Input: `query B @route(bff: "web", path: "/b") { a }`},
		},
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	gw := New(gen)
	for _, c := range []struct {
		method, path string
		status       int
		location     string
	}{
		{"GET", "/tv/a/x", 200, ""},
		{"HEAD", "/tv/a/x", 200, ""},
		{"POST", "/tv/a/x", 405, ""},
		{"OPTIONS", "/tv/a/x", 204, ""},
		{"GET", "/tv/a/x%2Fy", 200, ""}, // one segment
		{"GET", "/tv/a/x/y", 404, ""},
		{"GET", "/tv/a/", 404, ""},
		{"GET", "/tv/", 404, ""},
		{"GET", "/tv", 307, "/tv/"},
		{"GET", "/tvs/a/x", 404, ""},
		{"GET", "//tv/a/x", 307, "/tv/a/x"},
		{"GET", "/tv//a/x", 307, "/tv/a/x"},
		{"GET", "/tv/../tv/a/x", 307, "/tv/a/x"},
		{"GET", "/tv/./a/x", 307, "/tv/a/x"},
		{"GET", "/web/v1/b", 200, ""},
		{"GET", "/web/v1/openapi.json", 200, ""},
		{"GET", "/web/v1/docs", 200, ""},
		{"GET", "/web/v1/docs/", 404, ""},
		{"GET", "/web/v1/graphql?query={a}", 200, ""},
		{"GET", "/web/v1/graphql/?query={a}", 404, ""},
		{"GET", "/web%2Fv1/graphql?query={a}", 404, ""},
		{"GET", "/tv/graphql?query={a}", 404, ""},
		{"GET", "/tv/../web/v1/graphql?query={a}", 307, "/web/v1/graphql?query={a}"},
		{"GET", "/tv/%67raphql?query={a}", 404, ""},
		{"GET", "/graphql?query={a}", 404, ""},
	} {
		r := httptest.NewRequest(c.method, c.path, nil)
		r.Header.Set("Apollo-Require-Preflight", "1")
		resp := ask(gw, r)
		location := resp.Header.Get("Location")
		if resp.StatusCode == http.StatusMovedPermanently { // net/http says one or the other
			resp.StatusCode = http.StatusTemporaryRedirect
		}
		if resp.StatusCode != c.status || location != c.location {
			t.Errorf("%s %s: status %d %s, want %d %s", c.method, c.path, resp.StatusCode, location, c.status, c.location)
		}
	}
}
