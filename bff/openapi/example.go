package openapi

import (
	"encoding/json"

	"manifold/internal/plan"
	"manifold/internal/rawjson"
)

// maxDeep is how deep examples go into what leads back to itself.
const maxDeep = 8

// Example returns a value that fits a description. name is what it is called.
func Example(a *plan.Answer, name string) json.RawMessage { return appendExample(nil, a, name, 0) }

func appendExample(out []byte, a *plan.Answer, name string, depth int) []byte {
	if depth > maxDeep {
		return append(out, "null"...)
	}
	switch a.Kind {
	case plan.AnswerInt:
		return append(out, '1')
	case plan.AnswerFloat:
		return append(out, "1.5"...)
	case plan.AnswerBoolean:
		return append(out, "true"...)
	case plan.AnswerID:
		return append(out, `"1"`...)
	case plan.AnswerString:
		return rawjson.Quote(out, name)
	case plan.AnswerEnum:
		if len(a.Enum) == 0 {
			return append(out, "null"...)
		}
		return rawjson.Quote(out, a.Enum[0])
	case plan.AnswerList:
		out = append(out, '[')
		if depth < maxDeep {
			out = appendExample(out, a.Item, name, depth+1)
		}
		return append(out, ']')
	case plan.AnswerMap:
		out = append(out, `{"key":`...)
		out = appendExample(out, a.Item, name, depth+1)
		return append(out, '}')
	case plan.AnswerObject:
		return appendMembers(out, a, "", depth)
	case plan.AnswerOneOf:
		if len(a.Variants) == 0 {
			return append(out, "null"...)
		}
		return appendMembers(out, a.Variants[0], a.Discriminator, depth)
	default:
		return anything(out, a.Name)
	}
}

// appendMembers writes an object. told is the member that names its type.
func appendMembers(out []byte, a *plan.Answer, told string, depth int) []byte {
	out = append(out, '{')
	start := len(out)
	for i := range a.Members {
		m := &a.Members[i]
		if depth >= maxDeep && m.Optional {
			continue
		}
		if len(out) > start {
			out = append(out, ',')
		}
		out = append(rawjson.Quote(out, m.Name), ':')
		if m.Name == told && told != "" {
			out = rawjson.Quote(out, a.Name)
			continue
		}
		out = appendExample(out, m.Type, m.Name, depth+1)
	}
	return append(out, '}')
}

// anything writes a custom scalar, by the names that most people give them.
func anything(out []byte, name string) []byte {
	switch name {
	case "DateTime", "Timestamp", "Instant":
		return append(out, `"2026-01-31T12:00:00Z"`...)
	case "Date", "LocalDate":
		return append(out, `"2026-01-31"`...)
	case "Time", "LocalTime":
		return append(out, `"12:00:00"`...)
	case "UUID":
		return append(out, `"6f1c9c3e-7f5b-4a59-9d0e-2f6f5c1c0c55"`...)
	case "URL", "URI":
		return append(out, `"https://example.com/"`...)
	case "Long", "BigInt", "Int64":
		return append(out, '1')
	case "JSON", "JSONObject", "Map":
		return append(out, "{}"...)
	default:
		return append(out, `"..."`...)
	}
}
