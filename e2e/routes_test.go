package e2e_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// token is the demo's: of user 1.
func token(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../examples/shop/demo.token")
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(text))
}

// get asks a route of the demo.
func get(t *testing.T, url, token string) (status int, body string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(text)
}

// routeCall is a request of a route, and the status that it has to get.
type routeCall struct {
	Name       string            `json:"name"`
	Client     string            `json:"client"`
	Method     string            `json:"method"`
	Documented string            `json:"documented"` // method in the document
	Template   string            `json:"template"`
	Path       string            `json:"path"`
	Headers    map[string]string `json:"headers"`
	Body       *string           `json:"body,omitempty"`
	status     int
}

// Every route's real answers, problems among them, are what its OpenAPI document says.
func TestRoutesAnswerAsDocumented(t *testing.T) {
	t.Parallel()
	url := start(t, nil, "demo", "--quiet")
	documents := map[string]json.RawMessage{}
	for client, prefix := range map[string]string{"mobile": "/m/v1", "web": "/web"} {
		status, text := get(t, url+prefix+"/openapi.json", "")
		if status != 200 {
			t.Fatalf("%s: %d", client, status)
		}
		documents[client] = json.RawMessage(text)
	}
	who := map[string]string{"Authorization": "Bearer " + token(t)}
	with := func(more ...string) map[string]string {
		out := map[string]string{"Authorization": who["Authorization"]}
		for i := 0; i < len(more); i += 2 {
			out[more[i]] = more[i+1]
		}
		return out
	}
	body := func(s string) *string { return &s }
	const home, orders, product, products = "/home", "/orders", "/products/{id}", "/products"
	calls := []routeCall{
		{"home", "mobile", "GET", "GET", home, "/home?orders=2", who, nil, 200},
		{"home of nobody", "mobile", "GET", "GET", home, "/home", nil, nil, 401},
		{"home with a bad token", "mobile", "GET", "GET", home, "/home", map[string]string{"Authorization": "Bearer x.y.z"}, nil, 401},
		{"home with a bad number", "mobile", "GET", "GET", home, "/home?orders=many", who, nil, 400},
		{"home by a method it has not", "mobile", "DELETE", "GET", home, "/home", who, nil, 405},
		{"order", "mobile", "POST", "POST", orders, "/orders", with("Content-Type", "application/json"), body(`{"lines":[{"productId":"p17"}]}`), 201},
		{"order of nothing", "mobile", "POST", "POST", orders, "/orders", with("Content-Type", "application/json"), body(`{"lines":[{"productId":"nothing"}]}`), 400},
		{"order without lines", "mobile", "POST", "POST", orders, "/orders", with("Content-Type", "application/json"), body(`{}`), 400},
		{"order of a wrong quantity", "mobile", "POST", "POST", orders, "/orders", with("Content-Type", "application/json"), body(`{"lines":[{"productId":"p17","quantity":"two"}]}`), 400},
		{"order that is no JSON", "mobile", "POST", "POST", orders, "/orders", with("Content-Type", "application/json"), body(`{"lines":`), 400},
		{"order as a form", "mobile", "POST", "POST", orders, "/orders", with("Content-Type", "application/x-www-form-urlencoded"), body("a=1"), 415},
		{"order that is too long", "mobile", "POST", "POST", orders, "/orders", with("Content-Type", "application/json"), body(strings.Repeat(" ", 2<<20)), 413},
		{"product", "web", "GET", "GET", product, "/products/p17?zip=10115", nil, nil, 200},
		{"product with errors", "web", "GET", "GET", product, "/products/p17", map[string]string{"Prefer": "errors"}, nil, 200},
		{"no product", "web", "GET", "GET", product, "/products/nothing", nil, nil, 404},
		{"products", "web", "GET", "GET", products, "/products?category=BOOKS&first=3", nil, nil, 200},
		{"products of no category", "web", "GET", "GET", products, "/products?category=CARS", nil, nil, 400},
		{"products twice", "web", "GET", "GET", products, "/products?first=1&first=2", nil, nil, 400},
	}
	var results []struct {
		Name, Wrong string
		Status      int
	}
	node(t, "routes.cjs", map[string]any{"url": url, "documents": documents, "calls": calls}, &results)
	seen := map[string]int{}
	for _, r := range results {
		seen[r.Name] = r.Status
		if r.Wrong != "" && r.Status != http.StatusMethodNotAllowed {
			t.Errorf("%s: %d: %s", r.Name, r.Status, r.Wrong)
		}
	}
	for i := range calls {
		if got := seen[calls[i].Name]; got != calls[i].status {
			t.Errorf("%s: %d, want %d", calls[i].Name, got, calls[i].status)
		}
	}
}

// compile runs the TypeScript compiler over files, as strict as it can be.
func compile(t *testing.T, folder string, args ...string) {
	t.Helper()
	args = append([]string{
		filepath.Join(have.modules, "typescript", "bin", "tsc"), "--strict", "--exactOptionalPropertyTypes", "--noUncheckedIndexedAccess",
		"--noUnusedLocals", "--target", "es2022", "--module", "es2022", "--moduleResolution", "bundler", "--lib", "es2022,dom,dom.iterable",
	}, args...)
	cmd := exec.CommandContext(t.Context(), "node", args...)
	cmd.Dir = folder
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("tsc: %v\n%s", err, out)
	}
}

// manifold runs a command of the program in the folder of the demo.
func manifold(t *testing.T, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), have.manifold, args...)
	cmd.Dir = ".."
	out, err := output(cmd)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// The TypeScript client passes the strictest compiler, and what comes out of it runs in Node against the demo. The one that the
// demo's page uses is what the program writes today.
func TestTypeScriptClient(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	for _, client := range []string{"mobile", "web"} {
		text := manifold(t, "codegen", "typescript", "--bff", client)
		if err := os.WriteFile(filepath.Join(folder, client+".ts"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	const script = `import { createClient as mobile, ProblemError } from "./mobile.js";
import { createClient as web, ProblemError as WebProblem } from "./web.js";

declare const process: { argv: string[] };
declare const console: { log(text: string): void };
const [, , baseURL = "", token = ""] = process.argv;

const phone = mobile({ baseURL, headers: () => ({ Authorization: "Bearer " + token }) });
const home = await phone.mobileHome({ orders: 1 });
const order = await phone.mobileCheckout({ lines: [{ productId: "p17", quantity: 2 }] });
const page = await web({ baseURL }).webProduct({ id: "p17" });
const list = await web({ baseURL }).webProducts({ category: "BOOKS", first: 2 });
const failures: string[] = [];
for (const fails of [() => mobile({ baseURL }).mobileHome(), () => web({ baseURL }).webProduct({ id: "no/thing" })]) {
  try {
    await fails();
  } catch (error) {
    if (error instanceof ProblemError || error instanceof WebProblem) {
      failures.push(error.status + " " + error.code);
    }
  }
}
const name: string = home.name ?? "";
const total: number | null = order.total;
console.log(JSON.stringify([name, home.recent?.length, total, page.name, list.products.map((p) => p.category), failures]));
`
	if err := os.WriteFile(filepath.Join(folder, "main.ts"), []byte(script), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "package.json"), []byte(`{"type":"module"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	compile(t, folder, "main.ts")
	url := start(t, nil, "demo", "--quiet")
	out, err := output(exec.CommandContext(t.Context(), "node", filepath.Join(folder, "main.js"), url, token(t)))
	if err != nil {
		t.Fatal(err)
	}
	const want = `["Ada Moreau",1,7800,"Chess Set",["BOOKS","BOOKS"],["401 UNAUTHENTICATED","404 NOT_FOUND"]]`
	if strings.TrimSpace(out) != want {
		t.Errorf("it prints %s, want %s", out, want)
	}
}

// The files of the demo's page are made of today's program and compiler: make generate.
func TestPageIsUpToDate(t *testing.T) {
	t.Parallel()
	const page = "../examples/shop/page"
	folder := t.TempDir()
	read := func(path string) string {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	client := manifold(t, "codegen", "typescript", "--bff", "web")
	if client != read(page+"/client.ts") {
		t.Error("client.ts is not what `manifold codegen typescript --bff web` writes")
	}
	for name, text := range map[string]string{"client.ts": client, "page.ts": read(page + "/page.ts")} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	compile(t, folder, "page.ts")
	for _, name := range []string{"client.js", "page.js"} {
		if read(filepath.Join(folder, name)) != read(page+"/"+name) {
			t.Errorf("%s is not what tsc makes of its source", name)
		}
	}
}

// The demo's page works in a browser, and the pages about routes are there to be read.
func TestShopInABrowser(t *testing.T) {
	t.Parallel()
	url := start(t, nil, "demo", "--quiet")
	pictures := os.Getenv("MANIFOLD_PICTURES")
	if pictures == "" {
		pictures = t.TempDir()
	}
	var page struct {
		All                  int
		Games                []string
		Product              string
		Docs                 map[string]string
		Complaints, Requests []string
	}
	node(t, "shop.cjs", map[string]string{"url": url, "browser": have.browser, "pictures": pictures}, &page)
	if page.All != 8 || len(page.Games) == 0 || !strings.Contains(fmt.Sprint(page.Games), "Chess Set") {
		t.Errorf("%d products, games %q", page.All, page.Games)
	}
	for _, part := range []string{"Chess Set", "39.00 €", "7.30 € shipping", "Très bien, merci.", "Noah Haddad"} {
		if !strings.Contains(page.Product, part) {
			t.Errorf("the product has no %q: %s", part, page.Product)
		}
	}
	for name, parts := range map[string][]string{
		"web":  {"web API", "GET /web/products/{id}", "WebProduct", "One product as browsers show it", "zip", "shippingCents"},
		"m/v1": {"mobile API", "POST /m/v1/orders", "The first screen of the phone", "who asks has to be known", "export type OrderStatus", "export type LineInput"},
	} {
		for _, part := range parts {
			if !strings.Contains(page.Docs[name], part) {
				t.Errorf("the page about %s has no %q:\n%s", name, part, page.Docs[name])
			}
		}
	}
	for _, r := range page.Requests {
		if !strings.HasPrefix(r, url+"/") {
			t.Errorf("the page asks %s", r)
		}
	}
	for _, c := range page.Complaints {
		t.Errorf("the browser complains: %s", c)
	}
}

// The Go client compiles, passes go vet, and calls the demo.
func TestGoClient(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	files := map[string]string{
		"go.mod": "module example\n\ngo 1.26\n",
		"main.go": `package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"

	"example/mobile"
	"example/web"
)

func main() {
	ctx := context.Background()
	phone := mobile.New(os.Args[1], mobile.WithHeader(func(h http.Header) { h.Set("Authorization", "Bearer "+os.Args[2]) }))
	orders := int32(1)
	home, err := phone.MobileHome(ctx, mobile.MobileHomeVariables{Orders: &orders})
	fmt.Println(*home.Name, len(home.Recent), err)
	quantity := int32(2)
	order, err := phone.MobileCheckout(ctx, mobile.MobileCheckoutVariables{Lines: []mobile.LineInput{{ProductID: "p17", Quantity: &quantity}}})
	fmt.Println(*order.Total, err)
	books := web.CategoryBooks
	list, err := web.New(os.Args[1]).WebProducts(ctx, web.WebProductsVariables{Category: &books})
	fmt.Println(list.Products[0].Category, err)
	_, err = web.New(os.Args[1]).WebProduct(ctx, web.WebProductVariables{ID: "no/thing"})
	var problem *web.Problem
	fmt.Println(errors.As(err, &problem), err)
}
`,
	}
	for _, client := range []string{"mobile", "web"} {
		files[client+"/client.go"] = manifold(t, "codegen", "go", "--bff", client)
	}
	for name, text := range files {
		path := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	url := start(t, nil, "demo", "--quiet")
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
	run("vet", "./...")
	const want = "Ada Moreau 1 <nil>\n7800 <nil>\nBOOKS <nil>\ntrue NOT_FOUND: There is no such thing here.\n"
	if got := run("run", ".", url, token(t)); got != want {
		t.Errorf("it prints\n%s\nwant\n%s", got, want)
	}
}

// openapi-typescript takes the documents, and what it makes of them compiles.
func TestOpenAPITypeScript(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	for _, client := range []string{"mobile", "web"} {
		document := filepath.Join(folder, client+".json")
		if err := os.WriteFile(document, []byte(manifold(t, "openapi", "--bff", client)), 0o600); err != nil {
			t.Fatal(err)
		}
		cmd := exec.CommandContext(t.Context(), "node", filepath.Join(have.modules, "openapi-typescript", "bin", "cli.js"), document, "-o", filepath.Join(folder, client+".ts"))
		cmd.Dir = folder
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		compile(t, folder, "--noEmit", client+".ts")
	}
}

// An agent lists the tools of a client and calls them, as itself.
func TestAgent(t *testing.T) {
	t.Parallel()
	url := start(t, nil, "demo", "--quiet")
	type tool struct {
		Name   string
		Input  []string
		Output bool
	}
	type result struct {
		Failed     bool
		Text       string
		Structured json.RawMessage
	}
	var got struct {
		Tools   []tool
		Results []result
	}
	in := map[string]any{"url": url + "/m/v1/mcp", "token": token(t), "calls": []any{
		map[string]any{"name": "mobile_home", "arguments": map[string]any{"orders": 1}},
		map[string]any{"name": "mobile_home", "arguments": map[string]any{"orders": "many"}},
	}}
	node(t, "mcp.cjs", in, &got)
	if fmt.Sprintf("%+v", got.Tools) != "[{Name:mobile_home Input:[orders] Output:true}]" {
		t.Errorf("tools %+v", got.Tools)
	}
	if len(got.Results) != 2 || got.Results[0].Failed || !strings.Contains(got.Results[0].Text, `"name":"Ada Moreau"`) || !got.Results[1].Failed {
		t.Errorf("results %+v", got.Results)
	}
	in = map[string]any{"url": url + "/web/mcp", "calls": []any{map[string]any{"name": "web_products", "arguments": map[string]any{"first": 1}}}}
	node(t, "mcp.cjs", in, &got)
	if len(got.Results) != 1 || got.Results[0].Failed || !strings.HasPrefix(got.Results[0].Text, `{"products":[{"id":"p`) {
		t.Errorf("results %+v", got.Results)
	}
}
