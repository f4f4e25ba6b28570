package config

import (
	"encoding/json"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"manifold/internal/rawjson"
)

// values reads any YAML that JSON can say, as the members of an object.
func (r *reader) values(n ast.Node, k key) Values {
	members, ok := r.members(n, k)
	if !ok {
		return nil
	}
	out := Values{}
	for _, m := range members {
		name, _ := keyText(m)
		out[name] = json.RawMessage(r.appendJSON(nil, m.Value, k.child(name, "*", "")))
	}
	return out
}

// appendJSON writes a value as JSON. Texts are expanded. A plain scalar is a number only if it is written as JSON writes
// numbers: 017 and 0x1F stay texts, so that no digit is lost.
func (r *reader) appendJSON(b []byte, n ast.Node, k key) []byte {
	switch n := n.(type) {
	case *ast.NullNode:
		return append(b, "null"...)
	case *ast.BoolNode:
		if n.Value {
			return append(b, "true"...)
		}
		return append(b, "false"...)
	case *ast.IntegerNode, *ast.FloatNode:
		text := n.GetToken().Value
		if json.Valid([]byte(text)) && !strings.ContainsAny(text, "\"{[") {
			return append(b, text...)
		}
		return rawjson.Quote(b, text)
	case *ast.StringNode, *ast.LiteralNode:
		text, _ := scalarText(n)
		text, _ = r.expand(text, n, k)
		return rawjson.Quote(b, text)
	case *ast.SequenceNode:
		b = append(b, '[')
		for i, item := range n.Values {
			if i > 0 {
				b = append(b, ',')
			}
			b = r.appendJSON(b, item, key{k.path + "[]", k.pattern + "[]", ""})
		}
		return append(b, ']')
	case *ast.MappingNode, *ast.MappingValueNode:
		members, _ := r.members(n, k)
		b = append(b, '{')
		for i, m := range members {
			if i > 0 {
				b = append(b, ',')
			}
			name, _ := keyText(m)
			b = append(rawjson.Quote(b, name), ':')
			b = r.appendJSON(b, m.Value, k.child(name, "*", ""))
		}
		return append(b, '}')
	default:
		r.problem(r.at(n), k.path, "JSON cannot say this", "anchors, aliases, tags, infinity and not-a-number are not read here")
		return append(b, "null"...)
	}
}
