package schema

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// checkCycles finds connectors that need a field which they, directly or by way of others, provide themselves.
func (l *loader) checkCycles() {
	for _, t := range l.order {
		if t.kind == ast.Object && !l.isRoot(t) {
			c := &cycles{typ: t, state: map[*Connector]int{}}
			for _, f := range t.fields {
				if path := c.visit(c.provider(f), nil); path != nil {
					l.cycle(t, path)
				}
			}
		}
	}
}

// cycles is the graph of one type: connectors, and the fields they need of the same object.
type cycles struct {
	*typ
	state map[*Connector]int // 1: on the path, 2: done
}

// provider returns the connector that gives a field, or nil if it comes with the object itself: by the reply that carries
// it, or as its key.
func (c *cycles) provider(f *field) *Connector {
	m := f.model
	if m.Connector != nil {
		return m.Connector
	}
	if c.model.inKey(m.Name) {
		return nil
	}
	if m.Block != nil {
		return m.Block
	}
	return c.model.Loader()
}

// visit returns a cycle that is reached from p, as the names of the needed fields, or nil.
func (c *cycles) visit(p *Connector, path []step) []step {
	if p == nil || c.state[p] == 2 {
		return nil
	}
	if c.state[p] == 1 {
		start := slices.IndexFunc(path, func(s step) bool { return s.by == p })
		return path[max(start, 0):]
	}
	c.state[p] = 1
	defer func() { c.state[p] = 2 }()
	if p.KeyArgs {
		return nil // its key comes from the request
	}
	for _, in := range p.Inputs {
		f := c.byName[in.Path[0]]
		if f == nil {
			continue
		}
		if found := c.visit(c.provider(f), append(slices.Clip(path), step{p, f.def.Name})); found != nil {
			return found
		}
	}
	return nil
}

type step struct {
	by    *Connector
	needs string
}

func (l *loader) cycle(t *typ, path []step) {
	var parts []string
	for _, s := range path {
		parts = append(parts, fmt.Sprintf("%s needs %s.%s", s.by.ID, t.name, s.needs))
	}
	hint := "read a key field instead: a field that comes with every reference"
	if len(t.model.Keys) > 0 {
		hint += ", such as " + strings.Join(t.model.Keys[0].Fields, " ")
	}
	l.problem(atDirective(path[0].by.Pos), path[0].by.Coordinate, "it needs what only it can provide: "+strings.Join(parts, ", which "), hint)
}
