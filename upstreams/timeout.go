package upstreams

import (
	"cmp"
	"context"
	"errors"
	"time"

	"manifold/internal/deadline"
	"manifold/internal/fault"
)

// The figures of deadlines (RELIABILITY C.3): what is left for the gateway's own answer when a request's time is nearly over, and
// the least time that a call is worth.
const (
	leastMargin = 20 * time.Millisecond
	marginPart  = 50 // of what is left: 2 %
	leastTime   = 10 * time.Millisecond
)

// timeout bounds one call, by what the call says or else by after, and by the deadline of its request: it ends a little before that,
// so that there is time to answer with what the others brought. What cannot be done in time is not begun.
func timeout(upstream string, after time.Duration) Policy {
	return func(next Caller) Caller { return &timed{next: next, upstream: upstream, after: after} }
}

type timed struct {
	next     Caller
	upstream string
	after    time.Duration
}

func (t *timed) Call(ctx context.Context, c *Call) (*Reply, error) {
	now := time.Now()
	end := now.Add(cmp.Or(c.Timeout, t.after))
	cut := false
	if last, ok := ctx.Deadline(); ok {
		left := last.Sub(now)
		if left < leastTime {
			return nil, t.late(ctx)
		}
		margin := min(max(leastMargin, left/marginPart), left/2)
		if at := last.Add(-margin); at.Before(end) {
			end, cut = at, true
		}
	}
	d := deadline.With(ctx, end)
	defer d.Stop()
	r, err := t.next.Call(d, c)
	if f, ok := errors.AsType[*fault.Error](err); cut && ok && f.Code == fault.UpstreamTimeout && over(d) != nil {
		f.Code, f.Message = fault.DeadlineExceeded, lateMessage
	}
	return r, err
}

const lateMessage = "The request's time was over before the upstream answered."

// late is the fault of a call that is not begun.
func (t *timed) late(ctx context.Context) error {
	if err := ctx.Err(); err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return callFault(ctx, t.upstream, 0, err)
	}
	return &fault.Error{Code: fault.DeadlineExceeded, Message: lateMessage, Upstream: t.upstream, Cause: context.DeadlineExceeded}
}
