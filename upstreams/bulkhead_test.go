package upstreams

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"manifold/internal/fault"
)

type callerFunc func(ctx context.Context, c *Call) (*Reply, error)

func (f callerFunc) Call(ctx context.Context, c *Call) (*Reply, error) { return f(ctx, c) }

// slow takes so long for each call, and notes how many run at once.
type slow struct {
	takes time.Duration

	mu            sync.Mutex
	running, most int
	order         []string
}

func (s *slow) Call(ctx context.Context, c *Call) (*Reply, error) {
	s.mu.Lock()
	s.running++
	s.most = max(s.most, s.running)
	s.order = append(s.order, c.Method)
	s.mu.Unlock()
	time.Sleep(s.takes)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.running--
	return &Reply{Status: 200}, ctx.Err()
}

// outcomes makes calls a millisecond after each other, and returns what became of each: "" is good.
func outcomes(b Caller, n int) []string {
	out := make([]string, n)
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			_, err := b.Call(context.Background(), &Call{Method: string(rune('a' + i))})
			if f, ok := errors.AsType[*fault.Error](err); ok {
				out[i] = string(f.Code)
			}
		})
		synctest.Wait()
		time.Sleep(time.Millisecond)
	}
	all.Wait()
	return out
}

func TestBulkhead(t *testing.T) {
	t.Parallel()
	const full = "UPSTREAM_OVERLOADED"
	for name, c := range map[string]struct {
		most  int
		takes time.Duration
		calls int
		want  []string
		order string // in which they were sent
	}{
		"room for all":                          {4, 20 * time.Millisecond, 4, []string{"", "", "", ""}, "abcd"},
		"a queue as long":                       {2, 20 * time.Millisecond, 5, []string{"", "", "", "", full}, "abdc"}, // at most half full is first come, first served
		"who waits too long":                    {2, 80 * time.Millisecond, 4, []string{"", "", full, full}, "ab"},
		"one at a time":                         {1, 20 * time.Millisecond, 3, []string{"", "", full}, "ab"},
		"the last first, if many wait":          {4, 20 * time.Millisecond, 8, []string{"", "", "", "", "", "", "", ""}, "abcdhgef"},
		"half full: the first first":            {4, 20 * time.Millisecond, 6, []string{"", "", "", "", "", ""}, "abcdef"},
		"those who wait too long are out of it": {1, 60 * time.Millisecond, 2, []string{"", full}, "a"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := &slow{takes: c.takes}
				b := bulkhead("api", c.most)(s)
				if have := outcomes(b, c.calls); !slices.Equal(have, c.want) {
					t.Errorf("%q, want %q", have, c.want)
				}
				order := ""
				for _, o := range s.order {
					order += o
				}
				if order != c.order || s.most > c.most {
					t.Errorf("sent in the order %s, want %s; %d at once", order, c.order, s.most)
				}
				if in := b.(*compartment); in.running != 0 || len(in.queue) != 0 {
					t.Errorf("%d run and %d wait at the end", in.running, len(in.queue))
				}
			})
		})
	}
}

// A client that goes while it waits leaves its place; one whose turn comes at that moment passes it on.
func TestBulkheadOfCallersThatGo(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &slow{takes: 10 * time.Millisecond}
		b := bulkhead("api", 2)(s)
		var all sync.WaitGroup
		for i := range 200 {
			ctx, cancel := context.WithTimeout(t.Context(), time.Duration(i%12)*time.Millisecond)
			defer cancel()
			all.Go(func() {
				_, err := b.Call(ctx, &Call{Method: "GET"})
				if f, ok := errors.AsType[*fault.Error](err); err != nil && (!ok && !errors.Is(err, context.DeadlineExceeded) ||
					ok && f.Code != fault.UpstreamTimeout && f.Code != fault.UpstreamOverloaded) {
					t.Errorf("%v", err)
				}
			})
			time.Sleep(time.Millisecond)
		}
		all.Wait()
		if in := b.(*compartment); in.running != 0 || len(in.queue) != 0 || s.most > 2 {
			t.Errorf("%d run and %d wait at the end; %d at once", in.running, len(in.queue), s.most)
		}
	})
}

// A panic in a caller gives its place back.
func TestBulkheadOfAPanic(t *testing.T) {
	t.Parallel()
	b := bulkhead("api", 1)(callerFunc(func(context.Context, *Call) (*Reply, error) { panic("a bug") }))
	for range 3 {
		func() {
			defer func() {
				if recover() != "a bug" {
					t.Error("another panic, or none")
				}
			}()
			_, _ = b.Call(t.Context(), &Call{})
		}()
	}
}

// The timeout of a call takes the place of its upstream's.
func TestTimeoutOfOneCall(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		leaf := callerFunc(func(ctx context.Context, _ *Call) (*Reply, error) {
			<-ctx.Done()
			return nil, ctx.Err()
		})
		c := timeout("api", time.Second)(leaf)
		for own, want := range map[time.Duration]time.Duration{0: time.Second, 50 * time.Millisecond: 50 * time.Millisecond, 3 * time.Second: 3 * time.Second} {
			start := time.Now()
			if _, err := c.Call(t.Context(), &Call{Timeout: own}); !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != want {
				t.Errorf("a call with %v: %v after %v", own, err, time.Since(start))
			}
		}
	})
}
