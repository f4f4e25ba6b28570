package gatewaytest

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"runtime/debug"
	"slices"
	"strings"
	"sync"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"manifold/internal/auth"
	"manifold/internal/fault"
	"manifold/internal/store"
	"manifold/schema"
	"manifold/upstreams"
)

// Case is one generated gateway and the requests to send to it.
type Case struct {
	Seed   uint64
	Schema string

	schema   *genSchema
	world    *world
	services map[string]*Service
	gateway  *Gateway
	traffic  traffic // since it was last taken
}

// traffic remembers calls and their answers.
type traffic struct {
	mu  sync.Mutex
	all []exchange
}

type exchange struct {
	call  *upstreams.Call
	reply *upstreams.Reply
	err   error
}

func (t *traffic) add(e exchange) {
	t.mu.Lock()
	defer t.mu.Unlock()
	e.call = &upstreams.Call{Method: e.call.Method, RPC: e.call.RPC, URL: slices.Clone(e.call.URL), Body: slices.Clone(e.call.Body)}
	t.all = append(t.all, e)
}

// take returns what was remembered and forgets it.
func (t *traffic) take() []exchange {
	t.mu.Lock()
	defer t.mu.Unlock()
	all := t.all
	t.all = nil
	return all
}

func trafficText(all []exchange) string {
	var b strings.Builder
	for _, e := range all {
		b.WriteString(callText(e.call))
		if e.err != nil {
			fmt.Fprintf(&b, "\n  %v\n", e.err)
			continue
		}
		body := string(e.reply.Body)
		if plain, err := Canonical(e.reply.Body); err == nil {
			body = plain
		}
		fmt.Fprintf(&b, "\n  %d %s %s\n", e.reply.Status, e.reply.ContentType, body)
	}
	return b.String()
}

// NewCase makes the gateway of a seed. The same seed always makes the same gateway. An error means that the generator made
// a schema that does not load, or that the loader refuses a good one.
func NewCase(seed uint64) (*Case, error) { return newCase(seed, nil) }

// NewKeptCase is NewCase for a gateway that keeps the items of batches in a store: what one query brought is there for the next ones.
func NewKeptCase(seed uint64, kept *store.Store) (*Case, error) { return newCase(seed, kept) }

func newCase(seed uint64, kept *store.Store) (*Case, error) {
	s := newSchema(newDice(seed, 1))
	c := &Case{Seed: seed, Schema: s.Text(), schema: s, world: newWorld(seed, s), services: map[string]*Service{}}
	answer := func(_ context.Context, source *schema.Source, call *upstreams.Call) (*upstreams.Reply, error) {
		return c.answer(source, call)
	}
	files := []*ast.Source{{Name: "gateway.graphql", Input: c.Schema}}
	o := schema.Options{Federation: true, Functions: Functions(), Read: s.read}
	var err error
	if kept == nil {
		c.gateway, err = OpenWith(files, nil, o, answer)
	} else {
		o.Env = func(string) (string, bool) { return "", false }
		c.gateway, err = OpenKept(files, o, kept, answer)
	}
	if err != nil {
		return nil, fmt.Errorf("seed %d: %w\n%s", seed, err, c.text())
	}
	for i, v := range s.services {
		of := c.gateway.Model.Sources[slices.IndexFunc(c.gateway.Model.Sources, func(src *schema.Source) bool { return src.Name == v.name })]
		if c.services[v.name], err = NewService(of.GraphQL.Schema, []byte(Encode(s.services[i].data))); err != nil {
			return nil, fmt.Errorf("seed %d: %w", seed, err)
		}
	}
	return c, nil
}

// answer is the world's answer to a call, and remembers both.
func (c *Case) answer(source *schema.Source, call *upstreams.Call) (*upstreams.Reply, error) {
	reply, err := c.reply(source, call)
	c.traffic.add(exchange{call, reply, err})
	return reply, err
}

// reply asks the function or the service that the call is for; the world answers for all others.
func (c *Case) reply(source *schema.Source, call *upstreams.Call) (*upstreams.Reply, error) {
	if source != nil && source.Function != nil {
		return upstreams.NewFunction(source.Function, upstreams.Options{}).Call(context.Background(), call)
	}
	if source != nil && source.GRPC != nil {
		return c.schema.rpc.answer(source, call)
	}
	if s := c.services[nameOf(source)]; s != nil {
		return &upstreams.Reply{Status: 200, ContentType: "application/json", Body: s.Serve(call.Body)}, nil
	}
	return c.world.Answer(source, call)
}

// text is the schema of the gateway, and those of the services.
func (c *Case) text() string {
	var b strings.Builder
	b.WriteString(numbered(c.Schema))
	for _, v := range c.schema.services {
		fmt.Fprintf(&b, "%s.graphqls:\n%s%s\n", v.name, v.sdl.String(), Encode(v.data))
	}
	if v := c.schema.rpc; v != nil {
		b.WriteString("rp.proto:\n" + v.text())
	}
	return b.String()
}

// Compare runs query number n of the case through the engine and through the reference. The error shows both, and what
// is needed to run it again.
func (c *Case) Compare(n uint64) (err error) {
	query, variables := newQuery(newDice(c.Seed, 100+n), c.schema)
	if n%4 == 3 {
		if text, values := newEntityQuery(newDice(c.Seed, 500+n), c.schema, c.gateway.Model); text != "" {
			query, variables = text, values
		}
	}
	var p *Prepared
	defer func() {
		if r := recover(); r != nil {
			plan := ""
			if p != nil {
				plan = p.Plan()
			}
			err = c.fault(n, query, variables, fmt.Sprintf("panic: %v\n%s\nplan:\n%s", r, debug.Stack(), plan))
		}
	}()
	var errs gqlerror.List
	p, errs = c.gateway.Prepare(query, "")
	if len(errs) > 0 {
		return c.fault(n, query, variables, "the request is refused: "+errs.Error())
	}
	text := []byte(Encode(variables))
	c.traffic.take()
	who := newIdentity(newDice(c.Seed, 900+n))
	request := &Request{Document: p.Document, Operation: p.Operation, Variables: variables, Header: http.Header{}, Identity: who, Services: c.services}
	result, errs := c.gateway.Run(auth.NewContext(context.Background(), who), p, text, http.Header{})
	if len(errs) > 0 {
		if Execute(c.gateway.Model, request, c.answer).Refused && len(c.traffic.take()) == 0 {
			return nil
		}
		return c.fault(n, query, variables, "the request is refused: "+errs.Error())
	}
	defer result.Release()
	calls := c.traffic.take()
	want := Execute(c.gateway.Model, request, c.answer)
	reference := c.traffic.take()

	have := &Result{}
	for _, e := range calls {
		if e.call.RPC == nil || !fault.Is(e.err, fault.BadUserInput) { // else it could not be sent
			have.Calls++
		}
	}
	for i := range result.Errors {
		e := &result.Errors[i]
		have.Errors = append(have.Errors, Error{Path: string(e.Path), Code: e.Fault.Code})
	}
	if have.Data, err = Canonical(result.Data); err != nil {
		return c.fault(n, query, variables, fmt.Sprintf("the engine's data is not valid JSON: %v\n%s", err, result.Data))
	}
	for name, s := range c.services {
		if wrong := s.Wrong(); len(wrong) > 0 {
			return c.fault(n, query, variables, fmt.Sprintf("what is sent to %s is not valid: %s", name, wrong[0]))
		}
	}
	if d := difference(want, have); d != "" {
		return c.fault(n, query, variables, d+"\nplan:\n"+p.Plan()+"\ncalls of the engine:\n"+trafficText(calls)+"\ncalls of the reference:\n"+trafficText(reference))
	}
	return nil
}

// difference tells how two results differ, "" if they do not. The engine may call less often than the reference, never more.
func difference(want, have *Result) string {
	var b strings.Builder
	if want.Refused {
		return "the reference refuses the request"
	}
	canonical, err := Canonical([]byte(want.Data))
	if err != nil {
		return "the reference's data is not valid JSON: " + err.Error()
	}
	if canonical != have.Data {
		b.WriteString("data\n" + Diff(pretty(canonical), pretty(have.Data)))
	}
	settle(want.Errors)
	settle(have.Errors)
	if !slices.Equal(want.Errors, have.Errors) {
		b.WriteString("errors\n" + Diff(errorLines(want.Errors), errorLines(have.Errors)))
	}
	if !slices.Equal(want.Respond, have.Respond) {
		b.WriteString("headers for the client\n" + Diff(strings.Join(want.Respond, "\n")+"\n", strings.Join(have.Respond, "\n")+"\n"))
	}
	if have.Calls > want.Calls {
		fmt.Fprintf(&b, "the engine made %d calls, the reference %d\n", have.Calls, want.Calls)
	}
	return b.String()
}

// settle orders errors at one place: which of two failed loaders of an object is named first is left open.
func settle(errs []Error) {
	for from := 0; from < len(errs); {
		to := from + 1
		for to < len(errs) && errs[to].Path == errs[from].Path {
			to++
		}
		slices.SortFunc(errs[from:to], func(a, b Error) int { return strings.Compare(string(a.Code), string(b.Code)) })
		from = to
	}
}

func (c *Case) fault(n uint64, query string, variables *Object, what string) error {
	return fmt.Errorf("seed %d, query %d (values wrong: %g, calls failing: %g)\n%s\nquery:\n%s\nvariables: %s\ngateway.graphql:\n%s",
		c.Seed, n, c.world.values, c.world.calls, what, query, Encode(variables), c.text())
}

func errorLines(errs []Error) string {
	var b strings.Builder
	for _, e := range errs {
		fmt.Fprintf(&b, "%s %s\n", e.Path, e.Code)
	}
	return b.String()
}

func pretty(text string) string {
	var v json.RawMessage = []byte(text)
	out, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		return text
	}
	return string(out) + "\n"
}

func numbered(text string) string {
	var b strings.Builder
	n := 0
	for line := range strings.Lines(text) {
		n++
		fmt.Fprintf(&b, "%3d  %s", n, line)
	}
	return b.String()
}
