package upstreams

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"manifold/internal/fault"
	"manifold/schema"
)

// script answers call after call: a status, with "429 after 1" and a Retry-After; connect, timeout, or another code of a fault.
type script struct {
	steps []string
	n     int
}

func (s *script) Call(context.Context, *Call) (*Reply, error) {
	step := s.steps[min(s.n, len(s.steps)-1)]
	s.n++
	words := strings.Fields(step)
	status, err := strconv.Atoi(words[0])
	switch {
	case err == nil && len(words) == 3:
		return &Reply{Status: status, header: http.Header{"Retry-After": {words[2]}}}, nil
	case err == nil:
		return &Reply{Status: status}, nil
	case words[0] == "connect":
		return nil, fault.New(fault.UpstreamUnavailable, "")
	case words[0] == "timeout":
		return nil, fault.New(fault.UpstreamTimeout, "")
	default:
		return nil, fault.New(fault.Code(words[0]), "")
	}
}

func TestRetries(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		on    []string
		steps []string
		calls int // that are made
		want  string
	}{
		"at once good":                    {nil, []string{"200"}, 1, "200"},
		"good the second time":            {nil, []string{"503", "200"}, 2, "200"},
		"good the third time":             {nil, []string{"connect", "502", "200"}, 3, "200"},
		"three times is all":              {nil, []string{"504", "504", "504", "200"}, 3, "504"},
		"the last reason is told":         {nil, []string{"503", "connect", "502"}, 3, "502"},
		"a fault of the caller":           {nil, []string{"404", "200"}, 1, "404"},
		"500 may have done something":     {nil, []string{"500", "200"}, 1, "500"},
		"unless that is said":             {[]string{"5xx"}, []string{"500", "501", "200"}, 3, "200"},
		"a timeout loads a service twice": {nil, []string{"timeout", "200"}, 1, "UPSTREAM_TIMEOUT"},
		"unless it is asked for":          {[]string{"timeout"}, []string{"timeout", "200"}, 2, "200"},
		"what is asked for alone":         {[]string{"503"}, []string{"connect", "200"}, 1, "UPSTREAM_UNAVAILABLE"},
		"nothing is asked for":            {[]string{}, []string{"503", "200"}, 1, "503"},
		"our own limit":                   {[]string{"connect", "5xx", "timeout"}, []string{"UPSTREAM_OVERLOADED", "200"}, 1, "UPSTREAM_OVERLOADED"},
		"a bad response":                  {[]string{"connect", "5xx", "timeout"}, []string{"UPSTREAM_BAD_RESPONSE", "200"}, 1, "UPSTREAM_BAD_RESPONSE"},
		"429 does not say when":           {[]string{"429"}, []string{"429", "200"}, 1, "429"},
		"429 says when":                   {[]string{"429"}, []string{"429 after 1", "200"}, 2, "200"},
		"503 says when":                   {nil, []string{"503 after 1", "200"}, 2, "200"},
		"that is too late":                {nil, []string{"503 after 60", "200"}, 1, "503"},
		"a date nobody can read":          {nil, []string{"503 after Mon,02Jan2006", "200"}, 2, "200"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := &script{steps: c.steps}
				var g tally
				call := retries(&schema.Retry{Attempts: 3, On: c.on}, &g)(s)
				start := time.Now()
				r, err := call.Call(t.Context(), &Call{Idempotent: true})
				var have string
				if f, ok := errors.AsType[*fault.Error](err); ok {
					have = string(f.Code)
				} else {
					have = strconv.Itoa(r.Status)
				}
				if have != c.want || s.n != c.calls || g.retried != c.calls-1 {
					t.Errorf("%s after %d calls, %d counted as retries; want %s after %d", have, s.n, g.retried, c.want, c.calls)
				}
				took, asked := time.Since(start), strings.Contains(c.steps[0], "after 1")
				if took > 75*time.Millisecond && !asked || asked && took < time.Second || c.calls == 1 && took > 0 {
					t.Errorf("it took %v", took)
				}
			})
		})
	}
}

// What is not idempotent is never made again; nor is what there is no time for, or what the operation has no retries left for.
func TestNoRetries(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		policy := retries(&schema.Retry{Attempts: 3, Backoff: time.Second}, nil)
		made := func(ctx context.Context, c *Call) int {
			s := &script{steps: []string{"503"}}
			_, _ = policy(s).Call(ctx, c)
			return s.n
		}
		if n := made(t.Context(), &Call{}); n != 1 {
			t.Errorf("a call that changes something is made %d times", n)
		}
		short, cancel := context.WithTimeout(t.Context(), 5*time.Millisecond)
		defer cancel()
		if n := made(short, &Call{Idempotent: true}); n != 1 {
			t.Errorf("without time it is made %d times", n)
		}
		left := new(atomic.Int32)
		left.Store(3)
		if a, b, c := made(t.Context(), &Call{Idempotent: true, Retries: left}), made(t.Context(), &Call{Idempotent: true, Retries: left}),
			made(t.Context(), &Call{Idempotent: true, Retries: left}); a+b+c != 3+3 {
			t.Errorf("three retries for an operation make %d, %d and %d calls", a, b, c)
		}
	})
}

// A client that goes while a call waits for its next attempt gets what there was.
func TestRetryOfAClientThatGoes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(500*time.Millisecond, cancel)
		s := &script{steps: []string{"503 after 2", "200"}}
		r, err := retries(&schema.Retry{Attempts: 2}, nil)(s).Call(ctx, &Call{Idempotent: true})
		if err != nil || r.Status != 503 || s.n != 1 {
			t.Errorf("%v %v after %d calls", r, err, s.n)
		}
	})
}

// A service that is down gets hardly more calls than one that is up (RELIABILITY O4): at most 1.10 of them, once the first budget is
// gone. A success in ten pays for the next retry.
func TestRetriesHaveABudget(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		down := &script{steps: []string{"503"}}
		c := retries(&schema.Retry{Attempts: 3}, nil)(down)
		const calls = 10_000
		for range calls {
			_, _ = c.Call(t.Context(), &Call{Idempotent: true})
		}
		if down.n > calls+fullBudget {
			t.Errorf("%d calls of a service that is down become %d", calls, down.n)
		}
		half := &script{}
		for range 1000 { // nine of ten succeed
			half.steps = append(half.steps, "503", "200", "200", "200", "200", "200", "200", "200", "200", "200")
		}
		c = retries(&schema.Retry{Attempts: 2, Budget: 0.1}, nil)(half)
		c.(*retrier).budget.tokens = 0
		for range 5000 {
			_, _ = c.Call(t.Context(), &Call{Idempotent: true})
		}
		if extra := float64(half.n-5000) / 5000; extra < 0.05 || extra > 0.10 {
			t.Errorf("a service of which one in ten calls fails gets %.3f more", extra)
		}
	})
}

// retries is retrying with a full budget of its own.
func retries(r *schema.Retry, g Gauge) Policy { return retrying(r, retryBudget(r), g) }
