package schema

import (
	"slices"

	"github.com/vektah/gqlparser/v2/ast"

	"manifold/internal/mapping"
)

// echo is an argument, or a member of an input object, that a field of the same name repeats: user(id: 7) has the id 7, and
// what a mutation was given is in what it answers.
type echo struct {
	name   string
	node   *mapping.Path
	typ    *ast.Type
	always bool // it is never null
}

// echoed is the maker that repeats what the arguments of f give.
func (k maker) echoed(f *field) maker {
	for _, a := range f.def.Arguments {
		k.echoes = append(k.echoes, echo{a.Name, variablePath("args", a.Name), a.Type, a.Type.NonNull})
	}
	for _, a := range f.def.Arguments {
		in := k.types[a.Type.Name()]
		if in == nil || in.kind != ast.InputObject || a.Type.Elem != nil {
			continue
		}
		for _, m := range in.fields {
			k.echoes = append(k.echoes, echo{m.def.Name, variablePath("args", a.Name, m.def.Name), m.def.Type, a.Type.NonNull && m.def.Type.NonNull})
		}
	}
	return k
}

// echo returns what repeats an argument in a field, nil if none has its name and a type that fits; always says that it is
// never null. An item of a list has an id of its own.
func (k maker) echo(f *field) (n *mapping.Path, always bool) {
	t := f.def.Type
	target := k.types[t.Name()]
	if target != nil && target.composite() || k.item && (idName(f.def.Name) || isKeyOf(f.owner, f)) {
		return nil, false
	}
	for _, e := range k.echoes {
		if e.name != f.def.Name {
			continue
		}
		have, want := *e.typ, *t
		have.NonNull, want.NonNull = false, false
		switch {
		case have.String() == want.String(), want.String() == "ID" && (have.String() == "Int" || have.String() == "String"):
			return e.node, e.always
		case want.String() == "String" && have.String() == "ID":
			return method(e.node, "toString"), e.always
		}
	}
	return nil, false
}

// asked is the maker whose variety is the argument that the id of a t repeats: users with different ids are different users.
func (k maker) asked(t *typ) maker {
	for _, f := range t.fields {
		p, always := k.echo(f)
		if name := f.def.Type.Name(); p != nil && always && f.def.Type.Elem == nil && (isKeyOf(t, f) || f.def.Name == "id") && (name == "ID" || name == "String" || name == "Int") {
			k.variety = variety{node: p, kind: name}
			return k
		}
	}
	return k
}

func isKeyOf(t *typ, f *field) bool {
	return slices.ContainsFunc(t.model.Keys, func(k Key) bool { return slices.Contains(k.Fields, f.def.Name) })
}

// method is a path with one more method.
func method(p *mapping.Path, name string, args ...mapping.Node) *mapping.Path {
	out := *p
	out.Steps = append(p.Steps[:len(p.Steps):len(p.Steps)], mapping.Step{Kind: mapping.StepMethod, Name: name, Args: args})
	return &out
}
