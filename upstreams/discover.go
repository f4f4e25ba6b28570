package upstreams

import (
	"cmp"
	"context"
	"errors"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"manifold/internal/balance"
	"manifold/schema"
)

// Resolver asks name servers. *net.Resolver is one.
type Resolver interface {
	LookupHost(ctx context.Context, host string) (addresses []string, err error)
	LookupSRV(ctx context.Context, service, proto, name string) (cname string, records []*net.SRV, err error)
}

// The figures of discovery: how often a name is asked for, how long one question may take, and how soon it is asked again while
// nothing is known. The standard library does not tell how long an answer is valid, so that does not count.
const (
	resolveEvery   = 5 * time.Second
	resolveTimeout = 5 * time.Second
	resolveAgain   = 250 * time.Millisecond
)

// discovery keeps the addresses of a pool up to date, off the path of calls. When a name server fails, or knows no address any more,
// the last addresses stay: a name server that is down takes nobody with it.
type discovery struct {
	instances schema.Instances
	resolver  Resolver
	update    func([]balance.Spec)
	stale     *staleness
}

var errNoAddress = errors.New("the name has no address")

func (d *discovery) run(ctx context.Context) {
	var last []balance.Spec
	for {
		specs, err := d.resolve(ctx)
		if ctx.Err() != nil {
			return
		}
		if err == nil && len(specs) == 0 {
			err = errNoAddress
		}
		wait := cmp.Or(d.instances.Every, resolveEvery)
		switch {
		case err != nil:
			d.stale.set(err)
			if last == nil {
				wait = resolveAgain
			}
		case !slices.Equal(specs, last):
			last = specs
			d.update(specs)
			d.stale.set(nil)
		default:
			d.stale.set(nil)
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return
		}
	}
}

// resolve asks for the addresses, in an order that is always the same.
func (d *discovery) resolve(ctx context.Context) (specs []balance.Spec, err error) {
	ctx, cancel := context.WithTimeout(ctx, resolveTimeout)
	defer cancel()
	if d.instances.SRV != "" {
		return d.services(ctx)
	}
	name, port, err := net.SplitHostPort(d.instances.DNS)
	if err != nil {
		return nil, err
	}
	return d.addresses(ctx, name, port, 1)
}

// services asks for a service record and the addresses of its targets. Of several priorities the first that has addresses counts
// (RFC 2782).
func (d *discovery) services(ctx context.Context) ([]balance.Spec, error) {
	_, records, err := d.resolver.LookupSRV(ctx, "", "", d.instances.SRV)
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(records, func(a, b *net.SRV) int { return cmp.Compare(a.Priority, b.Priority) })
	var specs []balance.Spec
	var failed error
	for i, r := range records {
		if i > 0 && len(specs) > 0 && r.Priority != records[i-1].Priority {
			break
		}
		found, err := d.addresses(ctx, strings.TrimSuffix(r.Target, "."), strconv.Itoa(int(r.Port)), int(r.Weight))
		if err != nil {
			failed = err
			continue
		}
		specs = append(specs, found...)
	}
	if len(specs) > 0 {
		failed = nil
	}
	sortSpecs(specs)
	return specs, failed
}

func (d *discovery) addresses(ctx context.Context, name, port string, weight int) ([]balance.Spec, error) {
	hosts, err := d.resolver.LookupHost(ctx, name)
	if err != nil {
		return nil, err
	}
	var specs []balance.Spec
	for _, h := range hosts {
		specs = append(specs, balance.Spec{Address: net.JoinHostPort(h, port), Weight: weight})
	}
	sortSpecs(specs)
	return specs, nil
}

func sortSpecs(specs []balance.Spec) {
	slices.SortFunc(specs, func(a, b balance.Spec) int { return strings.Compare(a.Address, b.Address) })
}

// staleness says why the addresses may be old.
type staleness struct {
	mu    sync.Mutex
	err   error
	since time.Time
}

func (s *staleness) set(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil && s.err == nil {
		s.since = time.Now()
	}
	s.err = err
}

// reason says why the addresses may be old, and since when; "": they are new.
func (s *staleness) reason() (string, time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err == nil {
		return "", time.Time{}
	}
	return s.err.Error(), s.since
}
