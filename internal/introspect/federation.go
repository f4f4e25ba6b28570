package introspect

import (
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// federationWords are the directives that only subgraphs have. @tag, @inaccessible and @authenticated are not among them:
// others have taken them up.
var federationWords = []string{"key", "external", "requires", "provides", "shareable", "override", "interfaceObject", "extends", "composeDirective"}

// readFederation notes whether a document is a subgraph's, and its keys.
func readFederation(doc *ast.SchemaDocument, s *Schema) {
	words := federationNames(doc, s)
	root := rootName(doc)
	for _, d := range slices.Concat(doc.Definitions, doc.Extensions) {
		for _, use := range d.Directives {
			word, ok := words[use.Name]
			s.Federation = s.Federation || ok
			if word == "key" && (d.Kind == ast.Object || d.Kind == ast.Interface) {
				s.addKey(d.Name, use)
			}
		}
		for _, f := range d.Fields {
			for _, use := range f.Directives {
				_, ok := words[use.Name]
				s.Federation = s.Federation || ok
			}
			if d.Name == root && (f.Name == "_entities" || f.Name == "_service") {
				s.Federation = true
			}
		}
	}
}

// addKey notes one @key. A key that is written twice, on the type and on its extension, is noted once.
func (s *Schema) addKey(name string, use *ast.Directive) {
	fields := stringArg(use, "fields")
	if a := use.Arguments.ForName("resolvable"); a != nil && a.Value != nil && a.Value.Raw == "false" || fields == "" {
		return
	}
	if s.Keys == nil {
		s.Keys = map[string][]string{}
	}
	if !slices.Contains(s.Keys[name], fields) {
		s.Keys[name] = append(s.Keys[name], fields)
	}
}

// federationNames returns what a document calls the directives of federation: their own names, with the prefix of the
// specification, and what a @link renames them to. A link to it says that the document is a subgraph's.
func federationNames(doc *ast.SchemaDocument, s *Schema) map[string]string {
	names := map[string]string{}
	for _, word := range federationWords {
		names[word] = word
		names["federation__"+word] = word
	}
	for _, schema := range slices.Concat(doc.Schema, doc.SchemaExtension) {
		for _, use := range schema.Directives {
			if !strings.HasPrefix(stringArg(use, "url"), "https://specs.apollo.dev/federation/") {
				continue
			}
			s.Federation = true
			if as := stringArg(use, "as"); as != "" {
				for _, word := range federationWords {
					names[as+"__"+word] = word
				}
			}
			imports := use.Arguments.ForName("import")
			if imports == nil || imports.Value == nil {
				continue
			}
			for _, item := range imports.Value.Children {
				name, as := item.Value.Children.ForName("name"), item.Value.Children.ForName("as")
				if name == nil || as == nil {
					continue
				}
				if word := strings.TrimPrefix(name.Raw, "@"); slices.Contains(federationWords, word) {
					names[strings.TrimPrefix(as.Raw, "@")] = word
				}
			}
		}
	}
	return names
}

// serveFederation adds what every subgraph serves, where it is not written:
// https://www.apollographql.com/docs/graphos/schema-design/federated-schemas/reference/subgraph-spec
func serveFederation(doc *ast.SchemaDocument, s *Schema) {
	defined := map[string]*ast.Definition{}
	var entities []string
	for _, d := range slices.Concat(doc.Definitions, doc.Extensions) {
		if defined[d.Name] == nil && d.Kind == ast.Object && len(s.Keys[d.Name]) > 0 {
			entities = append(entities, d.Name)
		}
		if defined[d.Name] == nil {
			defined[d.Name] = d
		}
	}
	add := func(d *ast.Definition) {
		if defined[d.Name] == nil {
			doc.Definitions = append(doc.Definitions, d)
		}
	}
	root := &ast.Definition{Kind: ast.Object, Name: rootName(doc)}
	has := func(name string) bool {
		for _, d := range slices.Concat(doc.Definitions, doc.Extensions) {
			if d.Name == root.Name && d.Fields.ForName(name) != nil {
				return true
			}
		}
		return false
	}
	add(&ast.Definition{Kind: ast.Scalar, Name: "_Any"})
	add(&ast.Definition{Kind: ast.Object, Name: "_Service", Fields: ast.FieldList{{Name: "sdl", Type: ast.NamedType("String", nil)}}})
	if !has("_service") {
		root.Fields = append(root.Fields, &ast.FieldDefinition{Name: "_service", Type: ast.NonNullNamedType("_Service", nil)})
	}
	if len(entities) > 0 {
		add(&ast.Definition{Kind: ast.Union, Name: "_Entity", Types: entities})
	}
	if len(entities) > 0 && !has("_entities") {
		root.Fields = append(root.Fields, &ast.FieldDefinition{
			Name: "_entities", Type: ast.NonNullListType(ast.NamedType("_Entity", nil), nil),
			Arguments: ast.ArgumentDefinitionList{{
				Name: "representations", Type: ast.NonNullListType(ast.NonNullNamedType("_Any", nil), nil),
			}},
		})
	}
	if defined[root.Name] == nil {
		doc.Definitions = append(doc.Definitions, root)
	} else if len(root.Fields) > 0 {
		doc.Extensions = append(doc.Extensions, root)
	}
}
