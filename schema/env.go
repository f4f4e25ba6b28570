package schema

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// expand replaces `${NAME}` and `${NAME:-default}` in a string value by the environment of the load. A value is never
// expanded twice. With literal, braces of the environment's text are protected, so that it cannot become a template.
// ok is false if a name is unset and has no default. Texts of a source that is mocked are never used: an unset name is empty there.
func (l *loader) expand(v *ast.Value, s *scope, literal bool) (out string, ok bool) {
	coordinate := s.coordinate
	rest, done := v.Raw, 0
	var b strings.Builder
	ok = true
	for {
		i := strings.Index(rest, "${")
		if i < 0 {
			b.WriteString(rest)
			return b.String(), ok
		}
		end := strings.IndexByte(rest[i:], '}')
		if end < 0 {
			l.problem(l.inside(v, done+i), coordinate, "${ is not closed", "write ${NAME} or ${NAME:-default}")
			return "", false
		}
		b.WriteString(rest[:i])
		name, fallback, hasFallback := strings.Cut(rest[i+2:i+end], ":-")
		value, set := l.env(name)
		if hasFallback && value == "" { // as in a shell, an empty variable takes the default too
			value, set = fallback, true
		}
		switch {
		case !envName(name):
			l.problem(l.inside(v, done+i), coordinate, fmt.Sprintf("${%s} is not a name of an environment variable", name),
				"names are letters, digits and underscores")
			ok = false
		case !set && !l.mocks(s.source):
			l.problem(l.inside(v, done+i), coordinate, "the environment variable "+name+" is not set",
				"set it, or write ${"+name+":-default}")
			ok = false
		}
		if literal {
			value = strings.ReplaceAll(value, "{", `{$("{")}`)
		}
		b.WriteString(value)
		rest, done = rest[i+end+1:], done+i+end+1
	}
}

func envName(s string) bool {
	for i, r := range s {
		letter := r == '_' || (r >= 'a' && r <= 'z') || (r >= 'A' && r <= 'Z')
		if !letter && (i == 0 || r < '0' || r > '9') {
			return false
		}
	}
	return s != ""
}

// expandBase replaces `{$env.NAME}` and `{$config.name}` in a base URL, which are read at load like `${NAME}`.
func (l *loader) expandBase(v *ast.Value, s string, source *Source, coordinate string) (out string, ok bool) {
	variable := regexp.MustCompile(`\{\s*\$(env|config)\.([A-Za-z_][A-Za-z0-9_]*)\s*\}`)
	ok = true
	out = variable.ReplaceAllStringFunc(s, func(m string) string {
		parts := variable.FindStringSubmatch(m)
		if parts[1] == "config" {
			if _, set := source.Config[parts[2]]; !set && l.mocks(source) {
				return ""
			}
			value, known := l.configText(parts[2], source, at(v.Position), coordinate)
			ok = ok && known
			return value
		}
		value, set := l.env(parts[2])
		if !set && !l.mocks(source) {
			l.problem(at(v.Position), coordinate, "the environment variable "+parts[2]+" is not set", "set it, or write ${"+parts[2]+":-default}")
			ok = false
		}
		return value
	})
	return out, ok
}

// inside is the place of a byte of a string value.
func (l *loader) inside(v *ast.Value, offset int) place {
	if v.Position == nil || l.lines[v.Position.Src] == nil {
		return place{}
	}
	return l.lines[v.Position.Src].inside(v, offset)
}
