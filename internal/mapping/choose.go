package mapping

import (
	"bytes"
	"strings"

	"manifold/internal/rawjson"
)

// Constants of JSON, never written to.
var (
	null  = []byte("null")
	right = []byte("true")
	wrong = []byte("false")
)

// echo is the value of its argument, `@` being what it is applied to.
func echo(s scope, _ []byte, step *Step) ([]byte, error) { return s.value(step.Args[0]) }

// typeOf is the name of the kind of a value.
func typeOf(s scope, v []byte, _ *Step) ([]byte, error) {
	switch v[0] {
	case '{':
		return s.text("object"), nil
	case '[':
		return s.text("array"), nil
	case '"':
		return s.text("string"), nil
	case 't', 'f':
		return s.text("boolean"), nil
	case 'n':
		return s.text("null"), nil
	}
	return s.text("number"), nil
}

// eq reports whether the argument is the same value: numbers by what they are worth, objects whatever the order of their
// members. A missing argument counts as null.
func eq(s scope, v []byte, step *Step) ([]byte, error) {
	other, err := s.orNull(step.Args[0])
	if err != nil {
		return nil, err
	}
	same, err := s.equal(v, other, step)
	if err != nil {
		return nil, err
	}
	return s.boolean(same)
}

// ne is the opposite of eq.
func ne(s scope, v []byte, step *Step) ([]byte, error) {
	same, err := eq(s, v, step)
	if err != nil {
		return nil, err
	}
	return s.boolean(same[0] == 'f')
}

// equal compares two values.
func (s scope) equal(a, b []byte, step *Step) (bool, error) {
	if !s.arena.spend(len(a) + len(b)) {
		return false, tooMuch(step.At)
	}
	kind := rawjson.KindOf(a[0])
	if kind != rawjson.KindOf(b[0]) {
		return false, nil
	}
	if bytes.Equal(a, b) {
		return true, nil
	}
	switch kind {
	case rawjson.Number:
		return compareNumbers(a, b) == 0, nil
	case rawjson.String:
		escaped := bytes.IndexByte(a, '\\') >= 0 || bytes.IndexByte(b, '\\') >= 0
		return escaped && unquoted(a) == unquoted(b), nil
	case rawjson.Array:
		x, y := items(a), items(b)
		for x.next() {
			if !y.next() {
				return false, invalid(y.err, step.At)
			}
			if same, err := s.equal(x.value, y.value, step); !same || err != nil {
				return false, err
			}
		}
		return !y.next(), invalid(x.err, step.At)
	case rawjson.Object:
		return s.equalObjects(a, b, step)
	}
	return true, nil
}

func (s scope) equalObjects(a, b []byte, step *Step) (bool, error) {
	x, err := membersOf(a, step.At)
	if err != nil {
		return false, err
	}
	y, err := membersOf(b, step.At)
	if err != nil || len(x.list) != len(y.list) {
		return false, err
	}
	for _, m := range x.list {
		i := y.find(m.name)
		if i < 0 {
			return false, nil
		}
		if same, err := s.equal(m.value, y.list[i].value, step); !same || err != nil {
			return false, err
		}
	}
	return true, nil
}

// compare compares two numbers, or two texts by their code points. With null or nothing it is null.
func compare(s scope, v []byte, step *Step) ([]byte, error) {
	other, err := s.orNull(step.Args[0])
	if err != nil {
		return nil, err
	}
	kind := rawjson.KindOf(v[0])
	switch {
	case kind != rawjson.Number && kind != rawjson.String:
		return nil, misuse(step, "takes a number or a text", v)
	case isNull(other):
		return null, nil
	case kind != rawjson.KindOf(other[0]):
		return nil, misgiven(step, step.Args[0], kind.String()+" too")
	case kind == rawjson.Number:
		return s.boolean(step.holds(compareNumbers(v, other)))
	}
	return s.boolean(step.holds(strings.Compare(unquoted(v), unquoted(other))))
}

// holds reports whether an order is what a comparison asks for.
func (s *Step) holds(order int) bool {
	switch s.Name {
	case "gt":
		return order > 0
	case "gte":
		return order >= 0
	case "lt":
		return order < 0
	}
	return order <= 0
}

func unquoted(v []byte) string { return string(rawjson.Unquote(nil, v)) }

// and is true if v and all arguments are. Null counts as false, as in every condition.
func and(s scope, v []byte, step *Step) ([]byte, error) { return s.all(v, step, true) }

// or is true if v or one of the arguments is.
func or(s scope, v []byte, step *Step) ([]byte, error) { return s.all(v, step, false) }

// all looks at v and the arguments until one of them is not what is wanted.
func (s scope) all(v []byte, step *Step, want bool) ([]byte, error) {
	holds, err := condition(v, step)
	for i := 0; err == nil && holds == want && i < len(step.Args); i++ {
		holds, err = s.truth(step.Args[i], step)
	}
	if err != nil {
		return nil, err
	}
	return s.boolean(holds)
}

func not(s scope, v []byte, step *Step) ([]byte, error) {
	holds, err := condition(v, step)
	if err != nil {
		return nil, err
	}
	return s.boolean(!holds)
}

// condition is v as a condition.
func condition(v []byte, step *Step) (bool, error) {
	switch v[0] {
	case 't':
		return true, nil
	case 'f', 'n':
		return false, nil
	}
	return false, misuse(step, "takes true or false", v)
}

// match is the second of the first pair whose first equals v; missing if there is none.
func match(s scope, v []byte, step *Step) ([]byte, error) {
	for _, arg := range step.Args {
		p, ok := arg.(*Array)
		if !ok || len(p.Items) != 2 {
			return nil, misgiven(step, arg, "a pair [value, result]")
		}
		candidate, err := s.value(p.Items[0])
		if err != nil {
			return nil, err
		}
		if candidate == nil {
			continue
		}
		if same, err := s.equal(v, candidate, step); err != nil {
			return nil, err
		} else if same {
			return s.value(p.Items[1])
		}
	}
	return nil, nil
}

// matchIf is the second of the first pair whose first is true; missing if there is none.
func matchIf(s scope, _ []byte, step *Step) ([]byte, error) {
	for _, arg := range step.Args {
		p, ok := arg.(*Array)
		if !ok || len(p.Items) != 2 {
			return nil, misgiven(step, arg, "a pair [condition, result]")
		}
		if holds, err := s.truth(p.Items[0], step); err != nil {
			return nil, err
		} else if holds {
			return s.value(p.Items[1])
		}
	}
	return nil, nil
}

// raise makes the mapping fail with a code and a message of its author's.
func raise(s scope, _ []byte, step *Step) ([]byte, error) {
	e := &EvalError{At: step.At}
	for i, to := range []*string{&e.Code, &e.Message} {
		v, err := s.value(step.Args[i])
		if err != nil {
			return nil, err
		}
		if len(v) < 2 || v[0] != '"' {
			return nil, misgiven(step, step.Args[i], "a text")
		}
		*to = unquoted(v)
	}
	if e.Code == "" {
		return nil, misgiven(step, step.Args[0], "a text that is not empty")
	}
	return nil, e
}
