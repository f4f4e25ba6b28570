package upstreams

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"strings"
	"sync"
	"time"

	"manifold/internal/balance"
	"manifold/internal/breaker"
	"manifold/internal/fault"
	"manifold/schema"
)

// pool are the instances of one upstream: where they are, how they are, and which one gets a call. It lives as long as any generation
// uses the upstream, and stops its goroutines when it is closed.
type pool struct {
	upstream string
	group    *balance.Group[Caller]
	by       schema.Balance
	header   string // for ByHeader
	judge    judge
	timeout  time.Duration

	known    chan struct{} // closed when the addresses are known for the first time
	once     sync.Once
	stale    staleness
	stop     context.CancelFunc
	finished sync.WaitGroup
}

// poolOf describes the pool of a source.
type poolOf struct {
	upstream  string
	instances schema.Instances
	judge     judge
	timeout   time.Duration
	open      func(address string) Caller // of one instance
	closed    func(Caller)
	resolver  Resolver
	probe     func(context.Context, Caller) error // asks an instance whether it is well
}

// inPool reports whether a source has a pool: it has several addresses, or one whose health is asked for.
func inPool(src *schema.Source) bool { return src.Instances.Several() || src.Instances.Health.Active }

// poolOf completes what a pool of a source needs; alone is its address, if it has no other.
func (n *network) poolOf(src *schema.Source, alone string, p poolOf) poolOf {
	p.upstream, p.instances, p.resolver = src.Name, src.Instances, n.options.Resolver
	p.timeout = cmp.Or(src.Resilience.Timeout, n.options.Timeout)
	p.judge = newJudge(src.Resilience.Breaker.On, p.timeout)
	p.closed = n.closeLeaf
	if p.resolver == nil {
		p.resolver = net.DefaultResolver
	}
	if !p.instances.Several() {
		p.instances.List = []schema.Instance{{Address: alone}}
	}
	return p
}

// openPool gives the upstream its pool.
func (u *upstream) openPool(n *network, p poolOf) {
	u.pool = newPool(p)
	u.released = append(u.released, func() {
		u.pool.close()
		for _, m := range u.pool.group.Members() {
			n.closeLeaf(m.Value)
		}
	})
}

// newPool opens a pool and starts what keeps it up to date.
func newPool(p poolOf) *pool {
	by := map[schema.Balance]balance.By{schema.ByLoad: balance.LeastLoaded, schema.ByTurn: balance.RoundRobin, schema.ByURL: balance.Hash, schema.ByHeader: balance.Hash}
	ctx, stop := context.WithCancel(context.Background())
	o := &pool{
		upstream: p.upstream, by: p.instances.By, header: p.instances.Header, judge: p.judge, timeout: p.timeout,
		group: balance.New[Caller](balance.Options{By: by[p.instances.By], Now: time.Now, Random: rand.Uint64N}),
		known: make(chan struct{}), stop: stop,
	}
	update := func(specs []balance.Spec) {
		o.group.Update(specs, func(s balance.Spec) Caller { return p.open(s.Address) }, p.closed)
		o.once.Do(func() { close(o.known) })
	}
	if len(p.instances.List) > 0 {
		var specs []balance.Spec
		for _, i := range p.instances.List {
			specs = append(specs, balance.Spec{Address: i.Address, Weight: i.Weight})
		}
		update(specs)
	} else {
		d := &discovery{instances: p.instances, resolver: p.resolver, update: update, stale: &o.stale}
		o.finished.Go(func() { d.run(ctx) })
	}
	if p.instances.Health.Active {
		h := &checker{group: o.group, health: p.instances.Health, probe: p.probe}
		o.finished.Go(func() { h.run(ctx) })
	}
	return o
}

// close ends the goroutines of the pool. Calls still work.
func (o *pool) close() {
	o.stop()
	o.finished.Wait()
}

// Call picks an instance and calls it. What comes of that counts for it.
func (o *pool) Call(ctx context.Context, c *Call) (*Reply, error) {
	m, err := o.pick(ctx, c)
	if err != nil {
		return nil, err
	}
	result := balance.Neutral // of a panic
	defer func() { o.group.Done(m, result) }()
	began := time.Now()
	const nearly = 10 // the time was set a moment ago, by the policy around
	cut := hasLess(ctx, began, cmp.Or(c.Timeout, o.timeout)*(nearly-1)/nearly)
	r, err := m.Value.Call(ctx, c)
	switch o.judge.result(r, err, time.Since(began), cut) {
	case breaker.Failure:
		result = balance.Failure
	case breaker.Success, breaker.Slow, breaker.Alive:
		result = balance.Success
	default:
	}
	return r, err
}

var errNoInstance = errors.New("no instance is known")

// pick returns who gets the call. Before the addresses are known for the first time it waits.
func (o *pool) pick(ctx context.Context, c *Call) (*balance.Member[Caller], error) {
	select {
	case <-o.known:
	default:
		select {
		case <-o.known:
		case <-ctx.Done():
			return nil, &fault.Error{Code: fault.UpstreamUnavailable, Message: "The upstream is not available.", Upstream: o.upstream, Cause: fmt.Errorf("its addresses are not known yet: %w", ctx.Err())}
		}
	}
	avoid := c.last
	if c.rival != nil {
		if other := c.rival.Load(); other != nil {
			avoid = other
		}
	}
	m := o.group.Pick(avoid, o.key(c))
	if m == nil {
		return nil, &fault.Error{Code: fault.UpstreamUnavailable, Message: "The upstream is not available.", Upstream: o.upstream, Cause: errNoInstance}
	}
	c.last = m
	if c.rival != nil {
		c.rival.Store(m)
	}
	return m, nil
}

// key is what a call is balanced by, if it is by a key.
func (o *pool) key(c *Call) uint64 {
	switch o.by {
	case schema.ByURL:
		if c.RPC != nil {
			return balance.Key(c.Body)
		}
		return balance.Key(c.URL)
	case schema.ByHeader:
		for i := range c.Headers {
			if strings.EqualFold(c.Headers[i].Name, o.header) {
				return balance.Key([]byte(c.Headers[i].Value))
			}
		}
	default:
	}
	return rand.Uint64()
}

// dial connects to an instance, for what is streamed: a connection at a time is balanced, not a request.
func (o *pool) dial(d *net.Dialer) func(ctx context.Context, network, address string) (net.Conn, error) {
	return func(ctx context.Context, network, _ string) (net.Conn, error) {
		c := &Call{}
		m, err := o.pick(ctx, c)
		if err != nil {
			return nil, err
		}
		conn, err := d.DialContext(ctx, network, m.Address)
		result := balance.Neutral
		if err != nil && ctx.Err() == nil {
			result = balance.Failure
		}
		o.group.Done(m, result)
		return conn, err
	}
}
