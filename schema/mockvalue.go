package schema

import (
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"manifold/internal/mapping"
)

// maker writes the mapping that makes up a value of a type. What it makes is always the same, respects every non-null, and
// is small: a list has three items, the objects of which have the ids 1, 2 and 3; types that lead to themselves end in null
// or in an empty list.
type maker struct {
	*mocking
	variety variety
	whole   *Connector // the loader whose entity is made; entities of others are referred to
	echoes  []echo     // arguments that fields of the object repeat
	steady  bool       // the object is an entity: what does not hold its key is the same in all of them
	parent  parent     // the entity whose field is made
	item    bool       // the object is an item of a list: it does not repeat an id
	around  []*typ     // the types of the objects around
	lists   int        // the lists around
	depth   int        // of objects in each other
	made    *int       // how many values there are
}

// parent is the entity that a made-up value belongs to: what refers to an object of its type refers to it.
type parent struct {
	t   *typ
	key *mapping.Path // its key, nil if that has several members
}

const (
	itemsMade = 3    // of a list
	depthMade = 5    // of objects in each other
	valuesMax = 3000 // in one reply; beyond that the depth is reduced
)

// sized makes a value as deep as it can be without becoming huge.
func (k maker) sized(with func(k maker) mapping.Node) mapping.Node {
	for depth := depthMade; ; depth-- {
		made := 0
		k.depth, k.made = depth, &made
		if n := with(k); made <= valuesMax || depth == 1 {
			return n
		}
	}
}

// field makes the value of a field that had its own connector.
func (k maker) field(f *field) mapping.Node {
	return k.sized(func(k maker) mapping.Node { return k.value(f, f.def.Type) })
}

// loaded makes an entity of type t of its key. That of an interface tells the type; its loader makes the rest.
func (k maker) loaded(t *typ) mapping.Node {
	if t.kind == ast.Object {
		return k.sized(func(k maker) mapping.Node { return k.object(t) })
	}
	o := &mapping.Object{}
	if possible := k.possible(t); len(possible) > 0 {
		o.Members = append(o.Members, mapping.Member{Name: "__typename", Value: constantText(possible[0].name)})
	}
	for _, in := range k.whole.Inputs {
		o.Members = append(o.Members, mapping.Member{Name: in.Path[0], Value: variablePath("this", in.Path[0])})
	}
	return o
}

// inside is the maker of the values inside of an object.
func (k maker) inside() maker {
	k.echoes, k.whole = nil, nil
	return k
}

// value makes a value of type t for the field f.
func (k maker) value(f *field, t *ast.Type) mapping.Node {
	*k.made++
	target := k.types[t.Name()]
	if target == nil || !target.composite() {
		return k.leaves(f, t)
	}
	n := k.objects(f, t, target)
	if t.Elem == nil && target.kind == ast.Object {
		return n
	}
	if made := madeObjects(n); len(made) > 0 {
		if target.kind != ast.Object { // what all types have is selected, whichever are made
			for _, o := range k.possible(target) {
				made = append(made, k.objectOf(target, o))
			}
		}
		return &mapping.Path{Root: mapping.RootValue, Value: n, Steps: []mapping.Step{{Kind: mapping.StepSelect, Select: picked(made)}}}
	}
	return &mapping.Path{Root: mapping.RootValue, Value: n}
}

// leaves makes a leaf, or a list of them.
func (k maker) leaves(f *field, t *ast.Type) mapping.Node {
	if t.Elem == nil {
		return k.leaf(f, t.NamedType, false)
	}
	return &mapping.Path{Root: mapping.RootValue, Value: k.array(func(k maker) mapping.Node { return k.leaves(f, t.Elem) })}
}

// objects makes an object, or a list of them.
func (k maker) objects(f *field, t *ast.Type, target *typ) mapping.Node {
	enough := k.enough(target)
	switch {
	case t.Elem != nil && enough:
		return &mapping.Array{}
	case t.Elem != nil:
		return k.array(func(k maker) mapping.Node { return k.objects(f, t.Elem, target) })
	case enough && !t.NonNull, len(k.possible(target)) == 0:
		return &mapping.Literal{JSON: []byte("null")}
	default:
		return k.object(target)
	}
}

// array makes the items of a list.
func (k maker) array(item func(k maker) mapping.Node) *mapping.Array {
	n := itemsMade
	if k.lists > 1 { // lists in lists in lists are long enough
		n = 1
	}
	k.lists, k.item = k.lists+1, true
	out := &mapping.Array{}
	for i := range n {
		k.variety = variety{n: i + 1}
		out.Items = append(out.Items, item(k))
	}
	return out
}

// enough reports whether an object of type t may be left out because there are as many around it already.
func (k maker) enough(t *typ) bool {
	same := 0
	for _, o := range k.around {
		if o == t {
			same++
		}
	}
	return same > 1 || len(k.around) >= k.depth || *k.made > valuesMax
}

// hopeless reports whether objects end although they may not: they will be made anew, less deep, or are of non-null types that
// lead only to themselves, of which no answer is right.
func (k maker) hopeless() bool {
	return len(k.around) > 2*depthMade || *k.made > valuesMax && (k.depth > 1 || *k.made > 10*valuesMax)
}

// object makes an object of type t, or of one of the types that it may be.
func (k maker) object(t *typ) *mapping.Object {
	if t.kind == ast.Object {
		return k.objectOf(t, t)
	}
	possible := k.possible(t)
	return k.objectOf(t, possible[(k.variety.n+len(possible)-1)%len(possible)])
}

// objectOf makes an object of type o where t may be.
func (k maker) objectOf(t, o *typ) *mapping.Object {
	out := &mapping.Object{}
	if k.hopeless() {
		return out
	}
	if t != o {
		out.Members = append(out.Members, mapping.Member{Name: "__typename", Value: constantText(o.name)})
	}
	inner := k.inside()
	inner.around = append(k.around[:len(k.around):len(k.around)], t)
	if k.passesOn(t) {
		inner.echoes = k.echoes
	}
	refers := o.model.Entity() && !o.loadedBy(k.whole)
	inner.steady = refers || k.whole != nil
	for _, f := range o.fields {
		if n := k.key(o, f, refers); n != nil {
			out.Members = append(out.Members, mapping.Member{Name: f.def.Name, Value: n})
			continue
		}
		if !k.carries(o, f) {
			continue
		}
		echo, always := k.echo(f)
		switch {
		case echo != nil && always:
			out.Members = append(out.Members, mapping.Member{Name: f.def.Name, Value: echo})
		case echo != nil:
			out.Members = append(out.Members, mapping.Member{Name: f.def.Name, Value: &mapping.Choice{Left: echo, Right: inner.value(f, f.def.Type), NullToo: true}})
		case !refers:
			out.Members = append(out.Members, mapping.Member{Name: f.def.Name, Value: inner.value(f, f.def.Type)})
		}
	}
	return out
}

// passesOn reports whether what an object holds repeats arguments as well: a payload of a mutation holds the object that
// the mutation is about.
func (k maker) passesOn(t *typ) bool {
	return !k.item && len(k.around) == 0 && strings.HasSuffix(t.name, "Payload")
}

// key makes a field of an entity's key: what the loader was asked for by, or what a reference points with, which has all keys. nil: f
// is not one that has to be there.
func (k maker) key(o *typ, f *field, refers bool) mapping.Node {
	loader := k.whole
	if refers {
		loader = o.model.Loader()
	}
	isKey := loader != nil && readsInput(loader, f.def.Name)
	if refers { // beside references to others in one list, whose selection is that of all of them, each has all its keys
		isKey = o.model.KeyField(f.def.Name)
	}
	if !isKey || k.counts[f] != nil {
		return nil
	}
	target := k.types[f.def.Type.Name()]
	switch {
	case target != nil && target.composite():
		n := k.inside().value(f, f.def.Type)
		if made, ok := n.(*mapping.Object); ok && !refers {
			echoKey(made, loader, []string{f.def.Name})
		}
		return n
	case !refers:
		return variablePath("this", f.def.Name)
	}
	n := k.leaf(f, f.def.Type.Name(), true)
	if len(k.around) > 0 && o == k.parent.t && k.parent.key != nil {
		n = k.parent.key
	}
	if echo, always := k.echo(f); always {
		return echo
	} else if echo != nil {
		return &mapping.Choice{Left: echo, Right: n, NullToo: true}
	}
	return n
}

// carries reports whether a field of o is in the reply that is made, and not served by another connector.
func (k maker) carries(o *typ, f *field) bool {
	b := f.model.Block
	return !k.own(f) && !f.model.Namespace && (b == nil || b == k.whole.Block() || b == o.model.Loader().Block())
}

// echoKey lets an object that was made at a path of a loader's key have those members of the key that the loader was asked by.
func echoKey(made *mapping.Object, loader *Connector, path []string) {
	for i := range made.Members {
		m := &made.Members[i]
		at := append(path[:len(path):len(path)], m.Name)
		if inner, ok := m.Value.(*mapping.Object); ok {
			echoKey(inner, loader, at)
		}
		if slices.ContainsFunc(loader.Inputs, func(in Input) bool { return slices.Equal(in.Path, at) }) {
			m.Value = thisPath(at)
		}
	}
}

// loadedBy reports whether c is a loader of t.
func (t *typ) loadedBy(c *Connector) bool { return slices.Contains(t.model.Loaders, c) }

// picked is the selection of all members that some of the objects have.
func picked(objects []*mapping.Object) *mapping.Object {
	var names []string
	inner, plain := map[string][]*mapping.Object{}, map[string]bool{}
	for _, o := range objects {
		for _, m := range o.Members {
			if !slices.Contains(names, m.Name) {
				names = append(names, m.Name)
			}
			made := madeObjects(m.Value)
			inner[m.Name] = append(inner[m.Name], made...)
			if lit, ok := m.Value.(*mapping.Literal); len(made) == 0 && (!ok || string(lit.JSON) != "null") && !emptyArray(m.Value) {
				plain[m.Name] = true
			}
		}
	}
	out := &mapping.Object{}
	for _, name := range names {
		p := here(name)
		if len(inner[name]) > 0 && !plain[name] {
			p.Steps = append(p.Steps, mapping.Step{Kind: mapping.StepSelect, Select: picked(inner[name])})
		}
		out.Members = append(out.Members, mapping.Member{Name: name, Value: p})
	}
	return out
}

func emptyArray(n mapping.Node) bool {
	a := madeArray(n)
	return a != nil && len(a.Items) == 0
}

// madeObjects returns the objects that can be seen in a value: itself, items of a list, what a selection or a choice makes.
func madeObjects(n mapping.Node) (out []*mapping.Object) {
	switch n := n.(type) {
	case *mapping.Object:
		out = append(out, n)
	case *mapping.Array:
		for _, item := range n.Items {
			out = append(out, madeObjects(item)...)
		}
	case *mapping.Choice:
		out = append(madeObjects(n.Left), madeObjects(n.Right)...)
	case *mapping.Path:
		if n.Root == mapping.RootValue && len(n.Steps) == 0 {
			return madeObjects(n.Value)
		}
		for _, o := range objects(n) {
			if o != nil {
				out = append(out, o)
			}
		}
	}
	return out
}

// here is a path from the object at hand.
func here(name string) *mapping.Path {
	return &mapping.Path{Root: mapping.RootHere, Steps: []mapping.Step{{Kind: mapping.StepKey, Name: name}}}
}

// variablePath is `$variable.a.b`.
func variablePath(variable string, names ...string) *mapping.Path {
	p := &mapping.Path{Root: mapping.RootVar, Name: variable}
	for _, name := range names {
		p.Steps = append(p.Steps, mapping.Step{Kind: mapping.StepKey, Name: name})
	}
	return p
}
