package aggregation

import (
	"context"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"manifold/internal/fault"
	"manifold/internal/mapping"
	"manifold/internal/plan"
	"manifold/upstreams"
)

// maxKept is the size beyond which a frame is dropped instead of pooled: one huge reply must not be paid for ever.
const maxKept = 1 << 20

// frame is the memory of one request. It belongs to the goroutine that runs the request, from Run to Release.
type frame struct {
	retries atomic.Int32 // that the operation may still make

	engine *Engine
	ctx    context.Context
	op     *plan.Operation
	in     Input
	held   uint64 // which of op.Tests hold

	// of the part that runs now
	part    *plan.Part
	slots   []slot
	stack   []slot // items of the lists that are being located
	texts   []byte // values made for templates
	scratch []byte // values that no reply holds: arguments, results of mappings
	bufs    [][]byte
	replies []*upstreams.Reply
	faults  []*fault.Error
	loaders []loading
	runs    []running
	calls   []*call
	queue   []*call // to be launched
	arena   mapping.Arena
	seen    map[uint64]struct{} // records that the feeder in hand has been at
	numbers []int32             // of matchGroup
	arg     []byte
	env     environment

	group    errgroup.Group
	done     chan *call
	inFlight int

	// of the response
	stop    *fault.Error // why the operation was given up
	lost    *fault.Error // why a field failed without which there is no answer
	written int          // objects
	out     []byte
	errs    []Error
	path    []segment
	result  Result

	injected string // faults that the request asks for
	responds []upstreams.Header
	degraded []Degraded
	spans    []span // of the items of the reply in hand, if they may be kept
	spoilt   []int  // slots whose values did not fit their types
	late     bool   // the time was over before some call had ended
	notFound bool   // what the answer is about is not there
}

// running is one fetch while its part runs.
type running struct {
	fetch   *plan.Fetch
	waits   int // needs that are not done
	calls   int // calls that are not done
	pending []pending
	started bool
}

// pending is a slot that waits for the answer to a key.
type pending struct {
	slot uint32
	key  uint32
}

// reset makes room for a part. Replies of an earlier part are done with.
func (f *frame) reset(part *plan.Part) {
	f.releaseReplies()
	f.part = part
	f.slots = f.slots[:0]
	f.stack = f.stack[:0]
	f.scratch = f.scratch[:0]
	f.texts = f.texts[:0]
	f.bufs = append(f.bufs[:0], nil)
	f.faults = f.faults[:0]
	f.calls = f.calls[:0]
	f.queue = f.queue[:0]
	f.spoilt = f.spoilt[:0]
	f.arena.Reset()
	f.loaders = grown(f.loaders, len(part.Loaders))
	for i := range f.loaders {
		f.loaders[i].reset(part.Loaders[i])
		f.loaders[i].each = f.keepsEach(part.Loaders[i])
	}
	f.runs = grown(f.runs, len(part.Fetches))
	for i := range f.runs {
		r := &f.runs[i]
		r.fetch, r.waits, r.calls, r.started = part.Fetches[i], len(part.Fetches[i].Needs), 0, false
		r.pending = r.pending[:0]
	}
	f.alloc(part.Width)
}

func (f *frame) releaseReplies() {
	for _, r := range f.replies {
		r.Release()
	}
	clear(f.replies)
	f.replies = f.replies[:0]
	clear(f.bufs)
}

// grown returns s with n elements, keeping what the old ones own.
func grown[T any](s []T, n int) []T {
	if cap(s) >= n {
		return s[:n]
	}
	out := make([]T, n)
	copy(out, s[:cap(s)])
	return out
}

// alloc appends n absent slots and returns the number of the first.
func (f *frame) alloc(n int) int {
	base := len(f.slots)
	if cap(f.slots)-base < n {
		f.slots = append(f.slots, make([]slot, n)...)
		return base
	}
	f.slots = f.slots[:base+n]
	clear(f.slots[base:])
	return base
}

// bytes returns the bytes of a token.
func (f *frame) bytes(s slot) []byte {
	if s.buf == 0 {
		return f.scratch[s.from:s.to]
	}
	return f.bufs[s.buf][s.from:s.to]
}

// fail notes a fault and returns the slot that stands for it.
func (f *frame) fail(e *fault.Error) slot {
	f.faults = append(f.faults, e)
	return slot{kind: failed, from: uint32(len(f.faults) - 1)}
}

// keep puts a JSON value into the scratch and returns its token.
func (f *frame) keep(value []byte) slot {
	from := len(f.scratch)
	f.scratch = append(f.scratch, value...)
	l := locator{f: f, b: f.scratch}
	s, _, err := l.token(from, 0)
	if err != nil {
		return slot{kind: null}
	}
	return s
}
