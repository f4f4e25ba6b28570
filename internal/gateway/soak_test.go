package gateway

import (
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/vektah/gqlparser/v2/ast"

	"manifold/internal/faulty"
	"manifold/schema"
)

// The figures of the reliability plan, at their load: `make soak` (MANIFOLD_SOAK=1) runs them, in four minutes on a quiet machine. What
// they check without figures is checked in every run, by upstreams/pool_test.go. Requests go through the whole gateway, in this process;
// calls go over real connections.

// soaked is a gateway before services that fail as a test says.
type soaked struct {
	*Gateway

	t        *testing.T
	services map[string][]*faulty.Service
	metrics  *Metrics
}

// soak opens a gateway with a field for each source, of so many instances.
func soak(t *testing.T, resilience string, instances map[string]int) *soaked {
	t.Helper()
	if os.Getenv("MANIFOLD_SOAK") == "" {
		t.Skip("figures need a quiet machine and minutes: make soak")
	}
	s := &soaked{t: t, services: map[string][]*faulty.Service{}, metrics: NewMetrics()}
	var sources, fields strings.Builder
	o := Options{Logger: slog.New(slog.DiscardHandler), Overlays: map[string]schema.Overlay{}}
	for name, n := range instances {
		var list []schema.Instance
		for i := range n {
			service := faulty.Serve(t, fmt.Sprint(name, i))
			service.Do(faulty.Behaviour{Body: "1", Delay: time.Millisecond})
			s.services[name] = append(s.services[name], service)
			list = append(list, schema.Instance{Address: service.Address()})
		}
		o.Overlays[name] = schema.Overlay{Instances: schema.Instances{List: list}}
		fmt.Fprintf(&sources, "@source(name: %q, http: { baseURL: \"http://%s.test\" }, resilience: { %s })\n", name, name, resilience)
		fmt.Fprintf(&fields, "%s(n: Int): Int @connect(source: %q, http: { GET: \"/{$args.n}\" })\n", name, name)
	}
	o.Upstreams.Meter = s.metrics.Upstreams()
	gen, err := Build([]*ast.Source{{Name: "gateway.graphql", Input: "extend schema\n" + sources.String() + "type Query {\n" + fields.String() + "}"}}, o, nil)
	if err != nil {
		t.Fatal(err)
	}
	s.Gateway = New(gen)
	t.Cleanup(s.Close)
	return s
}

// send asks for a field, and returns what went wrong.
func (s *soaked) send(field string, n int) string {
	answer := bodyOf(s.t, ask(s, postRequest(fmt.Sprintf(`{"query":"{ %s(n: %d) }"}`, field, n))))
	if strings.Contains(answer, `"data":{"`+field+`":1}`) {
		return ""
	}
	_, code, _ := strings.Cut(answer, `"code":"`)
	code, _, _ = strings.Cut(code, `"`)
	return code
}

func (s *soaked) requests(name string) (n int64) {
	for _, service := range s.services[name] {
		n += service.Requests()
	}
	return n
}

// E17: one of three instances is killed at 1 000 requests a second.
func TestSoakKillOneOfThree(t *testing.T) {
	s := soak(t, `retry: { attempts: 2 }`, map[string]int{"a": 3})
	begin := time.Now()
	var killed, out atomic.Int64
	time.AfterFunc(20*time.Second, func() { killed.Store(int64(time.Since(begin))); s.services["a"][1].Kill() })
	stop := make(chan struct{})
	var watching sync.WaitGroup
	watching.Go(func() {
		for {
			select {
			case <-stop:
				return
			case <-time.After(5 * time.Millisecond):
			}
			for _, i := range s.Live().set.Status()[0].Instances {
				if i.EjectedFor > 0 && out.Load() == 0 {
					out.Store(int64(time.Since(begin)))
				}
			}
		}
	})
	tally := faulty.Load{Rate: 1000, For: time.Minute, Send: func(n int) string { return s.send("a", n) }}.Run()
	close(stop)
	watching.Wait()
	after := time.Duration(out.Load() - killed.Load())
	t.Logf("%s; ejected after %v; %d attempts", tally, after, s.requests("a"))
	if tally.Failed() > 1 || out.Load() == 0 || after > time.Second || float64(s.requests("a")) > 1.02*float64(tally.Sent) {
		t.Errorf("at most 1 error of 60 000, ejected within 1s, at most 1.02 attempts")
	}
}

// E18: all instances are down for half a minute.
func TestSoakAllDown(t *testing.T) {
	s := soak(t, ``, map[string]int{"a": 2})
	do := func(b faulty.Behaviour) {
		for _, service := range s.services["a"] {
			service.Do(b)
		}
	}
	do(faulty.Behaviour{Body: "1"})
	time.AfterFunc(5*time.Second, func() { do(faulty.Behaviour{Status: 503}) })
	var atOpen atomic.Int64
	time.AfterFunc(5500*time.Millisecond, func() { atOpen.Store(s.requests("a")) })
	var atUp atomic.Int64
	time.AfterFunc(35*time.Second, func() { atUp.Store(s.requests("a")); do(faulty.Behaviour{Body: "1"}) })
	var mu sync.Mutex
	var refused []time.Duration // how long the gateway took to say no: how late the load was is not its fault
	tally := faulty.Load{Rate: 1000, For: 65 * time.Second, Send: func(n int) string {
		start := time.Now()
		failure := s.send("a", n)
		if took := time.Since(start); failure == "CIRCUIT_OPEN" {
			mu.Lock()
			defer mu.Unlock()
			refused = append(refused, took)
		}
		return failure
	}}.Run()
	slices.Sort(refused)
	p99 := refused[len(refused)*99/100]
	probes, back := atUp.Load()-atOpen.Load(), tally.LastFailure()
	t.Logf("%s; p99 while open %v; %d probes; last failure at %v", tally, p99, probes, back)
	// Open for 5, 10, 20 s, a fifth more or less: four times at most within 29 s, and three probes each.
	if p99 > 5*time.Millisecond || probes > 4*3 || back > 35*time.Second+24*time.Second+6*time.Second {
		t.Errorf("p99 under 5ms, at most 3 probes each time it was open, and back when its time is over")
	}
}

// E19: a service that is down every other two seconds.
func TestSoakFlapping(t *testing.T) {
	s := soak(t, `retry: { attempts: 3 }`, map[string]int{"a": 3})
	begin := time.Now()
	flapping := s.services["a"][0]
	stop := make(chan struct{})
	var flaps sync.WaitGroup
	flaps.Go(func() {
		for down := true; ; down = !down {
			select {
			case <-stop:
				return
			case <-time.After(2 * time.Second):
			}
			if down {
				flapping.Do(faulty.Behaviour{Fault: faulty.ResetHead})
			} else {
				flapping.Do(faulty.Behaviour{Body: "1"})
			}
		}
	})
	tally := faulty.Load{Rate: 500, For: 40 * time.Second, Send: func(n int) string { return s.send("a", n) }}.Run()
	close(stop)
	flaps.Wait()
	t.Logf("%s in %v; %d faults", tally, time.Since(begin), flapping.Faults())
	if float64(tally.Good) < 0.995*float64(tally.Sent) || flapping.Faults() == 0 {
		t.Errorf("at least 99.5 %% good")
	}
}

// E21: one of five services hangs at 500 requests a second. Well and hung take turns, so that both see the same machine.
func TestSoakOneHangs(t *testing.T) {
	s := soak(t, ``, map[string]int{"a": 1, "b": 1, "c": 1, "d": 1, "e": 1})
	names := []string{"a", "b", "c", "d", "e"}
	var most atomic.Int64
	var mu sync.Mutex
	took := map[bool][]time.Duration{}
	failed := map[string]int{}
	for turn := range 8 {
		hung := turn%2 == 1
		if s.services["e"][0].Do(faulty.Behaviour{Body: "1", Delay: time.Millisecond}); hung {
			s.services["e"][0].Do(faulty.Behaviour{Fault: faulty.Hang})
		}
		faulty.Load{Rate: 500, For: 8 * time.Second, Send: func(n int) string {
			name := names[n%len(names)]
			start := time.Now()
			failure := s.send(name, n)
			mu.Lock()
			defer mu.Unlock()
			if name == "e" {
				for _, st := range s.Live().set.Status() {
					if st.Name == "e" {
						most.Store(max(most.Load(), int64(st.Running)))
					}
				}
				return failure
			}
			took[hung] = append(took[hung], time.Since(start))
			if failure != "" {
				failed[name+" "+failure]++
			}
			return failure
		}}.Run()
	}
	p99 := func(hung bool) time.Duration {
		slices.Sort(took[hung])
		return took[hung][len(took[hung])*99/100]
	}
	t.Logf("p99 of the others %v beside a hung one, %v beside a good one; failed: %v; at most %d calls of the hung one", p99(true), p99(false), failed, most.Load())
	if len(failed) > 0 || float64(p99(true)) > 1.1*float64(p99(false)) || most.Load() > 256 {
		t.Errorf("none of the others fails, their p99 grows by less than a tenth")
	}
}
