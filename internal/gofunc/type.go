package gofunc

import (
	"encoding"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
)

// Kind is what a Go type is as JSON.
type Kind uint8

// Kinds of types.
const (
	Any Kind = iota // it says itself how it reads, or may be anything
	Bool
	Int
	Float
	String
	List
	Object
	Map // an object whose members are not known
)

// Type describes a Go type as JSON. Types that lead back to themselves are cycles of it.
type Type struct {
	Kind    Kind
	Go      string // as Go writes it: "[]pricing.Offer"; a struct without a name is struct{...}
	Null    bool   // it can hold null: a pointer, a slice, a map, an interface
	Elem    *Type  // of a List
	Members []Member
}

// Member is a field of a struct.
type Member struct {
	Name   string // in JSON
	Field  string // in Go
	Tagged bool   // a tag gives it its name
	Type   *Type
}

// Member returns the member of an Object with a name, nil if there is none.
func (t *Type) Member(name string) *Member {
	for i := range t.Members {
		if t.Members[i].Name == name {
			return &t.Members[i]
		}
	}
	return nil
}

// Selector is how Go names a member of an Object: pricing.Offer.Cents.
func (t *Type) Selector(m *Member) string { return strings.TrimLeft(t.Go, "*") + "." + m.Field }

// Same reports whether two Objects are one Go struct, or pointers to it.
func (t *Type) Same(o *Type) bool {
	return t == o || len(t.Members) > 0 && len(o.Members) > 0 && &t.Members[0] == &o.Members[0]
}

// Names are the names of the members of an Object.
func (t *Type) Names() []string {
	var names []string
	for i := range t.Members {
		names = append(names, t.Members[i].Name)
	}
	return names
}

// describer describes types that are read from JSON (in) or written to it.
type describer struct {
	in       bool
	done     map[reflect.Type]*Type
	pointers []*Type // to what their Elem describes, until all is known
}

func describe(t reflect.Type, in bool) *Type {
	d := &describer{in: in, done: map[reflect.Type]*Type{}}
	out := d.of(t)
	for _, p := range d.pointers { // a pointer to a pointer stands after it
		p.Kind, p.Elem, p.Members = p.Elem.Kind, p.Elem.Elem, p.Elem.Members
	}
	return out
}

func (d *describer) of(t reflect.Type) *Type {
	if known := d.done[t]; known != nil {
		return known
	}
	out := &Type{Go: nameOf(t)}
	d.done[t] = out
	switch {
	case t.Kind() == reflect.Pointer && !d.custom(t):
		out.Elem, out.Null = d.of(t.Elem()), true
		d.pointers = append(d.pointers, out)
	case d.custom(t):
		out.Kind, out.Null = Any, t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice || t.Kind() == reflect.Map || t.Kind() == reflect.Interface
	case d.text(t):
		out.Kind, out.Null = String, t.Kind() == reflect.Pointer
	default:
		d.plain(t, out)
	}
	return out
}

// nameOf is how Go writes a type.
func nameOf(t reflect.Type) string {
	switch {
	case t.Name() != "":
		return t.String()
	case t.Kind() == reflect.Struct && t.NumField() > 0:
		return "struct{...}"
	case t.Kind() == reflect.Pointer:
		return "*" + nameOf(t.Elem())
	case t.Kind() == reflect.Slice:
		return "[]" + nameOf(t.Elem())
	default:
		return t.String()
	}
}

// plain describes a type that has no say in how it reads.
func (d *describer) plain(t reflect.Type, out *Type) {
	switch t.Kind() {
	case reflect.Bool:
		out.Kind = Bool
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		out.Kind = Int
	case reflect.Float32, reflect.Float64:
		out.Kind = Float
	case reflect.String:
		out.Kind = String
		if t == reflect.TypeFor[json.Number]() {
			out.Kind = Any
		}
	case reflect.Slice:
		out.Null = true
		if t.Elem().Kind() == reflect.Uint8 && !d.custom(t.Elem()) && !d.text(t.Elem()) {
			out.Kind = String // base64
			return
		}
		out.Kind, out.Elem = List, d.of(t.Elem())
	case reflect.Array:
		out.Kind, out.Elem = List, d.of(t.Elem())
	case reflect.Map:
		out.Kind, out.Null = Map, true
	case reflect.Struct:
		out.Kind = Object
		for _, f := range fieldsOf(t) {
			m := Member{Name: f.name, Field: f.field.Name, Tagged: f.tagged, Type: d.of(f.field.Type)}
			if f.quoted {
				m.Type = &Type{Kind: Any, Go: m.Type.Go, Null: m.Type.Null}
			}
			out.Members = append(out.Members, m)
		}
	default:
		out.Null = t.Kind() == reflect.Interface
	}
}

// custom reports whether a type reads or writes its own JSON.
func (d *describer) custom(t reflect.Type) bool {
	if d.in {
		return reflect.PointerTo(t).Implements(reflect.TypeFor[json.Unmarshaler]())
	}
	return t.Implements(reflect.TypeFor[json.Marshaler]()) || t.Kind() != reflect.Interface && reflect.PointerTo(t).Implements(reflect.TypeFor[json.Marshaler]())
}

// text reports whether a type reads or writes its own text, which is a string of JSON.
func (d *describer) text(t reflect.Type) bool {
	if d.in {
		return reflect.PointerTo(t).Implements(reflect.TypeFor[encoding.TextUnmarshaler]())
	}
	return t.Implements(reflect.TypeFor[encoding.TextMarshaler]())
}

// structField is a field of a struct that JSON knows.
type structField struct {
	name   string
	field  reflect.StructField
	index  []int
	tagged bool
	quoted bool // `,string`
}

// fieldsOf lists the fields of a struct that package encoding/json reads and writes: those of embedded structs, and of structs
// that embedded pointers point to, are its own. Of equal names the least deep one counts; of those as deep as each other the one
// that a tag names, and none if that is not one alone.
func fieldsOf(t reflect.Type) []structField {
	var all []structField
	var around []reflect.Type // a struct may embed a pointer to itself
	var walk func(t reflect.Type, index []int)
	walk = func(t reflect.Type, index []int) {
		if slices.Contains(around, t) {
			return
		}
		around = append(around, t)
		defer func() { around = around[:len(around)-1] }()
		for i := range t.NumField() {
			f := t.Field(i)
			tag := f.Tag.Get("json")
			name, options, _ := strings.Cut(tag, ",")
			at := append(index[:len(index):len(index)], i)
			quoted := strings.Contains(options, "string")
			switch inner := embedded(f); {
			case tag == "-":
			case inner != nil && name == "":
				walk(inner, at)
			case !f.IsExported():
			case name == "":
				all = append(all, structField{f.Name, f, at, false, quoted})
			default:
				all = append(all, structField{name, f, at, true, quoted})
			}
		}
	}
	walk(t, nil)
	return slices.DeleteFunc(slices.Clone(all), func(f structField) bool {
		return slices.ContainsFunc(all, func(o structField) bool { return o.name == f.name && !slices.Equal(o.index, f.index) && !f.hides(o) })
	})
}

// embedded returns the struct that a field embeds, nil if it embeds none.
func embedded(f reflect.StructField) reflect.Type {
	t := f.Type
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if !f.Anonymous || t.Kind() != reflect.Struct {
		return nil
	}
	return t
}

// hides reports whether f counts and another field of the same name does not.
func (f *structField) hides(o structField) bool {
	if len(f.index) != len(o.index) {
		return len(f.index) < len(o.index)
	}
	return f.tagged && !o.tagged
}
