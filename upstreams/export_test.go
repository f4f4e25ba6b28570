package upstreams

import (
	"maps"
	"slices"
)

// Hosts returns the addresses whose connections are kept, in order.
func Hosts(s *Set) []string {
	s.network.mu.Lock()
	defer s.network.mu.Unlock()
	return slices.Sorted(maps.Keys(s.network.hosts))
}

// OpenConns returns how many connections the host of a plain source counts as open.
func OpenConns(s *Set, source int) int {
	h := s.sources[source].bulkhead.next.(*timed).next.(*plain).host
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.open
}
