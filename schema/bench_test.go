package schema_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"manifold/schema"
)

// BenchmarkLoad reads a small gateway; the declaration of the language itself is read each time.
func BenchmarkLoad(b *testing.B) {
	files := []*ast.Source{{Name: "gateway.graphql", Input: posts}}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := schema.Load(files, nil); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkLoad500Types reads a gateway of 500 entities, each with a batched loader, a reference to the next one, a list with a
// connector of its own, and a lookup.
func BenchmarkLoad500Types(b *testing.B) {
	var text strings.Builder
	text.WriteString("extend schema @source(name: \"a\", naming: SNAKE_CASE, http: { baseURL: \"http://a\" })\ntype Query {\n")
	for i := range 500 {
		fmt.Fprintf(&text, "  t%d(id: ID!): T%d @lookup\n", i, i)
	}
	text.WriteString("}\n")
	for i := range 500 {
		fmt.Fprintf(&text, `type T%d @key(fields: "id") @connect(source: "a", http: { GET: "/t%d?ids={$batch.id->joinNotNull(',')}" }, selection: "$.data { id name size: box.size next: { id: next_id } }") {
  id: ID! name: String size: Int
  next: T%d
  all(first: Int = 10): [T%d] @connect(source: "a", http: { GET: "/t%d/{$this.id}/all?first={$args.first}" }, selection: "$.items { id name }")
}
extend type T%d @connect(source: "a", http: { GET: "/x%d?ids={$batch.id->joinNotNull(',')}" }) { note: String at: String }
`, i, i, (i+1)%500, i, i, i, i)
	}
	files := []*ast.Source{{Name: "gateway.graphql", Input: text.String()}}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := schema.Load(files, nil); err != nil {
			b.Fatal(err)
		}
	}
}
