package scaffold

import (
	"regexp"
	"strings"
)

// naming is how a service spells names: the word for @source(naming:), "" for AS_IS.
type naming string

// fits reports whether a property is found under its field's name by a naming, and what that name is. Names that could be
// read in two ways fit none; they get a @from.
func (n naming) fits(key string) (field string, ok bool) {
	parts := regexp.MustCompile(`^[a-z][a-z0-9]*([_-][a-z][a-z0-9]+)*$`)
	switch n {
	case "SNAKE_CASE":
		return camel(key), parts.MatchString(key) && !strings.Contains(key, "-")
	case "KEBAB_CASE":
		return camel(key), parts.MatchString(key) && !strings.Contains(key, "_")
	case "PASCAL_CASE":
		if !regexp.MustCompile(`^[A-Z][a-z0-9]+([A-Z][a-z0-9]*)*$`).MatchString(key) {
			return "", false
		}
		return strings.ToLower(key[:1]) + key[1:], true
	default:
		return key, regexp.MustCompile(`^[a-z][A-Za-z0-9]*$`).MatchString(key)
	}
}

// chooseNaming picks, for each source, the naming that most of its properties fit.
func (m *maker) chooseNaming() {
	for _, s := range m.sources {
		keys := map[string]bool{}
		for _, r := range m.routes {
			if r.source == s {
				gatherKeys(r.shape, keys)
			}
		}
		best := 0
		for _, n := range []naming{"", "SNAKE_CASE", "KEBAB_CASE", "PASCAL_CASE"} {
			hits := 0
			for key := range keys {
				if _, ok := n.fits(key); ok {
					hits++
				}
			}
			if hits > best {
				best, s.naming = hits, n
			}
		}
	}
}

func gatherKeys(s *shape, keys map[string]bool) {
	if s == nil {
		return
	}
	gatherKeys(s.item, keys)
	for name, member := range s.members {
		keys[name] = true
		gatherKeys(member, keys)
	}
}
