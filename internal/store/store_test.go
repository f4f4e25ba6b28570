package store

import (
	"context"
	"fmt"
	"math"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// hands is a clock that stands still until it is told.
type hands struct {
	mu sync.Mutex
	at time.Time
}

func newHands() *hands { return &hands{at: time.Unix(1_700_000_000, 0)} }

func (h *hands) now() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.at
}

func (h *hands) pass(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.at = h.at.Add(d)
}

func open(t testing.TB, o Options) *Store {
	t.Helper()
	if o.MaxBytes == 0 {
		o.MaxBytes = 1 << 20
	}
	s := New(o)
	t.Cleanup(s.Close)
	return s
}

// value is what Get says of a key: the value, "stale " before it if it is, or "-".
func value(s *Store, key string) string {
	e, ok := s.Get(context.Background(), key)
	switch {
	case !ok:
		return "-"
	case e.IsFresh(s.now()):
		return string(e.Value)
	default:
		return "stale " + string(e.Value)
	}
}

func counted(s *Store, tier Tier, r Result) uint64 {
	st := s.Stats()
	return st.Of(tier, r)
}

func TestEntriesAge(t *testing.T) {
	t.Parallel()
	h := newHands()
	s := open(t, Options{Now: h.now})
	s.Set("k", Entry{Value: []byte("v"), Fresh: 10 * time.Second, Stale: 5 * time.Second})
	for _, step := range []struct {
		pass time.Duration
		want string
	}{
		{0, "v"}, {10*time.Second - 1, "v"}, {1, "stale v"}, {5*time.Second - 1, "stale v"}, {1, "-"},
	} {
		h.pass(step.pass)
		if got := value(s, "k"); got != step.want {
			t.Errorf("after %s more it is %q, want %q", step.pass, got, step.want)
		}
	}
	if hit, stale := counted(s, Memory, Hit), counted(s, Memory, Stale); hit != 2 || stale != 2 {
		t.Errorf("%d hits and %d stale were counted, want 2 and 2", hit, stale)
	}
}

func TestAgeCountsFromWhenItWasAskedFor(t *testing.T) {
	t.Parallel()
	h := newHands()
	s := open(t, Options{Now: h.now})
	s.Set("k", Entry{Value: []byte("v"), Stored: h.now().Add(-3 * time.Second), Fresh: 5 * time.Second})
	if h.pass(2*time.Second - 1); value(s, "k") != "v" {
		t.Error("it is gone before its time")
	}
	if h.pass(1); value(s, "k") != "-" {
		t.Error("it is served after its time")
	}
}

func TestAnEntryWithoutTimeReplacesWhatWasThere(t *testing.T) {
	t.Parallel()
	h := newHands()
	s := open(t, Options{Now: h.now})
	for name, e := range map[string]Entry{
		"none":     {Value: []byte("new")},
		"negative": {Value: []byte("new"), Fresh: -time.Hour, Stale: -time.Hour},
		"over":     {Value: []byte("new"), Stored: h.now().Add(-time.Minute), Fresh: time.Minute},
	} {
		s.Set("k", Entry{Value: []byte("old"), Fresh: time.Hour})
		s.Set("k", e)
		if got := value(s, "k"); got != "-" {
			t.Errorf("%s: got %q, want nothing", name, got)
		}
	}
}

func TestLongTimesDoNotOverflow(t *testing.T) {
	t.Parallel()
	s := open(t, Options{Now: newHands().now})
	s.Set("k", Entry{Value: []byte("v"), Fresh: math.MaxInt64, Stale: math.MaxInt64})
	if got := value(s, "k"); got != "v" {
		t.Errorf("got %q, want v", got)
	}
}

func TestInvalidate(t *testing.T) {
	t.Parallel()
	h := newHands()
	s := open(t, Options{Now: h.now})
	set := func(key string, tags ...string) {
		s.Set(key, Entry{Value: []byte(key), Fresh: time.Hour, Stale: time.Hour, Tags: tags})
	}
	set("a", "x", "y")
	set("b", "y")
	set("c", "z")
	set("d")
	h.pass(1)
	if !s.Invalidate(context.Background(), "y", "unheard of", "y") {
		t.Error("it returned false, without a Redis")
	}
	got := fmt.Sprint(value(s, "a"), value(s, "b"), value(s, "c"), value(s, "d"))
	if want := fmt.Sprint("-", "-", "c", "d"); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if n := counted(s, Memory, Invalidated); n != 2 {
		t.Errorf("%d were counted as invalidated, want 2", n)
	}
	h.pass(1)
	set("a", "x", "y")
	if got := value(s, "a"); got != "a" {
		t.Errorf("what was stored afterwards is %q, want a", got)
	}
}

func TestAnAnswerThatWasAskedForBeforeAnInvalidationIsNotKept(t *testing.T) {
	t.Parallel()
	h := newHands()
	s := open(t, Options{Now: h.now})
	asked := h.now()
	h.pass(time.Millisecond)
	s.Invalidate(context.Background(), "x") // a tag that nobody has used before
	h.pass(time.Millisecond)
	s.Set("k", Entry{Value: []byte("old"), Stored: asked, Fresh: time.Hour, Tags: []string{"x"}})
	if got := value(s, "k"); got != "-" {
		t.Errorf("got %q, want nothing", got)
	}
	s.Set("k", Entry{Value: []byte("new"), Stored: h.now(), Fresh: time.Hour, Tags: []string{"x"}})
	if got := value(s, "k"); got != "new" {
		t.Errorf("got %q, want new", got)
	}
}

func TestTagsThatMakeRoomTakeTheirEntriesWithThem(t *testing.T) {
	t.Parallel()
	h := newHands()
	s := open(t, Options{Now: h.now})
	s.tags = newTags(2, 1, h.now)
	asked := h.now()
	h.pass(1)
	s.Invalidate(context.Background(), "x")
	h.pass(1)
	for _, tag := range []string{"x", "y", "z"} {
		s.Set(tag, Entry{Value: []byte(tag), Fresh: time.Hour, Tags: []string{tag}})
	}
	if got := value(s, "x") + value(s, "y") + value(s, "z"); got != "-yz" {
		t.Errorf("got %s, want -yz", got)
	}
	// That x was made invalid is forgotten, and must not be for an answer from before.
	s.Set("x", Entry{Value: []byte("old"), Stored: asked, Fresh: time.Hour, Tags: []string{"x"}})
	if got := value(s, "x"); got != "-" {
		t.Errorf("got %q, want nothing", got)
	}
}

func TestMemoryIsBounded(t *testing.T) {
	t.Parallel()
	const most = 1 << 20
	s := open(t, Options{MaxBytes: most})
	for i := range 5000 {
		s.Set(fmt.Sprint(i), Entry{Value: make([]byte, 1000), Fresh: time.Hour})
	}
	s.memory.cache.CleanUp()
	st := s.Stats()
	if st.Bytes > most || st.Bytes < most/2 || uint64(st.Entries)*1100 > most {
		t.Errorf("%d entries take %d bytes, want at most %d", st.Entries, st.Bytes, most)
	}
}

func TestWeight(t *testing.T) {
	t.Parallel()
	it := newItem(&Entry{Value: make([]byte, 10)}, []*generation{{name: "x"}, {name: "y"}})
	if got := it.weight("key"); got != 3+10+100+2*32 {
		t.Errorf("the weight is %d", got)
	}
}

func TestResultsAreTold(t *testing.T) {
	t.Parallel()
	var told []string
	s := open(t, Options{Now: newHands().now, Count: func(tier Tier, r Result) { told = append(told, tier.String()+" "+r.String()) }})
	value(s, "k")
	s.Set("k", Entry{Value: []byte("v"), Fresh: time.Hour})
	value(s, "k")
	if got := strings.Join(told, ", "); got != "memory miss, memory hit" {
		t.Errorf("told %s", got)
	}
}

func TestConcurrentUse(t *testing.T) {
	t.Parallel()
	s := open(t, Options{MaxBytes: 64 << 10})
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for n := range 2000 {
				key, tag := fmt.Sprint(n%50), fmt.Sprint(n%7)
				switch (n + i) % 4 {
				case 0:
					s.Set(key, Entry{Value: []byte(key), Fresh: time.Minute, Tags: []string{tag}})
				case 1:
					s.Invalidate(context.Background(), tag)
				default:
					if got := value(s, key); got != key && got != "-" {
						t.Errorf("key %s has %q", key, got)
					}
				}
			}
		})
	}
	all.Wait()
}
