package schema_test

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// TestBigBadFiles: a file that is wrong everywhere fails soon, with a bounded list.
func TestBigBadFiles(t *testing.T) {
	t.Parallel()
	var chain strings.Builder
	chain.WriteString("type Query { a: T0 @connect(http: { GET: \"http://x/\" }) n: N0 }\n")
	for i := range 5000 {
		fmt.Fprintf(&chain, "type T%d { a: T%d b: T%d }\ntype N%d { a: N%d b: N%d }\n", i, i+1, i+1, i, i+1, i+1)
	}
	chain.WriteString("type T5000 { x: Int }\ntype N5000 { x: Int @connect(selection: \"$(1)\") }")
	for name, text := range map[string]string{
		"deep braces":        strings.Repeat("{a", 1<<20),
		"deep lists":         "type Query { a: " + strings.Repeat("[", 1<<20),
		"deep mapping":       `type Query { a: Int @connect(selection: "` + strings.Repeat("$(", 1<<18) + `") }`,
		"unknown directives": "type Query { a: Int " + strings.Repeat("@conect ", 100_000) + "}",
		"undefined types":    "type Query {" + strings.Repeat(" a: Usr", 50_000) + " }",
		"chain of types":     chain.String(),
		"unclosed templates": `type Query { a: Int @connect(http: { GET: "http://x/` + strings.Repeat("{$args.a", 50_000) + `" }) }`,
		"not UTF-8":          "type Query { a: Int }\n# \xff",
		"zero":               "\x00",
		"nothing but a mark": "\ufeff",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			start := time.Now()
			g, ps := load(t, text)
			if g == nil && len(ps) > 1001 {
				t.Errorf("%d problems", len(ps))
			}
			if g != nil && name != "chain of types" {
				t.Error("it was taken for a gateway")
			}
			if took := time.Since(start); took > 5*time.Second {
				t.Errorf("it took %v", took)
			}
			t.Logf("%d bytes, %v", len(text), time.Since(start))
		})
	}
}
