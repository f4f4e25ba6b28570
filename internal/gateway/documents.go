package gateway

import (
	"context"
	"sync"
	"sync/atomic"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"manifold/aggregation"
	"manifold/internal/plan"
)

// document is a parsed and validated query document with the plans of its operations. It is immutable but for the plans,
// which are added as its operations run.
type document struct {
	text string
	// full is the document as written.
	full *ast.QueryDocument
	// bare is what gqlgen sees: the same document, but its operations declare no variables. gqlgen would coerce them by
	// reflection into a tree of any, laxer than GraphQL wants and losing digits; we coerce the raw text once, with the
	// declarations of full (resolvers.Variables).
	bare       *ast.QueryDocument
	operations []operation // as in full.Operations
	weight     int
}

// operation is one operation of a document and its plan.
type operation struct {
	doc        *ast.QueryDocument
	definition *ast.OperationDefinition

	mu    sync.Mutex // held while compiling, so that it is done once; other operations do not wait
	ready atomic.Pointer[compiled]
}

type compiled struct {
	plan     *plan.Operation
	together *aggregation.Coalescer // nil: requests run alone
	err      error
}

func newDocument(text string, full *ast.QueryDocument, tokens int) *document {
	bare := *full
	bare.Operations = make(ast.OperationList, len(full.Operations))
	d := &document{
		text: text, full: full, bare: &bare,
		operations: make([]operation, len(full.Operations)),
		weight:     weigh(text, tokens),
	}
	for i, op := range full.Operations {
		b := *op
		b.VariableDefinitions = nil
		bare.Operations[i] = &b
		d.operations[i].doc = full
		d.operations[i].definition = op
	}
	return d
}

// weigh estimates the memory a document and its plans take. Measured, a token costs 80 to 230 bytes of tree; a plan costs
// about as much again.
func weigh(text string, tokens int) int { return len(text) + 1024 + 400*tokens }

// plan returns the compiled operation. compile is called once, also by concurrent requests, and its error is kept too:
// the same document cannot compile the second time. Nothing is allocated once there is a plan.
func (o *operation) plan(
	compile func(*ast.QueryDocument, *ast.OperationDefinition) (*plan.Operation, error),
) (*plan.Operation, error) {
	if c := o.ready.Load(); c != nil {
		return c.plan, c.err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if c := o.ready.Load(); c != nil {
		return c.plan, c.err
	}
	p, err := compile(o.doc, o.definition)
	c := &compiled{plan: p, err: err}
	if err == nil {
		c.together = aggregation.NewCoalescer(p)
	}
	o.ready.Store(c)
	return p, err
}

// together is what runs equal requests of the compiled operation together; nil: nothing does.
func (o *operation) together() *aggregation.Coalescer { return o.ready.Load().together }

// documents keeps documents by their text. It is the query cache of gqlgen's executor, which finds there what admission
// has put into the exchange.
type documents struct {
	kept    *textCache[*document]
	maxText int
}

var _ graphql.Cache[*ast.QueryDocument] = (*documents)(nil)

func newDocuments(l Limits) *documents {
	return &documents{kept: newTextCache[*document](l.CacheBytes), maxText: l.CacheText}
}

func (d *documents) find(text string) *document {
	doc, _ := d.kept.get(text)
	return doc
}

// keep adds a document that has been checked and returns the one to use, which is an older one if another request was
// faster: its plans are shared.
func (d *documents) keep(doc *document) *document {
	if len(doc.text) > d.maxText {
		return doc
	}
	return d.kept.add(doc.text, doc, doc.weight)
}

// Get returns the document of this request, which admission has checked already.
func (d *documents) Get(ctx context.Context, _ string) (*ast.QueryDocument, bool) {
	x := exchangeFrom(ctx)
	if x == nil || x.document == nil {
		return nil, false
	}
	return x.document.bare, true
}

// Add does nothing: documents are kept by admission.
func (*documents) Add(context.Context, string, *ast.QueryDocument) {}
