package upstreams

import (
	"context"
	"slices"
	"sync"
	"time"

	"manifold/internal/fault"
)

// queueTime is how long a call waits for its turn. Who waits longer is better told at once (RELIABILITY C.7).
const queueTime = 50 * time.Millisecond

// bulkhead lets at most so many calls of an upstream run at once, so that a slow one takes no more of the gateway than its share.
// As many wait for a moment; all others are refused.
func bulkhead(upstream string, most int) Policy {
	return func(next Caller) Caller { return &compartment{next: next, upstream: upstream, most: most} }
}

type compartment struct {
	next     Caller
	upstream string
	most     int

	mu      sync.Mutex
	running int
	queue   []chan struct{} // closed when it is their turn, in the order they came
}

func (b *compartment) Call(ctx context.Context, c *Call) (*Reply, error) {
	if err := b.enter(ctx); err != nil {
		return nil, err
	}
	defer b.leave()
	return b.next.Call(ctx, c)
}

// enter waits until the call may run.
func (b *compartment) enter(ctx context.Context) error {
	b.mu.Lock()
	switch {
	case b.running < b.most:
		b.running++
		b.mu.Unlock()
		return nil
	case len(b.queue) >= b.most:
		b.mu.Unlock()
		return b.full()
	}
	turn := make(chan struct{})
	b.queue = append(b.queue, turn)
	b.mu.Unlock()
	patience := time.NewTimer(queueTime)
	defer patience.Stop()
	select {
	case <-turn:
		return nil
	case <-patience.C:
		if b.give(turn) {
			return b.full()
		}
	case <-ctx.Done():
		if b.give(turn) {
			return callFault(ctx, b.upstream, 0, ctx.Err())
		}
	}
	return nil // it had its turn at the same moment
}

// give gives up a place in the queue. It returns false if the turn has come.
func (b *compartment) give(turn chan struct{}) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	i := slices.Index(b.queue, turn)
	if i < 0 {
		return false
	}
	b.queue = slices.Delete(b.queue, i, i+1)
	return true
}

// leave hands the place on. As long as the queue is short, who came first goes first. When it is long, those in front will hardly
// be in time, and who came last has all of its time left.
func (b *compartment) leave() {
	b.mu.Lock()
	defer b.mu.Unlock()
	n := len(b.queue)
	if n == 0 {
		b.running--
		return
	}
	next := 0
	if n > b.most/2 {
		next = n - 1
	}
	turn := b.queue[next]
	b.queue = slices.Delete(b.queue, next, next+1)
	close(turn)
}

func (b *compartment) full() error {
	return &fault.Error{Code: fault.UpstreamOverloaded, Message: "Too many calls of the upstream run already.", Upstream: b.upstream}
}
