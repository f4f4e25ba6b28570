package aggregation

import (
	"errors"
	"fmt"
	"hash/maphash"
	"slices"
	"time"

	"manifold/internal/fault"
	"manifold/internal/mapping"
	"manifold/internal/plan"
	"manifold/internal/template"
	"manifold/upstreams"
)

// maxURL is the length beyond which a batch is split: longer URLs are refused by many servers.
const maxURL = 8 << 10

// call is one upstream call of a fetch, for the keys lo to hi of its loader.
type call struct {
	upstreams.Call
	upstream int
	run      *running
	loader   *loading
	lo, hi   int
	hash     uint64

	// written by the goroutine that makes the call, read after it is done
	reply *upstreams.Reply
	err   error

	began time.Time
	found []found // items that answered keys, if they are kept

	respond []upstreams.Header // what the reply puts into the response
	lost    slot               // why items of a batch are missing in the reply; not failed: none are
	asking

	went     bool // nothing of its reply is at fault, as far as can be told before it is written
	from, to int  // the slots of its reply

	buf             int // number of the reply's body among the frame's buffers
	done            bool
	twins, nextTwin *call // equal calls that wait for this one
}

// ask makes the calls for the keys that a loader has not asked for yet.
func (f *frame) ask(r *running) {
	l := &f.loaders[r.fetch.Loader.Index]
	lo, hi := l.asked, len(l.keys)
	l.asked = hi
	size := 1
	if l.plan.Mode == plan.Batch {
		size = l.plan.MaxSize
	}
	for ; lo < hi; lo += size {
		f.request(r, l, lo, min(lo+size, hi))
	}
}

// request queues the call for some keys, or answers them at once if no call is needed.
func (f *frame) request(r *running, l *loading, lo, hi int) {
	p := l.plan
	if p.Request == nil {
		f.answerLocally(l, lo, hi)
		return
	}
	if l.each && f.recall(r, l, lo, hi) {
		return
	}
	f.call(r, l, lo, hi)
}

// call queues the call for the keys that are not answered yet.
func (f *frame) call(r *running, l *loading, lo, hi int) {
	p := l.plan
	if len(f.calls) >= f.engine.limits.Calls {
		f.failKeys(l, lo, hi, fault.New(fault.CallLimit, fmt.Sprintf("The operation needs more than %d upstream calls.", f.engine.limits.Calls)))
		return
	}
	c := f.newCall(r, l, lo, hi)
	err := f.fill(c)
	if err == nil && len(c.URL) > maxURL && hi-lo > 1 {
		f.calls = f.calls[:len(f.calls)-1]
		mid := (lo + hi) / 2
		f.call(r, l, lo, mid)
		f.call(r, l, mid, hi)
		return
	}
	if err != nil {
		f.calls = f.calls[:len(f.calls)-1]
		f.unfilled(l, lo, hi, err)
		return
	}
	if c.Cache != nil && !l.each {
		c.Cache.Tags = f.tags(l, lo, hi)
	}
	r.calls++
	if p.Request.Idempotent {
		if twin := f.twin(c); twin != nil {
			f.share(c, twin)
			return
		}
	}
	f.queue = append(f.queue, c)
}

// newCall returns the next call of the frame, reusing the memory of earlier requests.
func (f *frame) newCall(r *running, l *loading, lo, hi int) *call {
	n := len(f.calls)
	if n < cap(f.calls) {
		f.calls = f.calls[:n+1]
	} else {
		f.calls = append(f.calls, nil)
	}
	c := f.calls[n]
	if c == nil {
		c = &call{}
		f.calls[n] = c
	}
	*c = call{
		Call:     upstreams.Call{Method: l.plan.Request.Method, URL: c.URL[:0], Headers: c.Headers[:0], RPC: l.plan.Request.RPC, Timeout: l.plan.Request.Timeout, Idempotent: l.plan.Request.Idempotent, Retries: &f.retries},
		upstream: l.plan.Upstream, run: r, loader: l, lo: lo, hi: hi, found: c.found[:0],
	}
	c.Identity = f.in.Identity
	c.Changes = f.op.Kind == "mutation" && !c.Idempotent
	c.Faults = f.injected
	c.Alone = l.plan.Request.Function || len(l.plan.Request.Respond) > 0 || f.injected != ""
	c.Hedge = l.plan.Request.Hedge
	if again := l.plan.Request.Retry; again != nil {
		c.Again = &upstreams.Again{Attempts: again.Attempts, Backoff: again.Backoff, On: again.On}
	}
	if k := l.plan.Request.Cache; k != nil {
		c.Cache = &upstreams.CacheRule{
			MaxAge: k.MaxAge, StaleWhileRevalidate: k.StaleWhileRevalidate, StaleIfError: k.StaleIfError,
			Public: k.Public, Judged: l.plan.Outcome.Success != nil || l.plan.Request.Document != nil, Items: k.Each,
		}
	}
	return c
}

// fill fills in the request template for the keys of a call.
func (f *frame) fill(c *call) (err error) {
	req := c.loader.plan.Request
	f.env = environment{f: f, l: c.loader, lo: c.lo, hi: c.hi}
	if c.URL, err = req.URL.Append(c.URL, &f.env, &f.arena); err != nil {
		return err
	}
	for i := range req.Headers {
		h := &req.Headers[i]
		if h.Value == nil {
			for _, v := range f.in.Header.Values(h.From) {
				c.Headers = append(c.Headers, upstreams.Header{Name: h.Name, Value: v})
			}
			continue
		}
		value, present, err := h.Value.Append(nil, &f.env, &f.arena)
		if err != nil {
			return err
		}
		if present {
			c.Headers = append(c.Headers, upstreams.Header{Name: h.Name, Value: string(value)})
		}
	}
	if req.Document != nil {
		return f.question(c)
	}
	if req.Body != nil {
		if c.Body, err = mapping.Eval(req.Body, nil, &f.env, &f.arena); err != nil {
			return err
		}
		if req.Encoding != template.AsJSON {
			if c.Body, err = req.Encoding.AppendBody(nil, c.Body, req.Body); err != nil {
				return err
			}
		}
	}
	return f.env.err
}

// unfilled answers keys whose call could not be made. A value of the parent object that is null where the URL needs one means
// that there is nothing to be found (LANGUAGE 6, "Null inputs"); one that no URL can hold is the fault of the upstream it came
// from. Everything else is bad input of the client.
func (f *frame) unfilled(l *loading, lo, hi int, err error) {
	e := &fault.Error{Code: fault.BadUserInput, Message: "The upstream request cannot be built.", Upstream: l.plan.Source, Cause: err}
	if !l.plan.Private {
		e.Message = "The upstream request cannot be built: " + err.Error()
	}
	v, ok := errors.AsType[*template.ValueError](err)
	if ok && v.Parent && !l.plan.KeyArgs {
		if v.Missing {
			for n := lo; n < hi; n++ {
				l.answers[n] = slot{kind: null}
			}
			return
		}
		e.Code = fault.UpstreamBadResponse
	}
	if ok && v.Sender && v.Missing {
		e = f.unknownSender(err)
	}
	f.failKeys(l, lo, hi, authored(e))
}

func (f *frame) failKeys(l *loading, lo, hi int, e *fault.Error) {
	s := f.fail(e)
	for n := lo; n < hi; n++ {
		if !l.each || l.answers[n].kind == asked { // others are answered by what was kept
			l.answers[n] = s
		}
	}
}

// twin returns an earlier call that is equal to c, if there is one. Equal idempotent calls of one operation are made once,
// whichever fields they are for.
func (f *frame) twin(c *call) *call {
	var h maphash.Hash
	h.SetSeed(f.engine.seed.value)
	h.Write(c.URL)
	h.Write(c.Body)
	c.hash = h.Sum64()
	for _, have := range f.calls[:len(f.calls)-1] {
		if have.hash == c.hash && have.loader.plan.Request.Idempotent && have != c && equal(have, c) {
			return have
		}
	}
	return nil
}

func equal(a, b *call) bool {
	return a.Method == b.Method && string(a.Body) == string(b.Body) && sameAddress(a, b)
}

// sameAddress reports whether two calls go the same way: to the same URL of one upstream, with the same headers.
func sameAddress(a, b *call) bool {
	return a.upstream == b.upstream && string(a.URL) == string(b.URL) && slices.Equal(a.Headers, b.Headers) && a.Timeout == b.Timeout &&
		a.Hedge == b.Hedge && a.loader.plan.Request.Retry == b.loader.plan.Request.Retry
}

// share gives c the reply of an equal call, now or when it is there.
func (f *frame) share(c, twin *call) {
	if !twin.done {
		c.nextTwin, twin.twins = twin.twins, c
		return
	}
	f.follows(c, twin)
}

// follows reads the reply of an equal call.
func (f *frame) follows(c, twin *call) {
	c.reply, c.err, c.buf, c.done, c.key, c.began = twin.reply, twin.err, twin.buf, true, twin.key, twin.began
	f.conclude(c)
}

// answerLocally answers keys from a table or by a mapping, without any call.
func (f *frame) answerLocally(l *loading, lo, hi int) {
	for n := lo; n < hi; n++ {
		f.env = environment{f: f, l: l, lo: n, hi: n + 1}
		var value []byte
		var err error
		switch {
		case l.plan.Table != nil:
			value = l.plan.Table[string(l.text(n))]
		case l.plan.Reply.Transform == nil: // each member is made where it is located
			value = []byte("{}")
		default:
			value, err = mapping.Eval(l.plan.Reply.Transform, nil, &f.env, &f.arena)
		}
		if err == nil {
			err = f.env.err
		}
		s := slot{kind: null}
		if err == nil && value != nil {
			s, err = f.locateScratch(value, l.plan.Reply.Shape, -1, &f.env)
		}
		if err != nil {
			s = f.fail(authored(uncomputed(l.plan, err)))
		}
		if l.answers[n] = s; len(l.plan.Keys) > 0 && s.kind != failed {
			l.answers[n] = slot{kind: null}
			f.hit(l, n, s)
		}
	}
}

// nameOf is how errors call a loader.
func nameOf(l *plan.Loader) string {
	if l.Private {
		return "this field"
	}
	return l.Name
}

// uncomputed is the fault of a mapping that cannot be applied: to what upstreams sent, or to arguments alone.
func uncomputed(l *plan.Loader, err error) *fault.Error {
	e := &fault.Error{Code: fault.BadUserInput, Message: "The value of " + nameOf(l) + " cannot be computed.", Cause: err}
	if len(l.Keys) > 0 {
		e.Code = fault.UpstreamBadResponse
	}
	return e
}
