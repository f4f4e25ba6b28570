package schema_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"manifold/schema"
)

const overlaidSDL = `extend schema @source(name: "api", http: { baseURL: "${UNSET}", headers: [{ name: "X-A", value: "a" }, { name: "X-B", value: "b" }] })
type Query {
  one(id: ID): String @connect(source: "api", http: { GET: "/{$config.path}/{$args.id}" }, selection: "$config.names.first")
}
`

// An overlay's address stands in for one that cannot even be read; its headers replace those of the same name.
func TestOverlay(t *testing.T) {
	t.Parallel()
	g, err := overlaid(overlaidSDL, schema.Overlay{
		BaseURL: "http://test.internal/v2/",
		Headers: []schema.OverlayHeader{{Name: "x-b", Value: "{$args.id}"}, {Name: "X-C", Value: "c"}},
		Config:  members(`{"path": "things", "names": {"first": "x"}}`),
	})
	if err != nil {
		t.Fatal(err)
	}
	s := g.Sources[0]
	if s.BaseURL != "http://test.internal/v2" || len(s.Headers) != 3 {
		t.Fatalf("address %q, %d headers", s.BaseURL, len(s.Headers))
	}
	if value, present, err := s.Headers[1].Value.Append(nil, nil, nil); string(value) != "{$args.id}" || !present || err != nil {
		t.Errorf("the header is %q, %v: a constant was read as a template", value, err)
	}
}

func TestConfigInAnAddress(t *testing.T) {
	t.Parallel()
	sdl := strings.Replace(overlaidSDL, "${UNSET}", "http://{$config.host}:{ $config.port }", 1)
	g, err := overlaid(sdl, schema.Overlay{Config: members(`{"host": "h.internal", "port": 81, "path": "p", "names": {"first": 1}}`)})
	if err != nil || g.Sources[0].BaseURL != "http://h.internal:81" {
		t.Fatalf("%v", err)
	}
}

func TestProblemsOfOverlays(t *testing.T) {
	t.Parallel()
	spot := schema.Spot{File: "gateway.yaml", Line: 3, Column: 5}
	good := `{"path": "p", "names": {"first": "x"}}`
	tests := map[string]struct {
		base    string
		headers []schema.OverlayHeader
		config  string
		says    []string
	}{
		"address":          {"users.internal", nil, good, []string{"gateway.yaml:3:5: sources.api.http.baseURL: baseURL cannot be used: it must begin with http"}},
		"name of a header": {"http://a", []schema.OverlayHeader{{Name: "a b", At: spot}}, good, []string{`gateway.yaml:3:5: sources.api.http.headers: "a b" is not a name`}},
		"hop by hop":       {"http://a", []schema.OverlayHeader{{Name: "Host", At: spot}}, good, []string{"belongs to the connection"}},
		"line break":       {"http://a", []schema.OverlayHeader{{Name: "A", Value: "s3cr3t\nB: c", At: spot}}, good, []string{"holds a control character"}},
		"twice":            {"http://a", []schema.OverlayHeader{{Name: "A", At: spot}, {Name: "a", At: spot}}, good, []string{"given twice"}},
		"no such member":   {"http://a", nil, `{"pth": "p", "names": {"frst": 1}}`, []string{"the config of source api has no path", "did you mean $config.pth?", "$config.names has no member first", "did you mean $config.names.frst?"}},
		"no config":        {"http://a", nil, `{}`, []string{"gateway.graphql:3:", "write it into gateway.yaml: sources: { api: { config: { path: ... } } }"}},
		"no object":        {"http://a", nil, `{"path": "p", "names": "x"}`, []string{"$config.names is no object and has no member first"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := overlaid(overlaidSDL, schema.Overlay{BaseURL: test.base, Headers: test.headers, Config: members(test.config), At: spot, BaseURLAt: spot})
			if err == nil {
				t.Fatal("loaded")
			}
			for _, says := range test.says {
				if !strings.Contains(err.Error(), says) {
					t.Errorf("no %q in\n%v", says, err)
				}
			}
			if strings.Contains(err.Error(), "s3cr3t") {
				t.Errorf("a secret is told:\n%v", err)
			}
		})
	}
}

func TestOverlayOfNothing(t *testing.T) {
	t.Parallel()
	file := &ast.Source{Name: "gateway.graphql", Input: "extend schema @source(name: \"users\", http: { baseURL: \"http://a\" })\ntype Query { a: String @connect(source: \"users\", http: { GET: \"/a\" }) }\n"}
	_, err := schema.LoadWith([]*ast.Source{file}, schema.Options{Overlays: map[string]schema.Overlay{"user": {At: schema.Spot{File: "gateway.yaml", Line: 2, Column: 3}}}})
	if err == nil || !strings.Contains(err.Error(), "gateway.yaml:2:3: sources.user: no schema file declares a source user\n  hint: did you mean users?") {
		t.Errorf("%v", err)
	}
}

func overlaid(sdl string, o schema.Overlay) (*schema.Gateway, error) {
	return schema.LoadWith([]*ast.Source{{Name: "gateway.graphql", Input: sdl}}, schema.Options{Overlays: map[string]schema.Overlay{"api": o}})
}

// What an environment says has to fit how the source is called.
func TestProblemsOfEnvironments(t *testing.T) {
	t.Parallel()
	const http = `extend schema @source(name: "api", http: { baseURL: "http://a" }) type Query { one: String @connect(source: "api", http: { GET: "/" }) }`
	const grpc = `extend schema @source(name: "api", grpc: { target: "dns:///a:1", descriptorSet: "x.pb" }) type Query { one: String }`
	spot := schema.Spot{File: "gateway.yaml", Line: 3, Column: 5}
	certificate := schema.Outbound{TLS: schema.ClientTLS{CA: "ca.crt"}}
	for name, test := range map[string]struct {
		sdl  string
		over schema.Overlay
		says string
	}{
		"certificate for http":       {http, schema.Overlay{Outbound: certificate}, "gateway.yaml:3:5: sources.api.auth.tls: the source api is not called over TLS: certificates have no effect"},
		"certificate for plain gRPC": {grpc, schema.Overlay{Outbound: certificate}, "write grpc: { tls: true }"},
		"gRPC check of HTTP":         {http, schema.Overlay{Instances: schema.Instances{Health: schema.Health{Active: true}}}, "gateway.yaml:3:5: sources.api.healthCheck.grpc: the source api is called by HTTP"},
		"path of gRPC":               {grpc, schema.Overlay{Instances: schema.Instances{Health: schema.Health{Active: true, Path: "/x"}}}, "gateway.yaml:3:5: sources.api.healthCheck.path: the source api is called by gRPC"},
		"certificate for https":      {http, schema.Overlay{Outbound: certificate, BaseURL: "https://a"}, ""},
		"path of HTTP":               {http, schema.Overlay{Instances: schema.Instances{Health: schema.Health{Active: true, Path: "/x"}}}, ""},
	} {
		test.over.HealthAt, test.over.TLSAt, test.over.BaseURLAt = spot, spot, spot
		_, err := overlaid(test.sdl, test.over)
		switch {
		case test.says == "" && err != nil:
			t.Errorf("%s: %v", name, err)
		case test.says != "" && (err == nil || !strings.Contains(err.Error(), test.says)):
			t.Errorf("%s: no %q in\n%v", name, test.says, err)
		}
	}
}

func members(text string) (m map[string]json.RawMessage) {
	if err := json.Unmarshal([]byte(text), &m); err != nil {
		panic(err)
	}
	return m
}

// A source that speaks gRPC or GraphQL gets its address and its headers from an overlay of that transport; one of another is a
// problem.
func TestOverlaysOfOtherTransports(t *testing.T) {
	t.Parallel()
	const sdl = `extend schema @source(name: "api", graphql: { url: "http://old/graphql", schema: "s.graphqls", headers: [{ name: "A", value: "1" }] })
type Query { x: Int @connect(source: "api", graphql: { field: "x" }) }`
	load := func(sdl string, o schema.Overlay) (*schema.Gateway, error) {
		return schema.LoadWith([]*ast.Source{{Name: "gateway.graphql", Input: sdl}}, schema.Options{
			Overlays: map[string]schema.Overlay{"api": o},
			Read:     func(string) ([]byte, error) { return []byte(`type Query { x: Int }`), nil },
		})
	}
	spot := schema.Spot{File: "gateway.yaml", Line: 2, Column: 3}
	g, err := load(sdl, schema.Overlay{Transport: "graphql", BaseURL: "http://new/q", Headers: []schema.OverlayHeader{{Name: "A", Value: "2"}}, At: spot, BaseURLAt: spot})
	if err != nil {
		t.Fatal(err)
	}
	if s := g.Sources[0]; s.BaseURL != "http://new/q" || len(s.Headers) != 1 || s.Headers[0].Value.String() != "2" {
		t.Errorf("%+v", s)
	}
	for text, want := range map[string]string{
		"http":         "sources.api.http: the source is called by graphql: http has no effect",
		"graphql":      "sources.api.graphql.url: url cannot be used",
		"graphql http": "sources.api.http: the source is called by graphql: http has no effect",
	} {
		said := strings.Fields(text)
		_, err := load(sdl, schema.Overlay{Transport: said[0], Also: said[1:], BaseURL: "ftp://x", At: spot, BaseURLAt: spot})
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "gateway.yaml:2:3") {
			t.Errorf("%s: %v", text, err)
		}
	}
	_, err = load(strings.Replace(sdl, "graphql: { url: \"http://old/graphql\", schema: \"s.graphqls\", headers: [{ name: \"A\", value: \"1\" }] }", `grpc: { target: "old:1", proto: "x.proto" }`, 1),
		schema.Overlay{Transport: "grpc", BaseURL: "http://new", At: spot, BaseURLAt: spot})
	if err == nil || !strings.Contains(err.Error(), "target cannot be used: it is a URL of HTTP") {
		t.Error(err)
	}
	_, err = load(strings.Replace(sdl, "graphql: { url: \"http://old/graphql\", schema: \"s.graphqls\", headers: [{ name: \"A\", value: \"1\" }] }", `grpc: { target: "old:1", proto: "x.proto" }`, 1),
		schema.Overlay{Transport: "grpc", Headers: []schema.OverlayHeader{{Name: "Grpc-Timeout", Value: "1S", At: spot}}, At: spot})
	if err == nil || !strings.Contains(err.Error(), "gateway.yaml:2:3: sources.api.grpc.metadata: the metadata Grpc-Timeout belongs to gRPC itself") {
		t.Error(err)
	}
}
