package schema

import (
	"slices"

	"github.com/vektah/gqlparser/v2/ast"
)

// What is @inaccessible or @internal stays in the model, where connectors, keys and mappings use it as anything else; the
// public schema is built without it, so that a client that asks for it gets the error of a name that does not exist.
//
// The loader notes it by coordinate: "Type", "Type.field", "Type.field(argument:)", "Enum.VALUE". So what is hidden in one
// file is hidden, however the blocks of several files are put together.

// noted takes note of a directive that binds nothing: it says something of the element for clients or for other tools.
// It is reported as false for all others, which their readers find among the uses of the element.
func (l *loader) noted(u *use, coordinate string) bool {
	switch u.name {
	case "inaccessible", "internal", "require": // a required argument is given by the parent, not by clients
		if l.hidden[coordinate] == nil {
			l.hidden[coordinate] = u
		}
		return u.name != "require"
	case "tag":
		l.checkTag(u, coordinate)
		return true
	default:
		return false
	}
}

// hides reports whether the element at a coordinate is marked as hidden. A member of a hidden type need not be.
func (l *loader) hides(coordinate string) bool { return l.hidden[coordinate] != nil }

func argumentCoordinate(field string, a *ast.ArgumentDefinition) string {
	return field + "(" + a.Name + ":)"
}

// shown returns a block as clients see it: a copy without what is hidden, or def itself where nothing is hidden at all.
func (l *loader) shown(def *ast.Definition) *ast.Definition {
	if len(l.hidden) == 0 {
		return def
	}
	out := *def
	out.Fields = nil
	for _, f := range def.Fields {
		if coordinate := def.Name + "." + f.Name; !l.hides(coordinate) {
			out.Fields = append(out.Fields, l.shownField(f, coordinate))
		}
	}
	out.EnumValues = nil
	for _, v := range def.EnumValues {
		if !l.hides(def.Name + "." + v.Name) {
			out.EnumValues = append(out.EnumValues, v)
		}
	}
	out.Types, out.TypePositions = nil, nil
	for i, member := range def.Types {
		if !l.hides(member) {
			out.Types, out.TypePositions = append(out.Types, member), append(out.TypePositions, def.TypePositions[i])
		}
	}
	out.Interfaces = slices.DeleteFunc(slices.Clone(def.Interfaces), l.hides)
	return &out
}

func (l *loader) shownField(f *ast.FieldDefinition, coordinate string) *ast.FieldDefinition {
	hidden := func(a *ast.ArgumentDefinition) bool { return l.hides(argumentCoordinate(coordinate, a)) }
	if !slices.ContainsFunc(f.Arguments, hidden) {
		return f
	}
	out := *f
	out.Arguments = slices.DeleteFunc(slices.Clone(f.Arguments), hidden)
	return &out
}

// shownRoots returns schema definitions without the root types that are hidden.
func (l *loader) shownRoots(list ast.SchemaDefinitionList) ast.SchemaDefinitionList {
	out := make(ast.SchemaDefinitionList, len(list))
	for i, s := range list {
		shown := *s
		shown.OperationTypes = slices.DeleteFunc(slices.Clone(s.OperationTypes), func(op *ast.OperationTypeDefinition) bool { return l.hides(op.Type) })
		out[i] = &shown
	}
	return out
}

// privates marks the connectors whose texts name what clients do not see.
func (l *loader) privates() {
	if len(l.hidden) == 0 {
		return
	}
	for _, t := range l.order {
		for _, b := range t.blocks {
			for _, c := range b.connectors {
				l.private(c, t, nil)
			}
		}
		for _, f := range t.fields {
			l.private(f.model.Connector, t, f)
		}
	}
}

func (l *loader) private(c *Connector, t *typ, f *field) {
	if c == nil || c.Private {
		return
	}
	c.Private = l.hides(t.name)
	if f != nil {
		c.Private = c.Private || l.hides(f.coordinate())
		for _, a := range f.def.Arguments {
			u := l.hidden[argumentCoordinate(f.coordinate(), a)]
			c.Private = c.Private || (u != nil && u.name != "require")
		}
	}
	for _, in := range c.Inputs {
		of := t
		for _, name := range in.Path {
			if of == nil || of.byName[name] == nil {
				break
			}
			c.Private = c.Private || l.hides(of.name+"."+name)
			of = l.types[of.byName[name].def.Type.Name()]
		}
	}
}
