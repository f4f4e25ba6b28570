package upstreams

import (
	"slices"
	"strings"
	"time"

	"manifold/internal/balance"
	"manifold/internal/breaker"
)

// Status is how an upstream stands, for people and for metrics.
type Status struct {
	Name     string
	Running  int             // calls
	Queued   int             // calls that wait for their turn
	Most     int             // that may run at once
	Breaker  *breaker.Status // nil: there is none
	Retries  float64         // that the budget has left; -1: none are made
	Panics   bool            // too few instances are able: all of them get calls
	Stale    string          // why the addresses of the instances may be old; "": they are not
	StaleFor time.Duration
	// Instances, if they are picked here; nil: there is one address, or the gRPC library picks.
	Instances []balance.Standing
}

// Status tells how all upstreams stand, by their names.
func (s *Set) Status() []Status {
	all := slices.Clone(s.sources)
	s.mu.RLock()
	for _, u := range s.absolute {
		all = append(all, u)
	}
	s.mu.RUnlock()
	out := make([]Status, 0, len(all))
	for _, u := range all {
		out = append(out, u.status())
	}
	slices.SortStableFunc(out, func(a, b Status) int { return strings.Compare(a.Name, b.Name) })
	return out
}

func (u *upstream) status() Status {
	st := Status{Name: u.source.name, Retries: -1}
	u.bulkhead.mu.Lock()
	st.Running, st.Queued, st.Most = u.bulkhead.running, len(u.bulkhead.queue), u.bulkhead.most
	u.bulkhead.mu.Unlock()
	if u.breaker != nil {
		b := u.breaker.Status()
		st.Breaker = &b
	}
	if u.budget != nil {
		st.Retries = u.budget.left()
	}
	if u.pool != nil {
		st.Instances, st.Panics = u.pool.group.Status()
		var since time.Time
		if st.Stale, since = u.pool.stale.reason(); st.Stale != "" {
			st.StaleFor = time.Since(since)
		}
	}
	return st
}
