package gatewaytest

import (
	"encoding/json"
	"math"
	"math/big"
	"strings"
	"time"
	"unicode"

	"manifold/internal/mapping"
)

func floatResult(op string, f, g float64) float64 {
	switch op {
	case "add":
		return f + g
	case "sub":
		return f - g
	case "mul":
		return f * g
	case "div":
		return f / g
	}
	return math.Mod(f, g)
}

func (s scope) textMethod(v any, step mapping.Step) any {
	text, isText := v.(string)
	number, isNumber := v.(json.Number)
	switch step.Name {
	case "toString":
		if v == nil {
			return ""
		}
		text, ok := scalarText(v)
		if !ok {
			misused()
		}
		return text
	case "jsonStringify":
		return stringify(v)
	case "parseInt":
		base := clamp(s.arg(step, 0), 10, 1000)
		if base < 2 || base > 36 || !isText && !isNumber {
			misused()
		}
		if isNumber {
			f, err := number.Float64()
			i, ok := exact(number)
			switch {
			case ok:
			case !strings.ContainsAny(number.String(), "eE"):
				r := rational(number)
				i = new(big.Int).Quo(r.Num(), r.Denom())
			case err != nil:
				return absent{}
			default:
				i, _ = big.NewFloat(f).Int(nil)
			}
			text = i.String()
		}
		n, ok := new(big.Int).SetString(text, base)
		if !ok || len(text) > 1000 {
			return absent{}
		}
		return json.Number(n.String())
	case "date":
		return s.date(v, step)
	}
	if !isText {
		misused()
	}
	switch step.Name {
	case "split":
		separator, ok := s.arg(step, 0).(string)
		if !ok {
			misused()
		}
		out := []any{}
		for part := range strings.SplitSeq(text, separator) {
			out = append(out, part)
		}
		return out[:clamp(s.arg(step, 1), len(out), len(out))]
	case "trimStart":
		return strings.TrimLeftFunc(text, unicode.IsSpace)
	case "trimEnd":
		return strings.TrimRightFunc(text, unicode.IsSpace)
	case "trim":
		return strings.TrimSpace(text)
	}
	parsed, err := Decode([]byte(strings.TrimPrefix(text, "\ufeff")))
	if err != nil {
		return absent{}
	}
	return parsed
}

// date knows the forms that the generators write.
func (s scope) date(v any, step mapping.Step) any {
	layout := strings.NewReplacer("YYYY", "2006", "MM", "01", "DD", "02", "HH", "15", "mm", "04", "ss", "05")
	to, _ := s.arg(step, 0).(string)
	from, _ := s.arg(step, 1).(string)
	var t time.Time
	err := error(nil)
	switch v := v.(type) {
	case json.Number:
		if from != "" && from != "seconds" && from != "millis" {
			return absent{}
		}
		f, errNumber := v.Float64()
		if from != "millis" {
			f *= 1000
		}
		if errNumber != nil || math.Abs(f) > 1<<50 {
			return absent{}
		}
		t = time.UnixMilli(int64(math.Floor(f)))
	case string:
		switch from {
		case "seconds", "millis":
			if number, err := Decode([]byte(v)); err == nil && strings.TrimSpace(v) == v {
				if n, ok := number.(json.Number); ok {
					return s.date(n, step)
				}
			}
			return absent{}
		case "", "iso":
			for _, l := range []string{time.RFC3339Nano, "2006-01-02T15:04:05", "2006-01-02"} {
				if t, err = time.Parse(l, v); err == nil {
					break
				}
			}
		default:
			t, err = time.Parse(layout.Replace(from), v)
		}
	default:
		misused()
	}
	if t = t.UTC(); err != nil || t.Year() < 0 || t.Year() > 9999 {
		return absent{}
	}
	switch to {
	case "iso":
		return t.Format("2006-01-02T15:04:05.999Z")
	case "seconds":
		return jsonInt(int(t.Unix()))
	case "millis":
		return jsonInt(int(t.UnixMilli()))
	}
	return t.Format(layout.Replace(to))
}
