package resolvers

import (
	"fmt"

	"manifold/internal/mapping"
	"manifold/internal/plan"
)

// record is the layout of one kind of record: how many slots it has so far.
type record struct {
	width int
	shape *plan.Shape    // nil for the root record, which is not located in a reply
	joins map[string]int // loader and key -> slot of the answer
}

func (r *record) slot() int {
	r.width++
	return r.width - 1
}

// node is an object of a reply of which properties are wanted. Equal wishes share a slot: a property is found once however
// often the operation asks for it.
type node struct {
	rec      *record
	shape    *plan.Shape // Record or Inline
	props    map[string]int
	children map[string]*node
	computed map[string]*made
	order    []*made             // of computed
	asks     *asking             // nil: the reply has what it has
	wanted   map[string]*reasons // with asks: why each property is read
}

type made struct {
	slot  int
	child *node
	expr  mapping.Node
	why   *reasons
}

func newNode(rec *record, shape *plan.Shape) *node {
	return &node{rec: rec, shape: shape, props: map[string]int{}, children: map[string]*node{}, computed: map[string]*made{}}
}

// newRecord returns the node of an object that gets a record of its own.
func newRecord() *node {
	shape := &plan.Shape{Kind: plan.Record}
	return newNode(&record{shape: shape}, shape)
}

// records returns the nodes of n and inside of it that have records of their own.
func (n *node) records(out []*record) []*record {
	if n.shape.Kind == plan.Record {
		out = append(out, n.rec)
	}
	for _, child := range n.children {
		out = child.records(out)
	}
	for _, m := range n.computed {
		if m.child != nil {
			out = m.child.records(out)
		}
	}
	return out
}

// wrap puts depth lists around item.
func wrap(item *plan.Shape, depth int) *plan.Shape {
	for ; depth > 0; depth-- {
		item = &plan.Shape{Kind: plan.List, Item: item}
	}
	return item
}

func (n *node) prop(name string) *plan.Prop {
	i, ok := n.props[name]
	if !ok {
		i = len(n.shape.Props)
		n.props[name] = i
		n.shape.Props = append(n.shape.Props, plan.Prop{Name: name, Raw: -1, Slot: -1})
	}
	return &n.shape.Props[i]
}

// note remembers why a property is read, if a GraphQL service has to be asked for it.
func (n *node) note(name string, w want) {
	if n.asks == nil {
		return
	}
	if n.wanted == nil {
		n.wanted = map[string]*reasons{}
	}
	r := n.wanted[name]
	if r == nil {
		r = &reasons{}
		n.wanted[name] = r
	}
	r.add(w)
}

// token returns the slot that notes the whole value of a property.
func (n *node) token(name string, why want) int {
	n.note(name, why)
	p := n.prop(name)
	if p.Raw < 0 {
		slot := n.rec.slot()
		p = n.prop(name)
		p.Raw = slot
	}
	return p.Raw
}

// object returns the slot that notes the object in a property, and its node. bare is what
// makes the object of a plain value, or nil. ok is false if the property was asked for as a list before, or with another bare;
// then it has to be computed.
func (n *node) object(name string, bare *mapping.Object, why want) (slot int, child *node, ok bool) {
	n.note(name, why)
	p := n.prop(name)
	if p.Shape == nil {
		p.Slot = n.rec.slot()
		p.Shape = &plan.Shape{Kind: plan.Inline, Bare: bare}
		child = newNode(n.rec, p.Shape)
		child.asks = n.asks
		n.children[name] = child
	}
	return p.Slot, n.children[name], p.Shape.Kind == plan.Inline && p.Shape.Bare == bare
}

// list returns the slot that notes the list in a property, and the node of its items' records (nil unless composite). bare and
// ok are as those of object.
func (n *node) list(name string, depth int, composite bool, bare *mapping.Object, why want) (slot int, child *node, ok bool) {
	n.note(name, why)
	p := n.prop(name)
	if p.Shape == nil {
		p.Slot = n.rec.slot()
		item := &plan.Shape{Kind: plan.Token}
		if composite {
			c := newRecord()
			c.shape.Bare, c.asks = bare, n.asks
			item, n.children[name] = c.shape, c
		}
		p.Shape = wrap(item, depth)
	}
	return p.Slot, n.children[name], sameList(p.Shape, depth, composite, bare)
}

func sameList(s *plan.Shape, depth int, composite bool, bare *mapping.Object) bool {
	for ; depth > 0; depth-- {
		if s.Kind != plan.List {
			return false
		}
		s = s.Item
	}
	return s.Kind == plan.Record && composite && s.Bare == bare || s.Kind == plan.Token && !composite
}

// compute returns the slot of a value that a mapping makes from the object of n, and the node of its object or items.
func (n *node) compute(expr mapping.Node, depth int, composite bool, why want) (slot int, child *node) {
	id := fmt.Sprint(depth, composite, mapping.String(expr))
	if m := n.computed[id]; m != nil {
		m.why.add(why)
		return m.slot, m.child
	}
	m := &made{slot: n.rec.slot(), expr: expr, why: &reasons{}}
	m.why.add(why)
	shape := &plan.Shape{Kind: plan.Token}
	switch {
	case composite && depth == 0:
		shape = &plan.Shape{Kind: plan.Inline}
		m.child = newNode(n.rec, shape)
	case composite:
		m.child = newRecord()
		shape = m.child.shape
	}
	n.shape.Computed = append(n.shape.Computed, plan.Computed{Slot: m.slot, Expr: expr, Shape: wrap(shape, depth)})
	n.computed[id] = m
	n.order = append(n.order, m)
	return m.slot, m.child
}

// finish completes the shape of n when everything that is wanted of it is known: the widths of records, and for every inline
// object which slots it fills and how they are filled if an array stands in its place.
func (n *node) finish() {
	for _, r := range n.records(nil) {
		r.shape.Width = r.width
	}
	finishInline(n.shape)
}

func finishInline(s *plan.Shape) {
	for s.Kind == plan.List {
		s = s.Item
	}
	for _, p := range s.Props {
		if p.Shape != nil {
			finishInline(p.Shape)
		}
	}
	for _, c := range s.Computed {
		finishInline(c.Shape)
	}
	if s.Kind == plan.Inline {
		s.Inner, s.Lift = inside(s, nil)
	}
}

// inside lists the slots filled from inside an inline object, and the path that leads to each through a list.
func inside(s *plan.Shape, path []mapping.Step) (slots []int, lift []plan.Computed) {
	for _, p := range s.Props {
		at := append(path[:len(path):len(path)], mapping.Step{Kind: mapping.StepKey, Name: p.Name})
		expr := &mapping.Path{Root: mapping.RootHere, Steps: at}
		if p.Raw >= 0 {
			slots = append(slots, p.Raw)
			lift = append(lift, plan.Computed{Slot: p.Raw, Expr: expr, Shape: &plan.Shape{Kind: plan.Token}})
		}
		if p.Slot < 0 {
			continue
		}
		slots = append(slots, p.Slot)
		if p.Shape.Kind != plan.Inline {
			lift = append(lift, plan.Computed{Slot: p.Slot, Expr: expr, Shape: p.Shape})
			continue
		}
		lift = append(lift, plan.Computed{Slot: p.Slot, Expr: expr, Shape: &plan.Shape{Kind: plan.Token}})
		more, moreLift := inside(p.Shape, at)
		slots, lift = append(slots, more...), append(lift, moreLift...)
	}
	for _, c := range s.Computed {
		slots = append(slots, c.Slot)
		if c.Shape.Kind == plan.Inline {
			more, _ := inside(c.Shape, nil)
			slots = append(slots, more...)
		}
	}
	return slots, lift
}

// also makes a property be found under another name, too: only one of them is in any object.
func (n *node) also(name, alias string) {
	i, ok := n.props[name]
	if !ok {
		return
	}
	p := n.shape.Props[i]
	p.Name = alias
	n.shape.Props = append(n.shape.Props, p)
}
