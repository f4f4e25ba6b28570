package schema

import (
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
)

// languagePrefix goes before the names of the language's own types in LanguageSDL, which a user's types must not meet: a
// user may have a type called Header.
const languagePrefix = "manifold__"

// LanguageSDL returns the directives of the language as GraphQL, each part with a description, for editors that are to
// complete and explain them. It has what is effective and nothing else. The names of its types begin with manifold__; they
// matter to no one who writes a gateway.graphql.
func LanguageSDL() string {
	doc, err := parser.ParseSchema(&ast.Source{Name: "language", Input: languageSDL, BuiltIn: true})
	if err != nil {
		panic("schema: the declaration of the language does not parse: " + err.Error())
	}
	w := &languageWriter{help: help(), effective: effective(), types: map[string]*ast.Definition{}}
	for _, d := range doc.Definitions {
		w.types[d.Name] = d
	}
	for _, d := range doc.Directives {
		w.directive(d)
	}
	for done := 0; done < len(w.queue); { // types name further types
		w.definition(w.types[w.queue[done]])
		done++
	}
	return w.String()
}

type languageWriter struct {
	printer

	help      map[string]string
	effective []string
	types     map[string]*ast.Definition
	queue     []string // types that were named, in order
}

func (w *languageWriter) works(part string) bool { return slices.Contains(w.effective, part) }

// named returns a type as it is written, and queues its definition.
func (w *languageWriter) named(t *ast.Type) string {
	name := t.Name()
	if w.types[name] == nil {
		return t.String()
	}
	if !slices.Contains(w.queue, name) {
		w.queue = append(w.queue, name)
	}
	return strings.Replace(t.String(), name, languagePrefix+name, 1)
}

func (w *languageWriter) directive(d *ast.DirectiveDefinition) {
	if !w.works("@" + d.Name) {
		return
	}
	w.block()
	w.description(w.help["@"+d.Name], "")
	w.WriteString("directive @" + d.Name)
	open := false
	for _, a := range d.Arguments {
		part := "@" + d.Name + "(" + a.Name + ":)"
		if !w.works(part) {
			continue
		}
		if !open {
			w.WriteString("(\n")
		}
		open = true
		w.description(w.help[part], "  ")
		w.WriteString("  " + a.Name + ": " + w.named(a.Type))
		if a.DefaultValue != nil {
			w.WriteString(" = " + a.DefaultValue.String())
		}
		w.WriteByte('\n')
	}
	if open {
		w.WriteByte(')')
	}
	if d.IsRepeatable {
		w.WriteString(" repeatable")
	}
	locations := make([]string, len(d.Locations))
	for i, l := range d.Locations {
		locations[i] = string(l)
	}
	w.WriteString(" on " + strings.Join(locations, " | ") + "\n")
}

func (w *languageWriter) definition(d *ast.Definition) {
	w.block()
	w.description(w.help[d.Name], "")
	w.WriteString(keyword(d.Kind) + " " + languagePrefix + d.Name)
	switch d.Kind {
	case ast.Enum:
		w.WriteString(" {\n")
		for _, v := range d.EnumValues {
			w.description(w.help[d.Name+"."+v.Name], "  ")
			w.WriteString("  " + v.Name + "\n")
		}
		w.WriteByte('}')
	case ast.InputObject:
		w.WriteString(" {\n")
		for _, f := range d.Fields {
			part := d.Name + "." + f.Name
			if !w.works(part) {
				continue
			}
			w.description(w.help[part], "  ")
			w.WriteString("  " + f.Name + ": " + w.named(f.Type))
			if f.DefaultValue != nil {
				w.WriteString(" = " + f.DefaultValue.String())
			}
			w.WriteByte('\n')
		}
		w.WriteByte('}')
	default:
	}
	w.WriteByte('\n')
}
