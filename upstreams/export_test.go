package upstreams

// OpenConns returns how many connections the host of a plain source counts as open.
func OpenConns(s *Set, source int) int {
	h := s.sources[source].bulkhead.next.(*timed).next.(*plain).host
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.open
}
