package gatewaytest

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator"
	"github.com/vektah/gqlparser/v2/validator/rules"

	"manifold/aggregation"
	"manifold/fn"
	"manifold/internal/auth"
	"manifold/internal/fault"
	"manifold/internal/plan"
	"manifold/internal/store"
	"manifold/resolvers"
	"manifold/schema"
	"manifold/upstreams"
)

// This file is the only one that touches the seams of the gateway: load, compile, coerce, run.

// Gateway is a gateway in one process, without HTTP on either side.
type Gateway struct {
	Model    *schema.Gateway
	Close    func() // gives up what it keeps open
	compiler *resolvers.Compiler
	engine   *aggregation.Engine
}

// caller sends the calls of one source to an Upstream.
type caller struct {
	source *schema.Source // nil: absolute URLs
	answer func(context.Context, *schema.Source, *upstreams.Call) (*upstreams.Reply, error)
}

func (c caller) Call(ctx context.Context, call *upstreams.Call) (*upstreams.Reply, error) {
	return c.answer(ctx, c.source, call)
}

// Open loads a gateway whose calls are answered by answer. The error is schema.Problems.
func Open(files []*ast.Source, env map[string]string, answer func(context.Context, *schema.Source, *upstreams.Call) (*upstreams.Reply, error)) (*Gateway, error) {
	return OpenWith(files, env, schema.Options{}, answer)
}

// OpenWith is Open with further options: overlays, and sources whose answers are made up. Its Env is env.
func OpenWith(files []*ast.Source, env map[string]string, o schema.Options, answer func(context.Context, *schema.Source, *upstreams.Call) (*upstreams.Reply, error)) (*Gateway, error) {
	o.Env = func(name string) (string, bool) { v, ok := env[name]; return v, ok }
	model, err := schema.LoadWith(files, o)
	if err != nil {
		return nil, err
	}
	return open(model, nil, answer), nil
}

// OpenKept is OpenWith for a gateway that keeps the items of all batches, for as long as s does.
func OpenKept(files []*ast.Source, o schema.Options, s *store.Store, answer func(context.Context, *schema.Source, *upstreams.Call) (*upstreams.Reply, error)) (*Gateway, error) {
	model, err := schema.LoadWith(files, o)
	if err != nil {
		return nil, err
	}
	for _, c := range connectorsOf(model) {
		if c.Cache == nil && c.HTTP != nil && c.HTTP.Idempotent() {
			c.Cache = &schema.Cache{MaxAge: time.Hour}
		}
	}
	set, err := upstreams.Open(model.Sources, upstreams.Options{Store: s}, nil)
	if err != nil {
		return nil, err
	}
	g := open(model, set.Entities(), answer)
	g.Close = set.Close
	return g, nil
}

// connectorsOf lists all connectors of a gateway.
func connectorsOf(model *schema.Gateway) (all []*schema.Connector) {
	for _, t := range model.Types {
		all = append(all, t.Loaders...)
		for _, f := range t.Fields {
			for _, c := range []*schema.Connector{f.Connector, f.Block, f.Loader} {
				if c != nil {
					all = append(append(all, c), c.Twins...)
				}
			}
		}
	}
	return all
}

func open(model *schema.Gateway, kept *upstreams.Entities, answer func(context.Context, *schema.Source, *upstreams.Call) (*upstreams.Reply, error)) *Gateway {
	options := aggregation.Options{Absolute: caller{answer: answer}, Env: model.Env, Entities: kept}
	for _, s := range model.Sources {
		options.Callers = append(options.Callers, caller{source: s, answer: answer})
		options.Config = append(options.Config, s.Config)
	}
	return &Gateway{Model: model, Close: func() {}, compiler: resolvers.NewCompiler(model), engine: aggregation.New(options)}
}

// Prepared is a valid operation and its plan.
type Prepared struct {
	Document  *ast.QueryDocument
	Operation *ast.OperationDefinition
	plan      *plan.Operation
}

// Plan prints the plan.
func (p *Prepared) Plan() string { return plan.Print(p.plan) }

// Prepare parses, validates and compiles a request. The errors are request errors.
func (g *Gateway) Prepare(query, operation string) (*Prepared, gqlerror.List) {
	doc, err := parser.ParseQuery(&ast.Source{Name: "request", Input: query})
	if err != nil {
		return nil, gqlerror.List{wrapped(fault.ParseFailed, err)}
	}
	if errs := validator.ValidateWithRules(g.Model.Schema, doc, rules.NewDefaultRules()); len(errs) > 0 {
		for _, e := range errs {
			e.Err = fault.New(fault.ValidationFailed, e.Message)
		}
		return nil, errs
	}
	op := doc.Operations.ForName(operation)
	if op == nil {
		return nil, gqlerror.List{wrapped(fault.OperationUnknown, errors.New("no operation "+operation))}
	}
	compiled, err := g.compiler.Compile(doc, op)
	if err != nil {
		return nil, gqlerror.List{wrapped(fault.Internal, err)}
	}
	return &Prepared{Document: doc, Operation: op, plan: compiled}, nil
}

// wrapped makes a request error with a code, if err has none of its own.
func wrapped(code fault.Code, err error) *gqlerror.Error {
	f, ok := errors.AsType[*fault.Error](err)
	if !ok {
		f = fault.New(code, err.Error())
	}
	if e, ok := errors.AsType[*gqlerror.Error](err); ok {
		e.Err = f
		return e
	}
	return &gqlerror.Error{Message: f.Message, Err: f}
}

// Run runs a prepared operation. variables is JSON text or nil. The errors are request errors; then there is no result.
func (g *Gateway) Run(ctx context.Context, p *Prepared, variables []byte, header http.Header) (*aggregation.Result, gqlerror.List) {
	values, errs := resolvers.VariablesText(g.Model, p.Operation, variables)
	if len(errs) > 0 {
		return nil, errs
	}
	ctx = fn.WithRequest(ctx, &fn.Request{Header: header})
	in := aggregation.Input{Variables: values, Header: header, Identity: auth.FromContext(ctx)}
	for _, e := range aggregation.Denies(p.plan, in) {
		errs = append(errs, &gqlerror.Error{Message: e.Fault.Message, Err: e.Fault, Locations: []gqlerror.Location{{Line: e.Line, Column: e.Column}}})
	}
	if len(errs) > 0 {
		return nil, errs
	}
	return g.engine.Run(ctx, p.plan, in), nil
}

// tick is how long a mocked call takes. Under a fake clock it keeps the waves apart: calls made at the same time are under
// way together.
const tick = time.Millisecond
