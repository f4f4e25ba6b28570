package schema

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"manifold/internal/introspect"
	"manifold/internal/mapping"
	"manifold/internal/template"
)

// GraphQL is what a source that speaks GraphQL is asked by.
type GraphQL struct {
	Schema     *introspect.Schema // nil only if the source is mocked and its schema is not at hand
	Federation bool               // a subgraph: entities are had by _entities
}

// Ask is the field of a GraphQL service that a connector asks for. What is asked of it is decided for each operation.
type Ask struct {
	Schema   *introspect.Schema
	Field    *ast.FieldDefinition // of the service's Query or Mutation
	Mutation bool
	Entity   *ast.Definition // the type that is asked of Query._entities; nil for other fields
}

// entitiesField is the field by which subgraphs give their entities.
const entitiesField = "_entities"

// graphqlSource reads the transport of a source that speaks GraphQL.
func (l *loader) graphqlSource(v *ast.Value, s *Source, sc *scope, over Overlay) {
	s.GraphQL = &GraphQL{Federation: truth(member(v, "federation"), false)}
	if over.BaseURL != "" {
		s.BaseURL = l.overlaidURL(s.Name, "url", over)
	} else {
		s.BaseURL = l.baseURL("url", member(v, "url"), s, sc.coordinate)
	}
	s.BaseURL, s.Slash = strings.CutSuffix(s.BaseURL, "/")
	s.Headers = mergeHeaders(l.headers(member(v, "headers"), sc, asking), l.overlaidHeaders(s.Name, over))
	switch file := member(v, "schema"); {
	case file != nil:
		s.GraphQL.Schema = l.serviceSchema(file, sc.coordinate)
	case s.GraphQL.Federation:
		l.problem(at(v.Position), sc.coordinate, "it is not said what the subgraph's types and keys are", `name its SDL: schema: "subgraph.graphql"`)
	case l.mocks(s): // it may not be there yet
	case l.introspect == nil:
		l.problem(at(v.Position), sc.coordinate, "the service cannot be asked for its schema here", `name a file with it: schema: "service.graphql"`)
	case s.BaseURL != "":
		known, err := l.introspect(s.Address(), constants(s.Headers))
		if err != nil {
			l.problem(at(member(v, "url").Position), sc.coordinate, "the service does not tell its schema: "+err.Error(), `name a file with it: schema: "service.graphql"`)
			return
		}
		s.GraphQL.Schema = known
	}
	if known := s.GraphQL.Schema; s.GraphQL.Federation && known != nil && known.Query.Fields.ForName(entitiesField) == nil {
		l.problem(at(member(v, "federation").Position), sc.coordinate, "the schema has no entities: no type of it has a @key", "leave federation out")
	}
}

// constants are the headers whose values are known without a request.
func constants(rules []Header) (out []introspect.Header) {
	for _, h := range rules {
		if h.Value == nil {
			continue
		}
		if value, present, err := h.Value.Append(nil, nothingKnown{}, nil); err == nil && present {
			out = append(out, introspect.Header{Name: h.Name, Value: string(value)})
		}
	}
	return out
}

// nothingKnown answers no variable of a template.
type nothingKnown struct{}

func (nothingKnown) Var(string, string) []byte { return nil }

// serviceSchema reads the file that holds the schema of a service: SDL, or the result of introspection.
func (l *loader) serviceSchema(v *ast.Value, coordinate string) *introspect.Schema {
	name, ok := text(v)
	if !ok {
		return nil
	}
	p, file := at(v.Position), beside(v.Position.Src, name)
	if l.read == nil {
		l.problem(p, coordinate, "files cannot be read here: "+name, "")
		return nil
	}
	content, err := l.read(file)
	var known *introspect.Schema
	if err == nil {
		known, err = introspect.Parse(file, content)
	}
	var faults introspect.Problems
	switch {
	case err == nil:
		return known
	case errors.As(err, &faults):
		for _, f := range faults {
			if f.Line == 0 {
				l.problem(p, coordinate, f.File+": "+f.Msg, "")
				continue
			}
			l.problems = append(l.problems, Problem{File: f.File, Line: f.Line, Column: f.Col, Coordinate: coordinate, Message: f.Msg})
		}
	case errors.Is(err, fs.ErrNotExist):
		l.problem(p, coordinate, "there is no file "+file, "the path is taken from the folder of "+path.Base(filepath.ToSlash(v.Position.Src.Name)))
	default:
		l.problem(p, coordinate, "the file cannot be read: "+err.Error(), "")
	}
	return nil
}

// graphql reads the transport of a connector that asks a GraphQL service for a field.
func (l *loader) graphql(v *ast.Value, s site, c *Connector, sc *scope) *HTTP {
	name, ok := text(member(v, "field"))
	if !ok || c.Source == nil {
		return nil
	}
	if c.Source.GraphQL == nil {
		l.problem(at(v.Position), c.Coordinate, fmt.Sprintf("source %q speaks no GraphQL", c.Source.Name), `declare @source(graphql: { url: "..." })`)
		return nil
	}
	mutation := s.field != nil && s.owner == l.roots[ast.Mutation]
	out := &HTTP{Method: "POST", Safe: !mutation}
	out.Headers = mergeHeaders(c.Source.Headers, l.headers(member(v, "headers"), sc, asking))
	args := member(v, "args")
	out.Body = l.expression(args, sc, asking)
	url, err := template.ParseURL("/")
	if err != nil {
		return nil
	}
	if out.URL = url; c.Source.BaseURL != "" { // a mocked source has none
		out.URL = url.WithBase(c.Source.Address())
	}
	known := c.Source.GraphQL.Schema
	if known == nil {
		if out.Body == nil {
			out.Body = &mapping.Object{}
		}
		if l.mocks(c.Source) {
			return out
		}
		return nil
	}
	ask := &Ask{Schema: known, Mutation: mutation}
	if !l.askedField(ask, name, member(v, "field"), c.Coordinate) {
		return nil
	}
	if name == entitiesField && !l.entities(ask, s, c, out, args, sc) {
		return nil
	}
	if out.Body == nil {
		out.Body = &mapping.Object{}
	}
	c.Ask = ask
	l.fitArguments(ask.Field, out.Body, v, args, sc)
	return out
}

// askedField finds the field among those of the service's root type.
func (l *loader) askedField(ask *Ask, name string, v *ast.Value, coordinate string) bool {
	root, word := ask.Schema.Query, "Query"
	if ask.Mutation {
		root, word = ask.Schema.Mutation, "Mutation"
	}
	if root == nil {
		l.problem(at(v.Position), coordinate, "the service has no mutations", "")
		return false
	}
	ask.Field = root.Fields.ForName(name)
	if ask.Field != nil && !strings.HasPrefix(name, "__") {
		return true
	}
	hint := l.didYouMean(name, publicFields(root), "")
	other := ask.Schema.Mutation
	switch {
	case ask.Mutation && ask.Schema.Query.Fields.ForName(name) != nil:
		hint = "it is a field of the service's Query: ask for it on a field that is none of Mutation"
	case !ask.Mutation && other != nil && other.Fields.ForName(name) != nil:
		hint = "it is a field of the service's Mutation: only a field of Mutation may ask for it"
	}
	l.problem(at(v.Position), coordinate, fmt.Sprintf("the service's %s has no field %s", word, name), hint)
	return false
}

func publicFields(d *ast.Definition) (names []string) {
	for _, f := range d.Fields {
		if !strings.HasPrefix(f.Name, "_") {
			names = append(names, f.Name)
		}
	}
	return names
}

// entities completes the question for entities of a subgraph: which type it is about, and by which key if args do not say.
func (l *loader) entities(ask *Ask, s site, c *Connector, out *HTTP, args *ast.Value, sc *scope) bool {
	p := at(c.Pos)
	switch {
	case !c.Source.GraphQL.Federation:
		l.problem(p, c.Coordinate, "_entities is asked of a service that is not said to be a subgraph", "say so: @source(graphql: { federation: true })")
		return false
	case s.field != nil:
		l.problem(p, c.Coordinate, "_entities gives whole objects by key, so that only a block of a type may ask for it",
			"put the connector on `extend type "+s.owner.name+"`, with this field in it")
		return false
	}
	ask.Entity = ask.Schema.Types[s.owner.name]
	keys := ask.Schema.Keys[s.owner.name]
	if ask.Entity == nil || len(keys) == 0 {
		l.problem(p, c.Coordinate, "the subgraph has no entity "+s.owner.name, l.didYouMean(s.owner.name, sortedKeys(ask.Schema.Keys), ""))
		return false
	}
	if args != nil {
		return true
	}
	key := keys[0]
	if own := l.ownKey(s.owner); own != "" && slices.ContainsFunc(keys, func(k string) bool { return sameFields(k, own) }) {
		key = own
	}
	n, err := mapping.ParseExpression(fmt.Sprintf(`representations: $batch { __typename: $("%s") %s }`, s.owner.name, key))
	if err != nil {
		l.problem(p, c.Coordinate, "the subgraph's key of "+s.owner.name+" cannot be read: "+key, `write args: "representations: $batch { ... }"`)
		return false
	}
	v := &ast.Value{Kind: ast.StringValue, Raw: "", Position: c.Pos}
	l.checkNode(n, v, sc, asking)
	out.Body = n
	return true
}

// ownKey is the first @key of a type, as written.
func (l *loader) ownKey(t *typ) string {
	for _, b := range t.blocks {
		for _, u := range usesOf(b.uses, "key") {
			if fields, ok := text(u.arg("fields")); ok {
				return fields
			}
		}
	}
	return ""
}

// sameFields compares two field sets as they are written, but for spaces and commas.
func sameFields(a, b string) bool {
	words := func(s string) []string {
		return strings.Fields(strings.NewReplacer(",", " ", "{", " { ", "}", " } ").Replace(s))
	}
	return slices.Equal(words(a), words(b))
}
