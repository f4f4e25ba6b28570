package upstreams

import (
	"encoding/binary"
	"time"
)

// frameVersion is the first byte of a frame: others are of other versions of the program.
const frameVersion = 1

// appendFrame appends a reply as it is kept.
func appendFrame(dst []byte, r *Reply, revalidate, ifError time.Duration) []byte {
	lines := r.lines
	if r.header != nil {
		lines = nil
		for name, values := range r.header {
			for _, v := range values {
				lines = append(append(append(append(lines, name...), ": "...), v...), "\r\n"...)
			}
		}
	}
	if dst == nil {
		dst = make([]byte, 0, len(lines)+len(r.Body)+len(r.ContentType)+32)
	}
	dst = append(dst, frameVersion)
	for _, n := range [...]uint64{uint64(r.Status), uint64(revalidate / time.Millisecond), uint64(ifError / time.Millisecond), uint64(r.Limit)} {
		dst = binary.AppendUvarint(dst, n)
	}
	for _, part := range [...][]byte{[]byte(r.ContentType), lines} {
		dst = binary.AppendUvarint(dst, uint64(len(part)))
		dst = append(dst, part...)
	}
	return append(dst, r.Body...)
}

// readFrame returns the reply in a frame, which has been checked to be what was stored; nil if it is none. The reply shares the memory of
// the frame.
func readFrame(b []byte, c *Call) (r *Reply, revalidate, ifError time.Duration) {
	if len(b) == 0 || b[0] != frameVersion {
		return nil, 0, 0
	}
	b = b[1:]
	whole := true
	number := func() uint64 {
		n, size := binary.Uvarint(b)
		if size <= 0 {
			whole = false
			return 0
		}
		b = b[size:]
		return n
	}
	part := func() (p []byte) {
		n := number()
		if n > uint64(len(b)) {
			whole = false
			return nil
		}
		p, b = b[:n:n], b[n:]
		return p
	}
	r = &Reply{Status: int(number())}
	revalidate = time.Duration(number()) * time.Millisecond
	ifError = time.Duration(number()) * time.Millisecond
	r.Limit = int(number())
	r.ContentType = string(part())
	r.lines = part()
	r.Body = b[:len(b):len(b)]
	if c.RPC != nil {
		r.Message = c.RPC.Reply
	}
	if !whole {
		return nil, 0, 0
	}
	return r, revalidate, ifError
}
