package gatewaytest

import (
	"encoding/json"
	"errors"
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
		// Methods on anything.
		"ids->last", "a->slice(1)", "a->slice(-1, 2)", "ids->slice(1, $args.n)", "a->get(0)", "a->get(-1)", "a->get('b')", "a->has('id')",
		"ids->has(1)", "ids->filter(@->ne(null))", "a->filter(@)", "items->filter(@.id->eq(7))", "items->find(@.id)", "ids->find(@->typeof->eq('string'))",
		"ids->contains(7)", "a->contains('e')", "a->contains(b)", "a->in(ids)", "a->in([1, 'text', null])", "a->entries", "a->keys", "a->values",
		"$->groupBy(@.id)", "items->groupBy(@.a)->entries", "ids->groupBy(@)", "a->eq(b)", "a->ne(b)", "a->eq({ id: a.id })", "a->gt(b)", "id->gte(7)", "id->lt(7.5)", "a->lte('text')",
		"a->and(b)", "a->or(b, true)", "a->not", "a->not->or(false)", "a->typeof", "a->toString", "a->jsonStringify", "a->jsonStringify->jsonParse", "a->jsonParse",
		"a->parseInt", "a->parseInt(16)", "id->add(b)", "id->add(1, 2.5)", "id->sub(0.5)", "id->mul(id, id, 12345678901234567890)", "id->div(2)", "id->div(0)", "id->mod(3)",
		"id->mod(-2.5)", "id->div(3)->mul(3)", "a->split('e')", "a->split('', 2)", "a->split(b)", "a->trim", "a->trimStart->size", "a->trimEnd",
		"a->match([7, 'seven'], ['text', { is: @ }], [null, 'none'])", "a->match([b, 1], [@, c])", "a->matchIf([@->eq(7), 'seven'], [@->typeof->eq('null'), b])",
		"a->echo({ v: @ w: b })", "a->as($x)->echo([$x, @])", "a->as($x, { q: @ })->map($x.q)", "items->as($all)->map({ n: $all->size i: @.id })",
		"a->as($x) { id q: $x }", "id->as($x)->as($x, [$x])->echo($x)", "a->error('CODE', 'message')", "a->matchIf([@->eq(7), @->error('SEVEN', b)], [true, @])",
		"a->date('iso')", "id->date('YYYY-MM-DD HH:mm:ss')", "id->date('millis')", "id->date('seconds', 'millis')", "$('2024-02-29T12:00:00.5+02:00')->date('iso')",
		"$('29.02.2024')->date('iso', 'DD.MM.YYYY')", "ids->map(@->toString)->joinNotNull('-')", "ids->map(@->add(1) ?? 0)",
	}
}

func text1(v any) string {
	if _, wrong := v.(misuse); wrong {
		return "(failed)"
	}
	return Encode(v)
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

// TestEvaluators compares the two evaluators over random values. MANIFOLD_VALUES is how many for each mapping (default 60).
func TestEvaluators(t *testing.T) {
	t.Parallel()
	vars := variables{"args": object("n", jsonInt(3), "list", []any{object("id", jsonInt(1)), object("id", nil), object()})}
	for _, text := range mappings() {
		n, err := mapping.Parse(text)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		for seed := range uint64(number(t, "MANIFOLD_VALUES", 60)) {
			in := Encode(randomValue(newDice(seed, 3), 4))
			want, err := Decode([]byte(in))
			if err != nil {
				t.Fatal(err)
			}
			want = evaluate(n, want, vars)
			out, err := mapping.Eval(n, []byte(in), vars, nil)
			wrong, failed := want.(misuse)
			if e := (*mapping.EvalError)(nil); errors.As(err, &e) != failed || failed && e.Code != wrong.code {
				t.Errorf("%s of %s: naive %s (failed: %v), real %s, %v", text, in, text1(want), failed, out, err)
				break
			}
			if failed {
				continue
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
		return pick(d, []any{nil, true, "", "text", jsonInt(7), []any{}, NewObject(), false, " 1f\u00e9 ", "12", `[1,{"a":"e"}]`, json.Number("7.0"), json.Number("-2.5e3"), json.Number("12345678901234567890")})
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
