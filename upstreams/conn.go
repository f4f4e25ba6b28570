package upstreams

import (
	"net"
	"syscall"
	"time"
)

// conn is one connection to an upstream, used by one call at a time. It holds no buffers: an idle connection costs
// what the system keeps for it.
type conn struct {
	net.Conn
	since time.Time // when it was last used

	// For quiet: made once, since a closure per look would be an allocation per call.
	raw   syscall.RawConn
	look  func(fd uintptr)
	still bool
}

func newConn(nc net.Conn) *conn {
	c := &conn{Conn: nc}
	if sc, ok := nc.(syscall.Conn); ok {
		if raw, err := sc.SyscallConn(); err == nil {
			c.raw = raw
			c.look = func(fd uintptr) { c.still = nothingToRead(fd) }
		}
	}
	return c
}

// quiet reports whether a kept connection is as we left it: not closed by the upstream, and with nothing to read.
// Bytes that nobody asked for would be taken for the answer to the next call, which may be somebody else's.
// The look is a system call, about a tenth of the CPU time of a small call, and worth it. A reader kept on every idle
// connection would see the same, for a goroutine each and two switches per call.
func (c *conn) quiet() bool {
	if c.raw == nil {
		return true
	}
	c.still = false
	err := c.raw.Control(c.look)
	return err == nil && c.still
}
