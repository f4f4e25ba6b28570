package schema

import (
	"github.com/vektah/gqlparser/v2/ast"
)

// use is one directive of our language on one element, taken out of the tree. Its names, types and required parts are
// checked; a reader must still expect any argument to be absent, because a faulty one was reported and left as it is.
type use struct {
	name string
	dir  *ast.Directive
	at   place
	// faulty: problems were found in it, so that something missing may only be misspelt.
	faulty bool
}

// arg returns the value of an argument, or nil if it is absent or null.
func (u *use) arg(name string) *ast.Value {
	if a := u.dir.Arguments.ForName(name); a != nil && a.Value != nil && a.Value.Kind != ast.NullValue {
		return a.Value
	}
	return nil
}

// member returns the value of a member of an input object, or nil if it is absent or null.
func member(v *ast.Value, name string) *ast.Value {
	if v == nil || v.Kind != ast.ObjectValue {
		return nil
	}
	if m := v.Children.ForName(name); m != nil && m.Kind != ast.NullValue {
		return m
	}
	return nil
}

// items returns the values of a list; a single value counts as a list of one (GraphQL 3.11).
func items(v *ast.Value) []*ast.Value {
	if v == nil {
		return nil
	}
	if v.Kind != ast.ListValue {
		return []*ast.Value{v}
	}
	out := make([]*ast.Value, 0, len(v.Children))
	for _, c := range v.Children {
		out = append(out, c.Value)
	}
	return out
}

// text returns the text of a string value. ok is false for every other value, nil included.
func text(v *ast.Value) (s string, ok bool) {
	if v == nil || (v.Kind != ast.StringValue && v.Kind != ast.BlockValue) {
		return "", false
	}
	return v.Raw, true
}

// truth returns the value of a Boolean, or otherwise if there is none.
func truth(v *ast.Value, otherwise bool) bool {
	if v == nil || v.Kind != ast.BooleanValue {
		return otherwise
	}
	return v.Raw == "true"
}

func usesOf(uses []*use, name string) []*use {
	var out []*use
	for _, u := range uses {
		if u.name == name {
			out = append(out, u)
		}
	}
	return out
}

func first(uses []*use, name string) *use {
	for _, u := range uses {
		if u.name == name {
			return u
		}
	}
	return nil
}

// uses holds the decoded directives of elements that have no struct of their own here.
type uses struct {
	schema map[*ast.Source][]*use
	fields map[*ast.FieldDefinition][]*use
	values map[*ast.EnumValueDefinition][]*use
	args   map[*ast.ArgumentDefinition][]*use
	faulty map[*ast.FieldDefinition]bool // a directive could not be read: the field may be bound
}
