package schema

import (
	"fmt"
	"slices"

	"github.com/vektah/gqlparser/v2/ast"
)

func (l *loader) checkUnion(t *typ) {
	for _, b := range t.blocks {
		for i, m := range b.def.Types {
			p := at(b.def.TypePositions[i])
			switch kind := l.kindOf(m); {
			case kind == "":
				l.problem(p, t.name, "type "+m+" is not defined", l.didYouMean(m, l.typeNames(func(k ast.DefinitionKind) bool { return k == ast.Object }), ""))
			case kind != ast.Object || l.types[m] == nil:
				l.problem(p, t.name, m+" cannot be a member: members of a union are object types", "")
			}
		}
	}
}

func (l *loader) checkImplements(t *typ) {
	seen := map[string]bool{}
	for _, b := range t.blocks {
		for _, name := range b.def.Interfaces {
			i := l.types[name]
			switch {
			case seen[name]:
				l.problem(at(b.def.Position), t.name, t.name+" implements "+name+" twice", "keep one of them")
			case i == nil:
				l.problem(at(b.def.Position), t.name, "interface "+name+" is not defined",
					l.didYouMean(name, l.typeNames(func(k ast.DefinitionKind) bool { return k == ast.Interface }), ""))
			case i.kind != ast.Interface:
				l.problem(at(b.def.Position), t.name, name+" is not an interface", "only interfaces can be implemented")
			case i == t:
				l.problem(at(b.def.Position), t.name, t.name+" cannot implement itself", "")
			default:
				l.checkImplementation(t, i, at(b.def.Position))
			}
			seen[name] = true
		}
	}
}

// checkImplementation checks one implemented interface (GraphQL 3.6, "IsValidImplementation").
func (l *loader) checkImplementation(t, i *typ, p place) {
	for _, parent := range i.implements {
		if !slices.Contains(t.implements, parent) {
			l.problem(p, t.name, fmt.Sprintf("%s must also implement %s, because %s does", t.name, parent, i.name),
				"write `implements "+i.name+" & "+parent+"`")
		}
	}
	for _, want := range i.fields {
		have := t.byName[want.def.Name]
		if have == nil {
			l.problem(p, t.name, fmt.Sprintf("%s lacks the field %s of interface %s", t.name, want.def.Name, i.name),
				fmt.Sprintf("add %s: %s", want.def.Name, want.def.Type))
			continue
		}
		if !l.covariant(want.def.Type, have.def.Type) {
			l.problem(at(have.def.Type.Position), have.coordinate(),
				fmt.Sprintf("type %s does not fit %s of interface %s", have.def.Type, want.def.Type, i.name), "write "+want.def.Type.String())
		}
		l.checkSameArguments(have, want)
	}
}

func (l *loader) checkSameArguments(have, want *field) {
	for _, a := range want.def.Arguments {
		b := have.def.Arguments.ForName(a.Name)
		if b == nil {
			l.problem(have.pos(), have.coordinate(), fmt.Sprintf("it lacks the argument %s of %s", a.Name, want.coordinate()),
				fmt.Sprintf("add %s: %s", a.Name, a.Type))
		} else if a.Type.String() != b.Type.String() {
			l.problem(at(b.Position), have.coordinate(), fmt.Sprintf("argument %s must be %s as in %s", a.Name, a.Type, want.coordinate()), "")
		}
	}
	for _, b := range l.visibleArguments(have.def.Arguments) {
		if want.def.Arguments.ForName(b.Name) == nil && b.Type.NonNull && b.DefaultValue == nil {
			l.problem(at(b.Position), have.coordinate(), fmt.Sprintf("argument %s is not in %s, so it may not be required", b.Name, want.coordinate()),
				"make it nullable or give it a default")
		}
	}
}

// covariant reports whether a field of type have may implement one of type want.
func (l *loader) covariant(want, have *ast.Type) bool {
	if want.NonNull && !have.NonNull {
		return false
	}
	if want.Elem != nil || have.Elem != nil {
		return want.Elem != nil && have.Elem != nil && l.covariant(want.Elem, have.Elem)
	}
	if want.NamedType == have.NamedType {
		return true
	}
	w, h := l.types[want.NamedType], l.types[have.NamedType]
	if w == nil || h == nil {
		return w == nil && l.lang.builtin[want.NamedType] == nil // the undefined type is reported elsewhere
	}
	return slices.Contains(w.members, h.name) || slices.Contains(h.implements, w.name)
}

// possible returns the object types that an interface or union may be, ordered by name of first mention.
func (l *loader) possible(t *typ) []*typ {
	if t.kind == ast.Object {
		return []*typ{t}
	}
	if known, ok := l.members[t]; ok {
		return known
	}
	var out []*typ
	switch t.kind {
	case ast.Union:
		for _, m := range t.members {
			if o := l.types[m]; o != nil && o.kind == ast.Object {
				out = append(out, o)
			}
		}
	case ast.Interface:
		for _, o := range l.order {
			if o.kind == ast.Object && slices.Contains(o.implements, t.name) {
				out = append(out, o)
			}
		}
	}
	l.members[t] = out
	return out
}
