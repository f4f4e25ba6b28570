package gatewaytest

import (
	"fmt"
	"slices"
)

// connector makes an endpoint.
func (s *genSchema) connector(t *genType, lists int) *genConn {
	c := &genConn{id: len(s.conns), source: pick(s.d, s.sources), typ: t, lists: lists}
	s.conns = append(s.conns, c)
	switch s.d.IntN(4) {
	case 0:
		c.root = []string{"data"}
	case 1:
		c.root = []string{"data", "items"}
	}
	c.nullOn, c.success = s.d.in(3), s.d.in(12)
	return c
}

// keyed makes a connector that is called by the key of owner and returns a t.
func (s *genSchema) keyed(owner, t *genType, lists int) *genConn {
	return s.keyedBy(owner.keys, t, lists)
}

func (s *genSchema) keyedBy(keys []string, t *genType, lists int) *genConn {
	c := s.connector(t, lists)
	c.keys = keys
	c.mode = pick(s.d, []genMode{many, many, many, each})
	if c.mode == each {
		return c
	}
	c.maxSize = pick(s.d, []int{0, 0, 0, 1, 2, 3})
	c.missing = s.d.in(5)
	c.post = len(c.keys) > 1 || s.d.in(5)
	switch {
	case lists > 0:
		c.match, c.group = matchGroup, "owner"
		c.missing = false
	case len(c.keys) > 1:
		c.match = pick(s.d, []genMatch{matchKey, matchPosition})
	default:
		c.match = pick(s.d, []genMatch{matchKey, matchKey, matchKey, matchMap, matchPosition})
	}
	return c
}

// loaderOf makes the loader of an entity: on the type, or on a root field.
func (s *genSchema) loaderOf(t *genType) {
	c := s.connector(t, 0)
	if s.d.in(6) && (t.block == nil || t.block.source != c.source) {
		c.mode, c.keys, c.keyArgs = each, t.keys, true
		f := &genField{name: "load" + t.name, typ: t, text: t.name, role: connected, conn: c}
		c.keyPaths = s.keyArguments(f, t.keys, true)
		s.query.fields = append(s.query.fields, f)
		t.loader = c
	} else {
		t.loader = s.keyed(t, t, 0)
		if s.d.in(2) {
			f := &genField{name: "look" + t.name, typ: t, text: t.name, role: lookedUp}
			s.keyArguments(f, t.keys, false)
			s.query.fields = append(s.query.fields, f)
		}
	}
	if s.d.in(3) && !t.loader.keyArgs {
		t.loader.sel = s.selection(t, 2, true)
	}
	if t.both || s.d.in(8) && (s.agree || !t.held() && !t.spare()) {
		s.secondLoader(t)
	}
	if t.more != nil && !slices.Equal(t.more.keys, t.keys) && s.d.in(2) {
		f := &genField{name: "find" + t.name, typ: t, text: t.name, role: lookedUp}
		s.keyArguments(f, t.more.keys, t.more.keyArgs)
		s.query.fields = append(s.query.fields, f)
	}
	if t.block != nil && s.d.in(3) {
		t.block.sel = s.blockSelection(t)
	}
}

// connectedField makes a field of an entity with a connector of its own.
func (s *genSchema) connectedField(t *genType) *genField {
	f := &genField{name: s.fieldName(), role: connected}
	if s.d.in(6) {
		f.typ, f.text = &genType{name: "String"}, "String"
		f.conn = &genConn{id: -1, value: pick(s.d, []string{
			fmt.Sprintf("$this.%s", s.anyKey(t)[0]),
			fmt.Sprintf("$([$this.%s, 'x'])->joinNotNull('-')", t.keys[0]),
			"$('constant')",
		}), keys: t.keys}
		return f
	}
	keys := s.inputsOf(t)
	switch s.d.IntN(4) {
	case 0: // one leaf for each
		f.typ = &genType{name: pick(s.d, scalars())}
		f.text, f.lists = s.wrapped(f.typ.name, 0)
		f.conn = s.keyedBy(keys, f.typ, 0)
		if f.conn.mode == many {
			f.conn.match = pick(s.d, []genMatch{matchMap, matchPosition})
			if len(keys) > 1 {
				f.conn.match = matchPosition
			}
		}
	case 1: // one object for each
		f.typ = pick(s.d, s.values)
		f.text, f.lists = s.wrapped(f.typ.name, 0)
		f.conn = s.keyedBy(keys, f.typ, 0)
		if f.conn.mode == many && f.conn.match == matchKey {
			f.conn.match, f.conn.group = matchGroup, "owner"
		}
	default:
		f.typ = pick(s.d, append(slices.Clone(s.values), s.things...))
		inner, _ := s.wrapped(f.typ.name, 0)
		f.text, f.lists = "["+inner+"]", 1
		if s.d.in(3) {
			f.text += "!"
		}
		f.conn = s.keyedBy(keys, f.typ, 1)
	}
	if len(keys) > 1 && f.conn.match == matchGroup {
		f.conn.mode, f.conn.match = each, matchKey
	}
	s.arguments(f)
	return f
}

// arguments gives a connected field arguments that its connector reads.
func (s *genSchema) arguments(f *genField) {
	for i := range s.d.IntN(3) {
		a := genArg{name: fmt.Sprintf("a%d", i), typ: pick(s.d, []string{"Int", "String", "[String]", "ID", "Boolean"})}
		if s.d.in(3) {
			a.enum = pick(s.d, s.enums)
			a.typ = a.enum.name
		}
		if s.d.in(3) {
			a.def = s.literal(a)
		}
		f.args = append(f.args, a)
		f.conn.args = append(f.conn.args, a.name)
	}
}

// rootField makes a field of a root type or namespace that calls once.
func (s *genSchema) rootField(at *genType) {
	f := &genField{name: s.fieldName(), role: connected}
	switch s.d.IntN(6) {
	case 0:
		f.typ = pick(s.d, s.values)
	case 1:
		f.typ = &genType{name: pick(s.d, scalars())}
	case 2:
		if len(s.mixed) > 0 {
			f.typ = pick(s.d, s.mixed)
			break
		}
		fallthrough
	default:
		f.typ = pick(s.d, s.things)
	}
	f.text, f.lists = s.wrapped(f.typ.name, 2)
	if f.lists == 0 && f.typ.composite() && s.d.in(2) {
		f.text, f.lists = "["+f.text+"]", 1
	}
	f.conn = s.connector(f.typ, f.lists)
	f.conn.post = s.d.in(6)
	s.arguments(f)
	switch {
	case f.typ.kind == genObject && s.d.in(3):
		f.conn.sel = s.selection(f.typ, 2, !f.typ.entity())
	case len(f.typ.members) > 0 && s.d.in(3):
		f.conn.named = pick(s.d, []string{"tn", "type_name"})
		for _, m := range f.typ.members {
			f.conn.sel = union(f.conn.sel, s.selection(m, 1, true))
		}
	}
	if s.d.in(8) {
		f.conn.fallback = "null"
		if f.lists > 0 {
			f.conn.fallback = "[]"
		}
	}
	f.conn.how = s.rootMethod(f.conn)
	at.fields = append(at.fields, f)
}

// union adds the places of fields that are not there yet: interface fields are in every member.
func union(have, more []place) []place {
	for _, p := range more {
		if !slices.ContainsFunc(have, func(h place) bool { return h.f.name == p.f.name }) {
			have = append(have, p)
		}
	}
	return have
}

// inputsOf picks what a connector on a field of t reads of its parent: the key, or another leaf.
func (s *genSchema) inputsOf(t *genType) []string {
	var leaves []string
	for _, f := range t.fields {
		if f.role == inReply && f.lists == 0 && slices.Contains([]string{"Int", "String", "ID"}, f.typ.name) {
			leaves = append(leaves, f.name)
		}
	}
	if len(leaves) > 0 && s.d.in(4) {
		return []string{pick(s.d, leaves)}
	}
	return s.anyKey(t)
}

// selection lists members of t for an explicit selection: all that only a reply can give if whole is set, else a part of
// them; the key in any case.
func (s *genSchema) selection(t *genType, depth int, whole bool) []place {
	var out []place
	for _, f := range t.fields {
		if f.role == connected || f.role != isKeyField && f.role != holdsKey && !whole && s.d.in(3) {
			continue
		}
		out = append(out, s.listed(t, f, depth, whole))
	}
	return out
}

// blockSelection lists the fields of the extension block, and the key.
func (s *genSchema) blockSelection(t *genType) []place {
	var out []place
	for _, f := range t.fields {
		if f.role == isKeyField || f.role == holdsKey {
			out = append(out, s.listed(t, f, 0, true))
		}
	}
	for _, f := range t.extra {
		out = append(out, s.member(f, 1))
	}
	return out
}

// listed picks a field that a selection lists.
func (s *genSchema) listed(t *genType, f *genField, depth int, whole bool) place {
	if f.role == holdsKey {
		return s.holderMember(t, f, whole)
	}
	return s.member(f, depth)
}

// member picks a field in a random way.
func (s *genSchema) member(f *genField, depth int) place {
	p := place{f: f, path: []string{"m_" + f.name}}
	switch s.d.IntN(4) {
	case 0:
		p.path = []string{f.name}
	case 1:
		p.path = []string{"box", "m_" + f.name}
	}
	p.how = s.method(f)
	reference := f.typ.entity() && f.role != refWhole
	switch {
	case !f.typ.composite() || f.typ.kind != genObject:
	case reference && f.lists == 0 && s.d.in(2):
		p.path = nil
		p.by = s.aKey(f.typ)
		for _, k := range p.by {
			p.keys = append(p.keys, []string{"k_" + f.name + "_" + flatKey(k)})
		}
	case depth > 0 && s.d.in(2):
		p.sub = s.selection(f.typ, depth-1, !f.typ.entity())
	}
	return p
}
