package resolvers

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"manifold/internal/fault"
	"manifold/internal/mapping"
	"manifold/internal/plan"
)

// document writes what a loader asks a GraphQL service for, when all that is wanted of its reply is known.
func (c *compilation) document(l *loader) error {
	if l.asks == nil {
		return nil
	}
	ask := l.asks.ask
	d := &documentWriter{asks: l.asks, doc: &plan.Document{Mutation: ask.Mutation, Field: ask.Field.Name}}
	d.text.WriteString(ask.Field.Name)
	d.rootArguments(ask.Field, l.conn.HTTP.Body, &fits{schema: ask.Schema, entity: ask.Entity, made: map[string]*plan.Fit{}})
	w := wishOf(l)
	if ask.Entity != nil {
		d.text.WriteString(" { ... on " + ask.Entity.Name)
		d.selection(w, ask.Entity)
		d.text.WriteString(" }")
	} else {
		d.selection(w, ask.Schema.Types[ask.Field.Type.Name()])
	}
	d.doc.Call = strings.Split(d.text.String(), "$")
	for i := range d.doc.Call[:len(d.doc.Call)-1] {
		d.doc.Call[i] += "$"
	}
	d.doc.Alone = []byte(`{"query":"` + d.doc.String() + `","variables":`)
	l.plan.Request.Document = d.doc
	return d.err
}

// documentWriter writes one document.
type documentWriter struct {
	asks *asking
	doc  *plan.Document
	text strings.Builder
	err  error
}

// rootArguments writes the arguments of the field that is asked for: those that the mapping makes.
func (d *documentWriter) rootArguments(f *ast.FieldDefinition, body mapping.Node, fits *fits) {
	made, open := memberNames(body)
	d.doc.Fits = map[string]*plan.Fit{}
	var args []string
	for _, a := range f.Arguments {
		if !open && !slices.Contains(made, a.Name) {
			continue
		}
		d.doc.Variables = append(d.doc.Variables, plan.DocumentVariable{Name: a.Name, Type: variableType(a)})
		if a.Type.NonNull && a.DefaultValue == nil {
			d.doc.Needed = append(d.doc.Needed, a.Name)
		}
		args = append(args, a.Name+": $"+a.Name)
		d.doc.Fits[a.Name] = fits.of(a.Type)
	}
	d.arguments(args)
}

func (d *documentWriter) arguments(args []string) {
	if len(args) > 0 {
		d.text.WriteString("(" + strings.Join(args, ", ") + ")")
	}
}

// memberNames returns the members that the object of a mapping may have; open says that there may be others.
func memberNames(n mapping.Node) (names []string, open bool) {
	o, ok := n.(*mapping.Object)
	if !ok {
		return nil, true
	}
	for _, m := range o.Members {
		if !m.Spread {
			names = append(names, m.Name)
			continue
		}
		inner := trailing(m.Value)
		if inner == nil {
			return nil, true
		}
		more, wide := memberNames(inner)
		names, open = append(names, more...), open || wide
	}
	return names, open
}

// variableType is the type of a variable for an argument. One that may be left out need not be there.
func variableType(a *ast.ArgumentDefinition) string {
	t := *a.Type
	if a.DefaultValue != nil {
		t.NonNull = false
	}
	return t.String()
}

// selection writes what is wanted of a value of type def.
func (d *documentWriter) selection(w *wish, def *ast.Definition) {
	if def == nil || def.Kind != ast.Object && def.Kind != ast.Interface && def.Kind != ast.Union {
		return
	}
	d.text.WriteString(" {")
	empty := d.fields(w, def)
	for _, t := range d.apart(w, def) {
		empty = false
		d.text.WriteString(" ... on " + t.def.Name + " {")
		for _, f := range t.fields {
			d.field(f.key, f.of, w.props[f.prop], t.def.Fields.ForName(d.asks.of(f.prop).field))
		}
		d.text.WriteString(" }")
	}
	if empty {
		d.text.WriteString(" __typename")
	}
	d.text.WriteString(" }")
}

// fields writes the fields that every object of a type has, and reports whether there are none.
func (d *documentWriter) fields(w *wish, def *ast.Definition) (none bool) {
	none = true
	for _, key := range w.keys {
		of := d.asks.of(key)
		f := def.Fields.ForName(of.field)
		if of.field == "__typename" {
			f = &ast.FieldDefinition{Name: of.field, Type: ast.NonNullNamedType("String", nil)}
		}
		if f != nil {
			none = false
			d.field(key, of, w.props[key], f)
		}
	}
	return none
}

// field writes one field with its arguments, its condition and what is wanted of its value.
func (d *documentWriter) field(key string, of aliased, w *wish, f *ast.FieldDefinition) {
	d.text.WriteByte(' ')
	if key != f.Name {
		d.text.WriteString(key + ": ")
	}
	d.text.WriteString(f.Name)
	var args []string
	for _, a := range of.args {
		if def := f.Arguments.ForName(a.Name); def != nil {
			args = append(args, a.Name+": $"+d.variable(key+"_"+a.Name, plan.DocumentVariable{Type: variableType(def), Value: &a.Value}))
		}
	}
	d.arguments(args)
	if when := simple(w.why.when); len(when) > 0 {
		d.text.WriteString(" @include(if: $" + d.variable("if", plan.DocumentVariable{Type: "Boolean!", When: when}) + ")")
	}
	d.selection(w, d.asks.ask.Schema.Types[f.Type.Name()])
}

// variable returns the name of a variable with some value, declared if it is new.
func (d *documentWriter) variable(name string, v plan.DocumentVariable) string {
	for i := range d.doc.Variables {
		have := &d.doc.Variables[i]
		if !have.Argument() && have.Type == v.Type && slices.Equal(have.When, v.When) && (have.Value == v.Value || have.Value != nil && v.Value != nil &&
			fmt.Sprintf("%+v", *have.Value) == fmt.Sprintf("%+v", *v.Value)) {
			return have.Name
		}
	}
	v.Name = name
	for n := 2; slices.ContainsFunc(d.doc.Variables, func(o plan.DocumentVariable) bool { return o.Name == v.Name }); n++ {
		v.Name = name + "_" + strconv.Itoa(n)
	}
	d.doc.Variables = append(d.doc.Variables, v)
	return v.Name
}

// member is a type that objects of an interface or union may be, with what only it is asked for.
type memberFields struct {
	def    *ast.Definition
	fields []memberField
}

type memberField struct {
	key  string // response key
	prop string // key of the wish
	of   aliased
}

// apart returns what has to be asked for by fragments: the fields that an interface or union does not have itself. They are
// asked of the types that read them, if the service has types of these names; else of all that have them.
func (d *documentWriter) apart(w *wish, def *ast.Definition) (out []memberFields) {
	if def.Kind == ast.Object {
		return nil
	}
	types := slices.Clone(d.asks.ask.Schema.GetPossibleTypes(def))
	slices.SortFunc(types, func(a, b *ast.Definition) int { return strings.Compare(a.Name, b.Name) })
	for _, t := range types {
		m := memberFields{def: t}
		for _, key := range w.keys {
			of := d.asks.of(key)
			f := t.Fields.ForName(of.field)
			if f == nil || def.Fields.ForName(of.field) != nil || !askedOf(&w.props[key].why, t, types) {
				continue
			}
			m.fields = append(m.fields, memberField{key: d.keyOf(w, key, of, f, t, out), prop: key, of: of})
		}
		if len(m.fields) > 0 {
			out = append(out, m)
		}
	}
	return out
}

// askedOf reports whether a property is wanted of objects of a type.
func askedOf(why *reasons, t *ast.Definition, types []*ast.Definition) bool {
	if why.any || slices.Contains(why.of, t.Name) {
		return true
	}
	return !slices.ContainsFunc(types, func(o *ast.Definition) bool { return slices.Contains(why.of, o.Name) })
}

// keyOf returns the response key of a field of one member type: another one than that of the same field of a type before, if
// their types differ so that they cannot have the same (GraphQL 5.3.2).
func (d *documentWriter) keyOf(w *wish, key string, of aliased, f *ast.FieldDefinition, t *ast.Definition, before []memberFields) string {
	for _, m := range before {
		for _, have := range m.fields {
			other := m.def.Fields.ForName(of.field)
			if have.prop != key || other.Type.String() == f.Type.String() {
				continue
			}
			if w.props[key].fixed && d.err == nil {
				d.err = fault.New(fault.Internal, fmt.Sprintf("the service's %s.%s and %s.%s are of different types, and one mapping reads both",
					m.def.Name, of.field, t.Name, of.field))
			}
			alias := key + "_" + t.Name
			for _, n := range w.nodes {
				n.also(key, alias)
			}
			return alias
		}
	}
	return key
}
