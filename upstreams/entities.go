package upstreams

import (
	"context"
	"crypto/sha256"
	"time"

	"manifold/internal/freshness"
	"manifold/internal/store"
)

// Entities keeps the items of batches, each by its key, so that a batch asks only for those that are not there. It is safe for
// concurrent use.
type Entities struct {
	store *store.Store
	set   *Set
}

// Entities keeps the items of the sources of the Set, by their indices as Open got them; nil if nothing is kept (Options.Store).
func (s *Set) Entities() *Entities {
	if s.network.options.Store == nil {
		return nil
	}
	return &Entities{s.network.options.Store, s}
}

// Base is what the items of a batch have in common: all that their call is, but for the keys.
type Base [sha256.Size + 1]byte

// Base returns the base of a call without keys to source i, -1: one that names its host itself. Two calls with different headers,
// credentials among them, have different ones, and so have those of different users if the source is told who asks; unless the rule
// says that it is the same for everybody.
func (e *Entities) Base(i int, c *Call) Base {
	var k cache
	own := *c
	if i >= 0 {
		u := e.set.sources[i]
		k.source = u.source
		if u.signer != nil && c.Identity != nil {
			own.told = toldOf(u.signer, c.Identity)
		}
	}
	sum := sha256.Sum256([]byte(k.key(&own)))
	out := Base{'e'}
	copy(out[1:], sum[:])
	return out
}

// Recalled counts the keys of a batch for source i for which kept items were looked for.
func (e *Entities) Recalled(i, hits, misses int) {
	if i < 0 || e.set.sources[i].gauge == nil {
		return
	}
	g := e.set.sources[i].gauge
	g.Cached(CacheHit, hits)
	g.Cached(CacheMiss, misses)
}

// Now is the time by which items are old; it is read once for all items of a batch.
func (e *Entities) Now() time.Time { return e.store.Now() }

// Get returns an item as JSON, which nobody may write. old says that it is older than it should be, and good only if there is no
// newer one to be had.
func (e *Entities) Get(ctx context.Context, base *Base, key []byte, now time.Time) (item []byte, old, found bool) {
	var few [128]byte
	entry, found := e.store.GetAt(ctx, append(append(few[:0], base[:]...), key...), now)
	if !found {
		return nil, false, false
	}
	return entry.Value, !entry.IsFresh(now), true
}

// Set keeps a copy of an item.
func (e *Entities) Set(base *Base, key, item []byte, l Lasting, tags []string) {
	e.store.Set(string(append(append([]byte{}, base[:]...), key...)), store.Entry{
		Value: append([]byte{}, item...), Stored: l.began, Fresh: l.fresh, Stale: l.stale, Tags: tags,
	})
}

// Invalidate makes all invalid that is kept under one of the tags. It returns false if others that share the store could not be told
// yet.
func (e *Entities) Invalidate(ctx context.Context, tags ...string) bool {
	return e.store.Invalidate(ctx, tags...)
}

// Lasting is how long the items of a reply may be kept.
type Lasting struct {
	began        time.Time
	fresh, stale time.Duration
}

// Lasting returns how long the items of a reply may be kept that c brought; not ok if they may not. began is when the call began.
func (r *Reply) Lasting(c *Call, began time.Time) (l Lasting, ok bool) {
	rule, h := c.Cache, r.Headers()
	if rule.Public && (freshness.Varies(h, "Authorization") || freshness.Varies(h, "Cookie")) {
		return l, false
	}
	l = Lasting{began: began, fresh: freshness.Allows(r.Status, h, began, rule.MaxAge, !rule.Public), stale: rule.StaleIfError}
	return l, l.fresh > 0
}
