package upstreams

import (
	"cmp"
	"context"
	"time"

	"manifold/internal/breaker"
	"manifold/internal/fault"
	"manifold/schema"
)

// breaking refuses calls of an upstream for a while when most of them fail: who asks is told at once, and the upstream is spared.
func breaking(upstream string, b *breaker.Breaker, j judge) Policy {
	return func(next Caller) Caller {
		return &protected{next: next, upstream: upstream, breaker: b, judge: j}
	}
}

// breakerSettings are the figures of a source, over the defaults. A probe may take as long as a call may.
func breakerSettings(b schema.Breaker, timeout time.Duration) breaker.Settings {
	s := breaker.Defaults()
	s.FailureRatio = cmp.Or(b.FailureRatio, s.FailureRatio)
	s.MinRequests = cmp.Or(b.MinRequests, s.MinRequests)
	s.OpenFor = cmp.Or(b.OpenFor, s.OpenFor)
	s.SlowRatio = max(s.SlowRatio, s.FailureRatio)
	s.Lease = max(s.Lease, timeout)
	return s
}

type protected struct {
	next     Caller
	upstream string
	breaker  *breaker.Breaker
	judge    judge
}

func (p *protected) Call(ctx context.Context, c *Call) (*Reply, error) {
	permit, _, ok := p.breaker.Allow()
	if !ok {
		return nil, &fault.Error{Code: fault.CircuitOpen, Message: "The upstream fails too often to be called.", Upstream: p.upstream}
	}
	result := breaker.Neutral // of a panic
	defer func() { p.breaker.Done(permit, result) }()
	began := time.Now()
	r, err := p.next.Call(ctx, c)
	result = p.judge.result(r, err, time.Since(began), false)
	return r, err
}
