package scaffold

import (
	"regexp"
	"strings"
)

// objectType is a type to be written.
type objectType struct {
	name   string
	source *source
	fields []*outField
	names  *nameSet // of fields
	after  []*objectType
}

// outField is a field to be written.
type outField struct {
	name    string
	key     string // the property it comes from; "" for one with a connector
	typ     string
	from    string // a mapping, or ""
	note    string // a comment, or ""
	connect string // the whole directive, or ""
	object  *objectType
	entity  string // of a reference: the key field of what it refers to
}

// describable reports whether an object's properties can be fields: there are some, and they are names rather than keys.
func describable(s *shape) bool {
	keyText := regexp.MustCompile(`^[0-9]|^[0-9a-fA-F]{8}-`)
	fields, keys := 0, 0
	for _, name := range s.order {
		if camel(name) != "" {
			fields++
		}
		if keyText.MatchString(name) {
			keys++
		}
	}
	return fields > 0 && keys*2 <= len(s.order)
}

// objectType makes the type of objects of a shape. id is the property that is their key, or "".
func (m *maker) objectType(name string, s *shape, src *source, id string) *objectType {
	t := &objectType{name: name, source: src, names: &nameSet{}}
	order := s.order
	if id != "" { // the key has the first choice of a name
		order = append([]string{id}, order...)
	}
	for i, key := range order {
		if i > 0 && key == id {
			continue
		}
		f := m.field(t, key, s.members[key])
		if f == nil {
			continue
		}
		if key == id {
			f.typ = "ID!"
		}
		t.fields = append(t.fields, f)
	}
	return t
}

func (m *maker) field(t *objectType, key string, s *shape) *outField {
	name, found := t.source.naming.fits(key)
	if !found {
		name = camel(key)
	}
	if name == "" {
		m.note("%s: the property %q has no name that GraphQL could use; it is left out", t.name, key)
		return nil
	}
	f := &outField{key: key, name: t.names.take(name)}
	if f.name != name || !found {
		f.from = property(key)
	}
	f.typ, f.note = m.typeOf(s, t, key, f)
	if s.always() || (words(key)[0] == "id" && len(words(key)) == 1 && s.present == s.expected && s.nulls == 0) {
		f.typ += "!"
	}
	return f
}

// typeOf is the GraphQL type of a shape, without the last exclamation mark, and what a person should know of it.
func (m *maker) typeOf(s *shape, t *objectType, key string, f *outField) (typ, note string) {
	switch kinds := s.kinds &^ isNull; {
	case kinds == 0:
		m.usesJSON = true
		return "JSON", "always null in the samples"
	case kinds == isList && s.item == nil, kinds == isList && s.item.kinds == 0:
		m.usesJSON = true
		return "[JSON]", "always empty in the samples"
	case kinds == isList:
		inner, note := m.typeOf(s.item, t, singular(key), f)
		if idsLike(key) && s.item.kinds&^(isInt|isString|isNull) == 0 {
			inner = "ID"
		}
		if s.item.nulls == 0 {
			inner += "!"
		}
		return "[" + inner + "]", note
	case kinds == isObject && describable(s):
		inner := m.objectType(m.names.take(typeName(t.name+"_"+singular(key))), s, t.source, "")
		t.after = append(t.after, inner)
		f.object = inner
		return inner.name, ""
	case kinds == isObject:
		m.usesJSON = true
		return "JSON", "its properties are keys, or there are none"
	default:
		return m.scalar(kinds, s.big, key)
	}
}

func (m *maker) scalar(kinds kind, big bool, key string) (typ, note string) {
	switch {
	case idLike(key) && kinds&^(isInt|isString) == 0:
		return "ID", ""
	case kinds == isInt && big:
		return "Float", "more than the 32 bits of Int"
	case kinds == isInt:
		return "Int", ""
	case kinds&^(isInt|isFloat) == 0:
		return "Float", ""
	case kinds == isBool:
		return "Boolean", ""
	case kinds == isString:
		return "String", ""
	default:
		m.usesJSON = true
		return "JSON", "the samples have values of several kinds"
	}
}

// property is a mapping that reads one property.
func property(key string) string {
	plain := regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
	if plain.MatchString(key) && key != "true" && key != "false" && key != "null" {
		return key
	}
	return "$." + quotedKey(key)
}

// addReferences gives a type, and those inside of it, a field for each value that is the key of a resource: user for user_id.
func (m *maker) addReferences(t *objectType) {
	for _, inner := range t.after {
		m.addReferences(inner)
	}
	for _, f := range t.fields {
		w := words(f.key)
		if f.connect != "" || f.entity != "" || strings.TrimSuffix(f.typ, "!") != "ID" || len(w) < 2 {
			continue
		}
		base := strings.Join(w[:len(w)-1], "_")
		res := m.named(pascal(base))
		if res == nil || res.out == t || t.names.taken[camel(base)] {
			continue
		}
		t.fields = append(t.fields, &outField{
			name: t.names.take(camel(base)), key: f.key, typ: res.name, entity: res.keyField(),
			from: "{ " + res.keyField() + ": " + property(f.key) + " }",
		})
	}
}

// named returns the resource with this type's name that can be loaded, or nil.
func (m *maker) named(name string) *resource {
	for _, res := range m.resources {
		if res.name == name && res.loader != nil {
			return res
		}
	}
	return nil
}

// keyField is the field of a resource that is its key.
func (res *resource) keyField() string {
	for _, f := range res.out.fields {
		if f.key == res.id {
			return f.name
		}
	}
	return ""
}
