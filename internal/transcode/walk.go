package transcode

import (
	"errors"

	"google.golang.org/protobuf/reflect/protoreflect"

	"manifold/internal/rawjson"
)

// ErrOdd is the error of a walk over a message that is valid, but sent in a way that a walk does not follow: a message in parts,
// a list whose items do not stand together, two members of a oneof. Decode reads all of them.
var ErrOdd = errors.New("the message is not written in one go")

// Type is a message type of a Decoder, for those who read its messages field by field and do not need the JSON of all.
type Type struct {
	d *Decoder
	m *message
}

// Type returns the type of the decoder's messages.
func (d *Decoder) Type() Type { return Type{d, d.root} }

// Plain reports whether messages of the type are objects of their fields in JSON: those with a form of their own are not.
func (t Type) Plain() bool { return t.m.form == plainForm && t.m.oneofs <= maxOneofs }

// Len returns the number of fields.
func (t Type) Len() int { return len(t.m.fields) }

// Form says how a field is read by a Walk.
type Form uint8

// Forms of fields.
const (
	Scalar   Form = iota // by Walk.Scalar
	Texts                // a list of strings or bytes, each by Walk.Scalar; or by Walk.Whole
	Message              // by Walk.Payload, one message of a plain type; or by Walk.Whole
	Messages             // likewise, a list of them
	Whole                // by Walk.Whole only
)

// Field describes a field of a type.
type Field struct {
	Index  int    // what Walk.Next returns
	Form   Form   //
	Type   Type   // of the messages
	Absent []byte // the JSON of what a field has that was not sent; nil: nothing. It is only read
}

// Field returns the field that JSON calls so; ok is false if there is none.
func (t Type) Field(name string) (out Field, ok bool) {
	for i := range t.m.fields {
		f := &t.m.fields[i]
		if f.name != name {
			continue
		}
		out = Field{Index: i, Form: Whole}
		if len(f.absent) > 0 {
			out.Absent = f.absent[len(f.member) : len(f.absent)-1] // without the name and the comma
		}
		switch {
		case f.scalar:
			out.Form = Scalar
		case f.list && f.message == nil && f.wire == bytesWire:
			out.Form = Texts
		case f.message != nil && f.wire == bytesWire:
			if out.Type = (Type{t.d, f.message}); out.Type.Plain() {
				out.Form = Message
				if f.list {
					out.Form = Messages
				}
			}
		}
		return out, true
	}
	return Field{}, false
}

// maxOneofs is how many oneofs a message may have that a walk looks at.
const maxOneofs = 8

// Walk reads a message field by field, in the order of the wire. Of fields that nobody asks for only the place where they end
// is looked at.
type Walk struct {
	t       Type
	w       []byte
	next    int // where the next tag is
	index   int // of the field in hand
	start   int // of its tag
	from    int // where its payload is, if it has the wire type bytes
	to      int
	number  uint64 // its value, if it has another wire type
	wire    uint8
	members [maxOneofs]int16 // of each oneof, one more than the field that was sent
}

// Walk begins to read a message of a plain type.
func (t Type) Walk(w []byte) Walk { return Walk{t: t, w: w} }

// Next goes on to the next field of the type and returns its index; -1 at the end of the message.
func (k *Walk) Next() (int, error) {
	m, w := k.t.m, k.w
	for i := k.next; i < len(w); {
		k.start = i
		n, at := -1, i+1
		var number uint64
		var wire uint8
		if c := w[i]; c < 0x80 {
			n, number, wire = int(m.byTag[c]), uint64(c>>3), c&7
		}
		if n < 0 {
			if number, wire, at = tag(w, i); at < 0 {
				return -1, wireError(at)
			}
			if n = m.index(number); n < 0 || !m.fields[n].accepts(wire) {
				if i = skip(w, at, number, wire, 1); i < 0 {
					return -1, wireError(i)
				}
				continue
			}
		}
		switch wire {
		case bytesWire:
			if k.from, k.to = span(w, at); k.from < 0 {
				return -1, wireError(k.from)
			}
			k.next = k.to
		case groupWire:
			if _, k.next = group(w, at, number, 1); k.next < 0 {
				return -1, wireError(k.next)
			}
		default:
			if k.number, k.next = scalar(w, at, wire); k.next < 0 {
				return -1, wireError(k.next)
			}
			k.from, k.to = 0, 0
		}
		k.index, k.wire = n, wire
		if o := m.fields[n].oneof; o >= 0 {
			if have := k.members[o]; have != 0 && have != int16(n)+1 {
				return -1, ErrOdd
			}
			k.members[o] = int16(n) + 1
		}
		return n, nil
	}
	return -1, nil
}

// Payload returns the message that the field in hand holds: of Message and Messages.
func (k *Walk) Payload() []byte { return k.w[k.from:k.to] }

// Again goes on to the next field if it is the one in hand once more, another item of a list.
func (k *Walk) Again() (bool, error) {
	if k.next >= len(k.w) || k.w[k.next] != k.w[k.start] {
		return false, nil
	}
	f, at := &k.t.m.fields[k.index], k.next
	number, wire, end := tag(k.w, at)
	switch {
	case end < 0:
		return false, wireError(end)
	case number != uint64(f.number) || !f.accepts(wire):
		return false, nil
	}
	_, err := k.Next()
	return err == nil, err
}

// Scalar appends the JSON of the scalar in hand. Plain is set of a text without escapes and of an integer.
func (k *Walk) Scalar(dst []byte) (out []byte, plain bool, err error) {
	f, text := &k.t.m.fields[k.index], k.w[k.from:k.to]
	start := len(dst)
	out, err = f.value(dst, text, k.number)
	switch f.kind {
	case protoreflect.StringKind:
		plain = len(out)-start == len(text)+2
	case protoreflect.FloatKind, protoreflect.DoubleKind:
		if len(out) > start && out[start] != '"' {
			_, plain, _ = rawjson.SkipNumber(out, start)
		} else {
			plain = true // NaN and the infinities
		}
	default:
		plain = true
	}
	return out, plain, err
}

// Whole appends the JSON of the field in hand, of whatever form, and of all of its items if it is a list or a map. limit is how long
// dst may become, about.
func (k *Walk) Whole(dst []byte, limit int) ([]byte, error) {
	f := &k.t.m.fields[k.index]
	s := slot{count: 1, from: int32(k.from), to: int32(k.to), number: k.number, first: int32(k.start), end: int32(k.next)}
	if k.wire == groupWire {
		return dst, ErrOdd
	}
	for f.list || f.entry != nil {
		more, err := k.Again()
		if err != nil {
			return dst, err
		}
		if !more {
			break
		}
		s.count++
		s.end = int32(k.next)
	}
	d := k.t.d.take(len(k.w), limit)
	defer k.t.d.give(d)
	switch {
	case f.entry != nil:
		return d.entriesOf(dst, k.w, f, s, 1)
	case f.list:
		return d.items(dst, k.w, f, s, 1)
	default:
		return d.single(dst, k.w, f, s, 1)
	}
}
