package introspect

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
)

// maxDepth bounds how deep lists and non-nulls may lie in each other.
const maxDepth = 32

// teller makes a document of what a service told. It notes faults and goes on.
type teller struct {
	name     string
	problems Problems
}

// fromTold makes the schema of an introspection result.
func fromTold(name string, t *told) (*Schema, error) {
	r := &teller{name: name}
	doc := &ast.SchemaDocument{}
	root := &ast.SchemaDefinition{Description: t.Description}
	for _, o := range []struct {
		operation ast.Operation
		name      *toldName
	}{{ast.Query, t.QueryType}, {ast.Mutation, t.MutationType}, {ast.Subscription, t.SubscriptionType}} {
		if o.name != nil {
			r.checkName(o.name.Name, "the name of the type of "+string(o.operation)+" operations")
			root.OperationTypes = append(root.OperationTypes, &ast.OperationTypeDefinition{Operation: o.operation, Type: o.name.Name})
		}
	}
	doc.Schema = ast.SchemaDefinitionList{root}
	builtIn := isBuiltIn()
	byName := map[string]*ast.Definition{}
	for i := range t.Types {
		d := r.definition(&t.Types[i], i)
		if !builtIn(d) {
			doc.Definitions = append(doc.Definitions, d)
			byName[d.Name] = d
		}
	}
	implement(t, byName)
	if r.problems != nil {
		return nil, r.problems
	}
	s := &Schema{}
	if q := byName[rootName(doc)]; q != nil {
		s.Federation = q.Fields.ForName("_entities") != nil || q.Fields.ForName("_service") != nil
	}
	return build(name, doc, s)
}

// implement fills in which interfaces an object implements where only the interface says so.
func implement(t *told, byName map[string]*ast.Definition) {
	for i := range t.Types {
		if t.Types[i].Kind != string(ast.Interface) {
			continue
		}
		for _, p := range t.Types[i].PossibleTypes {
			if d := byName[p.Name]; d != nil && d.Kind == ast.Object && !slices.Contains(d.Interfaces, t.Types[i].Name) {
				d.Interfaces = append(d.Interfaces, t.Types[i].Name)
			}
		}
	}
}

func (r *teller) problem(format string, args ...any) {
	if len(r.problems) < maxProblems {
		r.problems = append(r.problems, Problem{File: r.name, Msg: fmt.Sprintf(format, args...)})
	}
}

// checkName sees to it that what the service calls a name is one: names go into the requests that are sent to it.
func (r *teller) checkName(name, what string) {
	if name == "" {
		r.problem("%s is missing", what)
		return
	}
	letter := func(c rune) bool { return c == '_' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' }
	for i, c := range name {
		if digit := '0' <= c && c <= '9'; !letter(c) && (!digit || i == 0) {
			r.problem("%s is no name: %q", what, shortened(name))
			return
		}
	}
}

func (r *teller) definition(t *toldType, nth int) *ast.Definition {
	d := &ast.Definition{Kind: ast.DefinitionKind(t.Kind), Name: t.Name, Description: t.Description}
	r.checkName(t.Name, fmt.Sprintf("the name of type %d", nth+1))
	for _, i := range t.Interfaces {
		r.checkName(i.Name, "the name of an interface of "+t.Name)
		d.Interfaces = append(d.Interfaces, i.Name)
	}
	switch d.Kind {
	case ast.Scalar:
		if t.SpecifiedByURL != "" {
			d.Directives = ast.DirectiveList{directive("specifiedBy", ast.LocationScalar, "url", t.SpecifiedByURL)}
		}
	case ast.Object, ast.Interface:
		for i := range t.Fields {
			d.Fields = append(d.Fields, r.field(&t.Fields[i], t.Name))
		}
	case ast.Union:
		for _, p := range t.PossibleTypes {
			r.checkName(p.Name, "the name of a member of "+t.Name)
			d.Types = append(d.Types, p.Name)
		}
	case ast.Enum:
		for i := range t.EnumValues {
			v := &t.EnumValues[i]
			r.checkName(v.Name, "the name of a value of "+t.Name)
			d.EnumValues = append(d.EnumValues, &ast.EnumValueDefinition{
				Name: v.Name, Description: v.Description, Directives: deprecated(v, ast.LocationEnumValue),
			})
		}
	case ast.InputObject:
		if t.IsOneOf {
			d.Directives = ast.DirectiveList{{Name: "oneOf", Location: ast.LocationInputObject}}
		}
		for i := range t.InputFields {
			f := &t.InputFields[i]
			r.checkName(f.Name, "the name of a field of "+t.Name)
			at := t.Name + "." + f.Name
			d.Fields = append(d.Fields, &ast.FieldDefinition{
				Name: f.Name, Description: f.Description, Type: r.ref(f.Type, at), DefaultValue: r.value(f.DefaultValue, at),
				Directives: deprecated(&f.toldValue, ast.LocationInputFieldDefinition),
			})
		}
	default:
		r.problem("%s is of an unknown kind, %q", t.Name, shortened(t.Kind))
	}
	return d
}

func (r *teller) field(f *toldField, owner string) *ast.FieldDefinition {
	r.checkName(f.Name, "the name of a field of "+owner)
	at := owner + "." + f.Name
	d := &ast.FieldDefinition{
		Name: f.Name, Description: f.Description, Type: r.ref(f.Type, at), Directives: deprecated(&f.toldValue, ast.LocationFieldDefinition),
	}
	for i := range f.Args {
		a := &f.Args[i]
		r.checkName(a.Name, "the name of an argument of "+at)
		at := at + "(" + a.Name + ":)"
		d.Arguments = append(d.Arguments, &ast.ArgumentDefinition{
			Name: a.Name, Description: a.Description, Type: r.ref(a.Type, at), DefaultValue: r.value(a.DefaultValue, at),
			Directives: deprecated(&a.toldValue, ast.LocationArgumentDefinition),
		})
	}
	return d
}

// ref is a type as it is named. It is never nil: after a fault it is a type that there is.
func (r *teller) ref(t *toldRef, at string) *ast.Type {
	fallback := ast.NamedType("String", nil)
	nonNull, layers := false, []bool{} // of each list around the type, whether it is non-null
	for depth := 0; ; depth++ {
		switch {
		case t == nil && depth == 0:
			r.problem("the type of %s is missing", at)
			return fallback
		case t == nil || depth > maxDepth:
			r.problem("the type of %s lies deeper in lists than the answer tells", at)
			return fallback
		case t.Kind == "NON_NULL" && nonNull:
			r.problem("the type of %s is non-null twice", at)
			return fallback
		case t.Kind == "NON_NULL":
			nonNull, t = true, t.OfType
			continue
		case t.Kind == "LIST":
			layers = append(layers, nonNull)
			nonNull, t = false, t.OfType
			continue
		}
		r.checkName(t.Name, "the name of the type of "+at)
		out := &ast.Type{NamedType: t.Name, NonNull: nonNull}
		for _, nonNull := range slices.Backward(layers) {
			out = &ast.Type{Elem: out, NonNull: nonNull}
		}
		return out
	}
}

// value is a default, which introspection tells as text of GraphQL.
func (r *teller) value(text *string, at string) *ast.Value {
	if text == nil {
		return nil
	}
	doc, err := parser.ParseSchema(&ast.Source{Name: r.name, Input: "input I { f: T = " + *text + "\n}"})
	if err == nil && len(doc.Definitions) == 1 && len(doc.Extensions)+len(doc.Schema)+len(doc.SchemaExtension)+len(doc.Directives) == 0 {
		if d := doc.Definitions[0]; len(d.Fields) == 1 && len(d.Fields[0].Directives) == 0 && d.Fields[0].DefaultValue != nil {
			return unplaced(d.Fields[0].DefaultValue)
		}
	}
	r.problem("the default of %s is no value: %s", at, shortened(strings.TrimSpace(*text)))
	return nil
}

// unplaced takes the places out of a value: they lie in a text that nobody knows.
func unplaced(v *ast.Value) *ast.Value {
	v.Position = nil
	for _, c := range v.Children {
		c.Position = nil
		unplaced(c.Value)
	}
	return v
}

// deprecated is the @deprecated of what is told to be so.
func deprecated(v *toldValue, where ast.DirectiveLocation) ast.DirectiveList {
	switch {
	case !v.IsDeprecated:
		return nil
	case v.DeprecationReason == nil:
		return ast.DirectiveList{{Name: "deprecated", Location: where}}
	}
	return ast.DirectiveList{directive("deprecated", where, "reason", *v.DeprecationReason)}
}

func directive(name string, where ast.DirectiveLocation, argument, text string) *ast.Directive {
	return &ast.Directive{Name: name, Location: where, Arguments: ast.ArgumentList{{
		Name: argument, Value: &ast.Value{Kind: ast.StringValue, Raw: text},
	}}}
}
