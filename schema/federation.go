package schema

import (
	"slices"

	"github.com/vektah/gqlparser/v2/ast"

	"manifold/internal/mapping"
	"manifold/internal/rawjson"
)

// The gateway may itself be a subgraph of somebody's supergraph (Apollo Federation 2). Then its query type has two more fields,
// by the subgraph specification
// (https://www.apollographql.com/docs/graphos/schema-design/federated-schemas/reference/subgraph-spec):
//
//	scalar _Any
//	union _Entity = every entity that can be loaded by a key which clients see
//	type _Service { sdl: String! }
//	_service: _Service!                                        its text: see subgraph.go
//	_entities(representations: [_Any!]!): [_Entity]!           each names an entity by its type and a key
//
// They are a part of the model like any other: what serves them are connectors without a call, and each representation is a
// reference whose loader is told by the key that it carries.

// federate adds them to a finished model.
func (l *loader) federate(g *Gateway) {
	at := &ast.Position{Src: &ast.Source{Name: "federation", BuiltIn: true}}
	if l.taken(g) {
		return
	}
	sdl := SubgraphSDL(g)
	text := ast.NonNullNamedType("String", at)
	service := g.add(&ast.Definition{Kind: ast.Object, Name: "_Service", Position: at, Fields: ast.FieldList{{Name: "sdl", Type: text, Position: at}}})
	service.Fields = map[string]*Field{"sdl": {Name: "sdl", Parent: service, Def: service.Def.Fields[0], Type: text, Named: g.Types["String"]}}
	service.Order = []*Field{service.Fields["sdl"]}
	said := &mapping.Object{Members: []mapping.Member{{Name: "sdl", Value: &mapping.Literal{JSON: rawjson.Quote(nil, sdl)}}}}
	g.addRoot(&ast.FieldDefinition{Name: "_service", Type: ast.NonNullNamedType("_Service", at), Position: at}, &Connector{Selection: said})

	ways := representations(g)
	if len(ways) == 0 {
		return
	}
	entity := &ast.Definition{Kind: ast.Union, Name: "_Entity", Position: at}
	for _, way := range ways {
		if !slices.Contains(entity.Types, way.Type.Name) {
			entity.Types = append(entity.Types, way.Type.Name)
		}
	}
	g.add(&ast.Definition{Kind: ast.Scalar, Name: "_Any", Position: at})
	g.add(entity).Represented = ways
	g.addRoot(&ast.FieldDefinition{
		Name: "_entities", Type: ast.NonNullListType(ast.NamedType("_Entity", at), at), Position: at,
		Arguments: ast.ArgumentDefinitionList{{Name: "representations", Type: ast.NonNullListType(ast.NonNullNamedType("_Any", at), at), Position: at}},
	}, &Connector{
		Args: []string{"representations"},
		Selection: &mapping.Path{Root: mapping.RootVar, Name: "args", Steps: []mapping.Step{
			{Kind: mapping.StepKey, Name: "representations"},
		}},
	})
}

// ofFederation reports whether a field is one of those that federate adds.
func ofFederation(f *ast.FieldDefinition) bool {
	return f.Position != nil && f.Position.Src != nil && f.Position.Src.BuiltIn
}

// taken reports what the file calls by a name that a subgraph needs.
func (l *loader) taken(g *Gateway) (taken bool) {
	const hint = "rename it, or do not serve the gateway as a subgraph"
	for _, name := range []string{"_Any", "_Entity", "_Service"} {
		if t := l.types[name]; t != nil {
			l.problem(t.pos(), name, "a subgraph has a type of this name itself", hint)
			taken = true
		}
	}
	for _, name := range []string{"_entities", "_service"} {
		if f := g.Query.Fields[name]; f != nil {
			l.problem(at(f.Def.Position), g.Query.Name+"."+name, "a subgraph has a field of this name itself", hint)
			taken = true
		}
	}
	return taken
}

// add adds a type to the model and to the public schema, but not to what PublicSDL prints.
func (g *Gateway) add(d *ast.Definition) *Type {
	t := &Type{Name: d.Name, Kind: d.Kind, Def: d}
	g.Types[d.Name], g.Schema.Types[d.Name] = t, d
	switch d.Kind {
	case ast.Object:
		g.Schema.AddPossibleType(d.Name, d)
	case ast.Union:
		for _, name := range d.Types {
			member := g.Types[name]
			t.Possible = append(t.Possible, member)
			g.Schema.AddPossibleType(d.Name, member.Def)
			g.Schema.AddImplements(name, d)
		}
	}
	return t
}

// addRoot adds a field to the query type.
func (g *Gateway) addRoot(d *ast.FieldDefinition, c *Connector) {
	q := g.Query
	c.Coordinate = q.Name + "." + d.Name
	c.ID = c.Coordinate
	f := &Field{Name: d.Name, Parent: q, Def: d, Type: d.Type, Named: g.Types[d.Type.Name()], Connector: c}
	for _, a := range d.Arguments {
		f.Args = append(f.Args, &Arg{Name: a.Name, Def: a, Type: a.Type, Named: g.Types[a.Type.Name()]})
	}
	q.Fields[f.Name] = f
	q.Order = append(q.Order, f)
	q.Def.Fields = append(q.Def.Fields, d)
}

// representations lists the ways to name each entity that clients see: its loaders whose keys they see, in the order of preference.
func representations(g *Gateway) (ways []Representation) {
	for _, name := range g.order {
		t := g.Types[name]
		if t.Kind != ast.Object || g.isRoot(t) {
			continue
		}
		for _, c := range t.Loaders {
			if t.nameable(c) {
				ways = append(ways, Representation{Type: t, By: c})
			}
		}
	}
	return ways
}

func (g *Gateway) isRoot(t *Type) bool { return t == g.Query || t == g.Mutation || t == g.Subscription }
