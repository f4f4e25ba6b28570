package schema

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"manifold/internal/gofunc"
)

// This file compares the structs that a Go function is called with, its parents and arguments, with the types of the gateway.

// fitParent notes the fields of the parent that a function's struct names, and checks that the gateway can give them.
func (l *loader) fitParent(f *gofunc.Function, t *typ, p place, coordinate string, sc *scope) {
	x := &parentFit{loader: l, p: p, coordinate: coordinate, scope: sc}
	x.members(f.Parent, t, nil, true)
}

type parentFit struct {
	*loader
	p          place
	coordinate string
	scope      *scope
	inside     []*gofunc.Type
}

// members walks the members of a struct that reads an object of type t, found at a path from the parent on. needed says that
// nothing on the way may be null.
func (x *parentFit) members(of *gofunc.Type, t *typ, path []string, needed bool) {
	x.inside = append(x.inside, of)
	defer func() { x.inside = x.inside[:len(x.inside)-1] }()
	for i := range of.Members {
		m := &of.Members[i]
		f := t.byName[m.Name]
		if f == nil {
			x.problem(x.p, x.coordinate, fmt.Sprintf("the function reads %s of its parents (%s), which is no field of %s", m.Name, of.Selector(m), t.name),
				x.tagHint(m, t.fieldNames()))
			continue
		}
		x.member(of, m, f, append(path[:len(path):len(path)], m.Name), needed && !m.Type.Null)
	}
}

func (x *parentFit) member(of *gofunc.Type, m *gofunc.Member, f *field, path []string, needed bool) {
	inner := x.types[f.def.Type.Name()]
	name := of.Selector(m)
	switch {
	case inner == nil || !inner.composite():
		if wrong := x.unfitInput(m.Type, f.def.Type); wrong != "" {
			x.problem(x.p, x.coordinate, fmt.Sprintf("%s is %s, but %s is %s", name, m.Type.Go, f.coordinate(), f.def.Type), wrong)
			return
		}
		x.scope.read.uses = append(x.scope.read.uses, inputUse{path, x.p})
		x.scope.read.input(Input{Path: path, NonNull: needed})
	case f.def.Type.Elem != nil:
		x.notYet(x.p, x.coordinate, fmt.Sprintf("a list of objects as what a function reads of its parents (%s, %s)", name, f.coordinate()), "read lists of values, or fields of single objects")
	case inner.kind == ast.Union:
		x.problem(x.p, x.coordinate, fmt.Sprintf("%s is the union %s, which has no fields that a function could read (%s)", f.coordinate(), inner.name, name), "read another field")
	case m.Type.Kind != gofunc.Object || len(m.Type.Members) == 0:
		x.problem(x.p, x.coordinate, fmt.Sprintf("%s is %s, but %s is the object %s", name, m.Type.Go, f.coordinate(), inner.name),
			"make it a struct that names the fields it needs")
	case slices.ContainsFunc(x.inside, m.Type.Same):
		x.problem(x.p, x.coordinate, fmt.Sprintf("%s is of the type %s that it stands in: what the function reads would have no end", name, m.Type.Go), "make a struct of its own for it")
	default:
		x.members(m.Type, inner, path, needed)
	}
}

// tagHint helps with a member of a struct that the gateway does not know.
func (l *loader) tagHint(m *gofunc.Member, names []string) string {
	if !m.Tagged {
		hint := fmt.Sprintf("%s has no json tag", m.Field)
		if near := l.nearest(m.Name, names); near != "" {
			return fmt.Sprintf("%s: give it one, `json:%q`", hint, near)
		}
		return hint + ": give it one with the name of a field, or `json:\"-\"` if it is none"
	}
	return l.didYouMean(m.Name, names, "")
}

// fitFunctionArgs notes the arguments that a function's struct names, and checks their types.
func (l *loader) fitFunctionArgs(f *gofunc.Function, s site, p place, coordinate string, sc *scope) {
	if s.field == nil {
		l.problem(p, coordinate, fmt.Sprintf("the function %s takes arguments, and a connector on a type has none", f.Name), "put the connector on the field that has them")
		return
	}
	args := s.field.def.Arguments
	for i := range f.Args.Members {
		m := &f.Args.Members[i]
		a := args.ForName(m.Name)
		name := f.Args.Selector(m)
		switch {
		case a == nil:
			var names []string
			for _, known := range args {
				names = append(names, known.Name)
			}
			hint := l.tagHint(m, names)
			if m.Tagged && len(names) == 0 {
				hint = fmt.Sprintf("add it: %s(%s: ...)", s.field.def.Name, m.Name)
			}
			l.problem(p, coordinate, fmt.Sprintf("the function takes the argument %s (%s), which %s does not have", m.Name, name, s.field.coordinate()), hint)
		case sc.required[a.Name] != nil: // reported
		default:
			sc.read.arg(a.Name)
			l.fitInput(m.Type, a.Type, name, argumentCoordinate(s.field.coordinate(), a), p, coordinate, nil)
		}
	}
}

// fitInput checks that a Go type can hold what clients give for an input type. what names the latter.
func (l *loader) fitInput(have *gofunc.Type, want *ast.Type, name, what string, p place, coordinate string, inside []*gofunc.Type) {
	if wrong := l.unfitInput(have, want); wrong != "" {
		l.problem(p, coordinate, fmt.Sprintf("%s is %s, but %s is %s", name, have.Go, what, want), wrong)
		return
	}
	for have.Kind == gofunc.List && want.Elem != nil {
		have, want = have.Elem, want.Elem
	}
	in := l.types[want.Name()]
	if have.Kind != gofunc.Object || in == nil || in.kind != ast.InputObject || slices.Contains(inside, have) {
		return
	}
	inside = append(inside, have)
	for i := range have.Members {
		m := &have.Members[i]
		f := in.byName[m.Name]
		if f == nil {
			l.problem(p, coordinate, fmt.Sprintf("the function takes %s.%s (%s), which is not in input %s", in.name, m.Name, have.Selector(m), in.name), l.tagHint(m, in.fieldNames()))
			continue
		}
		l.fitInput(m.Type, f.def.Type, have.Selector(m), f.coordinate(), p, coordinate, inside)
	}
}

// unfitInput returns what to do about a Go type that cannot hold the values of a type of the gateway, "" if it can, as far as can
// be told.
func (l *loader) unfitInput(have *gofunc.Type, want *ast.Type) string {
	for want.Elem != nil && have.Kind == gofunc.List {
		have, want = have.Elem, want.Elem
	}
	kind := l.kindOf(want.Name())
	switch {
	case have.Kind == gofunc.Any:
		return ""
	case want.Elem != nil:
		return "make it a slice"
	case kind == ast.Scalar && l.types[want.Name()] != nil: // a custom scalar, which may be anything
		return ""
	case have.Kind == gofunc.List:
		return "make it a single value"
	case kind == ast.InputObject && (have.Kind == gofunc.Object || have.Kind == gofunc.Map):
		return ""
	case kind == ast.InputObject:
		return "make it a struct"
	case kind == ast.Enum && have.Kind != gofunc.String:
		return "make it a string"
	case kind == ast.Enum:
		return ""
	}
	return scalarHint(want.Name(), have.Kind, inputKinds)
}

// inputKinds are the kinds of Go types that take the values of a scalar, and outputKinds those that make them.
var (
	inputKinds = map[string][]gofunc.Kind{
		"Int": {gofunc.Int, gofunc.Float}, "Float": {gofunc.Float}, "String": {gofunc.String}, "Boolean": {gofunc.Bool}, "ID": {gofunc.String, gofunc.Int},
	}
	outputKinds = map[string][]gofunc.Kind{
		"Int": {gofunc.Int}, "Float": {gofunc.Float, gofunc.Int}, "String": {gofunc.String}, "Boolean": {gofunc.Bool}, "ID": {gofunc.String, gofunc.Int},
	}
)

// scalarHint says which Go type to use, "" if the kind is right.
func scalarHint(scalar string, have gofunc.Kind, kinds map[string][]gofunc.Kind) string {
	fit := kinds[scalar]
	if fit == nil || slices.Contains(fit, have) {
		return ""
	}
	names := map[gofunc.Kind]string{gofunc.Int: "an int", gofunc.Float: "a float64", gofunc.String: "a string", gofunc.Bool: "a bool"}
	var out []string
	for _, k := range fit {
		out = append(out, names[k])
	}
	return "make it " + strings.Join(out, " or ")
}
