package resolvers

import (
	"slices"

	"manifold/internal/mapping"
	"manifold/schema"
)

// provision says which fields an object found in a reply carries, and under which names.
type provision struct {
	sel   *mapping.Object   // exactly the members of a selection; nil: default mapping
	built bool              // the object was written by a mapping: its properties have the names of fields
	src   *schema.Source    // whose naming and @from apply
	conn  *schema.Connector // the object is the value of this connector itself; nil further inside
	keys  bool              // only the key is carried: a reference
	own   bool              // only the connector's own block is carried: what a reference is joined with
	key   *schema.Connector // the object is a representation, which carries the key that this loader reads and nothing else
	ours  bool              // of or inside a representation: properties have the names of fields
	whole bool              // an entity that @from(embedded: true) says the reply carries, whoever loads it elsewhere
}

// found is where a field is, as seen from the object that carries it.
type found struct {
	keys  []string        // properties to walk through
	sel   *mapping.Object // and what of the value is selected, or nil
	expr  mapping.Node    // instead of keys: a mapping that is more than a path
	built bool            // see provision
}

// find looks a field of t up in what an object carries.
func (v *provision) find(t *schema.Type, f *schema.Field) (found, bool) {
	if v.sel != nil {
		return v.findListed(v.sel, f.Name)
	}
	f = f.For(v.src)
	if f.Connector != nil || !v.carries(t, f) {
		return found{}, false
	}
	if v.ours {
		return found{keys: []string{f.Name}}, true
	}
	for _, from := range f.From {
		if from.Source == nil || from.Source == v.src {
			return structural(from.Path), true
		}
	}
	return found{keys: []string{v.src.Spell(f.Name)}}, true
}

// reaches reports whether the object carries the value at a path of fields.
func (v *provision) reaches(t *schema.Type, path []string) bool {
	for ; ; path = path[1:] {
		f := t.Fields[path[0]]
		if f == nil {
			return false
		}
		at, ok := v.find(t, f)
		if !ok || len(path) == 1 {
			return ok
		}
		if t = f.Named; at.expr != nil {
			at.sel, at.built = trailing(at.expr), true
		}
		v = &provision{sel: at.sel, built: at.built, src: v.src, ours: v.ours, keys: at.sel == nil && t.Entity() && !f.Embedded, whole: at.sel == nil && f.Embedded}
	}
}

// holdsKey reports whether f is there only for the key inside of it.
func (v *provision) holdsKey(t *schema.Type, f *schema.Field) bool {
	switch {
	case v.sel != nil && !slices.Contains(t.Loaders, v.conn):
		for _, m := range v.sel.Members {
			if m.Name == f.Name && !m.Spread {
				return t.KeyHolder(f, m.Value)
			}
		}
		return false
	case v.keys:
		return t.KeyHolder(f, nil)
	default:
		return false
	}
}

// carries applies LANGUAGE 1.2 and 1.3: a block's connector resolves the fields of its block, a field's connector carries
// the fields of all blocks of its source, an entity inside a reply its key, everything else inside a reply is whole.
func (v *provision) carries(t *schema.Type, f *schema.Field) bool {
	switch {
	case v.key != nil:
		return slices.ContainsFunc(v.key.Inputs, func(in schema.Input) bool { return in.Path[0] == f.Name })
	case t.KeyField(f.Name):
		return !v.conn.Lacks(f.Name) || !isBlock(t, v.conn) || slices.Contains(t.Loaders, v.conn)
	case v.keys:
		return false
	case v.whole && f.Block == t.Loader().Block() && v.src != nil:
		return true
	case f.Block != nil && f.Block == v.conn.Block():
		return true
	case v.own || isBlock(t, v.conn):
		return slices.Contains(t.Loaders, v.conn) && (f.Block == nil || v.conn.KeyArgs && ofMain(t, f) && f.Block.AsksFor(v.src))
	case f.Block == nil:
		return true
	default:
		return v.src != nil && f.Block.AsksFor(v.src)
	}
}

// isBlock reports whether conn is written on a block of t.
func isBlock(t *schema.Type, conn *schema.Connector) bool {
	if conn == nil || conn.KeyArgs {
		return false
	}
	if slices.Contains(t.Loaders, conn) {
		return true
	}
	for _, f := range t.Order {
		if f.Block == conn.Block() {
			return true
		}
	}
	return false
}

// ofMain reports whether a field is written in the block whose connectors load t.
func ofMain(t *schema.Type, f *schema.Field) bool {
	return f.Block != nil && slices.ContainsFunc(t.Loaders, func(c *schema.Connector) bool { return c.Block() == f.Block })
}

// lists reports whether the selection gives a member.
func (v *provision) lists(name string) bool {
	_, ok := v.findListed(v.sel, name)
	return ok
}

// findListed looks a member up in a selection: in its own members, in what it spreads, and in a spread whose members only the
// reply knows.
func (v *provision) findListed(sel *mapping.Object, name string) (found, bool) {
	for _, m := range sel.Members {
		if m.Name == name && !m.Spread {
			if v.built {
				return found{keys: []string{name}, sel: trailing(m.Value), built: true}, true
			}
			return structural(m.Value), true
		}
	}
	open := false
	for _, m := range sel.Members {
		if !m.Spread {
			continue
		}
		inner := trailing(m.Value)
		if inner == nil {
			open = true
			continue
		}
		at, ok := v.findListed(inner, name)
		switch keys, _, plain := mapping.Keys(m.Value); {
		case !ok:
		case v.built:
			return at, true
		case plain && at.expr == nil:
			at.keys = append(keys[:len(keys):len(keys)], at.keys...)
			return at, true
		case plain:
			return found{expr: &mapping.Path{
				Root: mapping.RootValue, Value: m.Value, Steps: []mapping.Step{{Kind: mapping.StepKey, Name: name}},
			}}, true
		}
	}
	return found{keys: []string{name}, built: true}, open && v.built
}

// structural returns where a mapping finds its value: by a path with a selection that needs no evaluation, or by evaluation.
func structural(n mapping.Node) found {
	if mapping.Picks(n) {
		keys, sel, _ := mapping.Keys(n)
		return found{keys: keys, sel: sel}
	}
	return found{expr: n}
}

// bare returns the selection if it may make an object of a text, number or Boolean: some member of it is no property.
func (v *provision) bare() *mapping.Object {
	if v.built || v.sel == nil || !makes(v.sel) {
		return nil
	}
	return v.sel
}

func makes(sel *mapping.Object) bool {
	return slices.ContainsFunc(sel.Members, func(m mapping.Member) bool {
		keys, inner, plain := mapping.Keys(m.Value)
		return !plain || len(keys) == 0 && (inner == nil || makes(inner))
	})
}

// trailing returns the object that a mapping builds last, if that can be seen: `x->first { id }`, `ids->map({ id: @ })`. Of a
// match it is what all its results together may have.
func trailing(n mapping.Node) *mapping.Object {
	switch n := n.(type) {
	case *mapping.Object:
		return n
	case *mapping.Path:
		if len(n.Steps) == 0 {
			if n.Root == mapping.RootValue {
				return trailing(n.Value)
			}
			return nil
		}
		last := n.Steps[len(n.Steps)-1]
		switch {
		case last.Kind == mapping.StepSelect:
			return last.Select
		case last.Kind == mapping.StepMethod && last.Name == "map" && len(last.Args) == 1:
			return trailing(last.Args[0])
		case last.Kind == mapping.StepMethod && last.Name == "first": // of a list that was built
			return trailing(&mapping.Path{Root: n.Root, Name: n.Name, Value: n.Value, Steps: n.Steps[:len(n.Steps)-1]})
		case last.Kind == mapping.StepMethod && (last.Name == "match" || last.Name == "matchIf"):
			return results(last.Args)
		}
	}
	return nil
}

// results returns the members that the results of a match have, all in one object; nil if one of them is not written there.
func results(pairs []mapping.Node) *mapping.Object {
	var all *mapping.Object
	for _, arg := range pairs {
		pair, ok := arg.(*mapping.Array)
		if !ok || len(pair.Items) != 2 {
			return nil
		}
		if _, constant := pair.Items[1].(*mapping.Literal); constant {
			continue
		}
		one := trailing(pair.Items[1])
		if one == nil {
			return nil
		}
		all = joined(all, one)
	}
	return all
}

// joined returns an object with the members of both.
func joined(a, b *mapping.Object) *mapping.Object {
	if a == nil {
		return b
	}
	out := &mapping.Object{Members: slices.Clone(a.Members), At: a.At}
	for _, m := range b.Members {
		i := slices.IndexFunc(out.Members, func(o mapping.Member) bool { return !m.Spread && !o.Spread && o.Name == m.Name })
		if i < 0 {
			out.Members = append(out.Members, m)
			continue
		}
		if x, y := trailing(out.Members[i].Value), trailing(m.Value); x != nil && y != nil {
			out.Members[i].Value = joined(x, y)
		}
	}
	return out
}
