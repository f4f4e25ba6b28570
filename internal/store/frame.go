package store

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"math"
	"time"

	"github.com/cespare/xxhash/v2"
	"github.com/klauspost/compress/zstd"
)

// A value in Redis is a frame. Numbers are big-endian:
//
//	"mf" 'S' version   4 bytes
//	flags              1 byte; bit 0: the body is compressed by zstd
//	key                16 bytes of the SHA-256 of the whole key
//	stored             8 bytes, unix ms
//	fresh, stale       8 bytes each, ms
//	length             4 bytes, of the value
//	tags               2 bytes, how many; each: 2 bytes length, name, 16 bytes stamp
//	body               the rest but
//	checksum           8 bytes, xxhash64 of all before
const (
	frameMagic     = "mfS\x01"
	frameHead      = len(frameMagic) + 1 + frameKey + 8 + 8 + 8 + 4 + 2
	frameKey       = 16
	frameSum       = 8
	flagCompressed = 1
)

// Sizes, in bytes.
const (
	compressFrom = 1 << 10
	maxValue     = 64 << 20 // of a value as it was given
	maxFrame     = 8 << 20  // in Redis: a larger one would keep all others waiting
)

// codec writes and reads frames. It may be used concurrently, and has no goroutines.
type codec struct {
	to   *zstd.Encoder
	from *zstd.Decoder
}

func newCodec() *codec {
	c := &codec{}
	c.to, _ = zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderCRC(false)) // fails for bad options only
	c.from, _ = zstd.NewReader(nil, zstd.WithDecoderMaxMemory(maxValue), zstd.WithDecoderConcurrency(0))
	return c
}

var (
	errTooLarge = errors.New("the value is too large for a frame")
	errCorrupt  = errors.New("it is not a frame of this key")
)

// encode returns the frame of an entry. There is a stamp for each of its tags.
func (c *codec) encode(sum [sha256.Size]byte, e *Entry, stamps []stamp) ([]byte, error) {
	if len(e.Value) > maxValue || len(e.Tags) > math.MaxUint16 {
		return nil, errTooLarge
	}
	body, flags := e.Value, byte(0)
	if len(body) > compressFrom {
		if small := c.to.EncodeAll(body, make([]byte, 0, len(body)/2)); len(small) < len(body) {
			body, flags = small, flagCompressed
		}
	}
	size := frameHead + len(body) + frameSum
	for _, tag := range e.Tags {
		if len(tag) > math.MaxUint16 {
			return nil, errTooLarge
		}
		size += 2 + len(tag) + stampSize
	}
	if size > maxFrame {
		return nil, errTooLarge
	}
	b := make([]byte, 0, size)
	b = append(b, frameMagic...)
	b = append(b, flags)
	b = append(b, sum[:frameKey]...)
	b = binary.BigEndian.AppendUint64(b, uint64(e.Stored.UnixMilli()))
	b = binary.BigEndian.AppendUint64(b, uint64(clamp(e.Fresh).Milliseconds()))
	b = binary.BigEndian.AppendUint64(b, uint64(clamp(e.Stale).Milliseconds()))
	b = binary.BigEndian.AppendUint32(b, uint32(len(e.Value)))
	b = binary.BigEndian.AppendUint16(b, uint16(len(e.Tags)))
	for i, s := range stamps {
		b = binary.BigEndian.AppendUint16(b, uint16(len(e.Tags[i])))
		b = append(b, e.Tags[i]...)
		b = s.append(b)
	}
	b = append(b, body...)
	return binary.BigEndian.AppendUint64(b, xxhash.Sum64(b)), nil
}

// decode reads a frame, which has to be of this key. What it returns shares no memory with b, so that a small value does not hold
// a large frame.
func (c *codec) decode(sum [sha256.Size]byte, b []byte) (e Entry, stamps []stamp, err error) {
	if len(b) < frameHead+frameSum || string(b[:len(frameMagic)]) != frameMagic {
		return e, nil, errCorrupt
	}
	end := len(b) - frameSum
	if xxhash.Sum64(b[:end]) != binary.BigEndian.Uint64(b[end:]) {
		return e, nil, errCorrupt
	}
	b = b[len(frameMagic):end]
	flags, key := b[0], b[1:1+frameKey]
	if flags&^flagCompressed != 0 || string(key) != string(sum[:frameKey]) {
		return e, nil, errCorrupt
	}
	b = b[1+frameKey:]
	e.Stored = time.UnixMilli(int64(binary.BigEndian.Uint64(b)))
	e.Fresh = readDuration(b[8:])
	e.Stale = readDuration(b[16:])
	length, count := int(binary.BigEndian.Uint32(b[24:])), int(binary.BigEndian.Uint16(b[28:]))
	if b, err = e.decodeTags(b[30:], count, &stamps); err != nil {
		return e, nil, err
	}
	switch {
	case length > maxValue:
		return e, nil, errCorrupt
	case flags&flagCompressed == 0:
		e.Value = append(make([]byte, 0, len(b)), b...)
	default:
		if e.Value, err = c.from.DecodeAll(b, make([]byte, 0, length)); err != nil {
			return e, nil, errCorrupt
		}
	}
	if len(e.Value) != length {
		return e, nil, errCorrupt
	}
	return e, stamps, nil
}

// decodeTags reads the tags, and returns what is left of b.
func (e *Entry) decodeTags(b []byte, count int, stamps *[]stamp) (rest []byte, err error) {
	for range count {
		if len(b) < 2 {
			return nil, errCorrupt
		}
		n := int(binary.BigEndian.Uint16(b))
		if b = b[2:]; len(b) < n+stampSize {
			return nil, errCorrupt
		}
		e.Tags = append(e.Tags, string(b[:n]))
		*stamps = append(*stamps, readStamp(b[n:]))
		b = b[n+stampSize:]
	}
	return b, nil
}

func readDuration(b []byte) time.Duration {
	return time.Duration(min(binary.BigEndian.Uint64(b), uint64(longest.Milliseconds()))) * time.Millisecond
}
