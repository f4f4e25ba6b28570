package resolvers

import (
	"errors"

	"github.com/vektah/gqlparser/v2/ast"

	"manifold/internal/fault"
	"manifold/internal/mapping"
	"manifold/internal/plan"
	"manifold/schema"
)

// CompileRoute compiles a named operation of a client as Compile does, and makes its directives take effect that reshape the
// answer: @flatten, @unwrap, @omit, @notFound, @onError and @reshape. Its Answer describes what comes out. Problems are those
// of the directives, at their places; the plan is nil then.
func (c *Compiler) CompileRoute(doc *ast.QueryDocument, op *ast.OperationDefinition) (*plan.Operation, *plan.Answer, schema.Problems) {
	d := &describing{compilation: &compilation{Compiler: c, kind: string(op.Operation)}, flattened: map[*plan.Answer]bool{}}
	for _, v := range op.VariableDefinitions {
		d.variables = append(d.variables, v.Variable)
	}
	d.tests.variables = d.variables
	answer := d.operation(op)
	if d.problems.Failed() {
		return nil, nil, d.problems
	}
	compiled, err := c.compile(op, true)
	if err != nil {
		message := err.Error()
		if f, ok := errors.AsType[*fault.Error](err); ok {
			message = f.Message
		}
		return nil, nil, append(d.problems, schema.ProblemAt(op.Position, op.Name, message, ""))
	}
	compiled.Mapping = reshapeOf(op.Directives).mapping
	return compiled, answer, d.problems
}

// shaping is what the directives on a field, or on an operation, say of how it is shown.
type shaping struct {
	flatten, unwrap, omit, notFound, onError, reshape *ast.Directive

	prefix   string
	path     []string
	fallback []byte // JSON
	mapping  mapping.Node
}

// reshapeOf reads directives that have been checked.
func reshapeOf(list ast.DirectiveList) shaping {
	s := shaping{
		flatten: list.ForName("flatten"), unwrap: list.ForName("unwrap"), omit: list.ForName("omit"),
		notFound: list.ForName("notFound"), onError: list.ForName("onError"), reshape: list.ForName("reshape"),
	}
	if v := argument(s.flatten, "prefix"); v != nil {
		s.prefix = v.Raw
	}
	if v := argument(s.unwrap, "path"); v != nil {
		s.path = dots(v.Raw)
	}
	if s.onError != nil {
		s.fallback = []byte("null")
		if v := argument(s.onError, "fallback"); v != nil {
			s.fallback, _ = constantOf(v.Raw)
		}
	}
	if v := argument(s.reshape, "selection"); v != nil {
		s.mapping, _ = mapping.Parse(v.Raw)
	}
	return s
}

// none reports whether a field is shown plainly.
func (s *shaping) none() bool {
	return s.flatten == nil && s.unwrap == nil && s.omit == nil && s.notFound == nil && s.onError == nil && s.reshape == nil
}

func argument(d *ast.Directive, name string) *ast.Value {
	if d == nil {
		return nil
	}
	return schema.Given(d, name)
}

// constantOf is the JSON of a mapping that reads nothing.
func constantOf(text string) ([]byte, error) {
	n, err := mapping.ParseExpression(text)
	if err != nil {
		return nil, err
	}
	if len(mapping.Variables(n)) > 0 {
		return nil, errors.New("it reads a variable, and a fallback is a constant")
	}
	v, err := mapping.Eval(n, nil, nil, nil)
	if err == nil && v == nil {
		err = errors.New("it has no value")
	}
	return v, err
}

// show makes a compiled field be shown as its directives say.
func (c *compilation) show(out *plan.Field, f *collected) {
	if !c.route {
		return
	}
	s := reshapeOf(f.node.Directives)
	if s.none() {
		return
	}
	out.Reshape = &plan.Reshape{
		Flatten: s.flatten != nil, Omit: s.omit != nil, NotFound: s.notFound != nil, Fallback: s.fallback, Mapping: s.mapping,
	}
	if s.unwrap != nil {
		bare(out.Object, s.path)
	}
	if s.prefix != "" {
		prefixed(out.Object, s.prefix)
	}
}

// bare makes an object show nothing but the field that a path of response keys leads to.
func bare(o *plan.Object, path []string) {
	o.Bare = true
	for v := range o.Variants {
		fields := o.Variants[v].Fields
		for i := range fields {
			fl := &fields[i]
			if fl.Key != path[0] || (fl.Reshape != nil && fl.Reshape.Omit) {
				continue
			}
			if fl.Reshape == nil {
				fl.Reshape = &plan.Reshape{}
			}
			fl.Reshape.Bare = true
			if len(path) > 1 {
				bare(fl.Object, path[1:])
			}
		}
	}
}

// prefixed puts a prefix before the names of an object's members.
func prefixed(o *plan.Object, prefix string) {
	for v := range o.Variants {
		fields := o.Variants[v].Fields
		for i := range fields {
			fl := &fields[i]
			if fl.Reshape != nil && fl.Reshape.Flatten {
				prefixed(fl.Object, prefix)
				continue
			}
			fl.Prefix = []byte(`"` + prefix + string(fl.Prefix[1:]))
		}
	}
}
