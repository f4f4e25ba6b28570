package schema

import (
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// checkInputs checks that a value of each input type can be written, and that filling in its defaults comes to an end
// (GraphQL September 2025, 3.10, "Circular References").
func (l *loader) checkInputs() {
	required := &inputCycle{
		loader: l, state: map[*field]int{}, next: l.requiredInside,
		message: "no value of this field can ever be written: it needs another inside of it", hint: "make one of these fields nullable: ",
	}
	defaults := &inputCycle{
		loader: l, state: map[*field]int{}, next: l.defaultsInside,
		message: "its default needs itself", hint: "take one of these defaults out: ",
	}
	for _, t := range l.order {
		if t.kind != ast.InputObject {
			continue
		}
		for _, f := range t.fields {
			required.visit(f)
			defaults.visit(f)
		}
	}
}

// inputCycle looks for fields that lead to themselves.
type inputCycle struct {
	*loader
	state         map[*field]int // 1: on the way, 2: done
	way           []*field
	next          func(*field) []*field
	message, hint string
}

func (c *inputCycle) visit(f *field) {
	switch c.state[f] {
	case 2:
		return
	case 1:
		var names []string
		for _, step := range c.way[slices.Index(c.way, f):] {
			names = append(names, step.coordinate())
		}
		c.problem(f.pos(), f.coordinate(), c.message, c.hint+strings.Join(names, ", "))
		return
	}
	c.state[f] = 1
	c.way = append(c.way, f)
	for _, inner := range c.next(f) {
		c.visit(inner)
	}
	c.way = c.way[:len(c.way)-1]
	c.state[f] = 2
}

// requiredInside returns the fields that a value of f must have if there is to be one: a list may be empty.
func (l *loader) requiredInside(f *field) []*field {
	t := l.types[f.def.Type.NamedType]
	if !f.def.Type.NonNull || t == nil || t.kind != ast.InputObject {
		return nil
	}
	return t.fields
}

// defaultsInside returns the fields whose defaults are filled in where f has its own.
func (l *loader) defaultsInside(f *field) []*field {
	return l.filledIn(f.def.DefaultValue, f.def.Type, nil)
}

func (l *loader) filledIn(v *ast.Value, t *ast.Type, out []*field) []*field {
	if v == nil {
		return out
	}
	if t.Elem != nil {
		for _, item := range items(v) {
			out = l.filledIn(item, t.Elem, out)
		}
		return out
	}
	own := l.types[t.NamedType]
	if own == nil || own.kind != ast.InputObject || v.Kind != ast.ObjectValue {
		return out
	}
	for _, f := range own.fields {
		if given := v.Children.ForName(f.def.Name); given != nil {
			out = l.filledIn(given, f.def.Type, out)
		} else if f.def.DefaultValue != nil {
			out = append(out, f)
		}
	}
	return out
}

// checkDeprecated checks that what clients have to give is not deprecated: they could not stop giving it (GraphQL 3.13.3).
func (l *loader) checkDeprecated(list ast.DirectiveList, t *ast.Type, byDefault *ast.Value, coordinate string) {
	if d := list.ForName("deprecated"); d != nil && t.NonNull && byDefault == nil {
		l.problem(atDirective(d.Position), coordinate, "what has to be given cannot be deprecated", "give it a default, or make it nullable first")
	}
}
