package gateway

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"manifold/internal/fault"
)

// The shapes of documents that have kept GraphQL servers busy, each at a given size.

func nested(n int) string { return strings.Repeat("{a", n) + strings.Repeat("}", n) }

func repeated(n int) string { return "{user{" + strings.Repeat("id ", n) + "}}" }

func aliased(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "a%d: id ", i)
	}
	return "{user{" + b.String() + "}}"
}

// doubled is a tree in which every field is written twice: 2^depth leaves, which merge into one.
func doubled(depth int) string {
	set := "{id}"
	for range depth {
		set = "{friend" + set + " friend" + set + "}"
	}
	return "{user" + set + "}"
}

// fragmentsUnderFields expands to 2^depth different leaves.
func fragmentsUnderFields(depth int) string {
	var b strings.Builder
	b.WriteString("{user{...F0}}")
	for i := range depth {
		fmt.Fprintf(&b, " fragment F%d on User { a: friend { ...F%d } b: friend { ...F%d } }", i, i+1, i+1)
	}
	fmt.Fprintf(&b, " fragment F%d on User { id }", depth)
	return b.String()
}

// fragmentsTwice spreads each fragment twice at the same place: one leaf.
func fragmentsTwice(depth int) string {
	var b strings.Builder
	b.WriteString("{user{...F0}}")
	for i := range depth {
		fmt.Fprintf(&b, " fragment F%d on User { ...F%d ...F%d }", i, i+1, i+1)
	}
	fmt.Fprintf(&b, " fragment F%d on User { id }", depth)
	return b.String()
}

func inlineFragments(n, m int) string {
	set := strings.Repeat("...on User{friend{name}} ", m)
	return "{user{" + strings.Repeat("...on User{friend{"+set+"}} ", n) + "}}"
}

func cyclic(n int) string {
	var b strings.Builder
	b.WriteString("{user{...F0}}")
	for i := range n {
		fmt.Fprintf(&b, " fragment F%d on User { friend { ...F%d } }", i, (i+1)%n)
	}
	return b.String()
}

// reached has n operations which all reach one fragment of m fields.
func reached(n, m int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "query Q%d{user{...F}} ", i)
	}
	return b.String() + "fragment F on User {" + strings.Repeat("id ", m) + "}"
}

// chained has n fragments that spread the next one, and m fields in the last.
func chained(n, m int) string {
	var b strings.Builder
	b.WriteString("{user{...F0}}")
	for i := range n - 1 {
		fmt.Fprintf(&b, " fragment F%d on User { ...F%d }", i, i+1)
	}
	fmt.Fprintf(&b, " fragment F%d on User {%s}", n-1, strings.Repeat("id ", m))
	return b.String()
}

// mixed nests an interface's field beside the same field of its two types: 2 parts at each of depth levels.
func mixed(depth int) string {
	set := "{id}"
	for range depth {
		set = "{friend{id} ...on User{friend{id}} ...on Shop{friend{id}} ...on Node{friend{... on Node" + set + "}}}"
	}
	return "{node" + set + "}"
}

func TestLimits(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		query string
		code  fault.Code // "" for a document that is served
	}{
		"2 MB of braces are cut by their nesting": {strings.Repeat("{a", 400_000), fault.NestingLimit},
		"brackets":                         {strings.Repeat("[", 10_000), fault.NestingLimit},
		"input objects":                    {"{user(filter:" + strings.Repeat("{nested:", 5000), fault.NestingLimit},
		"list types":                       {"query($a:" + strings.Repeat("[", 5000), fault.NestingLimit},
		"64 levels":                        {nested(64), fault.ValidationFailed}, // the schema has no such fields
		"65 levels":                        {nested(65), fault.NestingLimit},
		"braces in strings do not nest":    {`{text(s:"` + strings.Repeat("{", 1000) + `")}`, ""},
		"braces in block strings":          {`{text(s:"""` + strings.Repeat("{[(\n", 1000) + `\""" {""")}`, ""},
		"braces in comments":               {"{user{id}} #" + strings.Repeat("{", 1000), ""},
		"too many tokens":                  {repeated(4000), fault.TokenLimit},
		"comments are tokens":              {"{user{id}}" + strings.Repeat("#\n", 4000), fault.TokenLimit},
		"commas are not":                   {"{user{id}}" + strings.Repeat(",", 500_000), ""},
		"long comment":                     {"{user{id}} #" + strings.Repeat("x", 500_000), ""},
		"long block string":                {`{text(s:"""` + strings.Repeat("x\n", 250_000) + `""")}`, ""},
		"too many fields":                  {repeated(1500), fault.FieldLimit},
		"1499 times one field":             {repeated(1499), ""},
		"150 times one field":              {repeated(150), ""},
		"300 aliases":                      {aliased(300), fault.AliasLimit},
		"100 aliases":                      {aliased(100), ""},
		"aliases through fragments":        {"{a:user{...F} b:user{...F}} fragment F on User{" + strings.TrimSuffix(aliased(60)[6:], "}"), fault.AliasLimit},
		"too many root fields":             {"{" + rootFields(31) + "}", fault.RootFieldLimit},
		"30 root fields":                   {"{" + rootFields(30) + "}", ""},
		"root fields through fragments":    {"{...A ...B} fragment A on Query{" + rootFields(20) + "} fragment B on Query{" + strings.ReplaceAll(rootFields(20), "r", "s") + "}", fault.RootFieldLimit},
		"repeated root field is one":       {"{" + strings.Repeat("user{id} ", 200) + "}", ""},
		"too many directives":              {"{user{id" + strings.Repeat(" @skip(if:false)", 51) + "}}", fault.DirectiveLimit},
		"unknown directives":               {"{user{id" + strings.Repeat(" @a", 1300) + "}}", fault.DirectiveLimit},
		"doubled tree":                     {doubled(8), ""},
		"doubled tree, too large":          {doubled(9), fault.FieldLimit},
		"inline fragments":                 {inlineFragments(20, 20), ""},
		"inline fragments, too many":       {inlineFragments(43, 43), fault.TokenLimit},
		"fragments under fields":           {fragmentsUnderFields(5), ""},
		"fragments under fields, 30 deep":  {fragmentsUnderFields(30), fault.AliasLimit},
		"fragments spread twice, 30 deep":  {fragmentsTwice(30), ""},
		"fragment cycle":                   {cyclic(2), fault.ValidationFailed},
		"fragment cycle of 100":            {cyclic(100), fault.ValidationFailed},
		"fragment cycle of 101":            {cyclic(101), fault.FragmentLimit},
		"fragment that is its own child":   {"{user{...F}} fragment F on User{...F}", fault.ValidationFailed},
		"one fragment of many operations":  {reached(200, 1000), fault.FragmentLimit},
		"a chain of fragments":             {chained(100, 1000), fault.FragmentLimit},
		"unknown fields":                   {"{user{" + words("x", 1400) + "}}", fault.ValidationFailed},
		"unknown arguments":                {"{user(" + strings.ReplaceAll(words("x", 900), " ", ":1 ") + "){id}}", fault.ValidationFailed},
		"unused variables":                 {"query(" + variables(900) + "){user{id}}", fault.ValidationFailed},
		"an interface beside its types":    {mixed(3), ""},
		"interfaces in interfaces":         {mixed(14), fault.OverlapLimit},
		"introspection fields":             {"{__schema{types{" + words("a", 501) + "}}}", fault.IntrospectionLimit},
		"introspection depth":              {"{__schema{types{" + strings.Repeat("ofType{", 19) + "name" + strings.Repeat("}", 22), fault.IntrospectionLimit},
		"introspection of lists in lists":  {"{__schema{types{fields{type{fields{type{fields{name}}}}}}}}", fault.IntrospectionLimit},
		"introspection through a fragment": {"{__schema{types{...T}}} fragment T on __Type{" + strings.Repeat("ofType{", 19) + "name" + strings.Repeat("}", 20), fault.IntrospectionLimit},
		"introspection as tools send it":   {standardIntrospection, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFake(t)
			body, err := json.Marshal(map[string]string{"query": test.query, "operationName": firstOperation(test.query)})
			if err != nil {
				t.Fatal(err)
			}
			resp := ask(f.serve(Limits{}, true), postRequest(string(body)))
			text := bodyOf(t, resp)
			want := 200
			if test.code != "" {
				want = statusOf(test.code)
			}
			if resp.StatusCode != want {
				t.Errorf("status %d: %.300s", resp.StatusCode, text)
			}
			checkBody(t, text, test.code, "")
		})
	}
}

func firstOperation(query string) string {
	if strings.HasPrefix(query, "query Q0") {
		return "Q0"
	}
	return ""
}

func rootFields(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "r%d:user{id} ", i)
	}
	return b.String()
}

func words(word string, n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "%s%d ", word, i)
	}
	return b.String()
}

func variables(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "$v%d:Int ", i)
	}
	return b.String()
}

// standardIntrospection asks for what GraphiQL and code generators ask for.
const standardIntrospection = `query { __schema { description queryType { name kind } mutationType { name kind } subscriptionType { name kind }
  types { ...Full } directives { name description isRepeatable locations args(includeDeprecated: true) { ...Input } } } }
fragment Full on __Type { kind name description specifiedByURL isOneOf
  fields(includeDeprecated: true) { name description args(includeDeprecated: true) { ...Input } type { ...Ref } isDeprecated deprecationReason }
  inputFields(includeDeprecated: true) { ...Input } interfaces { ...Ref }
  enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason } possibleTypes { ...Ref } }
fragment Input on __InputValue { name description type { ...Ref } defaultValue isDeprecated deprecationReason }
fragment Ref on __Type { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name
  ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } } } } } } } }`

func TestErrorsAreFew(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	resp := ask(f.serve(Limits{}, false), postRequest(`{"query":"{user{`+words(strings.Repeat("x", 500), 1400)+`}}"}`))
	body := bodyOf(t, resp)
	var got struct {
		Errors []struct{ Message string }
	}
	if err := json.Unmarshal([]byte(body), &got); err != nil {
		t.Fatal(err)
	}
	if len(got.Errors) != 21 || got.Errors[20].Message != "1380 more errors" || len(body) > 16<<10 {
		t.Errorf("%d errors, %d bytes, last %q", len(got.Errors), len(body), got.Errors[len(got.Errors)-1].Message)
	}
}

// BenchmarkRefused measures what a hostile document costs, and the largest ones that are served cost.
func BenchmarkRefused(b *testing.B) {
	f := newFake(b)
	for _, bench := range []struct{ name, query string }{
		{"2MB", strings.Repeat("{a", 1_000_000)},
		{"tokens", repeated(10_000)},
		{"repeated1499", repeated(1499)},
		{"doubled8", doubled(8)},
		{"inline20x20", inlineFragments(20, 20)},
		{"under30", fragmentsUnderFields(30)},
		{"mixed14", mixed(14)},
		{"cyclic100", cyclic(100)},
		{"reached", reached(200, 1000)},
		{"reachable", reached(24, 1000)},
		{"chained", chained(100, 1000)},
		{"chainable", chained(30, 1000)},
		{"unknownFields", "{user{" + words("x", 1400) + "}}"},
		{"unknownArguments", "{user(" + strings.ReplaceAll(words("x", 900), " ", ":1 ") + "){id}}"},
		{"unusedVariables", "query(" + variables(900) + "){user{id}}"},
		{"blockString", `{text(s:"""` + strings.Repeat("x\n", 250_000) + `""")}`},
		{"commas", "{user{id}}" + strings.Repeat(",", 500_000)},
		{"introspection", standardIntrospection},
	} {
		b.Run(bench.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				a := newAdmission(f.schema, DefaultLimits(), true)
				a.check(bench.query)
			}
		})
	}
}
