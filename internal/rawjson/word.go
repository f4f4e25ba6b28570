package rawjson

import (
	"encoding/binary"
	"math/bits"
)

// The scanners look at eight bytes at a time, held in a word whose lowest byte is the first one. A word of marks has the
// highest bit of some bytes set and no other bit.
const (
	ones  = 0x0101010101010101
	highs = 0x80 * ones
)

// load returns the word at i. Eight bytes have to be there.
func load(b []byte, i int) uint64 { return binary.LittleEndian.Uint64(b[i : i+8]) }

// firstMark returns the index of the first marked byte; marks is not zero.
func firstMark(marks uint64) int { return bits.TrailingZeros64(marks) >> 3 }

// textEnds marks the first byte of x that ends a run of plain text in a string: a quote, a backslash or a control
// character. Bytes after the first one may be marked wrongly, since a subtraction borrows from them; bytes before never.
//
// Exchanging ' ' and '"' (x ^ 0x02) puts the quote next to the control characters, so one comparison finds both.
func textEnds(x uint64) uint64 {
	quotes := (x ^ 0x02*ones) - 0x21*ones
	slashes := (x ^ '\\'*ones) - ones
	return (quotes | slashes) &^ x & highs
}

// digitEnds marks the first byte of x that is not a digit. As with textEnds, only the first mark means something.
func digitEnds(x uint64) uint64 {
	x ^= '0' * ones // digits are now 0 to 9
	return ((x + (0x80-10)*ones) | x) & highs
}
