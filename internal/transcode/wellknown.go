package transcode

import (
	"bytes"
	"strconv"
	"time"
	"unicode/utf8"

	"google.golang.org/protobuf/reflect/protoreflect"

	"manifold/internal/rawjson"
)

// special appends an indexed message that has a form of its own. The fields of these types are found by their place in the
// declaration, which is fixed.
func (d *decoding) special(dst, w []byte, m *message, base, depth int) ([]byte, error) {
	s := d.slots[base]
	switch m.form {
	case timestampForm, durationForm:
		seconds, nanos := int64(d.present(base)), int32(d.present(base+1))
		if m.form == timestampForm {
			return appendTimestamp(dst, seconds, nanos)
		}
		return appendDuration(dst, seconds, nanos)
	case wrapperForm:
		if s.count == 0 {
			return append(dst, m.fields[0].zero...), nil
		}
		return d.single(dst, w, &m.fields[0], s, depth)
	case structForm:
		if s.count == 0 {
			return append(dst, "{}"...), nil
		}
		return d.entriesOf(dst, w, &m.fields[0], s, depth)
	case listForm:
		if s.count == 0 {
			return append(dst, "[]"...), nil
		}
		return d.items(dst, w, &m.fields[0], s, depth)
	case valueForm:
		for i := range m.fields {
			if s := d.slots[base+i]; s.count > 0 {
				return d.single(dst, w, &m.fields[i], s, depth)
			}
		}
		return append(dst, "null"...), nil // none of its kinds was sent
	case maskForm:
		return d.mask(dst, w, &m.fields[0], s)
	default:
		return d.any(dst, w, m, base, depth)
	}
}

// present returns the number in a slot, 0 if it was not sent.
func (d *decoding) present(i int) uint64 {
	if d.slots[i].count == 0 {
		return 0
	}
	return d.slots[i].number
}

// mask appends the paths of a FieldMask.
func (d *decoding) mask(dst, w []byte, f *field, s slot) ([]byte, error) {
	if s.count == 0 {
		return append(dst, `""`...), nil
	}
	var paths []byte
	err := d.each(w, f, s, 0, func(path []byte) error {
		paths = append(append(paths, path...), ',')
		return nil
	})
	if err != nil {
		return dst, err
	}
	if !utf8.Valid(paths) {
		return dst, errUTF8
	}
	return rawjson.Quote(dst, paths[:len(paths)-1]), nil
}

// any appends an Any.
func (d *decoding) any(dst, w []byte, m *message, base, depth int) ([]byte, error) {
	url, value := d.slots[base], d.slots[base+1]
	var name, body []byte
	if url.count > 0 {
		name = w[url.from:url.to]
	}
	if value.count > 0 {
		body = w[value.from:value.to]
	}
	if len(name) == 0 && len(body) == 0 {
		return append(dst, "{}"...), nil
	}
	if !utf8.Valid(name) {
		return dst, errUTF8
	}
	dst = append(rawjson.Quote(append(dst, `{"@type":`...), name), ',')
	inner := m.types.named(name)
	switch {
	case inner == nil:
		return closed(dst, '}'), nil
	case inner.form == plainForm:
		if depth+1 >= maxDepth {
			return dst, errDepth
		}
		base := d.open(len(inner.fields))
		if err := d.index(body, inner, base, depth+1); err != nil {
			return dst, err
		}
		dst, err := d.object(dst, body, inner, base, depth+1)
		d.slots = d.slots[:base]
		return dst, err
	default:
		dst, err := d.value(append(dst, `"value":`...), body, inner, depth+1)
		return append(dst, '}'), err
	}
}

// named returns the type that a type URL ends with, nil if it is not known.
func (t *types) named(url []byte) *message {
	return t.compiled[protoreflect.FullName(url[bytes.LastIndexByte(url, '/')+1:])]
}

// Seconds of the first and the last moment that a Timestamp can be, and of the longest Duration.
const (
	minSeconds  = -62135596800
	maxSeconds  = 253402300799
	maxDuration = 315576000000
	maxNanos    = 999999999
)

// appendTimestamp appends a moment as RFC 3339 with 0, 3, 6 or 9 digits after the point.
func appendTimestamp(dst []byte, seconds int64, nanos int32) ([]byte, error) {
	if seconds < minSeconds || seconds > maxSeconds || nanos < 0 || nanos > maxNanos {
		return dst, errTime
	}
	dst = time.Unix(seconds, 0).UTC().AppendFormat(append(dst, '"'), "2006-01-02T15:04:05")
	return append(appendNanos(dst, nanos), 'Z', '"'), nil
}

// appendDuration appends seconds, 0, 3, 6 or 9 digits, and s.
func appendDuration(dst []byte, seconds int64, nanos int32) ([]byte, error) {
	if seconds < -maxDuration || seconds > maxDuration || nanos < -maxNanos || nanos > maxNanos ||
		seconds > 0 && nanos < 0 || seconds < 0 && nanos > 0 {
		return dst, errDuration
	}
	dst = append(dst, '"')
	if seconds < 0 || nanos < 0 {
		dst = append(dst, '-')
		seconds, nanos = -seconds, -nanos
	}
	dst = strconv.AppendInt(dst, seconds, 10)
	return append(appendNanos(dst, nanos), 's', '"'), nil
}

// appendNanos appends the point and as many groups of three digits as there are, or nothing.
func appendNanos(dst []byte, nanos int32) []byte {
	if nanos == 0 {
		return dst
	}
	digits := 9
	for nanos%1000 == 0 {
		nanos /= 1000
		digits -= 3
	}
	dst = append(dst, '.')
	end := len(dst) + digits
	for range digits {
		dst = append(dst, '0')
	}
	for i := end - 1; nanos > 0; i-- {
		dst[i] = byte('0' + nanos%10)
		nanos /= 10
	}
	return dst
}
