package upstreams

import (
	"cmp"
	"math/rand/v2"
	"time"

	"manifold/internal/breaker"
	"manifold/internal/limit"
	"manifold/schema"
)

// Policy wraps one concern around a call. It cares for what is inside it and knows nothing of who wraps it.
type Policy func(next Caller) Caller

// chain is all that happens to a call, read from the bottom (what the engine calls) to the top (what sends it). What the policies have
// to remember is kept in u.
func (u *upstream) chain(r schema.Resilience, o *Options, leaf Caller) Caller {
	g, name := u.gauge, u.source.name
	most := cmp.Or(r.Timeout, o.Timeout)
	c := leaf
	if o.Faults {
		c = injecting(name)(c)
	}
	if u.tokens != nil {
		c = authorizing(name, u.tokens)(c)
	}
	c = timeout(name, most)(c)
	u.bulkhead = &compartment{next: c, upstream: name, most: cmp.Or(r.MaxConcurrent, o.MaxConcurrent)}
	c = u.bulkhead
	if l := r.RateLimit; l != nil {
		c = throttled(name, limit.New(l.Rate, l.Per, l.Burst, time.Now))(c)
	}
	if !r.Breaker.Off {
		u.breaker = breaker.New(breakerSettings(r.Breaker, most), time.Now, rand.Float64, nil)
		c = breaking(name, u.breaker, newJudge(r.Breaker.On, most))(c)
	}
	if r.Hedge > 0 || r.Hedged {
		c = hedging(r.Hedge, g)(c)
	}
	if r.Retry != nil {
		u.budget = retryBudget(r.Retry)
		c = retrying(r.Retry, u.budget, g)(c)
	}
	if g != nil {
		c = metered(g)(c)
	}
	if o.Store != nil {
		c = caching(u.source, o.Store, most, g)(c)
	}
	if !o.Alone {
		c = coalescing(o.Store, g)(c)
	}
	if u.signer != nil {
		c = identifying(name, u.signer, u.source.identity)(c)
	}
	return c
}
