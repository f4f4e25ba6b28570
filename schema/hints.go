package schema

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"manifold/internal/mapping"
)

// syntaxHint guesses what the author meant by text that is no GraphQL; line is the line where reading stopped.
func syntaxHint(message, line string) string {
	word := strings.TrimLeft(line, " \t")
	starts := func(words ...string) bool {
		for _, w := range words {
			if rest, ok := strings.CutPrefix(word, w); ok && (rest == "" || strings.ContainsAny(rest[:1], " \t({")) {
				return true
			}
		}
		return false
	}
	switch {
	case strings.Contains(message, "<EOF>"):
		return "a closing brace, bracket or quote is missing somewhere above"
	case strings.Contains(message, "single quote"):
		return `GraphQL strings are written "..."; inside of a mapping both quotes may be used`
	case strings.Contains(message, "Unterminated string"):
		return `close the string with " on the same line, or write """ for a text of several lines`
	case strings.Contains(message, "escape sequence"):
		return `write a backslash twice: \\`
	case strings.Contains(message, "Unexpected") && starts("query", "mutation", "subscription", "fragment"):
		return "this is an operation of a client; gateway.graphql holds types, as `type Query { ... }`"
	case strings.Contains(message, "Unexpected {"):
		return "each block starts with type, extend type, interface, union, enum, input, scalar or extend schema"
	case strings.Contains(message, "Expected Name, found }"):
		return "braces may not be empty"
	case strings.Contains(message, "Expected") && starts("type", "extend", "interface", "union", "enum", "input", "scalar", "schema", "directive"):
		return "is the block above closed? it may lack its }"
	case strings.Contains(message, "Expected :"):
		return "fields and arguments are written name: Type"
	default:
		return "look at this line and the one above: a missing colon, brace, bracket or quote"
	}
}

// mappingHint guesses what the author meant by a text that is no mapping; rest is the text where reading stopped.
func mappingHint(rest string) string {
	switch {
	case strings.HasPrefix(rest, "["):
		return "a mapping has no brackets: paths go through lists by themselves ($.items.name), and ->first is the first item"
	case strings.HasPrefix(rest, "="), strings.HasPrefix(rest, "|"), strings.HasPrefix(rest, "&"):
		return "a mapping has no operators: methods compare and combine, as a->eq(b); ?? gives a value for null"
	case strings.HasPrefix(rest, "+"), strings.HasPrefix(rest, "*"), strings.HasPrefix(rest, "/"):
		return "a mapping has no operators: values are combined by methods"
	default:
		return ""
	}
}

// replyHint says what an expression that reads a reply where there is none yet should read instead: an argument or a field
// of the same name, or a variable that lacks its dollar.
func replyHint(p *mapping.Path, s *scope) string {
	if len(p.Steps) > 0 && p.Steps[0].Kind == mapping.StepKey {
		name := p.Steps[0].Name
		switch {
		case name == "args" || name == "this" || name == "batch" || name == "env" || name == "request":
			return "variables begin with a dollar: $" + name
		case s.field != nil && s.field.def.Arguments.ForName(name) != nil:
			return "did you mean $args." + name + "?"
		case s.parent != nil && s.parent.byName[name] != nil:
			return "did you mean $this." + name + ", or $batch." + name + " for many at once?"
		}
	}
	return "values that go into a call come from $args, $this, $batch, $request.headers or $env"
}

// dollarHint says how ${...} is written in a URL.
func dollarHint(n mapping.Node, s *scope) string {
	p, isPath := n.(*mapping.Path)
	if isPath && len(p.Steps) > 0 && s.field != nil && s.field.def.Arguments.ForName(p.Steps[0].Name) != nil {
		return "write {$args." + p.Steps[0].Name + "}: the dollar stands inside of the braces"
	}
	return "write {$env.NAME}"
}

// leafHint says how a mapping that selects from a leaf is written as a path.
func leafHint(n mapping.Node) string {
	switch n := n.(type) {
	case *mapping.Object:
		if len(n.Members) == 1 && n.Members[0].Name != "" {
			return "write $." + n.Members[0].Name
		}
	case *mapping.Path:
		last := len(n.Steps) - 1
		if last >= 0 && n.Steps[last].Kind == mapping.StepSelect && len(n.Steps[last].Select.Members) == 1 {
			path := *n
			path.Steps = n.Steps[:last]
			return "write " + mapping.String(&path) + "." + n.Steps[last].Select.Members[0].Name
		}
	}
	return "write the path of one value"
}

// fromHint says how what @from says is written in a connector.
func fromHint(u *use) string {
	path, ok := text(u.arg("path"))
	if !ok || strings.HasPrefix(path, "{") {
		return "say it in the selection of the connector, and take @from out"
	}
	return fmt.Sprintf("say it in the connector, and take @from out: selection: %q", "$."+strings.TrimPrefix(path, "$."))
}

// rootFromHint is the same for a root field, which may have no connector yet.
func rootFromHint(f *field, u *use) string {
	if f.model.Connector == nil {
		return "give it a connector; its selection says what to pick"
	}
	return fromHint(u)
}

// requestHint turns the short form of other tools into ours: "GET /a".
func requestHint(v *ast.Value) string {
	short := regexp.MustCompile(`^\s*(GET|POST|PUT|PATCH|DELETE)\s+(\S+)\s*$`)
	if m := short.FindStringSubmatch(v.Raw); m != nil {
		return fmt.Sprintf("write { %s: %q }", m[1], m[2])
	}
	if strings.HasPrefix(v.Raw, "/") || strings.HasPrefix(v.Raw, "http") {
		return fmt.Sprintf("write { GET: %q }", v.Raw)
	}
	return ""
}
