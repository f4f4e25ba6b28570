package upstreams

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	reflection "google.golang.org/grpc/reflection/grpc_reflection_v1"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/descriptorpb"
)

// Describe asks a gRPC server for the definitions of all its services by server reflection, and returns them as a serialized
// FileDescriptorSet, as protos.ParseSet reads it. The result is equal as long as the definitions are.
//
// It asks by version 1 of the protocol, and by v1alpha, which has the same messages, if the server does not know that.
func Describe(ctx context.Context, conn grpc.ClientConnInterface) ([]byte, error) {
	set, err := describe(ctx, conn, "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo")
	if status.Code(err) == codes.Unimplemented {
		set, err = describe(ctx, conn, "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo")
	}
	if status.Code(err) == codes.Unimplemented {
		return nil, errors.New("the server has no reflection")
	}
	return set, err
}

// describer is one conversation with a server.
type describer struct {
	stream grpc.ClientStream
	files  map[string]*descriptorpb.FileDescriptorProto // by name
	size   int
}

// maxDefinitions is how many bytes of definitions are taken from a server.
const maxDefinitions = 32 << 20

func describe(ctx context.Context, conn grpc.ClientConnInterface, method string) ([]byte, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel() // ends the stream
	stream, err := conn.NewStream(ctx, &grpc.StreamDesc{StreamName: "ServerReflectionInfo", ServerStreams: true, ClientStreams: true}, method)
	if err != nil {
		return nil, err
	}
	d := &describer{stream: stream, files: make(map[string]*descriptorpb.FileDescriptorProto)}
	services, err := d.ask(&reflection.ServerReflectionRequest{
		MessageRequest: &reflection.ServerReflectionRequest_ListServices{ListServices: "*"},
	})
	if err != nil {
		return nil, err
	}
	for _, s := range services.GetListServicesResponse().GetService() {
		if strings.HasPrefix(s.GetName(), "grpc.reflection.") {
			continue
		}
		if err := d.add(&reflection.ServerReflectionRequest{
			MessageRequest: &reflection.ServerReflectionRequest_FileContainingSymbol{FileContainingSymbol: s.GetName()},
		}); err != nil {
			return nil, fmt.Errorf("service %s: %w", s.GetName(), err)
		}
	}
	if err := d.imports(); err != nil {
		return nil, err
	}
	return d.set()
}

// ask sends one question and reads its answer.
func (d *describer) ask(r *reflection.ServerReflectionRequest) (*reflection.ServerReflectionResponse, error) {
	if err := d.stream.SendMsg(r); err != nil {
		// The reason, if the stream has ended, is what RecvMsg says.
		if _, ended := d.receive(); ended != nil {
			return nil, ended
		}
		return nil, err
	}
	answer, err := d.receive()
	if err != nil {
		return nil, err
	}
	if e := answer.GetErrorResponse(); e != nil {
		return nil, fmt.Errorf("the server says: %s", e.GetErrorMessage())
	}
	return answer, nil
}

func (d *describer) receive() (*reflection.ServerReflectionResponse, error) {
	answer := new(reflection.ServerReflectionResponse)
	return answer, d.stream.RecvMsg(answer)
}

// add asks for files and keeps them.
func (d *describer) add(r *reflection.ServerReflectionRequest) error {
	answer, err := d.ask(r)
	if err != nil {
		return err
	}
	for _, b := range answer.GetFileDescriptorResponse().GetFileDescriptorProto() {
		f := new(descriptorpb.FileDescriptorProto)
		if err := proto.Unmarshal(b, f); err != nil {
			return err
		}
		if d.files[f.GetName()] != nil {
			continue
		}
		if d.size += len(b); d.size > maxDefinitions {
			return errors.New("the server's definitions are longer than 32 MiB")
		}
		d.files[f.GetName()] = f
	}
	return nil
}

// imports adds what the files import, which servers may leave out.
func (d *describer) imports() error {
	var missing []string
	for {
		missing = missing[:0]
		for _, f := range d.files {
			for _, name := range f.GetDependency() {
				if d.files[name] == nil && !strings.HasPrefix(name, "google/protobuf/") {
					missing = append(missing, name)
				}
			}
		}
		if len(missing) == 0 {
			return nil
		}
		for _, name := range missing {
			if d.files[name] != nil {
				continue
			}
			err := d.add(&reflection.ServerReflectionRequest{
				MessageRequest: &reflection.ServerReflectionRequest_FileByFilename{FileByFilename: name},
			})
			if err != nil {
				return fmt.Errorf("file %s: %w", name, err)
			}
			if d.files[name] == nil {
				return fmt.Errorf("file %s: the server sends another", name)
			}
		}
	}
}

// set returns the files, sorted by name.
func (d *describer) set() ([]byte, error) {
	set := new(descriptorpb.FileDescriptorSet)
	for _, f := range d.files {
		set.File = append(set.File, f)
	}
	slices.SortFunc(set.GetFile(), func(a, b *descriptorpb.FileDescriptorProto) int { return strings.Compare(a.GetName(), b.GetName()) })
	return proto.MarshalOptions{Deterministic: true}.Marshal(set)
}
