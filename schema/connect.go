package schema

import (
	"fmt"
	"strconv"
	"strings"

	"manifold/internal/mapping"
)

// site is where a @connect stands: on a field, or (field == nil) on a block of a type.
type site struct {
	owner *typ
	block *block
	field *field
}

func (s site) coordinate() string {
	if s.field != nil {
		return s.field.coordinate()
	}
	return s.owner.name
}

// connectors reads every @connect of the document.
func (l *loader) connectors() {
	l.ids = map[string]place{}
	for _, t := range l.order {
		nth := 0
		for _, b := range t.blocks {
			for _, u := range usesOf(b.uses, "connect") {
				l.blockConnector(b, l.connect(u, site{owner: t, block: b}, nth), u)
				nth++
			}
			nth = max(nth, 1) // that of an extension says that it is not the type's own
		}
		for _, f := range t.fields {
			for n, d := range f.definitions() {
				if u := l.single(usesOf(d.uses, "connect"), d.coordinate()); u != nil {
					d.model.Connector = l.connect(u, site{owner: t, block: d.block, field: d}, n)
				}
			}
		}
	}
}

// blockConnector adds one connector of a block. A second one serves the same fields by another key.
func (l *loader) blockConnector(b *block, c *Connector, u *use) {
	for _, other := range b.connectors {
		if !l.unread[c] && !l.unread[other] && sameSet(inputNames(c), inputNames(other)) && (c.Batch != nil) == (other.Batch != nil) {
			l.problem(u.at, c.Coordinate, fmt.Sprintf("two connectors of this block read the same key, %q", strings.Join(inputNames(c), " ")),
				"keep one of them; a second one reads another key, or the same one by $batch")
		}
	}
	b.connectors = append(b.connectors, c)
	if b.connector == nil {
		b.connector = c
		return
	}
	c.First, b.connector.Twins = b.connector, b.connectors
}

func (l *loader) single(uses []*use, coordinate string) *use {
	if len(uses) == 0 {
		return nil
	}
	if len(uses) > 1 {
		l.notYet(uses[1].at, coordinate, "a second @connect at one place", "keep one of them")
	}
	return uses[0]
}

// connect reads one @connect. It returns a connector even if something is wrong with it, so that what depends on it is
// not reported as missing.
func (l *loader) connect(u *use, s site, nth int) *Connector {
	if u.arg("fn") != nil {
		return l.functionConnector(u, s, nth)
	}
	c := &Connector{Coordinate: s.coordinate(), Pos: u.dir.Position}
	c.ID = l.connectorID(u, c.Coordinate, nth)
	scope := l.scopeOf(s)

	hasSource := u.arg("source") != nil
	if hasSource {
		c.Source = l.source(u.arg("source"), c.Coordinate)
		scope.source = c.Source
	}
	h, g, q := u.arg("http"), u.arg("grpc"), u.arg("graphql")
	calls := h != nil || g != nil || q != nil
	two := given(u, "http", "grpc", "graphql")
	switch {
	case len(two) > 1:
		l.problem(u.at, c.Coordinate, fmt.Sprintf("a connector makes one call: %s and %s are two", two[0], two[1]), "keep one of them")
	case q != nil && !hasSource:
		l.problem(at(q.Position), c.Coordinate, "a question in GraphQL needs a source", `declare @source(graphql: { url: "..." }), and name it: @connect(source: "...", ...)`)
	case q != nil:
		c.HTTP = l.graphql(q, s, c, scope)
	case g != nil && !hasSource:
		l.problem(at(g.Position), c.Coordinate, "a gRPC call needs a source", `declare @source(grpc: { target: "..." }), and name it: @connect(source: "...", ...)`)
	case g != nil:
		c.HTTP = l.grpc(g, s, c, scope)
	case h != nil && c.Source != nil && c.Source.GRPC != nil:
		l.problem(at(h.Position), c.Coordinate, fmt.Sprintf("source %q speaks gRPC", c.Source.Name), `write grpc: { method: "package.Service/Method" }`)
	case h != nil && c.Source != nil && c.Source.GraphQL != nil:
		l.problem(at(h.Position), c.Coordinate, fmt.Sprintf("source %q speaks GraphQL", c.Source.Name), `write graphql: { field: "..." }`)
	case h != nil:
		c.HTTP = l.http(h, u, c, hasSource, scope)
	case u.faulty:
	case hasSource:
		l.problem(u.at, c.Coordinate, "the connector names a source but makes no call", `write http: { GET: "/path" }, or leave source out`)
	case u.arg("selection") == nil:
		l.problem(u.at, c.Coordinate, "the connector does nothing", `write http: { GET: "/path" }, or selection: "..." for a value without a call`)
	}
	l.readSelection(u, s, c, scope, calls)
	c.Errors, c.Success = l.outcome(u, scope)
	if v := u.arg("resilience"); v != nil && !calls && !u.faulty {
		l.problem(at(v.Position), c.Coordinate, "nothing is called: resilience has no effect", "remove it")
	}
	l.ownResilience(u.arg("resilience"), c)
	if c.Source != nil {
		c.Source.Writes = c.Source.Writes || c.HTTP != nil && c.RPC == nil && c.Ask == nil && !c.HTTP.Idempotent()
		inherit(c, c.Source)
	}
	c.Inputs, c.Args = scope.read.inputs, scope.read.args
	c.Personal = scope.read.who || c.Source != nil && c.Source.Personal
	l.unread[c] = (calls && (c.HTTP == nil || c.HTTP.URL == nil)) || scope.read.faulty || u.faulty
	l.fillRequired(c, s, scope)
	if !calls && !u.faulty {
		l.checkComputed(u, s, c, scope)
		return c
	}
	l.readBatch(u, s, c, scope)
	notFound(c)
	l.checkReads(u, s, c, scope)
	return c
}

func (l *loader) connectorID(u *use, coordinate string, nth int) string {
	if id, ok := text(u.arg("id")); ok {
		p := at(u.arg("id").Position)
		if id == "" {
			l.problem(p, coordinate, "the id is empty", "give the connector a name, or leave id out: its name is "+coordinate)
		}
		if other, taken := l.ids[id]; taken {
			line, column, _ := l.lines[other.src].find(other.rune)
			l.problem(p, coordinate, fmt.Sprintf("the id %q is taken by the connector at %s:%d:%d", id, other.src.Name, line, column), "choose another one")
		}
		l.ids[id] = p
		return id
	}
	if nth > 0 {
		return coordinate + "#" + strconv.Itoa(nth+1)
	}
	return coordinate
}

// scopeOf says what the texts of a connector may read.
func (l *loader) scopeOf(s site) *scope {
	sc := &scope{coordinate: s.coordinate(), field: s.field, parent: s.owner, required: l.requirements(s)}
	if s.field == nil {
		sc.noArgs = "a connector on a type serves many fields and has no arguments: put the connector on the field that has them"
	}
	if l.isRoot(s.owner) {
		sc.parent = nil
		sc.noParent = s.owner.name + " has no parent object: use $args"
	}
	return sc
}

// checkComputed checks a connector without a call: its value is made of what is known already.
func (l *loader) checkComputed(u *use, s site, c *Connector, sc *scope) {
	switch {
	case s.field != nil:
	case sc.parent == nil:
		l.notYet(u.at, c.Coordinate, "a connector on a root type", "put it on each field")
	case !s.block.ext && len(c.Inputs) == 0 && !l.unread[c]:
		l.problem(u.at, c.Coordinate, "the connector of a type must read its key",
			"read it by $this, as in selection: \"id: $this.id ...\"; fields that need no key go into `extend type "+s.owner.name+"`")
	}
	if f := l.formOf(c.Selection, formEnv{scope: sc}); s.field == nil && (f.kind == scalar || f.kind == list) {
		l.problem(at(u.arg("selection").Position), c.Coordinate, "the mapping makes one value or a list, and a connector on a type makes an object with its fields",
			"name the field that has the value: field: "+mapping.String(c.Selection))
	}
	if sc.read.batch.src != nil {
		l.problem(sc.read.batch, c.Coordinate, "$batch is read, but nothing is called", "use $this")
	}
	for _, name := range []string{"batch", "errors", "isSuccess"} {
		if v := u.arg(name); v != nil {
			l.problem(at(v.Position), c.Coordinate, name+" is given, but nothing is called", "remove it")
		}
	}
}

// checkReads checks that a connector reads what tells its calls apart.
func (l *loader) checkReads(u *use, s site, c *Connector, sc *scope) {
	if s.field != nil || sc.parent == nil {
		if s.field == nil {
			l.notYet(u.at, c.Coordinate, "a connector on a root type", "put it on each field")
		}
		return
	}
	if len(c.Inputs) == 0 && !l.unread[c] {
		l.problem(u.at, c.Coordinate, "the connector of a type must read its key", "write {$batch.id} or {$this.id} into the call")
	}
}
