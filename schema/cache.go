package schema

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/vektah/gqlparser/v2/ast"

	"manifold/internal/template"
)

// Cache says how what a connector brings may be kept: @cacheControl and @cacheTag of its field, else of the type that it loads.
type Cache struct {
	MaxAge               time.Duration // 0: not at all
	StaleWhileRevalidate time.Duration
	StaleIfError         time.Duration
	Public               bool             // it is the same for everybody: credentials that are forwarded do not count
	Private              bool             // nobody between the gateway and the client keeps it
	Tags                 []*template.Text // names by which it is made invalid
}

// longestKept is the longest time that can be asked for.
const longestKept = 365 * 24 * time.Hour

// readCaches reads @cacheControl, @cacheTag and @invalidates, and finds what they mean for connectors: what is written on a field
// holds for its own connector, what is written on a type for those that load it.
func (l *loader) readCaches() {
	for _, t := range l.order {
		if t.main() == nil || t.kind != ast.Object && t.kind != ast.Interface {
			continue
		}
		t.model.Cache = l.cacheOf(t.main().uses, t.name)
		for _, c := range t.model.Loaders {
			if l.cacheable(t.main().uses, c, t.name) {
				c.Cache = l.withTags(t.model.Cache, t.main().uses, &scope{coordinate: t.name, parent: t, noArgs: "a tag of a type has no arguments"}, c)
				l.idleRevalidation(t.main().uses, c)
			}
		}
		l.idleTags(t.main().uses, t.name, t.model.Cache != nil && len(t.model.Loaders) > 0)
	}
	for _, t := range l.order {
		if t.kind != ast.Object && t.kind != ast.Interface {
			continue
		}
		for _, f := range t.fields {
			for _, d := range f.definitions() {
				l.fieldCache(t, d)
			}
		}
	}
}

// fieldCache reads what a field says.
func (l *loader) fieldCache(t *typ, f *field) {
	own := l.cacheOf(f.uses, f.coordinate())
	f.model.Cache = own
	c := f.model.Connector
	mutation := l.isRoot(t) && t == l.roots[ast.Mutation]
	if u := first(f.uses, "cacheControl"); u != nil && mutation {
		l.problem(u.at, f.coordinate(), "what a mutation answers is never kept", "remove @cacheControl")
		return
	}
	l.invalidates(f, c, mutation)
	if u := first(f.uses, "cacheControl"); own != nil && c == nil {
		l.warning(u.at, f.coordinate(), "nothing is called for this field alone: @cacheControl has no effect here", "write it on the type that is loaded, or on the field that has @connect")
	}
	if c == nil || mutation {
		l.idleTags(f.uses, f.coordinate(), false)
		return
	}
	rule := own
	if rule == nil && f.model.Named != nil && len(c.Inputs) == 0 {
		rule = f.model.Named.Cache
	}
	if rule != nil && l.cacheable(f.uses, c, f.coordinate()) {
		sc := &scope{coordinate: f.coordinate(), field: f, parent: t}
		switch {
		case c.KeyArgs: // its arguments are a key, and read as one
			sc.parent = l.types[f.def.Type.Name()]
		case l.isRoot(t):
			sc.parent, sc.noParent = nil, "use $args"
		}
		c.Cache = l.withTags(rule, f.uses, sc, c)
		c.readsToo(sc)
		l.idleRevalidation(f.uses, c)
	}
	l.idleTags(f.uses, f.coordinate(), rule != nil)
}

// idleRevalidation warns of staleWhileRevalidate where a reply cannot be asked for in the background.
func (l *loader) idleRevalidation(uses []*use, c *Connector) {
	u := first(uses, "cacheControl")
	if u == nil || c.Cache == nil || c.Cache.StaleWhileRevalidate == 0 {
		return
	}
	var why string
	switch {
	case c.Batch != nil:
		why = "items of a batch are asked for again by who needs them"
	case c.Ask != nil:
		why = "whether an answer of a GraphQL service has errors, only who asked can tell"
	case c.Success != nil:
		why = "whether a reply is good by isSuccess, only who asked can tell"
	default:
		return
	}
	l.warning(at(u.arg("staleWhileRevalidate").Position), c.Coordinate, "staleWhileRevalidate has no effect: "+why, "staleIfError has one")
}

// cacheOf reads @cacheControl of one element; nil without one.
func (l *loader) cacheOf(uses []*use, coordinate string) *Cache {
	u := first(uses, "cacheControl")
	if u == nil || u.faulty {
		return nil
	}
	c := &Cache{
		MaxAge: l.seconds(u, "maxAge", coordinate), StaleWhileRevalidate: l.seconds(u, "staleWhileRevalidate", coordinate),
		StaleIfError: l.seconds(u, "staleIfError", coordinate),
	}
	if s := u.arg("scope"); s != nil {
		c.Public, c.Private = s.Raw == "PUBLIC", s.Raw == "PRIVATE"
	}
	if u.arg("maxAge") == nil {
		l.problem(u.at, coordinate, "@cacheControl does not say for how long", "write maxAge: 60, in seconds; 0 keeps nothing")
	}
	return c
}

func (l *loader) seconds(u *use, name, coordinate string) time.Duration {
	v := u.arg(name)
	if v == nil || v.Kind != ast.IntValue {
		return 0
	}
	n, err := strconv.Atoi(v.Raw)
	if d := time.Duration(n) * time.Second; err == nil && n >= 0 && n <= int(longestKept/time.Second) {
		return d
	}
	l.problem(at(v.Position), coordinate, fmt.Sprintf("%s: %s is not a number of seconds from 0 to %d", name, v.Raw, int(longestKept/time.Second)), "")
	return 0
}

// cacheable reports whether what a connector brings may be kept; if it may not, though its own element says so, that is a problem.
func (l *loader) cacheable(uses []*use, c *Connector, coordinate string) bool {
	u := first(uses, "cacheControl")
	var why, hint string
	switch {
	case c.HTTP == nil:
		why, hint = "nothing is called", "remove @cacheControl: it costs nothing to make the value again"
	case c.Function() != nil:
		why, hint = "a Go function may answer by anything that it knows of the request", "keep what it needs in the function"
	case !c.HTTP.Idempotent():
		why, hint = c.HTTP.Method+" may change something", "only what is read by GET, from a GraphQL service, or by gRPC is kept"
	case len(c.HTTP.Respond) > 0:
		why, hint = "the reply holds headers that are for one client (respond)", "remove @cacheControl, or respond"
	default:
		return true
	}
	if u != nil && c.Coordinate == coordinate && u.arg("maxAge") != nil && u.arg("maxAge").Raw != "0" {
		l.problem(u.at, coordinate, "this is never kept: "+why, hint)
	}
	return false
}

// withTags returns a rule with the tags of an element.
func (l *loader) withTags(rule *Cache, uses []*use, sc *scope, c *Connector) *Cache {
	if rule == nil {
		return nil
	}
	out := *rule
	for _, u := range usesOf(uses, "cacheTag") {
		if t := l.tag(u.arg("format"), sc); t != nil {
			out.Tags = append(out.Tags, t)
		}
		for _, in := range sc.read.inputs {
			if !slices.ContainsFunc(c.Inputs, func(have Input) bool { return slices.Equal(have.Path, in.Path) }) {
				l.problem(u.at, sc.coordinate, "the tag reads $key."+strings.Join(in.Path, ".")+", which is not in the key of "+c.ID, "read a field that the connector reads")
			}
		}
		sc.read.inputs = nil
	}
	return &out
}

// tag reads the text of a tag. $key is the key of what is kept.
func (l *loader) tag(v *ast.Value, sc *scope) *template.Text {
	written, ok := text(v)
	if !ok {
		return nil
	}
	if strings.TrimSpace(written) == "" {
		l.problem(at(v.Position), sc.coordinate, "the tag is empty", `write a name, as "products" or "product-{$key.id}"`)
		return nil
	}
	own := *v
	own.Raw = strings.ReplaceAll(written, "{$key.", "{$this.")
	return l.headerText(&own, sc, asking)
}

// idleTags reports tags of what is not kept.
func (l *loader) idleTags(uses []*use, coordinate string, kept bool) {
	if u := first(uses, "cacheTag"); u != nil && !kept {
		l.problem(u.at, coordinate, "nothing is kept here that a tag could name", "write @cacheControl(maxAge: ...) beside it, where a connector is, or on a type that has a loader")
	}
}

// invalidates reads @invalidates of a field.
func (l *loader) invalidates(f *field, c *Connector, mutation bool) {
	u := first(f.uses, "invalidates")
	switch {
	case u == nil || u.faulty:
		return
	case !mutation:
		l.problem(u.at, f.coordinate(), "only a mutation makes something invalid", "move @invalidates to a field of Mutation")
		return
	case c == nil || c.HTTP == nil:
		l.problem(u.at, f.coordinate(), "nothing is called, so nothing becomes invalid", "write @invalidates beside @connect")
		return
	}
	sc := &scope{coordinate: f.coordinate(), field: f, noParent: "use $args"}
	if len(items(u.arg("tags"))) == 0 {
		l.problem(u.at, f.coordinate(), "@invalidates names no tag", `write tags: ["products"], as @cacheTag has them`)
	}
	for _, v := range items(u.arg("tags")) {
		if t := l.tag(v, sc); t != nil {
			c.Invalidates = append(c.Invalidates, t)
		}
	}
	c.readsToo(sc)
}

// readsToo has a connector get the arguments that other texts than its own read.
func (c *Connector) readsToo(sc *scope) {
	for _, name := range sc.read.args {
		if !slices.Contains(c.Args, name) {
			c.Args = append(c.Args, name)
		}
	}
}
