package schema_test

import (
	"testing"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/validator"

	"manifold/schema"
)

func TestPublicSDL(t *testing.T) {
	t.Parallel()
	g := mustLoad(t, `"The shop."
schema @source(name: "a", http: { baseURL: "http://a" }) { query: Root }
"""
Marks something.
  Indented, with \""" inside.
"""
directive @mine(
  "How often."
  n: Int = 1
) repeatable on FIELD_DEFINITION | OBJECT
"A \"quoted\" word"
type Root @mine @mine(n: 2) {
  """
  Many lines,

  of text.
  """
  a(x: Int = 3 @deprecated(reason: "no"), e: [E!] = [A], i: I = { s: "q\"" }): Node @deprecated(reason: "old") @connect(source: "a", http: { GET: "/{$args.x}?e={$args.e}&i={$args.i.s}" })
}
extend type Root { u: U @connect(source: "a", http: { GET: "/u" }) @discriminate(field: "k") }
interface Node @discriminate(field: "k") { id: ID! }
type A implements Node @key(fields: "id") { id: ID! at: Time }
type B implements Node { id: ID! }
union U = A | B
enum E { A @alias(options: ["x"]) B @deprecated }
input I @oneOf { s: String n: Int }
scalar Time @specifiedBy(url: "https://x.test/time")
type Mutation { notARoot: Int }
`)
	const want = `"The shop."
schema {
  query: Root
}

"""
Marks something.
  Indented, with \""" inside.
"""
directive @mine(
  "How often."
  n: Int = 1
) repeatable on FIELD_DEFINITION | OBJECT

"A \"quoted\" word"
type Root @mine @mine(n: 2) {
  """
  Many lines,

  of text.
  """
  a(x: Int = 3 @deprecated(reason: "no"), e: [E!] = [A], i: I = {s:"q\""}): Node @deprecated(reason: "old")
  u: U
}

interface Node {
  id: ID!
}

type A implements Node {
  id: ID!
  at: Time
}

type B implements Node {
  id: ID!
}

union U = A | B

enum E {
  A
  B @deprecated
}

input I @oneOf {
  s: String
  n: Int
}

scalar Time @specifiedBy(url: "https://x.test/time")

type Mutation {
  notARoot: Int
}
`
	got := schema.PublicSDL(g)
	if got != want {
		t.Errorf("got\n%s", got)
	}
	again, err := validator.LoadSchema(validator.Prelude, &ast.Source{Name: "public", Input: got})
	if err != nil {
		t.Fatalf("the public SDL does not build: %v", err)
	}
	if again.Types["Root"].Fields.ForName("a").Description != "Many lines,\n\nof text." || again.Mutation != nil ||
		again.Directives["mine"].Description != "Marks something.\n  Indented, with \"\"\" inside." {
		t.Error("something was lost on the way")
	}
}
