package gatewaytest

import (
	"context"
	"fmt"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"manifold/fn"
	"manifold/internal/auth"
	"manifold/schema"
	"manifold/upstreams"
)

// AgreeSpec runs the requests of a spec through the reference as well and compares it with the engine. The answers of a
// spec were written by hand, so this checks the reference against what people want, as the fuzzer checks the engine against
// the reference. It returns how many requests could be compared: those for which the mock has an answer to every call of
// the reference, which batches nothing, and whose Go functions did not fail for several parents at once. data is the text of the spec.
func AgreeSpec(data []byte) (compared int, err error) {
	engine, err := ParseSpec(data)
	if err != nil {
		return 0, err
	}
	if len(engine.Requests) == 0 { // a spec of a bad file
		return 0, nil
	}
	reference, err := ParseSpec(data)
	if err != nil {
		return 0, err
	}
	g, err := OpenWith(engine.Sources, engine.Env, engine.Options(), func(ctx context.Context, source *schema.Source, call *upstreams.Call) (*upstreams.Reply, error) {
		return engine.Mock.answerOf(ctx, source, call, 0)
	})
	if err != nil {
		return 0, err
	}
	if beyondReference(g.Model, engine) {
		return 0, nil
	}
	for _, s := range []*Spec{engine, reference} {
		if err := s.serve(g.Model); err != nil {
			return 0, err
		}
	}
	for _, r := range engine.Requests {
		p, errs := g.Prepare(r.Query, r.Operation)
		if len(errs) > 0 || strings.Contains(r.Query, "__schema") || strings.Contains(r.Query, "__type(") { // introspection has no upstream
			continue
		}
		result, errs := g.Run(auth.NewContext(context.Background(), engine.Identity), p, r.Variables, r.Header)
		if len(errs) > 0 {
			continue
		}
		have := &Result{Data: string(result.Data)}
		for i := range result.Errors {
			have.Errors = append(have.Errors, Error{Path: string(result.Errors[i].Path), Code: result.Errors[i].Fault.Code})
		}
		for _, h := range result.Respond {
			have.Respond = append(have.Respond, h.Name+": "+h.Value)
		}
		have.Respond = sortedOnce(have.Respond)
		if have.Data, err = Canonical(result.Data); err != nil {
			return compared, err
		}
		result.Release()
		var variables *Object
		if v, err := Decode(r.Variables); err == nil {
			variables, _ = v.(*Object)
		}
		wrong := len(reference.Mock.wrong)
		want := Execute(g.Model, &Request{Document: p.Document, Operation: p.Operation, Variables: variables, Header: r.Header, Identity: engine.Identity, Services: reference.Mock.services},
			func(source *schema.Source, call *upstreams.Call) (*upstreams.Reply, error) {
				return reference.Mock.answerOf(fn.WithRequest(context.Background(), &fn.Request{Header: r.Header}), source, call, 0)
			})
		whole := engine.Mock.whole
		engine.Mock.whole = false
		if len(reference.Mock.wrong) > wrong || whole {
			continue
		}
		compared++
		if d := difference(want, have); d != "" {
			return compared, fmt.Errorf("request %q\n%s", r.Label, d)
		}
	}
	return compared, nil
}

func nameOf(source *schema.Source) string {
	if source == nil {
		return ""
	}
	return source.Name
}

// beyondReference reports whether an interface is loaded by key, whose loader the reference does not know; or whether canned
// answers stand for a GraphQL service, which the reference asks in other words than the engine.
func beyondReference(g *schema.Gateway, s *Spec) bool {
	for _, source := range g.Sources {
		if _, served := s.Services[source.Name]; source.GraphQL != nil && !served {
			return true
		}
	}
	for _, t := range g.Types {
		if t.Kind == ast.Interface && t.Entity() {
			return true
		}
	}
	return false
}
