package gatewaytest

import (
	"encoding/json"
	"math/big"
	"strconv"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"manifold/schema"
)

// maxDigits is how many digits a number may have as an ID.
const maxDigits = 64

// leaf writes a scalar or enum value that is not null. ok is false if v does not fit the type.
//
// Chosen where the specifications leave freedom: an Int is any number that is integral and within 32 bits (1.0 and 1e2 are)
// and is written as digits; a Float keeps its text; a String takes numbers and booleans by their text; an ID takes strings
// and integral numbers, the latter by their digits; a custom scalar takes any JSON as it is.
func leaf(t *schema.Type, v any) (text string, ok bool) {
	if t.Kind == ast.Enum {
		s, isString := v.(string)
		name, known := t.Values[s]
		return quote(name), isString && known && !t.Hidden[name]
	}
	switch t.Name {
	case "Int":
		n, ok := integral(v)
		if !ok || !n.IsInt64() || n.Int64() != int64(int32(n.Int64())) {
			return "", false
		}
		return n.String(), true
	case "Float":
		n, isNumber := v.(json.Number)
		if !isNumber {
			return "", false
		}
		_, err := strconv.ParseFloat(n.String(), 64)
		return n.String(), err == nil
	case "String":
		s, ok := scalarText(v)
		return quote(s), ok
	case "Boolean":
		b, ok := v.(bool)
		return strconv.FormatBool(b), ok
	case "ID":
		if s, isString := v.(string); isString {
			return quote(s), true
		}
		n, ok := integral(v)
		if !ok || len(strings.TrimPrefix(n.String(), "-")) > maxDigits {
			return "", false
		}
		return quote(n.String()), true
	default:
		return Encode(v), true
	}
}

// integral returns the value of a number without a fraction. Exponents beyond 400 are not looked at: no such number is of
// use, and its digits could fill the memory.
func integral(v any) (*big.Int, bool) {
	n, ok := v.(json.Number)
	if !ok {
		return nil, false
	}
	if _, exponent, ok := strings.Cut(strings.ToLower(n.String()), "e"); ok {
		if e, err := strconv.Atoi(exponent); err != nil || e > 400 || e < -400 {
			return nil, false
		}
	}
	r, ok := new(big.Rat).SetString(n.String())
	if !ok || !r.IsInt() {
		return nil, false
	}
	return r.Num(), true
}
