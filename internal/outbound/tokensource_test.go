package outbound

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// server is a token server in memory: its tokens are "1", "2" and so on, for as many fetches as there were.
type server struct {
	takes time.Duration
	life  time.Duration

	mu      sync.Mutex
	fetches int
	down    error
	told    []error // what Failed heard
}

func (s *server) fetch(ctx context.Context) (token, error) {
	s.mu.Lock()
	s.fetches++
	n, down := s.fetches, s.down
	s.mu.Unlock()
	select {
	case <-time.After(s.takes):
	case <-ctx.Done():
		return token{}, ctx.Err()
	}
	return token{text: strconv.Itoa(n), life: s.life}, down
}

func (s *server) set(down error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.down = down
}

func (s *server) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.fetches
}

// source is made within a bubble, so that its clock is that of the bubble.
func (s *server) source(t *testing.T) *TokenSource {
	t.Helper()
	src := NewClientCredentials(ClientCredentials{}, Options{Failed: func(err error) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.told = append(s.told, err)
	}})
	src.fetch = s.fetch
	t.Cleanup(src.Close)
	return src
}

// want asks for a token, and waits for what that sets going.
func want(t *testing.T, s *TokenSource, header string) {
	t.Helper()
	got, err := s.Token(t.Context())
	if err != nil || got != header {
		t.Errorf("Token() = %q, %v; want %q", got, err, header)
	}
	synctest.Wait()
}

func wantErr(t *testing.T, s *TokenSource, is error) {
	t.Helper()
	if got, err := s.Token(t.Context()); got != "" || !errors.Is(err, is) {
		t.Errorf("Token() = %q, %v; want the error %v", got, err, is)
	}
	synctest.Wait()
}

var errDown = errors.New("down")

func TestTokenIsRefreshedBeforeItEnds(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ life, kept time.Duration }{
		{time.Hour, 59 * time.Minute},
		{5 * time.Minute, 4 * time.Minute},
		{100 * time.Second, 80 * time.Second},
		{10 * time.Second, 8 * time.Second},
		{time.Second, 800 * time.Millisecond},
	} {
		t.Run(c.life.String(), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				up := &server{life: c.life}
				s := up.source(t)
				want(t, s, "Bearer 1")
				time.Sleep(c.kept - 1)
				want(t, s, "Bearer 1")
				if n := up.count(); n != 1 {
					t.Errorf("%d fetches before it was time", n)
				}
				time.Sleep(time.Nanosecond)
				want(t, s, "Bearer 1") // and fetches another one behind it
				want(t, s, "Bearer 2")
				if n := up.count(); n != 2 {
					t.Errorf("%d fetches, want 2", n)
				}
			})
		})
	}
}

func TestNobodyWaitsForARefresh(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		up := &server{life: time.Minute, takes: time.Second}
		s := up.source(t)
		want(t, s, "Bearer 1")
		time.Sleep(50 * time.Second)
		began := time.Now()
		for range 10 {
			want(t, s, "Bearer 1")
		}
		if took := time.Since(began); took != 0 {
			t.Errorf("callers waited %s", took)
		}
		time.Sleep(time.Second)
		synctest.Wait() // the fetch ends at this moment too
		want(t, s, "Bearer 2")
		if n := up.count(); n != 2 {
			t.Errorf("%d fetches, want 2", n)
		}
	})
}

func TestCallersShareOneFetch(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		up := &server{life: time.Hour, takes: time.Second}
		s := up.source(t)
		var all sync.WaitGroup
		for range 100 {
			all.Go(func() { want2(t, s, "Bearer 1") })
		}
		all.Wait()
		if n := up.count(); n != 1 {
			t.Errorf("%d fetches, want 1", n)
		}
	})
}

// want2 is want for many at once: only one may wait for the bubble.
func want2(t *testing.T, s *TokenSource, header string) {
	t.Helper()
	if got, err := s.Token(t.Context()); err != nil || got != header {
		t.Errorf("Token() = %q, %v; want %q", got, err, header)
	}
}

func TestAFetchOutlivesItsCaller(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		up := &server{life: time.Hour, takes: 3 * time.Second}
		s := up.source(t)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		began := time.Now()
		if got, err := s.Token(ctx); got != "" || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Token() = %q, %v", got, err)
		}
		if took := time.Since(began); took != time.Second {
			t.Errorf("the caller waited %s, want 1s", took)
		}
		want(t, s, "Bearer 1")
		if took := time.Since(began); took != 3*time.Second {
			t.Errorf("the second caller waited until %s, want 3s", took)
		}
		if n := up.count(); n != 1 {
			t.Errorf("%d fetches, want 1", n)
		}
	})
}

func TestAFetchHasItsOwnTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		up := &server{life: time.Hour, takes: time.Minute}
		s := up.source(t)
		began := time.Now()
		wantErr(t, s, context.DeadlineExceeded)
		if took := time.Since(began); took != 5*time.Second {
			t.Errorf("the fetch took %s, want 5s", took)
		}
	})
}

func TestATokenServerThatIsDownIsNotStormed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		up := &server{life: time.Hour, down: errDown}
		s := up.source(t)
		began := time.Now()
		var at []string
		for range 1200 { // two minutes
			before := up.count()
			wantErr(t, s, errDown)
			if up.count() > before {
				at = append(at, time.Since(began).String())
			}
			time.Sleep(100 * time.Millisecond)
		}
		if got, want := fmt.Sprint(at), "[0s 1s 3s 7s 15s 31s 1m1s 1m31s]"; got != want {
			t.Errorf("fetches at %s, want %s", got, want)
		}
		if len(up.told) != len(at) {
			t.Errorf("%d failures were told, want %d", len(up.told), len(at))
		}
		up.set(nil)
		time.Sleep(30 * time.Second)
		want(t, s, "Bearer 9")
		up.set(errDown) // the next failure is a first one again
		time.Sleep(time.Hour)
		wantErr(t, s, errDown)
		up.set(nil)
		time.Sleep(time.Second)
		want(t, s, "Bearer 11")
	})
}

func TestTheOldTokenIsUsedWhileItLives(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		up := &server{life: 100 * time.Second}
		s := up.source(t)
		want(t, s, "Bearer 1")
		up.set(errDown)
		for at := time.Duration(0); at < 100*time.Second; at += time.Second {
			want(t, s, "Bearer 1")
			time.Sleep(time.Second)
		}
		if n := up.count(); n != 1+5 { // at 80, 81, 83, 87 and 95 s
			t.Errorf("%d fetches, want 6", n)
		}
		wantErr(t, s, errDown)
	})
}

func TestATokenThatEndsOnItsWayIsUsedOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		up := &server{life: time.Second, takes: 2 * time.Second}
		s := up.source(t)
		want(t, s, "Bearer 1")
		want(t, s, "Bearer 2")
	})
}

func TestInvalidate(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		up := &server{life: time.Hour, takes: time.Second}
		s := up.source(t)
		s.Invalidate("") // before there is one
		want(t, s, "Bearer 1")

		s.Invalidate("Bearer 1")
		var all sync.WaitGroup
		for range 10 {
			all.Go(func() { want2(t, s, "Bearer 2") })
		}
		all.Wait()
		s.Invalidate("Bearer 1") // too late: it is not the one in use
		want(t, s, "Bearer 2")

		s.Invalidate("2") // 1 s after the last time: not yet
		want(t, s, "Bearer 2")
		time.Sleep(4*time.Second - 1)
		want(t, s, "Bearer 2")
		time.Sleep(time.Nanosecond)
		want(t, s, "Bearer 3")
		if n := up.count(); n != 3 {
			t.Errorf("%d fetches, want 3", n)
		}
	})
}

func TestInvalidateWaitsForTheRefreshThatRuns(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		up := &server{life: time.Minute, takes: time.Second}
		s := up.source(t)
		want(t, s, "Bearer 1")
		time.Sleep(50 * time.Second)
		want(t, s, "Bearer 1") // the refresh begins
		s.Invalidate("Bearer 1")
		want(t, s, "Bearer 2")
		if n := up.count(); n != 2 {
			t.Errorf("%d fetches, want 2", n)
		}
	})
}

func TestARefusedTokenIsUsedIfThereIsNoOther(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		up := &server{life: time.Hour}
		s := up.source(t)
		want(t, s, "Bearer 1")
		up.set(errDown)
		for range 100 { // 10 s of an upstream that refuses everything
			s.Invalidate("Bearer 1")
			want(t, s, "Bearer 1")
			time.Sleep(100 * time.Millisecond)
		}
		if n := up.count(); n != 1+2 {
			t.Errorf("%d fetches, want 3: one in 5 s", n)
		}
	})
}

func TestCloseEndsTheFetch(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		up := &server{life: time.Hour, takes: time.Minute}
		s := up.source(t)
		var caller sync.WaitGroup
		caller.Go(func() {
			if got, err := s.Token(t.Context()); got != "" || !errors.Is(err, errClosed) {
				t.Errorf("Token() = %q, %v", got, err)
			}
		})
		synctest.Wait()
		began := time.Now()
		s.Close()
		caller.Wait()
		if took := time.Since(began); took != 0 {
			t.Errorf("Close took %s", took)
		}
		wantErr(t, s, errClosed)
		if len(up.told) != 0 {
			t.Errorf("told %v, but that was no failure", up.told)
		}
	})
}
