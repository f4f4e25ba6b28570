package mapping

// String prints n in its canonical spelling: one line, members separated by spaces, list items by a comma and a space.
// Parse and ParseExpression both read it as n again (with other offsets).
func String(n Node) string {
	if o, ok := n.(*Object); ok && !lonePick(o) && len(o.Members) > 0 {
		return string(appendMembers(nil, o))
	}
	if l, ok := n.(*Literal); ok {
		return "$(" + string(l.JSON) + ")"
	}
	if p, ok := n.(*Path); ok && lonely(p) {
		return "$." + string(appendNode(nil, n))
	}
	return string(appendNode(nil, n))
}

// lonePick is true of an object that would be taken for the value of a property if it were printed without braces.
func lonePick(o *Object) bool { return len(o.Members) == 1 && isPick(&o.Members[0]) }

// lonely is true of a path that Parse would take for a pick if it were printed without a root.
func lonely(p *Path) bool { return startsBare(p) && onlyKey(p) }

// startsBare reports whether p may be printed without its root.
func startsBare(p *Path) bool {
	return p.Root == RootHere && len(p.Steps) > 0 && p.Steps[0].Kind == StepKey && !p.Steps[0].Optional &&
		isName(p.Steps[0].Name) && !constant(p.Steps[0].Name)
}

func isName(s string) bool {
	for i := range len(s) {
		if !nameStart(s[i]) && (i == 0 || !digit(s[i])) {
			return false
		}
	}
	return s != ""
}

// isPick reports whether m can be printed without `name:`.
func isPick(m *Member) bool {
	p, ok := m.Value.(*Path)
	return ok && !m.Spread && p.Root == RootHere && len(p.Steps) > 0 && p.Steps[0].Kind == StepKey && !p.Steps[0].Optional &&
		onlyKey(p) && p.Steps[0].Name == m.Name && !constant(m.Name)
}

func appendNode(b []byte, n Node) []byte {
	switch n := n.(type) {
	case *Literal:
		return append(b, n.JSON...)
	case *Object:
		if len(n.Members) == 0 {
			return append(b, "{ }"...)
		}
		b = append(b, "{ "...)
		b = appendMembers(b, n)
		return append(b, " }"...)
	case *Array:
		b = append(b, '[')
		b = appendList(b, n.Items)
		return append(b, ']')
	case *Choice:
		b = appendNode(b, n.Left)
		if n.NullToo {
			b = append(b, " ?? "...)
		} else {
			b = append(b, " ?! "...)
		}
		return appendNode(b, n.Right)
	case *Path:
		return appendPath(b, n)
	}
	return b
}

func appendList(b []byte, nodes []Node) []byte {
	for i, n := range nodes {
		if i > 0 {
			b = append(b, ", "...)
		}
		b = appendNode(b, n)
	}
	return b
}

func appendMembers(b []byte, o *Object) []byte {
	for i := range o.Members {
		m := &o.Members[i]
		if i > 0 {
			b = append(b, ' ')
		}
		switch {
		case m.Spread:
			b = append(b, "..."...)
			b = appendNode(b, m.Value)
		case isPick(m):
			b = appendKey(b, m.Name)
			b = appendSteps(b, m.Value.(*Path).Steps[1:])
		default:
			b = appendKey(b, m.Name)
			b = append(b, ": "...)
			b = appendNode(b, m.Value)
		}
	}
	return b
}

func appendKey(b []byte, name string) []byte {
	if isName(name) {
		return append(b, name...)
	}
	return append(b, quote(name)...)
}

func appendPath(b []byte, p *Path) []byte {
	switch p.Root {
	case RootHere:
		if startsBare(p) {
			b = append(b, p.Steps[0].Name...)
			return appendSteps(b, p.Steps[1:])
		}
		b = append(b, '$')
	case RootAt:
		b = append(b, '@')
	case RootVar:
		b = append(append(b, '$'), p.Name...)
	case RootValue:
		b = append(b, "$("...)
		b = appendNode(b, p.Value)
		b = append(b, ')')
	}
	return appendSteps(b, p.Steps)
}

func appendSteps(b []byte, steps []Step) []byte {
	for i := range steps {
		s := &steps[i]
		if s.Optional || s.Kind == StepOptional {
			b = append(b, '?')
		}
		switch s.Kind {
		case StepKey:
			b = append(b, '.')
			b = appendKey(b, s.Name)
		case StepMethod:
			b = append(b, "->"...)
			b = append(b, s.Name...)
			if len(s.Args) > 0 {
				b = append(b, '(')
				b = appendList(b, s.Args)
				b = append(b, ')')
			}
		case StepSelect:
			b = append(b, ' ')
			b = appendNode(b, s.Select)
		}
	}
	return b
}
