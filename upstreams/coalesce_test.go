package upstreams

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"manifold/internal/fault"
)

// slowly is an upstream behind its timeout that answers after a second, and counts its calls.
func slowly(calls *int, mu *sync.Mutex) Caller {
	return timeout("api", 3*time.Second)(callerFunc(func(ctx context.Context, _ *Call) (*Reply, error) {
		mu.Lock()
		*calls++
		mu.Unlock()
		select {
		case <-time.After(time.Second):
			return &Reply{Status: 200}, nil
		case <-ctx.Done():
			return nil, callFault(ctx, "api", 0, ctx.Err())
		}
	}))
}

// K3: that the time of one client is over says nothing to another, who asked for the same and has more.
func TestNobodySharesAnothersDeadline(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var calls int
		var mu sync.Mutex
		c := coalescing(nil, nil)(slowly(&calls, &mu))
		ask := func(within time.Duration) error {
			ctx, cancel := context.WithTimeout(t.Context(), within)
			defer cancel()
			_, err := c.Call(ctx, &Call{Method: "GET", URL: []byte("http://api/"), Idempotent: true})
			return err
		}
		var both sync.WaitGroup
		both.Go(func() {
			if f, ok := errors.AsType[*fault.Error](ask(200 * time.Millisecond)); !ok || f.Code != fault.DeadlineExceeded {
				t.Errorf("who has 200 ms got %v", f)
			}
		})
		synctest.Wait()
		both.Go(func() {
			if err := ask(10 * time.Second); err != nil {
				t.Errorf("who has 10 s got %v", err)
			}
		})
		both.Wait()
		if calls != 2 {
			t.Errorf("%d calls", calls)
		}
	})
}

// A connector may allow its calls more time than its source does; one that allows less is another call.
func TestCoalescingHeedsTimeouts(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := coalescing(nil, nil)(timeout("api", 10*time.Millisecond)(callerFunc(func(ctx context.Context, _ *Call) (*Reply, error) {
			select {
			case <-time.After(time.Minute):
				return &Reply{Status: 200}, nil
			case <-ctx.Done():
				return nil, callFault(ctx, "api", 0, ctx.Err())
			}
		})))
		ask := func(within time.Duration) error {
			_, err := c.Call(t.Context(), &Call{Method: "GET", URL: []byte("http://api/"), Idempotent: true, Timeout: within})
			return err
		}
		var both sync.WaitGroup
		both.Go(func() {
			if ask(0) == nil {
				t.Error("the source's own time did not count")
			}
		})
		synctest.Wait()
		both.Go(func() {
			if err := ask(2 * time.Minute); err != nil {
				t.Errorf("a connector that allows two minutes got %v", err)
			}
		})
		both.Wait()
	})
}

// Replies that several have are released by the last of them.
func TestSharedRepliesAreReleasedOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := new(memory)
		c := coalescing(nil, nil)(callerFunc(func(context.Context, *Call) (*Reply, error) {
			time.Sleep(time.Second)
			r := m.reply()
			r.Status, r.raw = 200, m.block(minBlock)
			r.raw.b = append(r.raw.b[:0], "shared"...)
			r.Body = r.raw.b
			return r, nil
		}))
		var all sync.WaitGroup
		for n := range 5 {
			all.Go(func() {
				r, err := c.Call(t.Context(), &Call{Method: "GET", URL: []byte("http://api/"), Idempotent: true})
				if err != nil {
					t.Error(err)
					return
				}
				time.Sleep(time.Duration(n) * time.Second)
				if string(r.Body) != "shared" {
					t.Errorf("released while somebody reads it: %q", r.Body)
				}
				r.Release()
			})
		}
		all.Wait()
	})
}
