package upstreams

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"manifold/schema"
)

// Set is what calls the sources of one generation. It is safe for concurrent use.
type Set struct {
	network *network
	sources []*upstream // by index of the source

	mu       sync.RWMutex
	absolute map[string]*upstream // for connectors without a source, by origin as written
	keys     []string             // of what was acquired
	closed   bool
}

// Open makes ready to call sources. It connects to nothing: that is done by the first call, by health checks where they are asked for,
// and names of instances are resolved.
//
// prev is the Set in use so far, or nil. Where a source is declared as in prev and the options are the same, all is shared that
// outlives a call: connections, breakers, budgets, what is known of instances. Closing prev afterwards leaves that open. The error
// names every source whose address cannot be used; the Set is then nil, and prev as it was.
func Open(sources []*schema.Source, o Options, prev *Set) (*Set, error) {
	o = o.withDefaults()
	s := &Set{absolute: make(map[string]*upstream)}
	if prev != nil && prev.network.options == o {
		s.network = prev.network
	} else {
		s.network = newNetwork(o)
	}
	s.network.join()
	var errs []error
	for _, src := range sources {
		u, key, err := s.network.acquireUpstream(src)
		if err != nil {
			errs = append(errs, fmt.Errorf("source %s: %w", src.Name, err))
			continue
		}
		s.sources = append(s.sources, u)
		s.keys = append(s.keys, key)
	}
	if len(errs) > 0 {
		s.Close()
		return nil, errors.Join(errs...)
	}
	return s, nil
}

// Caller returns what calls the source with index i. The URL of every call must begin with the scheme, host and port
// of the source's BaseURL as written there; else the call is refused with BAD_USER_INPUT and nothing is sent.
func (s *Set) Caller(i int) Caller { return s.sources[i].caller }

// Absolute returns what calls any http or https address, for connectors that have no source. The connections to an
// address are kept like those of a source, until Close. It is meant for the few hosts that gateway.graphql names.
func (s *Set) Absolute() Caller { return (*anywhere)(s) }

// Close gives up the connections, but for those that a later Set shares. Calls in flight go on to their end; later ones
// still work, on a connection of their own each (an https one stays for IdleTimeout). Closing twice is the same as once.
func (s *Set) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return
	}
	s.closed = true
	for _, key := range s.keys {
		s.network.release(key)
	}
	s.network.leave()
}

// anywhere is a Set as the Caller of absolute addresses.
type anywhere Set

func (a *anywhere) Call(ctx context.Context, c *Call) (*Reply, error) {
	s := (*Set)(a)
	text := originOf(c.URL)
	s.mu.RLock()
	next := s.absolute[string(text)]
	s.mu.RUnlock()
	if next == nil {
		var err error
		if next, err = s.connect(string(text)); err != nil {
			return nil, badCall("", "The call's URL is not valid.", err)
		}
	}
	return next.caller.Call(ctx, c)
}

// connect returns the caller of an origin, made if it is new.
func (s *Set) connect(text string) (*upstream, error) {
	if _, err := parseOrigin(text); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.absolute[text]
	if u != nil {
		return u, nil
	}
	u, key, err := s.network.acquireUpstream(&schema.Source{BaseURL: text, Resilience: schema.Resilience{Retry: &schema.Retry{Attempts: 1}, Hedged: true}})
	if err != nil {
		return nil, err
	}
	s.absolute[text] = u
	if s.closed {
		s.network.release(key) // nobody will do it later
	} else {
		s.keys = append(s.keys, key)
	}
	return u, nil
}
