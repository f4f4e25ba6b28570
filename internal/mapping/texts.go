package mapping

import (
	"math/big"
	"strings"

	"manifold/internal/rawjson"
)

// split is the list of the parts of a text between separators; of its characters if the separator is empty. A second
// argument says how many parts are wanted at most.
func split(s scope, v []byte, step *Step) ([]byte, error) {
	if v[0] != '"' {
		return nil, misuse(step, "takes a text", v)
	}
	separator, err := s.value(step.Args[0])
	if err != nil {
		return nil, err
	}
	if len(separator) == 0 || separator[0] != '"' {
		return nil, misgiven(step, step.Args[0], "a text")
	}
	most, _, err := s.integer(step, 1, maxInt)
	if err != nil {
		return nil, err
	}
	b := append(s.arena.open(), '[')
	for part := range strings.SplitSeq(unquoted(v), unquoted(separator)) {
		if most--; most < 0 {
			break
		}
		if len(b) > 1 {
			b = append(b, ',')
		}
		b = rawjson.Quote(b, part)
	}
	return s.arena.close(append(b, ']')), nil
}

// trimText cuts the white space of Unicode off the ends of a text.
func trimText(s scope, v []byte, step *Step) ([]byte, error) {
	if v[0] != '"' {
		return nil, misuse(step, "takes a text", v)
	}
	text := unquoted(v)
	switch step.Name {
	case "trim":
		text = strings.TrimSpace(text)
	case "trimStart":
		text = strings.TrimLeftFunc(text, isSpace)
	case "trimEnd":
		text = strings.TrimRightFunc(text, isSpace)
	}
	return s.text(text), nil
}

// toString is a text itself, the text of a number or Boolean as it is written, and the empty text for null.
func toString(s scope, v []byte, step *Step) ([]byte, error) {
	switch v[0] {
	case '"':
		return v, nil
	case '[', '{':
		return nil, misuse(step, "takes a text, a number or a Boolean", v)
	case 'n':
		return s.text(""), nil
	}
	return s.text(string(v)), nil
}

// jsonStringify is the JSON text of a value, without spaces; of equal names in an object the last value counts.
func jsonStringify(s scope, v []byte, step *Step) ([]byte, error) {
	plain, err := appendPlain(nil, v, step)
	if err != nil {
		return nil, err
	}
	return s.arena.close(rawjson.Quote(s.arena.open(), plain)), nil
}

// appendPlain appends v as it is written without spaces, repetitions and needless escapes.
func appendPlain(b, v []byte, step *Step) ([]byte, error) {
	var err error
	switch v[0] {
	case '"':
		return rawjson.Quote(b, rawjson.Unquote(nil, v)), nil
	case '[':
		b = append(b, '[')
		it := items(v)
		for first := true; it.next(); first = false {
			if !first {
				b = append(b, ',')
			}
			if b, err = appendPlain(b, it.value, step); err != nil {
				return b, err
			}
		}
		return append(b, ']'), invalid(it.err, step.At)
	case '{':
		all, err := membersOf(v, step.At)
		if err != nil {
			return b, err
		}
		b = append(b, '{')
		for i, m := range all.list {
			if i > 0 {
				b = append(b, ',')
			}
			b = append(rawjson.Quote(b, m.name), ':')
			if b, err = appendPlain(b, m.value, step); err != nil {
				return b, err
			}
		}
		return append(b, '}'), nil
	}
	return append(b, v...), nil
}

// jsonParse is the value whose JSON text v is; missing if it is no JSON.
func jsonParse(s scope, v []byte, step *Step) ([]byte, error) {
	if v[0] != '"' {
		return nil, misuse(step, "takes a text", v)
	}
	b := rawjson.Unquote(s.arena.open(), v)
	start, end, err := rawjson.Document(b)
	if err != nil { // no answer, not a misuse
		s.arena.drop(b)
		return nil, nil //nolint:nilerr // see above
	}
	return s.arena.close(b)[start:end], nil
}

// parseInt is the whole number that a text says in base 10, or in the base of the argument, and the whole part of a number.
// Missing if it is no such text, or longer than maxDigits.
func parseInt(s scope, v []byte, step *Step) ([]byte, error) {
	base, _, err := s.integer(step, 0, 10)
	if err != nil {
		return nil, err
	}
	if base < 2 || base > 36 {
		return nil, misgiven(step, step.Args[0], "a base from 2 to 36")
	}
	var text string
	switch rawjson.KindOf(v[0]) {
	case rawjson.String:
		text = unquoted(v)
	case rawjson.Number:
		text = wholePart(string(v))
	default:
		return nil, misuse(step, "takes a text or a number", v)
	}
	if len(text) > maxDigits {
		return nil, nil
	}
	n, ok := new(big.Int).SetString(text, base)
	if !ok {
		return nil, nil
	}
	return s.arena.close(n.Append(s.arena.open(), 10)), nil
}
