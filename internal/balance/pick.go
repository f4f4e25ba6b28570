package balance

import (
	"math"
	"time"

	"github.com/cespare/xxhash/v2"
)

// slowStart is how long a member that comes back gets fewer calls than its share: its caches are cold, and its failures may not be
// over. It begins with a tenth.
const (
	slowStart  = 10 * time.Second
	leastShare = 0.1
)

// Pick returns who gets the next call, counted as under way until Done; nil if there are no members. avoid is one that has failed
// just now: it is picked only if there is no other. key is what Hash goes by.
func (g *Group[T]) Pick(avoid *Member[T], key uint64) *Member[T] {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := g.options.Now()
	if !g.wake.IsZero() && !now.Before(g.wake) {
		g.sort(now)
	}
	var m *Member[T]
	switch {
	case len(g.able) == 0:
		return nil
	case len(g.able) == 1:
		m = g.able[0]
		if m == avoid && len(g.members) > 1 {
			m = g.other(avoid)
		}
	case g.options.By == RoundRobin:
		m = g.inTurn(avoid, now)
	case g.options.By == Hash:
		m = g.byKey(avoid, key)
	default:
		m = g.leastLoaded(avoid, now)
	}
	m.running.Add(1)
	m.calls.Add(1)
	return m
}

// other returns a member that is not able, rather than the only one that is and has failed just now.
func (g *Group[T]) other(avoid *Member[T]) *Member[T] {
	for range len(g.members) {
		if m := g.members[g.options.Random(uint64(len(g.members)))]; m != avoid {
			return m
		}
	}
	return avoid
}

// leastLoaded picks two by chance and takes the one with fewer calls under way for its weight.
func (g *Group[T]) leastLoaded(avoid *Member[T], now time.Time) *Member[T] {
	a := g.chance(avoid, nil)
	for tries := 0; tries < 4 && !g.warm(a, now); tries++ {
		other := g.chance(avoid, a)
		if other == nil {
			return a
		}
		a = other
	}
	b := g.chance(avoid, a)
	if b != nil && b.running.Load()*int64(a.Weight) < a.running.Load()*int64(b.Weight) && g.warm(b, now) {
		return b
	}
	return a
}

// chance picks one of those able by weight, but neither of two; nil if there is no other.
func (g *Group[T]) chance(not, nor *Member[T]) *Member[T] {
	sum := g.weights
	for _, m := range [...]*Member[T]{not, nor} {
		if m != nil && m.able {
			sum -= uint64(m.Weight)
		}
	}
	if sum == 0 {
		return nil
	}
	at := g.options.Random(sum)
	for _, m := range g.able {
		switch {
		case m == not || m == nor:
		case at < uint64(m.Weight):
			return m
		default:
			at -= uint64(m.Weight)
		}
	}
	return nil
}

// warm reports whether a member takes a call that chance gave it: all of them, but for one that came back a moment ago.
func (g *Group[T]) warm(m *Member[T], now time.Time) bool {
	if m.returned.IsZero() {
		return true
	}
	since := now.Sub(m.returned)
	if since >= slowStart || since < 0 {
		m.returned = time.Time{}
		return true
	}
	share := max(leastShare, float64(since)/float64(slowStart))
	const fine = 1 << 20
	return float64(g.options.Random(fine)) < share*fine
}

// inTurn is smooth weighted round robin: each turn everybody moves on by their weight, and who is furthest goes, and falls back by
// the weight of all.
func (g *Group[T]) inTurn(avoid *Member[T], now time.Time) (best *Member[T]) {
	for range 2 {
		total := 0
		best = nil
		for _, m := range g.able {
			m.turn += m.Weight
			total += m.Weight
			if m != avoid && (best == nil || m.turn > best.turn) {
				best = m
			}
		}
		best.turn -= total
		if g.warm(best, now) {
			return best
		}
	}
	return best
}

// byKey is rendezvous hashing: every member has a score for the key, and the highest wins. When a member goes, only its keys move.
func (g *Group[T]) byKey(avoid *Member[T], key uint64) (best *Member[T]) {
	high := math.Inf(-1)
	for _, m := range g.able {
		if m == avoid {
			continue
		}
		const one = 1 << 53
		u := (float64(mix(key^m.hash)>>11) + 0.5) / one // in (0, 1)
		if score := float64(m.Weight) / -math.Log(u); score > high {
			best, high = m, score
		}
	}
	return best
}

// Key returns the key of a text.
func Key(text []byte) uint64 { return mix(xxhash.Sum64(text)) }

// mix spreads every bit over all others (the finalizer of MurmurHash3).
func mix(h uint64) uint64 {
	h = (h ^ h>>33) * 0xff51afd7ed558ccd
	h = (h ^ h>>33) * 0xc4ceb9fe1a85ec53
	return h ^ h>>33
}
