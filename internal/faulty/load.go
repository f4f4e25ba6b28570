package faulty

import (
	"fmt"
	"slices"
	"sync"
	"time"
)

// Load are requests at fixed times. It is an open loop: the next one is sent at its time whether or not those before have been
// answered, and how long one took counts from the time it was meant for, so that a stall is not hidden by who waits for it.
type Load struct {
	Rate int           // requests in a second
	For  time.Duration // of sending
	// Send makes request n, and says what became of it: "" is good, anything else names the failure.
	Send func(n int) (failure string)
}

// Tally is what became of the requests of a load: each is in exactly one of the counts.
type Tally struct {
	Sent     int
	Good     int
	Failures map[string]int
	took     []took // by the times they were meant for
}

// took is one request.
type took struct {
	at, took time.Duration // since the load began, and until the answer
	good     bool
}

// Run sends the requests, and returns when the last one is answered.
func (l Load) Run() *Tally {
	n := int(l.For.Seconds() * float64(l.Rate))
	t := &Tally{Sent: n, Failures: map[string]int{}, took: make([]took, n)}
	failures := make([]string, n)
	var all sync.WaitGroup
	start := time.Now()
	for i := range n {
		meant := time.Duration(i) * time.Second / time.Duration(l.Rate)
		if wait := meant - time.Since(start); wait > 0 {
			time.Sleep(wait)
		}
		all.Go(func() {
			failures[i] = l.Send(i)
			t.took[i] = took{meant, time.Since(start) - meant, failures[i] == ""}
		})
	}
	all.Wait()
	for _, f := range failures {
		if f == "" {
			t.Good++
		} else {
			t.Failures[f]++
		}
	}
	return t
}

// Failed counts the requests that failed.
func (t *Tally) Failed() int { return t.Sent - t.Good }

// Quantile returns how long the part q of the requests took at most that were meant for a time between two, since the load began.
// It is 0 if there were none.
func (t *Tally) Quantile(q float64, from, to time.Duration) time.Duration {
	var times []time.Duration
	for _, r := range t.took {
		if r.at >= from && r.at < to {
			times = append(times, r.took)
		}
	}
	if len(times) == 0 {
		return 0
	}
	slices.Sort(times)
	return times[min(int(q*float64(len(times))), len(times)-1)]
}

// LastFailure returns the time that the last request which failed was meant for; -1 if none failed.
func (t *Tally) LastFailure() time.Duration {
	last := time.Duration(-1)
	for _, r := range t.took {
		if !r.good {
			last = max(last, r.at)
		}
	}
	return last
}

func (t *Tally) String() string {
	return fmt.Sprintf("%d sent, %d good, failed: %v", t.Sent, t.Good, t.Failures)
}
