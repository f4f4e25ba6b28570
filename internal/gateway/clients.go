package gateway

import (
	"net/http"
	"slices"
	"strconv"

	"manifold/aggregation"
	"manifold/bff"
	"manifold/bff/mcp"
	"manifold/bff/openapi"
	"manifold/resolvers"
	"manifold/schema"
)

// clients are the clients of a generation as they are served.
type clients struct {
	api    *bff.API
	server *bff.Server
	told   map[string]*described // by prefix
	tools  map[string]http.Handler

	identities []byte // the keys by which upstreams check who asks; nil: they are not told
}

// loadClients reads the operations of all clients. The error is schema.Problems.
func loadClients(model *schema.Gateway, compiler *resolvers.Compiler, engine *aggregation.Engine, o Options) (*clients, error) {
	api, problems := bff.Load(o.Operations, model, compiler)
	if problems.Failed() {
		return nil, problems
	}
	c := &clients{api: api, told: map[string]*described{}, tools: map[string]http.Handler{}}
	serving := bff.Options{
		Model: model, Engine: engine, Logger: o.Logger, Dev: o.Dev, MaxBody: o.Limits.Body,
		Identify: o.Identify, Challenge: o.Challenge, Observe: o.RouteUsed,
	}
	if hasFunctions(model) {
		serving.Run = forFunctions
	}
	c.server = bff.NewServer(api, serving)
	for _, prefix := range api.Prefixes() {
		told, err := describe(api.Sharing(prefix), OpenAPIMethods(&o.Auth))
		if err != nil {
			return nil, err
		}
		c.told[prefix] = told
		c.tools[prefix] = toolsOf(api.Sharing(prefix), c.server, o)
	}
	return c, nil
}

// toolsOf serves the tools of the clients of one prefix; nil if there are none.
func toolsOf(sharing []*bff.Client, server *bff.Server, o Options) http.Handler {
	handlers := make([]http.Handler, len(sharing))
	some := false
	for i, c := range sharing {
		handlers[i] = mcp.New(c, server, mcp.Options{Version: o.Revision, MaxBody: o.Limits.withDefaults().Body, Logger: o.Logger})
		some = some || handlers[i] != nil
	}
	if !some {
		return nil
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if h := handlers[slices.Index(sharing, bff.Choose(sharing, r.Header))]; h != nil {
			h.ServeHTTP(w, r)
			return
		}
		server.ServeHTTP(w, r)
	})
}

// described serves what is told of the clients of one prefix: PREFIX/openapi.json and PREFIX/docs.
type described struct {
	clients []*bff.Client
	docs    [][]byte
	pages   []*openapi.Page
}

func describe(clients []*bff.Client, methods []openapi.Method) (*described, error) {
	d := &described{clients: clients}
	for _, c := range clients {
		page, err := openapi.NewPage(c, methods)
		if err != nil {
			return nil, err
		}
		d.docs = append(d.docs, openapi.Build(c, methods).JSON())
		d.pages = append(d.pages, page)
	}
	return d, nil
}

// which picks the client that is asked about.
func (d *described) which(w http.ResponseWriter, r *http.Request) int {
	if len(d.clients) == 1 {
		return 0
	}
	w.Header().Set("Vary", "X-Client, User-Agent")
	chosen := bff.Choose(d.clients, r.Header)
	for i, c := range d.clients {
		if c == chosen {
			return i
		}
	}
	return 0
}

func (d *described) document(w http.ResponseWriter, r *http.Request) {
	send(w, "application/json; charset=utf-8", d.docs[d.which(w, r)])
}

func (d *described) page(w http.ResponseWriter, r *http.Request) {
	page := d.pages[d.which(w, r)]
	h := w.Header()
	h.Set("Content-Security-Policy", page.Policy)
	h.Set("Referrer-Policy", "no-referrer")
	send(w, "text/html; charset=utf-8", page.HTML)
}

func send(w http.ResponseWriter, mediaType string, content []byte) {
	h := w.Header()
	h.Set("Content-Type", mediaType)
	h.Set("Content-Length", strconv.Itoa(len(content)))
	h["X-Content-Type-Options"] = noSniffing
	h.Set("Cache-Control", "no-cache") // the next version of the text may tell something else
	_, _ = w.Write(content)
}
