package gatewaytest

import (
	"encoding/json"
	"maps"
	"strconv"

	"manifold/internal/mapping"
)

// scope is what an expression of a mapping sees.
type scope struct {
	here any            // $
	at   any            // @
	vars map[string]any // $args, $this, ... and what ->as has bound, by name
	// loose: a member whose mapping fails is a misuse, and the others are there. It holds for the braces of a selection, and
	// for those inside that are reached by property names alone; every other mapping is one value, which fails as a whole.
	loose bool
}

// evaluate is the naive evaluator of the mapping language over decoded values. A mapping that fails gives a misuse.
// An object written as the mapping itself is a selection from in; without an input it is made all the same, and over null
// of what has a value nonetheless.
func evaluate(n mapping.Node, in any, vars map[string]any) any {
	return guarded(func() any { return strictly(n, in, vars) })
}

func strictly(n mapping.Node, in any, vars map[string]any) any {
	s := scope{here: in, at: in, vars: vars}
	o, ok := n.(*mapping.Object)
	switch {
	case !ok || isAbsent(in):
		return s.eval(n)
	case in != nil:
		return s.selection(o, in)
	}
	made, found := s.build(o), NewObject()
	if made == nil {
		return nil
	}
	for _, name := range made.Names {
		v := made.Members[name]
		if inner, ok := v.(*Object); v != nil && (!ok || len(inner.Names) > 0) {
			found.Set(name, v)
		}
	}
	if len(found.Names) == 0 {
		return nil
	}
	return found
}

func (s scope) eval(n mapping.Node) any {
	switch n := n.(type) {
	case *mapping.Literal:
		v, err := Decode(n.JSON)
		if err != nil {
			return absent{}
		}
		return v
	case *mapping.Array:
		list := make([]any, 0, len(n.Items))
		for _, item := range n.Items {
			v := s.eval(item)
			if isAbsent(v) {
				v = nil
			}
			list = append(list, v)
		}
		return list
	case *mapping.Choice:
		left := s.eval(n.Left)
		if isAbsent(left) || n.NullToo && left == nil {
			return s.eval(n.Right)
		}
		return left
	case *mapping.Object:
		if o := s.build(n); o != nil {
			return o
		}
		return nil
	case *mapping.Path:
		return s.path(n)
	default:
		return absent{}
	}
}

// selection picks o from in: from a list, one object for every item. What has no properties stays what it is, unless o
// makes something of it; objects built of nothing are not something.
func (s scope) selection(o *mapping.Object, in any) any {
	switch in := in.(type) {
	case nil, absent:
		return in
	case []any:
		list := make([]any, 0, len(in))
		for _, item := range in {
			list = append(list, s.selection(o, item))
		}
		return list
	}
	made := scope{here: in, at: in, vars: s.vars, loose: s.loose}.build(o)
	if made == nil {
		return nil
	}
	if _, ok := in.(*Object); !ok && hollow(made) {
		return in
	}
	made.raw = in
	return made
}

// hollow reports whether o has no members but hollow objects.
func hollow(o *Object) bool {
	for _, m := range o.Members {
		if inner, ok := m.(*Object); !ok || !hollow(inner) {
			return false
		}
	}
	return true
}

// build makes one object of what the scope sees. A missing member is left out. It is nil if a method made null of a spread.
func (s scope) build(o *mapping.Object) *Object {
	out := NewObject()
	for _, m := range o.Members {
		v := s.member(m.Value)
		if _, _, structural := mapping.Keys(m.Value); m.Spread && v == nil && !structural {
			return nil
		}
		if more, ok := v.(*Object); ok && m.Spread {
			for _, name := range more.Names {
				out.Set(name, more.Members[name])
			}
		} else if !m.Spread && !isAbsent(v) {
			out.Set(m.Name, v)
		}
	}
	return out
}

// member evaluates a member of an object.
func (s scope) member(n mapping.Node) any {
	if !s.loose {
		return s.eval(n)
	}
	if _, _, structural := mapping.Keys(n); structural {
		return s.eval(n)
	}
	s.loose = false
	return guarded(func() any { return s.eval(n) })
}

func (s scope) path(p *mapping.Path) any {
	var v any
	switch p.Root {
	case mapping.RootHere:
		v = s.here
	case mapping.RootAt:
		v = s.at
	case mapping.RootVar:
		v = absent{}
		if known, ok := s.vars[p.Name]; ok {
			v = known
		}
	case mapping.RootValue:
		v = s.eval(p.Value)
	}
	for _, step := range p.Steps {
		if isAbsent(v) || v == nil && (step.Optional || step.Kind == mapping.StepOptional) {
			return absent{}
		}
		switch step.Kind {
		case mapping.StepKey:
			v = property(v, step.Name)
		case mapping.StepMethod:
			if step.Name == "as" {
				s = s.bind(v, step)
				continue
			}
			v = s.method(opened(v, nil), step)
		case mapping.StepSelect:
			if d, ok := v.(*deferred); ok {
				v = s.chosen(step.Select, d)
				continue
			}
			v = s.selection(step.Select, v)
		}
	}
	return v
}

// bind adds the variable of an ->as step.
func (s scope) bind(v any, step mapping.Step) scope {
	v = opened(v, nil)
	if len(step.Args) > 1 {
		v = s.forItem(v).eval(step.Args[1])
	}
	bound := maps.Clone(s.vars)
	if bound == nil {
		bound = map[string]any{}
	}
	bound[step.Args[0].(*mapping.Path).Name] = v
	s.vars = bound
	return s
}

// property reads a property of an object; of a list, that of every item.
func property(v any, name string) any {
	switch v := v.(type) {
	case *Object:
		if d, ok := v.Get(name).(*deferred); ok && !d.args {
			return d.resolve(nil)
		}
		return v.Get(name)
	case *deferred:
		return property(v.resolve(nil), name)
	case broken: // nothing is found in what a service failed to give
		return v
	case []any:
		list := make([]any, 0, len(v))
		for _, item := range v {
			p := property(item, name)
			if isAbsent(p) {
				p = nil
			}
			list = append(list, p)
		}
		return list
	default:
		return absent{}
	}
}

// scalarText is the text of a scalar as it stands in a URL: strings without quotes. ok is false for null, lists and objects.
func scalarText(v any) (string, bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case json.Number:
		return v.String(), true
	case bool:
		return strconv.FormatBool(v), true
	default:
		return "", false
	}
}
