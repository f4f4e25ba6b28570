package upstreams_test

import (
	"context"
	"crypto/x509"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"manifold/internal/fault"
	"manifold/upstreams"
)

func TestGRPCCall(t *testing.T) {
	t.Parallel()
	seen := make(chan metadata.MD, 1)
	var path string
	peer := serveGRPC(t, func(ctx context.Context, method string, message []byte) ([]byte, error) {
		path = method
		md, _ := metadata.FromIncomingContext(ctx)
		seen <- md
		return message, nil
	})
	g := openGRPC(t, "dns:///"+peer.address, upstreams.Options{})
	r, err := callJSON(soon(t), g, &upstreams.Call{
		RPC: echo(t), Body: []byte(`{"text":"hi \u00e9","number":"9223372036854775807"}`),
		Headers: []upstreams.Header{
			{Name: "Authorization", Value: "Bearer x"}, {Name: "X-Two", Value: "1"}, {Name: "x-two", Value: "2"}, {Name: "Connection", Value: "close"}, {Name: "TE", Value: "gzip"},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	if r.Status != 200 || r.ContentType != "application/json" || string(r.Body) != `{"text":"hi é","number":9223372036854775807,"many":[]}` {
		t.Errorf("got %d %s %s", r.Status, r.ContentType, r.Body)
	}
	if got := r.Header("X-Served-By"); !slices.Equal(got, []string{"peer", "again"}) || r.Header("x-raw-bin") != nil {
		t.Errorf("headers %q", r.Headers())
	}
	r.Release()
	md := <-seen
	if path != "/test.Echo/Echo" || !slices.Equal(md["authorization"], []string{"Bearer x"}) || !slices.Equal(md["x-two"], []string{"1", "2"}) || md["connection"] != nil {
		t.Errorf("%s got %v", path, md)
	}
	if got := md["content-type"]; !slices.Equal(got, []string{"application/grpc+proto"}) || !strings.HasPrefix(md["user-agent"][0], "manifold") {
		t.Errorf("content-type %q, user-agent %q", got, md["user-agent"])
	}
}

func TestGRPCCallWithoutBody(t *testing.T) {
	t.Parallel()
	peer := serveGRPC(t, echoes)
	g := openGRPC(t, "passthrough:///"+peer.address, upstreams.Options{})
	r, err := callJSON(soon(t), g, &upstreams.Call{RPC: echo(t)})
	if err != nil || string(r.Body) != `{"text":"","number":0,"many":[]}` {
		t.Errorf("got %+v, %v", r, err)
	}
}

// What cannot be sent is refused, and nothing is.
func TestGRPCRefusesBadCalls(t *testing.T) {
	t.Parallel()
	peer := serveGRPC(t, echoes)
	g := openGRPC(t, peer.address, upstreams.Options{MaxMessage: 1000})
	for _, c := range []struct {
		name  string
		call  upstreams.Call
		cause string
	}{
		{"a wrong type", upstreams.Call{Body: []byte(`{"number":"x"}`)}, "number: has to be an integer"},
		{"no JSON", upstreams.Call{Body: []byte(`{`)}, "invalid JSON"},
		{"a line break", upstreams.Call{Headers: []upstreams.Header{{Name: "a", Value: "b\r\nc"}}}, "header a"},
		{"beyond ASCII", upstreams.Call{Headers: []upstreams.Header{{Name: "a", Value: "é"}}}, "printable"},
		{"reserved", upstreams.Call{Headers: []upstreams.Header{{Name: "Grpc-Timeout", Value: "1S"}}}, "reserved"},
		{"binary", upstreams.Call{Headers: []upstreams.Header{{Name: "x-bin", Value: "1"}}}, "reserved"},
		{"too large", upstreams.Call{Body: []byte(`{"text":"` + strings.Repeat("x", 2000) + `"}`)}, "the message"},
	} {
		c.call.RPC = echo(t)
		_, err := g.Call(soon(t), &c.call)
		f, ok := errors.AsType[*fault.Error](err)
		if !ok || f.Code != fault.BadUserInput || f.Upstream != "catalog" || !strings.Contains(fmt.Sprint(f.Cause), c.cause) {
			t.Errorf("%s: got %v", c.name, err)
		}
	}
	if n := peer.calls.Load(); n != 0 {
		t.Errorf("%d calls were sent", n)
	}
}

func TestGRPCDeadline(t *testing.T) {
	t.Parallel()
	left := make(chan time.Duration, 1)
	peer := serveGRPC(t, func(ctx context.Context, _ string, _ []byte) ([]byte, error) {
		at, _ := ctx.Deadline()
		left <- time.Until(at)
		<-ctx.Done()
		return nil, ctx.Err()
	})
	g := openGRPC(t, peer.address, upstreams.Options{})
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	_, err := g.Call(ctx, &upstreams.Call{RPC: echo(t)})
	f, ok := errors.AsType[*fault.Error](err)
	if !ok || f.Code != fault.UpstreamTimeout || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	if d := <-left; d <= 0 || d > 300*time.Millisecond {
		t.Errorf("the upstream had %v", d)
	}
	_, err = g.Call(ctx, &upstreams.Call{RPC: echo(t)})
	if f, ok := errors.AsType[*fault.Error](err); !ok || f.Code != fault.UpstreamTimeout || peer.calls.Load() != 1 {
		t.Errorf("after the deadline: %v, %d calls", err, peer.calls.Load())
	}
}

func TestGRPCCancelled(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	peer := serveGRPC(t, func(ctx context.Context, _ string, _ []byte) ([]byte, error) {
		cancel()
		<-ctx.Done()
		close(ended)
		return nil, ctx.Err()
	})
	g := openGRPC(t, peer.address, upstreams.Options{})
	_, err := g.Call(ctx, &upstreams.Call{RPC: echo(t)})
	f, ok := errors.AsType[*fault.Error](err)
	if !ok || f.Code != fault.Internal || !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	<-ended
}

func TestGRPCNobodyListens(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	g := openGRPC(t, l.Addr().String(), upstreams.Options{})
	_, err = callJSON(soon(t), g, &upstreams.Call{RPC: echo(t)})
	f, ok := errors.AsType[*fault.Error](err)
	if !ok || f.Code != fault.UpstreamUnavailable || strings.Contains(f.Message, "127.0.0.1") {
		t.Errorf("got %v", err)
	}
}

func TestGRPCLargeMessages(t *testing.T) {
	t.Parallel()
	peer := serveGRPC(t, echoes)
	g := openGRPC(t, peer.address, upstreams.Options{})
	text := strings.Repeat("0123456789", 350_000)
	r, err := callJSON(soon(t), g, &upstreams.Call{RPC: echo(t), Body: []byte(`{"text":"` + text + `"}`)})
	if err != nil || string(r.Body) != `{"text":"`+text+`","number":0,"many":[]}` {
		t.Fatalf("got %v", err)
	}
	r.Release()

	small := openGRPC(t, peer.address, upstreams.Options{MaxMessage: 1 << 20})
	for name, message := range map[string][]byte{
		"the message": append([]byte{1<<3 | 2, 0x80, 0x80, 0x80, 0x01}, make([]byte, 2<<20)...),
		"its JSON":    []byte(strings.Repeat("\x1a\x00", 300_000)),
	} {
		peer := serveGRPC(t, func(context.Context, string, []byte) ([]byte, error) { return message, nil })
		small := openGRPC(t, peer.address, upstreams.Options{MaxMessage: 1 << 20})
		_, err := callJSON(soon(t), small, &upstreams.Call{RPC: echo(t)})
		if f, ok := errors.AsType[*fault.Error](err); !ok || f.Code != fault.UpstreamTooLarge {
			t.Errorf("%s: got %v", name, err)
		}
	}
	if r, err := small.Call(soon(t), &upstreams.Call{RPC: echo(t)}); err != nil || r.Status != 200 {
		t.Errorf("a small one: %v", err)
	}
}

// An error that is the service's answer is a reply, any other a fault.
func TestGRPCStatuses(t *testing.T) {
	t.Parallel()
	var answer error
	peer := serveGRPC(t, func(context.Context, string, []byte) ([]byte, error) { return nil, answer })
	g := openGRPC(t, peer.address, upstreams.Options{})
	for code, want := range map[codes.Code]string{
		codes.Canceled:           "UPSTREAM_UNAVAILABLE",
		codes.Unknown:            `500 {"code":"UNKNOWN","message":"as \"they\" say"}`,
		codes.InvalidArgument:    `400 {"code":"INVALID_ARGUMENT","message":"as \"they\" say"}`,
		codes.DeadlineExceeded:   "UPSTREAM_TIMEOUT",
		codes.NotFound:           `404 {"code":"NOT_FOUND","message":"as \"they\" say"}`,
		codes.AlreadyExists:      `409 {"code":"ALREADY_EXISTS","message":"as \"they\" say"}`,
		codes.PermissionDenied:   `403 {"code":"PERMISSION_DENIED","message":"as \"they\" say"}`,
		codes.ResourceExhausted:  "UPSTREAM_RATE_LIMITED",
		codes.FailedPrecondition: `400 {"code":"FAILED_PRECONDITION","message":"as \"they\" say"}`,
		codes.Aborted:            `409 {"code":"ABORTED","message":"as \"they\" say"}`,
		codes.OutOfRange:         `400 {"code":"OUT_OF_RANGE","message":"as \"they\" say"}`,
		codes.Unimplemented:      `501 {"code":"UNIMPLEMENTED","message":"as \"they\" say"}`,
		codes.Internal:           `500 {"code":"INTERNAL","message":"as \"they\" say"}`,
		codes.Unavailable:        "UPSTREAM_UNAVAILABLE",
		codes.DataLoss:           `500 {"code":"DATA_LOSS","message":"as \"they\" say"}`,
		codes.Unauthenticated:    `401 {"code":"UNAUTHENTICATED","message":"as \"they\" say"}`,
		codes.Code(77):           `500 {"code":"UNKNOWN","message":"as \"they\" say"}`,
	} {
		answer = status.Error(code, `as "they" say`)
		var got string
		r, err := callJSON(soon(t), g, &upstreams.Call{RPC: echo(t)})
		if f, ok := errors.AsType[*fault.Error](err); ok {
			got = string(f.Code)
			if strings.Contains(f.Message, "they") || !strings.Contains(f.Cause.Error(), "they") || f.Upstream != "catalog" {
				t.Errorf("%v: %+v", code, f)
			}
		} else {
			got = fmt.Sprint(r.Status, " ", string(r.Body))
		}
		if got != want {
			t.Errorf("%v: got %s, want %s", code, got, want)
		}
	}
	answer = status.Error(codes.NotFound, "")
	if r, err := callJSON(soon(t), g, &upstreams.Call{RPC: echo(t)}); err != nil || string(r.Body) != `{"code":"NOT_FOUND","message":""}` {
		t.Errorf("without message: %+v, %v", r, err)
	}
}

func frame(length int, message []byte) []byte {
	return append(binary.BigEndian.AppendUint32([]byte{0}, uint32(length)), message...)
}

// Answers that no gRPC server gives: of proxies, of broken servers.
func TestGRPCBadAnswers(t *testing.T) {
	t.Parallel()
	grpcAnswer := func(status string, body []byte) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/grpc")
			w.WriteHeader(200)
			w.Write(body)
			if status != "" {
				w.Header().Set(http.TrailerPrefix+"Grpc-Status", status)
			}
		}
	}
	page := func(status int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			w.WriteHeader(status)
			w.Write([]byte("<html>"))
		}
	}
	for name, c := range map[string]struct {
		answer http.HandlerFunc
		want   string
	}{
		"as it should be":       {grpcAnswer("0", frame(4, []byte("\x0a\x02hi"))), "200"},
		"an error with headers": {grpcAnswer("5", nil), "404"},
		"a truncated frame":     {grpcAnswer("0", frame(100, make([]byte, 40))), "UPSTREAM_BAD_RESPONSE"},
		"half a frame header":   {grpcAnswer("0", []byte{0, 0, 0}), "UPSTREAM_BAD_RESPONSE"},
		"no message":            {grpcAnswer("0", nil), "UPSTREAM_BAD_RESPONSE"},
		"two messages":          {grpcAnswer("0", append(frame(0, nil), frame(0, nil)...)), "UPSTREAM_BAD_RESPONSE"},
		"no trailers":           {grpcAnswer("", frame(0, nil)), "UPSTREAM_BAD_RESPONSE"},
		"a strange status":      {grpcAnswer("x", nil), "UPSTREAM_BAD_RESPONSE"},
		"a truncated message":   {grpcAnswer("0", frame(2, []byte("\x0a\x05"))), "UPSTREAM_BAD_RESPONSE"},
		"no UTF-8":              {grpcAnswer("0", frame(3, []byte("\x0a\x01\xff"))), "UPSTREAM_BAD_RESPONSE"},
		"a wrong compression":   {grpcAnswer("0", append([]byte{1}, frame(0, nil)[1:]...)), "UPSTREAM_BAD_RESPONSE"},
		"a page":                {page(200), "UPSTREAM_BAD_RESPONSE"},
		"a page that is none":   {page(404), "UPSTREAM_BAD_RESPONSE"},
		"a redirect":            {page(302), "UPSTREAM_BAD_RESPONSE"},
		"a proxy's 503":         {page(503), "UPSTREAM_UNAVAILABLE"},
		"hung up":               {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, "UPSTREAM_BAD_RESPONSE"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := httptest.NewUnstartedServer(c.answer)
			s.Config.Protocols = new(http.Protocols)
			s.Config.Protocols.SetUnencryptedHTTP2(true)
			s.Start()
			defer s.Close()
			g, err := upstreams.OpenGRPC("catalog", upstreams.GRPCTarget{Target: s.Listener.Addr().String()}, upstreams.Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer g.Close() // before the server, which waits for connections
			var got string
			r, err := callJSON(soon(t), g, &upstreams.Call{RPC: echo(t)})
			if f, ok := errors.AsType[*fault.Error](err); ok {
				got = string(f.Code)
			} else {
				got = fmt.Sprint(r.Status)
			}
			if got != c.want {
				t.Errorf("got %s (%v), want %s", got, err, c.want)
			}
		})
	}
}

// A peer that does not speak HTTP/2 at all.
func TestGRPCOtherProtocols(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			c.Write([]byte("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"))
			c.Close()
		}
	}()
	g := openGRPC(t, l.Addr().String(), upstreams.Options{})
	_, err = callJSON(soon(t), g, &upstreams.Call{RPC: echo(t)})
	if f, ok := errors.AsType[*fault.Error](err); !ok || f.Code != fault.UpstreamUnavailable {
		t.Errorf("got %v", err)
	}
}

func TestGRPCBalancesCalls(t *testing.T) {
	t.Parallel()
	var (
		peers     []*grpcPeer
		addresses []string
	)
	for range 3 {
		p := serveGRPC(t, echoes)
		peers, addresses = append(peers, p), append(addresses, p.address)
	}
	g := openGRPC(t, "ipv4:"+strings.Join(addresses, ","), upstreams.Options{})
	call := func() {
		r, err := callJSON(soon(t), g, &upstreams.Call{RPC: echo(t)})
		if err != nil {
			t.Fatal(err)
		}
		r.Release()
	}
	for ctx := soon(t); peers[0].calls.Load() == 0 || peers[1].calls.Load() == 0 || peers[2].calls.Load() == 0; {
		if ctx.Err() != nil {
			t.Fatal("an instance is never called")
		}
		call()
	}
	for _, p := range peers {
		p.calls.Store(0)
	}
	for range 30 {
		call()
	}
	for i, p := range peers {
		if n := p.calls.Load(); n != 10 {
			t.Errorf("instance %d got %d of 30 calls", i, n)
		}
	}
}

func TestGRPCConnectsAgain(t *testing.T) {
	t.Parallel()
	peer := serveGRPC(t, echoes)
	g := openGRPC(t, peer.address, upstreams.Options{})
	call := &upstreams.Call{RPC: echo(t)}
	if _, err := g.Call(soon(t), call); err != nil {
		t.Fatal(err)
	}
	peer.server.Stop()
	if _, err := g.Call(soon(t), call); err == nil {
		t.Fatal("nobody is there")
	}
	again := serveGRPCOn(t, peer.address, echoes)
	conn, _ := g.Conn().(*grpc.ClientConn)
	for ctx := soon(t); ; {
		state := conn.GetState()
		r, err := g.Call(ctx, call)
		if err == nil && r.Status == 200 {
			break
		}
		if !conn.WaitForStateChange(ctx, state) {
			t.Fatalf("it does not connect again: %v", err)
		}
	}
	if again.calls.Load() != 1 {
		t.Errorf("%d calls", again.calls.Load())
	}
}

func TestGRPCOverTLS(t *testing.T) {
	t.Parallel()
	s := httptest.NewUnstartedServer(newGRPCServer(echoes).server)
	s.EnableHTTP2 = true
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.StartTLS()
	defer s.Close()
	roots := x509.NewCertPool()
	roots.AddCert(s.Certificate())
	for _, c := range []struct {
		name    string
		options upstreams.Options
		works   bool
	}{
		{"known", upstreams.Options{RootCAs: roots}, true},
		{"unknown", upstreams.Options{RootCAs: x509.NewCertPool()}, false},
	} {
		g, err := upstreams.OpenGRPC("catalog", upstreams.GRPCTarget{Target: s.Listener.Addr().String(), TLS: true}, c.options)
		if err != nil {
			t.Fatal(err)
		}
		_, err = callJSON(soon(t), g, &upstreams.Call{RPC: echo(t), Body: []byte(`{"text":"x"}`)})
		if f, ok := errors.AsType[*fault.Error](err); ok == c.works || ok && f.Code != fault.UpstreamUnavailable {
			t.Errorf("%s: got %v", c.name, err)
		}
		g.Close()
	}
}

func TestGRPCTargets(t *testing.T) {
	t.Parallel()
	for _, target := range []string{"", "ipv4:", "ipv4:127.0.0.1", "ipv4:catalog:9102", "ipv4:127.0.0.1:1,"} {
		if g, err := upstreams.OpenGRPC("catalog", upstreams.GRPCTarget{Target: target}, upstreams.Options{}); err == nil {
			t.Errorf("%q is opened", target)
			g.Close()
		}
	}
}

// callJSON is Call, with the JSON of a message in its place.
func callJSON(ctx context.Context, g *upstreams.GRPC, c *upstreams.Call) (*upstreams.Reply, error) {
	r, err := g.Call(ctx, c)
	if err != nil {
		return nil, err
	}
	r.Body, err = r.JSON()
	return r, err
}
