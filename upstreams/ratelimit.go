package upstreams

import (
	"context"
	"time"

	"manifold/internal/fault"
	"manifold/internal/limit"
)

// throttled lets an upstream be called so often. A call waits for its turn for as long as it would in the queue of the bulkhead.
func throttled(upstream string, l *limit.Limiter) Policy {
	return func(next Caller) Caller { return &throttle{next: next, upstream: upstream, limiter: l} }
}

type throttle struct {
	next     Caller
	upstream string
	limiter  *limit.Limiter
}

func (t *throttle) Call(ctx context.Context, c *Call) (*Reply, error) {
	patience := queueTime
	if at, ok := ctx.Deadline(); ok {
		patience = min(patience, time.Until(at))
	}
	wait, ok := t.limiter.Take(patience)
	if !ok {
		return nil, &fault.Error{Code: fault.UpstreamRateLimited, Message: "The upstream is called as often as it may be.", Upstream: t.upstream}
	}
	if wait > 0 {
		turn := time.NewTimer(wait)
		defer turn.Stop()
		select {
		case <-turn.C:
		case <-ctx.Done():
			t.limiter.Return()
			return nil, callFault(ctx, t.upstream, 0, ctx.Err())
		}
	}
	return t.next.Call(ctx, c)
}
