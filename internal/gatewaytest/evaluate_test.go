package gatewaytest

import (
	"testing"

	"manifold/internal/mapping"
)

// mappings are evaluated both by the naive evaluator and by the real one.
func mappings() []string {
	return []string{
		"id", "$.a", "a.b", "a.b.c", "a?.b", "a.b?", "$.a { id }", "a { id b: c.d }", "id a b { id }", "full: a.b.c",
		"x: $args.n y: $args.list.id", "...a { id } id", "...a { id b } b: id", "made: { id: a.id b: { c: $args.n } }",
		"ids->map({ id: @ })", "$.ids->map(@)", "ids->first", "a.ids->first.id", "ids->size", "a->size",
		"ids->joinNotNull(',')", "$args.list.id->joinNotNull('-')", "n: ids->joinNotNull(' ')",
		"$('text')", "$([1, $.a, $args.missing])", "$({ a: $.a, n: $args.n })", "$(12)->map({ n: @ })",
		"$(a ?? 'none')", "$(a ?! 'none')", "$.a ?? $.id ?? $(0)", "x: $(a.b ?! id)",
		`"odd key": id`, `x: $."odd key"`, "items { id tags { label } }", "items.tags.label", "items->first { id }",
		"items->map({ id: @.id n: $args.n })", "ids { id: $ }", "ids { id: @ }",
	}
}

// TestEvaluate checks the naive evaluator by hand where it matters, so that two wrong evaluators cannot agree unseen.
func TestEvaluate(t *testing.T) {
	t.Parallel()
	const in = `{"id":1,"a":{"b":{"c":"x"},"id":null},"ids":[1,null,"2"],"items":[{"id":1,"tags":[{"label":"p"},{}]},{"id":2}]}`
	for _, test := range []struct{ mapping, want string }{
		{"id", `{"id":1}`},
		{"$.a.b.c", `"x"`},
		{"a.b.c.d", ``},
		{"full: a.b.c gone: a.x none: a.id", `{"full":"x","none":null}`},
		{"ids->map({ id: @ })", `[{"id":1},{"id":null},{"id":"2"}]`},
		{"ids->joinNotNull(',')", `"1,2"`},
		{"ids->first", `1`},
		{"ids->size", `3`},
		{"items.tags.label", `[["p",null],null]`},
		{"$.items { id }", `[{"id":1},{"id":2}]`},
		{"$([$.id, $.gone])", `[1,null]`},
		{"$(a.id ?? 'd')", `"d"`},
		{"$(a.id ?! 'd')", `null`},
		{"id ...a { b }", `{"id":1,"b":{"c":"x"}}`},
	} {
		n, err := mapping.Parse(test.mapping)
		if err != nil {
			t.Fatalf("%s: %v", test.mapping, err)
		}
		v, err := Decode([]byte(in))
		if err != nil {
			t.Fatal(err)
		}
		have := evaluate(n, v, nil)
		if text := Encode(have); isAbsent(have) != (test.want == "") || !isAbsent(have) && text != test.want {
			t.Errorf("%s: have %s, want %s", test.mapping, text, test.want)
		}
	}
}

// TestEvaluators compares the two evaluators over random values.
func TestEvaluators(t *testing.T) {
	t.Parallel()
	vars := variables{"args": object("n", jsonInt(3), "list", []any{object("id", jsonInt(1)), object("id", nil), object()})}
	for _, text := range mappings() {
		n, err := mapping.Parse(text)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		for seed := range uint64(300) {
			in := Encode(randomValue(newDice(seed, 3), 4))
			want, err := Decode([]byte(in))
			if err != nil {
				t.Fatal(err)
			}
			want = evaluate(n, want, vars)
			out, err := mapping.Eval(n, []byte(in), vars, nil)
			if err != nil {
				continue // a method was misused: an error for one, nothing for the other
			}
			have := any(absent{})
			if out != nil {
				if have, err = Decode(out); err != nil {
					t.Fatalf("%s of %s: %s is no JSON: %v", text, in, out, err)
				}
			}
			if isAbsent(have) != isAbsent(want) || Encode(have) != Encode(want) {
				t.Errorf("%s of %s: naive %s, real %s", text, in, Encode(want), out)
				break
			}
		}
	}
}

func object(members ...any) *Object {
	o := NewObject()
	for i := 0; i < len(members); i += 2 {
		o.Set(members[i].(string), members[i+1])
	}
	return o
}

// randomValue makes a value of the property names that the mappings read.
func randomValue(d dice, depth int) any {
	if depth == 0 || d.in(4) {
		return pick(d, []any{nil, true, "", "text", jsonInt(7), []any{}, NewObject()})
	}
	if d.in(4) {
		list := []any{}
		for range d.IntN(4) {
			list = append(list, randomValue(d, depth-1))
		}
		return list
	}
	o := NewObject()
	for _, name := range []string{"id", "a", "b", "c", "d", "ids", "items", "tags", "label", "odd key"} {
		if d.in(2) {
			o.Set(name, randomValue(d, depth-1))
		}
	}
	return o
}
