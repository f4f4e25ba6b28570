package aggregation

import (
	"manifold/internal/fault"
	"manifold/internal/plan"
)

// match gives each key of a call its part of the reply's value.
func (f *frame) match(c *call, value slot) *fault.Error {
	l := c.loader
	if l.plan.Mode != plan.Batch {
		if value.kind == absent {
			value.kind = null
		}
		f.hit(l, c.lo, value)
		if value.missing() {
			l.answers[c.lo] = slot{kind: null}
		}
		return nil
	}
	if !value.missing() && value.kind != list {
		return misshaped()
	}
	switch l.plan.Match {
	case plan.MatchGroup:
		f.matchGroup(c, value)
	case plan.MatchMap:
		f.matchMap(c, value)
	case plan.MatchPosition:
		if value.kind == list && int(value.to) != c.hi-c.lo {
			return misshaped()
		}
		for n := uint32(0); value.kind == list && n < value.to; n++ {
			f.hit(l, c.lo+int(n), f.slots[value.from+n])
		}
		f.failItems(c)
	default:
		guess := c.lo
		for n := uint32(0); value.kind == list && n < value.to; n++ {
			item := f.slots[value.from+n]
			if k := f.keyOf(c, item, guess); k >= 0 && l.answers[k].kind == asked {
				f.hit(l, k, item)
				if c.loader.each && len(f.spans) == int(value.to) { // else it is not known which span is whose
					c.found = append(c.found, found{f.spans[n], k})
				}
				guess = k + 1
			}
		}
	}
	for n := c.lo; n < c.hi; n++ {
		switch {
		case l.answers[n].kind != asked:
		case c.lost.kind == failed && l.plan.Match != plan.MatchPosition:
			l.answers[n] = c.lost
		default:
			l.answers[n] = f.lacking(l)
		}
	}
	return nil
}

func misshaped() *fault.Error {
	return fault.New(fault.UpstreamBadResponse, "The upstream sent an answer of another shape than a batch needs.")
}

// hit answers a key; null is no answer.
func (f *frame) hit(l *loading, n int, item slot) {
	if item.missing() {
		return
	}
	if item.kind != record && item.kind != failed && l.wantsRecord() {
		item = f.fail(&fault.Error{Code: fault.UpstreamBadResponse, Message: misfit("an object").Message, Upstream: l.plan.Source})
	}
	l.answers[n] = item
	if item.kind == record {
		for i, s := range l.plan.Reply.KeySlots {
			if at := int(item.from) + s; f.slots[at].kind == absent && i < len(l.plan.Keys) {
				f.slots[at] = l.members(n)[i] // a reply need not repeat the key it was asked by
			}
		}
	}
}

// wantsRecord reports whether the answer to a key is an object.
func (l *loading) wantsRecord() bool {
	s := l.plan.Reply.Shape
	if l.plan.Mode == plan.Batch {
		s = s.Item
	}
	return s.Kind == plan.Record
}

// lacking is the answer to a key that the reply does not have.
func (f *frame) lacking(l *loading) slot {
	if !l.plan.Missing {
		return slot{kind: null}
	}
	return f.fail(&fault.Error{Code: fault.NotFound, Message: "The upstream has nothing for this key.", Upstream: l.plan.Source})
}

// keyOf returns the number of the key that an item carries, -1 if it was not asked for. Services mostly answer in the order
// they were asked: guess is tried first, which saves the hash.
func (f *frame) keyOf(c *call, item slot, guess int) int {
	if item.kind != record {
		return -1
	}
	l := c.loader
	var few [4]slot
	parts := few[:0]
	for _, s := range l.plan.Reply.KeySlots {
		parts = append(parts, f.slots[int(item.from)+s])
	}
	from := len(l.texts)
	var ok bool
	if l.texts, ok = f.appendKey(l.texts, parts); !ok {
		l.texts = l.texts[:from]
		return -1
	}
	key := l.texts[from:]
	defer func() { l.texts = l.texts[:from] }()
	if guess < c.hi && string(l.text(guess)) == string(key) {
		return guess
	}
	n := l.find(f.engine.seed.of(key), key)
	if n < c.lo || n >= c.hi {
		return -1
	}
	return n
}

// matchMap finds items by the names of properties. Of equal names the last counts.
func (f *frame) matchMap(c *call, value slot) {
	l := c.loader
	for n := uint32(0); value.kind == list && n+1 < value.to; n += 2 {
		from := len(l.texts)
		l.texts, _ = f.appendKey(l.texts, f.slots[value.from+n:value.from+n+1])
		key := l.texts[from:]
		k := l.find(f.engine.seed.of(key), key)
		l.texts = l.texts[:from]
		if k >= c.lo && k < c.hi {
			l.answers[k] = slot{kind: asked}
			f.hit(l, k, f.slots[value.from+n+1])
		}
	}
}

// matchGroup regroups items by the key they belong to: lists side by side, each in the order of the reply.
func (f *frame) matchGroup(c *call, value slot) {
	l, count := c.loader, int(value.to)
	if value.kind != list {
		count = 0
	}
	keys := c.hi - c.lo
	f.numbers = grown(f.numbers, keys+count)
	sizes, owner := f.numbers[:keys], f.numbers[keys:]
	clear(sizes)
	guess := c.lo
	for n := range count {
		k := f.keyOf(c, f.slots[int(value.from)+n], guess)
		owner[n] = -1
		if k >= 0 {
			owner[n] = int32(k - c.lo)
			sizes[k-c.lo]++
			guess = k
		}
	}
	for k := range sizes {
		l.answers[c.lo+k] = slot{kind: list, from: uint32(len(f.slots))}
		f.alloc(int(sizes[k]))
	}
	for n := range count {
		if owner[n] < 0 {
			continue
		}
		a := &l.answers[c.lo+int(owner[n])]
		f.slots[a.from+a.to] = f.slots[int(value.from)+n]
		a.to++
	}
	if l.plan.Match1 {
		f.single(c)
	}
}

// single reduces groups to their only item: two are an error, none is a miss.
func (f *frame) single(c *call) {
	for n := c.lo; n < c.hi; n++ {
		switch a := c.loader.answers[n]; a.to {
		case 0:
			c.loader.answers[n] = slot{kind: asked}
		case 1:
			c.loader.answers[n] = f.slots[a.from]
		default:
			c.loader.answers[n] = f.fail(&fault.Error{
				Code: fault.UpstreamBadResponse, Upstream: c.loader.plan.Source,
				Message: "The upstream has more than one item for a key that may have only one.",
			})
		}
	}
}
