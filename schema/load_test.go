package schema_test

import (
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"manifold/schema"
)

// load reads one text as gateway.graphql; environment variables are given as NAME=value.
func load(t *testing.T, text string, env ...string) (*schema.Gateway, schema.Problems) {
	t.Helper()
	return loadFiles(t, []*ast.Source{{Name: "gateway.graphql", Input: text}}, env...)
}

func loadFiles(t *testing.T, files []*ast.Source, env ...string) (*schema.Gateway, schema.Problems) {
	t.Helper()
	g, err := schema.Load(files, func(name string) (string, bool) {
		for _, e := range env {
			if k, v, _ := strings.Cut(e, "="); k == name {
				return v, true
			}
		}
		return "", false
	})
	if err == nil {
		return g, nil
	}
	var ps schema.Problems
	if !errors.As(err, &ps) || len(ps) == 0 {
		t.Fatalf("the error is no list of problems: %v", err)
	}
	if g != nil {
		t.Fatal("a gateway was returned beside an error")
	}
	return nil, ps
}

func mustLoad(t *testing.T, text string, env ...string) *schema.Gateway {
	t.Helper()
	g, ps := load(t, text, env...)
	if ps != nil {
		t.Fatalf("unexpected problems:\n%v", ps)
	}
	return g
}

const sample = `extend schema @source(name: "api", http: { baseURL: "http://api" })
type Query { posts: [Post] @connect(source: "api", http: { GET: "/posts" }) }
type Post { id: ID! title: String user: User @from(path: "{ id: userId }") }
type User @key(fields: "id") @connect(source: "api", http: { GET: "/users?ids={$batch.id->joinNotNull(',')}" }) { id: ID! name: String }
`

func TestSample(t *testing.T) {
	t.Parallel()
	g := mustLoad(t, sample)
	t.Log(schema.PublicSDL(g), g.Warnings)
}

func TestTmp(t *testing.T) {
	for _, f := range []string{"/work/shared/lab/ours/gateway.graphql", "/work/main/gateway.graphql"} {
		b, _ := os.ReadFile(f)
		g := mustLoad(t, string(b))
		t.Log(g.Warnings, schema.PublicSDL(g))
	}
}
