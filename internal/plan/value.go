package plan

import "errors"

// Value is an input value of which some parts may be known only from the request's variables.
// Literals and variables are already in the upstream's spelling (enum values by their first alias).
type Value struct {
	Literal  []byte // JSON, if nothing in it is variable
	Variable int    // index of the variable, with Kind FromVariable
	Default  []byte // of FromVariable: used if the variable is absent; nil: none
	NonNull  bool   // of FromVariable: null is an error
	Kind     ValueKind
	Items    []Value  // of ListOf
	Members  []Member // of ObjectOf
}

// ValueKind says how a Value is made.
type ValueKind uint8

// Kinds of values. Absent is what an argument without value and without default is.
const (
	Absent ValueKind = iota
	Constant
	FromVariable
	ListOf
	ObjectOf
)

// Member is one field of an input object.
type Member struct {
	Name  string
	Value Value
}

// ErrNull is returned for a variable that is null where the argument's type does not allow it.
var ErrNull = errors.New("the variable is null but the argument may not be")

// Append appends the JSON text of v. ok is false if v is absent; then nothing was appended.
// vars holds the JSON text of each variable, nil for an absent one.
func (v *Value) Append(dst []byte, vars [][]byte) (out []byte, ok bool, err error) {
	switch v.Kind {
	case Constant:
		return append(dst, v.Literal...), true, nil
	case FromVariable:
		text := vars[v.Variable]
		if text == nil {
			text = v.Default
		}
		if text == nil {
			return dst, false, nil
		}
		if v.NonNull && string(text) == "null" {
			return dst, false, ErrNull
		}
		return append(dst, text...), true, nil
	case ListOf:
		dst = append(dst, '[')
		for i := range v.Items {
			if i > 0 {
				dst = append(dst, ',')
			}
			if dst, ok, err = v.Items[i].Append(dst, vars); err != nil {
				return dst, false, err
			}
			if !ok { // a missing variable in a list is null (GraphQL 6.4.1)
				dst = append(dst, "null"...)
			}
		}
		return append(dst, ']'), true, nil
	case ObjectOf:
		dst = append(dst, '{')
		mark := len(dst)
		for i := range v.Members {
			m := &v.Members[i]
			start := len(dst)
			if start > mark {
				dst = append(dst, ',')
			}
			dst = append(dst, '"')
			dst = append(dst, m.Name...)
			dst = append(dst, '"', ':')
			if dst, ok, err = m.Value.Append(dst, vars); err != nil {
				return dst, false, err
			}
			if !ok {
				dst = dst[:start]
			}
		}
		return append(dst, '}'), true, nil
	default:
		return dst, false, nil
	}
}
