package balance

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"pgregory.net/rapid"
)

type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

func (c *clock) pass(d time.Duration) { c.at = c.at.Add(d) }

// group returns a group of members with some weights, named 0, 1, ...
func group(t interface{ Helper() }, by By, weights ...int) (*Group[int], *clock) {
	t.Helper()
	c := &clock{at: time.Unix(1_700_000_000, 0)}
	chance := rand.New(rand.NewPCG(1, 2))
	g := New[int](Options{By: by, Now: c.now, Random: chance.Uint64N})
	var specs []Spec
	for i, w := range weights {
		specs = append(specs, Spec{Address: fmt.Sprint(i), Weight: w})
	}
	n := -1
	g.Update(specs, func(Spec) int { n++; return n }, func(int) {})
	return g, c
}

// fail has a member fail so many calls.
func fail(g *Group[int], m *Member[int], times int) {
	for range times {
		m.running.Add(1)
		g.Done(m, Failure)
	}
}

// shares makes calls one after the other and returns the part that each member got.
func shares(g *Group[int], calls int, key func(n int) uint64) []float64 {
	got := make([]float64, len(g.members))
	for n := range calls {
		m := g.Pick(nil, key(n))
		got[m.Value] += 1 / float64(calls)
		g.Done(m, Success)
	}
	return got
}

func TestShares(t *testing.T) {
	t.Parallel()
	key := func(n int) uint64 { return Key([]byte(fmt.Sprint("user-", n))) }
	for _, by := range []By{LeastLoaded, RoundRobin, Hash} {
		for _, weights := range [][]int{{1}, {1, 1}, {1, 1, 1}, {1, 2, 1}, {5, 1}, {1, 1, 1, 1, 1, 1, 1, 1, 1, 10}} {
			g, _ := group(t, by, weights...)
			sum := 0
			for _, w := range weights {
				sum += w
			}
			for i, got := range shares(g, 50_000, key) {
				if want := float64(weights[i]) / float64(sum); got < 0.95*want || got > 1.05*want {
					t.Errorf("by %d, weights %v: member %d got %.4f of the calls, want %.4f", by, weights, i, got, want)
				}
			}
		}
	}
}

func TestTheLessLoadedOfTwo(t *testing.T) {
	t.Parallel()
	g, _ := group(t, LeastLoaded, 1, 1)
	var slow []*Member[int]
	for range 1000 { // calls of member 0 do not come back
		if m := g.Pick(nil, 0); m.Value == 0 {
			slow = append(slow, m)
		} else {
			g.Done(m, Success)
		}
	}
	if len(slow) != 1 {
		t.Errorf("%d calls wait at the member that hangs, while the other one is idle", len(slow))
	}
}

func TestKeysStayWhereTheyAre(t *testing.T) {
	t.Parallel()
	g, c := group(t, Hash, 1, 1, 1, 1)
	const keys = 1000
	before := make([]int, keys)
	for k := range keys {
		m := g.Pick(nil, mix(uint64(k)))
		before[k] = m.Value
		g.Done(m, Success)
	}
	fail(g, g.members[2], 5)
	moved := 0
	for k := range keys {
		m := g.Pick(nil, mix(uint64(k)))
		if m.Value == 2 {
			t.Fatal("an ejected member got a call")
		}
		if m.Value != before[k] {
			moved++
			if before[k] != 2 {
				t.Fatal("a key moved whose member is there")
			}
		}
		g.Done(m, Success)
	}
	if moved == 0 {
		t.Fatal("no key moved")
	}
	c.pass(time.Hour)
	for k := range keys {
		m := g.Pick(nil, mix(uint64(k)))
		if m.Value != before[k] {
			t.Fatal("a key did not come back")
		}
		g.Done(m, Success)
	}
}

func TestEjection(t *testing.T) {
	t.Parallel()
	g, c := group(t, LeastLoaded, 1, 1, 1, 1)
	fail(g, g.members[0], 4)
	g.Done(g.Pick(nil, 0), Neutral) // says nothing
	if all, _ := g.Status(); all[0].EjectedFor != 0 {
		t.Fatal("ejected after 4 failures")
	}
	fail(g, g.members[0], 1)
	all, _ := g.Status()
	if d := all[0].EjectedFor; d < 12*time.Second || d > 18*time.Second {
		t.Fatalf("after 5 failures in a row ejected for %s, want 15s give or take a fifth", d)
	}
	fail(g, g.members[1], 9)
	fail(g, g.members[2], 9) // half of them are out
	if all, panics := g.Status(); all[1].EjectedFor == 0 || all[2].EjectedFor != 0 || panics {
		t.Fatalf("%+v, panics %t; want two ejected and no more", all, panics)
	}
	for range 100 {
		m := g.Pick(nil, 0)
		if m.Value < 2 {
			t.Fatal("an ejected member got a call")
		}
		g.Done(m, Success)
	}
	c.pass(18 * time.Second)
	cold := shares(g, 20_000, func(int) uint64 { return 0 })[0] // the clock stands: it stays cold
	if cold > 0.06 || cold == 0 {
		t.Errorf("a member that came back this moment got %.3f of the calls, want about a tenth of its share", cold)
	}
	c.pass(10 * time.Second)
	if warm := shares(g, 20_000, func(int) uint64 { return 0 })[0]; warm < 0.23 {
		t.Errorf("ten seconds later it got %.3f, want its share", warm)
	}
	fail(g, g.members[0], 5)
	if all, _ := g.Status(); all[0].EjectedFor < 24*time.Second {
		t.Errorf("the second time it is ejected for %s, want about 30s", all[0].EjectedFor)
	}
}

func TestHalfOfTheCallsFail(t *testing.T) {
	t.Parallel()
	g, _ := group(t, LeastLoaded, 1, 1)
	for range 10 {
		fail(g, g.members[1], 1)
		g.members[1].running.Add(1)
		g.Done(g.members[1], Success)
	}
	if all, _ := g.Status(); all[1].EjectedFor == 0 && all[1].WindowCalls > 0 {
		fail(g, g.members[1], 1)
	}
	if all, _ := g.Status(); all[1].EjectedFor == 0 {
		t.Errorf("every other call fails, and it is not ejected: %+v", all[1])
	}
}

func TestTooFewAreAble(t *testing.T) {
	t.Parallel()
	g, _ := group(t, LeastLoaded, 1, 1, 1)
	g.SetSick(g.members[0], true)
	g.SetSick(g.members[1], true)
	if _, panics := g.Status(); !panics {
		t.Fatal("1 of 3 is able, and yet it alone gets all calls")
	}
	g.SetSick(g.members[1], false)
	if _, panics := g.Status(); panics {
		t.Fatal("2 of 3 are able")
	}
}

func TestTheOneThatFailedIsAvoided(t *testing.T) {
	t.Parallel()
	for _, by := range []By{LeastLoaded, RoundRobin, Hash} {
		g, _ := group(t, by, 1, 1, 1)
		for range 100 {
			m := g.Pick(nil, 7)
			again := g.Pick(m, 7)
			if again == m {
				t.Fatalf("by %d: the second attempt goes to the member that failed the first one", by)
			}
			g.Done(m, Success)
			g.Done(again, Success)
		}
		alone, _ := group(t, by, 1)
		m := alone.Pick(nil, 7)
		if alone.Pick(m, 7) != m {
			t.Fatalf("by %d: the only member has to be tried again", by)
		}
	}
}

func TestUpdateKeepsWhatIsKnown(t *testing.T) {
	t.Parallel()
	g, _ := group(t, LeastLoaded, 1, 1, 1)
	fail(g, g.members[1], 5)
	var opened []string
	var closed []int
	g.Update([]Spec{{"1", 2}, {"3", 1}, {"3", 9}, {"0", 0}}, func(s Spec) int { opened = append(opened, s.Address); return 3 }, func(v int) { closed = append(closed, v) })
	if fmt.Sprint(opened, closed) != "[3] [2]" {
		t.Errorf("opened %v, closed %v; want the new one, and the one that is gone", opened, closed)
	}
	all, _ := g.Status()
	if len(all) != 3 || all[0].EjectedFor == 0 || all[0].Weight != 2 || all[2].Weight != 1 {
		t.Errorf("%+v", all)
	}
	g.Update(nil, nil, func(int) {})
	if g.Pick(nil, 0) != nil {
		t.Error("a group without members picked one")
	}
}

// Whoever is gone is closed after its last call, and once.
func TestGoneIsNotCutOff(t *testing.T) {
	t.Parallel()
	g, _ := group(t, RoundRobin, 1, 1)
	a, b := g.Pick(nil, 0), g.Pick(nil, 0)
	again := g.Pick(b, 0)
	var closed []int
	g.Update(nil, nil, func(v int) { closed = append(closed, v) })
	if len(closed) != 0 {
		t.Fatalf("closed %v, with calls under way", closed)
	}
	g.Done(b, Success)
	if fmt.Sprint(closed) != fmt.Sprint([]int{b.Value}) {
		t.Errorf("closed %v, want the one whose call has ended", closed)
	}
	g.Done(a, Failure)
	if len(closed) != 1 {
		t.Errorf("closed %v, while one of two calls is under way", closed)
	}
	g.Done(again, Neutral)
	if len(closed) != 2 {
		t.Errorf("closed %v, want both", closed)
	}
}

// TestProperties is E12: whatever happens to members and calls, at most half of them are ejected, whoever is able is picked sooner or
// later, nobody is picked who is not, and the count of calls under way is right.
func TestProperties(t *testing.T) {
	t.Parallel()
	for range 8 {
		rapid.Check(quiet{t}, walk)
	}
}

type quiet struct{ *testing.T }

func (quiet) Logf(string, ...any) {}

func walk(t *rapid.T) {
	weights := rapid.SliceOfN(rapid.IntRange(1, 5), 1, 8).Draw(t, "weights")
	g, c := group(t, By(rapid.IntRange(0, 2).Draw(t, "by")), weights...)
	var running []*Member[int]
	for range rapid.IntRange(1, 200).Draw(t, "steps") {
		switch rapid.IntRange(0, 9).Draw(t, "step") {
		case 0, 1, 2, 3:
			m := g.Pick(nil, rapid.Uint64().Draw(t, "key"))
			if _, panics := g.Status(); !panics && (m.sick || !m.until.IsZero()) {
				t.Fatalf("picked %s, which is out", m.Address)
			}
			running = append(running, m)
		case 4, 5, 6, 7:
			if len(running) > 0 {
				i := rapid.IntRange(0, len(running)-1).Draw(t, "which")
				g.Done(running[i], Result(rapid.IntRange(0, 2).Draw(t, "result")))
				running = append(running[:i], running[i+1:]...)
			}
		case 8:
			g.SetSick(g.members[rapid.IntRange(0, len(weights)-1).Draw(t, "member")], rapid.Bool().Draw(t, "sick"))
		default:
			c.pass(time.Duration(rapid.IntRange(0, 30_000).Draw(t, "passes")) * time.Millisecond)
		}
		all, panics := g.Status()
		ejected, able, under := 0, 0, int64(0)
		for _, m := range g.members {
			if !m.until.IsZero() {
				ejected++
			}
			if m.until.IsZero() && !m.sick {
				able++
			}
			under += m.running.Load()
		}
		if 2*ejected > len(all) || panics != (2*able < len(all)) || under != int64(len(running)) {
			t.Fatalf("%d of %d ejected, %d able, panics %t, %d under way of %d", ejected, len(all), able, panics, under, len(running))
		}
	}
	for _, m := range running {
		g.Done(m, Success)
	}
	c.pass(time.Hour)
	got := map[*Member[int]]bool{}
	for n := range 4000 {
		m := g.Pick(nil, mix(uint64(n)))
		got[m] = true
		g.Done(m, Success)
	}
	_, panics := g.Status()
	for _, m := range g.members {
		if !got[m] && (panics || !m.sick) {
			t.Fatalf("%s gets no calls", m.Address)
		}
	}
}

func BenchmarkPick(b *testing.B) {
	for _, n := range []int{1, 3, 20} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			g := New[int](Options{Now: time.Now, Random: rand.Uint64N})
			var specs []Spec
			for i := range n {
				specs = append(specs, Spec{Address: fmt.Sprint(i)})
			}
			g.Update(specs, func(Spec) int { return 0 }, nil)
			b.ReportAllocs()
			for b.Loop() {
				g.Done(g.Pick(nil, 0), Success)
			}
		})
	}
}
