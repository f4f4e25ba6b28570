package mapping

import "slices"

// Replace returns n with readings of variables replaced. It asks with for each of them: the name of the variable without its
// dollar and the property of it that is read, which is "" if the whole variable is. What with returns stands for that
// property, or for that variable; nil leaves the reading as it is. Names bound by ->as are no variables.
//
// n itself is not changed; parts in which nothing is replaced are shared with the result. with may be asked more than once.
func Replace(n Node, with func(name, property string) Node) Node {
	if n == nil {
		return nil
	}
	r := replacing{with: with}
	return r.node(n)
}

type replacing struct {
	with  func(name, property string) Node
	bound []string // by ->as, where the work is
}

func (r *replacing) node(n Node) Node {
	switch n := n.(type) {
	case *Path:
		return r.path(n)
	case *Object:
		return r.object(n)
	case *Array:
		out := &Array{At: n.At}
		for _, item := range n.Items {
			out.Items = append(out.Items, r.node(item))
		}
		return out
	case *Choice:
		return &Choice{Left: r.node(n.Left), Right: r.node(n.Right), NullToo: n.NullToo, At: n.At}
	default:
		return n
	}
}

func (r *replacing) object(o *Object) *Object {
	out := &Object{At: o.At, Members: slices.Clone(o.Members)}
	for i := range out.Members {
		out.Members[i].Value = r.node(out.Members[i].Value)
	}
	return out
}

func (r *replacing) path(p *Path) Node {
	names := len(r.bound)
	defer func() { r.bound = r.bound[:names] }() // ->as binds to the end of its path
	out := *p
	if p.Value != nil {
		out.Value = r.node(p.Value)
	}
	var instead Node
	steps := p.Steps
	if p.Root == RootVar && !slices.Contains(r.bound, p.Name) {
		property := ""
		if len(steps) > 0 && steps[0].Kind == StepKey {
			property = steps[0].Name
		}
		if instead = r.with(p.Name, property); instead != nil && property != "" {
			steps = steps[1:]
		}
	}
	out.Steps = make([]Step, len(steps))
	for i := range steps {
		out.Steps[i] = r.step(&steps[i])
	}
	switch of := instead.(type) {
	case nil:
		return &out
	case *Path:
		joined := *of
		joined.At = p.At
		joined.Steps = slices.Concat(of.Steps, out.Steps)
		return &joined
	default:
		return &Path{Root: RootValue, Value: of, Steps: out.Steps, At: p.At}
	}
}

func (r *replacing) step(s *Step) Step {
	out := *s
	if s.Select != nil {
		out.Select = r.object(s.Select)
	}
	binds := bound(s)
	out.Args = slices.Clone(s.Args)
	for i, arg := range s.Args {
		if i > 0 || binds == nil {
			out.Args[i] = r.node(arg)
		}
	}
	if binds != nil {
		r.bound = append(r.bound, binds.Name)
	}
	return out
}
