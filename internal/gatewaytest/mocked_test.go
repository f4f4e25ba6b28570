package gatewaytest

import (
	"context"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"manifold/internal/auth"
	"manifold/internal/fault"
	"manifold/schema"
	"manifold/upstreams"
)

// TestMockedSchemasAnswerEverything mocks generated schemas: whatever is selected is answered without an error and without
// a call, and the reference makes the same of it.
func TestMockedSchemasAnswerEverything(t *testing.T) {
	t.Parallel()
	schemas, first := 150, number(t, "MANIFOLD_SEED", 1)
	if testing.Short() {
		schemas = 20
	}
	for seed := uint64(first); seed < uint64(first+schemas) && !t.Failed(); seed++ {
		made := newSchema(newDice(seed, 1))
		text := made.Text()
		g, err := OpenWith([]*ast.Source{{Name: "gateway.graphql", Input: text}}, nil, schema.Options{Mock: schema.Mock{All: true}, Functions: Functions(), Read: made.read},
			func(_ context.Context, _ *schema.Source, call *upstreams.Call) (*upstreams.Reply, error) {
				t.Errorf("seed %d: %s was called", seed, call.URL)
				return nil, fault.New(fault.Internal, "no calls")
			})
		if err != nil {
			t.Errorf("seed %d: %v\n%s", seed, err, numbered(text))
			return
		}
		for _, query := range Everything(g.Model.Schema, 2) {
			p, errs := g.Prepare(query, "")
			if len(errs) > 0 {
				t.Errorf("seed %d: %v\n%s\n%s", seed, errs, query, numbered(text))
				return
			}
			result, errs := g.Run(auth.NewContext(context.Background(), Granted(g.Model)), p, nil, nil)
			if len(errs) > 0 {
				t.Errorf("seed %d: %v\n%s", seed, errs, query)
				return
			}
			have := &Result{}
			if have.Data, err = Canonical(result.Data); err != nil {
				t.Errorf("seed %d: %v: %s", seed, err, result.Data)
			}
			for i := range result.Errors {
				e := &result.Errors[i]
				have.Errors = append(have.Errors, Error{Path: string(e.Path), Code: e.Fault.Code})
				if e.Fault.Code == fault.BadUserInput && strings.Contains(e.Fault.Message, "says what to fetch") {
					continue // the query leaves out a part of a key
				}
				t.Errorf("seed %d: %s: %s (%v)", seed, e.Path, e.Fault.Message, e.Fault.Cause)
			}
			result.Release()
			want := Execute(g.Model, &Request{Document: p.Document, Operation: p.Operation, Identity: Granted(g.Model)}, nil)
			if d := difference(want, have); d != "" {
				t.Errorf("seed %d: %s", seed, d)
			}
			if t.Failed() {
				t.Errorf("seed %d\n%s\n%s", seed, query, numbered(text))
				return
			}
		}
	}
}
