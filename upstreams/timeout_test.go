package upstreams

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"manifold/internal/fault"
)

// inner is a Caller that only shows what context it is given.
type inner func(ctx context.Context) error

func (f inner) Call(ctx context.Context, _ *Call) (*Reply, error) { return nil, f(ctx) }

func TestTimeoutIsAContextLikeAnyOther(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		var late context.Context
		_, err := timeout("api", 3*time.Second)(inner(func(ctx context.Context) error {
			late = ctx
			if at, ok := ctx.Deadline(); !ok || at.Sub(start) != 3*time.Second {
				t.Errorf("deadline %v", at)
			}
			if ctx.Err() != nil {
				t.Error(ctx.Err())
			}
			child, cancel := context.WithTimeout(ctx, time.Hour) // waits on Done of its parent
			defer cancel()
			<-child.Done()
			<-ctx.Done()
			return errors.Join(ctx.Err(), child.Err())
		})).Call(t.Context(), &Call{})
		if !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != 3*time.Second {
			t.Errorf("%v after %v", err, time.Since(start))
		}
		<-late.Done()
	})
}

// Whoever still waits on the context after the call finds it over, with a reason.
func TestTimeoutIsOverWithTheCall(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var child context.Context
		cancel := func() {}
		timeout("api", time.Second)(inner(func(ctx context.Context) error {
			child, cancel = context.WithCancel(ctx)
			return nil
		})).Call(t.Context(), &Call{})
		defer cancel()
		<-child.Done()
		if !errors.Is(child.Err(), context.Canceled) {
			t.Errorf("got %v", child.Err())
		}
	})
}

func TestTimeoutWithoutWaiting(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		timeout("api", time.Second)(inner(func(ctx context.Context) error {
			time.Sleep(time.Second)
			if ctx.Err() != context.DeadlineExceeded {
				t.Errorf("got %v after the deadline", ctx.Err())
			}
			return nil
		})).Call(t.Context(), &Call{})
	})
}

func TestTimeoutHeedsItsParent(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		parent, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		start := time.Now()
		timeout("api", time.Hour)(inner(func(ctx context.Context) error {
			<-ctx.Done()
			if !errors.Is(ctx.Err(), context.Canceled) || time.Since(start) != time.Second {
				t.Errorf("%v after %v", ctx.Err(), time.Since(start))
			}
			return nil
		})).Call(parent, &Call{})

		short, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		timeout("api", time.Hour)(inner(func(ctx context.Context) error {
			at, _ := ctx.Deadline()
			if end, _ := short.Deadline(); end.Sub(at) != 1200*time.Millisecond {
				t.Errorf("the call ends %v before its request, want 2 %% of what was left", end.Sub(at))
			}
			return nil
		})).Call(short, &Call{})
	})
}

// What remains of a request bounds its calls, and what cannot be done in it is not begun.
func TestTimeoutOfARequest(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		left, want time.Duration // of the request, and until the call is given up
		code       fault.Code
	}{
		"much time":          {10 * time.Second, time.Second, fault.UpstreamTimeout},
		"less than the call": {time.Second, 980 * time.Millisecond, fault.DeadlineExceeded},
		"little":             {100 * time.Millisecond, 80 * time.Millisecond, fault.DeadlineExceeded},
		"hardly any":         {30 * time.Millisecond, 15 * time.Millisecond, fault.DeadlineExceeded},
		"too little":         {9 * time.Millisecond, 0, fault.DeadlineExceeded},
		"none":               {-time.Second, 0, fault.DeadlineExceeded},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), c.left)
				defer cancel()
				begun, start := false, time.Now()
				_, err := timeout("api", time.Second)(callerFunc(func(ctx context.Context, _ *Call) (*Reply, error) {
					begun = true
					<-ctx.Done()
					return nil, callFault(ctx, "api", 0, ctx.Err())
				})).Call(ctx, &Call{})
				f, ok := errors.AsType[*fault.Error](err)
				if !ok || f.Code != c.code || f.Upstream != "api" || !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("%v, want %s", err, c.code)
				}
				if took := time.Since(start); took != c.want || begun != (c.want > 0) {
					t.Errorf("begun %t, ended after %v; want %v", begun, took, c.want)
				}
			})
		})
	}
}
