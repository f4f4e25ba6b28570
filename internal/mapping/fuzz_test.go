package mapping

import (
	"encoding/json"
	"errors"
	"reflect"
	"testing"
	"unicode/utf8"
)

var seeds = []string{
	"id name", "full: profile.name", "address { street city }", "$.data { id } n: m", "owner: { id: ownerId }", "...path { a b }",
	`"odd-key" x: "a b".c`, "a?.b?->first? ?? c", "$('text')", "$([1, $args.x])", "$({ a: $args.a })", "a ?? b", "a ?! b",
	"ids->map({ id: @ })->size", "$batch.id->joinNotNull(',')", "# c\n a: -1.50e3 b: true", "{ a: { b: [] } }.a.b", "true", "a->as($x)",
	`a: "\uD83D\uDE00\n"`, "$args { id o { p } }", "$.a { ...b { c } }", "a: .5->size b: 1 ...c",
	"a->filter(@.b->ne(null))->groupBy(@.b)->entries", "id->add(1, 2.5)->div(3)->mod(7)->toString", "a->as($x)->slice(1)->map([$x->size, @])",
	"i->split('')->joinNotNull('-')->jsonStringify->jsonParse", "id->match([1, 'x'], [@, a])->matchIf([@->eq('x')->and(true)->not->or(false), 1])",
	"a->find(@.b->gte('a'))->has('b')", "$->keysToCamelCase->keysToCamelCaseDeep.data->toString ?? n->slice", "data->keys->contains('id')->typeof", "id->date('YYYY-MM-DD')->date('millis')", "i->parseInt(36)->error('A', 'b')",
}

// FuzzParse checks that no text panics, and that what is printed means the same.
func FuzzParse(f *testing.F) {
	for _, s := range seeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, parse := range []func(string) (Node, error){Parse, ParseExpression, ParseLegacy} {
			n, err := parse(text)
			if err != nil {
				var fault *SyntaxError
				if !errors.As(err, &fault) || fault.At < 0 || fault.At > len(text) {
					t.Fatalf("the offset lies outside of %q: %v", text, err)
				}
				continue
			}
			same(t, Parse, n)
			same(t, ParseExpression, n)
			if again, err := Parse(String(n)); err == nil && String(again) != String(n) {
				t.Fatalf("%q is not canonical", String(n))
			}
			Check(n, nil)
			Variables(n)
		}
		n, end, err := ParseAt(text, 0)
		if err == nil && (end > len(text) || n == nil) {
			t.Fatalf("ParseAt(%q) ends at %d", text, end)
		}
	})
}

// FuzzEval checks that no mapping of no value panics, that its result is valid JSON, and that it is the same a second time
// in used memory.
func FuzzEval(f *testing.F) {
	in := `{"id":1,"a":[{"b":"x"},null],"data":{"id":[]},"\u0069":"\uD83D\uDE00"}`
	for _, s := range seeds {
		f.Add(s, in)
	}
	f.Fuzz(func(t *testing.T, text, in string) {
		n, err := ParseExpression(text)
		if err != nil || !json.Valid([]byte(in)) || !utf8.ValidString(in) || len(text) > 200 {
			return
		}
		var arena Arena
		env := vars{"args": in, "batch.id": in, "this": in}
		first, err := Eval(n, []byte(in), env, &arena)
		if err != nil {
			return
		}
		if first != nil && !json.Valid(first) {
			t.Fatalf("%s of %s is not JSON: %s", text, in, first)
		}
		want := string(first)
		arena.Reset()
		second, err := Eval(n, []byte(in), env, &arena)
		if err != nil || string(second) != want || (second == nil) != (first == nil) {
			t.Fatalf("%s of %s was %s, and is %s, %v", text, in, want, second, err)
		}
	})
}

// FuzzStructural compares paths and selections with a plain interpreter over decoded values.
func FuzzStructural(f *testing.F) {
	f.Add("data.items { id n: name }", `{"data":{"items":[{"id":1},{"name":"a","name":"b"},null,3,[{"id":2}]]}}`)
	f.Add("a { b c: d.e } f", `[{"a":{"b":1,"d":[{"e":1},{}]}},{"f":null}]`)
	f.Fuzz(func(t *testing.T, text, in string) {
		n, err := Parse(text)
		if err != nil || !utf8.ValidString(in) {
			return
		}
		var v any
		if json.Unmarshal([]byte(in), &v) != nil || v == nil {
			return
		}
		want, found, ok := plain(n, v)
		if !ok {
			return
		}
		got, err := Eval(n, []byte(in), nil, nil)
		if err != nil {
			return // a lone surrogate, say, which encoding/json lets pass
		}
		if !found {
			if got != nil {
				t.Fatalf("%s of %s is %s, and should be missing", text, in, got)
			}
			return
		}
		var decoded any
		if err := json.Unmarshal(got, &decoded); err != nil || !reflect.DeepEqual(decoded, want) {
			t.Fatalf("%s of %s is %s, and should be %v", text, in, got, want)
		}
	})
}

// plain evaluates structural mappings; ok is false for others.
func plain(n Node, v any) (result any, found, ok bool) {
	switch n := n.(type) {
	case *Object:
		return plainSelect(n, v)
	case *Path:
		if n.Root != RootHere {
			return nil, false, false
		}
		for _, s := range n.Steps {
			switch s.Kind {
			case StepKey:
				if v, found = plainKey(s.Name, v); !found {
					return nil, false, true
				}
			case StepSelect:
				if s.Optional && v == nil {
					return nil, false, true
				}
				return plainSelect(s.Select, v)
			default:
				return nil, false, false
			}
		}
		return v, true, true
	}
	return nil, false, false
}

func plainKey(name string, v any) (any, bool) {
	switch v := v.(type) {
	case map[string]any:
		found, ok := v[name]
		return found, ok
	case []any:
		list := []any{}
		for _, item := range v {
			found, _ := plainKey(name, item)
			list = append(list, found)
		}
		return list, true
	}
	return nil, false
}

func plainSelect(o *Object, v any) (result any, found, ok bool) {
	if list, isList := v.([]any); isList {
		out := []any{}
		for _, item := range list {
			r, _, ok := plainSelect(o, item)
			if !ok {
				return nil, false, false
			}
			out = append(out, r)
		}
		return out, true, true
	}
	if v == nil {
		return nil, true, true
	}
	out := map[string]any{}
	for _, m := range o.Members {
		if _, isPath := m.Value.(*Path); m.Spread || !isPath {
			return nil, false, false
		}
		r, found, ok := plain(m.Value, v)
		if !ok {
			return nil, false, false
		}
		if found {
			out[m.Name] = r
		}
	}
	if _, isObject := v.(map[string]any); !isObject && len(out) == 0 {
		return v, true, true
	}
	return out, true, true
}
