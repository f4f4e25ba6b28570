package gateway

import (
	"testing"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator"

	"manifold/internal/fault"
)

// FuzzCheck compares admission, with limits out of the way, with gqlparser's parser and all of its rules.
func FuzzCheck(f *testing.F) {
	for _, text := range scanned {
		f.Add(text)
	}
	for _, text := range []string{
		`{user{id} a:text(n:1) a:text(n:2)}`,
		`{node{...on User{a:id} ...on Shop{a:name}}}`,
		`{pet{...on Dog{owner{x:name}} ...on Cat{owner{x:nick}}}}`,
		`query($n:Int){a:text(n:$n) a:text(n:$n)}`,
		`{user{...A friend{...A}}} fragment A on User{a:id}`,
		`{user(filter:{name:"a",tags:["b"]}){id} user(filter:{tags:["b"],name:"a"}){id}}`,
		`mutation M($a:String!="x"){rename(name:$a){id @skip(if:true)}} query Q{color(c:RED)}`,
		cyclic(3), fragmentsTwice(3), fragmentsUnderFields(3), mixed(2),
	} {
		f.Add(text)
	}
	schema := newFake(f).schema
	high := Limits{
		Tokens: 1 << 20, Nesting: 500, Fields: 1 << 20, RootFields: 1 << 20, Aliases: 1 << 20, Directives: 1 << 20,
		Fragments: 1 << 20, Overlap: 1 << 20, IntrospectionFields: 1 << 20, IntrospectionDepth: 500,
	}.withDefaults()
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 2000 {
			return // gqlparser's own rules take seconds for some
		}
		_, ours := newAdmission(schema, high, true).check(text)
		doc, err := parser.ParseQuery(&ast.Source{Input: text})
		theirs := err != nil || len(doc.Operations) == 0 || len(validator.ValidateWithRules(schema, doc, nil)) > 0
		switch {
		case len(ours) == 0 && theirs:
			t.Errorf("%q is accepted", text)
		case len(ours) > 0 && !theirs && codeOf(ours[0]) == fault.ValidationFailed:
			t.Errorf("%q is refused: %v", text, ours)
		}
	})
}
