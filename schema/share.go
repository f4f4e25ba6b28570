package schema

import (
	"fmt"
	"slices"

	"github.com/vektah/gqlparser/v2/ast"
)

// external notes a field that a block only mentions, because another one serves it (@external on it or on its block). It is
// taken out of the block; what it says is checked when all blocks are known.
func (l *loader) external(f *field) bool {
	u := first(f.uses, "external")
	if u == nil {
		u = first(f.block.uses, "external")
	}
	if u == nil {
		return false
	}
	f.mention = u
	l.mentions = append(l.mentions, f)
	return true
}

// checkExternal checks that each field that is only mentioned is written elsewhere, alike.
func (l *loader) checkExternal() {
	for _, f := range l.mentions {
		other := f.owner.byName[f.def.Name]
		for _, name := range []string{"connect", "from", "shareable"} {
			if u := first(f.uses, name); u != nil {
				l.problem(u.at, f.coordinate(), "@"+name+" has no effect on an @external field: another block serves it", "keep one of the two directives")
			}
		}
		switch {
		case other == nil:
			l.problem(f.mention.at, f.coordinate(), "the field is @external, but no other block has it",
				"write the field where it is served, or take @external away")
		case other.def.Type.String() != f.def.Type.String():
			l.problem(f.pos(), f.coordinate(), fmt.Sprintf("the field is %s here, but %s at %s", f.def.Type, other.def.Type, l.whereIs(other.pos())),
				"give both the same type")
		}
	}
}

func (l *loader) whereIs(p place) string {
	line, column, _ := l.lines[p.src].find(p.rune)
	return fmt.Sprintf("%s:%d:%d", p.src.Name, line, column)
}

// shareable returns the @shareable of a field, or that of the block it is written in.
func shareable(f *field) *use {
	if u := first(f.uses, "shareable"); u != nil {
		return u
	}
	return first(f.block.uses, "shareable")
}

// share makes one field of two definitions that are both @shareable: either may serve it. It reports whether they are, and
// whether f is now the one of the two that stays in the schema.
func (l *loader) share(f, other *field) (shared, stays bool) {
	here, there := shareable(f), shareable(other)
	switch {
	case here == nil && there == nil, f.block == other.block:
		return false, false
	case here == nil || there == nil:
		with, without := f, other
		if here == nil {
			with, without = other, f
		}
		l.problem(without.pos(), f.coordinate(), fmt.Sprintf("field %s is @shareable at %s, but not here", f.def.Name, l.whereIs(with.pos())),
			"write @shareable on both, or keep one of them")
	case f.def.Type.String() != other.def.Type.String():
		l.problem(f.pos(), f.coordinate(), fmt.Sprintf("the field is %s here, but %s at %s", f.def.Type, other.def.Type, l.whereIs(other.pos())),
			"definitions that share a field have the same type")
	case !slices.EqualFunc(f.def.Arguments, other.def.Arguments, func(a, b *ast.ArgumentDefinition) bool {
		return a.Name == b.Name && a.Type.String() == b.Type.String()
	}):
		l.problem(f.pos(), f.coordinate(), fmt.Sprintf("the field has other arguments than at %s", l.whereIs(other.pos())),
			"definitions that share a field have the same arguments")
	case serves(f) && !serves(other):
		f.also = append([]*field{other}, other.also...)
		other.also = nil
		other.block.def.Fields = slices.DeleteFunc(other.block.def.Fields, func(d *ast.FieldDefinition) bool { return d == other.def })
		f.owner.byName[f.def.Name] = f
		f.owner.fields[slices.Index(f.owner.fields, other)] = f
		return true, true
	default:
		other.also = append(other.also, f)
	}
	return true, false
}

// serves reports whether a connector gives a field: that definition is the one to ask.
func serves(f *field) bool {
	return first(f.uses, "connect") != nil || first(f.block.uses, "connect") != nil
}

// definitions returns f and the further definitions of a shared field.
func (f *field) definitions() []*field {
	if len(f.also) == 0 {
		return []*field{f}
	}
	return append([]*field{f}, f.also...)
}

// checkShared checks what a shared field can mean: each source has it once, and no more than one call of its own.
func (l *loader) checkShared() {
	for _, t := range l.order {
		for _, f := range t.fields {
			for _, a := range f.also {
				if a.model.Connector != nil {
					l.problem(first(a.uses, "connect").at, f.coordinate(),
						"of a @shareable field, only the first definition ("+l.whereIs(f.pos())+") may have a connector of its own", "put the connector on the block, or remove it")
				}
			}
			l.strayShareable(f)
		}
	}
}

// strayShareable warns of a @shareable that nobody shares. In one file it is what a team writes for the others: no warning.
func (l *loader) strayShareable(f *field) {
	if u := first(f.uses, "shareable"); u != nil && len(f.also) == 0 && len(l.inputs) > 1 && !l.failed() && !f.owner.inKeyText(f.def.Name) {
		l.warning(u.at, f.coordinate(), "@shareable has no effect: the field is defined once", "remove it, or add the other definition")
	}
}

func (t *typ) inKeyText(name string) bool { return keyNames(t)[name] }
