package bench

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"manifold/internal/gateway"
	"manifold/upstreams"
)

const homeSDL = `
extend schema
  @bff(name: "lab", prefix: "/r", graphql: OPEN)
  @source(name: "api", http: { baseURL: "http://127.0.0.1:3000", headers: [{ name: "Authorization", from: "Authorization" }] })
type Query { user(id: Int!): User @connect(source: "api", http: { GET: "/users/{$args.id}" }) }
type User @key(fields: "id") { id: Int! name: String! }
extend type User @connect(source: "api", http: { GET: "/users/{$this.id}" }) {
  posts: [Post!]! @connect(source: "api", http: { GET: "/posts?userId={$this.id}" })
  todos: [Todo!]! @connect(source: "api", http: { GET: "/todos?userId={$this.id}" })
}
type Post { title: String! }
type Todo { title: String! completed: Boolean! }
`

const homeQuery = `query Home($id: Int!) { user(id: $id) { id name posts { title } todos { title completed } } }`

// home is what three calls answer: a user, 10 posts, 20 todos.
func home() canned {
	var posts, todos []string
	for i := range 10 {
		posts = append(posts, fmt.Sprintf(`{"userId":1,"id":%d,"title":"a title of some words %d","body":%q}`, i, i, strings.Repeat("many words ", 15)))
	}
	for i := range 20 {
		todos = append(todos, fmt.Sprintf(`{"userId":1,"id":%d,"title":"something to do %d","completed":%v}`, i, i, i%3 == 0))
	}
	return canned{
		"/users/1":        reply([]byte(`{"id":1,"name":"Leanne","username":"l","email":"l@x.test","phone":"1","website":"x.test"}`)),
		"/posts?userId=1": reply([]byte("[" + strings.Join(posts, ",") + "]")),
		"/todos?userId=1": reply([]byte("[" + strings.Join(todos, ",") + "]")),
	}
}

func homeHandler(b *testing.B) http.Handler {
	b.Helper()
	route := strings.Replace(homeQuery, "{", `@route(bff: "lab", path: "/home/{id}") {`, 1)
	gen, err := gateway.Build([]*ast.Source{{Name: "gateway.graphql", Input: homeSDL}}, gateway.Options{
		Logger:     slog.New(slog.DiscardHandler),
		Operations: []*ast.Source{{Name: "bff/lab/home.graphql", Input: route}},
		Callers: func(*upstreams.Set) func(int) upstreams.Caller {
			return func(int) upstreams.Caller { return home() }
		},
	}, nil)
	if err != nil {
		b.Fatal(err)
	}
	return gateway.New(gen)
}

// BenchmarkHome compares a route with the same operation sent to /graphql, without the network.
func BenchmarkHome(b *testing.B) {
	text := `{"query":"` + homeQuery + `","variables":{"id":1}}`
	for _, c := range []struct{ name, method, path, body string }{
		{"graphql", http.MethodPost, "/graphql", text},
		{"route", http.MethodGet, "/r/home/1", ""},
	} {
		b.Run(c.name, func(b *testing.B) {
			h := homeHandler(b)
			in := body{strings.NewReader(c.body)}
			r, err := http.NewRequest(c.method, c.path, in)
			if err != nil {
				b.Fatal(err)
			}
			r.Header = http.Header{"Authorization": {"Bearer abc"}}
			if c.body != "" {
				r.Header["Content-Type"] = []string{"application/json"}
			}
			r.ContentLength = int64(len(c.body))
			w := &blank{header: http.Header{}}
			b.ReportAllocs()
			for b.Loop() {
				if _, err := in.Seek(0, io.SeekStart); err != nil {
					b.Fatal(err)
				}
				r.Body = in
				w.n = 0
				clear(w.header)
				h.ServeHTTP(w, r)
			}
			if w.n < 1000 {
				b.Fatalf("no answer: %d bytes", w.n)
			}
		})
	}
}
