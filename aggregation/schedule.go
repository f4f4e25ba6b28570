package aggregation

import (
	"errors"
	"fmt"
	"slices"

	"manifold/internal/fault"
)

// runPart makes all calls of a part. A fetch starts when the fetches it needs are done; nothing waits for a timer or for
// other fetches of its wave.
func (f *frame) runPart() {
	for i := range f.runs {
		if r := &f.runs[i]; r.waits == 0 && !r.started { // one that was answered without a call may have started others
			f.start(r)
		}
	}
	for {
		f.launch()
		if f.inFlight == 0 {
			_ = f.group.Wait() // for goroutines that have sent their call and are about to end
			return
		}
		c := <-f.done
		f.inFlight--
		f.finish(c)
	}
}

// start gathers the keys of a fetch and queues its calls.
func (f *frame) start(r *running) {
	r.started = true
	f.gather(r)
	r.calls = 1 // keeps the fetch open while its calls are made
	f.ask(r)
	f.settle(r)
}

// settle notes that a call of a fetch is done.
func (f *frame) settle(r *running) {
	r.calls--
	if r.calls == 0 {
		f.complete(r)
	}
}

// complete joins the answers and starts the fetches that waited for them.
func (f *frame) complete(r *running) {
	l := &f.loaders[r.fetch.Loader.Index]
	for _, p := range r.pending {
		f.slots[p.slot] = l.answers[p.key]
	}
	r.pending = r.pending[:0]
	for i := range f.runs {
		next := &f.runs[i]
		if next.started {
			continue
		}
		for _, need := range next.fetch.Needs {
			if need == r.fetch.ID {
				next.waits--
			}
		}
		if next.waits == 0 {
			f.start(next)
		}
	}
}

// launch sends the queued calls out: each on a goroutine of its own, as many at a time as the engine allows. The last one runs
// right here if nobody has to wait for that, which saves a goroutine and two switches.
func (f *frame) launch() {
	for len(f.queue) > 0 {
		if f.inFlight >= f.engine.limits.Parallel {
			return
		}
		f.lastHere()
		f.bundle()
		c := f.queue[0]
		if len(f.queue) == 1 && (f.inFlight == 0 || f.holds(c)) {
			f.queue = f.queue[:0]
			f.engine.do(f.ctx, c)
			f.finish(c)
			continue // what it brought may have queued more
		}
		engine, ctx, done := f.engine, f.ctx, f.done
		f.group.Go(func() error {
			engine.do(ctx, c)
			done <- c
			return nil // a failed call never cancels its siblings
		})
		f.inFlight++
		f.queue = f.queue[:copy(f.queue, f.queue[1:])]
	}
}

// lastHere moves a call to the end of the queue that may run on the goroutine of the request.
func (f *frame) lastHere() {
	last := len(f.queue) - 1
	for i := last; i >= 0 && last > 0; i-- {
		if f.holds(f.queue[i]) {
			f.queue[i], f.queue[last] = f.queue[last], f.queue[i]
			return
		}
	}
}

// holds reports whether all fetches that have not started wait for a call: then replies to others need not be read before.
func (f *frame) holds(c *call) bool {
	if c.run == nil { // it carries the questions of several
		return false
	}
	for i := range f.runs {
		if r := &f.runs[i]; !r.started && !slices.Contains(r.fetch.Needs, c.run.fetch.ID) {
			return false
		}
	}
	return true
}

// finish reads the reply of a call for itself and for the calls that were equal to it.
func (f *frame) finish(c *call) {
	if c.reply != nil {
		f.replies = append(f.replies, c.reply)
		f.bufs = append(f.bufs, c.reply.Body)
		c.buf = len(f.bufs) - 1
	}
	if c.members == nil {
		f.finished(c)
		return
	}
	for _, m := range c.members {
		m.reply, m.err, m.buf = c.reply, c.err, c.buf
	}
	if c.err == nil {
		f.open(c, c.members)
	}
	for _, m := range f.answered(c) {
		f.finished(m)
	}
}

func (f *frame) finished(c *call) {
	c.done = true
	f.conclude(c)
	for twin := c.twins; twin != nil; twin = twin.nextTwin {
		f.follows(twin, c)
	}
}

// conclude reads the reply of a call.
func (f *frame) conclude(c *call) {
	if !f.halve(c) {
		f.read(c)
	}
	f.settle(c.run)
}

// halve asks again for the keys of a batch, half of them at a time, that could not be sent because one of them does not fit the message of
// its method, or because it is too large: the others are not to blame.
func (f *frame) halve(c *call) bool {
	if c.RPC == nil || c.hi-c.lo < 2 || !fault.Is(c.err, fault.BadUserInput) {
		return false
	}
	mid := (c.lo + c.hi) / 2
	f.call(c.run, c.loader, c.lo, mid)
	f.call(c.run, c.loader, mid, c.hi)
	return true
}

// faultOf returns err as a fault; callers of upstreams return nothing else.
func faultOf(err error) *fault.Error {
	if e, ok := errors.AsType[*fault.Error](err); ok {
		return e
	}
	return &fault.Error{Code: fault.Internal, Message: "Internal error.", Cause: fmt.Errorf("an upstream failed with an unknown error: %w", err)}
}
