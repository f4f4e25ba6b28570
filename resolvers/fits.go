package resolvers

import (
	"github.com/vektah/gqlparser/v2/ast"

	"manifold/internal/introspect"
	"manifold/internal/plan"
)

// fits makes the Fit of types of a GraphQL service: of its input objects, and of its entities as representations name them.
type fits struct {
	schema *introspect.Schema
	entity *ast.Definition // what _Any is, or nil
	made   map[string]*plan.Fit
}

// of returns the Fit of a type, nil if nothing of it is written otherwise than it is found.
func (x *fits) of(t *ast.Type) *plan.Fit {
	name := t.Name()
	switch name {
	case "String", "ID":
		return &plan.Fit{As: plan.AsText}
	case "Int":
		return &plan.Fit{As: plan.AsInt}
	case "Float":
		return &plan.Fit{As: plan.AsFloat}
	case "Boolean":
		return &plan.Fit{As: plan.AsBoolean}
	}
	def := x.schema.Types[name]
	if name == "_Any" && x.entity != nil {
		def = x.entity
	}
	if def == nil || def.Kind != ast.InputObject && def.Kind != ast.Object {
		return nil
	}
	if have, ok := x.made[def.Name]; ok {
		return have
	}
	f := &plan.Fit{Members: map[string]*plan.Fit{}}
	x.made[def.Name] = f
	for _, member := range def.Fields {
		f.Members[member.Name] = x.of(member.Type)
	}
	return f
}
