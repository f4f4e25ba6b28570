package resolvers

import (
	"slices"

	"github.com/vektah/gqlparser/v2/ast"

	"manifold/internal/plan"
	"manifold/internal/rawjson"
	"manifold/schema"
)

// argument compiles the value of an argument (GraphQL 6.4.1): what the client wrote, else the default.
func (c *compilation) argument(arg *schema.Arg, field *ast.Field) plan.Value {
	if given := field.Arguments.ForName(arg.Name); given != nil {
		return c.value(given.Value, arg.Type, arg.Named, arg.Default)
	}
	if arg.Default != nil {
		return c.value(arg.Default, arg.Type, arg.Named, nil)
	}
	return plan.Value{}
}

// value compiles an input value of type t. whenAbsent is the default used if v is a variable without a value.
// The document is already validated, so every literal fits its type.
func (c *compilation) value(v *ast.Value, t *ast.Type, named *schema.Type, whenAbsent *ast.Value) plan.Value {
	switch {
	case v.Kind == ast.Variable:
		out := plan.Value{Kind: plan.FromVariable, Variable: slices.Index(c.variables, v.Raw), NonNull: t.NonNull}
		if whenAbsent != nil {
			out.Default = c.value(whenAbsent, t, named, nil).Literal
		}
		return out
	case v.Kind == ast.NullValue:
		return constant([]byte("null"))
	case t.Elem != nil:
		if v.Kind != ast.ListValue { // a single value stands for a list of one (GraphQL 3.11)
			return c.list([]plan.Value{c.value(v, t.Elem, named, nil)})
		}
		items := make([]plan.Value, 0, len(v.Children))
		for _, child := range v.Children {
			items = append(items, c.value(child.Value, t.Elem, named, nil))
		}
		return c.list(items)
	case named.Kind == ast.InputObject:
		return c.inputObject(v, named)
	case named.Kind == ast.Enum:
		return constant(rawjson.Quote(nil, named.Send[v.Raw]))
	default:
		return c.scalar(v, named)
	}
}

func constant(json []byte) plan.Value { return plan.Value{Kind: plan.Constant, Literal: json} }

func (c *compilation) list(items []plan.Value) plan.Value {
	return fold(plan.Value{Kind: plan.ListOf, Items: items})
}

// inputObject compiles an input object in the order of its type's fields, defaults filled in.
func (c *compilation) inputObject(v *ast.Value, named *schema.Type) plan.Value {
	var members []plan.Member
	for _, f := range named.Order {
		var m plan.Value
		switch given := v.Children.ForName(f.Name); {
		case given != nil:
			m = c.value(given, f.Type, f.Named, f.Def.DefaultValue)
		case f.Def.DefaultValue != nil:
			m = c.value(f.Def.DefaultValue, f.Type, f.Named, nil)
		default:
			continue
		}
		members = append(members, plan.Member{Name: f.Name, Value: m})
	}
	return fold(plan.Value{Kind: plan.ObjectOf, Members: members})
}

// fold makes a literal of a list or object in which nothing is variable.
func fold(v plan.Value) plan.Value {
	for _, item := range v.Items {
		if item.Kind != plan.Constant {
			return v
		}
	}
	for _, m := range v.Members {
		if m.Value.Kind != plan.Constant {
			return v
		}
	}
	text, _, _ := v.Append(nil, nil) // constants cannot fail
	return constant(text)
}

// scalar compiles a literal of a built-in or custom scalar. A custom scalar takes any literal (GraphQL 3.5): objects and
// lists in it may hold variables, enum values become strings.
func (c *compilation) scalar(v *ast.Value, named *schema.Type) plan.Value {
	switch v.Kind {
	case ast.Variable:
		return plan.Value{Kind: plan.FromVariable, Variable: slices.Index(c.variables, v.Raw)}
	case ast.NullValue:
		return constant([]byte("null"))
	case ast.IntValue:
		if named.Name == "ID" || named.Name == "String" {
			return constant(rawjson.Quote(nil, v.Raw))
		}
		return constant([]byte(v.Raw))
	case ast.FloatValue, ast.BooleanValue:
		return constant([]byte(v.Raw))
	case ast.ListValue:
		items := make([]plan.Value, 0, len(v.Children))
		for _, child := range v.Children {
			items = append(items, c.scalar(child.Value, named))
		}
		return c.list(items)
	case ast.ObjectValue:
		var members []plan.Member
		for _, child := range v.Children {
			members = append(members, plan.Member{Name: child.Name, Value: c.scalar(child.Value, named)})
		}
		return fold(plan.Value{Kind: plan.ObjectOf, Members: members})
	default:
		return constant(rawjson.Quote(nil, v.Raw))
	}
}
