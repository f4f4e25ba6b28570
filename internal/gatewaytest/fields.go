package gatewaytest

import (
	"maps"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"manifold/internal/fault"
	"manifold/internal/mapping"
	"manifold/schema"
)

// object completes an object of a concrete type (GraphQL 6.3 and 6.4.3).
func (x *execution) object(o *thing, from []*ast.Field, at path) (string, outcome) {
	o.loaded = map[*schema.Connector]*loaded{}
	groups := x.collect(o.typ, from)
	if !o.root {
		if gone, how := x.prepare(o, x.seen(o, groups), at); gone {
			x.muted++
			x.fields(o, groups, at)
			x.muted--
			return "null", how
		}
	}
	return x.fields(o, groups, at)
}

// prepare calls the loaders of an object. gone says that the whole object is null: a reference, or an object built by a
// selection, whose key is null; a reference that leads nowhere.
func (x *execution) prepare(o *thing, groups []*group, at path) (gone bool, how outcome) {
	if l := o.loader(); l != nil && !o.held.whole && (o.reference || o.held.shape != nil) {
		for _, in := range l.Inputs {
			if f := o.typ.Fields[in.Path[0]]; f.Connector == nil {
				if v, _ := x.deep(o, in.Path); empty(v) {
					return true, nothing
				}
			}
		}
	}
	all := x.loaders(o, groups)
	if o.represented && !slices.Contains(all, o.by) {
		all = append(all, o.by)
	}
	for _, c := range all {
		x.load(o, c)
	}
	if l := o.entity(); o.reference && l != nil && !l.found { // without what it points to, nothing else counts
		if l.failure != nil {
			x.blame(at, l.failure.Code)
			return true, blamed
		}
		return true, nothing
	}
	failed := map[*fault.Error]bool{}
	for _, c := range all {
		if l := x.load(o, c); l.failure != nil && !failed[l.failure] {
			failed[l.failure] = true
			x.blame(at, l.failure.Code)
		}
	}
	return false, written
}

// entity returns what was said by the loader that knows whether the entity is there: the preferred one if it was asked, else
// the first one of the type that was; nil if none was asked.
func (o *thing) entity() *loaded {
	for _, c := range append([]*schema.Connector{o.loader()}, o.typ.Loaders...) {
		if l := o.loaded[c]; l != nil {
			return l
		}
	}
	return nil
}

func (x *execution) fields(o *thing, groups []*group, at path) (string, outcome) {
	if x.shapes {
		return x.shapedFields(o, groups, at)
	}
	var b strings.Builder
	b.WriteByte('{')
	how := written
	for i, g := range groups {
		if i > 0 {
			b.WriteByte(',')
		}
		text, h := x.field(o, g, at.with(g.key))
		b.WriteString(quote(g.key) + ":" + text)
		if h == raised && how == written {
			how = blamed
			x.muted++
			defer func() { x.muted-- }()
		}
	}
	b.WriteByte('}')
	if how != written {
		return "null", how
	}
	return b.String(), written
}

func (x *execution) field(o *thing, g *group, at path) (string, outcome) {
	return x.fieldAs(o, o.typ.Fields[g.fields[0].Name], g, at)
}

// fieldAs completes a field as f says, which is nil for __typename.
func (x *execution) fieldAs(o *thing, f *schema.Field, g *group, at path) (string, outcome) {
	first := g.fields[0]
	if f == nil {
		return quote(o.typ.Name), written
	}
	if code, no := x.denied(f.Guards); no {
		x.blame(at, code)
		return x.null(f.Type, blamed, at)
	}
	args := x.arguments(f, first)
	switch {
	case f.Connector != nil:
		return x.connected(o, f, args, g, at)
	case f.Lookup:
		return x.lookup(f, args, g, at)
	case o.root, f.Namespace:
		return x.complete(f.Type, f, located{v: NewObject()}, g.fields, at)
	}
	v := x.value(o, f)
	v.v = opened(v.v, spelled(args, v.via))
	if c := x.provider(o, f); c != nil && o.loaded[c].failure != nil {
		return x.null(f.Type, blamed, at)
	}
	return x.complete(f.Type, f, v, g.fields, at)
}

// connected completes a field that has its own connector.
func (x *execution) connected(o *thing, f *schema.Field, args *Object, g *group, at path) (string, outcome) {
	c := f.Connector
	if c.KeyArgs {
		return x.keyed(f, args, g, at)
	}
	this, ok, failure := x.inputs(o, c, c.Batch == nil || c.Function() != nil)
	if !ok {
		how := nothing
		if failure != nil { // what kept its input away is the field's fault too
			x.blame(at, failure.Code)
			how = blamed
		}
		return x.null(f.Type, how, at)
	}
	a := x.call(c, this, args, f, f.Named)
	text, how := x.answered(a, f, g, at)
	if o.typ == x.model.Query && len(f.LookupKeys) > 0 && c.HTTP != nil && c.HTTP.Idempotent() { // its arguments may happen to name a key
		if key := namedKey(f, args); text == "null" || !sameAs(key, a.value, f) {
			x.early(f, key, g, at)
		}
	}
	return text, how
}

// namedKey is what the arguments of a field say of the key of its entity.
func namedKey(f *schema.Field, args *Object) *Object {
	key := NewObject()
	for _, name := range slices.Sorted(maps.Keys(f.LookupKeys)) {
		if v := valueAt(args, f.LookupKeys[name]); !empty(v) {
			putAt(key, strings.Split(name, "."), v)
		}
	}
	return key
}

// sameAs reports whether the object that was found says all of a key.
func sameAs(key *Object, found located, f *schema.Field) bool {
	for name := range f.LookupKeys {
		path := strings.Split(name, ".")
		have, _ := scalarText(keyIn(found, f.Named, path))
		if want, _ := scalarText(valueAt(key, path)); have != want {
			return false
		}
	}
	return true
}

// keyed completes a root field whose connector is a loader: the key is in its arguments, and null there is bad input.
func (x *execution) keyed(f *schema.Field, args *Object, g *group, at path) (string, outcome) {
	key, missing := keyOf(f, args)
	if missing {
		x.early(f, key, g, at)
		x.blame(at, fault.BadUserInput)
		return x.null(f.Type, blamed, at)
	}
	a := x.call(f.Connector, key, NewObject(), nil, f.Named)
	a.value.asked = key
	text, how := x.answered(a, f, g, at)
	if text == "null" || !x.sameKey(a.value, key, f) {
		x.early(f, key, g, at)
	}
	return text, how
}

// lookup completes a root field that is served by a loader of its type.
func (x *execution) lookup(f *schema.Field, args *Object, g *group, at path) (string, outcome) {
	this, missing := keyOf(f, args)
	if missing {
		x.early(f, this, g, at) // by the members that are there
		if f.Loader.KeyArgs {   // as if that field were asked
			x.blame(at, fault.BadUserInput)
			return x.null(f.Type, blamed, at)
		}
		for _, a := range f.Args {
			if a.Type.NonNull && empty(args.Get(a.Name)) { // a variable that is null
				x.blame(at, fault.BadUserInput)
				return x.null(f.Type, blamed, at)
			}
		}
		return x.null(f.Type, nothing, at)
	}
	a := x.call(f.Loader, this, NewObject(), nil, f.Named)
	a.value.asked, a.value.exact = this, f.Loader.Batch != nil
	text, how := x.answered(a, f, g, at)
	if text == "null" || !a.value.exact && !x.sameKey(a.value, this, f) {
		x.early(f, this, g, at)
	}
	return text, how
}

// sameKey reports whether the object that was found says the key it was asked for by.
func (x *execution) sameKey(found located, key *Object, f *schema.Field) bool {
	for _, in := range f.Loader.Inputs {
		have, _ := scalarText(keyIn(found, f.Named, in.Path))
		if want, _ := scalarText(valueAt(key, in.Path)); have != want {
			return false
		}
	}
	return true
}

// early counts the calls that an eager executor makes with a key from an argument although the object turns out not to be
// there, not to say its key, or to have another: as if it were there with the key it was asked for by.
func (x *execution) early(f *schema.Field, this *Object, g *group, at path) {
	via := f.Loader
	if via == nil {
		via = f.Connector
	}
	x.muted++
	x.complete(f.Type, f, located{v: this, shape: shapeOf(this), via: via, whole: true}, g.fields, at)
	x.muted--
}

// shapeOf is the selection that gives all of a key.
func shapeOf(key *Object) *mapping.Object {
	shape := &mapping.Object{}
	for _, name := range key.Names {
		member := &mapping.Path{Steps: []mapping.Step{{Kind: mapping.StepKey, Name: name}}}
		if inner, ok := key.Get(name).(*Object); ok {
			member.Steps = append(member.Steps, mapping.Step{Kind: mapping.StepSelect, Select: shapeOf(inner)})
		}
		shape.Members = append(shape.Members, mapping.Member{Name: name, Value: member})
	}
	return shape
}

func (x *execution) answered(a answer, f *schema.Field, g *group, at path) (string, outcome) {
	if a.failure != nil {
		x.blame(at, a.failure.Code)
		return x.null(f.Type, blamed, at)
	}
	if !a.found {
		return x.null(f.Type, nothing, at)
	}
	return x.complete(f.Type, f, a.value, g.fields, at)
}
