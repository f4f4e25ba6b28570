package schema

import (
	"sort"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// PublicSDL prints the schema that clients see, as SDL that any GraphQL tool builds: types in the order written, without
// built-in ones, and of directives only GraphQL's own and those the user defines.
func PublicSDL(g *Gateway) string {
	p := &printer{}
	p.all(g)
	return p.String()
}

// printer writes SDL. Blocks are parted by one blank line.
type printer struct {
	strings.Builder

	marks  map[string][]mark // what is written behind the element at a coordinate; see subgraph.go
	marked map[string]bool   // directives that were written
}

func (p *printer) all(g *Gateway) {
	p.schema(g)
	p.directives(g.Schema)
	for _, name := range g.order {
		p.definition(g.Schema.Types[name])
	}
}

func (p *printer) block() {
	if p.Len() > 0 {
		p.WriteByte('\n')
	}
}

// schema prints the schema definition, if the names of the root types do not tell it all.
func (p *printer) schema(g *Gateway) {
	roots := []struct {
		keyword, usual string
		t              *Type
	}{{"query", "Query", g.Query}, {"mutation", "Mutation", g.Mutation}, {"subscription", "Subscription", g.Subscription}}
	needed := g.Schema.Description != "" || len(g.Schema.SchemaDirectives) > 0
	for _, r := range roots {
		name := ""
		if r.t != nil {
			name = r.t.Name
		} else if g.Schema.Types[r.usual] == nil {
			name = r.usual // absent, and nothing to be taken for it
		}
		needed = needed || name != r.usual
	}
	if !needed {
		return
	}
	p.block()
	p.description(g.Schema.Description, "")
	p.WriteString("schema")
	p.applied(g.Schema.SchemaDirectives)
	p.WriteString(" {\n")
	for _, r := range roots {
		if r.t != nil {
			p.WriteString("  " + r.keyword + ": " + r.t.Name + "\n")
		}
	}
	p.WriteString("}\n")
}

func (p *printer) directives(s *ast.Schema) {
	var names []string
	for name, d := range s.Directives {
		if d.Position != nil && d.Position.Src != nil && !d.Position.Src.BuiltIn {
			names = append(names, name)
		}
	}
	sort.Strings(names)
	for _, name := range names {
		d := s.Directives[name]
		p.block()
		p.description(d.Description, "")
		p.WriteString("directive @" + d.Name)
		p.arguments(d.Arguments, "", "@"+d.Name)
		p.applied(d.Directives)
		if d.IsRepeatable {
			p.WriteString(" repeatable")
		}
		locations := make([]string, len(d.Locations))
		for i, l := range d.Locations {
			locations[i] = string(l)
		}
		p.WriteString(" on " + strings.Join(locations, " | ") + "\n")
	}
}

func (p *printer) definition(d *ast.Definition) {
	p.block()
	p.description(d.Description, "")
	p.WriteString(keyword(d.Kind) + " " + d.Name)
	if len(d.Interfaces) > 0 {
		p.WriteString(" implements " + strings.Join(d.Interfaces, " & "))
	}
	p.applied(d.Directives)
	p.mark(d.Name)
	switch d.Kind {
	case ast.Object, ast.Interface, ast.InputObject:
		p.WriteString(" {\n")
		for _, f := range d.Fields {
			if !strings.HasPrefix(f.Name, "__") && !ofFederation(f) {
				p.field(f, d.Name+"."+f.Name)
			}
		}
		p.WriteString("}")
	case ast.Union:
		p.WriteString(" = " + strings.Join(d.Types, " | "))
	case ast.Enum:
		p.WriteString(" {\n")
		for _, v := range d.EnumValues {
			p.description(v.Description, "  ")
			p.WriteString("  " + v.Name)
			p.applied(v.Directives)
			p.mark(d.Name + "." + v.Name)
			p.WriteByte('\n')
		}
		p.WriteString("}")
	}
	p.WriteByte('\n')
}

func (p *printer) field(f *ast.FieldDefinition, coordinate string) {
	p.description(f.Description, "  ")
	p.WriteString("  " + f.Name)
	p.arguments(f.Arguments, "  ", coordinate)
	p.WriteString(": " + f.Type.String())
	if f.DefaultValue != nil {
		p.WriteString(" = " + f.DefaultValue.String())
	}
	p.applied(f.Directives)
	p.mark(coordinate)
	p.WriteByte('\n')
}

// arguments prints them on one line, or on a line each if one has a description.
func (p *printer) arguments(args ast.ArgumentDefinitionList, indent, owner string) {
	if len(args) == 0 {
		return
	}
	separator, inner, end := ", ", "", ")"
	p.WriteByte('(')
	for _, a := range args {
		if a.Description != "" {
			separator, inner, end = "\n", indent+"  ", "\n"+indent+")"
		}
	}
	if inner != "" {
		p.WriteByte('\n')
	}
	for i, a := range args {
		if i > 0 {
			p.WriteString(separator)
		}
		p.description(a.Description, inner)
		p.WriteString(inner + a.Name + ": " + a.Type.String())
		if a.DefaultValue != nil {
			p.WriteString(" = " + a.DefaultValue.String())
		}
		p.applied(a.Directives)
		p.mark(argumentCoordinate(owner, a))
	}
	p.WriteString(end)
}

func (p *printer) applied(list ast.DirectiveList) {
	for _, d := range list {
		p.WriteString(" @" + d.Name)
		if len(d.Arguments) == 0 {
			continue
		}
		args := make([]string, len(d.Arguments))
		for i, a := range d.Arguments {
			args[i] = a.Name + ": " + a.Value.String()
		}
		p.WriteString("(" + strings.Join(args, ", ") + ")")
	}
}

// description prints a description as a block string where that keeps every character, else as a quoted one.
func (p *printer) description(text, indent string) {
	if text == "" {
		return
	}
	if !strings.Contains(text, "\n") || !blockSafe(text) {
		p.WriteString(indent + (&ast.Value{Kind: ast.StringValue, Raw: text}).String() + "\n")
		return
	}
	p.WriteString(indent + `"""` + "\n")
	for line := range strings.SplitSeq(strings.ReplaceAll(text, `"""`, `\"""`), "\n") {
		if line != "" {
			p.WriteString(indent + line)
		}
		p.WriteByte('\n')
	}
	p.WriteString(indent + `"""` + "\n")
}

// blockSafe reports whether a text of several lines survives as a block string, which loses common indentation, blank
// lines at both ends, and cannot hold control characters.
func blockSafe(text string) bool {
	lines := strings.Split(text, "\n")
	flush := false
	for _, line := range lines {
		flush = flush || (line != "" && line[0] != ' ' && line[0] != '\t')
		if strings.Trim(line, " \t") == "" && line != "" {
			return false
		}
	}
	if !flush || lines[0] == "" || lines[len(lines)-1] == "" {
		return false
	}
	return strings.IndexFunc(text, func(r rune) bool { return (r < ' ' && r != '\n' && r != '\t') || r == 0x7f }) < 0 && !strings.HasSuffix(text, `\`)
}
