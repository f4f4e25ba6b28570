package gateway

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strings"
	"time"

	"manifold/internal/onewrite"
)

// Timeouts and sizes of the listener (RELIABILITY A.1). They hold for every path, before anything of ours is asked.
const (
	headerTimeout = 5 * time.Second  // for the header of a request
	readTimeout   = 10 * time.Second // for header and body; net/http ends it when the body is read
	writeTimeout  = 60 * time.Second // for the whole response; a stream extends it for each event
	idleTimeout   = 60 * time.Second // between two requests of a connection
	maxHeader     = 64 << 10
	drainTimeout  = 30 * time.Second // for requests that run when the gateway is told to stop
)

// NewServer returns an http.Server that no single client can hold up: slow headers, slow bodies, idle connections and
// clients that never read their answer all have their time.
func NewServer(h http.Handler) *http.Server {
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: headerTimeout,
		ReadTimeout:       readTimeout,
		WriteTimeout:      writeTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeader,
	}
}

// Serve serves h on l until ctx ends; then requests that run have half a minute to finish. It closes l, and returns nil
// after an orderly end.
func Serve(ctx context.Context, l net.Listener, h http.Handler) error {
	srv := NewServer(h)
	stopped := make(chan error, 1)
	stop := context.AfterFunc(ctx, func() {
		drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTimeout)
		defer cancel()
		stopped <- srv.Shutdown(drain)
	})
	err := srv.Serve(onewrite.On(srv, l))
	if stop() { // ctx has not ended: the listener failed
		return err
	}
	err = <-stopped
	if errors.Is(err, context.DeadlineExceeded) {
		_ = srv.Close()
		return errors.New("requests were cut off: they did not end in time")
	}
	return err
}

// routes returns the public paths: GraphQL, the playground in development mode, and whether the process lives. What is
// not there is a 404 in JSON like every other error.
func routes(graphql http.Handler, clients *clients, o Options) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/graphql", identified(endpointFor(accessFor(o.GraphQL, o.Dev, clients.api.Clients), graphql), o, nil))
	for _, prefix := range clients.api.Prefixes() {
		mux.Handle(prefix+"/", clients.server)
		mux.Handle(prefix+"/graphql", clientEndpoint(clients.api.Sharing(prefix), graphql, o))
		if tools := clients.tools[prefix]; tools != nil {
			mux.Handle(prefix+"/mcp", tools)
		}
		if told := clients.told[prefix]; told != nil {
			mux.HandleFunc("GET "+prefix+"/openapi.json", told.document)
			mux.HandleFunc("GET "+prefix+"/docs", told.page)
		}
	}
	direct := directly(clients)
	mux.HandleFunc("GET /livez", healthy)
	mux.HandleFunc("GET /healthz", healthy)
	mux.HandleFunc("GET /readyz", readiness(o.ready))
	if keys := clients.identities; keys != nil {
		mux.HandleFunc("GET /.well-known/jwks.json", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Cache-Control", "public, max-age=300")
			writeSmall(w, http.StatusOK, string(keys))
		})
	}
	mux.HandleFunc("/", notFound)
	if o.Dev {
		play := newPlayground()
		mux.Handle("GET /{$}", play)
		mux.Handle("GET /playground", play)
		mux.Handle("GET "+playgroundPath, play)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if direct(r.URL.Path) {
			clients.server.ServeHTTP(w, r)
			return
		}
		mux.ServeHTTP(w, r)
	})
}

// directly returns whether a path can only be that of a route: it lies below the prefix of a client, is none of the paths there that
// are served otherwise, and needs no cleaning. These are the ones that are asked for most.
func directly(c *clients) func(path string) bool {
	prefixes := c.api.Prefixes()
	return func(path string) bool {
		for _, prefix := range prefixes {
			rest, ok := strings.CutPrefix(path, prefix+"/")
			if !ok {
				continue
			}
			switch rest {
			case "", "graphql", "mcp", "openapi.json", "docs":
				return false
			}
			return !strings.Contains(path, "//") && !strings.Contains(path, "/.")
		}
		return false
	}
}

// healthy answers that the process serves. A gateway that has a generation is ready; upstreams do not count, or all
// instances would leave a load balancer at the same time.
func healthy(w http.ResponseWriter, _ *http.Request) {
	writeSmall(w, http.StatusOK, `{"status":"ok"}`)
}

// readiness answers whether requests may be sent here: not before the keys of every issuer have been there once, or good tokens
// would be refused.
func readiness(ready func() bool) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if ready != nil && !ready() {
			writeSmall(w, http.StatusServiceUnavailable, `{"status":"waiting for the keys of an issuer"}`)
			return
		}
		healthy(w, r)
	}
}

func notFound(w http.ResponseWriter, _ *http.Request) {
	writeSmall(w, http.StatusNotFound, `{"errors":[{"message":"there is nothing at this path; GraphQL is at /graphql","extensions":{"code":"NOT_FOUND"}}]}`)
}

func writeSmall(w http.ResponseWriter, status int, body string) {
	h := w.Header()
	h["Content-Type"] = jsonType
	h["X-Content-Type-Options"] = noSniffing
	w.WriteHeader(status)
	_, _ = w.Write([]byte(body))
}
