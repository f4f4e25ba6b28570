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
	if f.Connector != nil || !v.carries(t, f) {
		return found{}, false
	}
	for _, from := range f.From {
		if from.Source == nil || from.Source == v.src {
			return structural(from.Path), true
		}
	}
	return found{keys: []string{spell(v.src, f.Name)}}, true
}

// carries applies LANGUAGE 1.2 and 1.3: a block's connector resolves the fields of its block, a field's connector carries
// the fields of all blocks of its source, an entity inside a reply its key, everything else inside a reply is whole.
func (v *provision) carries(t *schema.Type, f *schema.Field) bool {
	switch {
	case isKey(t, f.Name):
		return true
	case v.keys:
		return false
	case v.whole && f.Block == t.Loader && v.src != nil:
		return true
	case f.Block != nil && f.Block == v.conn:
		return true
	case v.own || isBlock(t, v.conn):
		return f.Block == nil && t.Loader == v.conn
	case f.Block == nil:
		return true
	default:
		return v.src != nil && f.Block.Source == v.src
	}
}

// isBlock reports whether conn is written on a block of t.
func isBlock(t *schema.Type, conn *schema.Connector) bool {
	if conn == nil || conn.KeyArgs {
		return false
	}
	if t.Loader == conn {
		return true
	}
	for _, f := range t.Order {
		if f.Block == conn {
			return true
		}
	}
	return false
}

func isKey(t *schema.Type, field string) bool {
	for _, k := range t.Keys {
		if slices.Contains(k.Fields, field) {
			return true
		}
	}
	return t.Loader != nil && slices.ContainsFunc(t.Loader.Inputs, func(in schema.Input) bool { return in.Path[0] == field })
}

func (v *provision) findListed(sel *mapping.Object, name string) (found, bool) {
	for _, m := range sel.Members {
		if m.Name == name && !m.Spread {
			if v.built {
				return found{keys: []string{name}, sel: trailing(m.Value), built: true}, true
			}
			return structural(m.Value), true
		}
	}
	for _, m := range sel.Members {
		if !m.Spread {
			continue
		}
		if inner := trailing(m.Value); v.built && inner != nil {
			if at, ok := v.findListed(inner, name); ok {
				return at, true
			}
			continue
		}
		keys, inner, ok := mapping.Keys(m.Value)
		if !ok || inner == nil {
			continue
		}
		at, ok := v.findListed(inner, name)
		if !ok {
			continue
		}
		if at.expr == nil {
			at.keys = append(keys[:len(keys):len(keys)], at.keys...)
			return at, true
		}
	}
	return found{}, false
}

func structural(n mapping.Node) found {
	if keys, sel, ok := mapping.Keys(n); ok {
		return found{keys: keys, sel: sel}
	}
	return found{expr: n}
}

// trailing returns the object that a mapping builds last, if that can be seen: `x->first { id }`, `ids->map({ id: @ })`.
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
		if last.Kind == mapping.StepSelect {
			return last.Select
		}
		if last.Kind == mapping.StepMethod && last.Name == "map" && len(last.Args) == 1 {
			return trailing(last.Args[0])
		}
		if last.Kind == mapping.StepMethod && last.Name == "first" { // of a list that was built
			return trailing(&mapping.Path{Root: n.Root, Name: n.Name, Value: n.Value, Steps: n.Steps[:len(n.Steps)-1]})
		}
	}
	return nil
}
