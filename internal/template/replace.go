package template

import "manifold/internal/mapping"

// Replace returns the template with variables replaced as by mapping.Replace. Its text stays as written.
func (u *URL) Replace(with func(name, property string) mapping.Node) *URL {
	out := *u
	out.exprs = replaced(u.exprs, with)
	out.segments = make([]segment, len(u.segments))
	for i, s := range u.segments {
		out.segments[i] = segment{before: s.before, parts: replaced(s.parts, with)}
	}
	out.pairs = make([]pair, len(u.pairs))
	for i, p := range u.pairs {
		p.name, p.value = replaced(p.name, with), replaced(p.value, with)
		out.pairs[i] = p
	}
	out.source, out.own = u.source.replace(with), u.own.replace(with)
	return &out
}

func (e *Extra) replace(with func(name, property string) mapping.Node) *Extra {
	if e == nil {
		return nil
	}
	out, err := NewExtra(mapping.Replace(e.Path, with), mapping.Replace(e.Query, with))
	if err != nil { // only constants can be wrong, and these were compiled before
		return e
	}
	return out
}

// Replace returns the template with variables replaced as by mapping.Replace. Its text stays as written.
func (t *Text) Replace(with func(name, property string) mapping.Node) *Text {
	return &Text{text: t.text, exprs: replaced(t.exprs, with), parts: replaced(t.parts, with)}
}

func replaced(parts []part, with func(name, property string) mapping.Node) []part {
	out := make([]part, len(parts))
	for i, p := range parts {
		if p.expr != nil {
			p.expr = mapping.Replace(p.expr, with)
		}
		out[i] = p
	}
	return out
}
