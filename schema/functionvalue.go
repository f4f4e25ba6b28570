package schema

import (
	"fmt"

	"github.com/vektah/gqlparser/v2/ast"

	"manifold/internal/gofunc"
	"manifold/internal/mapping"
)

// fitFunctions checks that the values of Go functions have what is read of them, as far as their types say.
func (l *loader) fitFunctions() {
	for _, t := range l.order {
		for _, b := range t.blocks {
			if l.isRoot(t) {
				break // reported
			}
			for _, c := range b.connectors {
				l.fitFunction(c, ast.NamedType(t.name, nil), nil)
			}
		}
		for _, f := range t.fields {
			for _, d := range f.definitions() {
				if c := d.model.Connector; c != nil && c.Coordinate == d.coordinate() {
					l.fitFunction(c, d.def.Type, d)
				}
			}
		}
	}
}

// valueFit compares the value of one function with what is read of it.
type valueFit struct {
	*loader
	c    *Connector
	name string
	seen map[fittedGo]bool
}

type fittedGo struct {
	t  *typ
	of *gofunc.Type
	o  *mapping.Object
}

// fitFunction compares the value of a connector's function with type t; f is the field it stands on, nil for a block.
func (l *loader) fitFunction(c *Connector, t *ast.Type, f *field) {
	fn := c.Function()
	if fn == nil {
		return
	}
	x := &valueFit{loader: l, c: c, name: fn.Name, seen: map[fittedGo]bool{}}
	p := atDirective(c.Pos)
	if c.Selection == nil {
		x.value(fn.Value, t, nil, "the value of "+fn.Name, c.Coordinate, p, f == nil)
		return
	}
	keys, sel, ok := mapping.Keys(c.Selection)
	if !ok {
		return
	}
	of := x.follow(fn.Value, keys, at(l.selections[c].Position), c.Coordinate)
	if owner := l.types[t.Name()]; of != nil && sel != nil && owner != nil && owner.kind == ast.Object {
		x.object(of, owner, sel, f == nil)
	}
}

// follow goes through members, and through lists by itself. It returns nil after a problem, or where the type is not known.
func (x *valueFit) follow(of *gofunc.Type, keys []string, p place, coordinate string) *gofunc.Type {
	for _, key := range keys {
		of = inList(of)
		if of.Kind == gofunc.Any || of.Kind == gofunc.Map {
			return nil
		}
		m := of.Member(key)
		if m == nil {
			x.problem(p, coordinate, fmt.Sprintf("the value of %s has no member %s: it is %s", x.name, key, of.Go), x.didYouMean(key, of.Names(), ""))
			return nil
		}
		of = m.Type
	}
	return of
}

func inList(of *gofunc.Type) *gofunc.Type {
	for of.Kind == gofunc.List {
		of = of.Elem
	}
	return of
}

// value compares a Go type with a type of the gateway. what names the former.
func (x *valueFit) value(of *gofunc.Type, t *ast.Type, sel *mapping.Object, what, coordinate string, p place, whole bool) {
	have, want := of, t
	for want.Elem != nil && have.Kind == gofunc.List {
		have, want = have.Elem, want.Elem
	}
	unfit := func(hint string) {
		x.problem(p, coordinate, fmt.Sprintf("%s is %s, but %s is %s", what, of.Go, coordinate, t), hint)
	}
	kind := x.kindOf(want.Name())
	switch {
	case have.Kind == gofunc.Any, kind == "":
	case want.Elem != nil:
		unfit("make it a slice")
	case kind == ast.Scalar && x.types[want.Name()] != nil: // a custom scalar
	case have.Kind == gofunc.List:
		unfit("make it a single value")
	case kind == ast.Scalar:
		if hint := scalarHint(want.Name(), have.Kind, outputKinds); hint != "" {
			unfit(hint)
		}
	case kind == ast.Enum:
		if have.Kind != gofunc.String {
			unfit("make it a string")
		}
	case have.Kind == gofunc.Map:
	case have.Kind != gofunc.Object:
		unfit("make it a struct")
	case kind == ast.Object:
		x.object(have, x.types[want.Name()], sel, whole)
	}
}

// object compares the members of a struct with the fields of t that are read of it; whole says that it is the value of a
// connector on t.
func (x *valueFit) object(of *gofunc.Type, t *typ, o *mapping.Object, whole bool) {
	of = inList(of)
	at := fittedGo{t, of, o}
	if of.Kind != gofunc.Object || x.seen[at] {
		return
	}
	x.seen[at] = true
	for f, value := range readOf(x.c, t, o, whole) {
		x.field(of, f, value)
	}
	if o != nil {
		return
	}
	for _, f := range t.fields {
		if !carried(x.c, t, f, whole) {
			x.key(of, t, f, whole)
		}
	}
}

// key checks that an entity inside of a value has the only key by which it is loaded. What a connector was asked by, its value need
// not repeat.
func (x *valueFit) key(of *gofunc.Type, t *typ, f *field, whole bool) {
	if whole || len(t.model.Loaders) != 1 || t.model.Loader() == x.c || t.model.Loader().KeyArgs || of.Member(f.def.Name) != nil || !readsInput(t.model.Loader(), f.def.Name) {
		return
	}
	x.problem(atDirective(x.c.Pos), x.c.Coordinate, fmt.Sprintf("the value of %s has no member %s, the key by which %s is loaded: it is %s", x.name, f.def.Name, t.name, of.Go), x.lackHint(of, f))
}

func (x *valueFit) field(of *gofunc.Type, f *field, value mapping.Node) {
	p, coordinate := f.pos(), f.coordinate()
	if value != nil {
		p, coordinate = x.insideText(x.c, value), x.c.Coordinate
	} else {
		value = fromOf(f, x.c.Source)
	}
	target := x.types[f.def.Type.Name()]
	keyOnly := target != nil && target.model != nil && target.model.Entity() && !f.model.Embedded
	if value == nil {
		m := of.Member(f.def.Name)
		if m == nil {
			x.problem(p, coordinate, fmt.Sprintf("the value of %s has no member %s: it is %s", x.name, f.def.Name, of.Go), x.lackHint(of, f))
			return
		}
		if !keyOnly {
			x.value(m.Type, f.def.Type, nil, of.Selector(m), coordinate, p, false)
		}
		return
	}
	keys, sel, ok := mapping.Keys(value)
	if !ok || len(keys) == 0 {
		return
	}
	last := x.follow(of, keys, p, coordinate)
	if last != nil && sel != nil && target != nil && target.kind == ast.Object {
		x.object(last, target, sel, false)
	}
}

func (x *valueFit) lackHint(of *gofunc.Type, f *field) string {
	for i := range of.Members {
		if m := &of.Members[i]; !m.Tagged && x.nearest(f.def.Name, []string{m.Name}) != "" {
			return fmt.Sprintf("%s has no json tag: give it one, `json:%q`", m.Field, f.def.Name)
		}
	}
	return fmt.Sprintf("give the struct a member with the tag `json:%q`, or say where the value is by @from(path: \"...\")", f.def.Name)
}
