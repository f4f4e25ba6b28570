package gateway

import (
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/vektah/gqlparser/v2/ast"

	"manifold/aggregation"
	"manifold/internal/faulty"
)

// slowShop is a gateway before a service that is quick and one that is not.
func slowShop(t *testing.T, limit time.Duration, more func(*Options)) (gw *Gateway, quick, slow *faulty.Service) {
	t.Helper()
	quick, slow = faulty.Serve(t, "quick"), faulty.Serve(t, "slow")
	quick.Do(faulty.Behaviour{Body: "1"})
	slow.Do(faulty.Behaviour{Body: "2", Delay: 2 * time.Second})
	o := Options{Logger: slog.New(slog.DiscardHandler), Calls: aggregation.Limits{Time: limit}}
	if more != nil {
		more(&o)
	}
	gen, err := Build([]*ast.Source{{Name: "gateway.graphql", Input: `
extend schema @source(name: "quick", http: { baseURL: "` + quick.URL() + `" }) @source(name: "slow", http: { baseURL: "` + slow.URL() + `" })
type Query { quick: Int @connect(source: "quick", http: { GET: "/q" }) slow: Int @connect(source: "slow", http: { GET: "/s" }) }
type Mutation {
  quick(n: Int): Int @connect(source: "quick", http: { POST: "/q/{$args.n}" })
  slow: Int @connect(source: "slow", http: { POST: "/s" })
  must: Int! @connect(source: "quick", http: { POST: "/must" })
}`}}, o, nil)
	if err != nil {
		t.Fatal(err)
	}
	gw = New(gen)
	t.Cleanup(gw.Close)
	return gw, quick, slow
}

// What is ready when the time of a request is over is in the answer, and the rest says why it is not (RELIABILITY C.2, C.3).
func TestDeadlineOfARequest(t *testing.T) {
	t.Parallel()
	gw, _, slow := slowShop(t, 150*time.Millisecond, nil)
	start := time.Now()
	answer := bodyOf(t, ask(gw, postRequest(`{"query":"{ quick slow }"}`)))
	if took := time.Since(start); took > time.Second {
		t.Errorf("it took %v", took)
	}
	if want := `"path":["slow"],"extensions":{"code":"DEADLINE_EXCEEDED","upstream":"slow"}}],"data":{"quick":1,"slow":null}}`; !strings.HasSuffix(answer, want) {
		t.Errorf("%s\nwant %s", answer, want)
	}
	if slow.Requests() != 1 {
		t.Errorf("the slow service got %d calls", slow.Requests())
	}
}

// A client has less time than the gateway allows, never more; with hardly any nothing is begun.
func TestClientsShortenTheirTime(t *testing.T) {
	t.Parallel()
	gw, quick, slow := slowShop(t, 10*time.Second, nil)
	for _, c := range []struct{ header, value string }{{"X-Request-Timeout-Ms", "100"}, {"X-Envoy-Expected-Rq-Timeout-Ms", "100"}, {"Grpc-Timeout", "100m"}} {
		r := postRequest(`{"query":"{ quick slow }"}`)
		r.Header.Set(c.header, c.value)
		start := time.Now()
		if answer := bodyOf(t, ask(gw, r)); !strings.Contains(answer, "DEADLINE_EXCEEDED") || !strings.Contains(answer, `"quick":1`) || time.Since(start) > time.Second {
			t.Errorf("%s: %s after %v: %s", c.header, c.value, time.Since(start), answer)
		}
	}
	before := quick.Requests() + slow.Requests()
	r := postRequest(`{"query":"{ quick }"}`)
	r.Header.Set("X-Request-Timeout-Ms", "5")
	if answer := bodyOf(t, ask(gw, r)); !strings.Contains(answer, "DEADLINE_EXCEEDED") || quick.Requests()+slow.Requests() != before {
		t.Errorf("with 5 ms a call was begun: %s", answer)
	}
}

// Who asks for the same with less time takes nothing from who has more (K3).
func TestLittleTimeIsNotShared(t *testing.T) {
	t.Parallel()
	gw, _, slow := slowShop(t, 10*time.Second, nil)
	slow.Do(faulty.Behaviour{Body: "2", Delay: 600 * time.Millisecond})
	hasty := make(chan string)
	go func() {
		r := postRequest(`{"query":"{ slow }"}`)
		r.Header.Set("X-Request-Timeout-Ms", "300")
		hasty <- bodyOf(t, ask(gw, r))
	}()
	for slow.Requests() == 0 {
		time.Sleep(time.Millisecond)
	}
	if answer := bodyOf(t, ask(gw, postRequest(`{"query":"{ slow }"}`))); answer != `{"data":{"slow":2}}` {
		t.Errorf("who has 10 s got %s", answer)
	}
	if answer := <-hasty; !strings.Contains(answer, "DEADLINE_EXCEEDED") {
		t.Errorf("who has 300 ms got %s", answer)
	}
}

// Services are told how much time is left, always less than the request has (E33).
func TestServicesAreToldTheTime(t *testing.T) {
	t.Parallel()
	gw, quick, _ := slowShop(t, 10*time.Second, nil)
	var left atomic.Int64
	quick.DoFunc(func(r *http.Request) faulty.Behaviour {
		n, _ := strconv.Atoi(r.Header.Get("X-Envoy-Expected-Rq-Timeout-Ms"))
		left.Store(int64(n))
		return faulty.Behaviour{Body: "1"}
	})
	for ms := 20; ms <= 5000; ms += 83 {
		left.Store(-1)
		r := postRequest(`{"query":"{ quick }"}`)
		r.Header.Set("X-Request-Timeout-Ms", strconv.Itoa(ms))
		answer := bodyOf(t, ask(gw, r))
		if got := int(left.Load()); got >= min(ms, 3001) || got == 0 || got < 0 && !strings.Contains(answer, "DEADLINE_EXCEEDED") {
			t.Fatalf("of %d ms the service is told %d: %s", ms, got, answer)
		}
	}
}

// The fields of a mutation after one that ran out of time, or whose service is not called, are not run, and say so (C.2).
func TestLaterFieldsAreNotExecuted(t *testing.T) {
	t.Parallel()
	gw, quick, _ := slowShop(t, 200*time.Millisecond, nil)
	answer := bodyOf(t, ask(gw, postRequest(`{"query":"mutation { a: quick(n: 1) slow b: quick(n: 2) __typename c: quick(n: 3) }"}`)))
	for _, want := range []string{
		`"path":["slow"],"extensions":{"code":"DEADLINE_EXCEEDED"`, `"path":["b"],"extensions":{"code":"NOT_EXECUTED"`,
		`"path":["c"],"extensions":{"code":"NOT_EXECUTED"`, `"data":{"a":1,"slow":null,"b":null,"__typename":"Mutation","c":null}`,
	} {
		if !strings.Contains(answer, want) {
			t.Errorf("%s\nlacks %s", answer, want)
		}
	}
	if quick.Requests() != 1 {
		t.Errorf("%d calls", quick.Requests())
	}
	refused := ask(gw, postRequest(`{"query":"mutation { slow must }"}`))
	if refused.StatusCode != http.StatusGatewayTimeout {
		t.Errorf("without any data the status is %d", refused.StatusCode)
	}
	if answer := bodyOf(t, refused); !strings.Contains(answer, `"path":["must"],"extensions":{"code":"NOT_EXECUTED"`) || !strings.HasSuffix(answer, `"data":null}`) {
		t.Errorf("one that may not be null: %s", answer)
	}
	// Other failures stop nothing.
	quick.Do(faulty.Behaviour{Status: 500})
	if answer := bodyOf(t, ask(gw, postRequest(`{"query":"mutation { a: quick(n: 1) b: quick(n: 2) }"}`))); strings.Contains(answer, "NOT_EXECUTED") {
		t.Error(answer)
	}
}

func TestAfterAnOpenBreakerNothingIsExecuted(t *testing.T) {
	t.Parallel()
	gw, quick, slow := slowShop(t, 10*time.Second, nil)
	slow.Do(faulty.Behaviour{Status: 500})
	for range 20 {
		ask(gw, postRequest(`{"query":"mutation { slow }"}`))
	}
	before := quick.Requests()
	answer := bodyOf(t, ask(gw, postRequest(`{"query":"mutation { slow quick }"}`)))
	if !strings.Contains(answer, `"path":["slow"],"extensions":{"code":"CIRCUIT_OPEN","upstream":"slow"}`) || !strings.Contains(answer, `"path":["quick"],"extensions":{"code":"NOT_EXECUTED"}`) || quick.Requests() != before {
		t.Errorf("%s; %d calls", answer, quick.Requests()-before)
	}
}
