package gateway

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"manifold/internal/faulty"
	"manifold/schema"
)

// instanceCases are the rows of the table U that are about several instances, about time, or about what services that speak more than REST
// answer.
func instanceCases() []faultCase {
	const sdl = `
extend schema @source(name: "api", http: { baseURL: "ADDRESS" }, resilience: { RESILIENCE })
type Query { n(i: Int): Int @connect(source: "api", http: { GET: "/{$args.i}" }) other: Int @connect(selection: "$(1)") }`
	with := func(resilience string) string { return strings.Replace(sdl, "RESILIENCE", resilience, 1) }
	down := map[string]float64{called("unavailable"): 1}
	return []faultCase{
		{id: "U16 one of three instances fails", services: 3, sdl: with("retry: { attempts: 2 }"), setup: listed, does: ones, steps: []faultStep{
			{act: func(w *faultWorld) {
				w.services[1].Do(faulty.Behaviour{Status: 503})
				w.good(200)
			}, calls: 205, metrics: map[string]float64{called("ok"): 200, `manifold_upstream_retries_total{upstream="api"}`: 5, `manifold_ejected{upstream="api"}`: 1}},
		}},
		{id: "U17 all instances fail", services: 3, sdl: with(`breaker: { minRequests: 10 }`), setup: listed, does: ones, steps: []faultStep{
			{act: func(w *faultWorld) {
				does(faulty.Behaviour{Status: 503})(w)
				w.asked(10, `"code":"UPSTREAM_ERROR"`)
			}, calls: 10, metrics: map[string]float64{called("5xx"): 10, `manifold_breaker_state{upstream="api"}`: 2}},
			{query: "{ n(i: 1) other }", data: `{"n":null,"other":1}`, code: "CIRCUIT_OPEN", path: `["n"]`, metrics: map[string]float64{called("circuit_open"): 1}},
		}},
		{id: "U19 a probe hangs", sdl: with(`timeout: "200ms", breaker: { minRequests: 2, openFor: "100ms" }`), does: ones, steps: []faultStep{
			{act: func(w *faultWorld) {
				does(faulty.Behaviour{Fault: faulty.Hang})(w)
				w.asked(2, `"code":"UPSTREAM_TIMEOUT"`)
			}, calls: 2, metrics: map[string]float64{called("timeout"): 2}},
			{query: "{ n(i: 1) }", data: `{"n":null}`, code: "CIRCUIT_OPEN", path: `["n"]`, metrics: map[string]float64{called("circuit_open"): 1}},
			{act: passes(130 * time.Millisecond), query: "{ n(i: 1) }", data: `{"n":null}`, code: "UPSTREAM_TIMEOUT", path: `["n"]`, calls: 1, metrics: map[string]float64{called("timeout"): 1}},
			{query: "{ n(i: 1) }", data: `{"n":null}`, code: "CIRCUIT_OPEN", path: `["n"]`, metrics: map[string]float64{called("circuit_open"): 1}},
			{act: func(w *faultWorld) {
				w.services[0].DoFunc(ones)
				passes(250 * time.Millisecond)(w)
			}, query: "{ n(i: 1) }", data: `{"n":1}`, calls: 1, metrics: map[string]float64{called("ok"): 1}},
		}},
		{id: "U20 a null takes the object away", does: func(r *http.Request) faulty.Behaviour {
			return faulty.Behaviour{Body: map[string]string{"/bad": "null"}[r.URL.Path] + map[string]string{"/n": "1"}[r.URL.Path]}
		}, sdl: `
extend schema @source(name: "api", http: { baseURL: "ADDRESS" })
type Query { pair: Pair @connect(selection: "a: $(1)") n: Int @connect(source: "api", http: { GET: "/n" }) }
type Pair { a: Int bad: Int! @connect(source: "api", http: { GET: "/bad" }) n: Int @connect(source: "api", http: { GET: "/n" }) }`, steps: []faultStep{{
			act: func(w *faultWorld) {
				for n := range 5000 {
					if got := bodyOf(w.t, w.send("{ pair { bad n } n }", nil, false)); !strings.Contains(got, `"path":["pair","bad"]`) || !strings.HasSuffix(got, `"data":{"pair":null,"n":1}}`) {
						w.t.Fatalf("round %d: %s", n, got)
					}
					if got := bodyOf(w.t, w.send("{ n }", nil, false)); got != `{"data":{"n":1}}` {
						w.t.Fatalf("round %d, after it: %s", n, got)
					}
				}
			}, calls: 15_000, metrics: map[string]float64{called("ok"): 15_000},
		}}},
		{id: "U21 names", sdl: with(`timeout: "400ms"`), does: ones, setup: named, steps: []faultStep{
			{query: "{ n(i: 1) }", data: `{"n":null}`, code: "UPSTREAM_UNAVAILABLE", path: `["n"]`, metrics: down},
			{act: knows("127.0.0.1"), query: "{ n(i: 1) }", data: `{"n":1}`, calls: 1, metrics: map[string]float64{called("ok"): 1}},
			{act: knows("SERVFAIL"), query: "{ n(i: 2) }", data: `{"n":1}`, calls: 1, metrics: map[string]float64{`manifold_dns_stale{upstream="api"}`: 1}},
			{act: knows(""), query: "{ n(i: 3) }", data: `{"n":1}`, calls: 1},
			{act: knows("127.0.0.2"), query: "{ n(i: 4) }", data: `{"n":null}`, code: "UPSTREAM_UNAVAILABLE", path: `["n"]`, metrics: map[string]float64{called("unavailable"): 1, `manifold_dns_stale{upstream="api"}`: -1}},
		}},
		{id: "U23 a service that speaks GraphQL", secrets: []string{"secret"}, sdl: `
extend schema @source(name: "api", graphql: { url: "ADDRESS", schema: "asked.graphqls" })
type Query { n: Item @connect(source: "api", graphql: { field: "item" }) }
type Item { a: Int b: Int }`, setup: func(o *Options, _ *faultWorld) {
			o.Read = func(string) ([]byte, error) {
				return []byte("type Query { item: Item } type Item { a: Int b: Int }"), nil
			}
		}, steps: []faultStep{
			asked("errors alone", `{"errors":[{"message":"a secret","extensions":{"stacktrace":["secret"]}}]}`, `{"n":null}`, "UPSTREAM_ERROR", `["n"]`),
			asked("null and errors", `{"data":null,"errors":[{"message":"a secret","path":["item"]}]}`, `{"n":null}`, "UPSTREAM_ERROR", `["n"]`),
			asked("a part", `{"data":{"item":{"a":1,"b":null}},"errors":[{"message":"a secret","path":["item","b"]}]}`, `{"n":{"a":1,"b":null}}`, "UPSTREAM_ERROR", `["n","b"]`),
			asked("a page", `<p>secret</p>`, `{"n":null}`, "UPSTREAM_BAD_RESPONSE", `["n"]`),
			asked("neither", `{}`, `{"n":null}`, "UPSTREAM_BAD_RESPONSE", `["n"]`),
		}},
		{id: "U25 batches", sdl: `
extend schema @source(name: "api", http: { baseURL: "ADDRESS" })
type Query { users(ids: [ID!]!): [User] @connect(selection: "$args.ids->map({ id: @ })") }
type User @key(fields: "id") @connect(source: "api", http: { GET: "/users?ids={$batch.id->joinNotNull(',')}" }, batch: { maxSize: 10 }) { id: ID! name: String }`, steps: []faultStep{
			batched(`[{"id":"1","name":"a"},{"id":"2","name":"b"}]`, `[{"name":"a"},{"name":"b"}]`),
			batched(`[{"id":"2","name":"b"},{"id":"1","name":"a"}]`, `[{"name":"a"},{"name":"b"}]`),
			batched(`[{"id":"2","name":"b"}]`, `[{"name":null},{"name":"b"}]`),
			batched(`[{"id":"3","name":"c"},{"id":"1","name":"a"},{"id":"9","name":"x"}]`, `[{"name":"a"},{"name":null}]`),
			batched(`[{"id":"1","name":"a"},{"id":"1","name":"again"},{"id":"2","name":"b"}]`, `[{"name":"a"},{"name":"b"}]`),
			batched(`[]`, `[{"name":null},{"name":null}]`),
		}},
	}
}

// ones is a service that is well.
func ones(*http.Request) faulty.Behaviour { return faulty.Behaviour{Body: "1"} }

// listed makes all services instances of the source.
func listed(o *Options, w *faultWorld) {
	var list []schema.Instance
	for _, s := range w.services {
		list = append(list, schema.Instance{Address: s.Address()})
	}
	o.Overlays = map[string]schema.Overlay{"api": {Instances: schema.Instances{List: list}}}
}

// named has the address of the source come from a name server, which knows none yet.
func named(o *Options, w *faultWorld) {
	_, port, _ := net.SplitHostPort(w.services[0].Address())
	o.Upstreams.Resolver = &w.names
	w.names.set("SERVFAIL")
	o.Overlays = map[string]schema.Overlay{"api": {Instances: schema.Instances{DNS: "api.test:" + port, Every: 10 * time.Millisecond}}}
}

// knows has the name server say something else, and waits until the gateway has heard.
func knows(says string) func(*faultWorld) {
	return func(w *faultWorld) {
		asked := w.names.set(says)
		eventuallyEqual(w.t, "questions to the name server", 1, func() float64 { return float64(min(1, max(0, w.names.questions()-asked-1))) })
	}
}

// passes waits, where what counts is real time.
func passes(d time.Duration) func(*faultWorld) {
	return func(*faultWorld) { time.Sleep(d) }
}

// good makes calls, all of which have to succeed.
func (w *faultWorld) good(calls int) {
	w.t.Helper()
	w.asked(calls, `{"data":{"n":1}}`)
}

// asked makes calls, each of them another one, whose answers all hold a text.
func (w *faultWorld) asked(calls int, holds string) {
	w.t.Helper()
	for n := range calls {
		if got := bodyOf(w.t, w.send(fmt.Sprintf("{ n(i: %d) }", n), nil, false)); !strings.Contains(got, holds) {
			w.t.Fatalf("call %d: %s, want %s", n, got, holds)
		}
	}
}

// asked is a question to a service that speaks GraphQL.
func asked(_, body, data, code, path string) faultStep {
	return faultStep{
		act: says(body), query: "{ n { a b } }", data: data, code: code, path: path, calls: 1,
		metrics: map[string]float64{called("ok"): 1},
	}
}

// batched asks for two users, of whom a service answers something.
func batched(body, users string) faultStep {
	return faultStep{
		act: says(body), query: "{ users(ids: [1, 2]) { name } }", data: `{"users":` + users + `}`, calls: 1,
		metrics: map[string]float64{called("ok"): 1},
	}
}

// nameServer says the same of every name.
type nameServer struct {
	mu    sync.Mutex
	says  string // an address; SERVFAIL; or "" for a name that has none
	asked int
}

func (n *nameServer) set(says string) (asked int) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.says = says
	return n.asked
}

func (n *nameServer) questions() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.asked
}

func (n *nameServer) LookupHost(context.Context, string) ([]string, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.asked++
	switch n.says {
	case "":
		return nil, nil
	case "SERVFAIL":
		return nil, errors.New(n.says)
	default:
		return []string{n.says}, nil
	}
}

func (n *nameServer) LookupSRV(context.Context, string, string, string) (string, []*net.SRV, error) {
	return "", nil, nil
}
