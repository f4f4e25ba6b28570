package flight

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

var soon = time.Hour

func TestEqualWorkIsDoneOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var g Group[string, *int]
		var told atomic.Int32
		var uses *Uses
		g.Shared = func(_ *int, u *Uses) { uses = u; told.Add(1) }
		var done, joined atomic.Int32
		var all sync.WaitGroup
		for range 10 {
			all.Go(func() {
				r := g.Do(t.Context(), time.Now().Add(soon), "a", func(context.Context) (*int, bool) {
					time.Sleep(time.Second)
					done.Add(1)
					return new(int), false
				})
				if r.Value == nil || r.Alone {
					t.Error("no value")
				}
				if r.Joined {
					joined.Add(1)
				}
			})
		}
		all.Wait()
		if done.Load() != 1 || joined.Load() != 9 || told.Load() != 1 || g.Len() != 0 {
			t.Errorf("done %d times, joined by %d, told %d times, %d left", done.Load(), joined.Load(), told.Load(), g.Len())
		}
		for n := range 10 {
			if uses.Last() != (n == 9) {
				t.Errorf("let go %d times", n+1)
			}
		}
	})
}

// Who does the work may go: it goes on for those who wait. When all have gone it is given up, and the next one does it anew.
func TestWhoAskedGoes(t *testing.T) {
	t.Parallel()
	for name, watch := range map[string]func(context.Context) error{
		"looking": func(ctx context.Context) error {
			for range 100 {
				if time.Sleep(10 * time.Millisecond); ctx.Err() != nil {
					return ctx.Err()
				}
			}
			return nil
		},
		"waiting": func(ctx context.Context) error {
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(time.Second):
				return nil
			}
		},
		"waiting on a context made of it": func(ctx context.Context) error {
			ctx, cancel := context.WithCancel(ctx)
			defer cancel()
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(time.Second):
				return nil
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var g Group[string, error]
				first, leave := context.WithCancel(t.Context())
				second, leaveToo := context.WithCancel(t.Context())
				var all sync.WaitGroup
				ask := func(ctx context.Context) Result[error] {
					return g.Do(ctx, time.Now().Add(soon), "a", func(ctx context.Context) (error, bool) { return watch(ctx), false })
				}
				all.Go(func() {
					if r := ask(first); r.Value != nil {
						t.Errorf("the work ended with %v, though somebody waited", r.Value)
					}
				})
				synctest.Wait()
				all.Go(func() {
					if r := ask(second); !r.Joined || r.Value != nil {
						t.Errorf("%+v", r)
					}
				})
				synctest.Wait()
				leave()
				all.Wait()

				third, leaveLast := context.WithCancel(t.Context())
				all.Go(func() {
					if r := ask(third); !errors.Is(r.Value, context.Canceled) {
						t.Errorf("nobody waits, and yet it ended with %v", r.Value)
					}
				})
				synctest.Wait()
				all.Go(func() {
					if r := ask(second); !r.Alone {
						t.Errorf("who has gone got %+v", r)
					}
				})
				synctest.Wait()
				leaveLast()
				leaveToo()
				all.Wait()
				if r := ask(t.Context()); r.Value != nil || r.Joined {
					t.Errorf("the next one got %+v", r)
				}
			})
		})
	}
}

// What a deadline cut short is nobody else's: who has more time does it again.
func TestCutShort(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var g Group[string, error]
		var runs atomic.Int32
		work := func(ctx context.Context) (error, bool) {
			runs.Add(1)
			select {
			case <-ctx.Done():
				return ctx.Err(), false
			case <-time.After(time.Second):
				return nil, false
			}
		}
		var all sync.WaitGroup
		all.Go(func() {
			if r := g.Do(t.Context(), time.Now().Add(100*time.Millisecond), "a", work); !errors.Is(r.Value, context.DeadlineExceeded) {
				t.Errorf("%+v", r)
			}
		})
		synctest.Wait()
		all.Go(func() {
			if r := g.Do(t.Context(), time.Now().Add(soon), "a", work); r.Value != nil || r.Joined {
				t.Errorf("%+v", r)
			}
		})
		all.Go(func() {
			if r := g.Do(t.Context(), time.Now().Add(50*time.Millisecond), "a", work); !r.Alone {
				t.Errorf("who has no time left got %+v", r)
			}
		})
		all.Wait()
		if runs.Load() != 2 {
			t.Errorf("%d runs", runs.Load())
		}
	})
}

// Work may end a little before its time is over, because that is nearly over. Nobody shares that either.
func TestCutAhead(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var g Group[string, string]
		var all sync.WaitGroup
		all.Go(func() {
			r := g.Do(t.Context(), time.Now().Add(time.Second), "a", func(context.Context) (string, bool) {
				time.Sleep(900 * time.Millisecond)
				return "a part", true
			})
			if r.Value != "a part" {
				t.Errorf("%+v", r)
			}
		})
		synctest.Wait()
		all.Go(func() {
			r := g.Do(t.Context(), time.Time{}, "a", func(context.Context) (string, bool) { return "all", false })
			if r.Value != "all" || r.Joined {
				t.Errorf("%+v", r)
			}
		})
		all.Wait()
	})
}

func TestAPanicIsNotShared(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var g Group[string, int]
		go func() {
			defer func() { _ = recover() }()
			g.Do(t.Context(), time.Now().Add(soon), "a", func(context.Context) (int, bool) { time.Sleep(time.Second); panic("x") })
		}()
		synctest.Wait()
		if r := g.Do(t.Context(), time.Now().Add(soon), "a", func(context.Context) (int, bool) { return 7, false }); r.Value != 7 {
			t.Errorf("%+v", r)
		}
	})
}

func TestTooManyWait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var g Group[string, int]
		var alone atomic.Int32
		var all sync.WaitGroup
		for range maxWaiting + 5 {
			all.Go(func() {
				if g.Do(t.Context(), time.Now().Add(soon), "a", func(context.Context) (int, bool) { time.Sleep(time.Second); return 1, false }).Alone {
					alone.Add(1)
				}
			})
		}
		all.Wait()
		if alone.Load() != 5 {
			t.Errorf("%d did it by themselves, want 5", alone.Load())
		}
	})
}

func BenchmarkAlone(b *testing.B) {
	var g Group[string, int]
	b.ReportAllocs()
	for b.Loop() {
		g.Do(b.Context(), time.Now().Add(soon), "a", func(ctx context.Context) (int, bool) { return 1, ctx.Err() != nil })
	}
}
