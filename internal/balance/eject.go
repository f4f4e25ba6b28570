package balance

import (
	"time"

	"manifold/internal/window"
)

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

// Done ends a call that Pick began.
func (g *Group[T]) Done(m *Member[T], r Result) {
	defer m.release()
	if r == Neutral {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	now := g.options.Now()
	one := window.Counts{Calls: 1}
	m.inARow++
	if r == Failure {
		one.Failed = 1
	} else {
		m.inARow = 0
	}
	sum := m.window.Add(now.Sub(g.began), one)
	if r == Success || !m.until.IsZero() {
		return
	}
	bad := m.inARow >= inARow || sum.Calls >= leastCalls && float64(sum.Failed) >= ratio*float64(sum.Calls)
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
	m.inARow = 0
	m.window.Clear()
	g.options.Changed(m.Address, true)
	g.sort(now)
}
