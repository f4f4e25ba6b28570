package upstreams

import (
	"google.golang.org/grpc/mem"

	"manifold/internal/transcode"
)

// sent is a message to be sent as it is.
type sent []byte

// received is where a message goes: it is turned into JSON while gRPC still holds its bytes, so they are not copied.
type received struct {
	memory  *memory
	decoder *transcode.Decoder
	limit   int // bytes of JSON
	json    *block
	err     error // of the decoder; gRPC would make a status of it that looks like the service's
}

// rawCodec hands the bytes of messages through. It calls itself proto, because that is what the bytes are.
type rawCodec struct{}

func (rawCodec) Name() string { return "proto" }

func (rawCodec) Marshal(v any) (mem.BufferSlice, error) {
	return mem.BufferSlice{mem.SliceBuffer(v.(sent))}, nil
}

func (rawCodec) Unmarshal(data mem.BufferSlice, v any) error {
	in := v.(*received)
	var wire []byte
	if len(data) == 1 {
		wire = data[0].ReadOnlyData()
	} else if len(data) > 1 { // a message beyond a frame of 16 KiB
		whole := in.memory.block(data.Len())
		defer in.memory.putBlock(whole)
		wire = whole.b[:data.Len()]
		data.CopyTo(wire)
	}
	in.json = in.memory.block(2 * len(wire))
	in.json.b, in.err = in.decoder.Decode(in.json.b, wire, in.limit)
	return nil
}
