// Package prototest makes random messages of Protocol Buffers, for tests.
package prototest

import (
	"fmt"
	"math"
	"math/rand/v2"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/dynamicpb"
)

// Random makes random messages. What it makes depends on its source alone.
type Random struct {
	*rand.Rand
	// Find returns the types that an Any may hold: torture.Scalars, torture.Choice and some of google.protobuf.
	Find func(name string) protoreflect.MessageDescriptor
}

// Message fills in about half of the fields of a message, which lies depth messages deep in another one.
func (r Random) Message(md protoreflect.MessageDescriptor, depth int) *dynamicpb.Message {
	m := dynamicpb.NewMessage(md)
	switch md.FullName() {
	case "google.protobuf.Timestamp":
		m.Set(md.Fields().Get(0), protoreflect.ValueOfInt64(r.Int64N(315537897600)-62135596800))
		m.Set(md.Fields().Get(1), protoreflect.ValueOfInt32(r.nanos()))
		return m
	case "google.protobuf.Duration":
		sign := int64(1 - 2*r.IntN(2))
		m.Set(md.Fields().Get(0), protoreflect.ValueOfInt64(sign*(r.Int64N(315576000001)>>(r.IntN(3)*19))))
		m.Set(md.Fields().Get(1), protoreflect.ValueOfInt32(int32(sign)*r.nanos()))
		return m
	case "google.protobuf.FieldMask":
		paths := m.Mutable(md.Fields().Get(0)).List()
		for range r.IntN(3) {
			paths.Append(protoreflect.ValueOfString([]string{"a", "a_b.c_2", "some_field"}[r.IntN(3)]))
		}
		return m
	case "google.protobuf.Any":
		inner := []string{"torture.Scalars", "google.protobuf.Duration", "google.protobuf.Empty", "torture.Choice", "google.protobuf.Value"}[r.IntN(5)]
		b, err := proto.Marshal(r.Message(r.Find(inner), depth+1))
		if err != nil {
			panic(err)
		}
		m.Set(md.Fields().Get(0), protoreflect.ValueOfString("type.googleapis.com/"+inner))
		m.Set(md.Fields().Get(1), protoreflect.ValueOfBytes(b))
		return m
	case "google.protobuf.Value":
		f := md.Fields().Get(r.IntN(6))
		if f.Message() != nil && depth > 6 {
			f = md.Fields().Get(1)
		}
		m.Set(f, r.value(f, depth))
		return m
	}
	for i := range md.Fields().Len() {
		f := md.Fields().Get(i)
		if r.IntN(2) == 0 || depth > 4 && f.Message() != nil || depth > 1 && r.IntN(3) > 0 && f.Message() != nil {
			if f.Cardinality() != protoreflect.Required {
				continue
			}
		}
		switch {
		case f.IsMap():
			for range r.IntN(4) {
				m.Mutable(f).Map().Set(r.value(f.MapKey(), depth).MapKey(), r.value(f.MapValue(), depth))
			}
		case f.IsList():
			for range r.IntN(4) {
				m.Mutable(f).List().Append(r.value(f, depth))
			}
		default:
			m.Set(f, r.value(f, depth))
		}
	}
	return m
}

func (r Random) nanos() int32 {
	return []int32{0, 1, 999999999, 500000000, 120000, 1000 * r.Int32N(1000000), r.Int32N(1000000000)}[r.IntN(7)]
}

func (r Random) value(f protoreflect.FieldDescriptor, depth int) protoreflect.Value {
	n := []uint64{0, 1, 127, 128, math.MaxInt32, math.MaxUint32, math.MaxInt64, math.MaxUint64, 1 << 53, r.Uint64()}[r.IntN(10)]
	switch f.Kind() {
	case protoreflect.MessageKind, protoreflect.GroupKind:
		return protoreflect.ValueOfMessage(r.Message(f.Message(), depth+1))
	case protoreflect.EnumKind:
		if f.Enum().FullName() == "google.protobuf.NullValue" {
			return protoreflect.ValueOfEnum(0)
		}
		return protoreflect.ValueOfEnum([]protoreflect.EnumNumber{0, 1, 2, 3, 7, 8, 9, 100000, -5, -1}[r.IntN(10)])
	case protoreflect.StringKind:
		return protoreflect.ValueOfString([]string{"", "a", "quote \" and \\", "tab\tand\x00\x1f", "日本 😀", fmt.Sprint(n), "NaN"}[r.IntN(7)])
	case protoreflect.BytesKind:
		return protoreflect.ValueOfBytes([][]byte{{}, {0}, {255, 254, 253}, []byte("hello, bytes")}[r.IntN(4)])
	case protoreflect.BoolKind:
		return protoreflect.ValueOfBool(n%2 == 1)
	case protoreflect.FloatKind:
		return protoreflect.ValueOfFloat32([]float32{0, 1, -1.5, 1e-7, 1e21, 3.4e38, 1e-45, float32(math.NaN()), float32(math.Inf(1)), float32(math.Copysign(0, -1)), 16777217, math.Float32frombits(uint32(n))}[r.IntN(12)])
	case protoreflect.DoubleKind:
		choices := []float64{0, 1, -1.5, 1e-7, 1e21, 1.7e308, 5e-324, math.Copysign(0, -1), 0.1, 123456789}
		if f.ContainingMessage().FullName() != "google.protobuf.Value" { // whose strings come back as strings
			choices = append(choices, math.Float64frombits(n), math.Inf(-1), math.NaN())
		}
		return protoreflect.ValueOfFloat64(choices[r.IntN(len(choices))])
	case protoreflect.Int32Kind, protoreflect.Sint32Kind, protoreflect.Sfixed32Kind:
		return protoreflect.ValueOfInt32(int32(n))
	case protoreflect.Uint32Kind, protoreflect.Fixed32Kind:
		return protoreflect.ValueOfUint32(uint32(n))
	case protoreflect.Uint64Kind, protoreflect.Fixed64Kind:
		return protoreflect.ValueOfUint64(n)
	default:
		return protoreflect.ValueOfInt64(int64(n))
	}
}

// Mixed puts the fields of a message in another order, which means the same as long as no oneof is set twice, and adds some
// that nobody knows. Fields of one number keep their order.
func (r Random) Mixed(wire []byte) []byte {
	var numbers []protowire.Number
	fields := make(map[protowire.Number][]byte)
	for len(wire) > 0 {
		number, _, n := protowire.ConsumeField(wire)
		if fields[number] == nil {
			numbers = append(numbers, number)
		}
		fields[number] = append(fields[number], wire[:n]...)
		wire = wire[n:]
	}
	r.Shuffle(len(numbers), func(i, k int) { numbers[i], numbers[k] = numbers[k], numbers[i] })
	for _, number := range numbers {
		wire = append(wire, fields[number]...)
		if r.IntN(4) == 0 {
			wire = protowire.AppendTag(wire, 5001, protowire.StartGroupType)
			wire = protowire.AppendTag(wire, 1, protowire.Fixed32Type)
			wire = protowire.AppendFixed32(wire, 7)
			wire = protowire.AppendTag(wire, 5001, protowire.EndGroupType)
		}
	}
	return wire
}
