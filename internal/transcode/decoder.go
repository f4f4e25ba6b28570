package transcode

import (
	"math"
	"strconv"
	"sync"
	"unicode/utf8"

	"google.golang.org/protobuf/reflect/protoreflect"

	"manifold/internal/rawjson"
)

// Decoder turns the wire form of one message type into JSON.
type Decoder struct {
	root *message
	pool sync.Pool // *decoding
}

// NewDecoder compiles the decoder of md. known are the types that an Any may hold, beside those that md reaches.
func NewDecoder(md protoreflect.MessageDescriptor, known []protoreflect.MessageDescriptor) *Decoder {
	return &Decoder{root: compile(md, known)}
}

// Decode appends the JSON of a message to dst, about limit bytes at most: beyond that it fails with ErrTooLong, because two bytes
// on the wire may be an object of hundreds of default values. What is not a message of the type is an error too. On error dst is
// returned as it was. Wire is only read. The work is at most proportional to the length of wire times the number of repeated
// fields, and to limit.
func (d *Decoder) Decode(dst, wire []byte, limit int) ([]byte, error) {
	if len(wire) > maxWire {
		return dst, errLong
	}
	s := d.take(len(wire), len(dst)+limit)
	out, err := s.value(dst, wire, d.root, 0)
	d.give(s)
	if err != nil {
		return dst, err
	}
	return out, nil
}

// take returns the memory for reading a message of so many bytes. dst may become limit long.
func (d *Decoder) take(wire, limit int) *decoding {
	s, ok := d.pool.Get().(*decoding)
	if !ok {
		s = new(decoding)
	}
	s.merge = wire + 64<<10
	s.limit = limit
	return s
}

func (d *Decoder) give(s *decoding) {
	s.slots, s.entries = s.slots[:0], s.entries[:0]
	if cap(s.slots) <= 1<<12 && cap(s.entries) <= 1<<12 {
		d.pool.Put(s)
	}
}

// decoding is the memory of one Decode.
//
// A message is read twice. First every field's place is noted in a slot, which decides what counts: the wire may have the
// fields in any order, twice, and in parts. Then the members are written in the order of the declaration. Both readings jump
// over the messages within, so every level of nesting costs its own tags only.
type decoding struct {
	slots   []slot  // a stack: those of the messages that are open
	entries []entry // a stack: those of the maps that are open
	merge   int     // how many bytes of split messages may still be put together
	limit   int     // how long dst may become
}

// slot is what is known of one field of an open message.
type slot struct {
	count    int32  // how often it was sent; 0: absent
	from, to int32  // where the payload of the last one is, if it has the wire type bytes or group
	first    int32  // where the tag of the first one that counts is
	end      int32  // where the last one ends
	number   uint64 // the last one, if it has another wire type
}

// index notes where the fields of w are.
func (d *decoding) index(w []byte, m *message, base, depth int) error {
	for i := 0; i < len(w); {
		start := i
		var (
			n      = -1
			number uint64
			wire   uint8
			at     = i + 1
		)
		if c := w[i]; c < 0x80 { // most tags: 10% of the whole
			n, number, wire = int(m.byTag[c]), uint64(c>>3), c&7
		}
		if n < 0 {
			if number, wire, at = tag(w, i); at < 0 {
				return wireError(at)
			}
			if n = m.index(number); n < 0 || !m.fields[n].accepts(wire) {
				if i = skip(w, at, number, wire, depth+1); i < 0 {
					return wireError(i)
				}
				continue
			}
		}
		f, s := &m.fields[n], &d.slots[base+n]
		switch wire {
		case bytesWire:
			from, end := span(w, at)
			if from < 0 {
				return wireError(from)
			}
			s.from, s.to, i = int32(from), int32(end), end
		case groupWire:
			to, end := group(w, at, number, depth+1)
			if end < 0 {
				return wireError(end)
			}
			s.from, s.to, i = int32(at), int32(to), end
		default:
			if s.number, i = scalar(w, at, wire); i < 0 {
				return wireError(i)
			}
		}
		if f.oneof >= 0 {
			d.clearOthers(m, base, n)
		}
		if s.count == 0 {
			s.first = int32(start)
		}
		s.count++
		s.end = int32(i)
	}
	return nil
}

// accepts reports whether a field may be sent with a wire type. With others it counts as unknown.
func (f *field) accepts(wire uint8) bool {
	return wire == f.wire || f.list && wire == bytesWire && f.wire != groupWire
}

// clearOthers makes the other members of the oneof of field n absent.
func (d *decoding) clearOthers(m *message, base, n int) {
	for k := range m.fields {
		if k != n && m.fields[k].oneof == m.fields[n].oneof {
			d.slots[base+k].count = 0
		}
	}
}

// open returns the index of the first of n empty slots. They are given back by cutting the stack off there.
func (d *decoding) open(n int) int {
	base := len(d.slots)
	for range n {
		d.slots = append(d.slots, slot{})
	}
	return base
}

// value appends the JSON of the message w, in the form of its type.
func (d *decoding) value(dst, w []byte, m *message, depth int) ([]byte, error) {
	if depth >= maxDepth {
		return dst, errDepth
	}
	base := d.open(len(m.fields))
	if err := d.index(w, m, base, depth); err != nil {
		return dst, err
	}
	if len(dst) > d.limit {
		return dst, ErrTooLong
	}
	var err error
	if m.form == plainForm {
		dst, err = d.object(append(dst, '{'), w, m, base, depth)
	} else {
		dst, err = d.special(dst, w, m, base, depth)
	}
	d.slots = d.slots[:base]
	if err == nil && len(dst) > d.limit {
		err = ErrTooLong
	}
	return dst, err
}

// object appends the members of an indexed message and the brace after them.
func (d *decoding) object(dst, w []byte, m *message, base, depth int) ([]byte, error) {
	var err error
	for i := range m.fields {
		f := &m.fields[i]
		s := &d.slots[base+i]
		if s.count == 0 {
			dst = append(dst, f.absent...)
			continue
		}
		dst = append(dst, f.member...)
		switch {
		case f.scalar:
			dst, err = f.value(dst, w[s.from:s.to], s.number)
		case f.entry != nil:
			dst, err = d.entriesOf(dst, w, f, *s, depth)
		case f.list:
			dst, err = d.items(dst, w, f, *s, depth)
		default:
			dst, err = d.single(dst, w, f, *s, depth)
		}
		if err != nil {
			return dst, err
		}
		dst = append(dst, ',')
	}
	return closed(dst, '}'), nil
}

// closed puts the end of an object or array in place of the comma after its last part, if it has any.
func closed(dst []byte, end byte) []byte {
	if last := len(dst) - 1; dst[last] == ',' {
		dst[last] = end
		return dst
	}
	return append(dst, end)
}

// single appends the value of a field that is no list, and was sent.
func (d *decoding) single(dst, w []byte, f *field, s slot, depth int) ([]byte, error) {
	if f.message == nil {
		return f.value(dst, w[s.from:s.to], s.number)
	}
	if s.count == 1 {
		return d.value(dst, w[s.from:s.to], f.message, depth+1)
	}
	// The parts one after the other are the merged message: that is how the wire is defined.
	var whole []byte
	err := d.each(w, f, s, depth, func(part []byte) error {
		if d.merge -= len(part); d.merge < 0 {
			return errSplit
		}
		whole = append(whole, part...)
		return nil
	})
	if err != nil {
		return dst, err
	}
	return d.value(dst, whole, f.message, depth+1)
}

// each calls fn with the payload of each occurrence of a message.
func (d *decoding) each(w []byte, f *field, s slot, depth int, fn func(part []byte) error) error {
	for i := int(s.first); i < int(s.end); {
		number, wire, at := tag(w, i) // cannot fail: index has read it all
		i = skip(w, at, number, wire, depth+1)
		if number != uint64(f.number) || wire != f.wire {
			continue
		}
		from, to := span(w, at)
		if wire == groupWire {
			from = at
			to, _ = group(w, at, number, depth+1)
		}
		if err := fn(w[from:to]); err != nil {
			return err
		}
	}
	return nil
}

// items appends a list.
func (d *decoding) items(dst, w []byte, f *field, s slot, depth int) ([]byte, error) {
	var err error
	dst = append(dst, '[')
	for i := int(s.first); i < int(s.end); {
		number, wire, at := tag(w, i) // cannot fail: index has read it all
		if number != uint64(f.number) || !f.accepts(wire) {
			i = skip(w, at, number, wire, depth+1)
			continue
		}
		switch wire {
		case bytesWire:
			from, to := span(w, at)
			i = to
			switch {
			case f.message != nil:
				dst, err = d.value(dst, w[from:to], f.message, depth+1)
			case f.wire == bytesWire:
				dst, err = f.value(dst, w[from:to], 0)
			default:
				if dst, err = f.packedItems(dst, w[from:to]); err != nil {
					return dst, err
				}
				continue
			}
		case groupWire:
			to, end := group(w, at, number, depth+1)
			i = end
			dst, err = d.value(dst, w[at:to], f.message, depth+1)
		default:
			var v uint64
			v, i = scalar(w, at, wire)
			dst, err = f.value(dst, nil, v)
		}
		if err != nil {
			return dst, err
		}
		dst = append(dst, ',')
	}
	return closed(dst, ']'), nil
}

// packedItems appends the items of a packed list, each with a comma after it.
func (f *field) packedItems(dst, w []byte) ([]byte, error) {
	for i := 0; i < len(w); {
		var (
			v   uint64
			err error
		)
		if v, i = scalar(w, i, f.wire); i < 0 {
			return dst, wireError(i)
		}
		if dst, err = f.value(dst, nil, v); err != nil {
			return dst, err
		}
		dst = append(dst, ',')
	}
	return dst, nil
}

// value appends a scalar: text if it has the wire type bytes, else v.
func (f *field) value(dst, text []byte, v uint64) ([]byte, error) {
	switch f.kind {
	case protoreflect.StringKind:
		if !utf8.Valid(text) {
			return dst, errUTF8
		}
		return rawjson.Quote(dst, text), nil
	case protoreflect.BytesKind:
		return appendBase64(dst, text), nil
	case protoreflect.EnumKind:
		return f.enum.append(dst, int32(v)), nil
	case protoreflect.BoolKind:
		return appendBool(dst, v != 0), nil
	case protoreflect.FloatKind:
		return appendFloat(dst, float64(math.Float32frombits(uint32(v))), 32), nil
	case protoreflect.DoubleKind:
		return appendFloat(dst, math.Float64frombits(v), 64), nil
	case protoreflect.Uint32Kind, protoreflect.Fixed32Kind:
		return strconv.AppendUint(dst, uint64(uint32(v)), 10), nil
	case protoreflect.Uint64Kind, protoreflect.Fixed64Kind:
		return strconv.AppendUint(dst, v, 10), nil
	default:
		return strconv.AppendInt(dst, f.signed(v), 10), nil
	}
}

// signed returns the value of a field of a signed kind.
func (f *field) signed(v uint64) int64 {
	switch f.kind {
	case protoreflect.Int32Kind, protoreflect.Sfixed32Kind:
		return int64(int32(v))
	case protoreflect.Sint32Kind:
		return int64(int32(zigzag(uint64(uint32(v)))))
	case protoreflect.Sint64Kind:
		return zigzag(v)
	default:
		return int64(v)
	}
}
