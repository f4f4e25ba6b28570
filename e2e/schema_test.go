package e2e_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// The schema that an author wrote, less the gateway's own words, the schema that `manifold schema` prints and the schema that
// introspection tells are one and the same to graphql-js.
func TestGraphQLJSBuildsOurSchema(t *testing.T) {
	t.Parallel()
	for _, file := range []string{"testdata/rich.graphql", "../gateway.graphql", "testdata/same.graphql"} {
		t.Run(file, func(t *testing.T) {
			t.Parallel()
			env := "DATA_URL=http://127.0.0.1:9"
			in := map[string]string{"text": read(t, file), "sdl": publicSDL(t, file, env), "url": serve(t, file, env)}
			var got struct {
				Written, Exported, Introspected string
				Told, Answered                  json.RawMessage
			}
			node(t, "schema.cjs", in, &got)
			if len(got.Written) < 500 {
				t.Errorf("graphql-js prints next to nothing:\n%s", got.Written)
			}
			sameLines(t, "the exported schema", got.Exported, got.Written)
			sameLines(t, "the introspected schema", got.Introspected, got.Written)
			if strings.Contains(in["sdl"], "@connect") || strings.Contains(in["sdl"], "@key") {
				t.Errorf("the exported schema shows our directives:\n%s", in["sdl"])
			}
			same(t, got.Answered, got.Told)
		})
	}
}

// same compares two answers to the full introspection query, whose lists of types and directives are sets.
func same(t *testing.T, got, want json.RawMessage) {
	t.Helper()
	g, w := introspected(t, got), introspected(t, want)
	for _, d := range differences("", g, w) {
		t.Errorf("introspection and graphql-js differ: %s", d)
	}
}

// introspected returns what is told of each type and directive, by name. Three things are left out: the types of
// introspection itself, which graphql-js has added proposals to; descriptions of GraphQL's own words, since each
// implementation has its own sentences; and defaults, which graphql-js prints anew from the value (-1.5e10 as -15000000000):
// the printed schemas compare those.
func introspected(t *testing.T, text json.RawMessage) map[string]any {
	t.Helper()
	var data struct {
		Schema map[string]any `json:"__schema"`
	}
	if err := json.Unmarshal(text, &data); err != nil {
		t.Fatal(err)
	}
	told := map[string]any{}
	for _, list := range []string{"types", "directives"} {
		for _, one := range data.Schema[list].([]any) {
			name := one.(map[string]any)["name"].(string)
			if strings.HasPrefix(name, "__") {
				continue
			}
			drop(one, "defaultValue")
			if slices.Contains(standard, name) {
				drop(one, "description")
			}
			told[list+" "+name] = one
		}
		delete(data.Schema, list)
	}
	told["schema"] = data.Schema
	return told
}

// standard are the types and directives of GraphQL itself.
var standard = []string{"Int", "Float", "String", "Boolean", "ID", "skip", "include", "deprecated", "specifiedBy", "oneOf"}

// drop removes the members of a name, however deep they are.
func drop(v any, name string) {
	switch v := v.(type) {
	case map[string]any:
		delete(v, name)
		for _, member := range v {
			drop(member, name)
		}
	case []any:
		for _, item := range v {
			drop(item, name)
		}
	}
}

// differences lists the places where two decoded JSON values differ.
func differences(path string, got, want any) (list []string) {
	switch w := want.(type) {
	case map[string]any:
		g, ok := got.(map[string]any)
		if !ok {
			break
		}
		for name := range w {
			list = append(list, differences(path+"."+name, g[name], w[name])...)
		}
		for name := range g {
			if _, ok := w[name]; !ok {
				list = append(list, fmt.Sprintf("%s.%s: we have %v more", path, name, g[name]))
			}
		}
		return list
	case []any:
		g, ok := got.([]any)
		if !ok || len(g) != len(w) {
			break
		}
		for i := range w {
			list = append(list, differences(fmt.Sprintf("%s[%d]", path, i), g[i], w[i])...)
		}
		return list
	}
	if reflect.DeepEqual(got, want) {
		return nil
	}
	return []string{fmt.Sprintf("%s: we have %v, they %v", path, got, want)}
}

// sameLines shows the first line in which two texts differ, with those before it.
func sameLines(t *testing.T, what, got, want string) {
	t.Helper()
	if got == want {
		return
	}
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	i := 0
	for i < min(len(g), len(w)) && g[i] == w[i] {
		i++
	}
	part := func(lines []string) string { return strings.Join(lines[max(0, i-3):min(len(lines), i+4)], "\n") }
	t.Errorf("%s has, around line %d,\n%s\nbut should have\n%s", what, i+1, part(g), part(w))
}
