package transcode_test

import (
	"math/rand/v2"

	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/dynamicpb"

	"manifold/internal/prototest"
)

func random(r *rand.Rand) prototest.Random { return prototest.Random{Rand: r, Find: descriptor} }

func randomMessage(r *rand.Rand, md protoreflect.MessageDescriptor, depth int) *dynamicpb.Message {
	return random(r).Message(md, depth)
}
