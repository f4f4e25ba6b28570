package resolvers

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"manifold/internal/plan"
	"manifold/schema"
)

// fetchNode is a use of a loader in one wave.
type fetchNode struct {
	loader  *loader
	wave    int
	needs   map[*fetchNode]bool
	feeders []*feeder
	plan    *plan.Fetch
}

type feeder struct {
	plan plan.Feeder
	when plan.Cond // alternatives, not yet simple; nil: not asked for yet
	id   string
}

// also adds a reason to feed.
func (f *feeder) also(when plan.Cond) { f.when = orAll(f.when, when) }

// feed makes the objects of a place feed a loader with their keys. slot is where base 0's record gets the answer,
// from is what the keys are found in.
// name is the response path of what is loaded.
func (c *compilation) feed(p *place, variant int, t *schema.Type, l *loader, when plan.Cond, name string) (fetch *fetchNode, feed *feeder, slot int, from []*base, err error) {
	fd := plan.Feeder{Place: name, Steps: p.steps}
	if test := p.test(variant); test != nil {
		fd.Steps = append(p.steps[:len(p.steps):len(p.steps)], plan.Step{Ref: plan.Ref{Slot: -1}, Type: test})
	}
	from = []*base{p.bases[0]}
	if p.abs != nil {
		from = append(from, p.baseAt(p.abs.Ref.Hops))
	}
	for _, in := range l.conn.Inputs {
		ref, used, err := c.key(p, variant, t, in.Path, when)
		if err != nil {
			return nil, nil, 0, nil, err
		}
		if l.plan.NullKeys { // it would be called with what a path reads of a list that stands in the place of the object
			ref.Within = append(p.within(), ref.Within...)
		}
		fd.Keys = append(fd.Keys, ref)
		from = append(from, used...)
	}
	wave := 1
	for _, b := range from {
		wave = max(wave, b.wave+1)
	}
	rec := p.bases[0].rec
	joinID := fmt.Sprintf("%d %+v", l.plan.Index, fd.Keys)
	slot, ok := rec.joins[joinID]
	if !ok {
		slot = rec.slot()
		if rec.joins == nil {
			rec.joins = map[string]int{}
		}
		rec.joins[joinID] = slot
	}
	fd.Into = slot
	f := c.part.fetch(l, wave)
	for _, b := range from {
		for _, need := range b.needs {
			f.needs[need] = true
		}
	}
	if wave > 1 {
		c.feedEarly(p, l, when, name)
	}
	return f, f.feeder(fd), slot, from, nil
}

// feedEarly has keys that are known from the arguments of a root field fetched while the root field itself is. Whether the
// object really has that key is seen when its own record is there: an answer that fits is taken, another is never looked at.
func (c *compilation) feedEarly(p *place, l *loader, when plan.Cond, name string) {
	if p.early == nil || p.abs != nil || c.kind != "query" || len(l.conn.Inputs) == 0 || l.plan.Request == nil || !l.plan.Request.Idempotent {
		return
	}
	fd := plan.Feeder{Place: name, Into: -1}
	for _, in := range l.conn.Inputs {
		slot, ok := p.early[strings.Join(in.Path, ".")]
		if !ok {
			return
		}
		fd.Keys = append(fd.Keys, plan.Ref{Slot: slot})
	}
	if len(p.earlyWhen) > 0 {
		fd.Steps = []plan.Step{{Ref: plan.Ref{Slot: -1}, When: p.earlyWhen}}
	}
	c.part.fetch(l, 1).feeder(fd).also(when)
}

// fetch returns the fetch of a loader in a wave.
func (pt *part) fetch(l *loader, wave int) *fetchNode {
	for _, f := range pt.fetches {
		if f.loader == l && f.wave == wave {
			return f
		}
	}
	f := &fetchNode{loader: l, wave: wave, needs: map[*fetchNode]bool{}}
	pt.fetches = append(pt.fetches, f)
	return f
}

// feeder returns the feeder that goes the same way for the same keys, or adds it.
func (f *fetchNode) feeder(fd plan.Feeder) *feeder {
	id := fmt.Sprintf("%+v %+v %d", fd.Steps, fd.Keys, fd.Into)
	for _, have := range f.feeders {
		if have.id == id {
			return have
		}
	}
	f.feeders = append(f.feeders, &feeder{plan: fd, id: id})
	return f.feeders[len(f.feeders)-1]
}

// schedule orders the fetches, numbers them, and makes a loader's later fetch wait for its earlier one, so that it asks only
// for keys that are not on their way.
func (pt *part) schedule() {
	sort.SliceStable(pt.fetches, func(i, j int) bool { return pt.fetches[i].wave < pt.fetches[j].wave })
	last, places := map[*loader]*fetchNode{}, map[*loader]int{}
	for i, f := range pt.fetches {
		if before := last[f.loader]; before != nil {
			f.needs[before] = true
		}
		last[f.loader] = f
		f.plan = &plan.Fetch{ID: i + 1, Loader: f.loader.plan, Wave: f.wave}
		for need := range f.needs {
			f.plan.Needs = append(f.plan.Needs, need.plan.ID)
		}
		slices.Sort(f.plan.Needs)
		for _, fd := range f.feeders {
			fd.plan.When = simple(fd.when)
			f.plan.Feeders = append(f.plan.Feeders, fd.plan)
			if fd.plan.Into >= 0 && len(fd.plan.Keys) > 0 {
				places[f.loader]++
			}
		}
		f.loader.plan.Shared = places[f.loader] > 1
		pt.plan.Fetches = append(pt.plan.Fetches, f.plan)
	}
}
