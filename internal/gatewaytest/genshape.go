package gatewaytest

import (
	"context"
	"net/http"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"manifold/internal/auth"
)

// This file makes operations of clients: queries whose answers are reshaped.

// reshaping are the directives for fields of one response key; they are the same wherever it is selected.
type reshaping map[string]ast.DirectiveList

// newReshaping picks directives for some response keys of a document. Not every choice may stand: see CompareShaped.
func newReshaping(d dice, doc *ast.QueryDocument) reshaping {
	out := reshaping{}
	children := map[string][]string{}
	var keys []string
	eachField(doc, func(f *ast.Field) {
		key := responseKey(f)
		if _, known := children[key]; !known {
			keys = append(keys, key)
			children[key] = nil
		}
		for _, sel := range f.SelectionSet {
			if inner, ok := sel.(*ast.Field); ok {
				children[key] = append(children[key], responseKey(inner))
			}
		}
	})
	for _, key := range keys {
		if d.in(3) {
			out[key] = newDirectives(d, children[key], func(other string) {
				out[other] = ast.DirectiveList{directive("omit", "", "")}
			})
		}
	}
	return out
}

// newDirectives picks directives for a field whose value has members of some names. omit has one of them not be shown.
func newDirectives(d dice, members []string, omit func(string)) (list ast.DirectiveList) {
	add := func(name, argument, value string) { list = append(list, directive(name, argument, value)) }
	if len(members) == 0 {
		switch d.IntN(5) {
		case 0:
			add("omit", "", "")
		case 1:
			add("notFound", "", "")
		case 2:
			add("reshape", "selection", pick(d, []string{"$", "$->typeof", "$->first", "$->slice(0, 2)", "$->size", "$->jsonStringify", "$->error('ODD', 'odd')", "$->filter(@->ne(null))"}))
		}
		if d.in(3) {
			add("onError", pick(d, []string{"", "fallback"}), pick(d, []string{"[]", "0", "false", "$('x')", "null"}))
		}
		return list
	}
	member := pick(d, members)
	switch d.IntN(6) {
	case 0, 1:
		add("flatten", pick(d, []string{"", "prefix"}), pick(d, []string{"a_", "b_"}))
	case 2:
		add("unwrap", "path", member)
		for _, other := range members {
			if other != member {
				omit(other)
			}
		}
	case 3:
		add("reshape", "selection", pick(d, []string{
			"$", "one: " + member, "$->size", "$->first", member, "$->slice(1)", "$->sortBy(@." + member + ")", "$->filter(@." + member + "->ne(null))",
			"$->keyBy(@." + member + ")", "... $",
		}))
	case 4:
		add("notFound", "", "")
	}
	if d.in(4) {
		add("onError", pick(d, []string{"", "fallback"}), pick(d, []string{"[]", "null", "{}"}))
	}
	return list
}

func directive(name, argument, value string) *ast.Directive {
	out := &ast.Directive{Name: name}
	if argument != "" {
		out.Arguments = ast.ArgumentList{{Name: argument, Value: &ast.Value{Kind: ast.StringValue, Raw: value}}}
	}
	return out
}

// put gives the fields of a document their directives, at their places.
func (r reshaping) put(doc *ast.QueryDocument) {
	eachField(doc, func(f *ast.Field) {
		f.Directives = f.Directives[:len(f.Directives):len(f.Directives)]
		for _, d := range r[responseKey(f)] {
			at := *d
			at.Position = f.Position
			for i, a := range at.Arguments {
				value, argument := *a.Value, *a
				value.Position, argument.Position, argument.Value = f.Position, f.Position, &value
				at.Arguments = append(at.Arguments[:i:i], &argument)
			}
			f.Directives = append(f.Directives, &at)
		}
	})
}

func (r reshaping) String() string {
	var b strings.Builder
	for key, list := range r {
		for _, d := range list {
			b.WriteString(key + " @" + d.Name)
			for _, a := range d.Arguments {
				b.WriteString("(" + a.Name + ": " + a.Value.Raw + ")")
			}
			b.WriteString("\n")
		}
	}
	return b.String()
}

// CompareShaped runs query number n with directives that reshape its answer, as Compare does. Directives that the compiler refuses
// are taken off, one response key after the other; ran is false if none is left.
func (c *Case) CompareShaped(n uint64) (ran bool, err error) {
	query, variables := newQuery(newDice(c.Seed, 100+n), c.schema)
	d := newDice(c.Seed, 1300+n)
	first, errs := c.gateway.Prepare(query, "")
	if len(errs) > 0 {
		return false, c.fault(n, query, variables, "the request is refused: "+errs.Error())
	}
	shape := newReshaping(d, first.Document)
	for {
		if len(shape) == 0 {
			return false, nil
		}
		p, errs := c.gateway.Prepare(query, "") // a document of its own
		if len(errs) > 0 {
			return false, c.fault(n, query, variables, "the request is refused: "+errs.Error())
		}
		shape.put(p.Document)
		plan, _, problems := c.gateway.compiler.CompileRoute(p.Document, p.Operation)
		if !problems.Failed() {
			p.plan = plan
			return true, c.compareShaped(n, query, variables, p, shape)
		}
		shape.without(problems[0].Coordinate)
	}
}

// without takes the directives off the field that a problem names, and off those it is inside of.
func (r reshaping) without(coordinate string) {
	path := strings.Split(coordinate, ".")
	before := len(r)
	delete(r, path[len(path)-1])
	if len(r) < before {
		return
	}
	for _, key := range path {
		delete(r, key)
	}
	if len(r) == before {
		clear(r)
	}
}

func (c *Case) compareShaped(n uint64, query string, variables *Object, p *Prepared, shape reshaping) (err error) {
	who := newIdentity(newDice(c.Seed, 900+n))
	describe := func(what string) error {
		return c.fault(n, query+"\n"+shape.String(), variables, what+"\nplan:\n"+p.Plan())
	}
	c.traffic.take()
	request := &Request{Document: p.Document, Operation: p.Operation, Variables: variables, Header: http.Header{}, Identity: who, Services: c.services}
	result, errs := c.gateway.Run(auth.NewContext(context.Background(), who), p, []byte(Encode(variables)), http.Header{})
	if len(errs) > 0 {
		if Execute(c.gateway.Model, request, c.answer).Refused {
			return nil
		}
		return describe("the request is refused: " + errs.Error())
	}
	defer result.Release()
	calls := c.traffic.take()
	want := Execute(c.gateway.Model, request, c.answer)
	have := &Result{Calls: len(calls), NotFound: result.NotFound}
	for i := range result.Errors {
		have.Errors = append(have.Errors, Error{Path: string(result.Errors[i].Path), Code: result.Errors[i].Fault.Code})
	}
	if have.Data, err = Canonical(result.Data); err != nil {
		return describe("the engine's data is not valid JSON: " + err.Error() + "\n" + string(result.Data))
	}
	if want.NotFound != have.NotFound {
		return describe("only one of them finds that there is nothing")
	}
	if diff := difference(want, have); diff != "" {
		return describe(diff + "\ncalls of the engine:\n" + trafficText(calls))
	}
	return nil
}
