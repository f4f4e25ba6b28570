package mapping

import (
	"bytes"
	"slices"
	"strings"

	"manifold/internal/rawjson"
)

// sortBy is a list in the order of the values that the first argument has for its items: numbers by size, texts by their
// characters, false before true; the other way round if the second argument is 'desc'. Equal ones stay as they are. Items for
// which the value is null or missing come last, either way. Values of several kinds have no order.
func sortBy(s scope, v []byte, step *Step) ([]byte, error) {
	if v[0] != '[' {
		return nil, misuse(step, "takes a list", v)
	}
	down, err := s.descending(step)
	if err != nil {
		return nil, err
	}
	type keyed struct{ item, key []byte }
	var with, without []keyed
	err = each(v, step, func(item []byte) (bool, error) {
		s.at = item
		key, err := s.orNull(step.Args[0])
		switch {
		case err != nil:
			return false, err
		case isNull(key):
			without = append(without, keyed{item, nil})
			return true, nil
		case key[0] == '{' || key[0] == '[', len(with) > 0 && kindOf(key) != kindOf(with[0].key):
			return false, misgiven(step, step.Args[0], "texts, numbers or Booleans, of one kind for all items")
		}
		with = append(with, keyed{item, key})
		return true, nil
	})
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(with, func(a, b keyed) int {
		if down {
			a, b = b, a
		}
		return order(a.key, b.key)
	})
	b := append(s.arena.open(), '[')
	for i, k := range append(with, without...) {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, k.item...)
	}
	return s.arena.close(append(b, ']')), nil
}

// descending reads the second argument of sortBy.
func (s scope) descending(step *Step) (bool, error) {
	if len(step.Args) < 2 {
		return false, nil
	}
	v, err := s.orNull(step.Args[1])
	if err != nil {
		return false, err
	}
	switch string(v) {
	case `"asc"`:
		return false, nil
	case `"desc"`:
		return true, nil
	default:
		return false, misgiven(step, step.Args[1], "'asc' or 'desc'")
	}
}

// kindOf is the kind of a value that has an order; true and false are one.
func kindOf(v []byte) rawjson.Kind {
	if v[0] == 't' {
		return rawjson.False
	}
	return rawjson.KindOf(v[0])
}

// order compares two values of one kind.
func order(a, b []byte) int {
	switch a[0] {
	case '"':
		return strings.Compare(unquoted(a), unquoted(b))
	case 't', 'f':
		return bytes.Compare(a[:1], b[:1]) // f before t
	default:
		return compareNumbers(a, b)
	}
}

// keyBy is an object with a member for each value that the argument has for the items of a list: the last item that has it. The
// value is a text, a number or a Boolean, and its text is the name. Items for which it is null or missing are left out.
func keyBy(s scope, v []byte, step *Step) ([]byte, error) {
	var names memberList
	err := each(v, step, func(item []byte) (bool, error) {
		s.at = item
		key, err := s.orNull(step.Args[0])
		switch {
		case err != nil || isNull(key):
			return true, err
		case key[0] == '{' || key[0] == '[':
			return false, misgiven(step, step.Args[0], "a text, a number or a Boolean")
		case key[0] == '"':
			names.put(unquoted(key), item)
		default:
			names.put(string(key), item)
		}
		return true, nil
	})
	if err != nil {
		return nil, err
	}
	b := append(s.arena.open(), '{')
	for i := range names.list {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(rawjson.Quote(b, names.list[i].name), ':')
		b = append(b, names.list[i].value...)
	}
	return s.arena.close(append(b, '}')), nil
}
