package protos

import (
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/descriptorpb"
)

// ParseSet reads a serialized FileDescriptorSet, as `protoc --descriptor_set_out --include_imports` writes it. Files of
// google/protobuf, google/api, google/rpc and google/type may be missing in it. name is what problems call it; the error is a [Problems].
func ParseSet(name string, set []byte) (*Services, error) {
	wrong := func(msg string) (*Services, error) { return nil, Problems{{File: name, Msg: msg}} }
	var files descriptorpb.FileDescriptorSet
	if err := proto.Unmarshal(set, &files); err != nil {
		return wrong("this is no descriptor set (protoc --descriptor_set_out --include_imports writes one)")
	}
	if len(files.GetFile()) == 0 {
		return wrong("the descriptor set is empty")
	}
	there := make(map[string]bool)
	for _, f := range files.GetFile() {
		there[f.GetName()] = true
	}
	for i := 0; i < len(files.GetFile()); i++ { //nolint:intrange // it grows meanwhile
		for _, name := range files.GetFile()[i].GetDependency() {
			d := standard(name)
			if d == nil {
				d = common(name)
			}
			if d != nil && !there[name] {
				there[name] = true
				files.File = append(files.File, protodesc.ToFileDescriptorProto(d))
			}
			if !there[name] {
				return wrong("the file " + name + " is not in it, which " + files.GetFile()[i].GetName() + " imports (protoc needs --include_imports)")
			}
		}
	}
	registry, err := protodesc.NewFiles(&files)
	if err != nil {
		return wrong(err.Error())
	}
	var all []protoreflect.FileDescriptor
	registry.RangeFiles(func(f protoreflect.FileDescriptor) bool {
		all = append(all, f)
		return true
	})
	return servicesOf(withImports(all)), nil
}
