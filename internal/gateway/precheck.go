package gateway

import (
	"strconv"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"manifold/internal/fault"
)

// precheck refuses a parsed document that would be expensive to validate or to run, before its types are looked at.
// It takes time linear in the document, but for what fragments expand to, which it counts and stops at the limits.
// A document that passes has no fragment cycles, so whoever walks it later needs no guard against them.
func precheck(doc *ast.QueryDocument, l *Limits, dev bool) *gqlerror.Error {
	if len(doc.Operations) == 0 {
		return requestError(fault.ValidationFailed, "the document has no operation")
	}
	if n := len(doc.Fragments); n > l.Fragments {
		return over(fault.FragmentLimit, "the document has more than ", l.Fragments, " fragments", doc.Fragments[l.Fragments].Position)
	}
	c := &census{limits: l, dev: dev, fragments: make(map[string]int, len(doc.Fragments))}
	for i, f := range doc.Fragments {
		if _, twice := c.fragments[f.Name]; !twice { // validation reports it
			c.fragments[f.Name] = i
		}
		if len(f.VariableDefinition) > 0 {
			return requestError(fault.ParseFailed, "a fragment cannot declare variables", f.Position)
		}
	}
	for _, steps := range []func(*ast.QueryDocument) *gqlerror.Error{c.written, c.acyclic, c.walked} {
		if err := steps(doc); err != nil {
			return err
		}
	}
	return expand(doc, c.fragments, l)
}

func over(code fault.Code, before string, limit int, after string, at *ast.Position) *gqlerror.Error {
	return requestError(code, before+strconv.Itoa(limit)+after, at)
}

// census counts what stands in a document.
type census struct {
	limits    *Limits
	dev       bool
	fragments map[string]int // name -> index in doc.Fragments

	own        []definition // of the operations, then of the fragments
	here       *definition
	fields     int
	directives int
}

// definition is what one operation or fragment holds by itself.
type definition struct {
	nodes   int   // fields, fragments, directives, arguments and values
	spreads []int // fragments spread in it, as indices, each once
	at      map[int]*ast.Position
}

// written counts what is written, whether it runs or not, and finds introspection.
func (c *census) written(doc *ast.QueryDocument) *gqlerror.Error {
	c.own = make([]definition, len(doc.Operations)+len(doc.Fragments))
	for i, op := range doc.Operations {
		c.here = &c.own[i]
		for _, v := range op.VariableDefinitions {
			c.here.nodes++
			if err := c.annotated(v.Directives); err != nil {
				return err
			}
		}
		if err := c.annotated(op.Directives); err != nil {
			return err
		}
		if err := c.selections(op.SelectionSet); err != nil {
			return err
		}
	}
	for i, f := range doc.Fragments {
		c.here = &c.own[len(doc.Operations)+i]
		if err := c.annotated(f.Directives); err != nil {
			return err
		}
		if err := c.selections(f.SelectionSet); err != nil {
			return err
		}
	}
	return nil
}

func (c *census) selections(set ast.SelectionSet) *gqlerror.Error {
	for _, s := range set {
		var err *gqlerror.Error
		switch s := s.(type) {
		case *ast.Field:
			err = c.field(s)
		case *ast.InlineFragment:
			c.here.nodes++
			if err = c.annotated(s.Directives); err == nil {
				err = c.selections(s.SelectionSet)
			}
		case *ast.FragmentSpread:
			c.here.nodes++
			err = c.annotated(s.Directives)
			if i, known := c.fragments[s.Name]; known && c.here.at[i] == nil {
				if c.here.at == nil {
					c.here.at = make(map[int]*ast.Position)
				}
				c.here.at[i] = s.Position
				c.here.spreads = append(c.here.spreads, i)
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (c *census) field(f *ast.Field) *gqlerror.Error {
	c.here.nodes++
	c.fields++
	if c.fields > c.limits.Fields {
		return over(fault.FieldLimit, "the document has more than ", c.limits.Fields, " fields", f.Position)
	}
	if introspects(f) && !c.dev {
		return requestError(fault.IntrospectionDisabled,
			"introspection is switched off: __schema and __type cannot be queried", f.Position)
	}
	c.arguments(f.Arguments)
	if err := c.annotated(f.Directives); err != nil {
		return err
	}
	return c.selections(f.SelectionSet)
}

func (c *census) annotated(list ast.DirectiveList) *gqlerror.Error {
	for _, d := range list {
		c.here.nodes++
		c.directives++
		if c.directives > c.limits.Directives {
			return over(fault.DirectiveLimit, "the document has more than ", c.limits.Directives, " directives", d.Position)
		}
		c.arguments(d.Arguments)
	}
	return nil
}

func (c *census) arguments(list ast.ArgumentList) {
	for _, a := range list {
		c.here.nodes++
		c.value(a.Value)
	}
}

func (c *census) value(v *ast.Value) {
	c.here.nodes++
	for _, child := range v.Children {
		c.value(child.Value)
	}
}

// acyclic refuses a fragment that spreads itself, directly or through others, and names the way (GraphQL 5.5.2.2).
// It takes the place of gqlparser's rule, which is quadratic in the number of fragments.
func (c *census) acyclic(doc *ast.QueryDocument) *gqlerror.Error {
	const (
		open = 1 + iota
		done
	)
	state := make([]int, len(doc.Fragments))
	var way []int
	var visit func(i int) *gqlerror.Error
	visit = func(i int) *gqlerror.Error {
		state[i] = open
		way = append(way, i)
		d := &c.own[len(doc.Operations)+i]
		for _, next := range d.spreads {
			switch state[next] {
			case done:
			case open:
				return cycle(doc, way, next, d.at[next])
			default:
				if err := visit(next); err != nil {
					return err
				}
			}
		}
		way = way[:len(way)-1]
		state[i] = done
		return nil
	}
	for i := range doc.Fragments {
		if state[i] == 0 {
			if err := visit(i); err != nil {
				return err
			}
		}
	}
	return nil
}

func cycle(doc *ast.QueryDocument, way []int, back int, at *ast.Position) *gqlerror.Error {
	for way[0] != back {
		way = way[1:]
	}
	var names []string
	for _, i := range way {
		names = append(names, doc.Fragments[i].Name)
	}
	first := doc.Fragments[back].Name
	return requestError(fault.ValidationFailed,
		"fragment \""+first+"\" spreads itself: "+strings.Join(append(names, first), " -> "), at)
}

// walked bounds the work of validation: the rules walk every operation and every fragment with all that it reaches, so a
// large fragment that hundreds of definitions reach is walked hundreds of times.
func (c *census) walked(doc *ast.QueryDocument) *gqlerror.Error {
	budget := 8 * c.limits.Tokens
	reached := make([]int, len(doc.Fragments)) // the definition that reached it last, from 1
	var queue []int
	for i := range c.own {
		queue = append(queue[:0], c.own[i].spreads...)
		budget -= c.own[i].nodes
		for len(queue) > 0 {
			f := queue[len(queue)-1]
			queue = queue[:len(queue)-1]
			if reached[f] == i+1 {
				continue
			}
			reached[f] = i + 1
			d := &c.own[len(doc.Operations)+f]
			budget -= d.nodes
			queue = append(queue, d.spreads...)
		}
		if budget < 0 {
			return requestError(fault.FragmentLimit, "the fragments of the document are spread in too many places")
		}
	}
	return nil
}

func introspects(f *ast.Field) bool { return f.Name == "__schema" || f.Name == "__type" }
