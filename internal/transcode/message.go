package transcode

import (
	"cmp"
	"slices"

	"google.golang.org/protobuf/reflect/protoreflect"

	"manifold/internal/rawjson"
)

// maxDepth is how deep messages may nest, in both directions. It is also what most implementations of Protocol Buffers
// allow by default.
const maxDepth = 100

// message is a compiled message type.
type message struct {
	name   string
	form   form
	fields []field // as declared
	oneofs int     // how many real ones there are

	byTag    [128]int16     // index of the field that a tag of one byte is of, -1: none, or not with this wire type
	byNumber []int16        // index of the field by number, -1: none; for numbers below its length
	beyond   []numbered     // the others, sorted
	byName   map[string]int // names that requests may use
	types    *types         // for Any
}

type numbered struct {
	number int32
	index  int16
}

// field is a compiled field of a message.
type field struct {
	name   string // as in the .proto
	member []byte // `"name":`
	absent []byte // `"name":0,` or whatever stands for a field that was not sent; empty: nothing does
	zero   []byte // the JSON of the zero value of a scalar

	number int32
	kind   protoreflect.Kind
	wire   uint8 // type of the wire of one value
	scalar bool  // neither a message nor a list nor a map
	list   bool
	packed bool // a list that is sent packed
	oneof  int16

	entry   *message // of a map: its key and its value
	message *message // of kinds message and group
	enum    *enum
}

// index returns the index of the field with a number, or -1.
func (m *message) index(number uint64) int {
	if number < uint64(len(m.byNumber)) {
		return int(m.byNumber[number])
	}
	i, ok := slices.BinarySearchFunc(m.beyond, number, func(n numbered, want uint64) int { return cmp.Compare(uint64(n.number), want) })
	if !ok {
		return -1
	}
	return int(m.beyond[i].index)
}

// Types of the wire.
const (
	varintWire  = 0
	fixed64Wire = 1
	bytesWire   = 2
	groupWire   = 3
	groupEnd    = 4
	fixed32Wire = 5
)

func wireOf(k protoreflect.Kind) uint8 {
	switch k {
	case protoreflect.StringKind, protoreflect.BytesKind, protoreflect.MessageKind:
		return bytesWire
	case protoreflect.GroupKind:
		return groupWire
	case protoreflect.FloatKind, protoreflect.Fixed32Kind, protoreflect.Sfixed32Kind:
		return fixed32Wire
	case protoreflect.DoubleKind, protoreflect.Fixed64Kind, protoreflect.Sfixed64Kind:
		return fixed64Wire
	default:
		return varintWire
	}
}

// types is every message type that was compiled together, and those that an Any may hold.
type types struct {
	compiled map[protoreflect.FullName]*message
	known    []protoreflect.MessageDescriptor
	widened  bool // the known ones are compiled too
}

// compile returns the compiled form of md and of all that it reaches. known are the types that an Any may hold, beside
// those.
func compile(md protoreflect.MessageDescriptor, known []protoreflect.MessageDescriptor) *message {
	t := &types{compiled: make(map[protoreflect.FullName]*message), known: known}
	return t.message(md)
}

func (t *types) message(md protoreflect.MessageDescriptor) *message {
	if m := t.compiled[md.FullName()]; m != nil {
		return m
	}
	m := &message{name: string(md.FullName()), form: formOf(md), types: t, byName: make(map[string]int)}
	t.compiled[md.FullName()] = m
	if m.form == anyForm && !t.widened {
		t.widened = true
		for _, k := range t.known {
			t.message(k)
		}
	}
	all := md.Fields()
	m.fields = make([]field, all.Len())
	oneofs := make(map[protoreflect.Name]int16)
	for i := range all.Len() {
		fd := all.Get(i)
		m.fields[i] = t.field(fd)
		m.fields[i].oneof = -1
		if o := fd.ContainingOneof(); o != nil && !o.IsSynthetic() {
			if _, ok := oneofs[o.Name()]; !ok {
				oneofs[o.Name()] = int16(len(oneofs))
			}
			m.fields[i].oneof = oneofs[o.Name()]
		}
		m.byName[m.fields[i].name] = i
	}
	for i := range all.Len() {
		for _, other := range []string{all.Get(i).JSONName(), string(all.Get(i).Name())} {
			if _, taken := m.byName[other]; !taken {
				m.byName[other] = i
			}
		}
	}
	m.oneofs = len(oneofs)
	m.number()
	return m
}

// number fills in the ways from a number to its field.
func (m *message) number() {
	const dense = 256
	for i := range m.fields {
		n := m.fields[i].number
		if n >= dense {
			m.beyond = append(m.beyond, numbered{number: n, index: int16(i)})
			continue
		}
		for len(m.byNumber) <= int(n) {
			m.byNumber = append(m.byNumber, -1)
		}
		m.byNumber[n] = int16(i)
	}
	for t := range m.byTag {
		m.byTag[t] = -1
		if n := m.index(uint64(t >> 3)); t>>3 > 0 && n >= 0 && m.fields[n].accepts(uint8(t&7)) {
			m.byTag[t] = int16(n)
		}
	}
	slices.SortFunc(m.beyond, func(a, b numbered) int { return cmp.Compare(a.number, b.number) })
}

func (t *types) field(fd protoreflect.FieldDescriptor) field {
	f := field{
		name: fd.TextName(), number: int32(fd.Number()), kind: fd.Kind(), wire: wireOf(fd.Kind()),
		list: fd.IsList(), packed: fd.IsPacked(),
	}
	f.member = append(rawjson.Quote(nil, f.name), ':')
	switch {
	case fd.IsMap():
		f.entry = t.message(fd.Message())
	case fd.Message() != nil:
		f.message = t.message(fd.Message())
	case fd.Enum() != nil:
		f.enum = enumOf(fd.Enum())
	}
	f.scalar = fd.Message() == nil && !f.list
	f.zero = f.zeroValue(fd)
	switch {
	case fd.IsMap():
		f.absent = append(slices.Clone(f.member), "{},"...)
	case fd.IsList():
		f.absent = append(slices.Clone(f.member), "[],"...)
	case !fd.HasPresence(), fd.HasDefault() && fd.ContainingOneof() == nil:
		f.absent = append(append(slices.Clone(f.member), f.zero...), ',')
	}
	return f
}

// zeroValue returns the JSON of the value that a scalar has if it was not sent.
func (f *field) zeroValue(fd protoreflect.FieldDescriptor) []byte {
	if !f.scalar {
		return nil
	}
	v := fd.Default()
	switch f.kind {
	case protoreflect.StringKind:
		return rawjson.Quote(nil, v.String())
	case protoreflect.BytesKind:
		return appendBase64(nil, v.Bytes())
	case protoreflect.BoolKind:
		return appendBool(nil, v.Bool())
	case protoreflect.EnumKind:
		return f.enum.append(nil, int32(v.Enum()))
	case protoreflect.FloatKind:
		return appendFloat(nil, v.Float(), 32)
	case protoreflect.DoubleKind:
		return appendFloat(nil, v.Float(), 64)
	default:
		return []byte(v.String())
	}
}
