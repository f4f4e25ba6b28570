package proxy

import (
	"log/slog"
	"net/http"
	"net/url"

	"manifold/internal/auth"
	"manifold/internal/paths"
	"manifold/schema"
)

// Options say what the proxies of a gateway work with.
type Options struct {
	Model *schema.Gateway
	// Stream returns what sends requests to the source with an index. Its errors are *fault.Error.
	Stream func(source int) http.RoundTripper
	// Identify says who a request comes from, by one of the methods (nil: by any). The error is a *fault.Error. nil: there is
	// nobody to know, and no proxy may ask for it.
	Identify func(r *http.Request, methods []string) (*auth.Identity, error)
	// Challenge is the WWW-Authenticate header of a refusal; nil or "": none.
	Challenge func(methods []string, bad bool) string
	// Prefixes are paths that are served by next, with all below them.
	Prefixes []string
	Logger   *slog.Logger
	Dev      bool // causes of errors are shown
}

// Handler returns a handler that hands on what the proxies of the model take, and leaves the rest to next. Without any proxy that
// is next itself.
//
// It stands before any multiplexer of net/http, because that cleans paths: `/legacy/a//b` would be redirected, and the redirect of
// a path with escapes leads elsewhere.
func Handler(o Options, next http.Handler) http.Handler {
	if len(o.Model.Proxies) == 0 {
		return next
	}
	t := &table{next: next}
	for _, path := range schema.OwnPaths() {
		t.keep(path)
	}
	for _, prefix := range o.Prefixes {
		t.keep(prefix)
		t.keep(prefix + "/")
	}
	common := newCommon(o)
	for _, p := range o.Model.Proxies {
		t.proxies = append(t.proxies, newProxied(p, common))
	}
	return t
}

// table finds who serves a path.
type table struct {
	own     []*paths.Pattern // served by next
	proxies []*proxied
	next    http.Handler
}

// keep leaves a path to next. One that is no pattern is not: it holds characters that no path in use has.
func (t *table) keep(path string) {
	if p, err := paths.Parse(path); err == nil {
		t.own = append(t.own, p)
	}
}

// ServeHTTP implements http.Handler.
func (t *table) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path := paths.Raw(r.URL)
	for _, own := range t.own {
		if own.Match(path) {
			t.next.ServeHTTP(w, r)
			return
		}
	}
	if p := t.find(path); p != nil {
		p.serve(w, r, path)
		return
	}
	for _, p := range t.proxies {
		if p.Pattern.Slashless(path) {
			http.Redirect(w, r, (&url.URL{Path: r.URL.Path + "/", RawPath: path + "/", RawQuery: r.URL.RawQuery}).String(), http.StatusTemporaryRedirect)
			return
		}
	}
	t.next.ServeHTTP(w, r)
}

// find returns the narrowest proxy that a path belongs to, or nil. There are few of them.
func (t *table) find(path string) (found *proxied) {
	for _, p := range t.proxies {
		if p.Pattern.Match(path) && (found == nil || p.Pattern.Compare(found.Pattern) == paths.Narrower) {
			found = p
		}
	}
	return found
}
