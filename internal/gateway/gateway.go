package gateway

import (
	"net/http"
	"sync/atomic"
)

// Gateway serves a generation, and can be given another one while it runs.
type Gateway struct {
	live atomic.Pointer[Generation]
	mux  http.Handler
}

// New returns a gateway that serves g.
func New(g *Generation, o Options) *Gateway {
	gw := &Gateway{}
	gw.live.Store(g)
	gw.mux = routes(http.HandlerFunc(gw.graphql), o)
	return gw
}

// ServeHTTP implements http.Handler.
func (g *Gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) { g.mux.ServeHTTP(w, r) }

// graphql takes the generation once; the request keeps it to its end.
func (g *Gateway) graphql(w http.ResponseWriter, r *http.Request) {
	g.live.Load().handler.ServeHTTP(w, r)
}

// Swap makes next the generation of all requests that begin from now on, and returns the one before.
func (g *Gateway) Swap(next *Generation) *Generation { return g.live.Swap(next) }

// Close gives up the upstream connections.
func (g *Gateway) Close() { g.live.Load().Close() }
