package store

import (
	"encoding/binary"
	"encoding/hex"
	"math/rand/v2"
	"time"
)

// stamp is what Redis says of a tag. It is another one after every invalidation, and is never used again: a counter would begin
// anew when Redis loses it, and make old values valid.
type stamp struct {
	at int64  // when the tag was made invalid, unix ms; 0: it was not, since Redis knows of it
	id uint64 // chance
}

// skew is by how much the clocks of two instances may differ.
const skew = time.Second

const stampSize = 16

func firstStamp() stamp { return stamp{id: rand.Uint64() | 1} }

func newStamp(now time.Time) stamp { return stamp{at: now.UnixMilli(), id: rand.Uint64() | 1} }

func (s stamp) known() bool { return s != stamp{} }

// after reports whether the tag was made invalid after, or hardly before, a time in unix ns.
func (s stamp) after(stored int64) bool {
	return s.at != 0 && time.UnixMilli(s.at).Add(skew).UnixNano() >= stored
}

func (s stamp) append(b []byte) []byte {
	return binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(b, uint64(s.at)), s.id)
}

func (s stamp) text() string { return hex.EncodeToString(s.append(nil)) }

// readStamp reads the bytes that append wrote.
func readStamp(b []byte) stamp {
	return stamp{at: int64(binary.BigEndian.Uint64(b)), id: binary.BigEndian.Uint64(b[8:])}
}

// parseStamp reads a text. What is none is no stamp: the tag is not known.
func parseStamp(text string) stamp {
	b, err := hex.DecodeString(text)
	if err != nil || len(b) != stampSize {
		return stamp{}
	}
	return readStamp(b)
}
