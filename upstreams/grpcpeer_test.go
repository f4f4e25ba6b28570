package upstreams_test

import (
	"context"
	"net"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/mem"
	"google.golang.org/grpc/metadata"

	"manifold/internal/protos"
	"manifold/internal/transcode"
	"manifold/upstreams"
)

const echoProto = `syntax = "proto3";
package test;
service Echo { rpc Echo(Message) returns (Message); }
message Message { string text = 1; int64 number = 2; repeated Empty many = 3; }
message Empty { string a = 1; int64 b = 2; }
`

// echo is the method that the tests call.
func echo(t testing.TB) *transcode.Method {
	t.Helper()
	s, err := protos.Parse("echo.proto", func(string) ([]byte, error) { return []byte(echoProto), nil })
	if err != nil {
		t.Fatal(err)
	}
	m := s.Method("test.Echo/Echo")
	return transcode.NewMethod(m.Path(), m.Input, m.Output, s.Messages())
}

// bytesCodec lets a server see the bytes of messages.
type bytesCodec struct{}

func (bytesCodec) Name() string { return "proto" }

func (bytesCodec) Marshal(v any) (mem.BufferSlice, error) {
	return mem.BufferSlice{mem.SliceBuffer(*v.(*[]byte))}, nil
}

func (bytesCodec) Unmarshal(data mem.BufferSlice, v any) error {
	*v.(*[]byte) = data.Materialize()
	return nil
}

// handler answers one call of a method.
type handler func(ctx context.Context, method string, message []byte) ([]byte, error)

// grpcPeer is a gRPC server.
type grpcPeer struct {
	address string
	server  *grpc.Server
	calls   atomic.Int64
}

// newGRPCServer returns a server that answers every method by h, and where it counts.
func newGRPCServer(h handler) *grpcPeer {
	p := new(grpcPeer)
	p.server = grpc.NewServer(
		grpc.ForceServerCodecV2(bytesCodec{}),
		grpc.MaxRecvMsgSize(64<<20),
		grpc.UnknownServiceHandler(func(_ any, s grpc.ServerStream) error {
			p.calls.Add(1)
			var in []byte
			if err := s.RecvMsg(&in); err != nil {
				return err
			}
			method, _ := grpc.MethodFromServerStream(s)
			out, err := h(s.Context(), method, in)
			if err != nil {
				return err
			}
			s.SetHeader(metadata.Pairs("x-served-by", "peer", "x-served-by", "again", "x-raw-bin", "\x00\x01"))
			return s.SendMsg(&out)
		}),
	)
	return p
}

// serveGRPC serves h on loopback until the test ends.
func serveGRPC(t testing.TB, h handler) *grpcPeer {
	t.Helper()
	return serveGRPCOn(t, "127.0.0.1:0", h)
}

func serveGRPCOn(t testing.TB, address string, h handler) *grpcPeer {
	t.Helper()
	p := newGRPCServer(h)
	l, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	p.address = l.Addr().String()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		p.server.Serve(l)
	}()
	t.Cleanup(func() {
		p.server.Stop()
		<-ended
	})
	return p
}

// echoes sends back what it got.
func echoes(_ context.Context, _ string, message []byte) ([]byte, error) { return message, nil }

// openGRPC opens a target until the test ends.
func openGRPC(t testing.TB, target string, o upstreams.Options) *upstreams.GRPC {
	t.Helper()
	g, err := upstreams.OpenGRPC("catalog", upstreams.GRPCTarget{Target: target}, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(g.Close)
	return g
}

// soon is a context with a deadline that ends a test that hangs.
func soon(t testing.TB) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	t.Cleanup(cancel)
	return ctx
}
