package gatewaytest

import (
	"slices"
	"strings"
	"unicode"

	"manifold/internal/fault"
	"manifold/internal/mapping"
	"manifold/schema"
)

// located is a value and how to read it.
type located struct {
	v        any
	shape    *mapping.Object   // the braces that made v: its members have the schema's names; nil: as in the reply
	via      *schema.Connector // whose reply it is from; nil: computed from the request alone
	whole    bool              // v is what a connector returned, not something inside of it
	given    bool              // a selection built it: its members are kept whatever the loader says
	asked    *Object           // the key a loader was asked for v by, or what of it lies in v: a reply need not repeat it
	ours     bool              // of a representation: its members have the schema's names
	embedded bool              // an entity that the reply carries whole, whoever loads it elsewhere
	exact    bool              // v has the key it was asked for by, whatever its reply says: a batch told it apart by that
}

// thing is an object of a known type while it is being completed.
type thing struct {
	typ       *schema.Type
	root      bool // Query, Mutation, or a namespace below
	held      located
	reference bool              // of what is held only the key counts
	by        *schema.Connector // the loader that it was looked up by
	reading   bool              // a connector reads its key
	// represented says that a client named it by the key that by reads; it holds nothing else.
	represented bool
	loaded      map[*schema.Connector]*loaded
	faults      map[string]*fault.Error // of what cannot be read of it, by path
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
	block := o.owner(f)
	via := o.held.via
	f = f.For(sourceOf(via))
	switch {
	case o.represented && o.carries(f) && (o.reading || !o.typ.KeyHolder(f, nil)):
		return nil
	case o.represented:
		return block
	case o.held.shape != nil:
		m, ok := memberOf(o.held.shape, f.Name)
		if ok && (o.reading || o.held.whole && slices.Contains(o.typ.Loaders, via) || !o.typ.KeyHolder(f, m)) {
			return nil
		}
		return block
	case o.reference && !o.reading && o.typ.KeyHolder(f, nil):
		return block
	case o.typ.KeyField(f.Name):
		return nil
	case o.reference:
		return block
	case f.Block == nil || f.Block == via.Block():
		return nil
	case o.held.embedded && f.Block == o.typ.Loader().Block():
		return nil
	case o.held.whole && !fieldLevel(via):
		return block
	case via != nil && via.Source != nil && asks(f.Block, via.Source):
		return nil
	default:
		return block
	}
}

func sourceOf(c *schema.Connector) *schema.Source {
	if c == nil {
		return nil
	}
	return c.Source
}

// owner returns the connector that is asked for f if o does not have it: one of f's block, or of the loaders of o if those
// are of that block too or f is in none. It is the first whose key o has and which gives f, else the first whose key o has.
func (o *thing) owner(f *schema.Field) *schema.Connector {
	var all []*schema.Connector
	if f.Block == nil || o.loads(f.Block) {
		if o.by != nil && slices.Contains(o.typ.Loaders, o.by) {
			all = append(all, o.by)
		}
		all = append(all, o.typ.Loaders...)
	}
	if f.Block != nil && !slices.Contains(all, f.Block) {
		all = append(all, f.Block)
		if len(f.Block.Twins) > 0 {
			all = append(all, f.Block.Twins...)
		}
	}
	for _, c := range all {
		if o.has(c) && o.gives(c, f) {
			return c
		}
	}
	for _, c := range all { // another loader may have its key
		if o.gives(c, f) {
			return c
		}
	}
	if f.Block != nil && !o.loads(f.Block) {
		return o.keyed(all)
	}
	return o.loader()
}

// gives reports whether c gives f: its selection says so, or without one f is of its block or of the key.
func (o *thing) gives(c *schema.Connector, f *schema.Field) bool {
	if c.Selection != nil {
		if shape := selectOf(c.Selection); shape != nil {
			_, ok := memberOf(shape, f.Name)
			return ok
		}
	}
	switch {
	case f.Block == nil, f.Block == c.Block(), o.typ.KeyField(f.Name):
		return true
	case c.KeyArgs:
		return asks(f.Block, c.Source)
	default:
		return false
	}
}

// asks reports whether one of the connectors of a block calls a source.
func asks(block *schema.Connector, source *schema.Source) bool {
	for _, c := range append([]*schema.Connector{block}, block.Twins...) {
		if c.Source == source {
			return true
		}
	}
	return false
}

// loads reports whether a block is that of a loader of o's type.
func (o *thing) loads(block *schema.Connector) bool {
	return slices.ContainsFunc(o.typ.Loaders, func(c *schema.Connector) bool { return c.Block() == block })
}

// loader returns the loader of o: the one it was looked up by, else the first one whose key it has.
func (o *thing) loader() *schema.Connector {
	if o.by != nil && slices.Contains(o.typ.Loaders, o.by) {
		return o.by
	}
	return o.keyed(o.typ.Loaders)
}

// has reports whether o has the key of c.
func (o *thing) has(c *schema.Connector) bool {
	for _, in := range c.Inputs {
		if f := o.typ.Fields[in.Path[0]]; o.represented && !o.carries(f) && f.Connector == nil {
			return false
		}
		if o.held.shape == nil {
			continue
		}
		if !listed(o.held.shape, in.Path) && o.typ.Fields[in.Path[0]].Connector == nil {
			return false
		}
	}
	return true
}

// listed reports whether a selection gives the value at a path of fields: what lies in an object that it takes as it is, is given.
func listed(shape *mapping.Object, path []string) bool {
	for _, name := range path {
		if shape == nil {
			return true
		}
		m, ok := memberOf(shape, name)
		if !ok {
			return false
		}
		shape = selectOf(m)
	}
	return true
}

func (o *thing) keyed(all []*schema.Connector) *schema.Connector {
	for _, c := range all {
		if o.has(c) {
			return c
		}
	}
	if len(all) == 0 {
		return nil
	}
	return all[0]
}

// fieldLevel reports whether c is written on a field: its reply carries all unbound fields of the source. A loader's reply
// carries those of its own block only.
func fieldLevel(c *schema.Connector) bool { return strings.Contains(c.Coordinate, ".") }

// read returns a field's value by the mapping of what it lies in.
func read(from located, f *schema.Field) located {
	out := located{via: from.via, embedded: f.Embedded, ours: from.ours}
	if from.ours {
		out.v = property(from.v, f.Name)
		return out
	}
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
	if p := fromOf(f.For(sourceOf(from.via)), from.via); p != nil {
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
	if l := o.loaded[c]; l != nil {
		return l
	}
	l := &loaded{}
	o.loaded[c] = l
	this, ok, failure := x.inputs(o, c, (c.HTTP == nil || c.Function() != nil) && !slices.Contains(o.typ.Loaders, c))
	if !ok {
		l.failure = failure
		return l
	}
	r := x.call(c, this, NewObject(), nil, o.typ)
	l.value, l.found, l.failure = r.value, r.found, r.failure
	l.value.asked = this
	if _, isObject := r.value.v.(*Object); r.found && !isObject { // an entity that is no object
		l.found, l.failure = false, fault.New(fault.UpstreamBadResponse, "reference")
	}
	return l
}

// value reads a field of o that has no connector of its own, from what is held or from its loader.
func (x *execution) value(o *thing, f *schema.Field) located {
	c := x.provider(o, f)
	if c == nil {
		return repeated(o.held, f)
	}
	l := x.load(o, c)
	if !l.found {
		return located{v: absent{}}
	}
	return repeated(l.value, f)
}

// repeated reads a field. A member of the key that an entity was asked for by is there although its reply does not repeat it;
// of those in an object inside, if that object is there.
func repeated(from located, f *schema.Field) located {
	out := read(from, f)
	if from.asked == nil {
		return out
	}
	asked := from.asked.Get(f.Name)
	inner, nested := asked.(*Object)
	switch {
	case nested && isObject(out.v):
		out.asked = inner
	case !nested && isAbsent(out.v):
		out.v = asked
	}
	return out
}

func isObject(v any) bool {
	_, ok := v.(*Object)
	return ok
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
			x.inputLoaders(o, f.Connector, need)
		}
	}
	return out
}

// inputLoaders finds the loaders of what a field's connector reads, also of what connectors of its inputs read.
func (x *execution) inputLoaders(o *thing, c *schema.Connector, need func(*schema.Field)) {
	for _, in := range c.Inputs {
		f := o.typ.Fields[in.Path[0]]
		if f.Connector != nil {
			x.inputLoaders(o, f.Connector, need)
			continue
		}
		o.reading = listed(o.held.shape, in.Path)
		need(f)
		o.reading = false
	}
}
