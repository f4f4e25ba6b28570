package resolvers

import (
	"fmt"
	"slices"
	"sort"
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
	node *node // the objects it brings; nil for leaves
	prov provision
	id   string
}

// fetchNode is a use of a loader in one wave.
type fetchNode struct {
	loader  *loader
	wave    int
	needs   map[*fetchNode]bool
	feeders []*feeder
	plan    *plan.Fetch
}

type feeder struct {
	plan plan.Feeder
	when plan.Cond // alternatives, not yet simple; nil: not asked for yet
	id   string
}

// also adds a reason to feed.
func (f *feeder) also(when plan.Cond) { f.when = orAll(f.when, when) }

// loaderOf returns the loader of a connector. f is the field it is written on, nil for a connector on a type; then the value
// is one object of type named.
func (c *compilation) loaderOf(conn *schema.Connector, t *ast.Type, named *schema.Type, f *collected) *loader {
	var args []plan.Arg
	for _, name := range conn.Args {
		if f == nil || conn.KeyArgs && isInput(conn, name) {
			continue
		}
		for _, a := range f.def.Args {
			if a.Name == name {
				args = append(args, plan.Arg{Name: name, Value: c.argument(a, f.node)})
			}
		}
	}
	id := fmt.Sprintf("%p %+v", conn, args)
	if l := c.part.byID[id]; l != nil {
		return l
	}
	l := &loader{conn: conn, id: id}
	l.plan = &plan.Loader{Index: len(c.part.loaders), Name: conn.Coordinate, Args: args, Upstream: -1, KeyArgs: conn.KeyArgs}
	c.part.byID[id] = l
	c.part.loaders = append(c.part.loaders, l)
	l.describe(conn)
	l.plan.Table = c.intro.tables[conn]
	l.layoutReply(conn, t, named)
	return l
}

func isInput(conn *schema.Connector, name string) bool {
	for _, in := range conn.Inputs {
		if in.Path[0] == name {
			return true
		}
	}
	return false
}

// describe copies what the connector says about the call.
func (l *loader) describe(conn *schema.Connector) {
	p := l.plan
	for _, in := range conn.Inputs {
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
	p.Request = &plan.Request{Method: h.Method, URL: h.URL, Body: h.Body, Idempotent: h.Idempotent()}
	for _, header := range h.Headers {
		p.Request.Headers = append(p.Request.Headers, plan.Header{Name: header.Name, From: header.From, Value: header.Value})
	}
}

// layoutReply lays out what the loader's replies carry: the value's root, its shape, and how items find their keys.
func (l *loader) layoutReply(conn *schema.Connector, t *ast.Type, named *schema.Type) {
	reply := &l.plan.Reply
	l.prov = provision{src: conn.Source, conn: conn}
	if conn.Selection != nil {
		if keys, sel, ok := mapping.Keys(conn.Selection); ok && conn.HTTP != nil {
			reply.Path, l.prov.sel = keys, sel
			if len(keys) > 0 {
				reply.PathExpr = path(keys, nil)
			}
		} else {
			reply.Transform = conn.Selection
			l.prov.sel = trailing(conn.Selection)
			l.prov.built = l.prov.sel != nil
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
		item = l.node.shape
	}
	reply.Shape = wrap(item, depth)
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
	default:
		reply.KeySlots = l.keySlots(conn, t, named)
	}
}

// keySlots finds the key in an item: the fields of the key as the item carries them, else properties of the same names.
func (l *loader) keySlots(conn *schema.Connector, t *ast.Type, named *schema.Type) []int {
	var slots []int
	if l.node == nil {
		return nil
	}
	for _, in := range conn.Inputs {
		slot := -1
		if f := named.Fields[in.Path[0]]; t == nil && f != nil && len(in.Path) == 1 {
			if at, ok := l.prov.find(named, f); ok {
				c := compilation{}
				slot = c.inside(&base{}, l.node, &l.prov, at, f).slot
			}
		}
		if slot < 0 {
			slot = l.walk(spellAll(conn.Source, in.Path))
		}
		slots = append(slots, slot)
	}
	return slots
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
		_, child, ok := n.object(keys[0])
		if !ok {
			slot, _ := n.compute(path(keys, nil), 0, false)
			return slot
		}
		n = child
	}
	return n.token(keys[0])
}

func spellAll(src *schema.Source, names []string) []string {
	out := make([]string, len(names))
	for i, name := range names {
		out[i] = spell(src, name)
	}
	return out
}

// feed makes the objects of a place feed a loader with their keys. slot is where base 0's record gets the answer.
// name is the response path of what is loaded.
func (c *compilation) feed(p *place, variant int, t *schema.Type, l *loader, when plan.Cond, name string) (*fetchNode, *feeder, int, error) {
	fd := plan.Feeder{Place: name, Steps: p.steps}
	if test := p.test(variant); test != nil {
		fd.Steps = append(p.steps[:len(p.steps):len(p.steps)], plan.Step{Ref: plan.Ref{Slot: -1}, Type: test})
	}
	from := []*base{p.bases[0]}
	if p.abs != nil {
		from = append(from, p.baseAt(p.abs.Ref.Hops))
	}
	for _, in := range l.conn.Inputs {
		ref, used, err := c.key(p, variant, t, in.Path, when)
		if err != nil {
			return nil, nil, 0, err
		}
		fd.Keys = append(fd.Keys, ref)
		from = append(from, used...)
	}
	wave := 1
	for _, b := range from {
		wave = max(wave, b.wave+1)
	}
	rec := p.bases[0].rec
	joinID := fmt.Sprintf("%d %+v", l.plan.Index, fd.Keys)
	slot, ok := rec.joins[joinID]
	if !ok {
		slot = rec.slot()
		if rec.joins == nil {
			rec.joins = map[string]int{}
		}
		rec.joins[joinID] = slot
	}
	fd.Into = slot
	f := c.part.fetch(l, wave)
	for _, b := range from {
		for _, need := range b.needs {
			f.needs[need] = true
		}
	}
	if wave > 1 {
		c.feedEarly(p, l, when, name)
	}
	return f, f.feeder(fd), slot, nil
}

// feedEarly has keys that are known from the arguments of a root field fetched while the root field itself is. Whether the
// object really has that key is seen when its own record is there: an answer that fits is taken, another is never looked at.
func (c *compilation) feedEarly(p *place, l *loader, when plan.Cond, name string) {
	if p.early == nil || len(l.conn.Inputs) == 0 || l.plan.Request == nil || !l.plan.Request.Idempotent {
		return
	}
	fd := plan.Feeder{Place: name, Into: -1}
	for _, in := range l.conn.Inputs {
		slot, ok := p.early[in.Path[0]]
		if !ok || len(in.Path) > 1 {
			return
		}
		fd.Keys = append(fd.Keys, plan.Ref{Slot: slot})
	}
	if len(p.earlyWhen) > 0 {
		fd.Steps = []plan.Step{{Ref: plan.Ref{Slot: -1}, When: p.earlyWhen}}
	}
	c.part.fetch(l, 1).feeder(fd).also(when)
}

// fetch returns the fetch of a loader in a wave.
func (pt *part) fetch(l *loader, wave int) *fetchNode {
	for _, f := range pt.fetches {
		if f.loader == l && f.wave == wave {
			return f
		}
	}
	f := &fetchNode{loader: l, wave: wave, needs: map[*fetchNode]bool{}}
	pt.fetches = append(pt.fetches, f)
	return f
}

// feeder returns the feeder that goes the same way for the same keys, or adds it.
func (f *fetchNode) feeder(fd plan.Feeder) *feeder {
	id := fmt.Sprintf("%+v %+v %d", fd.Steps, fd.Keys, fd.Into)
	for _, have := range f.feeders {
		if have.id == id {
			return have
		}
	}
	f.feeders = append(f.feeders, &feeder{plan: fd, id: id})
	return f.feeders[len(f.feeders)-1]
}

// schedule orders the fetches, numbers them, and makes a loader's later fetch wait for its earlier one, so that it asks only
// for keys that are not on their way.
func (pt *part) schedule() {
	sort.SliceStable(pt.fetches, func(i, j int) bool { return pt.fetches[i].wave < pt.fetches[j].wave })
	last, places := map[*loader]*fetchNode{}, map[*loader]int{}
	for i, f := range pt.fetches {
		if before := last[f.loader]; before != nil {
			f.needs[before] = true
		}
		last[f.loader] = f
		f.plan = &plan.Fetch{ID: i + 1, Loader: f.loader.plan, Wave: f.wave}
		for need := range f.needs {
			f.plan.Needs = append(f.plan.Needs, need.plan.ID)
		}
		slices.Sort(f.plan.Needs)
		for _, fd := range f.feeders {
			fd.plan.When = simple(fd.when)
			f.plan.Feeders = append(f.plan.Feeders, fd.plan)
			if fd.plan.Into >= 0 && len(fd.plan.Keys) > 0 {
				places[f.loader]++
			}
		}
		f.loader.plan.Shared = places[f.loader] > 1
		pt.plan.Fetches = append(pt.plan.Fetches, f.plan)
	}
}
