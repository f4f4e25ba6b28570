package mapping

import "strings"

// Methods that go through the items of a list. What is not a list counts as a list of one.

// mapItems is the list of the argument's values for every item, `@` being the item. An argument that is missing for an item
// is null there.
func mapItems(s scope, v []byte, step *Step) ([]byte, error) {
	b := append(s.arena.open(), '[')
	err := each(v, step, func(item []byte) (more bool, err error) {
		s.at = item
		if len(b) > 1 {
			b = append(b, ',')
		}
		mark := len(b)
		if b, err = s.appendItem(b, step.Args[0]); err != nil {
			return false, err
		}
		if !s.arena.spend(len(b) - mark) {
			return false, tooMuch(step.At)
		}
		return true, nil
	})
	return finish(s.arena, append(b, ']'), err)
}

// each calls visit for every item of v, or for v itself if it is not a list, until visit wants no more.
func each(v []byte, step *Step, visit func(item []byte) (more bool, err error)) error {
	if v[0] != '[' {
		_, err := visit(v)
		return err
	}
	it := items(v)
	for it.next() {
		if more, err := visit(it.value); err != nil || !more {
			return err
		}
	}
	return invalid(it.err, step.At)
}

// appendItem appends the value of n, null if it is missing.
func (s scope) appendItem(b []byte, n Node) ([]byte, error) {
	b, ok, err := s.append(b, n)
	if !ok && err == nil {
		b = append(b, "null"...)
	}
	return b, err
}

// filter is the list of the items for which the argument is true.
func filter(s scope, v []byte, step *Step) ([]byte, error) {
	b := append(s.arena.open(), '[')
	err := each(v, step, func(item []byte) (bool, error) {
		s.at = item
		keep, err := s.truth(step.Args[0], step)
		if err != nil || !keep {
			return true, err
		}
		if len(b) > 1 {
			b = append(b, ',')
		}
		b = append(b, item...)
		return true, nil
	})
	return finish(s.arena, append(b, ']'), err)
}

// find is the first item for which the argument is true; missing if there is none.
func find(s scope, v []byte, step *Step) (found []byte, err error) {
	err = each(v, step, func(item []byte) (bool, error) {
		s.at = item
		hit, err := s.truth(step.Args[0], step)
		if hit {
			found = item
		}
		return !hit, err
	})
	return found, err
}

// contains reports whether a list has an item that equals the argument, or a text the argument in it.
func contains(s scope, v []byte, step *Step) ([]byte, error) {
	wanted, err := s.orNull(step.Args[0])
	if err != nil {
		return nil, err
	}
	switch v[0] {
	case '[':
		return s.among(wanted, v, step)
	case '"':
		if wanted[0] != '"' {
			return nil, misgiven(step, step.Args[0], "a text, as what it is looked for in")
		}
		return s.boolean(strings.Contains(unquoted(v), unquoted(wanted)))
	}
	return nil, misuse(step, "takes a list or a text", v)
}

// in reports whether the argument, a list, has an item that equals v. There is nothing in null.
func in(s scope, v []byte, step *Step) ([]byte, error) {
	list, err := s.orNull(step.Args[0])
	switch {
	case err != nil:
		return nil, err
	case isNull(list):
		return s.boolean(false)
	case list[0] != '[':
		return nil, misgiven(step, step.Args[0], "a list")
	}
	return s.among(v, list, step)
}

func (s scope) among(v, list []byte, step *Step) ([]byte, error) {
	hit := false
	err := each(list, step, func(item []byte) (more bool, err error) {
		hit, err = s.equal(v, item, step)
		return !hit, err
	})
	if err != nil {
		return nil, err
	}
	return s.boolean(hit)
}

// orNull is value, with null for what is missing.
func (s scope) orNull(n Node) ([]byte, error) {
	v, err := s.value(n)
	if v == nil {
		v = null
	}
	return v, err
}

// joinNotNull is the text of a list's items with a separator between them, without those that are null. Items are texts,
// numbers and Booleans; a single one counts as a list of one.
func joinNotNull(s scope, v []byte, step *Step) ([]byte, error) {
	separator, err := s.value(step.Args[0])
	if err != nil {
		return nil, err
	}
	if len(separator) < 2 || separator[0] != '"' {
		return nil, &EvalError{At: step.Args[0].Offset(), Message: "the separator of `joinNotNull` must be a text"}
	}
	separator = separator[1 : len(separator)-1]
	b := append(s.arena.open(), '"')
	count := 0
	err = each(v, step, func(item []byte) (bool, error) {
		if isNull(item) {
			return true, nil
		}
		if count++; count > 1 {
			b = append(b, separator...)
			if !s.arena.spend(len(separator)) {
				return false, tooMuch(step.At)
			}
		}
		var err error
		b, err = appendScalar(b, item, step)
		return true, err
	})
	return finish(s.arena, append(b, '"'), err)
}

// appendScalar appends a scalar as it stands inside a JSON string.
func appendScalar(b, v []byte, step *Step) ([]byte, error) {
	switch v[0] {
	case '"':
		return append(b, v[1:max(1, len(v)-1)]...), nil
	case '{', '[':
		return b, misuse(step, "takes a list of texts, numbers and Booleans", v)
	}
	return append(b, v...), nil
}
