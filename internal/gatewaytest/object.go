package gatewaytest

import (
	"slices"
	"strings"
	"unicode"

	"github.com/vektah/gqlparser/v2/ast"

	"manifold/internal/fault"
	"manifold/internal/mapping"
	"manifold/schema"
)

// located is a value and how to read it.
type located struct {
	v     any
	shape *mapping.Object   // the braces that made v: its members have the schema's names; nil: as in the reply
	via   *schema.Connector // whose reply it is from; nil: computed from the request alone
	whole bool              // v is what a connector returned, not something inside of it
	given bool              // a selection built it: its members are kept whatever the loader says
}

// thing is an object of a known type while it is being completed.
type thing struct {
	typ       *schema.Type
	root      bool // Query, Mutation, or a namespace below
	held      located
	reference bool // of what is held only the key counts
	loads     map[*schema.Connector]*loaded
}

// loaded is what a loader said about one thing.
type loaded struct {
	value   located
	found   bool
	failure *fault.Error
}

// provider returns the loader that gives field f of o, or nil if f is read from what is held. A selection provides exactly
// what it lists; a reference carries its key; what a loader returns carries the fields of the loader's own block; what a
// field's connector returns, and all that lies inside of any reply, carries the fields of the same source (LANGUAGE 1.2, 1.3).
func (x *execution) provider(o *thing, f *schema.Field) *schema.Connector {
	block := f.Block
	if block == nil {
		block = o.typ.Loader
	}
	via := o.held.via
	switch {
	case o.held.shape != nil:
		if _, ok := memberOf(o.held.shape, f.Name); ok {
			return nil
		}
		return block
	case isKey(o.typ, f.Name):
		return nil
	case o.reference:
		return block
	case f.Block == nil || f.Block == via:
		return nil
	case o.held.whole && !fieldLevel(via):
		return block
	case via != nil && f.Block.Source == via.Source:
		return nil
	default:
		return block
	}
}

// fieldLevel reports whether c is written on a field: its reply carries all unbound fields of the source. A loader's reply
// carries those of its own block only.
func fieldLevel(c *schema.Connector) bool { return strings.Contains(c.Coordinate, ".") }

// isKey reports whether name picks objects of t: it is in a @key, or its loader reads it.
func isKey(t *schema.Type, name string) bool {
	for _, k := range t.Keys {
		if slices.Contains(k.Fields, name) {
			return true
		}
	}
	return t.Loader != nil && slices.ContainsFunc(t.Loader.Inputs, func(in schema.Input) bool { return in.Path[0] == name })
}

// read returns a field's value by the mapping of what it lies in.
func read(from located, f *schema.Field) located {
	out := located{via: from.via}
	if from.shape != nil {
		m, ok := memberOf(from.shape, f.Name)
		if !ok {
			out.v = absent{}
			return out
		}
		out.v, out.shape = property(from.v, f.Name), selectOf(m)
		out.given = out.shape != nil
		return out
	}
	if p := fromOf(f, from.via); p != nil {
		out.v, out.shape = evaluate(p, from.v, nil), selectOf(p)
		return out
	}
	out.v = property(from.v, upstreamName(f.Name, from.via))
	return out
}

// fromOf finds the @from that holds for the source of via: its own before the general one.
func fromOf(f *schema.Field, via *schema.Connector) mapping.Node {
	var general mapping.Node
	for _, from := range f.From {
		if from.Source == nil {
			general = from.Path
		} else if via != nil && from.Source == via.Source {
			return from.Path
		}
	}
	return general
}

// upstreamName spells a field's name as the source does.
func upstreamName(name string, via *schema.Connector) string {
	if via == nil || via.Source == nil || via.Source.Naming == schema.AsIs {
		return name
	}
	if via.Source.Naming == schema.PascalCase {
		return strings.ToUpper(name[:1]) + name[1:]
	}
	sep := "_"
	if via.Source.Naming == schema.KebabCase {
		sep = "-"
	}
	var b strings.Builder
	for _, r := range name {
		if unicode.IsUpper(r) {
			b.WriteString(sep)
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

// load asks a loader about o, once.
func (x *execution) load(o *thing, c *schema.Connector) *loaded {
	if l := o.loads[c]; l != nil {
		return l
	}
	l := &loaded{}
	o.loads[c] = l
	this, ok := x.inputs(o, c)
	if !ok {
		for _, in := range c.Inputs { // the key was to come from a loader that failed: that is why
			if p := x.provider(o, o.typ.Fields[in.Path[0]]); p != nil && o.loads[p] != nil && o.loads[p].failure != nil {
				l.failure = o.loads[p].failure
			}
			if _, wrong := x.value(o, o.typ.Fields[in.Path[0]]).v.(misuse); wrong {
				l.failure = fault.New(fault.UpstreamBadResponse, "reference")
			}
		}
		return l
	}
	r := x.call(c, this, NewObject(), nil, o.typ)
	l.value, l.found, l.failure = r.value, r.found, r.failure
	if _, isObject := r.value.v.(*Object); r.found && !isObject { // an entity that is no object
		l.found, l.failure = false, fault.New(fault.UpstreamBadResponse, "reference")
	}
	return l
}

// inputs reads what c wants of its parent. ok is false if one of the values is null, or no scalar: then there is no call.
func (x *execution) inputs(o *thing, c *schema.Connector) (this *Object, ok bool) {
	this = NewObject()
	if o.root { // the key of a loader on a root field is in its arguments
		return this, true
	}
	for _, in := range c.Inputs {
		f := o.typ.Fields[in.Path[0]]
		v := x.value(o, f).v
		for _, name := range in.Path[1:] {
			v = property(v, name)
		}
		if _, ok := scalarText(v); !ok {
			return nil, false
		}
		this.Set(in.Path[0], v) // nested inputs are not effective yet
	}
	return this, true
}

// value reads a field of o that has no connector of its own, from what is held or from its loader.
func (x *execution) value(o *thing, f *schema.Field) located {
	c := x.provider(o, f)
	if c == nil {
		return read(o.held, f)
	}
	l := x.load(o, c)
	if !l.found {
		return located{v: absent{}}
	}
	return read(l.value, f)
}

// loaders lists the loaders that the selected fields of o need, in the order of the fields.
func (x *execution) loaders(o *thing, groups []*group) []*schema.Connector {
	var out []*schema.Connector
	need := func(f *schema.Field) {
		if c := x.provider(o, f); c != nil && !slices.Contains(out, c) {
			out = append(out, c)
		}
	}
	for _, g := range groups {
		f := o.typ.Fields[g.fields[0].Name]
		switch {
		case f == nil: // __typename
		case f.Connector == nil:
			need(f)
		case !o.root:
			for _, in := range f.Connector.Inputs {
				need(o.typ.Fields[in.Path[0]])
			}
		}
	}
	return out
}

// object completes an object of a concrete type (GraphQL 6.3 and 6.4.3).
func (x *execution) object(o *thing, from []*ast.Field, at path) (string, outcome) {
	o.loads = map[*schema.Connector]*loaded{}
	groups := x.collect(o.typ, from)
	if !o.root {
		if gone, how := x.prepare(o, groups, at); gone {
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
	if l := o.typ.Loader; l != nil && !o.held.whole && (o.reference || o.held.shape != nil) {
		for _, in := range l.Inputs {
			if empty(x.value(o, o.typ.Fields[in.Path[0]]).v) {
				return true, nothing
			}
		}
	}
	all := x.loaders(o, groups)
	if i := slices.Index(all, o.typ.Loader); i > 0 && o.reference { // without what it points to, nothing else counts
		all[0], all[i] = all[i], all[0]
	}
	failed := map[*fault.Error]bool{}
	for _, c := range all {
		l := x.load(o, c)
		if l.failure != nil && !failed[l.failure] {
			failed[l.failure] = true
			x.blame(at, l.failure.Code)
		}
		if o.reference && c == o.typ.Loader && !l.found {
			if l.failure != nil {
				return true, blamed
			}
			return true, nothing
		}
	}
	return false, written
}

func (x *execution) fields(o *thing, groups []*group, at path) (string, outcome) {
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
	first := g.fields[0]
	if first.Name == "__typename" {
		return quote(o.typ.Name), written
	}
	f := o.typ.Fields[first.Name]
	args := x.arguments(f, first)
	switch {
	case f.Connector != nil:
		return x.connected(o, f, args, g, at)
	case f.Lookup:
		return x.lookup(f, args, g, at)
	case o.root:
		return x.complete(f.Type, f, located{v: NewObject()}, g.fields, at)
	}
	v := x.value(o, f)
	if c := x.provider(o, f); c != nil && o.loads[c].failure != nil {
		return x.null(f.Type, blamed, at)
	}
	return x.complete(f.Type, f, v, g.fields, at)
}

// connected completes a field that has its own connector.
func (x *execution) connected(o *thing, f *schema.Field, args *Object, g *group, at path) (string, outcome) {
	this, ok := x.inputs(o, f.Connector)
	if !ok {
		how := nothing
		for _, in := range f.Connector.Inputs { // the fault that kept its input away is the field's too
			if c := x.provider(o, o.typ.Fields[in.Path[0]]); c != nil && o.loads[c].failure != nil && how == nothing {
				x.blame(at, o.loads[c].failure.Code)
				how = blamed
			}
			if _, wrong := x.value(o, o.typ.Fields[in.Path[0]]).v.(misuse); wrong && how == nothing {
				x.blame(at, fault.UpstreamBadResponse)
				how = blamed
			}
		}
		return x.null(f.Type, how, at)
	}
	a := x.call(f.Connector, this, args, f, f.Named)
	text, how := x.answered(a, f, g, at)
	if f.Connector.KeyArgs && (text == "null" || !sameKey(a.value, args, f.Named)) {
		x.early(f, args, g, at)
	}
	return text, how
}

// lookup completes a root field that is served by the loader of its type.
func (x *execution) lookup(f *schema.Field, args *Object, g *group, at path) (string, outcome) {
	loader := f.Named.Loader
	this := NewObject()
	for _, in := range loader.Inputs {
		v := args.Get(f.LookupKeys[in.Path[0]])
		if empty(v) {
			return x.null(f.Type, nothing, at)
		}
		this.Set(in.Path[0], v)
	}
	a := x.call(loader, this, NewObject(), nil, f.Named)
	text, how := x.answered(a, f, g, at)
	if text == "null" || !sameKey(a.value, this, f.Named) {
		x.early(f, this, g, at)
	}
	return text, how
}

// sameKey reports whether the object that was found has the key it was asked for by.
func sameKey(found located, key *Object, t *schema.Type) bool {
	for _, name := range key.Names {
		have, _ := scalarText(read(found, t.Fields[name]).v)
		if want, _ := scalarText(key.Get(name)); have != want {
			return false
		}
	}
	return true
}

// early counts the calls that an eager executor makes with a key from an argument although the object turns out not to be
// there, or to have another key: as if it were there with the key it was asked for by.
func (x *execution) early(f *schema.Field, this *Object, g *group, at path) {
	shape := &mapping.Object{}
	for _, name := range this.Names {
		key := &mapping.Path{Steps: []mapping.Step{{Kind: mapping.StepKey, Name: name}}}
		shape.Members = append(shape.Members, mapping.Member{Name: name, Value: key})
	}
	x.muted++
	x.complete(f.Type, f, located{v: this, shape: shape, via: f.Named.Loader, whole: true}, g.fields, at)
	x.muted--
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
