package schema

import (
	"fmt"
	"slices"

	"github.com/vektah/gqlparser/v2/ast"

	"manifold/internal/mapping"
)

// replies returns what a mapping may give: one reply for each alternative. A nil mapping is the default one.
func (s *shapes) replies(n mapping.Node, v *ast.Value, coordinate string) []reply {
	r := reply{text: v, coordinate: coordinate, built: n != nil && !mapping.Picks(n)}
	var out []reply
	for _, o := range objects(n) {
		r.object = o
		out = append(out, r)
	}
	return out
}

// objects returns the objects that a mapping builds, one for each alternative. nil stands for one that is not built but
// taken from the reply, or whose members cannot be known.
func objects(n mapping.Node) []*mapping.Object {
	switch n := n.(type) {
	case *mapping.Object:
		return []*mapping.Object{n}
	case *mapping.Literal:
		return nil
	case *mapping.Choice:
		return append(objects(n.Left), objects(n.Right)...)
	case *mapping.Path:
		if len(n.Steps) == 0 {
			if n.Root == mapping.RootValue {
				return objects(n.Value)
			}
			break
		}
		last := n.Steps[len(n.Steps)-1]
		switch {
		case last.Kind == mapping.StepSelect:
			return []*mapping.Object{last.Select}
		case last.Kind == mapping.StepMethod && last.Name == "map" && len(last.Args) == 1:
			return objects(last.Args[0])
		case last.Kind == mapping.StepMethod && last.Name == "first", last.Kind == mapping.StepOptional:
			rest := *n
			rest.Steps = n.Steps[:len(n.Steps)-1]
			return objects(&rest)
		case last.Kind == mapping.StepMethod && (last.Name == "match" || last.Name == "matchIf"):
			return results(last.Args)
		}
	}
	return []*mapping.Object{nil}
}

// results returns the objects that a match may build.
func results(pairs []mapping.Node) (out []*mapping.Object) {
	for _, arg := range pairs {
		if pair, ok := arg.(*mapping.Array); ok && len(pair.Items) == 2 {
			out = append(out, objects(pair.Items[1])...)
		}
	}
	return out
}

// members are the members of an object that a mapping builds, those of spreads included.
type members struct {
	values map[string]mapping.Node
	at     map[string]int
	order  []string
	open   bool // a spread has members that cannot be known
}

func flatten(o *mapping.Object) *members {
	m := &members{values: map[string]mapping.Node{}, at: map[string]int{}}
	m.add(o)
	return m
}

func (m *members) add(o *mapping.Object) {
	for _, e := range o.Members {
		if !e.Spread {
			if m.values[e.Name] == nil {
				m.order = append(m.order, e.Name)
			}
			m.values[e.Name], m.at[e.Name] = e.Value, e.At
			continue
		}
		inner := objects(e.Value)
		if len(inner) == 0 {
			m.open = true
		}
		for _, i := range inner {
			if i == nil {
				m.open = true
			} else {
				m.add(i)
			}
		}
	}
}

// checkMembers checks that what a mapping lists is in the SDL.
func (s *shapes) checkMembers(r reply, t *typ, possible []*typ) {
	m := flatten(r.object)
	names := t.fieldNames()
	for _, o := range possible {
		names = append(names, o.fieldNames()...)
	}
	known := map[string]bool{"__typename": true}
	for _, n := range names {
		known[n] = true
	}
	for _, name := range m.order {
		if !known[name] {
			s.problem(s.insideText(r.text, m.at[name]), r.coordinate, fmt.Sprintf("the mapping lists %s, which is not a field of %s", name, t.name),
				s.didYouMean(name, names, ""))
		}
	}
}

func (s *shapes) insideText(v *ast.Value, offset int) place {
	if v == nil {
		return place{}
	}
	return s.inside(v, offset)
}

func buildsObject(n mapping.Node) bool {
	for _, o := range objects(n) {
		if o != nil {
			return true
		}
	}
	return false
}

func readsInput(c *Connector, name string) bool {
	return slices.ContainsFunc(c.Inputs, func(in Input) bool { return in.Path[0] == name })
}

// checkMatch checks that the items of a batch matched by key carry their key.
func (s *shapes) checkMatch(c *Connector, r reply) {
	if c.Batch == nil || c.Batch.Match != MatchKey || c.Batch.GroupBy != nil || r.object == nil {
		return
	}
	if _, _, structural := mapping.Keys(c.Selection); structural {
		return // the key is read from the raw item if the mapping does not list it
	}
	m := flatten(r.object)
	if m.open {
		return
	}
	for _, in := range c.Inputs {
		if m.values[in.Path[0]] == nil {
			s.problem(s.insideText(r.text, 0), c.Coordinate, fmt.Sprintf("items are matched by %s, which the mapping does not list", in.Path[0]),
				"add "+in.Path[0]+" to the mapping, or say match: MAP or POSITION")
		}
	}
}
