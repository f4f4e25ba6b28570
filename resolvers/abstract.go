package resolvers

import (
	"slices"
	"strings"

	"manifold/internal/fault"
	"manifold/internal/plan"
	"manifold/schema"
)

// resolveType decides how the concrete type of a place's objects is found (LANGUAGE 6, "Abstract types"): by the __typename
// that a mapping made, by @discriminate, as the only possible one, by the reply's own __typename.
func (c *compilation) resolveType(p *place, types []*schema.Type) error {
	if isObject(p.typ) {
		return nil
	}
	b := p.bases[0]
	named := b.prov.sel != nil && b.prov.lists("__typename")
	if len(types) == 1 && !p.typ.MayHide && p.disc == nil && !named {
		return nil
	}
	if p.typ.Entity() && !namesType(b) { // a key alone does not say the type: what it points to does
		var err error
		if b, err = c.attach(p, 0, p.typ, p.loader(p.typ), nil); err != nil {
			return err
		}
	}
	if b.node == nil {
		return fault.New(fault.Internal, "nothing tells the type of "+p.typ.Name+" at "+p.name)
	}
	abs := &plan.Abstract{Ref: plan.Ref{Hops: b.hop, Slot: -1}, ByName: map[string]int{}}
	for i, t := range types {
		abs.Names = append(abs.Names, t.Name)
		abs.ByName[t.Name] = i
	}
	switch {
	case b.prov.sel != nil && b.prov.lists("__typename"):
		at, _ := b.prov.findListed(b.prov.sel, "__typename")
		abs.Ref.Slot = leaf(b.node, at)
	case p.disc != nil && p.disc.Wrapped:
		c.wrapped(p, b, abs, types)
	case p.disc != nil && p.disc.Field != "":
		abs.Ref.Slot = leaf(b.node, found{keys: strings.Split(p.disc.Field, ".")})
		if p.disc.Map != nil {
			abs.ByName = map[string]int{}
		}
		for value, name := range p.disc.Map {
			if i := slices.IndexFunc(types, func(t *schema.Type) bool { return t.Name == name }); i >= 0 {
				abs.ByName[value] = i
			}
		}
	default:
		abs.Ref.Slot = leaf(b.node, found{keys: []string{"__typename"}})
	}
	p.abs = abs
	return nil
}

// namesType reports whether the record where an object was found can tell its type.
func namesType(b *base) bool {
	if b.node == nil || b.prov.keys {
		return false
	}
	return b.prov.sel == nil || b.prov.lists("__typename")
}

// leaf returns the slot of a leaf at a place seen from n.
func leaf(n *node, at found) int {
	if at.expr != nil || len(at.keys) == 0 {
		slot, _ := n.compute(at.expr, 0, false, want{})
		return slot
	}
	l := loader{node: n}
	return l.walk(at.keys)
}

// wrapped finds members as {"Foo": {...}}: the object's properties are inside.
func (c *compilation) wrapped(p *place, b *base, abs *plan.Abstract, types []*schema.Type) {
	b.inner = make([]*node, len(types))
	for i, t := range types {
		name := t.Name
		for value, of := range p.disc.Map {
			if of == t.Name {
				name = value
			}
		}
		slot, child, ok := b.node.object(name, nil, want{})
		if !ok {
			slot, child = b.node.compute(path([]string{name}, nil), 0, true, want{})
		}
		abs.Wrapped = append(abs.Wrapped, slot)
		b.inner[i] = child
	}
}
