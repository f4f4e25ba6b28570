package aggregation

import (
	"manifold/internal/plan"
	"manifold/internal/rawjson"
)

// appendFit appends value, which is valid JSON, as f says that it is to be written. What cannot be written so is left as it is:
// the service says what it thinks of it.
func appendFit(dst, value []byte, f *plan.Fit) []byte {
	if f == nil || len(value) == 0 {
		return append(dst, value...)
	}
	switch rawjson.KindOf(value[0]) {
	case rawjson.Array:
		return appendItemsFit(dst, value, f)
	case rawjson.Object:
		return appendMembersFit(dst, value, f)
	case rawjson.String:
		return appendStringFit(dst, value, f.As)
	case rawjson.Number:
		if f.As == plan.AsInt {
			if out, ok := rawjson.IntegerText(dst, value); ok {
				return out
			}
		}
	case rawjson.Null:
		return append(dst, value...)
	}
	if f.As != plan.AsText {
		return append(dst, value...)
	}
	dst = append(dst, '"')
	dst = append(dst, value...)
	return append(dst, '"')
}

// appendStringFit appends a string, or what is in it if that is wanted.
func appendStringFit(dst, value []byte, as plan.Spelling) []byte {
	text := value[1 : len(value)-1]
	switch as {
	case plan.AsInt:
		if isNumber(text) {
			if out, ok := rawjson.IntegerText(dst, text); ok {
				return out
			}
		}
	case plan.AsFloat:
		if isNumber(text) {
			return append(dst, text...)
		}
	case plan.AsBoolean:
		if string(text) == "true" || string(text) == "false" {
			return append(dst, text...)
		}
	}
	return append(dst, value...)
}

// isNumber reports whether text is a number as JSON writes it.
func isNumber(text []byte) bool {
	if len(text) == 0 || rawjson.KindOf(text[0]) != rawjson.Number {
		return false
	}
	end, _, err := rawjson.SkipNumber(text, 0)
	return err == nil && end == len(text)
}

func appendItemsFit(dst, value []byte, f *plan.Fit) []byte {
	dst = append(dst, '[')
	first := true
	_, _ = rawjson.Elements(value, 0, func(item []byte) error { // value is valid
		if !first {
			dst = append(dst, ',')
		}
		first = false
		dst = appendFit(dst, item, f)
		return nil
	})
	return append(dst, ']')
}

func appendMembersFit(dst, value []byte, f *plan.Fit) []byte {
	if f.Members == nil {
		return append(dst, value...)
	}
	dst = append(dst, '{')
	first := true
	_, _ = rawjson.Members(value, 0, func(key, item []byte) error { // value is valid
		if !first {
			dst = append(dst, ',')
		}
		first = false
		dst = append(append(dst, key...), ':')
		dst = appendFit(dst, item, f.Members[string(key[1:len(key)-1])])
		return nil
	})
	return append(dst, '}')
}
