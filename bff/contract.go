package bff

import (
	"github.com/vektah/gqlparser/v2/ast"

	"manifold/internal/plan"
	"manifold/schema"
)

// inputs describes input types, each once: they may hold themselves.
type inputs struct {
	model *schema.Gateway
	named map[string]*plan.Answer
}

func newInputs(model *schema.Gateway) *inputs {
	return &inputs{model: model, named: map[string]*plan.Answer{}}
}

// of describes what a value of an input type looks like as JSON.
func (in *inputs) of(t *ast.Type) *plan.Answer {
	if t.Elem != nil {
		return &plan.Answer{Kind: plan.AnswerList, Nullable: !t.NonNull, Item: in.of(t.Elem)}
	}
	a := *in.name(t.NamedType)
	a.Nullable = !t.NonNull
	return &a
}

// name describes a named input type that may not be null.
func (in *inputs) name(name string) *plan.Answer {
	if a := in.named[name]; a != nil {
		return a
	}
	t := in.model.Types[name]
	a := &plan.Answer{Name: name, Kind: scalarKind(name)}
	in.named[name] = a
	if t.Def != nil {
		a.Description = t.Def.Description
	}
	switch t.Kind {
	case ast.Enum:
		a.Kind, a.Shared = plan.AnswerEnum, true
		for _, v := range t.Def.EnumValues {
			a.Enum = append(a.Enum, v.Name)
		}
	case ast.InputObject:
		a.Kind, a.Shared = plan.AnswerObject, true
		for _, f := range t.Order {
			if f.Hidden {
				continue
			}
			a.Members = append(a.Members, plan.AnswerMember{
				Name: f.Name, Type: in.of(f.Type), Optional: !f.Type.NonNull || f.Def.DefaultValue != nil,
				Description: f.Def.Description, Deprecated: deprecation(f.Def.Directives),
			})
		}
	case ast.Scalar:
		if t.Def != nil {
			if d := t.Def.Directives.ForName("specifiedBy"); d != nil {
				a.Format = schema.Given(d, "url").Raw
			}
		}
	case ast.Object, ast.Interface, ast.Union: // no input
	}
	return a
}

func scalarKind(name string) plan.AnswerKind {
	switch name {
	case "Int":
		return plan.AnswerInt
	case "Float":
		return plan.AnswerFloat
	case "String":
		return plan.AnswerString
	case "Boolean":
		return plan.AnswerBoolean
	case "ID":
		return plan.AnswerID
	default:
		return plan.AnswerAny
	}
}

func deprecation(list ast.DirectiveList) string {
	d := list.ForName("deprecated")
	if d == nil {
		return ""
	}
	if v := schema.Given(d, "reason"); v != nil && v.Raw != "" {
		return v.Raw
	}
	return "No longer supported"
}

// Parameter is a parameter of a route as its clients see it: a variable, or a member of an input object in the query.
type Parameter struct {
	Name        string // "filter.name"
	In          Place
	Type        *plan.Answer
	Required    bool
	JSON        bool // its text is JSON
	Description string
	Deprecated  string
	Default     string // GraphQL's text of the default, "" without one
}

// Parameters are what a request may have besides its body, in the order of the variables.
func (o *Operation) Parameters() (out []Parameter) {
	for i := range o.Variables {
		v := &o.Variables[i]
		if v.In == InBody || v.In == InClaim {
			continue
		}
		p := Parameter{Name: v.Key, In: v.In, Type: v.Shape, Required: v.Required(), Description: v.Description()}
		if v.In == InPath {
			p.Name = v.Name
		}
		if d := v.Definition.DefaultValue; d != nil {
			p.Default = d.String()
		}
		switch {
		case v.In != InQuery || v.Type.Kind != ast.InputObject:
			out = append(out, p)
		case v.Definition.Type.Elem == nil && flat(v.Type, map[*schema.Type]bool{}):
			out = flatten(out, p)
		default:
			p.JSON = true
			out = append(out, p)
		}
	}
	return out
}

// flat reports whether an input object can be written as parameters for its members.
func flat(t *schema.Type, inside map[*schema.Type]bool) bool {
	if inside[t] {
		return false
	}
	inside[t] = true
	defer delete(inside, t)
	for _, f := range t.Order {
		if !f.Hidden && f.Named.Kind == ast.InputObject && (f.Type.Elem != nil || !flat(f.Named, inside)) {
			return false
		}
	}
	return true
}

// flatten appends a parameter for each member of an object.
func flatten(out []Parameter, of Parameter) []Parameter {
	for i := range of.Type.Members {
		m := &of.Type.Members[i]
		p := Parameter{
			Name: of.Name + "." + m.Name, In: of.In, Type: m.Type, Required: of.Required && !m.Optional,
			Description: m.Description, Deprecated: m.Deprecated,
		}
		if m.Type.Kind == plan.AnswerObject {
			out = flatten(out, p)
			continue
		}
		out = append(out, p)
	}
	return out
}

// Description says what a variable is for: the text above it, or of the argument that takes it.
func (v *Variable) Description() string { return v.about }

// Body describes the JSON that a route takes, nil if it takes none. Required reports whether it has to be there.
func (o *Operation) Body() (body *plan.Answer, required bool) {
	for i := range o.Variables {
		v := &o.Variables[i]
		if v.In != InBody {
			continue
		}
		required = required || v.Required()
		if len(v.Steps) == 0 {
			return v.Shape, required
		}
		if body == nil {
			body = &plan.Answer{Kind: plan.AnswerObject}
		}
		put(body, v.Steps, v)
	}
	return body, required
}

// put adds a variable to the description of a body.
func put(body *plan.Answer, steps []string, v *Variable) {
	for i := range body.Members {
		m := &body.Members[i]
		if m.Name == steps[0] && len(steps) > 1 {
			m.Optional = m.Optional && !v.Required()
			put(m.Type, steps[1:], v)
			return
		}
	}
	if len(steps) == 1 {
		body.Members = append(body.Members, plan.AnswerMember{Name: steps[0], Type: v.Shape, Optional: !v.Required(), Description: v.about})
		return
	}
	inner := &plan.Answer{Kind: plan.AnswerObject}
	put(inner, steps[1:], v)
	body.Members = append(body.Members, plan.AnswerMember{Name: steps[0], Type: inner, Optional: !v.Required()})
}

// Statuses are the statuses of problems that a route may answer with, in order.
func (o *Operation) Statuses() []int {
	out := []int{}
	add := func(when bool, statuses ...int) {
		if when {
			out = append(out, statuses...)
		}
	}
	calls := o.calls()
	input := o.Has(InQuery) || o.Has(InPath) || o.Has(InHeader) || o.Has(InCookie) || o.Has(InBody) || o.Route.Strict
	add(input, 400)
	add(true, 401)
	add(o.Guard.needed() || o.Has(InClaim) || calls, 403)
	add(o.finds || calls, 404)
	add(o.Has(InBody), 408, 413, 415)
	add(true, 500)
	add(calls, 502, 503, 504)
	return out
}

// calls reports whether anything is asked for the answer.
func (o *Operation) calls() bool {
	for _, part := range o.Plan.Parts {
		for _, l := range part.Loaders {
			if l.Request != nil {
				return true
			}
		}
	}
	return false
}
