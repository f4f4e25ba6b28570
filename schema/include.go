package schema

import (
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"manifold/internal/protos"
)

// Includes reads every file that the schema files name, and all that these import, so that read is asked for all that
// LoadWith will ask for. What is wrong with them LoadWith says.
func Includes(files []*ast.Source, read func(path string) ([]byte, error)) {
	l := &loader{lang: newLanguage(), lines: map[*ast.Source]*lines{}, problems: Problems{}}
	doc, ok := l.parse(files)
	if !ok {
		return
	}
	l.declare(doc)
	l.rename(doc)
	for _, s := range slices.Concat(doc.schemas, doc.schemaExts) {
		for _, d := range s.Directives {
			u := &use{dir: d}
			if d.Name != "source" {
				continue
			}
			if file, ok := text(member(u.arg("graphql"), "schema")); ok {
				_, _ = read(beside(d.Position.Src, file))
			}
			name, ok := text(member(u.arg("grpc"), "proto"))
			if !ok {
				continue
			}
			path := beside(d.Position.Src, name)
			if strings.HasSuffix(name, ".proto") {
				_, _ = protos.Parse(path, read)
			} else {
				_, _ = read(path)
			}
		}
	}
}
