package schema

import (
	"strings"
	"unicode"
)

// Spell returns the upstream's spelling of a field name. That of nil is the name itself.
func (s *Source) Spell(name string) string {
	if s == nil {
		return name
	}
	switch s.Naming {
	case SnakeCase:
		return strings.Join(words(name), "_")
	case KebabCase:
		return strings.Join(words(name), "-")
	case PascalCase:
		if name == "" {
			return name
		}
		return strings.ToUpper(name[:1]) + name[1:]
	default:
		return name
	}
}

// words splits a camelCase name into lower-case words: userID -> user id, HTTPServer2 -> http server2.
func words(name string) []string {
	var out []string
	start := 0
	r := []rune(name)
	for i := 1; i < len(r); i++ {
		rises := unicode.IsUpper(r[i]) && !unicode.IsUpper(r[i-1])
		ends := unicode.IsUpper(r[i]) && i+1 < len(r) && unicode.IsLower(r[i+1])
		if r[i] == '_' || ((rises || ends) && r[i-1] != '_') {
			out = append(out, strings.ToLower(strings.Trim(string(r[start:i]), "_")))
			start = i
		}
	}
	return append(out, strings.ToLower(strings.Trim(string(r[start:]), "_")))
}
