package schema

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// lookups finds the root fields that pick one entity by key: those served by its loader (@lookup without a connector), and
// those with a connector whose arguments happen to name a key. Of the latter the key is known before their call returns.
func (l *loader) lookups() {
	root := l.roots[ast.Query]
	if root == nil {
		return
	}
	for _, f := range root.fields {
		t := l.types[f.def.Type.Name()]
		if u := first(f.uses, "lookup"); u != nil && first(f.uses, "connect") == nil {
			l.lookup(f, t, u)
			continue
		}
		c := f.model.Connector
		if c == nil || len(f.model.LookupKeys) > 0 || c.HTTP == nil || !c.HTTP.Idempotent() || t == nil || t.kind != ast.Object || f.def.Type.Elem != nil {
			continue
		}
		l.keyKnown(f, t)
	}
}

// keyKnown notes the key that the arguments of a field with a connector of its own happen to name.
func (l *loader) keyKnown(f *field, t *typ) {
	bound := l.bindArguments(f, t)
	for _, k := range t.model.Keys {
		like := func(name string) bool {
			b := bound.argument(name)
			return b.member != nil && b.typ.Elem == nil && b.target.def.Type.Elem == nil && likeTypes(b.typ.Name(), b.target.def.Type.Name())
		}
		if len(k.Fields) > 0 && !bound.faulty && !slices.ContainsFunc(k.Fields, func(name string) bool { return !like(name) }) {
			f.model.LookupKeys = map[string][]string{}
			for _, name := range k.Fields {
				f.model.LookupKeys[name] = bound.argument(name).member
			}
			return
		}
	}
}

// likeTypes reports whether an argument may carry a key field: keys compare as text, so an ID may be a String or an Int.
func likeTypes(a, b string) bool {
	return a == b || (a == "ID" && (b == "String" || b == "Int")) || (b == "ID" && (a == "String" || a == "Int"))
}

// lookup checks a @lookup field without a connector, and binds its arguments to the inputs of the loader.
func (l *loader) lookup(f *field, t *typ, u *use) {
	coordinate := f.coordinate()
	f.model.Lookup = true
	switch {
	case f.def.Type.Elem != nil || f.def.Type.NonNull:
		l.problem(u.at, coordinate, "@lookup needs a nullable field that is no list", "write the type as "+f.def.Type.Name()+": one key, which may find nothing")
		return
	case t == nil || !t.composite():
		l.problem(u.at, coordinate, "@lookup needs a field of an object type", "remove it")
		return
	case t.model.Loader() == nil:
		l.problem(u.at, coordinate, t.name+" has no loader that could serve it",
			fmt.Sprintf("put @connect(source: ..., http: { GET: \"...{$batch.id}\" }) on type %s, or on this field", t.name))
		return
	}
	f.model.LookupKeys = map[string][]string{}
	bound := l.bindArguments(f, t)
	if bound.faulty {
		return
	}
	c := l.lookupLoader(t, bound)
	f.model.Loader = c
	if l.unread[c] || len(c.Inputs) == 0 { // reported at the loader
		return
	}
	for _, name := range inputNames(c) {
		b := bound.argument(name)
		if b.member == nil {
			l.missingKey(f, t, name)
			continue
		}
		l.fitBinding(f, t, b)
		f.model.LookupKeys[name] = b.member
	}
	for _, a := range f.def.Arguments {
		if !slices.ContainsFunc(bound.of(a.Name), func(b binding) bool { return f.model.LookupKeys[b.field] != nil }) {
			l.problem(at(a.Position), coordinate, fmt.Sprintf("argument %s has no effect: the loader of %s does not read it", a.Name, t.name),
				"remove it, or give the field a connector of its own")
		}
	}
}

// lookupLoader returns the loader whose key the arguments are: all of them if there is one, else some; else the preferred one.
func (l *loader) lookupLoader(t *typ, bound *bindings) *Connector {
	for _, c := range t.model.Loaders {
		if bound.cover(inputNames(c)) && len(c.Inputs) == len(bound.list) {
			return c
		}
	}
	for _, c := range t.model.Loaders {
		if bound.cover(inputNames(c)) {
			return c
		}
	}
	return t.model.Loader()
}

func (l *loader) missingKey(f *field, t *typ, name string) {
	hint := ""
	if key := l.find(t, strings.Split(name, ".")); key != nil {
		hint = fmt.Sprintf("add the argument %s: %s!", name, key.def.Type.Name())
		if strings.Contains(name, ".") {
			hint = fmt.Sprintf("add an argument and say what it is: (key: %s! @is(field: %q))", key.def.Type.Name(), name)
		}
	}
	l.problem(f.pos(), f.coordinate(), fmt.Sprintf("the loader of %s needs %s, and the field has no such argument", t.name, name), hint)
}
