package cli

import (
	"bytes"
	"flag"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"manifold/internal/gatewaytest"
)

// Every example that is a gateway.graphql alone is a whole file and loads.
func TestExamplesOfTheDocumentsLoad(t *testing.T) {
	t.Parallel()
	block := regexp.MustCompile("(?ms)^```graphql\n(.*?)^```")
	for _, name := range []string{"README.md", "docs/getting-started.md"} {
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

var update = flag.Bool("update", false, "rewrite what the examples of the documents answer; read the diff before you commit it")

// Every example that is an archive is run as a spec is: with mocked services, and the calls and the response compared.
func TestExamplesOfTheDocumentsRun(t *testing.T) {
	t.Parallel()
	block := regexp.MustCompile("(?ms)^```txtar\n(.*?)^```")
	for name, least := range map[string]int{"docs/language.md": 15, "docs/routes.md": 3} {
		text, err := os.ReadFile(root(name))
		if err != nil {
			t.Fatal(err)
		}
		examples := block.FindAllSubmatchIndex(text, -1)
		if len(examples) < least {
			t.Errorf("%s has %d examples only", name, len(examples))
		}
		ran := make([][]byte, len(examples))
		t.Run(name, func(t *testing.T) {
			for i, at := range examples {
				line := 1 + strings.Count(string(text[:at[2]]), "\n")
				t.Run(strconv.Itoa(line), func(t *testing.T) {
					t.Parallel()
					ran[i] = runExample(t, text[at[2]:at[3]])
				})
			}
		})
		if !*update || t.Failed() {
			continue
		}
		for i, at := range slices.Backward(examples) {
			text = slices.Concat(text[:at[2]], ran[i], text[at[3]:])
		}
		if err := os.WriteFile(root(name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// runExample compares an example with what it does; with -update it returns it with what it does.
func runExample(t *testing.T, example []byte) []byte {
	t.Helper()
	const comment = "An example.\n"
	s, err := gatewaytest.ParseSpec(append([]byte(comment), example...))
	if err != nil {
		t.Fatal(err)
	}
	have := gatewaytest.RunSpec(t, s)
	type shown struct{ kind, label string }
	var all []shown
	for _, r := range s.Requests {
		all = append(all, shown{"calls", r.Label}, shown{"response", r.Label}, shown{"response-headers", r.Label})
	}
	for _, h := range s.HTTP {
		all = append(all, shown{"calls", h.Label}, shown{"answer", h.Label})
	}
	for _, of := range all {
		name := strings.TrimSpace(of.kind + " " + of.label)
		want, found := s.Golden(name)
		if have[name] == "" && !found && of.kind == "response-headers" {
			continue
		}
		if *update {
			s.SetGolden(name, have[name])
		} else if !found || want != have[name] {
			t.Errorf("section %q\n%s", name, gatewaytest.Diff(want, have[name]))
		}
	}
	if warnings := have["warnings"]; strings.Contains(warnings, "no effect") {
		t.Error(warnings)
	}
	return bytes.TrimPrefix(s.Format(), []byte(comment))
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
