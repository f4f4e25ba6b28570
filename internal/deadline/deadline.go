// Package deadline has the time of a request: how long it may take, and contexts that know it for little.
package deadline

import (
	"context"
	"sync"
	"time"
)

// Context is context.WithDeadline for callers that mostly look at the deadline and at Err, and do not wait on Done: the timer and the
// entry in the parent are made when Done is first asked for. It costs 1 allocation and 160 ns instead of 4 and 540.
type Context struct {
	context.Context // the parent

	at     time.Time
	mu     sync.Mutex
	timed  context.Context // nil until Done is called
	cancel context.CancelFunc
}

// With returns a context that ends at a time, or with its parent. An earlier deadline of the parent stays. Stop has to be called.
func With(parent context.Context, at time.Time) *Context {
	if earlier, ok := parent.Deadline(); ok && earlier.Before(at) {
		at = earlier
	}
	return &Context{Context: parent, at: at}
}

// Deadline implements context.Context.
func (d *Context) Deadline() (time.Time, bool) { return d.at, true }

// Err implements context.Context.
func (d *Context) Err() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.timed != nil { // Done and Err must agree: a closed Done without an Err makes package context panic
		return d.timed.Err()
	}
	if err := d.Context.Err(); err != nil {
		return err
	}
	if !time.Now().Before(d.at) {
		return context.DeadlineExceeded
	}
	return nil
}

// Done implements context.Context.
func (d *Context) Done() <-chan struct{} {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.timed == nil {
		d.timed, d.cancel = context.WithDeadline(Standard(d.Context), d.at)
	}
	return d.timed.Done()
}

// Stop frees what Done made. The context then counts as cancelled for those who still wait on it.
func (d *Context) Stop() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.cancel != nil {
		d.cancel()
	}
}

// Standard returns a context of package context that is over when ctx is. Contexts made from it need no goroutine, as those made from
// a Context do.
func Standard(ctx context.Context) context.Context {
	d, ok := ctx.(*Context)
	if !ok {
		return ctx
	}
	d.Done()
	return d.timed
}
