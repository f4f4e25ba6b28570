package upstreams_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"manifold/internal/fault"
	"manifold/schema"
	"manifold/upstreams"
)

// service is an upstream on loopback whose every byte the test decides.
type service struct {
	url      string
	accepted atomic.Int32 // connections so far
	open     atomic.Int32 // connections now
}

// peer is the service's end of one connection.
type peer struct {
	*net.TCPConn
	t *testing.T
	r *bufio.Reader
	n int // which connection it is, from 1
}

// serve starts a service that runs handle for each connection and closes it afterwards.
func serve(t *testing.T, handle func(p *peer)) *service {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &service{url: "http://" + l.Addr().String()}
	var wg sync.WaitGroup
	var mu sync.Mutex
	conns := make(map[net.Conn]bool)
	wg.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			n := int(s.accepted.Add(1))
			s.open.Add(1)
			mu.Lock()
			conns[c] = true
			mu.Unlock()
			wg.Go(func() {
				handle(&peer{TCPConn: c.(*net.TCPConn), t: t, r: bufio.NewReader(c), n: n})
				c.Close()
				s.open.Add(-1)
			})
		}
	})
	t.Cleanup(func() {
		l.Close()
		mu.Lock()
		for c := range conns {
			c.Close()
		}
		mu.Unlock()
		wg.Wait()
	})
	return s
}

// request reads the next request whole, or returns nil at the end of the connection.
func (p *peer) request() *http.Request {
	r, err := http.ReadRequest(p.r)
	if err != nil {
		return nil
	}
	io.Copy(io.Discard, r.Body)
	return r
}

func (p *peer) say(text string) bool {
	_, err := io.WriteString(p, text)
	return err == nil
}

// waitClosed returns when the other end is closed.
func (p *peer) waitClosed() { io.Copy(io.Discard, p.r) }

// ok is an answer with a body.
func ok(body string) string {
	return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " + itoa(len(body)) + "\r\n\r\n" + body
}

func itoa(n int) string {
	var b strings.Builder
	if n >= 10 {
		b.WriteString(itoa(n / 10))
	}
	b.WriteByte(byte('0' + n%10))
	return b.String()
}

// answers serves the same text to every request, on kept connections.
func answers(text string) func(p *peer) {
	return func(p *peer) {
		for p.request() != nil {
			if !p.say(text) {
				return
			}
		}
	}
}

func open(t *testing.T, o upstreams.Options, urls ...string) *upstreams.Set {
	t.Helper()
	set, err := upstreams.Open(sources(urls...), o, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(set.Close)
	return set
}

func sources(urls ...string) []*schema.Source {
	var list []*schema.Source
	for i, u := range urls {
		list = append(list, &schema.Source{Name: "users", Index: i, BaseURL: u})
	}
	return list
}

func get(url string) *upstreams.Call { return &upstreams.Call{Method: "GET", URL: []byte(url)} }

func post(url, body string) *upstreams.Call {
	return &upstreams.Call{Method: "POST", URL: []byte(url), Body: []byte(body)}
}

// wantBody makes a call that has to succeed with this body.
func wantBody(t *testing.T, c upstreams.Caller, call *upstreams.Call, body string) {
	t.Helper()
	r, err := c.Call(t.Context(), call)
	if err != nil {
		t.Fatalf("call: %v", err)
	}
	defer r.Release()
	if r.Status != 200 || string(r.Body) != body {
		t.Fatalf("got %d %q, want 200 %q", r.Status, clip(r.Body), body)
	}
}

// wantCode checks that err is a fault fit to be shown.
func wantCode(t *testing.T, err error, code fault.Code) {
	t.Helper()
	var f *fault.Error
	if !errors.As(err, &f) {
		t.Fatalf("got error %v, want a fault", err)
	}
	if f.Code != code {
		t.Fatalf("got %v, want code %s", err, code)
	}
	if f.Upstream != "users" {
		t.Errorf("fault names upstream %q", f.Upstream)
	}
	if strings.Contains(f.Message, "127.0.0.1") || f.Message == "" {
		t.Errorf("message %q is not fit for clients", f.Message)
	}
	if f.Cause == nil {
		t.Error("fault without a cause")
	}
	if code == fault.UpstreamTimeout && !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v does not wrap context.DeadlineExceeded", err)
	}
}

// fails makes a call that has to fail with this code.
func fails(t *testing.T, c upstreams.Caller, call *upstreams.Call, code fault.Code) {
	t.Helper()
	r, err := c.Call(t.Context(), call)
	if err == nil {
		t.Fatalf("got %d %q, want %s", r.Status, clip(r.Body), code)
	}
	wantCode(t, err, code)
}

// eventually waits for a condition that another goroutine brings about.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	late := time.After(5 * time.Second)
	for !holds() {
		select {
		case <-tick.C:
		case <-late:
			t.Fatalf("%s: not after 5 s", what)
		}
	}
}

func clip(b []byte) []byte { return b[:min(len(b), 200)] }
