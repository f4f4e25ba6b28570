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

// FuzzLoad: whatever the text, Load returns a whole gateway or a list of problems that point into the text; and the word
// @authenticated is never read over.
func FuzzLoad(f *testing.F) {
	archive, err := os.ReadFile("testdata/problems.txtar")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(posts)
	for _, file := range txtar.Parse(archive).Files {
		if strings.HasSuffix(file.Name, ".graphql") {
			f.Add(string(file.Data))
		}
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
		if doc.Directives.ForName("authenticated") == nil && uses(doc, "authenticated") {
			t.Fatal("@authenticated was read over")
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
