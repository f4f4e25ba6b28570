package schema

import (
	"fmt"
	"net/textproto"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"manifold/internal/mapping"
	"manifold/internal/template"
)

// defaultBatch is how many keys go into one call unless batch.maxSize says otherwise.
const defaultBatch = 100

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

// result is the type that the connector's reply describes: the field's, or the block's.
func (l *loader) result(s site) *typ {
	if s.field == nil {
		return s.owner
	}
	return l.types[s.field.def.Type.Name()]
}

// connectors reads every @connect of the document.
func (l *loader) connectors() {
	l.ids = map[string]place{}
	for _, t := range l.order {
		for i, b := range t.blocks {
			if u := l.single(usesOf(b.uses, "connect"), t.name); u != nil {
				b.connector = l.connect(u, site{owner: t, block: b}, i)
			}
		}
		for _, f := range t.fields {
			if u := l.single(usesOf(f.uses, "connect"), f.coordinate()); u != nil {
				f.model.Connector = l.connect(u, site{owner: t, block: f.block, field: f}, 0)
			}
		}
	}
}

func (l *loader) single(uses []*use, coordinate string) *use {
	if len(uses) == 0 {
		return nil
	}
	if len(uses) > 1 {
		l.notYet(uses[1].at, coordinate, "a second @connect at one place", "keep one; `extend type` gives a second one a place of its own")
	}
	return uses[0]
}

// connect reads one @connect. It returns a connector even if something is wrong with it, so that what depends on it is
// not reported as missing.
func (l *loader) connect(u *use, s site, nth int) *Connector {
	c := &Connector{Coordinate: s.coordinate(), Pos: u.dir.Position}
	other := u.arg("grpc") != nil || u.arg("graphql") != nil || u.arg("fn") != nil // reported by decode: not effective yet
	c.ID = l.connectorID(u, c.Coordinate, nth)
	scope := l.scopeOf(s)

	hasSource := u.arg("source") != nil
	if hasSource {
		c.Source = l.source(u.arg("source"), c.Coordinate)
	}
	h := u.arg("http")
	switch {
	case h != nil:
		c.HTTP = l.http(h, u, c, hasSource, scope)
	case other:
	case u.faulty:
	case hasSource:
		l.problem(u.at, c.Coordinate, "the connector names a source but makes no call", `write http: { GET: "/path" }, or leave source out`)
	case u.arg("selection") == nil:
		l.problem(u.at, c.Coordinate, "the connector does nothing", `write http: { GET: "/path" }, or selection: "..." for a value without a call`)
	}
	l.readSelection(u, s, c, scope, h != nil || other)
	c.Errors, c.Success = l.outcome(u, scope)
	if c.Source != nil {
		inherit(c, c.Source)
	}
	c.Inputs, c.Args = scope.read.inputs, scope.read.args
	l.unread[c] = other || (h != nil && (c.HTTP == nil || c.HTTP.URL == nil)) || scope.read.faulty || u.faulty
	if h == nil && !other && !u.faulty {
		l.checkComputed(u, s, c, scope)
		return c
	}
	l.readBatch(u, s, c, scope)
	l.checkReads(u, s, c, scope)
	return c
}

func (l *loader) connectorID(u *use, coordinate string, nth int) string {
	if id, ok := text(u.arg("id")); ok {
		p := at(u.arg("id").Position)
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
	sc := &scope{coordinate: s.coordinate(), field: s.field, parent: s.owner}
	if s.field == nil {
		sc.noArgs = "a connector on a type serves many fields and has no arguments: put the connector on the field that has them"
	}
	if l.isRoot(s.owner) {
		sc.parent = nil
		sc.noParent = s.owner.name + " has no parent object: use $args"
	}
	return sc
}

// http reads the transport of a connector.
func (l *loader) http(v *ast.Value, u *use, c *Connector, hasSource bool, s *scope) *HTTP {
	out := &HTTP{}
	var address *ast.Value
	for _, method := range []string{"GET", "POST", "PUT", "PATCH", "DELETE"} {
		m := member(v, method)
		if m == nil {
			continue
		}
		if address != nil {
			l.problem(at(m.Position), c.Coordinate, "a connector makes one call: "+out.Method+" and "+method+" are two", "keep one of them")
			continue
		}
		out.Method, address = method, m
	}
	if address == nil {
		if !u.faulty {
			l.problem(at(v.Position), c.Coordinate, "http names no method and path", `write http: { GET: "/path" }`)
		}
		return nil
	}
	if b := member(v, "body"); b != nil {
		if out.Method == "GET" {
			l.problem(at(b.Position), c.Coordinate, "a GET request has no body", "use POST, or put the values into the query")
		}
		out.Body = l.expression(b, s, asking)
	}
	own := l.headers(member(v, "headers"), s)
	l.checkForm(own, out.Body, member(v, "headers"), c.Coordinate)
	out.URL = l.address(address, c, hasSource || u.faulty, s)
	out.Headers = own
	if c.Source != nil {
		out.Headers = mergeHeaders(c.Source.Headers, own)
	}
	return out
}

// address reads the URL template of a connector and completes it with the source's address.
func (l *loader) address(v *ast.Value, c *Connector, hasSource bool, s *scope) *template.URL {
	t, ok := text(v)
	if !ok {
		return nil
	}
	tmpl, err := template.ParseURL(t)
	if err != nil {
		l.syntax(v, c.Coordinate, err, 0)
		return nil
	}
	l.checkTemplate(t, v, s)
	switch absolute := tmpl.Absolute(); {
	case absolute && hasSource:
		l.problem(at(v.Position), c.Coordinate, "the URL is absolute although a source is given", "leave out the source, or scheme and host")
	case absolute:
		base, err := url.Parse(origin(t))
		if err != nil || (base.Scheme != "http" && base.Scheme != "https") || base.Hostname() == "" || base.User != nil {
			l.problem(at(v.Position), c.Coordinate, "the URL cannot be used", "write http:// or https://, a host, and no user name")
			return nil
		}
		c.Source = l.origin(base.Scheme, base.Host)
	case !hasSource:
		l.problem(at(v.Position), c.Coordinate, "the URL is relative but no source is given",
			`name one: @connect(source: "...", ...), or write the whole address`)
	case c.Source != nil && c.Source.BaseURL != "":
		return tmpl.WithBase(c.Source.BaseURL)
	}
	return tmpl
}

// origin returns scheme and host of an absolute URL template.
func origin(t string) string {
	t = strings.TrimSpace(t)
	scheme := strings.Index(t, "://")
	if scheme < 0 {
		return t
	}
	if end := strings.IndexAny(t[scheme+3:], "/?#{"); end >= 0 {
		return t[:scheme+3+end]
	}
	return t
}

// headers reads a list of header rules.
func (l *loader) headers(v *ast.Value, s *scope) []Header {
	var out []Header
	seen := map[string]bool{}
	for _, item := range items(v) {
		name, ok := text(member(item, "name"))
		if !ok {
			continue
		}
		p := at(member(item, "name").Position)
		canonical := textproto.CanonicalMIMEHeaderKey(name)
		switch {
		case !token(name):
			l.problem(p, s.coordinate, fmt.Sprintf("%q is not a name of a header", name), "names are letters, digits and dashes")
		case hopByHop(canonical):
			l.problem(p, s.coordinate, "the header "+name+" belongs to the connection and cannot be set", "remove this rule")
		case seen[canonical]:
			l.problem(p, s.coordinate, "the header "+name+" is given twice", "keep one of them")
		}
		seen[canonical] = true
		h := Header{Name: name}
		from, value := member(item, "from"), member(item, "value")
		switch {
		case from != nil && value != nil:
			l.problem(at(item.Position), s.coordinate, "a header has either from or value", "keep one of them")
		case from == nil && value == nil:
			l.problem(at(item.Position), s.coordinate, "the header "+name+" has no value", "write from: \"...\" to forward a header, or value: \"...\"")
		case from != nil:
			h.From = l.forwarded(from, s)
		default:
			h.Value = l.headerText(value, s)
		}
		out = append(out, h)
	}
	return out
}

func (l *loader) forwarded(v *ast.Value, s *scope) string {
	from, _ := text(v)
	switch {
	case !token(from):
		l.problem(at(v.Position), s.coordinate, fmt.Sprintf("%q is not a name of a header", from), "name the request's header that is to be forwarded")
	case hopByHop(textproto.CanonicalMIMEHeaderKey(from)) && !strings.EqualFold(from, "Host"):
		l.problem(at(v.Position), s.coordinate, "the header "+from+" belongs to the connection and is never forwarded", "remove this rule")
	}
	return from
}

func (l *loader) headerText(v *ast.Value, s *scope) *template.Text {
	if _, ok := text(v); !ok {
		return nil
	}
	t, ok := l.expand(v, s.coordinate, true)
	if !ok {
		return nil
	}
	tmpl, err := template.ParseText(t)
	if err != nil {
		l.syntax(v, s.coordinate, err, 0)
		return nil
	}
	l.checkTemplate(t, v, s)
	return tmpl
}

// token reports whether s may be the name of a header (RFC 9110, 5.6.2).
func token(s string) bool {
	for i := range len(s) {
		c := s[i]
		alnum := (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
		if !alnum && !strings.ContainsRune("!#$%&'*+-.^_`|~", rune(c)) {
			return false
		}
	}
	return s != ""
}

// hopByHop reports whether a header describes the connection rather than the message (RFC 9110, 7.6.1), or is written by
// the client library itself.
func hopByHop(canonical string) bool {
	switch canonical {
	case "Connection", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization", "Proxy-Connection", "Te", "Trailer",
		"Transfer-Encoding", "Upgrade", "Host", "Content-Length":
		return true
	default:
		return false
	}
}

// checkForm refuses a form-encoded body, which would else be sent as JSON.
func (l *loader) checkForm(own []Header, body mapping.Node, v *ast.Value, coordinate string) {
	if body == nil {
		return
	}
	for _, h := range own {
		if strings.EqualFold(h.Name, "Content-Type") && h.Value != nil && !strings.Contains(strings.ToLower(h.Value.String()), "json") {
			l.notYet(at(v.Position), coordinate, "a body that is not JSON", "send application/json")
		}
	}
}

// mergeHeaders lets a connector's header replace the source's of the same name.
func mergeHeaders(source, own []Header) []Header {
	var out []Header
	for _, h := range source {
		if !slices.ContainsFunc(own, func(o Header) bool { return strings.EqualFold(o.Name, h.Name) }) {
			out = append(out, h)
		}
	}
	return append(out, own...)
}

// outcome reads errors and isSuccess, of a source or a connector.
func (l *loader) outcome(u *use, s *scope) (Errors, mapping.Node) {
	var e Errors
	if v := u.arg("errors"); v != nil {
		e.Message = l.expression(member(v, "message"), s, failing)
		e.Extensions = l.selection(member(v, "extensions"), s, failing)
		e.Fallback = l.expression(member(v, "fallback"), s, failing)
		if list := member(v, "nullOn"); list != nil {
			e.NullOn = []int{}
			for _, item := range items(list) {
				n, err := strconv.Atoi(item.Raw)
				if err == nil && (n < 100 || n > 599) {
					l.problem(at(item.Position), s.coordinate, fmt.Sprintf("nullOn: %d is not an HTTP status", n), "statuses are 100 to 599")
				}
				e.NullOn = append(e.NullOn, n)
			}
		}
	}
	return e, l.expression(u.arg("isSuccess"), s, failing)
}

// inherit fills what the connector does not say from its source, member by member.
func inherit(c *Connector, s *Source) {
	if c.Errors.Message == nil {
		c.Errors.Message = s.Errors.Message
	}
	if c.Errors.Extensions == nil {
		c.Errors.Extensions = s.Errors.Extensions
	}
	if c.Errors.NullOn == nil {
		c.Errors.NullOn = s.Errors.NullOn
	}
	if c.Errors.Fallback == nil {
		c.Errors.Fallback = s.Errors.Fallback
	}
	if c.Success == nil {
		c.Success = s.Success
	}
}

// readBatch fills c.Batch if a text reads $batch, and checks what batch: says.
func (l *loader) readBatch(u *use, s site, c *Connector, sc *scope) {
	v := u.arg("batch")
	if sc.read.batch.src == nil {
		if v != nil && !l.unread[c] {
			l.problem(at(v.Position), c.Coordinate, "batch is given, but nothing reads $batch",
				"write the keys into the call, as in GET: \"/things?ids={$batch.id->joinNotNull(',')}\"")
		}
		return
	}
	if sc.read.this.src != nil {
		l.problem(sc.read.this, c.Coordinate, "$this and $batch cannot be read by one connector", "use $batch for all of them")
	}
	b := &Batch{MaxSize: defaultBatch}
	c.Batch = b
	if m := member(v, "maxSize"); m != nil {
		if n, err := strconv.Atoi(m.Raw); err == nil {
			b.MaxSize = n
			if n < 1 {
				l.problem(at(m.Position), c.Coordinate, "batch.maxSize must be at least 1", fmt.Sprintf("leave it out for %d", defaultBatch))
			}
		}
	}
	if m := member(v, "match"); m != nil {
		switch m.Raw {
		case "MAP":
			b.Match = MatchMap
		case "POSITION":
			b.Match = MatchPosition
		}
	}
	if m := member(v, "missing"); m != nil {
		b.MissingError = m.Raw == "ERROR"
	}
	b.GroupBy = l.expression(member(v, "groupBy"), &scope{coordinate: c.Coordinate, noArgs: "groupBy reads the item of the reply only",
		noParent: "groupBy reads the item of the reply only"}, answering)
	l.checkBatch(s, c, sc, v)
}

// checkBatch checks that the items of a batch reply can find their keys.
func (l *loader) checkBatch(s site, c *Connector, sc *scope, v *ast.Value) {
	p := sc.read.batch
	b := c.Batch
	groupBy := member(v, "groupBy")
	if groupBy != nil {
		p = at(groupBy.Position)
	}
	switch {
	case groupBy != nil && s.field == nil:
		l.problem(p, c.Coordinate, "groupBy may not stand on a type: each key has one object there",
			"put the connector on the field that has the items of one key")
	case groupBy != nil && b.Match != MatchKey:
		l.problem(p, c.Coordinate, "groupBy and match: "+b.Match.String()+" are two ways of finding the key", "keep one of them")
	case s.field != nil && b.Match == MatchKey && !l.isComposite(s.field.def.Type.Name()):
		l.notYet(p, c.Coordinate, "a batch of "+s.field.def.Type.Name()+" values matched by key",
			"put the connector on `extend type "+s.owner.name+"` with this field in it, or say match: MAP or POSITION")
	case groupBy != nil:
		l.checkGroupBy(c, p)
	case s.field != nil && b.Match == MatchKey && s.field.def.Type.Elem != nil:
		l.problem(p, c.Coordinate, "it is not said which items belong to which key",
			`name the property of an item that holds the key: batch: { groupBy: "..." }; or say match: MAP or POSITION`)
	case b.Match == MatchMap && len(c.Inputs) > 1:
		l.notYet(p, c.Coordinate, "match: MAP with a key of several fields", "read one field by $batch")
	}
}

// checkGroupBy checks that groupBy finds each member of the key in an item: one path, or an object with a path for each.
func (l *loader) checkGroupBy(c *Connector, p place) {
	if c.Batch.GroupBy == nil {
		return
	}
	keys, sel, ok := mapping.Keys(c.Batch.GroupBy)
	if ok && sel == nil && len(keys) > 0 && len(c.Inputs) <= 1 {
		return
	}
	if !ok || sel == nil || len(c.Inputs) <= 1 {
		hint := `write groupBy: "user_id"`
		if len(c.Inputs) > 1 {
			hint = fmt.Sprintf("name a property for each of the %d fields that $batch reads: groupBy: \"{ id: user_id ... }\"", len(c.Inputs))
		}
		l.problem(p, c.Coordinate, "groupBy must name the property of the item that holds the key", hint)
		return
	}
	m := flatten(sel)
	for _, in := range c.Inputs {
		name := in.Path[len(in.Path)-1]
		if n := m.values[name]; n != nil {
			if _, inner, ok := mapping.Keys(n); ok && inner == nil {
				continue
			}
		}
		l.problem(p, c.Coordinate, "groupBy does not say which property of the item holds "+name, "add "+name+": ... to it")
	}
}

// String returns the name as it is written.
func (m Match) String() string {
	switch m {
	case MatchMap:
		return "MAP"
	case MatchPosition:
		return "POSITION"
	default:
		return "KEY"
	}
}

// checkComputed checks a connector without a call: its value is made of what is known already.
func (l *loader) checkComputed(u *use, s site, c *Connector, sc *scope) {
	if s.field == nil {
		l.notYet(u.at, c.Coordinate, "a connector without a call on a type", "put it on the field that it computes")
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
