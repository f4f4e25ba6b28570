package bff

import (
	"github.com/vektah/gqlparser/v2/ast"

	"manifold/internal/plan"
	"manifold/resolvers"
	"manifold/schema"
)

// Plain compiles operations without what reshapes them.
type Plain struct{ *resolvers.Compiler }

// CompileRoute implements Compiler.
func (p Plain) CompileRoute(doc *ast.QueryDocument, op *ast.OperationDefinition) (*plan.Operation, *plan.Answer, schema.Problems) {
	compiled, err := p.Compile(doc, op)
	if err != nil {
		return nil, nil, schema.Problems{schema.ProblemAt(op.Position, op.Name, err.Error(), "")}
	}
	return compiled, &plan.Answer{}, nil
}
