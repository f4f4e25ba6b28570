package schema

import (
	"fmt"
	"slices"

	"github.com/vektah/gqlparser/v2/ast"

	"manifold/internal/mapping"
)

// discriminators reads every @discriminate.
func (l *loader) discriminators() {
	for _, t := range l.order {
		for _, b := range t.blocks {
			for _, u := range usesOf(b.uses, "discriminate") {
				if t.model.Discriminator != nil {
					l.problem(u.at, t.name, "@discriminate is written twice for "+t.name, "keep one of them")
					continue
				}
				t.model.Discriminator = l.discriminator(u, t, t.name)
			}
		}
		for _, f := range t.fields {
			if u := first(f.uses, "discriminate"); u != nil {
				f.model.Discriminator = l.discriminator(u, l.types[f.def.Type.Name()], f.coordinate())
			}
		}
	}
}

// discriminator reads one @discriminate for values of type t. It returns a Discriminator even if something is wrong with it.
func (l *loader) discriminator(u *use, t *typ, coordinate string) *Discriminator {
	d := &Discriminator{Wrapped: truth(u.arg("wrapped"), false)}
	if t == nil || (t.kind != ast.Interface && t.kind != ast.Union) {
		l.problem(u.at, coordinate, "@discriminate is for interfaces, unions and fields of such types", "remove it")
		return d
	}
	d.Field, _ = text(u.arg("field"))
	switch v := u.arg("field"); {
	case v == nil && !d.Wrapped:
		l.problem(u.at, coordinate, "@discriminate does not say how the type is told", `write field: "kind", or wrapped: true`)
	case v != nil && d.Wrapped:
		l.problem(at(v.Position), coordinate, "field and wrapped are two ways of telling the type", "keep one of them")
	case v != nil && d.Field == "":
		l.problem(at(v.Position), coordinate, "field is empty", "name the property of the reply that tells the type")
	}
	list := u.arg("map")
	if list == nil {
		return d
	}
	if len(items(list)) == 0 {
		l.problem(at(list.Position), coordinate, "map is empty, so that no object has a type", "say which value is which type, or leave map out: the value is the type's name")
	}
	d.Map = map[string]string{}
	var names []string
	for _, o := range l.possible(t) {
		names = append(names, o.name)
	}
	for _, item := range items(list) {
		value, hasValue := text(member(item, "value"))
		name, hasName := text(member(item, "type"))
		if !hasValue || !hasName {
			continue
		}
		if !slices.Contains(names, name) {
			l.problem(at(member(item, "type").Position), coordinate, fmt.Sprintf("%s is not one of the types of %s", name, t.name), l.didYouMean(name, names, ""))
		}
		if _, taken := d.Map[value]; taken {
			l.problem(at(member(item, "value").Position), coordinate, fmt.Sprintf("the value %q is mapped twice", value), "keep one of them")
		}
		d.Map[value] = name
	}
	return d
}

// tellable reports whether the concrete type of a value can be known: by __typename in the mapping that builds it, by
// @discriminate, because there is one possible type only, or because a GraphQL service is asked for it (LANGUAGE 6, "Abstract
// types").
func (l *loader) tellable(t *typ, f *field, c reply) bool {
	d := discriminatorOf(t, f)
	if c.object != nil {
		members := flatten(c.object)
		if members.values["__typename"] != nil || members.open && d == nil {
			return true
		}
		if d != nil && c.built {
			return d.listed(members)
		}
	}
	return d != nil || len(l.possible(t)) == 1 || c.tells && !c.built
}

// discriminatorOf returns what tells the type of a value of f, or of type t where f is nil; nil: nothing does.
func discriminatorOf(t *typ, f *field) *Discriminator {
	if f != nil && f.model.Discriminator != nil {
		return f.model.Discriminator
	}
	return t.model.Discriminator
}

// listed reports whether a mapping that is evaluated gives the property that tells the type.
func (d *Discriminator) listed(m *members) bool {
	keys, _, ok := mapping.Keys(m.values[d.Field])
	return ok && len(keys) == 1 && keys[0] == d.Field
}

func (d *Discriminator) untoldHint() string {
	if d.Wrapped {
		return "name the type in the mapping, by __typename: ..., or take the reply as it is"
	}
	hint := "name the type in the mapping: __typename: " + d.Field
	if len(d.Map) > 0 {
		value := sortedKeys(d.Map)[0]
		hint += fmt.Sprintf("->match(['%s', '%s'], ...)", value, d.Map[value])
	}
	return hint
}
