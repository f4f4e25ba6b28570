package gateway

import (
	"strconv"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"manifold/internal/fault"
)

// expand counts each operation as it would run, without types: fragments are spread, whatever their type condition, and
// fields of one response key are merged. It stops at the first limit, so a document of 30 fragments that each spread the
// next one twice under two fields costs no more than the limits allow, not 2^30 steps.
//
// The fragments of doc are acyclic.
func expand(doc *ast.QueryDocument, fragments map[string]int, l *Limits) *gqlerror.Error {
	e := &expansion{doc: doc, fragments: fragments, limits: l, steps: l.Overlap}
	for _, op := range doc.Operations {
		e.fields, e.aliases, e.introspected = 0, 0, 0
		if err := e.level([]ast.SelectionSet{op.SelectionSet}, 1, 0); err != nil {
			return err
		}
	}
	return nil
}

type expansion struct {
	doc       *ast.QueryDocument
	fragments map[string]int
	limits    *Limits
	steps     int // selections that may still be looked at

	fields, aliases, introspected int // of one operation
}

// level counts the fields of one object of the response, which is what all of sets select, and of the objects below.
// depth is that of its fields, from 1; under is how many levels of them lie under __schema or __type.
func (e *expansion) level(sets []ast.SelectionSet, depth, under int) *gqlerror.Error {
	groups := groupFields(sets, e.fragment, &e.steps)
	if e.steps < 0 {
		return over(fault.OverlapLimit, "merging the fields of the document takes more than ", e.limits.Overlap, " steps", nil)
	}
	if depth == 1 && len(groups) > e.limits.RootFields {
		return over(fault.RootFieldLimit, "the operation has more than ", e.limits.RootFields, " root fields",
			groups[e.limits.RootFields].fields[0].Position)
	}
	for i := range groups {
		first := groups[i].fields[0]
		below := under
		if below > 0 || introspects(first) {
			below++
		}
		if err := e.count(first, depth, below); err != nil {
			return err
		}
		children := groups[i].children()
		if len(children) == 0 {
			continue
		}
		if err := e.level(children, depth+1, below); err != nil {
			return err
		}
	}
	return nil
}

func (e *expansion) count(f *ast.Field, depth, under int) *gqlerror.Error {
	l := e.limits
	e.fields++
	if f.Alias != f.Name {
		e.aliases++
	}
	if under > 0 {
		e.introspected++
	}
	switch {
	case depth > l.Nesting:
		return over(fault.NestingLimit, "the operation nests deeper than ", l.Nesting, " levels", f.Position)
	case under > l.IntrospectionDepth:
		return over(fault.IntrospectionLimit, "introspection goes deeper than ", l.IntrospectionDepth, " levels", f.Position)
	case e.introspected > l.IntrospectionFields:
		return over(fault.IntrospectionLimit, "introspection asks for more than ", l.IntrospectionFields, " fields", f.Position)
	case e.aliases > l.Aliases:
		return over(fault.AliasLimit, "the operation has more than ", l.Aliases, " aliases", f.Position)
	case e.fields > l.Fields:
		return requestError(fault.FieldLimit, "the operation has more than "+strconv.Itoa(l.Fields)+
			" fields once its fragments are spread", f.Position)
	}
	return nil
}

func (e *expansion) fragment(s *ast.FragmentSpread) *ast.FragmentDefinition {
	if i, ok := e.fragments[s.Name]; ok {
		return e.doc.Fragments[i]
	}
	return nil
}

// fieldGroup is the fields of one response key in one object of the response.
type fieldGroup struct {
	key    string
	fields []*ast.Field
}

// children returns the selection sets of all fields of the group.
func (g *fieldGroup) children() []ast.SelectionSet {
	var sets []ast.SelectionSet
	for _, f := range g.fields {
		if len(f.SelectionSet) > 0 {
			sets = append(sets, f.SelectionSet)
		}
	}
	return sets
}

// groupFields collects the fields of some selection sets by response key, in order of first appearance, through inline
// and named fragments of every type (as GraphQL 6.3.2 does for one type). A fragment is entered once. Every selection
// looked at takes one of steps; below zero the groups are not complete.
func groupFields(
	sets []ast.SelectionSet, lookup func(*ast.FragmentSpread) *ast.FragmentDefinition, steps *int,
) []fieldGroup {
	var (
		groups  []fieldGroup
		byKey   map[string]int // once there are too many groups to search
		entered map[*ast.FragmentDefinition]bool
	)
	find := func(key string) int {
		if byKey != nil {
			if i, ok := byKey[key]; ok {
				return i
			}
			return -1
		}
		for i := range groups {
			if groups[i].key == key {
				return i
			}
		}
		return -1
	}
	var walk func(set ast.SelectionSet)
	walk = func(set ast.SelectionSet) {
		for _, s := range set {
			if *steps--; *steps < 0 {
				return
			}
			switch s := s.(type) {
			case *ast.Field:
				if i := find(s.Alias); i >= 0 {
					groups[i].fields = append(groups[i].fields, s)
					continue
				}
				if byKey != nil {
					byKey[s.Alias] = len(groups)
				}
				groups = append(groups, fieldGroup{key: s.Alias, fields: []*ast.Field{s}})
				if byKey == nil && len(groups) > 12 {
					byKey = make(map[string]int, 2*len(groups))
					for i := range groups {
						byKey[groups[i].key] = i
					}
				}
			case *ast.InlineFragment:
				walk(s.SelectionSet)
			case *ast.FragmentSpread:
				f := lookup(s)
				if f == nil || entered[f] {
					continue
				}
				if entered == nil {
					entered = make(map[*ast.FragmentDefinition]bool)
				}
				entered[f] = true
				walk(f.SelectionSet)
			}
		}
	}
	for _, set := range sets {
		walk(set)
	}
	return groups
}
