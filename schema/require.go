package schema

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"manifold/internal/mapping"
)

// required is an argument that @require fills in from the parent object. Clients do not see it, and its connector's texts
// read it as what it is: $args.grams becomes $this.weightGrams when the file is loaded.
type required struct {
	argument *ast.ArgumentDefinition
	value    *selectedValue // nil if its text is faulty
	at       place
	leaves   []leaf
	nonNull  []bool // of each leaf: without it there is no call
	read     bool   // some text reads it
}

// requirements reads the @require of the arguments of a field.
func (l *loader) requirements(s site) map[string]*required {
	if s.field == nil {
		return nil
	}
	var out map[string]*required
	for _, a := range s.field.def.Arguments {
		u := first(l.args[a], "require")
		if u == nil {
			continue
		}
		r := &required{argument: a, at: u.at}
		if out == nil {
			out = map[string]*required{}
		}
		out[a.Name] = r
		coordinate := argumentCoordinate(s.field.coordinate(), a)
		switch {
		case a.DefaultValue != nil:
			l.problem(at(a.DefaultValue.Position), coordinate, "a required argument has no default: its value is that of the parent", "remove the default")
		case first(l.args[a], "is") != nil:
			l.problem(u.at, coordinate, "@require and @is are two sources of one argument", "keep one of them")
		case l.isRoot(s.owner) && s.owner != l.roots[ast.Query]:
			l.problem(u.at, coordinate, "a field of "+s.owner.name+" has no parent to require from", "give the argument to the client, or put the field on a type")
		default:
			l.readRequired(r, s, u, coordinate)
		}
	}
	return out
}

func (l *loader) readRequired(r *required, s site, u *use, coordinate string) {
	v := u.arg("field")
	value, ok := l.selectionMap(v, coordinate)
	if !ok {
		return
	}
	for _, leaf := range value.leaves([]string{r.argument.Name}, nil) {
		p := l.inside(v, leaf.at)
		f := l.followThrough(s.owner, leaf.path, "the required field", p, coordinate, true)
		want := l.memberType(r.argument, leaf.member, p, coordinate)
		if f == nil || want == nil {
			return
		}
		if f == s.field {
			l.problem(p, coordinate, "the field requires itself", "name another field")
			return
		}
		if f.def.Type.Elem != nil && first(f.uses, "connect") != nil {
			l.notYet(p, coordinate, "a list that has a connector of its own, as what is required,", "let the connector of the field it stands on read it, or require single values")
			return
		}
		if !l.fitRequired(f.def.Type, want) {
			l.problem(p, coordinate, fmt.Sprintf("%s is %s, but %s is %s", strings.Join(leaf.member, "."), want, f.coordinate(), f.def.Type), l.requiredHint(f, want))
			return
		}
		r.leaves = append(r.leaves, leaf)
		r.nonNull = append(r.nonNull, want.NonNull && r.argument.Type.NonNull)
	}
	r.value = value
}

func (l *loader) fitRequired(have, want *ast.Type) bool {
	for have.Elem != nil && want.Elem != nil {
		have, want = have.Elem, want.Elem
	}
	return have.Elem == nil && want.Elem == nil && !l.isComposite(have.Name()) && likeTypes(want.Name(), have.Name())
}

func (l *loader) requiredHint(f *field, want *ast.Type) string {
	if l.isComposite(f.def.Type.Name()) {
		inner := l.types[f.def.Type.Name()]
		if in := l.types[want.Name()]; in != nil && in.kind == ast.InputObject {
			return fmt.Sprintf("say what the members of %s are: { %s: %s.%s }", in.name, firstName(in), f.def.Name, firstName(inner))
		}
		return "name a member of it: " + f.def.Name + "." + firstName(inner)
	}
	return "give both the same type"
}

// useRequired notes what a text reads of its parent when it reads a required argument.
func (l *loader) useRequired(r *required, u mapping.Use, p place, s *scope) {
	r.read = true
	l.checkInputPath(u.Path[1:], r.argument.Type, "$args."+r.argument.Name, p, s.coordinate)
	if r.value == nil {
		s.read.faulty = true // reported at the directive
		return
	}
	if s.read.required == nil {
		s.read.required, s.read.requiredAt = r, p
	}
	for i, leaf := range r.leaves {
		s.read.uses = append(s.read.uses, inputUse{leaf.path, p})
		s.read.input(Input{Path: leaf.path, NonNull: r.nonNull[i]})
	}
}

// input adds an input, or what one more reading of it says.
func (r *reads) input(in Input) {
	i := slices.IndexFunc(r.inputs, func(o Input) bool { return slices.Equal(o.Path, in.Path) })
	if i < 0 {
		r.inputs = append(r.inputs, in)
		return
	}
	r.inputs[i].NonNull = r.inputs[i].NonNull || in.NonNull
}

// fillRequired lets the texts of a connector read required arguments from the parent, and refuses those that cannot be.
func (l *loader) fillRequired(c *Connector, s site, sc *scope) {
	if len(sc.required) == 0 {
		return
	}
	if r := sc.read.required; r != nil && sc.read.batch.src != nil {
		l.problem(sc.read.requiredAt, c.Coordinate, fmt.Sprintf("$args.%s has another value for each object of the batch", r.argument.Name),
			"read it with the keys, without an argument: $batch."+strings.Join(r.leaves[0].path, "."))
		return
	}
	for _, name := range sortedKeys(sc.required) {
		if r := sc.required[name]; !r.read && !l.unread[c] {
			l.problem(r.at, argumentCoordinate(s.field.coordinate(), r.argument), "the connector does not read $args."+name, "read it, or remove the argument")
		}
	}
	c.replaceArgs(func(name string) mapping.Node {
		if r := sc.required[name]; r != nil && r.value != nil {
			return r.value.node()
		}
		return nil
	}, s.field.def.Arguments)
}

// strayArguments finds @require and @is that have no effect where they stand.
func (l *loader) strayArguments() {
	for _, t := range l.order {
		for _, f := range t.fields {
			for _, a := range f.def.Arguments {
				l.strayArgument(f, a)
			}
		}
	}
}

func (l *loader) strayArgument(f *field, a *ast.ArgumentDefinition) {
	coordinate := argumentCoordinate(f.coordinate(), a)
	if u := first(l.args[a], "require"); u != nil && (f.model.Connector == nil || f.model.Connector.Coordinate != f.coordinate()) && !f.faulty {
		l.problem(u.at, coordinate, "@require has no effect: the field has no connector that could read the argument",
			"give the field a connector that reads $args."+a.Name)
	}
	if u := first(l.args[a], "is"); u != nil && len(f.model.LookupKeys) == 0 && !u.faulty && !l.failed() {
		l.problem(u.at, coordinate, "@is has no effect: the arguments of "+f.coordinate()+" are no key of "+f.def.Type.Name(),
			"it belongs to fields of the query type that pick one entity by its key")
	}
}

// visibleArguments returns the arguments of a field that clients give.
func (l *loader) visibleArguments(args ast.ArgumentDefinitionList) ast.ArgumentDefinitionList {
	var out ast.ArgumentDefinitionList
	for _, a := range args {
		if first(l.args[a], "require") == nil {
			out = append(out, a)
		}
	}
	return out
}

// checkRequires checks the @requires of a field, the older spelling of @require: the connector reads the fields by $this.
func (l *loader) checkRequires() {
	for _, t := range l.order {
		for _, f := range t.fields {
			u := first(f.uses, "requires")
			if u == nil {
				continue
			}
			v := u.arg("fields")
			leaves, ok := l.fieldSet(v, f.coordinate())
			if !ok {
				continue
			}
			c := f.model.Connector
			if c == nil {
				c = f.model.Block
			}
			if c == nil && !f.faulty {
				l.problem(u.at, f.coordinate(), "@requires has no effect: the field has no connector", "give it one that reads $this."+leaves[0].String())
				continue
			}
			for _, leaf := range leaves {
				p := l.inside(v, leaf.at)
				if l.followThrough(t, leaf.names, "the required field", p, f.coordinate(), true) == nil || l.unread[c] {
					continue
				}
				if !slices.ContainsFunc(c.Inputs, func(in Input) bool { return slices.Equal(in.Path, leaf.names) }) {
					l.warning(p, f.coordinate(), "the connector does not read "+leaf.String()+", so that it need not be required", "read it by $this."+leaf.String())
				}
			}
		}
	}
}
