package bench_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"manifold"
	"manifold/examples/shop"
	"manifold/internal/gateway"
	"manifold/upstreams"
)

// threeSources asks REST, gRPC and GraphQL services of the demo's shop: five calls in three waves.
const threeSources = `{ user(id: 1) { name orders(first: 2) { id totalCents lines { quantity product { name priceCents rating reviews(first: 2) { stars body author { name } } } } } } }`

// recorder passes calls on and keeps the replies; when it replays, it answers from what it has kept.
type recorder struct {
	mu     sync.Mutex
	kept   map[string]*upstreams.Reply
	replay bool
}

type recorded struct {
	*recorder
	next upstreams.Caller
}

func (r recorded) Call(ctx context.Context, c *upstreams.Call) (*upstreams.Reply, error) {
	key := string(c.URL) + " " + string(c.Body)
	if r.replay { // nobody writes any more
		reply := *r.kept[key]
		return &reply, nil
	}
	reply, err := r.next.Call(ctx, c)
	if err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	kept := upstreams.NewReply(reply.Status, http.Header{"Content-Type": {reply.ContentType}}, bytes.Clone(reply.Body))
	kept.Message, kept.Limit = reply.Message, reply.Limit
	r.kept[key] = kept
	return reply, nil
}

// BenchmarkThreeSources is all that the gateway does for a query over three kinds of services but for talking to them: their
// replies come from memory, as they were on the wire.
func BenchmarkThreeSources(b *testing.B) {
	services, err := shop.Start(b.Context(), shop.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer services.Close()
	rec := &recorder{kept: map[string]*upstreams.Reply{}}
	options := gateway.Options{
		Logger: slog.New(slog.DiscardHandler), Read: manifold.ReadDemo, Auth: demoAuth(b),
		Env: func(name string) (string, bool) {
			value, ok := services.Env()[name]
			return value, ok
		},
		Callers: func(set *upstreams.Set) func(int) upstreams.Caller {
			return func(i int) upstreams.Caller {
				if i < 0 { // of connectors without a source
					return set.Absolute()
				}
				return recorded{rec, set.Caller(i)}
			}
		},
	}
	gen, err := gateway.Build([]*ast.Source{{Name: "gateway.graphql", Input: manifold.DemoGateway}}, options, nil)
	if err != nil {
		b.Fatal(err)
	}
	gw := gateway.New(gen)
	defer gw.Close()
	text := `{"query":` + strconv.Quote(threeSources) + `}`
	send := func(w http.ResponseWriter) {
		r, err := http.NewRequestWithContext(context.Background(), http.MethodPost, "/graphql", io.NopCloser(strings.NewReader(text)))
		if err != nil {
			b.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/json")
		gw.ServeHTTP(w, r)
	}
	first := httptest.NewRecorder()
	send(first)
	if body := first.Body.String(); strings.Contains(body, `"errors"`) || !strings.Contains(body, `"stars"`) || len(rec.kept) != 5 {
		b.Fatalf("%d calls: %s", len(rec.kept), body)
	}
	rec.replay = true
	b.ReportAllocs()
	for b.Loop() {
		w := httptest.NewRecorder()
		send(w)
	}
}
