package schema

import (
	"fmt"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"manifold/internal/introspect"
	"manifold/internal/mapping"
)

// graphqlFit compares what is read of the replies of one connector with the schema of the service that is asked.
type graphqlFit struct {
	*loader
	c    *Connector
	ask  *introspect.Schema
	seen map[asked]bool
}

type asked struct {
	t *typ
	d *ast.Definition
	o *mapping.Object
}

// fitAnswer checks the reply of a connector that makes objects of type t; f is the field it stands on, nil for a block.
func (l *loader) fitAnswer(c *Connector, t *typ, f *field) {
	if c == nil || c.Ask == nil || t == nil && f == nil || (f != nil && f.model.Connector == c && c.Coordinate != f.coordinate()) {
		return
	}
	x := &graphqlFit{loader: l, c: c, ask: c.Ask.Schema, seen: map[asked]bool{}}
	is := c.Ask.Field.Type
	what := "the service's field " + c.Ask.Field.Name
	p := at(c.Pos)
	var object *mapping.Object
	around := 0 // lists on the way: a path maps through them
	if c.Selection != nil {
		keys, sel, ok := mapping.Keys(c.Selection)
		if !ok {
			x.wanted(c.Selection, is, x.insideText(x.c, c.Selection), c.Coordinate)
			return
		}
		object, p = sel, x.insideText(x.c, c.Selection)
		for _, key := range keys {
			around += depthOf(is)
			last := x.member(x.definition(is), key, p, c.Coordinate, "")
			if last == nil {
				return
			}
			is, what = last.Type, "the service's "+strings.Join(keys, ".")
		}
	}
	if c.Ask.Entity != nil {
		if c.Selection == nil {
			x.object(t, c.Ask.Entity, nil, true)
		}
		return
	}
	if c.Batch != nil && is.Elem == nil && c.Batch.Match != MatchMap && !l.remoteScalar(c.Source, is.NamedType) {
		x.problem(p, c.Coordinate, fmt.Sprintf("%s is %s, no list of items for a batch", what, is), "ask for a field that takes many keys, or read one key by $this")
		return
	}
	if f != nil && c.Batch == nil && !x.lists(f, is, around, what, p, c.Coordinate) {
		return
	}
	d := x.definition(is)
	switch {
	case d == nil:
	case t != nil && t.composite() && !compositeDefinition(d):
		x.made(t, is, object, what, p)
	case t != nil && t.composite():
		x.object(t, d, object, f == nil)
	case f != nil:
		x.leaf(f, is, what, p, c.Coordinate)
	}
}

// made checks an object that is made of a scalar: its members can be that scalar, and not what would lie inside of it.
func (x *graphqlFit) made(t *typ, is *ast.Type, object *mapping.Object, what string, p place) {
	d := x.definition(is)
	if x.remoteScalar(x.c.Source, d.Name) {
		return
	}
	if object == nil {
		x.problem(p, x.c.Coordinate, fmt.Sprintf("%s is %s, but an object %s is to be made of it", what, is, t.name), `read an object, or make one of it: selection: "id: $"`)
		return
	}
	w := &mapping.Want{}
	mapping.Wants(object, w)
	for _, name := range w.Names {
		x.member(d, name, p, x.c.Coordinate, "")
	}
}

func (x *graphqlFit) definition(t *ast.Type) *ast.Definition { return x.ask.Types[t.Name()] }

func compositeDefinition(d *ast.Definition) bool {
	return d.Kind == ast.Object || d.Kind == ast.Interface || d.Kind == ast.Union
}

// member finds a field of an object of the service; nil after a problem, or if nothing is known of what is inside.
func (x *graphqlFit) member(d *ast.Definition, name string, p place, coordinate, hint string) *ast.FieldDefinition {
	switch {
	case d == nil || name == "__typename" || x.remoteScalar(x.c.Source, d.Name):
		return nil
	case !compositeDefinition(d):
		x.problem(p, coordinate, fmt.Sprintf("the service's %s has no members", d.Name), "end the path before "+name)
		return nil
	}
	if f := fieldOf(x.ask.Schema, d, name); f != nil {
		return f
	}
	var names []string
	for _, f := range d.Fields {
		names = append(names, f.Name)
	}
	x.problem(p, coordinate, fmt.Sprintf("the service's %s has no field %s", d.Name, name), orElse(x.didYouMean(name, names, ""), hint))
	return nil
}

// fieldOf finds a field of an object, or of an interface or union: then of one of the types that it may be, too.
func fieldOf(s *ast.Schema, d *ast.Definition, name string) *ast.FieldDefinition {
	if f := d.Fields.ForName(name); f != nil {
		return f
	}
	if d.Kind == ast.Object {
		return nil
	}
	for _, o := range s.PossibleTypes[d.Name] {
		if f := o.Fields.ForName(name); f != nil {
			return f
		}
	}
	return nil
}

// object checks the fields of t that are read of an object of the service; whole says that the connector stands on t.
func (x *graphqlFit) object(t *typ, d *ast.Definition, o *mapping.Object, whole bool) {
	if x.seen[asked{t, d, o}] {
		return
	}
	x.seen[asked{t, d, o}] = true
	if t.kind != ast.Object {
		for _, inner := range x.possible(t) {
			if same := x.ask.Types[inner.name]; same != nil && compositeDefinition(same) && d.Kind != ast.Object {
				x.object(inner, same, o, whole)
			} else {
				x.object(inner, d, o, whole)
			}
		}
		return
	}
	for f, value := range readOf(x.c, t, o, whole) {
		x.field(f, d, value)
	}
}

func (x *graphqlFit) field(f *field, d *ast.Definition, value mapping.Node) {
	p, hint, coordinate := f.pos(), `say where it is by @from(path: "...")`, f.coordinate()
	keys := []string{x.c.Source.Spell(f.def.Name)}
	var sel *mapping.Object
	if value == nil {
		value = fromOf(f, x.c.Source)
	} else {
		p, coordinate = x.insideText(x.c, value), x.c.Coordinate
	}
	if value != nil {
		var ok bool
		if keys, sel, ok = mapping.Keys(value); !ok || len(keys) == 0 {
			x.wanted(value, ast.NamedType(d.Name, nil), p, coordinate)
			if len(f.def.Arguments) > 0 {
				x.problem(f.pos(), f.coordinate(), "the field's arguments cannot be handed on: its value is made of several of the service's", "name one field: @from(path: \"...\")")
			}
			return
		}
		hint = ""
	}
	var last *ast.FieldDefinition
	for i, key := range keys {
		if last = x.member(d, key, p, coordinate, hint); last == nil {
			return
		}
		if i < len(keys)-1 {
			x.unasked(last, p, coordinate)
			d = x.definition(last.Type)
		}
	}
	x.pushedArguments(f, last)
	what := "the service's " + d.Name + "." + last.Name
	target, remote := x.types[f.def.Type.Name()], x.definition(last.Type)
	if value == nil || len(keys) == 1 {
		x.lists(f, last.Type, 0, what, p, coordinate)
	}
	switch {
	case remote == nil:
	case target == nil || !target.composite():
		x.leaf(f, last.Type, what, p, coordinate)
	case !compositeDefinition(remote):
		if !x.remoteScalar(x.c.Source, remote.Name) && sel == nil {
			x.problem(p, coordinate, fmt.Sprintf("%s is %s, but the field is the object %s", what, last.Type, target.name), `make a reference of it: @from(path: "{ id: ... }")`)
		}
	case sel != nil:
		x.object(target, remote, sel, false)
	case !target.model.Entity() || f.model.Embedded:
		x.object(target, remote, nil, false)
	}
}

// unasked checks that a field on the way needs no arguments: nothing gives them.
func (x *graphqlFit) unasked(f *ast.FieldDefinition, p place, coordinate string) {
	for _, a := range f.Arguments {
		if a.Type.NonNull && a.DefaultValue == nil {
			x.problem(p, coordinate, fmt.Sprintf("the service's field %s needs the argument %s, and nothing gives it here", f.Name, a.Name), "make it a field of its own, with this argument")
		}
	}
}

// lists compares how deep in lists a value is; around are the lists that the way to it leads through.
func (x *graphqlFit) lists(f *field, is *ast.Type, around int, what string, p place, coordinate string) bool {
	own, remote := depthOf(f.def.Type), around+depthOf(is)
	if own != remote && !x.remoteScalar(x.c.Source, is.Name()) && !x.ownScalar(f.def.Type) {
		x.problem(p, coordinate, fmt.Sprintf("%s is %s, but the field is %s", what, is, f.def.Type), "")
		return false
	}
	return true
}

func depthOf(t *ast.Type) (n int) {
	for ; t.Elem != nil; t = t.Elem {
		n++
	}
	return n
}

// leaf checks that a scalar or enum field may have the values of one of the service's.
func (x *graphqlFit) leaf(f *field, is *ast.Type, what string, p place, coordinate string) {
	remote := x.definition(is)
	own, name := x.types[f.def.Type.Name()], f.def.Type.Name()
	switch {
	case remote == nil || x.remoteScalar(x.c.Source, remote.Name):
	case compositeDefinition(remote):
		x.problem(p, coordinate, fmt.Sprintf("%s is the object %s, but the field is %s", what, is, f.def.Type), "name what is wanted of it, as "+f.def.Name+" { id }, or read a member of it")
	case own == nil && !readsScalar(name, remote):
		x.problem(p, coordinate, fmt.Sprintf("%s is %s, but the field is %s", what, is, f.def.Type), "")
	case own != nil && own.kind == ast.Enum && remote.Kind != ast.Enum && remote.Name != "String" && remote.Name != "ID":
		x.problem(p, coordinate, fmt.Sprintf("%s is %s, but the field is the enum %s", what, is, name), "")
	}
}

// readsScalar reports whether a scalar of GraphQL's own takes the values of a service's scalar or enum.
func readsScalar(own string, remote *ast.Definition) bool {
	switch own {
	case "String":
		return remote.Kind == ast.Enum || remote.Name == "String" || remote.Name == "ID"
	case "ID":
		return remote.Name == "ID" || remote.Name == "String" || remote.Name == "Int"
	case "Float":
		return remote.Name == "Float" || remote.Name == "Int"
	default:
		return remote.Name == own
	}
}

// wanted checks what a mapping with methods reads of a value: of an object of the service it has to be said what is wanted.
func (x *graphqlFit) wanted(n mapping.Node, is *ast.Type, p place, coordinate string) {
	w := &mapping.Want{}
	mapping.Wants(n, w)
	x.wants(w, x.definition(is), p, coordinate, map[*mapping.Want]bool{})
}

func (x *graphqlFit) wants(w *mapping.Want, d *ast.Definition, p place, coordinate string, seen map[*mapping.Want]bool) {
	if d == nil || seen[w] || !compositeDefinition(d) {
		return
	}
	seen[w] = true
	if w.Whole {
		x.problem(p, coordinate, fmt.Sprintf("the mapping takes all of an object %s, and a GraphQL service is asked for fields by name", d.Name), "say which: value { id name }")
		return
	}
	for _, name := range w.Names {
		f := x.member(d, name, p, coordinate, "")
		if f == nil {
			continue
		}
		x.unasked(f, p, coordinate)
		x.wants(w.Props[name], x.definition(f.Type), p, coordinate, seen)
	}
}
