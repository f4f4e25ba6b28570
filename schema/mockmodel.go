package schema

import (
	"slices"

	"github.com/vektah/gqlparser/v2/ast"

	"manifold/internal/mapping"
)

// makeUp turns the checked model into one that makes up what mocked sources would answer. Each connector that calls one
// becomes a connector without a call, whose selection makes a value of the field's type; each field whose @mock counts gets
// a connector of its own. Nothing behind the schema knows of mocks: a plan of made-up values is a plan like any other, and
// without mocks there is nothing to look at on the way of a request.
//
// Entities are made by their loaders, so that the same key is the same object wherever it turns up; all other replies only
// refer to them.
func (l *loader) makeUp(g *Gateway) {
	m := &mocking{loader: l, blocks: map[blockOf]*Connector{}, real: map[*typ]bool{}, counts: map[*field]*mockValue{}}
	if !l.mock.All {
		m.findReal()
	}
	s := shapes{loader: l}
	for _, t := range l.order {
		for _, f := range t.fields {
			m.counting(f)
			if f.model.Connector == nil && !f.model.Lookup && s.namespace(f) { // also where no binding leads to
				f.model.Namespace = true
			}
		}
	}
	// What is still to be replaced is read while replacements are made, so they are put in at the end.
	var done []func()
	for _, t := range l.order {
		for _, f := range t.fields {
			if c := m.connector(f); c != nil {
				done = append(done, func() { m.put(f, c) })
			}
		}
		if t.kind == ast.Object || t.kind == ast.Interface {
			done = append(done, m.replaceBlocks(t)...)
		}
	}
	for _, put := range done {
		put()
	}
	l.checkCycles()
	g.Mocked = m.leaveOut()
}

// mocking is the work of makeUp.
type mocking struct {
	*loader
	blocks map[blockOf]*Connector // made for the connectors of blocks
	real   map[*typ]bool          // objects of these types lie in replies of sources that are called
	counts map[*field]*mockValue  // the @mock that counts for a field: its own, or that of an interface
}

// blockOf is a connector on a block, as one of the types has it that inherit it.
type blockOf struct {
	t *typ
	c *Connector
}

// possible returns the object types that a value may be made of: those that clients see.
func (m *mocking) possible(t *typ) []*typ {
	return slices.DeleteFunc(slices.Clone(m.loader.possible(t)), func(o *typ) bool { return m.hides(o.name) && !m.hides(t.name) })
}

// calls reports whether c calls a source that is mocked.
func (m *mocking) calls(c *Connector) bool { return c != nil && c.Source != nil && m.mocks(c.Source) }

// counting notes the @mock that counts for f. While some sources are called, it is that of fields that a mocked one serves.
func (m *mocking) counting(f *field) {
	mock := f.mock
	for _, name := range f.owner.implements {
		if i := m.types[name]; mock == nil && i != nil && i.byName[f.def.Name] != nil {
			mock = i.byName[f.def.Name].mock
		}
	}
	if mock == nil {
		return
	}
	by := f.model.Connector
	target := m.types[f.def.Type.Name()]
	switch {
	case by != nil:
	case f.model.Lookup && target != nil:
		by = f.model.Loader
	case f.model.Block != nil:
		by = f.model.Block
	default:
		by = f.owner.model.Loader()
	}
	if m.mock.All || m.calls(by) || (by == nil && !m.isRoot(f.owner) && !m.real[f.owner]) {
		m.counts[f] = mock
	}
}

// own reports whether a field is served by a connector of its own, before or after.
func (m *mocking) own(f *field) bool { return f.model.Connector != nil || m.counts[f] != nil }

// findReal notes the types whose objects lie in the replies of sources that are called.
func (m *mocking) findReal() {
	var visit func(t *typ, by *Connector)
	inside := func(f *field, by *Connector) {
		if t := m.types[f.def.Type.Name()]; t != nil && t.composite() {
			visit(t, by)
		}
	}
	visit = func(t *typ, by *Connector) {
		for _, o := range append([]*typ{t}, m.possible(t)...) {
			if m.real[o] {
				continue
			}
			m.real[o] = true
			for _, f := range o.fields {
				if f.model.Connector == nil && (f.model.Block == nil || f.model.Block == by) {
					inside(f, by)
				}
			}
		}
	}
	for _, t := range m.order {
		for _, f := range t.fields {
			for _, c := range []*Connector{f.model.Connector, f.model.Block} {
				if c != nil && c.Source != nil && !m.mocks(c.Source) {
					inside(f, c)
				}
			}
		}
	}
}

// connector returns the connector that makes up the value of a field, nil if the field is left as it is.
func (m *mocking) connector(f *field) *Connector {
	old := f.model.Connector
	mock := m.counts[f]
	switch {
	case mock != nil, m.calls(old):
	case old == nil && m.unbound(f):
	default:
		return nil
	}
	c := &Connector{ID: f.coordinate(), Coordinate: f.coordinate(), Pos: f.def.Position}
	if mock != nil {
		c.Args, c.Inputs = slices.Clone(mock.read.args), slices.Clone(mock.read.inputs)
	}
	k := maker{mocking: m, variety: variety{n: 1}}
	if old != nil {
		c.ID, c.Pos = old.ID, old.Pos
		if old.KeyArgs {
			c.KeyArgs, c.Inputs = true, old.Inputs
			k.variety = m.varietyOf(m.types[f.def.Type.Name()], old, "this")
			k.whole = old
		} else if !m.isRoot(f.owner) {
			k.variety = m.varietyOf(f.owner, old, "this")
			if l := f.owner.model.Loader(); l != nil && len(l.Inputs) == 1 && len(old.Inputs) > 0 && slices.Equal(l.Inputs[0].Path, old.Inputs[0].Path) {
				k.parent = parent{f.owner, k.variety.node}
			}
		}
	}
	if !c.KeyArgs { // a reference has no arguments
		k = k.echoed(f)
	}
	if target := m.types[f.def.Type.Name()]; k.variety.node == nil && target != nil && f.def.Type.Elem == nil {
		k = k.asked(target)
	}
	if mock != nil {
		c.Selection = k.completed(mock.node, f.def.Type)
	} else {
		c.Selection = k.field(f)
	}
	m.reads(c)
	return c
}

// unbound reports whether a root field has no binding yet: services that do not exist are mocked too.
func (m *mocking) unbound(f *field) bool {
	return m.mock.All && m.isRoot(f.owner) && !f.model.Lookup && f.model.Block == nil && !f.model.Namespace
}

// put makes c the connector of f, and a loader of the type if the old one was.
func (m *mocking) put(f *field, c *Connector) {
	if old := f.model.Connector; old != nil && old.KeyArgs {
		m.exchange(old, c)
	}
	f.model.Connector, f.model.Lookup = c, false
	if !c.KeyArgs {
		f.model.Loader, f.model.LookupKeys = nil, nil
	}
}

// exchange puts a loader in the place of another one.
func (m *mocking) exchange(old, c *Connector) {
	for _, t := range m.order {
		if i := slices.Index(t.model.Loaders, old); i >= 0 {
			t.model.Loaders[i] = c
		}
		for _, f := range t.fields {
			if f.model.Loader == old {
				f.model.Loader = c
			}
		}
	}
}

// replaceBlocks makes connectors in place of those on the blocks of t, and returns what puts them in.
func (m *mocking) replaceBlocks(t *typ) (done []func()) {
	replace := func(c *Connector) *Connector {
		if !m.calls(c) || c.KeyArgs {
			return c
		}
		if m.blocks[blockOf{t, c}] == nil {
			m.blocks[blockOf{t, c}] = m.block(t, c)
		}
		return m.blocks[blockOf{t, c}]
	}
	for _, b := range t.blocks {
		if len(b.connectors) > 1 && slices.ContainsFunc(b.connectors, func(c *Connector) bool { return replace(c) != c }) {
			done = append(done, m.twins(b.connectors, replace))
		}
	}
	for i, old := range t.model.Loaders {
		if c := replace(old); c != old {
			done = append(done, func() { t.model.Loaders[i] = c; m.lookedUpBy(t, old, c) })
		}
	}
	for _, f := range t.fields {
		for _, d := range f.definitions() {
			if c := replace(d.model.Block); c != d.model.Block && t.kind == ast.Object {
				done = append(done, func() { d.model.Block = c })
			}
		}
	}
	return done
}

// twins keeps the connectors of a block together, whichever of them are replaced.
func (m *mocking) twins(old []*Connector, replace func(*Connector) *Connector) func() {
	return func() {
		all := make([]*Connector, len(old))
		for i, c := range old {
			all[i] = replace(c)
		}
		for _, c := range all {
			c.First, c.Twins = all[0], nil
		}
		all[0].First, all[0].Twins = nil, all
	}
}

// lookedUpBy lets the root fields that pick entities of t by one loader use another one.
func (m *mocking) lookedUpBy(t *typ, old, c *Connector) {
	for _, root := range m.roots {
		for _, f := range root.fields {
			if f.model.Loader == old && f.model.Named == t.model {
				f.model.Loader = c
			}
		}
	}
}

// block returns the connector that makes up the fields of a block of t that old has served.
func (m *mocking) block(t *typ, old *Connector) *Connector {
	c := &Connector{ID: old.ID, Coordinate: old.Coordinate, Pos: old.Pos}
	k := maker{mocking: m, variety: m.varietyOf(t, old, "this"), whole: old}
	if t.loadedBy(old) {
		c.Inputs = old.Inputs
		c.Selection = k.loaded(t)
	} else {
		c.Selection = k.sized(func(k maker) mapping.Node { return k.members(t, old) })
	}
	m.reads(c)
	return c
}

// members makes the fields that the connector of a block has served.
func (k maker) members(t *typ, old *Connector) *mapping.Object {
	o := &mapping.Object{}
	for _, f := range t.fields {
		if f.model.Block == old.Block() && !k.own(f) {
			o.Members = append(o.Members, mapping.Member{Name: f.def.Name, Value: k.inside().value(f, f.def.Type)})
		}
	}
	return o
}

// reads notes what a made-up selection reads of the request and of the parent. The inputs of a loader are its key, whether
// they are read or not.
func (m *mocking) reads(c *Connector) {
	for _, u := range mapping.Variables(c.Selection) {
		if len(u.Path) == 0 {
			continue
		}
		switch {
		case u.Name == "args" && !slices.Contains(c.Args, u.Path[0]):
			c.Args = append(c.Args, u.Path[0])
		case u.Name == "this" && !slices.ContainsFunc(c.Inputs, func(in Input) bool {
			return len(in.Path) <= len(u.Path) && slices.Equal(in.Path, u.Path[:len(in.Path)]) // a path may go on into a custom scalar
		}):
			c.Inputs = append(c.Inputs, Input{Path: u.Path})
		}
	}
}

// leaveOut takes the mocked sources out of those that are called, and returns their names.
func (m *mocking) leaveOut() (names []string) {
	var called []*Source
	for _, s := range m.sources {
		if m.mocks(s) {
			if !slices.Contains(names, s.mockName()) {
				names = append(names, s.mockName())
			}
			continue
		}
		s.Index = len(called)
		called = append(called, s)
	}
	m.sources = called
	return names
}

// checkMockSources refuses names of sources to be mocked that are none.
func (l *loader) checkMockSources() {
	var names []string
	for _, s := range l.sources {
		names = append(names, s.mockName())
	}
	for _, name := range l.mock.Sources {
		if !slices.Contains(names, name) {
			message, hint := "there is no source "+name+" that could be mocked", l.didYouMean(name, names, "")
			if name == "" {
				message = "a source that shall be mocked has no name"
			}
			if hint == "" && len(names) > 0 {
				hint = "the sources are " + oneOf(names)
			}
			l.problem(place{}, "", message, hint)
		}
	}
}
