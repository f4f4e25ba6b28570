package gateway

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"net/textproto"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"manifold/upstreams"
)

const streamProxies = `extend schema @proxy(path: "/legacy/*", source: "old", strip: "/legacy")`

// open sends a request and returns when the head of its response is there. A test that hangs is ended by the context.
func (f *front) open(t *testing.T, method, path string, body io.Reader, edit func(*http.Request)) *http.Response {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	t.Cleanup(cancel)
	r, err := http.NewRequestWithContext(ctx, method, f.url+path, body)
	if err != nil {
		t.Fatal(err)
	}
	if edit != nil {
		edit(r)
	}
	transport := &http.Transport{ExpectContinueTimeout: 20 * time.Second}
	t.Cleanup(transport.CloseIdleConnections)
	res, err := transport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { res.Body.Close() })
	return res
}

// ticker sends the lines that it is given, each when the test wants it.
func ticker(lines <-chan string, mediaType string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", mediaType)
		w.WriteHeader(200)
		w.(http.Flusher).Flush()
		for {
			select {
			case line, more := <-lines:
				if !more {
					return
				}
				io.WriteString(w, line)
				w.(http.Flusher).Flush()
			case <-r.Context().Done():
				return
			}
		}
	})
}

// Each piece arrives when it is sent, and for longer than any time of the listener.
func TestProxyStreamsReplies(t *testing.T) {
	t.Parallel()
	for _, mediaType := range []string{"text/event-stream", "application/x-ndjson"} {
		t.Run(mediaType, func(t *testing.T) {
			t.Parallel()
			lines := make(chan string)
			f := serveProxies(t, ticker(lines, mediaType), proxyText(`{ baseURL: "%s" }`, streamProxies), Options{})
			res := f.open(t, "GET", "/legacy/events", nil, nil) // before there is any event
			read := bufio.NewReader(res.Body)
			pause := time.NewTicker(60 * time.Millisecond)
			defer pause.Stop()
			for i := range 8 { // 480 ms; the response as a whole may take 200
				<-pause.C
				want := fmt.Sprintf("data: %d\n", i)
				lines <- want
				if got, err := read.ReadString('\n'); err != nil || got != want {
					t.Fatalf("read %q, %v, want %q", got, err, want)
				}
			}
			close(lines)
			if rest, err := io.ReadAll(read); err != nil || len(rest) > 0 {
				t.Errorf("at the end: %q, %v", rest, err)
			}
		})
	}
}

// The service has read what was sent before the rest is, so nothing is kept back; and it may take as long as it likes.
func TestProxyStreamsUploads(t *testing.T) {
	t.Parallel()
	const pieces, size = 64, 1 << 20
	got := make(chan int)
	f := serveProxies(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		piece := make([]byte, size)
		total := 0
		for {
			n, err := io.ReadFull(r.Body, piece)
			if total += n; err != nil {
				break
			}
			got <- n
		}
		fmt.Fprint(w, total)
	}), proxyText(`{ baseURL: "%s" }`, streamProxies), Options{})
	in, out := io.Pipe()
	go func() {
		defer out.Close()
		piece := make([]byte, size)
		pause := time.NewTicker(8 * time.Millisecond)
		defer pause.Stop()
		for range pieces { // 512 ms; the request as a whole may take 200
			<-pause.C
			if _, err := out.Write(piece); err != nil {
				return
			}
			select {
			case <-got: // all of it, with nothing more on its way
			case <-time.After(20 * time.Second):
				out.CloseWithError(io.ErrNoProgress)
				return
			}
		}
	}()
	res := f.open(t, "PUT", "/legacy/file", in, nil)
	body, err := io.ReadAll(res.Body)
	if err != nil || string(body) != fmt.Sprint(pieces*size) {
		t.Errorf("%d %s, %v", res.StatusCode, body, err)
	}
}

// A body is asked for only when the service wants it.
func TestProxyWaitsWithTheBody(t *testing.T) {
	t.Parallel()
	f := serveProxies(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/no" {
			w.WriteHeader(403)
			return
		}
		w.Header().Set("Link", "</style.css>; rel=preload")
		w.WriteHeader(103)
		io.Copy(w, r.Body)
	}), proxyText(`{ baseURL: "%s" }`, streamProxies), Options{})
	expect := func(r *http.Request) { r.Header.Set("Expect", "100-continue") }
	body := &counted{Reader: strings.NewReader("hello")}
	if res := f.open(t, "POST", "/legacy/no", io.NopCloser(body), expect); res.StatusCode != 403 || body.read != 0 {
		t.Errorf("%d, %d bytes were sent all the same", res.StatusCode, body.read)
	}
	var hint string
	res := f.open(t, "POST", "/legacy/yes", strings.NewReader("hello"), func(r *http.Request) {
		expect(r)
		*r = *r.WithContext(httptrace.WithClientTrace(r.Context(), &httptrace.ClientTrace{
			Got1xxResponse: func(code int, h textproto.MIMEHeader) error {
				if code != http.StatusContinue {
					hint = fmt.Sprint(code, " ", h.Get("Link"))
				}
				return nil
			},
		}))
	})
	if got, err := io.ReadAll(res.Body); err != nil || res.StatusCode != 200 || string(got) != "hello" || hint != "103 </style.css>; rel=preload" {
		t.Errorf("%d %q %v; early: %s", res.StatusCode, got, err, hint)
	}
}

type counted struct {
	io.Reader
	read int
}

func (c *counted) Read(b []byte) (int, error) {
	n, err := c.Reader.Read(b)
	c.read += n
	return n, err
}

func TestProxiedTrailers(t *testing.T) {
	t.Parallel()
	f := serveProxies(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Trailer", "X-Sum")
		io.Copy(w, r.Body)
		w.Header().Set("X-Sum", r.Trailer.Get("X-Sum"))
		w.Header().Set(http.TrailerPrefix+"X-All", fmt.Sprint(len(r.Trailer), r.Trailer))
	}), proxyText(`{ baseURL: "%s", headers: [{ name: "X-User-Id", value: "ann" }] }`, streamProxies), Options{})
	res := f.open(t, "POST", "/legacy/x", io.MultiReader(strings.NewReader("hello")), func(r *http.Request) {
		r.Trailer = http.Header{"X-Sum": {"5"}, "X_User_id": {"eve"}, "X-User-Id": {"eve"}, "X-Forwarded-For": {"10.0.0.1"}}
	})
	body, err := io.ReadAll(res.Body)
	if err != nil || string(body) != "hello" {
		t.Errorf("%q, %v", body, err)
	}
	if res.Trailer.Get("X-Sum") != "5" || res.Trailer.Get("X-All") != "1 map[X-Sum:[5]]" {
		t.Errorf("trailers: %v", res.Trailer)
	}
}

func TestProxiedHeadHasNoBody(t *testing.T) {
	t.Parallel()
	f := serveProxies(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "12345")
		w.Header().Set("ETag", `"e"`)
	}), proxyText(`{ baseURL: "%s" }`, streamProxies), Options{})
	res, body := f.get(t, "HEAD", "/legacy/x")
	if res.StatusCode != 200 || res.ContentLength != 12345 || res.Header.Get("ETag") != `"e"` || body != "" {
		t.Errorf("%d %v %q", res.StatusCode, res.Header, body)
	}
}

// A reply passes as it is: compressed, and of any length.
func TestProxiedRepliesAreLeftAlone(t *testing.T) {
	t.Parallel()
	const size = 64 << 20
	f := serveProxies(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Encoding", "gzip") // it is none
		w.Header()["Set-Cookie"] = []string{"a=1; Path=/v2", "b=2"}
		w.Header().Set("X-Encodings", r.Header.Get("Accept-Encoding"))
		w.Header().Set("Content-Length", fmt.Sprint(size))
		piece := make([]byte, 1<<20)
		for range size / len(piece) {
			w.Write(piece)
		}
	}), proxyText(`{ baseURL: "%s" }`, streamProxies), Options{Upstreams: upstreams.Options{MaxResponse: 1 << 20}})
	res := f.open(t, "GET", "/legacy/x", nil, func(r *http.Request) { r.Header.Set("Accept-Encoding", "br") })
	n, err := io.Copy(io.Discard, res.Body)
	if err != nil || n != size || res.Header.Get("Content-Encoding") != "gzip" || res.Header.Get("X-Encodings") != "br" ||
		strings.Join(res.Header["Set-Cookie"], " | ") != "a=1; Path=/v2 | b=2" {
		t.Errorf("%d bytes, %v, %v", n, err, res.Header)
	}
}

// socketEcho answers each message with itself, and says who is there first.
func socketEcho(t *testing.T) http.Handler {
	t.Helper()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, err := websocket.Accept(w, r, &websocket.AcceptOptions{Subprotocols: []string{"chat"}, InsecureSkipVerify: true})
		if err != nil {
			t.Error(err)
			return
		}
		defer c.CloseNow()
		c.Write(r.Context(), websocket.MessageText, []byte(r.URL.RequestURI()+" "+r.Header.Get("X-Key")))
		for {
			kind, text, err := c.Read(r.Context())
			if err != nil {
				return
			}
			if err := c.Write(r.Context(), kind, text); err != nil {
				return
			}
		}
	})
}

func dial(t *testing.T, f *front) (context.Context, *websocket.Conn) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	t.Cleanup(cancel)
	c, res, err := websocket.Dial(ctx, f.url+"/legacy/chat?room=1", &websocket.DialOptions{
		Subprotocols: []string{"chat"}, HTTPHeader: http.Header{"X-Key": {"eve"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.CloseNow() })
	if res.StatusCode != 101 || c.Subprotocol() != "chat" {
		t.Errorf("%d %s", res.StatusCode, c.Subprotocol())
	}
	said(ctx, t, c, "/chat?room=1 k7")
	return ctx, c
}

func said(ctx context.Context, t *testing.T, c *websocket.Conn, want string) {
	t.Helper()
	if _, got, err := c.Read(ctx); err != nil || string(got) != want {
		t.Fatalf("read %q, %v, want %q", got, err, want)
	}
}

func TestProxiedSockets(t *testing.T) {
	t.Parallel()
	f := serveProxies(t, socketEcho(t), proxyText(`{ baseURL: "%s", headers: [{ name: "X-Key", value: "k7" }] }`, streamProxies),
		Options{Upstreams: upstreams.Options{Timeout: time.Second, Silence: 50 * time.Millisecond}})
	ctx, c := dial(t, f)
	pause := time.NewTicker(150 * time.Millisecond)
	defer pause.Stop()
	for i := range 4 { // 600 ms: longer than all times of the listener and of streams
		<-pause.C
		text := strings.Repeat(fmt.Sprint(i), 10_000)
		if err := c.Write(ctx, websocket.MessageText, []byte(text)); err != nil {
			t.Fatal(err)
		}
		said(ctx, t, c, text)
	}
	if err := c.Close(websocket.StatusNormalClosure, "done"); err != nil {
		t.Error(err)
	}
}

// A stream and a socket that began before a reload run on after it, also when the old generation has been closed; new requests go to
// the new service.
func TestReloadKeepsStreams(t *testing.T) {
	t.Parallel()
	lines := make(chan string)
	mux := http.NewServeMux()
	mux.Handle("/events", ticker(lines, "text/event-stream"))
	mux.Handle("/", socketEcho(t))
	f := serveProxies(t, mux, proxyText(`{ baseURL: "%s", headers: [{ name: "X-Key", value: "k7" }] }`, streamProxies), Options{})
	res := f.open(t, "GET", "/legacy/events", nil, nil)
	events := bufio.NewReader(res.Body)
	next := func(want string) {
		t.Helper()
		lines <- want
		if got, err := events.ReadString('\n'); err != nil || got != want {
			t.Fatalf("read %q, %v, want %q", got, err, want)
		}
	}
	next("data: before\n")
	ctx, c := dial(t, f)

	other := httptest.NewServer(mirror())
	t.Cleanup(other.Close)
	old := f.Live()
	f.Swap(buildProxies(t, proxyText(fmt.Sprintf("{ baseURL: %q }", other.URL), streamProxies), Options{}, old))
	old.Close() // as when its grace is over
	if _, body := f.get(t, "GET", "/legacy/new"); !strings.HasPrefix(body, "GET /new\n") {
		t.Errorf("a new request: %s", body)
	}
	next("data: after\n")
	if err := c.Write(ctx, websocket.MessageText, []byte("still here?")); err != nil {
		t.Fatal(err)
	}
	said(ctx, t, c, "still here?")
	close(lines)
}

// What would be read as two requests by somebody else never reaches the service.
func TestProxyIsNoWayToSmuggle(t *testing.T) {
	t.Parallel()
	f := serveProxies(t, mirror(), proxyText(`{ baseURL: "%s" }`, streamProxies), Options{})
	for name, request := range map[string]string{
		"two lengths":              "POST /legacy/x HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
		"an odd coding":            "POST /legacy/x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
		"two codings":              "POST /legacy/x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
		"two hosts":                "GET /legacy/x HTTP/1.1\r\nHost: h\r\nHost: i\r\n\r\n",
		"a space before the colon": "GET /legacy/x HTTP/1.1\r\nHost: h\r\nContent-Length : 1\r\n\r\na",
		"a bare CR":                "GET /legacy/x HTTP/1.1\r\nHost: h\r\nX-A: 1\rX-B: 2\r\n\r\n",
		"a sign in the length":     "POST /legacy/x HTTP/1.1\r\nHost: h\r\nContent-Length: +1\r\n\r\na",
	} {
		conn, err := net.Dial("tcp", strings.TrimPrefix(f.url, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		conn.SetDeadline(time.Now().Add(20 * time.Second))
		io.WriteString(conn, request)
		res, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		body, _ := io.ReadAll(res.Body)
		conn.Close()
		if (res.StatusCode != 400 && res.StatusCode != 501) || strings.Contains(string(body), "/x") {
			t.Errorf("%s: %d %s", name, res.StatusCode, body)
		}
	}
	res, body := f.send(t, "POST /legacy/x HTTP/1.1\nHost: h\nContent-Length: 100\nTransfer-Encoding: chunked\nConnection: close\n\n1\na\n0\n\n")
	if res.StatusCode == 200 && strings.Contains(body, "Content-Length") {
		t.Errorf("a length beside chunks was handed on: %s", body)
	}
}
