package schema

import (
	"fmt"
	"slices"

	"github.com/vektah/gqlparser/v2/ast"

	"manifold/internal/mapping"
)

// fitArguments checks that the arguments a mapping makes are those of a service's field, that none is missing which it
// requires, and that lists and objects stand where they may.
func (l *loader) fitArguments(f *ast.FieldDefinition, n mapping.Node, call, v *ast.Value, sc *scope) {
	o, ok := n.(*mapping.Object)
	if !ok {
		l.problem(at(v.Position), sc.coordinate, "args is no object of arguments", `write args: "name: $args.name"`)
		return
	}
	m := flatten(o)
	for i := range o.Members {
		e := &o.Members[i]
		if e.Spread {
			continue
		}
		arg := f.Arguments.ForName(e.Name)
		p := at(call.Position)
		if v != nil {
			p = l.inside(v, e.At)
		}
		if arg == nil {
			var names []string
			for _, a := range f.Arguments {
				names = append(names, a.Name)
			}
			l.problem(p, sc.coordinate, fmt.Sprintf("the service's field %s has no argument %s", f.Name, e.Name), l.didYouMean(e.Name, names, ""))
			continue
		}
		l.fitArgument(e, arg, p, sc)
	}
	for _, a := range f.Arguments {
		if a.Type.NonNull && a.DefaultValue == nil && m.values[a.Name] == nil && !m.open {
			l.problem(at(call.Position), sc.coordinate, fmt.Sprintf("the service's field %s needs the argument %s: %s", f.Name, a.Name, a.Type),
				fmt.Sprintf("give it: args: \"%s: ...\"", a.Name))
		}
	}
}

func (l *loader) fitArgument(e *mapping.Member, arg *ast.ArgumentDefinition, p place, sc *scope) {
	made := l.formOf(e.Value, formEnv{scope: sc})
	switch {
	case made.kind == list && arg.Type.Elem == nil && !l.remoteScalar(sc.source, arg.Type.NamedType):
		l.problem(p, sc.coordinate, fmt.Sprintf("the mapping makes a list of %s, but the service's argument is %s", e.Name, arg.Type), "take one item, as by ->first")
	case made.kind == object && l.remoteLeaf(sc.source, arg.Type):
		l.problem(p, sc.coordinate, fmt.Sprintf("the mapping makes an object of %s, but the service's argument is %s", e.Name, arg.Type), "name one value")
	case made.kind == scalar && l.remoteInput(sc.source, arg.Type) != nil:
		l.problem(p, sc.coordinate, fmt.Sprintf("the mapping makes one value of %s, but the service's argument is the object %s", e.Name, arg.Type), "write an object: "+e.Name+": { ... }")
	default:
		l.fitInputObject(e.Value, l.remoteInput(sc.source, arg.Type), p, sc)
	}
}

// fitInputObject checks the members of an object that a mapping makes for an input object of a service.
func (l *loader) fitInputObject(n mapping.Node, in *ast.Definition, p place, sc *scope) {
	o := trailingObject(n)
	if o == nil || in == nil {
		return
	}
	m := flatten(o)
	for i := range o.Members {
		e := &o.Members[i]
		if e.Spread {
			continue
		}
		f := in.Fields.ForName(e.Name)
		if f == nil {
			l.problem(p, sc.coordinate, fmt.Sprintf("the service's input %s has no field %s", in.Name, e.Name), l.didYouMean(e.Name, publicFields(in), ""))
			continue
		}
		l.fitInputObject(e.Value, l.remoteInput(sc.source, f.Type), p, sc)
	}
	for _, f := range in.Fields {
		if f.Type.NonNull && f.DefaultValue == nil && m.values[f.Name] == nil && !m.open {
			l.problem(p, sc.coordinate, fmt.Sprintf("the service's input %s needs the field %s: %s", in.Name, f.Name, f.Type), "add "+f.Name+": ... to it")
		}
	}
}

// trailingObject is the object that a mapping makes, if it is written there: `{ ... }` or `$args.input { ... }`.
func trailingObject(n mapping.Node) *mapping.Object {
	switch n := n.(type) {
	case *mapping.Object:
		return n
	case *mapping.Path:
		if k := len(n.Steps); k > 0 && n.Steps[k-1].Kind == mapping.StepSelect {
			return n.Steps[k-1].Select
		}
	}
	return nil
}

func (l *loader) remoteType(s *Source, name string) *ast.Definition {
	if s == nil || s.GraphQL == nil || s.GraphQL.Schema == nil {
		return nil
	}
	return s.GraphQL.Schema.Types[name]
}

// remoteScalar reports whether a type of a service is a scalar of its own, which may be any JSON.
func (l *loader) remoteScalar(s *Source, name string) bool {
	d := l.remoteType(s, name)
	return d == nil || d.Kind == ast.Scalar && !builtinScalar(name)
}

func (l *loader) remoteInput(s *Source, t *ast.Type) *ast.Definition {
	if d := l.remoteType(s, t.Name()); d != nil && d.Kind == ast.InputObject {
		return d
	}
	return nil
}

// remoteLeaf reports whether a type of a service is one text, number, Boolean or enum value.
func (l *loader) remoteLeaf(s *Source, t *ast.Type) bool {
	d := l.remoteType(s, t.Name())
	return d != nil && (d.Kind == ast.Enum || d.Kind == ast.Scalar && builtinScalar(d.Name))
}

func builtinScalar(name string) bool {
	return slices.Contains([]string{"Int", "Float", "String", "Boolean", "ID"}, name)
}

// pushedArguments checks that the arguments of a field which is found in the replies of a GraphQL service can be handed on to
// the service: it has them, under the source's naming, and takes their values.
func (x *graphqlFit) pushedArguments(f *field, remote *ast.FieldDefinition) {
	if x.pushed == nil {
		x.pushed = map[*field]bool{}
	}
	x.pushed[f] = true
	given := map[string]bool{}
	for _, a := range f.def.Arguments {
		name := x.c.Source.Spell(a.Name)
		given[name] = true
		p, coordinate := at(a.Position), f.coordinate()+"("+a.Name+":)"
		to := remote.Arguments.ForName(name)
		if to == nil {
			var names []string
			for _, r := range remote.Arguments {
				names = append(names, r.Name)
			}
			x.problem(p, coordinate, fmt.Sprintf("the service's field %s has no argument %s", remote.Name, name), x.didYouMean(name, names, ""))
			continue
		}
		if why := x.unfit(a.Type, to.Type, map[string]bool{}); why != "" {
			x.problem(p, coordinate, fmt.Sprintf("the service's argument is %s, and %s", to.Type, why), "")
			continue
		}
		if a.DefaultValue == nil && to.Type.NonNull && !a.Type.NonNull && to.DefaultValue == nil {
			x.problem(p, coordinate, fmt.Sprintf("the argument may be null, but the service's is %s", to.Type), fmt.Sprintf("write %s!, or give it a default", a.Type))
			continue
		}
	}
	for _, r := range remote.Arguments {
		if r.Type.NonNull && r.DefaultValue == nil && !given[r.Name] {
			x.problem(f.pos(), f.coordinate(), fmt.Sprintf("the service's field %s needs the argument %s: %s", remote.Name, r.Name, r.Type),
				fmt.Sprintf("add it to the field: %s(%s: %s)", f.def.Name, r.Name, r.Type))
		}
	}
}

// unfit says why a value of our input type a may not be one of the service's type b; "" if it may.
func (x *graphqlFit) unfit(a, b *ast.Type, seen map[string]bool) string {
	switch {
	case a.Elem != nil && b.Elem != nil:
		return x.unfit(a.Elem, b.Elem, seen)
	case a.Elem != nil:
		if x.remoteScalar(x.c.Source, b.NamedType) {
			return ""
		}
		return a.String() + " is a list"
	case b.Elem != nil: // one value stands for a list of it
		return x.unfit(a, b.Elem, seen)
	}
	own, remote := x.types[a.NamedType], x.ask.Types[b.NamedType]
	key := a.NamedType + " " + b.NamedType
	if remote == nil || seen[key] || x.remoteScalar(x.c.Source, b.NamedType) || own != nil && own.kind == ast.Scalar {
		return ""
	}
	seen[key] = true
	switch {
	case own == nil: // a scalar of GraphQL's own
		if remote.Kind == ast.InputObject || !acceptsScalar(remote, a.NamedType) {
			return a.NamedType + " is none"
		}
	case own.kind == ast.Enum && remote.Kind == ast.Enum:
		for _, v := range sortedKeys(own.model.Send) {
			if sent := own.model.Send[v]; remote.EnumValues.ForName(sent) == nil && !own.model.Hidden[v] {
				return fmt.Sprintf("%s is not among its values (@alias says what is sent)", sent)
			}
		}
	case own.kind == ast.Enum && remote.Name != "String" && remote.Name != "ID", own.kind == ast.InputObject && remote.Kind != ast.InputObject:
		return a.NamedType + " is none"
	case own.kind == ast.InputObject:
		return x.unfitObject(own, remote, seen)
	}
	return ""
}

func (x *graphqlFit) unfitObject(own *typ, remote *ast.Definition, seen map[string]bool) string {
	for _, f := range own.fields {
		to := remote.Fields.ForName(f.def.Name)
		if to == nil {
			return fmt.Sprintf("it has no field %s, as %s has", f.def.Name, own.name)
		}
		if why := x.unfit(f.def.Type, to.Type, seen); why != "" {
			return f.coordinate() + ": " + why
		}
	}
	for _, to := range remote.Fields {
		if to.Type.NonNull && to.DefaultValue == nil && own.byName[to.Name] == nil {
			return fmt.Sprintf("it needs the field %s, which %s has not", to.Name, own.name)
		}
	}
	return ""
}

// acceptsScalar reports whether a scalar or enum of a service takes every value of a scalar of GraphQL's own.
func acceptsScalar(remote *ast.Definition, name string) bool {
	switch remote.Name {
	case "ID":
		return name == "ID" || name == "String" || name == "Int"
	case "String":
		return name == "String" || name == "ID"
	case "Float":
		return name == "Float" || name == "Int"
	default:
		return remote.Name == name
	}
}
