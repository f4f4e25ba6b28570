package upstreams

import (
	"context"
	"errors"
	"net"
	"slices"
	"sync"
	"time"
)

// host keeps the connections to one host and port. Its life is counted by network; it is safe for concurrent use.
//
// The last connection used is the first to be used again, so that those beyond what the load needs fall idle and are
// closed by sweep. At most so many as `most` are open or being opened; a call beyond waits its turn, first come first served.
type host struct {
	address string
	options *Options
	dialer  *net.Dialer

	mu      sync.Mutex
	most    int     // connections
	idle    []*conn // the last one used is last
	open    int     // in use, idle, or being opened
	waiters []*waiter
	sweeper *time.Timer
	armed   bool // the sweeper will run
	closed  bool // keep nothing
}

// waiter is a call waiting for a connection. It is sent one that a finished call left, or nil, which is the right to
// open one.
type waiter struct{ ready chan *conn }

func newHost(address string, o *Options) *host {
	return &host{address: address, options: o, most: o.MaxConns, dialer: newDialer(o.DialTimeout)}
}

// allow lets at least n connections be open: as many as calls may run at once.
func (h *host) allow(n int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.most = max(h.most, n)
}

// errBusy says that no connection became free in time.
var errBusy = errors.New("all connections are in use")

// get returns a connection for one call, which must give it back by put or drop. used tells that it was used before,
// and so may have been closed by the upstream in this moment; with fresh it never was.
func (h *host) get(ctx context.Context, fresh bool) (c *conn, used bool, err error) {
	for !fresh {
		if c = h.pop(); c == nil {
			break
		}
		if c.quiet() {
			return c, true, nil
		}
		h.drop(c)
	}
	if !h.reserve(fresh) {
		if c, err = h.wait(ctx); err != nil {
			return nil, false, err
		}
		if c != nil && !fresh && c.quiet() {
			return c, true, nil
		}
		if c != nil {
			c.Close() // its place is ours
		}
	}
	nc, err := h.dialer.DialContext(ctx, "tcp", h.address)
	if err != nil {
		h.vacate()
		return nil, false, err
	}
	return newConn(nc), false, nil
}

// pop takes the idle connection used last, or nil.
func (h *host) pop() *conn {
	h.mu.Lock()
	defer h.mu.Unlock()
	n := len(h.idle) - 1
	if n < 0 {
		return nil
	}
	c := h.idle[n]
	h.idle[n] = nil
	h.idle = h.idle[:n]
	return c
}

// reserve counts one more connection, if there may be one; with fresh, an idle one has to give way to it.
func (h *host) reserve(fresh bool) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.open < h.most {
		h.open++
		return true
	}
	if fresh && len(h.idle) > 0 {
		h.idle[0].Close()
		h.idle = slices.Delete(h.idle, 0, 1)
		return true
	}
	return false
}

// wait waits until another call leaves its connection (or its place: nil).
func (h *host) wait(ctx context.Context) (*conn, error) {
	w := &waiter{ready: make(chan *conn, 1)}
	h.mu.Lock()
	switch n := len(h.idle) - 1; {
	case n >= 0: // left since we looked
		c := h.idle[n]
		h.idle = slices.Delete(h.idle, n, n+1)
		h.mu.Unlock()
		return c, nil
	case h.open < h.most:
		h.open++
		h.mu.Unlock()
		return nil, nil
	}
	h.waiters = append(h.waiters, w)
	h.mu.Unlock()

	select {
	case c := <-w.ready:
		return c, nil
	case <-ctx.Done():
	}
	h.mu.Lock()
	i := slices.Index(h.waiters, w)
	if i >= 0 {
		h.waiters = slices.Delete(h.waiters, i, i+1)
	}
	h.mu.Unlock()
	if i < 0 { // served in this moment: hand it on
		if c := <-w.ready; c != nil {
			h.put(c)
		} else {
			h.vacate()
		}
	}
	return nil, errors.Join(errBusy, ctx.Err())
}

// put gives back a connection that can be used again.
func (h *host) put(c *conn) {
	c.since = time.Now()
	h.mu.Lock()
	if w := h.nextWaiter(); w != nil {
		w.ready <- c
		h.mu.Unlock()
		return
	}
	if h.closed {
		h.open--
		h.mu.Unlock()
		c.Close()
		return
	}
	h.idle = append(h.idle, c)
	if !h.armed {
		h.arm()
	}
	h.mu.Unlock()
}

// drop closes a connection that cannot be used again.
func (h *host) drop(c *conn) {
	c.Close()
	h.vacate()
}

// vacate gives up the place of a connection.
func (h *host) vacate() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if w := h.nextWaiter(); w != nil {
		w.ready <- nil
		return
	}
	h.open--
}

// nextWaiter takes the first of those who wait, or nil. Its channel has room for what it is sent.
func (h *host) nextWaiter() *waiter {
	if len(h.waiters) == 0 {
		return nil
	}
	w := h.waiters[0]
	h.waiters = slices.Delete(h.waiters, 0, 1)
	return w
}

// arm lets sweep run once more. The sweeper runs only while connections are idle.
func (h *host) arm() {
	h.armed = true
	if every := h.options.IdleTimeout / 4; h.sweeper == nil {
		h.sweeper = time.AfterFunc(every, h.sweep)
	} else {
		h.sweeper.Reset(every)
	}
}

// sweep closes the connections that were idle for IdleTimeout, and of those beyond IdleConns the ones not used since
// the last sweep: a burst does not open and close connections as it goes up and down.
func (h *host) sweep() {
	h.mu.Lock()
	defer h.mu.Unlock()
	n, now := 0, time.Now()
	for ; n < len(h.idle); n++ { // the longest idle come first
		left := len(h.idle) - n
		age := now.Sub(h.idle[n].since)
		if age < h.options.IdleTimeout && (left <= h.options.IdleConns || age < h.options.IdleTimeout/4) {
			break
		}
		h.idle[n].Close()
	}
	h.open -= n
	h.idle = slices.Delete(h.idle, 0, n)
	h.armed = false
	if len(h.idle) > 0 {
		h.arm()
	}
}

// close closes what is idle, and the rest as it is given back. Calls still work, on a connection each.
func (h *host) close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.closed = true
	for _, c := range h.idle {
		c.Close()
	}
	h.open -= len(h.idle)
	h.idle = nil
	if h.sweeper != nil {
		h.sweeper.Stop()
	}
}
