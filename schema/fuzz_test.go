package schema_test

import (
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator"

	"manifold/schema"
)

// hidden is a gateway with parts that clients do not see, under names of its own.
const hidden = `extend schema
  @link(url: "https://specs.apollo.dev/connect/v0.4", as: "c", import: [{ name: "@connect", as: "@bind" }])
  @link(url: "https://specs.apollo.dev/federation/v2.11", import: [{ name: "@inaccessible", as: "@no" }])
  @c__source(name: "a", http: { baseURL: "http://a" })
directive @mine(e: E = A) on FIELD_DEFINITION
type Query {
  a(in: In = { x: 1 }, e: [E] = [B] @no): I @mine(e: A) @bind(source: "a", http: { POST: "/a", body: "i: $args.in e: $args.e" })
  b: U @internal @c(source: "a", http: { GET: "/b" })
}
type Mutation @no { c: Int @bind(source: "a", http: { POST: "/c" }) }
interface I @discriminate(field: "k") { id: ID! old(x: Int @no): Int }
interface J @no { id: ID! }
type X implements I & J @federation__key(fields: "id") { id: ID! old(x: Int @no, y: Int! = 1): Int z: S @no }
type Y implements I @internal { id: ID! old(x: Int): Int }
union U @discriminate(field: "k") = X | Y
enum E { A B @no }
input In { x: Int y: In2! = {} @no }
input In2 @no { z: E = B }
scalar S @no @tag(name: "s")`

// FuzzLoad: whatever the text, Load returns a whole gateway or a list of problems that point into the text; and the word
// @policy is never read over.
func FuzzLoad(f *testing.F) {
	archive, err := os.ReadFile("testdata/problems.txtar")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(posts)
	f.Add(hidden)
	for _, file := range txtar.Parse(archive).Files {
		if strings.HasSuffix(file.Name, ".graphql") {
			f.Add(string(file.Data))
		}
	}
	for _, text := range specs(f) {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		g, err := schema.Load([]*ast.Source{{Name: "g", Input: text}}, func(name string) (string, bool) { return "v{" + name, name != "UNSET" })
		if err != nil {
			var ps schema.Problems
			if !errors.As(err, &ps) || len(ps) == 0 || g != nil {
				t.Fatalf("%T with %d problems", err, len(ps))
			}
			for _, p := range ps {
				lines := strings.Count(text, "\n") + strings.Count(text, "\r") + 1
				if p.Message == "" || p.Line < 0 || p.Line > lines || p.Line > 0 && p.Column < 1 {
					t.Fatalf("%+v of %d lines", p, lines)
				}
			}
			return
		}
		if g.Query == nil || g.Schema == nil {
			t.Fatal("a gateway without a query type")
		}
		sdl := schema.PublicSDL(g)
		if _, err := validator.LoadSchema(validator.Prelude, &ast.Source{Name: "public", Input: sdl}); err != nil {
			t.Fatalf("the public SDL does not build: %v\n%s", err, sdl)
		}
		doc, err := parser.ParseSchema(&ast.Source{Input: text})
		if err != nil {
			t.Fatalf("a gateway of no GraphQL: %v", err)
		}
		if doc.Directives.ForName("policy") == nil && uses(doc, "policy") {
			t.Fatal("@policy was read over")
		}
	})
}

// uses reports whether a directive stands anywhere in a document.
func uses(doc *ast.SchemaDocument, name string) bool {
	var lists []ast.DirectiveList
	for _, s := range append(doc.Schema, doc.SchemaExtension...) {
		lists = append(lists, s.Directives)
	}
	for _, d := range append(doc.Definitions, doc.Extensions...) {
		lists = append(lists, d.Directives)
		for _, f := range d.Fields {
			lists = append(lists, f.Directives)
			for _, a := range f.Arguments {
				lists = append(lists, a.Directives)
			}
		}
		for _, v := range d.EnumValues {
			lists = append(lists, v.Directives)
		}
	}
	for _, l := range lists {
		if l.ForName(name) != nil {
			return true
		}
	}
	return false
}
