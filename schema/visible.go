package schema

import (
	"fmt"
	"slices"

	"github.com/vektah/gqlparser/v2/ast"
)

// checkVisible checks that what is left for clients is a schema, and that each of its fields can be asked for. The rules are
// those of Apollo Federation's composition for @inaccessible; they hold for @internal as well.
func (l *loader) checkVisible(doc *document) {
	if len(l.hidden) == 0 {
		return
	}
	if query := l.roots[ast.Query]; query != nil && l.hides(query.name) {
		l.problem(l.hidden[query.name].at, query.name, "clients would not see the query type, so there would be nothing to ask for",
			"hide single fields of it")
	}
	for _, t := range l.order {
		if l.hides(t.name) {
			continue
		}
		l.checkRest(t)
		for _, f := range t.fields {
			if !l.hides(f.coordinate()) {
				l.checkVisibleField(f)
			} else if u := l.hidden[f.coordinate()]; t.kind == ast.InputObject && f.def.Type.NonNull && f.def.DefaultValue == nil {
				l.problem(u.at, f.coordinate(), "clients would have to give this field, which they do not see", "give it a default, or make it nullable")
			}
		}
		for _, name := range t.implements {
			if i := l.types[name]; i != nil && !l.hides(name) {
				l.checkVisibleImplementation(t, i)
			}
		}
		for _, b := range t.blocks {
			l.checkApplied(b.def.Directives, t.name)
			for _, v := range b.def.EnumValues {
				if coordinate := t.name + "." + v.Name; !l.hides(coordinate) {
					l.checkApplied(v.Directives, coordinate)
				}
			}
		}
	}
	for _, d := range doc.directives {
		l.checkVisibleDirective(d)
	}
	for _, s := range slices.Concat(doc.schemas, doc.schemaExts) {
		l.checkApplied(s.Directives, "schema")
	}
}

// checkRest checks that a type that clients see has a member that they see.
func (l *loader) checkRest(t *typ) {
	all, seen := 0, 0
	count := func(coordinate string) {
		all++
		if !l.hides(coordinate) {
			seen++
		}
	}
	what := "field"
	for _, f := range t.fields {
		count(f.coordinate())
	}
	for _, b := range t.blocks {
		for _, v := range b.def.EnumValues {
			what = "value"
			count(t.name + "." + v.Name)
		}
		for _, m := range b.def.Types {
			what = "member"
			count(m)
		}
	}
	if all == 0 || seen > 0 {
		return
	}
	hint := "hide " + t.name + " as well, or show a " + what
	if t == l.roots[ast.Query] {
		hint = "show one"
	}
	l.problem(t.pos(), t.name, "clients see "+t.name+", but no "+what+" of it", hint)
}

// checkVisibleField checks a field of an object, interface or input object that clients see.
func (l *loader) checkVisibleField(f *field) {
	coordinate := f.coordinate()
	l.checkVisibleType(f.def.Type, coordinate, "field")
	l.checkVisibleDefault(f.def.DefaultValue, f.def.Type, coordinate, "the default")
	l.checkApplied(f.def.Directives, coordinate)
	for _, a := range f.def.Arguments {
		inner := argumentCoordinate(coordinate, a)
		u := l.hidden[inner]
		switch {
		case u == nil:
			l.checkVisibleType(a.Type, inner, "argument")
			l.checkVisibleDefault(a.DefaultValue, a.Type, inner, "the default")
			l.checkApplied(a.Directives, inner)
		case u.name != "require" && needsValue(a):
			l.problem(u.at, inner, "clients would have to give this argument, which they do not see", "give it a default, or make it nullable")
		}
	}
}

// checkVisibleType checks that clients see the type of what they see.
func (l *loader) checkVisibleType(t *ast.Type, coordinate, what string) {
	name := t.Name()
	u := l.hidden[name]
	if u == nil {
		return
	}
	p := t.Position
	for e := t; e != nil; e = e.Elem {
		p = e.Position
	}
	hint := "hide the " + what + " as well, or show " + name
	if coordinate[0] == '@' {
		hint = "give it another type, or show " + name
	}
	l.problem(at(p), coordinate, fmt.Sprintf("clients see this %s, but not its type: %s is @%s", what, name, u.name), hint)
}

// checkVisibleImplementation checks that a type still implements an interface, both as clients see them.
func (l *loader) checkVisibleImplementation(t, i *typ) {
	for _, want := range i.fields {
		have := t.byName[want.def.Name]
		if have == nil || l.hides(want.coordinate()) {
			continue
		}
		if u := l.hidden[have.coordinate()]; u != nil {
			l.problem(u.at, have.coordinate(), fmt.Sprintf("%s implements %s, whose field %s clients see", t.name, i.name, want.def.Name),
				"hide "+want.coordinate()+" as well, or show this field")
			continue
		}
		for _, a := range have.def.Arguments {
			other := want.def.Arguments.ForName(a.Name)
			if other == nil {
				continue
			}
			here, there := argumentCoordinate(have.coordinate(), a), argumentCoordinate(want.coordinate(), a)
			switch {
			case l.hides(here) && !l.hides(there):
				l.problem(l.hidden[here].at, here, fmt.Sprintf("clients see this argument of %s, so %s must show it", want.coordinate(), t.name),
					"hide "+there+" as well, or show this argument")
			case !l.hides(here) && l.hides(there) && needsValue(a):
				l.problem(at(a.Position), here, "clients do not see this argument of "+want.coordinate()+", so it may not be required",
					"hide it as well, or give it a default")
			}
		}
	}
}

// checkVisibleDirective checks a directive that the user defines. Clients see all of it.
func (l *loader) checkVisibleDirective(d *ast.DirectiveDefinition) {
	for _, a := range d.Arguments {
		coordinate := argumentCoordinate("@"+d.Name, a)
		if u := l.hidden[coordinate]; u != nil {
			l.problem(u.at, coordinate, "arguments of a directive cannot be hidden", "remove @"+u.name+", or the argument")
		}
		l.checkVisibleType(a.Type, coordinate, "argument")
		l.checkVisibleDefault(a.DefaultValue, a.Type, coordinate, "the default")
		l.checkApplied(a.Directives, coordinate)
	}
}

// checkApplied checks the values that are given to the user's own directives, which stay in the public schema.
func (l *loader) checkApplied(list ast.DirectiveList, coordinate string) {
	for _, d := range list {
		def := l.declared[d.Name]
		if def == nil {
			continue
		}
		for _, a := range d.Arguments {
			if known := def.Arguments.ForName(a.Name); known != nil {
				l.checkVisibleDefault(a.Value, known.Type, coordinate, "@"+d.Name+"("+a.Name+":)")
			}
		}
	}
}

// checkVisibleDefault checks that a value that clients see, called part, names no enum value or input field that they do not.
func (l *loader) checkVisibleDefault(v *ast.Value, t *ast.Type, coordinate, part string) {
	if v == nil || v.Kind == ast.NullValue {
		return
	}
	if t.Elem != nil {
		for _, item := range items(v) {
			l.checkVisibleDefault(item, t.Elem, coordinate, part)
		}
		return
	}
	own := l.types[t.NamedType]
	if own == nil || l.hides(own.name) { // a hidden type is reported where it is named
		return
	}
	unseen := func(p place, name string) {
		if l.hides(own.name + "." + name) {
			l.problem(p, coordinate, fmt.Sprintf("%s, which clients see, uses %s.%s, which they do not", part, own.name, name),
				"leave it out here, or show "+own.name+"."+name)
		}
	}
	switch own.kind {
	case ast.Enum:
		unseen(at(v.Position), v.Raw)
	case ast.InputObject:
		for _, m := range v.Children {
			unseen(at(m.Position), m.Name)
			if f := own.byName[m.Name]; f != nil {
				l.checkVisibleDefault(m.Value, f.def.Type, coordinate, part)
			}
		}
	default:
	}
}
