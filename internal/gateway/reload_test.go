package gateway

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
	"weak"

	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/vektah/gqlparser/v2/ast"

	"manifold/schema"
)

// versionSDL is a schema whose answers name their version twice: by a constant, and by the path that the upstream is asked
// for.
func versionSDL(version, upstream string) string {
	return fmt.Sprintf(`extend schema @source(name: "api", http: { baseURL: %q })
type Query {
  constant: String @connect(selection: "$('%s')")
  asked: String @connect(source: "api", http: { GET: "/%s" }, selection: "$.path")
}
`, upstream, version, version)
}

// echo answers every call with its path.
func echo(t testing.TB) string {
	t.Helper()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = fmt.Fprintf(w, `{"path":%q}`, strings.TrimPrefix(r.URL.Path, "/"))
	}))
	t.Cleanup(srv.Close)
	return srv.URL
}

// desk is a gateway whose inputs lie in memory.
type desk struct {
	*Reloader

	mu    sync.Mutex
	now   *Inputs
	reads int
}

func inputsOf(text string) *Inputs {
	return &Inputs{
		Files:   []*ast.Source{{Name: "gateway.graphql", Input: text}},
		Texts:   []Text{{Name: "gateway.graphql", Body: text}},
		Options: Options{Dev: true, Logger: slog.New(slog.DiscardHandler)},
		Fixed:   []Fixed{{"listen", ":8080"}},
	}
}

func newDesk(t testing.TB, text string, log io.Writer) *desk {
	t.Helper()
	d := &desk{now: inputsOf(text)}
	d.now.Options.Revision = d.now.Revision()
	gen, err := Build(d.now.Files, d.now.Options, nil)
	if err != nil {
		t.Fatal(err)
	}
	gw := New(gen)
	t.Cleanup(gw.Close)
	d.Reloader = NewReloader(gw, d.now, d.get, nil, slog.New(slog.NewTextHandler(log, nil)))
	d.exists = func(string) bool { return false }
	return d
}

func (d *desk) get() *Inputs {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.reads++
	return d.now
}

func (d *desk) put(in *Inputs) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.now = in
}

// counts are the reload counters: applied, unchanged, rejected.
func (d *desk) counts() (out [3]int) {
	for i, r := range []Result{Applied, Unchanged, Rejected} {
		out[i] = int(testutil.ToFloat64(d.metrics.reloads[r]))
	}
	return out
}

func TestReloadResults(t *testing.T) {
	t.Parallel()
	first := versionSDL("a", "http://api.test")
	fixed := inputsOf(versionSDL("b", "http://api.test"))
	fixed.Fixed = []Fixed{{"listen", ":8081"}}
	moved := inputsOf(versionSDL("b", "http://api.test"))
	moved.Texts[0].Name = "other.graphql"
	unreadable := inputsOf("")
	unreadable.Texts, unreadable.Err = nil, schema.Problems{{File: "gateway.graphql", Message: "there is no file"}}
	tests := []struct {
		name    string
		in      *Inputs
		by      Trigger
		want    Result
		log     string
		restart bool
	}{
		{"new text", inputsOf(versionSDL("b", "http://api.test")), ByWatch, Applied, "configuration reloaded", false},
		{"same text", inputsOf(first), ByAdmin, Unchanged, "configuration is unchanged", false},
		{"problems", inputsOf(strings.Replace(first, "api\", http: { GET", "apo\", http: { GET", 1)), ByWatch, Rejected, "gateway.graphql:4:34: Query.asked", false},
		{"empty", inputsOf(""), ByAdmin, Rejected, "looks cut off", false},
		{"blank", inputsOf("\n"), ByAdmin, Rejected, "gateway.graphql", false},
		{"cut off in a type", inputsOf(first[:len(first)-10]), BySignal, Rejected, "looks cut off", false},
		{"cut off after a type", inputsOf(strings.TrimSpace(first)), BySignal, Rejected, "looks cut off", false},
		{"not readable", unreadable, ByWatch, Rejected, "there is no file", false},
		{"vanished", moved, ByWatch, Rejected, "the file has vanished", false},
		{"removed on purpose", moved, BySignal, Applied, "configuration reloaded", false},
		{"restart", fixed, ByWatch, Applied, "a change needs a restart", true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var log strings.Builder
			d := newDesk(t, first, &log)
			before := d.gateway.Live()
			d.put(test.in)
			got := d.Reload(t.Context(), test.by)
			if got.Result != test.want || (len(got.Restart) > 0) != test.restart || (got.Problems != nil) != (test.want == Rejected) {
				t.Errorf("%+v", got)
			}
			swapped := d.gateway.Live() != before
			if swapped != (test.want == Applied) || got.Generation != d.gateway.Live().Number() || swapped && got.Generation != 2 {
				t.Errorf("generation %d, swapped %v", got.Generation, swapped)
			}
			if !strings.Contains(log.String(), test.log) {
				t.Errorf("no %q in\n%s", test.log, log.String())
			}
			if last := d.Last(); last.Result != test.want || testutil.ToFloat64(d.metrics.generation) != float64(got.Generation) {
				t.Errorf("last %+v", last)
			}
		})
	}
}

func TestBuildThatPanics(t *testing.T) {
	t.Parallel()
	d := newDesk(t, versionSDL("a", "http://api.test"), io.Discard)
	d.build = func([]*ast.Source, Options, *Generation) (*Generation, error) { panic("boom") }
	d.put(inputsOf(versionSDL("b", "http://api.test")))
	if got := d.Reload(t.Context(), ByAdmin); got.Result != Rejected || got.Generation != 1 {
		t.Errorf("%+v", got)
	}
}

func TestReadingThatPanics(t *testing.T) {
	t.Parallel()
	d := newDesk(t, versionSDL("a", "http://api.test"), io.Discard)
	d.read = guarded(func() *Inputs { panic("boom") }, slog.New(slog.DiscardHandler))
	if got := d.Reload(t.Context(), ByAdmin); got.Result != Rejected || got.Generation != 1 {
		t.Errorf("%+v", got)
	}
}

// A build without end is given up after its time; what it makes in the end is closed and never served.
func TestBuildWithoutEnd(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, versionSDL("a", "http://api.test"), io.Discard)
		d.build = func(f []*ast.Source, o Options, g *Generation) (*Generation, error) {
			time.Sleep(time.Minute)
			return Build(f, o, g)
		}
		d.put(inputsOf(versionSDL("b", "http://api.test")))
		start := time.Now()
		got := d.Reload(t.Context(), ByAdmin)
		if got.Result != Rejected || time.Since(start) != buildTimeout {
			t.Errorf("%+v after %v", got, time.Since(start))
		}
		time.Sleep(time.Hour)
		if n := d.gateway.Live().Number(); n != 1 {
			t.Errorf("generation %d", n)
		}
	})
}

// 200 bad texts, some good ones between: the old one serves, and the counters are exact.
func TestBadReloads(t *testing.T) {
	t.Parallel()
	upstream := echo(t)
	d := newDesk(t, versionSDL("v0", upstream), io.Discard)
	good := "v0"
	for i := range 200 {
		text := versionSDL(fmt.Sprint("bad", i), upstream)
		switch i % 5 {
		case 0:
			text = text[:len(text)/2] + fmt.Sprint(i)
		case 1:
			text = strings.Replace(text, "$.path", "$.path->nope"+fmt.Sprint(i), 1)
		case 2:
			text = strings.Replace(text, upstream, "nowhere"+fmt.Sprint(i), 1)
		case 3:
			text = ""
		case 4:
			text = strings.Repeat("{", 5000+i)
		}
		d.put(inputsOf(text))
		if got := d.Reload(t.Context(), ByAdmin); got.Result != Rejected || len(got.Problems) == 0 {
			t.Fatalf("%d: %+v", i, got)
		}
		checkVersion(t, d.gateway, good)
		if i%10 == 9 {
			good = fmt.Sprint("v", i)
			d.put(inputsOf(versionSDL(good, upstream)))
			if got := d.Reload(t.Context(), ByAdmin); got.Result != Applied {
				t.Fatalf("%d: %+v", i, got)
			}
			checkVersion(t, d.gateway, good)
		}
	}
	if got := d.counts(); got != [3]int{20, 0, 200} {
		t.Errorf("counters %v", got)
	}
}

func checkVersion(t testing.TB, h http.Handler, version string) {
	t.Helper()
	got := bodyOf(t, ask(h, postRequest(`{"query":"{constant asked}"}`)))
	if want := fmt.Sprintf(`{"data":{"constant":%q,"asked":%q}}`, version, version); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// 100 reloads under load: no request fails, and each answer is wholly of the generation that its header names.
func TestReloadsUnderLoad(t *testing.T) {
	t.Parallel()
	upstream := echo(t)
	d := newDesk(t, versionSDL("v1", upstream), io.Discard)
	srv := httptest.NewServer(d.gateway)
	defer srv.Close()

	var asked, failed, versions atomic.Int64
	ctx, stop := context.WithCancel(t.Context())
	var clients sync.WaitGroup
	for range 10 { // 10 clients of 100 requests a second each
		clients.Go(func() {
			tick := time.NewTicker(10 * time.Millisecond)
			defer tick.Stop()
			last := ""
			for {
				select {
				case <-ctx.Done():
					return
				case <-tick.C:
				}
				asked.Add(1)
				resp, err := http.Post(srv.URL+"/graphql", "application/json", strings.NewReader(`{"query":"{constant asked}"}`))
				if err != nil {
					failed.Add(1)
					t.Error(err)
					continue
				}
				body, err := io.ReadAll(resp.Body)
				resp.Body.Close()
				version := "v" + resp.Header.Get("X-Gateway-Config")
				if want := fmt.Sprintf(`{"data":{"constant":%q,"asked":%q}}`, version, version); err != nil || string(body) != want {
					failed.Add(1)
					t.Errorf("got %s, want %s, %v", body, want, err)
				}
				if version != last {
					versions.Add(1)
				}
				last = version
			}
		})
	}
	tick := time.NewTicker(25 * time.Millisecond)
	defer tick.Stop()
	for i := range 100 {
		<-tick.C
		d.put(inputsOf(versionSDL(fmt.Sprint("v", i+2), upstream)))
		if got := d.Reload(t.Context(), ByWatch); got.Result != Applied || got.Generation != i+2 {
			t.Errorf("%+v", got)
		}
	}
	stop()
	clients.Wait()
	t.Logf("%d requests, %d failed, %d changes seen", asked.Load(), failed.Load(), versions.Load())
	if versions.Load() < 100 || d.counts() != [3]int{100, 0, 0} {
		t.Errorf("%d changes of version seen by 10 clients, counters %v", versions.Load(), d.counts())
	}
}

// Replaced generations are freed: after 200 reloads, nothing of them is left, and no goroutine.
func TestReplacedGenerationsAreFreed(t *testing.T) { //nolint:paralleltest // counts goroutines and memory of the process
	upstream := echo(t)
	d := newDesk(t, versionSDL("v0", upstream), io.Discard)
	var old []weak.Pointer[Generation]
	heap := func() uint64 {
		runtime.GC()
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	var after20 uint64
	goroutines := runtime.NumGoroutine()
	for i := range 200 {
		old = append(old, weak.Make(d.gateway.Live()))
		d.put(inputsOf(versionSDL(fmt.Sprint("v", i+1), upstream)))
		if got := d.Reload(t.Context(), ByAdmin); got.Result != Applied {
			t.Fatalf("%+v", got)
		}
		checkVersion(t, d.gateway, fmt.Sprint("v", i+1))
		if i == 20 {
			after20 = heap()
		}
	}
	end := heap()
	left := 0
	for _, p := range old {
		if p.Value() != nil {
			left++
		}
	}
	if left > 1 { // a stack may still hold the last one
		t.Errorf("%d of %d replaced generations are still in memory", left, len(old))
	}
	if end > after20+after20/10+1<<20 {
		t.Errorf("the heap has grown from %d to %d bytes", after20, end)
	}
	if n := runtime.NumGoroutine(); n > goroutines+20 {
		t.Errorf("%d goroutines, %d at the start", n, goroutines)
	}
}

// A generation is closed when its last request has ended, or after the time of grace, and never while it is live.
func TestLifeOfAGeneration(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var closed atomic.Int32
		closeIt := func() { closed.Add(1) }
		var quick, slow life
		quick.begin()
		slow.begin()
		if !quick.take() || !slow.take() {
			t.Fatal("not taken")
		}
		quick.release(closeIt)
		if closed.Load() != 0 {
			t.Fatal("closed while live")
		}
		quick.retire(graceTime, closeIt)
		if closed.Load() != 1 || quick.take() {
			t.Fatalf("closed %d times after its last use", closed.Load())
		}
		slow.retire(graceTime, closeIt)
		time.Sleep(graceTime - time.Second)
		if closed.Load() != 1 {
			t.Fatal("closed under a request")
		}
		time.Sleep(2 * time.Second)
		if closed.Load() != 2 {
			t.Fatal("kept for ever")
		}
		slow.release(closeIt)
		time.Sleep(time.Hour)
	})
}

// A request that began before a swap ends with the generation it began with.
func TestRequestKeepsItsGeneration(t *testing.T) {
	t.Parallel()
	started, leave := make(chan bool), make(chan bool)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		started <- true
		<-leave
		w.Header().Set("Content-Type", "application/json")
		_, _ = fmt.Fprintf(w, `{"path":%q}`, r.URL.Path[1:])
	}))
	defer srv.Close()
	d := newDesk(t, versionSDL("v1", srv.URL), io.Discard)
	done := make(chan bool)
	go func() {
		checkVersion(t, d.gateway, "v1")
		close(done)
	}()
	<-started
	before := d.gateway.Live()
	d.put(inputsOf(versionSDL("v2", srv.URL)))
	d.Reload(t.Context(), ByAdmin)
	if n := before.life.users.Load(); n != 1 {
		t.Errorf("%d users of the old generation, want its request", n)
	}
	leave <- true
	<-done
	if n := before.life.users.Load(); n != 0 {
		t.Errorf("%d users of the old generation are left", n)
	}
}
