package resolvers

import (
	"manifold/internal/mapping"
	"manifold/internal/plan"
)

// wish is what is wanted of one object of a GraphQL service: the properties that its reply has to have. Lists make no
// difference.
type wish struct {
	keys  []string // response keys, in the order of first use
	props map[string]*wish
	why   reasons
	nodes []*node // that read the object: where a property that gets an alias has to be looked for too
	fixed bool    // a mapping reads the property by its name, so that it cannot get an alias
}

func (w *wish) prop(key string, why *reasons) *wish {
	inner := w.props[key]
	if inner == nil {
		inner = &wish{}
		if w.props == nil {
			w.props = map[string]*wish{}
		}
		w.props[key] = inner
		w.keys = append(w.keys, key)
	}
	inner.why.addAll(why)
	return inner
}

// wishOf returns what is wanted of the value of the field that a loader asks for.
func wishOf(l *loader) *wish {
	w, always := &wish{}, &reasons{any: true, when: plan.Cond{0}}
	if expr := l.plan.Reply.Transform; expr != nil {
		w.mapping(expr, always)
		return w
	}
	at := w
	for _, key := range l.plan.Reply.Path {
		at = at.prop(key, always)
	}
	if l.node != nil {
		at.object(l.node)
	}
	return w
}

// object adds what is read of an object.
func (w *wish) object(n *node) {
	w.nodes = append(w.nodes, n)
	for i := range n.shape.Props {
		key := n.shape.Props[i].Name
		inner := w.prop(key, n.wanted[key])
		if child := n.children[key]; child != nil {
			inner.object(child)
		}
	}
	for _, m := range n.order {
		w.mapping(m.expr, m.why)
	}
}

// mapping adds what a mapping reads.
func (w *wish) mapping(expr mapping.Node, why *reasons) {
	read := &mapping.Want{}
	mapping.Wants(expr, read)
	w.reads(read, why)
}

func (w *wish) reads(read *mapping.Want, why *reasons) {
	for _, name := range read.Names {
		inner := w.prop(name, why)
		inner.fixed = true
		inner.reads(read.Props[name], why)
	}
}
