package schema

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
)

// parts lists every part of the language by its coordinate.
func parts() (names []string) {
	l := newLanguage()
	for _, d := range l.ours {
		names = append(names, "@"+d.Name)
		for _, a := range d.Arguments {
			names = append(names, "@"+d.Name+"("+a.Name+":)")
		}
	}
	for _, d := range l.types {
		if l.builtin[d.Name] != nil {
			continue
		}
		names = append(names, d.Name)
		for _, f := range d.Fields {
			names = append(names, d.Name+"."+f.Name)
		}
		for _, v := range d.EnumValues {
			names = append(names, d.Name+"."+v.Name)
		}
	}
	slices.Sort(names)
	return names
}

// A new part of the language needs a line in help.go, and a part that is gone leaves none behind.
func TestHelpIsComplete(t *testing.T) {
	t.Parallel()
	all, described := parts(), help()
	for _, name := range all {
		if described[name] == "" {
			t.Errorf("help.go does not describe %s", name)
		}
	}
	for name, text := range described {
		if !slices.Contains(all, name) {
			t.Errorf("help.go describes %s, which is not in the language", name)
		}
		if !strings.HasSuffix(text, ".") && !strings.HasSuffix(text, `"`) {
			t.Errorf("%s: %q is no sentence", name, text)
		}
	}
}

// Every entry of effective names a part that exists: a misspelt one would leave that part refused.
func TestEffectivePartsExist(t *testing.T) {
	t.Parallel()
	all := parts()
	for _, name := range effective() {
		if !slices.Contains(all, name) {
			t.Errorf("effective lists %s, which is not in the language", name)
		}
	}
}

// The text is GraphQL by which other tools can read a gateway.graphql, and it does not meet the types of its author.
func TestLanguageSDLValidatesTheShop(t *testing.T) {
	t.Parallel()
	shop, err := os.ReadFile("../gateway.graphql")
	if err != nil {
		t.Fatal(err)
	}
	sdl := LanguageSDL()
	own := "\nschema { query: Query mutation: Mutation }\ntype Header { a: Naming } enum Naming { X }\n"
	s, err := gqlparser.LoadSchema(&ast.Source{Name: "manifold.graphql", Input: sdl}, &ast.Source{Name: "gateway.graphql", Input: string(shop) + own})
	if err != nil {
		t.Fatalf("%v\n%s", err, sdl)
	}
	for _, name := range effective() {
		if d, found := strings.CutPrefix(name, "@"); found && !strings.Contains(d, "(") && s.Directives[d].Description == "" {
			t.Errorf("@%s has no description", d)
		}
	}
	for _, name := range parts() {
		d, found := strings.CutPrefix(name, "@")
		if found && !strings.Contains(d, "(") && (s.Directives[d] != nil) != slices.Contains(effective(), name) {
			t.Errorf("%s: effective is %v, in the text is %v", name, slices.Contains(effective(), name), s.Directives[d] != nil)
		}
	}
	if a := s.Directives["source"].Arguments; a.ForName("http") == nil || a.ForName("grpc") != nil && !slices.Contains(effective(), "@source(grpc:)") {
		t.Error("the arguments of @source are not the effective ones")
	}
}
