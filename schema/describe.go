package schema

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// describe builds the model from the blocks. What depends on undefined types is left out; these are reported already.
func (l *loader) describe(all *uses) *Gateway {
	g := &Gateway{Types: map[string]*Type{}, Env: l.used}
	l.findLegacy(all)
	l.readSources(all, l.inputs)
	l.readClients(all, l.inputs)
	l.readProxies(all, l.inputs)
	l.checkOverlays()
	l.skeleton(g)
	for _, t := range l.order {
		if t.kind == ast.Enum {
			l.enum(t, all)
		}
	}
	l.connectors()
	l.checkMockSources()
	l.froms()
	l.readMocks()
	l.discriminators()
	l.inheritBindings()
	l.keys()
	l.mockedFunctions()
	l.loaders()
	l.checkEmbedded()
	l.lookups()
	l.strayArguments()
	l.checkShared()
	l.checkRequires()
	l.privates()
	l.readGuards()
	l.readCaches()
	l.checkShapes()
	l.fitReplies()
	l.fitFunctions()
	l.checkCycles()
	if !l.failed() {
		l.warn()
		l.idle()
	}
	if l.mock.Any() && !l.failed() {
		l.makeUp(g)
	}
	l.mockedProxies()
	g.Sources, g.Clients, g.Proxies = l.sources, l.clients, l.proxies
	return g
}

// findLegacy notes the files that are linked to a version of connect in which mappings mean literals differently.
func (l *loader) findLegacy(all *uses) {
	l.legacy = map[*ast.Source]bool{}
	for file, uses := range all.schema {
		for _, u := range usesOf(uses, "link") {
			address, _ := text(u.arg("url"))
			version, ok := strings.CutPrefix(strings.TrimSuffix(address, "/"), "https://specs.apollo.dev/connect/")
			if ok && (version == "v0.1" || version == "v0.2" || version == "v0.3") {
				l.legacy[file] = true
			}
		}
	}
}

// skeleton makes the Types and Fields of the model, without bindings.
func (l *loader) skeleton(g *Gateway) {
	for name, def := range l.lang.builtin {
		if def.Kind == ast.Scalar {
			g.Types[name] = &Type{Name: name, Kind: ast.Scalar}
		}
	}
	for _, t := range l.order {
		t.model = &Type{Name: t.name, Kind: t.kind}
		g.Types[t.name] = t.model
	}
	for _, t := range l.order {
		if t.kind == ast.Object || t.kind == ast.Interface || t.kind == ast.InputObject {
			t.model.Fields = map[string]*Field{}
		}
		for _, f := range t.fields {
			m := &Field{Name: f.def.Name, Parent: t.model, Def: f.def, Type: f.def.Type, Named: g.Types[f.def.Type.Name()], Hidden: l.hides(f.coordinate())}
			for _, a := range l.visibleArguments(f.def.Arguments) {
				m.Args = append(m.Args, &Arg{Name: a.Name, Def: a, Type: a.Type, Named: g.Types[a.Type.Name()], Default: a.DefaultValue})
			}
			f.model = m
			for _, a := range f.also {
				also := *m
				also.Def = a.def
				a.model = &also
				m.Also = append(m.Also, a.model)
			}
			t.model.Fields[m.Name] = m
			t.model.Order = append(t.model.Order, m)
		}
		if t.kind != ast.Object {
			l.possibleTypes(t)
		}
	}
	for op, t := range l.roots {
		if l.hides(t.name) {
			continue
		}
		switch op {
		case ast.Query:
			g.Query = t.model
		case ast.Mutation:
			g.Mutation = t.model
		case ast.Subscription:
			g.Subscription = t.model
		}
	}
}

// possibleTypes fills the object types that an interface or union may be, as clients see them.
func (l *loader) possibleTypes(t *typ) {
	for _, o := range l.possible(t) {
		if l.hides(o.name) {
			t.model.MayHide = true
			continue
		}
		t.model.Possible = append(t.model.Possible, o.model)
	}
}

// enum fills the spellings of an enum. A value's own name is always accepted; the first option is what is sent.
func (l *loader) enum(t *typ, all *uses) {
	t.model.Values, t.model.Send = map[string]string{}, map[string]string{}
	for _, b := range t.blocks {
		for _, v := range b.def.EnumValues {
			t.model.Values[v.Name] = v.Name
			t.model.Send[v.Name] = v.Name
		}
	}
	for _, b := range t.blocks {
		for _, v := range b.def.EnumValues {
			u := first(all.values[v], "alias")
			if u == nil {
				continue
			}
			coordinate := t.name + "." + v.Name
			options := items(u.arg("options"))
			if list := u.arg("options"); list != nil && len(options) == 0 {
				l.problem(at(list.Position), coordinate, "@alias has no options", "name at least one spelling, or remove it")
			}
			for i, o := range options {
				spelling, ok := text(o)
				if !ok {
					continue
				}
				if i == 0 {
					t.model.Send[v.Name] = spelling
				}
				if other, taken := t.model.Values[spelling]; taken && other != v.Name {
					l.problem(at(o.Position), coordinate, fmt.Sprintf("the spelling %q already means %s.%s", spelling, t.name, other),
						"a spelling can mean one value of an enum only")
					continue
				}
				t.model.Values[spelling] = v.Name
			}
		}
	}
	for name := range t.model.Send {
		if l.hides(t.name + "." + name) {
			if t.model.Hidden == nil {
				t.model.Hidden = map[string]bool{}
			}
			t.model.Hidden[name] = true
		}
	}
}

// froms reads every @from.
func (l *loader) froms() {
	for _, t := range l.order {
		for _, f := range t.fields {
			for _, d := range f.definitions() {
				for _, u := range usesOf(d.uses, "from") {
					l.from(d, u)
				}
			}
		}
	}
}

func (l *loader) from(f *field, u *use) {
	coordinate := f.coordinate()
	switch {
	case l.isRoot(f.owner):
		l.problem(u.at, coordinate, "a field of "+f.owner.name+" lies in no reply", rootFromHint(f, u))
	case f.model.Connector != nil:
		l.problem(u.at, coordinate, "the field has a connector of its own, so @from has no effect", fromHint(u))
	}
	var source *Source
	if v := u.arg("source"); v != nil {
		if source = l.source(v, coordinate); source == nil {
			return
		}
	}
	if slices.ContainsFunc(f.model.From, func(o From) bool { return o.Source == source }) {
		l.problem(u.at, coordinate, "@from is given twice for the same source", "keep one of them")
		return
	}
	reason := "@from reads the reply only"
	scope := &scope{coordinate: coordinate, noArgs: reason, noParent: reason}
	path := l.expression(u.arg("path"), scope, answering)
	if path != nil {
		f.model.From = append(f.model.From, From{Source: source, Path: path})
		f.fromValues = append(f.fromValues, u.arg("path"))
	}
	if truth(u.arg("embedded"), false) {
		if t := l.types[f.def.Type.Name()]; t == nil || !t.composite() {
			l.problem(at(u.arg("embedded").Position), coordinate, "embedded: true is for objects, and this field is "+f.def.Type.Name(), "remove it")
		}
		f.model.Embedded = true
	}
}

// checkEmbedded finds embedded: true where nothing would be loaded anyway.
func (l *loader) checkEmbedded() {
	for _, t := range l.order {
		for _, f := range t.fields {
			inner := l.types[f.def.Type.Name()]
			if inner == nil || !inner.composite() || inner.model.Entity() ||
				slices.ContainsFunc(l.possible(inner), func(o *typ) bool { return o.model.Entity() }) {
				continue
			}
			for _, d := range f.definitions() {
				for _, u := range usesOf(d.uses, "from") {
					if truth(u.arg("embedded"), false) {
						l.problem(at(u.arg("embedded").Position), f.coordinate(), "embedded: true has no effect: "+inner.name+" is no entity, so that every reply carries it whole", "remove it")
					}
				}
			}
		}
	}
}

// readSelection reads the selection of a connector and checks it against the kind of its result.
func (l *loader) readSelection(u *use, s site, c *Connector, sc *scope, call bool) {
	v := u.arg("selection")
	if v == nil {
		return
	}
	side := answering
	if !call {
		side = asking
	}
	c.Selection = l.selection(v, sc, side)
	l.selections[c] = v
	c.Blind = c.Selection != nil && call && replyPath(c.Selection, false, false) == nil
	if s.field == nil || c.Selection == nil {
		return
	}
	name := s.field.def.Type.Name()
	if l.plainLeaf(s.field) && buildsObject(c.Selection) {
		l.problem(at(v.Position), c.Coordinate, "the selection makes an object, but the field is "+name, leafHint(c.Selection))
		return
	}
	if sc.read.batch.src == nil && u.arg("batch") == nil { // a batch gives its reply to many
		l.fitField(c.Selection, s.field, at(v.Position), c.Coordinate, sc)
	}
}

// inheritBindings gives what is bound on an interface to the types that implement it and bind nothing of their own
// (LANGUAGE 1.4). What a field of an interface says by @from and @discriminate holds in the same way.
func (l *loader) inheritBindings() {
	for _, t := range l.order {
		for _, b := range t.blocks {
			if b.connector == nil {
				continue
			}
			for _, f := range t.fields {
				for _, d := range f.definitions() {
					if d.block == b && d.model.Connector == nil {
						d.model.Block = b.connector
					}
				}
			}
		}
	}
	for _, t := range l.order {
		if t.kind != ast.Object {
			continue
		}
		for _, name := range t.implements {
			i := l.types[name]
			if i == nil || i.kind != ast.Interface {
				continue
			}
			for _, f := range t.fields {
				if from := i.byName[f.def.Name]; from != nil {
					inheritField(f, from)
				}
			}
		}
	}
}

func inheritField(f, from *field) {
	m := f.model
	if m.Connector == nil && m.Block == nil && len(m.From) == 0 {
		m.Connector = from.model.Connector
		if from.block.ext {
			m.Block = from.model.Block
		}
	}
	if len(m.From) == 0 && m.Connector == nil {
		m.From, m.Embedded = from.model.From, m.Embedded || from.model.Embedded
		f.fromValues = from.fromValues
	}
	if m.Discriminator == nil {
		m.Discriminator = from.model.Discriminator
	}
}
