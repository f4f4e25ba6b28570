package cli

import (
	"context"
	"log/slog"
	"net"

	"manifold/internal/config"
)

// serveCmd is `manifold serve`.
type serveCmd struct {
	Files      []string `arg:"" optional:"" help:"Files or folders to serve together; default: those that gateway.yaml names, or gateway.graphql." placeholder:"FILE"`
	Config     string   `help:"How it runs: addresses, limits; default gateway.yaml here, or beside the schema." placeholder:"FILE"`
	Listen     string   `help:"Address to listen on; default :8080." placeholder:"HOST:PORT"`
	Admin      string   `help:"Address of metrics, status and reload; default none. Never make it public." placeholder:"HOST:PORT"`
	Watch      bool     `help:"Reload when a file changes."`
	Dev        bool     `help:"Development mode: playground at /, introspection, suggestions, and the services' own error texts. Not for production."`
	Federation bool     `help:"Be a subgraph of Apollo Federation: serve _service and _entities. Let only the router reach it."`

	Log string `help:"Form of the log on standard error: text or json." enum:"text,json" default:"text" placeholder:"FORM"`

	mockFlags
}

// Help is the long text of `manifold serve --help`.
func (*serveCmd) Help() string {
	return `Serves GraphQL at /graphql until Ctrl-C. Requests that are running then are finished. Every problem in the files is
shown before anything is served.

SIGHUP reads the files again; with --watch, every change of them does. Files with problems are refused as a whole: the problems
are logged, and what was served is served on. No request is lost by a reload.

Names as ${USERS_URL} in the files are read from the environment.

With --federation the gateway is a subgraph: "manifold schema --federation" prints what its supergraph is composed of.

With --mock no service is called: what they would answer is made up from the types, or is what @mock says of a field. Names
that only mocked services need may be unset. --mock-source makes up the answers of one service and calls the others.

Examples:

    manifold serve
    manifold serve --watch --dev --listen 127.0.0.1:8080
    manifold serve --mock --watch --dev
    manifold serve --mock-source reviews --mock-source orders
    manifold serve --config production.yaml --admin 127.0.0.1:9090
    USERS_URL=http://users.internal manifold serve gateway.graphql more.graphql`
}

// Run serves until ctx ends.
func (c *serveCmd) Run(ctx context.Context, w *world) error {
	tuneMemory(w.Env)
	logger := newLogger(w, c.Log)
	gw, err := openLive(c, w, setup{Env: w.Env, Logger: logger})
	if err != nil {
		return err
	}
	defer gw.Close()
	public, err := listen(ctx, string(gw.config.Listen))
	if err != nil {
		return err
	}
	var admin net.Listener
	if gw.config.Admin != "" {
		if admin, err = listenAs(ctx, "--admin", string(gw.config.Admin)); err != nil {
			_ = public.Close()
			return err
		}
		logger.Info("for operators", "address", admin.Addr().String())
		if a, ok := admin.Addr().(*net.TCPAddr); ok && !a.IP.IsLoopback() {
			logger.Warn("the admin listener is open to other machines: it asks nobody who they are", "address", admin.Addr().String())
		}
	}
	live := gw.gateway.Live()
	logger.Info("serving", "address", public.Addr().String(), "url", visit(public)+"/graphql", "files", live.Files(),
		"development", gw.config.Mode == config.Development, "revision", live.Revision(), "watch", c.Watch)
	if mock := c.mock(); mock.Any() {
		logger.Warn("answers are made up: mocked services are not called", "all", mock.All, "sources", live.Mocked())
	}
	return gw.run(ctx, public, admin, c.Watch)
}

// newLogger writes to stderr, as text for people or as JSON for machines.
func newLogger(w *world, form string) *slog.Logger {
	if form == "json" {
		return slog.New(slog.NewJSONHandler(w.Stderr, nil))
	}
	return slog.New(slog.NewTextHandler(w.Stderr, nil))
}
