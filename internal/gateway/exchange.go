package gateway

import (
	"context"
	"net/http"
	"sync"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"manifold/internal/body"
)

// answer is the result of an operation that ran.
type answer interface {
	Status() int                        // of HTTP
	Data() []byte                       // the JSON text of data: an object or null
	HasErrors() bool                    // something was emptied or went wrong
	AppendErrors(dst []byte) []byte     // appends the JSON array of errors
	AppendExtensions(dst []byte) []byte // appends the member extensions with the comma before it, or nothing
	AddHeaders(h http.Header)           // adds what upstreams hand to the client (respond:)
	Release()                           // the bytes of Data are not used any more
}

// exchange is one request and its response on their way through gqlgen's executor.
//
// gqlgen hands on variables as a tree of any and results as a Response to be marshalled. We want neither: the transport
// puts the exchange into the context, the raw texts of the request in it, and executable.Exec puts its answer there:
//
//	transport   header, variables, extensions    from the request
//	admission   document                         parsed, checked, from the cache
//	Exec        finish(answer) or refuse(errors)
//	transport   writes, releases, returns the exchange to the pool
//
// It belongs to the goroutine of the request and is gone when the transport returns: nothing that outlives Exec may
// keep it or its bytes.
type exchange struct {
	ctx        context.Context // of the request
	header     http.Header
	variables  []byte // JSON object or null as sent, valid; nil if there are none
	extensions []byte // likewise
	documentID string // names a document that the gateway knows, or ""

	document *document
	answer   answer
	errors   gqlerror.List // request errors; there is no data

	params graphql.RawParams // what gqlgen's executor is given
	in     body.Buffers      // the request's body; variables and extensions lie in it
	out    []byte            // the response
}

type exchangeKey struct{}

// maxPooled is the largest buffer kept from one request for the next.
const maxPooled = 1 << 20

type exchangePool struct{ pool sync.Pool }

// get returns an empty exchange and a context that carries it.
func (p *exchangePool) get(ctx context.Context, header http.Header) (*exchange, context.Context) {
	x, _ := p.pool.Get().(*exchange)
	if x == nil {
		x = new(exchange)
	}
	x.ctx, x.header = ctx, header
	return x, context.WithValue(ctx, exchangeKey{}, x)
}

// put takes an exchange back. It is the one place where the answer is released.
func (p *exchangePool) put(x *exchange) {
	if x.answer != nil {
		x.answer.Release()
	}
	poison(x.in.Body)
	poison(x.out)
	*x = exchange{in: body.Buffers{Body: pooled(x.in.Body), Packed: pooled(x.in.Packed)}, out: pooled(x.out)}
	p.pool.Put(x)
}

func pooled(b []byte) []byte {
	if cap(b) > maxPooled {
		return nil
	}
	return b[:0]
}

// exchangeFrom returns the exchange that ctx carries, or nil.
func exchangeFrom(ctx context.Context) *exchange {
	x, _ := ctx.Value(exchangeKey{}).(*exchange)
	return x
}

// finish hands over the result of the operation. The exchange releases it when it is written.
func (x *exchange) finish(a answer) { x.answer = a }

// refuse ends the request with request errors instead of a result: the operation did not run.
func (x *exchange) refuse(list gqlerror.List) { x.errors = list }

// operation returns the operation that gqlgen picked: op is the one in its operation context. It returns nil for an
// operation that did not come through this exchange.
func (x *exchange) operation(op *ast.OperationDefinition) *operation {
	if x.document == nil {
		return nil
	}
	for i, bare := range x.document.bare.Operations {
		if bare == op {
			return &x.document.operations[i]
		}
	}
	return nil
}
