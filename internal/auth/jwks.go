package auth

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// Times and sizes of fetching keys (RELIABILITY D2, A5, A7).
const (
	fetchTimeout  = 5 * time.Second
	fetchLimit    = 1 << 20
	leastInterval = 30 * time.Second // between two fetches, whoever asks for them
	retryInterval = 10 * time.Second // after a fetch that failed; twice as long each time after that
	firstWait     = time.Second      // for which a request waits for keys
	maxUnknown    = 1000             // names of keys that are known not to be there
)

// remote are the keys of an issuer that tells them at a URL. They are fetched in the background, so that a request never waits
// for the issuer but while there are no keys at all, or for the first token with a new one. While the issuer does not answer, the
// keys of before are good; a key that it has taken back is good no longer than until the next fetch.
type remote struct {
	url     string
	refresh time.Duration
	client  *http.Client
	logger  *slog.Logger

	set    atomic.Pointer[keySet]
	loaded atomic.Int64 // when set was fetched, in Unix nanoseconds; 0: never
	users  int          // authenticators; guarded by the registry that holds it

	mu      sync.Mutex
	next    time.Time       // before which nobody may ask for a fetch
	unknown map[string]bool // names of keys that the set does not have
	round   chan struct{}   // closed when the fetch that runs, or is asked for, has ended
	wanted  chan struct{}   // asks for a fetch; has room for one

	stop context.CancelFunc
	done chan struct{}
}

func newRemote(url string, refresh time.Duration, client *http.Client, logger *slog.Logger) *remote {
	ctx, stop := context.WithCancel(context.Background())
	r := &remote{
		url: url, refresh: refresh, client: client, logger: logger,
		unknown: map[string]bool{}, round: make(chan struct{}), wanted: make(chan struct{}, 1), stop: stop, done: make(chan struct{}),
	}
	go r.run(ctx)
	return r
}

// close ends fetching, and waits for the fetch that runs.
func (r *remote) close() {
	r.stop()
	<-r.done
}

func (r *remote) run(ctx context.Context) {
	defer close(r.done)
	retry := retryInterval
	for {
		err := r.fetch(ctx)
		wait := r.refresh
		if err == nil {
			retry = retryInterval
		} else {
			wait = min(retry, r.refresh)
			retry *= 2
			if ctx.Err() == nil {
				r.logger.Warn("keys of an issuer cannot be fetched; those of before are used", "url", r.url, "cause", err)
			}
		}
		r.mu.Lock()
		r.next = time.Now().Add(leastInterval)
		close(r.round)
		r.round = make(chan struct{})
		r.mu.Unlock()
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			timer.Stop()
			return
		case <-timer.C:
		case <-r.wanted:
			timer.Stop()
		}
	}
}

func (r *remote) fetch(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, fetchTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, r.url, nil)
	if err != nil {
		return err
	}
	req.Header.Set("Accept", "application/jwk-set+json, application/json")
	resp, err := r.client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("status %d", resp.StatusCode)
	}
	text, err := io.ReadAll(io.LimitReader(resp.Body, fetchLimit+1))
	if err == nil && len(text) > fetchLimit {
		err = errors.New("the answer is too long")
	}
	if err != nil {
		return err
	}
	set, err := readKeys(text)
	if err != nil {
		return err
	}
	r.mu.Lock()
	r.unknown = map[string]bool{}
	r.mu.Unlock()
	r.set.Store(set)
	r.loaded.Store(time.Now().UnixNano())
	return nil
}

// verify checks a token. For a key that is not known the set is fetched again, if that was not done a moment ago.
func (r *remote) verify(ctx context.Context, t *token) error {
	set := r.set.Load()
	if set == nil {
		r.await(ctx, r.current())
		if set = r.set.Load(); set == nil {
			return errNoKeys
		}
	}
	err := set.verify(t)
	if !errors.Is(err, errKey) || !r.askAgain(ctx, t.kid) {
		return err
	}
	return r.set.Load().verify(t)
}

func (r *remote) current() <-chan struct{} {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.round
}

// await waits for a fetch to end, for a moment.
func (r *remote) await(ctx context.Context, round <-chan struct{}) {
	limit := time.NewTimer(firstWait)
	defer limit.Stop()
	select {
	case <-round:
	case <-limit.C:
	case <-ctx.Done():
	}
}

// askAgain has the set fetched for a key that it does not have, and reports whether another one may be there now.
func (r *remote) askAgain(ctx context.Context, kid string) bool {
	r.mu.Lock()
	round := r.round
	if r.unknown[kid] || time.Now().Before(r.next) {
		if len(r.unknown) < maxUnknown {
			r.unknown[kid] = true
		}
		r.mu.Unlock()
		return false
	}
	r.mu.Unlock()
	select {
	case r.wanted <- struct{}{}:
	default: // somebody has asked already
	}
	r.await(ctx, round)
	return true
}
