package faulty

import (
	"strings"
	"testing"
	"time"
)

func TestToxics(t *testing.T) {
	t.Parallel()
	body := strings.Repeat("x", 4000)
	for name, c := range map[string]struct {
		kind, attributes, want string
		least                  time.Duration
	}{
		"late":      {"latency", `{"latency":100}`, "200 OK " + body, 100 * time.Millisecond},
		"in pieces": {"slicer", `{"average_size":100,"size_variation":20,"delay":100}`, "200 OK " + body, 0},
		"cut off":   {"limit_data", `{"bytes":2000}`, "no body", 0},
		"reset":     {"reset_peer", `{"timeout":0}`, "no answer", 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := Serve(t, "a")
			s.Do(Behaviour{Body: body})
			way := Through(t, s.Address())
			way.Toxic(c.kind, c.attributes, 1)
			start := time.Now()
			if got := ask("http://" + way.Address()); got != c.want || time.Since(start) < c.least {
				t.Errorf("%.40s after %v, want %.40s", got, time.Since(start), c.want)
			}
			way.Heal()
			if got := ask("http://" + way.Address()); got != "200 OK "+body {
				t.Errorf("healed, and yet %.40s", got)
			}
		})
	}
}
