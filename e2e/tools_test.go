package e2e_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The tools that client teams make typed code with take our exported schema as it is, and what they write compiles.

// lay writes files into a new folder.
func lay(t *testing.T, files map[string]string) (folder string) {
	t.Helper()
	folder = t.TempDir()
	for name, text := range files {
		path := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

// tool runs a program of npm in a folder.
func tool(t *testing.T, folder string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "node", args...)
	cmd.Dir = folder
	cmd.Env = append(os.Environ(), "NODE_PATH="+have.modules, "NO_COLOR=1", "CI=1")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

const shopQuery = `query Orders($id: ID!, $status: OrderStatus) {
  user(id: $id) {
    name
    tier
    orders(status: $status, first: 2) {
      id
      placedAt
      payment { __typename ... on CardPayment { last4 } ... on WalletPayment { provider } }
      lines { product { name rating reviews(first: 1) { stars author { name } } } }
    }
  }
  latestPosts(first: 2) { __typename id ... on Review { stars } ... on Question { answer } }
}

mutation Place($input: PlaceOrderInput!) { placeOrder(input: $input) { id status } }
`

func TestGraphQLCodeGenerator(t *testing.T) {
	t.Parallel()
	folder := lay(t, map[string]string{
		"schema.graphql": manifold(t, "schema"), "orders.graphql": shopQuery,
		"codegen.json": `{
  "schema": "schema.graphql", "documents": "orders.graphql",
  "generates": {"shop.ts": {
    "plugins": ["typescript", "typescript-operations", "typed-document-node"], "config": {"useTypeImports": true, "scalars": {"DateTime": "string"}}
  }}
}`,
	})
	if err := os.Symlink(have.modules, filepath.Join(folder, "node_modules")); err != nil {
		t.Fatal(err)
	}
	tool(t, folder, filepath.Join(have.modules, "@graphql-codegen", "cli", "cjs", "bin.js"), "--config", "codegen.json")
	text, err := os.ReadFile(filepath.Join(folder, "shop.ts"))
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{"export type OrdersQuery =", "__typename: 'CardPayment'", "placedAt: string", "export const PlaceDocument"} {
		if !strings.Contains(string(text), part) {
			t.Errorf("the file has no %q", part)
		}
	}
	compile(t, folder, "--noEmit", "--skipLibCheck", "shop.ts")
}

func TestRelayCompiler(t *testing.T) {
	t.Parallel()
	folder := lay(t, map[string]string{
		"schema.graphql": manifold(t, "schema"),
		"src/app.ts": "import { graphql } from \"relay-runtime\";\n\nexport const query = graphql`\n  query appQuery($id: ID!) {\n    user(id: $id) {\n      ...app_user\n    }\n  }\n`;\n\n" +
			"export const fragment = graphql`\n  fragment app_user on User {\n    name\n    orders(first: 2) {\n      id\n      status\n    }\n  }\n`;\n",
		"relay.config.json": `{"src": "./src", "schema": "./schema.graphql", "language": "typescript", "customScalarTypes": {"DateTime": "string"}}`,
		"package.json":      "{}",
	})
	tool(t, folder, filepath.Join(have.modules, "relay-compiler", "cli.js"))
	for name, part := range map[string]string{"appQuery.graphql.ts": "readonly user:", "app_user.graphql.ts": `OrderStatus = "DELIVERED" | "PENDING" | "SHIPPED"`} {
		text, err := os.ReadFile(filepath.Join(folder, "src", "__generated__", name))
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(text), part) {
			t.Errorf("%s has no %q:\n%s", name, part, text)
		}
	}
}

// genqlient is asked as the Go tool that its users run, in a module of their own.
func TestGenqlient(t *testing.T) {
	t.Parallel()
	// Its own golang.org/x/tools does not compile with today's Go.
	const version, tools = "v0.8.1", "v0.52.0"
	folder := lay(t, map[string]string{
		"go.mod":         "module example\n\ngo 1.26\n",
		"tools.go":       "//go:build tools\n\npackage main\n\nimport _ \"github.com/Khan/genqlient\"\n",
		"schema.graphql": manifold(t, "schema"), "orders.graphql": shopQuery,
		"genqlient.yaml": "schema: schema.graphql\noperations: [orders.graphql]\ngenerated: shop/shop.go\npackage: shop\nbindings: { DateTime: { type: string } }\n",
		"main.go": `package main

import (
	"context"
	"fmt"
	"net/http"
	"os"

	"github.com/Khan/genqlient/graphql"

	"example/shop"
)

func main() {
	r, err := shop.Orders(context.Background(), graphql.NewClient(os.Args[1]+"/graphql", http.DefaultClient), "1", shop.OrderStatusShipped)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(r.User.Name, r.User.Orders[0].Id, len(r.LatestPosts))
}
`,
	})
	run := func(args ...string) string {
		cmd := exec.CommandContext(t.Context(), "go", args...)
		cmd.Dir = folder
		cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=-mod=mod")
		out, err := output(cmd)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	run("get", "github.com/Khan/genqlient@"+version, "golang.org/x/tools@"+tools)
	run("run", "github.com/Khan/genqlient", "genqlient.yaml")
	run("mod", "tidy")
	run("vet", "./...")
	url := start(t, nil, "demo", "--quiet")
	if got := run("run", ".", url); !strings.HasPrefix(got, "Ada Moreau o") {
		t.Errorf("it prints %s", got)
	}
}
