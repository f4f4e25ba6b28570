package gatewaytest

import (
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"manifold/internal/fault"
	"manifold/schema"
)

// inputs reads what c wants of its parent. ok is false if one of the values is null, or no scalar: then there is no call, and
// failure says why if that is a fault. A field's own connector that is called once for each parent may read anything; what it
// makes of a null its template says.
func (x *execution) inputs(o *thing, c *schema.Connector, anything bool) (this *Object, ok bool, failure *fault.Error) {
	this, ok = NewObject(), true
	if o.root && c.KeyArgs { // the key is in the arguments
		return this, true, nil
	}
	for i, in := range c.Inputs {
		v, wrong := x.deep(o, in.Path)
		if o.held.exact && !isAbsent(valueAt(o.held.asked, in.Path)) {
			v, wrong = valueAt(o.held.asked, in.Path), nil
		}
		if wrong == nil {
			wrong = o.unusable(in.Path, v)
		}
		if wrong != nil {
			if failure == nil {
				failure = wrong
			}
			ok = false
			continue
		}
		_, scalar := scalarText(v)
		if !scalar && (!anything || needed(c, i) && empty(v)) {
			ok = false
			continue
		}
		if !isAbsent(v) {
			putAt(this, in.Path, v)
		}
	}
	if !ok {
		return nil, false, failure
	}
	return this, true, nil
}

// unusable is why a value cannot be read, nil if it can: a mapping or a service says that there is none for a fault.
func unusable(v any) *fault.Error {
	switch v := v.(type) {
	case misuse:
		return fault.New(fault.UpstreamBadResponse, "reference")
	case broken:
		return fault.New(v.code(), "reference")
	}
	return nil
}

// unusable is the same fault for everything that reads the same of o: it is told once.
func (o *thing) unusable(path []string, v any) *fault.Error {
	f := unusable(v)
	if f == nil {
		return nil
	}
	name := strings.Join(path, ".")
	if o.faults[name] == nil {
		if o.faults == nil {
			o.faults = map[string]*fault.Error{}
		}
		o.faults[name] = f
	}
	return o.faults[name]
}

// needed reports whether an input may not be null, because it stands for an argument that may not.
func needed(c *schema.Connector, input int) bool { return c.Inputs[input].NonNull }

// deep reads the value that a path of fields leads to, with whatever has to be called for it. A null on the way is a missing
// value.
func (x *execution) deep(o *thing, path []string) (any, *fault.Error) {
	f := o.typ.Fields[path[0]]
	before := o.reading
	o.reading = listed(o.held.shape, path)
	v, failure := x.whole(o, f)
	o.reading = before
	if failure != nil || len(path) == 1 {
		return v.v, failure
	}
	if fault := unusable(v.v); fault != nil {
		return absent{}, fault
	}
	if _, ok := v.v.(*Object); !ok {
		if v.whole && !empty(v.v) { // the reply of a call is no object
			return misuse{}, nil
		}
		return absent{}, nil
	}
	t, v, ok := concrete(f, v)
	if !ok || t.Fields[path[1]] == nil {
		return absent{}, nil
	}
	inner := &thing{typ: t, held: v, root: f.Namespace, loaded: map[*schema.Connector]*loaded{}}
	inner.reference = !v.whole && !v.given && !f.Embedded && f.Named.Entity()
	return x.deep(inner, path[1:])
}

// whole reads the value of a field that nobody selected, by its own connector or with its object.
func (x *execution) whole(o *thing, f *schema.Field) (located, *fault.Error) {
	switch {
	case f.Namespace:
		return located{v: NewObject()}, nil
	case f.Connector != nil:
		this, ok, failure := x.inputs(o, f.Connector, f.Connector.Batch == nil || f.Connector.Function() != nil)
		if !ok {
			return located{v: absent{}}, failure
		}
		a := x.call(f.Connector, this, x.arguments(f, &ast.Field{Name: f.Name, Alias: f.Name, Definition: f.Def}), f, f.Named)
		if !a.found {
			a.value.v = absent{}
		}
		return a.value, a.failure
	}
	v := x.value(o, f)
	v.v = opened(v.v, spelled(x.arguments(f, &ast.Field{Name: f.Name, Alias: f.Name, Definition: f.Def}), v.via))
	if c := x.provider(o, f); c != nil {
		return v, o.loaded[c].failure
	}
	return v, nil
}

// valueAt returns the value at a path of members, absent if there is none.
func valueAt(o *Object, path []string) any {
	if o == nil {
		return absent{}
	}
	v := any(o)
	for _, name := range path {
		v = property(v, name)
	}
	return v
}

// putAt sets the value at a path of members.
func putAt(o *Object, path []string, v any) {
	for _, name := range path[:len(path)-1] {
		inner, ok := o.Get(name).(*Object)
		if !ok {
			inner = NewObject()
			o.Set(name, inner)
		}
		o = inner
	}
	o.Set(path[len(path)-1], v)
}

// keyOf reads the key of a looked-up entity from the arguments of its root field. missing is set if a part of it is null.
func keyOf(f *schema.Field, args *Object) (key *Object, missing bool) {
	key = NewObject()
	for _, in := range f.Loader.Inputs {
		v := valueAt(args, f.LookupKeys[strings.Join(in.Path, ".")])
		if empty(v) {
			missing = true
			continue
		}
		putAt(key, in.Path, v)
	}
	return key, missing
}
