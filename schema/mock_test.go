package schema_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/vektah/gqlparser/v2/ast"

	"manifold/internal/mapping"
	"manifold/schema"
)

func mocked(text string, mock schema.Mock) (*schema.Gateway, error) {
	return schema.LoadWith([]*ast.Source{{Name: "g", Input: text}}, schema.Options{
		Mock: mock, Env: func(name string) (string, bool) { return "v", name != "UNSET" },
	})
}

// Types that lead to each other in every way are made up soon, and to a bounded size.
func TestMocksOfTangledTypes(t *testing.T) {
	t.Parallel()
	tangle := func(types int, field string) string {
		var b strings.Builder
		b.WriteString("type Query { a: T0! l: [T1!]! @connect(http: { GET: \"http://x/\" }) i: I @mock(value: \"__typename: $('T1')\") }\ninterface I @discriminate(field: \"t\") { id: ID! }\n")
		for i := range types {
			fmt.Fprintf(&b, "type T%d implements I { id: ID! i: I l: [I!]! ", i)
			for j := range types {
				fmt.Fprintf(&b, field, j, j)
			}
			b.WriteString("}\n")
		}
		return b.String()
	}
	for name, text := range map[string]string{
		"nullable":  tangle(30, "f%d: T%d "),
		"lists":     tangle(30, "f%d: [T%d!]! "),
		"non-null":  tangle(12, "f%d: T%d! "), // no answer can be right
		"list list": tangle(12, "f%d: [[[T%d!]!]!]! "),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			start := time.Now()
			g, err := mocked(text, schema.Mock{All: true})
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range g.Query.Order {
				if size := len(mapping.String(f.Connector.Selection)); size > 20<<20 {
					t.Errorf("%s is made of %d bytes", f.Name, size)
				}
			}
			if took := time.Since(start); took > 20*time.Second {
				t.Errorf("it took %v", took)
			}
		})
	}
}

// A mocked source is not left among the sources, the others are numbered anew.
func TestMockedSourcesAreLeftOut(t *testing.T) {
	t.Parallel()
	g, err := mocked(`extend schema @source(name: "a", http: { baseURL: "${UNSET}" }) @source(name: "b", http: { baseURL: "http://b" })
type Query { a: Int @connect(source: "a", http: { GET: "/a" }) b: Int @connect(source: "b", http: { GET: "/b" }) c: Int @connect(http: { GET: "http://c/c" }) }`,
		schema.Mock{Sources: []string{"a", "c"}})
	if err != nil {
		t.Fatal(err)
	}
	if len(g.Sources) != 1 || g.Sources[0].Name != "b" || g.Sources[0].Index != 0 || !slices.Equal(g.Mocked, []string{"a", "c"}) {
		t.Errorf("called %v, mocked %v", g.Sources, g.Mocked)
	}
	if f := g.Query.Fields["b"]; f.Connector.HTTP == nil || f.Connector.Source != g.Sources[0] {
		t.Error("b is not called")
	}
	for _, name := range []string{"a", "c"} {
		if f := g.Query.Fields[name]; f.Connector.HTTP != nil || f.Connector.Source != nil {
			t.Errorf("%s is called", name)
		}
	}
}

// FuzzMocked: whatever the text, it is refused or mocked; what is mocked calls nothing and serves what it served.
func FuzzMocked(f *testing.F) {
	for _, text := range specs(f) {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		g, err := mocked(text, schema.Mock{All: true})
		if err != nil {
			return
		}
		for _, typ := range g.Types {
			for _, field := range typ.Order {
				for _, c := range []*schema.Connector{field.Connector, field.Block, typ.Loader()} {
					if c != nil && typ.Kind == ast.Object && (c.HTTP != nil || c.Source != nil || c.Batch != nil) {
						t.Errorf("%s.%s still calls", typ.Name, field.Name)
					}
				}
			}
		}
	})
}

// specs returns the gateway.graphql of every spec.
func specs(t testing.TB) (texts []string) {
	t.Helper()
	files, err := filepath.Glob("../spec/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no specs", err)
	}
	for _, name := range files {
		archive, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range txtar.Parse(archive).Files {
			if file.Name == "gateway.graphql" {
				texts = append(texts, string(file.Data))
			}
		}
	}
	return texts
}
