package mapping

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
)

// vars are variables as plain JSON texts; "batch.id" answers $batch.id, and everything else is read out of the whole.
type vars map[string]string

func (v vars) Var(name, key string) []byte {
	full := name
	if key != "" {
		full += "." + key
	}
	if text, ok := v[full]; ok {
		return []byte(text)
	}
	if whole, ok := v[name]; ok && key != "" {
		if found, _ := property(trim([]byte(whole)), key); found != nil {
			return found
		}
	}
	return nil
}

const missing = "(missing)"

func TestEval(t *testing.T) {
	t.Parallel()
	env := vars{
		"args":     ` {"id":7,"name":"Ann","none":null,"input":{"lines":[{"productId":1,"quantity":2},{"productId":3,"quantity":4}]}} `,
		"batch":    `[{"id":1},{"id":2}]`,
		"batch.id": `[1,2]`,
		"status":   `200`,
	}
	for _, c := range []struct{ text, in, want string }{
		// Picks.
		{"id name", `{"name":"a","id":1,"x":[2]}`, `{"id":1,"name":"a"}`},
		{"id name", `{"id":null}`, `{"id":null}`},
		{"id name", ` { "id" : [ 1 , 2 ] , "name" : { } } `, `{"id":[ 1 , 2 ],"name":{ }}`},
		{"id", `[{"id":1},{},null,[{"id":2}]]`, `[{"id":1},{},null,[{"id":2}]]`},
		{"id", "null", "null"},
		{"id", "5", "5"},
		{"id", "", "{}"},
		{"id: $args.id none: $args.none gone: $args.gone", "", `{"id":7,"none":null}`},
		{"id: $args.id name", "null", `{"id":7}`},
		{"name owner: { id: ownerId } x: $", "null", "null"},
		{"ok: $(true) name", "null", `{"ok":true}`},
		{"ok: $(true)", "[]", `[]`},
		{"a: b.c d: b { e }", `{"b":{"c":1,"e":2,"f":3}}`, `{"a":1,"d":{"e":2}}`},
		{"owner: { id: ownerId at: @ } kind: 'x'", `{"ownerId":3}`, `{"owner":{"id":3,"at":{"ownerId":3}},"kind":"x"}`},
		{`"odd-key" q: $."a\"b"`, `{"odd-key":1,"a\"b":2}`, `{"odd-key":1,"q":2}`},
		{"id", `{"id":1,"id":2}`, `{"id":2}`},
		{"id", `{"\u0069d":1}`, `{"id":1}`},
		{"a? { b } c: a?.b d: e?", `{"a":null,"e":null}`, `{}`},
		{"a { b } c: a.b d: e", `{"a":null,"e":null}`, `{"a":null,"d":null}`},
		// Paths, and how they map through lists.
		{"$", ` {"a":1} `, `{"a":1}`},
		{"$.a", `{"a":{"b":1}}`, `{"b":1}`},
		{"$.a", `{"b":1}`, missing},
		{"$.a.b", `{"a":null}`, missing},
		{"$.a.b", `{"a":"text"}`, missing},
		{"items.name", `{"items":[{"name":"a"},{},{"name":null},null,5,[{"name":"b"},{}]]}`, `["a",null,null,null,null,["b",null]]`},
		{"items.by.name", `{"items":[{"by":{"name":"a"}},{"by":null},{}]}`, `["a",null,null]`},
		{"items { n: name }", `{"items":[{"name":"a"},{},null]}`, `[{"n":"a"},{},null]`},
		{"items { name }", `{}`, missing},
		{"items { name }", `{"items":null}`, `null`},
		{"items { name }", `{"items":[]}`, `[]`},
		{"ids { id: $ at: @ }", `{"ids":[1,"b"]}`, `[{"id":1,"at":1},{"id":"b","at":"b"}]`},
		{"ids { id }", `{"ids":[1]}`, `[1]`},
		{"a.b { c: $.d e: f { g: $ } }", `{"a":{"b":{"d":1,"f":2}}}`, `{"c":1,"e":{"g":2}}`},
		// Variables.
		{"$args.id", "", "7"},
		{"$args.gone", "", missing},
		{"$args.none?.x", "", missing},
		{"$args", "", strings.TrimSpace(env["args"])},
		{"$args?.name", "", `"Ann"`},
		{"$gone.x", "", missing},
		{"$args.input.lines { product_id: productId qty: quantity }", "", `[{"product_id":1,"qty":2},{"product_id":3,"qty":4}]`},
		{"ids: $batch.id all: $batch", "", `{"ids":[1,2],"all":[{"id":1},{"id":2}]}`},
		{"$args { id name }", "", `{"id":7,"name":"Ann"}`},
		{"status: $status", "", `{"status":200}`},
		// Constants, lists, alternatives.
		{"$([1, $args.id, $args.gone, a, { b: a }])", `{"a":"x"}`, `[1,7,null,"x",{"b":"x"}]`},
		{"$({ a: a, b: [], c: { } })", `[{"a":1}]`, `{"a":[1],"b":[],"c":{}}`},
		{"{ a: 1 }.a", "null", "1"},
		{"a ?? b ?? 'c'", `{"a":null}`, `"c"`},
		{"a ?! b", `{"a":null,"b":1}`, "null"},
		{"a ?! b", `{"b":1}`, "1"},
		{"a ?? b", `{}`, missing},
		{"x: a ?? 1 y: b ?! 2", `{"b":null}`, `{"x":1,"y":null}`},
		{"null", "", "null"},
		// Spreads.
		{"id ...a { b c }", `{"id":1,"a":{"b":2,"c":3}}`, `{"id":1,"b":2,"c":3}`},
		{"b ...a", `{"b":1,"a":{"\u0062":2,"x":3}}`, `{"b":2,"x":3}`},
		{"id ...a", `{"id":1,"a":null}`, `{"id":1}`},
		{"id ...a", `{"id":1,"a":[{"b":1}]}`, `{"id":1}`},
		{"id ...k->match(['x', { b: 2 }], [@, null])", `[{"id":1,"k":"x"},{"id":2,"k":"y"},{"id":3}]`, `[{"id":1,"b":2},null,{"id":3}]`},
		{"o: { id ...k->match([1, null]) } n: id", `{"id":1,"k":1}`, `{"o":null,"n":1}`},
		{"x: ids { id ...$->match([2, null]) }", `{"ids":[1,2]}`, `{"x":[1,null]}`},
		{"id $.a { b }", `[{"id":1,"a":{"b":2}},{"id":2}]`, `[{"id":1,"b":2},{"id":2}]`},
		// Methods.
		{"a->first", `{"a":[3,4]}`, "3"},
		{"a->first", `{"a":[]}`, missing},
		{"a->first", `{"a":"éa"}`, `"é"`},
		{`a->first`, `{"a":"\uD83D\uDE00x"}`, `"\uD83D\uDE00"`},
		{`a->first`, `{"a":"\u00e9x"}`, `"\u00e9"`},
		{`a->first`, `{"a":"\nx"}`, `"\n"`},
		{"a->first", `{"a":""}`, missing},
		{"a->first", `{"a":null}`, `null`},
		{"a->first", `{"a":7}`, `7`},
		{"a->first", `{}`, missing},
		{"a->first.b->first { c }", `{"a":[{"b":[{"c":1,"d":2}]}]}`, `{"c":1}`},
		{"a->size", `{"a":[1,[2],3]}`, "3"},
		{"a->size", `{"a":{"x":1,"y":2,"\u0078":3}}`, "2"},
		{"a->size", `{"a":"aé\u00e9\uD83D\uDE00\n"}`, "5"},
		{"a->size", `{"a":""}`, "0"},
		{"a->size", `{"a":null}`, "null"},
		{"ids->map({ id: @ })", `{"ids":[1,null,"x"]}`, `[{"id":1},{"id":null},{"id":"x"}]`},
		{"ids->map({ id: @ })", `{"ids":null}`, `null`},
		{"ids->map({ id: @ })", `{}`, missing},
		{"ids->map(@.x)", `{"ids":[{"x":1},{}]}`, `[1,null]`},
		{"ids->map({ a: @ b: $.k c: k })", `{"ids":[1],"k":2}`, `[{"a":1,"b":2,"c":2}]`},
		{"ids->map(@->map([@]))", `{"ids":[[1,2],3]}`, `[[[1],[2]],[[3]]]`},
		{"ids->map(@->map(@)->first)->size", `{"ids":[[1,2],3]}`, `2`},
		{"a: ids->map(@ { b }) c: ids->map(@->size)", `{"ids":[{"b":1,"c":2}]}`, `{"a":[{"b":1}],"c":[2]}`},
		{"$batch.id->joinNotNull(',')", "", `"1,2"`},
		{"a->joinNotNull(', ')", `{"a":[null,"x\n",1.50,true,null]}`, `"x\n, 1.50, true"`},
		{"a->joinNotNull('\"')", `{"a":[1,2]}`, `"1\"2"`},
		{"a->joinNotNull(',')", `{"a":[]}`, `""`},
		{"a->joinNotNull(',')", `{"a":[null]}`, `""`},
		{"a->joinNotNull(',')", `{"a":5}`, `"5"`},
		{"a->joinNotNull(',')", `{"a":null}`, `null`},
		{"a->joinNotNull(@->first)", `{"a":["1","2"]}`, `"112"`},
		{"$(a.b)->joinNotNull('-')", `{"a":[{"b":1},{},{"b":2}]}`, `"1-2"`},
	} {
		n, err := ParseExpression(c.text)
		if strings.HasPrefix(c.text, "id") && !strings.ContainsAny(c.text, " ->") {
			n, err = Parse(c.text)
		}
		if err != nil {
			t.Errorf("%s: %v", c.text, err)
			continue
		}
		var in []byte
		if c.in != "" {
			in = []byte(c.in)
		}
		var arena Arena
		for range 3 { // the memory of the first is used again
			arena.Reset()
			got, err := Eval(n, in, env, &arena)
			text := string(got)
			if got == nil {
				text = missing
			}
			if err != nil || text != c.want {
				t.Errorf("%s of %s:\n got %s, %v\nwant %s", c.text, c.in, text, err, c.want)
			}
			if got != nil && !json.Valid(got) {
				t.Errorf("%s of %s is not JSON: %s", c.text, c.in, got)
			}
		}
	}
}

func TestEvalErrors(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text, in string
		at       int
		message  string
	}{
		{"a->joinNotNull(',')", `{"a":{"b":1}}`, 3, "takes a list of texts, numbers and Booleans, and got an object"},
		{"a->joinNotNull(',')", `{"a":[[1]]}`, 3, "got an array"},
		{"a->joinNotNull(@->size)", `{"a":[1]}`, 15, "separator"},
		{"a->joinNotNull($.b)", `{"a":[1]}`, 15, "separator"},
		{"x: a->size", `{"a":true}`, 6, "got true"},
		{"x: a->map(@->size)", `{"a":[1]}`, 13, "got a number"},
		{"a->withError('odd')", `{"a":{}}`, 3, "cannot be evaluated"},
		{"a->add('x')", `{"a":1}`, 7, "must be a number"},
	} {
		n, err := ParseExpression(c.text)
		if err != nil {
			t.Fatal(err)
		}
		_, err = Eval(n, []byte(c.in), nil, nil)
		var fault *EvalError
		if !errors.As(err, &fault) || fault.At != c.at || !strings.Contains(fault.Message, c.message) {
			t.Errorf("%s of %s: got %v, want %d %q", c.text, c.in, err, c.at, c.message)
		}
	}
}

func TestWorkIsBounded(t *testing.T) {
	t.Parallel()
	list := []byte("[" + strings.Repeat("1,", 50) + "1]")
	for _, text := range []string{
		strings.Repeat("$->map(", 20) + "@" + strings.Repeat(")", 20),
		"$" + strings.Repeat("->map([@, @, @, @])", 20),
		strings.Repeat("$->map(", 20) + "$" + strings.Repeat(")->size", 20),
	} {
		n, err := Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		_, err = Eval(n, list, nil, nil)
		var fault *EvalError
		if !errors.As(err, &fault) || !strings.Contains(fault.Message, "too much work") {
			t.Errorf("%.20s: got %v", text, err)
		}
	}
}

// TestResultsStay checks that a result is not overwritten by later evaluations in the same arena.
func TestResultsStay(t *testing.T) {
	t.Parallel()
	n, err := Parse("a: b->map({ c: @ }) d: [b->size, b->joinNotNull('+')]")
	if err != nil {
		t.Fatal(err)
	}
	var arena Arena
	results := make([][]byte, 0, 500)
	var want []string
	for i := range 500 {
		in := []byte(`{"b":[` + strings.Repeat("1,", i) + `2]}`)
		got, err := Eval(n, in, nil, &arena)
		if err != nil {
			t.Fatal(err)
		}
		results, want = append(results, got), append(want, string(got))
	}
	for i, got := range results {
		if string(got) != want[i] {
			t.Fatalf("result %d was overwritten: %s", i, got)
		}
	}
}

func TestNoAllocation(t *testing.T) {
	var env Env = fixed{args: []byte("7"), ids: []byte("[1,2,3]")}
	for _, text := range []string{
		"$args.id", "$batch.id", "$batch.id->joinNotNull(',')", "ids: $batch.id first: $batch.id->first", "$.a.b", "a.b { c }", "a.b->map({ c: @ })", "a.b->filter(@.c->eq(1)) { c d }", "a.b->map({ n: @.c->add(1) c: @.c })->first", "a->matchIf([@.b->size->gt(0), 1])",
	} {
		n, err := ParseExpression(text)
		if err != nil {
			t.Fatal(err)
		}
		in := []byte(`{"a":{"b":[{"c":1}]}}`)
		var arena Arena
		allocs := testing.AllocsPerRun(100, func() {
			arena.Reset()
			if _, err := Eval(n, in, env, &arena); err != nil {
				t.Fatal(err)
			}
		})
		if allocs != 0 {
			t.Errorf("%s: %v allocations", text, allocs)
		}
	}
}

type fixed struct{ args, ids []byte }

func (f fixed) Var(name, key string) []byte {
	if name == "args" {
		return f.args
	}
	return f.ids
}
