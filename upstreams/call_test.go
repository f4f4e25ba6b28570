package upstreams_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"manifold/internal/fault"
	"manifold/schema"
	"manifold/upstreams"
)

func TestCallKeepsItsConnection(t *testing.T) {
	t.Parallel()
	s := serve(t, answers(ok(`{"id":1}`)))
	c := open(t, upstreams.Options{}, s.url).Caller(0)
	for range 10 {
		wantBody(t, c, get(s.url+"/users/1"), `{"id":1}`)
	}
	if n := s.accepted.Load(); n != 1 {
		t.Errorf("%d connections for 10 calls", n)
	}
}

func TestCallSends(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		call func(url string) *upstreams.Call
		want string // HOST stands for the service's host and port
	}{
		"get": {
			func(url string) *upstreams.Call { return get(url + "/users?ids=1,2&q=%20#top") },
			"GET /users?ids=1,2&q=%20 HTTP/1.1\r\nHost: HOST\r\nAccept-Encoding: gzip\r\nUser-Agent: manifold\r\nAccept: application/json\r\n\r\n",
		},
		"no path": {
			func(url string) *upstreams.Call { return get(url + "?a=b") },
			"GET /?a=b HTTP/1.1\r\nHost: HOST\r\nAccept-Encoding: gzip\r\nUser-Agent: manifold\r\nAccept: application/json\r\n\r\n",
		},
		"post": {
			func(url string) *upstreams.Call { return post(url+"/users", `{"a":1}`) },
			"POST /users HTTP/1.1\r\nHost: HOST\r\nAccept-Encoding: gzip\r\nUser-Agent: manifold\r\nAccept: application/json\r\nContent-Type: application/json\r\nContent-Length: 7\r\n\r\n" + `{"a":1}`,
		},
		"post without a body": {
			func(url string) *upstreams.Call { return &upstreams.Call{Method: "POST", URL: []byte(url + "/a")} },
			"POST /a HTTP/1.1\r\nHost: HOST\r\nAccept-Encoding: gzip\r\nUser-Agent: manifold\r\nAccept: application/json\r\nContent-Length: 0\r\n\r\n",
		},
		"own headers": {
			func(url string) *upstreams.Call {
				c := post(url+"/a", "x")
				c.Headers = []upstreams.Header{
					{Name: "accept", Value: "text/plain"},
					{Name: "user-agent", Value: "me"},
					{Name: "Content-type", Value: "text/plain"},
					{Name: "X-A", Value: "1"},
					{Name: "X-A", Value: "2\tä"},
					{Name: "X-Empty"},
				}
				return c
			},
			"POST /a HTTP/1.1\r\nHost: HOST\r\nAccept-Encoding: gzip\r\naccept: text/plain\r\nuser-agent: me\r\nContent-type: text/plain\r\nX-A: 1\r\nX-A: 2\tä\r\nX-Empty: \r\nContent-Length: 1\r\n\r\nx",
		},
		"headers of the connection": {
			func(url string) *upstreams.Call {
				c := get(url + "/a")
				for _, name := range []string{
					"Host", "connection", "Keep-Alive", "Proxy-Connection", "Proxy-Authenticate", "Proxy-Authorization", "TE", "Trailer",
					"Transfer-Encoding", "Upgrade", "Content-Length", "Accept-Encoding", "Expect", "HTTP2-Settings",
				} {
					c.Headers = append(c.Headers, upstreams.Header{Name: name, Value: "chunked"})
				}
				return c
			},
			"GET /a HTTP/1.1\r\nHost: HOST\r\nAccept-Encoding: gzip\r\nUser-Agent: manifold\r\nAccept: application/json\r\n\r\n",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got bytes.Buffer
			s := serve(t, func(p *peer) {
				p.r = bufio.NewReader(io.TeeReader(p, &got))
				p.request()
				p.say("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
			})
			set := open(t, upstreams.Options{}, s.url)
			wantBody(t, set.Caller(0), c.call(s.url), "")
			want := strings.ReplaceAll(c.want, "HOST", strings.TrimPrefix(s.url, "http://"))
			sent := timeLeft.ReplaceAllString(got.String(), "")
			if sent == got.String() {
				t.Error("the upstream is not told how much time is left")
			}
			if sent != want {
				t.Errorf("sent\n%q, want\n%q", sent, want)
			}
		})
	}
}

// timeLeft is what a call of three seconds says of its time.
var timeLeft = regexp.MustCompile("X-Envoy-Expected-Rq-Timeout-Ms: [12][0-9]{3}\r\n")

// An upstream hears of no time, or by another name, if that is said; and what a client says by that name is not handed on.
func TestCallTellsTheTime(t *testing.T) {
	t.Parallel()
	const usual = "X-Envoy-Expected-Rq-Timeout-Ms"
	for name, c := range map[string]struct{ option, want, never string }{
		"by default":      {"", usual + ": [12][0-9]{3}\r\n", ": 99\r\n"},
		"by another name": {"X-Left", "X-Left: [12][0-9]{3}\r\n", "X-Envoy-Expected-Rq-Timeout-Ms: [12]"},
		"not at all":      {upstreams.NoHeader, usual + ": 99\r\n", ": [12][0-9]{3}\r\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got bytes.Buffer
			s := serve(t, func(p *peer) {
				p.r = bufio.NewReader(io.TeeReader(p, &got))
				p.request()
				p.say("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
			})
			set := open(t, upstreams.Options{TimeHeader: c.option}, s.url)
			wantBody(t, set.Caller(0), &upstreams.Call{Method: "GET", URL: []byte(s.url + "/a"), Headers: []upstreams.Header{{Name: usual, Value: "99"}}}, "")
			if sent := got.String(); !regexp.MustCompile(c.want).MatchString(sent) || regexp.MustCompile(c.never).MatchString(sent) {
				t.Errorf("sent %q", sent)
			}
		})
	}
}

func TestCallRefusesBeforeDialing(t *testing.T) {
	t.Parallel()
	s := serve(t, answers(ok("x")))
	set := open(t, upstreams.Options{}, s.url)
	header := func(name, value string) *upstreams.Call {
		c := get(s.url + "/a")
		c.Headers = []upstreams.Header{{Name: name, Value: value}}
		return c
	}
	for name, call := range map[string]*upstreams.Call{
		"line break in a header": header("X", "a\r\nX-Admin: 1"),
		"line feed in a header":  header("X", "a\nb"),
		"NUL in a header":        header("X", "a\x00"),
		"header name":            header("X Y", "a"),
		"header without a name":  header("", "a"),
		"method":                 {Method: "GET /b", URL: []byte(s.url + "/a")},
		"no method":              {URL: []byte(s.url + "/a")},
		"blank in the URL":       get(s.url + "/a b"),
		"line break in the URL":  get(s.url + "/a\r\nX: b"),
		"raw UTF-8 in the URL":   get(s.url + "/ä"),
		"another host":           get("http://127.0.0.1:1/a"),
		"another host by @":      get(s.url + "@127.0.0.1:1/a"),
		"another port":           get(s.url + "1/a"),
		"another scheme":         get("https" + strings.TrimPrefix(s.url, "http") + "/a"),
		"no URL":                 get(""),
	} {
		t.Run(name, func(t *testing.T) { fails(t, set.Caller(0), call, fault.BadUserInput) })
	}
	if n := s.accepted.Load(); n != 0 {
		t.Errorf("%d connections were opened", n)
	}
}

func TestCallReturnsEveryStatus(t *testing.T) {
	t.Parallel()
	for _, status := range []int{200, 201, 301, 302, 400, 404, 429, 500, 503} {
		s := serve(t, answers("HTTP/1.1 "+itoa(status)+" X\r\nLocation: http://127.0.0.1:1/\r\nRetry-After: 1\r\nContent-Length: 2\r\n\r\nno"))
		r, err := open(t, upstreams.Options{}, s.url).Caller(0).Call(t.Context(), get(s.url+"/a"))
		if err != nil {
			t.Fatal(err)
		}
		if r.Status != status || string(r.Body) != "no" || r.ContentType != "" {
			t.Errorf("got %d %q %q, want %d", r.Status, r.Body, r.ContentType, status)
		}
		if got := r.Header("retry-after"); !slices.Equal(got, []string{"1"}) {
			t.Errorf("Retry-After is %q", got)
		}
		r.Release()
	}
}

// What a broken upstream does, and what is made of it. Every call has 100 ms.
func TestCallFaults(t *testing.T) {
	t.Parallel()
	zip := func(text string) string {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		io.WriteString(z, text)
		z.Close()
		return b.String()
	}
	zipped := func(body string) string {
		return "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: " + itoa(len(body)) + "\r\n\r\n" + body
	}
	bomb := zip(strings.Repeat("\x00", 20<<20))
	for name, c := range map[string]struct {
		handle func(p *peer)
		code   fault.Code
	}{
		"never answers": {func(p *peer) { p.waitClosed() }, fault.UpstreamTimeout},
		"hangs in the head": {func(p *peer) {
			p.say("HTTP/1.1 200 OK\r\nContent-Le")
			p.waitClosed()
		}, fault.UpstreamTimeout},
		"hangs in the body": {func(p *peer) {
			p.say("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n[1")
			p.waitClosed()
		}, fault.UpstreamTimeout},
		"hangs in a chunk": {func(p *peer) {
			p.say("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n[1")
			p.waitClosed()
		}, fault.UpstreamTimeout},
		"hangs after interim": {func(p *peer) {
			p.say("HTTP/1.1 102 Processing\r\n\r\n")
			p.waitClosed()
		}, fault.UpstreamTimeout},
		"a byte at a time": {func(p *peer) {
			tick := time.NewTicker(2 * time.Millisecond)
			defer tick.Stop()
			for more := p.say("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"); more; more = p.say("x") {
				<-tick.C
			}
		}, fault.UpstreamTimeout},
		"closes before an answer": {func(p *peer) { p.request() }, fault.UpstreamUnavailable},
		"resets before an answer": {func(p *peer) {
			p.request()
			p.SetLinger(0)
		}, fault.UpstreamUnavailable},
		"resets in the body": {func(p *peer) {
			p.request()
			p.say("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n[1")
			p.SetLinger(0)
		}, fault.UpstreamUnavailable},
		"ends in the body": {func(p *peer) {
			p.request()
			p.say("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n[1")
		}, fault.UpstreamBadResponse},
		"ends in a chunk": {func(p *peer) {
			p.request()
			p.say("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n[1")
		}, fault.UpstreamBadResponse},
		"is no HTTP": {func(p *peer) {
			p.say("+PONG\r\n\r\n")
			p.waitClosed()
		}, fault.UpstreamBadResponse},
		"announces 50 MB": {func(p *peer) {
			p.request()
			p.say("HTTP/1.1 200 OK\r\nContent-Length: 52428800\r\n\r\n")
			p.waitClosed()
		}, fault.UpstreamTooLarge},
		"sends without end": {func(p *peer) {
			p.request()
			p.say("HTTP/1.1 200 OK\r\n\r\n")
			for more := true; more; more = p.say(strings.Repeat("x", 64<<10)) {
			}
		}, fault.UpstreamTooLarge},
		"sends chunks without end": {func(p *peer) {
			p.request()
			p.say("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
			for more := true; more; more = p.say("10000\r\n" + strings.Repeat("x", 64<<10) + "\r\n") {
			}
		}, fault.UpstreamTooLarge},
		"sends headers without end": {func(p *peer) {
			p.request()
			p.say("HTTP/1.1 200 OK\r\n")
			for more := true; more; more = p.say("X-A: " + strings.Repeat("x", 1000) + "\r\n") {
			}
		}, fault.UpstreamTooLarge},
		"gzip bomb": {func(p *peer) {
			p.request()
			p.say(zipped(bomb))
			p.waitClosed() // and so the connection is not kept
		}, fault.UpstreamTooLarge},
		"gzip cut off": {func(p *peer) {
			p.request()
			p.say(zipped(zip(strings.Repeat("hello", 100))[:20]))
			p.waitClosed()
		}, fault.UpstreamBadResponse},
		"gzip damaged": {func(p *peer) {
			z := []byte(zip(strings.Repeat("hello", 100)))
			z[len(z)-6] ^= 1
			p.request()
			p.say(zipped(string(z)))
			p.waitClosed()
		}, fault.UpstreamBadResponse},
		"gzip with garbage behind": {func(p *peer) {
			p.request()
			p.say(zipped(zip("hello") + "garbage"))
			p.waitClosed()
		}, fault.UpstreamBadResponse},
		"gzip that is not": {func(p *peer) {
			p.request()
			p.say(zipped(`{"id":1}`))
			p.waitClosed()
		}, fault.UpstreamBadResponse},
		"unknown coding": {func(p *peer) {
			p.request()
			p.say("HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: 1\r\n\r\nx")
			p.waitClosed()
		}, fault.UpstreamBadResponse},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, c.handle)
			timeout := 10 * time.Second
			if c.code == fault.UpstreamTimeout {
				timeout = 100 * time.Millisecond
			}
			set := open(t, upstreams.Options{Timeout: timeout, MaxResponse: 1 << 20}, s.url)
			start := time.Now()
			fails(t, set.Caller(0), get(s.url+"/a"), c.code)
			took := time.Since(start)
			if c.code == fault.UpstreamTimeout && (took < timeout || took > timeout+5*time.Second) { // wide above: the machine may be busy
				t.Errorf("took %v of %v", took, timeout)
			}
			eventually(t, "the only connection is closed", func() bool { return s.accepted.Load() == 1 && s.open.Load() == 0 })
		})
	}
}

func TestCallRefusedConnection(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	url := "http://" + l.Addr().String()
	l.Close()
	set := open(t, upstreams.Options{}, url)
	fails(t, set.Caller(0), get(url+"/a"), fault.UpstreamUnavailable)
}

func TestCallUnzips(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	io.WriteString(z, strings.Repeat("a", 100_000))
	z.Close()
	z.Reset(&b)
	io.WriteString(z, "b") // a second member belongs to the body
	z.Close()
	body := b.String()
	for name, answer := range map[string]string{
		"with a length": "HTTP/1.1 200 OK\r\nContent-Encoding: GZIP\r\nContent-Length: " + itoa(len(body)) + "\r\n\r\n" + body,
		"to the end":    "HTTP/1.1 200 OK\r\nContent-Encoding: x-gzip\r\nConnection: close\r\n\r\n" + body,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, func(p *peer) {
				p.request()
				p.say(answer)
			})
			c := open(t, upstreams.Options{}, s.url).Caller(0)
			wantBody(t, c, get(s.url), strings.Repeat("a", 100_000)+"b")
		})
	}
	t.Run("nothing", func(t *testing.T) {
		t.Parallel()
		s := serve(t, answers("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 0\r\n\r\n"))
		wantBody(t, open(t, upstreams.Options{}, s.url).Caller(0), get(s.url), "")
	})
}

// The upstream closes a kept connection just when the next request arrives on it.
func TestCallIsRepeatedOnlyIfItMay(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		method string
		again  bool
	}{{"GET", true}, {"HEAD", true}, {"OPTIONS", true}, {"POST", false}, {"PUT", false}, {"PATCH", false}, {"DELETE", false}} {
		t.Run(c.method, func(t *testing.T) {
			t.Parallel()
			var seen atomic.Int32
			s := serve(t, func(p *peer) {
				p.request()
				p.say("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
				if p.n == 1 {
					if p.request() != nil {
						seen.Add(1)
					}
					return
				}
				p.waitClosed()
			})
			caller := open(t, upstreams.Options{}, s.url).Caller(0)
			wantBody(t, caller, get(s.url), "")
			call := &upstreams.Call{Method: c.method, URL: []byte(s.url)}
			if c.again {
				wantBody(t, caller, call, "")
			} else {
				fails(t, caller, call, fault.UpstreamUnavailable)
			}
			if seen.Load() != 1 {
				t.Error("the second request did not come over the first connection")
			}
			if again := s.accepted.Load() == 2; again != c.again {
				t.Errorf("sent again: %v, want %v", again, c.again)
			}
		})
	}
}

// A repeated call is repeated once, and never if something of the answer has come.
func TestCallIsRepeatedOnce(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		last string
		code fault.Code
		want int32
	}{
		"nothing came":   {"", fault.UpstreamUnavailable, 2},
		"something came": {"HTTP/1.1 2", fault.UpstreamBadResponse, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, func(p *peer) {
				if p.request(); p.n == 1 {
					p.say(ok("a"))
					p.request()
				}
				p.say(c.last)
			})
			caller := open(t, upstreams.Options{}, s.url).Caller(0)
			wantBody(t, caller, get(s.url), "a")
			fails(t, caller, get(s.url), c.code)
			if n := s.accepted.Load(); n != c.want {
				t.Errorf("%d connections, want %d", n, c.want)
			}
		})
	}
}

// A connection closed or written to while it is idle is not used any more, so that even a POST goes through.
func TestCallLooksBeforeItUsesAConnection(t *testing.T) {
	t.Parallel()
	for name, idle := range map[string]string{
		"closed":             "",
		"unasked-for answer": ok("somebody else's"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			next, done := make(chan struct{}), make(chan struct{})
			s := serve(t, func(p *peer) {
				p.request()
				p.say(ok(itoa(p.n)))
				if p.n == 1 {
					<-next
					if idle == "" {
						p.Close()
					} else {
						p.say(idle)
					}
					close(done)
				}
				p.waitClosed()
			})
			caller := open(t, upstreams.Options{}, s.url).Caller(0)
			wantBody(t, caller, post(s.url, "x"), "1")
			close(next)
			<-done
			wantBody(t, caller, post(s.url, "x"), "2")
		})
	}
}

func TestCallCancelled(t *testing.T) {
	t.Parallel()
	s := serve(t, func(p *peer) { p.waitClosed() })
	set := open(t, upstreams.Options{Timeout: time.Minute}, s.url)
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		eventually(t, "the call has arrived", func() bool { return s.open.Load() == 1 })
		cancel()
	}()
	_, err := set.Caller(0).Call(ctx, get(s.url))
	wantCode(t, err, fault.Internal)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v does not wrap context.Canceled", err)
	}
	eventually(t, "the connection is closed", func() bool { return s.open.Load() == 0 })

	_, err = set.Caller(0).Call(ctx, get(s.url))
	if !errors.Is(err, context.Canceled) || s.accepted.Load() != 1 {
		t.Errorf("a call that is cancelled from the start: %v, %d connections", err, s.accepted.Load())
	}
}

func TestCallKeepsAnEarlierDeadline(t *testing.T) {
	t.Parallel()
	s := serve(t, func(p *peer) { p.waitClosed() })
	set := open(t, upstreams.Options{Timeout: time.Minute}, s.url)
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Millisecond)
	defer cancel()
	_, err := set.Caller(0).Call(ctx, get(s.url))
	wantCode(t, err, fault.DeadlineExceeded)
}

// An upstream that does not read a large request.
func TestCallBoundsSending(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	s := serve(t, func(*peer) { <-release })
	set := open(t, upstreams.Options{Timeout: 80 * time.Millisecond}, s.url)
	fails(t, set.Caller(0), post(s.url, strings.Repeat("x", 32<<20)), fault.UpstreamTimeout)
	close(release)
}

// Slow but within its time: the waits of an exchange end many times before the answer does.
func TestCallWaitsLongerThanOneWait(t *testing.T) {
	t.Parallel()
	s := serve(t, func(p *peer) {
		p.request()
		tick := time.NewTicker(60 * time.Millisecond)
		defer tick.Stop()
		for _, part := range []string{"HTTP/1.1 200 OK\r\n", "Content-Length: 4\r\n\r\n", "ab", "cd"} {
			<-tick.C
			p.say(part)
		}
	})
	wantBody(t, open(t, upstreams.Options{}, s.url).Caller(0), get(s.url), "abcd")
}

func TestThousandCancelledCallsLeaveNothing(t *testing.T) {
	t.Parallel()
	s := serve(t, func(p *peer) {
		for p.request() != nil {
			if p.n%2 == 0 {
				p.waitClosed()
			}
			p.say(ok("a"))
		}
	})
	set := open(t, upstreams.Options{MaxConns: 50, MaxConcurrent: 1000}, s.url)
	var wg sync.WaitGroup
	var failed, cancelled atomic.Int32
	for range 1000 {
		wg.Go(func() {
			ctx, cancel := context.WithTimeout(t.Context(), rand.N(100*time.Millisecond))
			defer cancel()
			r, err := set.Caller(0).Call(ctx, get(s.url))
			switch {
			case err == nil:
				r.Release()
			case errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled):
				cancelled.Add(1)
			default:
				failed.Add(1)
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if cancelled.Load() == 0 {
		t.Error("no call was cancelled")
	}
	eventually(t, "at most the kept connections are open", func() bool { return s.open.Load() <= 50 })
	// All 50 places are free again: 50 calls can be in flight, and none waits for a place that was lost.
	if open := upstreams.OpenConns(set, 0); open > 50 {
		t.Errorf("%d connections are counted open", open)
	}
	set.Close()
	eventually(t, "all connections are closed", func() bool { return s.open.Load() == 0 })
	if open := upstreams.OpenConns(set, 0); open != 0 {
		t.Errorf("%d connections are counted open after Close", open)
	}
}

func TestCallsBeyondMaxConnsWait(t *testing.T) {
	t.Parallel()
	var now, most atomic.Int32
	s := serve(t, func(p *peer) {
		for p.request() != nil {
			n := now.Add(1)
			for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
			}
			now.Add(-1)
			if p.n == 1 {
				p.say("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1\r\n\r\na") // hands over its place, not itself
				return
			}
			p.say(ok("a"))
		}
	})
	c := open(t, upstreams.Options{MaxConns: 2, Timeout: 10 * time.Second}, s.url).Caller(0)
	var wg sync.WaitGroup
	for range 100 {
		wg.Go(func() {
			r, err := c.Call(t.Context(), get(s.url))
			if err != nil {
				t.Error(err)
				return
			}
			r.Release()
		})
	}
	wg.Wait()
	if most.Load() > 2 {
		t.Errorf("%d calls at once", most.Load())
	}
	if n := s.accepted.Load(); n > 3 {
		t.Errorf("%d connections", n)
	}
}

// A source that may have more calls at once has the connections for them, and the next ones are told at once that it is full.
func TestMaxConcurrentOfASource(t *testing.T) {
	t.Parallel()
	const many = 12
	all := make(chan struct{})
	var arrived atomic.Int32
	s := serve(t, func(p *peer) {
		for p.request() != nil {
			if arrived.Add(1) == many {
				close(all)
			}
			<-all
			time.Sleep(120 * time.Millisecond) // those who wait for their turn do not get it
			p.say(ok("a"))
		}
	})
	list := sources(s.url)
	list[0].Resilience.MaxConcurrent = many
	set, err := upstreams.Open(list, upstreams.Options{MaxConns: 2, Timeout: 10 * time.Second}, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(set.Close)
	var good, full atomic.Int32
	var wg sync.WaitGroup
	for range 3 * many {
		wg.Go(func() {
			r, err := set.Caller(0).Call(t.Context(), get(s.url))
			switch f, ok := errors.AsType[*fault.Error](err); {
			case err == nil:
				good.Add(1)
				r.Release()
			case ok && f.Code == fault.UpstreamOverloaded && f.Upstream == "users":
				full.Add(1)
			default:
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if good.Load() != many || full.Load() != 2*many {
		t.Errorf("%d calls were made and %d refused, of %d", good.Load(), full.Load(), 3*many)
	}
}

// The timeout of a source holds for its calls, and that of a call for itself.
func TestTimeoutOfASource(t *testing.T) {
	t.Parallel()
	s := serve(t, func(p *peer) {
		for p.request() != nil {
			time.Sleep(300 * time.Millisecond)
			p.say(ok("a"))
		}
	})
	list := sources(s.url)
	list[0].Resilience.Timeout = 50 * time.Millisecond
	set, err := upstreams.Open(list, upstreams.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(set.Close)
	_, err = set.Caller(0).Call(t.Context(), get(s.url))
	if f, ok := errors.AsType[*fault.Error](err); !ok || f.Code != fault.UpstreamTimeout {
		t.Errorf("a call without a time of its own: %v", err)
	}
	patient := get(s.url)
	patient.Timeout = 5 * time.Second
	r, err := set.Caller(0).Call(t.Context(), patient)
	if err != nil {
		t.Fatal(err)
	}
	r.Release()
}

func TestCallWaitingForAConnectionTimesOut(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	s := serve(t, func(p *peer) {
		p.request()
		<-release
		p.say(ok("a"))
		p.waitClosed()
	})
	c := open(t, upstreams.Options{MaxConns: 1}, s.url).Caller(0)
	first := make(chan error, 1)
	go func() {
		_, err := c.Call(context.Background(), get(s.url))
		first <- err
	}()
	eventually(t, "the first call has arrived", func() bool { return s.open.Load() == 1 })
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Millisecond)
	defer cancel()
	_, err := c.Call(ctx, get(s.url))
	close(release)
	wantCode(t, err, fault.DeadlineExceeded)
	if err := <-first; err != nil {
		t.Errorf("the call in front: %v", err)
	}
	if s.accepted.Load() != 1 {
		t.Errorf("%d connections", s.accepted.Load())
	}
}

func TestIdleConnectionsAreClosed(t *testing.T) {
	t.Parallel()
	s := serve(t, answers(ok("a")))
	set := open(t, upstreams.Options{IdleTimeout: 40 * time.Millisecond}, s.url)
	wantBody(t, set.Caller(0), get(s.url), "a")
	eventually(t, "the idle connection is closed", func() bool { return s.open.Load() == 0 })
	wantBody(t, set.Caller(0), get(s.url), "a")
	if n := s.accepted.Load(); n != 2 {
		t.Errorf("%d connections", n)
	}
}

func TestSetTakesOverConnections(t *testing.T) {
	t.Parallel()
	kept, gone := serve(t, answers(ok("a"))), serve(t, answers(ok("b")))
	old, err := upstreams.Open(sources(kept.url, gone.url), upstreams.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	wantBody(t, old.Caller(0), get(kept.url), "a")
	wantBody(t, old.Caller(1), get(gone.url), "b")

	next, err := upstreams.Open(sources(kept.url), upstreams.Options{}, old)
	if err != nil {
		t.Fatal(err)
	}
	defer next.Close()
	old.Close()
	old.Close()
	wantBody(t, next.Caller(0), get(kept.url), "a")
	if n := kept.accepted.Load(); n != 1 {
		t.Errorf("%d connections to the source that stayed", n)
	}
	eventually(t, "the other source's connection is closed", func() bool { return gone.open.Load() == 0 })

	// Calls of requests that still hold the old generation.
	wantBody(t, old.Caller(1), get(gone.url), "b")
	eventually(t, "the late call's connection is closed", func() bool { return gone.open.Load() == 0 })

	other, err := upstreams.Open(sources(kept.url), upstreams.Options{MaxConns: 7}, next)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	wantBody(t, other.Caller(0), get(kept.url), "a")
	if n := kept.accepted.Load(); n != 2 {
		t.Errorf("%d connections after other options", n)
	}
}

func TestOpenNamesEveryBadSource(t *testing.T) {
	t.Parallel()
	_, err := upstreams.Open([]*schema.Source{
		{Name: "one", BaseURL: "ftp://a"},
		{Name: "two", BaseURL: "http://a"},
		{Name: "three", BaseURL: "http://me:pw@a"},
		{Name: "four", BaseURL: "/a"},
		{Name: "five", BaseURL: "http://"},
		{Name: "six", BaseURL: "http://ä"},
	}, upstreams.Options{}, nil)
	if err == nil {
		t.Fatal("opened")
	}
	for _, name := range []string{"one", "three", "four", "five", "six"} {
		if !strings.Contains(err.Error(), "source "+name+":") {
			t.Errorf("%v does not name %s", err, name)
		}
	}
	if strings.Contains(err.Error(), "two") {
		t.Errorf("%v names a good source", err)
	}
}

func TestAbsolute(t *testing.T) {
	t.Parallel()
	a, b := serve(t, answers(ok("a"))), serve(t, answers(ok("b")))
	set := open(t, upstreams.Options{}, a.url)
	c := set.Absolute()
	for range 3 {
		wantBody(t, c, get(a.url+"/x"), "a")
		wantBody(t, c, get(b.url+"?x"), "b")
	}
	wantBody(t, set.Caller(0), get(a.url), "a")
	if a.accepted.Load() != 1 || b.accepted.Load() != 1 {
		t.Errorf("%d and %d connections", a.accepted.Load(), b.accepted.Load())
	}
	for _, url := range []string{"", "/a", "file:///etc/passwd", "http://me:pw@127.0.0.1/", "http:///a", "HTTP:a"} {
		_, err := c.Call(t.Context(), get(url))
		var f *fault.Error
		if !errors.As(err, &f) || f.Code != fault.BadUserInput {
			t.Errorf("%q: %v", url, err)
		}
	}
	set.Close()
	eventually(t, "all connections are closed", func() bool { return a.open.Load()+b.open.Load() == 0 })

	late := serve(t, answers(ok("c")))
	wantBody(t, c, get(a.url), "a")
	wantBody(t, c, get(late.url), "c")
	eventually(t, "the late calls' connections are closed", func() bool { return a.open.Load()+late.open.Load() == 0 })
}
