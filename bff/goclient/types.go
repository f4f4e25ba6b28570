package goclient

import (
	"fmt"
	"strings"

	"manifold/internal/plan"
)

// types writes Go types. Each object has a name of its own, made of the way that leads to it.
type types struct {
	out   strings.Builder
	taken map[string]bool
	named map[string]string // shared types: their names here
}

// of returns the Go type of a value, and declares what it needs. name is what a type is called that has to have a name.
// pointer says whether null and left out have to be told from the zero value.
func (p *types) of(a *plan.Answer, name string) string {
	bare := p.bare(a, name)
	if a.Nullable && points(a) {
		return "*" + bare
	}
	return bare
}

// points reports whether a value that may be null is a pointer. Lists, maps and raw JSON have a null of their own.
func points(a *plan.Answer) bool {
	return a.Kind != plan.AnswerList && a.Kind != plan.AnswerMap && a.Kind != plan.AnswerAny
}

func (p *types) bare(a *plan.Answer, name string) string {
	if a.Shared {
		return p.shared(a)
	}
	switch a.Kind {
	case plan.AnswerInt:
		return "int32"
	case plan.AnswerFloat:
		return "float64"
	case plan.AnswerString, plan.AnswerID, plan.AnswerEnum:
		return "string"
	case plan.AnswerBoolean:
		return "bool"
	case plan.AnswerList:
		return "[]" + p.of(a.Item, name)
	case plan.AnswerMap:
		return "map[string]" + p.of(a.Item, name)
	case plan.AnswerObject:
		return p.object(a, p.free(name))
	case plan.AnswerOneOf:
		return p.oneOf(a, p.free(name))
	default:
		return "json.RawMessage"
	}
}

// free takes a name that nothing has.
func (p *types) free(name string) string {
	for p.taken[name] {
		name += "_"
	}
	p.taken[name] = true
	return name
}

// object declares an object.
func (p *types) object(a *plan.Answer, name string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%stype %s struct {\n", comment("", about(name, a.Description)), name)
	fields := map[string]bool{}
	for i := range a.Members {
		m := &a.Members[i]
		field := exported(m.Name)
		for fields[field] {
			field += "_"
		}
		fields[field] = true
		of := p.of(m.Type, name+exported(m.Name))
		tag := m.Name
		if m.Optional {
			tag += ",omitempty"
			if points(m.Type) && !m.Type.Nullable {
				of = "*" + of
			}
		}
		b.WriteString(comment("\t", deprecated(m)))
		fmt.Fprintf(&b, "\t%s %s `json:%q`\n", field, of, tag)
	}
	b.WriteString("}\n\n")
	p.out.WriteString(b.String())
	return name
}

func deprecated(m *plan.AnswerMember) string {
	text := strings.TrimSpace(m.Description)
	if m.Deprecated != "" {
		text = strings.TrimSpace(text + "\n\nDeprecated: " + m.Deprecated)
	}
	return text
}

// oneOf declares an object of one of several types: the one of the pointers that is not nil.
func (p *types) oneOf(a *plan.Answer, name string) string {
	var fields, cases strings.Builder
	for _, v := range a.Variants {
		told := *v
		of := p.object(&told, p.free(name+exported(v.Name)))
		fmt.Fprintf(&fields, "\t%s *%s\n", exported(v.Name), of)
		fmt.Fprintf(&cases, "\tcase %q:\n\t\tv.%s = new(%s)\n\t\treturn json.Unmarshal(data, v.%s)\n", v.Name, exported(v.Name), of, exported(v.Name))
	}
	fmt.Fprintf(&p.out, "// %s is one of these; the others are nil.\ntype %s struct {\n%s}\n\n", name, name, fields.String())
	fmt.Fprintf(&p.out, "// UnmarshalJSON implements json.Unmarshaler.\nfunc (v *%s) UnmarshalJSON(data []byte) error {\n"+
		"\tvar told struct {\n\t\tType string `json:%q`\n\t}\n\tif err := json.Unmarshal(data, &told); err != nil {\n\t\treturn err\n\t}\n"+
		"\tswitch told.Type {\n%s\tdefault:\n\t\treturn fmt.Errorf(\"%s: unknown type %%q\", told.Type)\n\t}\n}\n\n", name, a.Discriminator, cases.String(), name)
	return name
}

// shared declares a type once.
func (p *types) shared(a *plan.Answer) string {
	if name := p.named[a.Name]; name != "" {
		return name
	}
	name := p.free(exported(a.Name))
	p.named[a.Name] = name
	if a.Kind != plan.AnswerEnum {
		bare := *a
		bare.Shared, bare.Nullable = false, false
		for i := range bare.Members { // what holds itself needs a pointer between
			if m := &bare.Members[i]; m.Type.Name == a.Name && !m.Optional {
				m.Optional = true
			}
		}
		return p.object(&bare, name)
	}
	fmt.Fprintf(&p.out, "%stype %s string\n\n// The values of %s.\nconst (\n", comment("", about(name, a.Description)), name, name)
	for _, v := range a.Enum {
		fmt.Fprintf(&p.out, "\t%s %s = %q\n", p.free(name+exported(strings.ToLower(v))), name, v)
	}
	p.out.WriteString(")\n\n")
	return name
}

// about begins a doc comment with the name that it is about.
func about(name, description string) string {
	description = strings.TrimSpace(description)
	if description == "" {
		return ""
	}
	return name + ": " + description
}

// comment writes a comment; nothing without a text.
func comment(indent, text string) string {
	if text == "" {
		return ""
	}
	var b strings.Builder
	for line := range strings.SplitSeq(text, "\n") {
		b.WriteString(strings.TrimRight(indent+"// "+line, " ") + "\n")
	}
	return b.String()
}

// exported makes an exported name of Go: total_cents is TotalCents.
func exported(s string) string {
	var b strings.Builder
	up := true
	for _, r := range s {
		switch {
		case r == '_' || r == '-' || r == '.':
			up = true
			continue
		case up && r >= 'a' && r <= 'z':
			r += 'A' - 'a'
		}
		if b.Len() == 0 && r >= '0' && r <= '9' {
			b.WriteByte('N')
		}
		up = false
		b.WriteRune(r)
	}
	name := b.String()
	for _, word := range []string{"Id", "Ids", "Url", "Urls"} { // Go writes these with capitals
		if rest, ok := strings.CutSuffix(name, word); ok {
			plural := strings.TrimPrefix(word, strings.TrimSuffix(word, "s"))
			return rest + strings.ToUpper(strings.TrimSuffix(word, "s")) + plural
		}
	}
	if name == "" {
		return "X"
	}
	return name
}
