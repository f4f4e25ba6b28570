package gateway

import (
	"net/http"
	"sync/atomic"
	"time"
)

// Gateway serves a generation, and can be given another one while it runs.
type Gateway struct {
	live  atomic.Pointer[Generation]
	grace time.Duration
}

// graceTime is how long requests keep the connections of a generation that was replaced. A call that takes longer still
// ends well: it only finds its connection closed when it is done.
const graceTime = 30 * time.Second

// New returns a gateway that serves g.
func New(g *Generation) *Gateway {
	gw := &Gateway{grace: graceTime}
	gw.live.Store(g)
	return gw
}

// ServeHTTP implements http.Handler. It takes the generation once; the request keeps it to its end.
func (g *Gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	gen := g.take()
	defer gen.life.release(gen.Close)
	if gen.header != nil {
		w.Header()["X-Gateway-Config"] = gen.header
	}
	gen.handler.ServeHTTP(w, r)
}

// take returns the live generation, which stays open until it is released. One that was replaced and closed between the
// two steps is not live any more, so the second look finds another.
func (g *Gateway) take() *Generation {
	for {
		if gen := g.live.Load(); gen.life.take() {
			return gen
		}
	}
}

// Live returns the generation of requests that begin now.
func (g *Gateway) Live() *Generation { return g.live.Load() }

// Swap makes next the generation of all requests that begin from now on. The one before is closed when its last request
// has ended, or after half a minute.
func (g *Gateway) Swap(next *Generation) {
	before := g.live.Swap(next)
	before.life.retire(g.grace, before.Close)
}

// Close gives up the upstream connections.
func (g *Gateway) Close() { g.live.Load().Close() }
