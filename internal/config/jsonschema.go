package config

import (
	"encoding/json"
	"reflect"
	"strconv"
)

// JSONSchema returns the JSON Schema of gateway.yaml (draft 2020-12), for editors. It is not as strict as Parse: a value may
// be a ${...}, whose text an editor cannot know.
func JSONSchema() []byte {
	s := objectSchema(reflect.TypeFor[Config]())
	s["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	s["title"] = "gateway.yaml"
	text, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		panic(err) // maps of texts and numbers marshal
	}
	return append(text, '\n')
}

func objectSchema(t reflect.Type) map[string]any {
	properties := map[string]any{}
	var required []string
	for f := range t.Fields() {
		name := f.Tag.Get("key")
		if name == "" {
			continue
		}
		p := valueSchema(f)
		p["description"] = f.Tag.Get("about")
		properties[name] = p
		if f.Tag.Get("need") != "" {
			required = append(required, name)
		}
	}
	s := map[string]any{"type": "object", "properties": properties, "additionalProperties": false}
	if required != nil {
		s["required"] = required
	}
	return s
}

// variable is a text that stands for something else.
func variable() map[string]any { return map[string]any{"type": "string", "pattern": `\$\{`} }

func valueSchema(f reflect.StructField) map[string]any {
	s := map[string]any{}
	if text := f.Tag.Get("default"); text != "" {
		s["default"] = text
	}
	if text := f.Tag.Get("example"); text != "" && kindName(f.Type) != "any" {
		s["examples"] = []any{text}
	}
	switch f.Type {
	case reflect.TypeFor[Mode]():
		s["anyOf"] = []any{map[string]any{"enum": []Mode{Production, Development}}, variable()}
	case reflect.TypeFor[Access]():
		s["anyOf"] = []any{map[string]any{"enum": []Access{Open, Trusted, Off}}, variable()}
	case reflect.TypeFor[Balancing]():
		s["anyOf"] = []any{map[string]any{"enum": []Balancing{LeastLoaded, RoundRobin, ByURL, ByHeader}}, variable()}
	case reflect.TypeFor[Part]():
		s["anyOf"] = []any{map[string]any{"type": "number", "minimum": 0, "maximum": 1}, variable()}
		delete(s, "examples")
	case reflect.TypeFor[Size]():
		s["anyOf"] = []any{
			map[string]any{"type": "integer", "minimum": 0},
			map[string]any{"type": "string", "pattern": `^[0-9]+ *(B|KiB|MiB|GiB)?$`},
			variable(),
		}
	case reflect.TypeFor[Duration]():
		s["anyOf"] = []any{map[string]any{"type": "string", "pattern": `^([0-9.]+(ns|us|ms|s|m|h))+$`}, variable()}
	case reflect.TypeFor[bool]():
		s["anyOf"] = []any{map[string]any{"type": "boolean"}, variable()}
		s["default"] = f.Tag.Get("default") == "true"
		s["examples"] = []any{f.Tag.Get("example") == "true"}
	case reflect.TypeFor[int]():
		number := map[string]any{"type": "integer"}
		for word, tag := range map[string]string{"minimum": "min", "maximum": "max"} {
			if n, err := strconv.Atoi(f.Tag.Get(tag)); err == nil {
				number[word] = n
			}
		}
		s["anyOf"] = []any{number, variable()}
		if n, err := strconv.Atoi(f.Tag.Get("default")); err == nil {
			s["default"] = n
		}
		if n, err := strconv.Atoi(f.Tag.Get("example")); err == nil {
			s["examples"] = []any{n}
		}
	case reflect.TypeFor[[]Text]():
		text := map[string]any{"type": "string"}
		s["anyOf"] = []any{text, map[string]any{"type": "array", "items": text, "minItems": 1}}
		delete(s, "examples")
		delete(s, "default")
		if f.Tag.Get("default") != "" {
			s["default"] = []string{"gateway.graphql"}
		}
	case reflect.TypeFor[Values]():
		s["type"] = "object"
	case reflect.TypeFor[Address](), reflect.TypeFor[Text](), reflect.TypeFor[Secret](), reflect.TypeFor[string]():
		s["type"] = "string"
	default:
		return compoundSchema(f.Type)
	}
	return s
}

func compoundSchema(t reflect.Type) map[string]any {
	switch t.Kind() {
	case reflect.Map:
		return map[string]any{"type": "object", "additionalProperties": objectSchema(t.Elem())}
	case reflect.Slice:
		return map[string]any{"type": "array", "items": objectSchema(t.Elem())}
	default:
		return objectSchema(t)
	}
}
