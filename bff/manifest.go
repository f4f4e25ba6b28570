package bff

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"manifold/schema"
)

// ManifestForm is a form in which tools write the documents of a client.
type ManifestForm string

// The forms. Relay's and that of GraphQL Code Generator are the same: an object of ids and texts.
const (
	ApolloManifest  ManifestForm = "apollo"
	RelayManifest   ManifestForm = "relay"
	CodegenManifest ManifestForm = "codegen"
)

// apolloManifest is a persisted query manifest of Apollo.
type apolloManifest struct {
	Format     string            `json:"format"`
	Version    int               `json:"version"`
	Operations []apolloOperation `json:"operations"`
}

type apolloOperation struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Type string `json:"type"`
	Body string `json:"body"`
}

const apolloFormat = "apollo-persisted-query-manifest"

// Manifest writes the operations of a client as a manifest.
func Manifest(c *Client, form ManifestForm) []byte {
	var out any
	if form == ApolloManifest {
		m := apolloManifest{Format: apolloFormat, Version: 1, Operations: []apolloOperation{}}
		for _, o := range c.Operations {
			m.Operations = append(m.Operations, apolloOperation{
				ID: Hash(o.Document.Text), Name: o.Name, Type: string(o.Definition.Operation), Body: o.Document.Text,
			})
		}
		out = m
	} else {
		m := map[string]string{}
		for _, o := range c.Operations {
			m[Hash(o.Document.Text)] = o.Document.Text
		}
		out = m
	}
	text, err := json.MarshalIndent(out, "", "  ")
	if err != nil {
		panic("bff: " + err.Error()) // texts always marshal
	}
	return append(text, '\n')
}

// readManifest reads a manifest of one of the forms. The documents have to be valid: a client that sends one should not be the
// first to learn that it is not. An id that looks like a SHA-256 has to be that of its text.
func (l *loading) readManifest(file *ast.Source, c *Client) {
	entries, err := manifestEntries([]byte(file.Input))
	if err != nil {
		l.problem(schema.Problem{
			File: file.Name, Message: "this is no manifest: " + err.Error(),
			Hint: "it is a persisted query manifest of Apollo, or an object of ids and texts as Relay and GraphQL Code Generator write it",
		})
		return
	}
	for _, e := range entries {
		if looksHashed(e.ID) && !strings.EqualFold(e.ID, Hash(e.Body)) && !strings.EqualFold(e.ID, Hash(strings.TrimSpace(e.Body))) {
			l.problem(schema.Problem{
				File: file.Name, Coordinate: e.Name, Message: "the id " + e.ID + " is not the SHA-256 of its text",
				Hint: "make the manifest again; nobody may change a text and keep its id",
			})
			continue
		}
		docs, problems := l.model.Documents([]*ast.Source{{Name: file.Name, Input: e.Body}})
		if len(docs) == 0 {
			l.problem(schema.Problem{File: file.Name, Coordinate: e.Name, Message: "the document " + e.ID + " is not valid: " + firstMessage(problems), Hint: "make the manifest again from documents that fit the schema"})
			continue
		}
		if other := c.Trusted[e.ID]; other != nil && other.Text != e.Body {
			l.problem(schema.Problem{File: file.Name, Coordinate: e.Name, Message: "the id " + e.ID + " names another document, too", Hint: "give one of them another id"})
			continue
		}
		if e.Name == "" && len(docs[0].Query.Operations) == 1 {
			e.Name = docs[0].Query.Operations[0].Name
		}
		c.Trusted[e.ID] = &Trusted{ID: e.ID, Name: e.Name, Text: e.Body, manifested: true}
	}
}

func firstMessage(problems schema.Problems) string {
	if len(problems) == 0 {
		return "it has no operation"
	}
	return problems[0].Message
}

func looksHashed(id string) bool {
	return len(id) == 64 && !strings.ContainsFunc(id, func(r rune) bool {
		return (r < '0' || r > '9') && (r < 'a' || r > 'f') && (r < 'A' || r > 'F')
	})
}

// manifestEntries reads ids and documents, in the order of the ids.
func manifestEntries(text []byte) ([]apolloOperation, error) {
	var m struct {
		apolloManifest

		Rest map[string]json.RawMessage `json:"-"`
	}
	if err := json.Unmarshal(text, &m.Rest); err != nil {
		return nil, err
	}
	if _, is := m.Rest["format"]; is {
		if err := json.Unmarshal(text, &m.apolloManifest); err != nil {
			return nil, err
		}
		if m.Format != apolloFormat || m.Version != 1 {
			return nil, fmt.Errorf("its format is %q, version %d", m.Format, m.Version)
		}
		return m.Operations, nil
	}
	var out []apolloOperation
	for id, raw := range m.Rest {
		e := apolloOperation{ID: id}
		if err := json.Unmarshal(raw, &e.Body); err != nil {
			return nil, fmt.Errorf("the value of %s is no text", show(id))
		}
		out = append(out, e)
	}
	slices.SortFunc(out, func(a, b apolloOperation) int { return strings.Compare(a.ID, b.ID) })
	return out, nil
}
