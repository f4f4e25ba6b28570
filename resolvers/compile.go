package resolvers

import (
	"slices"

	"github.com/vektah/gqlparser/v2/ast"

	"manifold/internal/fault"
	"manifold/internal/introspect"
	"manifold/internal/plan"
	"manifold/schema"
)

// Compiler compiles operations for one model.
type Compiler struct {
	model *schema.Gateway
	intro *introspection
	// numbered are, for each GraphQL service, the names of fields that end like our aliases do.
	numbered map[*introspect.Schema]map[string]bool
}

// NewCompiler returns a compiler for a checked model.
func NewCompiler(g *schema.Gateway) *Compiler {
	return &Compiler{model: g, intro: newIntrospection(g.Schema), numbered: numbered(g)}
}

// compilation is the work on one operation.
type compilation struct {
	*Compiler
	kind      string
	variables []string
	tests     tests
	work      int
	part      *part
	route     bool // directives that reshape the answer take effect
}

// part is a plan.Part in the making.
type part struct {
	plan    *plan.Part
	root    *record
	given   map[string]int // argument value -> slot of the root record
	byID    map[string]*loader
	loaders []*loader
	joined  []*place
	fetches []*fetchNode
}

// Compile compiles a validated operation of doc. The error is a *fault.Error fit for the client: the operation is too large,
// is a subscription, or selects what nothing serves.
func (c *Compiler) Compile(_ *ast.QueryDocument, op *ast.OperationDefinition) (*plan.Operation, error) {
	return c.compile(op, false)
}

func (c *Compiler) compile(op *ast.OperationDefinition, route bool) (*plan.Operation, error) {
	k := &compilation{Compiler: c, kind: string(op.Operation), route: route}
	for _, v := range op.VariableDefinitions {
		k.variables = append(k.variables, v.Variable)
	}
	k.tests.variables = k.variables
	out := &plan.Operation{Name: op.Name, Kind: k.kind, Variables: k.variables}
	root := c.model.Query
	switch op.Operation {
	case ast.Mutation:
		root = c.model.Mutation
	case ast.Subscription:
		return nil, fault.New(fault.NotSupported, "subscriptions are not served yet")
	}
	fields, err := k.collect(root, []selection{{set: op.SelectionSet}}, 0)
	if err != nil {
		return nil, err
	}
	groups := [][]*collected{fields}
	if op.Operation == ast.Mutation { // GraphQL 6.2.2: one after the other
		groups = nil
		for _, f := range fields {
			groups = append(groups, []*collected{f})
		}
	}
	for _, g := range groups {
		pt, err := k.compilePart(root, g)
		if err != nil {
			return nil, err
		}
		out.Parts = append(out.Parts, pt)
	}
	out.Tests, out.Guards = k.tests.list, k.tests.guards
	together(out, c.model.RequestHeaders)
	out.MaxAge, out.Public = lasting(out, c.model.RequestHeaders)
	return out, k.tests.err()
}

// compilePart compiles root fields that run together.
func (c *compilation) compilePart(root *schema.Type, fields []*collected) (*plan.Part, error) {
	c.part = &part{plan: &plan.Part{}, root: &record{}, given: map[string]int{}, byID: map[string]*loader{}}
	p := rootPlace(root, c.part.root)
	v, err := c.variant(p, 0, root, fields)
	if err != nil {
		return nil, err
	}
	p.obj.Variants = []plan.Variant{v}
	pt := c.part
	pt.plan.Root = c.seal(p)
	pt.plan.Width = pt.root.width
	for _, l := range pt.loaders {
		if err := c.document(l); err != nil {
			return nil, err
		}
		if l.node != nil {
			l.node.finish()
		}
		if req := l.plan.Request; req != nil && req.RPC != nil {
			l.plan.Reply.Wire = wireReply(&l.plan.Reply, req.RPC.Reply)
		}
		pt.plan.Loaders = append(pt.plan.Loaders, l.plan)
	}
	pt.schedule()
	pt.finishBases()
	return pt.plan, nil
}

// object compiles the object of a place.
func (c *compilation) object(p *place, from []selection) (*plan.Object, error) {
	types := possible(p.typ)
	if p.given != nil { // a looked-up object is null if it is not there, whatever is selected of it
		p.exact = p.early == nil
		if _, err := c.attach(p, 0, p.typ, p.by, nil); err != nil {
			return nil, err
		}
	}
	if p.typ.Represented != nil {
		return c.represented(p, from)
	}
	if err := c.resolveType(p, types); err != nil {
		return nil, err
	}
	for i, t := range types {
		guard := uint64(0)
		if t != p.typ {
			guard = c.tests.guarded(t.Guards)
		}
		fields, err := c.collect(t, under(from, guard), p.held)
		if err != nil {
			return nil, err
		}
		v, err := c.variant(p, i, t, fields)
		if err != nil {
			return nil, err
		}
		v.Guard = guard
		if t != p.typ {
			c.memberOf(p, t, &v)
		}
		p.obj.Variants = append(p.obj.Variants, v)
	}
	p.obj.NullIf = c.nullIf(p, p.typ)
	if p.ref && p.abs != nil && len(p.abs.Ref.Hops) == 0 && p.bases[0].prov.sel != nil {
		p.obj.NullIf = append(p.obj.NullIf, p.abs.Ref.Slot) // a reference that names no type
	}
	return c.seal(p), nil
}

// under returns selections that count only if tests hold, too.
func under(from []selection, mask uint64) []selection {
	if mask == 0 {
		return from
	}
	out := slices.Clone(from)
	for i := range out {
		out[i].when.mask |= mask
	}
	return out
}

// shown is when a field stands in the response, whoever asks: without its own guards.
func (f *collected) shown() (out plan.Cond) {
	if f.guard == 0 {
		return f.when
	}
	for _, mask := range f.when {
		out = or(out, mask&^f.guard)
	}
	return out
}

// variant compiles how objects of one concrete type are written.
func (c *compilation) variant(p *place, i int, t *schema.Type, fields []*collected) (plan.Variant, error) {
	all := c.split(fields)
	out := plan.Variant{Type: t.Name}
	compiled := make([][]plan.Field, len(all))
	for _, shared := range []bool{false, true} { // shared fields come with what the others need, if they can
		for n, f := range all {
			if shared != (f.def != nil && len(f.def.Also) > 0) {
				continue
			}
			for _, piece := range c.pieces(p, i, t, f) {
				field, err := c.compileField(p, i, t, piece)
				if err != nil {
					return out, err
				}
				compiled[n] = append(compiled[n], field)
			}
		}
	}
	out.Fields = slices.Concat(compiled...)
	return out, nil
}

func (c *compilation) compileField(p *place, variant int, t *schema.Type, f *collected) (plan.Field, error) {
	out := plan.Field{
		Key: f.key, Prefix: []byte(`"` + f.key + `":`), When: simple(f.shown()), Guard: f.guard,
		Line: f.node.Position.Line, Column: f.node.Position.Column,
	}
	if f.def == nil { // __typename
		out.Const = []byte(`"` + t.Name + `"`)
		c.show(&out, f)
		return out, nil
	}
	v, err := c.locate(p, variant, t, f)
	if err != nil {
		return out, err
	}
	out.Type = planType(f.def.Type, f.def.Named)
	out.Slot, out.Virtual = v.slot, v.slot < 0
	for i, b := range p.bases {
		if b == v.base {
			out.Base = i
		}
	}
	if out.Type.Kind == plan.Composite {
		if out.Object, err = c.below(p, variant, f, v); err != nil {
			return out, err
		}
	}
	c.show(&out, f)
	return out, nil
}

// memberOf does for a member of an interface or union what a reference to it needs: its own key and its own loader decide.
func (c *compilation) memberOf(p *place, t *schema.Type, v *plan.Variant) {
	if !p.ref || p.typ.Entity() {
		return
	}
	v.NullIf = c.nullIf(p, t)
	v.Require = p.entity(t)
}

// entity returns the bases that an entity of type t is joined as, that of its preferred loader first: without the first that
// is asked for, there is nothing.
func (p *place) entity(t *schema.Type) (bases []int) {
	for _, c := range append([]*schema.Connector{p.loader(t)}, t.Loaders...) {
		for i, b := range p.bases[1:] {
			if b.conn != nil && b.conn == c && p.knows(b) && !slices.Contains(bases, i+1) {
				bases = append(bases, i+1)
			}
		}
	}
	return bases
}

// nullIf returns the slots of base 0 that hold the key of an entity of type t: a reference whose key is null is null.
func (c *compilation) nullIf(p *place, t *schema.Type) (slots []int) {
	b := p.bases[0]
	if !t.Entity() || b.node == nil || (!p.ref && b.prov.sel == nil) || b.prov.conn != nil {
		return nil
	}
	for _, in := range p.loader(t).Inputs {
		if slot := c.heldKey(b, t, in.Path); slot >= 0 {
			slots = append(slots, slot)
		}
	}
	return slots
}

// heldKey returns the slot of a member of the key that a record carries, however deep inside, -1 if it does not carry it.
func (c *compilation) heldKey(b *base, t *schema.Type, path []string) int {
	v := value{node: b.node, prov: b.prov}
	for _, name := range path {
		f := t.Fields[name]
		if f == nil || v.node == nil || listDepth(f.Type) > 0 {
			return -1
		}
		at, ok := v.prov.find(t, f)
		if !ok {
			return -1
		}
		v = c.inside(b, v.node, &v.prov, at, f, want{})
		t = f.Named
	}
	return v.slot
}

// seal writes what the place has joined into its object. Conditions of the joins are filled in by finishBases.
func (c *compilation) seal(p *place) *plan.Object {
	p.obj.Abstract = p.abs
	for _, b := range p.bases[1:] {
		p.obj.Bases = append(p.obj.Bases, plan.Base{Slot: b.hop[0]})
	}
	if p.ref {
		p.obj.Require = p.entity(p.typ)
	}
	if len(p.bases) > 1 {
		c.part.joined = append(c.part.joined, p)
	}
	return p.obj
}

// finishBases tells each joined base when it was asked for.
func (pt *part) finishBases() {
	for _, p := range pt.joined {
		for i, b := range p.bases[1:] {
			p.obj.Bases[i].When = simple(b.asked)
		}
	}
}

// field finds a field of a type, introspection included.
func (c *compilation) field(t *schema.Type, name string) *schema.Field {
	if name == "__typename" {
		return nil
	}
	if t == c.model.Query {
		if f := c.intro.root[name]; f != nil {
			return f
		}
	}
	return t.Fields[name]
}
