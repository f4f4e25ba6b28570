package resolvers

import (
	"errors"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator"
	"github.com/vektah/gqlparser/v2/validator/rules"

	"manifold/internal/fault"
	"manifold/schema"
)

const variablesSDL = `
extend schema @source(name: "api", http: { baseURL: "http://api" })
scalar JSON
enum Color { RED @alias(options: ["r", "red"]) GREEN }
input Line { sku: ID! quantity: Int! = 1 color: Color = RED note: String }
input Order { lines: [Line!]! urgent: Boolean rate: Float = 0.5 meta: JSON parent: Order tags: [String] = ["a", "b"] }
input Pick @oneOf { id: ID name: String }
input Deep { line: Line = { sku: "x" } }
type Query {
  q(i: Int, ii: [Int], iii: [[Int]], im: Int!, f: Float, s: String, sm: String!, b: Boolean, id: ID, ids: [ID!], c: Color, cs: [Color!],
    o: Order, om: Order!, p: Pick, d: Deep, j: JSON, jm: JSON!, js: [JSON]): Int @connect(source: "api", http: { GET: "/q" })
}
`

func variablesModel(t testing.TB) *schema.Gateway {
	t.Helper()
	g, err := schema.Load([]*ast.Source{{Name: "gateway.graphql", Input: variablesSDL}}, func(string) (string, bool) { return "", false })
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// declare returns an operation that declares variables.
func declare(t testing.TB, g *schema.Gateway, declarations string) *ast.OperationDefinition {
	t.Helper()
	doc, err := parser.ParseQuery(&ast.Source{Input: "query(" + declarations + ") { __typename }"})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range validator.ValidateWithRules(g.Schema, doc, nil) {
		if e.Rule != rules.NoUnusedVariablesRule.Name {
			t.Fatal(declarations, e)
		}
	}
	return doc.Operations[0]
}

func TestVariables(t *testing.T) {
	t.Parallel()
	g := variablesModel(t)
	const absent = "(absent)"
	tests := []struct {
		declare string // of $v
		given   string // value of v, or absent
		want    string // canonical text, or absent
		says    string // of an error
	}{
		// Int
		{"Int", "1", "1", ""},
		{"Int", "-0", "0", ""},
		{"Int", "1.0", "1", ""},
		{"Int", "1e2", "100", ""},
		{"Int", "2147483647", "2147483647", ""},
		{"Int", "-2147483648", "-2147483648", ""},
		{"Int", "2147483648", "", `variable "$v": expected Int, got 2147483648`},
		{"Int", "1.5", "", "expected Int, got 1.5"},
		{"Int", "1e400", "", "expected Int"},
		{"Int", `"1"`, "", `expected Int, got "1"`},
		{"Int", "true", "", "expected Int, got true"},
		{"Int", "[1]", "", "expected Int, got an array"},
		{"Int", "{}", "", "expected Int, got an object"},
		{"Int", "null", "null", ""},
		{"Int", absent, absent, ""},
		{"Int!", "null", "", `variable "$v": a value of type Int! is required, not null`},
		{"Int!", absent, "", `variable "$v": a value of type Int! is required`},
		{"Int = 7", absent, "7", ""},
		{"Int = 7", "null", "null", ""},
		{"Int! = 7", absent, "7", ""},
		{"Int! = 7", "null", "", "is required, not null"},
		{"Int = null", absent, "null", ""},
		// Float
		{"Float", "1", "1", ""},
		{"Float", "1.50", "1.50", ""},
		{"Float", "123456789012345678901234567890", "123456789012345678901234567890", ""},
		{"Float", "1e400", "", "expected Float, got 1e400"},
		{"Float", `"1"`, "", "expected Float"},
		{"Float", "false", "", "expected Float"},
		{"Float = 3", absent, "3", ""},
		// String
		{"String", `"a"`, `"a"`, ""},
		{"String", `""`, `""`, ""},
		{"String", `"\u0061\/\n\ud83d\ude00"`, `"a/\n😀"`, ""},
		{"String", "1", "", "expected String, got 1"},
		{"String", "true", "", "expected String"},
		{"String", `["a"]`, "", "expected String, got an array"},
		{"String", `"` + strings.Repeat("é", 100) + `"`, `"` + strings.Repeat("é", 100) + `"`, ""},
		{`String = "x\n"`, absent, `"x\n"`, ""},
		// Boolean
		{"Boolean", "true", "true", ""},
		{"Boolean", "false", "false", ""},
		{"Boolean", "1", "", "expected Boolean, got 1"},
		{"Boolean", `"true"`, "", "expected Boolean"},
		// ID
		{"ID", `"7"`, `"7"`, ""},
		{"ID", "7", `"7"`, ""},
		{"ID", "7.0", `"7"`, ""},
		{"ID", "9007199254740993", `"9007199254740993"`, ""},
		{"ID", "7.5", "", "expected ID, got 7.5"},
		{"ID", "true", "", "expected ID"},
		{"ID = 7", absent, `"7"`, ""},
		// enums, in the upstream's spelling
		{"Color", `"RED"`, `"r"`, ""},
		{"Color", `"GREEN"`, `"GREEN"`, ""},
		{"Color", `"\u0052ED"`, `"r"`, ""},
		{"Color", `"red"`, "", `variable "$v": "red" is not a value of the enum Color`},
		{"Color", `"r"`, "", "is not a value of the enum Color"},
		{"Color", "0", "", "0 is not a value of the enum Color"},
		{"Color = RED", absent, `"r"`, ""},
		// lists
		{"[Int]", "[1,2]", "[1,2]", ""},
		{"[Int]", " [ 1 , null ] ", "[1,null]", ""},
		{"[Int]", "[]", "[]", ""},
		{"[Int]", "1", "[1]", ""},
		{"[Int]", "null", "null", ""},
		{"[Int!]", "[1,null]", "", `variable "$v[1]": a value of type Int! is required, not null`},
		{"[Int]", `[1,"2",3.5]`, "", `variable "$v[1]": expected Int, got "2"`},
		{"[Int]", `"1"`, "", `variable "$v": expected Int`},
		{"[[Int]]", "1", "[[1]]", ""},
		{"[[Int]]", "[1,2]", "[[1],[2]]", ""},
		{"[[Int]]", "[[1],null,[2,3]]", "[[1],null,[2,3]]", ""},
		{"[[Int]]", "[[1],[2.5]]", "", `"$v[1][0]"`},
		{"[Color!]", `["RED","GREEN"]`, `["r","GREEN"]`, ""},
		{"[Int] = [1, 2]", absent, "[1,2]", ""},
		{"[Int] = 1", absent, "[1]", ""},
		// input objects: order of the schema, defaults at every depth
		{"Line", `{"quantity":2,"sku":"a"}`, `{"sku":"a","quantity":2,"color":"r"}`, ""},
		{"Line", `{"sku":7,"color":null,"note":"\u0041"}`, `{"sku":"7","quantity":1,"color":null,"note":"A"}`, ""},
		{"Line", `{"s\u006bu":"a"}`, `{"sku":"a","quantity":1,"color":"r"}`, ""},
		{"Line", `{}`, "", `variable "$v.sku": a value of type ID! is required`},
		{"Line", `{"sku":"a","quantity":null}`, "", `"$v.quantity": a value of type Int! is required, not null`},
		{"Line", `{"sku":"a","size":1}`, "", `variable "$v": the input type Line has no field "size"`},
		{"Line", `{"sku":"a","__typename":"Line"}`, "", `no field "__typename"`},
		{"Line", `{"sku":"a","sku":"b"}`, "", "given twice"},
		{"Line", `[{"sku":"a"}]`, "", "expected Line, an object; got an array"},
		{"Line", `"a"`, "", "expected Line, an object"},
		{"[Line]", `{"sku":"a"}`, `[{"sku":"a","quantity":1,"color":"r"}]`, ""},
		{"Order", `{"lines":[{"sku":"a","quantity":"x"}]}`, "", `variable "$v.lines[0].quantity": expected Int, got "x"`},
		{"Order", `{"lines":[]}`, `{"lines":[],"rate":0.5,"tags":["a","b"]}`, ""},
		{"Order", `{"lines":{"sku":"a"},"tags":null}`, `{"lines":[{"sku":"a","quantity":1,"color":"r"}],"rate":0.5,"tags":null}`, ""},
		{
			"Order", `{"parent":{"parent":{"lines":[]},"lines":[]},"lines":[]}`,
			`{"lines":[],"rate":0.5,"parent":{"lines":[],"rate":0.5,"parent":{"lines":[],"rate":0.5,"tags":["a","b"]},"tags":["a","b"]},"tags":["a","b"]}`, "",
		},
		{"Deep", `{}`, `{"line":{"sku":"x","quantity":1,"color":"r"}}`, ""},
		{`Line = {sku: "z", color: GREEN}`, absent, `{"sku":"z","quantity":1,"color":"GREEN"}`, ""},
		// @oneOf
		{"Pick", `{"id":1}`, `{"id":"1"}`, ""},
		{"Pick", `{"id":1,"name":"a"}`, "", "exactly one field of Pick has to be given, not 2"},
		{"Pick", `{}`, "", "exactly one field of Pick has to be given, not 0"},
		{"Pick", `{"id":null}`, "", "may not be null"},
		{"Pick", `{"id":1,"name":null}`, "", "not 2"},
		// custom scalars take any JSON, to the digit
		{"JSON", ` { "a" : [ 1.0 , 1e400 , null ] , "b c" : "\u0041 \n" } `, `{"a":[1.0,1e400,null],"b c":"A \n"}`, ""},
		{"JSON", "null", "null", ""},
		{"JSON!", "null", "", "is required, not null"},
		{"[JSON]", `{"a":1}`, `[{"a":1}]`, ""},
		{"JSON = {a: [RED, 1]}", absent, `{"a":["RED",1]}`, ""},
	}
	for _, test := range tests {
		op := declare(t, g, "$v: "+test.declare)
		raw := `{"other": 1}`
		if test.given != absent {
			raw = `{"other": 1, "v": ` + test.given + `}`
		}
		values, errs := VariablesText(g, op, []byte(raw))
		name := test.declare + " from " + test.given
		if test.says != "" {
			if len(errs) == 0 {
				t.Errorf("%s: accepted as %s", name, values)
				continue
			}
			f, ok := errors.AsType[*fault.Error](errs[0].Err)
			if !strings.Contains(errs[0].Message, test.says) || !ok || f.Code != fault.BadUserInput || len(errs[0].Locations) != 1 || values != nil {
				t.Errorf("%s: %q, want %q", name, errs[0].Message, test.says)
			}
			continue
		}
		if len(errs) > 0 {
			t.Errorf("%s: %v", name, errs)
			continue
		}
		got := absent
		if values[0] != nil {
			got = string(values[0])
		}
		if got != test.want {
			t.Errorf("%s: %s, want %s", name, got, test.want)
		}
	}
}

func TestVariablesAreAligned(t *testing.T) {
	t.Parallel()
	g := variablesModel(t)
	op := declare(t, g, "$a: Int, $b: String = \"x\", $c: Int, $d: [Int!]")
	values, errs := VariablesText(g, op, []byte(`{"d":[1,2],"a":5}`))
	if len(errs) > 0 || len(values) != 4 ||
		string(values[0]) != "5" || string(values[1]) != `"x"` || values[2] != nil || string(values[3]) != "[1,2]" {
		t.Errorf("%q %v", values, errs)
	}
	_ = append(values[0], '!')
	if string(values[1]) != `"x"` {
		t.Error("values share their spare room")
	}
}

func TestVariablesReportAll(t *testing.T) {
	t.Parallel()
	g := variablesModel(t)
	op := declare(t, g, "$a: Int, $b: [Int!], $c: String!")
	_, errs := VariablesText(g, op, []byte(`{"a":"x","b":[1.5,2,null]}`))
	if len(errs) != 4 {
		t.Errorf("%d errors: %v", len(errs), errs)
	}
	_, errs = VariablesText(g, op, []byte(`{"c":"","b":[`+strings.Repeat("0.5,", 10_000)+`1]}`))
	if len(errs) != maxVariableErrors {
		t.Errorf("%d errors", len(errs))
	}
}

func TestVariablesObject(t *testing.T) {
	t.Parallel()
	g := variablesModel(t)
	op := declare(t, g, "$a: Int")
	for _, raw := range []string{"", "null", " null ", "{}", ` { } `, `{"b":1}`} {
		if values, errs := VariablesText(g, op, []byte(raw)); len(errs) > 0 || len(values) != 1 || values[0] != nil {
			t.Errorf("%q: %q %v", raw, values, errs)
		}
	}
	for _, raw := range []string{"[]", "1", `{"a":1,"a":2}`, `{"a":}`, `{"a":1`} {
		if _, errs := VariablesText(g, op, []byte(raw)); len(errs) != 1 {
			t.Errorf("%q: %v", raw, errs)
		}
	}
	values, errs := Variables(g, op, map[string]any{"a": 3})
	if len(errs) > 0 || string(values[0]) != "3" {
		t.Errorf("%q %v", values, errs)
	}
}

func BenchmarkVariables(b *testing.B) {
	g := variablesModel(b)
	op := declare(b, g, "$a: Int, $b: ID!, $o: Line")
	raw := []byte(`{"a":5,"b":"17","o":{"sku":"a","quantity":3,"color":"GREEN"}}`)
	b.ReportAllocs()
	for b.Loop() {
		if _, errs := VariablesText(g, op, raw); len(errs) > 0 {
			b.Fatal(errs)
		}
	}
}
