package upstreams

import (
	"context"
	"errors"
	"io"
	"os"
	"time"
)

// notice is how late an exchange may find out that its call was cancelled.
//
// An exchange waits in the connection, and there only a deadline can wake it. So the connection's deadline is never
// further away than notice: when it passes, the exchange looks whether its call still stands, and waits on. So nothing
// is registered with the context (context.AfterFunc: 2 allocations and 0.25 us per call), no goroutine waits beside the
// call, and a cancellation can never hit a connection that already serves the next call. In return a call that waits wakes up every 25 ms.
// The deadline of the call itself is kept exactly.
//
// A call that has waited for long is likely to wait for longer, and may be one of hundreds: then it is registered after all, and sleeps
// (see hook).
const (
	notice = 25 * time.Millisecond
	long   = 4 * notice
)

// maxInterim is how many 1xx answers may come before the final one.
const maxInterim = 8

// exchange is one HTTP/1.1 request and its answer on one connection.
//
// The answer is read straight into the block the Reply will hold: bytes in front of body are heads, bytes from body to
// end are the body so far, and bytes from next on are read but not yet looked at. Only a chunked body has a gap between
// end and next.
type exchange struct {
	ctx      context.Context
	deadline time.Time // zero: none
	conn     *conn
	memory   *memory
	options  *Options

	request []byte // the message to send
	unsent  bool   // nothing of it was written

	began time.Time // of run
	hook  *hook     // nil: the exchange looks by itself whether its call stands

	in          *block
	head        head
	contentType string // of the answer; kept from call to call, see readHead
	lines       int    // where the header lines begin
	headEnd     int
	body        int
	end         int
	next        int
}

// exchange returns an exchange with nothing in it.
func (m *memory) exchange() *exchange {
	if x, ok := m.exchanges.Get().(*exchange); ok {
		return x
	}
	return new(exchange)
}

// putExchange takes x back. Whoever wants its block has taken it by now.
func (m *memory) putExchange(x *exchange) {
	m.putBlock(x.in)
	request := x.request[:0]
	if cap(request) > minBlock {
		request = nil
	}
	*x = exchange{request: request, contentType: x.contentType}
	m.exchanges.Put(x)
}

// run sends the request over c and reads the answer into x.in.
// On an error c is not to be used again; unsent and untouched then tell how far it came.
func (x *exchange) run(c *conn, method string) error {
	if x.in == nil {
		x.in = x.memory.block(minBlock)
	}
	x.conn, x.unsent, x.began = c, true, time.Now()
	x.in.b = x.in.b[:0]
	defer x.unhook()
	if err := x.extend(x.began); err != nil {
		return err
	}
	if err := x.send(); err != nil {
		// An upstream may answer before it has read the whole request, and close: that is the answer.
		if x.arm() != nil || x.readHead() != nil {
			return err
		}
		x.head.keep = false
		return x.readBody(method)
	}
	if err := x.readHead(); err != nil {
		return err
	}
	return x.readBody(method)
}

// untouched reports whether nothing of the answer has come.
func (x *exchange) untouched() bool { return len(x.in.b) == 0 }

// reusable reports whether the connection is at the end of the answer and may take another request.
func (x *exchange) reusable() bool { return x.head.keep && x.next == len(x.in.b) }

// arm lets the exchange wait on, unless its call is over.
func (x *exchange) arm() error {
	if err := over(x.ctx); err != nil {
		return err
	}
	return x.extend(time.Now())
}

// extend sets the connection's deadline for the next wait.
func (x *exchange) extend(now time.Time) error {
	if x.hook == nil && now.Sub(x.began) >= long {
		x.hook = hookOn(x.ctx, x.conn)
	}
	if x.hook != nil {
		err := x.conn.SetDeadline(x.deadline)
		if ended := over(x.ctx); ended != nil { // the hook may have run before the deadline was set
			return ended
		}
		return err
	}
	at := now.Add(notice)
	if !x.deadline.IsZero() && x.deadline.Before(at) {
		at = x.deadline
	}
	return x.conn.SetDeadline(at)
}

func (x *exchange) send() error {
	for rest := x.request; ; {
		n, err := x.conn.Write(rest)
		if n > 0 {
			x.unsent = false
		}
		if err == nil {
			return nil
		}
		if rest = rest[n:]; !errors.Is(err, os.ErrDeadlineExceeded) {
			return err
		}
		if err := x.arm(); err != nil {
			return err
		}
	}
}

// read reads more of the answer to the end of x.in, which has room. The error is io.EOF if there is no more.
func (x *exchange) read(room []byte) error {
	for {
		n, err := x.conn.Read(room)
		if n > 0 {
			x.in.b = x.in.b[:len(x.in.b)+n]
			return nil
		}
		if err == nil {
			continue
		}
		if !errors.Is(err, os.ErrDeadlineExceeded) {
			return err
		}
		if err := x.arm(); err != nil {
			return err
		}
	}
}

// fill reads more of the answer, whose whole size is not known.
func (x *exchange) fill() error {
	k := x.in
	switch {
	case x.next == len(k.b): // all is looked at: what comes is put behind the body
		k.b = k.b[:x.end]
		x.next = x.end
	case len(k.b) == cap(k.b) && x.next > x.end: // close the gap
		k.b = append(k.b[:x.end], k.b[x.next:]...)
		x.next = x.end
	}
	if len(k.b) == cap(k.b) {
		x.in = x.memory.grow(k, 2*cap(k.b))
		k = x.in
	}
	return x.read(k.b[len(k.b):cap(k.b)])
}

// readHead reads to the end of the final answer's head.
func (x *exchange) readHead() error {
	start := 0
	for range maxInterim {
		end, err := x.findHead(start)
		if err != nil {
			return err
		}
		if x.head, err = parseHead(x.in.b[start:end]); err != nil {
			return err
		}
		x.lines, x.headEnd = start+x.head.lines, end
		x.body, x.end, x.next = end, end, end
		switch {
		case x.head.status == 101:
			return malformed("the upstream switched protocols")
		case x.head.status >= 200:
			// Now, since the bytes may move. Comparing first saves an allocation on nearly every call.
			if t := x.head.contentType; string(t) != x.contentType {
				x.contentType = string(t)
			}
			x.head.contentType = nil
			return nil
		}
		start = end
	}
	return malformed("too many interim answers")
}

// findHead reads until the head that starts at start is whole, and returns its end.
func (x *exchange) findHead(start int) (int, error) {
	for from := start; ; {
		var end int
		end, from = headEnd(x.in.b, from)
		if end > x.options.MaxHeader || (end < 0 && len(x.in.b) > x.options.MaxHeader) {
			return 0, tooLarge("the head of the answer")
		}
		if end >= 0 {
			return end, nil
		}
		x.end = len(x.in.b)
		x.next = x.end
		if err := x.fill(); err != nil {
			if err == io.EOF && len(x.in.b) > 0 {
				return 0, cutInHead
			}
			return 0, err
		}
	}
}
