package gatewaytest

import (
	"slices"

	"manifold/internal/mapping"
)

// selectOf returns the braces that decide which members the objects made by n have, or nil if they are as the reply has
// them. Members of such an object stand under the schema's names, not under the upstream's.
func selectOf(n mapping.Node) *mapping.Object {
	switch n := n.(type) {
	case *mapping.Object:
		return n
	case *mapping.Choice:
		return selectOf(n.Left)
	case *mapping.Path:
		if len(n.Steps) == 0 {
			return selectOf(n.Value)
		}
		last := n.Steps[len(n.Steps)-1]
		switch {
		case last.Kind == mapping.StepSelect:
			return last.Select
		case last.Kind == mapping.StepMethod && last.Name == "map":
			return selectOf(last.Args[0])
		case last.Kind == mapping.StepMethod && last.Name == "first":
			before := *n
			before.Steps = n.Steps[:len(n.Steps)-1]
			return selectOf(&before)
		}
	}
	return nil
}

// memberOf finds the member that gives name, through spreads.
func memberOf(o *mapping.Object, name string) (mapping.Node, bool) {
	for _, m := range slices.Backward(o.Members) {
		if !m.Spread && m.Name == name {
			return m.Value, true
		}
		if inner := selectOf(m.Value); m.Spread && inner != nil {
			if v, ok := memberOf(inner, name); ok {
				return v, true
			}
		}
	}
	return nil, false
}

// split cuts the final braces off a selection: what remains leads to the value, the braces shape it.
// A nil selection is the whole reply, shaped by the default mapping.
func split(n mapping.Node) (root mapping.Node, shape *mapping.Object) {
	switch n := n.(type) {
	case *mapping.Object:
		return nil, n
	case *mapping.Path:
		if len(n.Steps) > 0 && n.Steps[len(n.Steps)-1].Kind == mapping.StepSelect {
			before := *n
			before.Steps = n.Steps[:len(n.Steps)-1]
			return &before, n.Steps[len(n.Steps)-1].Select
		}
	}
	return n, selectOf(n)
}
