package upstreams_test

import (
	"bytes"
	"context"
	"net"
	"slices"
	"strings"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/health"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/reflection"
	"google.golang.org/grpc/status"

	"manifold/internal/protos"
	"manifold/upstreams"
)

// TestDescribe reads the definitions of grpc's own health service.
func TestDescribe(t *testing.T) {
	t.Parallel()
	for name, register := range map[string]func(*grpc.Server){
		"v1 and v1alpha": func(s *grpc.Server) { reflection.Register(s) },
		"v1":             func(s *grpc.Server) { reflection.RegisterV1(s) },
	} {
		s := grpc.NewServer()
		grpc_health_v1.RegisterHealthServer(s, health.NewServer())
		register(s)
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			s.Serve(l)
		}()
		g := openGRPC(t, l.Addr().String(), upstreams.Options{})
		set, err := upstreams.Describe(soon(t), g.Conn())
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		services, err := protos.ParseSet("catalog", set)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if got := services.Methods(); !slices.Contains(got, "grpc.health.v1.Health/Check") || strings.Contains(strings.Join(got, " "), "reflection") {
			t.Errorf("%s: methods %q", name, got)
		}
		if !services.Method("grpc.health.v1.Health/Watch").Streaming {
			t.Errorf("%s: Watch does stream", name)
		}
		if again, err := upstreams.Describe(soon(t), g.Conn()); err != nil || !bytes.Equal(set, again) {
			t.Errorf("%s: another answer: %v", name, err)
		}
		s.Stop()
		<-ended
	}
}

func TestDescribeWithoutReflection(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		code codes.Code
		want string
	}{{codes.Unimplemented, "the server has no reflection"}, {codes.PermissionDenied, "PermissionDenied"}} {
		peer := serveGRPC(t, func(context.Context, string, []byte) ([]byte, error) { return nil, status.Error(c.code, "no") })
		g := openGRPC(t, peer.address, upstreams.Options{})
		if _, err := upstreams.Describe(soon(t), g.Conn()); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("want %q, got %v", c.want, err)
		}
	}
}
