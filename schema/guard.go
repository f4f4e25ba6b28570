package schema

import (
	"slices"

	"github.com/vektah/gqlparser/v2/ast"
)

// Guard is what a request has to be granted to see something: @authenticated, @requiresScopes.
type Guard struct {
	// Scopes are alternatives, of which one has to be granted whole; nil: whoever is known may see it.
	Scopes [][]string
}

// readGuards finds out what guards each field and type.
//
// What is written on a field guards it; what is written on an interface's field guards the fields of all types that implement
// it, so that no way around is left. What is written on a type guards all objects of it, wherever they stand: a field whose
// type is that type as a whole, and of interfaces and unions each object by itself. On an extension it guards the fields of the
// extension. On Query, Mutation and Subscription it guards every root field.
func (l *loader) readGuards() {
	own := map[*field][]Guard{}
	for _, t := range l.order {
		if t.kind != ast.Object && t.kind != ast.Interface {
			continue
		}
		inBlock := map[*block][]Guard{}
		for _, b := range t.blocks {
			guards := l.guards(b.uses, t.name)
			if b == t.main() {
				t.model.Guards = guards
				continue
			}
			inBlock[b] = guards
		}
		for _, f := range t.fields {
			for _, d := range append([]*field{f}, f.also...) {
				own[f] = join(own[f], l.guards(d.uses, f.coordinate()))
				own[f] = join(own[f], inBlock[d.block])
			}
		}
	}
	for _, t := range l.order { // what an interface says holds for the types that implement it
		for _, name := range t.implements {
			i := l.types[name]
			if i == nil || t.kind != ast.Object {
				continue
			}
			t.model.Guards = join(t.model.Guards, i.model.Guards)
			for _, f := range t.fields {
				if of := i.byName[f.def.Name]; of != nil {
					own[f] = join(own[f], own[of])
				}
			}
		}
	}
	for _, t := range l.order {
		for _, f := range t.fields {
			if f.model == nil || own[f] == nil && t.kind != ast.Object && t.kind != ast.Interface {
				continue
			}
			f.model.Guards = own[f]
			if of := l.types[f.def.Type.Name()]; of != nil && of.model != nil {
				f.model.Guards = join(f.model.Guards, of.model.Guards)
			}
			if l.isRoot(t) {
				f.model.Guards = join(f.model.Guards, t.model.Guards)
			}
		}
	}
}

// join returns the guards of two lists, each once.
func join(a, b []Guard) []Guard {
	out := slices.Clip(a)
	for _, g := range b {
		same := func(have Guard) bool { return slices.EqualFunc(have.Scopes, g.Scopes, slices.Equal) }
		if !slices.ContainsFunc(out, same) {
			out = append(out, g)
		}
	}
	return out
}

// guards reads the directives of one element.
func (l *loader) guards(uses []*use, coordinate string) (out []Guard) {
	if first(uses, "authenticated") != nil {
		out = append(out, Guard{})
	}
	u := first(uses, "requiresScopes")
	if u == nil || u.faulty {
		return out
	}
	g := Guard{}
	for _, all := range items(u.arg("scopes")) {
		scopes := []string{}
		for _, item := range items(all) {
			scope, _ := text(item)
			if scope == "" {
				l.problem(at(item.Position), coordinate, "the name of a scope may not be empty", "write the scopes that are needed")
			}
			scopes = append(scopes, scope)
		}
		if len(scopes) == 0 {
			l.problem(at(all.Position), coordinate, "an empty list of scopes lets everybody in who is known", "write @authenticated for that, or the scopes that are needed")
		}
		g.Scopes = append(g.Scopes, scopes)
	}
	if len(g.Scopes) == 0 {
		l.problem(u.at, coordinate, "no scopes are listed, so nobody could see this", `write @requiresScopes(scopes: [["orders:read"]]), or @inaccessible`)
		return out
	}
	return append(out, g)
}
