package gatewaytest

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/vektah/gqlparser/v2/ast"

	"manifold/internal/introspect"
	"manifold/schema"
)

// Service is a GraphQL service with canned data, as a `service NAME` section of a spec holds it: a JSON object with the values
// of the fields of Query and Mutation, and under the name of a type the list of its objects. Objects of interfaces and unions
// have a __typename. In the place of a value may stand an object that says how to find it:
//
//	{"$ref": "Product/1"}                                  the Product whose id is 1
//	{"$each": "Product", "by": "id", "of": "ids"}          those whose id is in the argument ids, in that order, null for none
//	                     "drop": true, "reverse": true     without nulls; the other way round
//	{"$one": "Product", "by": "id", "of": "id"}            the one whose id the argument is
//	{"$args": [[{"first": 1}, VALUE], [{}, VALUE]]}        the value of the first pair whose arguments were all given so
//	{"$error": "message", "extensions": {...}}             nothing: the field fails
//
// Query._entities finds objects by all members of a representation. It is safe for concurrent use.
type Service struct {
	schema *introspect.Schema
	data   *Object

	mu    sync.Mutex
	wrong []string // documents and variables that are not valid
}

// NewService returns a service of a schema.
func NewService(s *introspect.Schema, text []byte) (*Service, error) {
	v, err := Decode(text)
	if err != nil {
		return nil, err
	}
	o, ok := v.(*Object)
	if !ok {
		return nil, fmt.Errorf("want an object with the data of a service")
	}
	return &Service{schema: s, data: o}, nil
}

// serve opens the services of a spec for a model that it loads.
func (s *Spec) serve(g *schema.Gateway) error {
	s.Mock.services = map[string]*Service{}
	for name, text := range s.Services {
		i := slices.IndexFunc(g.Sources, func(src *schema.Source) bool { return src.Name == name })
		if i < 0 || g.Sources[i].GraphQL == nil || g.Sources[i].GraphQL.Schema == nil {
			return fmt.Errorf("section %q: there is no GraphQL source %s with a schema", "service "+name, name)
		}
		service, err := NewService(g.Sources[i].GraphQL.Schema, []byte(text))
		if err != nil {
			return fmt.Errorf("section %q: %w", "service "+name, err)
		}
		s.Mock.services[name] = service
	}
	return nil
}

// Wrong returns the documents and variables that it got and that are not valid.
func (s *Service) Wrong() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.wrong)
}

// broken is what a field has that fails.
type broken struct {
	message    string
	extensions any
}

// field returns the raw value of a field of an object of type t; nil for the object stands for the root.
func (s *Service) field(t *ast.Definition, o *Object, f *ast.FieldDefinition, args *Object) any {
	switch {
	case f.Name == "__typename":
		return t.Name
	case f.Name == "_entities" && o == nil:
		return s.entities(args)
	}
	if o == nil {
		o, _ = s.data.Get(t.Name).(*Object)
		if o == nil {
			return nil
		}
	}
	return s.find(o.Get(f.Name), args)
}

// find follows what stands for a value.
func (s *Service) find(v any, args *Object) any {
	switch v := v.(type) {
	case absent:
		return nil
	case []any:
		out := make([]any, len(v))
		for i, item := range v {
			out[i] = s.find(item, args)
		}
		return out
	case *Object:
		return s.rule(v, args)
	}
	return v
}

func (s *Service) rule(v, args *Object) any {
	if message, ok := v.Get("$error").(string); ok {
		return broken{message, v.Get("extensions")}
	}
	if ref, ok := v.Get("$ref").(string); ok {
		name, id, _ := strings.Cut(ref, "/")
		return s.lookup(name, "id", id)
	}
	if pairs, ok := v.Get("$args").([]any); ok {
		for _, p := range pairs {
			if pair := p.([]any); asGiven(args, pair[0].(*Object)) {
				return s.find(pair[1], args)
			}
		}
		return nil
	}
	by, _ := v.Get("by").(string)
	of, _ := v.Get("of").(string)
	if name, ok := v.Get("$one").(string); ok {
		return s.lookup(name, by, args.Get(of))
	}
	name, ok := v.Get("$each").(string)
	if !ok {
		return v
	}
	out := []any{}
	keys, _ := args.Get(of).([]any)
	for _, key := range keys {
		item := s.lookup(name, by, key)
		if item != nil || v.Get("drop") != true {
			out = append(out, item)
		}
	}
	if v.Get("reverse") == true {
		slices.Reverse(out)
	}
	return out
}

// asGiven reports whether arguments are among those that were given.
func asGiven(args, want *Object) bool {
	for _, name := range want.Names {
		if Encode(args.Get(name)) != Encode(want.Get(name)) {
			return false
		}
	}
	return true
}

// lookup returns the object of a type with a key, nil if there is none.
func (s *Service) lookup(name, by string, key any) any {
	all, _ := s.data.Get(name).([]any)
	want, ok := scalarText(key)
	for _, item := range all {
		if have, is := scalarText(property(item, by)); is && ok && have == want {
			return item
		}
	}
	return nil
}

// entities finds the objects of representations.
func (s *Service) entities(args *Object) any {
	out := []any{}
	list, _ := args.Get("representations").([]any)
	for _, r := range list {
		out = append(out, s.entity(r.(*Object)))
	}
	return out
}

func (s *Service) entity(r *Object) any {
	name, _ := r.Get("__typename").(string)
	all, _ := s.data.Get(name).([]any)
	for _, item := range all {
		o := item.(*Object)
		same := !slices.ContainsFunc(r.Names, func(n string) bool {
			return n != "__typename" && !sameText(o.Get(n), r.Get(n))
		})
		if same {
			named := NewObject()
			named.Set("__typename", name)
			for _, n := range o.Names {
				named.Set(n, o.Get(n))
			}
			return named
		}
	}
	return nil
}

// sameText compares keys, objects of keys included.
func sameText(have, want any) bool {
	if a, ok := scalarText(have); ok {
		b, is := scalarText(want)
		return is && a == b
	}
	a, _ := have.(*Object)
	b, _ := want.(*Object)
	return a != nil && b != nil && !slices.ContainsFunc(b.Names, func(n string) bool { return !sameText(a.Get(n), b.Get(n)) })
}

// typeOf returns the type of an object that lies where def is expected, nil if it does not say.
func (s *Service) typeOf(def *ast.Definition, o *Object) *ast.Definition {
	if name, ok := o.Get("__typename").(string); ok {
		return s.schema.Types[name]
	}
	if def.Kind == ast.Object {
		return def
	}
	return nil
}

// argumentsOf returns the arguments of a field as it was asked for.
func argumentsOf(f *ast.FieldDefinition, given func(name string) any) *Object {
	out := NewObject()
	for _, a := range f.Arguments {
		v := given(a.Name)
		if isAbsent(v) && a.DefaultValue != nil {
			v = constantOf(a.DefaultValue)
		}
		if !isAbsent(v) {
			out.Set(a.Name, v)
		}
	}
	return out
}

// constantOf returns an input value without variables.
func constantOf(v *ast.Value) any {
	switch v.Kind {
	case ast.NullValue:
		return nil
	case ast.BooleanValue:
		return v.Raw == "true"
	case ast.IntValue, ast.FloatValue:
		return json.Number(v.Raw)
	case ast.ListValue:
		out := []any{}
		for _, child := range v.Children {
			out = append(out, constantOf(child.Value))
		}
		return out
	case ast.ObjectValue:
		out := NewObject()
		for _, child := range v.Children {
			out.Set(child.Name, constantOf(child.Value))
		}
		return out
	default:
		return v.Raw
	}
}
