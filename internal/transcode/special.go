package transcode

import (
	"bytes"
	"encoding/binary"
	"strconv"
	"strings"
	"time"

	"manifold/internal/rawjson"
)

// special appends a message of a type that has a form of its own.
func (e *encoding) special(dst, v []byte, m *message, depth int) ([]byte, error) {
	switch m.form {
	case timestampForm:
		return e.timestamp(dst, v)
	case durationForm:
		return e.duration(dst, v)
	case wrapperForm:
		return e.single(dst, v, &m.fields[0], depth)
	case structForm:
		return e.entries(dst, v, &m.fields[0], depth)
	case listForm:
		return e.list(dst, v, &m.fields[0], depth)
	case valueForm:
		return e.anyValue(dst, v, m, depth)
	case maskForm:
		return e.mask(dst, v, &m.fields[0])
	default:
		return e.any(dst, v, m, depth)
	}
}

// Fields of google.protobuf.Value, by index.
const (
	nullValue = iota
	numberValue
	stringValue
	boolValue
	structValue
	listValue
)

// anyValue appends a google.protobuf.Value.
func (e *encoding) anyValue(dst, v []byte, m *message, depth int) ([]byte, error) {
	var n int
	switch rawjson.KindOf(v[0]) {
	case rawjson.Number:
		n = numberValue
	case rawjson.String:
		n = stringValue
	case rawjson.True, rawjson.False:
		n = boolValue
	case rawjson.Object:
		n = structValue
	case rawjson.Array:
		n = listValue
	default:
		n = nullValue
	}
	return e.single(dst, v, &m.fields[n], depth)
}

// timestamp appends the fields of a Timestamp.
func (e *encoding) timestamp(dst, v []byte) ([]byte, error) {
	wrong := mismatch("has to be a time like 2006-01-02T15:04:05Z")
	if v[0] != '"' {
		return dst, wrong
	}
	e.text = rawjson.Unquote(e.text[:0], v)
	t, err := time.Parse(time.RFC3339Nano, string(e.text))
	if err != nil || t.Unix() < minSeconds || t.Unix() > maxSeconds || bytes.IndexByte(e.text, ',') >= 0 {
		return dst, wrong
	}
	return appendMoment(dst, t.Unix(), int64(t.Nanosecond())), nil
}

// duration appends the fields of a Duration.
func (e *encoding) duration(dst, v []byte) ([]byte, error) {
	wrong := mismatch("has to be a duration in seconds, like 1.5s")
	if v[0] != '"' {
		return dst, wrong
	}
	e.text = rawjson.Unquote(e.text[:0], v)
	text, ok := bytes.CutSuffix(e.text, []byte("s"))
	if !ok {
		return dst, wrong
	}
	text, negative := bytes.CutPrefix(text, []byte("-"))
	whole, fraction, point := bytes.Cut(text, []byte("."))
	if !areDigits(whole) || point && !areDigits(fraction) || len(fraction) > 9 {
		return dst, wrong
	}
	seconds, err := strconv.ParseInt(string(whole), 10, 64)
	if err != nil || seconds > maxDuration {
		return dst, wrong
	}
	nanos := int64(0)
	for i := range 9 {
		nanos *= 10
		if i < len(fraction) {
			nanos += int64(fraction[i] - '0')
		}
	}
	if negative {
		seconds, nanos = -seconds, -nanos
	}
	return appendMoment(dst, seconds, nanos), nil
}

// appendMoment appends the two fields that Timestamp and Duration have.
func appendMoment(dst []byte, seconds, nanos int64) []byte {
	if seconds != 0 {
		dst = binary.AppendUvarint(append(dst, 1<<3), uint64(seconds))
	}
	if nanos != 0 {
		dst = binary.AppendUvarint(append(dst, 2<<3), uint64(nanos))
	}
	return dst
}

func areDigits(text []byte) bool {
	for _, c := range text {
		if c < '0' || c > '9' {
			return false
		}
	}
	return len(text) > 0
}

// mask appends the paths of a FieldMask, in the spelling of the .proto.
func (e *encoding) mask(dst, v []byte, f *field) ([]byte, error) {
	if v[0] != '"' {
		return dst, mismatch("has to be a string of paths with commas between")
	}
	e.text = rawjson.Unquote(e.text[:0], v)
	if len(e.text) == 0 {
		return dst, nil
	}
	for path := range strings.SplitSeq(string(e.text), ",") {
		dst = f.appendTag(dst, bytesWire)
		start := len(dst)
		for _, c := range []byte(path) {
			if 'A' <= c && c <= 'Z' {
				dst = append(dst, '_')
			}
			dst = append(dst, lower(c))
		}
		dst = withLength(dst, start)
	}
	return dst, nil
}

// any appends an Any.
func (e *encoding) any(dst, v []byte, m *message, depth int) ([]byte, error) {
	if v[0] != '{' {
		return dst, mismatch("has to be an object")
	}
	var url, value []byte
	count := 0
	_, err := rawjson.Members(v, 0, func(key, member []byte) error {
		count++
		switch {
		case rawjson.EqualKey(key, "@type"):
			url = member
		case rawjson.EqualKey(key, "value"):
			value = member
		}
		return nil
	})
	if err != nil || count == 0 {
		return dst, err
	}
	if len(url) == 0 || url[0] != '"' {
		return dst, under("@type", mismatch("has to be the URL of a type"))
	}
	inner := m.types.named(rawjson.Unquote(nil, url))
	if inner == nil {
		return dst, under("@type", mismatch("is not a known type"))
	}
	if dst, err = e.single(dst, url, &m.fields[0], depth); err != nil {
		return dst, err
	}
	dst = m.fields[1].appendTag(dst, bytesWire)
	start := len(dst)
	switch {
	case depth+1 >= maxDepth:
		return dst, mismatch("nested deeper than 100 levels")
	case inner.form == plainForm:
		dst, err = e.members(dst, v, inner, depth+1, "@type")
	case value == nil || count != 2:
		return dst, under("value", mismatch("has to be there, and nothing else beside @type"))
	default:
		if dst, err = e.value(dst, value, inner, depth+1); err != nil {
			err = under("value", err)
		}
	}
	if err != nil {
		return dst, err
	}
	return withLength(dst, start), nil
}
