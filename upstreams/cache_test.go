package upstreams

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"manifold/internal/fault"
	"manifold/internal/store"
)

// origins answers calls as a test says, and counts them.
type origins struct {
	n    atomic.Int32
	does func(n int, c *Call) (*Reply, error)
}

func (o *origins) Call(_ context.Context, c *Call) (*Reply, error) { return o.does(int(o.n.Add(1)), c) }

// says is an upstream whose n-th reply has n in its body, and some headers.
func says(headers ...string) *origins {
	return &origins{does: func(n int, _ *Call) (*Reply, error) {
		h := http.Header{"Content-Type": {"application/json"}}
		for i := 0; i < len(headers); i += 2 {
			h.Add(headers[i], headers[i+1])
		}
		return NewReply(200, h, []byte(fmt.Sprint(n))), nil
	}}
}

// cachedBy puts a cache before an upstream, with a clock that only the test moves.
func cachedBy(t *testing.T, o *origins) (Caller, *tally) {
	t.Helper()
	s := store.New(store.Options{MaxBytes: 1 << 20})
	t.Cleanup(s.Close)
	g := &tally{}
	return caching(source{name: "api"}, s, time.Second, g)(o), g
}

// asked makes a call and keeps its reply, as the engine does with a good one.
func asked(t *testing.T, c Caller, call *Call) string {
	t.Helper()
	r, err := c.Call(t.Context(), call)
	if f, ok := errors.AsType[*fault.Error](err); ok {
		return string(f.Code)
	}
	if r.Status == 200 {
		r.Keep()
	}
	defer r.Release()
	body := string(r.Body)
	if r.Stale {
		body += " stale"
	}
	return body
}

func getting(rule *CacheRule, headers ...Header) *Call {
	return &Call{Method: "GET", URL: []byte("http://api/x"), Idempotent: true, Cache: rule, Headers: headers}
}

// K6: what a reply says of itself decides, for a cache that many clients share.
func TestCacheObeysReplies(t *testing.T) {
	t.Parallel()
	anna := Header{Name: "Authorization", Value: "Bearer anna"}
	rule := &CacheRule{MaxAge: time.Minute}
	open := &CacheRule{MaxAge: time.Minute, Public: true}
	for name, c := range map[string]struct {
		reply []string
		call  *Call
		kept  bool
	}{
		"says nothing":                       {nil, getting(nil), false},
		"max-age":                            {[]string{"Cache-Control", "max-age=60"}, getting(nil), true},
		"s-maxage":                           {[]string{"Cache-Control", "s-maxage=60"}, getting(nil), true},
		"private":                            {[]string{"Cache-Control", "private, max-age=60"}, getting(nil), false},
		"no-store":                           {[]string{"Cache-Control", "no-store, max-age=60"}, getting(nil), false},
		"no-cache":                           {[]string{"Cache-Control", "no-cache, max-age=60"}, getting(nil), false},
		"max-age=0":                          {[]string{"Cache-Control", "max-age=0"}, getting(nil), false},
		"too old":                            {[]string{"Cache-Control", "max-age=60", "Age", "61"}, getting(nil), false},
		"a cookie":                           {[]string{"Cache-Control", "max-age=60", "Set-Cookie", "a=b"}, getting(nil), false},
		"Vary: *":                            {[]string{"Cache-Control", "max-age=60", "Vary", "*"}, getting(nil), false},
		"Vary":                               {[]string{"Cache-Control", "max-age=60", "Vary", "Authorization"}, getting(nil), true},
		"credentials":                        {[]string{"Cache-Control", "max-age=60"}, getting(nil, anna), false},
		"credentials, public":                {[]string{"Cache-Control", "public, max-age=60"}, getting(nil, anna), true},
		"a rule":                             {nil, getting(rule), true},
		"a rule, credentials":                {nil, getting(rule, anna), true},
		"a rule, private":                    {[]string{"Cache-Control", "private"}, getting(rule, anna), true},
		"a rule, no-store":                   {[]string{"Cache-Control", "no-store"}, getting(rule), false},
		"a rule for all":                     {nil, getting(open, anna), true},
		"a rule for all, private":            {[]string{"Cache-Control", "private"}, getting(open, anna), false},
		"a rule for all, by credentials":     {[]string{"Vary", "Accept, Authorization"}, getting(open, anna), false},
		"a POST":                             {[]string{"Cache-Control", "max-age=60"}, &Call{Method: "POST", URL: []byte("http://api/x"), Idempotent: true}, false},
		"a POST with a rule":                 {nil, &Call{Method: "POST", URL: []byte("http://api/x"), Idempotent: true, Cache: rule}, true},
		"a change":                           {[]string{"Cache-Control", "max-age=60"}, &Call{Method: "GET", URL: []byte("http://api/x")}, false},
		"a reply that gives clients headers": {[]string{"Cache-Control", "max-age=60"}, &Call{Method: "GET", URL: []byte("http://api/x"), Idempotent: true, Alone: true}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cache, _ := cachedBy(t, says(c.reply...))
			first, second := asked(t, cache, c.call), asked(t, cache, c.call)
			if first != "1" || (second == "1") != c.kept {
				t.Errorf("answers %s and %s, want it kept: %t", first, second, c.kept)
			}
		})
	}
}

// K1, K2: calls that differ in anything have replies of their own; credentials do not count only where a rule says so.
func TestCacheTellsCallsApart(t *testing.T) {
	t.Parallel()
	rule, open := &CacheRule{MaxAge: time.Minute}, &CacheRule{MaxAge: time.Minute, Public: true}
	cache, _ := cachedBy(t, says())
	var calls []*Call
	for _, headers := range [][]Header{
		nil,
		{{"X", ""}},
		{{"X", "a"}},
		{{"x", "a"}},
		{{"X", "b"}},
		{{"X", "a"}, {"Y", "b"}},
		{{"X", "aY"}, {"", "b"}},
		{{"XaY", "b"}},
		{{"Authorization", "a"}},
		{{"Authorization", "b"}},
		{{"Cookie", "a"}},
	} {
		calls = append(calls, getting(rule, headers...))
	}
	for _, url := range []string{"http://api/", "http://api/x?id=1", "http://api/x?id=1.0", "http://api/x?id=%221%22", "http://api/x?id=", "http://api/x?", "http://api/X"} {
		calls = append(calls, &Call{Method: "GET", URL: []byte(url), Idempotent: true, Cache: rule})
	}
	for _, body := range [][]byte{nil, {}, []byte("null"), []byte("\u00e9"), []byte("e\u0301")} {
		calls = append(calls, &Call{Method: "POST", URL: []byte("http://api/x"), Idempotent: true, Cache: rule, Body: body})
	}
	for i, c := range calls {
		if got := asked(t, cache, c); got != fmt.Sprint(i+1) {
			t.Errorf("call %d got the reply of call %s", i+1, got)
		}
	}
	for i, c := range calls {
		if got := asked(t, cache, c); got != fmt.Sprint(i+1) {
			t.Errorf("call %d, the second time, got the reply of call %s", i+1, got)
		}
	}
	anna, bert := getting(open, Header{"Authorization", "anna"}, Header{"X", "a"}), getting(open, Header{"Authorization", "bert"}, Header{"X", "a"})
	if a, b, c := asked(t, cache, anna), asked(t, cache, bert), asked(t, cache, getting(open, Header{"X", "b"})); a != b || a == c {
		t.Errorf("for all: %s, %s, another header %s", a, b, c)
	}
}

// K1: two users ask for the same at the same time, ten thousand times. Neither ever gets what is the other's.
func TestNobodyGetsWhatIsSomebodyElses(t *testing.T) {
	t.Parallel()
	echo := &origins{does: func(_ int, c *Call) (*Reply, error) {
		return NewReply(200, http.Header{"Content-Type": {"application/json"}}, []byte(c.Headers[0].Value)), nil
	}}
	s := store.New(store.Options{MaxBytes: 1 << 20})
	defer s.Close()
	chain := coalescing(s, nil)(caching(source{name: "api"}, s, time.Second, nil)(echo))
	const rounds = 10_000
	var all sync.WaitGroup
	for _, who := range []string{"anna", "bert"} {
		for range 2 {
			all.Go(func() {
				rule := &CacheRule{MaxAge: time.Millisecond}
				for n := range rounds / 2 {
					c := &Call{Method: "GET", URL: fmt.Appendf(nil, "http://api/me?%d", n/4), Idempotent: true, Cache: rule, Headers: []Header{{"Authorization", who}}}
					r, err := chain.Call(t.Context(), c)
					if err != nil || string(r.Body) != who {
						t.Errorf("%s got %s, %v", who, r.Body, err)
						return
					}
					r.Keep()
					r.Release()
				}
			})
		}
	}
	all.Wait()
}

// K9: a stale reply is used while it is asked for again, once, and when that fails; beyond both windows it is not.
func TestStaleReplies(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		down := false
		up := says()
		fine := up.does
		up.does = func(n int, c *Call) (*Reply, error) {
			time.Sleep(10 * time.Millisecond)
			if down {
				return NewReply(503, nil, nil), nil
			}
			return fine(n, c)
		}
		s := store.New(store.Options{MaxBytes: 1 << 20})
		defer s.Close()
		g := &tally{}
		cache := caching(source{name: "api"}, s, time.Second, g)(up)
		c := getting(&CacheRule{MaxAge: 10 * time.Second, StaleWhileRevalidate: 5 * time.Second, StaleIfError: time.Minute})
		want := func(when, want string) {
			t.Helper()
			if got := asked(t, cache, c); got != want {
				t.Errorf("%s: %s, want %s", when, got, want)
			}
		}
		want("new", "1")
		time.Sleep(11 * time.Second)
		for range 5 {
			want("stale, the first who ask", "1 stale")
		}
		time.Sleep(time.Second)
		want("asked for again", "2")
		time.Sleep(16 * time.Second)
		want("too old to be used while it is asked for again", "3")
		down = true
		time.Sleep(30 * time.Second)
		want("the upstream is down", "3 stale")
		time.Sleep(41 * time.Second)
		r, err := cache.Call(t.Context(), c)
		if err != nil || r.Status != 503 {
			t.Errorf("too old for everything: %v, %v", r, err)
		}
		synctest.Wait()
	})
}

// A stale reply with a validator is asked about, and used again if nothing has changed (RFC 9111, 4.3).
func TestStaleRepliesAreConfirmed(t *testing.T) {
	t.Parallel()
	version := "1"
	var conditions []string
	up := &origins{does: func(_ int, c *Call) (*Reply, error) {
		h := http.Header{"Etag": {`"` + version + `"`}, "Cache-Control": {"max-age=0"}, "Content-Type": {"application/json"}}
		condition := ""
		for _, x := range c.Headers {
			condition += x.Name + " " + x.Value
		}
		conditions = append(conditions, condition)
		if condition == `If-None-Match "`+version+`"` {
			return NewReply(304, h, nil), nil
		}
		return NewReply(200, h, []byte(version)), nil
	}}
	cache, _ := cachedBy(t, up)
	c := getting(nil)
	for _, want := range []string{"1", "1", "1"} {
		if got := asked(t, cache, c); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	version = "2"
	if got := asked(t, cache, c); got != "2" {
		t.Errorf("%s, want the new version", got)
	}
	want := fmt.Sprint([]string{"", `If-None-Match "1"`, `If-None-Match "1"`, `If-None-Match "1"`})
	if fmt.Sprint(conditions) != want {
		t.Errorf("asked %q, want %s", conditions, want)
	}
}

// K7: what has an error is not kept, whoever finds it.
func TestOnlyGoodRepliesAreKept(t *testing.T) {
	t.Parallel()
	cache, g := cachedBy(t, says("Cache-Control", "max-age=60"))
	for n := range 3 {
		r, err := cache.Call(t.Context(), getting(nil))
		if err != nil || string(r.Body) != fmt.Sprint(n+1) {
			t.Errorf("%s, %v", r.Body, err)
		}
		r.Release() // nobody said that it was good
	}
	if len(g.kept) != 0 {
		t.Errorf("counted %v", g.kept)
	}
}

func BenchmarkCacheHit(b *testing.B) {
	s := store.New(store.Options{MaxBytes: 1 << 20})
	defer s.Close()
	c := coalescing(s, nil)(caching(source{name: "api"}, s, time.Second, nil)(says()))
	call := getting(&CacheRule{MaxAge: time.Hour}, Header{"Authorization", "Bearer anna"})
	b.ReportAllocs()
	for b.Loop() {
		r, _ := c.Call(b.Context(), call)
		r.Keep()
		r.Release()
	}
}

// Tokens that say who asks are made anew all the time: what is kept for somebody is found by the next one too, and by nobody else's.
func TestTheNextTokenFindsTheReply(t *testing.T) {
	t.Parallel()
	for _, header := range []string{"X-Who", "Authorization"} {
		k := &cache{source: source{name: "api", identity: header}}
		key := func(token, told, tenant string, rule *CacheRule) string {
			return k.key(&Call{
				Method: "GET", URL: []byte("http://api.test/"), told: []byte(told), Cache: rule,
				Headers: []Header{{strings.ToLower(header), token}, {"X-Tenant", tenant}},
			})
		}
		anna := key("token-1", "anna", "a", nil)
		if key("token-2", "anna", "a", nil) != anna {
			t.Errorf("%s: the next token of the same user does not find it", header)
		}
		everybody := key("token-1", "anna", "a", &CacheRule{Public: true})
		if key("token-3", "bert", "a", &CacheRule{Public: true}) != everybody {
			t.Errorf("%s: what is the same for everybody is kept for each", header)
		}
		for name, other := range map[string]string{
			"another user": key("token-1", "bert", "a", nil), "nobody": key("token-1", "", "a", nil),
			"another header": key("token-1", "anna", "b", nil), "everybody": everybody,
		} {
			if other == anna {
				t.Errorf("%s: %s finds what is kept for anna", header, name)
			}
		}
	}
}

// Without a Redis a change makes its own URL invalid. With one, of which every gateway reads all tags again and again, there are few of them.
func TestPlacesOfURLs(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		redis *store.RedisOptions
		most  int
	}{"in memory": {nil, 20_000}, "in a Redis that is down": {&store.RedisOptions{URL: "redis://127.0.0.1:1"}, places}} {
		s := store.New(store.Options{MaxBytes: 1 << 20, Redis: c.redis})
		defer s.Close()
		k := &cache{source: source{name: "api", writes: true}, store: s}
		seen := map[string]bool{}
		for n := range 20_000 {
			seen[k.place(&Call{URL: fmt.Appendf(nil, "http://api.test/%d", n)})] = true
		}
		if len(seen) > c.most || len(seen) < c.most*9/10 {
			t.Errorf("%s: 20000 URLs have %d places, want %d", name, len(seen), c.most)
		}
	}
}
