package gateway

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/vektah/gqlparser/v2/ast"

	"manifold/upstreams"
)

const faultsSDL = `
extend schema
  @source(name: "shop", http: { baseURL: "%s" })
  @source(name: "good", grpc: { target: "%s", proto: "notes.proto" })
  @source(name: "bad", grpc: { target: "%s", proto: "notes.proto" })
type Query { shop: Shop! @connect(source: "shop", http: { GET: "/shop" }) }
type Shop {
  title: String!
  stock: Int @connect(source: "shop", http: { GET: "/stock" })
  good: Note @connect(source: "good", grpc: { method: "notes.Notes/Get", request: "text: $this.title" })
  bad: Note @connect(source: "bad", grpc: { method: "notes.Notes/Get", request: "text: $this.title" })
}
type Note { text: String! }
`

// faultMessages are all that clients are told.
var faultMessages = map[string]string{
	"BAD_USER_INPUT":              "The upstream does not accept the input.",
	"FORBIDDEN":                   "The upstream does not allow this.",
	"UNAUTHENTICATED":             "The upstream does not know who calls.",
	"UPSTREAM_BAD_RESPONSE":       "The upstream sent a malformed response.",
	"UPSTREAM_ERROR":              "The upstream answered with an error.",
	"UPSTREAM_RATE_LIMITED":       "The upstream limits how often it is called.",
	"UPSTREAM_RESPONSE_TOO_LARGE": "The upstream sent too large a response.",
	"UPSTREAM_TIMEOUT":            "The upstream did not answer in time.",
	"UPSTREAM_UNAVAILABLE":        "The upstream is not available.",
}

const (
	faultTimeout = time.Second // of the rows that wait for it
	faultLargest = 64 << 10    // bytes of a message
)

// grpcFaults calls a gRPC server that answers badly, through the whole gateway, beside a field of REST and one of a healthy
// gRPC server. The field is null with the one right error, which says nothing of the inside; the others are as if nothing had
// happened; the server was called once; and it is called again by the next request.
func grpcFaults(t *testing.T) {
	t.Parallel()
	var rest atomic.Int32
	shop := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rest.Add(1)
		w.Header().Set("Content-Type", "application/json")
		if r.URL.Path == "/stock" {
			io.WriteString(w, "7")
			return
		}
		io.WriteString(w, `{"title":"Atlas"}`)
	}))
	t.Cleanup(shop.Close)
	good := newProtoPeer(t, "testdata", "notes.proto")
	address := good.serve(t)
	const query = `{ shop { title stock good { text } fault: bad { text } } }`
	for _, row := range faultRows(t) {
		t.Run(row.name, func(t *testing.T) {
			bad := startBadPeer(t, row)
			timeout := 20 * time.Second
			if row.waits {
				timeout = faultTimeout
			}
			w := &faultWorld{metrics: NewMetrics()}
			w.gw = faultGateway(t, fmt.Sprintf(faultsSDL, shop.URL, address, bad.address), timeout, w.metrics)
			gw := w.gw
			calls, others := good.calls.Load(), rest.Load()
			resp := ask(gw, postRequest(fmt.Sprintf(`{"query":%q}`, query)))
			answer := bodyOf(t, resp)
			fault, errors := "null", ""
			if text, ok := strings.CutPrefix(row.want, "text "); ok {
				fault = fmt.Sprintf(`{"text":%q}`, text)
			} else if row.want != "null" {
				errors = fmt.Sprintf(
					`"errors":[{"message":%q,"locations":[{"line":1,"column":%d}],"path":["shop","fault"],"extensions":{"code":%q,"upstream":"bad"}}],`,
					cmp.Or(row.says, faultMessages[row.want]), strings.Index(query, "fault")+1, row.want,
				)
			}
			want := "{" + errors + `"data":{"shop":{"title":"Atlas","stock":7,"good":{"text":"Atlas"},"fault":` + fault + `}}}`
			if resp.StatusCode != 200 || answer != want {
				t.Errorf("%d, got\n%.2000s\nwant\n%.2000s", resp.StatusCode, answer, want)
			}
			if head := fmt.Sprint(resp.Header); strings.Contains(head, "127.0.0.1") || strings.Contains(head, secretText) {
				t.Errorf("the header says %s", head)
			}
			stands := row.down || row.speaks != nil
			if n := bad.calls.Load(); !stands && n != 1 || stands && n != row.calls {
				t.Errorf("the server was called %d times", n)
			}
			name := fmt.Sprintf(`manifold_upstream_calls_total{outcome=%q,upstream="bad"}`, cmp.Or(row.counts, outcomeOf(row.want)))
			if n := w.counted(t)[name]; n != 1 {
				t.Errorf("%s is %v", name, n)
			}
			if good.calls.Load() != calls+1 || rest.Load() != others+2 {
				t.Errorf("the others were called %d and %d times", good.calls.Load()-calls, rest.Load()-others)
			}
			if !stands {
				bad.wait(t)
			}
			bad.mend(t)
			for deadline := time.Now().Add(20 * time.Second); ; {
				answer = bodyOf(t, ask(gw, postRequest(fmt.Sprintf(`{"query":%q}`, query))))
				if answer == `{"data":{"shop":{"title":"Atlas","stock":7,"good":{"text":"Atlas"},"fault":{"text":"Atlas"}}}}` {
					break
				}
				// Where nobody answered, the next attempt to connect waits for a tenth of a second.
				if !stands || time.Now().After(deadline) {
					t.Fatalf("the next call gets %s", answer)
				}
			}
		})
	}
}

// outcomeOf is how a call is counted whose error has a code.
func outcomeOf(want string) string {
	switch want {
	case "UPSTREAM_TIMEOUT":
		return "timeout"
	case "UPSTREAM_UNAVAILABLE":
		return "unavailable"
	case "UPSTREAM_BAD_RESPONSE", "UPSTREAM_RESPONSE_TOO_LARGE":
		return "bad_response"
	case "UPSTREAM_ERROR":
		return "5xx"
	case "BAD_USER_INPUT", "FORBIDDEN", "UNAUTHENTICATED", "UPSTREAM_RATE_LIMITED", "null":
		return "4xx"
	default:
		return "ok"
	}
}

func faultGateway(t *testing.T, text string, timeout time.Duration, m *Metrics) *Gateway {
	t.Helper()
	gen, err := Build([]*ast.Source{{Name: "gateway.graphql", Input: text}}, Options{
		Read:      func(name string) ([]byte, error) { return os.ReadFile(filepath.Join("testdata", name)) },
		Logger:    slog.New(slog.DiscardHandler),
		Upstreams: upstreams.Options{Timeout: timeout, MaxMessage: faultLargest, Meter: m.Upstreams()},
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	gw := New(gen)
	t.Cleanup(gw.Close)
	return gw
}

// badPeer answers as a row says, until it is mended.
type badPeer struct {
	address string
	calls   atomic.Int32
	ended   chan struct{} // a word for every call
	healthy *protoPeer
	answer  atomic.Pointer[http.HandlerFunc]
	stop    func() // ends what stands in for the server; nil: it is the server itself
}

func startBadPeer(t *testing.T, row faultRow) *badPeer {
	t.Helper()
	l := listen(t, "127.0.0.1:0")
	p := &badPeer{address: l.Addr().String(), ended: make(chan struct{}, 100), healthy: newProtoPeer(t, "testdata", "notes.proto")}
	switch {
	case row.down:
		l.Close()
		p.stop = func() {}
	case row.speaks != nil:
		p.stop = sync.OnceFunc(serveConns(l, func(c net.Conn) { row.speaks(c, func() { p.calls.Add(1) }) }))
		t.Cleanup(p.stop)
	default:
		p.answer.Store(&row.answer)
		p.serve(t, l)
	}
	return p
}

type connKey struct{}

// serve serves HTTP/2 without TLS.
func (p *badPeer) serve(t *testing.T, l net.Listener) {
	t.Helper()
	s := &http.Server{
		Protocols:   new(http.Protocols),
		ErrorLog:    log.New(io.Discard, "", 0),
		ConnContext: func(ctx context.Context, c net.Conn) context.Context { return context.WithValue(ctx, connKey{}, c) },
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			p.calls.Add(1)
			defer func() { p.ended <- struct{}{} }()
			(*p.answer.Load())(w, r)
		}),
	}
	s.Protocols.SetUnencryptedHTTP2(true)
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(l) }()
	t.Cleanup(func() {
		s.Close()
		<-ended
	})
}

// wait waits for the end of a call, which the gateway has given up if it does not wait for the answer.
func (p *badPeer) wait(t *testing.T) {
	t.Helper()
	select {
	case <-p.ended:
	case <-time.After(20 * time.Second):
		t.Error("the call goes on")
	}
}

// mend makes it answer as it should from now on.
func (p *badPeer) mend(t *testing.T) {
	t.Helper()
	answer := http.HandlerFunc(p.healthy.server.ServeHTTP)
	p.answer.Store(&answer)
	if p.stop != nil {
		p.stop()
		p.serve(t, listen(t, p.address))
	}
}

// serveConns hands every connection to one that speaks no HTTP/2. What it returns ends that.
func serveConns(l net.Listener, speaks func(net.Conn)) (stop func()) {
	var (
		mu    sync.Mutex
		conns []net.Conn
		all   sync.WaitGroup
	)
	all.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			mu.Lock()
			conns = append(conns, c)
			mu.Unlock()
			all.Go(func() { speaks(c) })
		}
	})
	return func() {
		l.Close()
		mu.Lock()
		for _, c := range conns {
			c.Close()
		}
		mu.Unlock()
		all.Wait()
	}
}
