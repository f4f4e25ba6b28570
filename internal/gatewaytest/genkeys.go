package gatewaytest

import (
	"fmt"
	"slices"
	"strings"
)

// This file makes keys and what knows them: a second key of an entity, members of keys inside of objects, and the arguments
// of the fields that pick an entity.

// keyName is the last name on the path of a key member, which says its type: num of org.num.
func keyName(k string) string { return k[strings.LastIndexByte(k, '.')+1:] }

// keyType is the type of a key member.
func (s *genSchema) keyType(k string) string {
	return map[string]string{"id": "ID!", "code": s.codeText, "num": "Int!"}[keyName(k)]
}

// makeHolder makes the type of objects that members of keys lie in. All entities share it, and the field org that leads to it.
func (s *genSchema) makeHolder() {
	s.codeText = pick(s.d, []string{"String!", "String!", "String"})
	s.holder = &genType{name: "K0", kind: genObject}
	s.holderText = pick(s.d, []string{"K0!", "K0"})
	for _, k := range []string{"num", "code"} {
		text := s.keyType(k)
		s.holder.fields = append(s.holder.fields, &genField{name: k, typ: &genType{name: strings.TrimSuffix(text, "!")}, text: text, role: isKeyField})
	}
	beside := s.leaf(s.holder)
	beside.how, beside.lists = "", 0
	beside.text = beside.typ.name
	s.holder.fields = append(s.holder.fields, beside)
}

// chooseKeys chooses the key of an entity, and sometimes a second one.
func (s *genSchema) chooseKeys(t *genType) {
	t.keys = pick(s.d, [][]string{{"id"}, {"id"}, {"id"}, {"code"}, {"num"}, {"id", "code"}, {"id", "org.num"}, {"org.num"}, {"org.num", "org.code"}})
	if !s.d.in(3) {
		return
	}
	t.second = pick(s.d, [][]string{{"code"}, {"code"}, {"num"}, {"id"}, {"code", "num"}, {"id", "code"}, {"org.num"}, {"num", "org.code"}})
	if slices.Equal(t.keys, t.second) {
		t.second = nil
	}
	t.both = t.second != nil && !s.d.in(4) && s.agree // else the planner's choice of a loader would show
}

// keyFields adds the fields that the keys of an entity are made of.
func (s *genSchema) keyFields(t *genType) {
	for _, k := range slices.Concat(t.keys, t.second) {
		name, _, nested := strings.Cut(k, ".")
		f := &genField{name: name, text: s.keyType(k), role: isKeyField}
		f.typ = &genType{name: strings.TrimSuffix(f.text, "!")}
		if nested {
			f.typ, f.text, f.role = s.holder, s.holderText, holdsKey
		}
		if t.field(name) == nil {
			t.fields = append(t.fields, f)
		}
	}
}

// aKey is a key of an entity that a loader asks for.
func (s *genSchema) aKey(t *genType) []string {
	if t.both {
		return s.anyKey(t)
	}
	return t.keys
}

// anyKey is a key of an entity.
func (s *genSchema) anyKey(t *genType) []string {
	if t.second != nil && s.d.in(2) {
		return t.second
	}
	return t.keys
}

// keyText writes a key as an object: what stands at each member is said by at.
func keyText(keys []string, at [][]string) string {
	var out []string
	for i := 0; i < len(keys); i++ {
		outer, _, nested := strings.Cut(keys[i], ".")
		if !nested {
			out = append(out, keys[i]+": "+strings.Join(at[i], "."))
			continue
		}
		var inner []string
		for ; i < len(keys) && strings.HasPrefix(keys[i], outer+"."); i++ {
			inner = append(inner, keyName(keys[i])+": "+strings.Join(at[i], "."))
		}
		i--
		out = append(out, outer+": { "+strings.Join(inner, " ")+" }")
	}
	return "{ " + strings.Join(out, " ") + " }"
}

// keySet writes a key as @key names it: `id org { num }`.
func keySet(keys []string) string {
	var out []string
	for i, k := range keys {
		outer, inner, nested := strings.Cut(k, ".")
		switch {
		case !nested:
			out = append(out, k)
		case i > 0 && strings.HasPrefix(keys[i-1], outer+"."):
			out[len(out)-1] = strings.TrimSuffix(out[len(out)-1], "}") + inner + " }"
		default:
			out = append(out, outer+" { "+inner+" }")
		}
	}
	return strings.Join(out, " ")
}

// flatKey is the name of a key member in the body of a batch: a text without a dot.
func flatKey(k string) string { return strings.ReplaceAll(k, ".", "_") }

// placesOfKey are places in a raw object where each member of a key may stand.
func (s *genSchema) placesOfKey(prefix string, keys []string) [][]string {
	var out [][]string
	for _, k := range keys {
		at := []string{prefix + flatKey(k)}
		if s.d.in(3) {
			at = append([]string{"box"}, at...)
		}
		out = append(out, at)
	}
	return out
}

// keyArguments gives a field the arguments that pick an entity by a key: of the same names, of others with @is, or all in an
// input object. It returns where each member of the key is, behind $args.
// Those that go into the call of an entity field must be given, since null is bad input there.
func (s *genSchema) keyArguments(f *genField, keys []string, must bool) (paths []string) {
	typed := func(text string) string {
		if must {
			return strings.TrimSuffix(text, "!") + "!"
		}
		return text
	}
	if s.d.in(5) {
		in := &genInput{name: fmt.Sprintf("IN%d", len(s.inputs))}
		s.inputs = append(s.inputs, in)
		var said []string
		for i, k := range keys {
			m := genArg{name: fmt.Sprintf("k%d", i), typ: typed(s.keyType(k)), key: true}
			if !strings.Contains(k, ".") && s.d.in(3) {
				m.name = k
			}
			in.members = append(in.members, m)
			paths = append(paths, "by."+m.name)
			if m.name == k {
				said = append(said, k)
				continue
			}
			said = append(said, m.name+": "+k)
		}
		f.args = append(f.args, genArg{
			name: "by", typ: typed(in.name + pick(s.d, []string{"!", "!", ""})), members: in.members, is: "{ " + strings.Join(said, ", ") + " }",
		})
		return paths
	}
	for i, k := range keys {
		a := genArg{name: k, typ: typed(s.keyType(k)), key: true}
		if strings.Contains(k, ".") || s.d.in(4) {
			a.name, a.is = fmt.Sprintf("by%d", i), k
		}
		f.args = append(f.args, a)
		paths = append(paths, a.name)
	}
	return paths
}

// holderMember picks an object that members of keys lie in: as the reply has it, member by member, or built of what stands
// elsewhere. If not whole, it may be nothing but the key.
func (s *genSchema) holderMember(t *genType, f *genField, whole bool) place {
	p := place{f: f, path: pick(s.d, [][]string{{"m_" + f.name}, {f.name}, {"box", "m_" + f.name}})}
	if s.d.in(3) {
		return p
	}
	part := !whole && s.d.in(2)
	for _, m := range f.typ.fields {
		if k := f.name + "." + m.name; !part || slices.Contains(t.keys, k) || slices.Contains(t.second, k) {
			p.sub = append(p.sub, s.member(m, 0))
			p.sub[len(p.sub)-1].how = ""
		}
	}
	if part || s.d.in(2) {
		p.path = nil
		for i := range p.sub {
			p.sub[i].path = []string{"h_" + p.sub[i].f.name}
		}
	}
	return p
}

// secondLoader gives an entity one more loader: of its second key, or of the first one called in another way. Each may give
// some of the fields only.
func (s *genSchema) secondLoader(t *genType) {
	keys := t.keys
	if t.both {
		keys = t.second
	}
	if s.d.in(3) && t.block == nil {
		c := s.connector(t, 0)
		f := &genField{name: "also" + t.name, typ: t, text: t.name, role: connected, conn: c}
		c.mode, c.keys, c.keyArgs = each, keys, true
		c.keyPaths = s.keyArguments(f, keys, true)
		s.query.fields = append(s.query.fields, f)
		t.more = c
	} else {
		t.more = s.keyedBy(keys, t, 0)
		if !t.loader.keyArgs && slices.Equal(keys, t.loader.keys) { // two ways of calling by one key
			if t.more.mode == t.loader.mode {
				t.more.mode, t.more.match, t.more.missing, t.more.maxSize, t.more.post = each, matchKey, false, 0, false
			}
			if t.more.mode == t.loader.mode {
				t.loader.mode, t.loader.post = many, true
			}
		}
	}
	if !t.more.keyArgs && s.d.in(2) {
		t.more.root = nil
	}
	if s.d.in(2) {
		t.loader.sel, t.more.sel = s.halves(t)
	}
}

// halves are two selections of which each has the keys and some fields, both together have all. No field is in both: which
// loader is asked for such a one is the planner's choice, and the loaders do not agree.
func (s *genSchema) halves(t *genType) (a, b []place) {
	for _, f := range t.fields {
		switch f.role {
		case connected:
		case isKeyField, holdsKey:
			a, b = append(a, s.listed(t, f, 1, true)), append(b, s.listed(t, f, 1, true))
		default:
			if s.d.in(2) {
				a = append(a, s.listed(t, f, 1, true))
			} else {
				b = append(b, s.listed(t, f, 1, true))
			}
		}
	}
	return a, b
}
