package gatewaytest

import (
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"manifold/internal/mapping"
	"manifold/schema"
)

// This file shows fields otherwise than GraphQL would, as operations of clients say (LANGUAGE 4): @flatten, @unwrap, @omit, @notFound,
// @onError and @reshape. It takes the text that a field has, and makes another one of it.

// told is the argument of a directive on a field; "" if there is none. has says that there is the directive.
func told(f *ast.Field, directive, argument string) (text string, has bool) {
	d := f.Directives.ForName(directive)
	if d == nil {
		return "", false
	}
	if a := d.Arguments.ForName(argument); a != nil {
		text = a.Value.Raw
	}
	return text, true
}

// shapedFields is fields for operations whose fields may be shown otherwise.
func (x *execution) shapedFields(o *thing, groups []*group, at path) (string, outcome) {
	bare, prefix := x.bare, x.prefix // what is shown of this object alone: keys that lead to it; what its members' names begin with
	x.bare, x.prefix = nil, ""
	defer func() { x.bare, x.prefix = bare, prefix }()
	out, how := NewObject(), written
	for _, g := range groups {
		first := g.fields[0]
		_, omit := told(first, "omit", "")
		more, flatten := told(first, "flatten", "prefix")
		step, alone := at.with(prefix+g.key), len(bare) > 0 && g.key == bare[0] && !omit
		if alone || flatten {
			step = at
		}
		if alone {
			x.bare = bare[1:]
		}
		if flatten {
			x.prefix = prefix + more
		}
		v, h := x.showing(o, g, step)
		x.bare, x.prefix = nil, ""
		switch {
		case h == raised && how == written:
			how = blamed
			x.muted++
			defer func() { x.muted-- }()
		case h == raised || omit:
		case alone:
			out.Set(bareMember, v)
		case flatten:
			x.lift(out, v, prefix+more, o.typ.Fields[first.Name], g)
		default:
			out.Set(prefix+g.key, v)
		}
	}
	if how != written {
		return "null", how
	}
	if len(bare) > 0 {
		return Encode(out.Get(bareMember)), written
	}
	return Encode(out), written
}

// bareMember cannot be a response key.
const bareMember = "*"

// lift puts the members of a flattened object, whose names have their prefix, into its parent; without an object, null for each.
func (x *execution) lift(out *Object, v any, prefix string, f *schema.Field, g *group) {
	if o, ok := v.(*Object); ok {
		for _, name := range o.Names {
			out.Set(name, o.Get(name))
		}
		return
	}
	t := f.Named
	if t.Kind != ast.Object { // it may be of one type only
		t = t.Possible[0]
	}
	for _, inner := range x.collect(t, g.fields) {
		first := inner.fields[0]
		more, flatten := told(first, "flatten", "prefix")
		if _, omit := told(first, "omit", ""); omit {
			continue
		}
		if flatten {
			x.lift(out, nil, prefix+more, t.Fields[first.Name], inner)
			continue
		}
		out.Set(prefix+inner.key, nil)
	}
}

// showing returns what is shown of a field, as a decoded value.
func (x *execution) showing(o *thing, g *group, at path) (any, outcome) {
	first := g.fields[0]
	_, notFound := told(first, "notFound", "")
	fallback, replaced := told(first, "onError", "fallback")
	selection, reshaped := told(first, "reshape", "selection")
	f := o.typ.Fields[first.Name]
	nonNull := f != nil && f.Type.NonNull
	if f != nil && nonNull && (notFound || reshaped) { // what a null here means is seen afterwards
		nullable, t := *f, *f.Type
		t.NonNull = false
		nullable.Type = &t
		f = &nullable
	}
	if unwrap, ok := told(first, "unwrap", "path"); ok {
		x.bare = strings.Split(unwrap, ".")
	}
	text, how := x.fieldAs(o, f, g, at)
	v := decoded(text)
	if how == written && reshaped {
		n, err := mapping.Parse(selection)
		if err != nil {
			panic(err) // it was compiled
		}
		v = evaluate(n, v, nil)
		switch v.(type) {
		case absent:
			v, how = nil, nothing
		case misuse:
			x.blame(at, "INTERNAL")
			v, how = nil, blamed
		}
	}
	if how == nothing && notFound {
		x.notFound = x.notFound || x.muted == 0
		return nil, written
	}
	if how == nothing && nonNull {
		_, how = x.null(&ast.Type{NonNull: true}, how, at)
	}
	switch {
	case how == written:
		return v, written
	case how == nothing:
		return nil, nothing
	case replaced && fallback == "":
		return nil, written
	case replaced:
		n, err := mapping.ParseExpression(fallback)
		if err != nil {
			panic(err) // it was compiled
		}
		return evaluate(n, absent{}, nil), written
	case nonNull:
		return nil, raised
	default:
		return nil, how
	}
}

func decoded(text string) any {
	v, err := Decode([]byte(text))
	if err != nil {
		panic(err) // we wrote it
	}
	return v
}

// shapes reports whether a document has any of the directives.
func shapes(doc *ast.QueryDocument) (found bool) {
	eachField(doc, func(f *ast.Field) { found = found || slices.ContainsFunc(f.Directives, isShaping) })
	return found
}

func isShaping(d *ast.Directive) bool {
	return slices.Contains([]string{"flatten", "unwrap", "omit", "notFound", "onError", "reshape"}, d.Name)
}

// eachField visits every field of a document.
func eachField(doc *ast.QueryDocument, visit func(*ast.Field)) {
	var walk func(set ast.SelectionSet)
	walk = func(set ast.SelectionSet) {
		for _, sel := range set {
			switch sel := sel.(type) {
			case *ast.Field:
				visit(sel)
				walk(sel.SelectionSet)
			case *ast.InlineFragment:
				walk(sel.SelectionSet)
			}
		}
	}
	for _, op := range doc.Operations {
		walk(op.SelectionSet)
	}
	for _, f := range doc.Fragments {
		walk(f.SelectionSet)
	}
}
