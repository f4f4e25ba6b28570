package store

import (
	"sync"
	"sync/atomic"
	"time"
)

// gate lets operations through to Redis while it answers. It opens (and lets none through) after a number of failures in a row,
// and closes when one succeeds: the question that is asked every second anyway is the probe, so that no request has to be one.
type gate struct {
	now  func() time.Time
	open atomic.Bool

	mu       sync.Mutex
	failures int
	until    time.Time // no probe before
}

const (
	maxFailures = 5 // in a row
	restTime    = time.Second
)

// newGate returns a gate that is open: nobody knows yet whether Redis is there.
func newGate(now func() time.Time) *gate {
	g := &gate{now: now}
	g.open.Store(true)
	return g
}

// lets reports whether Redis may be asked.
func (g *gate) lets() bool { return !g.open.Load() }

func (g *gate) succeeded() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.failures = 0
	g.open.Store(false)
}

func (g *gate) failed() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.failures++; g.failures < maxFailures && !g.open.Load() {
		return
	}
	g.until = g.now().Add(restTime)
	g.open.Store(true)
}

// rest is how long there must be no probe; 0 if there may be one.
func (g *gate) rest() time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.open.Load() {
		return 0
	}
	return max(g.until.Sub(g.now()), 0)
}
