// Package flight has equal work that is asked for at the same time done once.
//
// Unlike other packages of the kind it knows that who asks may go away: the work runs for all who wait, on a context that no one of
// them ends, and is given up when the last one has gone. What was cut short, by that or by a deadline, is nobody else's: who still
// waits then does it anew (RELIABILITY C.10).
package flight

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"manifold/internal/deadline"
)

// never is longer than any work.
const never = 24 * time.Hour

// maxWaiting is how many wait for one run.
const maxWaiting = 1000

// Group are the works under way, by what they depend on. Whatever tells two results apart has to be in the key. It is safe for
// concurrent use; the zero value is empty.
type Group[K comparable, V any] struct {
	// Shared is told of a result that several have, before any of them has it; nil: nobody is.
	Shared func(V, *Uses)

	mu      sync.Mutex
	running map[K]*run[V]
}

// run is one work. Who does it is its leader; followers wait.
type run[V any] struct {
	work                    // its context
	done      chan struct{} // closed when there is a result; nil until somebody waits
	followers int           // who will have the result

	// written before done is closed
	value V
	cut   bool // the run was ended before its time: what it brought is nobody else's
	over  bool // there is a result
	uses  Uses
}

// Uses counts those who have not let go of a result that is theirs together.
type Uses struct{ left atomic.Int32 }

// Last lets go of the result, and reports whether nobody has it any more.
func (u *Uses) Last() bool { return u.left.Add(-1) == 0 }

// Result is what came of the work.
type Result[V any] struct {
	Value V
	// Joined says that the work was done for somebody else, and shared.
	Joined bool
	// Alone says that nothing was done, and the caller has to do it by itself: its context is over, or too many wait already.
	Alone bool
}

// Len returns how many works are under way.
func (g *Group[K, V]) Len() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return len(g.running)
}

// Do has work done, once for all who ask for the same key until it is done. end is when it has to be done; client ends when who asks
// has gone; a zero end is never. work runs on the goroutine of the first of them, with a context that ends at end, or when all of them
// have gone. cut tells that the work saw that end coming, and what it brought is only for who had no more time.
func (g *Group[K, V]) Do(client context.Context, end time.Time, key K, work func(context.Context) (v V, cut bool)) Result[V] {
	if end.IsZero() {
		end = time.Now().Add(never)
	}
	for {
		g.mu.Lock()
		r := g.running[key]
		switch {
		case r == nil || r.ended != nil:
			return Result[V]{Value: g.lead(client, end, key, work)}
		case r.followers == maxWaiting-1:
			g.mu.Unlock()
			return Result[V]{Alone: true}
		}
		r.followers++
		r.alive++
		if r.done == nil {
			r.done = make(chan struct{})
		}
		g.mu.Unlock()
		if !g.wait(client, end, r) {
			return Result[V]{Alone: true}
		}
		if !r.cut {
			return Result[V]{Value: r.value, Joined: true}
		}
	}
}

// lead does the work, for whoever comes until it is done. g is locked.
func (g *Group[K, V]) lead(client context.Context, end time.Time, key K, work func(context.Context) (V, bool)) V {
	r := &run[V]{cut: true} // until it has ended well, also by a panic
	r.lock, r.client, r.at = &g.mu, client, end
	if g.running == nil {
		g.running = map[K]*run[V]{}
	}
	g.running[key] = r
	g.mu.Unlock()
	defer func() {
		g.mu.Lock()
		if g.running[key] == r {
			delete(g.running, key)
		}
		r.over = true
		if r.uses.left.Store(int32(r.followers + 1)); r.followers > 0 && !r.cut && g.Shared != nil {
			g.Shared(r.value, &r.uses)
		}
		if r.done != nil {
			close(r.done)
		}
		r.free()
		g.mu.Unlock()
	}()
	var cut bool
	r.value, cut = work(r)
	r.cut = cut || r.Err() != nil
	return r.value
}

// wait waits for the end of a run. It returns false if who asks has gone before, or has no time left.
func (g *Group[K, V]) wait(client context.Context, end time.Time, r *run[V]) bool {
	ctx := deadline.With(client, end)
	defer ctx.Stop()
	select {
	case <-r.done:
		return true
	case <-ctx.Done():
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if r.over {
		return true
	}
	r.followers--
	r.alive--
	r.look()
	return false
}
