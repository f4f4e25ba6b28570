package upstreams

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// inner is a Caller that only shows what context it is given.
type inner func(ctx context.Context) error

func (f inner) Call(ctx context.Context, _ *Call) (*Reply, error) { return nil, f(ctx) }

func TestTimeoutIsAContextLikeAnyOther(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		var late context.Context
		_, err := timeout(3*time.Second)(inner(func(ctx context.Context) error {
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
		timeout(time.Second)(inner(func(ctx context.Context) error {
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
		timeout(time.Second)(inner(func(ctx context.Context) error {
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
		timeout(time.Hour)(inner(func(ctx context.Context) error {
			<-ctx.Done()
			if !errors.Is(ctx.Err(), context.Canceled) || time.Since(start) != time.Second {
				t.Errorf("%v after %v", ctx.Err(), time.Since(start))
			}
			return nil
		})).Call(parent, &Call{})

		short, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		timeout(time.Hour)(inner(func(ctx context.Context) error {
			if ctx != short {
				t.Error("an earlier deadline was replaced")
			}
			return nil
		})).Call(short, &Call{})
	})
}
