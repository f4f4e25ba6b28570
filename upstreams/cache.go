package upstreams

import (
	"cmp"
	"context"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"manifold/internal/fault"
	"manifold/internal/freshness"
	"manifold/internal/rawjson"
	"manifold/internal/store"
)

// CacheRule says how the replies to a call may be kept, as the author of the schema knows it (@cacheControl). A reply that says less
// about itself is believed; one that says more is not.
type CacheRule struct {
	MaxAge               time.Duration
	StaleWhileRevalidate time.Duration
	StaleIfError         time.Duration
	// Public says that the reply is the same whoever asks: credentials that the call carries are not looked at.
	Public bool
	// Judged says that a reply of 2xx may be a failure, and only who asked can tell.
	Judged bool
	// Items says that who asked keeps the items of the reply: the reply itself is not kept.
	Items bool
	Tags  []string
}

// caching keeps replies, by the rules of HTTP for a cache that many clients share (RFC 9111), or by the rule of the call. A reply is kept
// when who asked says that it was good (Reply.Keep). What is kept is found only by a call that is the same to the last byte: nobody can
// get what somebody else's credentials brought, unless the rule says that they do not matter.
//
// What is kept of a URL is not used any more when a change has gone to that URL and well (RFC 9111, 4.4).
//
// A reply that is stale is used while one call brings a newer one, or if that fails, for as long as rule or reply allow (RFC 5861).
func caching(src source, s *store.Store, longest time.Duration, g Gauge) Policy {
	return func(next Caller) Caller {
		return &cache{next: next, source: src, store: s, longest: longest, gauge: g, refreshing: map[string]bool{}}
	}
}

type cache struct {
	next    Caller
	source  source
	store   *store.Store
	longest time.Duration // that a refresh may take, if its call does not say so
	gauge   Gauge         // nil: nobody counts
	used    atomic.Bool   // a reply of this upstream was kept

	mu         sync.Mutex
	refreshing map[string]bool
}

func (k *cache) Call(ctx context.Context, c *Call) (*Reply, error) {
	if !c.keepable() {
		r, err := k.next.Call(ctx, c)
		if c.Changes && k.source.writes && (err == nil && r.Status < 400 || fault.Uncertain(err)) {
			k.store.Invalidate(ctx, k.place(c))
		}
		return r, err
	}
	if c.Cache == nil && !k.used.Load() && !k.store.Shared() { // most upstreams say nothing of caching
		return k.fetch(ctx, c, "", nil)
	}
	key := k.key(c)
	entry, found := k.store.Get(ctx, key)
	if !found {
		k.count(CacheMiss)
		return k.fetch(ctx, c, key, nil)
	}
	old, revalidate, ifError := readFrame(entry.Value, c)
	age := k.store.Now().Sub(entry.Stored)
	switch {
	case old == nil: // of another version of the program
		return k.fetch(ctx, c, key, nil)
	case age < entry.Fresh:
		k.count(CacheHit)
		return old, nil
	case age < entry.Fresh+revalidate && (c.Cache == nil || !c.Cache.Judged):
		k.refresh(c, key, *old)
		k.count(CacheStale)
		old.Stale = true
		return old, nil
	}
	r, err := k.fetch(ctx, c, key, old)
	if age < entry.Fresh+ifError && failed(ctx, r, err) {
		if r != nil {
			r.Release()
		}
		k.count(CacheStale)
		old.Stale = true
		return old, nil
	}
	k.count(CacheMiss)
	return r, err
}

func (k *cache) count(r CacheResult) {
	if k.gauge != nil {
		k.gauge.Cached(r, 1)
	}
}

// keepable reports whether replies to the call may be kept at all.
func (c *Call) keepable() bool {
	return c.Idempotent && !c.Alone && (c.Cache != nil && !c.Cache.Items || c.Cache == nil && c.Method == http.MethodGet && c.RPC == nil)
}

// failed reports whether what came of a call is no answer, for a reason that may pass. A client that has gone is none.
func failed(ctx context.Context, r *Reply, err error) bool {
	if err != nil {
		return ctx.Err() != context.Canceled
	}
	return r.Status >= 500
}

// fetch makes the call. The reply may be kept if who asked says so. old is a kept reply that is stale, or nil: the upstream is asked
// whether it is still what it would say (RFC 9111, 4.3).
func (k *cache) fetch(ctx context.Context, c *Call, key string, old *Reply) (*Reply, error) {
	began := k.store.Now()
	r, err := k.next.Call(ctx, conditional(c, old))
	if err == nil && old != nil && r.Status == http.StatusNotModified {
		if r = confirmed(old, r); r == nil {
			r, err = k.next.Call(ctx, c)
		}
	}
	if err != nil {
		return nil, err
	}
	if e, ok := k.entry(c, r, began); ok {
		if key == "" {
			key = k.key(c)
		}
		r.keep = &keeping{cache: k, key: key, entry: e}
	}
	return r, nil
}

// confirmable is how long a stale reply is kept because the upstream may confirm it.
const confirmable = time.Hour

// conditional returns the call with the conditions by which old can be confirmed; c itself if there are none.
func conditional(c *Call, old *Reply) *Call {
	if old == nil || c.RPC != nil || old.Status != http.StatusOK {
		return c
	}
	conditions := freshness.Revalidation(old.Headers())
	if len(conditions) == 0 {
		return c
	}
	own := c.clone()
	for name, values := range conditions {
		own.Headers = append(own.Headers, Header{name, values[0]})
	}
	return own
}

// confirmed returns old with what its upstream now says of it; nil if that is of another reply. It releases said.
func confirmed(old, said *Reply) *Reply {
	defer said.Release()
	updated, ok := freshness.Update(old.Headers(), said.Headers())
	if !ok {
		return nil
	}
	own := *old
	own.header, own.lines = updated, nil
	return &own
}

// entry returns how a reply may be kept, but for its value.
func (k *cache) entry(c *Call, r *Reply, began time.Time) (e keptEntry, ok bool) {
	silent := c.Cache == nil && r.Header("Cache-Control") == nil && r.Header("Expires") == nil
	if silent || r.Fault != nil || len(r.Items) > 0 {
		return e, false
	}
	h, personal := r.Headers(), false
	for i := range c.Headers {
		personal = personal || isCredential(c.Headers[i].Name)
	}
	e.Stored = began
	rule := c.Cache
	if k.source.writes {
		e.Tags = []string{k.place(c)}
	}
	if rule == nil {
		p := freshness.Decide(freshness.Request{Method: c.Method, Personal: personal}, r.Status, h, began)
		e.Fresh, e.revalidate, e.ifError = p.Fresh, p.StaleWhileRevalidate, p.StaleIfError
		e.Stale = max(e.revalidate, e.ifError)
		if p.Revalidate {
			e.Stale = max(e.Stale, confirmable)
		}
		return e, p.Store
	}
	if rule.Public && personal && (freshness.Varies(h, "Authorization") || freshness.Varies(h, "Cookie")) {
		return e, false
	}
	e.Fresh = freshness.Allows(r.Status, h, began, rule.MaxAge, !rule.Public)
	e.revalidate, e.ifError = rule.StaleWhileRevalidate, rule.StaleIfError
	e.Tags = append(e.Tags, rule.Tags...)
	e.Stale = max(e.revalidate, e.ifError)
	return e, e.Fresh > 0
}

// refresh makes the call once more, for whoever asks next, unless that is under way. It has a time of its own. old is the reply that
// is used meanwhile: the upstream may say that nothing is newer.
func (k *cache) refresh(c *Call, key string, old Reply) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.refreshing[key] {
		return
	}
	k.refreshing[key] = true
	own := c.clone()
	own.Retries = nil
	go func() {
		defer func() {
			_ = recover() // nobody waits for it: who asks next will see
			k.mu.Lock()
			defer k.mu.Unlock()
			delete(k.refreshing, key)
		}()
		ctx, cancel := context.WithTimeout(context.Background(), cmp.Or(c.Timeout, k.longest))
		defer cancel()
		r, err := k.fetch(ctx, own, key, &old)
		if err != nil {
			return
		}
		if r.Status <= 299 && r.wellFormed() {
			r.Keep()
		}
		r.Release()
	}()
}

// wellFormed reports whether a reply can be read, as far as can be told without who asked for it.
func (r *Reply) wellFormed() bool {
	if r.Message != nil || len(r.Body) == 0 || !strings.Contains(r.ContentType, "json") {
		return true
	}
	_, _, err := rawjson.Document(r.Body)
	return err == nil
}

// keptEntry is an entry without its value, and how long it may be used for either reason when it is stale.
type keptEntry struct {
	store.Entry

	revalidate, ifError time.Duration
}

// keeping is a reply that may be kept.
type keeping struct {
	cache *cache
	key   string
	entry keptEntry
	done  atomic.Bool
}

// Keep says that the reply was good: it has no error in it, and may be used again. Without that it is not. Several who have the reply
// may say so.
func (r *Reply) Keep() {
	k := r.keep
	if k == nil || k.done.Swap(true) {
		return
	}
	e := k.entry
	e.Value = appendFrame(nil, r, e.revalidate, e.ifError)
	k.cache.used.Store(true)
	k.cache.store.Set(k.key, e.Entry)
}
