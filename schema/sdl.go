package schema

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// checkSDL checks the rules of GraphQL itself (October 2021, section 3), as far as one fault of theirs does not hide others.
// gqlparser checks them too, but stops at the first fault; it is asked last, in publish.
func (l *loader) checkSDL(doc *document) {
	l.findRoots(doc)
	for _, t := range l.order {
		l.checkType(t)
	}
	for _, t := range l.order {
		switch t.kind {
		case ast.Object, ast.Interface:
			l.checkImplements(t)
		case ast.Union:
			l.checkUnion(t)
		}
	}
	for _, d := range doc.directives {
		l.checkArgumentDefinitions(d.Arguments, "@"+d.Name)
	}
}

// findRoots finds the root types by the schema definition, or by their usual names.
func (l *loader) findRoots(doc *document) {
	l.roots = map[ast.Operation]*typ{}
	misnamed := false // a root type is named, but wrongly
	if len(doc.schemas) > 1 {
		l.problem(at(doc.schemas[1].Position), "schema", "schema is defined twice", "write `extend schema` for the second one")
	}
	for _, list := range [][]*ast.SchemaDefinition{doc.schemas, doc.schemaExts} {
		for _, s := range list {
			for _, op := range s.OperationTypes {
				t := l.types[op.Type]
				switch {
				case l.roots[op.Operation] != nil:
					l.problem(at(op.Position), "schema", "the "+string(op.Operation)+" type is named twice", "keep one of them")
				case t == nil:
					misnamed = true
					l.problem(at(op.Position), "schema", "type "+op.Type+" is not defined", l.didYouMean(op.Type, l.typeNames(nil), ""))
				default:
					l.roots[op.Operation] = t
				}
			}
		}
	}
	if len(doc.schemas) == 0 {
		for op, name := range map[ast.Operation]string{ast.Query: "Query", ast.Mutation: "Mutation", ast.Subscription: "Subscription"} {
			if t := l.types[name]; l.roots[op] == nil && t != nil {
				l.roots[op] = t
			}
		}
	}
	for op, t := range l.roots {
		if t.kind != ast.Object {
			l.problem(t.pos(), t.name, "the "+string(op)+" type must be an object type", "write `type "+t.name+" { ... }`")
			delete(l.roots, op)
			misnamed = true
		}
	}
	if l.roots[ast.Query] == nil && !misnamed {
		l.problem(place{}, "", "there is no Query type", "write `type Query { ... }`: it lists what clients may ask for")
	}
	if t := l.roots[ast.Subscription]; t != nil {
		l.notYet(t.pos(), t.name, "the subscription type", "leave it out until subscriptions are served")
	}
}

// typeNames returns the names of the user's types, and of the built-in scalars, that satisfy want.
func (l *loader) typeNames(want func(ast.DefinitionKind) bool) []string {
	var names []string
	for _, t := range l.order {
		if want == nil || want(t.kind) {
			names = append(names, t.name)
		}
	}
	for name, def := range l.lang.builtin {
		if def.Kind == ast.Scalar && (want == nil || want(ast.Scalar)) {
			names = append(names, name)
		}
	}
	return names
}

// kindOf returns the kind of a type by name, built-in ones included, or "" if there is none.
func (l *loader) kindOf(name string) ast.DefinitionKind {
	if t := l.types[name]; t != nil {
		return t.kind
	}
	if def := l.lang.builtin[name]; def != nil {
		return def.Kind
	}
	return ""
}

func isInput(k ast.DefinitionKind) bool {
	return k == ast.Scalar || k == ast.Enum || k == ast.InputObject
}

func isOutput(k ast.DefinitionKind) bool { return k != ast.InputObject }

func (l *loader) checkType(t *typ) {
	l.checkName(t.pos(), t.name, t.name)
	if l.lang.builtin[t.name] != nil {
		l.problem(t.pos(), t.name, t.name+" is a type of GraphQL itself", "remove this definition, or rename the type")
		return
	}
	if t.main() == nil && !l.isRoot(t) {
		l.problem(t.pos(), t.name, t.name+" is extended but not defined",
			orElse(l.didYouMean(t.name, l.definedNames(), ""), "write `"+keyword(t.kind)+" "+t.name+"` once without `extend`"))
	}
	if l.empty(t) {
		l.problem(t.pos(), t.name, keyword(t.kind)+" "+t.name+" is empty", "give it at least one member")
	}
	for _, f := range t.fields {
		l.checkField(t, f)
	}
	for _, b := range t.blocks {
		for _, v := range b.def.EnumValues {
			coordinate := t.name + "." + v.Name
			l.checkName(at(v.Position), v.Name, coordinate)
			if v.Name == "true" || v.Name == "false" || v.Name == "null" {
				l.problem(at(v.Position), coordinate, v.Name+" cannot be an enum value", "rename it")
			}
		}
	}
}

func orElse(s, otherwise string) string {
	if s != "" {
		return s
	}
	return otherwise
}

func (l *loader) isRoot(t *typ) bool {
	for _, r := range l.roots {
		if r == t {
			return true
		}
	}
	return false
}

func (l *loader) definedNames() []string {
	var names []string
	for _, t := range l.order {
		if t.main() != nil {
			names = append(names, t.name)
		}
	}
	return names
}

func (l *loader) checkName(p place, name, coordinate string) {
	if strings.HasPrefix(name, "__") {
		l.problem(p, coordinate, "the name "+name+" begins with two underscores, which is reserved for introspection", "rename it")
	}
}

func keyword(k ast.DefinitionKind) string {
	switch k {
	case ast.Object:
		return "type"
	case ast.InputObject:
		return "input"
	default:
		return strings.ToLower(string(k))
	}
}

// kindWord names a kind for people.
func kindWord(k ast.DefinitionKind) string {
	switch k {
	case ast.Object:
		return "object type"
	case ast.InputObject:
		return "input type"
	default:
		return strings.ToLower(string(k))
	}
}

func (l *loader) empty(t *typ) bool {
	if t.kind == ast.Scalar {
		return false
	}
	for _, b := range t.blocks {
		if len(b.def.Fields)+len(b.def.EnumValues)+len(b.def.Types) > 0 {
			return false
		}
	}
	return true
}

func (l *loader) checkField(t *typ, f *field) {
	l.checkName(f.pos(), f.def.Name, f.coordinate())
	if t.kind == ast.InputObject {
		l.checkTypeRef(f.def.Type, f.coordinate(), isInput, "an input field")
		c := check{loader: l, coordinate: f.coordinate()}
		c.value(f.def.DefaultValue, f.def.Type, "the default")
		if t.oneOf() && (f.def.Type.NonNull || f.def.DefaultValue != nil) {
			l.problem(f.pos(), f.coordinate(), "a field of a @oneOf input must be nullable and have no default",
				"write "+strings.TrimSuffix(f.def.Type.String(), "!"))
		}
		return
	}
	l.checkTypeRef(f.def.Type, f.coordinate(), isOutput, "a field")
	l.checkArgumentDefinitions(f.def.Arguments, f.coordinate())
}

func (t *typ) oneOf() bool {
	return slices.ContainsFunc(t.blocks, func(b *block) bool { return b.def.Directives.ForName("oneOf") != nil })
}

func (l *loader) checkArgumentDefinitions(args ast.ArgumentDefinitionList, coordinate string) {
	for i, a := range args {
		inner := coordinate + "(" + a.Name + ":)"
		l.checkName(at(a.Position), a.Name, inner)
		if args[:i].ForName(a.Name) != nil {
			l.problem(at(a.Position), inner, "argument "+a.Name+" is defined twice", "keep one of them")
		}
		l.checkTypeRef(a.Type, inner, isInput, "an argument")
		c := check{loader: l, coordinate: inner}
		c.value(a.DefaultValue, a.Type, "the default")
	}
}

// checkTypeRef checks that a type is defined and may be used here.
func (l *loader) checkTypeRef(t *ast.Type, coordinate string, fits func(ast.DefinitionKind) bool, what string) {
	name := t.Name()
	p := t.Position
	for e := t; e != nil; e = e.Elem {
		p = e.Position
	}
	switch kind := l.kindOf(name); {
	case kind == "" || strings.HasPrefix(name, "__"):
		l.problem(at(p), coordinate, "type "+name+" is not defined",
			orElse(l.didYouMean(name, l.typeNames(fits), ""), "define it: scalar "+name+", or type "+name+" { ... }"))
	case !fits(kind):
		hint := "use a scalar, an enum or an `input` type"
		if kind == ast.InputObject {
			hint = "use a `type`, an interface, a union, an enum or a scalar"
		}
		l.problem(at(p), coordinate, fmt.Sprintf("%s cannot be of the %s %s", what, kindWord(kind), name), hint)
	}
}

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
	for _, b := range have.def.Arguments {
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

// sortedKeys returns the keys of m in the order of the alphabet.
func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
