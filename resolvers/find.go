package resolvers

import (
	"fmt"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"manifold/internal/fault"
	"manifold/internal/plan"
	"manifold/schema"
)

// locate decides where the value of a field comes from, in this order: the field's own connector; what was found with the
// object; what is joined to it already; the loader of the block the field is written in.
func (c *compilation) locate(p *place, variant int, t *schema.Type, f *collected) (value, error) {
	if f.def.Lookup || (f.def.Connector != nil && f.def.Connector.KeyArgs) {
		return c.lookup(p, f), nil
	}
	if len(f.def.Also) > 0 {
		if v, ok := c.present(p, variant, t, f); ok {
			return v, nil
		}
	}
	if f.def.Connector != nil {
		return c.ask(p, variant, t, f.def.Connector, f)
	}
	if f.def.Namespace {
		return value{base: p.bases[0], slot: -1}, nil
	}
	if v, ok := c.present(p, variant, t, f); ok {
		return v, nil
	}
	conns := p.serving(t, f.def)
	for _, conn := range conns {
		if b := p.joined(conn); b != nil && !p.has(b, variant, t, f) {
			continue
		}
		b, err := c.attach(p, variant, t, conn, f.when)
		if err != nil {
			return value{}, err
		}
		if at, ok := b.prov.find(t, f.def); ok {
			return c.inside(b, b.node, &b.prov, at, f.def, c.want(t, f, b.node, b.prov.src)), nil
		}
	}
	return value{}, c.unserved(t, f)
}

// present looks for a field in the records that the place has already: in those that are there whenever the field is wanted.
// What leads to a key is read at one place whatever the conditions are, so that any record will do for it.
func (c *compilation) present(p *place, variant int, t *schema.Type, f *collected) (value, bool) {
	for _, whichever := range []bool{false, true} {
		for _, b := range p.bases {
			if !p.has(b, variant, t, f) || !whichever && !c.covers(b, f.when) {
				continue
			}
			n := b.node
			if b.inner != nil {
				n = b.inner[variant]
			}
			at, _ := b.prov.find(t, f.def)
			b.also(f.when)
			return c.inside(b, n, &b.prov, at, f.def, c.want(t, f, n, b.prov.src)), true
		}
		if !f.hidden {
			break
		}
	}
	if slot, ok := p.given[f.def.Name]; ok && !composite(f.def.Named) {
		return value{base: p.bases[0], slot: slot}, true
	}
	return value{}, false
}

// joined returns the record that a connector loads for the place, nil if it is not asked.
func (p *place) joined(conn *schema.Connector) *base {
	for _, b := range p.bases {
		if b.conn == conn && p.knows(b) {
			return b
		}
	}
	return nil
}

func (c *compilation) unserved(t *schema.Type, f *collected) error {
	return fault.New(fault.Internal, fmt.Sprintf("nothing serves %s.%s where the operation selects it (line %d)",
		t.Name, f.def.Name, f.node.Position.Line))
}

// lookup returns the place of an entity whose key is in the arguments of a root field.
func (c *compilation) lookup(p *place, f *collected) value {
	given := map[string]int{}
	for key, member := range f.def.LookupKeys {
		given[key] = c.givenSlot(f, member)
	}
	v := value{base: p.bases[0], slot: -1, ref: true, given: given, by: f.def.Loader}
	if f.def.Loader.Batch == nil { // the object may turn out to have another key than it was asked by
		v.early, v.earlyWhen = given, simple(f.when)
	}
	return v
}

// givenSlot returns the slot of the root record that has an argument's value, or that of a member of it.
func (c *compilation) givenSlot(f *collected, member []string) int {
	var v plan.Value
	for _, a := range f.def.Args {
		if a.Name == member[0] {
			v = c.argument(a, f.node)
		}
	}
	id := fmt.Sprintf("%+v %q", v, member[1:])
	slot, ok := c.part.given[id]
	if !ok {
		slot = c.part.root.slot()
		c.part.given[id] = slot
		c.part.plan.Given = append(c.part.plan.Given, plan.Given{Slot: slot, Value: v, Member: member[1:]})
	}
	return slot
}

// ask has a field's own connector called for the objects of a place.
func (c *compilation) ask(p *place, variant int, t *schema.Type, conn *schema.Connector, f *collected) (value, error) {
	l := c.loaderOf(conn, f.def.Type, f.def.Named, f, p.at(f))
	fetch, feed, slot, from, err := c.feed(p, variant, t, l, f.when, p.at(f))
	if err != nil {
		return value{}, err
	}
	feed.also(f.when)
	v := value{base: p.bases[0], slot: slot, node: l.node, prov: l.prov, list: true, from: fetch, feed: feed, keys: from}
	if c.kind == "query" && p.typ == c.model.Query && len(p.steps) == 0 && len(f.def.LookupKeys) > 0 && conn.HTTP != nil && conn.HTTP.Idempotent() {
		v.early, v.earlyWhen = map[string]int{}, simple(f.when)
		for key, member := range f.def.LookupKeys {
			v.early[key] = c.givenSlot(f, member)
		}
	}
	return v, nil
}

// attach joins the record that a type's connector loads to the objects of a place.
func (c *compilation) attach(p *place, variant int, t *schema.Type, conn *schema.Connector, when plan.Cond) (*base, error) {
	if b := p.joined(conn); b != nil {
		b.also(when)
		return b, nil
	}
	if p.attaching[conn] {
		return nil, fault.New(fault.Internal, "the key of "+conn.Coordinate+" is served only by itself")
	}
	if p.attaching == nil {
		p.attaching = map[*schema.Connector]bool{}
	}
	p.attaching[conn] = true
	defer delete(p.attaching, conn)
	l := c.loaderOf(conn, nil, t, nil, "")
	fetch, feed, slot, from, err := c.feed(p, variant, t, l, when, p.name)
	if err != nil {
		return nil, err
	}
	b := &base{rec: l.node.rec, node: l.node, prov: l.prov, conn: conn, hop: []int{slot}, wave: fetch.wave, needs: []*fetchNode{fetch}, feed: feed, keys: from}
	b.by = p.by
	b.also(when)
	b.prov.own = p.given == nil
	p.bases = append(p.bases, b)
	return b, nil
}

// asToken returns a list field as one that is read whole: what a key or a template wants of it is its JSON.
func asToken(f *schema.Field) *schema.Field {
	if listDepth(f.Type) == 0 || composite(f.Named) || f.Connector != nil {
		return f
	}
	whole := *f
	whole.Type = ast.NamedType("JSON", nil)
	whole.Named = &schema.Type{Name: "JSON", Kind: ast.Scalar}
	return &whole
}

// key returns where a member of a connector's key is, as seen from base 0 of a place, and the bases it depends on.
func (c *compilation) key(p *place, variant int, t *schema.Type, names []string, when plan.Cond) (plan.Ref, []*base, error) {
	var hops []int
	var within []plan.Within
	var used []*base
	if slot, ok := p.given[strings.Join(names, ".")]; ok && (p.exact || len(p.bases) == 1 && p.bases[0].node == nil) {
		return plan.Ref{Slot: slot}, nil, nil
	}
	for i, name := range names {
		def := c.field(t, name)
		if def == nil {
			return plan.Ref{}, nil, fault.New(fault.Internal, "no field "+t.Name+"."+name)
		}
		if i == len(names)-1 {
			def = asToken(def)
		}
		f := &collected{key: name, def: def, when: when, node: hiddenField(def), hidden: true, read: len(names) == i+1 || p.bases[0].prov.reaches(t, names[i:])}
		v, err := c.locate(p, variant, t, f)
		if err != nil {
			return plan.Ref{}, nil, err
		}
		used = append(used, v.base)
		if v.from != nil {
			used = append(used, &base{wave: v.from.wave, needs: []*fetchNode{v.from}, feed: v.feed, keys: v.keys})
		}
		hops = append(hops, v.base.hop...)
		if i == len(names)-1 {
			return plan.Ref{Hops: hops, Slot: v.slot, Within: within}, used, nil
		}
		if v.from == nil && v.slot >= 0 && !v.list {
			within = append(within, plan.Within{Hops: len(hops), Slot: v.slot})
		}
		inner := c.enter(p, f, v, p.test(variant))
		used = append(used, inner.bases[0])
		if v.from != nil {
			hops = append(hops, v.slot)
		}
		p, variant, t = inner, 0, def.Named
	}
	return plan.Ref{}, nil, fault.New(fault.Internal, "a key without a name")
}
