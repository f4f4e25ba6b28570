package upstreams

import "google.golang.org/grpc/mem"

// sent is a message to be sent as it is.
type sent []byte

// received is where a message goes: gRPC takes its own bytes back.
type received struct {
	memory *memory
	wire   *block
}

// rawCodec hands the bytes of messages through. It calls itself proto, because that is what the bytes are.
type rawCodec struct{}

func (rawCodec) Name() string { return "proto" }

func (rawCodec) Marshal(v any) (mem.BufferSlice, error) {
	return mem.BufferSlice{mem.SliceBuffer(v.(sent))}, nil
}

func (rawCodec) Unmarshal(data mem.BufferSlice, v any) error {
	in := v.(*received)
	in.wire = in.memory.block(data.Len())
	in.wire.b = in.wire.b[:data.Len()]
	data.CopyTo(in.wire.b)
	return nil
}
