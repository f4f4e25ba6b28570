package upstreams

// Policy wraps one concern around a call. It cares for what is inside it and knows nothing of who wraps it.
type Policy func(next Caller) Caller

// chain is all that happens to a call, read from the bottom (what the engine calls) to the top (what sends it).
func (s *Set) chain(leaf Caller) Caller {
	c := leaf
	c = timeout(s.network.options.Timeout)(c)
	return c
}
