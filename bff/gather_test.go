package bff

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"manifold/internal/auth"
	"manifold/internal/rawjson"
	"manifold/resolvers"
	"manifold/schema"
)

// gathering is an operation with a variable from every place.
func gathering(tb testing.TB) (*schema.Gateway, *Operation) {
	tb.Helper()
	model, err := schema.Load([]*ast.Source{{Name: "gateway.graphql", Input: `
extend schema @bff(name: "tv", prefix: "/tv") @source(name: "api", http: { baseURL: "http://api" })
type Query { f(p: String, i: Int, l: [Float!], o: In, h: [Boolean], c: ID, k: String, b: In, s: [In!]): String @connect(source: "api", http: { GET: "/" }) }
input In { a: Int s: String l: [ID!] in: In }`}}, nil)
	if err != nil {
		tb.Fatal(err)
	}
	const text = `query F($p: String, $i: Int, $l: [Float!], $o: In, $h: [Boolean] @header(name: "X-H"), $c: ID @cookie(name: "c"), $k: String @claim(path: "a.b"), $b: In @body(path: "in"), $s: [In!] @body(path: "list"))
@route(bff: "tv", method: POST, path: "/f/{p}") { f(p: $p, i: $i, l: $l, o: $o, h: $h, c: $c, k: $k, b: $b, s: $s) }`
	bound := strings.NewReplacer("$i: Int", `$i: Int @query(name: "i")`, "$l: [Float!]", `$l: [Float!] @query(name: "l")`, "$o: In,", `$o: In @query(name: "o"),`).Replace(text)
	api, problems := Load([]*ast.Source{{Name: "bff/tv/f.graphql", Input: bound}}, model, resolvers.NewCompiler(model))
	if problems.Failed() {
		tb.Fatal(problems)
	}
	return model, api.Clients[0].Operations[0]
}

// FuzzGather sends anything from everywhere. Whatever it is, the variables are one valid JSON object whose members are variables of
// the operation, each once: a text never gets out of its place.
func FuzzGather(f *testing.F) {
	model, o := gathering(f)
	f.Add("x", "i=1&l=1&l=2.5&o.a=1&o.in.s=t&o.l=a", "true, false", "v", `{"in":{"a":1},"list":[{}]}`, `{"a":{"b":"c"}}`)
	f.Add(`","i":7,"x":"`, `i=1,"c":2&o={"a":1}}`, `"`, `\`, `{"in":{"a":1,"a":2},"in":null}`, `{"a.b":7}`)
	f.Add("\xff\u2028", "o=[1]&o.a=%00&l=1e400&l=x", ",,", "", `{"list":{"a":[]}}`, `null`)
	f.Fuzz(func(t *testing.T, path, query, header, cookie, body, claims string) {
		if rawjson.Valid([]byte(body)) != nil || rawjson.Valid([]byte(claims)) != nil {
			return // refused before
		}
		r := httptest.NewRequest(http.MethodPost, "/tv/f/x", nil)
		r.URL.RawQuery = query
		r.SetPathValue("p", path)
		r.Header["X-H"] = []string{header}
		r.Header["Cookie"] = []string{"c=" + cookie}
		out, fault := o.gather(nil, r, []byte(strings.TrimSpace(body)), &auth.Identity{Claims: []byte(strings.TrimSpace(claims))})
		if fault != nil {
			return
		}
		if err := rawjson.Valid(out); err != nil {
			t.Fatalf("%s: %v", out, err)
		}
		var seen []string
		_, _ = rawjson.Members(out, 0, func(key, _ []byte) error {
			name := string(rawjson.Unquote(nil, key))
			if slices.Contains(seen, name) || o.Definition.VariableDefinitions.ForName(name) == nil {
				t.Errorf("a member %q in %s", name, out)
			}
			seen = append(seen, name)
			return nil
		})
		values, errs := resolvers.VariablesText(model, o.Definition, out)
		for i, v := range values {
			if v != nil && rawjson.Valid(v) != nil {
				t.Errorf("variable %d is %s", i, v)
			}
		}
		if p := string(values0(values)); len(errs) == 0 && p != string(rawjson.Quote(nil, strings.ToValidUTF8(path, "\uFFFD"))) {
			t.Errorf("the path %q is the variable %s", path, p)
		}
	})
}

func values0(values [][]byte) []byte {
	if len(values) == 0 {
		return nil
	}
	return values[0]
}
