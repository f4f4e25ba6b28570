package proxy

import (
	"errors"
	"log"
	"log/slog"
	"net/http"
	"net/http/httputil"
	"net/url"
	"runtime/debug"
	"slices"
	"strings"

	"manifold/internal/auth"
	"manifold/internal/fault"
	"manifold/internal/mapping"
	"manifold/internal/problem"
	"manifold/schema"
)

// common is what all proxies of a generation share.
type common struct {
	Options
	buffers *buffers
	noise   *log.Logger // what httputil has to say: mostly that somebody has gone
}

func newCommon(o Options) *common {
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	return &common{Options: o, buffers: new(buffers), noise: slog.NewLogLogger(o.Logger.Handler(), slog.LevelDebug)}
}

// proxied is one @proxy, ready to serve.
type proxied struct {
	*schema.Proxy
	*common
	stream http.RoundTripper
	allow  string   // value of the Allow header
	limit  []string // the methods that are handed on; nil: every one
	rules  *rules
}

func newProxied(p *schema.Proxy, c *common) *proxied {
	out := &proxied{Proxy: p, common: c, allow: "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"}
	if p.Methods != nil {
		for _, m := range p.Methods {
			out.limit = append(out.limit, m)
			if m == http.MethodGet {
				out.limit = append(out.limit, http.MethodHead)
			}
		}
		out.limit = append(out.limit, http.MethodOptions)
		out.allow = strings.Join(out.limit, ", ")
	}
	if p.Source != nil {
		out.stream = c.Stream(p.Source.Index)
		out.rules = newRules(p)
	}
	return out
}

// allows reports whether a method is handed on. CONNECT wants a tunnel and TRACE an echo of the request, its headers included:
// both are for whoever speaks to the service itself.
func (p *proxied) allows(method string) bool {
	if method == http.MethodConnect || method == http.MethodTrace {
		return false
	}
	return p.limit == nil || slices.Contains(p.limit, method)
}

// serve answers a request whose path, as paths.Raw gives it, is one of the proxy's.
func (p *proxied) serve(w http.ResponseWriter, r *http.Request, path string) {
	x := &exchange{proxied: p, in: r, path: path}
	client := newClient(w)
	x.client = client
	defer client.done()
	defer x.recovered(client)
	if refused := x.prepare(client.Header()); refused != nil {
		x.refuse(client, refused)
		return
	}
	(&httputil.ReverseProxy{
		Rewrite:        x.rewrite,
		Transport:      p.stream,
		ModifyResponse: x.reply,
		ErrorHandler:   x.failed,
		BufferPool:     p.buffers,
		ErrorLog:       p.noise,
	}).ServeHTTP(client, r)
}

// exchange is one request that is handed on, and its reply.
type exchange struct {
	*proxied
	in     *http.Request
	client *client
	path   string // of the request, raw

	who    *auth.Identity
	asked  bool // who is known, or known to be nobody
	denied *fault.Error
	arena  mapping.Arena

	target   *url.URL    // where it goes, but for the client's query
	stripped string      // what was taken off the path, as the client wrote it
	base     string      // what stands in its place
	headers  http.Header // that the source's rules make; those without a value are not sent
	sent     bool        // it was ready to be
}

// prepare makes all that is needed before anything is sent. The error is what the client is told.
func (x *exchange) prepare(h http.Header) *fault.Error {
	switch {
	case !x.allows(x.in.Method):
		h["Allow"] = []string{x.allow}
		return fault.New(fault.MethodNotAllowed, "This path is not served by "+x.in.Method+".")
	case x.Source == nil:
		return fault.New(fault.UpstreamUnavailable, "The upstream is mocked, so there is nobody to hand requests on to.")
	}
	if x.Auth != nil && x.identity() == nil {
		return x.unknown(h)
	}
	if climbs(x.path) {
		return fault.New(fault.BadRequest, "The path has a segment . or .. in it.")
	}
	err := x.aim()
	if err == nil {
		x.headers, err = x.rules.values(x)
	}
	switch {
	case x.denied != nil: // a template has asked
		return x.unknown(h)
	case err != nil:
		return &fault.Error{Code: fault.BadUserInput, Message: "The upstream request cannot be built.", Upstream: x.Source.Name, Cause: err}
	default:
		return nil
	}
}

// identity says who asks, once. It is nil for nobody, and where the credential is refused.
func (x *exchange) identity() *auth.Identity {
	if x.asked || x.Identify == nil {
		return x.who
	}
	x.asked = true
	who, err := x.Identify(x.in, x.Auth)
	if err == nil {
		x.who = who
		return who
	}
	var ok bool
	if x.denied, ok = errors.AsType[*fault.Error](err); !ok {
		x.denied = &fault.Error{Code: fault.Internal, Message: "Internal error.", Cause: err}
	}
	return nil
}

// unknown refuses a request whose sender is not known.
func (x *exchange) unknown(h http.Header) *fault.Error {
	bad := x.denied != nil
	if !bad {
		x.denied = fault.New(fault.Unauthenticated, "This needs to know who asks.")
	}
	if x.denied.Code == fault.Unauthenticated && x.Challenge != nil {
		if challenge := x.Challenge(x.Auth, bad); challenge != "" {
			h["Www-Authenticate"] = []string{challenge}
		}
	}
	return x.denied
}

// refuse answers with a problem.
func (x *exchange) refuse(w http.ResponseWriter, f *fault.Error) {
	detail := f.Message
	if x.Dev && f.Cause != nil {
		detail += " (" + f.Cause.Error() + ")"
	}
	problem.Write(w, problem.Status(f.Code), f.Code, detail)
}

// recovered answers a panic of ours with INTERNAL. That of a reply which was cut off is net/http's own way to cut off ours.
func (x *exchange) recovered(w *client) {
	p := recover()
	if p == nil {
		return
	}
	if err, ok := p.(error); ok && errors.Is(err, http.ErrAbortHandler) {
		panic(p)
	}
	x.Logger.ErrorContext(x.in.Context(), "a request panicked", "proxy", x.Path, "panic", p, "stack", string(debug.Stack()))
	if w.begun {
		panic(http.ErrAbortHandler)
	}
	x.refuse(w, fault.New(fault.Internal, "Internal error."))
}
