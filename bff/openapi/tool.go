package openapi

import (
	"encoding/json"
	"strings"

	"manifold/bff"
	"manifold/internal/plan"
)

// ToolInput is the JSON Schema of what an agent gives to an operation: its variables but for those that are known without it,
// claims, headers and cookies. Types that lead back to themselves stand in $defs.
func ToolInput(o *bff.Operation) json.RawMessage {
	b := &builder{doc: &Document{}}
	s := &Schema{Type: "object"}
	for i := range o.Variables {
		v := &o.Variables[i]
		if v.In == bff.InClaim || v.In == bff.InHeader || v.In == bff.InCookie {
			continue
		}
		of := b.schema(v.Shape, upper(v.Name))
		if about := v.Description(); about != "" {
			of = described(of, &plan.AnswerMember{Description: about})
		}
		if d := v.Definition.DefaultValue; d != nil && json.Valid([]byte(d.String())) {
			of.Default = json.RawMessage(d.String())
		}
		s.Properties.set(v.Name, of)
		if v.Required() {
			s.Required = append(s.Required, v.Name)
		}
	}
	return b.alone(s)
}

// ToolOutput is the JSON Schema of what an operation answers, nil if nothing is known of it.
func ToolOutput(o *bff.Operation) json.RawMessage {
	if o.Answer.Kind != plan.AnswerObject || o.Answer.Nullable {
		return nil // older agents take objects only
	}
	b := &builder{doc: &Document{}}
	return b.alone(b.schema(o.Answer, o.Name))
}

// alone makes a schema stand for itself: what it refers to is in it.
func (b *builder) alone(s *Schema) json.RawMessage {
	text, err := json.Marshal(s)
	if err != nil {
		panic("openapi: " + err.Error()) // every part is marshallable
	}
	if len(b.doc.Components.Schemas.names) == 0 {
		return text
	}
	defs, err := json.Marshal(b.doc.Components.Schemas)
	if err != nil {
		panic("openapi: " + err.Error())
	}
	all := string(text[:len(text)-1]) + `,"$defs":` + string(defs) + "}"
	return json.RawMessage(strings.ReplaceAll(all, `"#/components/schemas/`, `"#/$defs/`))
}
