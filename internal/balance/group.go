package balance

import (
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cespare/xxhash/v2"

	"manifold/internal/window"
)

// By is how members are picked.
type By uint8

// Ways to pick.
const (
	LeastLoaded By = iota // of two that chance picks, the one with fewer calls under way ("power of two choices")
	RoundRobin            // in turns, by weight
	Hash                  // by a key: equal keys get the same member for as long as it is there
)

// Spec is a member as it is written.
type Spec struct {
	Address string // its name: members are told apart by it
	Weight  int    // of calls that it gets, beside the others; at least 1
}

// Member is one instance, with what a user keeps for each.
type Member[T any] struct {
	Spec

	Value   T
	running atomic.Int64 // calls under way
	calls   atomic.Uint64
	left    atomic.Pointer[func(T)] // gets the Value when the last call has ended; nil: it is a member, or that was done

	// under the group's lock
	turn      int           // of RoundRobin: how far it is behind
	sick      bool          // by active checks
	able      bool          // it gets calls
	window    window.Window // of its calls
	inARow    int           // failures
	hash      uint64
	ejections int       // in a row: each one is longer than the one before
	until     time.Time // it is ejected until then; zero: it is not
	back      time.Time // when the last ejection ended
	returned  time.Time // since when it warms up; zero: it is warm
}

// Options are what a group works with.
type Options struct {
	By     By
	Now    func() time.Time
	Random func(n uint64) uint64 // in [0, n)
	// Changed is told when a member is ejected and when it may come back, under the group's lock; nil: nobody is.
	Changed func(address string, ejected bool)
}

// Group are the instances of one upstream.
type Group[T any] struct {
	options Options
	began   time.Time

	mu      sync.Mutex
	members []*Member[T]
	able    []*Member[T] // those that get calls
	panics  bool         // more than half are not able: then all get calls
	weights uint64       // sum of those able
	wake    time.Time    // when the next ejection ends; zero: nobody is ejected
}

// New returns a group without members.
func New[T any](o Options) *Group[T] {
	if o.Changed == nil {
		o.Changed = func(string, bool) {}
	}
	return &Group[T]{options: o, began: o.Now()}
}

// Update makes specs the members. Those that were there before stay what they are; open makes the Value of a new one, and closed
// gets what a member left behind that is gone: when its last call has ended, and perhaps by who ended it. Of equal addresses the first
// counts.
func (g *Group[T]) Update(specs []Spec, open func(Spec) T, closed func(T)) {
	g.mu.Lock()
	defer g.mu.Unlock()
	before := g.members
	g.members = nil
	for _, s := range specs {
		s.Weight = max(s.Weight, 1)
		same := func(m *Member[T]) bool { return m.Address == s.Address }
		if slices.ContainsFunc(g.members, same) {
			continue
		}
		if i := slices.IndexFunc(before, same); i >= 0 {
			before[i].Weight = s.Weight
			g.members = append(g.members, before[i])
			continue
		}
		m := &Member[T]{Spec: s, Value: open(s), hash: mix(xxhash.Sum64String(s.Address))}
		if len(before) > 0 { // it has to warm up, while others are warm
			m.returned = g.options.Now()
		}
		g.members = append(g.members, m)
	}
	for _, m := range before {
		if !slices.Contains(g.members, m) {
			m.left.Store(&closed)
			m.leave()
		}
	}
	g.sort(g.options.Now())
}

// leave gives away what a member left behind, if no call is under way. Nobody picks it any more, so that none comes later.
func (m *Member[T]) leave() {
	if m.running.Load() > 0 {
		return
	}
	if closed := m.left.Swap(nil); closed != nil {
		(*closed)(m.Value)
	}
}

// release ends a call.
func (m *Member[T]) release() {
	if m.running.Add(-1) == 0 && m.left.Load() != nil {
		m.leave()
	}
}

// Members returns all members.
func (g *Group[T]) Members() []*Member[T] {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Clone(g.members)
}

// SetSick notes what an active check says of a member.
func (g *Group[T]) SetSick(m *Member[T], sick bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if m.sick == sick {
		return
	}
	m.sick = sick
	now := g.options.Now()
	if !sick {
		m.returned = now
	}
	g.sort(now)
}

// sort finds those that get calls.
func (g *Group[T]) sort(now time.Time) {
	g.able, g.weights, g.wake = g.able[:0:0], 0, time.Time{}
	for _, m := range g.members {
		ejected := !m.until.IsZero()
		if ejected && !now.Before(m.until) {
			m.until, m.returned, m.back, ejected = time.Time{}, now, now, false
			g.options.Changed(m.Address, false)
		}
		if ejected && (g.wake.IsZero() || m.until.Before(g.wake)) {
			g.wake = m.until
		}
		if m.able = !ejected && !m.sick; m.able {
			g.able = append(g.able, m)
		}
	}
	// With most of them out, what is left would be run down too, and whatever judges them may be what is wrong.
	if g.panics = 2*len(g.able) < len(g.members); g.panics {
		g.able = append(g.able[:0:0], g.members...)
	}
	for _, m := range g.able {
		m.able = true
		g.weights += uint64(m.Weight)
	}
}

// Standing is how a member stands, for people.
type Standing struct {
	Address      string
	Weight       int
	Running      int64
	Calls        uint64
	Sick         bool
	EjectedFor   time.Duration // 0: it is not
	Consecutive  int           // failures
	WindowCalls  int
	WindowFailed int
}

// Status tells how all members stand, and whether all get calls because too few are able.
func (g *Group[T]) Status() (all []Standing, panics bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := g.options.Now()
	for _, m := range g.members {
		sum := m.window.Sum(now.Sub(g.began))
		s := Standing{
			Address: m.Address, Weight: m.Weight, Running: m.running.Load(), Calls: m.calls.Load(), Sick: m.sick,
			Consecutive: m.inARow, WindowCalls: sum.Calls, WindowFailed: sum.Failed,
		}
		if !m.until.IsZero() {
			s.EjectedFor = max(m.until.Sub(now), 0)
		}
		all = append(all, s)
	}
	return all, g.panics
}
