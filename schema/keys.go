package schema

import (
	"fmt"
	"slices"
	"strings"
)

// keys reads every @key.
func (l *loader) keys() {
	for _, t := range l.order {
		for _, b := range t.blocks {
			for _, u := range usesOf(b.uses, "key") {
				if k, ok := l.key(t, u); ok {
					t.model.Keys = append(t.model.Keys, k)
					t.keyed = true
				}
			}
		}
	}
}

// key reads one @key: fields of the type itself, and of single objects in it.
func (l *loader) key(t *typ, u *use) (Key, bool) {
	k := Key{Resolvable: truth(u.arg("resolvable"), true), place: u.at}
	v := u.arg("fields")
	leaves, ok := l.fieldSet(v, t.name)
	for _, leaf := range leaves {
		name, p := leaf.String(), l.inside(v, leaf.at)
		switch f := l.follow(t, leaf.names, "the key field", p, t.name); {
		case f == nil:
			ok = false
		case f.def.Type.Elem != nil || l.isComposite(f.def.Type.Name()):
			l.problem(p, t.name, fmt.Sprintf("%s cannot be a key: it is %s", name, f.def.Type), "a key field is a single scalar or enum value")
			ok = false
		case slices.Contains(k.Fields, name):
			l.problem(p, t.name, name+" stands twice in the key", "keep one of them")
			ok = false
		default:
			k.Fields = append(k.Fields, name)
		}
	}
	if ok && slices.ContainsFunc(t.model.Keys, func(o Key) bool { return slices.Equal(o.Fields, k.Fields) }) {
		if l.sameFile(t, u) {
			fields, _ := text(v)
			l.problem(u.at, t.name, fmt.Sprintf("the key %q is given twice", fields), "keep one of them")
		}
		return k, false
	}
	return k, ok
}

// sameFile reports whether the type's definition is in the file of u; further files repeat a key rightly.
func (l *loader) sameFile(t *typ, u *use) bool { return t.blocks[0].file() == u.at.src }

func (l *loader) isComposite(name string) bool {
	t := l.types[name]
	return t != nil && t.composite()
}

// checkKeys compares the keys of a type with what its loaders read, and derives the key of a type that declares none.
func (l *loader) checkKeys(t *typ) {
	m := t.model
	for _, c := range m.Loaders {
		known := slices.ContainsFunc(m.Keys, func(k Key) bool { return sameSet(k.Fields, inputNames(c)) })
		if !t.keyed && len(c.Inputs) > 0 && !known {
			m.Keys = append(m.Keys, Key{Fields: inputNames(c), Resolvable: true})
		}
		for _, k := range m.Keys {
			if l.covers(k, c) && !k.Resolvable {
				l.problem(k.place, t.name, "the key is not resolvable, but the type has a loader that reads it", "remove resolvable: false, or the connector")
			}
		}
	}
}

// inputNames returns the paths that a connector reads of its parent, joined by dots.
func inputNames(c *Connector) []string {
	names := make([]string, len(c.Inputs))
	for i, in := range c.Inputs {
		names[i] = strings.Join(in.Path, ".")
	}
	return names
}

// covers reports whether k has every field that c reads.
func (l *loader) covers(k Key, c *Connector) bool {
	return !slices.ContainsFunc(inputNames(c), func(name string) bool { return !slices.Contains(k.Fields, name) })
}
