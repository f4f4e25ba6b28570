package gateway

import (
	"hash/maphash"
	"sync"
	"sync/atomic"
)

// textCache keeps values by text, up to a total weight in bytes. It is safe for concurrent use.
//
// A lookup takes a read lock of one of its shards, allocates nothing, and marks the entry as used. When a shard is full,
// a hand goes round its entries and drops the first that was not used since it came by last. A new entry starts unused:
// a flood of texts that are sent once cannot push out those that are sent again and again.
type textCache[V any] struct {
	seed   maphash.Seed
	shards [cacheShards]cacheShard[V]
}

const cacheShards = 16

type cacheShard[V any] struct {
	mu     sync.RWMutex
	byText map[string]*cacheEntry[V]
	ring   []*cacheEntry[V]
	hand   int
	weight int
	max    int
}

type cacheEntry[V any] struct {
	text   string
	value  V
	weight int
	used   atomic.Bool
}

func newTextCache[V any](maxBytes int) *textCache[V] {
	c := &textCache[V]{seed: maphash.MakeSeed()}
	for i := range c.shards {
		c.shards[i].byText = make(map[string]*cacheEntry[V])
		c.shards[i].max = maxBytes / cacheShards
	}
	return c
}

func (c *textCache[V]) shard(text string) *cacheShard[V] {
	return &c.shards[maphash.String(c.seed, text)%cacheShards]
}

func (c *textCache[V]) get(text string) (value V, ok bool) {
	s := c.shard(text)
	s.mu.RLock()
	e := s.byText[text]
	s.mu.RUnlock()
	if e == nil {
		return value, false
	}
	if !e.used.Load() { // a plain read keeps the line shared between cores
		e.used.Store(true)
	}
	return e.value, true
}

// add keeps value for text and returns it, or returns the one that is already kept. What weighs more than a shard may
// hold is returned and not kept.
func (c *textCache[V]) add(text string, value V, weight int) V {
	s := c.shard(text)
	s.mu.Lock()
	defer s.mu.Unlock()
	if e := s.byText[text]; e != nil {
		return e.value
	}
	if weight > s.max {
		return value
	}
	for s.weight+weight > s.max {
		s.evict()
	}
	e := &cacheEntry[V]{text: text, value: value, weight: weight}
	s.byText[text] = e
	s.ring = append(s.ring, e)
	s.weight += weight
	return value
}

// evict drops one entry. The shard is not empty. Two rounds suffice: the first one leaves nothing marked.
func (s *cacheShard[V]) evict() {
	for {
		if s.hand >= len(s.ring) {
			s.hand = 0
		}
		e := s.ring[s.hand]
		if e.used.Swap(false) {
			s.hand++
			continue
		}
		delete(s.byText, e.text)
		s.weight -= e.weight
		last := len(s.ring) - 1
		s.ring[s.hand] = s.ring[last]
		s.ring[last] = nil
		s.ring = s.ring[:last]
		s.hand++ // the entry moved here has a round before it is looked at
		return
	}
}

// size returns the number of entries and their weight.
func (c *textCache[V]) size() (entries, weight int) {
	for i := range c.shards {
		s := &c.shards[i]
		s.mu.RLock()
		entries += len(s.ring)
		weight += s.weight
		s.mu.RUnlock()
	}
	return entries, weight
}
