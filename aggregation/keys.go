package aggregation

import (
	"encoding/binary"
	"hash/maphash"

	"manifold/internal/plan"
	"manifold/internal/rawjson"
	"manifold/upstreams"
)

// loading is a loader while a part runs: the identity of what it loads. A key is asked for once, however many objects of the
// response point to it and in however many waves.
type loading struct {
	plan    *plan.Loader
	keys    []keyed
	parts   []slot   // members of all keys, len(plan.Keys) for each
	texts   []byte   // texts of all keys
	answers []slot   // by number of the key
	table   []uint32 // open addressing: number of the key + 1; 0: free
	asked   int      // keys below this number have been asked for
	shared  sharing  // keys from several places of the plan
	each    bool     // its items are kept, each by its key: then base and old count
	base    upstreams.Base
	old     []keptItem // of keys that are asked for again
}

// keyed is a key: its text is what keys are compared by.
type keyed struct {
	hash     uint64
	from, to uint32 // in texts
}

func (l *loading) reset(p *plan.Loader) {
	l.plan = p
	l.keys = l.keys[:0]
	l.parts = l.parts[:0]
	l.texts = l.texts[:0]
	l.answers = l.answers[:0]
	clear(l.table)
	l.asked = 0
	l.shared.reset()
	clear(l.old)
	l.old = l.old[:0]
}

// seed makes tables of different processes differ, so that nobody can choose keys that collide.
type seed struct{ value maphash.Seed }

func (s seed) of(b []byte) uint64 { return maphash.Bytes(s.value, b) }

// find returns the number of the key with the given text, or -1.
func (l *loading) find(hash uint64, key []byte) int {
	if len(l.table) == 0 {
		return -1
	}
	mask := uint64(len(l.table) - 1)
	for at := hash & mask; l.table[at] != 0; at = (at + 1) & mask {
		n := l.table[at] - 1
		if k := &l.keys[n]; k.hash == hash && string(l.texts[k.from:k.to]) == string(key) {
			return int(n)
		}
	}
	return -1
}

// add appends a key that find did not find. Its text must be the end of l.texts from the given offset.
func (l *loading) add(hash uint64, from int, parts []slot) int {
	n := len(l.keys)
	l.keys = append(l.keys, keyed{hash: hash, from: uint32(from), to: uint32(len(l.texts))})
	l.parts = append(l.parts, parts...)
	l.answers = append(l.answers, slot{kind: asked})
	if 2*len(l.keys) > len(l.table) {
		l.rehash()
		return n
	}
	l.place(n)
	return n
}

func (l *loading) place(n int) {
	mask := uint64(len(l.table) - 1)
	at := l.keys[n].hash & mask
	for l.table[at] != 0 {
		at = (at + 1) & mask
	}
	l.table[at] = uint32(n) + 1
}

func (l *loading) rehash() {
	size := max(16, 2*len(l.table))
	if cap(l.table) >= size {
		l.table = l.table[:size]
		clear(l.table)
	} else {
		l.table = make([]uint32, size)
	}
	for n := range l.keys {
		l.place(n)
	}
}

// text returns the text of a key.
func (l *loading) text(n int) []byte { return l.texts[l.keys[n].from:l.keys[n].to] }

// members returns the members of a key.
func (l *loading) members(n int) []slot {
	w := len(l.plan.Keys)
	return l.parts[n*w : (n+1)*w]
}

// appendKey appends the text of a key made of tokens. ok is false if one of them is no key: null, missing, an object or a list.
// Keys compare as text, so 1 equals "1" (LANGUAGE 6). Members of a composite key are kept apart by their lengths.
func (f *frame) appendKey(dst []byte, parts []slot) (out []byte, ok bool) {
	for _, p := range parts {
		at := len(dst)
		if len(parts) > 1 {
			dst = append(dst, 0, 0, 0, 0)
		}
		if dst, ok = f.appendKeyText(dst, p); !ok {
			return dst, false
		}
		if len(parts) > 1 {
			binary.LittleEndian.PutUint32(dst[at:], uint32(len(dst)-at-4))
		}
	}
	return dst, true
}

// appendKeyText appends the text that one member of a key is compared by: numbers as written, strings without escapes.
func (f *frame) appendKeyText(dst []byte, p slot) (out []byte, ok bool) {
	switch p.kind {
	case text:
		token := f.bytes(p)
		if p.plain {
			return append(dst, token[1:len(token)-1]...), true
		}
		return rawjson.Unquote(dst, token), true
	case number, truth, untrue:
		return append(dst, f.bytes(p)...), true
	default:
		return dst, false
	}
}

// appendInputs appends what tells apart the calls of a connector that reads any values of its parent, null, missing, lists
// and objects included.
func (f *frame) appendInputs(dst []byte, parts []slot) []byte {
	for _, p := range parts {
		at := len(dst)
		dst = append(dst, byte(p.kind), 0, 0, 0, 0)
		if out, ok := f.appendKeyText(dst, p); ok {
			dst, dst[at] = out, byte(text) // 1 and "1" make the same request
		} else if p.token() {
			dst = append(dst, f.bytes(p)...)
		}
		binary.LittleEndian.PutUint32(dst[at+1:], uint32(len(dst)-at-5))
	}
	return dst
}
