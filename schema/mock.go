package schema

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"manifold/internal/mapping"
)

// Mock says which sources are mocked: what their connectors would call is made up instead. The zero Mock mocks nothing.
type Mock struct {
	All     bool
	Sources []string // names, if not All
}

// Any reports whether anything may be mocked.
func (m Mock) Any() bool { return m.All || len(m.Sources) > 0 }

// mocks reports whether the calls of a source are made up.
func (l *loader) mocks(s *Source) bool {
	return s != nil && (l.mock.All || slices.Contains(l.mock.Sources, s.mockName()))
}

// mockName is how a source is called where it is mocked: a host that a connector names is called by its name alone.
func (s *Source) mockName() string { return strings.TrimPrefix(s.Name, "//") }

// mockValue is the value that @mock gives to a field.
type mockValue struct {
	node mapping.Node
	read reads
}

// readMocks reads every @mock. It has no effect unless a source is mocked, but it is checked always: a value that was right
// once must not turn out to be wrong when somebody needs it.
func (l *loader) readMocks() {
	for _, t := range l.order {
		for _, f := range t.fields {
			if u := first(f.uses, "mock"); u != nil {
				l.readMock(f, u)
			}
		}
	}
}

func (l *loader) readMock(f *field, u *use) {
	v := u.arg("value")
	sc := l.scopeOf(site{owner: f.owner, block: f.block, field: f})
	before := len(l.problems)
	n := l.selection(v, sc, asking)
	if n == nil || len(l.problems) > before {
		return
	}
	f.mock = &mockValue{node: n, read: sc.read}
	if sc.read.batch.src != nil {
		l.problem(sc.read.batch, sc.coordinate, "$batch is read, but @mock calls nothing", "use $this")
		return
	}
	for _, use := range sc.read.uses {
		if use.path[0] == f.def.Name {
			l.problem(use.at, sc.coordinate, "the value of the field is made of the field itself", "read another field of "+f.owner.name)
		}
	}
	l.checkMade(n, f, f.def.Type, sc, v)
}

// checkMade checks the value that a mapping makes for a field of type t, with all that can be seen inside of it.
func (l *loader) checkMade(n mapping.Node, f *field, t *ast.Type, sc *scope, v *ast.Value) {
	p := l.inside(v, n.Offset())
	if lit, ok := n.(*mapping.Literal); ok && string(lit.JSON) == "null" {
		if t.NonNull {
			l.problem(p, sc.coordinate, fmt.Sprintf("the mapping makes null, but the field %s is %s", f.def.Name, t), "write the type without !, or another value")
		}
		return
	}
	if array := madeArray(n); array != nil && t.Elem != nil {
		for _, item := range array.Items {
			l.checkMade(item, f, t.Elem, sc, v)
		}
		return
	}
	as := &field{def: &ast.FieldDefinition{Name: f.def.Name, Type: t}, owner: f.owner, model: f.model}
	if l.plainLeaf(as) && buildsObject(n) {
		l.problem(p, sc.coordinate, "the mapping makes an object, but the field "+f.def.Name+" is "+t.String(), leafHint(n))
		return
	}
	before := len(l.problems)
	l.fitField(n, as, p, sc.coordinate, sc)
	owner := l.types[t.Name()]
	if owner == nil || !owner.composite() || len(l.problems) > before {
		return
	}
	for _, o := range objects(n) {
		if o != nil {
			l.checkMadeObject(o, owner, sc, v)
		}
	}
}

// checkMadeObject checks the members of an object against the fields of its type, or of those that it may be.
func (l *loader) checkMadeObject(o *mapping.Object, t *typ, sc *scope, v *ast.Value) {
	possible := l.possible(t)
	s := shapes{loader: l}
	s.checkMembers(reply{object: o, text: v, coordinate: sc.coordinate}, t, possible)
	m := flatten(o)
	for _, name := range m.order {
		var fields []*field
		for _, of := range append([]*typ{t}, possible...) {
			if f := of.byName[name]; f != nil && !slices.ContainsFunc(fields, func(o *field) bool { return o.def.Type.String() == f.def.Type.String() }) {
				fields = append(fields, f)
			}
		}
		if len(fields) == 1 { // fields of the same name and different types: which one is meant is not known
			l.checkMade(m.values[name], fields[0], fields[0].def.Type, sc, v)
		}
	}
}

// madeArray returns the array that a mapping is, or nil.
func madeArray(n mapping.Node) *mapping.Array {
	switch n := n.(type) {
	case *mapping.Array:
		return n
	case *mapping.Path:
		if n.Root == mapping.RootValue && len(n.Steps) == 0 {
			return madeArray(n.Value)
		}
	}
	return nil
}
