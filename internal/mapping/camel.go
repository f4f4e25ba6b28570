package mapping

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"manifold/internal/rawjson"
)

// keysToCamelCase is an object with the names of its members in camel case; keysToCamelCaseDeep, those of all objects inside
// as well. Of names that become the same, the last value counts.
func keysToCamelCase(s scope, v []byte, step *Step) ([]byte, error) {
	if v[0] != '{' {
		return nil, misuse(step, "takes an object", v)
	}
	b, err := appendCamel(s.arena.open(), v, step, step.Name == "keysToCamelCaseDeep")
	return finish(s.arena, b, err)
}

func appendCamel(b, v []byte, step *Step, deep bool) ([]byte, error) {
	switch v[0] {
	case '[':
		b = append(b, '[')
		it := items(v)
		for first := true; it.next(); first = false {
			if !first {
				b = append(b, ',')
			}
			var err error
			if b, err = appendCamel(b, it.value, step, deep); err != nil {
				return b, err
			}
		}
		return append(b, ']'), invalid(it.err, step.At)
	case '{':
		written, err := membersOf(v, step.At)
		if err != nil {
			return b, err
		}
		var all memberList
		for _, m := range written.list {
			all.put(camelCase(m.name), m.value)
		}
		b = append(b, '{')
		for i, m := range all.list {
			if i > 0 {
				b = append(b, ',')
			}
			b = append(rawjson.Quote(b, m.name), ':')
			if !deep {
				b = append(b, m.value...)
			} else if b, err = appendCamel(b, m.value, step, deep); err != nil {
				return b, err
			}
		}
		return append(b, '}'), nil
	}
	return append(b, v...), nil
}

// camelCase joins the words of a name: the first in small letters, the others with a capital. Words end at anything but
// letters and digits, before a capital after a small letter, and before the last of several capitals if a small letter
// follows it: HTTPCode is http and code. A digit goes with what it stands behind.
func camelCase(name string) string {
	var b strings.Builder
	var before rune // the letter that r stands behind, in its word
	for rest := name; rest != ""; {
		r, size := utf8.DecodeRuneInString(rest)
		rest = rest[size:]
		if !unicode.IsLetter(r) && !unicode.IsNumber(r) {
			before = 0
			continue
		}
		next, _ := utf8.DecodeRuneInString(rest)
		begins := before == 0 || unicode.IsUpper(r) && (unicode.IsLower(before) || unicode.IsUpper(before) && unicode.IsLower(next))
		if begins && b.Len() > 0 {
			b.WriteRune(unicode.ToUpper(r))
		} else {
			b.WriteRune(unicode.ToLower(r))
		}
		if unicode.IsUpper(r) || unicode.IsLower(r) || before == 0 {
			before = r
		}
	}
	return b.String()
}
