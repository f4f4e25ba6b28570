package balance

import "time"

// The figures of outlier ejection (RELIABILITY A.1, C.6).
const (
	inARow      = 5   // failures: ejected
	ratio       = 0.5 // of the calls of the window failed: ejected
	leastCalls  = 20  // within the window, before the ratio counts
	firstTime   = 15 * time.Second
	longestTime = 300 * time.Second
	jitter      = 0.2
	forgiven    = 2 // times the last ejection without another one: it begins with the first time again
)

// Result is what a call says of the instance.
type Result uint8

// Results.
const (
	Neutral Result = iota
	Success
	Failure
)

// record is what is known of the last calls of a member.
type record struct {
	consecutive int
	buckets     [10]tally // of a second each
	total       tally
	last        int64
}

type tally struct{ calls, failed int }

// sum returns the calls of the last ten seconds. at is the time since the group began.
func (r *record) sum(at time.Duration) tally {
	n := max(int64(at/time.Second), r.last)
	for i := max(r.last+1, n-int64(len(r.buckets))+1); i <= n; i++ {
		old := &r.buckets[i%int64(len(r.buckets))]
		r.total.calls -= old.calls
		r.total.failed -= old.failed
		*old = tally{}
	}
	r.last = n
	return r.total
}

func (r *record) add(at time.Duration, failed bool) tally {
	r.sum(at)
	r.consecutive++
	f := 1
	if !failed {
		r.consecutive, f = 0, 0
	}
	b := &r.buckets[r.last%int64(len(r.buckets))]
	b.calls, b.failed = b.calls+1, b.failed+f
	r.total.calls, r.total.failed = r.total.calls+1, r.total.failed+f
	return r.total
}

// Done ends a call that Pick began.
func (g *Group[T]) Done(m *Member[T], r Result) {
	m.running.Add(-1)
	if r == Neutral {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	now := g.options.Now()
	sum := m.record.add(now.Sub(g.began), r == Failure)
	if r == Success || !m.until.IsZero() {
		return
	}
	bad := m.record.consecutive >= inARow || sum.calls >= leastCalls && float64(sum.failed) >= ratio*float64(sum.calls)
	if bad && g.mayEject() {
		g.eject(m, now)
	}
}

// mayEject reports whether one more member may be out: at most half of them, so that one is never alone with nobody, and a fault
// that all of them share ejects no more than that.
func (g *Group[T]) mayEject() bool {
	out := 1
	for _, m := range g.members {
		if !m.until.IsZero() {
			out++
		}
	}
	return 2*out <= len(g.members)
}

// eject takes a member out: for longer each time in a row.
func (g *Group[T]) eject(m *Member[T], now time.Time) {
	if last := firstTime * time.Duration(m.ejections); now.Sub(m.back) > forgiven*last {
		m.ejections = 0
	}
	m.ejections++
	d := min(firstTime*time.Duration(m.ejections), longestTime)
	const fine = 1 << 20
	d = time.Duration(float64(d) * (1 - jitter + 2*jitter*float64(g.options.Random(fine))/fine))
	m.until = now.Add(d)
	m.record = record{last: m.record.last}
	g.options.Changed(m.Address, true)
	g.sort(now)
}
