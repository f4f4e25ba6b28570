package bff

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"time"

	"manifold/aggregation"
	"manifold/internal/auth"
	"manifold/internal/body"
	"manifold/internal/fault"
	"manifold/resolvers"
	"manifold/schema"
)

// Options say what a server works with.
type Options struct {
	Model  *schema.Gateway
	Engine *aggregation.Engine
	// Identify says who a request comes from, by one of the methods (nil: by any). The error is a *fault.Error. nil: there is
	// nobody to know.
	Identify func(r *http.Request, methods []string) (*auth.Identity, error)
	// Challenge is the WWW-Authenticate header of a refusal; nil or "": none.
	Challenge func(methods []string, bad bool) string
	// Run, if not nil, prepares the context of a request for what its operation calls.
	Run     func(ctx context.Context, header http.Header, who *auth.Identity) context.Context
	Observe func(client, operation string) func(Usage) // returns what counts the requests of a route; nil: nobody does
	Logger  *slog.Logger
	Dev     bool // causes of errors are shown
	MaxBody int  // bytes of a request's body, decompressed
}

// Usage is one request of a route, for counters.
type Usage struct {
	Status            int
	Partial, Retiring bool
	Took              time.Duration
}

// Server answers the requests of routes. It is safe for concurrent use.
type Server struct {
	api     *API
	o       Options
	mux     *http.ServeMux
	bodies  body.Reader
	packers *packers
	pool    sync.Pool // *scratch
}

// scratch is the memory of one request.
type scratch struct {
	in        body.Buffers
	variables []byte
	out       []byte
	packed    []byte
}

// NewServer returns a server of api.
func NewServer(api *API, o Options) *Server {
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	if o.MaxBody == 0 {
		o.MaxBody = 1 << 20
	}
	s := &Server{api: api, o: o, mux: http.NewServeMux(), bodies: body.Reader{Max: o.MaxBody}, packers: newPackers()}
	s.pool.New = func() any { return new(scratch) }
	s.register()
	return s
}

// API is what the server serves.
func (s *Server) API() *API { return s.api }

// ServeHTTP answers a request below one of the prefixes.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mux.ServeHTTP(w, r)
}

// anyPath is the pattern of what no route takes.
const anyPath = "/"

// nothing answers a request that no route takes: with the methods that the path has, or with 404.
func (s *Server) nothing(w http.ResponseWriter, r *http.Request) {
	var allowed []string
	for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete} {
		probe := *r
		probe.Method = method
		if _, pattern := s.mux.Handler(&probe); pattern != anyPath {
			allowed = append(allowed, method)
		}
	}
	h := w.Header()
	switch {
	case len(allowed) == 0:
		s.problem(w, r, &refusal{fault: fault.New(fault.NotFound, "There is no route at this path."), status: http.StatusNotFound})
	case r.Method == http.MethodOptions:
		h.Set("Allow", strings.Join(append(allowed, http.MethodOptions), ", "))
		w.WriteHeader(http.StatusNoContent)
	default:
		h.Set("Allow", strings.Join(append(allowed, http.MethodOptions), ", "))
		s.problem(w, r, &refusal{fault: fault.New(fault.MethodNotAllowed, "This path is not served by "+r.Method+".")})
	}
}

// serve answers a request of a route.
func (s *Server) serve(w http.ResponseWriter, r *http.Request, o *Operation) {
	start := time.Now()
	u := Usage{Retiring: o.Route.Retiring != nil}
	x := s.pool.Get().(*scratch)
	defer func() {
		if p := recover(); p != nil {
			if err, ok := p.(error); ok && errors.Is(err, http.ErrAbortHandler) {
				panic(p)
			}
			s.o.Logger.ErrorContext(r.Context(), "a request panicked", "operation", o.Name, "panic", p, "stack", string(debug.Stack()))
			u.Status = s.problem(w, r, &refusal{fault: fault.New(fault.Internal, "Internal error.")})
		} else {
			s.pool.Put(x) // the buffers of a request that panicked may still be held
		}
		if o.observe != nil {
			u.Took = time.Since(start)
			o.observe(u)
		}
	}()
	o.Route.announce(w.Header())
	who, refused := s.identify(r, o)
	if refused == nil {
		refused = s.read(r, o, x)
	}
	var values [][]byte
	if refused == nil {
		values, refused = s.variables(r, o, x, who)
	}
	if refused != nil {
		u.Status = s.problem(w, r, refused)
		return
	}
	ctx := r.Context()
	if s.o.Run != nil {
		ctx = s.o.Run(ctx, r.Header, who)
	}
	in := s.input(r, o, values, who)
	if refused := s.denies(o, in); refused != nil {
		u.Status = s.problem(w, r, refused)
		return
	}
	result := s.o.Engine.RunTogether(ctx, o.Plan, in, o.together)
	defer result.Release()
	s.log(r.Context(), o, result)
	u.Partial = len(result.Errors) > 0
	u.Status = s.respond(w, r, o, x, result)
}

func (s *Server) input(r *http.Request, o *Operation, values [][]byte, who *auth.Identity) aggregation.Input {
	in := aggregation.Input{Variables: values, Header: r.Header, Identity: who}
	if o.Route != nil {
		in.Time = o.Route.Timeout
	}
	return in
}

// identify says who asks, and refuses who may not.
func (s *Server) identify(r *http.Request, o *Operation) (*auth.Identity, *refusal) {
	who, refused := s.who(r, o.Client)
	if refused != nil {
		return nil, refused
	}
	return who, s.denied(o, who)
}

// denied says why somebody may not call an operation; nil if they may.
func (s *Server) denied(o *Operation, who *auth.Identity) *refusal {
	switch {
	case !o.Guard.needed():
		return nil
	case who == nil:
		return s.unknown(o.Client, fault.New(fault.Unauthenticated, "This needs to know who asks."), false)
	case len(o.Guard.Scopes) > 0 && !who.Granted(o.Guard.Scopes):
		return &refusal{fault: fault.New(fault.Forbidden, "The credential has not the scopes that this needs.")}
	default:
		return nil
	}
}

// denies refuses a mutation of which a part is denied, before any of it has an effect.
func (s *Server) denies(o *Operation, in aggregation.Input) *refusal {
	errs := aggregation.Denies(o.Plan, in)
	switch {
	case errs == nil:
		return nil
	case in.Identity == nil:
		return s.unknown(o.Client, errs[0].Fault, false)
	default:
		return &refusal{fault: errs[0].Fault}
	}
}

// who says who sends a request of a client. Nil is nobody.
func (s *Server) who(r *http.Request, c *Client) (*auth.Identity, *refusal) {
	if s.o.Identify == nil {
		return nil, nil
	}
	methods := c.Auth
	if c.AnyAuth {
		methods = nil
	}
	who, err := s.o.Identify(r, methods)
	if err == nil {
		return who, nil
	}
	f, ok := errors.AsType[*fault.Error](err)
	if !ok {
		f = &fault.Error{Code: fault.Internal, Message: "Internal error.", Cause: err}
	}
	return nil, s.unknown(c, f, true)
}

func (s *Server) unknown(c *Client, f *fault.Error, bad bool) *refusal {
	refused := &refusal{fault: f}
	if s.o.Challenge != nil && f.Code == fault.Unauthenticated {
		methods := c.Auth
		if c.AnyAuth {
			methods = nil
		}
		refused.challenge = s.o.Challenge(methods, bad)
	}
	return refused
}

// read reads the body that an operation wants.
func (s *Server) read(r *http.Request, o *Operation, x *scratch) *refusal {
	x.in.Body = x.in.Body[:0]
	if !o.Has(InBody) {
		return nil
	}
	if r.ContentLength == 0 {
		return nil
	}
	if refused := jsonBody(r.Header); refused != nil {
		return refused
	}
	if refused := s.bodies.Read(r, &x.in); refused != nil {
		return &refusal{fault: refused.Fault, status: refused.Status, close: refused.Close}
	}
	var err error
	if x.in.Body, err = document(x.in.Body); err != nil {
		return &refusal{fault: fault.New(fault.BadRequest, "The body is not JSON: "+err.Error())}
	}
	return nil
}

// variables makes the values of an operation's variables.
func (s *Server) variables(r *http.Request, o *Operation, x *scratch, who *auth.Identity) ([][]byte, *refusal) {
	if o.wantsObject() && len(x.in.Body) > 0 && x.in.Body[0] != '{' {
		return nil, &refusal{fault: fault.New(fault.BadRequest, "The body is a JSON object.")}
	}
	var f *fault.Error
	x.variables, f = o.gather(x.variables[:0], r, x.in.Body, who)
	if f != nil {
		if f.Code == fault.Unauthenticated {
			return nil, s.unknown(o.Client, f, false)
		}
		return nil, &refusal{fault: f}
	}
	values, errs := resolvers.VariablesText(s.o.Model, o.Definition, x.variables)
	if len(errs) > 0 {
		messages := make([]string, len(errs))
		for i, e := range errs {
			messages[i] = o.located(e.Message)
		}
		return nil, &refusal{fault: fault.New(fault.BadUserInput, messages[0]), more: messages[1:]}
	}
	return values, nil
}

// wantsObject reports whether the members of a body are what the operation reads, rather than the body itself.
func (o *Operation) wantsObject() bool {
	return slices.ContainsFunc(o.Variables, func(v Variable) bool { return v.In == InBody && len(v.Steps) > 0 })
}

// log writes one line for each upstream that failed, with what clients are not told.
func (s *Server) log(ctx context.Context, o *Operation, r *aggregation.Result) {
	if len(r.Errors) == 0 || ctx.Err() != nil { // of a client that has gone, every call failed
		return
	}
	seen := map[*fault.Error]bool{}
	for i := range r.Errors {
		f := r.Errors[i].Fault
		if seen[f] || (f.Upstream == "" && f.Cause == nil) {
			continue
		}
		seen[f] = true
		s.o.Logger.WarnContext(ctx, "upstream failed", "upstream", f.Upstream, "code", f.Code, "status", f.Status,
			"client", o.Client.Name, "operation", o.Name, "path", string(r.Errors[i].Path), "cause", f.Cause)
	}
}
