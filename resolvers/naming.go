package resolvers

import (
	"strings"
	"unicode"

	"manifold/schema"
)

// spell returns the upstream's spelling of a field name.
func spell(src *schema.Source, name string) string {
	if src == nil {
		return name
	}
	switch src.Naming {
	case schema.SnakeCase:
		return strings.Join(words(name), "_")
	case schema.KebabCase:
		return strings.Join(words(name), "-")
	case schema.PascalCase:
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
