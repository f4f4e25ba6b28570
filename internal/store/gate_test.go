package store

import (
	"testing"
	"time"
)

func TestGate(t *testing.T) {
	t.Parallel()
	h := newHands()
	g := newGate(h.now)
	fail := func(n int) {
		for range n {
			g.failed()
		}
	}
	expect := func(when string, lets bool, rest time.Duration) {
		t.Helper()
		if g.lets() != lets || g.rest() != rest {
			t.Errorf("%s: lets through %t, rests %s, want %t and %s", when, g.lets(), g.rest(), lets, rest)
		}
	}
	expect("before anything is known", false, 0)
	g.succeeded()
	expect("once Redis answers", true, 0)
	fail(maxFailures - 1)
	g.succeeded()
	fail(maxFailures - 1)
	expect("after failures that were not in a row", true, 0)
	fail(1)
	expect("after five in a row", false, restTime)
	h.pass(restTime / 2)
	expect("half a second later", false, restTime/2)
	h.pass(restTime / 2)
	expect("when a probe may go", false, 0)
	fail(1)
	expect("after a probe that failed", false, restTime)
	g.succeeded()
	expect("after one that did not", true, 0)
	fail(1)
	expect("after one more failure", true, 0)
}
