package gatewaytest

import (
	"fmt"
	"slices"
	"strings"
)

// genSchema is a generated schema.
type genSchema struct {
	d       dice
	sources []*genSource
	enums   []*genType
	values  []*genType // plain objects; each refers to later ones only, so that replies are finite
	things  []*genType // entities
	mixed   []*genType // unions and interfaces
	query   *genType
	change  *genType   // Mutation, or nil
	groups  []*genType // namespaces
	conns   []*genConn
	// agree says that what several connectors may be asked for is the same whichever is asked, and there, see sure.
	agree    bool
	inputs   []*genInput
	services []*genService
	rpc      *genRPC  // nil: there is none
	holder   *genType // of objects that members of keys lie in
	// types of fields that all entities have alike
	holderText, codeText string
	fields               int // counts field names, so that no two types share one but for key and interface fields
}

// newSchema makes a schema from chance.
func newSchema(d dice) *genSchema {
	s := &genSchema{d: d, agree: d.in(3)}
	for i := range 1 + d.IntN(3) {
		s.sources = append(s.sources, &genSource{
			name: fmt.Sprintf("s%d", i), naming: pick(d, []string{"AS_IS", "AS_IS", "SNAKE_CASE", "KEBAB_CASE", "PASCAL_CASE"}),
		})
	}
	s.makeEnums()
	s.makeHolder()
	for i := range 2 + d.IntN(3) {
		s.values = append(s.values, &genType{name: fmt.Sprintf("V%d", i), kind: genObject})
	}
	for i := range 1 + d.IntN(4) {
		t := &genType{name: fmt.Sprintf("T%d", i), kind: genObject}
		s.chooseKeys(t)
		s.things = append(s.things, t)
	}
	s.makeMixed()
	for i, t := range slices.Backward(s.values) {
		s.fillValue(t, s.values[i+1:])
	}
	for _, t := range s.things {
		s.keyFields(t)
	}
	for _, t := range s.things {
		s.fillThing(t)
	}
	s.query = &genType{name: "Query", kind: genObject}
	for _, t := range s.things {
		s.loaderOf(t)
	}
	for range 2 + d.IntN(5) {
		s.rootField(s.query)
	}
	s.makeGroups()
	if d.in(3) {
		s.change = &genType{name: "Mutation", kind: genObject}
		for range 1 + d.IntN(3) {
			s.rootField(s.change)
			s.change.fields[len(s.change.fields)-1].conn.post = true
		}
	}
	s.makeServices()
	s.makeRPC()
	s.makeFunctions()
	s.requiredFields()
	s.guardSome(d)
	return s
}

// makeGroups adds namespaces to Query: one, or one in another.
func (s *genSchema) makeGroups() {
	at := s.query
	for i := range pick(s.d, []int{0, 0, 0, 1, 2}) {
		g := &genType{name: fmt.Sprintf("G%d", i), kind: genObject}
		for range 1 + s.d.IntN(2) {
			s.rootField(g)
		}
		s.groups = append(s.groups, g)
		at.fields = append(at.fields, &genField{name: s.fieldName(), typ: g, text: pick(s.d, []string{g.name, g.name + "!"}), role: grouping})
		at = g
	}
}

func (s *genSchema) name() string {
	s.fields++
	return pick(s.d, []string{"f%d", "fullName%d", "aB%d", "x%dOf"}) // printed below
}

func (s *genSchema) fieldName() string { return fmt.Sprintf(s.name(), s.fields) }

func (s *genSchema) makeEnums() {
	for i := range 2 {
		e := &genType{name: fmt.Sprintf("E%d", i), kind: genEnum}
		for j := range 2 + s.d.IntN(3) {
			name := fmt.Sprintf("E%d_V%d", i, j)
			e.values = append(e.values, name)
			e.spellings = append(e.spellings, name)
			if s.d.in(2) {
				e.spellings = append(e.spellings, strings.ToLower(name))
			}
			if s.d.in(4) {
				e.spellings = append(e.spellings, fmt.Sprintf("é-%d", j))
			}
		}
		s.enums = append(s.enums, e)
	}
}

// makeMixed makes a union of any objects, and an interface of value types of its own.
func (s *genSchema) makeMixed() {
	if s.d.in(2) {
		u := &genType{name: "U0", kind: genUnion, disc: discriminating(s.d.IntN(3))}
		u.members = append(u.members, pick(s.d, s.values), pick(s.d, s.things))
		if s.d.in(2) {
			if t := pick(s.d, s.things); t != u.members[1] {
				u.members = append(u.members, t)
			}
		}
		s.mixed = append(s.mixed, u)
	}
	if s.d.in(2) {
		i := &genType{name: "I0", kind: genInterface, disc: discriminating(s.d.IntN(3))}
		shared := s.leaf(nil)
		i.fields = []*genField{shared}
		for n := range 1 + s.d.IntN(3) {
			m := &genType{name: fmt.Sprintf("M%d", n), kind: genObject, implement: "I0"}
			copied := *shared
			m.fields = []*genField{&copied, s.leaf(m)}
			i.members = append(i.members, m)
		}
		s.mixed = append(s.mixed, i)
	}
}

// wrapped writes the type name with random wrappers: at most max lists.
func (s *genSchema) wrapped(name string, maxLists int) (text string, lists int) {
	text = name
	if s.d.in(3) {
		text += "!"
	}
	for lists < maxLists && s.d.in(4) {
		text = "[" + text + "]"
		if s.d.in(3) {
			text += "!"
		}
		lists++
	}
	return text, lists
}

func scalars() []string { return []string{"Int", "Float", "String", "Boolean", "ID", "JSON"} }

// leaf makes a field of a scalar or enum type found in the reply.
func (s *genSchema) leaf(*genType) *genField {
	f := &genField{name: s.fieldName(), role: inReply}
	f.typ = &genType{name: pick(s.d, scalars())}
	if s.d.in(5) {
		f.typ = pick(s.d, s.enums)
	}
	f.text, f.lists = s.wrapped(f.typ.name, 2)
	if f.path = s.from(f.name); f.path != nil {
		f.how = s.method(f)
	}
	return f
}

// from is a random @from path, or nil.
func (s *genSchema) from(name string) []string {
	switch s.d.IntN(6) {
	case 0:
		return []string{"raw_" + name}
	case 1:
		return []string{"box", "raw_" + name}
	case 2:
		return []string{"box", "inner", name}
	}
	return nil
}

// object makes a field of a value or abstract type found in the reply.
func (s *genSchema) object(from []*genType) *genField {
	f := &genField{name: s.fieldName(), role: inReply, typ: pick(s.d, from)}
	f.text, f.lists = s.wrapped(f.typ.name, 2)
	f.path = s.from(f.name)
	return f
}

// reference makes a field that points to an entity.
func (s *genSchema) reference() *genField {
	f := &genField{name: s.fieldName(), typ: pick(s.d, s.things)}
	switch f.role = genRole(int(refDefault) + s.d.IntN(4)); f.role {
	case refBuilt:
		f.text, f.lists = s.wrapped(f.typ.name, 0)
		f.by = s.aKey(f.typ)
		f.keyAt = s.placesOfKey(f.name+"_", f.by)
	case refList:
		if f.by = s.aKey(f.typ); len(f.by) > 1 || strings.Contains(f.by[0], ".") {
			f.role = refDefault
			f.text, f.lists = s.wrapped(f.typ.name, 2)
			break
		}
		inner, _ := s.wrapped(f.typ.name, 0)
		f.text, f.lists = "["+inner+"]", 1
		f.path = []string{f.name + "_ids"}
	default:
		f.text, f.lists = s.wrapped(f.typ.name, 2)
		f.path = s.from(f.name)
		if f.role == refWhole && f.path == nil {
			f.path = []string{"whole_" + f.name}
		}
	}
	return f
}

func (s *genSchema) fillValue(t *genType, later []*genType) {
	for range 1 + s.d.IntN(3) {
		t.fields = append(t.fields, s.leaf(t))
	}
	if len(later) > 0 && s.d.in(2) {
		t.fields = append(t.fields, s.object(later))
	}
	if s.d.in(2) {
		t.fields = append(t.fields, s.reference())
	}
}

func (s *genSchema) fillThing(t *genType) {
	for range 1 + s.d.IntN(3) {
		t.fields = append(t.fields, s.leaf(t))
	}
	if s.d.in(2) {
		t.fields = append(t.fields, s.object(s.values))
	}
	if len(s.mixed) > 0 && s.d.in(3) {
		t.fields = append(t.fields, s.object(s.mixed))
	}
	for range s.d.IntN(3) {
		t.fields = append(t.fields, s.reference())
	}
	if s.d.in(2) {
		t.fields = append(t.fields, s.connectedField(t))
	}
	if s.d.in(3) && (s.agree || t.second == nil && !t.held()) {
		for range 1 + s.d.IntN(2) {
			t.extra = append(t.extra, s.leaf(t))
		}
		if s.d.in(3) {
			t.extra = append(t.extra, s.object(s.values))
		}
		t.block = s.keyedBy(s.anyKey(t), t, 0)
	}
}
