package aggregation

import (
	"context"
	"fmt"
	"net/http"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"

	"manifold/internal/store"
	"manifold/resolvers"
	"manifold/schema"
	"manifold/upstreams"
)

const recalledSDL = `
extend schema @source(name: "api", http: { baseURL: "http://api.test", headers: [{ name: "Authorization", from: "Authorization" }] })
type Query { posts: [Post!]! @connect(source: "api", http: { GET: "/posts" }) }
type Post { id: Int! user: User @from(path: "{ id: userId }") }
type User @key(fields: "id") @connect(source: "api", http: { GET: "/users?id={$batch.id}" }, batch: { maxSize: 100 }) @cacheControl(maxAge: 3600) { id: Int! name: String! }
`

// answering answers any call by what its path begins with.
type answering map[string]string

func (a answering) Call(_ context.Context, c *upstreams.Call) (*upstreams.Reply, error) {
	for path, body := range a {
		if len(c.URL) >= len("http://api.test"+path) && string(c.URL[len("http://api.test"):][:len(path)]) == path {
			return &upstreams.Reply{Status: http.StatusOK, ContentType: "application/json", Body: []byte(body)}, nil
		}
	}
	return nil, fmt.Errorf("nobody answers %s", c.URL)
}

// BenchmarkRecall is a batch of 100 keys of which all are kept: each one looked up, its item located and joined to its key. Time and
// allocations are those of the whole batch.
func BenchmarkRecall(b *testing.B) {
	var posts, users []byte
	for i := range 100 {
		posts = fmt.Appendf(posts, `,{"id":%d,"userId":%d}`, i+1, i+1)
		users = fmt.Appendf(users, `,{"id":%d,"name":"User %d","email":"user%d@example.com"}`, i+1, i+1, i+1)
	}
	posts[0], users[0] = '[', '['
	g, err := schema.Load([]*ast.Source{{Name: "gateway.graphql", Input: recalledSDL}}, func(string) (string, bool) { return "", false })
	if err != nil {
		b.Fatal(err)
	}
	doc, err := parser.ParseQuery(&ast.Source{Input: "{ posts { user { name } } }"})
	if err != nil {
		b.Fatal(err)
	}
	op, err := resolvers.NewCompiler(g).Compile(doc, doc.Operations[0])
	if err != nil {
		b.Fatal(err)
	}
	kept := store.New(store.Options{MaxBytes: 16 << 20})
	defer kept.Close()
	set, err := upstreams.Open(g.Sources, upstreams.Options{Store: kept}, nil)
	if err != nil {
		b.Fatal(err)
	}
	defer set.Close()
	e := New(Options{Callers: []upstreams.Caller{answering{"/posts": string(posts) + "]", "/users": string(users) + "]"}}, Entities: set.Entities()})
	in := Input{Header: http.Header{"Authorization": {"Bearer of-somebody"}}}
	e.Run(context.Background(), op, in).Release()

	f, ok := e.frames.New().(*frame)
	if !ok {
		b.Fatal("no frame")
	}
	f.ctx, f.op, f.in = context.Background(), op, in
	f.reset(op.Parts[0])
	f.runPart()
	l, r := &f.loaders[1], &f.runs[1]
	slots, scratch := len(f.slots), len(f.scratch)
	b.ReportAllocs()
	for b.Loop() {
		f.slots, f.scratch = f.slots[:slots], f.scratch[:scratch]
		for n := range l.answers {
			l.answers[n] = slot{kind: asked}
		}
		if !f.recall(r, l, 0, len(l.keys)) {
			b.Fatal("something is not kept")
		}
	}
	if len(l.keys) != 100 || f.bytes(f.slots[l.answers[99].from]) == nil {
		b.Fatalf("%d keys", len(l.keys))
	}
}
