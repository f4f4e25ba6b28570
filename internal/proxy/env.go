package proxy

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"

	"manifold/internal/mapping"
	"manifold/internal/rawjson"
)

// environment answers the variables of the source's headers, path and queryParams: $request, $env, $config, $context, $claims and
// $client. To ask for one of the last two is to ask who the request comes from.
type environment struct{ x *exchange }

var _ mapping.Env = (*environment)(nil)

// Var implements mapping.Env.
func (e *environment) Var(name, key string) []byte {
	x := e.x
	switch name {
	case "request":
		if key == "headers" {
			return headersOf(x.in.Header)
		}
	case "env":
		if value, ok := x.Model.Env[key]; ok {
			return rawjson.Quote(nil, value)
		}
	case "config":
		if key == "" {
			return object(x.Source.Config)
		}
		return x.Source.Config[key]
	case "context":
		if key == "" {
			return []byte("{}")
		}
	case "claims":
		if who := x.identity(); who != nil {
			return memberOf(who.Claims, key)
		}
	case "client":
		if who := x.identity(); who != nil {
			return memberOf(who.Client, key)
		}
	}
	return nil
}

// memberOf returns a member of a JSON object, or the whole object.
func memberOf(text []byte, key string) []byte {
	if key == "" {
		return text
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(text, &members); err != nil {
		return nil
	}
	return members[key]
}

// headersOf returns headers as an object: lower-case names, lists of values.
func headersOf(header http.Header) []byte {
	members := make(map[string]json.RawMessage, len(header))
	for name, values := range header {
		list := []byte{'['}
		for i, v := range values {
			if i > 0 {
				list = append(list, ',')
			}
			list = rawjson.Quote(list, v)
		}
		members[strings.ToLower(name)] = append(list, ']')
	}
	return object(members)
}

func object(members map[string]json.RawMessage) []byte {
	out := []byte{'{'}
	for i, name := range slices.Sorted(maps.Keys(members)) {
		if i > 0 {
			out = append(out, ',')
		}
		out = rawjson.Quote(out, name)
		out = append(out, ':')
		out = append(out, members[name]...)
	}
	return append(out, '}')
}
