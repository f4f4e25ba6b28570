package transcode

import "google.golang.org/protobuf/reflect/protoreflect"

// Method is a gRPC method, compiled: what it is called by on the wire, and how its messages are written and read.
type Method struct {
	Path    string // /shop.catalog.v1.Catalog/GetProduct
	Request *Encoder
	Reply   *Decoder
}

// NewMethod compiles a method. known are the types that an Any may hold, beside those that its messages reach.
func NewMethod(path string, input, output protoreflect.MessageDescriptor, known []protoreflect.MessageDescriptor) *Method {
	return &Method{Path: path, Request: NewEncoder(input, known), Reply: NewDecoder(output, known)}
}
