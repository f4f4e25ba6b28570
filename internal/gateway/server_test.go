package gateway

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"manifold/bff"
)

func TestRoutes(t *testing.T) {
	t.Parallel()
	graphql := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "graphql") })
	nobody := &clients{api: &bff.API{}}
	dev, production := routes(graphql, nobody, Options{Dev: true}), routes(graphql, nobody, Options{})
	tests := []struct {
		handler      http.Handler
		method, path string
		status       int
		contentType  string
		says         string
	}{
		{production, "POST", "/graphql", 200, "", "graphql"},
		{production, "GET", "/livez", 200, "application/json; charset=utf-8", "ok"},
		{production, "GET", "/readyz", 200, "application/json; charset=utf-8", "ok"},
		{production, "GET", "/healthz", 200, "application/json; charset=utf-8", "ok"},
		{production, "GET", "/", 404, "application/json; charset=utf-8", "NOT_FOUND"},
		{production, "GET", "/playground/start.js", 404, "application/json; charset=utf-8", "NOT_FOUND"},
		{production, "GET", "/nope", 404, "application/json; charset=utf-8", "NOT_FOUND"},
		{production, "POST", "/graphql/", 404, "application/json; charset=utf-8", "NOT_FOUND"},
		{dev, "GET", "/", 200, "text/html; charset=utf-8", "graphiql"},
		{dev, "GET", "/playground/start.js", 200, "text/javascript; charset=utf-8", "createRoot"},
		{dev, "GET", "/playground/page.css", 200, "text/css; charset=utf-8", "#graphiql"},
		{dev, "GET", "/playground/LICENSES.txt", 200, "text/plain; charset=utf-8", "MIT"},
		{dev, "GET", "/playground", 200, "text/html; charset=utf-8", "graphiql"},
		{dev, "GET", "/playground/", 404, "application/json; charset=utf-8", "NOT_FOUND"},
		{dev, "GET", "/playground/build.sh", 404, "application/json; charset=utf-8", "NOT_FOUND"},
		{dev, "GET", "/playground/x/start.js", 404, "application/json; charset=utf-8", "NOT_FOUND"},
		{dev, "GET", "/nope", 404, "application/json; charset=utf-8", "NOT_FOUND"},
	}
	for _, test := range tests {
		resp := ask(test.handler, httptest.NewRequest(test.method, test.path, nil))
		body := bodyOf(t, resp)
		if resp.StatusCode != test.status || !strings.Contains(body, test.says) ||
			test.contentType != "" && resp.Header.Get("Content-Type") != test.contentType {
			t.Errorf("%s %s: %d %s %.80s", test.method, test.path, resp.StatusCode, resp.Header.Get("Content-Type"), body)
		}
	}
}

// TestPlaygroundWorksOffline follows every address in the page: all are files of ours, and nothing is inline.
func TestPlaygroundWorksOffline(t *testing.T) {
	t.Parallel()
	h := routes(http.NotFoundHandler(), &clients{api: &bff.API{}}, Options{Dev: true})
	resp := ask(h, httptest.NewRequest("GET", "/", nil))
	page := bodyOf(t, resp)
	if policy := resp.Header.Get("Content-Security-Policy"); !strings.Contains(policy, "script-src 'self';") {
		t.Errorf("policy %q", policy)
	}
	links := regexp.MustCompile(`(?:src|href)="([^"]*)"`).FindAllStringSubmatch(page, -1)
	if len(links) < 6 {
		t.Fatalf("%d links in the page", len(links))
	}
	for _, link := range links {
		if link[1] == "data:," {
			continue
		}
		if resp := ask(h, httptest.NewRequest("GET", "/"+link[1], nil)); resp.StatusCode != 200 {
			t.Errorf("%s: %d", link[1], resp.StatusCode)
		}
	}
	if regexp.MustCompile(`<script>|<style|\son[a-z]+=`).MatchString(page) {
		t.Error("the page has something inline, which its policy forbids")
	}
}

// pipeListener hands out the server's ends of in-memory connections.
type pipeListener struct {
	conns chan net.Conn
	done  chan struct{}
}

func newPipeListener() *pipeListener {
	return &pipeListener{conns: make(chan net.Conn), done: make(chan struct{})}
}

func (l *pipeListener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.done:
		return nil, net.ErrClosed
	}
}

func (l *pipeListener) Close() error   { close(l.done); return nil }
func (l *pipeListener) Addr() net.Addr { return &net.TCPAddr{} }

func (l *pipeListener) dial() net.Conn {
	client, server := net.Pipe()
	l.conns <- server
	return client
}

// serveInBubble runs fn against a served handler, in fake time.
func serveInBubble(t *testing.T, h http.Handler, fn func(l *pipeListener)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		l := newPipeListener()
		served := make(chan error, 1)
		go func() { served <- Serve(ctx, l, h) }()
		fn(l)
		cancel()
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
}

// waitClosed reads what the server sends until it closes the connection, and returns that and the time it took.
func waitClosed(c net.Conn) (text string, after time.Duration) {
	start := time.Now()
	b, _ := io.ReadAll(c)
	return string(b), time.Since(start)
}

func TestSlowClients(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	h := f.serve(Limits{}, false)
	tests := map[string]struct {
		send  string
		after time.Duration
		says  string
	}{
		"header": {"POST /graphql HTTP/1.1\r\nHost: x\r\n", headerTimeout, ""},
		"body": {
			"POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{", readTimeout,
			"HTTP/1.1 408 ",
		},
		"idle": {"", headerTimeout, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			serveInBubble(t, h, func(l *pipeListener) {
				c := l.dial()
				defer c.Close()
				go func() { _, _ = io.WriteString(c, test.send) }()
				text, after := waitClosed(c)
				// net/http waits half a second before it closes a connection with unread input
				if after < test.after || after > test.after+time.Second || !strings.HasPrefix(text, test.says) {
					t.Errorf("closed after %v: %q", after, text)
				}
			})
		})
	}
}

// TestLongRequestsAreNotCancelled runs operations that take longer than a body may.
func TestLongRequestsAreNotCancelled(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.exec = func(ctx context.Context, x *exchange) graphql.ResponseHandler {
		select {
		case <-ctx.Done():
			t.Error("cancelled")
		case <-time.After(3 * readTimeout):
		}
		x.finish(fakeAnswer{data: `{"ok":true}`, released: &f.released})
		return graphql.OneShot(emptyResponse)
	}
	h := f.serve(Limits{}, false)
	const body = `{"query":"{user{id}}"}`
	for _, request := range []string{
		"GET /graphql?query=%7Buser%7Bid%7D%7D HTTP/1.1\r\nHost: x\r\n\r\n",
		"POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 22\r\n\r\n" + body,
	} {
		serveInBubble(t, h, func(l *pipeListener) {
			c := l.dial()
			defer c.Close()
			go func() { _, _ = io.WriteString(c, request) }()
			resp, err := http.ReadResponse(bufio.NewReader(c), nil)
			if err != nil {
				t.Fatal(err)
			}
			checkBody(t, bodyOf(t, resp), "", "")
		})
	}
}

// TestShutdownWaits ends the server while a request runs.
func TestShutdownWaits(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		l := newPipeListener()
		h := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			cancel()
			time.Sleep(drainTimeout / 2)
			_, _ = io.WriteString(w, "done")
		})
		served := make(chan error, 1)
		go func() { served <- Serve(ctx, l, h) }()
		c := l.dial()
		defer c.Close()
		go func() { _, _ = io.WriteString(c, "GET / HTTP/1.1\r\nHost: x\r\n\r\n") }()
		text, _ := waitClosed(c)
		if !strings.HasSuffix(text, "done") {
			t.Errorf("cut off: %q", text)
		}
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
}

// TestTooLargeIsSaidBeforeTheBodyIsSent announces a large body and waits for leave to send it.
func TestTooLargeIsSaidBeforeTheBodyIsSent(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	serveInBubble(t, f.serve(Limits{}, false), func(l *pipeListener) {
		c := l.dial()
		defer c.Close()
		go func() {
			_, _ = io.WriteString(c, "POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 2000000\r\nExpect: 100-continue\r\n\r\n")
		}()
		text, _ := waitClosed(c)
		if !strings.HasPrefix(text, "HTTP/1.1 413 ") || !strings.Contains(text, "Connection: close") {
			t.Errorf("%.200q", text)
		}
	})
}
