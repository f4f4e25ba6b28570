package bench_test

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"manifold"
	"manifold/examples/shop"
	"manifold/internal/gateway"
)

// BenchmarkDemo is what a user of the demo does: a client, the gateway and two services, with real HTTP on loopback
// between them. It counts the work of all of them, so it compares versions of ours; it is no figure of the gateway alone.
func BenchmarkDemo(b *testing.B) {
	services, err := shop.Start(b.Context(), shop.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer services.Close()
	options := gateway.Options{Logger: slog.New(slog.DiscardHandler), Read: manifold.ReadDemo, Auth: demoAuth(b), Env: func(name string) (string, bool) {
		value, ok := services.Env()[name]
		return value, ok
	}}
	gen, err := gateway.Build([]*ast.Source{{Name: "gateway.graphql", Input: manifold.DemoGateway}}, options, nil)
	if err != nil {
		b.Fatal(err)
	}
	gw := gateway.New(gen)
	defer gw.Close()
	server := httptest.NewServer(gw)
	defer server.Close()

	for _, c := range []struct{ name, query string }{
		{"constant", `{ shopName }`},
		{"lookup", `{ user(id: 7) { name email } }`},
		{"two-services", `{ users(limit: 50) { name tier orders(first: 5) { id status totalCents } } }`},
		{"rest-grpc-graphql", threeSources},
		{"three-waves", `{ users(limit: 50) { name orders(first: 5) { id customer { name orders(first: 1) { id } } } } }`},
	} {
		b.Run(c.name, func(b *testing.B) {
			body := `{"query":` + strconv.Quote(c.query) + `}`
			b.ReportAllocs()
			for b.Loop() {
				n := ask(b, server.Client(), server.URL+"/graphql", body)
				b.SetBytes(n)
			}
		})
	}
}

// ask sends one request and returns the size of its answer, which has to be one without errors.
func ask(b *testing.B, client *http.Client, url, body string) int64 {
	b.Helper()
	resp, err := client.Post(url, "application/json", strings.NewReader(body))
	if err != nil {
		b.Fatal(err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK || !strings.HasPrefix(string(answer), `{"data"`) {
		b.Fatalf("status %d, %v: %s", resp.StatusCode, err, answer)
	}
	return int64(len(answer))
}
