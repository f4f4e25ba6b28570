package mapping

import (
	"strconv"
	"unicode/utf8"

	"manifold/internal/rawjson"
)

// method is what is known of a method. A new one is a function and a line in methodNamed.
type method struct {
	known   bool
	args    int    // how many arguments it takes
	text    bool   // its first argument is a text
	example string // how it is written
	// apply gets the scope of the arguments, in which `@` is v. v is not missing: a method on what is missing is not
	// called, and the path is missing. nil: not effective yet.
	apply func(s scope, v []byte, step *Step) ([]byte, error)
}

// methodNamed returns the method of this name.
func methodNamed(name string) method {
	switch name {
	case "first":
		return method{known: true, example: "items->first", apply: first}
	case "joinNotNull":
		return method{known: true, args: 1, text: true, example: "ids->joinNotNull(',')", apply: joinNotNull}
	case "map":
		return method{known: true, args: 1, example: "ids->map({ id: @ })", apply: mapItems}
	case "size":
		return method{known: true, example: "items->size", apply: size}
	case "add", "and", "as", "contains", "date", "div", "echo", "entries", "eq", "error", "filter", "find", "get",
		"groupBy", "gt", "gte", "has", "in", "jsonParse", "jsonStringify", "keys", "keysToCamelCase",
		"keysToCamelCaseDeep", "last", "lt", "lte", "match", "matchIf", "mod", "mul", "ne", "not", "or", "parseInt",
		"slice", "split", "sub", "toString", "trim", "trimEnd", "trimStart", "typeof", "values":
		return method{known: true}
	}
	return method{}
}

// methodNames returns every name that methodNamed knows, sorted.
func methodNames() []string {
	return []string{
		"add", "and", "as", "contains", "date", "div", "echo", "entries", "eq", "error", "filter", "find", "first", "get",
		"groupBy", "gt", "gte", "has", "in", "joinNotNull", "jsonParse", "jsonStringify", "keys", "keysToCamelCase",
		"keysToCamelCaseDeep", "last", "lt", "lte", "map", "match", "matchIf", "mod", "mul", "ne", "not", "or", "parseInt",
		"size", "slice", "split", "sub", "toString", "trim", "trimEnd", "trimStart", "typeof", "values",
	}
}

// method applies a method to v. Of null, every method that is effective now makes null: an absent list stays absent,
// and a null in a URL's query drops its pair.
func (s scope) method(v []byte, step *Step) ([]byte, error) {
	m := methodNamed(step.Name)
	if m.apply == nil || len(step.Args) != m.args {
		return nil, &EvalError{At: step.At, Message: "the method `" + step.Name + "` cannot be evaluated"}
	}
	if isNull(v) {
		return v, nil
	}
	return m.apply(s, v, step)
}

// first is the first item of a list (missing if it is empty), the first character of a text (likewise), and anything else
// itself.
func first(s scope, v []byte, step *Step) ([]byte, error) {
	switch v[0] {
	case '[':
		it := items(v)
		it.next()
		return it.value, invalid(it.err, step.At)
	case '"':
		n := characterLen(v[1:])
		if n == 0 {
			return nil, nil
		}
		b := append(s.arena.open(), v[:1+n]...)
		return s.arena.close(append(b, '"')), nil
	}
	return v, nil
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

// size is the number of items of a list, of members of an object, of characters of a text.
func size(s scope, v []byte, step *Step) ([]byte, error) {
	n := 0
	switch v[0] {
	case '[':
		it := items(v)
		for it.next() {
			n++
		}
		if it.err != nil {
			return nil, invalid(it.err, step.At)
		}
	case '{':
		// Equal keys are one member.
		names := map[string]bool{}
		it := properties(v)
		for it.next() {
			names[string(rawjson.Unquote(nil, it.key))] = true
		}
		if it.err != nil {
			return nil, invalid(it.err, step.At)
		}
		n = len(names)
	case '"':
		for rest := v[1:]; ; n++ {
			length := characterLen(rest)
			if length == 0 {
				break
			}
			rest = rest[length:]
		}
	default:
		return nil, misuse(step, "takes a list, an object or a text", v)
	}
	return s.arena.close(strconv.AppendInt(s.arena.open(), int64(n), 10)), nil
}

// mapItems is the list of the argument's values for every item, `@` being the item. What is not a list counts as a list
// of one. An argument that is missing for an item is null there.
func mapItems(s scope, v []byte, step *Step) ([]byte, error) {
	b := append(s.arena.open(), '[')
	var err error
	if v[0] != '[' {
		b, err = s.appendItem(b, step.Args[0])
		return finish(s.arena, append(b, ']'), err)
	}
	it := items(v)
	for first := true; it.next(); first = false {
		if !first {
			b = append(b, ',')
		}
		s.at = it.value
		mark := len(b)
		if b, err = s.appendItem(b, step.Args[0]); err != nil {
			break
		}
		if !s.arena.spend(len(b) - mark) {
			err = tooMuch(step.At)
			break
		}
	}
	if err == nil {
		err = invalid(it.err, step.At)
	}
	return finish(s.arena, append(b, ']'), err)
}

// appendItem appends the value of n, null if it is missing.
func (s scope) appendItem(b []byte, n Node) ([]byte, error) {
	b, ok, err := s.append(b, n)
	if !ok && err == nil {
		b = append(b, "null"...)
	}
	return b, err
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
	if v[0] != '[' {
		b, err = appendScalar(b, v, step)
		return finish(s.arena, append(b, '"'), err)
	}
	it := items(v)
	count := 0
	for it.next() {
		if isNull(it.value) {
			continue
		}
		if count++; count > 1 {
			b = append(b, separator...)
		}
		if b, err = appendScalar(b, it.value, step); err != nil {
			return finish(s.arena, b, err)
		}
	}
	return finish(s.arena, append(b, '"'), invalid(it.err, step.At))
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

func misuse(step *Step, takes string, v []byte) error {
	return &EvalError{
		At:      step.At,
		Message: "the method `" + step.Name + "` " + takes + ", and got " + rawjson.KindOf(v[0]).String(),
	}
}
