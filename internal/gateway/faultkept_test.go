package gateway

import (
	"context"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"manifold/internal/faulty"
	"manifold/schema"
)

// keptSDL is what the cases of the table K are served by: a source that gets credentials and the tenant of whoever asks.
const keptSDL = `
extend schema @source(name: "api", http: { baseURL: "ADDRESS", headers: [{ name: "Authorization", from: "Authorization" }, { name: "X-Tenant", from: "X-Tenant" }] })
type Query {
  me: String @connect(source: "api", http: { GET: "/me" }) @cacheControl(maxAge: 60)
  everybody: String @connect(source: "api", http: { GET: "/everybody" }) @cacheControl(maxAge: 60, scope: PUBLIC)
  echo(a: String, b: String): String @connect(source: "api", http: { GET: "/echo?a={$args.a}&b={$args.b}" }) @cacheControl(maxAge: 60)
  list: [String!] @connect(source: "api", http: { GET: "/list" }) @cacheControl(maxAge: 60)
  said(n: Int): String @connect(source: "api", http: { GET: "/said/{$args.n}" })
  revalidated: String @connect(source: "api", http: { GET: "/r" }) @cacheControl(maxAge: 60, staleWhileRevalidate: 60)
  lasting: String @connect(source: "api", http: { GET: "/l" }) @cacheControl(maxAge: 60, staleIfError: 600)
  judged: String @connect(source: "api", http: { GET: "/j" }, isSuccess: "$->eq('wrong')->not") @cacheControl(maxAge: 60)
  tagged: String @connect(source: "api", http: { GET: "/t" }) @cacheControl(maxAge: 60) @cacheTag(format: "t")
  user(id: ID!): User @lookup
  users(ids: [ID!]!): [User] @connect(selection: "$args.ids->map({ id: @ })")
}
type User @key(fields: "id") @connect(source: "api", http: { GET: "/users?ids={$batch.id->joinNotNull(',')}" }, batch: { maxSize: 200 })
  @cacheControl(maxAge: 60) { id: ID! caller: String }
extend type Query { thing(id: ID!): String @connect(source: "api", http: { GET: "/things/{$args.id}" }) }
type Mutation { change(id: ID!): String @connect(source: "api", http: { PUT: "/things/{$args.id}", body: "id: $args.id" }) write: String @connect(source: "api", http: { POST: "/w" }) @invalidates(tags: ["t"]) }
`

// echoes answers with all that tells calls apart.
func echoes(r *http.Request) faulty.Behaviour {
	who := r.Header.Get("Authorization") + r.Header.Get("X-Tenant")
	if r.URL.Path == "/users" {
		var items []string
		for id := range strings.SplitSeq(r.URL.Query().Get("ids"), ",") {
			items = append(items, fmt.Sprintf(`{"id":%q,"caller":%q}`, id, who))
		}
		return faulty.Behaviour{Body: "[" + strings.Join(items, ",") + "]"}
	}
	text := who
	if r.URL.RawQuery != "" {
		text += "?" + r.URL.RawQuery
	}
	for _, name := range []string{"X-Forwarded-Host", "X-Original-Url", "X-Evil"} {
		text += r.Header.Get(name)
	}
	return faulty.Behaviour{Body: strconvJSON(text)}
}

// says answers alike, with more header lines.
func says(body string, headers ...string) func(*faultWorld) {
	return does(faulty.Behaviour{Body: body, Header: strings.Join(append(headers, ""), "\r\n")})
}

// does has all services do the same from now on.
func does(b faulty.Behaviour) func(*faultWorld) {
	return func(w *faultWorld) {
		for _, s := range w.services {
			s.Do(b)
		}
	}
}

func keptCases() []faultCase {
	anna, bert := map[string]string{"Authorization": "anna"}, map[string]string{"Authorization": "bert"}
	cases := []faultCase{
		{id: "K1 two users", does: echoes, steps: []faultStep{{
			act: twoUsers, calls: 102,
			metrics: map[string]float64{recalled("miss"): 102, recalled("hit"): 40_000 - 102, called("ok"): 102},
		}}},
		{id: "K2 keys that look alike", does: echoes, steps: []faultStep{
			{query: `{ echo(a: "1&b=2") }`, data: `{"echo":"?a=1%26b%3D2"}`, calls: 1},
			{query: `{ echo(a: "1", b: "2") }`, data: `{"echo":"?a=1&b=2"}`, calls: 1},
			{query: `{ echo(b: "2", a: "1") }`, data: `{"echo":"?a=1&b=2"}`, metrics: map[string]float64{recalled("hit"): 1}},
			{query: `{ echo(a: "12") }`, data: `{"echo":"?a=12"}`, calls: 1},
			{query: `{ echo(a: "12", b: null) }`, data: `{"echo":"?a=12"}`},
			{query: `{ echo(a: "12", b: "") }`, data: `{"echo":"?a=12&b="}`, calls: 1},
			{query: `{ echo(a: "null") }`, data: `{"echo":"?a=null"}`, calls: 1},
			{query: `{ echo(a: "\u00e9") }`, data: `{"echo":"?a=%C3%A9"}`, calls: 1},
			{query: `{ echo(a: "e\u0301") }`, data: `{"echo":"?a=e%CC%81"}`, calls: 1},
			{query: `{ me }`, header: map[string]string{"X-Tenant": "a"}, data: `{"me":"a"}`, calls: 1},
			{query: `{ me }`, header: map[string]string{"x-tenant": "a"}, data: `{"me":"a"}`},
			{query: `{ me }`, header: map[string]string{"X-Tenant": "A"}, data: `{"me":"A"}`, calls: 1},
			{query: `{ me }`, header: map[string]string{"Authorization": "a"}, data: `{"me":"a"}`, calls: 1},
		}},
		{id: "K3 the first one goes", steps: []faultStep{{act: firstGoes, calls: 1, metrics: map[string]float64{called("ok"): 1, "manifold_coalesced_requests_total": 1}}}},
		{id: "K3 the first one has less time", steps: []faultStep{{act: firstIsInAHurry, calls: 2, metrics: map[string]float64{called("ok"): 1}}}},
		{id: "K3 it fails for all", steps: []faultStep{{act: bothFail, calls: 1, metrics: map[string]float64{called("5xx"): 1, "manifold_coalesced_requests_total": 1}}}},
		{id: "K4 every header that is forwarded", does: echoes, steps: []faultStep{
			{query: "{ me }", header: map[string]string{"Authorization": "u", "X-Tenant": "1"}, data: `{"me":"u1"}`, calls: 1, metrics: map[string]float64{recalled("miss"): 1}},
			{query: "{ me }", header: map[string]string{"Authorization": "u", "X-Tenant": "2"}, data: `{"me":"u2"}`, calls: 1, metrics: map[string]float64{recalled("miss"): 1}},
			{query: "{ me }", header: map[string]string{"Authorization": "u", "X-Tenant": "1"}, data: `{"me":"u1"}`, metrics: map[string]float64{recalled("hit"): 1}},
		}},
		{id: "K5 loaders of two requests", steps: []faultStep{{act: twoLoaders, calls: 2, metrics: map[string]float64{called("ok"): 2, "manifold_coalesced_requests_total": 0}}}},
		{id: "K7 errors", steps: []faultStep{
			{act: does(faulty.Behaviour{Status: 500}), query: "{ me }", get: true, data: `{"me":null}`, code: "UPSTREAM_ERROR", path: `["me"]`, caching: "no-store", calls: 1},
			{act: does(faulty.Behaviour{Status: 404}), query: "{ me }", get: true, data: `{"me":null}`, code: "NOT_FOUND", path: `["me"]`, caching: "no-store", calls: 1},
			{act: says("{"), query: "{ me }", get: true, data: `{"me":null}`, code: "UPSTREAM_BAD_RESPONSE", path: `["me"]`, caching: "no-store", calls: 1},
			{act: says("[1]"), query: "{ me }", get: true, data: `{"me":null}`, code: "UPSTREAM_BAD_RESPONSE", path: `["me"]`, caching: "no-store", calls: 1},
			{act: says(`"wrong"`), query: "{ judged }", get: true, data: `{"judged":null}`, code: "UPSTREAM_ERROR", path: `["judged"]`, caching: "no-store", calls: 1},
			{act: says(`"right"`), query: "{ judged me }", get: true, data: `{"judged":"right","me":"right"}`, caching: "private, max-age=60", calls: 2, metrics: map[string]float64{recalled("miss"): 2}},
			{act: says(`["a",null]`), query: "{ list }", data: `{"list":null}`, code: "UPSTREAM_BAD_RESPONSE", path: `["list",1]`, calls: 1},
			{act: says(`["a","b"]`), query: "{ list }", data: `{"list":["a","b"]}`, calls: 1},
			{query: "{ judged me }", get: true, data: `{"judged":"right","me":"right"}`, caching: "private, max-age=60", metrics: map[string]float64{recalled("hit"): 2}},
		}},
		{id: "K7 an item at fault", steps: []faultStep{
			{
				act:   says(`[{"id":"1","caller":"a"},{"id":"2","caller":["b"]},{"id":"3","caller":"c"}]`),
				query: `{ users(ids: [1, 2, 3]) { caller } }`, data: `{"users":[{"caller":"a"},{"caller":null},{"caller":"c"}]}`,
				code: "UPSTREAM_BAD_RESPONSE", path: `["users",1,"caller"]`, calls: 1,
			},
			{
				act:   says(`[{"id":"2","caller":"mended"}]`),
				query: `{ users(ids: [1, 2, 3]) { caller } }`, data: `{"users":[{"caller":"a"},{"caller":"mended"},{"caller":"c"}]}`,
				calls: 1, metrics: map[string]float64{recalled("hit"): 2, recalled("miss"): 1},
			},
		}},
		{id: "K8 the strictest part counts", does: echoes, steps: []faultStep{
			{query: "{ everybody }", get: true, data: `{"everybody":""}`, caching: "private, max-age=60", calls: 1}, // X-Tenant counts
			{query: "{ everybody said(n: 1) }", get: true, data: `{"everybody":"","said":""}`, caching: "no-store", calls: 1},
		}},
		{id: "K9 used while it is asked for", steps: []faultStep{
			{act: says(`"1"`), query: "{ revalidated }", data: `{"revalidated":"1"}`, calls: 1},
			{act: says(`"2"`), passes: 61 * time.Second, query: "{ revalidated }", data: `{"revalidated":"1"}`, stale: true, calls: 1, metrics: map[string]float64{recalled("stale"): 1, called("ok"): 1}},
			{act: says(`"3"`), query: "{ revalidated }", data: `{"revalidated":"2"}`, metrics: map[string]float64{recalled("hit"): 1}},
			{passes: 121 * time.Second, query: "{ revalidated }", data: `{"revalidated":"3"}`, calls: 1, metrics: map[string]float64{recalled("miss"): 1}},
		}},
		{id: "K9 used while the service is down", steps: []faultStep{
			{act: says(`"1"`), query: "{ lasting }", data: `{"lasting":"1"}`, calls: 1},
			{act: does(faulty.Behaviour{Status: 503}), passes: 61 * time.Second, query: "{ lasting }", get: true, data: `{"lasting":"1"}`, stale: true, caching: "no-store", calls: 1, metrics: map[string]float64{recalled("stale"): 1, called("5xx"): 1}},
			{passes: 600 * time.Second, query: "{ lasting }", data: `{"lasting":null}`, code: "UPSTREAM_ERROR", path: `["lasting"]`, calls: 1, metrics: map[string]float64{recalled("stale"): 0, called("5xx"): 1}},
		}},
		{id: "K10 headers that nobody listed", does: echoes, steps: []faultStep{
			{query: "{ me }", data: `{"me":""}`, calls: 1},
			{
				query: "{ me }", data: `{"me":""}`, metrics: map[string]float64{recalled("hit"): 1},
				header: map[string]string{"Host": "evil.test", "X-Forwarded-Host": "evil.test", "X-Original-Url": "/admin", "X-Evil": "1"},
			},
		}},
		{id: "K11 a change of what a URL stands for", steps: []faultStep{
			{act: says(`"1"`, "Cache-Control: max-age=60"), query: "{ thing(id: 1) other: thing(id: 2) }", data: `{"thing":"1","other":"1"}`, calls: 2},
			{query: "{ thing(id: 1) }", header: anna, data: `{"thing":"1"}`, calls: 1},
			{query: "{ thing(id: 1) }", data: `{"thing":"1"}`, metrics: map[string]float64{recalled("hit"): 1}},
			{act: says(`"2"`, "Cache-Control: max-age=60"), query: "mutation { change(id: 1) }", data: `{"change":"2"}`, calls: 1},
			{query: "{ thing(id: 1) other: thing(id: 2) }", data: `{"thing":"2","other":"1"}`, calls: 1, metrics: map[string]float64{recalled("hit"): 1, recalled("miss"): 1}},
			{act: does(faulty.Behaviour{Status: 500}), query: "mutation { change(id: 2) }", data: `{"change":null}`, code: "UPSTREAM_ERROR", path: `["change"]`, calls: 1},
			{query: "{ thing(id: 2) }", data: `{"thing":"1"}`, metrics: map[string]float64{recalled("hit"): 1}},
			{act: does(faulty.Behaviour{Fault: faulty.ResetHead}), query: "mutation { change(id: 2) }", data: `{"change":null}`, code: "UPSTREAM_UNAVAILABLE", path: `["change"]`, calls: 1},
			{act: says(`"3"`), query: "{ thing(id: 2) }", data: `{"thing":"3"}`, calls: 1},
		}},
		{id: "K11 who has written does not get what was asked for before", steps: []faultStep{{act: writesMeanwhile, calls: 3, metrics: map[string]float64{called("ok"): 3}}}},
		{id: "K11 writes are seen", steps: []faultStep{
			{act: says(`"1"`), query: "{ tagged }", data: `{"tagged":"1"}`, calls: 1},
			{act: says(`"2"`), query: "{ tagged }", data: `{"tagged":"1"}`, metrics: map[string]float64{recalled("hit"): 1}},
			{query: "mutation { write }", data: `{"write":"2"}`, calls: 1},
			{passes: time.Second, query: "{ tagged }", data: `{"tagged":"2"}`, calls: 1, metrics: map[string]float64{recalled("miss"): 1}},
			{act: does(faulty.Behaviour{Status: 400}), query: "mutation { write }", data: `{"write":null}`, code: "BAD_USER_INPUT", path: `["write"]`, calls: 1},
			{query: "{ tagged }", data: `{"tagged":"2"}`, metrics: map[string]float64{recalled("hit"): 1}},
			{act: does(faulty.Behaviour{Fault: faulty.ResetBody}), query: "mutation { write }", data: `{"write":null}`, code: "UPSTREAM_UNAVAILABLE", path: `["write"]`, calls: 1},
			{act: says(`"3"`), query: "{ tagged }", data: `{"tagged":"3"}`, calls: 1, metrics: map[string]float64{recalled("miss"): 1}},
		}},
	}
	// K6: what the reply itself says, by the rules of HTTP for a cache that many clients share (RFC 9111).
	for _, rule := range []struct {
		name    string
		headers []string
		who     map[string]string
		kept    bool
	}{
		{"max-age", []string{"Cache-Control: max-age=60"}, nil, true},
		{"nothing", nil, nil, false},
		{"private", []string{"Cache-Control: private, max-age=60"}, nil, false},
		{"no-store", []string{"Cache-Control: no-store, max-age=60"}, nil, false},
		{"no-cache", []string{"Cache-Control: no-cache, max-age=60"}, nil, false},
		{"max-age=0", []string{"Cache-Control: max-age=0"}, nil, false},
		{"s-maxage", []string{"Cache-Control: max-age=0, s-maxage=60"}, nil, true},
		{"Vary *", []string{"Cache-Control: max-age=60", "Vary: *"}, nil, false},
		{"Set-Cookie", []string{"Cache-Control: max-age=60", "Set-Cookie: a=b"}, nil, false},
		{"Age", []string{"Cache-Control: max-age=60", "Age: 61"}, nil, false},
		{"credentials", []string{"Cache-Control: max-age=60"}, anna, false},
		{"credentials, public", []string{"Cache-Control: public, max-age=60"}, anna, true},
		{"credentials, s-maxage", []string{"Cache-Control: s-maxage=60"}, anna, true},
		{"credentials, must-revalidate", []string{"Cache-Control: must-revalidate, max-age=60"}, anna, true},
	} {
		again := faultStep{query: "{ said(n: 1) }", header: rule.who, data: `{"said":"1"}`}
		if rule.kept {
			again.metrics = map[string]float64{recalled("hit"): 1}
		} else {
			again.calls = 1
			again.metrics = map[string]float64{called("ok"): 1, recalled("hit"): 0}
		}
		other := faultStep{query: "{ said(n: 1) }", header: bert, data: `{"said":"1"}`, calls: 1, metrics: map[string]float64{called("ok"): 1}}
		cases = append(cases, faultCase{id: "K6 " + rule.name, steps: []faultStep{
			{act: says(`"1"`, rule.headers...), query: "{ said(n: 1) }", header: rule.who, data: `{"said":"1"}`, calls: 1}, again, other,
		}})
	}
	for i := range cases {
		cases[i].sdl = keptSDL
	}
	return append(cases, askedCase())
}

// askedCase is K7 for a service that speaks GraphQL, which may answer one question and fail in another; and K1 for one that is told who asks.
func askedCase() faultCase {
	const sdl = `
extend schema @source(name: "api", graphql: { url: "ADDRESS", schema: "asked.graphqls" })
type Query {
  a: String @connect(source: "api", graphql: { field: "a" }) @cacheControl(maxAge: 60)
  b: String @connect(source: "api", graphql: { field: "b" }) @cacheControl(maxAge: 60)
  c: String @connect(source: "api", graphql: { field: "c" })
  d: String @connect(source: "api", graphql: { field: "d" })
}`
	answers := func(r *http.Request) faulty.Behaviour {
		who := r.Header.Get("X-Who")
		if parts := strings.Split(who, "."); len(parts) == 3 {
			claims, _ := base64.RawURLEncoding.DecodeString(parts[1])
			_, who, _ = strings.Cut(string(claims), `"sub":"`)
			who, _, _ = strings.Cut(who, `"`)
		}
		body, _ := io.ReadAll(r.Body)
		switch text := string(body); {
		case strings.Contains(text, " b "):
			return faulty.Behaviour{Body: `{"data":{"b":null},"errors":[{"message":"a secret","path":["b"]}]}`}
		case strings.Contains(text, "c0: c "):
			return faulty.Behaviour{Body: fmt.Sprintf(`{"data":{"c0":%q,"c1":%q}}`, who, who)}
		default:
			return faulty.Behaviour{Body: fmt.Sprintf(`{"data":{"a":%q}}`, who)}
		}
	}
	anna, bert := map[string]string{"X-User": "anna"}, map[string]string{"X-User": "bert"}
	return faultCase{
		id: "K1 K7 questions of GraphQL", sdl: sdl, does: answers, secrets: []string{"a secret"},
		setup: func(o *Options, _ *faultWorld) {
			o.Read = func(string) ([]byte, error) {
				return []byte("type Query { a: String b: String c: String d: String }"), nil
			}
			o.Overlays = map[string]schema.Overlay{"api": {Outbound: schema.Outbound{Identity: &schema.SignedIdentity{
				Issuer: "https://gateway", Audience: "api", Key: signingKey(), Life: time.Minute, Header: "X-Who",
			}}}}
		},
		steps: []faultStep{
			{query: "{ a b }", header: anna, data: `{"a":"anna","b":null}`, code: "UPSTREAM_ERROR", path: `["b"]`, calls: 2, metrics: map[string]float64{called("ok"): 2}},
			{query: "{ a b }", header: anna, data: `{"a":"anna","b":null}`, code: "UPSTREAM_ERROR", path: `["b"]`, calls: 1, metrics: map[string]float64{recalled("hit"): 1}},
			{query: "{ a }", header: bert, data: `{"a":"bert"}`, calls: 1},
			{query: "{ c d }", header: anna, data: `{"c":"anna","d":"anna"}`, calls: 1},
			{query: "{ c d }", header: bert, data: `{"c":"bert","d":"bert"}`, calls: 1},
			{query: "{ c d }", data: `{"c":"","d":""}`, calls: 1},
		},
	}
}

// signingKey is a private key in PEM.
func signingKey() string {
	_, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		panic(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		panic(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
}

// twoUsers ask for the same things in parallel, ten thousand times each.
func twoUsers(w *faultWorld) {
	var both sync.WaitGroup
	for _, who := range []string{"anna", "bert"} {
		both.Go(func() {
			for n := range 10_000 {
				want := fmt.Sprintf(`{"data":{"me":%q,"user":{"caller":%q}}}`, who, who)
				got := bodyOf(w.t, w.send(fmt.Sprintf("{ me user(id: %d) { caller } }", n/3%50), map[string]string{"Authorization": who}, false))
				if got != want {
					w.t.Errorf("round %d: %s got %s", n, who, got)
					return
				}
			}
		})
	}
	both.Wait()
}

// gate has the services hold their answers until it is opened.
func (w *faultWorld) gate(b faulty.Behaviour) (open func()) {
	gate := make(chan struct{})
	for _, s := range w.services {
		s.DoFunc(func(*http.Request) faulty.Behaviour {
			<-gate
			return b
		})
	}
	return sync.OnceFunc(func() { close(gate) })
}

// asks sends a request, and returns where its answer comes.
func (w *faultWorld) asks(query string, header map[string]string) chan string {
	w.t.Helper()
	answer := make(chan string, 1)
	go func() { answer <- bodyOf(w.t, w.send(query, header, false)) }()
	return answer
}

// arrives waits until the services have got so many calls in all.
func (w *faultWorld) arrives(n int64) {
	w.t.Helper()
	eventuallyEqual(w.t, "calls", float64(n), func() float64 { return float64(w.calls()) })
}

// firstGoes has a client go whose call another one waits for.
func firstGoes(w *faultWorld) {
	open := w.gate(faulty.Behaviour{Body: `"1"`})
	defer open()
	gone, leave := context.WithCancel(w.t.Context())
	first := make(chan struct{})
	go func() {
		defer close(first)
		ask(w.gw, postRequest(`{"query":"{ me }"}`).WithContext(gone))
	}()
	w.arrives(1)
	second := w.asks("{ me }", nil)
	time.Sleep(300 * time.Millisecond) // nothing tells that it waits
	leave()
	time.Sleep(50 * time.Millisecond)
	open()
	<-first
	if got := <-second; got != `{"data":{"me":"1"}}` {
		w.t.Errorf("the other one got %s", got)
	}
}

// firstIsInAHurry has a client's time end while another one waits for the same: that one makes a call of its own.
func firstIsInAHurry(w *faultWorld) {
	open := w.gate(faulty.Behaviour{Body: `"1"`})
	defer open()
	first := w.asks("{ me }", map[string]string{"X-Request-Timeout-Ms": "300"})
	w.arrives(1)
	second := w.asks("{ me }", nil)
	if got := <-first; !strings.Contains(got, `"code":"DEADLINE_EXCEEDED"`) {
		w.t.Errorf("the one in a hurry got %s", got)
	}
	w.arrives(2)
	open()
	if got := <-second; got != `{"data":{"me":"1"}}` {
		w.t.Errorf("the other one got %s", got)
	}
}

// writesMeanwhile has a client read, another one write, and that one read: it gets an answer of its own, and not the one that was on its way.
func writesMeanwhile(w *faultWorld) {
	w.t.Helper()
	gate := make(chan struct{})
	open := sync.OnceFunc(func() { close(gate) })
	defer open()
	w.services[0].DoFunc(func(r *http.Request) faulty.Behaviour {
		switch {
		case r.Method == http.MethodPost:
		case w.calls() == 1:
			<-gate
			return faulty.Behaviour{Body: `"before"`}
		}
		return faulty.Behaviour{Body: `"after"`}
	})
	first := w.asks("{ me }", nil)
	w.arrives(1)
	if got := <-w.asks("mutation { write }", nil); got != `{"data":{"write":"after"}}` {
		w.t.Errorf("the mutation got %s", got)
	}
	if got := <-w.asks("{ me }", nil); got != `{"data":{"me":"after"}}` {
		w.t.Errorf("who has written reads %s", got)
	}
	open()
	if got := <-first; got != `{"data":{"me":"before"}}` {
		w.t.Errorf("the first one got %s", got)
	}
}

func bothFail(w *faultWorld) {
	open := w.gate(faulty.Behaviour{Status: 500})
	defer open()
	first := w.asks("{ me }", nil)
	w.arrives(1)
	second := w.asks("{ me }", nil)
	time.Sleep(300 * time.Millisecond) // nothing tells that it waits
	open()
	got := []string{<-first, <-second}
	for _, answer := range got {
		if !strings.Contains(answer, `"path":["me"],"extensions":{"code":"UPSTREAM_ERROR"`) || strings.Contains(answer, "context") {
			w.t.Errorf("one of them got %s", answer)
		}
	}
}

// twoLoaders has two tenants ask for the same keys in the same moment: neither call is made before the other one has come.
func twoLoaders(w *faultWorld) {
	var came sync.WaitGroup
	came.Add(2)
	w.services[0].DoFunc(func(r *http.Request) faulty.Behaviour {
		came.Done()
		came.Wait()
		return echoes(r)
	})
	answers := map[string]chan string{}
	for _, who := range []string{"a", "b"} {
		answers[who] = w.asks("{ user(id: 1) { caller } }", map[string]string{"X-Tenant": who})
	}
	for who, answer := range answers {
		if got, want := <-answer, fmt.Sprintf(`{"data":{"user":{"caller":%q}}}`, who); got != want {
			w.t.Errorf("%s got %s", who, got)
		}
	}
}
