package schema

import (
	"slices"

	"github.com/vektah/gqlparser/v2/ast"

	"manifold/internal/mapping"
)

// completed is the mapping of a @mock, with what it leaves out of its objects made up: $([{ id: 1 }]) gives an object that has
// all it needs.
func (k maker) completed(n mapping.Node, t *ast.Type) mapping.Node {
	target := k.types[t.Name()]
	if lit, ok := n.(*mapping.Literal); ok && string(lit.JSON) == "null" || target == nil || !target.composite() {
		return n
	}
	value := n
	if p, ok := n.(*mapping.Path); ok && p.Root == mapping.RootValue && len(p.Steps) == 0 {
		value = p.Value
	}
	return k.sized(func(k maker) mapping.Node {
		return &mapping.Path{Root: mapping.RootValue, Value: value, Steps: []mapping.Step{
			{Kind: mapping.StepSelect, Select: k.filled(target, []mapping.Node{n})},
		}}
	})
}

// filled is the selection of an object of type t that the mappings given make: each field, and what it is if it is missing.
// Of an entity that another loader makes only the key is made up, and fields that can be seen to be there are taken.
func (k maker) filled(t *typ, given []mapping.Node) *mapping.Object {
	told, visible := toldMembers(given)
	out := &mapping.Object{}
	possible := k.possible(t)
	if t.kind != ast.Object && len(possible) > 0 {
		out.Members = append(out.Members, mapping.Member{
			Name: "__typename", Value: &mapping.Choice{Left: here("__typename"), Right: constantText(possible[0].name)},
		})
	}
	inner := k.inside()
	inner.around = append(k.around[:len(k.around):len(k.around)], t)
	types := map[string]string{}
	for _, o := range possible {
		inner.variety = k.variety
		loader := o.model.Loader()
		refers := loader != nil && !o.loadedBy(k.whole)
		if id := o.byName["id"]; k.variety.node == nil && id != nil && id.def.Type.Elem == nil && slices.Contains([]string{"ID", "String", "Int"}, id.def.Type.Name()) {
			inner.variety = variety{node: here("id"), kind: id.def.Type.Name()}
		}
		for _, f := range o.fields {
			name := f.def.Name
			isTold := told[name] != nil || !visible
			isKey := refers && readsInput(loader, name)
			switch {
			case k.own(f), f.model.Namespace, !k.carries(o, f) && told[name] == nil, refers && !isTold && !isKey:
				continue
			case types[name] == "":
				types[name] = f.def.Type.String()
				with := inner
				if isKey || name == "id" { // it is not made of itself
					with.variety = k.variety
				}
				out.Members = append(out.Members, mapping.Member{Name: name, Value: with.orMade(o, f, told[name])})
			case types[name] != f.def.Type.String(): // what is missing cannot be made up without knowing the type
				i := slices.IndexFunc(out.Members, func(m mapping.Member) bool { return m.Name == name })
				out.Members[i].Value = here(name)
			}
		}
	}
	return out
}

// orMade is the value of a field of the object at hand, or what is made up for it.
func (k maker) orMade(o *typ, f *field, given []mapping.Node) mapping.Node {
	target := k.types[f.def.Type.Name()]
	if target == nil || !target.composite() {
		refers := o.model.Entity() && !o.loadedBy(k.whole)
		made := k.leaves(f, f.def.Type)
		if refers && f.def.Type.Elem == nil {
			made = k.leaf(f, f.def.Type.Name(), readsInput(o.model.Loader(), f.def.Name))
		}
		return &mapping.Choice{Left: here(f.def.Name), Right: made}
	}
	if k.enough(target) {
		return here(f.def.Name)
	}
	either := &mapping.Choice{Left: here(f.def.Name), Right: k.value(f, f.def.Type)}
	return &mapping.Path{Root: mapping.RootValue, Value: either, Steps: []mapping.Step{
		{Kind: mapping.StepSelect, Select: k.filled(target, append(given, either.Right))},
	}}
}

// toldMembers returns the members of the objects that can be seen in mappings. visible is false if some object cannot be seen.
func toldMembers(given []mapping.Node) (told map[string][]mapping.Node, visible bool) {
	told, visible = map[string][]mapping.Node{}, true
	for _, n := range given {
		made := madeObjects(n)
		if lit, ok := n.(*mapping.Literal); len(made) == 0 && (!ok || string(lit.JSON) != "null") && !emptyArray(n) {
			visible = false
		}
		for _, o := range made {
			m := flatten(o)
			visible = visible && !m.open
			for name, value := range m.values {
				told[name] = append(told[name], value)
			}
		}
	}
	return told, visible
}
