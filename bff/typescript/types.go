package typescript

import (
	"cmp"
	"slices"
	"strings"

	"manifold/internal/plan"
	"manifold/internal/rawjson"
)

// Type returns a description in TypeScript's notation. indent is what stands before lines inside of it.
func Type(a *plan.Answer, indent string) string {
	p := &types{plain: true}
	return p.of(a, indent)
}

// types writes types, and gathers those that stand for themselves.
type types struct {
	plain  bool // shared types are written where they stand, by name only
	shared map[string]*plan.Answer
}

func (p *types) of(a *plan.Answer, indent string) string {
	text := p.bare(a, indent)
	if a.Nullable && a.Kind != plan.AnswerAny {
		return text + " | null"
	}
	return text
}

func (p *types) bare(a *plan.Answer, indent string) string {
	if a.Shared {
		return p.named(a)
	}
	switch a.Kind {
	case plan.AnswerInt, plan.AnswerFloat:
		return "number"
	case plan.AnswerString, plan.AnswerID:
		return "string"
	case plan.AnswerBoolean:
		return "boolean"
	case plan.AnswerEnum:
		return union(a.Enum)
	case plan.AnswerList:
		item := p.of(a.Item, indent)
		if strings.ContainsAny(item, "|&") && !strings.HasPrefix(item, "{") || a.Item.Nullable || a.Item.Kind == plan.AnswerOneOf {
			return "(" + item + ")[]"
		}
		return item + "[]"
	case plan.AnswerMap:
		return "{ [key: string]: " + p.of(a.Item, indent) + " }"
	case plan.AnswerObject:
		return p.object(a, "", indent)
	case plan.AnswerOneOf:
		all := make([]string, len(a.Variants))
		for i, v := range a.Variants {
			all[i] = p.object(v, a.Discriminator, indent)
		}
		return strings.Join(all, " | ")
	default:
		return "unknown"
	}
}

func union(values []string) string {
	all := make([]string, len(values))
	for i, v := range values {
		all[i] = quoted(v)
	}
	return cmp.Or(strings.Join(all, " | "), "never")
}

func quoted(s string) string { return string(rawjson.Quote(nil, s)) }

// object writes an object; told is the member that names its type, or "".
func (p *types) object(a *plan.Answer, told, indent string) string {
	if len(a.Members) == 0 {
		return "Record<string, never>"
	}
	var b strings.Builder
	b.WriteString("{\n")
	for i := range a.Members {
		m := &a.Members[i]
		b.WriteString(comment(indent+"  ", m.Description, m.Deprecated))
		b.WriteString(indent + "  " + name(m.Name))
		if m.Optional {
			b.WriteByte('?')
		}
		b.WriteString(": ")
		if m.Name == told && told != "" {
			b.WriteString(quoted(a.Name))
		} else {
			b.WriteString(p.of(m.Type, indent+"  "))
		}
		b.WriteString(";\n")
	}
	b.WriteString(indent + "}")
	return b.String()
}

// named refers to a type that is written once.
func (p *types) named(a *plan.Answer) string {
	if !p.plain && p.shared[a.Name] == nil {
		if p.shared == nil {
			p.shared = map[string]*plan.Answer{}
		}
		p.shared[a.Name] = a
		for i := range a.Members { // what it leads to
			p.of(a.Members[i].Type, "")
		}
	}
	return a.Name
}

// declarations writes the types that stand for themselves, by name.
func (p *types) declarations() string {
	names := make([]string, 0, len(p.shared))
	for n := range p.shared {
		names = append(names, n)
	}
	slices.Sort(names)
	var b strings.Builder
	for _, n := range names {
		bare := *p.shared[n]
		bare.Shared, bare.Nullable = false, false
		b.WriteString(comment("", bare.Description, ""))
		b.WriteString("export type " + n + " = " + p.of(&bare, "") + ";\n\n")
	}
	return b.String()
}

// name writes the name of a member, in quotes if it is none of TypeScript's.
func name(s string) string {
	for i, r := range s {
		if r != '_' && r != '$' && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (i == 0 || r < '0' || r > '9') {
			return quoted(s)
		}
	}
	if s == "" {
		return `""`
	}
	return s
}

// comment writes a doc comment; nothing without a text.
func comment(indent, about, deprecated string) string {
	about = strings.TrimSpace(about)
	if deprecated != "" {
		about = strings.TrimSpace(about + "\n@deprecated " + deprecated)
	}
	if about == "" {
		return ""
	}
	about = strings.ReplaceAll(about, "*/", "*\\/")
	lines := strings.Split(about, "\n")
	if len(lines) == 1 {
		return indent + "/** " + lines[0] + " */\n"
	}
	var b strings.Builder
	b.WriteString(indent + "/**\n")
	for _, line := range lines {
		b.WriteString(strings.TrimRight(indent+" * "+line, " ") + "\n")
	}
	b.WriteString(indent + " */\n")
	return b.String()
}
