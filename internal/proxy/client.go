package proxy

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// patience is how long a client may take to send or to read the next piece. The times of the listener are for a whole request and a
// whole response, and a stream has no such end.
const patience = time.Minute

// client is the way back to the client: each piece has a time of its own.
type client struct {
	http.ResponseWriter
	control *http.ResponseController
	begun   bool // the head of a response is on its way
	over    atomic.Bool
}

func newClient(w http.ResponseWriter) *client {
	return &client{ResponseWriter: w, control: http.NewResponseController(w)}
}

// Unwrap is for http.ResponseController.
func (c *client) Unwrap() http.ResponseWriter { return c.ResponseWriter }

// WriteHeader implements http.ResponseWriter.
func (c *client) WriteHeader(status int) {
	c.begun = c.begun || status >= 200
	c.extend()
	c.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (c *client) Write(b []byte) (int, error) {
	c.begun = true
	c.extend()
	return c.ResponseWriter.Write(b)
}

// Hijack implements http.Hijacker.
func (c *client) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, rw, err := c.control.Hijack()
	c.begun = c.begun || err == nil
	return conn, rw, err
}

// extend gives the next piece its time. A writer that knows no times has none.
func (c *client) extend() { _ = c.control.SetWriteDeadline(time.Now().Add(patience)) }

// done gives what is still to be written its time: net/http writes the end when the handler has returned.
func (c *client) done() {
	c.over.Store(true)
	c.extend()
}

// upload returns the body of a request as it is sent. Its trailers follow, but for those that the client may not say.
func (x *exchange) upload(out *http.Request) io.ReadCloser {
	out.Trailer = nil
	for name := range x.in.Trailer {
		if x.says(name) {
			if out.Trailer == nil {
				out.Trailer = http.Header{}
			}
			out.Trailer[name] = nil
		}
	}
	return &upload{out.Body, x.client, x.in, out}
}

type upload struct {
	io.ReadCloser
	client  *client
	in, out *http.Request
}

// Read implements io.Reader. The trailers of the request are there at its end.
func (u *upload) Read(b []byte) (int, error) {
	if u.client.over.Load() { // the connection is for another request
		return 0, http.ErrBodyReadAfterClose
	}
	_ = u.client.control.SetReadDeadline(time.Now().Add(patience)) // net/http takes it off at the end
	n, err := u.ReadCloser.Read(b)
	if err == io.EOF {
		for name := range u.out.Trailer {
			u.out.Trailer[name] = u.in.Trailer[name]
		}
	}
	return n, err
}

// buffers are what replies are copied through.
type buffers struct{ pool sync.Pool }

// Get implements httputil.BufferPool.
func (b *buffers) Get() []byte {
	if k, ok := b.pool.Get().(*[]byte); ok {
		return *k
	}
	return make([]byte, 32<<10)
}

// Put implements httputil.BufferPool.
func (b *buffers) Put(k []byte) { b.pool.Put(&k) }
