package gateway

import (
	"errors"
	"log/slog"
	"net/http"
	"os"
	"strconv"
	"time"

	"github.com/99designs/gqlgen/graphql/handler"
	"github.com/vektah/gqlparser/v2/ast"

	"manifold/aggregation"
	"manifold/bff"
	"manifold/internal/auth"
	"manifold/internal/gofunc"
	"manifold/resolvers"
	"manifold/schema"
	"manifold/upstreams"
)

// Options say how a gateway runs. The zero value is the safe one: production mode and default limits.
type Options struct {
	Dev        bool                                                  // playground, introspection, suggestions, causes of upstream errors
	Env        func(string) (string, bool)                           // environment of gateway.graphql; nil: the process's
	Logger     *slog.Logger                                          // nil: slog.Default
	Limits     Limits                                                // of documents; zero fields: defaults
	Calls      aggregation.Limits                                    // of operations; zero: defaults
	Upstreams  upstreams.Options                                     // of calls; zero fields: defaults
	Callers    func(*upstreams.Set) func(index int) upstreams.Caller // replaces the way to upstreams in tests; nil: the network
	Overlays   map[string]schema.Overlay                             // of sources, by name
	Mock       schema.Mock                                           // sources whose answers are made up
	Read       func(path string) ([]byte, error)                     // files that gateway.graphql names; nil: there are none
	Functions  *gofunc.Set                                           // Go functions that connectors may call; nil: there are none
	Federation bool                                                  // the gateway is a subgraph of Apollo Federation
	Operations []*ast.Source                                         // of clients: bff/CLIENT/*.graphql
	GraphQL    Access                                                // what /graphql takes
	Auth       auth.Config                                           // how requests are known
	Revision   string                                                // names the version of the text, for people; a hash of it

	// Identify says who a request comes from, by one of the methods (nil: by any). The error is a *fault.Error. nil: no methods of
	// authentication are configured.
	Identify func(r *http.Request, methods []string) (*auth.Identity, error)
	// Challenge is the WWW-Authenticate header of a refusal; nil or "": none.
	Challenge func(methods []string, bad bool) string
	// AuthFailed counts credentials that were refused, by a reason of a closed list; nil: nobody does.
	AuthFailed func(reason string)
	// Alone runs each of equal requests by itself.
	Alone bool
	// Coalesced counts a request that got the result of another's run; nil: nobody does.
	Coalesced func()
	// RouteUsed returns what counts the requests of a route; nil: nobody does.
	RouteUsed func(client, operation string) func(bff.Usage)

	ready func() bool // nil: always
}

// Generation is everything built from one version of the text. It is immutable; requests keep the one they began with.
type Generation struct {
	model    *schema.Gateway
	handler  http.Handler // of all public paths
	set      *upstreams.Set
	auth     *auth.Authenticator // nil: nobody is known
	number   int                 // 1, 2, ... of those that were built after each other
	header   []string            // value of X-Gateway-Config; nil: it is not sent
	revision string
	files    []string
	built    time.Time
	life     life
}

// Build builds a generation from the text of gateway.graphql. Warm connections of prev, which may be nil, are shared. A text
// with faults gives schema.Problems, all at once, and leaves prev as it was.
func Build(files []*ast.Source, o Options, prev *Generation) (*Generation, error) {
	if o.Env == nil {
		o.Env = os.LookupEnv
	}
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	model, err := schema.LoadWith(files, schema.Options{
		Env: o.Env, Overlays: o.Overlays, Mock: o.Mock, Read: o.Read,
		Reflect: upstreams.Reflect, Introspect: upstreams.IntrospectBy(o.Upstreams), Functions: o.Functions,
		Federation: o.Federation,
	})
	if err != nil {
		return nil, err
	}
	who, err := openAuth(&o, prev)
	if err != nil {
		return nil, err
	}
	g, err := build(model, files, o, prev)
	if err != nil {
		who.Close()
		return nil, err
	}
	g.auth = who
	return g, nil
}

// build builds a generation of a model.
func build(model *schema.Gateway, files []*ast.Source, o Options, prev *Generation) (*Generation, error) {
	if problems := checkMethods(model, o); problems.Failed() {
		return nil, problems
	}
	var before *upstreams.Set
	if prev != nil {
		before = prev.set
	}
	set, err := upstreams.Open(model.Sources, o.Upstreams, before)
	if err != nil {
		return nil, err
	}
	find := func(i int) upstreams.Caller {
		if i < 0 {
			return set.Absolute()
		}
		return set.Caller(i)
	}
	if o.Callers != nil {
		find = o.Callers(set)
	}
	engine := aggregation.Options{Absolute: find(-1), Env: model.Env, Limits: o.Calls, Alone: o.Alone, Coalesced: o.Coalesced, Faults: o.Upstreams.Faults, Entities: set.Entities()}
	for _, s := range model.Sources {
		engine.Callers = append(engine.Callers, find(s.Index))
		engine.Config = append(engine.Config, s.Config)
	}
	compiler, runner := resolvers.NewCompiler(model), aggregation.New(engine)
	served, err := loadClients(model, compiler, runner, o)
	if err != nil {
		set.Close()
		return nil, err
	}
	served.identities = set.Identities()
	srv := handler.New(&executable{
		model: model, compiler: compiler, engine: runner, dev: o.Dev, logger: o.Logger,
		functions: hasFunctions(model),
	})
	install(srv, model.Schema, o.Limits, o.Dev, o.Logger)
	public := proxied(routes(srv, served, o), model, served.api, set, o)
	g := &Generation{model: model, handler: public, set: set, number: 1, revision: o.Revision, built: time.Now()}
	if prev != nil {
		g.number = prev.number + 1
	}
	if o.Dev {
		g.header = []string{strconv.Itoa(g.number)}
	}
	for _, f := range files {
		g.files = append(g.files, f.Name)
	}
	g.life.begin()
	return g, nil
}

// Warnings are the problems of the text that do not keep it from serving.
func (g *Generation) Warnings() schema.Problems { return g.model.Warnings }

// Mocked are the names of the sources whose answers are made up.
func (g *Generation) Mocked() []string { return g.model.Mocked }

// Revision names the text that the generation was built from.
func (g *Generation) Revision() string { return g.revision }

// Files are the names of the schema files.
func (g *Generation) Files() []string { return g.files }

// Number counts the generations: the first is 1, and a text that was refused has none.
func (g *Generation) Number() int { return g.number }

// Ready reports whether requests may be sent to the generation.
func (g *Generation) Ready() bool { return g.auth == nil || g.auth.Ready() }

// Close gives up the connections of the generation that no later one shares.
func (g *Generation) Close() {
	g.set.Close()
	g.auth.Close()
}

var errNoExchange = errors.New("the operation did not come through our transports")
