package template

import (
	"errors"
	"strings"
	"testing"
)

func TestText(t *testing.T) {
	t.Parallel()
	env := vars{"args.id": `7`, "args.s": `"a \"b\" é {x}"`, "args.none": `null`, "args.blank": `""`, "args.tab": `"a\tb"`}
	for _, c := range []struct {
		text, want string
		present    bool
	}{
		{"plain", "plain", true},
		{"", "", true},
		{"{$args.id}", "7", true},
		{"Bearer {$args.s}!", `Bearer a "b" é {x}!`, true},
		{"{$args.none}", "", false},
		{"{$args.gone}", "", false},
		{"a{$args.none}b", "ab", true},
		{"{$args.none}{$args.none}", "", true},
		{"{$args.blank}", "", true},
		{"{$args.tab}", "a\tb", true},
		{`{$("{")}x}`, "{x}", true},
		{"\n  a,\n\n  b {$args.id}\r\n  c \n", "a, b 7 c", true},
		{"${$args.id}", "$7", true},
	} {
		x, err := ParseText(c.text)
		if err != nil {
			t.Errorf("%q: %v", c.text, err)
			continue
		}
		got, present, err := x.Append([]byte("#"), env, nil)
		if err != nil || present != c.present || string(got) != "#"+c.want {
			t.Errorf("%q: got %q, %v, %v, want %q", c.text, got, present, err, c.want)
		}
	}
}

func TestTextErrors(t *testing.T) {
	t.Parallel()
	env := vars{"args.cr": `"a\rb"`, "args.lf": `"a\nSet-Cookie: x"`, "args.nul": `"\u0000"`, "args.list": `["a"]`, "args.object": `{}`, "args.del": `"` + "\x7f" + `"`}
	for _, c := range []struct{ text, message string }{
		{"x{$args.cr}", "holds a control character"},
		{"x{$args.lf}", "holds a control character"},
		{"{$args.nul}", "holds a control character"},
		{"{$args.del}", "holds a control character"},
		{"{$args.list}", "is a list"},
		{"{$args.object}", "is an object"},
		{"{$args.object->joinNotNull(',')}", "failed: the method `joinNotNull`"},
	} {
		x, err := ParseText(c.text)
		if err != nil {
			t.Errorf("%q: %v", c.text, err)
			continue
		}
		got, present, err := x.Append([]byte("#"), env, nil)
		var fault *ValueError
		if !errors.As(err, &fault) || !strings.Contains(fault.Error(), c.message) || present || string(got) != "#" {
			t.Errorf("%q: got %q, %v, %v", c.text, got, present, err)
		}
	}
	for text, at := range map[string]int{"a\x01": 1, "a{": 1, "a{$x": 1, "a{$x y}": 5, "a{$x.}": 5} {
		_, err := ParseText(text)
		if fault := (*SyntaxError)(nil); !errors.As(err, &fault) || fault.At != at {
			t.Errorf("%q: got %v, want %d", text, err, at)
		}
	}
}
