package store

import "sync/atomic"

// Tier is one of the two places where entries are.
type Tier uint8

// Tiers.
const (
	Memory Tier = iota
	Redis
	tiers
)

func (t Tier) String() string { return [...]string{"memory", "redis"}[t] }

// Result is what came of asking a tier. All but Error and Skipped are of a Get, or of a Set that came too late.
type Result uint8

// Results.
const (
	Hit         Result = iota // fresh
	Stale                     // served, but its time of being fresh is over
	Miss                      // not there
	Expired                   // there, but too old
	Invalidated               // there, but one of its tags was made invalid since; or not stored, for the same reason
	Corrupt                   // there, but not what was stored under this key
	Error                     // the tier failed
	Skipped                   // the tier was not asked: it fails, has too much to do, or the value is not for it
	results
)

func (r Result) String() string {
	return [...]string{"hit", "stale", "miss", "expired", "invalidated", "corrupt", "error", "skipped"}[r]
}

// Stats is how a store stands.
type Stats struct {
	Entries int    // in memory
	Bytes   uint64 // that they take, about
	Tags    int    // that memory knows
	Queued  int    // values that wait to be written to Redis
	Unsent  int    // tags whose invalidation Redis has not been told yet
	Up      bool   // Redis is asked; false without one
	Counts  [tiers][results]uint64
}

// Of is how often a result was counted.
func (s *Stats) Of(t Tier, r Result) uint64 { return s.Counts[t][r] }

// counter counts results. Each has a cache line of its own, as hits are counted by every request.
type counter struct {
	hook func(Tier, Result) // nil: nobody else counts
	of   [tiers][results]struct {
		n atomic.Uint64
		_ [56]byte
	}
}

func (c *counter) add(t Tier, r Result) {
	c.of[t][r].n.Add(1)
	if c.hook != nil {
		c.hook(t, r)
	}
}

func (c *counter) read() (out [tiers][results]uint64) {
	for t := range out {
		for r := range out[t] {
			out[t][r] = c.of[t][r].n.Load()
		}
	}
	return out
}
