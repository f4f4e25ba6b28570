package schema

import (
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// idle warns of what is written and never used: types that no query can reach, sources that no connector names, and loaders
// that nothing asks.
func (l *loader) idle() {
	reached := l.reachable()
	for _, t := range l.order {
		if !reached[t.name] && !l.isRoot(t) {
			l.unreached(t)
		}
	}
	used := map[*Source]bool{}
	for _, t := range l.order {
		for _, b := range t.blocks {
			if b.connector != nil {
				used[b.connector.Source] = true
			}
		}
		for _, f := range t.fields {
			if c := f.model.Connector; c != nil {
				used[c.Source] = true
			}
		}
		l.idleLoader(t, reached)
	}
	for _, p := range l.proxies {
		used[p.Source] = true
	}
	for _, s := range l.sources {
		if !used[s] && s.Pos != nil {
			l.warning(atDirective(s.Pos), `@source(name: "`+s.Name+`")`, "no connector uses this source",
				`name it: @connect(source: "`+s.Name+`", ...), or remove it`)
		}
	}
}

func (l *loader) unreached(t *typ) {
	what, hint := "no field that clients can ask for leads to "+t.name, "give a field this type, or remove it"
	if l.hides(t.name) {
		what = "nothing leads to " + t.name
	}
	switch t.kind {
	case ast.InputObject:
		what, hint = "no argument takes "+t.name, "give an argument this type, or remove it"
	case ast.Scalar, ast.Enum:
		what, hint = "nothing uses "+t.name, "give a field or an argument this type, or remove it"
	default:
	}
	l.warning(t.pos(), t.name, what, hint)
}

// reachable returns the names of the types that operations can name or get.
func (l *loader) reachable() map[string]bool {
	seen := map[string]bool{}
	var visit func(t *typ)
	name := func(n string) {
		if t := l.types[n]; t != nil && !seen[n] {
			seen[n] = true
			visit(t)
		}
	}
	visit = func(t *typ) {
		for _, f := range t.fields {
			name(f.def.Type.Name())
			for _, a := range f.def.Arguments {
				name(a.Type.Name())
			}
		}
		for _, n := range t.implements {
			name(n)
		}
		if t.kind == ast.Interface || t.kind == ast.Union {
			for _, o := range l.possible(t) {
				name(o.name)
			}
		}
	}
	for _, root := range l.roots {
		name(root.name)
	}
	for _, d := range l.declared {
		for _, a := range d.Arguments {
			name(a.Type.Name())
		}
	}
	return seen
}

// idleLoader warns of the connector of a type that is never asked: each field that leads to the type has a connector of its
// own, whose reply carries the type whole.
func (l *loader) idleLoader(t *typ, reached map[string]bool) {
	main := t.main()
	if main == nil || main.connector == nil || t.kind != ast.Object || !reached[t.name] || l.asked[main.connector] {
		return
	}
	for _, o := range l.order {
		for _, f := range o.fields {
			if f.def.Type.Name() != t.name && !l.covered(f, t) {
				continue
			}
			m := f.model
			if m.Connector == nil || m.Connector.Source == nil || m.Connector.Source != main.connector.Source {
				return
			}
		}
	}
	var key []string
	if len(t.model.Keys) > 0 {
		for _, name := range t.model.Keys[0].Fields {
			if f := t.byName[name]; f != nil {
				key = append(key, name+": "+f.def.Type.Name()+"!")
			}
		}
	}
	l.warning(atDirective(main.connector.Pos), t.name, "nothing asks this connector: every reply that leads to "+t.name+" carries it whole",
		"it serves references and lookups: add "+strings.ToLower(t.name[:1])+t.name[1:]+"("+strings.Join(key, ", ")+"): "+t.name+" @lookup to Query, or remove it")
}

// covered reports whether a field's type is an interface or union that t belongs to.
func (l *loader) covered(f *field, t *typ) bool {
	i := l.types[f.def.Type.Name()]
	if i == nil || (i.kind != ast.Interface && i.kind != ast.Union) {
		return false
	}
	return slices.Contains(l.possible(i), t)
}
