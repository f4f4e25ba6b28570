package gateway

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/vektah/gqlparser/v2/ast"

	"manifold/internal/auth"
	"manifold/internal/faulty"
	"manifold/internal/store"
	"manifold/schema"
)

// shopOf is a gateway before one service, which keeps replies. The service notes what it is asked.
type shopOf struct {
	*Gateway

	service *faulty.Service
	metrics *Metrics

	mu    sync.Mutex
	calls []string
}

// users is a schema with entities, a list, a search by POST and a mutation.
const users = `
extend schema @source(name: "api", http: { baseURL: "ADDRESS", headers: [{ name: "Authorization", from: "Authorization" }] })
type Query {
  users(ids: [ID!]!): [User] @connect(selection: "$args.ids->map({ id: @ })")
  user(id: ID!): User @lookup
  products: [Product] @connect(source: "api", http: { GET: "/products" }) @cacheControl(maxAge: 60, staleIfError: 600, scope: PUBLIC) @cacheTag(format: "products")
  me: String @connect(source: "api", http: { GET: "/me" }) @cacheControl(maxAge: 60)
  failing(code: Int!): Int @connect(source: "api", http: { GET: "/status/{$args.code}" }, errors: { nullOn: [404] }) @cacheControl(maxAge: 60)
  odd: Int @connect(source: "api", http: { GET: "/odd" }, isSuccess: "fine") @cacheControl(maxAge: 60)
}
type User @key(fields: "id") @connect(source: "api", http: { GET: "/users?ids={$batch.id->joinNotNull(',')}" }, batch: { maxSize: 200 })
  @cacheControl(maxAge: 60, staleIfError: 600) @cacheTag(format: "user-{$key.id}") { id: ID! name: String caller: String }
type Product { name: String }
type Mutation {
  rename(id: ID!): Boolean @connect(source: "api", http: { POST: "/rename/{$args.id}" }) @invalidates(tags: ["user-{$args.id}", "products"])
}
`

func openShop(t *testing.T) *shopOf {
	t.Helper()
	s := &shopOf{service: faulty.Serve(t, "api"), metrics: NewMetrics()}
	s.well()
	kept := store.New(store.Options{MaxBytes: 1 << 22, Count: s.metrics.Kept})
	t.Cleanup(kept.Close)
	o := Options{Logger: slog.New(slog.DiscardHandler)}
	o.Upstreams.Store, o.Upstreams.Meter = kept, s.metrics.Upstreams()
	o.Upstreams.Timeout = 5 * time.Second
	gen, err := Build([]*ast.Source{{Name: "gateway.graphql", Input: strings.ReplaceAll(users, "ADDRESS", s.service.URL())}}, o, nil)
	if err != nil {
		t.Fatal(err)
	}
	s.Gateway = New(gen)
	t.Cleanup(s.Close)
	return s
}

// well has the service answer.
func (s *shopOf) well() {
	s.service.DoFunc(func(r *http.Request) faulty.Behaviour {
		s.mu.Lock()
		s.calls = append(s.calls, r.Method+" "+r.URL.RequestURI())
		n := len(s.calls)
		s.mu.Unlock()
		var b strings.Builder
		switch path := r.URL.Path; {
		case path == "/users":
			b.WriteString("[")
			for i, id := range strings.Split(r.URL.Query().Get("ids"), ",") {
				if i > 0 {
					b.WriteString(",")
				}
				fmt.Fprintf(&b, `{"id":%q,"name":"n%d","caller":%q}`, id, n, r.Header.Get("Authorization"))
			}
			b.WriteString("]")
		case path == "/products":
			fmt.Fprintf(&b, `[{"name":"p%d"}]`, n)
		case path == "/me":
			fmt.Fprintf(&b, "%q", r.Header.Get("Authorization"))
		case path == "/odd":
			fmt.Fprint(&b, `{"fine":false}`)
		case strings.HasPrefix(path, "/status/"):
			var code int
			fmt.Sscanf(path, "/status/%d", &code)
			return faulty.Behaviour{Status: code, Body: fmt.Sprint(n)}
		default:
			b.WriteString("true")
		}
		return faulty.Behaviour{Body: b.String()}
	})
}

// ask sends a query and returns the answer, and the calls that were made for it.
func (s *shopOf) ask(t *testing.T, query, who string) (answer string, calls []string) {
	t.Helper()
	s.mu.Lock()
	s.calls = nil
	s.mu.Unlock()
	return s.answer(t, query, who), s.made()
}

func (s *shopOf) answer(t *testing.T, query, who string) string {
	t.Helper()
	r := postRequest(fmt.Sprintf(`{"query":%q}`, query))
	if who != "" {
		r.Header.Set("Authorization", who)
	}
	return bodyOf(t, ask(s, r))
}

func (s *shopOf) made() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.calls
}

// ids are the numbers from..to as a list.
func ids(from, to int) string {
	var out []string
	for i := from; i <= to; i++ {
		out = append(out, fmt.Sprint(i))
	}
	return strings.Join(out, ",")
}

// Of a batch only what is not there is asked for: 97 of 100 from memory, 3 fetched, by one call.
func TestItemsOfBatchesAreKept(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	query := func(list string) string { return "{ users(ids: [" + list + "]) { id name } }" }
	if _, calls := s.ask(t, query(ids(1, 50)+","+ids(54, 100)), ""); len(calls) != 1 {
		t.Fatalf("%v", calls)
	}
	answer, calls := s.ask(t, query(ids(1, 100)), "")
	if fmt.Sprint(calls) != "[GET /users?ids=51,52,53]" {
		t.Errorf("calls %v, want one for 51, 52 and 53", calls)
	}
	for i := 1; i <= 100; i++ {
		if !strings.Contains(answer, fmt.Sprintf(`{"id":"%d","name":"n1"}`, i)) {
			t.Fatalf("user %d is not as he should be: %.300s", i, answer)
		}
	}
	answer, calls = s.ask(t, "{ user(id: 51) { name caller } b: user(id: 7) { caller id } }", "")
	if len(calls) != 0 || answer != `{"data":{"user":{"name":"n1","caller":""},"b":{"caller":"","id":"7"}}}` {
		t.Errorf("other properties of what is kept: %s, calls %v", answer, calls)
	}
	// A user of his own sees none of it.
	if answer, calls = s.ask(t, "{ user(id: 51) { caller } }", "anna"); len(calls) != 1 || !strings.Contains(answer, `"caller":"anna"`) {
		t.Errorf("%s, calls %v", answer, calls)
	}
	text := bodyOf(t, ask(Admin(s.Gateway, nil, s.metrics), httptest.NewRequest("GET", "/metrics", http.NoBody)))
	if !strings.Contains(text, `manifold_cache_tier_total{result="hit",tier="memory"} 99`) {
		t.Error("hits are not counted")
	}
}

// K11: what a mutation makes invalid is not seen any more when it has answered; and nothing else is lost.
func TestWritesAreSeen(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	all := "{ users(ids: [1, 2]) { name } products { name } }"
	first, _ := s.ask(t, all, "")
	if again, calls := s.ask(t, all, ""); again != first || len(calls) != 0 {
		t.Fatalf("%s, then %s; calls %v", first, again, calls)
	}
	s.ask(t, "mutation { rename(id: 2) }", "")
	_, calls := s.ask(t, all, "")
	if got := fmt.Sprint(calls); got != "[GET /users?ids=2 GET /products]" && got != "[GET /products GET /users?ids=2]" {
		t.Errorf("calls %s, want user 2 and the products", got)
	}
}

// K7: what is an error is not kept, nor what somebody says is none; nor what another rule than 2xx makes of a reply.
func TestErrorsAreNotKept(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	for _, query := range []string{"{ failing(code: 500) }", "{ failing(code: 404) }", "{ failing(code: 403) }", "{ odd }"} {
		for range 2 {
			if answer, calls := s.ask(t, query, ""); len(calls) != 1 {
				t.Errorf("%s: calls %v, %s", query, calls, answer)
			}
		}
	}
	if _, calls := s.ask(t, "{ failing(code: 200) }", ""); len(calls) != 1 {
		t.Error(calls)
	}
	if _, calls := s.ask(t, "{ failing(code: 200) }", ""); len(calls) != 0 {
		t.Error(calls)
	}
}

// What clients may keep is what the schema says of all that is in an answer, and nothing else (K7, K8).
func TestClientsAreToldWhatTheyMayKeep(t *testing.T) {
	t.Parallel()
	service := faulty.Serve(t, "api")
	service.DoFunc(func(r *http.Request) faulty.Behaviour {
		if r.URL.Path == "/down" {
			return faulty.Behaviour{Status: 500}
		}
		return faulty.Behaviour{Body: "7"}
	})
	gen, err := Build([]*ast.Source{{Name: "gateway.graphql", Input: strings.ReplaceAll(`
extend schema
  @source(name: "api", http: { baseURL: "ADDRESS", headers: [{ name: "Authorization", from: "Authorization" }] })
  @source(name: "shops", http: { baseURL: "ADDRESS", headers: [{ name: "X-Shop", from: "X-Shop" }] })
type Query {
  minute: Int @connect(source: "api", http: { GET: "/minute" }) @cacheControl(maxAge: 60, scope: PUBLIC)
  hour: Int @connect(source: "api", http: { GET: "/hour" }) @cacheControl(maxAge: 3600, scope: PUBLIC)
  mine: Int @connect(source: "api", http: { GET: "/mine" }) @cacheControl(maxAge: 600)
  shop: Int @connect(source: "shops", http: { GET: "/shop" }) @cacheControl(maxAge: 600, scope: PUBLIC)
  claims: Int @connect(source: "api", http: { GET: "/claims" }, selection: "$claims.n ?? $") @cacheControl(maxAge: 600, scope: PUBLIC)
  down: Int @connect(source: "api", http: { GET: "/down" }) @cacheControl(maxAge: 600)
  unsaid: Int @connect(source: "api", http: { GET: "/unsaid" })
  constant: Int @connect(selection: "$(1)")
}`, "ADDRESS", service.URL())}}, Options{
		Logger: slog.New(slog.DiscardHandler),
		Identify: func(r *http.Request, _ []string) (*auth.Identity, error) {
			if who := r.Header.Get("X-User"); who != "" {
				return &auth.Identity{Subject: who, Claims: []byte("{}")}, nil
			}
			return nil, nil
		},
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	gw := New(gen)
	t.Cleanup(gw.Close)
	for _, c := range []struct{ query, who, get, post string }{
		{"{ minute }", "", "public, max-age=60", "public, max-age=60"},
		{"{ minute hour constant }", "", "public, max-age=60", "public, max-age=60"},
		{"{ minute hour }", "anna", "private, max-age=60", "private, max-age=60"},
		{"{ hour mine }", "", "private, max-age=600", "private, max-age=600"},
		{"{ shop }", "", "private, max-age=600", "private, max-age=600"},
		{"{ claims }", "", "private, max-age=600", "private, max-age=600"},
		{"{ minute unsaid }", "", "no-store", ""},
		{"{ minute down }", "", "no-store", ""},
		{"{ constant }", "", "no-store", ""},
		{"{ nothing }", "", "no-store", ""},
	} {
		get, post := getRequest(c.query), postRequest(fmt.Sprintf(`{"query":%q}`, c.query))
		for want, r := range map[*string]*http.Request{&c.get: get, &c.post: post} {
			r.Header.Set("X-User", c.who)
			if got := ask(gw, r).Header.Get("Cache-Control"); got != *want {
				t.Errorf("%s %s of %q: %q, want %q", r.Method, c.query, c.who, got, *want)
			}
		}
	}
}

// K1 once more, for a service that is told who asks by a token that the gateway signs: items of batches are kept for each user, but for
// what is the same for everybody. Nothing of the request but who asks tells the two calls apart.
func TestWhoAsksDividesItems(t *testing.T) {
	t.Parallel()
	for scope, want := range map[string]string{"": "anna bert anna", ", scope: PUBLIC": "anna anna anna"} {
		service := faulty.Serve(t, "api")
		service.DoFunc(func(r *http.Request) faulty.Behaviour {
			who := "nobody"
			if parts := strings.Split(r.Header.Get("X-Who"), "."); len(parts) == 3 {
				payload, _ := base64.RawURLEncoding.DecodeString(parts[1])
				var claims struct{ Sub string }
				_ = json.Unmarshal(payload, &claims)
				who = claims.Sub
			}
			return faulty.Behaviour{Body: fmt.Sprintf(`[{"id":"1","caller":%q}]`, who)}
		})
		kept := store.New(store.Options{MaxBytes: 1 << 22})
		t.Cleanup(kept.Close)
		metrics := NewMetrics()
		o := Options{
			Logger: slog.New(slog.DiscardHandler),
			Overlays: map[string]schema.Overlay{"api": {Outbound: schema.Outbound{Identity: &schema.SignedIdentity{
				Issuer: "https://gateway", Audience: "api", Key: signingKey(), Life: time.Minute, Header: "X-Who",
			}}}},
			Identify: func(r *http.Request, _ []string) (*auth.Identity, error) {
				who := r.Header.Get("X-User")
				return &auth.Identity{Subject: who, Claims: fmt.Appendf(nil, `{"sub":%q}`, who)}, nil
			},
		}
		o.Upstreams.Store, o.Upstreams.Meter = kept, metrics.Upstreams()
		gen, err := Build([]*ast.Source{{Name: "gateway.graphql", Input: fmt.Sprintf(`
extend schema @source(name: "api", http: { baseURL: %q })
type Query { user(id: ID!): User @lookup }
type User @key(fields: "id") @connect(source: "api", http: { GET: "/users?ids={$batch.id->joinNotNull(',')}" }, batch: { maxSize: 200 })
  @cacheControl(maxAge: 60%s) { id: ID! caller: String }`, service.URL(), scope)}}, o, nil)
		if err != nil {
			t.Fatal(err)
		}
		gw := New(gen)
		t.Cleanup(gw.Close)
		var got []string
		for _, who := range []string{"anna", "bert", "anna"} {
			r := postRequest(`{"query":"{ user(id: 1) { caller } }"}`)
			r.Header.Set("X-User", who)
			answer := bodyOf(t, ask(gw, r))
			got = append(got, strings.TrimSuffix(strings.TrimPrefix(answer, `{"data":{"user":{"caller":"`), `"}}}`))
		}
		if strings.Join(got, " ") != want {
			t.Errorf("@cacheControl(maxAge: 60%s): %q, want %q", scope, got, want)
		}
		misses := int64(len(slices.Compact(slices.Sorted(slices.Values(got)))))
		text := bodyOf(t, ask(Admin(gw, nil, metrics), httptest.NewRequest("GET", "/metrics", http.NoBody)))
		for result, n := range map[string]int64{"miss": misses, "hit": 3 - misses} {
			if line := fmt.Sprintf(`manifold_cache_total{result=%q,upstream="api"} %d`, result, n); !strings.Contains(text, line) {
				t.Errorf("no %s among the metrics", line)
			}
		}
		if service.Requests() != misses {
			t.Errorf("%d calls, want %d", service.Requests(), misses)
		}
	}
}

// When the service is down, what is kept is used for longer, and says so; what is not kept is an error (K9, E18).
func TestStaleWhileTheServiceIsDown(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	kept := shortLived(t, s)
	for _, query := range []string{"{ users(ids: [1, 2]) { name } }", "{ products { name } }"} {
		fresh := kept(query)
		s.service.Do(faulty.Behaviour{Status: 503})
		answer := kept(query)
		if data := strings.TrimSuffix(fresh, "}"); !strings.HasPrefix(answer, data) || !strings.Contains(answer, `"extensions":{"gateway":{"degraded":[{"connector":"`) || !strings.Contains(answer, `"kind":"stale"`) {
			t.Errorf("fresh %s\nthen %s", fresh, answer)
		}
		if s.service.Faults() == 0 {
			t.Error("the service was not asked")
		}
		s.well()
	}
	s.service.Do(faulty.Behaviour{Status: 503})
	answer := kept("{ users(ids: [1, 9]) { name } }")
	if !strings.Contains(answer, `"path":["users",1]`) || strings.Contains(answer, `"path":["users",0]`) {
		t.Errorf("one is kept and one is not: %s", answer)
	}
}

// shortLived returns what asks a gateway whose rules keep things for a second only, and waits for longer before it asks again.
func shortLived(t *testing.T, s *shopOf) func(query string) string {
	t.Helper()
	kept := store.New(store.Options{MaxBytes: 1 << 20})
	t.Cleanup(kept.Close)
	o := Options{Logger: slog.New(slog.DiscardHandler)}
	o.Upstreams.Store = kept
	text := strings.ReplaceAll(strings.ReplaceAll(users, "ADDRESS", s.service.URL()), "maxAge: 60,", "maxAge: 1,")
	gen, err := Build([]*ast.Source{{Name: "gateway.graphql", Input: text}}, o, nil)
	if err != nil {
		t.Fatal(err)
	}
	gw := New(gen)
	t.Cleanup(gw.Close)
	first := true
	return func(query string) string {
		if !first {
			time.Sleep(1100 * time.Millisecond)
		}
		first = false
		return bodyOf(t, ask(gw, postRequest(fmt.Sprintf(`{"query":%q}`, query))))
	}
}
