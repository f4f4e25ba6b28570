package gateway

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strconv"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/handler"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"manifold/internal/body"
	"manifold/internal/fault"
	"manifold/internal/onewrite"
)

// endpoint is what the transports of /graphql share: how a request is run and how its response is written.
//
// The response is written in one piece with its length, and data goes into it as the bytes it came as: gqlgen's own
// transports marshal it again, which costs more than the rest of the request (131 us against 5 us for 16 KB).
type endpoint struct {
	limits    Limits
	dev       bool
	logger    *slog.Logger
	exchanges exchangePool
	bodies    body.Reader
}

// install makes srv serve GraphQL over HTTP: transports, limits, document cache and persisted queries. The documents
// of clients are checked against schema. dev switches on what only developers should see: introspection, suggestions
// and causes of errors.
func install(srv *handler.Server, schema *ast.Schema, limits Limits, dev bool, logger *slog.Logger) {
	limits = limits.withDefaults()
	e := &endpoint{limits: limits, dev: dev, logger: logger, bodies: body.Reader{Max: limits.Body}}
	a := newAdmission(schema, limits, dev)
	srv.AddTransport(&post{e})
	srv.AddTransport(&get{e})
	srv.AddTransport(&otherMethod{e})
	srv.Use(a)
	srv.SetQueryCache(a.documents)
	srv.SetDisableSuggestion(!dev)
	// Admission does the parsing. Should a document ever reach the executor by another way, it meets limits there too.
	srv.SetParserTokenLimit(limits.Tokens)
	srv.SetValidationRulesFn(a.validator.rules)
}

// run sends a request through gqlgen's executor and writes its response. The exchange is empty but for what was read.
func (e *endpoint) run(
	ctx context.Context, w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor,
	x *exchange, env envelope, mediaType []string,
) {
	x.variables, x.extensions, x.documentID = env.variables, env.extensions, env.documentID
	x.params = graphql.RawParams{Query: env.query, OperationName: env.operationName, Headers: r.Header}
	opCtx, list := exec.CreateOperationContext(ctx, &x.params)
	if len(x.errors) > 0 {
		list = x.errors // gqlgen's hook hands on only the first
	}
	if len(list) > 0 {
		e.writeErrors(w, x, mediaType, list)
		return
	}
	if refused := allowed(opCtx.Operation.Operation, r.Method); refused != nil {
		e.writeRefusal(w, x, mediaType, refused)
		return
	}
	responses, ctx := exec.DispatchOperation(ctx, opCtx)
	switch {
	case len(x.errors) > 0:
		e.writeErrors(w, x, mediaType, x.errors)
	case x.answer != nil:
		e.writeAnswer(w, x, mediaType)
	default: // an extension answered in place of Exec, or the request ended before it
		e.writeResponse(ctx, w, x, mediaType, responses(ctx))
	}
}

// allowed refuses operations that the method, or this gateway, does not serve.
func allowed(kind ast.Operation, method string) *refusal {
	switch {
	case kind == ast.Subscription:
		return refuse(fault.NotSupported, "subscriptions are not served")
	case kind == ast.Mutation && method == http.MethodGet:
		r := refuse(fault.MethodNotAllowed, "a mutation has to be sent by POST")
		r.allow = http.MethodPost
		return r
	default:
		return nil
	}
}

// end returns the exchange, or answers a panic with INTERNAL. It is deferred by the transports. The buffers of a request
// that panicked are not used again, since somebody may still hold them.
func (e *endpoint) end(w http.ResponseWriter, r *http.Request, x *exchange, mediaType []string) {
	p := recover()
	if p == nil {
		e.exchanges.put(x)
		return
	}
	if err, ok := p.(error); ok && errors.Is(err, http.ErrAbortHandler) {
		panic(p)
	}
	e.logger.ErrorContext(r.Context(), "a request panicked", "panic", p, "stack", string(debug.Stack()))
	e.writeRefusal(w, &exchange{}, mediaType, refuse(fault.Internal, "internal error"))
}

// writeAnswer writes the result of an operation. Data may be partial: the status is 200 all the same, unless there is none.
func (e *endpoint) writeAnswer(w http.ResponseWriter, x *exchange, mediaType []string) {
	data := x.answer.Data()
	out := x.out[:0]
	if x.answer.HasErrors() {
		out = append(out, `{"errors":`...)
		out = x.answer.AppendErrors(out)
		out = append(out, `,"data":`...)
	} else {
		if want := len(data) + len(`{"data":}`); cap(out) < want {
			out = make([]byte, 0, want)
		}
		out = append(out, `{"data":`...)
	}
	out = append(out, data...)
	out = x.answer.AppendExtensions(out)
	x.out = append(out, '}')
	x.answer.AddHeaders(w.Header())
	onewrite.Whole(x.ctx, len(x.out))
	e.write(w, x.out, mediaType, x.answer.Status())
}

// writeErrors writes request errors. The response has no data member (GraphQL 7.1.2).
func (e *endpoint) writeErrors(w http.ResponseWriter, x *exchange, mediaType []string, list gqlerror.List) {
	out := append(x.out[:0], `{"errors":`...)
	out = appendErrors(out, list, e.limits.Errors, e.dev)
	x.out = append(out, '}')
	e.write(w, x.out, mediaType, statusOf(decisive(list)))
}

// writeRefusal writes a request error of HTTP's own.
func (e *endpoint) writeRefusal(w http.ResponseWriter, x *exchange, mediaType []string, r *refusal) {
	if r.allow != "" {
		w.Header()["Allow"] = []string{r.allow}
	}
	if r.close {
		w.Header()["Connection"] = closeConnection
	}
	status := r.status
	if status == 0 {
		status = statusOf(r.fault.Code)
	}
	list := gqlerror.List{{Message: r.fault.Message, Err: r.fault}}
	out := append(x.out[:0], `{"errors":`...)
	out = appendErrors(out, list, e.limits.Errors, e.dev)
	x.out = append(out, '}')
	e.write(w, x.out, mediaType, status)
}

// writeResponse writes a response made by gqlgen, which is nil if the request's context has ended.
func (e *endpoint) writeResponse(
	ctx context.Context, w http.ResponseWriter, x *exchange, mediaType []string, resp *graphql.Response,
) {
	switch {
	case resp == nil && errors.Is(ctx.Err(), context.DeadlineExceeded):
		e.writeRefusal(w, x, mediaType, refuse(fault.DeadlineExceeded, "the request took too long"))
	case resp == nil && ctx.Err() != nil: // nobody is there to read it
	case resp == nil:
		e.writeRefusal(w, x, mediaType, refuse(fault.Internal, "the operation has no response"))
	case len(resp.Data) == 0:
		e.writeErrors(w, x, mediaType, resp.Errors)
	default:
		out := x.out[:0]
		out = append(out, '{')
		if len(resp.Errors) > 0 {
			out = append(out, `"errors":`...)
			out = appendErrors(out, resp.Errors, e.limits.Errors, e.dev)
			out = append(out, ',')
		}
		out = append(out, `"data":`...)
		out = append(out, resp.Data...)
		x.out = append(out, '}')
		e.write(w, x.out, mediaType, http.StatusOK)
	}
}

// Header values that are shared and never written.
var (
	closeConnection = []string{"close"}
	noSniffing      = []string{"nosniff"}
	varyByAccept    = []string{"Accept"}
)

func (e *endpoint) write(w http.ResponseWriter, body []byte, mediaType []string, status int) {
	h := w.Header()
	h["Content-Type"] = mediaType
	h["Content-Length"] = []string{strconv.Itoa(len(body))}
	h["X-Content-Type-Options"] = noSniffing
	h["Vary"] = varyByAccept
	if status != http.StatusOK {
		w.WriteHeader(status)
	}
	_, _ = w.Write(body) // an error means that the client has gone
}
