package gatewaytest

import (
	"github.com/vektah/gqlparser/v2/ast"

	"manifold/internal/fault"
	"manifold/internal/mapping"
	"manifold/schema"
)

// The reference asks a GraphQL service for no part of an object: it gets the object with all its fields, those of composite types
// and those with arguments still to be looked up.

// deferred is the value of such a field.
type deferred struct {
	resolve func(args *Object) any
	args    bool // it depends on arguments
}

// opened looks a value up: a field with arguments by what args has, nil for their defaults.
func opened(v any, args *Object) any {
	if d, ok := v.(*deferred); ok {
		return d.resolve(args)
	}
	return v
}

// tree returns a value of a service as the reference reads it.
func (s *Service) tree(t *ast.Type, v any) any {
	if t.Elem != nil {
		list, ok := v.([]any)
		if !ok {
			return v
		}
		out := make([]any, len(list))
		for i := range list {
			out[i] = s.tree(t.Elem, list[i])
		}
		return out
	}
	o, ok := v.(*Object)
	def := s.schema.Types[t.NamedType]
	if !ok || def == nil || def.Kind == ast.Scalar {
		return v
	}
	own := s.typeOf(def, o)
	if own == nil {
		return v
	}
	out := NewObject()
	out.Set("__typename", own.Name)
	for _, f := range own.Fields {
		if len(f.Name) > 1 && f.Name[:2] == "__" {
			continue
		}
		out.Set(f.Name, &deferred{args: len(f.Arguments) > 0, resolve: func(given *Object) any {
			if given == nil {
				given = NewObject()
			}
			return s.tree(f.Type, s.field(own, o, f, argumentsOf(f, given.Get)))
		}})
	}
	return out
}

// question asks a service for the field of a connector: its whole value, or why there is none. missing says that an argument it
// needs is null.
func (x *execution) question(c *schema.Connector, s *Service, vars variables) (value any, missing bool, failure *fault.Error) {
	given, _ := evaluate(c.HTTP.Body, absent{}, vars).(*Object)
	if given == nil {
		given = NewObject()
	}
	f := c.Ask.Field
	for _, a := range f.Arguments {
		if a.Type.NonNull && a.DefaultValue == nil && empty(given.Get(a.Name)) {
			return nil, true, nil
		}
	}
	root := c.Ask.Schema.Query
	if c.Ask.Mutation {
		root = c.Ask.Schema.Mutation
	}
	x.calls++
	v := s.field(root, nil, f, argumentsOf(f, given.Get))
	if b, ok := v.(broken); ok {
		return nil, false, fault.New(b.code(), "reference")
	}
	return s.tree(f.Type, v), false, nil
}

// code is the code of the gateway for the error of a service.
func (b broken) code() fault.Code {
	if o, ok := b.extensions.(*Object); ok {
		switch code, _ := o.Get("code").(string); code {
		case "UNAUTHENTICATED", "FORBIDDEN", "NOT_FOUND", "BAD_USER_INPUT":
			return fault.Code(code)
		case "RATE_LIMITED", "TOO_MANY_REQUESTS":
			return fault.UpstreamRateLimited
		}
	}
	return fault.UpstreamError
}

// questioned is call for a connector that asks a GraphQL service.
func (x *execution) questioned(c *schema.Connector, s *Service, vars variables, this *Object, f *schema.Field, t *schema.Type) answer {
	value, missing, failure := x.question(c, s, vars)
	switch {
	case missing && len(c.Inputs) > 0 && !c.KeyArgs:
		return answer{}
	case missing:
		return failed(fault.BadUserInput)
	}
	root, shape := split(c.Selection)
	if failure == nil {
		value, failure = selected(c, root, shape, value, vars)
	}
	switch {
	case failure != nil && c.Errors.Fallback != nil:
		value = evaluate(c.Errors.Fallback, absent{}, vars)
	case failure != nil:
		return answer{failure: failure}
	}
	if c.Batch == nil {
		return x.shaped(c, build(shape, value, vars, true), c.Selection)
	}
	return match(batch{c: c, f: f, t: t, shape: selectOf(c.Selection), braces: shape, key: this, vars: vars}, value)
}

// spelled returns the arguments of a field under the names of the source of c.
func spelled(args *Object, via *schema.Connector) *Object {
	out := NewObject()
	for _, name := range args.Names {
		out.Set(upstreamName(name, via), args.Get(name))
	}
	return out
}

// chosen is a selection from what is still to be looked up.
func (s scope) chosen(o *mapping.Object, d *deferred) *deferred {
	return &deferred{args: true, resolve: func(args *Object) any {
		v := d.resolve(args)
		if empty(v) {
			return v
		}
		return s.selection(o, v)
	}}
}
