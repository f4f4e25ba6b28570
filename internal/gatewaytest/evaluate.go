package gatewaytest

import (
	"encoding/json"
	"strconv"
	"strings"
	"unicode/utf8"

	"manifold/internal/mapping"
)

// scope is what an expression of a mapping sees.
type scope struct {
	here any            // $
	at   any            // @
	vars map[string]any // $args, $this, ... by name
}

// evaluate is the naive evaluator of the mapping language over decoded values. A misuse of a method gives absent{}.
// An object written as the mapping itself is a selection from in; without an input it is made all the same, and over null
// of what has a value nonetheless.
func evaluate(n mapping.Node, in any, vars map[string]any) any {
	s := scope{here: in, at: in, vars: vars}
	o, ok := n.(*mapping.Object)
	switch {
	case !ok || isAbsent(in):
		return s.eval(n)
	case in != nil:
		return s.selection(o, in)
	}
	made, found := s.build(o), NewObject()
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
		return s.build(n)
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
	made := scope{here: in, at: in, vars: s.vars}.build(o)
	if _, ok := in.(*Object); !ok && hollow(made) {
		return in
	}
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

// build makes one object of what the scope sees. A missing member is left out.
func (s scope) build(o *mapping.Object) *Object {
	out := NewObject()
	for _, m := range o.Members {
		v := s.eval(m.Value)
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
			v = s.method(v, step)
		case mapping.StepSelect:
			v = s.selection(step.Select, v)
		}
	}
	return v
}

// property reads a property of an object; of a list, that of every item.
func property(v any, name string) any {
	switch v := v.(type) {
	case *Object:
		return v.Get(name)
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

func (s scope) method(v any, step mapping.Step) any {
	if v == nil { // of null, every method makes null
		return nil
	}
	switch step.Name {
	case "first":
		switch v := v.(type) {
		case []any:
			if len(v) == 0 {
				return absent{}
			}
			return v[0]
		case string:
			if v == "" {
				return absent{}
			}
			r, _ := utf8.DecodeRuneInString(v)
			return string(r)
		}
		return v
	case "size":
		switch v := v.(type) {
		case []any:
			return json.Number(strconv.Itoa(len(v)))
		case string:
			return json.Number(strconv.Itoa(utf8.RuneCountInString(v)))
		case *Object:
			return json.Number(strconv.Itoa(len(v.Members)))
		}
		return absent{}
	case "map":
		items, ok := v.([]any)
		if !ok {
			items = []any{v}
		}
		list := make([]any, 0, len(items))
		for _, item := range items {
			made := scope{here: s.here, at: item, vars: s.vars}.eval(step.Args[0])
			if isAbsent(made) {
				made = nil
			}
			list = append(list, made)
		}
		return list
	case "joinNotNull":
		separator, _ := s.eval(step.Args[0]).(string)
		items, ok := v.([]any)
		if !ok {
			items = []any{v}
		}
		var texts []string
		for _, item := range items {
			if text, ok := scalarText(item); ok {
				texts = append(texts, text)
			}
		}
		return strings.Join(texts, separator)
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
