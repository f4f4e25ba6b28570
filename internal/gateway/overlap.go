package gateway

import (
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/validator"

	"manifold/internal/fault"
)

// overlapRule checks that fields of one response key can be merged (GraphQL 5.3.2, FieldsInSetCanMerge) in at most limit
// steps for one document; then it reports OVERLAP_LIMIT.
//
// The specification compares every pair of fields. But both its questions are equivalences, so comparing each field with
// the first of its group answers them for all pairs:
//
//   - do they have the same shape (SameResponseShape)? It is asked of all fields of a response key;
//   - are they the same field with the same arguments? It is asked of fields that can meet in one object. Fields of two
//     different object types never do. So a group is split by object type; fields of interfaces and unions can meet with
//     all of them and stand in every part.
//
// Then the same is asked of what all fields of a group, or of a part, select together. Where a group has parts, its shape
// is followed once and its parts one by one. That last step is what can still multiply: fields of an interface, nested
// in fields of an interface, each beside several object types. The steps are counted for its sake.
//
// The rule visits operations. A fragment that no operation reaches is refused by another rule. Fields whose type is not
// known are left out, as other rules report them.
func overlapRule(limit int) validator.Rule {
	return validator.Rule{Name: "OverlappingFieldsCanBeMerged", RuleFunc: func(events *validator.Events, add validator.AddErrFunc) {
		m := &merging{steps: limit, limit: limit}
		events.OnOperation(func(w *validator.Walker, op *ast.OperationDefinition) {
			m.schema = w.Schema
			m.check([]ast.SelectionSet{op.SelectionSet}, true, true)
			for _, e := range m.errors {
				add(func(into *gqlerror.Error) { *into = *e })
			}
			m.errors = nil
		})
	}}
}

// maxConflicts is how many conflicts are looked for in one operation.
const maxConflicts = 20

type merging struct {
	schema *ast.Schema
	steps  int
	limit  int
	over   bool

	path   []string // response keys from the root
	errors []*gqlerror.Error
}

// check compares the fields of one object of the response, which is what all of sets select, and what lies below them.
// shape and same say which of the two questions to ask.
func (m *merging) check(sets []ast.SelectionSet, shape, same bool) {
	if m.over || len(m.errors) >= maxConflicts {
		return
	}
	groups := groupFields(sets, definitionOf, &m.steps)
	if m.exceeded() || len(m.path) > 4*maxDepthOfPath {
		return
	}
	for i := range groups {
		m.path = append(m.path, groups[i].key)
		m.group(known(groups[i].fields), shape, same)
		m.path = m.path[:len(m.path)-1]
	}
}

// maxDepthOfPath is a stop for documents that came past precheck, whose fragments may go in circles.
const maxDepthOfPath = 64

func definitionOf(s *ast.FragmentSpread) *ast.FragmentDefinition { return s.Definition }

// known returns the fields whose definition and parent type are known.
func known(fields []*ast.Field) []*ast.Field {
	for i, f := range fields {
		if f.Definition == nil || f.ObjectDefinition == nil {
			out := append([]*ast.Field(nil), fields[:i]...)
			for _, f := range fields[i:] {
				if f.Definition != nil && f.ObjectDefinition != nil {
					out = append(out, f)
				}
			}
			return out
		}
	}
	return fields
}

// group compares the fields of one response key.
func (m *merging) group(fields []*ast.Field, shape, same bool) {
	if len(fields) == 0 {
		return
	}
	parts := [][]*ast.Field{fields}
	if same {
		parts = split(fields)
		for _, part := range parts {
			if m.steps -= len(part); m.exceeded() || !m.sameField(part) {
				return // what lies below would be reported for the same mistake
			}
		}
	}
	if shape && !m.sameShape(fields) {
		return
	}
	if len(parts) == 1 {
		m.below(fields, shape, same)
		return
	}
	if shape {
		m.below(fields, true, false)
	}
	for _, part := range parts {
		m.below(part, false, true)
	}
}

func (m *merging) below(fields []*ast.Field, shape, same bool) {
	g := fieldGroup{fields: fields}
	if sets := g.children(); len(sets) > 0 {
		m.check(sets, shape, same)
	}
}

// split returns the sets of fields that can meet in one object: those of each object type among the parents, with those
// of abstract types in every set.
func split(fields []*ast.Field) [][]*ast.Field {
	first := ""
	several := false
	for _, f := range fields {
		if p := f.ObjectDefinition; p.Kind == ast.Object {
			if first == "" {
				first = p.Name
			} else if p.Name != first {
				several = true
				break
			}
		}
	}
	if !several {
		return [][]*ast.Field{fields}
	}
	var abstract []*ast.Field
	var parts [][]*ast.Field
	index := make(map[string]int)
	for _, f := range fields {
		p := f.ObjectDefinition
		if p.Kind != ast.Object {
			abstract = append(abstract, f)
			continue
		}
		i, ok := index[p.Name]
		if !ok {
			i = len(parts)
			index[p.Name] = i
			parts = append(parts, nil)
		}
		parts[i] = append(parts[i], f)
	}
	for i := range parts {
		parts[i] = append(parts[i], abstract...)
	}
	return parts
}

// sameShape compares the types of all fields with that of the first one (SameResponseShape): the same lists and
// non-nulls around the same leaf type, or around any two composite types.
func (m *merging) sameShape(fields []*ast.Field) bool {
	first := fields[0]
	for _, f := range fields[1:] {
		if f == first || m.sameType(first.Definition.Type, f.Definition.Type) {
			continue
		}
		m.conflict(first, f, "they have different types, "+first.Definition.Type.String()+" and "+f.Definition.Type.String())
		return false
	}
	return true
}

func (m *merging) sameType(a, b *ast.Type) bool {
	for {
		if a.NonNull != b.NonNull || (a.Elem == nil) != (b.Elem == nil) {
			return false
		}
		if a.Elem == nil {
			break
		}
		a, b = a.Elem, b.Elem
	}
	if a.NamedType == b.NamedType {
		return true
	}
	ta, tb := m.schema.Types[a.NamedType], m.schema.Types[b.NamedType]
	return ta != nil && tb != nil && ta.IsCompositeType() && tb.IsCompositeType()
}

// sameField compares name and arguments of all fields with those of the first one.
func (m *merging) sameField(fields []*ast.Field) bool {
	first := fields[0]
	for _, f := range fields[1:] {
		if f.Name != first.Name {
			m.conflict(first, f, "\""+first.Name+"\" and \""+f.Name+"\" are different fields")
			return false
		}
		if !m.sameArguments(first.Arguments, f.Arguments) {
			if !m.over {
				m.conflict(first, f, "their arguments differ")
			}
			return false
		}
	}
	return true
}

// sameArguments compares two lists of arguments by name. Variables are the same if their names are.
func (m *merging) sameArguments(a, b ast.ArgumentList) bool {
	if len(a) != len(b) {
		return false
	}
	for _, arg := range a {
		other := b.ForName(arg.Name)
		if m.steps -= len(b); m.exceeded() {
			return false
		}
		if other == nil || !m.sameValue(arg.Value, other.Value) {
			return false
		}
	}
	return true
}

// sameValue compares two input values as they are written; the members of an object may stand in any order.
func (m *merging) sameValue(a, b *ast.Value) bool {
	if m.steps -= 1 + len(a.Children); m.exceeded() {
		return false
	}
	if a.Kind != b.Kind || a.Raw != b.Raw || len(a.Children) != len(b.Children) {
		return false
	}
	for i, child := range a.Children {
		other := b.Children[i]
		if a.Kind == ast.ObjectValue && other.Name != child.Name {
			value := b.Children.ForName(child.Name)
			if m.steps -= len(b.Children); m.exceeded() || value == nil {
				return false
			}
			other = &ast.ChildValue{Name: child.Name, Value: value}
		}
		if !m.sameValue(child.Value, other.Value) {
			return false
		}
	}
	return true
}

func (m *merging) conflict(a, b *ast.Field, why string) {
	m.errors = append(m.errors, requestError(fault.ValidationFailed,
		"fields \""+strings.Join(m.path, ".")+"\" cannot be merged: "+why+"; give one of them an alias",
		a.Position, b.Position))
}

// exceeded reports that there are no steps left, and adds the error when it is first seen.
func (m *merging) exceeded() bool {
	if m.steps < 0 && !m.over {
		m.over = true
		m.errors = []*gqlerror.Error{over(fault.OverlapLimit,
			"merging the fields of the document takes more than ", m.limit, " steps", nil)}
	}
	return m.over
}
