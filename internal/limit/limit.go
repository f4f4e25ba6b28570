// Package limit says whether one more may happen now: so many in a time, and so many at once.
package limit

import (
	"sync"
	"time"
)

// Limiter is a leaky bucket kept as one time (the generic cell rate algorithm, ITU-T I.371): each event moves it on by the time
// between two events, and it may run ahead of the clock by as much as a burst needs. Events then come at the rate, however they are
// spread, and none are lost by the edges of windows. It is safe for concurrent use.
type Limiter struct {
	every time.Duration // between two events
	ahead time.Duration // how far the bucket may run ahead
	now   func() time.Time

	mu   sync.Mutex
	next time.Time // when the bucket is empty
}

// New returns a limiter of rate events per time, burst of them at once. Both are at least 1.
func New(rate int, per time.Duration, burst int, now func() time.Time) *Limiter {
	every := max(per/time.Duration(rate), 1)
	return &Limiter{every: every, ahead: every * time.Duration(burst), now: now, next: now()}
}

// Take takes a place for an event, now or within patience. It returns how long the event has to wait for its place; not ok if there
// is none in that time: then wait is when there will be one, and nothing is taken.
func (l *Limiter) Take(patience time.Duration) (wait time.Duration, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	next := l.next
	if next.Before(now) {
		next = now
	}
	next = next.Add(l.every)
	wait = max(next.Sub(now)-l.ahead, 0)
	if wait > patience {
		return wait, false
	}
	l.next = next
	return wait, true
}

// Return gives back the place of an event that did not happen.
func (l *Limiter) Return() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.next = l.next.Add(-l.every)
}
