package schema

import (
	"fmt"
	"slices"

	"github.com/vektah/gqlparser/v2/ast"
)

// want checks that fields which an object built by a mapping lacks are provided by a loader whose key the object has. m are the
// members of the object, nil if only the key is known, whichever it is.
func (s *shapes) want(t *typ, fields []*field, m *members, r reply) {
	for _, f := range fields {
		var by, keyed *Connector
		for _, c := range t.model.Loaders {
			if !s.provides(c, f) {
				continue
			}
			if by == nil {
				by = c
			}
			if keyed == nil && (m == nil || m.open || s.reaches(t, m, c)) {
				keyed = c
			}
		}
		switch {
		case keyed != nil:
			s.asked[keyed.Block()] = true
		case by != nil:
			s.asked[by.Block()] = true
			s.lacksKey(t, m, r, by)
		case !s.reported[f]:
			s.reported[f] = true
			c := t.model.Loader()
			s.nowhere(t, f, reply{text: s.selections[c], coordinate: c.Coordinate})
		}
	}
	s.load(t)
}

// wantAll is want for a reference: all that no other connector has is for a loader to say.
func (s *shapes) wantAll(t *typ) {
	var fields []*field
	for _, o := range append([]*typ{t}, s.possible(t)...) {
		if o.kind != ast.Object || !o.model.Entity() {
			continue
		}
		fields = fields[:0]
		for _, f := range o.fields {
			inBlock := f.model.Block != nil && f.model.Block != o.model.Loader().Block()
			if f.model.Connector == nil && !inBlock && !o.model.KeyField(f.def.Name) && !s.namespace(f) {
				fields = append(fields, f)
			}
		}
		s.want(o, fields, nil, reply{})
	}
	s.load(t)
}

// reaches reports whether an object built by a mapping has the key of a loader, or gets it by way of others.
func (s *shapes) reaches(t *typ, m *members, want *Connector) bool {
	asked := map[*Connector]bool{}
	has := func(c *Connector) bool {
		return !slices.ContainsFunc(c.Inputs, func(in Input) bool {
			f := t.byName[in.Path[0]]
			return m.values[in.Path[0]] == nil && f != nil && !slices.ContainsFunc(t.model.Loaders, func(o *Connector) bool { return asked[o] && s.provides(o, f) })
		})
	}
	for more := true; more; {
		if has(want) {
			return true
		}
		more = false
		for _, c := range t.model.Loaders {
			if !asked[c] && has(c) {
				asked[c], more = true, true
			}
		}
	}
	return false
}

// provides reports whether a loader gives a field: its selection lists it; without one, the field is in its block, or in no
// block at all.
func (s *shapes) provides(c *Connector, f *field) bool {
	if readsInput(c, f.def.Name) { // the key that it was asked for
		return true
	}
	for _, o := range objects(c.Selection) {
		if o == nil {
			if c.Selection != nil || c.KeyArgs || f.model.Block == nil || f.model.Block == c.Block() {
				return true
			}
			continue
		}
		if m := flatten(o); m.open || m.values[f.def.Name] != nil {
			return true
		}
	}
	return false
}

// lacksKey reports that an object built by a mapping lacks the key by which the rest is loaded.
func (s *shapes) lacksKey(t *typ, m *members, r reply, loader *Connector) {
	for _, in := range loader.Inputs {
		if m.values[in.Path[0]] == nil && !s.keyless[r.object] {
			s.problem(s.insideText(r.text, 0), r.coordinate, fmt.Sprintf("the mapping lacks %s, the key by which %s is loaded", in.Path[0], t.name),
				"add "+in.Path[0]+" to the mapping")
		}
	}
	s.keyless[r.object] = true
}

// load walks what the loaders of t give.
func (s *shapes) load(t *typ) {
	if t.kind != ast.Object {
		for _, o := range s.possible(t) {
			s.load(o)
		}
		if c := t.model.Loader(); s.done[c] {
			return
		}
	}
	for _, c := range t.model.Loaders {
		for _, r := range s.replies(c.Selection, s.selections[c], c.Coordinate) {
			r.by, r.scope, r.tells = c, &scope{parent: t}, c.Ask != nil
			s.checkMatch(c, r)
			if t.kind == ast.Object {
				s.object(t, r)
			}
		}
	}
}
