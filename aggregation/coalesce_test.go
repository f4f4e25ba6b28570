package aggregation_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"manifold/aggregation"
	"manifold/internal/auth"
	"manifold/internal/plan"
	"manifold/upstreams"
)

// whoAsks is an operation that asks a service who the client is, by the client's Authorization.
func whoAsks(t *testing.T, call callerFunc) (aggregation.Options, *plan.Operation) {
	t.Helper()
	op := compile(t, `type Query { who(n: Int): String @connect(source: "api", http: { GET: "/who", headers: [{ name: "Authorization", from: "authorization" }] }) }`,
		`query($n: Int) { who(n: $n) }`)
	return aggregation.Options{Callers: []upstreams.Caller{call}}, op
}

type callerFunc func(ctx context.Context, c *upstreams.Call) (*upstreams.Reply, error)

func (f callerFunc) Call(ctx context.Context, c *upstreams.Call) (*upstreams.Reply, error) {
	return f(ctx, c)
}

// asks is a request of one user.
func asks(user string) aggregation.Input {
	return aggregation.Input{Header: http.Header{"Authorization": {user}}, Variables: [][]byte{nil}}
}

func said(c *upstreams.Call) *upstreams.Reply {
	who := ""
	for _, h := range c.Headers {
		who += h.Value
	}
	return &upstreams.Reply{Status: 200, ContentType: "application/json", Body: []byte(strconv.Quote(who))}
}

func TestEqualRequestsRunOnce(t *testing.T) {
	t.Parallel()
	ann, bob := &auth.Identity{Subject: "ann"}, &auth.Identity{Subject: "bob"}
	one := [][]byte{[]byte("1")}
	for name, c := range map[string]struct {
		inputs []aggregation.Input
		calls  int32
	}{
		"the same":              {[]aggregation.Input{asks("a"), asks("a"), asks("a"), asks("a")}, 1},
		"headers that differ":   {[]aggregation.Input{asks("a"), asks("b"), asks("a"), asks("")}, 3},
		"no header, or empty":   {[]aggregation.Input{{Header: http.Header{}, Variables: one}, {Header: http.Header{"Authorization": {""}}, Variables: one}}, 2},
		"one header, or two":    {[]aggregation.Input{{Header: http.Header{"Authorization": {"ab"}}, Variables: one}, {Header: http.Header{"Authorization": {"a", "b"}}, Variables: one}}, 2},
		"a header nobody reads": {[]aggregation.Input{{Header: http.Header{"X": {"1"}}, Variables: one}, {Header: http.Header{"X": {"2"}}, Variables: one}}, 1},
		"who asks":              {[]aggregation.Input{{Identity: ann, Variables: one}, {Identity: bob, Variables: one}, {Variables: one}, {Identity: ann, Variables: one}}, 3},
		"variables":             {[]aggregation.Input{{Variables: one}, {Variables: [][]byte{[]byte("2")}}, {Variables: [][]byte{nil}}, {Variables: [][]byte{[]byte("null")}}}, 4},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var calls, shared atomic.Int32
				o, op := whoAsks(t, func(_ context.Context, c *upstreams.Call) (*upstreams.Reply, error) {
					calls.Add(1)
					time.Sleep(time.Second)
					return said(c), nil
				})
				o.Coalesced = func() { shared.Add(1) }
				e, g := aggregation.New(o), aggregation.NewCoalescer(op)
				var all sync.WaitGroup
				for _, in := range c.inputs {
					all.Go(func() {
						r := e.RunTogether(t.Context(), op, in, g)
						want := ""
						for _, v := range in.Header["Authorization"] {
							want += v
						}
						if have := string(r.Data); have != fmt.Sprintf(`{"who":%q}`, want) {
							t.Errorf("%v gets %s", in.Header, have)
						}
						r.Release()
					})
				}
				all.Wait()
				if calls.Load() != c.calls || int(shared.Load()) != len(c.inputs)-int(c.calls) {
					t.Errorf("%d calls and %d shared, want %d calls", calls.Load(), shared.Load(), c.calls)
				}
				if aggregation.Running(g) != 0 {
					t.Errorf("%d runs are left", aggregation.Running(g))
				}
			})
		})
	}
}

// Whose client goes first does not matter to the others; without clients the run ends.
func TestARunOutlivesItsFirstClient(t *testing.T) {
	t.Parallel()
	for name, gone := range map[string][]bool{"the first": {true, false}, "the second": {false, true}, "both": {true, true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var calls atomic.Int32
				var ended atomic.Bool // the first call; a client that has gone makes one that ends at once
				o, op := whoAsks(t, func(ctx context.Context, c *upstreams.Call) (*upstreams.Reply, error) {
					first := calls.Add(1) == 1
					select {
					case <-ctx.Done():
						if first {
							ended.Store(true)
						}
						return nil, ctx.Err()
					case <-time.After(time.Second):
						return said(c), nil
					}
				})
				e, g := aggregation.New(o), aggregation.NewCoalescer(op)
				var all sync.WaitGroup
				for _, goes := range gone {
					ctx, cancel := context.WithCancel(t.Context())
					defer cancel()
					all.Go(func() {
						r := e.RunTogether(ctx, op, asks("a"), g)
						if have := string(r.Data); !goes && have != `{"who":"a"}` {
							t.Errorf("a client that waited gets %s %v", have, r.Errors)
						}
						r.Release()
					})
					synctest.Wait() // the run has begun
					if goes {
						time.AfterFunc(100*time.Millisecond, cancel)
					}
				}
				all.Wait()
				if ended.Load() != (gone[0] && gone[1]) {
					t.Errorf("the call was ended: %v", ended.Load())
				}
			})
		})
	}
}

// The deadline of one is not the failure of another: who has more time runs anew.
func TestADeadlineIsNotShared(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var calls atomic.Int32
		o, op := whoAsks(t, func(ctx context.Context, c *upstreams.Call) (*upstreams.Reply, error) {
			calls.Add(1)
			select {
			case <-ctx.Done():
				return nil, ctx.Err()
			case <-time.After(time.Second):
				return said(c), nil
			}
		})
		e, g := aggregation.New(o), aggregation.NewCoalescer(op)
		var all sync.WaitGroup
		for i, patience := range []time.Duration{500 * time.Millisecond, 3 * time.Second, 3 * time.Second, 600 * time.Millisecond} {
			all.Go(func() {
				ctx, cancel := context.WithTimeout(t.Context(), patience)
				defer cancel()
				r := e.RunTogether(ctx, op, asks("a"), g)
				defer r.Release()
				if have, good := string(r.Data), patience > time.Second; (have == `{"who":"a"}`) != good {
					t.Errorf("request %d, which waits %v, gets %s %v", i, patience, have, r.Errors)
				}
			})
			synctest.Wait()
		}
		all.Wait()
		if n := calls.Load(); n != 3 { // the first run, the second, and the last request's, which ends at once
			t.Errorf("%d calls", n)
		}
		if aggregation.Running(g) != 0 {
			t.Errorf("%d runs are left", aggregation.Running(g))
		}
	})
}

// A panic ends the run of the request that it happens to, and of no other: the next one runs.
func TestAPanicIsNotShared(t *testing.T) {
	t.Parallel()
	var calls atomic.Int32
	o, op := whoAsks(t, func(_ context.Context, c *upstreams.Call) (*upstreams.Reply, error) {
		if calls.Add(1) == 1 {
			panic("a caller")
		}
		return said(c), nil
	})
	e, g := aggregation.New(o), aggregation.NewCoalescer(op)
	first := e.RunTogether(t.Context(), op, asks("a"), g)
	if len(first.Errors) != 1 || string(first.Data) != `{"who":null}` {
		t.Errorf("a call that panics: %s %v", first.Data, first.Errors)
	}
	first.Release()
	r := e.RunTogether(t.Context(), op, asks("a"), g)
	defer r.Release()
	if string(r.Data) != `{"who":"a"}` || aggregation.Running(g) != 0 {
		t.Errorf("%s, %d runs are left", r.Data, aggregation.Running(g))
	}
}

// Only queries that call what may be called once for all are run together.
func TestWhatRunsTogether(t *testing.T) {
	t.Parallel()
	for connector, want := range map[string]bool{
		`@connect(source: "api", http: { GET: "/" })`:                                                        true,
		`@connect(source: "api", http: { POST: "/" })`:                                                       false,
		`@connect(selection: "$('x')")`:                                                                      true,
		`@connect(source: "api", http: { GET: "/", respond: [{ name: "Set-Cookie", from: "Set-Cookie" }] })`: false,
		`@connect(source: "api", http: { GET: "/", headers: [{ name: "X", value: "{$request.headers.\"x-one\"->first} {$request.headers.b->first}" }] })`: true,
	} {
		op := compile(t, `type Query { a: String `+connector+` }`, `{ a }`)
		if op.Together != want {
			t.Errorf("%s: together is %v", connector, op.Together)
		}
		if reads := strings.Contains(connector, "$request"); reads != slices.Equal(op.Varies, []string{"B", "X-One"}) {
			t.Errorf("%s: it varies by %q", connector, op.Varies)
		}
	}
}

// TestTwoUsersNeverMeet asks for two users at once, 10 000 times (RELIABILITY K1), each with several requests that may share.
func TestTwoUsersNeverMeet(t *testing.T) {
	t.Parallel()
	var calls atomic.Int64
	o, op := whoAsks(t, func(_ context.Context, c *upstreams.Call) (*upstreams.Reply, error) {
		if calls.Add(1)%8 == 0 {
			time.Sleep(20 * time.Microsecond)
		}
		return said(c), nil
	})
	var shared atomic.Int64
	o.Coalesced = func() { shared.Add(1) }
	e, g := aggregation.New(o), aggregation.NewCoalescer(op)
	const rounds = 10_000
	var all sync.WaitGroup
	for i := range 6 {
		user := []string{"a", "b"}[i%2]
		all.Go(func() {
			for range rounds {
				r := e.RunTogether(t.Context(), op, asks(user), g)
				if string(r.Data) != `{"who":"`+user+`"}` {
					t.Errorf("%s gets %s", user, r.Data)
				}
				r.Release()
			}
		})
	}
	all.Wait()
	if calls.Load()+shared.Load() != 6*rounds || shared.Load() == 0 {
		t.Errorf("%d calls and %d shared of %d", calls.Load(), shared.Load(), 6*rounds)
	}
}
