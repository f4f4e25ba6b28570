package schema

import (
	"fmt"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"google.golang.org/protobuf/reflect/protoreflect"

	"manifold/internal/mapping"
)

// messageFit compares one reply with what is read of it.
type messageFit struct {
	*loader
	c    *Connector
	seen map[fitted]bool
}

type fitted struct {
	t *typ
	m protoreflect.FullName
	o *mapping.Object
}

// fitReply checks the reply of a connector that makes objects of type t; f is the field it stands on, nil for a block.
func (l *loader) fitReply(c *Connector, t *typ, f *field) {
	if c == nil || c.RPC == nil || t == nil || (f != nil && f.model.Connector == c && c.Coordinate != f.coordinate()) {
		return
	}
	fit := &messageFit{loader: l, c: c, seen: map[fitted]bool{}}
	m := c.RPC.Output
	var object *mapping.Object
	if c.Selection != nil {
		keys, sel, ok := mapping.Keys(c.Selection)
		if !ok {
			return
		}
		last := fit.follow(m, keys, at(l.selections[c].Position), c.Coordinate, "")
		if len(keys) > 0 && (last == nil || last.Message() == nil || last.IsMap()) {
			return
		}
		if len(keys) > 0 {
			m = last.Message()
		}
		object = sel
	}
	if t.composite() {
		fit.object(t, m, object, f == nil)
	}
}

// follow returns the field at the end of a path of properties; nil after a problem, or if what follows is not known.
func (x *messageFit) follow(m protoreflect.MessageDescriptor, keys []string, p place, coordinate, hint string) (last protoreflect.FieldDescriptor) {
	for i, key := range keys {
		if wellKnown(m) {
			return nil
		}
		f := m.Fields().ByTextName(key) // a group by the name that is written in the file
		if f == nil {
			x.problem(p, coordinate, fmt.Sprintf("the message %s has no field %s", m.FullName(), key), orElse(x.didYouMean(key, fieldsOf(m), ""), hint))
			return nil
		}
		if last = f; i == len(keys)-1 {
			return last
		}
		if f.Message() == nil || f.IsMap() {
			if !f.IsMap() {
				x.problem(p, coordinate, fmt.Sprintf("the field %s of message %s is %s and has no members", key, m.FullName(), f.Kind()), "end the path there")
			}
			return nil
		}
		m = f.Message()
	}
	return last
}

// object checks the fields of t that are read of a message; whole says that the message is the reply of a connector on t.
func (x *messageFit) object(t *typ, m protoreflect.MessageDescriptor, o *mapping.Object, whole bool) {
	at := fitted{t, m.FullName(), o}
	if x.seen[at] || wellKnown(m) || t.kind != ast.Object {
		return
	}
	x.seen[at] = true
	for f, value := range readOf(x.c, t, o, whole) {
		x.field(f, m, value)
	}
}

func (x *messageFit) field(f *field, m protoreflect.MessageDescriptor, value mapping.Node) {
	p, hint := f.pos(), `say where it is by @from(path: "...")`
	coordinate := f.coordinate()
	keys := []string{x.c.Source.Spell(f.def.Name)}
	var sel *mapping.Object
	if value == nil {
		value = fromOf(f, x.c.Source)
	} else {
		p, coordinate = x.insideText(x.c, value), x.c.Coordinate
	}
	if value != nil {
		var ok bool
		if keys, sel, ok = mapping.Keys(value); !ok || len(keys) == 0 {
			return
		}
		hint = ""
	}
	last := x.follow(m, keys, p, coordinate, hint)
	if last == nil || last.IsMap() {
		return
	}
	target := x.types[f.def.Type.Name()]
	inner := last.Message()
	switch {
	case target == nil || !target.composite():
		if inner != nil && !wellKnown(inner) && x.plainLeaf(f) {
			x.problem(p, coordinate, fmt.Sprintf("%s is the message %s, but the field is %s", strings.Join(keys, "."), inner.FullName(), f.def.Type), "read a member of it")
		}
	case inner == nil:
		x.problem(p, coordinate, fmt.Sprintf("%s is %s, but the field is the object %s", strings.Join(keys, "."), last.Kind(), target.name), "read a message, or make an object: { ... }")
	case sel != nil:
		x.object(target, inner, sel, false)
	case !target.model.Entity() || f.model.Embedded:
		x.object(target, inner, nil, false)
	}
}
