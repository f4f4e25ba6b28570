package gatewaytest

import (
	"strings"
	"testing"
)

func TestDecodeRefuses(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"invalid UTF-8":       "\"\xff\"",
		"lone high surrogate": `"\ud800"`,
		"lone low surrogate":  `["\udc00"]`,
		"high then no low":    `"\ud800\u0041"`,
		"two values":          `1 2`,
		"truncated":           `{"a":[1`,
		"leading zero":        `01`,
		"control character":   "\"\x01\"",
		"not a number":        `NaN`,
		"nothing":             ``,
		"201 levels":          strings.Repeat("[", 201) + strings.Repeat("]", 201),
	} {
		if v, err := Decode([]byte(text)); err == nil {
			t.Errorf("%s: %q is read as %s", name, text, Encode(v))
		}
	}
}

func TestCanonical(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ text, want string }{
		{` { "b" : 1.0 , "a" : [ ] } `, `{"b":1.0,"a":[]}`},
		{`{"a":1,"\u0061":2}`, `{"a":2}`},
		{`"\ud83d\ude00 \u00e9 \/ \\ \""`, `"😀 é / \\ \""`},
		{`[1e400,12345678901234567890.10,-0]`, `[1e400,12345678901234567890.10,-0]`},
		{`"<&>"`, `"<&>"`},
		{strings.Repeat("[", 200) + strings.Repeat("]", 200), strings.Repeat("[", 200) + strings.Repeat("]", 200)},
	} {
		if have, err := Canonical([]byte(test.text)); err != nil || have != test.want {
			t.Errorf("%s: have %s %v, want %s", test.text, have, err, test.want)
		}
	}
}
