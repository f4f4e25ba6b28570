package breaker

import (
	"testing"
	"time"
)

// clock is a clock that stands still until it is told.
type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

func (c *clock) pass(d time.Duration) { c.at = c.at.Add(d) }

func middle() float64 { return 0.5 } // no jitter

func open(t *testing.T, s Settings) (*Breaker, *clock) {
	t.Helper()
	c := &clock{at: time.Unix(1_700_000_000, 0)}
	return New(s, c.now, middle, nil), c
}

// calls makes n calls that all end alike, and returns how many were let through.
func calls(b *Breaker, n int, r Result) (let int) {
	for range n {
		if p, _, ok := b.Allow(); ok {
			let++
			b.Done(p, r)
		}
	}
	return let
}

func TestOpensWhenHalfOfTheCallsFail(t *testing.T) {
	t.Parallel()
	b, c := open(t, Defaults())
	calls(b, 10, Success)
	if calls(b, 9, Failure); b.Status().State != Closed {
		t.Fatalf("after 9 failures of 19 it is %s, want closed: there were fewer than 20 calls", b.Status().State)
	}
	if calls(b, 1, Failure); b.Status().State != Open {
		t.Fatalf("after 10 failures of 20 it is %s, want open", b.Status().State)
	}
	_, wait, ok := b.Allow()
	if ok || wait != 5*time.Second {
		t.Fatalf("open: let through %t, wait %s; want a refusal for 5s", ok, wait)
	}
	c.pass(5 * time.Second)
	if n := calls(b, 3, Success); n != 3 || b.Status().State != Closed {
		t.Fatalf("3 probes that succeed: %d let through, then %s; want 3, closed", n, b.Status().State)
	}
}

func TestOpensWhenAllCallsFail(t *testing.T) {
	t.Parallel()
	b, _ := open(t, Defaults())
	calls(b, 10_000, Success)
	calls(b, 19, Failure)
	calls(b, 1, Neutral)
	if b.Status().State != Closed {
		t.Fatal("it opened after 19 failures in a row")
	}
	if calls(b, 1, Failure); b.Status().State != Open {
		t.Error("it is closed after 20 failures in a row: the good calls are of before")
	}
}

func TestStaysClosed(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		do   func(*Breaker, *clock)
	}{
		{"no call says anything of the upstream", func(b *Breaker, _ *clock) { calls(b, 1000, Neutral) }},
		{"what was asked is wrong", func(b *Breaker, _ *clock) { calls(b, 1000, Alive) }},
		{"fewer than half fail", func(b *Breaker, _ *clock) {
			for range 100 {
				calls(b, 11, Success)
				calls(b, 9, Failure)
			}
		}},
		{"the failures are too far apart", func(b *Breaker, c *clock) {
			for range 100 {
				calls(b, 1, Failure)
				c.pass(600 * time.Millisecond)
			}
		}},
		{"fewer than 4 of 5 are slow", func(b *Breaker, _ *clock) {
			calls(b, 30, Success)
			calls(b, 70, Slow)
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			b, c := open(t, Defaults())
			if tt.do(b, c); b.Status().State != Closed {
				t.Errorf("it is %s", b.Status().State)
			}
		})
	}
}

func TestOpensWhenMostCallsAreSlow(t *testing.T) {
	t.Parallel()
	b, _ := open(t, Defaults())
	calls(b, 5, Success)
	calls(b, 20, Slow)
	if b.Status().State != Open {
		t.Errorf("20 slow calls of 25: it is %s", b.Status().State)
	}
}

func TestOpensForLongerEachTime(t *testing.T) {
	t.Parallel()
	b, c := open(t, Defaults())
	calls(b, 20, Failure)
	for _, want := range []int{5, 10, 20, 40, 60, 60, 60} {
		_, wait, _ := b.Allow()
		if wait != time.Duration(want)*time.Second {
			t.Fatalf("it opened for %s, want %ds", wait, want)
		}
		c.pass(wait)
		if n := calls(b, 5, Failure); n != 1 {
			t.Fatalf("%d probes of an upstream that still fails, want 1", n)
		}
	}
	c.pass(time.Minute)
	calls(b, 3, Success)
	calls(b, 20, Failure)
	if _, wait, _ := b.Allow(); wait != 5*time.Second {
		t.Errorf("after it was closed it opened for %s, want 5s", wait)
	}
}

func TestProbesThatNeverComeBack(t *testing.T) {
	t.Parallel()
	b, c := open(t, Defaults())
	calls(b, 20, Failure)
	c.pass(5 * time.Second)
	var lost []Permit
	for {
		p, _, ok := b.Allow()
		if !ok {
			break
		}
		lost = append(lost, p)
	}
	if len(lost) != 3 {
		t.Fatalf("%d probes at once, want 3", len(lost))
	}
	c.pass(2 * time.Second)
	if n := calls(b, 1, Neutral); n != 1 {
		t.Fatal("no probe is let through after the leases of the first ones have ended")
	}
	for _, p := range lost { // too late: they count for nothing
		b.Done(p, Failure)
	}
	if got := b.Status().State; got != HalfOpen {
		t.Fatalf("results that came too late made it %s", got)
	}
	if calls(b, 3, Success); b.Status().State != Closed {
		t.Errorf("it is %s after 3 probes that succeeded", b.Status().State)
	}
}

func TestResultsOfAnEarlierState(t *testing.T) {
	t.Parallel()
	b, c := open(t, Defaults())
	old, _, _ := b.Allow()
	calls(b, 20, Failure)
	c.pass(5 * time.Second)
	probe, _, _ := b.Allow()
	b.Done(old, Failure) // began before it opened
	if got := b.Status().State; got != HalfOpen {
		t.Fatalf("a call from before made it %s", got)
	}
	b.Done(probe, Alive)
	calls(b, 2, Alive)
	if got := b.Status().State; got != Closed {
		t.Errorf("three probes were answered: it is %s", got)
	}
}

func TestTellsChanges(t *testing.T) {
	t.Parallel()
	c := &clock{at: time.Unix(1_700_000_000, 0)}
	var told []State
	b := New(Defaults(), c.now, middle, func(s State) { told = append(told, s) })
	calls(b, 20, Failure)
	c.pass(5 * time.Second)
	calls(b, 3, Success)
	if len(told) != 3 || told[0] != Open || told[1] != HalfOpen || told[2] != Closed {
		t.Errorf("told %v", told)
	}
}

func BenchmarkBreaker(b *testing.B) {
	k := New(Defaults(), time.Now, middle, nil)
	b.ReportAllocs()
	for b.Loop() {
		p, _, _ := k.Allow()
		k.Done(p, Success)
	}
}
