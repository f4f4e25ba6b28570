package aggregation

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"hash/maphash"
	"net/http"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"manifold/internal/auth"
	"manifold/internal/fault"
	"manifold/internal/flight"
	"manifold/internal/plan"
	"manifold/internal/rawjson"
	"manifold/upstreams"
)

// Engine runs plans against a set of upstreams. It is immutable and safe for concurrent use.
type Engine struct {
	callers  []upstreams.Caller
	absolute upstreams.Caller // of calls to addresses without a source
	env      map[string]string
	config   []map[string]json.RawMessage // by upstream
	limits   Limits
	faults   bool                // requests may ask for them
	entities *upstreams.Entities // nil: no items are kept
	seed     seed
	frames   sync.Pool

	changes   atomic.Uint64 // mutations that have ended
	coalesce  bool
	coalesced func() // counts a request that got the result of another's run
}

// Limits bound what one operation may do.
type Limits struct {
	Time     time.Duration // of an operation, unless its Input says otherwise; clients may only shorten it
	Calls    int           // upstream calls of one part of an operation; at most 65535
	Parallel int           // of these at the same time
	Response int           // bytes of data
}

// maxRetries is how many calls one operation may make again, whatever its upstreams allow (RELIABILITY C.4).
const maxRetries = 4

// maxCalls is what slots can tell apart.
const maxCalls = 1<<16 - 1

// DefaultLimits are generous for honest clients.
func DefaultLimits() Limits {
	return Limits{Time: 10 * time.Second, Calls: 1000, Parallel: 64, Response: 32 << 20}
}

// Options say what an engine works with.
type Options struct {
	Callers  []upstreams.Caller           // by plan.Loader.Upstream
	Absolute upstreams.Caller             // for upstream -1; nil: there are none
	Env      map[string]string            // $env
	Config   []map[string]json.RawMessage // $config, by upstream; may be shorter than Callers
	Limits   Limits                       // zero fields: DefaultLimits
	Faults   bool                         // calls fail on purpose if their requests ask for it
	Entities *upstreams.Entities          // keeps the items of batches; nil: none are kept
	// Alone runs every request by itself, also with a Coalescer.
	Alone bool
	// Coalesced counts a request that got the result of another's run; nil: nobody does.
	Coalesced func()
}

// New returns an engine.
func New(o Options) *Engine {
	def := DefaultLimits()
	o.Limits.Calls = min(cmp.Or(o.Limits.Calls, def.Calls), maxCalls)
	o.Limits.Time = cmp.Or(o.Limits.Time, def.Time)
	o.Limits.Parallel = cmp.Or(o.Limits.Parallel, def.Parallel)
	o.Limits.Response = cmp.Or(o.Limits.Response, def.Response)
	e := &Engine{callers: o.Callers, absolute: o.Absolute, env: o.Env, config: o.Config, limits: o.Limits, seed: seed{maphash.MakeSeed()}}
	e.faults, e.entities = o.Faults, o.Entities
	e.coalesce, e.coalesced = !o.Alone, o.Coalesced
	if e.coalesced == nil {
		e.coalesced = func() {}
	}
	e.frames.New = func() any {
		f := &frame{engine: e, done: make(chan *call, o.Limits.Parallel)}
		f.group.SetLimit(o.Limits.Parallel)
		return f
	}
	return e
}

// Input is what a request brings to a plan.
type Input struct {
	Variables [][]byte       // JSON text of each variable of the operation, in the upstream's spelling; nil: absent
	Header    http.Header    // of the client's request; read only
	Identity  *auth.Identity // who asks; nil: nobody is known
	Time      time.Duration  // that the operation may take; 0: what the engine allows
}

// Result is the answer to a request. It belongs to the caller until Release.
type Result struct {
	Data   []byte  // the JSON of data: an object, or null
	Errors []Error // in the order of their places in the response
	// Respond are headers for the client's response, in the order of the plan, each name and value once.
	Respond []upstreams.Header
	// NotFound is set if a field that says so (@notFound) is null without an error: what was asked for is not there.
	NotFound bool
	// Degraded are values that are not what their upstreams would say now: kept for too long, or a fallback.
	Degraded []Degraded
	// Lost is why a root field is missing that the whole answer is about; nil if none is. See plan.Field.Vital.
	Lost  *fault.Error
	frame *frame
	// late: something is missing because the time of the request was over.
	late bool
	// together is the run of several requests that this is the result of; nil: of one.
	together *flight.Uses
}

// Release gives the result's memory back. Data and Errors must not be used afterwards. Each request of a run that was made
// together releases its result once.
func (r *Result) Release() {
	if r.together != nil && !r.together.Last() {
		return
	}
	f := r.frame
	if f == nil {
		return
	}
	r.frame = nil
	f.release()
}

// Run runs a compiled operation. It returns when every call it made has ended. Errors of upstreams are in the result.
func (e *Engine) Run(ctx context.Context, op *plan.Operation, in Input) *Result {
	if op.Kind == "mutation" {
		defer e.changes.Add(1)
	}
	f := e.frames.Get().(*frame)
	f.ctx, f.op, f.in = ctx, op, in
	f.out, f.errs, f.path = f.out[:0], f.errs[:0], f.path[:0]
	f.held, f.stop, f.written, f.responds, f.degraded = f.holding(), nil, 0, nil, nil
	f.notFound, f.late, f.lost = false, false, nil
	f.retries.Store(maxRetries)
	if f.injected = ""; e.faults {
		f.injected = in.Header.Get(upstreams.FaultHeader)
	}
	f.out = append(f.out, '{')
	for i, part := range op.Parts {
		if first := i == 0 || len(f.out) == 1; !f.perform(part, first) {
			f.out = append(f.out[:0], "null"...)
			break
		}
	}
	if f.stop != nil { // the operation was given up: what was written is not the whole truth
		f.out = append(f.out[:0], "null"...)
		f.errs = append(f.errs[:0], Error{Fault: f.stop})
	}
	if f.out[0] == '{' {
		f.out = append(f.out, '}')
		if op.Mapping != nil && f.mapped(op.Mapping, 0) != written {
			f.out = append(f.out[:0], "null"...)
		}
	}
	f.releaseReplies()
	f.result = Result{Data: f.out, Errors: f.errs, Respond: f.responds, NotFound: f.notFound, Degraded: f.degraded, Lost: f.lost, frame: f, late: f.late}
	return &f.result
}

// perform runs a part of an operation and writes its members. ok is false if a null reached the root: then data is null.
func (f *frame) perform(part *plan.Part, first bool) (ok bool) {
	if f.op.Kind == "mutation" && f.gaveUp() {
		f.part = part
		return f.notExecuted(first)
	}
	f.reset(part)
	f.give()
	f.runPart()
	f.collectRespond()
	if ok = f.project(first); ok && f.stop == nil { // else not all of it was looked at
		f.keepReplies()
	}
	return ok
}

// holding evaluates the conditions of the operation.
func (f *frame) holding() (held uint64) {
	for i, t := range f.op.Tests {
		if t.Variable < 0 {
			if granted(&f.op.Guards[-1-t.Variable], f.in.Identity) == t.Want {
				held |= 1 << i
			}
			continue
		}
		if (string(f.in.Variables[t.Variable]) == "true") == t.Want {
			held |= 1 << i
		}
	}
	return held
}

// give puts the values that are known from the request into the root record.
func (f *frame) give() {
	for i := range f.part.Given {
		g := &f.part.Given[i]
		value, ok, err := g.Value.Append(f.arg[:0], f.in.Variables)
		f.arg = value
		switch {
		case err != nil:
			f.slots[g.Slot] = f.fail(&fault.Error{Code: fault.BadUserInput, Message: "A variable is null where an argument may not be.", Cause: err})
		case ok:
			if value = memberAt(value, g.Member); value != nil {
				f.slots[g.Slot] = f.keep(value)
			}
		}
	}
}

// memberAt returns the member of a JSON value that names lead to, nil if it is not there. Of equal names the last counts.
func memberAt(value []byte, names []string) []byte {
	for _, name := range names {
		if len(value) == 0 || value[0] != '{' {
			return nil
		}
		var found []byte
		_, _ = rawjson.Members(value, 0, func(key, member []byte) error { // the value has been checked
			if rawjson.EqualKey(key, name) {
				found = member
			}
			return nil
		})
		value = found
	}
	return value
}

// do makes a call. It runs on a goroutine of its own and touches nothing but c.
func (e *Engine) do(ctx context.Context, c *call) {
	defer func() {
		if p := recover(); p != nil {
			c.reply = nil
			c.err = &fault.Error{Code: fault.Internal, Message: "Internal error.", Cause: fmt.Errorf("panic in an upstream call: %v\n%s", p, debug.Stack())}
		}
	}()
	caller := e.absolute
	if c.upstream >= 0 {
		caller = e.callers[c.upstream]
	}
	c.began = time.Now()
	c.reply, c.err = caller.Call(ctx, &c.Call)
}

// release gives the frame back to the pool, unless a huge reply made it huge.
func (f *frame) release() {
	e := f.engine
	if f.size() > maxKept {
		return
	}
	clear(f.errs)
	clear(f.faults)
	f.ctx, f.op, f.in, f.part = nil, nil, Input{}, nil
	f.env = environment{}
	f.result, f.responds, f.degraded, f.lost = Result{}, nil, nil, nil
	poison(f)
	e.frames.Put(f)
}

// size estimates the memory that a frame holds on to.
func (f *frame) size() int {
	const slotSize = 12
	n := (cap(f.slots)+cap(f.stack))*slotSize + cap(f.out) + cap(f.scratch) + cap(f.texts) + cap(f.calls)*256 + f.arena.Size()
	for i := range f.loaders {
		l := &f.loaders[i]
		n += cap(l.keys)*16 + cap(l.parts)*slotSize + cap(l.texts) + cap(l.answers)*slotSize + cap(l.table)*4
	}
	return n
}
