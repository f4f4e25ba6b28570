package resolvers

import (
	"encoding/json"
	"slices"
	"sort"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"manifold/schema"
)

// introspection serves __schema and __type. The public schema is rendered once, as the replies of a source in memory; types
// are entities by name. So introspection is planned, located and projected like everything else.
//
// A reference to a type carries its kind, its name and what it wraps; the rest is loaded by name.
type introspection struct {
	root   map[string]*schema.Field
	tables map[*schema.Connector]map[string][]byte
	all    map[*schema.Field]*schema.Field // field -> the same with deprecated members
}

// includeDeprecated is the argument by which deprecated members are shown; withDeprecated ends the name of the property that
// has them all.
const (
	includeDeprecated = "includeDeprecated"
	withDeprecated    = "+"
)

func newIntrospection(s *ast.Schema) *introspection {
	in := &introspection{
		root:   map[string]*schema.Field{},
		tables: map[*schema.Connector]map[string][]byte{},
		all:    map[*schema.Field]*schema.Field{},
	}
	types := map[string]*schema.Type{}
	for _, name := range []string{"__Schema", "__Type", "__Field", "__InputValue", "__EnumValue", "__Directive", "__TypeKind", "__DirectiveLocation", "String", "Boolean"} {
		def := s.Types[name]
		if def == nil {
			return in
		}
		t := &schema.Type{Name: name, Kind: def.Kind, Def: def, Fields: map[string]*schema.Field{}, Values: map[string]string{}, Send: map[string]string{}}
		for _, v := range def.EnumValues {
			t.Values[v.Name], t.Send[v.Name] = v.Name, v.Name
		}
		types[name] = t
	}
	byName := &schema.Connector{ID: "__type", Coordinate: "__Type", Inputs: []schema.Input{{Path: []string{"name"}}}}
	whole := &schema.Connector{ID: "__schema", Coordinate: "Query.__schema"}
	typ := types["__Type"]
	typ.Loaders = []*schema.Connector{byName}
	typ.Keys = []schema.Key{{Fields: []string{"name", "kind", "ofType"}, Resolvable: true}}
	for _, t := range types {
		in.describe(t, types)
	}
	for _, f := range typ.Order {
		if !typ.KeyField(f.Name) {
			f.Block = byName
			if all := in.all[f]; all != nil {
				all.Block = byName
			}
		}
	}
	in.tables[whole], in.tables[byName] = tables(s)
	in.root["__schema"] = &schema.Field{
		Name: "__schema", Def: &ast.FieldDefinition{Name: "__schema"}, Type: ast.NonNullNamedType("__Schema", nil),
		Named: types["__Schema"], Connector: whole,
	}
	in.root["__type"] = &schema.Field{
		Name: "__type", Def: &ast.FieldDefinition{Name: "__type"}, Type: ast.NamedType("__Type", nil), Named: typ,
		Lookup: true, LookupKeys: map[string][]string{"name": {"name"}}, Loader: byName,
		Args: []*schema.Arg{{Name: "name", Type: ast.NonNullNamedType("String", nil), Named: types["String"]}},
	}
	return in
}

// describe adds the fields of an introspection type.
func (in *introspection) describe(t *schema.Type, types map[string]*schema.Type) {
	for _, d := range t.Def.Fields {
		f := &schema.Field{Name: d.Name, Parent: t, Def: d, Type: d.Type, Named: types[d.Type.Name()], Embedded: true}
		for _, a := range d.Arguments {
			f.Args = append(f.Args, &schema.Arg{Name: a.Name, Def: a, Type: a.Type, Named: types[a.Type.Name()], Default: a.DefaultValue})
		}
		t.Fields[d.Name], t.Order = f, append(t.Order, f)
		if d.Arguments.ForName(includeDeprecated) != nil {
			all := *f
			all.From = []schema.From{{Path: path([]string{d.Name + withDeprecated}, nil)}}
			in.all[f] = &all
		}
	}
}

// split replaces fields that are asked for with deprecated members; if a variable decides, by one field for each outcome.
func (c *compilation) split(fields []*collected) []*collected {
	out := fields[:0:0]
	for _, f := range fields {
		all := c.intro.all[f.def]
		if all == nil {
			out = append(out, f)
			continue
		}
		arg := f.node.Arguments.ForName(includeDeprecated)
		switch {
		case arg == nil:
			out = append(out, f)
		case arg.Value.Kind != ast.Variable:
			if arg.Value.Raw == "true" {
				f.def = all
			}
			out = append(out, f)
		default:
			v := slices.Index(c.variables, arg.Value.Raw)
			some, every := *f, *f
			some.when, every.when, every.def = nil, nil, all
			for _, mask := range f.when {
				some.when = or(some.when, mask|c.tests.bit(v, false))
				every.when = or(every.when, mask|c.tests.bit(v, true))
			}
			out = append(out, &some, &every)
		}
	}
	return out
}

type introspected map[string]any

// tables renders the schema: the reply of __schema, and the reply of __type for each name.
func tables(s *ast.Schema) (whole, byName map[string][]byte) {
	byName = map[string][]byte{}
	var names []string
	used := referenced(s)
	for name, def := range s.Types {
		if def.Kind == ast.Scalar && def.BuiltIn && !used[name] {
			continue
		}
		names = append(names, name)
		byName[name] = render(typeReply(s, def))
	}
	sort.Strings(names)
	var refs, directives []any
	for _, name := range names {
		refs = append(refs, namedRef(s.Types[name]))
	}
	for _, name := range sortedKeys(s.Directives) {
		d := s.Directives[name]
		reply := introspected{"name": d.Name, "description": text(d.Description), "isRepeatable": d.IsRepeatable, "locations": d.Locations}
		withArgs(s, reply, d.Arguments)
		directives = append(directives, reply)
	}
	reply := introspected{"description": text(s.Description), "types": refs, "queryType": namedRef(s.Query), "directives": directives}
	if s.Mutation != nil {
		reply["mutationType"] = namedRef(s.Mutation)
	}
	if s.Subscription != nil {
		reply["subscriptionType"] = namedRef(s.Subscription)
	}
	return map[string][]byte{"": render(reply)}, byName
}

// referenced returns the names of the types of all fields, arguments and input fields. A scalar of GraphQL itself that is
// not among them is no part of the schema (September 2025, 3.5).
func referenced(s *ast.Schema) map[string]bool {
	used := map[string]bool{}
	arguments := func(args ast.ArgumentDefinitionList) {
		for _, a := range args {
			used[a.Type.Name()] = true
		}
	}
	for _, def := range s.Types {
		for _, f := range def.Fields {
			used[f.Type.Name()] = true
			arguments(f.Arguments)
		}
	}
	for _, d := range s.Directives {
		arguments(d.Arguments)
	}
	return used
}

func typeReply(s *ast.Schema, def *ast.Definition) introspected {
	out := introspected{"kind": def.Kind, "name": def.Name, "description": text(def.Description), "isOneOf": nil}
	switch def.Kind {
	case ast.Scalar:
		if d := def.Directives.ForName("specifiedBy"); d != nil && d.Arguments.ForName("url") != nil {
			out["specifiedByURL"] = d.Arguments.ForName("url").Value.Raw
		}
	case ast.Object, ast.Interface:
		var fields, current []any
		for _, f := range def.Fields {
			if strings.HasPrefix(f.Name, "__") {
				continue
			}
			reply := introspected{"name": f.Name, "description": text(f.Description), "type": typeRef(s, f.Type)}
			withArgs(s, reply, f.Arguments)
			fields, current = both(fields, current, reply, f.Directives)
		}
		put(out, "fields", fields, current)
		interfaces := []any{}
		for _, name := range def.Interfaces {
			interfaces = append(interfaces, namedRef(s.Types[name]))
		}
		out["interfaces"] = interfaces
	case ast.Enum:
		var values, current []any
		for _, v := range def.EnumValues {
			values, current = both(values, current, introspected{"name": v.Name, "description": text(v.Description)}, v.Directives)
		}
		put(out, "enumValues", values, current)
	case ast.InputObject:
		var fields, current []any
		for _, f := range def.Fields {
			reply := introspected{"name": f.Name, "description": text(f.Description), "type": typeRef(s, f.Type), "defaultValue": literal(f.DefaultValue)}
			fields, current = both(fields, current, reply, f.Directives)
		}
		put(out, "inputFields", fields, current)
		out["isOneOf"] = def.Directives.ForName("oneOf") != nil
	}
	if def.Kind == ast.Interface || def.Kind == ast.Union {
		members := []any{}
		for _, m := range s.PossibleTypes[def.Name] {
			if m.Kind != ast.Object { // gqlparser counts interfaces that implement this one
				continue
			}
			members = append(members, namedRef(m))
		}
		out["possibleTypes"] = members
	}
	return out
}

func withArgs(s *ast.Schema, reply introspected, args ast.ArgumentDefinitionList) {
	var every, current []any
	for _, a := range args {
		r := introspected{"name": a.Name, "description": text(a.Description), "type": typeRef(s, a.Type), "defaultValue": literal(a.DefaultValue)}
		every, current = both(every, current, r, a.Directives)
	}
	put(reply, "args", every, current)
}

// both appends a member to the list of all, and to the list of current ones unless it is deprecated.
func both(every, current []any, reply introspected, directives ast.DirectiveList) ([]any, []any) {
	reply["isDeprecated"], reply["deprecationReason"] = false, nil
	if d := directives.ForName("deprecated"); d != nil {
		reply["isDeprecated"], reply["deprecationReason"] = true, "No longer supported"
		if r := d.Arguments.ForName("reason"); r != nil {
			reply["deprecationReason"] = r.Value.Raw
		}
		return append(every, reply), current
	}
	return append(every, reply), append(current, reply)
}

func put(reply introspected, name string, every, current []any) {
	if every == nil {
		every = []any{}
	}
	if current == nil {
		current = []any{}
	}
	reply[name], reply[name+withDeprecated] = current, every
}

func typeRef(s *ast.Schema, t *ast.Type) introspected {
	if t.NonNull {
		inner := *t
		inner.NonNull = false
		return introspected{"kind": "NON_NULL", "name": nil, "ofType": typeRef(s, &inner)}
	}
	if t.Elem != nil {
		return introspected{"kind": "LIST", "name": nil, "ofType": typeRef(s, t.Elem)}
	}
	return namedRef(s.Types[t.NamedType])
}

func namedRef(def *ast.Definition) introspected {
	return introspected{"kind": def.Kind, "name": def.Name, "ofType": nil}
}

func text(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func literal(v *ast.Value) any {
	if v == nil {
		return nil
	}
	return v.String()
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}

// render cannot fail: the values are strings, booleans, maps and lists of such.
func render(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		return []byte("null")
	}
	return b
}
