package schema

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// loaders finds the connectors that load each type by key: those of its main block, those of entity fields of Query, or
// those of an interface it implements.
func (l *loader) loaders() {
	for _, t := range l.order {
		if main := t.main(); main != nil && t.composite() && !l.isRoot(t) {
			t.model.Loaders = slices.Clone(main.connectors)
		}
	}
	for _, op := range []ast.Operation{ast.Query, ast.Mutation} {
		if root := l.roots[op]; root != nil {
			for _, f := range root.fields {
				l.entityField(f, op)
			}
		}
	}
	for _, t := range l.order {
		if !l.isRoot(t) {
			for _, f := range t.fields {
				l.strayEntity(f)
			}
		}
		for _, u := range usesOf(t.blocks[0].uses, "connect") {
			if v := u.arg("entity"); v != nil && !truth(v, true) {
				l.problem(at(v.Position), t.name, "a connector on a type always loads the entity", "remove entity: false")
			}
		}
	}
	for _, t := range l.order {
		if t.kind == ast.Object && len(t.model.Loaders) == 0 {
			l.inheritLoader(t)
		}
	}
	for _, t := range l.order {
		slices.SortStableFunc(t.model.Loaders, batchFirst)
		l.checkKeys(t)
	}
}

// batchFirst prefers the loader that serves many keys by one call.
func batchFirst(a, b *Connector) int {
	switch {
	case (a.Batch != nil) == (b.Batch != nil):
		return 0
	case a.Batch != nil:
		return -1
	default:
		return 1
	}
}

// inheritLoader gives a type the loaders of the first interface it implements that has any.
func (l *loader) inheritLoader(t *typ) {
	for _, name := range t.implements {
		i := l.types[name]
		if i == nil || i.main() == nil || i.main().connector == nil {
			continue
		}
		t.model.Loaders = slices.Clone(i.main().connectors)
		for _, f := range t.fields {
			if !f.block.ext && f.model.Connector == nil && f.model.Block == nil {
				f.model.Block = i.main().connector
			}
		}
		if len(t.model.Keys) == 0 {
			t.model.Keys = i.model.Keys
		}
		return
	}
}

// strayEntity refuses entity: true and @lookup outside of the root types.
func (l *loader) strayEntity(f *field) {
	if u := first(f.uses, "lookup"); u != nil {
		l.problem(u.at, f.coordinate(), "@lookup may stand on fields of the query type only", "move it there")
	}
	if u := first(f.uses, "connect"); u != nil && truth(u.arg("entity"), false) {
		l.problem(at(u.arg("entity").Position), f.coordinate(), "entity: true may stand on fields of the query type only",
			"put @connect on the type itself")
	}
}

// entityField makes the connector of a root field a loader of its type if it is marked so, by entity: true or @lookup. It comes
// after those on the type itself: references ask it for what these do not provide.
func (l *loader) entityField(f *field, op ast.Operation) {
	u := first(f.uses, "connect")
	lookup := first(f.uses, "lookup")
	if u == nil || (!truth(u.arg("entity"), false) && lookup == nil) {
		if lookup != nil && op != ast.Query {
			l.problem(lookup.at, f.coordinate(), "@lookup may stand on fields of the query type only", "remove it")
		}
		return
	}
	p, what := u.at, "entity: true"
	if lookup != nil {
		p, what = lookup.at, "@lookup"
	}
	t := l.types[f.def.Type.Name()]
	switch {
	case op != ast.Query:
		l.problem(p, f.coordinate(), what+" may stand on fields of the query type only", "remove it")
		return
	case f.def.Type.Elem != nil || f.def.Type.NonNull:
		l.problem(p, f.coordinate(), what+" needs a nullable field that is no list", "write the type as "+f.def.Type.Name())
		return
	case t == nil || (t.kind != ast.Object && t.kind != ast.Interface):
		l.problem(p, f.coordinate(), what+" needs a field of an object type", "remove it")
		return
	}
	bound := l.bindArguments(f, t)
	key, ok := l.entityKey(f, t, bound, p)
	if !ok {
		return
	}
	f.model.LookupKeys = map[string][]string{}
	for _, name := range key {
		f.model.LookupKeys[name] = bound.argument(name).member
	}
	c := f.model.Connector
	l.readAsParent(f, c, bound)
	c.KeyArgs, c.Inputs = true, nil
	for _, name := range key {
		c.Inputs = append(c.Inputs, Input{Path: strings.Split(name, ".")})
	}
	f.model.Loader = c
	t.model.Loaders = append(t.model.Loaders, c)
	if !t.keyed {
		t.model.Keys = append(t.model.Keys, Key{Fields: key, Resolvable: true})
	}
}

func sameSet(a, b []string) bool {
	return len(a) == len(b) && !slices.ContainsFunc(a, func(s string) bool { return !slices.Contains(b, s) })
}

// entityKey returns the fields of t that the arguments of f name: a declared key, the one that they are exactly if there is
// one, or without a declared key all of them.
func (l *loader) entityKey(f *field, t *typ, bound *bindings, p place) ([]string, bool) {
	if bound.faulty {
		return nil, false
	}
	for _, exactly := range []bool{true, false} {
		for _, k := range t.model.Keys {
			if bound.cover(k.Fields) && (!exactly || len(k.Fields) == len(bound.list)) {
				return k.Fields, l.onlyKey(f, t, k.Fields, bound)
			}
		}
	}
	if t.keyed {
		l.problem(p, f.coordinate(), fmt.Sprintf("its arguments are no key of %s", t.name),
			fmt.Sprintf("the key is %q: give the field arguments of these names, or say which field one is by @is(field: \"%s\")",
				strings.Join(t.model.Keys[0].Fields, " "), t.model.Keys[0].Fields[0]))
		return nil, false
	}
	var key []string
	for i := range bound.list {
		key = append(key, bound.list[i].field)
	}
	if len(key) == 0 {
		l.problem(p, f.coordinate(), "none of its arguments is a field of "+t.name, "name an argument like the key field, as in (id: ID!)")
		return nil, false
	}
	return key, l.onlyKey(f, t, key, bound)
}

// onlyKey checks that the arguments are the key and nothing else: a reference can give no other, and the same entity
// fetched with different ones would be two.
func (l *loader) onlyKey(f *field, t *typ, key []string, bound *bindings) bool {
	ok := true
	for _, a := range f.def.Arguments {
		if !slices.ContainsFunc(bound.of(a.Name), func(b binding) bool { return slices.Contains(key, b.field) }) {
			l.notYet(at(a.Position), f.coordinate(), "argument "+a.Name+" of an entity field, which is no part of the key,",
				"remove it, or leave out entity: true and @lookup")
			ok = false
		}
	}
	for _, name := range key {
		ok = l.fitBinding(f, t, bound.argument(name)) && ok
	}
	return ok
}
