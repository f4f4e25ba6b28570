package breaker

import "time"

// The window: so many buckets, each of a second.
const (
	buckets = 10
	bucket  = time.Second
)

// counts are the calls of a bucket, or of all of them.
type counts struct{ calls, failed, slow int }

// window counts the calls of the last ten seconds, give or take one. The zero value is empty.
type window struct {
	buckets [buckets]counts
	total   counts
	last    int64 // number of the newest bucket
}

// add counts a call, and returns the sum.
func (w *window) add(now time.Duration, r Result) counts {
	n := w.turn(now)
	for _, c := range [...]*counts{&w.buckets[n%buckets], &w.total} {
		c.calls++
		switch r {
		case Failure:
			c.failed++
		case Slow:
			c.slow++
		default:
		}
	}
	return w.total
}

// sum returns the sum of what is not too old.
func (w *window) sum(now time.Duration) counts {
	w.turn(now)
	return w.total
}

// turn makes the bucket of now the newest one, and forgets those it takes the place of. A clock that goes back counts in the newest.
func (w *window) turn(now time.Duration) int64 {
	n := max(int64(now/bucket), w.last)
	for i := max(w.last+1, n-buckets+1); i <= n; i++ {
		old := &w.buckets[i%buckets]
		w.total.calls -= old.calls
		w.total.failed -= old.failed
		w.total.slow -= old.slow
		*old = counts{}
	}
	w.last = n
	return n
}
