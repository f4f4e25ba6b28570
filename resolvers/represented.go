package resolvers

import (
	"strings"

	"manifold/internal/fault"
	"manifold/internal/plan"
	"manifold/schema"
)

// Representations are how the router of a supergraph names entities (Query._entities of Apollo Federation): each has the name
// of a type and one of its keys, and which it is, only the request knows. So every pair of a type and a loader is a variant of
// its own: the plan has, for objects of one type, as many ways to load them as the type has keys.

// represented compiles the objects of a place that are representations of entities.
func (c *compilation) represented(p *place, from []selection) (*plan.Object, error) {
	b := p.bases[0]
	if b.node == nil {
		return nil, fault.New(fault.Internal, "nothing tells the type of "+p.typ.Name+" at "+p.name)
	}
	ways := p.typ.Represented
	p.abs = &plan.Abstract{Ref: plan.Ref{Slot: leaf(b.node, found{keys: []string{"__typename"}})}, ByName: map[string]int{}}
	for i, way := range ways {
		p.turn(way)
		key := plan.Key{Name: strings.Join(names(way.By), " ")}
		for _, in := range way.By.Inputs {
			key.Slots = append(key.Slots, c.heldKey(b, way.Type, in.Path))
		}
		p.abs.Names = append(p.abs.Names, way.Type.Name)
		p.abs.Keys = append(p.abs.Keys, key)
		if _, named := p.abs.ByName[way.Type.Name]; !named {
			p.abs.ByName[way.Type.Name] = i
		}
	}
	for i, way := range ways {
		p.turn(way)
		guard := c.tests.guarded(way.Type.Guards)
		var when plan.Cond
		if guard != 0 {
			when = plan.Cond{guard}
		}
		if _, err := c.attach(p, i, way.Type, way.By, when); err != nil { // whether it is there is asked, whatever is selected of it
			return nil, err
		}
		fields, err := c.collect(way.Type, under(from, guard), p.held)
		if err != nil {
			return nil, err
		}
		v, err := c.variant(p, i, way.Type, fields)
		if err != nil {
			return nil, err
		}
		v.Require, v.Guard = p.entity(way.Type), guard
		p.obj.Variants = append(p.obj.Variants, v)
	}
	return c.seal(p), nil
}

// turn makes p a place of objects that are represented in one way.
func (p *place) turn(way schema.Representation) {
	p.by = way.By
	p.bases[0].prov = provision{keys: true, key: way.By, ours: true}
}

// knows reports whether a base is there for the objects that p is compiled for at the moment.
func (p *place) knows(b *base) bool { return b.by == nil || b.by == p.by }

// names returns the names of the members of a loader's key.
func names(c *schema.Connector) []string {
	out := make([]string, len(c.Inputs))
	for i, in := range c.Inputs {
		out[i] = strings.Join(in.Path, ".")
	}
	return out
}
