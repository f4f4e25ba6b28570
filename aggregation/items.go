package aggregation

import (
	"slices"

	"manifold/internal/fault"
	"manifold/upstreams"
)

// failItems gives the keys of a batch that failed alone their own outcome: null, a fallback or a fault, as the connector says of
// replies.
func (f *frame) failItems(c *call) {
	if c.reply == nil || c.err != nil {
		return
	}
	for n, reply := range c.reply.Items {
		if reply != nil && c.lo+n < c.hi {
			f.failItem(c, c.lo+n, reply)
		}
	}
}

func (f *frame) failItem(c *call, k int, reply *upstreams.Reply) {
	l, out := c.loader, &c.loader.plan.Outcome
	l.answers[k] = slot{kind: asked} // nothing is there
	if slices.Contains(out.NullOn, reply.Status) {
		return
	}
	f.env.reply = reply
	defer func() { f.env.reply = c.reply }()
	one := call{reply: reply, loader: l, run: c.run, lo: k, hi: k + 1}
	e := f.refused(&one)
	if out.Fallback != nil {
		var s slot
		if s, e = f.fallbackAs(l, f.jsonBody(&one), l.plan.Reply.Shape.Item); e == nil {
			f.hit(l, k, s)
			return
		}
	}
	e.Upstream = l.plan.Source
	l.answers[k] = f.fail(e)
}

// fallbackEach returns a list in which each key of a batch has the fallback as its value: one of its own, since records note the
// key they belong to.
func (f *frame) fallbackEach(c *call, body []byte) (slot, *fault.Error) {
	n := c.hi - c.lo
	all := slot{kind: list, from: uint32(f.alloc(n)), to: uint32(n)}
	for i := range n {
		s, e := f.fallbackAs(c.loader, body, c.loader.plan.Reply.Shape.Item)
		if e != nil {
			return slot{}, e
		}
		f.slots[int(all.from)+i] = s
	}
	return all, nil
}
