package upstreams

import (
	"cmp"
	"context"
	"fmt"
	"runtime/debug"
	"sync/atomic"
	"time"

	"manifold/internal/balance"
	"manifold/internal/fault"
)

// hedging makes an idempotent call a second time, at another instance, if the first has not been answered after a while. The first
// good answer is taken, and the other call given up. One of twenty calls may be such a second one (RELIABILITY C.5).
func hedging(after time.Duration, g Gauge) Policy {
	const most, part = 10, 0.05
	return func(next Caller) Caller {
		return &hedger{next: next, gauge: g, after: after, budget: &budget{tokens: most, most: most, pays: part}}
	}
}

type hedger struct {
	next   Caller
	gauge  Gauge         // nil: nobody counts
	after  time.Duration // 0: never, unless a call says so
	budget *budget
}

// answer is what came of one of the two.
type answer struct {
	call  *Call
	reply *Reply
	err   error
}

func (h *hedger) Call(ctx context.Context, c *Call) (*Reply, error) {
	after := cmp.Or(c.Hedge, h.after)
	if !c.Idempotent || after == 0 {
		return h.next.Call(ctx, c)
	}
	h.budget.pay()
	both, cancel := context.WithCancel(ctx)
	defer cancel() // gives the loser up
	answers := make(chan answer, 2)
	run := func(own *Call) {
		a := answer{call: own}
		defer func() {
			if p := recover(); p != nil {
				a.reply, a.err = nil, &fault.Error{Code: fault.Internal, Message: "Internal error.", Cause: fmt.Errorf("panic in an upstream call: %v\n%s", p, debug.Stack())}
			}
			answers <- a
		}()
		a.reply, a.err = h.next.Call(both, own)
	}
	first := c.clone() // the caller's is its own again when this returns, and the loser may still read
	first.rival = new(atomic.Pointer[balance.Member[Caller]])
	go run(first)
	running, second := 1, time.NewTimer(after)
	defer second.Stop()
	var worse answer
	for {
		select {
		case <-second.C:
			if h.budget.take(nil) {
				if h.gauge != nil {
					h.gauge.Retried()
				}
				running++
				other := c.clone()
				other.rival = first.rival
				go run(other)
			}
		case a := <-answers:
			running--
			if running > 0 && (a.err != nil || a.reply.Status >= 500) {
				worse = a // the other one may do better
				continue
			}
			if worse.reply != nil {
				worse.reply.Release()
			}
			if running > 0 {
				go discard(answers)
			}
			c.last = a.call.last
			return a.reply, a.err
		}
	}
}

// discard waits for the loser, and gives its memory back.
func discard(answers <-chan answer) {
	if a := <-answers; a.reply != nil {
		a.reply.Release()
	}
}
