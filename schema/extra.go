package schema

import (
	"errors"
	"fmt"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"manifold/internal/mapping"
	"manifold/internal/template"
)

// extra reads path and queryParams of a transport; nil if there is neither, or if something is wrong with them.
func (l *loader) extra(v *ast.Value, s *scope) *template.Extra {
	path, query := member(v, "path"), member(v, "queryParams")
	if path == nil && query == nil {
		return nil
	}
	segments, params := l.expression(path, s, asking), l.expression(query, s, asking)
	if segments != nil {
		l.fitPath(segments, path, s)
	}
	if params != nil {
		l.fitParams(params, query, s)
	}
	e, err := template.NewExtra(segments, params)
	if wrong, ok := errors.AsType[*template.SyntaxError](err); ok {
		s.read.faulty = true
		l.problem(l.inside(path, wrong.At), s.coordinate, wrong.Message, wrong.Hint)
	}
	return e
}

// fitPath checks that a mapping makes a list of what can be a segment.
func (l *loader) fitPath(n mapping.Node, v *ast.Value, s *scope) {
	if array, ok := unwrapped(n).(*mapping.Array); ok {
		for _, item := range array.Items {
			l.fitTemplate(item, v, s, inItem)
		}
		return
	}
	written := mapping.String(n)
	p := l.inside(v, n.Offset())
	switch f := l.formOf(n, formEnv{scope: s}); {
	case f.kind == scalar:
		l.problem(p, s.coordinate, written+" is one value, and path needs a list", "write a list: $(["+strings.TrimSuffix(strings.TrimPrefix(written, "$("), ")")+"])")
	case f.kind == object || f.kind == composite:
		l.problem(p, s.coordinate, written+" is an object, and path needs a list", "write a list of segments: $([$args.a, $args.b])")
	case f.kind == list && f.item.kind != anything && f.item.kind != scalar:
		l.problem(p, s.coordinate, fmt.Sprintf("%s is a list of lists or objects, and %s", written, inPath), "make one text or number of each item")
	}
}

// fitParams checks that a mapping makes an object of what can stand in a query.
func (l *loader) fitParams(n mapping.Node, v *ast.Value, s *scope) {
	if object, ok := unwrapped(n).(*mapping.Object); ok {
		for i := range object.Members {
			if m := &object.Members[i]; !m.Spread {
				l.fitTemplate(m.Value, v, s, inPair)
			}
		}
		return
	}
	written := mapping.String(n)
	p := l.inside(v, n.Offset())
	switch f := l.formOf(n, formEnv{scope: s}); f.kind {
	case scalar:
		l.problem(p, s.coordinate, written+" is one value, and queryParams needs an object", "give it a name: "+lastName(written)+": "+written)
	case list:
		l.problem(p, s.coordinate, written+" is a list, and queryParams needs an object", "give it a name: "+lastName(written)+": "+written)
	case object:
		if f.of != nil {
			l.fitMembers(f.of, written, p, s)
		}
	}
}

// fitMembers checks the members of an input object that is sent whole in a query.
func (l *loader) fitMembers(of *typ, written string, p place, s *scope) {
	for _, m := range of.fields {
		if f := l.typeForm(m.def.Type); f.kind == object || (f.kind == list && f.item.kind != scalar && f.item.kind != anything) {
			l.problem(p, s.coordinate, fmt.Sprintf("%s.%s is %s, and %s", written, m.def.Name, m.def.Type, inPair),
				"name the members that are sent, as "+written+" { "+of.fields[0].def.Name+" }")
			return
		}
	}
}

// unwrapped takes the $( ) off that only wraps an expression.
func unwrapped(n mapping.Node) mapping.Node {
	if p, ok := n.(*mapping.Path); ok && p.Root == mapping.RootValue && len(p.Steps) == 0 {
		return unwrapped(p.Value)
	}
	return n
}
