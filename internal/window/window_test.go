package window_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"manifold/internal/window"
)

// The window is compared with a list of all calls, of which those are summed that are of the last ten seconds by whole seconds.
func TestWindow(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		type call struct {
			second int64
			counts window.Counts
		}
		var w window.Window
		var calls []call
		var now time.Duration
		newest := int64(0)
		for range rapid.IntRange(1, 80).Draw(t, "steps") {
			now = max(0, now+time.Duration(rapid.IntRange(-2000, 12_000).Draw(t, "passes"))*time.Millisecond) // clocks go back too
			newest = max(newest, int64(now/time.Second))
			var got window.Counts
			switch rapid.IntRange(0, 9).Draw(t, "step") {
			case 0:
				w.Clear()
				calls = nil
				got = w.Sum(now)
			case 1, 2:
				got = w.Sum(now)
			default:
				c := window.Counts{Calls: 1, Failed: rapid.IntRange(0, 1).Draw(t, "failed"), Slow: rapid.IntRange(0, 1).Draw(t, "slow")}
				calls = append(calls, call{newest, c})
				got = w.Add(now, c)
			}
			want := window.Counts{}
			for _, c := range calls {
				if c.second > newest-10 {
					want.Calls += c.counts.Calls
					want.Failed += c.counts.Failed
					want.Slow += c.counts.Slow
				}
			}
			if got != want {
				t.Fatalf("after %s: %+v, want %+v", now, got, want)
			}
		}
	})
}
