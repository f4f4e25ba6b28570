package openapi

import (
	"manifold/internal/plan"
)

// schema describes a value. name is what its parts are called that others have to refer to.
func (b *builder) schema(a *plan.Answer, name string) *Schema {
	if a.Shared {
		return nullable(b.shared(a), a.Nullable)
	}
	s := b.bare(a, name)
	if a.Kind != plan.AnswerOneOf && a.Kind != plan.AnswerAny {
		if a.Nullable {
			s.Type = []string{s.Type.(string), "null"}
		}
		if a.Nullable && s.Enum != nil {
			s.Enum = append(s.Enum, nil)
		}
		return s
	}
	return nullable(s, a.Nullable && a.Kind == plan.AnswerOneOf)
}

// nullable allows null beside what a schema allows.
func nullable(s *Schema, is bool) *Schema {
	if !is {
		return s
	}
	if s.OneOf != nil {
		s.OneOf = append(s.OneOf, &Schema{Type: "null"})
		return s
	}
	return &Schema{OneOf: []*Schema{s, {Type: "null"}}}
}

// bare describes a value that is not null.
func (b *builder) bare(a *plan.Answer, name string) *Schema {
	s := &Schema{Description: a.Description}
	switch a.Kind {
	case plan.AnswerInt:
		s.Type, s.Format = "integer", "int32"
	case plan.AnswerFloat:
		s.Type, s.Format = "number", "double"
	case plan.AnswerString, plan.AnswerID:
		s.Type = "string"
	case plan.AnswerBoolean:
		s.Type = "boolean"
	case plan.AnswerEnum:
		s.Type = "string"
		for _, v := range a.Enum {
			s.Enum = append(s.Enum, v)
		}
	case plan.AnswerList:
		s.Type, s.Items = "array", b.schema(a.Item, name)
	case plan.AnswerMap:
		s.Type, s.AdditionalProperties = "object", b.schema(a.Item, name)
	case plan.AnswerObject:
		b.object(s, a, name)
	case plan.AnswerOneOf:
		b.oneOf(s, a, name)
	case plan.AnswerAny:
		s.Title = a.Name
		if a.Format != "" && s.Description == "" {
			s.Description = "See " + a.Format
		}
	}
	return s
}

func (b *builder) object(s *Schema, a *plan.Answer, name string) {
	s.Type = "object"
	for i := range a.Members {
		m := &a.Members[i]
		of := b.schema(m.Type, name+upper(m.Name))
		if m.Description != "" || m.Deprecated != "" {
			of = described(of, m)
		}
		s.Properties.set(m.Name, of)
		if !m.Optional {
			s.Required = append(s.Required, m.Name)
		}
	}
}

// described adds what is said of a member. A reference may have a description beside it (JSON Schema 2020-12).
func described(of *Schema, m *plan.AnswerMember) *Schema {
	out := *of
	out.Description = m.Description
	if m.Deprecated != "" {
		out.Deprecated = true
		if out.Description != "" {
			out.Description += "\n\n"
		}
		out.Description += "Deprecated: " + m.Deprecated
	}
	return &out
}

// oneOf describes variants: each under a name of its own, which the discriminator leads to.
func (b *builder) oneOf(s *Schema, a *plan.Answer, name string) {
	for _, v := range a.Variants {
		of := b.free(name + upper(v.Name))
		schema := b.schema(v, of)
		if member, ok := schema.Properties.get(a.Discriminator); ok && a.Discriminator != "" {
			told := *member
			told.Enum, told.Type = []any{v.Name}, "string"
			schema.Properties.set(a.Discriminator, &told)
		}
		b.doc.Components.Schemas.set(of, schema)
		s.OneOf = append(s.OneOf, reference(of))
		if a.Discriminator == "" {
			continue
		}
		if s.Discriminator == nil {
			s.Discriminator = &Discriminator{PropertyName: a.Discriminator, Mapping: map[string]string{}}
		}
		s.Discriminator.Mapping[v.Name] = reference(of).Ref
	}
}

// shared refers to a type that is described once.
func (b *builder) shared(a *plan.Answer) *Schema {
	if _, there := b.doc.Components.Schemas.get(a.Name); !there {
		b.doc.Components.Schemas.set(a.Name, nil) // it may lead back to itself
		bare := *a
		bare.Shared, bare.Nullable = false, false
		b.doc.Components.Schemas.set(a.Name, b.schema(&bare, a.Name))
	}
	return reference(a.Name)
}

func reference(name string) *Schema { return &Schema{Ref: "#/components/schemas/" + name} }

// free returns a name that no component has.
func (b *builder) free(name string) string {
	for {
		if _, taken := b.doc.Components.Schemas.get(name); !taken {
			return name
		}
		name += "_"
	}
}

// upper begins a name with a capital letter.
func upper(s string) string {
	if s != "" && s[0] >= 'a' && s[0] <= 'z' {
		return string(s[0]-'a'+'A') + s[1:]
	}
	return s
}
