package schema

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
	"golang.org/x/tools/txtar"
)

// Every effective part of the language stands in an example of docs/language.md, and the tests of internal/cli run each.
func TestDocumentShowsTheWholeLanguage(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../docs/language.md")
	if err != nil {
		t.Fatal(err)
	}
	s := &shown{lang: newLanguage(), parts: map[string]bool{}}
	for _, block := range regexp.MustCompile("(?ms)^```txtar\n(.*?)^```").FindAllSubmatch(text, -1) {
		for _, file := range txtar.Parse(block[1]).Files {
			if strings.HasSuffix(file.Name, ".graphql") && !strings.HasPrefix(file.Name, "bff/") {
				s.file(t, string(file.Data))
			}
		}
	}
	for _, part := range effective() {
		if !s.parts[part] {
			t.Errorf("no example of docs/language.md has %s", part)
		}
	}
	for _, enum := range []string{"BatchMatch", "Missing", "Naming"} {
		if !slices.ContainsFunc(s.lang.types[enum].EnumValues, func(v *ast.EnumValueDefinition) bool { return s.parts[enum+"."+v.Name] }) {
			t.Errorf("no example has a value of %s", enum)
		}
	}
}

// Every effective directive of operations, with its arguments, stands in an example of docs/routes.md.
func TestDocumentShowsOperations(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../docs/routes.md")
	if err != nil {
		t.Fatal(err)
	}
	s := &shown{lang: newLanguage(), parts: map[string]bool{}}
	for _, block := range regexp.MustCompile("(?ms)^```txtar\n(.*?)^```").FindAllSubmatch(text, -1) {
		for _, file := range txtar.Parse(block[1]).Files {
			if !strings.HasPrefix(file.Name, "bff/") {
				continue
			}
			doc, err := parser.ParseQuery(&ast.Source{Name: file.Name, Input: string(file.Data)})
			if err != nil {
				t.Fatal(err)
			}
			for _, op := range doc.Operations {
				s.directives(op.Directives)
				for _, v := range op.VariableDefinitions {
					s.directives(v.Directives)
				}
				s.selections(op.SelectionSet)
			}
		}
	}
	for _, part := range effectiveInOperations() {
		if !s.parts[part] && part != "@authenticated" { // shown with the language
			t.Errorf("no example of docs/routes.md has %s", part)
		}
	}
}

func (s *shown) selections(set ast.SelectionSet) {
	for _, sel := range set {
		if f, ok := sel.(*ast.Field); ok {
			s.directives(f.Directives)
			s.selections(f.SelectionSet)
		}
	}
}

// shown gathers the parts of the language that examples use.
type shown struct {
	lang  *language
	parts map[string]bool
}

func (s *shown) file(t *testing.T, text string) {
	t.Helper()
	doc, err := parser.ParseSchema(&ast.Source{Name: "example", Input: text})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range slices.Concat(doc.Schema, doc.SchemaExtension) {
		s.directives(e.Directives)
	}
	for _, d := range slices.Concat(doc.Definitions, doc.Extensions) {
		s.directives(d.Directives)
		for _, f := range d.Fields {
			s.directives(f.Directives)
			for _, a := range f.Arguments {
				s.directives(a.Directives)
			}
		}
		for _, v := range d.EnumValues {
			s.directives(v.Directives)
		}
	}
}

func (s *shown) directives(list ast.DirectiveList) {
	for _, d := range list {
		def := s.lang.ours[d.Name]
		if def == nil {
			continue
		}
		s.parts["@"+d.Name] = true
		for _, a := range d.Arguments {
			s.parts["@"+d.Name+"("+a.Name+":)"] = true
			s.value(a.Value, def.Arguments.ForName(a.Name).Type)
		}
	}
}

func (s *shown) value(v *ast.Value, t *ast.Type) {
	def := s.lang.types[t.Name()]
	switch {
	case v.Kind == ast.ListValue:
		for _, item := range v.Children {
			s.value(item.Value, t)
		}
	case v.Kind == ast.EnumValue:
		s.parts[t.Name()+"."+v.Raw] = true
	case v.Kind == ast.ObjectValue && def != nil:
		for _, m := range v.Children {
			if f := def.Fields.ForName(m.Name); f != nil {
				s.parts[def.Name+"."+m.Name] = true
				s.value(m.Value, f.Type)
			}
		}
	}
}
