package schema

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// keys reads every @key.
func (l *loader) keys() {
	for _, t := range l.order {
		for _, b := range t.blocks {
			for _, u := range usesOf(b.uses, "key") {
				if k, ok := l.key(t, u); ok {
					t.model.Keys = append(t.model.Keys, k)
				}
			}
		}
	}
}

// key reads one @key. Nested selections are not effective yet: a key is a list of fields of the type itself.
func (l *loader) key(t *typ, u *use) (Key, bool) {
	v := u.arg("fields")
	fields, ok := text(v)
	if !ok {
		return Key{}, false
	}
	k := Key{Resolvable: truth(u.arg("resolvable"), true)}
	if i := strings.IndexAny(fields, "{}"); i >= 0 {
		l.notYet(l.inside(v, i), t.name, "a key inside of an object", "name fields of "+t.name+" itself")
		return k, false
	}
	offset := 0
	for _, name := range strings.FieldsFunc(fields, keySpace) {
		offset += strings.Index(fields[offset:], name)
		p := l.inside(v, offset)
		offset += len(name)
		f := t.byName[name]
		switch {
		case f == nil:
			l.problem(p, t.name, fmt.Sprintf("the key field %s is not in %s", name, t.name), l.didYouMean(name, t.fieldNames(), ""))
			ok = false
		case f.def.Type.Elem != nil || l.isComposite(f.def.Type.Name()):
			l.problem(p, t.name, fmt.Sprintf("%s cannot be a key: it is %s", name, f.def.Type), "a key field is a single scalar or enum value")
			ok = false
		case len(f.def.Arguments) > 0:
			l.problem(p, t.name, name+" cannot be a key: it has arguments", "")
			ok = false
		case slices.Contains(k.Fields, name):
			l.problem(p, t.name, name+" stands twice in the key", "keep one of them")
			ok = false
		default:
			k.Fields = append(k.Fields, name)
		}
	}
	if len(k.Fields) == 0 && ok {
		l.problem(at(v.Position), t.name, "the key has no fields", `write @key(fields: "id")`)
		ok = false
	}
	if ok && slices.ContainsFunc(t.model.Keys, func(o Key) bool { return slices.Equal(o.Fields, k.Fields) }) {
		if l.sameFile(t, u) {
			l.problem(u.at, t.name, fmt.Sprintf("the key %q is given twice", fields), "keep one of them")
		}
		return k, false
	}
	return k, ok
}

// sameFile reports whether the type's definition is in the file of u; further files repeat a key rightly.
func (l *loader) sameFile(t *typ, u *use) bool { return t.blocks[0].file() == u.at.src }

func keySpace(r rune) bool { return r == ' ' || r == ',' || r == '\t' || r == '\n' || r == '\r' }

func (l *loader) isComposite(name string) bool {
	t := l.types[name]
	return t != nil && t.composite()
}

// loaders finds the connector that loads each type by key: that of its main block, that of an entity field of Query, or
// that of an interface it implements.
func (l *loader) loaders() {
	for _, t := range l.order {
		if main := t.main(); main != nil && main.connector != nil && t.composite() {
			t.model.Loader = main.connector
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
		if t.kind != ast.Object || t.model.Loader != nil {
			continue
		}
		for _, name := range t.implements {
			if i := l.types[name]; i != nil && i.model.Loader != nil && !i.model.Loader.KeyArgs {
				t.model.Loader = i.model.Loader
				for _, f := range t.fields {
					if !f.block.ext && f.model.Connector == nil && f.model.Block == nil {
						f.model.Block = t.model.Loader
					}
				}
				if len(t.model.Keys) == 0 {
					t.model.Keys = i.model.Keys
				}
				break
			}
		}
	}
	for _, t := range l.order {
		l.checkKeys(t)
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

// entityField makes the connector of a root field the loader of its type if it is marked so, by entity: true or @lookup.
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
	case t.model.Loader != nil:
		l.notYet(p, f.coordinate(), "a second loader of "+t.name, "leave "+what+" out here, or the connector at "+l.where(t.model.Loader))
		return
	}
	key, ok := l.entityKey(f, t, p)
	if !ok {
		return
	}
	c := f.model.Connector
	c.KeyArgs = true
	c.Inputs = nil
	f.model.LookupKeys = map[string]string{}
	for _, name := range key {
		c.Inputs = append(c.Inputs, Input{Path: []string{name}})
		f.model.LookupKeys[name] = name
	}
	t.model.Loader = c
	if len(t.model.Keys) == 0 {
		t.model.Keys = []Key{{Fields: key, Resolvable: true}}
	}
}

func (l *loader) where(c *Connector) string {
	line, column, _ := l.lines[c.Pos.Src].find(c.Pos.Start)
	return fmt.Sprintf("%s:%d:%d", c.Pos.Src.Name, line, column)
}

// entityKey returns the fields of t that the arguments of f name: a declared key, or without one all of them.
func (l *loader) entityKey(f *field, t *typ, p place) ([]string, bool) {
	args := f.def.Arguments
	for _, k := range t.model.Keys {
		if !slices.ContainsFunc(k.Fields, func(n string) bool { return args.ForName(n) == nil }) {
			return k.Fields, l.onlyKey(f, t, k.Fields)
		}
	}
	if len(t.model.Keys) > 0 {
		l.problem(p, f.coordinate(), fmt.Sprintf("its arguments are no key of %s", t.name),
			fmt.Sprintf("the key is %q: give the field arguments of these names", strings.Join(t.model.Keys[0].Fields, " ")))
		return nil, false
	}
	var key []string
	for _, a := range args {
		if t.byName[a.Name] != nil {
			key = append(key, a.Name)
		}
	}
	if len(key) == 0 {
		l.problem(p, f.coordinate(), "none of its arguments is a field of "+t.name, "name an argument like the key field, as in (id: ID!)")
		return nil, false
	}
	return key, l.onlyKey(f, t, key)
}

// onlyKey checks that the arguments are the key and nothing else: a reference can give no other, and the same entity
// fetched with different ones would be two.
func (l *loader) onlyKey(f *field, t *typ, key []string) bool {
	ok := true
	for _, a := range f.def.Arguments {
		switch k := t.byName[a.Name]; {
		case !slices.Contains(key, a.Name):
			l.notYet(at(a.Position), f.coordinate(), "argument "+a.Name+" of an entity field, which is no part of the key,",
				"remove it, or leave out entity: true and @lookup")
			ok = false
		case a.Type.Elem != nil || !likeTypes(a.Type.Name(), k.def.Type.Name()):
			l.problem(at(a.Position), f.coordinate(), fmt.Sprintf("argument %s is %s, but %s.%s is %s", a.Name, a.Type, t.name, a.Name, k.def.Type),
				"give both the same type")
			ok = false
		}
	}
	return ok
}

// checkKeys compares the keys of a type with what its loader reads, and derives the key of a type that declares none.
func (l *loader) checkKeys(t *typ) {
	m := t.model
	if m.Loader == nil {
		return
	}
	if len(m.Keys) == 0 {
		var k Key
		for _, in := range m.Loader.Inputs {
			k.Fields = append(k.Fields, in.Path[0])
		}
		if len(k.Fields) > 0 {
			k.Resolvable = true
			m.Keys = []Key{k}
		}
	}
	for _, k := range m.Keys {
		if l.covers(k, m.Loader) && !k.Resolvable {
			l.problem(l.keyPlace(t, k), t.name, "the key is not resolvable, but the type has a loader that reads it", "remove resolvable: false, or the connector")
		}
	}
}

// covers reports whether k has every field that c reads.
func (l *loader) covers(k Key, c *Connector) bool {
	return !slices.ContainsFunc(c.Inputs, func(in Input) bool { return !slices.Contains(k.Fields, in.Path[0]) })
}

func (l *loader) keyPlace(t *typ, k Key) place {
	for _, b := range t.blocks {
		for _, u := range usesOf(b.uses, "key") {
			if fields, _ := text(u.arg("fields")); slices.Equal(strings.FieldsFunc(fields, keySpace), k.Fields) {
				return u.at
			}
		}
	}
	return t.pos()
}
