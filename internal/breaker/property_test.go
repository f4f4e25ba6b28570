package breaker

import (
	"os"
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// TestProperties is E8 of the reliability plan: whatever callers do (come back late, twice as late, or never), the breaker is never
// wedged, sends no more probes at once than it may, and results that say nothing change nothing. It makes 10 000 runs, or
// MANIFOLD_CHECKS hundreds of them: 1000 is the whole plan.
func TestProperties(t *testing.T) {
	t.Parallel()
	hundreds := 100
	if n, err := strconv.Atoi(os.Getenv("MANIFOLD_CHECKS")); err == nil {
		hundreds = n
	}
	for range hundreds {
		rapid.Check(quiet{t}, walk) // 100 runs
	}
}

// walk is one run: at most 200 steps of callers and of the clock.
func walk(t *rapid.T) {
	s := Settings{
		FailureRatio: rapid.Float64Range(0.1, 1).Draw(t, "failure ratio"), SlowRatio: rapid.Float64Range(0.1, 1).Draw(t, "slow ratio"),
		MinRequests: rapid.IntRange(1, 30).Draw(t, "min requests"),
		OpenFor:     time.Duration(rapid.IntRange(1, 10_000).Draw(t, "open for")) * time.Millisecond,
		MaxOpenFor:  time.Minute, Probes: rapid.IntRange(1, 5).Draw(t, "probes"), Lease: 2 * time.Second,
	}
	c := &clock{at: time.Unix(1_700_000_000, 0)}
	b := New(s, c.now, func() float64 { return rapid.Float64Range(0, 0.999).Draw(t, "jitter") }, nil)
	type call struct {
		permit Permit
		began  time.Time
		probe  bool
	}
	var running []call
	steps := rapid.IntRange(1, 200).Draw(t, "steps")
	for range steps {
		switch rapid.IntRange(0, 9).Draw(t, "step") {
		case 0, 1, 2, 3:
			before := b.Status()
			p, wait, ok := b.Allow()
			if ok && before.State == Open && before.Wait > 0 {
				t.Fatalf("open for another %s, and yet it let a call through", before.Wait)
			}
			if !ok && (wait <= 0 || wait > time.Duration(1.2*float64(s.MaxOpenFor))) {
				t.Fatalf("refused for %s", wait)
			}
			if ok {
				running = append(running, call{p, c.at, b.Status().State == HalfOpen})
			}
		case 4, 5, 6, 7:
			if len(running) == 0 {
				continue
			}
			i := rapid.IntRange(0, len(running)-1).Draw(t, "which")
			r := Result(rapid.IntRange(0, int(Failure)).Draw(t, "result"))
			before := b.Status()
			b.Done(running[i].permit, r)
			if after := b.Status(); r == Neutral && after != before {
				t.Fatalf("a neutral result changed %+v to %+v", before, after)
			}
			running = append(running[:i], running[i+1:]...)
		case 8:
			if len(running) > 0 { // a caller that never comes back
				running = running[1:]
			}
		default:
			c.pass(time.Duration(rapid.IntRange(0, 8000).Draw(t, "passes")) * time.Millisecond)
		}
		probes := 0
		for _, r := range running {
			if r.probe && r.permit.epoch == b.epoch && c.at.Sub(r.began) < s.Lease {
				probes++
			}
		}
		if probes > s.Probes {
			t.Fatalf("%d probes at once, at most %d may be", probes, s.Probes)
		}
	}
	// Never wedged: once its time has passed, and the leases of lost probes too, a call goes through.
	c.pass(b.Status().Wait + s.Lease)
	if _, wait, ok := b.Allow(); !ok {
		t.Fatalf("wedged in state %s for another %s", b.Status().State, wait)
	}
}

// quiet keeps rapid from logging each hundred.
type quiet struct{ *testing.T }

func (quiet) Logf(string, ...any) {}
