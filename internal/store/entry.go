package store

import (
	"math"
	"time"
)

// Entry is an answer that is kept.
type Entry struct {
	// Value belongs to the store once it was given to Set. What Get returns is shared: nobody may write it.
	Value []byte
	// Stored is when the call began that brought the value; its age counts from here. An invalidation after that makes it
	// invalid, also if Set comes later. Zero stands for the time of Set.
	Stored time.Time
	// Fresh is how long the value is as good as a new one.
	Fresh time.Duration
	// Stale is how long after Fresh it may still be served, as stale: the longer of what is allowed while it is fetched again
	// and when that fails (RFC 5861).
	Stale time.Duration
	// Tags are names by which the entry can be made invalid. What Get returns is shared: nobody may write it.
	Tags []string
}

// IsFresh reports whether the entry is as good as a new one.
func (e *Entry) IsFresh(now time.Time) bool { return now.Sub(e.Stored) < e.Fresh }

// longest is as long as anything is kept.
const longest = 10 * 365 * 24 * time.Hour

// life is how long the entry may be served after it was stored.
func (e *Entry) life() time.Duration { return clamp(e.Fresh) + clamp(e.Stale) }

func clamp(d time.Duration) time.Duration { return min(max(d, 0), longest) }

// item is an entry as the first tier holds it. It is immutable.
type item struct {
	entry Entry
	ends  time.Time // it is not served from here on
	held  []*generation
}

func newItem(e *Entry, held []*generation) *item {
	it := &item{entry: *e, ends: e.Stored.Add(e.life()), held: held}
	it.entry.Tags = nil // shared with all entries that have the tag
	if len(held) > 0 {
		it.entry.Tags = make([]string, len(held))
		for i, g := range held {
			it.entry.Tags[i] = g.name
		}
	}
	return it
}

// valid reports whether none of its tags was made invalid.
func (it *item) valid() bool {
	for _, g := range it.held {
		if g.over.Load() {
			return false
		}
	}
	return true
}

// state is Hit or Stale if it may be served, and otherwise why not.
func (it *item) state(now time.Time) Result {
	switch {
	case !it.valid():
		return Invalidated
	case !now.Before(it.ends):
		return Expired
	case it.entry.IsFresh(now):
		return Hit
	default:
		return Stale
	}
}

// Bytes that an entry takes besides its key and its value: the structs and the table; and those of each tag.
const (
	entryOverhead = 100
	tagOverhead   = 32
)

func (it *item) weight(key string) uint32 {
	return uint32(min(len(key)+len(it.entry.Value)+entryOverhead+tagOverhead*len(it.held), math.MaxUint32))
}
