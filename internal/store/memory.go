package store

import (
	"time"

	"github.com/maypok86/otter/v2"
)

// memory is the first tier. What is used seldom leaves it when it is full, as W-TinyLFU says.
type memory struct {
	cache  *otter.Cache[string, *item]
	coarse *otter.CoarseClock // nil: there is a clock of a test
}

// clock lets the cache see the same time as everybody else here.
type clock struct{ now func() time.Time }

func (c clock) NowNano() int64 { return c.now().UnixNano() }

// Tick is when what has expired is swept, which takes real time also where tests stop the clock.
func (clock) Tick(d time.Duration) <-chan time.Time { return time.Tick(d) }

// coarseness is how exactly memory knows the time when it sweeps. Whether an entry is served is looked at exactly, each time; a second
// look at the clock for the sweeper would cost as much as the rest of a hit.
const coarseness = 100 * time.Millisecond

// newMemory returns a first tier. now is the clock of a test; nil: the time.
func newMemory(most int64, now func() time.Time) *memory {
	m := &memory{}
	var ticks otter.Clock
	if now != nil {
		ticks = clock{now}
	} else {
		m.coarse = otter.NewCoarseClock(coarseness)
		now, ticks = time.Now, m.coarse
	}
	m.cache = otter.Must(&otter.Options[string, *item]{
		MaximumWeight: uint64(max(most, 1)),
		Weigher:       func(key string, it *item) uint32 { return it.weight(key) },
		ExpiryCalculator: otter.ExpiryWritingFunc(func(e otter.Entry[string, *item]) time.Duration {
			return max(e.Value.ends.Sub(now()), 1)
		}),
		Clock: ticks,
	})
	return m
}

func (m *memory) get(key string) (*item, bool) { return m.cache.GetIfPresent(key) }

func (m *memory) set(key string, it *item) { m.cache.Set(key, it) }

// fill is set for a value that may be older than the one that is there.
func (m *memory) fill(key string, it *item) { m.cache.SetIfAbsent(key, it) }

func (m *memory) drop(key string) { m.cache.Invalidate(key) }

func (m *memory) size() (entries int, bytes uint64) {
	return m.cache.EstimatedSize(), m.cache.WeightedSize()
}

func (m *memory) close() {
	m.cache.StopAllGoroutines()
	if m.coarse != nil {
		m.coarse.Stop()
	}
}
