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
		l.checkDirective(d)
	}
	l.checkInputs()
}

func (l *loader) checkDirective(d *ast.DirectiveDefinition) {
	coordinate := "@" + d.Name
	l.checkName(atDirective(d.Position), d.Name, coordinate)
	l.checkArgumentDefinitions(d.Arguments, coordinate)
	for _, a := range d.Arguments {
		if itself := a.Directives.ForName(d.Name); itself != nil {
			l.problem(atDirective(itself.Position), argumentCoordinate(coordinate, a), coordinate+" cannot be used in its own definition", "remove it here")
		}
	}
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
		l.checkDeprecated(f.def.Directives, f.def.Type, f.def.DefaultValue, f.coordinate())
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
		inner := argumentCoordinate(coordinate, a)
		l.checkName(at(a.Position), a.Name, inner)
		if args[:i].ForName(a.Name) != nil {
			l.problem(at(a.Position), inner, "argument "+a.Name+" is defined twice", "keep one of them")
		}
		l.checkTypeRef(a.Type, inner, isInput, "an argument")
		c := check{loader: l, coordinate: inner}
		c.value(a.DefaultValue, a.Type, "the default")
		l.checkDeprecated(a.Directives, a.Type, a.DefaultValue, inner)
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

// sortedKeys returns the keys of m in the order of the alphabet.
func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
