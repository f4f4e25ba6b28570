package gatewaytest

import (
	"encoding/json"

	"github.com/vektah/gqlparser/v2/ast"

	"manifold/schema"
)

// arguments is CoerceArgumentValues (GraphQL 6.4.1) for a document that is already valid. Enum values are in the
// upstream's spelling. An argument without a value is not in the object.
func (x *execution) arguments(f *schema.Field, field *ast.Field) *Object {
	out := NewObject()
	for _, arg := range f.Args {
		v := any(absent{})
		if given := field.Arguments.ForName(arg.Name); given != nil {
			v = x.literal(given.Value, arg.Type)
		}
		if isAbsent(v) && arg.Default != nil {
			v = x.literal(arg.Default, arg.Type)
		}
		if !isAbsent(v) {
			out.Set(arg.Name, v)
		}
	}
	return out
}

// literal coerces a value written in a document or schema to type t. A variable without a value is absent{}.
func (x *execution) literal(v *ast.Value, t *ast.Type) any {
	switch v.Kind {
	case ast.Variable:
		if known, ok := x.variables[v.Raw]; ok {
			return known // coerced to the variable's own type, which fits
		}
		return absent{}
	case ast.NullValue:
		return nil
	}
	if t.Elem != nil {
		if v.Kind != ast.ListValue {
			return []any{x.literal(v, t.Elem)}
		}
		list := []any{}
		for _, child := range v.Children {
			item := x.literal(child.Value, t.Elem)
			if isAbsent(item) {
				item = nil
			}
			list = append(list, item)
		}
		return list
	}
	named := x.model.Types[t.NamedType]
	switch {
	case named.Kind == ast.InputObject:
		out := NewObject()
		for _, f := range named.Order { // a default of the schema may give what clients do not see
			m := any(absent{})
			if given := v.Children.ForName(f.Name); given != nil {
				m = x.literal(given, f.Type)
			}
			if isAbsent(m) && f.Def.DefaultValue != nil {
				m = x.literal(f.Def.DefaultValue, f.Type)
			}
			if !isAbsent(m) {
				out.Set(f.Name, m)
			}
		}
		return out
	case named.Kind == ast.Enum:
		return named.Send[v.Raw]
	case v.Kind == ast.BooleanValue:
		return v.Raw == "true"
	case v.Kind == ast.IntValue && named.Name == "ID":
		return v.Raw
	case v.Kind == ast.IntValue, v.Kind == ast.FloatValue:
		return json.Number(v.Raw)
	case v.Kind == ast.ListValue:
		list := []any{}
		for _, child := range v.Children {
			list = append(list, x.literal(child.Value, t))
		}
		return list
	case v.Kind == ast.ObjectValue:
		out := NewObject()
		for _, child := range v.Children {
			out.Set(child.Name, x.literal(child.Value, t))
		}
		return out
	default:
		return v.Raw
	}
}

// coerceVariables is CoerceVariableValues (GraphQL 6.1.2) for values that are known to fit.
func (x *execution) coerceVariables() map[string]any {
	out := map[string]any{}
	for _, def := range x.request.Operation.VariableDefinitions {
		v := any(absent{})
		if x.request.Variables != nil {
			v = x.request.Variables.Get(def.Variable)
		}
		switch {
		case !isAbsent(v):
			out[def.Variable] = x.input(v, def.Type)
		case def.DefaultValue != nil:
			out[def.Variable] = x.literal(def.DefaultValue, def.Type)
		}
	}
	return out
}

// input coerces a decoded JSON value to type t.
func (x *execution) input(v any, t *ast.Type) any {
	if v == nil {
		return nil
	}
	if t.Elem != nil {
		items, ok := v.([]any)
		if !ok {
			return []any{x.input(v, t.Elem)}
		}
		list := []any{}
		for _, item := range items {
			list = append(list, x.input(item, t.Elem))
		}
		return list
	}
	named := x.model.Types[t.NamedType]
	switch v := v.(type) {
	case *Object:
		if named.Kind != ast.InputObject {
			return v
		}
		out := NewObject()
		for _, f := range named.Order {
			m := v.Get(f.Name)
			switch {
			case !isAbsent(m) && !f.Hidden:
				out.Set(f.Name, x.input(m, f.Type))
			case f.Def.DefaultValue != nil:
				out.Set(f.Name, x.literal(f.Def.DefaultValue, f.Type))
			}
		}
		return out
	case string:
		if named.Kind == ast.Enum {
			return named.Send[v]
		}
	case json.Number:
		if named.Name == "ID" {
			return v.String()
		}
	}
	return v
}
