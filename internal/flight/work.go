package flight

import (
	"context"
	"sync"
	"time"

	"manifold/internal/deadline"
)

// work is the context of a run. It ends at a time, or when nobody waits any more: neither who does the work nor who joined. Whoever
// only looks at it (Err, Deadline) pays for no timer and no entry in a parent: those are made when Done is first asked for. It costs
// nothing beside the run that it is a part of, where contexts of the standard library cost 9 allocations.
type work struct {
	lock   *sync.Mutex // of the group
	client context.Context
	at     time.Time

	// under the lock
	alive  int   // followers that have not gone
	ended  error // nil: it has not
	timed  context.Context
	cancel context.CancelFunc
	unhook func() bool
}

var _ context.Context = (*work)(nil)

// Deadline implements context.Context.
func (w *work) Deadline() (time.Time, bool) { return w.at, true }

// Value implements context.Context.
func (w *work) Value(key any) any {
	w.lock.Lock()
	timed := w.timed
	w.lock.Unlock()
	if timed != nil { // so that package context finds its own, and needs no goroutine to follow this one
		return timed.Value(key)
	}
	return w.client.Value(key)
}

// Err implements context.Context.
func (w *work) Err() error {
	w.lock.Lock()
	defer w.lock.Unlock()
	w.look()
	return w.ended
}

// look ends the context if its time has come, or everybody has gone. The lock is held.
func (w *work) look() {
	switch {
	case w.ended != nil:
		return
	case w.timed != nil && w.timed.Err() != nil: // it is the one that others watch
		w.ended = w.timed.Err()
	case w.alive == 0 && gone(w.client):
		w.ended = context.Canceled
	case w.timed == nil && !time.Now().Before(w.at):
		w.ended = context.DeadlineExceeded
	default:
		return
	}
	if w.cancel != nil {
		w.cancel()
	}
}

// gone reports whether who asked has gone. That its time is over does not count: the work has a time of its own.
func gone(client context.Context) bool { return client.Err() == context.Canceled }

// Done implements context.Context.
func (w *work) Done() <-chan struct{} {
	w.lock.Lock()
	defer w.lock.Unlock()
	if w.timed == nil {
		w.timed, w.cancel = context.WithDeadline(context.WithoutCancel(w.client), w.at)
		w.unhook = context.AfterFunc(deadline.Standard(w.client), func() {
			w.lock.Lock()
			defer w.lock.Unlock()
			w.look()
		})
		if w.look(); w.ended != nil {
			w.cancel()
		}
	}
	return w.timed.Done()
}

// free frees what Done made. The lock is held.
func (w *work) free() {
	if w.cancel != nil {
		w.cancel()
		w.unhook()
	}
}
