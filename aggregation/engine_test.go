package aggregation_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator"
	"go.uber.org/goleak"

	"manifold/aggregation"
	"manifold/internal/fault"
	"manifold/internal/plan"
	"manifold/resolvers"
	"manifold/schema"
	"manifold/upstreams"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// answers is an upstream as a function of the URL.
type answers func(ctx context.Context, url string) (*upstreams.Reply, error)

func (a answers) Call(ctx context.Context, c *upstreams.Call) (*upstreams.Reply, error) {
	return a(ctx, string(c.URL))
}

func ok(body string) (*upstreams.Reply, error) {
	return &upstreams.Reply{Status: 200, ContentType: "application/json", Body: []byte(body)}, nil
}

func compile(t *testing.T, sdl, query string) *plan.Operation {
	t.Helper()
	sdl = "extend schema @source(name: \"api\", http: { baseURL: \"http://api\" })\n" + sdl
	g, err := schema.Load([]*ast.Source{{Name: "gateway.graphql", Input: sdl}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := parser.ParseQuery(&ast.Source{Input: query})
	if err != nil {
		t.Fatal(err)
	}
	if errs := validator.ValidateWithRules(g.Schema, doc, nil); len(errs) > 0 {
		t.Fatal(errs)
	}
	op, err := resolvers.NewCompiler(g).Compile(doc, doc.Operations[0])
	if err != nil {
		t.Fatal(err)
	}
	return op
}

func run(ctx context.Context, e *aggregation.Engine, op *plan.Operation) (data string, codes []string) {
	r := e.Run(ctx, op, aggregation.Input{Header: http.Header{}, Variables: make([][]byte, len(op.Variables))})
	defer r.Release()
	for _, e := range r.Errors {
		codes = append(codes, string(e.Path)+" "+string(e.Fault.Code))
	}
	return string(r.Data), codes
}

func engine(a answers, limits aggregation.Limits) *aggregation.Engine {
	return aggregation.New(aggregation.Options{Callers: []upstreams.Caller{a}, Limits: limits})
}

const two = `type Query {
  a: Int @connect(source: "api", http: { GET: "/a" })
  b: Int @connect(source: "api", http: { GET: "/b" })
}`

func TestAPanicInACallIsThatFieldsError(t *testing.T) {
	t.Parallel()
	e := engine(func(_ context.Context, url string) (*upstreams.Reply, error) {
		if strings.HasSuffix(url, "/a") {
			panic("boom")
		}
		return ok("2")
	}, aggregation.Limits{})
	data, codes := run(t.Context(), e, compile(t, two, "{ a b }"))
	if data != `{"a":null,"b":2}` || fmt.Sprint(codes) != `[["a"] INTERNAL]` {
		t.Fatal(data, codes)
	}
}

func TestACancelledRequestEndsWithItsCalls(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	var ended atomic.Int32
	e := engine(func(ctx context.Context, url string) (*upstreams.Reply, error) {
		if strings.HasSuffix(url, "/b") {
			cancel()
		}
		<-ctx.Done()
		ended.Add(1)
		return nil, &fault.Error{Code: fault.Internal, Message: "cancelled", Cause: ctx.Err()}
	}, aggregation.Limits{})
	data, codes := run(ctx, e, compile(t, two, "{ a b }"))
	if ended.Load() != 2 || data != `{"a":null,"b":null}` || len(codes) != 2 {
		t.Fatal(ended.Load(), data, codes)
	}
}

const each = `type Query { items: [Item] @connect(source: "api", http: { GET: "/items" }) }
type Item { id: ID! mood: String @connect(source: "api", http: { GET: "/mood/{$this.id}" }) }`

func items(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `,{"id":"%d"}`, i)
	}
	return "[" + b.String()[1:] + "]"
}

func TestCallsOfOneOperationAreBounded(t *testing.T) {
	t.Parallel()
	var running, most, calls atomic.Int32
	e := engine(func(_ context.Context, url string) (*upstreams.Reply, error) {
		calls.Add(1)
		if strings.HasSuffix(url, "/items") {
			return ok(items(20))
		}
		n := running.Add(1)
		defer running.Add(-1)
		for old := most.Load(); n > old && !most.CompareAndSwap(old, n); old = most.Load() {
		}
		return ok(`"fine"`)
	}, aggregation.Limits{Calls: 11, Parallel: 3})
	data, codes := run(t.Context(), e, compile(t, each, "{ items { mood } }"))
	if calls.Load() != 11 || most.Load() > 3 || strings.Count(data, "fine") != 10 || len(codes) != 10 {
		t.Fatal(calls.Load(), most.Load(), data, codes)
	}
	if codes[0] != `["items",10,"mood"] CALL_LIMIT` {
		t.Fatal(codes[0])
	}
}

func TestABatchIsSplitBeforeItsURLIsTooLong(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("k", 200)
	var mu sync.Mutex
	seen := 0
	e := engine(func(_ context.Context, url string) (*upstreams.Reply, error) {
		if strings.HasSuffix(url, "/items") {
			var b strings.Builder
			for i := range 90 {
				fmt.Fprintf(&b, `,{"id":"%s%d"}`, long, i)
			}
			return ok("[" + b.String()[1:] + "]")
		}
		if len(url) > 8<<10 {
			t.Errorf("a URL of %d bytes", len(url))
		}
		_, query, _ := strings.Cut(url, "?ids=")
		var b strings.Builder
		mu.Lock()
		defer mu.Unlock()
		for id := range strings.SplitSeq(query, ",") {
			seen++
			fmt.Fprintf(&b, `,{"id":"%s","name":"n"}`, id)
		}
		return ok("[" + b.String()[1:] + "]")
	}, aggregation.Limits{})
	op := compile(t, `type Query { items: [Ref] @connect(source: "api", http: { GET: "/items" }) }
type Ref { user: User @from(path: "{ id: id }") }
type User @key(fields: "id") @connect(source: "api", http: { GET: "/users?ids={$batch.id->joinNotNull(',')}" }) { id: ID! name: String }`,
		"{ items { user { name } } }")
	data, codes := run(t.Context(), e, op)
	if seen != 90 || strings.Count(data, `"n"`) != 90 || len(codes) > 0 {
		t.Fatal(seen, data, codes)
	}
}

func TestEqualCallsAreMadeOnce(t *testing.T) {
	t.Parallel()
	var calls atomic.Int32
	e := engine(func(context.Context, string) (*upstreams.Reply, error) {
		calls.Add(1)
		return ok(`{"n":1,"m":2}`)
	}, aggregation.Limits{})
	op := compile(t, `type Query {
  n: Int @connect(source: "api", http: { GET: "/x" }, selection: "$.n")
  m: Int @connect(source: "api", http: { GET: "/x" }, selection: "$.m")
}`, "{ n m again: n }")
	if data, _ := run(t.Context(), e, op); data != `{"n":1,"m":2,"again":1}` || calls.Load() != 1 {
		t.Fatal(data, calls.Load())
	}
}

func TestRequestsShareNothingButTheEngine(t *testing.T) {
	t.Parallel()
	e := engine(func(_ context.Context, url string) (*upstreams.Reply, error) {
		if strings.HasSuffix(url, "/items") {
			return ok(items(30))
		}
		return ok(`"` + url[strings.LastIndexByte(url, '/')+1:] + `"`)
	}, aggregation.Limits{})
	op := compile(t, each, "{ items { id mood } }")
	want, _ := run(t.Context(), e, op)
	if !strings.Contains(want, `{"id":"29","mood":"29"}`) {
		t.Fatal(want)
	}
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			for range 20 {
				if have, codes := run(context.Background(), e, op); have != want || len(codes) > 0 {
					t.Error(have, codes)
					return
				}
			}
		})
	}
	wg.Wait()
}

func TestALargeReplyOfTheWrongShapeIsOneError(t *testing.T) {
	t.Parallel()
	e := engine(func(_ context.Context, url string) (*upstreams.Reply, error) {
		if strings.HasSuffix(url, "/a") {
			return ok("[" + strings.Repeat("{},", 300_000) + "{}]")
		}
		return ok(strings.Repeat("[", 10_000))
	}, aggregation.Limits{})
	data, codes := run(t.Context(), e, compile(t, two, "{ a b }"))
	if data != `{"a":null,"b":null}` || fmt.Sprint(codes) != `[["a"] UPSTREAM_BAD_RESPONSE ["b"] UPSTREAM_BAD_RESPONSE]` {
		t.Fatal(data, codes)
	}
}
