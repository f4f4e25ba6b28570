package aggregation

import (
	"slices"

	"manifold/internal/plan"
	"manifold/upstreams"
)

// Of a batch whose items carry their keys, every item is kept by itself (@cacheControl on a type): a later batch asks only for the keys
// that are not there. An item is found again by what its call was without any keys, and by its key, so that a header that is forwarded
// tells items apart like it tells calls apart. What is kept is the text of the item as it came, whatever of it was selected.

// keptItem is an item that is kept, and too old to be used unless there is no newer one.
type keptItem struct {
	key  int
	text []byte
}

// span is where an item of a reply is.
type span struct{ from, to int }

// keepsEach reports whether items of a loader are kept by their keys.
func (f *frame) keepsEach(p *plan.Loader) bool {
	return f.engine.entities != nil && f.injected == "" && p.Request != nil && p.Request.Cache != nil && p.Request.Cache.Each
}

// recall answers the keys of a loader that are kept. It reports whether all of them are.
func (f *frame) recall(r *running, l *loading, lo, hi int) (all bool) {
	base, ok := f.baseOf(r, l, lo)
	if !ok {
		return false
	}
	l.base, all = base, true
	shape := l.plan.Reply.Shape.Item
	hits, now := 0, f.engine.entities.Now()
	for n := lo; n < hi; n++ {
		item, old, found := f.engine.entities.Get(f.ctx, &base, l.text(n), now)
		switch {
		case found && old:
			l.old = append(l.old, keptItem{n, item})
		case found && f.answerKept(l, n, item, shape):
			hits++
			continue
		}
		all = false
	}
	f.engine.entities.Recalled(l.plan.Upstream, hits, hi-lo-hits)
	return all
}

// answerKept answers a key by an item that was kept.
func (f *frame) answerKept(l *loading, n int, item []byte, shape *plan.Shape) bool {
	f.env = environment{f: f, l: l, lo: n, hi: n + 1}
	s, err := f.locateScratch(item, shape, -1, &f.env)
	if err != nil || s.missing() {
		return false
	}
	f.hit(l, n, s)
	return true
}

// baseOf returns what the calls of a loader have in common, all but the keys; not ok if that cannot be made.
func (f *frame) baseOf(r *running, l *loading, lo int) (upstreams.Base, bool) {
	c := f.newCall(r, l, lo, lo)
	err := f.fill(c)
	f.calls = f.calls[:len(f.calls)-1]
	if err != nil {
		return upstreams.Base{}, false
	}
	c.Method = l.plan.Request.Cache.Salt + " " + c.Method // two loaders may read one reply in two ways
	return f.engine.entities.Base(l.plan.Upstream, &c.Call), true
}

// found is an item of a reply that answered a key.
type found struct {
	span

	key int
}

// tags makes the names by which what is kept for some keys can be made invalid.
func (f *frame) tags(l *loading, lo, hi int) (out []string) {
	if c := l.plan.Request.Cache; c != nil && len(c.Tags) > 0 {
		for n := lo; n < max(hi, lo+1); n++ {
			f.env = environment{f: f, l: l, lo: n, hi: n + 1}
			for _, t := range c.Tags {
				if text, present, err := t.Append(nil, &f.env, &f.arena); err == nil && present {
					out = append(out, string(text))
				}
			}
		}
	}
	return out
}

// makeDo answers keys of a call that failed by items that are older than they should be. It reports whether none is left.
func (f *frame) makeDo(c *call) (all bool) {
	l := c.loader
	for _, o := range l.old {
		if o.key >= c.lo && o.key < c.hi && l.answers[o.key].kind == asked && f.answerKept(l, o.key, o.text, l.plan.Reply.Shape.Item) {
			f.degrade(l, stale)
		}
	}
	for n := c.lo; n < c.hi; n++ {
		if l.answers[n].kind == asked {
			return false
		}
	}
	return true
}

// invalidate makes invalid what a call that went well says (@invalidates), before anybody hears that it did (RELIABILITY K11).
func (f *frame) invalidate(c *call) {
	all := c.loader.plan.Request.Invalidates
	if len(all) == 0 || f.engine.entities == nil {
		return
	}
	var tags []string
	f.env = environment{f: f, l: c.loader, lo: c.lo, hi: c.hi}
	for _, t := range all {
		if text, present, err := t.Append(nil, &f.env, &f.arena); err == nil && present {
			tags = append(tags, string(text))
		}
	}
	f.engine.entities.Invalidate(f.ctx, tags...)
}

// Degraded is a value that is not what its upstream would say now.
type Degraded struct {
	Coordinate string // of the connector; "" if clients may not know it
	Upstream   string
	Kind       string // stale, fallback
}

// Kinds of Degraded.
const (
	stale    = "stale"
	fallback = "fallback"
)

// degrade notes that what a loader answers is not what its upstream would say now.
func (f *frame) degrade(l *loading, kind string) {
	d := Degraded{Coordinate: l.plan.Name, Upstream: l.plan.Source, Kind: kind}
	if l.plan.Private {
		d.Coordinate = ""
	}
	if !slices.Contains(f.degraded, d) {
		f.degraded = append(f.degraded, d)
	}
}
