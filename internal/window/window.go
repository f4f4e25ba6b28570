// Package window counts what happened in the last ten seconds, give or take one: in buckets of a second, the oldest of which are
// forgotten when a new one begins. Breakers count the calls of an upstream by it, and balancers those of an instance.
package window

import "time"

const (
	buckets = 10
	bucket  = time.Second
)

// Counts are calls: how many, and how many of them were of either kind.
type Counts struct{ Calls, Failed, Slow int }

// Window is a sliding window. The zero value is empty. It is for one goroutine at a time.
type Window struct {
	buckets [buckets]Counts
	total   Counts
	last    int64 // number of the newest bucket
}

// Add counts what one call adds, and returns the sum. now is the time since the owner began. A clock that goes back counts in the newest
// bucket.
func (w *Window) Add(now time.Duration, c Counts) Counts {
	w.turn(now)
	for _, sum := range [...]*Counts{&w.buckets[w.last%buckets], &w.total} {
		sum.Calls += c.Calls
		sum.Failed += c.Failed
		sum.Slow += c.Slow
	}
	return w.total
}

// Sum returns the sum of what is not too old.
func (w *Window) Sum(now time.Duration) Counts {
	w.turn(now)
	return w.total
}

// Clear forgets all calls.
func (w *Window) Clear() { *w = Window{last: w.last} }

// turn makes the bucket of now the newest one, and forgets those it takes the place of.
func (w *Window) turn(now time.Duration) {
	n := max(int64(now/bucket), w.last)
	for i := max(w.last+1, n-buckets+1); i <= n; i++ {
		old := &w.buckets[i%buckets]
		w.total.Calls -= old.Calls
		w.total.Failed -= old.Failed
		w.total.Slow -= old.Slow
		*old = Counts{}
	}
	w.last = n
}
