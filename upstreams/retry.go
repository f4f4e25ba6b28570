package upstreams

import (
	"cmp"
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"strconv"
	"sync"
	"time"

	"manifold/internal/fault"
	"manifold/schema"
)

// The figures of retries (RELIABILITY C.4).
const (
	firstBackoff   = 25 * time.Millisecond
	longestBackoff = 250 * time.Millisecond
	fullBudget     = 100 // retries that may be made before the first success pays for more
	defaultBudget  = 0.1 // what a success pays
	leastAttempt   = 10 * time.Millisecond
)

// retrying makes idempotent calls again that failed for a reason that may pass: after a moment that is random, so that many do not
// come back at once, and not more often than a budget allows, so that a service that is down gets no more calls than one that is up.
func retrying(r *schema.Retry, b *budget, g Gauge) Policy {
	on := r.On
	if on == nil {
		on = []string{"connect", "502", "503", "504"}
	}
	return func(next Caller) Caller {
		return &retrier{
			next: next, gauge: g, attempts: r.Attempts, backoff: cmp.Or(r.Backoff, firstBackoff), on: causesOf(on), budget: b,
		}
	}
}

type retrier struct {
	next     Caller
	gauge    Gauge // nil: nobody counts
	attempts int   // in all, the first included
	backoff  time.Duration
	on       causes
	budget   *budget
}

func (t *retrier) Call(ctx context.Context, c *Call) (*Reply, error) {
	attempts, backoff, on := t.attempts, t.backoff, t.on
	if own := c.Again; own != nil {
		attempts, backoff = cmp.Or(own.Attempts, attempts), cmp.Or(own.Backoff, backoff)
		if own.On != nil {
			on = causesOf(own.On)
		}
	}
	for n := 1; ; n++ {
		r, err := t.next.Call(ctx, c)
		if !c.Idempotent || !on.has(r, err) {
			if err == nil && r.Status < 500 {
				t.budget.pay()
			}
			return r, err
		}
		wait, ok := pause(ctx, backoff, n, r)
		if n == attempts || !ok || !c.mayRetry() || !t.budget.take(err) {
			return r, err
		}
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return r, err
		}
		if t.gauge != nil {
			t.gauge.Retried()
		}
		if r != nil {
			r.Release()
		}
	}
}

// mayRetry takes one of the retries that the operation has left.
func (c *Call) mayRetry() bool { return c.Retries == nil || c.Retries.Add(-1) >= 0 }

// pause is how long to wait before another attempt; not ok if there is no time for it. What the service asks for (Retry-After,
// RFC 9110, 10.2.3) counts more than our own guess; 429 without it is not asked again.
func pause(ctx context.Context, backoff time.Duration, n int, r *Reply) (wait time.Duration, ok bool) {
	wait = rand.N(min(backoff<<(n-1), longestBackoff)) + 1
	if r != nil && (r.Status == http.StatusTooManyRequests || r.Status == http.StatusServiceUnavailable) {
		switch asked, given := retryAfter(r); {
		case given:
			wait = max(wait, asked)
		case r.Status == http.StatusTooManyRequests:
			return 0, false
		}
	}
	end, limited := ctx.Deadline()
	return wait, wait <= longestPause && (!limited || time.Until(end) > wait+leastAttempt)
}

// longestPause is what a client is made to wait at most because a service says Retry-After.
const longestPause = 2 * time.Second

func retryAfter(r *Reply) (time.Duration, bool) {
	value := ""
	if all := r.Header("Retry-After"); len(all) > 0 {
		value = all[0]
	}
	if value == "" {
		return 0, false
	}
	if n, err := strconv.Atoi(value); err == nil {
		return time.Duration(max(n, 0)) * time.Second, true
	}
	if at, err := http.ParseTime(value); err == nil {
		return max(time.Until(at), 0), true
	}
	return 0, false
}

// budget is a bucket of tokens: a retry takes one, two after a timeout, which costs the service more; a success pays a part of one.
type budget struct {
	mu     sync.Mutex
	tokens float64
	pays   float64
	most   float64
}

// retryBudget returns the full bucket of a source.
func retryBudget(r *schema.Retry) *budget {
	return &budget{tokens: fullBudget, most: fullBudget, pays: cmp.Or(r.Budget, defaultBudget)}
}

func (b *budget) take(err error) bool {
	cost := 1.0
	if f, ok := errors.AsType[*fault.Error](err); ok && f.Code == fault.UpstreamTimeout {
		cost = 2
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.tokens < cost {
		return false
	}
	b.tokens -= cost
	return true
}

func (b *budget) pay() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.tokens = min(b.tokens+b.pays, b.most)
}

// left is how many retries may be made now.
func (b *budget) left() float64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.tokens
}
