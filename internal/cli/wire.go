package cli

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/validator/rules"

	"manifold/bff"
	"manifold/internal/config"
	"manifold/internal/gateway"
	"manifold/internal/plan"
	"manifold/resolvers"
	"manifold/schema"
	"manifold/upstreams"
)

// This file, and live.go for what runs, know the parts that the commands are made of.

// load reads the files of one gateway into a checked model. The error is schema.Problems.
func load(in *inputs, w *world) (*schema.Gateway, error) {
	return loadMocked(in, w, schema.Mock{})
}

// loadMocked is load while sources are mocked.
func loadMocked(in *inputs, w *world, mock schema.Mock) (*schema.Gateway, error) {
	return schema.LoadWith(in.sources, schema.Options{
		Env: w.Env, Overlays: in.config.Overlays(), Mock: mock, Read: in.files.read,
		Reflect: upstreams.Reflect, Introspect: upstreams.IntrospectBy(upstreams.Options{}), Functions: w.Functions,
		Federation: in.config.Federation,
	})
}

// loadAPI reads the operations of a gateway's clients. The error is schema.Problems.
func loadAPI(gw *schema.Gateway, in *inputs) (*bff.API, error) {
	methods := in.config.Authentication()
	if problems := gateway.CheckMethods(gw, &methods); problems.Failed() {
		return nil, problems
	}
	api, problems := bff.Load(in.operations, gw, resolvers.NewCompiler(gw))
	if problems.Failed() {
		return nil, problems
	}
	return api, nil
}

// publicSDL returns the schema as clients see it.
func publicSDL(gw *schema.Gateway) string { return schema.PublicSDL(gw) }

// subgraphSDL returns it as that of a subgraph of Apollo Federation.
func subgraphSDL(gw *schema.Gateway) string { return schema.SubgraphSDL(gw) }

// compile prints the plan of one operation of the query text. If variables is not nil, they are checked against the
// operation and printed as connectors would get them. The error is a gqlerror.List if the query is at fault.
func compile(gw *schema.Gateway, text, operation string, variables map[string]any, more func(*plan.Operation) string) (string, error) {
	doc, errs := gqlparser.LoadQueryWithRules(gw.Schema, text, rules.NewDefaultRules())
	if len(errs) > 0 {
		return "", errs
	}
	op := doc.Operations.ForName(operation)
	if op == nil {
		return "", unknownOperation(doc, operation)
	}
	var given strings.Builder
	if variables != nil {
		values, errs := resolvers.Variables(gw, op, variables)
		if len(errs) > 0 {
			return "", errs
		}
		given.WriteString("variables\n")
		for i, v := range values {
			value := "absent"
			if v != nil {
				value = string(v)
			}
			fmt.Fprintf(&given, "  $%s = %s\n", op.VariableDefinitions[i].Variable, value)
		}
	}
	compiled, err := resolvers.NewCompiler(gw).Compile(doc, op)
	if err != nil {
		return "", err
	}
	return plan.Print(compiled) + given.String() + more(compiled), nil
}

// planned prints the plan of an operation of a client, below the route that it is served at.
func planned(o *bff.Operation) string {
	head := o.Name + ": it has no route\n"
	if o.Route != nil {
		head = fmt.Sprintf("%s: %s %s\n", o.Name, o.Route.Method, o.Route.Pattern)
	}
	return head + plan.Print(o.Plan)
}

// unknownOperation is the failure of picking an operation.
func unknownOperation(doc *ast.QueryDocument, name string) error {
	if len(doc.Operations) == 0 {
		return gqlerror.List{{Message: "the query has no operation"}}
	}
	names := make([]string, 0, len(doc.Operations))
	for _, op := range doc.Operations {
		names = append(names, op.Name)
	}
	hint := "pick one with --operation: " + strings.Join(names, ", ")
	if name == "" {
		return &usageError{"the query has several operations", hint}
	}
	return &usageError{fmt.Sprintf("the query has no operation %q", name), hint}
}

// setup is what a gateway is told besides its files.
type setup struct {
	Dev    bool
	Env    func(string) (string, bool)
	Read   func(path string) ([]byte, error) // files that the sources name
	Logger *slog.Logger
	// Operations are those of clients, Config is gateway.yaml; nil: there are none, there is none.
	Operations []*ast.Source
	Config     *config.Config
}

// server is a gateway that is ready to serve.
type server struct{ handler *gateway.Gateway }

// build makes a gateway of the files. The error is schema.Problems if the files are at fault.
func build(sources []*ast.Source, s setup) (*server, error) {
	opts := gateway.Options{}
	if s.Config != nil {
		opts = options(s.Config)
	}
	opts.Dev, opts.Env, opts.Read, opts.Logger, opts.Operations = s.Dev, s.Env, s.Read, s.Logger, s.Operations
	gen, err := gateway.Build(sources, opts, nil)
	if err != nil {
		return nil, err
	}
	return &server{gateway.New(gen)}, nil
}

// Serve answers requests on ln until ctx ends and the requests running then are finished. It closes ln. around, if not nil, is
// what requests meet first.
func (s *server) Serve(ctx context.Context, ln net.Listener, around func(http.Handler) http.Handler) error {
	var h http.Handler = s.handler
	if around != nil {
		h = around(h)
	}
	return gateway.Serve(ctx, ln, h)
}

// Close frees the connections to upstreams.
func (s *server) Close() { s.handler.Close() }
