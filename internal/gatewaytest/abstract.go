package gatewaytest

import (
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"manifold/schema"
)

// concrete finds the object type of v in the order of LANGUAGE 6: `__typename` made by the mapping, @discriminate, the only
// possible member, a `__typename` of the reply. For a wrapped value it returns what is inside. A type that clients do not see
// is none that the value may have.
func concrete(f *schema.Field, v located) (*schema.Type, located, bool) {
	t := f.Named
	if t.Kind == ast.Object {
		return t, v, true
	}
	object := v.v.(*Object)
	if v.shape != nil {
		if _, ok := memberOf(v.shape, "__typename"); ok {
			name, _ := object.Get("__typename").(string)
			return named(t, name, v)
		}
	}
	d := f.Discriminator
	if d == nil {
		d = t.Discriminator
	}
	switch {
	case d != nil && d.Wrapped:
		for _, p := range t.Possible {
			if inner, ok := object.Get(wrapperOf(d, p.Name)).(*Object); ok {
				v.v = inner
				return p, v, true
			}
		}
		return nil, v, false
	case d != nil:
		kind := v.v
		if object.raw != nil {
			kind = object.raw
		}
		for name := range strings.SplitSeq(d.Field, ".") {
			kind = property(kind, name)
		}
		text, ok := scalarText(kind)
		if !ok {
			return nil, v, false
		}
		if d.Map == nil {
			return named(t, text, v)
		}
		return named(t, d.Map[text], v)
	case len(t.Possible) == 1 && !t.MayHide:
		return t.Possible[0], v, true
	default:
		name, _ := object.Get("__typename").(string)
		return named(t, name, v)
	}
}

// wrapperOf is the property that holds an object of the named type.
func wrapperOf(d *schema.Discriminator, name string) string {
	for value, to := range d.Map {
		if to == name {
			return value
		}
	}
	return name
}

func named(t *schema.Type, name string, v located) (*schema.Type, located, bool) {
	i := slices.IndexFunc(t.Possible, func(p *schema.Type) bool { return p.Name == name })
	if i < 0 {
		return nil, v, false
	}
	return t.Possible[i], v, true
}
