package upstreams_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"manifold/internal/fault"
	"manifold/upstreams"
)

// streamed sends a request through a set's stream. A test that hangs is ended by the context.
func streamed(t *testing.T, set *upstreams.Set, method, url string, body io.Reader) (*http.Response, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	t.Cleanup(cancel)
	r, err := http.NewRequestWithContext(ctx, method, url, body)
	if err != nil {
		t.Fatal(err)
	}
	return set.Stream(0).RoundTrip(r)
}

func TestStreamTimes(t *testing.T) {
	t.Parallel()
	short := upstreams.Options{Timeout: 50 * time.Millisecond}
	silent := upstreams.Options{Timeout: 10 * time.Second, Silence: 50 * time.Millisecond}

	t.Run("no head", func(t *testing.T) {
		t.Parallel()
		s := serve(t, func(p *peer) { p.request(); p.waitClosed() })
		_, err := streamed(t, open(t, short, s.url), "GET", s.url, nil)
		wantCode(t, err, fault.UpstreamTimeout)
	})
	t.Run("no connection", func(t *testing.T) {
		t.Parallel()
		s := serve(t, func(p *peer) { p.request(); p.say("HTTP/1.1 200 OK\r\n\r\n"); p.waitClosed() })
		o := short
		o.MaxConns = 1
		set := open(t, o, s.url)
		res, err := streamed(t, set, "GET", s.url, nil)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		_, err = streamed(t, set, "GET", s.url, nil)
		wantCode(t, err, fault.UpstreamTimeout)
	})
	t.Run("a reply that stops", func(t *testing.T) {
		t.Parallel()
		s := serve(t, func(p *peer) { p.request(); p.say("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"); p.waitClosed() })
		res, err := streamed(t, open(t, silent, s.url), "GET", s.url, nil)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(res.Body)
		res.Body.Close()
		if string(got) != "abc" {
			t.Errorf("read %q", got)
		}
		wantCode(t, err, fault.UpstreamTimeout)
		eventually(t, "the connection is closed", func() bool { return s.open.Load() == 0 })
	})
	t.Run("an upload that nobody reads", func(t *testing.T) {
		t.Parallel()
		s := serve(t, func(p *peer) { <-t.Context().Done() })
		_, err := streamed(t, open(t, upstreams.Options{Timeout: 50 * time.Millisecond, Silence: 50 * time.Millisecond}, s.url), "PUT", s.url, io.LimitReader(endless{}, 1<<30))
		wantCode(t, err, fault.UpstreamTimeout)
	})
	t.Run("longer than the timeout, and never silent", func(t *testing.T) {
		t.Parallel()
		s := serve(t, func(p *peer) {
			p.request()
			p.say("HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n")
			tick := time.NewTicker(30 * time.Millisecond)
			defer tick.Stop()
			for range 20 {
				<-tick.C
				p.say("x")
			}
			p.waitClosed()
		})
		res, err := streamed(t, open(t, upstreams.Options{Timeout: 500 * time.Millisecond}, s.url), "GET", s.url, nil)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(res.Body)
		res.Body.Close()
		if err != nil || len(got) != 20 {
			t.Errorf("read %q, %v", got, err)
		}
	})
}

// endless is a body without end.
type endless struct{}

func (endless) Read(b []byte) (int, error) { return len(b), nil }

func TestStreamFaults(t *testing.T) {
	t.Parallel()
	t.Run("nobody listens", func(t *testing.T) {
		t.Parallel()
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		url := "http://" + l.Addr().String()
		l.Close()
		_, err = streamed(t, open(t, upstreams.Options{}, url), "GET", url, nil)
		wantCode(t, err, fault.UpstreamUnavailable)
	})
	t.Run("closed without an answer", func(t *testing.T) {
		t.Parallel()
		s := serve(t, func(p *peer) { p.request() })
		_, err := streamed(t, open(t, upstreams.Options{}, s.url), "POST", s.url, strings.NewReader("x"))
		wantCode(t, err, fault.UpstreamUnavailable)
	})
	t.Run("cut off", func(t *testing.T) {
		t.Parallel()
		s := serve(t, func(p *peer) { p.request(); p.say("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc") })
		res, err := streamed(t, open(t, upstreams.Options{}, s.url), "GET", s.url, nil)
		if err != nil {
			t.Fatal(err)
		}
		_, err = io.ReadAll(res.Body)
		res.Body.Close()
		wantCode(t, err, fault.UpstreamBadResponse)
	})
	t.Run("a client that stops sending", func(t *testing.T) {
		t.Parallel()
		s := serve(t, func(p *peer) { p.request(); p.waitClosed() })
		body := io.MultiReader(strings.NewReader("begun"), iotest.ErrReader(io.ErrUnexpectedEOF))
		_, err := streamed(t, open(t, upstreams.Options{}, s.url), "POST", s.url, body)
		wantCode(t, err, fault.BadRequest)
	})
	t.Run("a client that goes", func(t *testing.T) {
		t.Parallel()
		arrived := make(chan bool)
		s := serve(t, func(p *peer) { p.request(); close(arrived); p.waitClosed() })
		set := open(t, upstreams.Options{Timeout: 10 * time.Second}, s.url)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		go func() { <-arrived; cancel() }()
		r, err := http.NewRequestWithContext(ctx, "GET", s.url, nil)
		if err != nil {
			t.Fatal(err)
		}
		_, err = set.Stream(0).RoundTrip(r)
		wantCode(t, err, fault.Internal)
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%v does not wrap context.Canceled", err)
		}
		eventually(t, "the connection is closed", func() bool { return s.open.Load() == 0 })
	})
	t.Run("another address", func(t *testing.T) {
		t.Parallel()
		s := serve(t, answers(ok("1")))
		_, err := streamed(t, open(t, upstreams.Options{}, "http://127.0.0.1:1"), "POST", s.url, strings.NewReader("x"))
		wantCode(t, err, fault.BadUserInput)
		if s.accepted.Load() != 0 {
			t.Error("it was called")
		}
	})
}

// Connections are kept from one generation to the next, whatever streams still run.
func TestStreamsAreCarriedOver(t *testing.T) {
	t.Parallel()
	more := make(chan bool)
	s := serve(t, func(p *peer) {
		for {
			r := p.request()
			switch {
			case r == nil:
				return
			case r.URL.Path == "/slow":
				p.say("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nabc")
				<-more
				p.say("def")
			default:
				p.say(ok("1"))
			}
		}
	})
	first, err := upstreams.Open(sources(s.url), upstreams.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	slow, err := streamed(t, first, "GET", s.url+"/slow", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer slow.Body.Close()
	quick := func(set *upstreams.Set) {
		t.Helper()
		res, err := streamed(t, set, "GET", s.url+"/quick", nil)
		if err != nil {
			t.Fatal(err)
		}
		io.Copy(io.Discard, res.Body)
		res.Body.Close()
	}
	quick(first)
	second, err := upstreams.Open(sources(s.url), upstreams.Options{}, first)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(second.Close)
	first.Close()
	quick(second)
	if n := s.accepted.Load(); n != 2 {
		t.Errorf("%d connections were opened, want 2", n)
	}
	close(more)
	if got, err := io.ReadAll(slow.Body); err != nil || string(got) != "abcdef" {
		t.Errorf("the stream brought %q, %v", got, err)
	}
}

func TestStreamSpeaksHTTP2(t *testing.T) {
	t.Parallel()
	url, o := serveTLS(t, true, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Protocol", r.Proto)
		w.WriteHeader(200)
		io.Copy(w, r.Body)
	})
	res, err := streamed(t, open(t, o, url), "POST", url+"/a%2Fb", strings.NewReader("hello"))
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(res.Body)
	res.Body.Close()
	if err != nil || string(got) != "hello" || res.Header.Get("X-Protocol") != "HTTP/2.0" {
		t.Errorf("got %q over %s, %v", got, res.Header.Get("X-Protocol"), err)
	}
}
