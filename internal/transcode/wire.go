package transcode

import (
	"encoding/binary"
	"errors"
	"math"
)

// ErrTooLong is the error of a message whose JSON would be longer than it may be.
var ErrTooLong = errors.New("the message is too long as JSON")

// What can be wrong with the wire form of a message.
var (
	errTruncated = errors.New("the message ends in the middle of a value")
	errVarint    = errors.New("an integer is longer than 64 bits")
	errField     = errors.New("a field has an impossible number")
	errWire      = errors.New("a field has an unknown wire type")
	errGroup     = errors.New("a group ends that did not begin, or does not end")
	errDepth     = errors.New("messages nest deeper than 100 levels")
	errUTF8      = errors.New("a string is not UTF-8")
	errLong      = errors.New("the message is longer than 2 GiB")
	errSplit     = errors.New("too much of the message is split into parts")
	errTime      = errors.New("a timestamp is beyond the years 1 to 9999")
	errDuration  = errors.New("a duration is beyond 10000 years, or its parts differ in sign")
)

// maxField is the greatest number of a field.
const maxField = 1<<29 - 1

// varint reads the integer at w[i] and returns the index after it. A negative index is an error: see wireError.
func varint(w []byte, i int) (v uint64, end int) {
	if i < len(w) && w[i] < 0x80 {
		return uint64(w[i]), i + 1
	}
	v, n := binary.Uvarint(w[i:])
	switch {
	case n > 0:
		return v, i + n
	case n == 0 && len(w)-i >= binary.MaxVarintLen64:
		return 0, overlong
	case n == 0:
		return 0, truncated
	default:
		return 0, overlong
	}
}

// Ends of values that could not be read.
const (
	truncated = -1 - iota
	overlong
	badField
	badWire
	badGroup
	tooDeep
)

// wireError returns the error that a negative end means.
func wireError(end int) error {
	switch end {
	case truncated:
		return errTruncated
	case overlong:
		return errVarint
	case badField:
		return errField
	case badWire:
		return errWire
	case badGroup:
		return errGroup
	default:
		return errDepth
	}
}

// tag reads the tag at w[i].
func tag(w []byte, i int) (number uint64, wire uint8, end int) {
	v, end := varint(w, i)
	if end < 0 {
		return 0, 0, end
	}
	number = v >> 3
	if number == 0 || number > maxField {
		return 0, 0, badField
	}
	return number, uint8(v & 7), end
}

// skip returns the index after the value of a field whose tag ended before w[i]. Depth is the number of messages and groups
// around it.
func skip(w []byte, i int, number uint64, wire uint8, depth int) int {
	switch wire {
	case varintWire:
		_, end := varint(w, i)
		return end
	case fixed64Wire:
		return within(w, i, 8)
	case fixed32Wire:
		return within(w, i, 4)
	case bytesWire:
		_, end := span(w, i)
		return end
	case groupWire:
		_, end := group(w, i, number, depth)
		return end
	case groupEnd:
		return badGroup
	default:
		return badWire
	}
}

func within(w []byte, i, n int) int {
	if len(w)-i < n {
		return truncated
	}
	return i + n
}

// span reads the length at w[i] and returns what it spans: w[from:end].
func span(w []byte, i int) (from, end int) {
	n, from := varint(w, i)
	if from < 0 {
		return from, from
	}
	if n > uint64(len(w)-from) {
		return truncated, truncated
	}
	return from, from + int(n)
}

// group returns where the contents of a group end that begin at w[i], and where the group does.
func group(w []byte, i int, number uint64, depth int) (to, end int) {
	if depth >= maxDepth {
		return tooDeep, tooDeep
	}
	for {
		to = i
		n, wire, at := tag(w, i)
		if at < 0 {
			return at, at
		}
		if wire == groupEnd {
			if n != number {
				return badGroup, badGroup
			}
			return to, at
		}
		if i = skip(w, at, n, wire, depth+1); i < 0 {
			return i, i
		}
	}
}

// scalar reads one value of the wire types varint, fixed32 and fixed64.
func scalar(w []byte, i int, wire uint8) (v uint64, end int) {
	switch wire {
	case varintWire:
		return varint(w, i)
	case fixed32Wire:
		if end = within(w, i, 4); end < 0 {
			return 0, end
		}
		return uint64(binary.LittleEndian.Uint32(w[i:])), end
	default:
		if end = within(w, i, 8); end < 0 {
			return 0, end
		}
		return binary.LittleEndian.Uint64(w[i:]), end
	}
}

// maxWire is the length beyond which offsets would not fit into a slot.
const maxWire = math.MaxInt32
