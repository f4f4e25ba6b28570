package resolvers

import (
	"github.com/vektah/gqlparser/v2/ast"

	"manifold/internal/plan"
	"manifold/schema"
)

// planType compiles the type of a field for the projection.
func planType(t *ast.Type, named *schema.Type) plan.Type {
	out := plan.Type{Name: t.String(), Kind: kindOf(named)}
	for depth := 0; ; depth++ {
		if t.NonNull {
			out.NonNull |= 1 << depth
		}
		if t.Elem == nil {
			out.Lists = depth
			break
		}
		t = t.Elem
	}
	if out.Kind == plan.Enum {
		out.Enum = make(map[string][]byte, len(named.Values))
		for spelling, name := range named.Values {
			if !named.Hidden[name] {
				out.Enum[spelling] = []byte(`"` + name + `"`)
			}
		}
	}
	return out
}

func kindOf(t *schema.Type) plan.Kind {
	switch t.Kind {
	case ast.Object, ast.Interface, ast.Union:
		return plan.Composite
	case ast.Enum:
		return plan.Enum
	}
	switch t.Name {
	case "Int":
		return plan.Int
	case "Float":
		return plan.Float
	case "String":
		return plan.String
	case "Boolean":
		return plan.Boolean
	case "ID":
		return plan.ID
	}
	return plan.JSON
}

// composite reports whether values of t are objects.
func composite(t *schema.Type) bool { return kindOf(t) == plan.Composite }

// listDepth is the number of list wrappers of t.
func listDepth(t *ast.Type) int {
	n := 0
	for ; t.Elem != nil; t = t.Elem {
		n++
	}
	return n
}

// possible returns the concrete types that a value of t may have for clients.
func possible(t *schema.Type) []*schema.Type {
	if t.Kind == ast.Object {
		return []*schema.Type{t}
	}
	return t.Possible
}
