package gatewaytest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator"
	"github.com/vektah/gqlparser/v2/validator/rules"

	"manifold/upstreams"
)

// serving is one document that a Service executes (GraphQL 6, with nothing but patience).
type serving struct {
	*Service
	variables *Object
	errors    []any
}

// Serve answers the body of a request. What no gateway may send, an invalid document or variables that do not fit it, is noted as
// a fault of the test.
func (s *Service) Serve(body []byte) []byte {
	x := &serving{Service: s}
	data, err := x.document(body)
	out := NewObject()
	if err != nil {
		s.mu.Lock()
		s.wrong = append(s.wrong, fmt.Sprintf("%v, in %s", err, body))
		s.mu.Unlock()
		failure := NewObject()
		failure.Set("message", err.Error())
		out.Set("errors", []any{failure})
		return []byte(Encode(out))
	}
	out.Set("data", data)
	if len(x.errors) > 0 {
		out.Set("errors", x.errors)
	}
	return []byte(Encode(out))
}

// served has a service answer a call, and notes it: the document and its variables.
func (m *Mock) served(s *Service, call *upstreams.Call, wave int) *upstreams.Reply {
	made := *call
	if v, err := Decode(call.Body); err == nil {
		query, _ := property(v, "query").(string)
		made.Body = []byte(query + " " + Encode(property(v, "variables")))
	}
	m.mu.Lock()
	m.calls = append(m.calls, MadeCall{Wave: wave, Text: callText(&made)})
	m.mu.Unlock()
	return &upstreams.Reply{Status: 200, ContentType: "application/json", Body: s.Serve(call.Body)}
}

func (x *serving) document(body []byte) (any, error) {
	v, err := Decode(body)
	if err != nil {
		return nil, err
	}
	query, _ := property(v, "query").(string)
	x.variables, _ = property(v, "variables").(*Object)
	if x.variables == nil {
		return nil, fmt.Errorf("there are no variables")
	}
	doc, err := parser.ParseQuery(&ast.Source{Input: query})
	if err != nil {
		return nil, err
	}
	if errs := validator.ValidateWithRules(x.schema.Schema, doc, rules.NewDefaultRules()); len(errs) > 0 {
		return nil, errs
	}
	if len(doc.Operations) != 1 {
		return nil, fmt.Errorf("there is not one operation")
	}
	op := doc.Operations[0]
	plain := map[string]any{}
	dec := json.NewDecoder(bytes.NewReader([]byte(Encode(x.variables))))
	dec.UseNumber()
	if err := dec.Decode(&plain); err != nil {
		return nil, err
	}
	if _, err := validator.VariableValues(x.schema.Schema, op, plain); err != nil {
		return nil, err
	}
	for name := range plain {
		if op.VariableDefinitions.ForName(name) == nil {
			return nil, fmt.Errorf("the variable %s is not declared", name)
		}
	}
	root := x.schema.Query
	if op.Operation == ast.Mutation {
		root = x.schema.Mutation
	}
	data, ok := x.object(root, nil, []ast.SelectionSet{op.SelectionSet}, nil)
	if !ok {
		return nil, nil
	}
	return data, nil
}

// object executes selections on an object; ok is false if a null that may not be reached it.
func (x *serving) object(t *ast.Definition, o *Object, from []ast.SelectionSet, at []any) (any, bool) {
	var keys []string
	fields := map[string][]*ast.Field{}
	for _, set := range from {
		x.collect(t, set, &keys, fields)
	}
	out, ok := NewObject(), true
	for _, key := range keys {
		f := fields[key][0]
		def := f.Definition
		if f.Name == "__typename" {
			def = &ast.FieldDefinition{Name: f.Name, Type: ast.NonNullNamedType("String", nil)}
		} else if own := t.Fields.ForName(f.Name); own != nil {
			def = own
		}
		args := argumentsOf(def, func(name string) any { return x.given(f, name) })
		var below []ast.SelectionSet
		for _, g := range fields[key] {
			below = append(below, g.SelectionSet)
		}
		v, fine := x.complete(def.Type, x.field(t, o, def, args), below, append(slices.Clone(at), key))
		ok = ok && fine
		out.Set(key, v)
	}
	return out, ok
}

func (x *serving) given(f *ast.Field, name string) any {
	a := f.Arguments.ForName(name)
	switch {
	case a == nil:
		return absent{}
	case a.Value.Kind == ast.Variable:
		return x.variables.Get(a.Value.Raw)
	default:
		return constantOf(a.Value)
	}
}

func (x *serving) collect(t *ast.Definition, set ast.SelectionSet, keys *[]string, fields map[string][]*ast.Field) {
	for _, s := range set {
		switch s := s.(type) {
		case *ast.Field:
			if !x.included(s.Directives) {
				continue
			}
			if fields[s.Alias] == nil {
				*keys = append(*keys, s.Alias)
			}
			fields[s.Alias] = append(fields[s.Alias], s)
		case *ast.InlineFragment:
			if x.included(s.Directives) && x.applies(t, s.TypeCondition) {
				x.collect(t, s.SelectionSet, keys, fields)
			}
		case *ast.FragmentSpread:
			if x.included(s.Directives) && x.applies(t, s.Definition.TypeCondition) {
				x.collect(t, s.Definition.SelectionSet, keys, fields)
			}
		}
	}
}

func (x *serving) included(all ast.DirectiveList) bool {
	for _, d := range all {
		v := d.Arguments.ForName("if").Value
		if on := v.Raw == "true" || v.Kind == ast.Variable && x.variables.Get(v.Raw) == true; on != (d.Name == "include") {
			return false
		}
	}
	return true
}

func (x *serving) applies(t *ast.Definition, condition string) bool {
	return condition == "" || condition == t.Name || slices.Contains(x.schema.GetPossibleTypes(x.schema.Types[condition]), t)
}

func (x *serving) fail(message string, extensions any, at []any) {
	e := NewObject()
	e.Set("message", message)
	path := make([]any, len(at))
	for i, p := range at {
		if n, ok := p.(int); ok {
			p = jsonInt(n)
		}
		path[i] = p
	}
	e.Set("path", path)
	if !empty(extensions) {
		e.Set("extensions", extensions)
	}
	x.errors = append(x.errors, e)
}

// complete makes the value of a type; ok is false if it is null and may not be.
func (x *serving) complete(t *ast.Type, v any, below []ast.SelectionSet, at []any) (out any, ok bool) {
	if b, failed := v.(broken); failed {
		x.fail(b.message, b.extensions, at)
		return nil, !t.NonNull
	}
	if empty(v) {
		if t.NonNull {
			x.fail("null where it may not be", nil, at)
		}
		return nil, !t.NonNull
	}
	if t.Elem != nil {
		list, isList := v.([]any)
		if !isList {
			x.fail("no list", nil, at)
			return nil, !t.NonNull
		}
		items, fine := make([]any, len(list)), true
		for i := range list {
			var one bool
			items[i], one = x.complete(t.Elem, list[i], below, append(slices.Clone(at), i))
			fine = fine && one
		}
		if !fine {
			return nil, !t.NonNull
		}
		return items, true
	}
	def := x.schema.Types[t.NamedType]
	if def.Kind == ast.Scalar || def.Kind == ast.Enum {
		return v, true
	}
	o, isObject := v.(*Object)
	var own *ast.Definition
	if isObject {
		own = x.typeOf(def, o)
	}
	if own == nil {
		x.fail("no object of a known type", nil, at)
		return nil, !t.NonNull
	}
	v, ok = x.object(own, o, below, at)
	if !ok {
		return nil, !t.NonNull
	}
	return v, true
}
