package gateway

import (
	"context"
	"strconv"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/parser"

	"manifold/internal/fault"
)

// admission decides whether a document may run, before the executor looks at it. It is gqlgen's extension with the hook
// that sees a request first; what it finds goes into the exchange, where the executor's query cache returns it.
//
// A document that is not known goes through, in this order, and stops at the first refusal:
//
//	scan       counts tokens and brackets in the text          linear in the text
//	parse      gqlparser                                       at most Tokens tokens
//	precheck   counts what fragments expand to                 at most Overlap steps
//	validate   gqlparser's rules, our merging of fields        at most Overlap steps
//
// Without this order a document of 30 KB keeps a core busy for seconds: several of gqlparser's rules are quadratic or
// worse in what a document may repeat (RELIABILITY: 10 000 fields of one name, 7.8 s).
type admission struct {
	limits    Limits
	dev       bool
	documents *documents
	persisted *persisted
	validator *validation
}

var _ interface {
	graphql.HandlerExtension
	graphql.OperationParameterMutator
} = (*admission)(nil)

func newAdmission(schema *ast.Schema, l Limits, dev bool) *admission {
	return &admission{
		limits: l, dev: dev,
		documents: newDocuments(l),
		persisted: newPersisted(l),
		validator: &validation{schema: schema, limits: l, dev: dev},
	}
}

// ExtensionName is the name gqlgen shows for the extension.
func (*admission) ExtensionName() string { return "Admission" }

// Validate accepts every schema.
func (*admission) Validate(graphql.ExecutableSchema) error { return nil }

// MutateOperationParameters puts the document of the request into its exchange, or the errors for which it is refused.
// gqlgen's hook returns one error; all of them are in the exchange.
func (a *admission) MutateOperationParameters(ctx context.Context, params *graphql.RawParams) *gqlerror.Error {
	x := exchangeFrom(ctx)
	if x == nil {
		return nil
	}
	list := a.admit(accessFrom(ctx), x, params)
	if len(list) == 0 {
		return nil
	}
	x.refuse(list)
	return list[0]
}

func (a *admission) admit(may *access, x *exchange, params *graphql.RawParams) gqlerror.List {
	if err := may.document(x, params); err != nil {
		return gqlerror.List{err}
	}
	hash, err := a.persisted.resolve(x.extensions, params)
	if err != nil {
		return gqlerror.List{err}
	}
	if params.Query == "" {
		return gqlerror.List{requestError(fault.BadRequest, "the request has no query")}
	}
	doc := a.documents.find(params.Query)
	if doc == nil {
		var list gqlerror.List
		if doc, list = a.check(params.Query); len(list) > 0 {
			return list
		}
	}
	if hash != "" {
		a.persisted.keep(hash, params.Query)
	}
	if doc.bare.Operations.ForName(params.OperationName) == nil {
		return gqlerror.List{a.noOperation(doc.full, params.OperationName)}
	}
	x.document = doc
	return nil
}

// check parses and validates a document that is not known, and keeps it.
func (a *admission) check(text string) (*document, gqlerror.List) {
	tokens, err := scan(text, &a.limits)
	if err != nil {
		return nil, gqlerror.List{err}
	}
	if at := loneSurrogate(text); at >= 0 {
		return nil, gqlerror.List{requestError(fault.ParseFailed, "the escape stands for half a character; its other half is missing", place(text, at))}
	}
	full, parseErr := parser.ParseQueryWithTokenLimit(&ast.Source{Input: text}, a.limits.Tokens+1)
	if parseErr != nil {
		return nil, gqlerror.List{parseError(parseErr)}
	}
	if err := precheck(full, &a.limits, a.dev); err != nil {
		return nil, gqlerror.List{err}
	}
	if list := a.validator.run(full); len(list) > 0 {
		return nil, list
	}
	return a.documents.keep(newDocument(text, full, tokens)), nil
}

// parseError gives a parser's error its code.
func parseError(err error) *gqlerror.Error {
	e := gqlerror.WrapIfUnwrapped(err)
	e.Err = fault.New(fault.ParseFailed, e.Message)
	return e
}

// noOperation is the error of a request whose operationName picks no operation. In development it lists the names.
func (a *admission) noOperation(doc *ast.QueryDocument, name string) *gqlerror.Error {
	text := "the document has " + strconv.Itoa(len(doc.Operations)) + " operations; operationName has to pick one"
	if name != "" {
		text = "the document has no operation \"" + name + "\""
	}
	if a.dev {
		names := make([]string, 0, len(doc.Operations))
		for _, op := range doc.Operations {
			if op.Name != "" {
				names = append(names, op.Name)
			}
		}
		if len(names) > 0 {
			text += ": it has " + strings.Join(names, ", ")
		}
	}
	return requestError(fault.OperationUnknown, text)
}
