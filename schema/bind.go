package schema

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"manifold/internal/mapping"
)

// binding says that an argument of a field, or a member of an argument, is a field of an object: by its name, or by @is.
type binding struct {
	member []string // [id], [by organization id]
	typ    *ast.Type
	field  string // of the object, joined by dots: "organization.id"
	target *field
	at     place
}

// bindings are those of one field's arguments.
type bindings struct {
	list   []binding
	values map[string]mapping.Node // argument -> what it is, as an expression over $this
	faulty bool
}

func (b *bindings) of(argument string) (out []binding) {
	for _, x := range b.list {
		if x.member[0] == argument {
			out = append(out, x)
		}
	}
	return out
}

// argument returns the binding that gives a field of the object; its member is nil if there is none.
func (b *bindings) argument(field string) binding {
	for _, x := range b.list {
		if x.field == field {
			return x
		}
	}
	return binding{}
}

func (b *bindings) cover(fields []string) bool {
	return !slices.ContainsFunc(fields, func(name string) bool { return b.argument(name).member == nil })
}

// bindArguments finds the fields of t that the arguments of f are: those that @is names, else those of the same names.
func (l *loader) bindArguments(f *field, t *typ) *bindings {
	b := &bindings{values: map[string]mapping.Node{}}
	for _, a := range f.def.Arguments {
		s := l.saidToBe(f, a, b)
		if s == nil && !b.faulty {
			s = l.namesakes(a.Type, t, []string{a.Name})
		}
		if s == nil {
			continue
		}
		for _, leaf := range s.leaves([]string{a.Name}, nil) {
			x := binding{member: leaf.member, field: strings.Join(leaf.path, "."), at: at(a.Position)}
			u := first(l.args[a], "is")
			if u != nil {
				x.at = l.inside(u.arg("field"), leaf.at)
				x.target = l.follow(t, leaf.path, "the field", x.at, argumentCoordinate(f.coordinate(), a))
			} else {
				x.target = l.find(t, leaf.path)
			}
			x.typ = l.memberType(a, leaf.member, x.at, argumentCoordinate(f.coordinate(), a))
			if x.target == nil || x.typ == nil {
				b.faulty = true
				continue
			}
			if twin := b.argument(x.field); twin.member != nil {
				l.problem(x.at, argumentCoordinate(f.coordinate(), a), fmt.Sprintf("%s is %s.%s already", strings.Join(twin.member, "."), t.name, x.field),
					"keep one of them: an entity is found by one value of each key field")
				b.faulty = true
				continue
			}
			b.list = append(b.list, x)
		}
		b.values[a.Name] = s.node()
	}
	return b
}

// saidToBe reads the @is of an argument; nil without one.
func (l *loader) saidToBe(f *field, a *ast.ArgumentDefinition, b *bindings) *selectedValue {
	u := first(l.args[a], "is")
	if u == nil {
		return nil
	}
	s, ok := l.selectionMap(u.arg("field"), argumentCoordinate(f.coordinate(), a))
	if !ok {
		b.faulty = true
		return nil
	}
	return s
}

// namesakes says what an argument is by its name: a leaf of t, or for an input object the leaves of a single object of the
// same name, as far as both have them. nil if there is no such field.
func (l *loader) namesakes(have *ast.Type, t *typ, path []string) *selectedValue {
	f := l.find(t, path)
	if f == nil || len(f.def.Arguments) > 0 {
		return nil
	}
	in := l.types[have.Name()]
	switch {
	case !l.isComposite(f.def.Type.Name()):
		if in != nil && in.kind == ast.InputObject {
			return nil
		}
		return &selectedValue{path: path}
	case in == nil || in.kind != ast.InputObject || have.Elem != nil || f.def.Type.Elem != nil || len(path) > maxNamesakes:
		return nil
	}
	out := &selectedValue{}
	for _, m := range in.fields {
		if inner := l.namesakes(m.def.Type, t, append(path[:len(path):len(path)], m.def.Name)); inner != nil {
			out.members = append(out.members, selectedMember{name: m.def.Name, value: *inner})
		}
	}
	if out.members == nil {
		return nil
	}
	return out
}

// maxNamesakes bounds how deep input objects are compared with objects: both may lead back to themselves.
const maxNamesakes = 6

// find returns the field at the end of a path, nil if the path does not lead through single objects.
func (l *loader) find(t *typ, path []string) *field {
	for i, name := range path {
		f := t.byName[name]
		if f == nil || i == len(path)-1 {
			return f
		}
		if t = l.types[f.def.Type.Name()]; t == nil || f.def.Type.Elem != nil {
			return nil
		}
	}
	return nil
}

// memberType returns the type of a member of an argument.
func (l *loader) memberType(a *ast.ArgumentDefinition, member []string, p place, coordinate string) *ast.Type {
	t := a.Type
	for _, name := range member[1:] {
		in := l.types[t.Name()]
		if in == nil || in.kind != ast.InputObject || t.Elem != nil {
			l.problem(p, coordinate, fmt.Sprintf("%s has no members: it is %s", a.Name, a.Type), "write the path of one field")
			return nil
		}
		f := in.byName[name]
		if f == nil {
			l.problem(p, coordinate, "input "+in.name+" has no field "+name, l.didYouMean(name, in.fieldNames(), ""))
			return nil
		}
		t = f.def.Type
	}
	return t
}

// fitBinding checks that an argument can carry a key field.
func (l *loader) fitBinding(f *field, t *typ, b binding) bool {
	have, want := b.typ, b.target.def.Type
	if have.Elem == nil && want.Elem == nil && likeTypes(have.Name(), want.Name()) {
		return true
	}
	l.problem(b.at, f.coordinate(), fmt.Sprintf("argument %s is %s, but %s.%s is %s", strings.Join(b.member, "."), have, t.name, b.field, want),
		"give both the same type")
	return false
}

// readAsParent lets the texts of a loader that is written on a root field read its key by $this, as those of every loader:
// a reference has no arguments.
func (l *loader) readAsParent(f *field, c *Connector, b *bindings) {
	c.replaceArgs(func(name string) mapping.Node { return b.values[name] }, f.def.Arguments)
}

// replaceArgs replaces $args.name in all texts of c by what of returns, unless that is nil.
func (c *Connector) replaceArgs(of func(name string) mapping.Node, all ast.ArgumentDefinitionList) {
	with := func(variable, property string) mapping.Node {
		switch {
		case variable != "args":
			return nil
		case property != "":
			return of(property)
		}
		whole := &mapping.Object{}
		for _, a := range all {
			value := of(a.Name)
			if value == nil {
				value = &mapping.Path{Root: mapping.RootVar, Name: "args", Steps: []mapping.Step{{Kind: mapping.StepKey, Name: a.Name}}}
			}
			whole.Members = append(whole.Members, mapping.Member{Name: a.Name, Value: value})
		}
		return whole
	}
	if c.HTTP != nil {
		h := *c.HTTP
		if h.URL != nil {
			h.URL = h.URL.Replace(with)
		}
		h.Headers, h.Respond = replaceHeaders(h.Headers, with), replaceHeaders(h.Respond, with)
		h.Body = mapping.Replace(h.Body, with)
		c.HTTP = &h
	}
	c.Selection = mapping.Replace(c.Selection, with)
	c.Success = mapping.Replace(c.Success, with)
	c.Errors.Message = mapping.Replace(c.Errors.Message, with)
	c.Errors.Extensions = mapping.Replace(c.Errors.Extensions, with)
	c.Errors.Fallback = mapping.Replace(c.Errors.Fallback, with)
}

func replaceHeaders(rules []Header, with func(name, property string) mapping.Node) []Header {
	out := slices.Clone(rules)
	for i := range out {
		if v := out[i].Value; v != nil {
			out[i].Value = v.Replace(with)
		}
	}
	return out
}
