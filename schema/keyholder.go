package schema

import (
	"slices"

	"github.com/vektah/gqlparser/v2/ast"

	"manifold/internal/mapping"
)

// KeyHolder reports whether f is an object that a reference to t has only because a member of the key lies in it, as
// `organization` in `{ id: userId organization: { id: orgId } }`: what else the object has is the loader's to say. made is
// what the mapping of the reference makes of f; nil: the reference is taken from a reply as it is, which carries a key only.
func (t *Type) KeyHolder(f *Field, made mapping.Node) bool {
	if !t.Entity() || f.Named == nil || f.Named.Kind != ast.Object || f.Named.Entity() || f.Embedded || f.Connector != nil || !t.inKey(f.Name) {
		return false
	}
	if made == nil {
		return true
	}
	o, ok := made.(*mapping.Object)
	return ok && t.onlyKey(f.Name+".", o)
}

// onlyKey reports whether an object that a mapping builds has nothing but members of keys, which begin with prefix.
func (t *Type) onlyKey(prefix string, o *mapping.Object) bool {
	for _, m := range o.Members {
		inner, nested := m.Value.(*mapping.Object)
		switch {
		case m.Spread:
			return false
		case nested:
			if !t.onlyKey(prefix+m.Name+".", inner) {
				return false
			}
		case !t.keyLeaf(prefix + m.Name):
			return false
		}
	}
	return true
}

// keyLeaf reports whether a path is a member of a key.
func (t *Type) keyLeaf(path string) bool {
	for _, k := range t.Keys {
		if slices.Contains(k.Fields, path) {
			return true
		}
	}
	for _, c := range t.Loaders {
		if slices.Contains(inputNames(c), path) {
			return true
		}
	}
	return false
}
