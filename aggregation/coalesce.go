package aggregation

import (
	"cmp"
	"context"
	"encoding/binary"
	"sync"
	"sync/atomic"

	"manifold/internal/auth"
	"manifold/internal/deadline"
	"manifold/internal/plan"
)

// maxWaiting is how many requests wait for one run.
const maxWaiting = 1000

// Coalescer has equal requests of one operation that are under way at the same time run once. Equal are those whose results depend
// on the same: the variables, who asks, and every header that is forwarded or read (LANGUAGE 1, "isolation"). It is safe for
// concurrent use. A nil Coalescer runs every request by itself.
type Coalescer struct {
	headers []string // of the client's request

	mu      sync.Mutex
	running map[flightKey]*flight
}

// flightKey is what a result depends on. Texts and values in it have their lengths before them, so that different ones are never
// the same key. As long as it is in use, no other identity can have its address.
type flightKey struct {
	who  *auth.Identity
	text string
}

// flight is one run for several requests.
type flight struct {
	done   chan struct{} // closed when there is a result
	cancel context.CancelFunc

	// under the Coalescer's lock
	alive int  // requests whose clients still wait: without one the run is ended
	using int  // requests that will have the result
	over  bool // there is a result

	// written before done is closed
	result *Result
	cut    bool // the run was ended before its time: what it brought is nobody else's

	refs atomic.Int32 // requests that have not released the result
}

// NewCoalescer returns the coalescer of an operation; nil if the plan says that requests of it run alone.
func NewCoalescer(op *plan.Operation) *Coalescer {
	if !op.Together {
		return nil
	}
	return &Coalescer{headers: op.Varies, running: map[flightKey]*flight{}}
}

// appendKey appends all that a result depends on but who asks.
func (c *Coalescer) appendKey(key []byte, in Input) []byte {
	for _, v := range in.Variables {
		if v == nil {
			key = append(key, 0)
			continue
		}
		key = binary.AppendUvarint(key, uint64(len(v))+1)
		key = append(key, v...)
	}
	for _, name := range c.headers {
		values := in.Header[name]
		key = binary.AppendUvarint(key, uint64(len(values)))
		for _, v := range values {
			key = binary.AppendUvarint(key, uint64(len(v)))
			key = append(key, v...)
		}
	}
	return key
}

// RunTogether is Run, but an equal request that is under way already is waited for, and its result is that of both. Each of them
// releases it. What was cut short, by a deadline or because all its clients had gone, is given to nobody else: then the next
// request runs. The time that a request may take begins here: see Limits.Time, and deadline.OfRequest.
func (e *Engine) RunTogether(ctx context.Context, op *plan.Operation, in Input, c *Coalescer) *Result {
	client := ctx
	limited := deadline.OfRequest(ctx, in.Header, cmp.Or(in.Time, e.limits.Time))
	defer limited.Stop()
	ctx = limited
	if c == nil || !e.coalesce {
		return e.Run(ctx, op, in)
	}
	var few [256]byte
	text := c.appendKey(few[:0], in)
	for {
		c.mu.Lock()
		f := c.running[flightKey{in.Identity, string(text)}]
		switch {
		case f == nil:
			return e.lead(ctx, client, op, in, c, string(text))
		case f.using == maxWaiting:
			c.mu.Unlock()
			return e.Run(ctx, op, in)
		}
		f.alive++
		f.using++
		c.mu.Unlock()
		if !c.wait(ctx, f) {
			return e.Run(ctx, op, in) // it ends at once, and says why
		}
		if !f.cut {
			e.coalesced()
			return f.result
		}
	}
}

// lead runs the operation, for whoever comes until it is done, or all their clients have gone. c is locked.
func (e *Engine) lead(ctx, client context.Context, op *plan.Operation, in Input, c *Coalescer, text string) *Result {
	f := &flight{done: make(chan struct{}), alive: 1, using: 1}
	var detached context.Context
	detached, f.cancel = context.WithCancel(context.WithoutCancel(ctx))
	at, _ := ctx.Deadline()
	run := deadline.With(detached, at)
	key := flightKey{in.Identity, text}
	c.running[key] = f
	c.mu.Unlock()
	stop := context.AfterFunc(client, func() { c.leave(f) })
	f.cut = true // until it has ended well, also by a panic
	defer func() {
		stop()
		c.mu.Lock()
		delete(c.running, key)
		f.over = true
		if f.refs.Store(int32(f.using)); f.using > 1 && !f.cut {
			f.result.together = f
		}
		c.mu.Unlock()
		close(f.done)
		run.Stop()
		f.cancel()
	}()
	f.result = e.Run(run, op, in)
	f.cut = run.Err() != nil
	return f.result
}

// leave notes that a client of a run has gone.
func (c *Coalescer) leave(f *flight) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if f.alive--; f.alive == 0 {
		f.cancel()
	}
}

// wait waits for the end of a run. It returns false if the request ended before.
func (c *Coalescer) wait(ctx context.Context, f *flight) bool {
	select {
	case <-f.done:
		return true
	case <-ctx.Done():
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if f.over {
		return true
	}
	f.using--
	if f.alive--; f.alive == 0 {
		f.cancel()
	}
	return false
}

// released reports whether nobody uses the result any more.
func (f *flight) released() bool { return f.refs.Add(-1) == 0 }
