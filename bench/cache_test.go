package bench

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"testing"

	"manifold/aggregation"
	"manifold/internal/store"
	"manifold/schema"
	"manifold/upstreams"
)

const keptSDL = `
extend schema @source(name: "api", http: { baseURL: "http://127.0.0.1:3000", headers: [{ name: "Authorization", from: "Authorization" }] })
type Query { posts: [Post!]! @connect(source: "api", http: { GET: "/posts" }) }
type Post { id: Int! user: User @from(path: "{ id: userId }") }
type User @key(fields: "id") @connect(source: "api", http: { GET: "/users?id={$batch.id}" }, batch: { maxSize: 100 }) @cacheControl(maxAge: 3600) { id: Int! name: String! }
`

// BenchmarkKeptItems is a batch of 100 keys of which all are kept: looked up, located and joined, beside the same query without its
// users. The difference is what the batch costs.
func BenchmarkKeptItems(b *testing.B) {
	var posts, users, keys bytes.Buffer
	for i := 1; i <= 100; i++ {
		comma := ","
		if i == 1 {
			comma = ""
		}
		fmt.Fprintf(&posts, `%s{"id":%d,"userId":%d}`, comma, i, i)
		fmt.Fprintf(&users, `%s{"id":%d,"name":"User %d","email":"user%d@example.com"}`, comma, i, i, i)
		if i > 1 {
			keys.WriteByte('&')
		}
		fmt.Fprintf(&keys, "id=%d", i)
	}
	shop := canned{"/posts": reply([]byte("[" + posts.String() + "]")), "/users?" + keys.String(): reply([]byte("[" + users.String() + "]"))}
	kept := store.New(store.Options{MaxBytes: 64 << 20})
	defer kept.Close()
	set, err := upstreams.Open([]*schema.Source{{Name: "api", BaseURL: "http://api.test"}}, upstreams.Options{Store: kept}, nil)
	if err != nil {
		b.Fatal(err)
	}
	defer set.Close()
	for _, c := range []struct{ name, query string }{
		{"without", "{ posts { id } }"},
		{"with", "{ posts { id user { name } } }"},
	} {
		b.Run(c.name, func(b *testing.B) {
			_, op := compile(b, keptSDL, c.query)
			e := aggregation.New(aggregation.Options{Callers: []upstreams.Caller{shop}, Entities: set.Entities()})
			in := aggregation.Input{Header: http.Header{"Authorization": {"Bearer of-somebody"}}}
			e.Run(context.Background(), op, in).Release()
			b.ReportAllocs()
			for b.Loop() {
				e.Run(context.Background(), op, in).Release()
			}
		})
	}
}
