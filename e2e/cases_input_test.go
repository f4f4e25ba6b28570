package e2e_test

import "fmt"

// argumentCases are values written into the query.
func argumentCases() []sameCase {
	var cases []sameCase
	for i, args := range []string{
		`int: 1`, `int: -0`, `int: null`, `int: 2147483647`, `int: 2147483648`, `int: 1.0`, `int: 1e3`, `int: "1"`, `int: true`, `int: RED`, `int: [1]`,
		`float: 1`, `float: 1.5e3`, `float: -0.0`, `float: "1.5"`, `float: 1e400`, `float: 123456789012345678901234567890`, `float: -9007199254740993`,
		`string: "a\u00fc\n\"\\"`, `string: """block "quoted" \n"""`, `string: 1`, `string: true`, `string: RED`, `string: ""`, `string: "\uD83D\uDE00"`, `string: "\u{1F600} \u{e9}"`, `string: "\uDE00\uD83D"`, `string: "\u{110000}"`, `string: "\u{D800}"`, `string: "\/\b\f\r\t"`,
		`string: "😀 ü  "`, `string: """\"""" x"""`, `string: """  a
		  b
		"""`,
		`boolean: true`, `boolean: 1`, `boolean: "true"`, `boolean: TRUE`,
		`id: "x"`, `id: 17`, `id: 1.5`, `id: true`, `id: -3`, `id: 123456789012345678901234567890`,
		`color: RED`, `color: BLUE`, `color: "RED"`, `color: PINK`, `color: null`, `color: 1`,
		`json: { a: [1, 2.5, "x", null, RED, { b: true }] }`, `json: 1`, `json: "t"`, `json: null`, `json: ENUM`, `json: [[]]`,
		`ints: [1, null, 3]`, `ints: 5`, `ints: []`, `ints: null`, `ints: [1, "2"]`, `strict: [1, null]`, `strict: 5`,
		`matrix: [[1], [2, 3]]`, `matrix: [1, 2]`, `matrix: 1`, `matrix: [null, [1]]`, `matrix: [[null]]`,
		`colors: [RED, GREEN]`, `colors: RED`, `colors: [RED, "GREEN"]`,
		`point: { x: 1 }`, `point: { y: 1 }`, `point: { x: 1, y: null }`, `point: { x: null }`, `point: { x: 1, z: 2 }`, `point: { x: 1, x: 2 }`,
		`point: { x: 1, inner: { x: 2, tags: "one" } }`, `point: { x: 1, inner: { x: "2" } }`, `point: [{ x: 1 }]`, `point: 1`, `point: "x"`,
		`points: { x: 1 }`, `points: [{ x: 1 }, { x: 2, label: "l" }]`, `points: [{ x: 1 }, null]`,
		`shape: { radius: 1 }`, `shape: { radius: 1.5 }`, `shape: {}`, `shape: { radius: 1, side: 2 }`, `shape: { radius: null }`, `shape: { point: { x: 1 } }`, `shape: { radius: 1, side: null }`,
		`preset: 1`, `preset: null`, `presetList: [GREEN]`, `presetPoint: { x: 5 }`, `presetPoint: null`, `firm: 1`, `firm: null`,
		`nope: 1`, `int: 1, int: 2`, `int: 1, ints: [2], color: RED`,
	} {
		cases = append(cases, sameCase{Name: fmt.Sprintf("argument %d, %s", i, args), Query: fmt.Sprintf(`{ echo(%s) }`, args)})
	}
	return append(cases,
		sameCase{Name: "no argument", Query: `{ echo }`},
		sameCase{Name: "a required argument is missing", Query: `{ need(int: 1) }`},
		sameCase{Name: "required arguments", Query: `{ need(int: 1, point: { x: 2 }) }`},
		sameCase{Name: "arguments in another order", Query: `{ a: echo(string: "s", int: 1) b: echo(int: 1, string: "s") }`},
		sameCase{Name: "equal fields with other arguments", Query: `{ a: echo(int: 1) b: echo(int: 2) c: echo }`},
	)
}

// variableCases are values that come as JSON beside the query.
func variableCases() []sameCase {
	var cases []sameCase
	for i, c := range []struct{ typ, arg, values string }{
		{"Int", "int", `{"v":1}`}, {"Int", "int", `{"v":null}`}, {"Int", "int", `{}`}, {"Int", "int", ``}, {"Int", "int", `{"v":1.0}`},
		{"Int", "int", `{"v":1e3}`}, {"Int", "int", `{"v":1.5}`}, {"Int", "int", `{"v":"1"}`}, {"Int", "int", `{"v":true}`},
		{"Int", "int", `{"v":2147483648}`}, {"Int", "int", `{"v":[1]}`}, {"Int", "int", `{"v":{}}`}, {"Int", "int", `{"v":-2147483648}`},
		{"Int!", "int", `{"v":null}`}, {"Int!", "int", `{}`}, {"Int!", "int", `{"v":3}`}, {"Int = 5", "int", `{}`}, {"Int = 5", "int", `{"v":null}`},
		{"Int! = 5", "int", `{}`}, {"Int! = 5", "int", `{"v":null}`}, {"Int", "firm", `{}`}, {"Int", "firm", `{"v":4}`}, {"Int", "firm", `{"v":null}`},
		{"Int = 6", "firm", `{}`}, {"Int", "preset", `{}`}, {"Int", "preset", `{"v":null}`},
		{"Float", "float", `{"v":1}`}, {"Float", "float", `{"v":1.25}`}, {"Float", "float", `{"v":"1"}`}, {"Float", "float", `{"v":false}`}, {"Int", "float", `{"v":2}`},
		{"String", "string", `{"v":"a\u0000\ud83d\ude00\u2028"}`}, {"String", "string", `{"v":1}`}, {"String", "string", `{"v":true}`}, {"String", "string", `{"v":["x"]}`}, {"String", "string", `{"v":""}`},
		{"Boolean", "boolean", `{"v":false}`}, {"Boolean", "boolean", `{"v":0}`}, {"Boolean", "boolean", `{"v":"true"}`},
		{"ID", "id", `{"v":"x"}`}, {"ID", "id", `{"v":17}`}, {"ID", "id", `{"v":1.5}`}, {"ID", "id", `{"v":true}`}, {"ID", "id", `{"v":-0}`},
		{"Color", "color", `{"v":"GREEN"}`}, {"Color", "color", `{"v":"green"}`}, {"Color", "color", `{"v":1}`}, {"Color", "color", `{"v":["RED"]}`},
		{"JSON", "json", `{"v":{"b":[1,-0.5,null,{"z":1,"a":2}]}}`}, {"JSON", "json", `{"v":null}`}, {"JSON", "json", `{"v":"t"}`}, {"JSON", "json", `{"v":[]}`},
		{"[Int]", "ints", `{"v":[1,null]}`}, {"[Int]", "ints", `{"v":1}`}, {"[Int]", "ints", `{"v":[1,"2"]}`}, {"[Int]", "ints", `{"v":[[1]]}`}, {"[Int!]", "strict", `{"v":[1,null]}`},
		{"[Int!]", "ints", `{"v":[3]}`}, {"[Int]", "strict", `{"v":[3]}`}, {"Int", "ints", `{"v":3}`}, {"[Int!]!", "strict", `{"v":7}`},
		{"[[Int!]]", "matrix", `{"v":[[1],null,[2]]}`}, {"[[Int!]]", "matrix", `{"v":[1,2]}`}, {"[[Int!]]", "matrix", `{"v":1}`}, {"[[Int!]]", "matrix", `{"v":[[null]]}`},
		{"[Color!]", "colors", `{"v":"RED"}`}, {"[Color!]", "colors", `{"v":["RED","PINK"]}`},
		{"Point", "point", `{"v":{"x":1}}`}, {"Point", "point", `{"v":{}}`}, {"Point", "point", `{"v":{"x":1,"y":null,"label":null}}`}, {"Point", "point", `{"v":{"x":1,"z":1}}`},
		{"Point", "point", `{"v":{"label":"l","x":1,"inner":{"x":2,"tags":"t"}}}`}, {"Point", "point", `{"v":{"x":1,"inner":{"x":2,"inner":{"x":"3"}}}}`},
		{"Point", "point", `{"v":[]}`}, {"Point", "point", `{"v":"x"}`}, {"[Point!]", "points", `{"v":{"x":1}}`}, {"[Point!]", "points", `{"v":[{"x":1},{}]}`},
		{"Point = { x: 9 }", "point", `{}`}, {"Point = { x: 9 }", "point", `{"v":{"x":1,"y":3}}`},
		{"Shape", "shape", `{"v":{"radius":1}}`}, {"Shape", "shape", `{"v":{}}`}, {"Shape", "shape", `{"v":{"radius":1,"side":2}}`}, {"Shape", "shape", `{"v":{"radius":null}}`},
		{"Shape", "shape", `{"v":{"radius":1,"side":null}}`}, {"Shape", "shape", `{"v":{"point":{"x":1}}}`},
		{"Nope", "int", `{"v":1}`}, {"Hero", "int", `{"v":1}`}, {"Human", "int", `{"v":1}`}, {"Int = \"x\"", "int", `{}`}, {"Int = null", "int", `{}`}, {"Int! = null", "int", `{}`},
		{"String", "int", `{"v":"1"}`}, {"[Int]", "int", `{"v":[1]}`}, {"Int", "int", `{"v":1,"unused":{"deep":[]}}`},
	} {
		cases = append(cases, sameCase{
			Name:  fmt.Sprintf("variable %d, %s as %s: %s", i, c.typ, c.arg, c.values),
			Query: fmt.Sprintf(`query ($v: %s) { echo(%s: $v) }`, c.typ, c.arg), Variables: c.values,
		})
	}
	return append(cases,
		sameCase{Name: "a variable inside an object", Query: `query ($x: Int!, $l: String) { echo(point: { x: $x, label: $l, inner: { x: $x } }) }`, Variables: `{"x":4}`},
		sameCase{Name: "an absent variable inside an object with a default", Query: `query ($y: Int) { echo(point: { x: 1, y: $y }) }`, Variables: `{}`},
		sameCase{Name: "an absent variable inside a list", Query: `query ($y: Int) { echo(ints: [1, $y, 2]) }`, Variables: `{}`},
		sameCase{Name: "an absent variable inside a list of required items", Query: `query ($y: Int!) { echo(strict: [1, $y, 2]) }`, Variables: `{}`},
		sameCase{Name: "a nullable variable for a required item", Query: `query ($y: Int) { echo(strict: [1, $y]) }`, Variables: `{"y":1}`},
		sameCase{Name: "variables in a custom scalar", Query: `query ($y: Int, $z: JSON) { echo(json: { a: $y, b: [$z] }) }`, Variables: `{"y":1,"z":{"q":null}}`},
		sameCase{Name: "a variable of a required field of an input", Query: `query ($x: Int) { echo(point: { x: $x }) }`, Variables: `{"x":1}`},
		sameCase{Name: "a nullable variable in a oneOf", Query: `query ($r: Float) { echo(shape: { radius: $r }) }`, Variables: `{"r":1}`},
		sameCase{Name: "a required variable in a oneOf", Query: `query ($r: Float!) { echo(shape: { radius: $r }) }`, Variables: `{"r":1}`},
		sameCase{Name: "a condition that is null", Query: `query ($x: Boolean!) { hero @include(if: $x) { id } }`, Variables: `{"x":null}`},
		sameCase{Name: "a condition that is text", Query: `query ($x: Boolean!) { hero @include(if: $x) { id } }`, Variables: `{"x":"true"}`},
		sameCase{Name: "a nullable condition", Query: `query ($x: Boolean) { hero @include(if: $x) { id } }`, Variables: `{"x":true}`},
		sameCase{Name: "two wrong variables", Query: `query ($x: Int!, $y: Int!) { echo(int: $x, firm: $y) }`, Variables: `{"x":"1"}`},
		sameCase{Name: "a variable used in a fragment", Query: `query ($x: ID!) { ...F } fragment F on Query { human(id: $x) { name } }`, Variables: `{"x":1000}`},
	)
}
