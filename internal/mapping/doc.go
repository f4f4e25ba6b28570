// Package mapping is the mapping language: the text of selection, body, fallback, isSuccess and @from(path:), and of the
// expressions in URL and header templates. It parses, checks, prints and evaluates.
//
// The grammar is that of connect v0.1 to v0.4 (JSONSelection). Where the versions differ we read the latest; ParseLegacy
// reads what v0.1 to v0.3 mean differently.
//
//	selection   = members | expression
//	members     = [ pick { [","] pick } [","] ]
//	pick        = name ":" expression | "..." expression | path
//	object      = "{" members "}"
//	expression  = operand { "??" operand } | operand { "?!" operand }
//	operand     = path | ( literal | object | array ) { step }
//	path        = ( "$" | "$" NAME | "@" | "$(" expression ")" | name ) { step } [ "?" ] [ object ]
//	step        = [ "?" ] ( "." name | "->" NAME [ "(" [ expression { "," expression } [","] ] ")" ] )
//	name        = NAME | string
//	literal     = string | number | "true" | "false" | "null"
//	array       = "[" [ expression { "," expression } [","] ] "]"
//	comment     = "#" up to the end of the line
//
// A member without a name is one key, with or without a selection (`id`, `address { city }`), or any other
// path that ends in a selection, whose members then join the object (`$.data { id }` beside other members).
//
// Rules that the grammar leaves open:
//   - Alone, `id` is an object with the member id for Parse and the value of the property id for ParseExpression. That is
//     all in which the two differ, but for a lone quoted name, which Parse takes for a property and ParseExpression for a
//     text.
//   - A quoted text, true, false or null where a value is expected is that constant, unless a property or a selection
//     follows it: a constant has neither, so `x: "odd key".id` reads the property "odd key".
//   - A member name may stand only once in an object.
//
// Values are JSON text, nil is a missing value. Evaluation is total but for the misuse of a method (EvalError): what is
// not there is missing, and a missing member is left out of the object being built. Inside a list it is null, so that
// a list keeps its length.
//
// Nothing here is decoded into Go values, and nothing is kept between calls. Nodes are immutable and may be shared; an
// Arena belongs to one request.
package mapping
