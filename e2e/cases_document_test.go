package e2e_test

import "fmt"

// introspectionCases ask for the schema by hand; the whole of it is compared in TestGraphQLJSBuildsOurSchema.
func introspectionCases() []sameCase {
	return []sameCase{
		{Name: "root types", Query: `{ __schema { queryType { name } mutationType { name fields { name } } subscriptionType { name } description __typename } }`},
		{Name: "types by name", Query: `{ a: __type(name: "Human") { kind name description } b: __type(name: "Nope") { name } c: __type(name: "Int") { kind name fields { name } } __typename }`},
		{Name: "fields, deprecated ones too", Query: `{ __type(name: "Human") { fields { name } all: fields(includeDeprecated: true) { name isDeprecated deprecationReason } } }`},
		{Name: "enum values", Query: `query ($all: Boolean) { __type(name: "Color") { enumValues(includeDeprecated: $all) { name isDeprecated deprecationReason description } } }`, Variables: `{"all":true}`},
		{Name: "arguments", Query: `{ __type(name: "Query") { fields { name args { name type { kind name ofType { kind name ofType { name kind } } } } } } }`},
		{Name: "interfaces of types and types of interfaces", Query: `{ a: __type(name: "Human") { interfaces { name } possibleTypes { name } } b: __type(name: "Character") { interfaces { name } possibleTypes { name kind } fields { name } } c: __type(name: "Found") { possibleTypes { name } interfaces { name } fields { name } } }`},
		{Name: "input types", Query: `{ a: __type(name: "Point") { kind isOneOf inputFields { name type { name kind ofType { name } } } } b: __type(name: "Shape") { isOneOf inputFields { name } fields { name } } }`},
		{Name: "wrapped types", Query: `{ __type(name: "Grid") { fields { name type { ...T } } } } fragment T on __Type { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } } }`},
		{Name: "types of types", Query: `{ __type(name: "Human") { fields { type { name fields { type { name } } possibleTypes { fields { name } } } } } }`},
		{Name: "the type of types", Query: `{ __type(name: "__TypeKind") { kind enumValues { name } } d: __type(name: "__Type") { name kind } }`},
		{Name: "introspection beside data", Query: `{ hero { name __typename } __schema { queryType { n: name t: __typename } } }`},
		{Name: "introspection under a condition", Query: `query ($x: Boolean!) { __type(name: "Human") @include(if: $x) { name } hero { id } }`, Variables: `{"x":false}`},
		{Name: "introspection in fragments", Query: `{ ...S } fragment S on Query { __schema { ...R } } fragment R on __Schema { queryType { ...T } } fragment T on __Type { name ... on __Type { kind } }`},
		{Name: "a type by a variable", Query: `query ($n: String!) { __type(name: $n) { name kind } }`, Variables: `{"n":"Starship"}`},
		{Name: "no name for a type", Query: `{ __type { name } }`},
		{Name: "introspection in a mutation", Query: `mutation { __schema { queryType { name } } }`},
	}
}

// refusedCases are documents that are not run. Each is refused by the same phase as by graphql-js.
func refusedCases() []sameCase {
	const definition = "to gqlparser the definition of a type does not parse; to graphql-js it does, and cannot be executed"
	ours := map[string]struct{ ours, because string }{
		``:                                  {"refused: request", "a request without a query is refused as such; the status is the same"},
		`type X { a: Int }`:                 {"refused: parse", definition},
		`{ hero { id } } type X { a: Int }`: {"refused: parse", definition},
		`subscription { x }`:                {"refused: validate", "graphql-js finds out when it executes; to us it is not valid"},
	}
	var cases []sameCase
	for i, query := range []string{
		// These do not parse.
		``, `{`, `{ hero { id }`, `{}`, `{ hero { } }`, `query`, `{ hero(: 1) }`, `{ echo(string: "a) }`, `{ echo(string: "\x") }`, `{ echo(int: 01) }`, `{ echo(int: 1.) }`,
		`query ($x) { hero { id } }`, `fragment on on Hero { id }`, `{ ...on }`, `{ hero @include }  }`, "{ echo(string: \"a\nb\") }", `{ echo(float: .5) }`, `{ echo(int: -) }`,
		`{ echo(int: 1a) }`, `{ echo(string: "\uD83D") }`, `query Q { hero { id } } }`, `{ hero { id } } garbage`, `extend`, "{ hero { id } \u0000 }", `{ hero ?}`, `{ a: b: hero { id } }`, `query ($v: [Int) { echo }`, `query ($v: Int = $x) { echo(int: $v) }`,
		// These do not fit the schema.
		`{ nope }`, `{ hero }`, `{ hero { nope } }`, `{ hero { id { x } } }`, `{ hero { name { first } } }`, `{ free { a } }`, `{ hero { ... on Nope { id } } }`, `{ hero { ... on Starship { id } } }`,
		`{ search { name } }`, `{ hero { ...F } }`, `{ hero { id } } fragment F on Character { id }`, `{ hero { ...F } } fragment F on Character { ...F }`, `{ hero { ...F } } fragment F on Character { ...G } fragment G on Character { ...F }`,
		`{ hero { ...F } } fragment F on Character { id } fragment F on Character { name }`, `{ hero { ...F } } fragment F on Color { id }`, `{ ...F } fragment F on Mutation { add(to: "x", n: 1) { total } }`,
		`query A { hero { id } } query A { hero { id } }`, `{ hero { id } } query B { hero { id } }`, `query ($x: Int) { hero { id } }`, `{ echo(int: $x) }`, `query ($x: Int, $x: Int) { echo(int: $x) }`,
		`query ($x: Human) { hero { id } }`, `{ hero @nope { id } }`, `{ hero @include { id } }`, `{ hero @include(if: "x") { id } }`, `query @include(if: true) { hero { id } }`, `{ hero @skip(if: true) @skip(if: false) { id } }`, `{ hero @deprecated { id } }`,
		`{ a: hero { id } a: texts { plain } }`, `{ hero { id id: name } }`, `{ a: echo(int: 1) a: echo(int: 2) }`, `{ cast { ... on Human { x: height } ... on Droid { x: function } } }`, `{ cast { ... on Human { x: name } ... on Droid { x: function } } }`, `{ hero { friend { id } friend { id: name } } }`,
		`type X { a: Int }`, `{ hero { id } } type X { a: Int }`, `{ human { id } }`, `{ human(id: null) { id } }`, `subscription { x }`, `{ hero(x: 1) { id } }`, `{ __typename(x: 1) }`, `{ __schema { nope } }`, `{ hero { __schema { queryType { name } } } }`,
		`query ($x: Int) { echo(point: { x: 1, label: $x }) }`, `query ($x: [Int]) { echo(matrix: $x) }`, `query ($x: Int) { ...F } fragment F on Query { echo(string: $x) }`, `{ ...F } fragment F on Query { echo(int: $x) }`, `fragment F on Character { id }`,
	} {
		cases = append(cases, sameCase{
			Name: fmt.Sprintf("refused %d, %s", i, query), Query: query, ours: ours[query].ours, because: ours[query].because,
		})
	}
	return append(cases,
		sameCase{Name: "an operation that is not there", Query: `query A { hero { id } }`, Operation: "B"},
		sameCase{Name: "one of several, unnamed", Query: `query A { hero { id } } query B { hero { id } }`},
		sameCase{Name: "an operation's name is case-sensitive", Query: `query A { hero { id } }`, Operation: "a"},
	)
}
