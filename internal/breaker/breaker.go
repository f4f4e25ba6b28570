package breaker

import (
	"sync"
	"time"

	"manifold/internal/window"
)

// State is what a breaker does with calls.
type State uint8

// States.
const (
	Closed   State = iota // calls go through
	Open                  // calls are refused
	HalfOpen              // some calls go through, as probes
)

func (s State) String() string { return [...]string{"closed", "open", "half-open"}[s] }

// Result is what a call says of the upstream.
type Result uint8

// Results.
const (
	Neutral Result = iota // nothing: it was given up, refused by ourselves, or 429
	Alive                 // it answers, which is all that a probe asks; but what was asked was wrong, and proves nothing else
	Success
	Slow // an answer that took too long
	Failure
)

// Settings are the figures of a breaker. All of them are needed.
type Settings struct {
	FailureRatio float64       // of calls that failed: opens
	SlowRatio    float64       // of calls that were slow or failed: opens
	MinRequests  int           // calls within the window before either counts; so many failures in a row open at once
	OpenFor      time.Duration // the first time; twice as long each time a probe fails
	MaxOpenFor   time.Duration
	Probes       int           // at once, and how many have to succeed
	Lease        time.Duration // of a probe: after that it counts for nothing, and another one may go
}

// Defaults returns the settings of RELIABILITY C.6.
func Defaults() Settings {
	return Settings{
		FailureRatio: 0.5, SlowRatio: 0.8, MinRequests: 20,
		OpenFor: 5 * time.Second, MaxOpenFor: time.Minute, Probes: 3, Lease: 2 * time.Second,
	}
}

// Breaker is the breaker of one upstream.
type Breaker struct {
	settings Settings
	now      func() time.Time
	random   func() float64 // in [0, 1)
	began    time.Time      // the window counts from here, so that a clock that is set changes nothing

	mu        sync.Mutex
	state     State
	epoch     uint64 // changes with the state: results of calls that began in an earlier one count for nothing
	window    window.Window
	inARow    int // failures
	openings  int // in a row, without a close
	until     time.Time
	leases    []lease // of probes under way
	lastProbe uint64
	succeeded int // probes
	changed   func(State)
}

// lease is a probe under way.
type lease struct {
	number uint64
	ends   time.Time
}

// Permit lets one call go through. It has to be given back by Done, once.
type Permit struct {
	epoch uint64
	probe uint64 // number of its lease; 0: it is no probe
}

// New returns a closed breaker. changed is told every change of the state, under the breaker's lock; nil: nobody is.
func New(s Settings, now func() time.Time, random func() float64, changed func(State)) *Breaker {
	if changed == nil {
		changed = func(State) {}
	}
	return &Breaker{settings: s, now: now, random: random, changed: changed, began: now()}
}

// Allow asks for a call. If it is refused, wait is how long it makes no sense to ask again.
func (b *Breaker) Allow() (p Permit, wait time.Duration, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.state == Closed {
		return Permit{epoch: b.epoch}, 0, true
	}
	now := b.now()
	if b.state == Open {
		if wait = b.until.Sub(now); wait > 0 {
			return Permit{}, wait, false
		}
		b.become(HalfOpen)
	}
	b.expire(now)
	if len(b.leases) >= b.settings.Probes {
		return Permit{}, b.leases[0].ends.Sub(now), false
	}
	b.lastProbe++
	b.leases = append(b.leases, lease{b.lastProbe, now.Add(b.settings.Lease)})
	return Permit{epoch: b.epoch, probe: b.lastProbe}, 0, true
}

// Done gives a permit back, with what came of the call.
func (b *Breaker) Done(p Permit, r Result) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case p.epoch != b.epoch:
	case b.state == Closed:
		b.count(r)
	case b.state == HalfOpen && b.returned(p):
		switch r {
		case Failure:
			b.open()
		case Success, Alive, Slow:
			if b.succeeded++; b.succeeded >= b.settings.Probes {
				b.openings = 0
				b.become(Closed)
			}
		case Neutral:
		}
	}
}

// count counts a call of the closed breaker.
func (b *Breaker) count(r Result) {
	if r == Neutral || r == Alive {
		return
	}
	one := window.Counts{Calls: 1}
	switch r {
	case Failure:
		one.Failed = 1
	case Slow:
		one.Slow = 1
	default:
	}
	sum := b.window.Add(b.now().Sub(b.began), one)
	if b.inARow++; r != Failure {
		b.inARow = 0
	}
	if min(b.inARow, sum.Failed) >= b.settings.MinRequests { // it went down just now: the good calls of the window are of before
		b.open()
		return
	}
	if r == Success || sum.Calls < b.settings.MinRequests {
		return
	}
	calls := float64(sum.Calls)
	if float64(sum.Failed) >= b.settings.FailureRatio*calls || float64(sum.Failed+sum.Slow) >= b.settings.SlowRatio*calls {
		b.open()
	}
}

// open opens the breaker: for longer each time in a row, and with some chance in it, so that gateways do not probe together.
func (b *Breaker) open() {
	d := b.settings.OpenFor << min(b.openings, 20)
	if d > b.settings.MaxOpenFor || d <= 0 {
		d = b.settings.MaxOpenFor
	}
	const jitter = 0.2
	b.until = b.now().Add(time.Duration(float64(d) * (1 - jitter + 2*jitter*b.random())))
	b.openings++
	b.become(Open)
}

// become changes the state.
func (b *Breaker) become(s State) {
	b.state = s
	b.epoch++
	b.succeeded = 0
	b.leases = b.leases[:0]
	b.inARow = 0
	b.window.Clear()
	b.changed(s)
}

// expire forgets the probes that did not come back in time.
func (b *Breaker) expire(now time.Time) {
	for len(b.leases) > 0 && !now.Before(b.leases[0].ends) { // they are in the order of their ends
		b.leases = append(b.leases[:0], b.leases[1:]...)
	}
}

// returned ends the lease of a probe. It returns false if that has ended before.
func (b *Breaker) returned(p Permit) bool {
	b.expire(b.now())
	for i, l := range b.leases {
		if l.number == p.probe {
			b.leases = append(b.leases[:i], b.leases[i+1:]...)
			return true
		}
	}
	return false
}

// Status is a breaker as people see it.
type Status struct {
	State         State
	Calls, Failed int           // within the window, while it is closed
	Wait          time.Duration // until a probe may go, while it is open
}

// Status tells how it stands.
func (b *Breaker) Status() Status {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.now()
	sum := b.window.Sum(now.Sub(b.began))
	st := Status{State: b.state, Calls: sum.Calls, Failed: sum.Failed}
	if b.state == Open {
		st.Wait = max(b.until.Sub(now), 0)
	}
	return st
}
