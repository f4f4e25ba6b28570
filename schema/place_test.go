package schema_test

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// TestPlacesInsideStrings: a problem in a text points to the character itself, which each case marks by ^ behind it.
func TestPlacesInsideStrings(t *testing.T) {
	t.Parallel()
	for name, selection := range map[string]string{
		"plain":                   `"id x: $.y->frist^"`,
		"behind escapes":          `"\u0069d \"x\": $.y->frist^"`,
		"behind wide characters":  `"id # 日本語 😀\n x: $.'é'->frist^"`,
		"behind braced escapes":   `"id # \u{1F600}\u{e9}\n x: $.y->frist^"`,
		"block":                   "\"\"\"id x: $.y->frist^\"\"\"",
		"indented block":          "\"\"\"\n\n      id\n      # é\n        x: $.y->frist^\n    \"\"\"",
		"block with CRLF":         "\"\"\"\r\n    id\r\n    x: $.y->frist^\r\n\"\"\"",
		"block behind its quotes": "\"\"\"   id\n    x: $.y->frist^\n\"\"\"",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := "type Query { é: A @connect(selection: \"$(1)\") }\n"
			text = strings.Replace(text, "é", "e", 1) + "# é\r\n" + src +
				`extend type Query { a: A @connect(source: "a", http: { GET: "/a" }, selection: ` + selection + ") }\ntype A { id: ID x: Int }"
			before, after, _ := strings.Cut(text, "^")
			before = strings.TrimSuffix(before, "frist")
			lines := strings.Split(before, "\n")
			line, column := len(lines), utf8.RuneCountInString(lines[len(lines)-1])+1
			_, ps := load(t, before+"frist"+after)
			for _, p := range ps {
				if strings.Contains(p.Message, "frist") {
					if p.Line != line || p.Column != column {
						t.Errorf("got %d:%d, want %d:%d in\n%s", p.Line, p.Column, line, column, text)
					}
					if !strings.Contains(p.SourceLine, "frist") {
						t.Errorf("the line of the problem is %q", p.SourceLine)
					}
					return
				}
			}
			t.Errorf("the problem was not found:\n%v", ps)
		})
	}
}

func TestProblemOrder(t *testing.T) {
	t.Parallel()
	_, ps := load(t, src+"type Query { b: Nope @conect a: Nope }\ntype A {\n  x: Missing\n}")
	for i := 1; i < len(ps); i++ {
		a, b := ps[i-1], ps[i]
		if a.Line > b.Line || a.Line == b.Line && a.Column > b.Column {
			t.Errorf("%v stands before %v", a, b)
		}
	}
	if len(ps) != 4 {
		t.Errorf("found %d problems:\n%v", len(ps), ps)
	}
}
