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
		case last.Kind == mapping.StepMethod && (last.Name == "match" || last.Name == "matchIf"):
			all := &mapping.Object{}
			for _, arg := range last.Args {
				result := arg.(*mapping.Array).Items[1]
				if _, constant := result.(*mapping.Literal); constant {
					continue
				}
				o := selectOf(result)
				if o == nil {
					return nil
				}
				for _, m := range o.Members {
					if was, ok := memberOf(all, m.Name); ok && !m.Spread && selectOf(was) != nil && selectOf(m.Value) != nil {
						both := append(slices.Clone(selectOf(was).Members), selectOf(m.Value).Members...)
						m.Value = &mapping.Object{Members: both}
					}
					all.Members = append(all.Members, m)
				}
			}
			if len(all.Members) > 0 {
				return all
			}
		}
	}
	return nil
}

// memberOf finds the member that gives name, through spreads. A spread whose members no one can see gives any.
func memberOf(o *mapping.Object, name string) (mapping.Node, bool) {
	var open mapping.Node
	for _, m := range slices.Backward(o.Members) {
		if !m.Spread && m.Name == name {
			return m.Value, true
		}
		if !m.Spread {
			continue
		}
		inner := selectOf(m.Value)
		if inner == nil {
			open = &mapping.Literal{JSON: []byte("null")}
			continue
		}
		if v, ok := memberOf(inner, name); ok {
			return v, true
		}
	}
	return open, open != nil
}

// split cuts the final braces off a selection: what remains leads to the value, the braces shape it. What a method builds
// has its shape already.
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
	return n, nil
}
