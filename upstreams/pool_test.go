package upstreams_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"manifold/internal/breaker"
	"manifold/internal/fault"
	"manifold/internal/faulty"
	"manifold/schema"
	"manifold/upstreams"
)

// several are services that are instances of one source.
func several(t *testing.T, n int) (all []*faulty.Service) {
	t.Helper()
	for i := range n {
		all = append(all, faulty.Serve(t, fmt.Sprint(i)))
	}
	return all
}

// sourceOf is a source whose URL names nobody, with instances.
func sourceOf(all []*faulty.Service, change func(*schema.Source)) *schema.Source {
	s := &schema.Source{Name: "api", BaseURL: "http://api.test"}
	for _, i := range all {
		s.Instances.List = append(s.Instances.List, schema.Instance{Address: i.Address()})
	}
	if change != nil {
		change(s)
	}
	return s
}

func openSource(t *testing.T, s *schema.Source, o upstreams.Options) *upstreams.Set {
	t.Helper()
	set, err := upstreams.Open([]*schema.Source{s}, o, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(set.Close)
	return set
}

// number makes each call another one, so that none is made for several.
var number atomic.Int64

// once makes a call and returns who answered and with what status, or the code of the fault.
func once(set *upstreams.Set, headers ...upstreams.Header) (instance, outcome string) {
	r, err := set.Caller(0).Call(context.Background(), &upstreams.Call{Method: "GET", URL: fmt.Appendf(nil, "http://api.test/x?n=%d", number.Add(1)), Idempotent: true, Headers: headers})
	if f, ok := errors.AsType[*fault.Error](err); ok {
		return "", string(f.Code)
	}
	defer r.Release()
	return strings.Join(r.Header("X-Instance"), ","), fmt.Sprint(r.Status)
}

func TestInstancesShareTheCalls(t *testing.T) {
	t.Parallel()
	all := several(t, 3)
	set := openSource(t, sourceOf(all, nil), upstreams.Options{})
	got := map[string]int{}
	for range 300 {
		who, outcome := once(set)
		if outcome != "200" {
			t.Fatal(outcome)
		}
		got[who]++
	}
	for _, n := range got {
		if n < 60 || len(got) != 3 {
			t.Errorf("the instances got %v of 300 calls", got)
		}
	}
}

func TestCallsOfOneHeaderGoToOneInstance(t *testing.T) {
	t.Parallel()
	set := openSource(t, sourceOf(several(t, 3), func(s *schema.Source) {
		s.Instances.By, s.Instances.Header = schema.ByHeader, "X-Tenant"
	}), upstreams.Options{})
	for tenant := range 20 {
		first := ""
		for range 5 {
			who, _ := once(set, upstreams.Header{Name: "x-tenant", Value: fmt.Sprint("t", tenant)})
			if first == "" {
				first = who
			}
			if who != first {
				t.Fatalf("tenant %d went to %s and to %s", tenant, first, who)
			}
		}
	}
}

// One of three instances fails all of its calls. With retries nobody sees it, and after five it gets no more.
func TestABadInstanceIsEjected(t *testing.T) {
	t.Parallel()
	all := several(t, 3)
	all[1].Do(faulty.Behaviour{Status: 503})
	set := openSource(t, sourceOf(all, func(s *schema.Source) { s.Resilience.Retry = &schema.Retry{Attempts: 2} }), upstreams.Options{})
	for n := range 200 {
		if who, outcome := once(set); outcome != "200" {
			t.Fatalf("call %d: %s by %s", n, outcome, who)
		}
	}
	if all[1].Faults() != 5 {
		t.Errorf("the bad instance got %d calls, want 5", all[1].Faults())
	}
	st := set.Status()[0]
	if !strings.Contains(fmt.Sprintf("%+v", st.Instances), "EjectedFor:1") || st.Breaker.State != breaker.Closed {
		t.Errorf("%+v", st)
	}
}

// E17: one of three instances is killed under load. At most one client sees it, and it is out within a second.
func TestKillOneOfThree(t *testing.T) {
	t.Parallel()
	all := several(t, 3)
	set := openSource(t, sourceOf(all, func(s *schema.Source) { s.Resilience.Retry = &schema.Retry{Attempts: 2} }), upstreams.Options{})
	const rate, seconds = 300, 4
	attempts := func() (sum int64) {
		for _, s := range all {
			sum += s.Requests()
		}
		return sum
	}
	killed := time.AfterFunc(time.Second, all[2].Kill)
	defer killed.Stop()
	var out atomic.Int64 // when it was ejected
	var watching sync.WaitGroup
	begin := time.Now()
	watching.Go(func() {
		for time.Since(begin) < seconds*time.Second {
			for _, i := range set.Status()[0].Instances {
				if i.Address == all[2].Address() && i.EjectedFor > 0 && out.Load() == 0 {
					out.Store(int64(time.Since(begin)))
				}
			}
			time.Sleep(10 * time.Millisecond)
		}
	})
	tally := faulty.Load{Rate: rate, For: seconds * time.Second, Send: func(int) string {
		if _, outcome := once(set); outcome != "200" {
			return outcome
		}
		return ""
	}}.Run()
	watching.Wait()
	if tally.Failed() > 1 {
		t.Errorf("%s", tally)
	}
	if at := time.Duration(out.Load()); at == 0 || at > 2*time.Second {
		t.Errorf("it was ejected after %v; it was killed after 1s", at)
	}
	if n := attempts(); float64(n) > 1.02*float64(tally.Sent) {
		t.Errorf("%d attempts for %d calls", n, tally.Sent)
	}
	all[2].Revive()
}

// E18: all instances are down, then up again. While the breaker is open answers come at once, and nobody is called but to try.
func TestAllDownAndUpAgain(t *testing.T) {
	t.Parallel()
	all := several(t, 2)
	set := openSource(t, sourceOf(all, func(s *schema.Source) { s.Resilience.Breaker.OpenFor = time.Second }), upstreams.Options{})
	down := func(b faulty.Behaviour) {
		for _, s := range all {
			s.Do(b)
		}
	}
	calls := func() int64 { return all[0].Requests() + all[1].Requests() }
	down(faulty.Behaviour{Status: 500})
	for set.Status()[0].Breaker.State != breaker.Open {
		once(set)
	}
	before := calls()
	if before > 20 {
		t.Errorf("%d calls before it opened", before)
	}
	tally := faulty.Load{Rate: 500, For: 4 * time.Second, Send: func(int) string { _, outcome := once(set); return outcome }}.Run()
	// It is open for 1s, then for 2s, each a fifth shorter at least: three times in four seconds at most.
	if n := calls() - before; n > 3*3 || n == 0 {
		t.Errorf("%d calls while it was open, want at most 3 each time that it was tried", n)
	}
	if n := tally.Failures["CIRCUIT_OPEN"]; n < tally.Sent-9 {
		t.Error(tally)
	}
	down(faulty.Behaviour{})
	back := time.Now()
	for {
		if _, outcome := once(set); outcome == "200" && set.Status()[0].Breaker.State == breaker.Closed {
			break
		}
		if time.Since(back) > 7*time.Second {
			t.Fatalf("%+v", set.Status()[0].Breaker)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// One hung upstream takes its own calls with it, and no more of them at once than it may have.
func TestAHungUpstreamHurtsNobodyElse(t *testing.T) {
	t.Parallel()
	hung, well := faulty.Serve(t, "hung"), faulty.Serve(t, "well")
	hung.Do(faulty.Behaviour{Fault: faulty.Hang})
	set, err := upstreams.Open([]*schema.Source{
		{Name: "hung", BaseURL: hung.URL(), Resilience: schema.Resilience{Timeout: 300 * time.Millisecond, MaxConcurrent: 8, Breaker: schema.Breaker{Off: true}}},
		{Name: "well", BaseURL: well.URL()},
	}, upstreams.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer set.Close()
	most := atomic.Int64{}
	tally := faulty.Load{Rate: 400, For: 2 * time.Second, Send: func(n int) string {
		i, url := n%2, hung.URL()
		if i == 1 {
			url = well.URL()
		}
		r, err := set.Caller(i).Call(context.Background(), get(url))
		for _, st := range set.Status() {
			if st.Name == "hung" {
				most.Store(max(most.Load(), int64(st.Running)))
			}
		}
		if err != nil {
			f, _ := errors.AsType[*fault.Error](err)
			return f.Upstream + " " + string(f.Code)
		}
		r.Release()
		return ""
	}}.Run()
	if tally.Good != tally.Sent/2 || most.Load() > 8 {
		t.Errorf("%s; %d calls at once to the hung one", tally, most.Load())
	}
	for failure := range tally.Failures {
		if failure != "hung UPSTREAM_TIMEOUT" && failure != "hung UPSTREAM_OVERLOADED" {
			t.Errorf("%s", failure)
		}
	}
}

// A reload for another reason keeps what is known of an upstream; a source that is called otherwise begins anew (C6).
func TestStateOutlivesAReload(t *testing.T) {
	t.Parallel()
	s := faulty.Serve(t, "a")
	s.Do(faulty.Behaviour{Status: 500})
	src := func() *schema.Source {
		return &schema.Source{Name: "api", BaseURL: s.URL(), Resilience: schema.Resilience{Retry: &schema.Retry{Attempts: 2, On: []string{"500"}}}}
	}
	first, err := upstreams.Open([]*schema.Source{src()}, upstreams.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	call := func(set *upstreams.Set) {
		if r, err := set.Caller(0).Call(context.Background(), &upstreams.Call{Method: "GET", URL: []byte(s.URL()), Idempotent: true}); err == nil {
			r.Release()
		}
	}
	for first.Status()[0].Breaker.State != breaker.Open {
		call(first)
	}
	budget := first.Status()[0].Retries
	second, err := upstreams.Open([]*schema.Source{src()}, upstreams.Options{}, first)
	if err != nil {
		t.Fatal(err)
	}
	first.Close()
	if st := second.Status()[0]; st.Breaker.State != breaker.Open || st.Retries != budget || budget == 100 {
		t.Errorf("after a reload the breaker is %s, the budget %g; before %g", st.Breaker.State, st.Retries, budget)
	}
	other := src()
	other.Resilience.Timeout = time.Second
	third, err := upstreams.Open([]*schema.Source{other}, upstreams.Options{}, second)
	if err != nil {
		t.Fatal(err)
	}
	second.Close()
	defer third.Close()
	if st := third.Status()[0]; st.Breaker.State != breaker.Closed || st.Retries != 100 {
		t.Errorf("another source begins with %+v", st)
	}
}

// A slow instance is not waited for: the call is made at another one, and its answer taken.
func TestHedging(t *testing.T) {
	t.Parallel()
	all := several(t, 2)
	all[0].Do(faulty.Behaviour{Delay: 400 * time.Millisecond})
	set := openSource(t, sourceOf(all, func(s *schema.Source) { s.Resilience.Hedge = 30 * time.Millisecond }), upstreams.Options{})
	slow := 0
	for range 20 {
		start := time.Now()
		who, outcome := once(set)
		if outcome != "200" {
			t.Fatal(outcome)
		}
		if who == "0" || time.Since(start) > 300*time.Millisecond {
			slow++
		}
	}
	if slow > 4 { // ten second calls may be made before others pay for more
		t.Errorf("%d of 20 calls waited for the slow instance", slow)
	}
	if all[0].Requests() == 0 {
		t.Error("the slow instance was never asked")
	}
	// One of twenty calls may be a second one.
	before := all[0].Requests() + all[1].Requests()
	all[1].Do(faulty.Behaviour{Delay: 60 * time.Millisecond})
	all[0].Do(faulty.Behaviour{Delay: 60 * time.Millisecond})
	var running sync.WaitGroup
	for range 200 {
		running.Go(func() { once(set) })
	}
	running.Wait()
	if n := all[0].Requests() + all[1].Requests() - before; n > 200+10+10 {
		t.Errorf("%d calls were made of 200", n)
	}
}

// An instance that its health check finds sick gets no calls, and gets some again when it is well.
func TestHealthChecks(t *testing.T) {
	t.Parallel()
	all := several(t, 3)
	sick := func(status int) {
		all[0].DoFunc(func(r *http.Request) faulty.Behaviour {
			if r.URL.Path == "/healthz" {
				return faulty.Behaviour{Status: status}
			}
			return faulty.Behaviour{}
		})
	}
	sick(503)
	set := openSource(t, sourceOf(all, func(s *schema.Source) {
		s.Instances.Health = schema.Health{Active: true, Path: "/healthz", Every: 20 * time.Millisecond, Timeout: 500 * time.Millisecond}
	}), upstreams.Options{})
	state := func() bool { return set.Status()[0].Instances[0].Sick }
	eventually(t, "the sick instance is out", state)
	for range 100 {
		if who, outcome := once(set); who == "0" || outcome != "200" {
			t.Fatalf("%s by %s", outcome, who)
		}
	}
	sick(204)
	eventually(t, "the instance is back", func() bool { return !state() })
	eventually(t, "it is called", func() bool { who, _ := once(set); return who == "0" })
}

// names answers for a name server.
type names struct {
	mu    sync.Mutex
	hosts map[string][]string
	srv   []*net.SRV
	err   error
}

func (n *names) LookupHost(_ context.Context, host string) ([]string, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.hosts[host], n.err
}

func (n *names) LookupSRV(context.Context, string, string, string) (string, []*net.SRV, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return "", n.srv, n.err
}

func (n *names) set(err error, host string, addresses ...string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.err, n.hosts = err, map[string][]string{host: addresses}
}

// Addresses come from a name server, are asked for again, and stay when it is down (U21).
func TestDiscovery(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(l.Addr().String())
	l.Close()
	dns := &names{}
	dns.set(errors.New("the name server does not answer"), "")
	src := &schema.Source{Name: "api", BaseURL: "http://api.test", Instances: schema.Instances{DNS: "users.test:" + port, Every: 10 * time.Millisecond}}
	set := openSource(t, src, upstreams.Options{Resolver: dns, Timeout: 300 * time.Millisecond})
	if _, outcome := once(set); outcome != "UPSTREAM_UNAVAILABLE" {
		t.Fatalf("without any address: %s", outcome)
	}
	list := func(want ...string) func() bool {
		return func() bool {
			var have []string
			for _, i := range set.Status()[0].Instances {
				host, p, _ := net.SplitHostPort(i.Address)
				if p != port {
					t.Errorf("port %s", p)
				}
				have = append(have, host)
			}
			return fmt.Sprint(have) == fmt.Sprint(want)
		}
	}
	dns.set(nil, "users.test", "127.0.0.2", "127.0.0.1")
	eventually(t, "both addresses are known", list("127.0.0.1", "127.0.0.2"))
	dns.set(nil, "users.test", "127.0.0.3")
	eventually(t, "the new address is known", list("127.0.0.3"))
	eventually(t, "what was kept for the old ones is given up", func() bool { return fmt.Sprint(upstreams.Hosts(set)) == fmt.Sprintf("[127.0.0.3:%s]", port) })
	dns.set(errors.New("SERVFAIL"), "")
	eventually(t, "the addresses are stale", func() bool { return strings.Contains(set.Status()[0].Stale, "SERVFAIL") })
	if !list("127.0.0.3")() {
		t.Error("the last good address is gone")
	}
	dns.set(nil, "users.test")
	time.Sleep(30 * time.Millisecond)
	if !list("127.0.0.3")() {
		t.Error("a name without addresses takes the last good one away")
	}
	if set.Close(); len(upstreams.Hosts(set)) > 0 {
		t.Errorf("after the end, connections to %v are kept", upstreams.Hosts(set))
	}
}

func TestDiscoveryBySRV(t *testing.T) {
	t.Parallel()
	all := several(t, 3)
	port := func(i int) uint16 {
		_, p, _ := net.SplitHostPort(all[i].Address())
		var n uint16
		fmt.Sscan(p, &n)
		return n
	}
	dns := &names{srv: []*net.SRV{
		{Target: "spare.test.", Port: port(2), Priority: 20, Weight: 1},
		{Target: "a.test.", Port: port(0), Priority: 10, Weight: 3},
		{Target: "a.test.", Port: port(1), Priority: 10, Weight: 1},
	}, hosts: map[string][]string{"a.test": {"127.0.0.1"}, "spare.test": {"127.0.0.1"}}}
	set := openSource(t, &schema.Source{Name: "api", BaseURL: "http://api.test", Instances: schema.Instances{SRV: "_http._tcp.api.test"}}, upstreams.Options{Resolver: dns})
	got := map[string]int{}
	for range 400 {
		who, _ := once(set)
		got[who]++
	}
	if got["0"] < 240 || got["1"] < 60 || got["2"] != 0 {
		t.Errorf("%v of 400 calls, want 3 to 1, and none for the one of lower priority", got)
	}
}

// What a name resolves to may not be where clouds keep the credentials of machines (S2).
func TestAddressesOfNoService(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"169.254.169.254:80", "[fe80::1]:80", "[::ffff:169.254.169.254]:80", "0.0.0.0:80", "224.0.0.1:80", "[ff02::1]:80", "255.255.255.255:80"} {
		set := openSource(t, &schema.Source{Name: "api", BaseURL: "http://api.test", Instances: schema.Instances{List: []schema.Instance{{Address: address}}}}, upstreams.Options{})
		_, err := set.Caller(0).Call(t.Context(), &upstreams.Call{Method: "GET", URL: []byte("http://api.test/")})
		if f, ok := errors.AsType[*fault.Error](err); !ok || f.Code != fault.UpstreamUnavailable || !strings.Contains(err.Error(), "not an address of a service") {
			t.Errorf("%s: %v", address, err)
		}
	}
}

func TestRateLimitOfASource(t *testing.T) {
	t.Parallel()
	all := several(t, 1)
	set := openSource(t, sourceOf(all, func(s *schema.Source) {
		s.Resilience.RateLimit = &schema.RateLimit{Rate: 20, Per: time.Second, Burst: 5}
	}), upstreams.Options{})
	var good, refused atomic.Int64
	var running sync.WaitGroup
	for range 50 {
		running.Go(func() {
			switch _, outcome := once(set); outcome {
			case "200":
				good.Add(1)
			case "UPSTREAM_RATE_LIMITED":
				refused.Add(1)
			default:
				t.Error(outcome)
			}
		})
	}
	running.Wait()
	if n := good.Load(); n < 5 || n > 9 || n+refused.Load() != 50 || all[0].Requests() != n {
		t.Errorf("%d good, %d refused, %d arrived; the burst is 5, and one may wait its turn", n, refused.Load(), all[0].Requests())
	}
	if st := set.Status()[0].Breaker; st.State != breaker.Closed {
		t.Error("refusals of our own opened the breaker")
	}
}
