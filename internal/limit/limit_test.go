package limit

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestBurstThenRate(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_700_000_000, 0)
	l := New(10, time.Second, 3, func() time.Time { return now })
	for n := range 3 {
		if wait, ok := l.Take(0); !ok || wait != 0 {
			t.Fatalf("event %d of a burst of 3: %v, %v", n, wait, ok)
		}
	}
	if wait, ok := l.Take(0); ok || wait != 100*time.Millisecond {
		t.Fatalf("the fourth: %v, %v; want a refusal for 100ms", wait, ok)
	}
	if wait, ok := l.Take(100 * time.Millisecond); !ok || wait != 100*time.Millisecond {
		t.Fatalf("the fourth, with patience: %v, %v", wait, ok)
	}
	if wait, ok := l.Take(150 * time.Millisecond); ok || wait != 200*time.Millisecond {
		t.Fatalf("the fifth stands behind it: %v, %v", wait, ok)
	}
	l.Return()
	now = now.Add(100 * time.Millisecond)
	if _, ok := l.Take(0); !ok {
		t.Error("a place that was given back is not there")
	}
	now = now.Add(time.Hour)
	let := 0
	for range 10 {
		if _, ok := l.Take(0); ok {
			let++
		}
	}
	if let != 3 {
		t.Errorf("after an hour without events %d at once, want the burst of 3", let)
	}
}

// Whatever comes when, no window has more events than the burst and the rate allow, and who asks without end gets nearly all.
func TestLimiterProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		rate, burst := rapid.IntRange(1, 500).Draw(t, "rate"), rapid.IntRange(1, 50).Draw(t, "burst")
		start := time.Unix(1_700_000_000, 0)
		now := start
		l := New(rate, time.Second, burst, func() time.Time { return now })
		var events []time.Time
		for range rapid.IntRange(1, 300).Draw(t, "steps") {
			now = now.Add(time.Duration(rapid.IntRange(0, 20).Draw(t, "passes")) * time.Millisecond)
			if _, ok := l.Take(0); ok {
				events = append(events, now)
			}
		}
		for i := range events {
			for j := i; j < len(events); j++ {
				within := events[j].Sub(events[i])
				if most := float64(burst) + within.Seconds()*float64(rate) + 1; float64(j-i+1) > most {
					t.Fatalf("%d events within %v: at most %.1f may be", j-i+1, within, most)
				}
			}
		}
		before := len(events)
		const asked = 20_000
		begin := now
		for range asked {
			now = now.Add(time.Second / time.Duration(100*rate))
			if _, ok := l.Take(0); ok {
				events = append(events, now)
			}
		}
		if got, most := len(events)-before, now.Sub(begin).Seconds()*float64(rate); float64(got) < 0.98*most-1 {
			t.Fatalf("%d events of who asks without end, of %.0f", got, most)
		}
	})
}

func BenchmarkLimiter(b *testing.B) {
	l := New(1_000_000, time.Millisecond, 1000, time.Now)
	b.ReportAllocs()
	for b.Loop() {
		l.Take(0)
	}
}
