package upstreams

import (
	"cmp"

	"manifold/schema"
)

// Policy wraps one concern around a call. It cares for what is inside it and knows nothing of who wraps it.
type Policy func(next Caller) Caller

// chain is all that happens to a call, read from the bottom (what the engine calls) to the top (what sends it).
func (s *Set) chain(upstream string, r schema.Resilience, leaf Caller) Caller {
	c := leaf
	c = timeout(cmp.Or(r.Timeout, s.network.options.Timeout))(c)
	c = bulkhead(upstream, cmp.Or(r.MaxConcurrent, s.network.options.MaxConcurrent))(c)
	if m := s.network.options.Meter; m != nil {
		c = metered(m.Upstream(upstream))(c)
	}
	return c
}
