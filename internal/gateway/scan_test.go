package gateway

import (
	"math"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
)

var scanned = []string{
	"{a}",
	"query A($x: [Int!]! = [1, -2, 3.5e-7], $y: String = \"a\\\"b #\") @dir(a: {b: null}) { a: b(c: $x) ... on User @skip(if: true) { id } ...F }",
	"\ufeff# comment\n{a,,,,b # another\r\n c}",
	`{a(b: """x " "" \""" y""", c: "")}`,
	`{a(b: """""", c: """\"""""")}`,
	`{a(b: """x""""", c: "\\"")}`,
	"{a(b:0c:-1.5E+2d:1e9e:0)}",
	"fragment F on User { id }\t{...F}",
	"\"described\" query { a }",
	standardIntrospection,
}

// TestScanCountsAsTheParserDoes compares scan's count with the least limit under which the parser accepts a document.
func TestScanCountsAsTheParserDoes(t *testing.T) {
	t.Parallel()
	for _, text := range scanned {
		compareCounts(t, text)
	}
}

func FuzzScan(f *testing.F) {
	for _, text := range scanned {
		f.Add(text)
	}
	f.Fuzz(compareCounts)
}

func compareCounts(t *testing.T, text string) {
	t.Helper()
	l := Limits{Tokens: math.MaxInt, Nesting: 500} // the parser stops at 1000 of its own levels
	n, err := scan(text, &l)
	if err != nil {
		return
	}
	if _, err := parser.ParseQuery(&ast.Source{Input: text}); err != nil {
		return // scan does not judge
	}
	if n == 0 {
		return // an empty document
	}
	if _, err := parser.ParseQueryWithTokenLimit(&ast.Source{Input: text}, n); err != nil {
		t.Errorf("%q: %d tokens are too few: %v", text, n, err)
	}
	if n > 1 {
		if _, err := parser.ParseQueryWithTokenLimit(&ast.Source{Input: text}, n-1); err == nil {
			t.Errorf("%q: %d tokens are too many", text, n)
		}
	}
}

func TestScanOfWhatIsNoGraphQL(t *testing.T) {
	t.Parallel()
	for _, text := range []string{`"`, `"""`, `"\`, `"""\"""`, `{a(b:"x`, "\x00\xff", "..", "-", "}}}}}", `""""`} {
		l := DefaultLimits()
		if _, err := scan(text, &l); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// TestParserStopsByItself holds the version of gqlparser: before v2.5.64 nesting was not bounded, and a document of 2 MB
// overflowed the stack, which ends the process.
func TestParserStopsByItself(t *testing.T) {
	t.Parallel()
	_, err := parser.ParseQuery(&ast.Source{Input: nested(1500)})
	if err == nil || !strings.Contains(err.Error(), "nesting") {
		t.Errorf("1500 levels are parsed: %v", err)
	}
}
