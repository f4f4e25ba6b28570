package mcp_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"
	"github.com/vektah/gqlparser/v2/ast"

	"manifold/bff/mcp"
	"manifold/internal/auth"
	"manifold/internal/gatewaytest"
	"manifold/schema"
	"manifold/upstreams"
)

const gateway = `
extend schema @source(name: "api", http: { baseURL: "http://api" }) @bff(name: "agent", prefix: "/agent")
type Query {
  user(id: ID!): User @connect(source: "api", http: { GET: "/users/{$args.id}" })
  "Products, by the beginning of their name."
  products("The beginning of the name." prefix: String, first: Int! = 3): [Product!]! @connect(source: "api", http: { GET: "/products?p={$args.prefix}&n={$args.first}" })
}
type User { id: ID! name: String }
type Product { id: ID! name: String! }
`

func operations() []*ast.Source {
	return []*ast.Source{
		{Name: "bff/agent/me.graphql", Input: `query Me($uid: ID! @claim(path: "sub")) @mcpTool(description: "Who the user is.") @authenticated { user(id: $uid) @flatten { name } }`},
		{Name: "bff/agent/find.graphql", Input: `"Finds products." query FindProducts($prefix: String, $first: Int = 2) @mcpTool { products(prefix: $prefix, first: $first) { id name } }`},
	}
}

// open serves the tools of the gateway above; the bearer token of a request is the subject of who sends it.
func open(t *testing.T) *httptest.Server {
	t.Helper()
	answer := func(_ context.Context, _ *schema.Source, c *upstreams.Call) (*upstreams.Reply, error) {
		body := `[{"id":1,"name":"Lamp"}]`
		if id, ok := strings.CutPrefix(string(c.URL), "http://api/users/"); ok {
			body = `{"id":"` + id + `","name":"` + id + `"}`
		}
		return &upstreams.Reply{Status: 200, ContentType: "application/json", Body: []byte(body)}, nil
	}
	g, err := gatewaytest.Open([]*ast.Source{{Name: "gateway.graphql", Input: gateway}}, nil, answer)
	if err != nil {
		t.Fatal(err)
	}
	server, problems := g.Routes(operations(), func(r *http.Request, _ []string) (*auth.Identity, error) {
		name, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		if !ok {
			return nil, nil
		}
		return &auth.Identity{Subject: name, Claims: []byte(`{"sub":"` + name + `"}`)}, nil
	})
	if problems.Failed() {
		t.Fatal(problems)
	}
	s := httptest.NewServer(mcp.New(server.API().Clients[0], server, mcp.Options{Version: "1"}))
	t.Cleanup(s.Close)
	return s
}

// bearer sends a token with every request.
type bearer string

func (b bearer) RoundTrip(r *http.Request) (*http.Response, error) {
	if b != "" {
		r = r.Clone(r.Context())
		r.Header.Set("Authorization", "Bearer "+string(b))
	}
	return http.DefaultTransport.RoundTrip(r)
}

func connect(t *testing.T, s *httptest.Server, token string) *sdk.ClientSession {
	t.Helper()
	client := sdk.NewClient(&sdk.Implementation{Name: "test", Version: "1"}, nil)
	session, err := client.Connect(t.Context(), &sdk.StreamableClientTransport{
		Endpoint: s.URL, HTTPClient: &http.Client{Transport: bearer(token)}, DisableStandaloneSSE: true,
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = session.Close() })
	return session
}

func call(t *testing.T, session *sdk.ClientSession, name string, args map[string]any) (text string, failed bool) {
	t.Helper()
	result, err := session.CallTool(t.Context(), &sdk.CallToolParams{Name: name, Arguments: args})
	if err != nil {
		t.Fatal(err)
	}
	if len(result.Content) != 1 {
		t.Fatalf("%d contents", len(result.Content))
	}
	return result.Content[0].(*sdk.TextContent).Text, result.IsError
}

func TestToolsAreListedWithWhatTheyTake(t *testing.T) {
	t.Parallel()
	list, err := connect(t, open(t), "").ListTools(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, tool := range list.Tools {
		input, _ := json.Marshal(tool.InputSchema)
		got[tool.Name] = tool.Description + " " + string(input)
	}
	want := map[string]string{
		"me":            `Who the user is. {"type":"object"}`,
		"find_products": `Finds products. {"properties":{"first":{"default":2,"format":"int32","type":["integer","null"]},"prefix":{"description":"The beginning of the name.","type":["string","null"]}},"type":"object"}`,
	}
	for name, text := range want {
		if got[name] != text {
			t.Errorf("%s: %s\nwant %s", name, got[name], text)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d tools", len(got))
	}
}

func TestToolsAreCalled(t *testing.T) {
	t.Parallel()
	s := open(t)
	ann, nobody := connect(t, s, "Ann"), connect(t, s, "")
	for _, test := range []struct {
		session *sdk.ClientSession
		name    string
		args    map[string]any
		want    string
		failed  bool
	}{
		{ann, "me", nil, `{"name":"Ann"}`, false},
		{nobody, "me", nil, `"code":"UNAUTHENTICATED"`, true},
		{ann, "me", map[string]any{"uid": "Bob"}, `there is no argument \"uid\" here`, true},
		{nobody, "find_products", map[string]any{"first": 1}, `{"products":[{"id":"1","name":"Lamp"}]}`, false},
		{nobody, "find_products", map[string]any{"first": "many"}, `variable \"$first\": expected Int, got \"many\"`, true},
	} {
		text, failed := call(t, test.session, test.name, test.args)
		if failed != test.failed || !strings.Contains(text, test.want) {
			t.Errorf("%s %v: %s (failed: %t)\nwant %s", test.name, test.args, text, failed, test.want)
		}
	}
}

// Two people at the same time never get each other's answers.
func TestToolsAreCalledForTheirSender(t *testing.T) {
	t.Parallel()
	s := open(t)
	done := make(chan struct{})
	for _, name := range []string{"Ann", "Bob"} {
		go func() {
			defer func() { done <- struct{}{} }()
			session := connect(t, s, name)
			for range 50 {
				if text, _ := call(t, session, "me", nil); text != `{"name":"`+name+`"}` {
					t.Errorf("%s got %s", name, text)
				}
			}
		}()
	}
	<-done
	<-done
}
