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
	callers []Caller  // by index of the source
	streams []*stream // likewise; nil for those that do not speak HTTP

	mu       sync.RWMutex
	absolute map[string]Caller // for connectors without a source, by origin as written
	keys     []string          // hosts acquired
	closed   bool
}

// Open makes ready to call sources. It connects to nothing: that is done by the first call.
//
// prev is the Set in use so far, or nil. Where a source's address is also one of prev's and the options are the same,
// connections are shared: closing prev afterwards leaves them open. The error names every source whose address cannot
// be used; the Set is then nil, and prev as it was.
func Open(sources []*schema.Source, o Options, prev *Set) (*Set, error) {
	o = o.withDefaults()
	origins := make([]*origin, len(sources))
	var errs []error
	for i, src := range sources {
		if src.Function != nil { // it is in this program
			continue
		}
		if src.GRPC != nil {
			if _, _, err := grpcAddress(src.GRPC.Target); err != nil {
				errs = append(errs, fmt.Errorf("source %s: %w", src.Name, err))
			}
			continue
		}
		var err error
		if origins[i], err = parseOrigin(src.BaseURL); err != nil {
			errs = append(errs, fmt.Errorf("source %s: %w", src.Name, err))
		}
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	s := &Set{absolute: make(map[string]Caller)}
	if prev != nil && prev.network.options == o {
		s.network = prev.network
	} else {
		s.network = newNetwork(o)
	}
	s.network.join()
	s.streams = make([]*stream, len(sources))
	for i, src := range sources {
		if origins[i] != nil {
			s.streams[i] = &stream{upstream: src.Name, origin: origins[i], transport: s.network.streams, options: &s.network.options}
		}
		if src.Function != nil {
			s.callers = append(s.callers, s.chain(src.Name, src.Resilience, NewFunction(src.Function, o)))
			continue
		}
		if src.GRPC == nil {
			s.callers = append(s.callers, s.chain(src.Name, src.Resilience, s.leaf(src.Name, origins[i], src.Resilience.MaxConcurrent)))
			continue
		}
		g, key, err := s.network.acquireGRPC(src.Name, GRPCTarget{Target: src.GRPC.Target, TLS: src.GRPC.TLS})
		if err != nil {
			s.Close()
			return nil, fmt.Errorf("source %s: %w", src.Name, err)
		}
		s.keys = append(s.keys, key)
		s.callers = append(s.callers, s.chain(src.Name, src.Resilience, g))
	}
	return s, nil
}

// leaf returns what sends calls to an origin, so many of them at once at least.
func (s *Set) leaf(upstream string, o *origin, atOnce int) Caller {
	n := s.network
	if o.secure {
		return &secure{upstream: upstream, origin: o, transport: n.secure, memory: n.memory, options: &n.options}
	}
	s.keys = append(s.keys, o.key())
	h := n.acquire(o)
	h.allow(atOnce)
	return &plain{
		upstream: upstream, origin: o, common: commonHead(o),
		host: h, memory: n.memory, options: &n.options,
	}
}

// Caller returns what calls the source with index i. The URL of every call must begin with the scheme, host and port
// of the source's BaseURL as written there; else the call is refused with BAD_USER_INPUT and nothing is sent.
func (s *Set) Caller(i int) Caller { return s.callers[i] }

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
	return next.Call(ctx, c)
}

// connect returns the caller of an origin, made if it is new.
func (s *Set) connect(text string) (Caller, error) {
	o, err := parseOrigin(text)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.absolute[text]
	if c == nil {
		c = s.chain("", schema.Resilience{}, s.leaf("", o, 0))
		s.absolute[text] = c
		if s.closed && !o.secure {
			s.network.release(o.key()) // nobody will do it later
		}
	}
	return c, nil
}
