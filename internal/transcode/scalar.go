package transcode

import (
	"encoding/base64"
	"encoding/binary"
	"math"
	"strconv"

	"google.golang.org/protobuf/reflect/protoreflect"

	"manifold/internal/rawjson"
)

// scalar appends the wire form of a JSON value for a field of a scalar kind, without tag.
func (e *encoding) scalar(dst, v []byte, f *field) ([]byte, error) {
	switch f.kind {
	case protoreflect.StringKind:
		return e.string(dst, v)
	case protoreflect.BytesKind:
		return e.bytes(dst, v)
	case protoreflect.EnumKind:
		n, err := e.enum(v, f.enum)
		return binary.AppendUvarint(dst, uint64(int64(n))), err
	case protoreflect.BoolKind:
		switch v[0] {
		case 't':
			return append(dst, 1), nil
		case 'f':
			return append(dst, 0), nil
		}
		return dst, mismatch("has to be true or false")
	case protoreflect.FloatKind:
		n, err := e.float(v, 32)
		return binary.LittleEndian.AppendUint32(dst, math.Float32bits(float32(n))), err
	case protoreflect.DoubleKind:
		n, err := e.float(v, 64)
		return binary.LittleEndian.AppendUint64(dst, math.Float64bits(n)), err
	default:
		return e.integer(dst, v, f.kind)
	}
}

// string appends a string, or the digits of an integral number, with its length.
func (e *encoding) string(dst, v []byte) ([]byte, error) {
	switch rawjson.KindOf(v[0]) {
	case rawjson.String:
		start := len(dst)
		return withLength(rawjson.Unquote(dst, v), start), nil
	case rawjson.Number:
		start := len(dst)
		if dst, ok := rawjson.IntegerText(dst, v); ok {
			return withLength(dst, start), nil
		}
	}
	return dst, mismatch("has to be a string")
}

// bytes appends what base64 stands for, with its length.
func (e *encoding) bytes(dst, v []byte) ([]byte, error) {
	if v[0] != '"' {
		return dst, mismatch("has to be a string of base64")
	}
	e.text = rawjson.Unquote(e.text[:0], v)
	text := e.text
	for i, c := range text {
		switch c {
		case '-':
			text[i] = '+'
		case '_':
			text[i] = '/'
		}
	}
	code := base64.StdEncoding
	if len(text)%4 != 0 {
		code = base64.RawStdEncoding
	}
	start := len(dst)
	dst, err := code.AppendDecode(dst, text)
	if err != nil {
		return dst, mismatch("has to be a string of base64")
	}
	return withLength(dst, start), nil
}

// enum reads the number of an enum's value.
func (e *encoding) enum(v []byte, of *enum) (int32, error) {
	switch rawjson.KindOf(v[0]) {
	case rawjson.String:
		e.text = rawjson.Unquote(e.text[:0], v)
		if n, ok := of.values[string(e.text)]; ok {
			return n, nil
		}
	case rawjson.Number:
		if n, ok := rawjson.Int32(v); ok {
			return n, nil
		}
	case rawjson.Null:
		if of.null {
			return 0, nil
		}
	}
	return 0, mismatch("has to be a value of enum " + of.name)
}

// number returns the text of a number, or of a string that holds nothing but a number.
func (e *encoding) number(v []byte) (text []byte, ok bool) {
	switch rawjson.KindOf(v[0]) {
	case rawjson.Number:
		return v, true
	case rawjson.String:
		e.text = rawjson.Unquote(e.text[:0], v)
		end, _, err := rawjson.SkipNumber(e.text, 0)
		return e.text, err == nil && end == len(e.text)
	default:
		return nil, false
	}
}

// integer appends an integer of any kind.
func (e *encoding) integer(dst, v []byte, kind protoreflect.Kind) ([]byte, error) {
	text, ok := e.number(v)
	var digits [24]byte
	if ok {
		if text, ok = rawjson.IntegerText(digits[:0], text); len(text) > 20 { // the longest is -9223372036854775808
			ok = false
		}
	}
	if !ok {
		return dst, mismatch("has to be an integer")
	}
	bits := 64
	switch kind {
	case protoreflect.Int32Kind, protoreflect.Sint32Kind, protoreflect.Uint32Kind, protoreflect.Sfixed32Kind, protoreflect.Fixed32Kind:
		bits = 32
	}
	switch kind {
	case protoreflect.Uint32Kind, protoreflect.Uint64Kind, protoreflect.Fixed32Kind, protoreflect.Fixed64Kind:
		n, err := strconv.ParseUint(string(text), 10, bits)
		if err != nil {
			return dst, mismatch("has to be an integer from 0, of " + strconv.Itoa(bits) + " bits")
		}
		return appendInteger(dst, n, kind), nil
	}
	n, err := strconv.ParseInt(string(text), 10, bits)
	if err != nil {
		return dst, mismatch("has to be an integer of " + strconv.Itoa(bits) + " bits")
	}
	switch kind {
	case protoreflect.Sint32Kind, protoreflect.Sint64Kind:
		return binary.AppendUvarint(dst, uint64(n<<1)^uint64(n>>63)), nil
	default:
		return appendInteger(dst, uint64(n), kind), nil
	}
}

// appendInteger appends the bits of an integer.
func appendInteger(dst []byte, n uint64, kind protoreflect.Kind) []byte {
	switch kind {
	case protoreflect.Fixed32Kind, protoreflect.Sfixed32Kind:
		return binary.LittleEndian.AppendUint32(dst, uint32(n))
	case protoreflect.Fixed64Kind, protoreflect.Sfixed64Kind:
		return binary.LittleEndian.AppendUint64(dst, n)
	default:
		return binary.AppendUvarint(dst, n)
	}
}

// float reads a float of so many bits.
func (e *encoding) float(v []byte, bits int) (float64, error) {
	switch string(v) {
	case `"NaN"`:
		return math.NaN(), nil
	case `"Infinity"`:
		return math.Inf(1), nil
	case `"-Infinity"`:
		return math.Inf(-1), nil
	}
	text, ok := e.number(v)
	if !ok {
		return 0, mismatch("has to be a number")
	}
	n, err := strconv.ParseFloat(string(text), bits)
	if err != nil {
		return 0, mismatch("has to be a number within the range of " + strconv.Itoa(bits) + " bits")
	}
	return n, nil
}
