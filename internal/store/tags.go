package store

import (
	"math"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hashicorp/golang-lru/v2/simplelru"
)

// generation is a tag from one invalidation to the next. Entries hold the generations of their tags, so that a Get looks at a flag
// for each, and at no table.
type generation struct {
	name string
	over atomic.Bool // its entries are invalid

	// Of the table that made it, under its lock. Times are unix ns.
	born   int64 // what was asked for at this time or before belongs to an earlier generation
	oldest int64 // when the oldest of its entries was asked for
	stamp  stamp // that Redis has for it, or will have; zero: not known
	unsent bool  // Redis was not told of the invalidation that began it
}

// tags are the tags that this process knows: those used last. One that has to make room takes its entries with it.
type tags struct {
	now  func() time.Time
	most int // invalidations that wait for Redis

	mu     sync.Mutex
	live   *simplelru.LRU[string, *generation]
	floor  int64            // the latest birth of a generation that was forgotten
	unsent map[string]stamp // what Redis has to be told
}

// Bounds of what is known of tags.
const (
	maxTags   = 100_000
	maxUnsent = 10_000
)

func newTags(most, unsent int, now func() time.Time) *tags {
	t := &tags{now: now, most: unsent, floor: math.MinInt64, unsent: map[string]stamp{}}
	t.live, _ = simplelru.NewLRU(max(most, 1), t.forget) // fails for no size only
	return t
}

// forget is told the generations that had to make room.
func (t *tags) forget(_ string, g *generation) {
	g.over.Store(true)
	t.floor = max(t.floor, g.born)
}

// begin adds the generation of a tag that is not known, or whose generation has ended.
func (t *tags) begin(name string, born int64) *generation {
	g := &generation{name: name, born: max(born, t.floor), oldest: math.MaxInt64}
	g.stamp, g.unsent = t.unsent[name], t.unsent[name].known()
	t.live.Add(name, g)
	return g
}

// end ends a generation and begins the next one.
func (t *tags) end(g *generation) *generation {
	g.over.Store(true)
	return t.begin(g.name, t.now().UnixNano())
}

// hold returns the generations for an entry that was asked for at a time; not ok if one of its tags was made invalid since.
func (t *tags) hold(names []string, stored int64) (held []*generation, ok bool) {
	if len(names) == 0 {
		return nil, true
	}
	held = make([]*generation, len(names))
	t.mu.Lock()
	defer t.mu.Unlock()
	for i, name := range names {
		g, found := t.live.Get(name)
		if !found {
			g = t.begin(name, t.floor)
		}
		if stored <= g.born {
			return nil, false
		}
		g.oldest = min(g.oldest, stored)
		held[i] = g
	}
	return held, true
}

// match returns the generations for an entry of Redis; not ok if the stamps that it was stored with are not those of now.
func (t *tags) match(names []string, stamps []stamp, stored int64) (held []*generation, ok bool) {
	if len(names) == 0 {
		return nil, true
	}
	held = make([]*generation, len(names))
	t.mu.Lock()
	defer t.mu.Unlock()
	for i, name := range names {
		g, found := t.live.Get(name)
		if !found || !stamps[i].known() || g.stamp != stamps[i] {
			return nil, false
		}
		g.oldest = min(g.oldest, stored)
		held[i] = g
	}
	return held, true
}

// invalidate ends the generations of tags. With a Redis it returns their new stamps, which wait until Redis was told of them (see
// sent). Those for which there is no room to wait are sent at once or never; then this process goes on to take what Redis has of
// them for invalid.
func (t *tags) invalidate(names []string, redis bool) (stamps []stamp) {
	stamps = make([]stamp, len(names))
	t.mu.Lock()
	defer t.mu.Unlock()
	for i, name := range names {
		if redis {
			stamps[i] = newStamp(t.now())
			if _, waits := t.unsent[name]; waits || len(t.unsent) < t.most {
				t.unsent[name] = stamps[i]
			}
		}
		if g, found := t.live.Peek(name); found {
			g.over.Store(true)
		}
		g := t.begin(name, t.now().UnixNano())
		g.stamp, g.unsent = stamps[i], redis
	}
	return stamps
}

// sent notes that Redis was told of invalidations.
func (t *tags) sent(names []string, stamps []stamp) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for i, name := range names {
		if t.unsent[name] == stamps[i] {
			delete(t.unsent, name)
		}
		if g, found := t.live.Peek(name); found && g.stamp == stamps[i] {
			g.unsent = false
		}
	}
}

// waiting returns some of the invalidations that Redis has not been told of.
func (t *tags) waiting(most int) (names []string, stamps []stamp) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for name, s := range t.unsent {
		if len(names) == most {
			break
		}
		names, stamps = append(names, name), append(stamps, s)
	}
	return names, stamps
}

// learn takes what Redis says of tags; a tag that is not known becomes so. An invalidation of our own that Redis has not been told
// of counts more.
func (t *tags) learn(names []string, stamps []stamp) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for i, name := range names {
		g, found := t.live.Peek(name)
		if !found {
			g = t.begin(name, t.floor)
		}
		switch s := stamps[i]; {
		case g.unsent, g.stamp == s:
		case !g.stamp.known() && !s.after(g.oldest):
			g.stamp = s
		default: // made invalid elsewhere, or Redis has lost it
			t.end(g).stamp = s
		}
	}
}

// unknown returns those of the tags whose stamp has yet to be read.
func (t *tags) unknown(names []string) (out []string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, name := range names {
		if g, found := t.live.Peek(name); !found || !g.stamp.known() {
			out = append(out, name)
		}
	}
	return out
}

// stamps returns the stamps of generations; not ok if one of them is over or has none.
func (t *tags) stamps(held []*generation) (out []stamp, ok bool) {
	out = make([]stamp, len(held))
	t.mu.Lock()
	defer t.mu.Unlock()
	for i, g := range held {
		if g.over.Load() || !g.stamp.known() {
			return nil, false
		}
		out[i] = g.stamp
	}
	return out, true
}

// names returns all the tags that are known.
func (t *tags) names() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.live.Keys()
}

func (t *tags) size() (known, unsent int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.live.Len(), len(t.unsent)
}
