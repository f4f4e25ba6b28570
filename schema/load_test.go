package schema_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"manifold/internal/mapping"
	"manifold/schema"
)

// load reads one text as gateway.graphql; environment variables are given as NAME=value.
func load(t testing.TB, text string, env ...string) (*schema.Gateway, schema.Problems) {
	t.Helper()
	return loadFiles(t, []*ast.Source{{Name: "gateway.graphql", Input: text}}, env...)
}

func loadFiles(t testing.TB, files []*ast.Source, env ...string) (*schema.Gateway, schema.Problems) {
	t.Helper()
	g, err := schema.Load(files, func(name string) (string, bool) {
		for _, e := range env {
			if k, v, _ := strings.Cut(e, "="); k == name {
				return v, true
			}
		}
		return "", false
	})
	if err == nil {
		return g, nil
	}
	var ps schema.Problems
	if !errors.As(err, &ps) || len(ps) == 0 {
		t.Fatalf("the error is no list of problems: %v", err)
	}
	if g != nil {
		t.Fatal("a gateway was returned beside an error")
	}
	return nil, ps
}

func mustLoad(t testing.TB, text string, env ...string) *schema.Gateway {
	t.Helper()
	g, ps := load(t, text, env...)
	if ps != nil {
		t.Fatalf("unexpected problems:\n%v", ps)
	}
	return g
}

// src is the first line of most texts: a source named a.
const src = `extend schema @source(name: "a", http: { baseURL: "http://a" })` + "\n"

const posts = `extend schema @source(name: "api", http: { baseURL: "http://api", headers: [{ name: "Authorization", from: "Authorization" }] })
type Query {
  greet: String! @connect(selection: "$('Hello')")
  posts: [Post!]! @connect(source: "api", http: { GET: "/posts" })
  user(id: Int!): User @connect(source: "api", http: { GET: "/users/{$args.id}" })
  author(id: ID!): User @lookup
}
type Post { id: Int! title: String user: User @from(path: "{ id: userId }") }
type User @key(fields: "id") @connect(source: "api", http: { GET: "/users?id={$batch.id}" }) { id: Int! name: String! }
extend type User {
  posts: [Post!]! @connect(source: "api", http: { GET: "/posts?userId={$batch.id}" }, batch: { groupBy: "userId", maxSize: 7 })
}
`

func TestModel(t *testing.T) {
	t.Parallel()
	g := mustLoad(t, posts)
	user, query := g.Types["User"], g.Query
	loader := user.Loader()
	if loader == nil || loader.ID != "User" || loader.Source != g.Sources[0] || loader.Batch == nil {
		t.Fatalf("loader of User: %+v", loader)
	}
	if got := *loader.Batch; got != (schema.Batch{MaxSize: 100}) {
		t.Errorf("defaults of batch: %+v", got)
	}
	if len(loader.Inputs) != 1 || !slices.Equal(loader.Inputs[0].Path, []string{"id"}) {
		t.Errorf("inputs of the loader: %v", loader.Inputs)
	}
	if len(user.Keys) != 1 || !slices.Equal(user.Keys[0].Fields, []string{"id"}) || !user.Keys[0].Resolvable {
		t.Errorf("keys of User: %v", user.Keys)
	}
	if f := user.Fields["name"]; f.Block != loader || f.Connector != nil {
		t.Errorf("User.name is not served by its block: %+v", f)
	}
	own := user.Fields["posts"]
	if own.Connector == nil || own.Block != nil || own.Connector.Batch.MaxSize != 7 || mapping.String(own.Connector.Batch.GroupBy) != "$.userId" {
		t.Errorf("User.posts: %+v", own.Connector)
	}
	if f := query.Fields["user"]; !slices.Equal(f.LookupKeys["id"], []string{"id"}) || f.Lookup || !slices.Equal(f.Connector.Args, []string{"id"}) {
		t.Errorf("Query.user: %+v", f)
	}
	if f := query.Fields["author"]; !slices.Equal(f.LookupKeys["id"], []string{"id"}) || !f.Lookup || f.Connector != nil {
		t.Errorf("Query.author: %+v", f)
	}
	if f := query.Fields["greet"]; f.Connector.HTTP != nil || f.Connector.Source != nil || mapping.String(f.Connector.Selection) == "" {
		t.Errorf("Query.greet: %+v", f.Connector)
	}
	if h := loader.HTTP.Headers; len(h) != 1 || h[0].From != "Authorization" {
		t.Errorf("headers of the source: %v", h)
	}
	if f := g.Types["Post"].Fields["user"]; len(f.From) != 1 || f.From[0].Source != nil || f.Named != user {
		t.Errorf("Post.user: %+v", f)
	}
	for name, typ := range g.Types {
		if typ.Def == nil || typ.Def.Name != name || typ.Def != g.Schema.Types[name] {
			t.Errorf("%s has no definition in the public schema", name)
		}
		for _, f := range typ.Order {
			if f.Named == nil || f.Parent != typ || typ.Fields[f.Name] != f || len(f.Args) != len(f.Def.Arguments) {
				t.Errorf("%s.%s is not complete", name, f.Name)
			}
		}
	}
	if len(g.Warnings) != 0 {
		t.Errorf("warnings: %v", g.Warnings)
	}
}

// TestNothingOfOursIsPublic: users may name their types like the parts of our language, and no directive of ours is left.
func TestNothingOfOursIsPublic(t *testing.T) {
	t.Parallel()
	g := mustLoad(t, src+`directive @mine on FIELD_DEFINITION
type Query { header: Header @deprecated(reason: "x") @mine @connect(source: "a", http: { GET: "/h" }) }
type Header { name: Naming retry: Retry }
enum Naming { AS_IS @alias(options: ["x"]) }
scalar Retry @specifiedBy(url: "https://x.test")`)
	for _, d := range []string{"source", "connect", "alias", "key", "link"} {
		if g.Schema.Directives[d] != nil {
			t.Errorf("@%s is in the public schema", d)
		}
	}
	for name, def := range g.Schema.Types {
		for _, f := range def.Fields {
			if f.Directives.ForName("connect") != nil {
				t.Errorf("%s.%s still has @connect", name, f.Name)
			}
		}
	}
	if len(g.Types["Query"].Def.Fields.ForName("header").Directives) != 2 {
		t.Error("@deprecated or @mine was lost")
	}
	if g.Types["Naming"].Values["x"] != "AS_IS" || g.Types["Naming"].Send["AS_IS"] != "x" {
		t.Error("the aliases of Naming were lost")
	}
}

func TestEntityFieldsAreLoaders(t *testing.T) {
	t.Parallel()
	for _, mark := range []string{`@connect(source: "a", entity: true, http: { GET: "/o/{$args.id}" })`, `@lookup @connect(source: "a", http: { GET: "/o/{$args.id}" })`} {
		for _, key := range []string{"", `@key(fields: "id")`} {
			g := mustLoad(t, src+`type Query { order(id: ID!): Order `+mark+` } type Order `+key+` { id: ID! total: Int }`)
			o, f := g.Types["Order"], g.Query.Fields["order"]
			if o.Loader() == nil || o.Loader() != f.Connector || !o.Loader().KeyArgs || len(o.Loader().Inputs) != 1 || o.Loader().Inputs[0].Path[0] != "id" {
				t.Fatalf("%s %s: loader %+v", mark, key, o.Loader())
			}
			if len(o.Keys) != 1 || o.Keys[0].Fields[0] != "id" || !slices.Equal(f.LookupKeys["id"], []string{"id"}) || f.Lookup {
				t.Errorf("%s %s: keys %v, lookup %v", mark, key, o.Keys, f.LookupKeys)
			}
		}
	}
}

func TestImplicitKey(t *testing.T) {
	t.Parallel()
	g := mustLoad(t, src+`type Query { u(org: ID!, id: ID!): User @lookup }
type User @connect(source: "a", http: { POST: "/u", body: "keys: $batch { org id }" }) { id: ID org: ID name: String }`)
	u := g.Types["User"]
	if len(u.Keys) != 1 || !slices.Equal(u.Keys[0].Fields, []string{"org", "id"}) || u.Loader().Batch == nil {
		t.Errorf("keys %v", u.Keys)
	}
}

func TestInterfaceBindings(t *testing.T) {
	t.Parallel()
	g := mustLoad(t, src+`type Query { nodes: [Node] @connect(source: "a", http: { GET: "/n" }) }
interface Node @key(fields: "id") @discriminate(field: "kind") @connect(source: "a", http: { GET: "/nodes?id={$batch.id}" }) {
  id: ID name: String @from(path: "label") size: Int @connect(source: "a", http: { GET: "/size/{$this.id}" })
}
type A implements Node { id: ID name: String size: Int }
type B implements Node { id: ID name: String @from(path: "b") size: Int @connect(source: "a", http: { GET: "/b/{$this.id}" }) }`)
	node, a, b := g.Types["Node"], g.Types["A"], g.Types["B"]
	if a.Loader() != node.Loader() || a.Loader() == nil || len(a.Keys) != 1 || a.Fields["name"].Block != a.Loader() {
		t.Errorf("the loader of Node does not hold for A: %+v", a)
	}
	if a.Fields["size"].Connector != node.Fields["size"].Connector || b.Fields["size"].Connector == node.Fields["size"].Connector {
		t.Error("the connector of Node.size must hold for A, and not for B")
	}
	if mapping.String(a.Fields["name"].From[0].Path) != "$.label" || mapping.String(b.Fields["name"].From[0].Path) != "$.b" {
		t.Error("@from of Node.name must hold for A, and not for B")
	}
	if node.Discriminator == nil || len(node.Possible) != 2 {
		t.Errorf("Node: %+v", node)
	}
}

func TestSourceAndConnectorMerge(t *testing.T) {
	t.Parallel()
	g := mustLoad(t, `extend schema @source(name: "a", naming: SNAKE_CASE, isSuccess: "ok", errors: { message: "m", nullOn: [404, 410], fallback: "null" }
  http: { baseURL: "http://a/v1/", headers: [{ name: "X-A", value: "1" }, { name: "X-B", value: "2" }] })
type Query {
  a: Int @connect(source: "a", http: { GET: "/a", headers: [{ name: "x-b", from: "X-Mine" }] }, errors: { message: "mine", nullOn: [] })
  b: Int @connect(http: { GET: "https://b.test:8443/b?x={$request.headers.x->first}" })
  c: Int @connect(http: { POST: "https://b.test:8443/c" })
}`)
	if g.Sources[0].Naming != schema.SnakeCase || g.Sources[0].BaseURL != "http://a/v1" {
		t.Errorf("source: %+v", g.Sources[0])
	}
	a := g.Query.Fields["a"].Connector
	if mapping.String(a.Errors.Message) != "$.mine" || a.Errors.NullOn == nil || len(a.Errors.NullOn) != 0 || a.Errors.Fallback == nil || a.Success == nil {
		t.Errorf("errors: %+v", a.Errors)
	}
	if h := a.HTTP.Headers; len(h) != 2 || h[0].Name != "X-A" || h[1].From != "X-Mine" {
		t.Errorf("headers: %+v", h)
	}
	b, c := g.Query.Fields["b"].Connector, g.Query.Fields["c"].Connector
	if b.Source == nil || b.Source != c.Source || b.Source.Index != 1 || g.Sources[1] != b.Source || b.Source.BaseURL != "https://b.test:8443" {
		t.Errorf("the host of an absolute URL: %+v", b.Source)
	}
	if b.HTTP.URL.Host() != "b.test:8443" || a.HTTP.URL.Host() != "a" || c.HTTP.Idempotent() || !b.HTTP.Idempotent() {
		t.Error("hosts or methods are wrong")
	}
}

func TestEnvironment(t *testing.T) {
	t.Parallel()
	g := mustLoad(t, `extend schema @source(name: "a", http: { baseURL: "${HOST:-http://d}/{$env.PATH_PART}", headers: [{ name: "T", value: "x ${TOKEN}" }] })
type Query { a: Int @connect(source: "a", http: { GET: "/{$env.ZONE}" }) }`, "PATH_PART=v2", "TOKEN={$env.SECRET}", "ZONE=eu")
	if got := g.Sources[0].BaseURL; got != "http://d/v2" {
		t.Errorf("base URL %s", got)
	}
	if g.Env["ZONE"] != "eu" || len(g.Env) != 1 {
		t.Errorf("$env: %v; the text of a variable must not be read as a template", g.Env)
	}
	if uses := g.Sources[0].Headers[0].Value.Variables(); len(uses) != 0 {
		t.Errorf("the value of TOKEN became a template: %v", uses)
	}
}

func TestSeveralFiles(t *testing.T) {
	t.Parallel()
	users := &ast.Source{Name: "users.graphql", Input: `extend schema @source(name: "api", http: { baseURL: "http://users" })
type Query { user(id: ID!): User @lookup }
type User @key(fields: "id") @connect(source: "api", http: { GET: "/u?id={$batch.id}" }) { id: ID! name: String }
enum Tier { FREE PRO }`}
	orders := &ast.Source{Name: "orders.graphql", Input: `extend schema @source(name: "api", http: { baseURL: "http://orders" })
type Query { tier: Tier @connect(source: "api", http: { GET: "/tier" }) }
type User @key(fields: "id") @connect(source: "api", http: { GET: "/o?user={$batch.id}" }) { id: ID! total: Int }
enum Tier { PRO TRIAL }`}
	g, ps := loadFiles(t, []*ast.Source{users, orders})
	if ps != nil {
		t.Fatal(ps)
	}
	u := g.Types["User"]
	if len(g.Sources) != 2 || u.Loader().Source.BaseURL != "http://users" || u.Fields["total"].Block.Source.BaseURL != "http://orders" {
		t.Errorf("names of sources must be private to their file: %v", g.Sources)
	}
	if len(u.Order) != 3 || len(g.Query.Order) != 2 || len(g.Types["Tier"].Values) != 3 {
		t.Error("types of the same name must merge")
	}

	orders.Input += "\nextend type User { name: String }"
	_, ps = loadFiles(t, []*ast.Source{users, orders})
	want := `orders.graphql:5:20: User.name: field name is already defined at users.graphql:3:100
  hint: a field has one owner; if both serve it alike, write @shareable on both`
	if got := ps.Error(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestLegacyLiterals: before connect v0.4, a quoted text in a mapping is a property.
func TestLegacyLiterals(t *testing.T) {
	t.Parallel()
	text := `extend schema @link(url: "https://specs.apollo.dev/connect/VERSION", import: ["@connect"])
type Query { a: A @connect(http: { GET: "http://x/" }, selection: "b: 'c'") }
type A { b: String }`
	for version, literal := range map[string]bool{"v0.1": false, "v0.3": false, "v0.4": true} {
		g := mustLoad(t, strings.Replace(text, "VERSION", version, 1))
		_, isLiteral := g.Query.Fields["a"].Connector.Selection.(*mapping.Object).Members[0].Value.(*mapping.Literal)
		if isLiteral != literal {
			t.Errorf("%s: literal %v", version, isLiteral)
		}
	}
}

func TestNamespaces(t *testing.T) {
	t.Parallel()
	g := mustLoad(t, src+`type Query { admin: Admin! }
type Admin { users: Users total: Int @connect(source: "a", http: { GET: "/t" }) }
type Users { all: [Int] @connect(source: "a", http: { GET: "/all" }) }`)
	if !g.Query.Fields["admin"].Namespace || !g.Types["Admin"].Fields["users"].Namespace || g.Types["Admin"].Fields["total"].Namespace {
		t.Error("namespaces are not marked")
	}
}

// TestGood: files that must load, though they come near to a problem.
func TestGood(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"object by default below a selection": `type Query { a: A @connect(source: "a", http: { GET: "/a" }, selection: "id b") } type A { id: ID b: B } type B { x: Int y: Int }`,
		"selection whose rest is loaded":      `type Query { a: U @connect(source: "a", http: { GET: "/a" }, selection: "id") } type U @connect(source: "a", http: { GET: "/u?id={$batch.id}" }) { id: ID name: String }`,
		"spread":                              `type Query { a: A @connect(source: "a", http: { GET: "/a" }, selection: "id ...more { x }") } type A { id: ID x: Int }`,
		"spread of unknown members":           `type Query { a: A @connect(source: "a", http: { GET: "/a" }, selection: "id ...$.more") } type A { id: ID x: Int }`,
		"custom scalar holds an object":       `type Query { a: A @connect(source: "a", http: { GET: "/a" }, selection: "j: { b c }") } scalar J type A { j: J }`,
		"path into a custom scalar":           `type Query { a: A @connect(source: "a", http: { GET: "/a" }) } scalar J type A { j: J b: Int @connect(source: "a", http: { GET: "/{$this.j.x.y}" }) }`,
		"typename in the mapping":             `type Query { a: U @connect(source: "a", http: { GET: "/a" }, selection: "__typename: kind id x y") } union U = A | B type A { id: ID x: Int } type B { id: ID y: Int }`,
		"only member":                         `type Query { a: U @connect(source: "a", http: { GET: "/a" }) } union U = A type A { id: ID }`,
		"list of references":                  `type Query { a: A @connect(source: "a", http: { GET: "/a" }) } type A { friends: [U] @from(path: "friendIds->map({ id: @ })") } type U @connect(source: "a", http: { GET: "/u?id={$batch.id}" }) { id: ID name: String }`,
		"input object path through a list":    `type Query { a(i: [I]): Int @connect(source: "a", http: { POST: "/a", body: "x: $args.i.b.c" }) } input I { b: [J] } input J { c: Int }`,
		"item variables in a body":            `type Query { a(i: [I]): Int @connect(source: "a", http: { POST: "/a", body: "x: $args.i { k: b } y: $args.i->map({ l: @.b })" }) } input I { b: Int }`,
		"recursive type":                      `type Query { a: A @connect(source: "a", http: { GET: "/a" }) } type A { id: ID as: [A] a: A }`,
		"singular batch matched by key":       `type Query { a: A @connect(source: "a", http: { GET: "/a" }) } type A { sku: ID s: S @connect(source: "a", http: { GET: "/s?sku={$batch.sku}" }) } type S { n: Int }`,
		"extended root only":                  `extend type Query { a: Int @connect(selection: "$(1)") } extend type Query { b: Int @connect(selection: "$(1)") }`,
		"schema definition":                   `schema { query: Root } type Root { a: Int @connect(selection: "$(1)") } type Mutation { notARoot: Int }`,
		"constant list":                       `type Query { a: [Int] @connect(selection: "$([1, 2])") }`,
		"own key field in two blocks":         `type Query { u(id: ID!): U @lookup } type U @key(fields: "id") @connect(source: "a", http: { GET: "/u/{$this.id}" }, selection: "name: n") { id: ID name: String }`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			mustLoad(t, src+text)
		})
	}
}

func TestWarnings(t *testing.T) {
	t.Parallel()
	g := mustLoad(t, src+`type Query { posts(first: Int): [Post] @connect(source: "a", http: { GET: "/posts" }) order(id: ID!): Order @lookup @connect(source: "a", http: { GET: "/o/{$args.id}" }) }
type Post { id: ID user: User n: Int @connect(source: "a", http: { GET: "/n/{$this.id}/x?y=1" }) order: Order }
type User @connect(source: "a", http: { GET: "/u?id={$this.id}" }) { id: ID name: String }
type Order { id: ID }
type Alone @connect(source: "a", http: { GET: "/alone/{$this.id}" }) { id: ID }`)
	want := `gateway.graphql:2:20: warning: Query.posts: argument first has no effect: no connector of this field reads it
  hint: read it by $args.first, or remove it
gateway.graphql:2:117: warning: Query.order: inside a list this makes one call for each item (N+1)
  hint: read the keys of all items at once, if the service can: GET: "/o?id={$batch.id}"
gateway.graphql:3:38: warning: Post.n: inside a list this makes one call for each item (N+1)
  hint: read the keys of all items at once, if the service can: GET: "/n/x?id={$batch.id}&y=1"
gateway.graphql:4:11: warning: User: inside a list this makes one call for each item (N+1)
  hint: read the keys of all items at once, if the service can: GET: "/u?id={$batch.id}"
gateway.graphql:6:6: warning: Alone: no field that clients can ask for leads to Alone
  hint: give a field this type, or remove it`
	if got := g.Warnings.Error(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
