package schema_test

import (
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
