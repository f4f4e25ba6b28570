package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"strings"
	"sync"

	"github.com/vektah/gqlparser/v2/ast"

	"manifold/examples/shop"
	"manifold/internal/config"
)

// demoCmd is `manifold demo`.
type demoCmd struct {
	Listen string `help:"Address of the gateway." default:"127.0.0.1:8080" placeholder:"HOST:PORT"`
	Quiet  bool   `help:"Do not show the calls that the services get."`
}

// Help is the long text of `manifold demo --help`.
func (*demoCmd) Help() string {
	return `Starts the services of a small shop on free ports of this machine, and a gateway in front of them in development
mode, with a playground in the browser. Each call that reaches a service is shown, so that you
see how few there are. Needs no files, no network and no account. Ctrl-C stops all.

Examples:

    manifold demo
    manifold demo --listen 127.0.0.1:9000`
}

// Run serves the demo until ctx ends.
func (c *demoCmd) Run(ctx context.Context, w *world) error {
	ln, err := listen(ctx, c.Listen)
	if err != nil {
		return err
	}
	options := shop.Options{}
	if !c.Quiet {
		options.OnCall = showCalls(w.Stdout)
	}
	// The shop must outlive the gateway, whose last requests still ask it: it is closed here, not by ctx.
	services, err := shop.Start(context.WithoutCancel(ctx), options)
	if err != nil {
		_ = ln.Close()
		return err
	}
	defer func() { _ = services.Close() }()

	gw, err := c.build(w, services)
	if err != nil {
		_ = ln.Close()
		return err
	}
	defer gw.Close()
	token, err := fs.ReadFile(w.Demo.Files, "examples/shop/demo.token")
	if err != nil {
		return err
	}
	fmt.Fprint(w.Stdout, welcome(visit(ln), strings.TrimSpace(string(token)), services))
	return gw.Serve(ctx, ln, func(h http.Handler) http.Handler { return withPage(h, w.Demo.Files) })
}

// build makes the demo's gateway of the files that the binary carries along.
func (*demoCmd) build(w *world, services *shop.Shop) (*server, error) {
	read := func(path string) ([]byte, error) { return fs.ReadFile(w.Demo.Files, path) }
	cfg, err := config.Parse(defaultConfig, w.Demo.Config, config.World{Env: w.Env, ReadFile: read})
	if err != nil {
		return nil, err
	}
	names, err := fs.Glob(w.Demo.Files, "bff/*/*.graphql")
	if err != nil {
		return nil, err
	}
	var operations []*ast.Source
	for _, name := range names {
		text, err := read(name)
		if err != nil {
			return nil, err
		}
		operations = append(operations, &ast.Source{Name: name, Input: string(text)})
	}
	return build([]*ast.Source{{Name: defaultFile, Input: w.Demo.Gateway}}, setup{
		Dev: true, Env: withEnv(services.Env(), w.Env), Read: read, Logger: newLogger(w, "text"), Operations: operations, Config: cfg,
	})
}

// withPage serves the page of the demo at /web/, beside the routes that it calls.
func withPage(next http.Handler, files fs.FS) http.Handler {
	const folder = "examples/shop/page"
	mux := http.NewServeMux()
	mux.Handle("/", next)
	for _, name := range []string{"index.html", "page.css", "page.js", "client.js"} {
		path := "/web/" + name
		if name == "index.html" {
			path = "/web/{$}"
		}
		mux.HandleFunc("GET "+path, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'")
			w.Header().Set("Cache-Control", "no-cache")
			http.ServeFileFS(w, r, files, folder+"/"+name)
		})
	}
	return mux
}

// withEnv looks a name up in own first, then in the environment.
func withEnv(own map[string]string, env func(string) (string, bool)) func(string) (string, bool) {
	return func(name string) (string, bool) {
		if value, ok := own[name]; ok {
			return value, true
		}
		return env(name)
	}
}

// showCalls prints one line for each call that a service of the shop has answered.
func showCalls(to io.Writer) func(shop.Call) {
	var mu sync.Mutex
	return func(c shop.Call) {
		mu.Lock()
		defer mu.Unlock()
		fmt.Fprintf(to, "  -> %-7s %s  %s\n", c.Service, c.Request, c.Status)
	}
}

// tries are the queries that the demo proposes.
func tries() []struct{ title, query string } {
	return []struct{ title, query string }{
		{
			"Three users and their newest orders: two services, two calls.",
			`{ users(limit: 3) { name tier orders(first: 2) { id status totalCents } } }`,
		},
		{
			"A customer and the newest orders (REST), their products (gRPC) with what is said of them (GraphQL), and who said it (REST again): five calls in three waves.",
			`{ user(id: 1) { name orders(first: 2) { id totalCents lines { quantity product { name priceCents rating reviews(first: 2) { stars body author { name } } } } } } }`,
		},
		{
			"A mutation: an order is placed, and its customer is loaded.",
			`mutation { placeOrder(input: { userId: 1, lines: [{ productId: "p17" }, { productId: "p18", quantity: 2 }] }) ` +
				`{ id status totalCents customer { name } } }`,
		},
	}
}

// welcome is what the demo prints when it is ready.
func welcome(url, token string, s *shop.Shop) string {
	var b strings.Builder
	b.WriteString("Manifold demo: one GraphQL endpoint over the services of a small shop.\n\n")
	fmt.Fprintf(&b, "  playground  %s/\n  graphql     %s/graphql\n  shop page   %s/web/, which calls the routes of bff/web (%s/web/docs)\n  users       %s (REST)\n  orders      %s (REST)\n  catalog     %s (gRPC)\n  reviews     %s (GraphQL)\n",
		url, url, url, url, s.UsersURL, s.OrdersURL, s.CatalogAddr, s.ReviewsURL)
	b.WriteString("\nFour things to try, here or in the playground:\n")
	for i, try := range tries() {
		fmt.Fprintf(&b, "\n%d. %s\n\n%s\n", i+1, try.title, curl(url+"/graphql", try.query))
	}
	fmt.Fprintf(&b, "\n4. A route of the phone, for user 1: plain HTTP, four calls in two waves.\n\n"+
		"   curl -s %s/m/v1/home -H 'Authorization: Bearer %s'\n", url, token)
	b.WriteString("\nThe calls that reach the services are shown below. Ctrl-C stops all.\n\n")
	return b.String()
}

// curl is the command line that sends query, ready to be pasted into a shell.
func curl(url, query string) string {
	body, err := json.Marshal(map[string]string{"query": query})
	if err != nil { // a map of strings always marshals
		panic(err)
	}
	return fmt.Sprintf("   curl -s %s -H 'Content-Type: application/json' -d '%s'", url, body)
}
