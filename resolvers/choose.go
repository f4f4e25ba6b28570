package resolvers

import (
	"slices"
	"strings"

	"manifold/schema"
)

// loader returns the loader of entities of type t at a place: the one that was looked up by, else the first whose key is at
// hand where the object was found. It is the preferred one if no key is.
func (p *place) loader(t *schema.Type) *schema.Connector {
	if p.by != nil && slices.Contains(t.Loaders, p.by) {
		return p.by
	}
	return p.keyed(t, t.Loaders)
}

// keyed returns the first of some connectors whose key is at hand, the first of all if there is none.
func (p *place) keyed(t *schema.Type, conns []*schema.Connector) *schema.Connector {
	for _, c := range conns {
		if len(conns) == 1 || p.keyOf(t, c) {
			return c
		}
	}
	if len(conns) == 0 {
		return nil
	}
	return conns[0]
}

// keyOf reports whether the key of a connector is at hand.
func (p *place) keyOf(t *schema.Type, c *schema.Connector) bool {
	return !slices.ContainsFunc(c.Inputs, func(in schema.Input) bool { return !p.holds(t, in.Path) })
}

// holds reports whether a value is at hand without a loader: found with the object, given by an argument, or behind a
// connector of its own.
func (p *place) holds(t *schema.Type, path []string) bool {
	if _, ok := p.given[strings.Join(path, ".")]; ok {
		return true
	}
	f := t.Fields[path[0]]
	if f == nil {
		return false
	}
	if b := p.bases[0]; b.node != nil && b.prov.reaches(t, path) {
		return true
	}
	return f.Connector != nil
}

// serving returns the connectors that may be asked for a field which is not there yet, in the order they are tried: loaders of
// the object if the field is written in the block of a loader, else those of the field's block. Those that provide the field
// and whose key is at hand come first.
func (p *place) serving(t *schema.Type, f *schema.Field) []*schema.Connector {
	var all []*schema.Connector
	if f.Block == nil || ofMain(t, f) {
		if c := p.loader(t); c != nil {
			all = append(all, c)
		}
		all = append(all, t.Loaders...)
	}
	switch {
	case f.Block == nil:
	case len(f.Block.Twins) > 0:
		all = append(all, f.Block.Twins...)
	default:
		all = append(all, f.Block)
	}
	if len(all) < 2 {
		return all
	}
	var best, good, rest []*schema.Connector
	for i, c := range all {
		switch {
		case slices.Contains(all[:i], c):
		case !p.gives(t, f, c):
			rest = append(rest, c)
		case p.keyOf(t, c):
			best = append(best, c)
		default: // another loader may have its key
			good = append(good, c)
		}
	}
	return slices.Concat(best, good, rest)
}

// gives reports whether a connector of the type provides a field.
func (p *place) gives(t *schema.Type, f *schema.Field, c *schema.Connector) bool {
	v := provides(c, true)
	v.own = p.given == nil
	_, ok := v.find(t, f)
	return ok
}
