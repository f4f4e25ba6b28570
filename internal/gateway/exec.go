package gateway

import (
	"context"
	"log/slog"
	"net/http"
	"slices"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"manifold/aggregation"
	"manifold/fn"
	"manifold/internal/auth"
	"manifold/internal/fault"
	"manifold/internal/plan"
	"manifold/resolvers"
	"manifold/schema"
)

// executable is a generation as gqlgen's executor sees it: where generated code would resolve fields, we run a plan.
type executable struct {
	model     *schema.Gateway
	compiler  *resolvers.Compiler
	engine    *aggregation.Engine
	dev       bool
	logger    *slog.Logger
	functions bool // some connector calls a Go function, which may ask for the client's request
}

var _ graphql.ExecutableSchema = (*executable)(nil)

// Schema is the public schema.
func (e *executable) Schema() *ast.Schema { return e.model.Schema }

// Complexity knows no cost of single fields.
func (e *executable) Complexity(context.Context, string, string, int, map[string]any) (int, bool) {
	return 0, false
}

// Exec runs the operation of the request's exchange and leaves the answer there for the transport, which writes its bytes
// as they are. The response it returns is for gqlgen's hooks only.
func (e *executable) Exec(ctx context.Context) graphql.ResponseHandler {
	x := exchangeFrom(ctx)
	if x == nil {
		return graphql.OneShot(&graphql.Response{Errors: gqlerror.List{gqlerror.Wrap(errNoExchange)}})
	}
	op := x.operation(graphql.GetOperationContext(ctx).Operation)
	compiled, err := op.plan(e.compile)
	if err != nil {
		x.refuse(gqlerror.List{{Message: faultMessage(err), Err: err}})
		return none
	}
	variables, errs := resolvers.VariablesText(e.model, op.definition, x.variables)
	if len(errs) > 0 {
		x.refuse(errs)
		return none
	}
	if e.functions {
		ctx = forFunctions(ctx, x.header, auth.FromContext(ctx))
	}
	in := aggregation.Input{Variables: variables, Header: x.header, Identity: auth.FromContext(ctx)}
	if denied := aggregation.Denies(compiled, in); denied != nil {
		x.refuse(refusals(denied))
		return none
	}
	result := e.engine.RunTogether(ctx, compiled, in, op.together())
	x.finish(&outcome{result: result, maxAge: compiled.MaxAge, public: compiled.Public && in.Identity == nil, dev: e.dev})
	e.log(ctx, op, result)
	return none
}

// hasFunctions reports whether a connector calls a Go function.
func hasFunctions(model *schema.Gateway) bool {
	return slices.ContainsFunc(model.Sources, func(s *schema.Source) bool { return s.Function != nil })
}

// forFunctions returns a context with what Go functions may know of a request.
func forFunctions(ctx context.Context, header http.Header, who *auth.Identity) context.Context {
	r := &fn.Request{Header: header}
	if who != nil {
		r.Identity = &fn.Identity{Method: who.Method, Subject: who.Subject, Scopes: who.Scopes, Claims: who.Claims}
	}
	return fn.WithRequest(ctx, r)
}

// refusals are the errors of an operation that does not run at all.
func refusals(errs []aggregation.Error) (list gqlerror.List) {
	for i := range errs {
		e := &errs[i]
		list = append(list, &gqlerror.Error{
			Message: e.Fault.Message, Err: e.Fault, Locations: []gqlerror.Location{{Line: e.Line, Column: e.Column}},
		})
	}
	return list
}

func (e *executable) compile(doc *ast.QueryDocument, op *ast.OperationDefinition) (*plan.Operation, error) {
	return e.compiler.Compile(doc, op)
}

// none is the response of an operation whose answer is in the exchange.
func none(context.Context) *graphql.Response { return nil }

// log writes one line for each upstream that failed, with what clients are not told.
func (e *executable) log(ctx context.Context, op *operation, r *aggregation.Result) {
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
		e.logger.WarnContext(ctx, "upstream failed", "upstream", f.Upstream, "code", f.Code, "status", f.Status,
			"operation", op.definition.Name, "path", string(r.Errors[i].Path), "cause", f.Cause)
	}
}
