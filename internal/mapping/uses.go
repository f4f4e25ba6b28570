package mapping

import "slices"

// Use is one place where a variable is read. Path is the property path that follows the name directly
// ($args.input.lines->first is args, [input lines]); it is nil if the whole variable is read.
type Use struct {
	Name string // without the dollar
	Path []string
	At   int // of the dollar; of the member in a selection
}

// Variables returns every reading of a variable in n, in the order written. A selection that follows a variable reads its
// members: `$this { id org { id } }` is this [id] and this [org id]. Names bound by ->as are not variables.
func Variables(n Node) []Use {
	var uses []Use
	walkBound(n, nil, func(p *Path, bound []string) {
		if p.Root == RootVar && !slices.Contains(bound, p.Name) {
			uses = appendUses(uses, Use{Name: p.Name, At: p.At}, p.Steps)
		}
	})
	return uses
}

func appendUses(uses []Use, u Use, steps []Step) []Use {
	for _, s := range steps {
		if s.Kind == StepKey {
			u.Path = append(u.Path, s.Name)
			continue
		}
		if s.Kind == StepSelect {
			return appendSelected(uses, u, s.Select)
		}
		break
	}
	return append(uses, u)
}

// appendSelected adds one use for every member that is found in u. A member whose value cannot be told to be one property
// of u reads u itself.
func appendSelected(uses []Use, u Use, o *Object) []Use {
	for i := range o.Members {
		switch v := o.Members[i].Value.(type) {
		case *Object:
			uses = appendSelected(uses, u, v)
		case *Path:
			if v.Root == RootHere {
				uses = appendUses(uses, Use{Name: u.Name, Path: slices.Clip(u.Path), At: v.At}, v.Steps)
			}
			if v.Root == RootAt || readsHere(v) {
				uses = append(uses, u)
			}
		case *Literal:
		default:
			uses = append(uses, u)
		}
	}
	return uses
}

// readsHere reports whether a path reads `$` beyond its own root: in $( ) or in an argument.
func readsHere(p *Path) (reads bool) {
	walk(p, func(inner *Path) {
		if inner != p && inner.Root == RootHere && !within(p, inner) {
			reads = true
		}
	})
	return reads
}

// within reports whether inner stands in the selection that ends p, where `$` is another value.
func within(p, inner *Path) (found bool) {
	if !selects(p) {
		return false
	}
	walk(p.Steps[len(p.Steps)-1].Select, func(n *Path) { found = found || n == inner })
	return found
}

// bound returns the variable that an ->as step binds, or nil.
func bound(s *Step) *Path {
	if s.Kind != StepMethod || s.Name != "as" || len(s.Args) == 0 {
		return nil
	}
	if v, ok := s.Args[0].(*Path); ok && v.Root == RootVar && len(v.Steps) == 0 {
		return v
	}
	return nil
}

// walk calls visit for every path in n, outer ones before inner ones.
func walk(n Node, visit func(*Path)) {
	walkBound(n, nil, func(p *Path, _ []string) { visit(p) })
}

// walkBound is walk with the names that ->as has bound where the path begins. A variable that is being bound is no path.
func walkBound(n Node, names []string, visit func(p *Path, bound []string)) {
	switch n := n.(type) {
	case *Path:
		visit(n, names)
		if n.Value != nil {
			walkBound(n.Value, names, visit)
		}
		for i := range n.Steps {
			s := &n.Steps[i]
			v := bound(s)
			for i, arg := range s.Args {
				if i > 0 || v == nil {
					walkBound(arg, names, visit)
				}
			}
			if v != nil {
				names = append(names[:len(names):len(names)], v.Name)
			}
			if s.Select != nil {
				walkBound(s.Select, names, visit)
			}
		}
	case *Object:
		for i := range n.Members {
			walkBound(n.Members[i].Value, names, visit)
		}
	case *Array:
		for _, item := range n.Items {
			walkBound(item, names, visit)
		}
	case *Choice:
		walkBound(n.Left, names, visit)
		walkBound(n.Right, names, visit)
	}
}
