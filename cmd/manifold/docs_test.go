package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// Every example of the documents is a whole file and loads.
func TestExamplesOfTheDocumentsLoad(t *testing.T) {
	t.Parallel()
	block := regexp.MustCompile("(?ms)^```graphql\n(.*?)^```")
	for _, name := range []string{"README.md", "docs/language.md", "docs/getting-started.md"} {
		text, err := os.ReadFile(root(name))
		if err != nil {
			t.Fatal(err)
		}
		examples := block.FindAllSubmatchIndex(text, -1)
		if len(examples) == 0 {
			t.Errorf("%s has no example", name)
		}
		for _, at := range examples {
			line := 1 + strings.Count(string(text[:at[2]]), "\n")
			t.Run(name+":"+strconv.Itoa(line), func(t *testing.T) {
				t.Parallel()
				code, _, stderr := call(t, "check", write(t, "gateway.graphql", string(text[at[2]:at[3]])))
				if code != exitOK {
					t.Errorf("exit code %d\n%s", code, stderr)
				}
			})
		}
	}
}

// docs/errors.md has every code of package fault, once, and no other.
func TestErrorsDocumentIsComplete(t *testing.T) {
	t.Parallel()
	file, err := parser.ParseFile(token.NewFileSet(), root("internal", "fault", "fault.go"), nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var codes []string
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || len(spec.Values) != 1 {
			return true
		}
		kind, isIdent := spec.Type.(*ast.Ident)
		if literal, ok := spec.Values[0].(*ast.BasicLit); ok && isIdent && kind.Name == "Code" {
			code, err := strconv.Unquote(literal.Value)
			if err != nil {
				t.Fatal(err)
			}
			codes = append(codes, code)
		}
		return true
	})
	text, err := os.ReadFile(root("docs", "errors.md"))
	if err != nil {
		t.Fatal(err)
	}
	var told []string
	for _, row := range regexp.MustCompile("(?m)^\\| `([A-Z_]+)` \\|").FindAllSubmatch(text, -1) {
		told = append(told, string(row[1]))
	}
	slices.Sort(codes)
	slices.Sort(told)
	if len(codes) < 20 || !slices.Equal(codes, told) {
		t.Errorf("package fault has\n%q\ndocs/errors.md has\n%q", codes, told)
	}
}
