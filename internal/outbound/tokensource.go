package outbound

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"
)

// Times of tokens.
const (
	earliestRefresh = 60 * time.Second // before the end of a token; earlier than that none is fetched
	firstPause      = time.Second      // after a fetch that failed; twice as long each time after that
	longestPause    = 30 * time.Second
	refusalInterval = 5 * time.Second // between two fetches because an upstream refused the token
)

// TokenSource gives the access token of one account. All callers share one token and one fetch: a token is kept until shortly before
// it ends, then another is fetched in the background while the old one is still used, so that a caller waits for the token server
// only when there is no token at all, or the upstream refused it. A token server that is down is asked again after 1 s, then 2 s,
// up to 30 s; until then callers get the old token while it lives, and the error of the last fetch after that.
//
// A fetch belongs to no caller: it goes on when those who wait for it have left.
type TokenSource struct {
	now     func() time.Time
	failed  func(error) // may be nil
	timeout time.Duration
	fetch   func(context.Context) (token, error)

	ctx     context.Context // of fetches
	stop    context.CancelFunc
	fetches sync.WaitGroup

	mu       sync.Mutex
	held     held
	refused  bool      // the upstream did not take held
	forced   time.Time // when the last fetch began because of that
	failures int       // since the last success
	err      error     // of the last fetch, if that failed
	again    time.Time // before which nothing is fetched, because the last fetch failed
	running  *flight   // nil: nothing is fetched now
	closed   bool
}

// token is what a fetch brings.
type token struct {
	text string
	life time.Duration // from when it was asked for
}

// held is the token that is used.
type held struct {
	header    string
	refreshAt time.Time
	ends      time.Time
}

// flight is a fetch that runs. Header and err are written before done is closed.
type flight struct {
	done   chan struct{}
	header string
	err    error
}

var errClosed = errors.New("no token: its source is closed")

// Token returns the value of an Authorization header, "Bearer ...". If it has to wait for a fetch, it waits no longer than ctx
// allows; the error is that of ctx then.
func (s *TokenSource) Token(ctx context.Context) (header string, err error) {
	header, f, err := s.look()
	if f == nil {
		return header, err
	}
	select {
	case <-f.done:
		return f.header, f.err
	case <-ctx.Done():
		return "", fmt.Errorf("no token: waiting for the token server: %w", ctx.Err())
	}
}

// look returns the header to use, the fetch to wait for, or an error.
func (s *TokenSource) look() (header string, f *flight, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return "", nil, errClosed
	}
	now := s.now()
	alive := now.Before(s.held.ends)
	refused := s.refused && (s.running != nil || now.Sub(s.forced) >= refusalInterval)
	if alive && !refused {
		if !now.Before(s.held.refreshAt) {
			s.start(now)
		}
		return s.held.header, nil, nil
	}
	if refused && s.running == nil && !now.Before(s.again) {
		s.forced = now
	}
	if f := s.start(now); f != nil {
		return "", f, nil
	}
	if alive { // a token that was refused once is better than none
		return s.held.header, nil, nil
	}
	return "", nil, s.err
}

// start returns the fetch that runs, which it begins if there is none; nil if the last one failed a moment ago. The lock is held.
func (s *TokenSource) start(now time.Time) *flight {
	if s.running == nil && !now.Before(s.again) {
		f := &flight{done: make(chan struct{})}
		s.running = f
		s.fetches.Go(func() { s.run(f) })
	}
	return s.running
}

func (s *TokenSource) run(f *flight) {
	ctx, cancel := context.WithTimeout(s.ctx, s.timeout)
	defer cancel()
	asked := s.now() // the server counts from later on, so the token lives at least as long as we think
	got, err := s.fetch(ctx)
	s.end(f, asked, got, err)
	if err != nil && s.failed != nil && s.ctx.Err() == nil {
		s.failed(err)
	}
}

// end takes what a fetch brought, and tells those who wait for it.
func (s *TokenSource) end(f *flight, asked time.Time, got token, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	defer close(f.done)
	now := s.now()
	if s.closed { // that it was we who ended the fetch says more than that it was ended
		f.err = errClosed
		return
	}
	s.running, s.refused, s.err = nil, false, err
	if err == nil {
		ends := asked.Add(got.life)
		s.held = held{header: "Bearer " + got.text, refreshAt: ends.Add(-min(earliestRefresh, got.life/5)), ends: ends}
		s.failures, s.again = 0, time.Time{}
		f.header = s.held.header // even if it ended on its way here: the next caller fetches another one
		return
	}
	s.again = now.Add(min(firstPause<<min(s.failures, 5), longestPause))
	s.failures++
	if now.Before(s.held.ends) {
		f.header = s.held.header
		return
	}
	f.err = err
}

// Invalidate says that the upstream answered 401 to used, which Token returned: with "Bearer " or without. The next Token fetches
// another one, and waits for it; if that fails, the old one is used on. An upstream that refuses every token makes one fetch in
// 5 s. A token that is no longer the one in use is ignored, so every call of those that were refused together may say so.
func (s *TokenSource) Invalidate(used string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	const scheme = "Bearer "
	if used != "" && strings.TrimPrefix(used, scheme) == strings.TrimPrefix(s.held.header, scheme) {
		s.refused = true
	}
}

// Close ends the fetch that runs, and waits for it. Token fails from then on.
func (s *TokenSource) Close() {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	s.stop()
	s.fetches.Wait()
}
