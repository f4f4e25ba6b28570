package upstreams

import (
	"cmp"

	"manifold/schema"
)

// Policy wraps one concern around a call. It cares for what is inside it and knows nothing of who wraps it.
type Policy func(next Caller) Caller

// chain is all that happens to a call, read from the bottom (what the engine calls) to the top (what sends it).
func (s *Set) chain(upstream string, r schema.Resilience, leaf Caller) Caller {
	o := &s.network.options
	var g Gauge
	if o.Meter != nil {
		g = o.Meter.Upstream(upstream)
	}
	c := leaf
	c = timeout(cmp.Or(r.Timeout, o.Timeout))(c)
	c = bulkhead(upstream, cmp.Or(r.MaxConcurrent, o.MaxConcurrent))(c)
	if r.Retry != nil {
		c = retrying(r.Retry, g)(c)
	}
	if g != nil {
		c = metered(g)(c)
	}
	return c
}
