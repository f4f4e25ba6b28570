package resolvers

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"manifold/internal/mapping"
	"manifold/internal/plan"
	"manifold/schema"
)

// place is one position of the response that holds an object, while it is compiled. Its values come from base 0, the
// record where the object itself was found, and from the records joined to it by key.
type place struct {
	typ   *schema.Type // as the field declares it: an object type, interface or union
	name  string       // response path, for people
	held  uint64       // tests of @skip and @include without which there is no such object
	steps []plan.Step  // from the root record to the records of base 0
	bases []*base
	given map[string]int // fields whose values are known from arguments -> slot of base 0
	early map[string]int // the same, but base 0 is still to be fetched -> slot of the root record
	// earlyWhen is when the root field of early is asked for.
	earlyWhen plan.Cond
	inside    []int // slots of base 0 in which the objects are that this one lies in, and itself: the record has room for them
	ref       bool  // null if the entity it refers to is not found
	// by is the loader of a looked-up object; nil: whose key is at hand.
	by    *schema.Connector
	disc  *schema.Discriminator
	abs   *plan.Abstract // nil: one possible type
	tests map[int]*plan.TypeTest
	inner map[string]*shared // objects that several possible types have in common
	obj   *plan.Object
	// exact says that a given key is the key of the object, because its loader matches by key.
	exact     bool
	attaching map[*schema.Connector]bool // guards against a loader that needs itself
}

// base is a record from which values of a place come.
type base struct {
	rec   *record
	node  *node   // nil: nothing is found in it but joins and given values
	inner []*node // for each possible type: where its properties are instead (wrapped members)
	prov  provision
	conn  *schema.Connector // that loaded it; nil for base 0
	hop   []int             // how it is reached from base 0: nothing for base 0, else one join slot
	wave  int               // of the fetch that brings it; 0: known from the start
	needs []*fetchNode
	feed  *feeder   // of a joined base
	keys  []*base   // in which the keys of a joined base are found
	asked plan.Cond // of a joined base: alternatives under which this place asks for it
	// by is the loader that the objects were named for, of a joined base of a place where several may be: see turn. For objects
	// that were named for another one it is not there.
	by *schema.Connector
}

// value is where a field's value is.
type value struct {
	base *base
	slot int // -1: the object is base's record itself
	node *node
	prov provision
	ref  bool
	list bool // the value has records of its own: a list of objects, or the value of a loader
	from *fetchNode
	feed *feeder // of from
	keys []*base // of from
	// for the place of a root field's object: see place
	given, early map[string]int
	earlyWhen    plan.Cond
	by           *schema.Connector
}

// inside descends from the object n, which v describes, to the value of f, which is read for the reason why.
func (c *compilation) inside(b *base, n *node, v *provision, at found, f *schema.Field, why want) value {
	depth, comp := listDepth(f.Type), composite(f.Named)
	out := value{base: b, list: depth > 0}
	out.prov = provision{sel: at.sel, built: at.built, src: v.src, ours: v.ours}
	if at.sel == nil && comp {
		out.prov.keys = f.Named.Entity() && !f.Embedded
		out.prov.whole = f.Embedded
	}
	out.ref = f.Named.Entity() && !f.Embedded && (v.sel == nil || at.sel == nil) || refersToMember(f, v, at)
	if last := len(at.keys) - 1; n.asks != nil && at.expr == nil && last >= 0 {
		at.keys = append(slices.Clone(at.keys[:last]), n.asks.key(at.keys[last], why.args))
	}
	for len(at.keys) > 1 && at.expr == nil {
		_, child, ok := n.object(at.keys[0], nil, why.onTheWay())
		if !ok {
			at.expr = path(at.keys, at.sel)
			break
		}
		n, at.keys = child, at.keys[1:]
	}
	ok := true
	switch {
	case at.expr != nil:
	case len(at.keys) == 0:
		if comp && depth == 0 {
			out.slot, out.node = -1, n
			return out
		}
		ok = false
	case depth > 0:
		out.slot, out.node, ok = n.list(at.keys[0], depth, comp, out.prov.bare(), why)
	case comp:
		out.slot, out.node, ok = n.object(at.keys[0], out.prov.bare(), why)
	default:
		out.slot = n.token(at.keys[0], why)
	}
	if at.expr == nil && ok {
		return out
	}
	expr := at.expr
	if expr == nil {
		expr = path(at.keys, at.sel)
	}
	out.slot, out.node = n.compute(expr, depth, comp, why)
	out.prov.sel = trailing(expr)
	out.ref = out.ref || refersToMember(f, v, found{sel: out.prov.sel})
	out.prov.built = out.prov.sel != nil
	out.prov.keys = out.prov.sel == nil && out.prov.keys
	return out
}

// refersToMember reports whether @from makes a reference to one of several types: `{ __typename: kind id: ownerId }`.
func refersToMember(f *schema.Field, v *provision, at found) bool {
	return v.sel == nil && at.sel != nil && !f.Embedded && slices.ContainsFunc(f.Named.Possible, (*schema.Type).Entity)
}

func path(keys []string, sel *mapping.Object) mapping.Node {
	p := &mapping.Path{Root: mapping.RootHere}
	for _, k := range keys {
		p.Steps = append(p.Steps, mapping.Step{Kind: mapping.StepKey, Name: k})
	}
	if sel != nil {
		p.Steps = append(p.Steps, mapping.Step{Kind: mapping.StepSelect, Select: sel})
	}
	return p
}

// enter returns the place of the object (or of each object of the list) that is a field's value.
// test limits it to the objects of p that are of some types; nil: to none.
func (c *compilation) enter(p *place, f *collected, v value, test *plan.TypeTest) *place {
	child := &place{
		typ: f.def.Named, ref: v.ref, name: p.at(f),
		given: v.given, early: v.early, earlyWhen: v.earlyWhen, by: v.by,
		disc: f.def.Discriminator, held: p.held | common(f.when),
	}
	if child.disc == nil {
		child.disc = f.def.Named.Discriminator
	}
	step := plan.Step{Ref: plan.Ref{Hops: v.base.hop, Slot: -1}, When: simple(f.when), Type: test}
	b := &base{rec: v.base.rec, node: v.node, prov: v.prov, wave: v.base.wave, needs: v.base.needs}
	if v.list || v.from != nil {
		step.Ref.Slot = v.slot
		if v.node != nil {
			b.rec = v.node.rec
		}
	} else if v.slot >= 0 {
		if v.base == p.bases[0] {
			child.inside = p.inside[:len(p.inside):len(p.inside)]
		}
		child.inside = append(child.inside, v.slot)
	}
	if v.from != nil {
		b.wave, b.needs = v.from.wave, []*fetchNode{v.from}
	}
	if p.abs != nil && len(p.abs.Ref.Hops) > 0 { // the type is known only from a joined record
		b = later(b, p.baseAt(p.abs.Ref.Hops))
	}
	child.steps = p.steps
	if step.Ref.Slot >= 0 || len(step.Ref.Hops) > 0 || len(step.When) > 0 || step.Type != nil {
		child.steps = append(p.steps[:len(p.steps):len(p.steps)], step)
	}
	child.bases = []*base{b}
	child.obj = &plan.Object{Coordinate: f.def.Named.Name}
	return child
}

// within are the objects that a value of base 0 lies in.
func (p *place) within() (out []plan.Within) {
	for _, slot := range p.inside {
		out = append(out, plan.Within{Slot: slot})
	}
	return out
}

// at returns the response path of a field of p, with [] for each list.
func (p *place) at(f *collected) string {
	name := f.key + strings.Repeat("[]", listDepth(f.def.Type))
	if p.name == "" {
		return name
	}
	return p.name + "." + name
}

// later makes b wait for what other waits for.
func later(b, other *base) *base {
	b.wave = max(b.wave, other.wave)
	b.needs = append(b.needs[:len(b.needs):len(b.needs)], other.needs...)
	return b
}

func (p *place) baseAt(hop []int) *base {
	for _, b := range p.bases {
		if len(b.hop) == len(hop) && (len(hop) == 0 || b.hop[0] == hop[0]) {
			return b
		}
	}
	return p.bases[0]
}

// also adds a reason why the place asks for a joined base, and so for what its keys are found in.
func (b *base) also(when plan.Cond) {
	if b.feed == nil {
		return
	}
	b.feed.also(when)
	b.asked = orAll(b.asked, when)
	for _, k := range b.keys {
		k.also(when)
	}
}

// shared is an object below an interface or union that more than one of its types has at the same place. It is compiled
// once: else the plan of an interface that leads to itself grows with its types to the power of its depth.
type shared struct {
	obj  *plan.Object
	test *plan.TypeTest // of which types the object around it may be
}

// below compiles the object of a field's value.
func (c *compilation) below(p *place, variant int, f *collected, v value) (*plan.Object, error) {
	if p.abs == nil || v.given != nil || v.early != nil {
		return c.object(c.enter(p, f, v, p.test(variant)), f.subs)
	}
	id := fmt.Sprintf("%s %p %d %p %p %v %+v %v %v %s %p %v", f.key, v.base, v.slot, v.node, v.from, v.list, v.prov, v.ref,
		f.when, f.def.Type, f.def.Discriminator, f.def.Embedded)
	var subs strings.Builder
	for _, s := range f.subs {
		fmt.Fprintf(&subs, " %p %d %v", s.set, len(s.set), s.when)
	}
	id += subs.String()
	if have := p.inner[id]; have != nil {
		have.test.Variants[variant] = true
		return have.obj, nil
	}
	test := &plan.TypeTest{Abstract: p.abs, Variants: make([]bool, len(p.abs.Names))}
	test.Variants[variant] = true
	obj, err := c.object(c.enter(p, f, v, test), f.subs)
	if p.inner == nil {
		p.inner = map[string]*shared{}
	}
	p.inner[id] = &shared{obj: obj, test: test}
	return obj, err
}

// test returns the condition that an object of p is of one possible type, nil if it cannot be of another.
func (p *place) test(variant int) *plan.TypeTest {
	if p.abs == nil {
		return nil
	}
	t := p.tests[variant]
	if t == nil {
		t = &plan.TypeTest{Abstract: p.abs, Variants: make([]bool, len(p.abs.Names))}
		t.Variants[variant] = true
		if p.tests == nil {
			p.tests = map[int]*plan.TypeTest{}
		}
		p.tests[variant] = t
	}
	return t
}

// rootPlace is the place of the operation's root object.
func rootPlace(t *schema.Type, rec *record) *place {
	return &place{typ: t, bases: []*base{{rec: rec}}, obj: &plan.Object{Coordinate: t.Name}}
}

func isObject(t *schema.Type) bool { return t.Kind == ast.Object }

// hiddenField is what the client would have written to select a field that only a key needs.
func hiddenField(f *schema.Field) *ast.Field {
	return &ast.Field{Alias: f.Name, Name: f.Name, Definition: f.Def, Position: &ast.Position{}}
}
