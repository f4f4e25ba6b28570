package schema

import (
	"fmt"
	"slices"

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
		if c == nil || c.KeyArgs || c.HTTP == nil || !c.HTTP.Idempotent() || t == nil || t.kind != ast.Object || f.def.Type.Elem != nil {
			continue
		}
		for _, k := range t.model.Keys {
			if args, ok := l.keyArguments(f, t, k); ok {
				f.model.LookupKeys = args
				break
			}
		}
	}
}

// keyArguments maps the fields of a key to the arguments of the same names and like types.
func (l *loader) keyArguments(f *field, t *typ, k Key) (map[string]string, bool) {
	args := make(map[string]string, len(k.Fields))
	for _, name := range k.Fields {
		a, key := f.def.Arguments.ForName(name), t.byName[name]
		if a == nil || key == nil || a.Type.Elem != nil || !likeTypes(a.Type.Name(), key.def.Type.Name()) {
			return nil, false
		}
		args[name] = a.Name
	}
	return args, len(args) > 0
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
	case t.model.Loader == nil:
		l.problem(u.at, coordinate, t.name+" has no loader that could serve it",
			fmt.Sprintf("put @connect(source: ..., http: { GET: \"...{$batch.id}\" }) on type %s, or on this field", t.name))
		return
	}
	f.model.LookupKeys = map[string]string{}
	if l.unread[t.model.Loader] || len(t.model.Loader.Inputs) == 0 { // reported at the loader
		return
	}
	var needed []string
	for _, in := range t.model.Loader.Inputs {
		name := in.Path[0]
		needed = append(needed, name)
		a, key := f.def.Arguments.ForName(name), t.byName[name]
		switch {
		case len(in.Path) > 1:
			l.notYet(u.at, coordinate, "a lookup by a key inside of an object", "read fields of "+t.name+" itself in its connector")
		case a == nil:
			l.problem(f.pos(), coordinate, fmt.Sprintf("the loader of %s needs %s, and the field has no such argument", t.name, name),
				fmt.Sprintf("add the argument %s: %s!", name, key.def.Type.Name()))
		case a.Type.Elem != nil || !likeTypes(a.Type.Name(), key.def.Type.Name()):
			l.problem(at(a.Position), coordinate, fmt.Sprintf("argument %s is %s, but %s.%s is %s", name, a.Type, t.name, name, key.def.Type.Name()),
				"give both the same type")
		default:
			f.model.LookupKeys[name] = a.Name
		}
	}
	for _, a := range f.def.Arguments {
		if !slices.Contains(needed, a.Name) {
			l.problem(at(a.Position), coordinate, fmt.Sprintf("argument %s has no effect: the loader of %s does not read it", a.Name, t.name),
				"remove it, or give the field a connector of its own")
		}
	}
}
