package bench

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator"

	"manifold/aggregation"
	"manifold/internal/plan"
	"manifold/resolvers"
	"manifold/schema"
	"manifold/upstreams"
)

// canned answers calls from memory, so that a benchmark measures everything but the network. A reply that is not pooled may be
// handed out again and again.
type canned map[string]*upstreams.Reply

func reply(body []byte) *upstreams.Reply {
	return &upstreams.Reply{Status: http.StatusOK, ContentType: "application/json", Body: body}
}

// shop answers the calls of postsSDL.
func shop() canned {
	return canned{"/posts": reply(posts()), "/users?id=1&id=2&id=3&id=4&id=5&id=6&id=7&id=8&id=9&id=10": reply(users())}
}

func (c canned) Call(_ context.Context, call *upstreams.Call) (*upstreams.Reply, error) {
	_, path, _ := bytes.Cut(call.URL, []byte("3000"))
	r, ok := c[string(path)]
	if !ok {
		return nil, fmt.Errorf("no canned reply for %s", call.URL)
	}
	return r, nil
}

// compile loads a schema and compiles one query.
func compile(tb testing.TB, sdl, query string) (*schema.Gateway, *plan.Operation) {
	tb.Helper()
	g, err := schema.Load([]*ast.Source{{Name: "gateway.graphql", Input: sdl}}, os.LookupEnv)
	if err != nil {
		tb.Fatal(err)
	}
	doc, err := parser.ParseQuery(&ast.Source{Input: query})
	if err != nil {
		tb.Fatal(err)
	}
	if errs := validator.ValidateWithRules(g.Schema, doc, nil); len(errs) > 0 {
		tb.Fatal(errs)
	}
	op, err := resolvers.NewCompiler(g).Compile(doc, doc.Operations[0])
	if err != nil {
		tb.Fatal(err)
	}
	return g, op
}

const postsSDL = `
extend schema @source(name: "api", http: { baseURL: "http://127.0.0.1:3000", headers: [{ name: "Authorization", from: "Authorization" }] })
type Query { posts: [Post!]! @connect(source: "api", http: { GET: "/posts" }) }
type Post { id: Int! userId: Int! title: String! body: String! user: User @from(path: "{ id: userId }") }
type User @key(fields: "id") @connect(source: "api", http: { GET: "/users?id={$batch.id}" }) { id: Int! name: String! email: String! }
`

// posts is a reply of 100 posts, about 27 KB; users one of 10 users, about 4 KB.
func posts() []byte {
	var b bytes.Buffer
	b.WriteByte('[')
	for i := 1; i <= 100; i++ {
		if i > 1 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"userId":%d,"id":%d,"title":"sunt aut facere repellat provident %d","body":"%s"}`,
			(i-1)/10+1, i, i, strings.Repeat(`quia et suscipit suscipit recusandae consequuntur\n`, 4))
	}
	b.WriteByte(']')
	return b.Bytes()
}

func users() []byte {
	var b bytes.Buffer
	b.WriteByte('[')
	for i := 1; i <= 10; i++ {
		if i > 1 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"id":%d,"name":"User %d","username":"u%d","email":"user%d@example.com","address":{"street":"%s","geo":{"lat":"1.5","lng":"2"}},"phone":"1","website":"example.com"}`,
			i, i, i, i, strings.Repeat("kulas light ", 15))
	}
	b.WriteByte(']')
	return b.Bytes()
}

func run(tb testing.TB, e *aggregation.Engine, op *plan.Operation) []byte {
	tb.Helper()
	r := e.Run(context.Background(), op, aggregation.Input{Header: http.Header{}})
	defer r.Release()
	if len(r.Errors) > 0 {
		tb.Fatal(r.Errors[0].Fault, string(r.Errors[0].Path))
	}
	return append([]byte(nil), r.Data...)
}

func postsEngine() *aggregation.Engine {
	return aggregation.New(aggregation.Options{Callers: []upstreams.Caller{shop()}})
}

// BenchmarkProject is one call, 27 KB located with full validation, three properties of each post projected.
func BenchmarkProject(b *testing.B) {
	_, op := compile(b, postsSDL, `{ posts { id userId title } }`)
	e := postsEngine()
	run(b, e, op)
	b.SetBytes(int64(len(posts())))
	b.ReportAllocs()
	for b.Loop() {
		e.Run(context.Background(), op, aggregation.Input{}).Release()
	}
}

// BenchmarkNPlusOne is the same with the users joined by key: two calls.
func BenchmarkNPlusOne(b *testing.B) {
	_, op := compile(b, postsSDL, `{ posts { id userId title user { id name email } } }`)
	e := postsEngine()
	if got := run(b, e, op); !bytes.Contains(got, []byte(`"user":{"id":10,"name":"User 10"`)) {
		b.Fatal(string(got))
	}
	b.ReportAllocs()
	for b.Loop() {
		e.Run(context.Background(), op, aggregation.Input{}).Release()
	}
}

// BenchmarkCompile is the planner's work on a document, done once for each.
func BenchmarkCompile(b *testing.B) {
	g, _ := compile(b, postsSDL, "{ posts { id } }")
	doc, err := parser.ParseQuery(&ast.Source{Input: "{ posts { id userId title user { id name email } } }"})
	if err != nil {
		b.Fatal(err)
	}
	if errs := validator.ValidateWithRules(g.Schema, doc, nil); len(errs) > 0 {
		b.Fatal(errs)
	}
	c := resolvers.NewCompiler(g)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.Compile(doc, doc.Operations[0]); err != nil {
			b.Fatal(err)
		}
	}
}
