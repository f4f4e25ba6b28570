package schema

import (
	"fmt"

	"github.com/vektah/gqlparser/v2/ast"

	"manifold/internal/mapping"
)

// selectedValue says where the value of an argument is found in an object, as @is and @require write it (the FieldSelectionMap
// of the GraphQL Composite Schemas specification, paths and objects): `size.weight`, or `{ w: size.weight, unit }` for an
// input object.
type selectedValue struct {
	path    []string // of a leaf
	members []selectedMember
	at      int
}

type selectedMember struct {
	name  string
	value selectedValue
	at    int
}

// leaf is one leaf of a selectedValue: the members of the argument that lead to it, and its path in the object.
type leaf struct {
	member []string
	path   []string
	at     int
}

func (s *selectedValue) leaves(member []string, out []leaf) []leaf {
	if s.members == nil {
		return append(out, leaf{member: member, path: s.path, at: s.at})
	}
	for i := range s.members {
		m := &s.members[i]
		out = m.value.leaves(append(member[:len(member):len(member)], m.name), out)
	}
	return out
}

// node is the value as an expression over $this.
func (s *selectedValue) node() mapping.Node {
	if s.members == nil {
		return thisPath(s.path)
	}
	o := &mapping.Object{}
	for i := range s.members {
		o.Members = append(o.Members, mapping.Member{Name: s.members[i].name, Value: s.members[i].value.node()})
	}
	return o
}

// thisPath is $this.a.b.
func thisPath(names []string) *mapping.Path {
	p := &mapping.Path{Root: mapping.RootVar, Name: "this"}
	for _, name := range names {
		p.Steps = append(p.Steps, mapping.Step{Kind: mapping.StepKey, Name: name})
	}
	return p
}

// selectionMap reads the text of @is or @require.
func (l *loader) selectionMap(v *ast.Value, coordinate string) (*selectedValue, bool) {
	t, ok := text(v)
	if !ok {
		return nil, false
	}
	r := mapReader{loader: l, v: v, t: t, coordinate: coordinate}
	s, ok := r.value()
	if !ok {
		return nil, false
	}
	if r.space(); r.i < len(t) {
		r.unexpected()
		return nil, false
	}
	return &s, true
}

type mapReader struct {
	*loader
	v          *ast.Value
	t          string
	i          int
	coordinate string
}

func (r *mapReader) space() {
	for r.i < len(r.t) && keySpace(rune(r.t[r.i])) {
		r.i++
	}
}

func (r *mapReader) take(c byte) bool {
	r.space()
	if r.i < len(r.t) && r.t[r.i] == c {
		r.i++
		return true
	}
	return false
}

func (r *mapReader) unexpected() {
	switch {
	case r.i >= len(r.t):
		r.problem(r.inside(r.v, r.i), r.coordinate, "the selection ends too early", `write a path such as "size.weight", or "{ w: size.weight unit }"`)
	case r.t[r.i] == '|', r.t[r.i] == '<', r.t[r.i] == '[':
		r.notYet(r.inside(r.v, r.i), r.coordinate, fmt.Sprintf("%q in a selection", r.t[r.i]), "write a path, or an object of paths")
	default:
		r.problem(r.inside(r.v, r.i), r.coordinate, fmt.Sprintf("unexpected %q in a selection", r.t[r.i]), `write a path such as "size.weight", or "{ w: size.weight unit }"`)
	}
}

func (r *mapReader) name() (string, bool) {
	r.space()
	start := r.i
	for r.i < len(r.t) && nameByte(r.t[r.i], r.i == start) {
		r.i++
	}
	if r.i == start {
		r.unexpected()
		return "", false
	}
	return r.t[start:r.i], true
}

func (r *mapReader) value() (s selectedValue, ok bool) {
	r.space()
	s.at = r.i
	if !r.take('{') {
		for {
			name, ok := r.name()
			if !ok {
				return s, false
			}
			s.path = append(s.path, name)
			if !r.take('.') {
				return s, true
			}
		}
	}
	s.members = []selectedMember{}
	for !r.take('}') {
		r.space()
		m := selectedMember{at: r.i}
		if m.name, ok = r.name(); !ok {
			return s, false
		}
		m.value = selectedValue{path: []string{m.name}, at: m.at}
		if r.take(':') {
			if m.value, ok = r.value(); !ok {
				return s, false
			}
		}
		s.members = append(s.members, m)
	}
	if len(s.members) == 0 {
		r.problem(r.inside(r.v, s.at), r.coordinate, "nothing is selected between the braces", "name the members: { id }")
		return s, false
	}
	return s, true
}
