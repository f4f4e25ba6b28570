package upstreams

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"manifold/internal/fault"
	"manifold/internal/store"
	"manifold/schema"
)

// checks is by how much the properties are tried harder than in every run: MANIFOLD_CHECKS, 1000 is the whole plan (`make soak`).
func checks() int {
	n, err := strconv.Atoi(os.Getenv("MANIFOLD_CHECKS"))
	if err != nil {
		return 1
	}
	return n
}

// E9: whatever fails when, there are no more retries than a hundred and a tenth of the successes.
func TestRetryBudgetProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		pays := rapid.SampledFrom([]float64{0.01, 0.1, 0.5}).Draw(t, "pays")
		b := retryBudget(&schema.Retry{Budget: pays})
		retries, successes := 0, 0
		for range rapid.IntRange(1, 2000).Draw(t, "steps") {
			switch rapid.IntRange(0, 3).Draw(t, "step") {
			case 0:
				b.pay()
				successes++
			case 1:
				if b.take(fault.New(fault.UpstreamTimeout, "")) {
					retries += 2 // it costs the service more
				}
			default:
				if b.take(nil) {
					retries++
				}
			}
			if most := fullBudget + pays*float64(successes); float64(retries) > most+1e-6 {
				t.Fatalf("%d retries after %d successes: at most %.1f", retries, successes, most)
			}
		}
	})
}

// E9: a service that fails each of a thousand calls a second for a minute gets no more than a tenth of them again.
func TestRetryAmplification(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var attempts atomic.Int64
		retry := &schema.Retry{Attempts: 3}
		c := retrying(retry, retryBudget(retry), nil)(callerFunc(func(context.Context, *Call) (*Reply, error) {
			attempts.Add(1)
			time.Sleep(time.Millisecond)
			return &Reply{Status: 503}, nil
		}))
		const calls = 60_000
		var running sync.WaitGroup
		for range calls {
			running.Go(func() {
				r, err := c.Call(t.Context(), &Call{Method: "GET", Idempotent: true})
				if err != nil || r.Status != 503 {
					t.Errorf("%v, %v", r, err)
				}
			})
			time.Sleep(time.Millisecond)
		}
		running.Wait()
		if n := attempts.Load(); n > 1.10*calls || n <= calls {
			t.Errorf("%d attempts for %d calls, of which all fail; at most 1.10 times as many", n, calls)
		}
	})
}

// answered is what the service of TestNobodyMeets says: to whom, of what, and in which version.
type answered struct {
	Who, What string
	Version   int64
}

// E10: eight users read and write the same things through one cache and one coalescer, all at the same time. Nobody gets what was for
// somebody else, or of something else; nobody who has written, or hears of it, gets what was before; every one gets an answer; and no
// version is fetched more often than by one user at a time.
func TestNobodyMeets(t *testing.T) {
	t.Parallel()
	const users, things = 8, 16
	ops := 40_000 * min(25, checks()) // in all
	s := store.New(store.Options{MaxBytes: 1 << 22})
	defer s.Close()
	var versions, ended [things]atomic.Int64 // of writes: that the service has, and that have come back
	var fetches atomic.Int64
	service := callerFunc(func(_ context.Context, c *Call) (*Reply, error) {
		what, _ := strconv.Atoi(string(c.URL[len("http://api.test/"):]))
		if c.Changes {
			return &Reply{Status: 200, Body: fmt.Append(nil, versions[what].Add(1))}, nil
		}
		fetches.Add(1)
		a := answered{c.Headers[0].Value, strconv.Itoa(what), versions[what].Load()}
		if rand.N(4) == 0 {
			time.Sleep(time.Duration(rand.N(300)) * time.Microsecond)
		}
		body, err := json.Marshal(a)
		return &Reply{Status: 200, ContentType: "application/json", Body: body}, err
	})
	c := coalescing(s, nil)(caching(source{name: "api", writes: true}, s, time.Second, nil)(service))
	var all sync.WaitGroup
	var writes atomic.Int64
	for n := range users * 2 {
		user := fmt.Sprint("user-", n%users) // each of them twice, so that the same one asks at the same time
		all.Go(func() {
			for range ops / (2 * users) {
				what := rand.N(things)
				own := &Call{Method: "GET", URL: fmt.Appendf(nil, "http://api.test/%d", what), Idempotent: true, Headers: []Header{{"Authorization", user}}}
				if rand.N(10) == 0 {
					own.Method, own.Idempotent, own.Changes = "PUT", false, true
					r, err := c.Call(t.Context(), own)
					if err != nil {
						t.Error(err)
						return
					}
					version, _ := strconv.ParseInt(string(r.Body), 10, 64)
					r.Release()
					for have := ended[what].Load(); have < version && !ended[what].CompareAndSwap(have, version); have = ended[what].Load() {
					}
					writes.Add(1)
					continue
				}
				own.Cache = &CacheRule{MaxAge: time.Hour}
				least := ended[what].Load()
				r, err := c.Call(t.Context(), own)
				if err != nil {
					t.Error(err)
					return
				}
				var got answered
				if err := json.Unmarshal(r.Body, &got); err != nil || got.Who != user || got.What != strconv.Itoa(what) || got.Version < least {
					t.Errorf("%s asked for %d, at version %d or later, and got %+v, %v", user, what, least, got, err)
					return
				}
				r.Keep()
				r.Release()
			}
		})
	}
	all.Wait()
	if most := (writes.Load() + things) * users; fetches.Load() > most {
		t.Errorf("%d fetches for %d writes of %d things by %d users: at most %d", fetches.Load(), writes.Load(), things, users, most)
	}
	t.Logf("%d operations: %d writes, %d fetches", ops, writes.Load(), fetches.Load())
}
