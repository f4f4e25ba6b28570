package schema

import (
	"github.com/vektah/gqlparser/v2/ast"

	"manifold/internal/mapping"
)

// form is what is known, when the file is loaded, of the value that an expression will have. What is not known is anything:
// checks that use forms may miss a fault, but never find one that is none.
type form struct {
	kind formKind
	item *form  // of a list
	of   *typ   // of an object: its type in the schema, or nil
	json []byte // of a constant: its text
}

type formKind uint8

const (
	anything  formKind = iota
	scalar             // one text, number or Boolean
	list               //
	object             //
	composite          // an object or a list of objects
)

// formEnv says what the roots of an expression stand for.
type formEnv struct {
	scope    *scope // nil: nothing is known of variables
	here, at form   // of `$` and `@`
}

// formOf returns the form of n.
func (l *loader) formOf(n mapping.Node, e formEnv) form {
	switch n := n.(type) {
	case *mapping.Literal:
		return constantForm(n.JSON)
	case *mapping.Array:
		item := form{}
		if len(n.Items) == 1 {
			item = l.formOf(n.Items[0], e)
		}
		return form{kind: list, item: &item}
	case *mapping.Object:
		return form{kind: object}
	case *mapping.Choice:
		left, right := l.formOf(n.Left, e), l.formOf(n.Right, e)
		if left.kind == right.kind && left.kind != list {
			return form{kind: left.kind}
		}
		return form{}
	case *mapping.Path:
		return l.pathForm(n, e)
	}
	return form{}
}

// constantForm is the form of JSON text. null is anything: it may stand wherever a value may be missing.
func constantForm(json []byte) form {
	switch {
	case len(json) == 0 || json[0] == 'n':
		return form{}
	case json[0] == '[':
		return form{kind: list, item: &form{}}
	case json[0] == '{':
		return form{kind: object}
	default:
		return form{kind: scalar, json: json}
	}
}

func (l *loader) pathForm(p *mapping.Path, e formEnv) form {
	f, steps := form{}, p.Steps
	switch p.Root {
	case mapping.RootHere:
		f = e.here
	case mapping.RootAt:
		f = e.at
	case mapping.RootValue:
		f = l.formOf(p.Value, e)
	case mapping.RootVar:
		f, steps = l.variableForm(p, e.scope)
	}
	for i := range steps {
		f = l.step(f, &steps[i], e)
	}
	return f
}

// variableForm returns the form of a variable and of the steps that name its part, and the steps behind them.
func (l *loader) variableForm(p *mapping.Path, s *scope) (form, []mapping.Step) {
	steps := p.Steps
	named := len(steps) > 0 && steps[0].Kind == mapping.StepKey
	switch {
	case p.Name == "status":
		return form{kind: scalar}, steps
	case p.Name == "env" && named:
		return form{kind: scalar}, steps[1:]
	case (p.Name == "request" || p.Name == "response") && len(steps) > 1 && steps[1].Kind == mapping.StepKey:
		return form{kind: list, item: &form{kind: scalar}}, steps[2:]
	case p.Name == "args" && !named:
		return form{kind: object}, steps
	case s == nil:
	case p.Name == "args" && named && s.field != nil:
		if a := s.field.def.Arguments.ForName(steps[0].Name); a != nil {
			return l.typeForm(a.Type), steps[1:]
		}
	case p.Name == "this" && s.parent != nil:
		return form{kind: object, of: s.parent}, steps
	case p.Name == "batch" && s.parent != nil:
		return form{kind: list, item: &form{kind: object, of: s.parent}}, steps
	}
	return form{}, nil
}

// typeForm is the form of a value of a type of the schema. A scalar of the user's own may be any JSON.
func (l *loader) typeForm(t *ast.Type) form {
	if t.Elem != nil {
		item := l.typeForm(t.Elem)
		return form{kind: list, item: &item}
	}
	own := l.types[t.NamedType]
	switch {
	case own == nil && l.lang.builtin[t.NamedType] != nil:
		return form{kind: scalar}
	case own == nil || own.kind == ast.Scalar || own.kind == ast.Union:
		return form{}
	case own.kind == ast.Enum:
		return form{kind: scalar}
	default:
		return form{kind: object, of: own}
	}
}

// step is the form after one step of a path.
func (l *loader) step(f form, s *mapping.Step, e formEnv) form {
	switch s.Kind {
	case mapping.StepKey:
		return l.property(f, s.Name)
	case mapping.StepSelect:
		if f.kind == list {
			return form{kind: list, item: &form{kind: object}}
		}
		if f.kind == object {
			return form{kind: object}
		}
		return form{kind: composite}
	case mapping.StepMethod:
		return l.methodForm(f, s, e)
	default:
		return f
	}
}

// property is the form of a member; paths go through lists by themselves.
func (l *loader) property(f form, name string) form {
	if f.kind == list {
		item := l.property(*f.item, name)
		return form{kind: list, item: &item}
	}
	if f.kind == object && f.of != nil {
		if inner := f.of.byName[name]; inner != nil {
			return l.typeForm(inner.def.Type)
		}
	}
	return form{}
}

// methodForm is the form of a method's result. Methods it does not know may give anything.
func (l *loader) methodForm(f form, s *mapping.Step, e formEnv) form {
	item := form{}
	if f.kind == list {
		item = *f.item
	}
	switch s.Name {
	case "joinNotNull", "size", "toString", "jsonStringify", "typeof", "eq", "ne", "gt", "gte", "lt", "lte", "not", "and", "or",
		"has", "in", "contains":
		return form{kind: scalar}
	case "first", "last":
		if f.kind == scalar {
			return form{kind: scalar}
		}
		return item
	case "map":
		if len(s.Args) == 1 {
			e.at = item
			item = l.formOf(s.Args[0], e)
		}
		return form{kind: list, item: &item}
	case "entries", "keys", "split":
		return form{kind: list, item: &form{}}
	default:
		return form{}
	}
}
