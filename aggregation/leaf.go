package aggregation

import (
	"strconv"

	"manifold/internal/plan"
	"manifold/internal/rawjson"
)

// leaf writes a scalar or enum if what was found is one (GraphQL 3.5, result coercion); else it writes nothing.
func (f *frame) leaf(t *plan.Type, s slot) bool {
	if !s.token() {
		return false
	}
	token := f.bytes(s)
	switch t.Kind {
	case plan.String:
		return f.writeText(s, token)
	case plan.Int:
		return f.writeInt(s, token)
	case plan.ID:
		return f.writeID(s, token)
	case plan.Boolean:
		if s.kind != truth && s.kind != untrue {
			return false
		}
	case plan.Float:
		if s.kind != number || !rawjson.FiniteFloat(token) {
			return false
		}
	case plan.Enum:
		return f.writeEnum(t, s, token)
	case plan.JSON:
	default:
		return false
	}
	f.out = append(f.out, token...)
	return true
}

// writeText writes a String: JSON strings as they are, numbers and booleans as their text, as graphql-js does.
func (f *frame) writeText(s slot, token []byte) bool {
	switch s.kind {
	case text:
		f.out = append(f.out, token...)
	case number, truth, untrue:
		f.out = append(f.out, '"')
		f.out = append(f.out, token...)
		f.out = append(f.out, '"')
	default:
		return false
	}
	return true
}

// writeInt writes an integral number of 32 bits and nothing else.
func (f *frame) writeInt(s slot, token []byte) bool {
	if s.kind != number {
		return false
	}
	if s.plain && len(token) <= 9 && token[0] != '-' { // cannot overflow
		f.out = append(f.out, token...)
		return true
	}
	v, ok := rawjson.Int32(token)
	if !ok {
		return false
	}
	f.out = strconv.AppendInt(f.out, int64(v), 10)
	return true
}

// writeID writes a string as it is, an integral number as a string of its digits.
func (f *frame) writeID(s slot, token []byte) bool {
	switch s.kind {
	case text:
		f.out = append(f.out, token...)
		return true
	case number:
		mark := len(f.out)
		f.out = append(f.out, '"')
		if s.plain && token[0] != '-' {
			f.out = append(f.out, token...)
		} else {
			var ok bool
			if f.out, ok = rawjson.IntegerText(f.out, token); !ok {
				f.out = f.out[:mark]
				return false
			}
		}
		f.out = append(f.out, '"')
		return true
	default:
		return false
	}
}

// writeEnum writes the name for one of the spellings of an enum value.
func (f *frame) writeEnum(t *plan.Type, s slot, token []byte) bool {
	if s.kind != text {
		return false
	}
	spelling := token[1 : len(token)-1]
	if !s.plain {
		spelling = rawjson.Unquote(nil, token)
	}
	name, ok := t.Enum[string(spelling)]
	f.out = append(f.out, name...)
	return ok
}
