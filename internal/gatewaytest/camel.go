package gatewaytest

import (
	"strings"
	"unicode"
)

// camelled is v with the names of its members in camel case, and with deep those of all objects in it.
func camelled(v any, deep bool) any {
	switch v := v.(type) {
	case *Object:
		out := NewObject()
		for _, name := range v.Names {
			value := v.Members[name]
			if deep {
				value = camelled(value, true)
			}
			out.Set(camelName(name), value)
		}
		return out
	case []any:
		list := []any{}
		for _, item := range v {
			list = append(list, camelled(item, true))
		}
		return list
	}
	return v
}

// camelName finds the words of a name first, and joins them then.
func camelName(name string) string {
	var out string
	for _, part := range strings.FieldsFunc(name, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) }) {
		for _, word := range wordsOf([]rune(part)) {
			first, rest := string([]rune(word)[:1]), string([]rune(word)[1:])
			if out == "" {
				out = strings.ToLower(first) + strings.ToLower(rest)
			} else {
				out += strings.ToUpper(first) + strings.ToLower(rest)
			}
		}
	}
	return out
}

// wordsOf cuts letters and digits where their case says so.
func wordsOf(part []rune) []string {
	small, capital := make([]bool, len(part)), make([]bool, len(part)) // what the last letter up to here is
	for i, r := range part {
		small[i], capital[i] = unicode.IsLower(r), unicode.IsUpper(r)
		if i > 0 && !small[i] && !capital[i] {
			small[i], capital[i] = small[i-1], capital[i-1]
		}
	}
	var words []string
	from := 0
	for i := 1; i < len(part); i++ {
		ends := i+1 < len(part) && unicode.IsLower(part[i+1])
		if unicode.IsUpper(part[i]) && (small[i-1] || capital[i-1] && ends) {
			words = append(words, string(part[from:i]))
			from = i
		}
	}
	return append(words, string(part[from:]))
}
