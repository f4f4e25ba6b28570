// Package onewrite has net/http write a large response by one system call instead of two.
//
// A response that is larger than what net/http gathers is written in two pieces, the first one of 4 KiB. The first piece is held back until
// the second one is there, and both are written by one call (writev). Only a handler that is about to write all of its response at once may
// ask for it; whatever is held is written at the latest when net/http is done with the response. It takes a tenth off the CPU time of a
// response of 5 KB (docs/PERFORMANCE.md).
package onewrite

import (
	"context"
	"io"
	"net"
	"net/http"
	"sync"
)

// serverBuffer is what net/http gathers of a response before it writes.
const serverBuffer = 4 << 10

// conn is a connection of a client.
type conn struct {
	*net.TCPConn

	mu    sync.Mutex
	armed bool   // the next write may be held
	held  []byte // not yet written
}

// Write implements net.Conn.
func (c *conn) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	armed := c.armed
	c.armed = false
	switch {
	case armed && len(p) == serverBuffer:
		c.held = append(c.held[:0], p...)
		return len(p), nil
	case len(c.held) == 0:
		return c.TCPConn.Write(p)
	}
	both := net.Buffers{c.held, p}
	c.held = c.held[:0]
	if _, err := both.WriteTo(c.TCPConn); err != nil {
		return 0, err
	}
	return len(p), nil
}

// ReadFrom implements io.ReaderFrom: net/http sends files by it, past Write.
func (c *conn) ReadFrom(r io.Reader) (int64, error) {
	c.flush()
	return c.TCPConn.ReadFrom(r)
}

// flush writes what is held.
func (c *conn) flush() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.armed = false
	if len(c.held) > 0 {
		_, _ = c.TCPConn.Write(c.held) // net/http learns of an error from its next read
		c.held = c.held[:0]
	}
}

// Close implements net.Conn.
func (c *conn) Close() error {
	c.flush()
	return c.TCPConn.Close()
}

type key struct{}

// On returns l as srv has to serve it, so that handlers may use Whole. It takes ConnContext and ConnState of srv.
func On(srv *http.Server, l net.Listener) net.Listener {
	srv.ConnContext = func(ctx context.Context, c net.Conn) context.Context {
		return context.WithValue(ctx, key{}, c)
	}
	srv.ConnState = func(c net.Conn, s http.ConnState) {
		if own, ok := c.(*conn); ok && s != http.StateActive && s != http.StateNew {
			own.flush()
		}
	}
	return listener{l}
}

type listener struct{ net.Listener }

// Accept implements net.Listener.
func (l listener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if tcp, ok := c.(*net.TCPConn); ok && err == nil {
		return &conn{TCPConn: tcp}, nil
	}
	return c, err
}

// Whole says that a response of so many bytes of body is about to be written by one Write. ctx is that of the request. Where the server
// was not set up by On, it does nothing.
func Whole(ctx context.Context, size int) {
	if size < serverBuffer/2 {
		return
	}
	if c, ok := ctx.Value(key{}).(*conn); ok {
		c.mu.Lock()
		c.armed = true
		c.mu.Unlock()
	}
}
