package gatewaytest

import (
	"net/http"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"manifold/internal/auth"
	"manifold/internal/fault"
	"manifold/schema"
	"manifold/upstreams"
)

// Upstream answers one call to source, which is nil for an absolute URL. Errors are *fault.Error.
type Upstream func(source *schema.Source, call *upstreams.Call) (*upstreams.Reply, error)

// Request is one operation to run. Document must be valid.
type Request struct {
	Document  *ast.QueryDocument
	Operation *ast.OperationDefinition
	Variables *Object // as sent by the client; nil: none
	Header    http.Header
	Identity  *auth.Identity      // who asks; nil: nobody
	Services  map[string]*Service // GraphQL services by the name of their source; calls to them are not made by Upstream
}

// Error is what the reference and the engine are compared by.
type Error struct {
	Path string // JSON text of the path: ["posts",0,"user"]
	Code fault.Code
}

// Result is the answer of the reference. Data is JSON text; Calls is how many calls it made, every parent on its own.
type Result struct {
	Data    string
	Errors  []Error
	Calls   int
	Refused bool     // it did not run at all: a mutation of which a part is denied
	Respond []string // headers for the client, "Name: value", sorted, each once
	// NotFound says that what was asked for is not there (@notFound).
	NotFound bool
}

// Execute runs a request the slow way (GraphQL 6, field by field).
func Execute(g *schema.Gateway, r *Request, up Upstream) *Result {
	x := &execution{model: g, request: r, up: up, shapes: shapes(r.Document)}
	x.variables = x.coerceVariables()
	root := g.Query
	if r.Operation.Operation == ast.Mutation {
		root = g.Mutation
	}
	if r.Operation.Operation == ast.Mutation && x.refuses(root) {
		return &Result{Refused: true}
	}
	data, how := x.object(&thing{typ: root, root: true}, x.roots(), nil)
	if how != written {
		data = "null"
	}
	return &Result{Data: data, Errors: x.errors, Calls: x.calls, Respond: sortedOnce(x.responds), NotFound: x.notFound}
}

// roots are the selections of the operation, as those of a field.
func (x *execution) roots() []*ast.Field {
	return []*ast.Field{{SelectionSet: x.request.Operation.SelectionSet}}
}

// execution is one run. It belongs to one goroutine.
type execution struct {
	model     *schema.Gateway
	request   *Request
	up        Upstream
	variables map[string]any
	errors    []Error
	calls     int
	responds  []string
	// muted is above 0 while fields are completed whose errors no one may see: the siblings after a field that emptied
	// their object. GraphQL leaves them out; they are run only so that Calls counts what an eager executor would call.
	muted int
	// shapes says that fields may be shown otherwise; bare are the keys that lead to what alone is shown of the object in hand.
	shapes   bool
	bare     []string
	prefix   string // of the members of the object in hand, which is flattened
	notFound bool
}

// path is a response path: response keys and list indexes.
type path []any

func (p path) with(step any) path { return append(p[:len(p):len(p)], step) }

func (p path) String() string {
	var b strings.Builder
	b.WriteByte('[')
	for i, step := range p {
		if i > 0 {
			b.WriteByte(',')
		}
		encodeStep(&b, step)
	}
	b.WriteByte(']')
	return b.String()
}

func (x *execution) blame(at path, code fault.Code) {
	if x.muted > 0 {
		return
	}
	x.errors = append(x.errors, Error{Path: at.String(), Code: code})
}

// outcome is what became of a value.
type outcome uint8

const (
	written outcome = iota
	nothing         // null, and nobody has been blamed
	blamed          // null, and an error already says why
	raised          // a non-null value is missing: the parent must go too
)
