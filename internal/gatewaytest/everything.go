package gatewaytest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// Everything returns operations that select all fields of a schema down to a depth: a query and, if there is one, a
// mutation, each with the arguments that must be given and with all.
func Everything(s *ast.Schema, depth int) []string {
	var out []string
	for _, all := range []bool{false, true} {
		e := everything{schema: s, all: all}
		out = append(out, "query "+e.selection(s.Query, depth))
		if s.Mutation != nil {
			out = append(out, "mutation "+e.selection(s.Mutation, depth))
		}
	}
	return out
}

// everything writes operations.
type everything struct {
	schema *ast.Schema
	all    bool // give arguments that may be left out, too
}

// selection selects what objects of t have. It is empty if that needs more depth.
func (e everything) selection(t *ast.Definition, depth int) string {
	var parts []string
	if t.Kind != ast.Object {
		parts = append(parts, "__typename")
		for _, o := range e.schema.GetPossibleTypes(t) {
			if fields := e.fields(o, depth, o.Name+"_"); len(fields) > 0 { // fields of one name may have different types
				parts = append(parts, "... on "+o.Name+" { "+strings.Join(fields, " ")+" }")
			}
		}
	} else {
		parts = e.fields(t, depth, "")
	}
	if len(parts) == 0 {
		return ""
	}
	return "{ " + strings.Join(parts, " ") + " }"
}

func (e everything) fields(t *ast.Definition, depth int, prefix string) (out []string) {
	for _, f := range t.Fields {
		if strings.HasPrefix(f.Name, "__") || f.Name == "_entities" { // no type tells what a representation is
			continue
		}
		text := f.Name + e.arguments(f.Arguments)
		if prefix != "" {
			text = prefix + f.Name + ": " + text
		}
		of := e.schema.Types[f.Type.Name()]
		if !of.IsCompositeType() {
			out = append(out, text)
			continue
		}
		if depth == 0 {
			continue
		}
		if inner := e.selection(of, depth-1); inner != "" {
			out = append(out, text+" "+inner)
		}
	}
	return out
}

func (e everything) arguments(args ast.ArgumentDefinitionList) string {
	var out []string
	for _, a := range args {
		if e.all || a.Type.NonNull && a.DefaultValue == nil {
			out = append(out, a.Name+": "+e.value(a.Type, 0))
		}
	}
	if len(out) == 0 {
		return ""
	}
	return "(" + strings.Join(out, ", ") + ")"
}

// value writes a value of an input type.
func (e everything) value(t *ast.Type, depth int) string {
	if t.Elem != nil {
		if depth > 4 { // an input that needs a list of itself ends in an empty one
			return "[]"
		}
		return "[" + e.value(t.Elem, depth) + "]"
	}
	def := e.schema.Types[t.NamedType]
	switch def.Kind {
	case ast.Enum:
		return def.EnumValues[len(def.EnumValues)-1].Name
	case ast.InputObject:
		oneOf := def.Directives.ForName("oneOf") != nil
		var out []string
		for _, f := range def.Fields {
			required := f.Type.NonNull && f.DefaultValue == nil
			if required || oneOf && len(out) == 0 || e.all && !oneOf && depth < 2 {
				out = append(out, f.Name+": "+e.value(f.Type, depth+1))
			}
		}
		return "{" + strings.Join(out, ", ") + "}"
	}
	i := slices.Index([]string{"Int", "Float", "Boolean", "ID"}, t.NamedType)
	return []string{`"text"`, "7", "7.5", "false", fmt.Sprintf("%q", "7")}[i+1]
}
