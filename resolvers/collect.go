package resolvers

import (
	"slices"

	"github.com/vektah/gqlparser/v2/ast"

	"manifold/internal/fault"
	"manifold/internal/plan"
	"manifold/schema"
)

// maxCollected bounds the work of compiling one operation: fields and fragments looked at. Fragments that spread each
// other can make a small document very large.
const maxCollected = 100_000

// selection is a selection set and when it counts.
type selection struct {
	set  ast.SelectionSet
	when occurrence
}

// collected is one response key of an object of a concrete type (GraphQL 6.3.2, CollectFields, done for all values of
// the conditions at once).
type collected struct {
	key  string
	node *ast.Field    // first occurrence: alias, arguments, position
	def  *schema.Field // nil for __typename
	when plan.Cond     // alternatives, not yet simple; guards are among them
	// guard are the tests of guards of the field itself.
	guard uint64
	subs  []selection
	// again are the further occurrences.
	again []*ast.Field
	read  bool // by a connector, for its key: no client selected it
	// hidden is set for what leads to a key, too.
	hidden bool
}

// collect merges the selections that apply to objects of type t, in the order of first occurrence. A key whose first
// occurrence may be left out, while a later one is not, stands at more than one place of the list, each under the condition
// that the key was not there before. What held tests is known to hold, and is neither tested again nor contradicted.
func (c *compilation) collect(t *schema.Type, from []selection, held uint64) ([]*collected, error) {
	g := gather{c: c, t: t, held: held, seen: map[string][]uint64{}, byKey: map[string]*collected{}}
	for _, s := range from {
		when := c.tests.given(s.when, held)
		if when.never {
			continue
		}
		if err := g.add(s.set, when); err != nil {
			return nil, err
		}
	}
	for _, f := range g.byKey {
		if len(f.subs) == 1 { // what the field depends on, its children need not repeat
			f.subs[0].when = occurrence{}
		}
	}
	return g.inOrder(), nil
}

// inOrder lists the fields by their occurrences. Occurrences of one key that follow each other are one.
func (g *gather) inOrder() []*collected {
	var out []*collected
	var since []plan.Cond                // for each of out: when its key had stood already
	before := map[*collected]plan.Cond{} // under which a key has stood already
	for _, at := range g.order {
		earlier := before[at.field]
		before[at.field] = or(earlier, at.mask)
		last := len(out) - 1
		if last < 0 || out[last].key != at.field.key {
			f := *at.field
			f.when = nil
			out = append(out, &f)
			since = append(since, earlier)
			last++
		}
		for _, mask := range g.c.tests.without(at.mask, since[last]) {
			out[last].when = or(out[last].when, mask)
		}
		if out[last].when == nil { // never here, because always before
			out, since = out[:last], since[:last]
		}
	}
	return out
}

type gather struct {
	c     *compilation
	t     *schema.Type
	held  uint64
	order []occurs
	byKey map[string]*collected
	seen  map[string][]uint64 // fragment -> conditions under which it was entered
}

// occurs is one occurrence of a response key, under a condition.
type occurs struct {
	field *collected
	mask  uint64
}

func (g *gather) add(set ast.SelectionSet, when occurrence) error {
	for _, sel := range set {
		g.c.work++
		if g.c.work > maxCollected {
			return fault.New(fault.FieldLimit, "the operation selects too many fields once its fragments are expanded")
		}
		var err error
		switch sel := sel.(type) {
		case *ast.Field:
			g.field(sel, g.c.tests.and(when, sel.Directives))
		case *ast.InlineFragment:
			w := g.c.tests.and(when, sel.Directives)
			if !w.never && g.applies(sel.TypeCondition) {
				err = g.add(sel.SelectionSet, w)
			}
		case *ast.FragmentSpread:
			w := g.c.tests.and(when, sel.Directives)
			if !w.never && sel.Definition != nil && g.applies(sel.Definition.TypeCondition) && g.enter(sel.Name, w.mask) {
				err = g.add(sel.Definition.SelectionSet, w)
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// enter reports whether a fragment has to be looked at under a condition: not if it was entered under a weaker one.
func (g *gather) enter(name string, mask uint64) bool {
	for _, m := range g.seen[name] {
		if mask&m == m {
			return false
		}
	}
	g.seen[name] = append(g.seen[name], mask)
	return true
}

func (g *gather) applies(condition string) bool {
	if condition == "" || condition == g.t.Name {
		return true
	}
	abstract := g.c.model.Types[condition]
	if abstract == nil {
		return false
	}
	return slices.Contains(abstract.Possible, g.t)
}

func (g *gather) field(node *ast.Field, when occurrence) {
	if when.never {
		return
	}
	when.mask &^= g.held
	f := g.byKey[node.Alias]
	if f == nil {
		f = &collected{key: node.Alias, node: node, def: g.c.field(g.t, node.Name)}
		if f.def != nil && f.def.Guards != nil {
			f.guard = g.c.tests.guarded(f.def.Guards)
		}
		g.byKey[node.Alias] = f
	} else {
		f.again = append(f.again, node)
	}
	when.mask |= f.guard
	g.order = append(g.order, occurs{f, when.mask})
	if len(node.SelectionSet) > 0 {
		f.subs = append(f.subs, selection{node.SelectionSet, when})
	}
}
