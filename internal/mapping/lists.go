package mapping

import (
	"unicode/utf8"

	"manifold/internal/rawjson"
)

// first is the first item of a list (missing if it is empty), the first character of a text (likewise), and anything else
// itself.
func first(s scope, v []byte, step *Step) ([]byte, error) {
	switch v[0] {
	case '[':
		it := items(v)
		it.next()
		return it.value, invalid(it.err, step.At)
	case '"':
		return s.characters(v, 0, 1, true), nil
	}
	return v, nil
}

// last is first from the other end.
func last(s scope, v []byte, step *Step) ([]byte, error) {
	switch v[0] {
	case '[':
		it := items(v)
		for more := true; more; more = it.next() { // to the end
			continue
		}
		return it.value, invalid(it.err, step.At)
	case '"':
		n := countCharacters(v)
		return s.characters(v, n-1, n, true), nil
	}
	return v, nil
}

// slice is the part of a list or text from the first argument up to and without the second; without a second, up to the end.
// Numbers outside of it are brought to its ends.
func slice(s scope, v []byte, step *Step) ([]byte, error) {
	if v[0] != '[' && v[0] != '"' {
		return nil, misuse(step, "takes a list or a text", v)
	}
	from, _, err := s.integer(step, 0, 0)
	if err != nil {
		return nil, err
	}
	to, _, err := s.integer(step, 1, int(^uint(0)>>1))
	if err != nil {
		return nil, err
	}
	if v[0] == '"' {
		return s.characters(v, from, to, false), nil
	}
	b := append(s.arena.open(), '[')
	it := items(v)
	for n := 0; n < to && it.next(); n++ {
		if n < from {
			continue
		}
		if len(b) > 1 {
			b = append(b, ',')
		}
		b = append(b, it.value...)
	}
	return finish(s.arena, append(b, ']'), invalid(it.err, step.At))
}

// get is the item of a list or the character of a text with a number, counted from the end if it is negative, or the member
// of an object with a name. Missing if there is none.
func get(s scope, v []byte, step *Step) ([]byte, error) {
	found, _, err := s.pick(v, step)
	return found, err
}

// has reports whether get would find something.
func has(s scope, v []byte, step *Step) ([]byte, error) {
	found, ok, err := s.pick(v, step)
	if err != nil {
		return nil, err
	}
	return s.boolean(ok && found != nil)
}

func (s scope) pick(v []byte, step *Step) (found []byte, ok bool, err error) {
	key, err := s.value(step.Args[0])
	if err != nil || key == nil || isNull(key) {
		return nil, false, err
	}
	switch v[0] {
	case '{':
		if key[0] != '"' {
			return nil, false, misgiven(step, step.Args[0], "a text, the name of a member")
		}
		found, err = property(v, string(rawjson.Unquote(nil, key)))
		return found, found != nil, invalid(err, step.At)
	case '[', '"':
		n, ok, err := s.integer(step, 0, 0)
		if err != nil || !ok {
			return nil, false, err
		}
		size, err := count(v, step)
		if n < 0 {
			n += size
		}
		if err != nil || n < 0 || n >= size {
			return nil, false, err
		}
		if v[0] == '"' {
			return s.characters(v, n, n+1, true), true, nil
		}
		it := items(v)
		for ; n >= 0; n-- {
			it.next()
		}
		return it.value, true, invalid(it.err, step.At)
	}
	return nil, false, misuse(step, "takes a list, an object or a text", v)
}

// integer evaluates an argument that is a whole number; ok is false, and the number is the fallback, if it is left out, null
// or missing. Numbers beyond any length are brought into range.
func (s scope) integer(step *Step, arg, fallback int) (n int, ok bool, err error) {
	if arg >= len(step.Args) {
		return fallback, false, nil
	}
	v, err := s.value(step.Args[arg])
	if err != nil || v == nil || isNull(v) {
		return fallback, false, err
	}
	if n, ok = wholeNumber(v); !ok {
		return fallback, false, misgiven(step, step.Args[arg], "a whole number")
	}
	return n, true, nil
}

// size is the number of items of a list, of members of an object, of characters of a text.
func size(s scope, v []byte, step *Step) ([]byte, error) {
	n, err := count(v, step)
	if err != nil {
		return nil, err
	}
	return s.number(n), nil
}

func count(v []byte, step *Step) (n int, err error) {
	switch v[0] {
	case '[':
		it := items(v)
		for it.next() {
			n++
		}
		return n, invalid(it.err, step.At)
	case '{':
		all, err := membersOf(v, step.At) // equal keys are one member
		return len(all.list), err
	case '"':
		return countCharacters(v), nil
	}
	return 0, misuse(step, "takes a list, an object or a text", v)
}

// characters returns some characters of a JSON string as one. With single, none is missing instead of empty.
func (s scope) characters(v []byte, from, to int, single bool) []byte {
	i := 1
	start, end := -1, 0
	for n := range to {
		if n == max(from, 0) {
			start = i
		}
		length := characterLen(v[i:])
		if length == 0 {
			break
		}
		i += length
		end = i
	}
	if start < 0 || start >= end {
		if single {
			return nil
		}
		start, end = 1, 1
	}
	b := append(s.arena.open(), '"')
	b = append(b, v[start:end]...)
	return s.arena.close(append(b, '"'))
}

func countCharacters(v []byte) (n int) {
	for rest := v[1:]; ; n++ {
		length := characterLen(rest)
		if length == 0 {
			return n
		}
		rest = rest[length:]
	}
}

// characterLen returns the length of the first character of the inside of a JSON string, as it is written there; 0 at the
// closing quote.
func characterLen(text []byte) int {
	switch {
	case len(text) == 0 || text[0] == '"':
		return 0
	case text[0] != '\\':
		_, n := utf8.DecodeRune(text)
		return n
	case len(text) < 2 || text[1] != 'u':
		return min(2, len(text))
	}
	const unit = len(`\u0000`)
	if len(text) >= 2*unit && highSurrogate(text[2], text[3]) {
		return 2 * unit
	}
	return min(unit, len(text))
}

// highSurrogate reports whether a \u escape that begins with these two digits is the first half of a pair.
func highSurrogate(a, b byte) bool {
	return (a == 'd' || a == 'D') && (b == '8' || b == '9' || 'a' <= b|0x20 && b|0x20 <= 'b')
}
