package gateway

import (
	"context"
	"net"
	"sync/atomic"
	"testing"

	"github.com/bufbuild/protocompile"
	"github.com/bufbuild/protocompile/linker"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/dynamicpb"
)

// protoPeer is a gRPC server of whole .proto files, whose methods all send back what they got.
type protoPeer struct {
	server *grpc.Server
	types  *dynamicpb.Types
	calls  atomic.Int32
	got    atomic.Pointer[*dynamicpb.Message] // the last request, read by protobuf's own code
	more   atomic.Pointer[[]byte]             // fields that the reply has beside those of the request
	fails  atomic.Pointer[error]              // what it answers instead
}

// newProtoPeer is a server of the services of a file. Nothing of ours has a part in it.
func newProtoPeer(t *testing.T, folder, name string) *protoPeer {
	t.Helper()
	compiler := protocompile.Compiler{Resolver: protocompile.WithStandardImports(&protocompile.SourceResolver{ImportPaths: []string{folder}})}
	files, err := compiler.Compile(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	all := new(protoregistry.Files)
	register(t, all, files[0])
	p := &protoPeer{server: grpc.NewServer(), types: dynamicpb.NewTypes(all)}
	for i := range files[0].Services().Len() {
		p.server.RegisterService(p.service(files[0].Services().Get(i)), nil)
	}
	t.Cleanup(p.server.Stop)
	return p
}

// serve serves on loopback until the test ends, and returns the address.
func (p *protoPeer) serve(t *testing.T) string {
	t.Helper()
	listener := listen(t, "127.0.0.1:0")
	ended := make(chan error, 1)
	go func() { ended <- p.server.Serve(listener) }()
	t.Cleanup(func() {
		p.server.Stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return listener.Addr().String()
}

func listen(t *testing.T, address string) net.Listener {
	t.Helper()
	listener, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	return listener
}

// register adds a file and all that it imports.
func register(t *testing.T, all *protoregistry.Files, file protoreflect.FileDescriptor) {
	t.Helper()
	if _, err := all.FindFileByPath(file.Path()); err == nil {
		return
	}
	imports := file.Imports()
	for i := range imports.Len() {
		dependency := file.(linker.File).FindImportByPath(imports.Get(i).Path())
		register(t, all, dependency)
	}
	if err := all.RegisterFile(file); err != nil {
		t.Fatal(err)
	}
}

// service describes a service to the gRPC library.
func (p *protoPeer) service(s protoreflect.ServiceDescriptor) *grpc.ServiceDesc {
	desc := &grpc.ServiceDesc{ServiceName: string(s.FullName())}
	for i := range s.Methods().Len() {
		method := s.Methods().Get(i)
		desc.Methods = append(desc.Methods, grpc.MethodDesc{
			MethodName: string(method.Name()),
			Handler: func(_ any, _ context.Context, decode func(any) error, _ grpc.UnaryServerInterceptor) (any, error) {
				in := dynamicpb.NewMessage(method.Input())
				if err := decode(in); err != nil {
					return nil, err
				}
				p.calls.Add(1)
				p.got.Store(&in)
				if err := p.fails.Load(); err != nil {
					return nil, *err
				}
				out := proto.Clone(in)
				if more := p.more.Load(); more != nil {
					out.ProtoReflect().SetUnknown(*more)
				}
				return out, nil
			},
		})
	}
	return desc
}
