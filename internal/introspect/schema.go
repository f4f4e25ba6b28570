package introspect

import (
	"bytes"
	"fmt"
	"unicode/utf8"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/validator"
)

// Schema is the schema of a service. Of directives only GraphQL's own are left: those of the service say nothing about the
// requests that it takes.
type Schema struct {
	*ast.Schema // valid; the types that interfaces and unions may be are filled in, and so is Query, which is never nil

	// Federation says that the service is a subgraph of Apollo Federation. Query._service and, if there are entities,
	// Query._entities are in the schema then, as every subgraph serves them, whether its SDL says so or not.
	Federation bool
	// Keys are the field sets of the @key of each entity, as written and in that order, but for those that are not
	// resolvable. Introspection does not tell them: Keys is empty then.
	Keys map[string][]string
}

// maxText is the size from which on a text is refused.
const maxText = 32 << 20

// Parse reads the schema of a GraphQL service: SDL, or the JSON of an introspection result, with or without the "data" around
// it. name stands for the text in Problems, which the error is.
//
// SDL may use directives that it does not declare, and extend types that it does not define, as subgraphs of Apollo
// Federation do.
func Parse(name string, text []byte) (*Schema, error) {
	if len(text) > maxText {
		return nil, whole(name, fmt.Sprintf("the schema has %d bytes; more than %d are not read", len(text), maxText))
	}
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	if !utf8.Valid(text) {
		return nil, whole(name, "the schema is not UTF-8")
	}
	if start := bytes.TrimLeft(text, " \t\r\n"); len(start) > 0 && start[0] == '{' {
		return parseJSON(name, text)
	}
	return parseSDL(name, string(text))
}

// ParseReply reads the whole reply of a service to Query or QueryAll: errors in it are returned.
func ParseReply(name string, text []byte) (*Schema, error) {
	if len(text) > maxText {
		return nil, whole(name, fmt.Sprintf("the reply has %d bytes; more than %d are not read", len(text), maxText))
	}
	return parseJSON(name, bytes.TrimPrefix(text, []byte("\ufeff")))
}

// build makes the schema of a document, to which it adds what GraphQL brings along.
func build(name string, doc *ast.SchemaDocument, s *Schema) (*Schema, error) {
	doc.Definitions = append(validator.PreludeDocument().Definitions, doc.Definitions...)
	doc.Directives = validator.PreludeDocument().Directives
	checked, err := validator.ValidateSchemaDocument(doc)
	if err != nil {
		return nil, problemOf(name, err)
	}
	if checked.Query == nil {
		return nil, whole(name, "the schema has no query type")
	}
	s.Schema = checked
	return s, nil
}
