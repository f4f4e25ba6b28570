package schema

import (
	"fmt"

	"github.com/vektah/gqlparser/v2/ast"

	"manifold/internal/mapping"
)

// reply is what is known of the place where an object is found: in a reply that is taken as it is (object is nil: default
// mapping), or in an object that a mapping builds, which has the members listed and no others.
type reply struct {
	object     *mapping.Object
	text       *ast.Value // where the mapping is written; nil without one
	at         int        // where in the text the mapping of this object begins
	coordinate string     // of the connector or @from
	by         *Connector // the loader that was asked for the object by key: what is not here only another one may have
	scope      *scope     // what the mapping may read besides the reply; nil: not known here
	built      bool       // the mapping is evaluated: of the reply there is only what it lists
	tells      bool       // an object in it says its type if asked: the service speaks GraphQL
	checked    bool       // what the mapping lists is in the SDL: checked for an abstract type as a whole
}

// shapes walks all that clients can reach, from the root types on, and checks that each field has a place where it is
// found: a connector, the block's connector, the reply that carries its parent, or the loader of its parent.
type shapes struct {
	*loader
	seen map[visit]bool
	done map[*Connector]bool

	reported map[*field]bool          // fields that no loader provides
	keyless  map[*mapping.Object]bool // objects that lack a key
}

type visit struct {
	t      *typ
	object *mapping.Object
	by     *Connector
	tells  bool
}

func (l *loader) checkShapes() {
	s := &shapes{
		loader: l, seen: map[visit]bool{}, done: map[*Connector]bool{},
		reported: map[*field]bool{}, keyless: map[*mapping.Object]bool{},
	}
	for _, op := range []ast.Operation{ast.Query, ast.Mutation} {
		if root := l.roots[op]; root != nil {
			s.root(root)
		}
	}
}

// root walks the fields of a root type or a namespace.
func (s *shapes) root(t *typ) {
	if s.seen[visit{t: t}] {
		return
	}
	s.seen[visit{t: t}] = true
	for _, f := range t.fields {
		target := s.types[f.def.Type.Name()]
		switch {
		case f.model.Connector != nil:
			s.connector(f)
		case f.model.Lookup:
			if target != nil && target.composite() && target.model.Loader() != nil {
				s.reference(target, f, reply{coordinate: f.coordinate()})
			}
		case f.model.Block != nil: // a connector on a root type is reported already
		case s.namespace(f):
			f.model.Namespace = true
			s.root(target)
		case s.mock.All: // a service that does not exist yet
		case f.faulty, s.kindOf(f.def.Type.Name()) == "": // reported already
		default:
			s.problem(f.pos(), f.coordinate(), "nothing serves this field: it has no connector",
				`add @connect(source: "...", http: { GET: "/..." })`+s.lookupHint(f, target))
		}
	}
}

func (s *shapes) lookupHint(f *field, target *typ) string {
	if target != nil && target.model.Loader() != nil && f.def.Type.Elem == nil {
		return ", or @lookup to use the loader of " + target.name
	}
	return ""
}

// namespace reports whether a field is an empty object that only groups fields: its type has a binding on every field.
func (s *shapes) namespace(f *field) bool {
	t := s.types[f.def.Type.Name()]
	if t == nil || t.kind != ast.Object || f.def.Type.Elem != nil || t.model.Loader() != nil || len(f.model.From) > 0 || len(t.fields) == 0 {
		return false
	}
	known, visited := s.namespaces[t]
	if visited {
		return known
	}
	s.namespaces[t] = false // for types that lead back to themselves
	for _, inner := range t.fields {
		m := inner.model
		if m.Connector == nil && m.Block == nil && !m.Lookup && !s.namespace(inner) {
			return false
		}
	}
	s.namespaces[t] = true
	return true
}

// connector walks the reply of a field's own connector.
func (s *shapes) connector(f *field) {
	c := f.model.Connector
	if s.done[c] {
		return
	}
	s.done[c] = true
	t := s.types[f.def.Type.Name()]
	if t == nil || !t.composite() {
		return
	}
	for _, r := range s.replies(c.Selection, s.selections[c], c.Coordinate) {
		r.built, r.tells = r.built || c.HTTP == nil, c.Ask != nil
		s.value(t, f, r)
	}
}

// value walks a value of a composite type found in r; f is the field that holds it, or nil for a loader's.
func (s *shapes) value(t *typ, f *field, r reply) {
	if t.kind == ast.Object {
		s.object(t, r)
		return
	}
	if !s.tellable(t, f, r) {
		s.untold(t, f, r)
	}
	possible := s.possible(t)
	if r.object != nil {
		s.checkMembers(r, t, possible)
		r.checked = true
	}
	for _, o := range possible {
		s.object(o, r)
	}
}

func (s *shapes) untold(t *typ, f *field, r reply) {
	p, coordinate := t.pos(), t.name
	if f != nil {
		p, coordinate = f.pos(), f.coordinate()
	}
	hint := `add @discriminate(field: "...") to ` + keyword(t.kind) + " " + t.name + ", naming the property of the reply that tells the type"
	if d := discriminatorOf(t, f); d != nil {
		s.problem(s.insideText(r.text, r.at), r.coordinate, fmt.Sprintf("@discriminate finds nothing: the mapping makes objects of %s that have only what it lists", t.name),
			d.untoldHint())
		return
	}
	if r.object != nil {
		hint = `add __typename: "..." to the mapping, or @discriminate(field: "...") to ` + keyword(t.kind) + " " + t.name
	}
	s.problem(p, coordinate, fmt.Sprintf("the type of a value of %s cannot be told: it may be %s", t.name, s.listPossible(t)), hint)
}

func (s *shapes) listPossible(t *typ) string {
	var names []string
	for _, o := range s.possible(t) {
		names = append(names, o.name)
	}
	if len(names) == 0 {
		return "none of the types"
	}
	return oneOf(names)
}

// object walks the fields of an object found in r.
func (s *shapes) object(t *typ, r reply) {
	if s.seen[visit{t, r.object, r.by, r.tells}] || t.model == nil {
		return
	}
	s.seen[visit{t, r.object, r.by, r.tells}] = true
	var m *members
	if r.object != nil {
		m = flatten(r.object)
		if !r.checked {
			s.checkMembers(r, t, nil)
		}
	}
	var wanted []*field // of a loader
	for _, f := range t.fields {
		switch {
		case f.model.Connector != nil:
			s.connector(f)
		case f.model.Block != nil && f.model.Block != t.model.Loader().Block():
			s.blocks(t, f)
		case m == nil:
			s.found(f, r.tells)
		case r.by == nil && m.values[f.def.Name] != nil && t.model.KeyHolder(f.model, m.values[f.def.Name]):
			wanted = append(wanted, f)
		case m.values[f.def.Name] != nil:
			s.listed(f, m.values[f.def.Name], m.at[f.def.Name], r)
		case m.open:
			s.found(f, r.tells)
		case s.namespace(f):
			f.model.Namespace = true
			s.root(s.types[f.def.Type.Name()])
		case r.by != nil: // who wants the field looks for a loader that has it
		case t.model.Entity():
			wanted = append(wanted, f)
		default:
			s.nowhere(t, f, r)
		}
	}
	if len(wanted) > 0 {
		s.want(t, wanted, m, r)
	}
}

func (s *shapes) nowhere(t *typ, f *field, r reply) {
	why := t.name + " has no loader"
	hint := "add " + f.def.Name + " to the mapping, or @connect to " + t.name + " to load it by key"
	if c := t.model.Loader(); c != nil {
		why, hint = "it is the loader", "add "+f.def.Name+" to the mapping"
		if c.HTTP == nil { // computed fields were written where a loader belongs
			hint += ", or write `extend type " + t.name + " @connect(selection: ...)` for the fields that are computed from others"
		}
	}
	s.problem(s.insideText(r.text, 0), f.coordinate(), fmt.Sprintf("nothing provides this field: the mapping of %s does not list it, and %s", r.coordinate, why), hint)
}

// found walks a field that lies in a reply as it is: under its own name, or where @from says. tells is that of the reply.
func (s *shapes) found(f *field, tells bool) {
	t := s.types[f.def.Type.Name()]
	if t == nil {
		s.leafFrom(f)
		return
	}
	if !t.composite() {
		s.leafFrom(f)
		return
	}
	if s.namespace(f) {
		f.model.Namespace = true
		s.root(t)
		return
	}
	if len(f.model.From) == 0 {
		s.reference(t, f, reply{coordinate: f.coordinate(), tells: tells})
		return
	}
	for i, from := range f.model.From {
		for _, r := range s.replies(from.Path, f.fromValues[i], f.coordinate()) {
			r.tells = tells
			s.reference(t, f, r)
		}
	}
}

// leafFrom checks that @from does not build an object for a scalar, nor anything else that the field cannot be.
func (s *shapes) leafFrom(f *field) {
	for i, from := range f.model.From {
		p := s.insideText(f.fromValues[i], 0)
		if buildsObject(from.Path) && s.plainLeaf(f) {
			s.problem(p, f.coordinate(), "the path makes an object, but the field is "+f.def.Type.Name(), leafHint(from.Path))
			continue
		}
		s.fitField(from.Path, f, p, f.coordinate(), nil)
	}
}

// plainLeaf reports whether a field is a scalar or enum that cannot hold an object.
func (l *loader) plainLeaf(f *field) bool {
	name := f.def.Type.Name()
	kind := l.kindOf(name)
	return kind == ast.Enum || (kind == ast.Scalar && l.types[name] == nil)
}

// reference walks an object inside of a reply: an entity with a loader is loaded by its key, unless the reply carries it.
func (s *shapes) reference(t *typ, f *field, r reply) {
	if r.object == nil && t.model.Loader() != nil && !f.model.Embedded {
		if t.kind != ast.Object && !s.tellable(t, f, r) {
			s.untold(t, f, r)
		}
		s.wantAll(t)
		return
	}
	s.value(t, f, r)
	if t.kind == ast.Object || r.object != nil || f.model.Embedded {
		return
	}
	for _, o := range s.possible(t) {
		if o.model.Entity() {
			s.wantAll(o)
		}
	}
}

// listed walks a field that a mapping lists.
func (s *shapes) listed(f *field, n mapping.Node, offset int, r reply) {
	t := s.types[f.def.Type.Name()]
	if t == nil || !t.composite() {
		if s.plainLeaf(f) && buildsObject(n) {
			s.problem(s.insideText(r.text, offset), r.coordinate, fmt.Sprintf("the mapping makes an object of %s, but the field is %s", f.def.Name, f.def.Type),
				leafHint(n))
			return
		}
		s.fitField(n, f, s.insideText(r.text, offset), r.coordinate, r.scope)
		return
	}
	if lit, ok := n.(*mapping.Literal); ok && string(lit.JSON) != "null" {
		s.problem(s.insideText(r.text, offset), r.coordinate, fmt.Sprintf("the mapping makes a constant of %s, but the field is %s", f.def.Name, f.def.Type),
			"write an object: "+f.def.Name+": { ... }")
		return
	}
	s.fitField(n, f, s.insideText(r.text, offset), r.coordinate, r.scope)
	for _, o := range objects(n) {
		s.reference(t, f, reply{object: o, text: r.text, coordinate: r.coordinate, at: offset, built: r.built || !mapping.Picks(n), tells: r.tells})
	}
}

// blocks walks the blocks that serve a field.
func (s *shapes) blocks(t *typ, f *field) {
	for _, d := range f.definitions() {
		if d.model.Block != nil {
			s.block(t, d.model.Block)
		}
	}
}

// block walks the fields that the connector of an extension serves.
func (s *shapes) block(t *typ, c *Connector) {
	if s.done[c] {
		return
	}
	s.done[c] = true
	for _, twin := range c.Twins {
		s.block(t, twin)
	}
	for _, r := range s.replies(c.Selection, s.selections[c], c.Coordinate) {
		s.checkMatch(c, r)
		r.scope, r.tells = &scope{parent: t}, c.Ask != nil
		var m *members
		if r.object != nil {
			m = flatten(r.object)
			s.checkMembers(r, t, nil)
		}
		for _, f := range t.fields {
			for _, d := range f.definitions() {
				if d.model.Block == c.Block() && d.model.Connector == nil {
					s.served(d, c, m, r)
				}
			}
		}
	}
}

// served checks where the reply of a block's connector has a field of the block. m are the members of its mapping, nil
// without one.
func (s *shapes) served(f *field, c *Connector, m *members, r reply) {
	switch {
	case m == nil || m.open && m.values[f.def.Name] == nil:
		s.found(f, r.tells)
	case m.values[f.def.Name] != nil:
		s.listed(f, m.values[f.def.Name], m.at[f.def.Name], r)
	default:
		s.problem(s.insideText(r.text, 0), f.coordinate(),
			fmt.Sprintf("nothing provides this field: the mapping of the block's connector (%s) does not list it", c.ID), "add "+f.def.Name+" to the mapping")
	}
}
