package introspect

import (
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator"
)

// parseSDL reads SDL.
func parseSDL(name, text string) (*Schema, error) {
	doc, err := parser.ParseSchema(&ast.Source{Name: name, Input: text})
	if err != nil {
		return nil, problemOf(name, err)
	}
	if len(doc.Definitions)+len(doc.Extensions) == 0 {
		return nil, whole(name, "the text holds no type")
	}
	doc.Definitions = slices.DeleteFunc(doc.Definitions, isBuiltIn())
	s := &Schema{}
	readFederation(doc, s)
	plainDirectives(doc)
	if s.Federation {
		serveFederation(doc, s)
	}
	return build(name, doc, s)
}

// isBuiltIn returns what recognises the types of GraphQL itself, which some tools print too.
func isBuiltIn() func(*ast.Definition) bool {
	names := map[string]bool{}
	for _, d := range validator.PreludeDocument().Definitions {
		names[d.Name] = true
	}
	return func(d *ast.Definition) bool { return names[d.Name] }
}

// plainDirectives takes all directives out of a document but GraphQL's own, where these may stand, and what is said twice.
func plainDirectives(doc *ast.SchemaDocument) {
	doc.Directives, doc.DirectiveExtensions = nil, nil
	for _, s := range slices.Concat(doc.Schema, doc.SchemaExtension) {
		s.Directives = nil
	}
	for _, d := range slices.Concat(doc.Definitions, doc.Extensions) {
		d.Fields = once(d.Fields)
		switch d.Kind {
		case ast.Scalar:
			d.Directives = keep(d.Directives, "specifiedBy")
		case ast.InputObject:
			d.Directives = keep(d.Directives, "oneOf")
		default:
			d.Directives = nil
		}
		for _, f := range d.Fields {
			f.Directives = keep(f.Directives, "deprecated")
			for _, a := range f.Arguments {
				a.Directives = keep(a.Directives, "deprecated")
			}
		}
		for _, v := range d.EnumValues {
			v.Directives = keep(v.Directives, "deprecated")
		}
	}
}

// once drops fields that say again what another one says: public schemas do have them. Others of the same name stay, for the
// validator to refuse.
func once(fields ast.FieldList) ast.FieldList {
	said := make(map[string]string, len(fields))
	return slices.DeleteFunc(fields, func(f *ast.FieldDefinition) bool {
		var text strings.Builder
		for _, a := range f.Arguments {
			text.WriteString(a.Name + ":" + a.Type.String() + " ")
		}
		text.WriteString(f.Type.String())
		before, again := said[f.Name]
		said[f.Name] = text.String()
		return again && before == text.String()
	})
}

func keep(list ast.DirectiveList, name string) ast.DirectiveList {
	return slices.DeleteFunc(list, func(d *ast.Directive) bool { return d.Name != name })
}

// rootName is the name of the query type of a document.
func rootName(doc *ast.SchemaDocument) string {
	for _, s := range slices.Concat(doc.Schema, doc.SchemaExtension) {
		for _, t := range s.OperationTypes {
			if t.Operation == ast.Query {
				return t.Type
			}
		}
	}
	return "Query"
}

// stringArg is the text of an argument of a directive, or "".
func stringArg(d *ast.Directive, name string) string {
	a := d.Arguments.ForName(name)
	if a == nil || a.Value == nil || (a.Value.Kind != ast.StringValue && a.Value.Kind != ast.BlockValue) {
		return ""
	}
	return strings.TrimSpace(a.Value.Raw)
}
