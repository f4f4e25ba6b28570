package resolvers

import (
	"manifold/internal/plan"
	"manifold/schema"
)

// pieces splits a field by what the place is joined to already: while a record that has the field is asked for, the field is
// read from it; while none is, from wherever locate finds it best. So a field that several loaders give never makes a call
// that @skip or @include of another field was to save.
func (c *compilation) pieces(p *place, variant int, t *schema.Type, f *collected) []*collected {
	if f.def == nil || f.def.Lookup || f.def.Namespace || f.def.Connector != nil && len(f.def.Also) == 0 {
		return []*collected{f}
	}
	best := p.best(t, f.def)
	var out []*collected
	left := f.when
	for _, b := range p.bases {
		if b.conn != nil && b.conn == best || !p.has(b, variant, t, f) {
			continue
		}
		if b.feed == nil {
			break
		}
		if here := c.tests.both(left, b.asked); len(here) > 0 {
			out = append(out, f.under(here))
			left = c.tests.minus(left, b.asked)
		}
	}
	if len(out) == 0 {
		return []*collected{f}
	}
	if len(left) > 0 {
		out = append(out, f.under(left))
	}
	return out
}

// best returns the connector that is asked for a field if no record has it, nil if none is.
func (p *place) best(t *schema.Type, f *schema.Field) *schema.Connector {
	for _, conn := range p.serving(t, f) {
		if p.gives(t, f, conn) {
			return conn
		}
	}
	return nil
}

// under returns a field that counts under another condition.
func (f *collected) under(when plan.Cond) *collected {
	piece := *f
	piece.when = when
	return &piece
}

// has reports whether a record that a place is joined to has a field.
func (p *place) has(b *base, variant int, t *schema.Type, f *collected) bool {
	n := b.node
	if b.inner != nil {
		n = b.inner[variant]
	}
	if n == nil || !p.knows(b) || (b.conn == nil && !f.read && b.prov.holdsKey(t, f.def)) {
		return false
	}
	_, ok := b.prov.find(t, f.def)
	return ok
}

// covers reports whether a record is there whenever a condition holds.
func (c *compilation) covers(b *base, when plan.Cond) bool {
	return b.feed == nil || len(c.tests.minus(when, b.asked)) == 0
}
