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

// keyed returns the first of some connectors whose key is at hand.
func (p *place) keyed(t *schema.Type, conns []*schema.Connector) *schema.Connector {
	for _, c := range conns {
		if len(conns) == 1 || !slices.ContainsFunc(c.Inputs, func(in schema.Input) bool { return !p.holds(t, in.Path) }) {
			return c
		}
	}
	if len(conns) == 0 {
		return nil
	}
	return conns[0]
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
	if b := p.bases[0]; b.node != nil {
		if _, ok := b.prov.find(t, f); ok {
			return true
		}
	}
	return f.Connector != nil
}

// serving returns the connectors that may be asked for a field which is not there yet, in the order they are tried: the
// loader of the object if the field is written in the block of a loader, else that of the field's block.
func (p *place) serving(t *schema.Type, f *schema.Field) []*schema.Connector {
	var out []*schema.Connector
	if f.Block == nil || ofMain(t, f) {
		if c := p.loader(t); c != nil {
			out = append(out, c)
		}
	}
	if f.Block != nil {
		twins := f.Block.Twins
		if len(twins) == 0 {
			twins = []*schema.Connector{f.Block}
		}
		if c := p.keyed(t, twins); !slices.Contains(out, c) {
			out = append(out, c)
		}
	}
	return out
}
