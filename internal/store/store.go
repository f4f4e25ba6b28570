package store

import (
	"context"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unsafe"
)

// Options are the settings of a store.
type Options struct {
	// MaxBytes is what the entries in memory may take: key, value and 100 bytes each, and 32 for each tag. What was just stored may
	// stand there in excess for a moment.
	MaxBytes int64
	// Redis is the second tier; nil: there is none.
	Redis *RedisOptions
	// Now is the clock; nil: time.Now. Patience with Redis is in real time always.
	Now func() time.Time
	// Count is told every result, by who asked; it must not block. nil: nobody is.
	Count func(Tier, Result)
}

// Store keeps entries.
type Store struct {
	now    func() time.Time
	memory *memory
	tags   *tags
	remote *remote // nil: there is none
	count  counter
	close  sync.Once

	changes atomic.Uint64 // calls of Invalidate that have returned
}

// New returns a store. It neither fails nor waits for Redis.
func New(o Options) *Store {
	s := &Store{now: o.Now, count: counter{hook: o.Count}}
	if s.now == nil {
		s.now = time.Now
	}
	s.memory = newMemory(o.MaxBytes, o.Now)
	s.tags = newTags(maxTags, maxUnsent, s.now)
	if o.Redis != nil {
		s.remote = newRemote(*o.Redis, s.tags, s.now, &s.count)
	}
	return s
}

// Get returns the entry of a key if it may be served, fresh or stale (see Entry.IsFresh). What memory has takes about 160 ns, and no
// allocation; else Redis is asked, for 50 ms at most.
func (s *Store) Get(ctx context.Context, key string) (Entry, bool) {
	if e, ok, known := s.look(key, s.now()); known {
		return e, ok
	}
	return s.ask(ctx, key)
}

// GetAt is Get for who looks for many at the same time, whose clock is read once, by Now. The key is not kept.
func (s *Store) GetAt(ctx context.Context, key []byte, now time.Time) (Entry, bool) {
	text := unsafe.String(unsafe.SliceData(key), len(key)) //nolint:gosec // look keeps nothing of it, and it does not change meanwhile
	if e, ok, known := s.look(text, now); known {
		return e, ok
	}
	return s.ask(ctx, string(key))
}

// Now is what the store takes for the time.
func (s *Store) Now() time.Time { return s.now() }

// look looks into memory. known says that there is nothing more to be found out.
func (s *Store) look(key string, now time.Time) (e Entry, ok, known bool) {
	it, found := s.memory.get(key)
	if !found {
		s.count.add(Memory, Miss)
		return Entry{}, false, s.remote == nil
	}
	state := it.state(now)
	s.count.add(Memory, state)
	if state == Hit || state == Stale {
		return it.entry, true, true
	}
	s.memory.drop(strings.Clone(key))
	return Entry{}, false, s.remote == nil
}

// ask asks Redis.
func (s *Store) ask(ctx context.Context, key string) (Entry, bool) {
	it, state := s.remote.get(ctx, key)
	s.count.add(Redis, state)
	if state != Hit && state != Stale {
		return Entry{}, false
	}
	s.memory.fill(key, it)
	return it.entry, true
}

// Set keeps an entry: in memory at once, in Redis soon. It never waits. An entry that has no time left, or one of whose tags was
// made invalid after it was asked for, is not kept; nor is the one that was there.
func (s *Store) Set(key string, e Entry) {
	now := s.now()
	if e.Stored.IsZero() {
		e.Stored = now
	}
	if !now.Before(e.Stored.Add(e.life())) {
		s.memory.drop(key)
		s.count.add(Memory, Expired)
		return
	}
	held, ok := s.tags.hold(e.Tags, e.Stored.UnixNano())
	if !ok {
		s.memory.drop(key)
		s.count.add(Memory, Invalidated)
		return
	}
	it := newItem(&e, held)
	s.memory.set(key, it)
	if s.remote != nil {
		s.remote.set(key, it)
	}
}

// Invalidate makes every entry that has one of the tags a miss: here before it returns, in others that share the Redis within about
// a second. It returns false if Redis could not be told, within 50 ms for each 512 tags; it will be told later.
func (s *Store) Invalidate(ctx context.Context, tags ...string) bool {
	if len(tags) == 0 {
		return true
	}
	defer s.changes.Add(1)
	names := slices.Compact(slices.Sorted(slices.Values(tags)))
	stamps := s.tags.invalidate(names, s.remote != nil)
	switch {
	case s.remote == nil:
		return true
	case !s.remote.gate.lets():
		s.count.add(Redis, Skipped)
		return false
	case !s.remote.invalidate(ctx, names, stamps):
		s.count.add(Redis, Error)
		return false
	}
	return true
}

// Changes counts the calls of Invalidate that have returned. What was asked for at a lower count may be what was before.
func (s *Store) Changes() uint64 { return s.changes.Load() }

// Close ends all goroutines and connections. What waits to be written is lost. The store goes on in memory alone.
func (s *Store) Close() {
	s.close.Do(func() {
		if s.remote != nil {
			s.remote.close()
		}
		s.memory.close()
	})
}

// Stats tells how the store stands.
func (s *Store) Stats() Stats {
	st := Stats{Counts: s.count.read()}
	st.Entries, st.Bytes = s.memory.size()
	st.Tags, st.Unsent = s.tags.size()
	if s.remote != nil {
		st.Queued, st.Up = len(s.remote.writes.jobs), s.remote.gate.lets()
	}
	return st
}

// Shared reports whether entries of others may be found here.
func (s *Store) Shared() bool { return s.remote != nil }
