package main

import (
	"context"
	"log/slog"
)

// serveCmd is `manifold serve`.
type serveCmd struct {
	Files  []string `arg:"" optional:"" help:"Files or folders to serve together; default gateway.graphql." placeholder:"FILE"`
	Listen string   `help:"Address to listen on." default:":8080" placeholder:"HOST:PORT"`
	Dev    bool     `help:"Development mode: playground at /, introspection, suggestions, and the services' own error texts. Not for production."`
	Log    string   `help:"Form of the log on standard error: text or json." enum:"text,json" default:"text" placeholder:"FORM"`
}

// Help is the long text of `manifold serve --help`.
func (*serveCmd) Help() string {
	return `Serves GraphQL at /graphql until Ctrl-C. Requests that are running then are finished. Every problem in the files is
shown before anything is served.

Names as ${USERS_URL} in the files are read from the environment.

Examples:

    manifold serve
    manifold serve --dev --listen 127.0.0.1:8080
    USERS_URL=http://users.internal manifold serve gateway.graphql more.graphql`
}

// Run serves until ctx ends.
func (c *serveCmd) Run(ctx context.Context, w *world) error {
	sources, err := readSources(c.Files)
	if err != nil {
		return err
	}
	tuneMemory(w.Env)
	logger := newLogger(w, c.Log)
	gw, err := build(sources, setup{Dev: c.Dev, Env: w.Env, Logger: logger})
	if err != nil {
		return err
	}
	defer gw.Close()
	tellProblems(w, gw.Warnings())
	ln, err := listen(ctx, c.Listen)
	if err != nil {
		return err
	}
	files := make([]string, len(sources))
	for i, s := range sources {
		files[i] = s.Name
	}
	logger.Info("serving", "address", ln.Addr().String(), "url", visit(ln)+"/graphql", "files", files, "development", c.Dev)
	return gw.Serve(ctx, ln)
}

// newLogger writes to stderr, as text for people or as JSON for machines.
func newLogger(w *world, form string) *slog.Logger {
	if form == "json" {
		return slog.New(slog.NewJSONHandler(w.Stderr, nil))
	}
	return slog.New(slog.NewTextHandler(w.Stderr, nil))
}
