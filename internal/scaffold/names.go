package scaffold

import (
	"fmt"
	"strings"
	"unicode"
)

// words splits a name at what is no letter or digit, and where lower case turns into upper case. All are in lower case.
func words(name string) []string {
	var out []string
	var word []rune
	runes := []rune(name)
	flush := func() {
		if len(word) > 0 {
			out = append(out, strings.ToLower(string(word)))
		}
		word = nil
	}
	for i, r := range runes {
		if r > unicode.MaxASCII || (!unicode.IsLetter(r) && !unicode.IsDigit(r)) {
			flush()
			continue
		}
		rises := i > 0 && unicode.IsUpper(r) && !unicode.IsUpper(runes[i-1])
		ends := i > 0 && unicode.IsUpper(r) && unicode.IsUpper(runes[i-1]) && i+1 < len(runes) && unicode.IsLower(runes[i+1])
		if rises || ends {
			flush()
		}
		word = append(word, r)
	}
	flush()
	return out
}

// camel is a name as GraphQL fields are called: createdAt. It is "" if nothing of the name can be kept.
func camel(name string) string {
	p := pascal(name)
	if p == "" {
		return ""
	}
	first := words(name)[0]
	out := first + p[len(first):]
	if out[0] >= '0' && out[0] <= '9' {
		return "n" + out
	}
	return out
}

// pascal is a name as GraphQL types are called: OrderLine.
func pascal(name string) string {
	var b strings.Builder
	for _, w := range words(name) {
		b.WriteString(strings.ToUpper(w[:1]) + w[1:])
	}
	return b.String()
}

// typeName is pascal for a type: it never begins with a digit and is never empty.
func typeName(name string) string {
	p := pascal(name)
	if p == "" || p[0] >= '0' && p[0] <= '9' {
		return "T" + p
	}
	return p
}

// singular is the English singular of a plural, as far as a rule of thumb goes.
func singular(name string) string {
	lower := strings.ToLower(name)
	switch {
	case lower == "people":
		return name[:2] + "rson"
	case lower == "children":
		return name[:5]
	case len(name) < 3, strings.HasSuffix(lower, "ss"), strings.HasSuffix(lower, "us"), strings.HasSuffix(lower, "is"),
		strings.HasSuffix(lower, "news"), strings.HasSuffix(lower, "series"):
		return name
	case strings.HasSuffix(lower, "ies") && len(name) > 4:
		return name[:len(name)-3] + "y"
	case strings.HasSuffix(lower, "sses"), strings.HasSuffix(lower, "shes"), strings.HasSuffix(lower, "ches"),
		strings.HasSuffix(lower, "xes"), strings.HasSuffix(lower, "zzes"), strings.HasSuffix(lower, "uses"):
		return name[:len(name)-2]
	case strings.HasSuffix(lower, "s"):
		return name[:len(name)-1]
	default:
		return name
	}
}

// idLike reports whether a name says that its value picks an object: id, user_id, userId, user-id, uuid.
func idLike(name string) bool {
	w := words(name)
	if len(w) == 0 {
		return false
	}
	last := w[len(w)-1]
	return last == "id" || last == "uuid" || last == "guid"
}

// idsLike reports the same of a list of such values: ids, user_ids.
func idsLike(name string) bool {
	w := words(name)
	return len(w) > 0 && (w[len(w)-1] == "ids" || w[len(w)-1] == "uuids")
}

// nameSet hands out names that differ.
type nameSet struct{ taken map[string]bool }

func (n *nameSet) take(name string) string {
	if n.taken == nil {
		n.taken = map[string]bool{}
	}
	out := name
	for i := 2; n.taken[out]; i++ {
		out = fmt.Sprintf("%s%d", name, i)
	}
	n.taken[out] = true
	return out
}

// reserved are the names of types that mean something already.
func reserved() []string {
	return []string{"Query", "Mutation", "Subscription", "Int", "Float", "String", "Boolean", "ID", "JSON"}
}
