package gateway

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/bufbuild/protocompile"
	"github.com/bufbuild/protocompile/linker"
	"github.com/vektah/gqlparser/v2/ast"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/dynamicpb"
)

const protoFolder = "../transcode/testdata"

// TestGRPCTorture sends values of every kind that Protocol Buffers knows through the whole gateway to a real gRPC server, which
// sends back what it got. What it got has to be what protobuf's own JSON reader makes of the expected message; what the client
// gets has to be, byte for byte, the form that docs/language.md and package transcode write down.
func TestGRPCTorture(t *testing.T) {
	t.Parallel()
	peer := echoProtos(t, protoFolder, "torture.proto")
	text, err := os.ReadFile("testdata/torture.graphql")
	if err != nil {
		t.Fatal(err)
	}
	gen, err := Build([]*ast.Source{{Name: "gateway.graphql", Input: string(text)}}, Options{
		Env:    func(string) (string, bool) { return peer.address, true },
		Read:   func(name string) ([]byte, error) { return os.ReadFile(filepath.Join(protoFolder, name)) },
		Logger: slog.New(slog.DiscardHandler),
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	gw := New(gen)
	t.Cleanup(gw.Close)
	for _, row := range tortureRows() {
		t.Run(row.name, func(t *testing.T) {
			field, input := "echo", "EverythingIn!"
			if row.old {
				field, input = "old", "OldIn!"
			}
			peer.got.Store(nil)
			peer.more.Store(&row.more)
			request := fmt.Sprintf(`{"query":%q,"variables":{"in":%s}}`, fmt.Sprintf("query ($in: %s) { %s(in: $in) { %s } }", input, field, row.ask), row.in)
			answer := bodyOf(t, ask(gw, postRequest(request)))
			got := peer.got.Load()
			if row.refused {
				if got != nil || codesOf(t, answer) != "BAD_USER_INPUT" || !strings.HasSuffix(answer, `"data":{"`+field+`":null}}`) {
					t.Errorf("the server got %v, the client %s", got, answer)
				}
				return
			}
			if got == nil {
				t.Fatalf("the server was not called: %s", answer)
			}
			wire := row.wire
			if wire == "" {
				wire = row.in
			}
			want := dynamicpb.NewMessage((*got).Descriptor())
			if err := (protojson.UnmarshalOptions{Resolver: peer.types}).Unmarshal([]byte(wire), want); err != nil {
				t.Fatal(err)
			}
			if !proto.Equal(*got, want) {
				t.Errorf("the server got\n%v\nwant\n%v", *got, want)
			}
			data := row.want
			if data == "" {
				data = row.in
			}
			if !strings.HasSuffix(answer, `"data":{"`+field+`":`+data+`}}`) || codesOf(t, answer) != row.codes {
				t.Errorf("got  %.2000s\nwant %.2000s with %q", answer, data, row.codes)
			}
		})
	}
}

// codesOf returns the codes of a response's errors, with the last word of their paths: "UPSTREAM_BAD_RESPONSE at as_int".
func codesOf(t *testing.T, answer string) string {
	t.Helper()
	var response struct {
		Errors []struct {
			Path       []any
			Extensions struct{ Code string }
		}
	}
	if err := json.Unmarshal([]byte(answer), &response); err != nil {
		t.Fatalf("%v in %s", err, answer)
	}
	var codes []string
	for _, e := range response.Errors {
		code := e.Extensions.Code
		if len(e.Path) > 1 {
			code += fmt.Sprint(" at ", e.Path[len(e.Path)-1])
		}
		codes = append(codes, code)
	}
	return strings.Join(codes, ", ")
}

// protoPeer is a gRPC server of whole .proto files, whose methods all send back what they got.
type protoPeer struct {
	address string
	types   *dynamicpb.Types
	got     atomic.Pointer[*dynamicpb.Message] // the last request, read by protobuf's own code
	more    atomic.Pointer[[]byte]             // fields that the reply has beside those of the request
}

// echoProtos serves the services of a file on loopback until the test ends. Nothing of ours has a part in it.
func echoProtos(t *testing.T, folder, name string) *protoPeer {
	t.Helper()
	compiler := protocompile.Compiler{Resolver: protocompile.WithStandardImports(&protocompile.SourceResolver{ImportPaths: []string{folder}})}
	files, err := compiler.Compile(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	all := new(protoregistry.Files)
	register(t, all, files[0])
	p := &protoPeer{types: dynamicpb.NewTypes(all)}
	server := grpc.NewServer()
	for i := range files[0].Services().Len() {
		server.RegisterService(p.service(files[0].Services().Get(i)), nil)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p.address = listener.Addr().String()
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	t.Cleanup(func() {
		server.Stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return p
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
				p.got.Store(&in)
				out := proto.Clone(in)
				out.ProtoReflect().SetUnknown(*p.more.Load())
				return out, nil
			},
		})
	}
	return desc
}
