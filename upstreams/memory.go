package upstreams

import (
	"math/bits"
	"sync"

	"github.com/klauspost/compress/gzip"
)

// Sizes of blocks. The smallest takes a common reply whole, so that it is one read and no copy; what is larger than
// the largest is not kept.
const (
	minBlock = 32 << 10
	maxBlock = 1 << 20

	blockClasses = 6 // minBlock doubled until maxBlock
)

// memory pools what calls need. It is shared by the generations of one gateway.
type memory struct {
	blocks    [blockClasses]sync.Pool // *block of minBlock<<i bytes
	replies   sync.Pool               // *Reply
	exchanges sync.Pool               // *exchange
	gunzips   sync.Pool               // *gunzip
}

// block is a piece of memory that a reply is read into. len(b) is what is filled.
type block struct{ b []byte }

// class is the pool for blocks of at least n bytes, or -1 if such blocks are not pooled.
func class(n int) int {
	switch {
	case n <= minBlock:
		return 0
	case n > maxBlock:
		return -1
	}
	return bits.Len(uint(n-1)) - bits.Len(uint(minBlock-1))
}

// block returns an empty block with room for at least n bytes.
func (m *memory) block(n int) *block {
	c := class(n)
	if c < 0 {
		return &block{b: make([]byte, 0, n)}
	}
	if k, ok := m.blocks[c].Get().(*block); ok {
		return k
	}
	return &block{b: make([]byte, 0, minBlock<<c)}
}

// putBlock takes k back; nil is fine.
func (m *memory) putBlock(k *block) {
	if k == nil {
		return
	}
	if poisoned {
		poison(k.b[:cap(k.b)])
		return
	}
	if c := class(cap(k.b)); c >= 0 && cap(k.b) == minBlock<<c { // one that append has grown is of no class
		k.b = k.b[:0]
		m.blocks[c].Put(k)
	}
}

// grow returns a block with the bytes of k and more room, towards want bytes in all; k itself is given back.
// What an upstream announces is not believed beyond maxBlock: from there on room is doubled as bytes arrive, so a
// lie about the length costs at most what was sent.
func (m *memory) grow(k *block, want int) *block {
	bigger := m.block(min(want, max(2*cap(k.b), maxBlock)))
	bigger.b = append(bigger.b, k.b...)
	m.putBlock(k)
	return bigger
}

func (m *memory) reply() *Reply {
	r, ok := m.replies.Get().(*Reply)
	if !ok {
		r = new(Reply)
	}
	r.memory = m
	return r
}

// putReply takes r back, emptied. In race builds it is left to the collector: a second Release then does nothing
// rather than emptying somebody else's reply.
func (m *memory) putReply(r *Reply) {
	if !poisoned {
		m.replies.Put(r)
	}
}

func (m *memory) gunzip() *gunzip {
	if g, ok := m.gunzips.Get().(*gunzip); ok {
		return g
	}
	return &gunzip{z: new(gzip.Reader)}
}
