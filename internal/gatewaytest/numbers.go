package gatewaytest

import (
	"encoding/json"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"manifold/internal/mapping"
	"manifold/internal/rawjson"
)

func (s scope) order(v any, step mapping.Step) any {
	other := s.arg(step, 0)
	order := 0
	switch v := v.(type) {
	case json.Number:
		n, ok := other.(json.Number)
		if other == nil {
			return nil
		}
		if !ok {
			misused()
		}
		order = rational(v).Cmp(rational(n))
	case string:
		text, ok := other.(string)
		if other == nil {
			return nil
		}
		if !ok {
			misused()
		}
		order = strings.Compare(v, text)
	default:
		misused()
	}
	switch step.Name {
	case "gt":
		return order > 0
	case "gte":
		return order >= 0
	case "lt":
		return order < 0
	}
	return order <= 0
}

func rational(n json.Number) *big.Rat {
	r, ok := new(big.Rat).SetString(n.String())
	if !ok {
		misused()
	}
	return r
}

func equalValues(a, b any) bool {
	switch a := a.(type) {
	case json.Number:
		b, ok := b.(json.Number)
		return ok && rational(a).Cmp(rational(b)) == 0
	case []any:
		b, ok := b.([]any)
		return ok && slices.EqualFunc(a, b, equalValues)
	case *Object:
		b, ok := b.(*Object)
		if !ok || len(a.Names) != len(b.Names) {
			return false
		}
		for _, name := range a.Names {
			if v := b.Get(name); isAbsent(v) || !equalValues(a.Members[name], v) {
				return false
			}
		}
		return true
	default:
		switch b.(type) {
		case json.Number, []any, *Object:
			return false
		}
		return a == b
	}
}

// calculate applies arithmetic: with rationals where all is whole, else with floats.
func (s scope) calculate(v any, step mapping.Step) any {
	n, ok := v.(json.Number)
	if !ok {
		misused()
	}
	for i := range step.Args {
		arg := s.arg(step, i)
		if arg == nil {
			return nil
		}
		m, ok := arg.(json.Number)
		if !ok {
			misused()
		}
		if n, ok = calculated(step.Name, n, m); !ok {
			return absent{}
		}
	}
	return n
}

// exact returns a number that is calculated with exactly: one without a fraction, of up to 64 digits if it has to be worked
// out how many there are.
func exact(n json.Number) (*big.Int, bool) {
	i, ok := integral(n)
	digits := len(strings.TrimPrefix(n.String(), "-"))
	if strings.ContainsAny(n.String(), ".eE") {
		digits = 1000
		if ok && len(new(big.Int).Abs(i).String()) > maxDigits {
			ok = false
		}
	}
	return i, ok && digits <= 1000
}

func calculated(op string, a, b json.Number) (json.Number, bool) {
	x, wholeX := exact(a)
	y, wholeY := exact(b)
	if wholeX && wholeY {
		n := new(big.Int)
		switch op {
		case "add":
			return json.Number(n.Add(x, y).String()), true
		case "sub":
			return json.Number(n.Sub(x, y).String()), true
		case "mul":
			return json.Number(n.Mul(x, y).String()), true
		}
		if y.Sign() == 0 {
			return "", false
		}
		if op == "mod" {
			return json.Number(n.Rem(x, y).String()), true
		}
		q := new(big.Rat).SetFrac(x, y)
		if q.IsInt() {
			return json.Number(q.Num().String()), true
		}
		f, _ := q.Float64()
		return floatNumber(f)
	}
	f, errF := strconv.ParseFloat(a.String(), 64)
	g, errG := strconv.ParseFloat(b.String(), 64)
	if errF != nil || errG != nil {
		return "", false
	}
	return floatNumber(floatResult(op, f, g))
}

func floatNumber(f float64) (json.Number, bool) {
	if f == 0 {
		f = 0 // not -0
	}
	text, err := json.Marshal(f)
	if err != nil { // infinite, or no number
		return "", false
	}
	return json.Number(text), true
}

// stringify is the JSON text of v as the gateway spells it.
func stringify(v any) string {
	switch v := v.(type) {
	case string:
		return string(rawjson.Quote(nil, v))
	case []any:
		var parts []string
		for _, item := range v {
			parts = append(parts, stringify(item))
		}
		return "[" + strings.Join(parts, ",") + "]"
	case *Object:
		var parts []string
		for _, name := range v.Names {
			parts = append(parts, string(rawjson.Quote(nil, name))+":"+stringify(v.Members[name]))
		}
		return "{" + strings.Join(parts, ",") + "}"
	}
	return Encode(v)
}
