package gatewaytest

import (
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"manifold/internal/fault"
	"manifold/schema"
)

// complete is CompleteValue (GraphQL 6.4.3).
func (x *execution) complete(t *ast.Type, f *schema.Field, v located, fields []*ast.Field, at path) (string, outcome) {
	text, how := x.nullable(t, f, v, fields, at)
	if how == written {
		return text, written
	}
	return x.null(t, how, at)
}

// null is a null where a value of type t is expected. Whoever finds a null that may not be is the one to blame it.
func (x *execution) null(t *ast.Type, how outcome, at path) (string, outcome) {
	if !t.NonNull {
		return "null", how
	}
	if how == nothing {
		x.blame(at, fault.UpstreamBadResponse)
	}
	return "null", raised
}

func (x *execution) nullable(t *ast.Type, f *schema.Field, v located, fields []*ast.Field, at path) (string, outcome) {
	if empty(v.v) {
		return "null", nothing
	}
	if _, wrong := v.v.(misuse); wrong {
		return x.misfit(at)
	}
	if b, wrong := v.v.(broken); wrong {
		x.blame(at, b.code())
		return "null", blamed
	}
	if t.Elem != nil {
		items, ok := v.v.([]any)
		if !ok {
			return x.misfit(at)
		}
		return x.list(t, f, items, v, fields, at)
	}
	switch f.Named.Kind {
	case ast.Object, ast.Interface, ast.Union:
		return x.composite(f, v, fields, at)
	}
	text, ok := leaf(f.Named, v.v)
	if !ok {
		return x.misfit(at)
	}
	return text, written
}

func (x *execution) misfit(at path) (string, outcome) {
	x.blame(at, fault.UpstreamBadResponse)
	return "null", blamed
}

func (x *execution) list(t *ast.Type, f *schema.Field, items []any, v located, fields []*ast.Field, at path) (string, outcome) {
	var b strings.Builder
	b.WriteByte('[')
	how := written
	for i, item := range items {
		if i > 0 {
			b.WriteByte(',')
		}
		v.v = item
		text, h := x.complete(t.Elem, f, v, fields, at.with(i))
		b.WriteString(text)
		if h == raised && how == written {
			how = blamed
			x.muted++
			defer func() { x.muted-- }()
		}
	}
	b.WriteByte(']')
	if how != written {
		return "null", how
	}
	return b.String(), written
}

// composite completes a value of an object, interface or union type.
func (x *execution) composite(f *schema.Field, v located, fields []*ast.Field, at path) (string, outcome) {
	if f.Named.Represented != nil {
		return x.represented(f, v, fields, at)
	}
	if _, ok := v.v.(*Object); !ok {
		return x.misfit(at)
	}
	// @from may make a reference to one of several types; it is null if it names none.
	names := v.shape != nil && !v.given && !v.whole && f.Named.Kind != ast.Object
	if names {
		_, names = memberOf(v.shape, "__typename")
	}
	if names && empty(v.v.(*Object).Get("__typename")) {
		return "null", nothing
	}
	t, v, ok := concrete(f, v)
	if !ok {
		return x.misfit(at)
	}
	if code, no := x.denied(t.Guards); no && t != f.Named {
		x.blame(at, code)
		return "null", blamed
	}
	o := &thing{typ: t, held: v, root: v.via == nil && v.shape == nil}
	// An entity-typed field inside a reply is a reference (LANGUAGE 1.3). A member of a union is not: the reply carries it.
	o.reference = !v.whole && !v.given && !f.Embedded && (f.Named.Entity() || names && t.Entity()) && !o.root
	return x.object(o, fields, at)
}
