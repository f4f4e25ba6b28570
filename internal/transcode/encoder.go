package transcode

import (
	"encoding/binary"
	"sync"

	"google.golang.org/protobuf/reflect/protoreflect"

	"manifold/internal/rawjson"
)

// Encoder turns JSON into the wire form of one message type.
type Encoder struct {
	root *message
	pool sync.Pool // *encoding
}

// NewEncoder compiles the encoder of md. known are the types that an Any may hold, beside those that md reaches.
func NewEncoder(md protoreflect.MessageDescriptor, known []protoreflect.MessageDescriptor) *Encoder {
	return &Encoder{root: compile(md, known)}
}

// Encode appends the wire form of a JSON text to dst. On error, an *Error or a *rawjson.Error, dst is returned as it was.
//
//   - Members are fields by their names in the .proto or their JSON names. Unknown ones, and a field given twice, are errors;
//     so are two members of a oneof.
//   - null is the same as absent, but for Value and NullValue, which it is a value of. Items of lists and maps are never null.
//   - Integers are integral numbers (1.0 and 1e3 are) or strings of such; floats are numbers or strings, "NaN" and "Infinity"
//     among them. Strings may be integral numbers, since an ID may be either.
//   - Enums are names, with or without the name of the enum before it, or numbers.
//   - bytes are base64 in either alphabet, with or without padding.
//   - The types of google.protobuf are as in the JSON mapping of Protocol Buffers; the paths of a FieldMask may be spelt either
//     way.
func (e *Encoder) Encode(dst, json []byte) ([]byte, error) {
	start, end, err := rawjson.Document(json)
	if err != nil {
		return dst, err
	}
	s, ok := e.pool.Get().(*encoding)
	if !ok {
		s = new(encoding)
	}
	out, err := s.value(dst, json[start:end], e.root, 0)
	s.seen, s.text = s.seen[:0], s.text[:0]
	e.pool.Put(s)
	if err != nil {
		return dst, err
	}
	return out, nil
}

// encoding is the memory of one Encode. The whole text is valid JSON before it begins, so only what fits is looked at.
type encoding struct {
	seen []bool // a stack: which fields, then which oneofs of an open message were given
	text []byte // the string that is being read
}

// value appends the message that a JSON value is, in the form of its type, without tag and length.
func (e *encoding) value(dst, v []byte, m *message, depth int) ([]byte, error) {
	if depth >= maxDepth {
		return dst, mismatch("nested deeper than 100 levels")
	}
	if m.form != plainForm {
		return e.special(dst, v, m, depth)
	}
	if v[0] != '{' {
		return dst, mismatch("has to be an object of " + m.name)
	}
	return e.members(dst, v, m, depth, "")
}

// members appends the fields that the members of an object are, but for the member named but.
func (e *encoding) members(dst, v []byte, m *message, depth int, but string) ([]byte, error) {
	base := len(e.seen)
	for range len(m.fields) + m.oneofs {
		e.seen = append(e.seen, false)
	}
	_, err := rawjson.Members(v, 0, func(key, value []byte) error {
		if but != "" && rawjson.EqualKey(key, but) {
			return nil
		}
		e.text = rawjson.Unquote(e.text[:0], key)
		n, known := m.byName[string(e.text)]
		if !known {
			return under(string(e.text), mismatch("is no field of "+m.name))
		}
		f := &m.fields[n]
		if value[0] == 'n' && !f.takesNull() {
			return nil
		}
		if e.seen[base+n] {
			return under(f.name, mismatch("is given twice"))
		}
		e.seen[base+n] = true
		if f.oneof >= 0 {
			one := base + len(m.fields) + int(f.oneof)
			if e.seen[one] {
				return under(f.name, mismatch("another member of its oneof is given too"))
			}
			e.seen[one] = true
		}
		var err error
		if dst, err = e.field(dst, value, f, depth); err != nil {
			return under(f.name, err)
		}
		return nil
	})
	e.seen = e.seen[:base]
	return dst, err
}

// takesNull reports whether null is a value of the field.
func (f *field) takesNull() bool {
	if f.list || f.entry != nil {
		return false
	}
	return f.enum != nil && f.enum.null || f.message != nil && f.message.form == valueForm
}

// field appends a field with its tag, as often as it has values.
func (e *encoding) field(dst, v []byte, f *field, depth int) ([]byte, error) {
	switch {
	case f.entry != nil:
		return e.entries(dst, v, f, depth)
	case f.list:
		return e.list(dst, v, f, depth)
	default:
		return e.single(dst, v, f, depth)
	}
}

// single appends one value of a field with its tag.
func (e *encoding) single(dst, v []byte, f *field, depth int) ([]byte, error) {
	dst = f.appendTag(dst, f.wire)
	if f.message == nil {
		return e.scalar(dst, v, f)
	}
	start := len(dst)
	dst, err := e.value(dst, v, f.message, depth+1)
	if err != nil {
		return dst, err
	}
	if f.wire == groupWire {
		return f.appendTag(dst, groupEnd), nil
	}
	return withLength(dst, start), nil
}

func (f *field) appendTag(dst []byte, wire uint8) []byte {
	return binary.AppendUvarint(dst, uint64(f.number)<<3|uint64(wire))
}

// withLength puts the length of dst[start:] before it.
func withLength(dst []byte, start int) []byte {
	var length [binary.MaxVarintLen64]byte
	n := binary.PutUvarint(length[:], uint64(len(dst)-start))
	dst = append(dst, length[:n]...)
	copy(dst[start+n:], dst[start:len(dst)-n])
	copy(dst[start:], length[:n])
	return dst
}

// list appends a list.
func (e *encoding) list(dst, v []byte, f *field, depth int) ([]byte, error) {
	if v[0] != '[' {
		return dst, mismatch("has to be a list")
	}
	start := len(dst)
	if f.packed {
		dst = f.appendTag(dst, bytesWire)
		start = len(dst)
	}
	n := 0
	_, err := rawjson.Elements(v, 0, func(item []byte) (err error) {
		switch {
		case item[0] == 'n' && !f.nullItems():
			err = mismatch("may not be null")
		case f.packed:
			dst, err = e.scalar(dst, item, f)
		default:
			dst, err = e.single(dst, item, f, depth)
		}
		if err != nil {
			return underItem(n, err)
		}
		n++
		return nil
	})
	if err != nil || !f.packed {
		return dst, err
	}
	return withLength(dst, start), nil
}

// nullItems reports whether null is a value of the items.
func (f *field) nullItems() bool {
	return f.enum != nil && f.enum.null || f.message != nil && f.message.form == valueForm
}

// entries appends a map.
func (e *encoding) entries(dst, v []byte, f *field, depth int) ([]byte, error) {
	if v[0] != '{' {
		return dst, mismatch("has to be an object")
	}
	key, value := &f.entry.fields[keyField], &f.entry.fields[valueField]
	_, err := rawjson.Members(v, 0, func(name, item []byte) (err error) {
		at := func(err error) error { return under(string(rawjson.Unquote(nil, name)), err) }
		if item[0] == 'n' && !value.nullItems() {
			return at(mismatch("may not be null"))
		}
		dst = f.appendTag(dst, bytesWire)
		start := len(dst)
		dst = key.appendTag(dst, key.wire)
		if key.kind == protoreflect.BoolKind {
			switch string(name) {
			case `"true"`:
				dst = append(dst, 1)
			case `"false"`:
				dst = append(dst, 0)
			default:
				return at(mismatch("the key has to be true or false"))
			}
		} else if dst, err = e.scalar(dst, name, key); err != nil {
			return at(err)
		}
		if dst, err = e.single(dst, item, value, depth); err != nil {
			return at(err)
		}
		dst = withLength(dst, start)
		return nil
	})
	return dst, err
}
