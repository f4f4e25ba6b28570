package resolvers

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"manifold/internal/mapping"
	"manifold/internal/plan"
	"manifold/schema"
)

// loader is a connector with its arguments: one identity map, one shape of reply for the whole part.
type loader struct {
	plan *plan.Loader
	conn *schema.Connector
	node *node   // the objects it brings; nil for leaves
	asks *asking // of a GraphQL service; nil for others
	prov provision
	id   string
}

// loaderOf returns the loader of a connector. f is the field it is written on, nil for a connector on a type; then the value
// is one object of type named. at is the field's response path: in a mutation, two fields that are not idempotent are two
// calls, however equal they are.
func (c *compilation) loaderOf(conn *schema.Connector, t *ast.Type, named *schema.Type, f *collected, at string) *loader {
	var args []plan.Arg
	for _, name := range conn.Args {
		if f == nil || conn.KeyArgs { // whose arguments are its key
			continue
		}
		for _, a := range f.def.Args {
			if a.Name == name {
				args = append(args, plan.Arg{Name: name, Value: c.argument(a, f.node)})
			}
		}
	}
	id := fmt.Sprintf("%p %+v", conn, args)
	if c.kind == "mutation" && conn.HTTP != nil && !conn.HTTP.Idempotent() && f != nil {
		id += at
	}
	if l := c.part.byID[id]; l != nil {
		return l
	}
	l := &loader{conn: conn, id: id, asks: c.asks(conn)}
	l.plan = &plan.Loader{Index: len(c.part.loaders), Name: conn.Coordinate, Args: args, Upstream: -1, KeyArgs: conn.KeyArgs, Private: conn.Private, Personal: conn.Personal}
	c.part.byID[id] = l
	c.part.loaders = append(c.part.loaders, l)
	l.describe(conn)
	l.plan.Table = c.intro.tables[conn]
	l.layoutReply(conn, t, named)
	l.keepEach(conn)
	return l
}

// describe copies what the connector says about the call.
func (l *loader) describe(conn *schema.Connector) {
	p := l.plan
	for _, in := range conn.Inputs {
		if in.NonNull {
			p.Needed = append(p.Needed, len(p.Keys))
		}
		p.Keys = append(p.Keys, strings.Join(in.Path, "."))
	}
	switch {
	case conn.Batch != nil:
		p.Mode, p.MaxSize, p.Missing = plan.Batch, conn.Batch.MaxSize, conn.Batch.MissingError
	case len(conn.Inputs) > 0:
		p.Mode = plan.Each
	}
	if conn.Source != nil {
		p.Upstream, p.Source = conn.Source.Index, conn.Source.Name
	}
	p.Outcome = plan.Outcome{
		Success: conn.Success, NullOn: conn.Errors.NullOn, Fallback: conn.Errors.Fallback,
		Message: conn.Errors.Message, Extensions: conn.Errors.Extensions,
	}
	if conn.HTTP == nil {
		return
	}
	h := conn.HTTP
	p.Request = &plan.Request{
		Method: h.Method, URL: h.URL, Headers: headers(h.Headers), Body: h.Body, Encoding: h.Encoding, Idempotent: h.Idempotent(),
		Respond: headers(h.Respond), Timeout: conn.Timeout, Hedge: conn.Hedge,
	}
	if again := conn.Retry; again != nil {
		p.Request.Retry = &plan.Retry{Attempts: again.Attempts, Backoff: again.Backoff, On: again.On}
	}
	p.Request.Cache, p.Request.Invalidates = cacheOf(conn), conn.Invalidates
	p.Request.Function = conn.Function() != nil
	if conn.Source != nil && conn.Source.Outbound.Identity != nil {
		p.Request.Told = conn.Source.Outbound.Identity.Header
	}
	if conn.RPC != nil {
		p.Request.RPC = conn.RPC.Codec
	}
}

// cacheOf returns how replies may be kept.
func cacheOf(conn *schema.Connector) *plan.Cache {
	c := conn.Cache
	if c == nil || c.MaxAge == 0 {
		return nil
	}
	out := &plan.Cache{MaxAge: c.MaxAge, StaleWhileRevalidate: c.StaleWhileRevalidate, StaleIfError: c.StaleIfError, Public: c.Public, Tags: c.Tags}
	return out
}

// keepEach has the items of a batch that carry their keys kept one by one: then a batch asks for those that are not there, whoever
// asked for the others.
func (l *loader) keepEach(conn *schema.Connector) {
	p := l.plan
	if p.Request == nil || p.Request.Cache == nil || p.Mode != plan.Batch || p.Match != plan.MatchKey {
		return
	}
	if conn.RPC != nil || conn.Ask != nil || p.Reply.Transform != nil {
		return
	}
	p.Request.Cache.Each = true
	p.Request.Cache.Salt = fmt.Sprintf("%s %q %q", conn.ID, p.Reply.Path, p.Keys)
}

func headers(rules []schema.Header) (out []plan.Header) {
	for _, h := range rules {
		out = append(out, plan.Header{Name: h.Name, From: h.From, Value: h.Value})
	}
	return out
}

// layoutReply lays out what the loader's replies carry: the value's root, its shape, and how items find their keys.
func (l *loader) layoutReply(conn *schema.Connector, t *ast.Type, named *schema.Type) {
	reply := &l.plan.Reply
	l.prov = provides(conn, t == nil)
	l.plan.NullKeys = nullKeys(conn, t, named)
	if conn.Selection != nil {
		if keys, _, ok := mapping.Keys(conn.Selection); ok && !l.prov.built {
			reply.Path = keys
			if len(keys) > 0 {
				reply.PathExpr = path(keys, nil)
			}
		} else {
			reply.Transform, reply.Blind = conn.Selection, conn.Blind
		}
	}
	depth := 0
	if t != nil {
		depth = listDepth(t)
	}
	group := l.plan.Mode == plan.Batch && conn.Batch.Match == schema.MatchKey && (conn.Batch.GroupBy != nil || depth > 0)
	if group && depth > 0 {
		depth--
	}
	item := &plan.Shape{Kind: plan.Token}
	if composite(named) {
		l.node = newRecord()
		l.node.asks = l.asks
		l.node.shape.Bare = l.prov.bare()
		item = l.node.shape
	}
	reply.Shape = wrap(item, depth)
	if t == nil && (!l.plan.NullKeys || conn.Function() != nil) && l.node != nil && l.plan.Table == nil {
		reply.KeySlots = l.keySlots(conn, nil, named)
	}
	if l.plan.Mode != plan.Batch {
		return
	}
	reply.Shape = &plan.Shape{Kind: plan.List, Item: reply.Shape}
	switch {
	case conn.Batch.Match == schema.MatchMap:
		reply.Shape.Kind = plan.Map
		l.plan.Match = plan.MatchMap
	case conn.Batch.Match == schema.MatchPosition:
		l.plan.Match = plan.MatchPosition
	case group:
		l.plan.Match = plan.MatchGroup
		l.plan.Match1 = t == nil || listDepth(t) == 0
		reply.KeySlots = l.groupSlots(conn)
	case reply.KeySlots == nil:
		reply.KeySlots = l.keySlots(conn, t, named)
	}
}

// nullKeys reports whether what a connector reads of its parents may be null or missing. See plan.Loader.
func nullKeys(conn *schema.Connector, t *ast.Type, named *schema.Type) bool {
	switch {
	case t == nil && slices.Contains(named.Loaders, conn):
		return false
	case conn.Function() != nil:
		return true
	case conn.Batch != nil:
		return false
	default:
		return t != nil || conn.HTTP == nil
	}
}

// provides says what the value of a connector carries. whole says that the connector stands on a type.
func provides(conn *schema.Connector, whole bool) provision {
	v := provision{src: conn.Source, conn: conn}
	if conn.Selection == nil {
		return v
	}
	_, sel, ok := mapping.Keys(conn.Selection)
	if ok && !conn.Blind && (conn.HTTP != nil && mapping.Picks(conn.Selection) || conn.HTTP == nil && whole && memberwise(sel)) {
		v.sel = sel
		return v
	}
	v.sel = trailing(conn.Selection)
	v.built = true
	return v
}

// memberwise reports whether the members of a computed block can be made one by one: only those that are selected, and each
// with a fault of its own.
func memberwise(sel *mapping.Object) bool {
	return sel != nil && !slices.ContainsFunc(sel.Members, func(m mapping.Member) bool { return m.Spread })
}

// keySlots finds the key in an item: the fields of the key as the item carries them, else properties of the same names.
func (l *loader) keySlots(conn *schema.Connector, t *ast.Type, named *schema.Type) []int {
	var slots []int
	if l.node == nil {
		return nil
	}
	for _, in := range conn.Inputs {
		slot := -1
		if t == nil {
			slot = l.keySlot(named, in.Path)
		}
		if slot < 0 {
			slot = l.walk(spellAll(conn.Source, in.Path))
		}
		slots = append(slots, slot)
	}
	return slots
}

// keySlot returns the slot of a key field in an item, -1 if the item does not carry the field as such.
func (l *loader) keySlot(t *schema.Type, path []string) int {
	c, v := compilation{}, value{node: l.node, prov: l.prov}
	for _, name := range path {
		f := t.Fields[name]
		if f == nil || v.node == nil {
			return -1
		}
		at, ok := v.prov.find(t, f)
		if !ok {
			return -1
		}
		v = c.inside(&base{}, v.node, &v.prov, at, f, want{})
		t = f.Named
	}
	return v.slot
}

// groupSlots finds the key that groupBy names in the raw item: one path, or an object with a member for each input.
func (l *loader) groupSlots(conn *schema.Connector) []int {
	if l.node == nil {
		return nil
	}
	if conn.Batch.GroupBy == nil {
		return l.keySlots(conn, &ast.Type{}, nil)
	}
	keys, sel, ok := mapping.Keys(conn.Batch.GroupBy)
	if ok && sel == nil {
		return []int{l.walk(keys)}
	}
	var slots []int
	for _, in := range conn.Inputs {
		slot := -1
		if sel != nil {
			for _, m := range sel.Members {
				if inner, _, ok := mapping.Keys(m.Value); ok && m.Name == strings.Join(in.Path, "_") || m.Name == in.Path[len(in.Path)-1] {
					slot = l.walk(append(keys[:len(keys):len(keys)], inner...))
				}
			}
		}
		if slot < 0 {
			slot = l.walk(spellAll(conn.Source, in.Path))
		}
		slots = append(slots, slot)
	}
	return slots
}

// walk returns the slot of the token at a path of properties of an item.
func (l *loader) walk(keys []string) int {
	n := l.node
	for ; len(keys) > 1; keys = keys[1:] {
		_, child, ok := n.object(keys[0], nil, want{})
		if !ok {
			slot, _ := n.compute(path(keys, nil), 0, false, want{})
			return slot
		}
		n = child
	}
	return n.token(keys[0], want{})
}

func spellAll(src *schema.Source, names []string) []string {
	out := make([]string, len(names))
	for i, name := range names {
		out[i] = src.Spell(name)
	}
	return out
}
