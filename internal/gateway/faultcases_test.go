package gateway

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/vektah/gqlparser/v2/ast"

	"manifold/internal/auth"
	"manifold/internal/faulty"
	"manifold/internal/store"
	"manifold/upstreams"
)

// faultCase is a row of the tables of faults (RELIABILITY B.U, K and S) that takes more than one answer: what is served, what services do,
// and what clients ask, step after step. Every step says what comes of it: the data, the code and the path of the one error, the calls that
// the services got, and by how much which metrics changed.
type faultCase struct {
	id       string
	sdl      string                               // ADDRESS, ADDRESS2, ... stand for the services
	services int                                  // 0 is 1
	setup    func(*Options, *faultWorld)          // nil: the options are the usual ones
	does     func(*http.Request) faulty.Behaviour // of all services
	secrets  []string                             // no answer may hold them; nor the address of a service
	refused  string                               // instead of steps: why the schema is not served
	steps    []faultStep
}

// faultStep is something that happens, and a request.
type faultStep struct {
	act     func(*faultWorld) // nil: nothing happens
	passes  time.Duration     // by the clock of what is kept
	query   string            // "": nobody asks
	header  map[string]string // of the request
	get     bool
	data    string // JSON
	code    string // of the error; "": there is none
	path    string // its path, as JSON
	stale   bool   // the answer says that something in it is
	caching string // Cache-Control of the answer
	calls   int64
	metrics map[string]float64 // by how much they change
}

// faultWorld is what a case runs in.
type faultWorld struct {
	t        *testing.T
	gw       *Gateway
	metrics  *Metrics
	services []*faulty.Service
	now      atomic.Int64
	names    nameServer
}

// run runs a case.
func (c *faultCase) run(t *testing.T) {
	t.Parallel()
	w := &faultWorld{t: t, metrics: NewMetrics()}
	w.now.Store(time.Now().UnixNano())
	text := c.sdl
	for i := range max(c.services, 1) {
		s := faulty.Serve(t, strconv.Itoa(i))
		if c.does != nil {
			s.DoFunc(c.does)
		}
		w.services = append(w.services, s)
		name := "ADDRESS"
		if i > 0 {
			name += strconv.Itoa(i + 1)
		}
		text = strings.ReplaceAll(text, `"`+name+`"`, `"`+s.URL()+`"`)
	}
	kept := store.New(store.Options{MaxBytes: 1 << 22, Now: func() time.Time { return time.Unix(0, w.now.Load()) }, Count: w.metrics.Kept})
	t.Cleanup(kept.Close)
	o := Options{Logger: slog.New(slog.DiscardHandler), Coalesced: w.metrics.Coalesced}
	o.Identify = func(r *http.Request, _ []string) (*auth.Identity, error) {
		if who := r.Header.Get("X-User"); who != "" {
			return &auth.Identity{Subject: who, Claims: fmt.Appendf(nil, `{"sub":%q}`, who)}, nil
		}
		return nil, nil
	}
	o.Upstreams.Meter, o.Upstreams.Store, o.Upstreams.Timeout = w.metrics.Upstreams(), kept, 5*time.Second
	if c.setup != nil {
		c.setup(&o, w)
	}
	gen, err := Build([]*ast.Source{{Name: "gateway.graphql", Input: text}}, o, nil)
	if c.refused != "" {
		if err == nil || !strings.Contains(err.Error(), c.refused) {
			t.Errorf("the schema: %v, want %s", err, c.refused)
		}
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	w.metrics.watchUpstreams(func() *upstreams.Set { return gen.set })
	w.gw = New(gen)
	t.Cleanup(w.gw.Close)
	for n := range c.steps {
		s := &c.steps[n]
		before, calls := w.counted(t), w.calls()
		w.now.Add(int64(s.passes))
		if s.act != nil {
			s.act(w)
		}
		what := fmt.Sprintf("step %d, %.80s %v", n+1, s.query, s.header)
		if s.query != "" {
			s.check(t, what, w, c.secrets)
		}
		for name, by := range s.metrics {
			eventuallyEqual(t, what+": "+name, by, func() float64 { return w.counted(t)[name] - before[name] })
		}
		if got := w.calls() - calls; got != s.calls {
			t.Errorf("%s: the services got %d calls, want %d", what, got, s.calls)
		}
	}
}

// check asks, and looks at the answer.
func (s *faultStep) check(t *testing.T, what string, w *faultWorld, secrets []string) {
	t.Helper()
	res := w.send(s.query, s.header, s.get)
	text := bodyOf(t, res)
	var answer struct {
		Data   any
		Errors []struct {
			Path       json.RawMessage
			Extensions struct{ Code string }
		}
		Extensions json.RawMessage
	}
	var want any
	if err := json.Unmarshal([]byte(text), &answer); err != nil {
		t.Fatalf("%s: %v: %s", what, err, text)
	}
	if s.data != "" {
		if err := json.Unmarshal([]byte(s.data), &want); err != nil {
			t.Fatalf("%s: the data that is wanted: %v", what, err)
		}
	}
	if !reflect.DeepEqual(answer.Data, want) {
		t.Errorf("%s: %.500s\nwant the data %.300s", what, text, s.data)
	}
	switch {
	case s.code == "" && len(answer.Errors) > 0:
		t.Errorf("%s: an error: %.500s", what, text)
	case s.code != "" && (len(answer.Errors) != 1 || answer.Errors[0].Extensions.Code != s.code || string(answer.Errors[0].Path) != s.path):
		t.Errorf("%s: %.500s\nwant one error, %s at %s", what, text, s.code, s.path)
	}
	if stale := strings.Contains(string(answer.Extensions), `"kind":"stale"`); stale != s.stale {
		t.Errorf("%s: says that it is stale: %t, want %t: %s", what, stale, s.stale, text)
	}
	if got := res.Header.Get("Cache-Control"); (s.get || s.caching != "") && got != s.caching {
		t.Errorf("%s: Cache-Control %q, want %q", what, got, s.caching)
	}
	for _, service := range w.services {
		secrets = append(secrets, service.Address())
	}
	for _, secret := range append(secrets, "context canceled", "context deadline") {
		if strings.Contains(text, secret) || strings.Contains(fmt.Sprint(res.Header), secret) {
			t.Errorf("%s: the answer tells %q: %v %.500s", what, secret, res.Header, text)
		}
	}
}

// send sends a request.
func (w *faultWorld) send(query string, header map[string]string, get bool) *http.Response {
	r := postRequest(fmt.Sprintf(`{"query":%s}`, strconvJSON(query)))
	if get {
		r = getRequest(query)
	}
	for name, value := range header {
		if r.Header.Set(name, value); name == "Host" {
			r.Host = value
		}
	}
	return ask(w.gw, r)
}

// strconvJSON is a text as JSON.
func strconvJSON(s string) string {
	text, _ := json.Marshal(s)
	return string(text)
}

// calls are those that all services got.
func (w *faultWorld) calls() (sum int64) {
	for _, s := range w.services {
		sum += s.Requests()
	}
	return sum
}

// counted are the metrics by name and labels.
func (w *faultWorld) counted(t *testing.T) map[string]float64 {
	t.Helper()
	out := map[string]float64{}
	text := bodyOf(t, ask(Admin(w.gw, nil, w.metrics), httptest.NewRequest(http.MethodGet, "/metrics", http.NoBody)))
	for line := range strings.Lines(text) {
		if name, value, ok := strings.Cut(strings.TrimSpace(line), " "); ok && !strings.HasPrefix(name, "#") {
			if at := strings.LastIndexByte(line, ' '); at > 0 {
				name, value = line[:at], strings.TrimSpace(line[at:])
			}
			out[name], _ = strconv.ParseFloat(value, 64)
		}
	}
	return out
}

// eventuallyEqual waits for a number: what happens in the background takes a moment.
func eventuallyEqual(t *testing.T, what string, want float64, got func() float64) {
	t.Helper()
	for end := time.Now().Add(5 * time.Second); got() != want; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Errorf("%s changes by %v, want %v", what, got(), want)
			return
		}
	}
}

// called is the metric of calls of the source api.
func called(outcome string) string {
	return fmt.Sprintf(`manifold_upstream_calls_total{outcome=%q,upstream="api"}`, outcome)
}

// recalled is the metric of what is kept of the source api.
func recalled(result string) string {
	return fmt.Sprintf(`manifold_cache_total{result=%q,upstream="api"}`, result)
}
