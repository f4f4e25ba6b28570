package gateway

import (
	"github.com/prometheus/client_golang/prometheus"

	"manifold/internal/store"
)

// Kept counts what came of looking for a kept reply, or keeping one, in one of the tiers of the store.
func (m *Metrics) Kept(t store.Tier, r store.Result) { m.kept[t][r].Inc() }

// keptCounters are the counters of the store, all of them found once.
func keptCounters(to *prometheus.Registry) (out [2][8]prometheus.Counter) {
	vec := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "manifold_cache_tier_total", Help: "What came of looking for kept replies, by tier (memory, redis): hit, stale, miss, expired, invalidated, corrupt, error, skipped.",
	}, []string{"tier", "result"})
	to.MustRegister(vec)
	for _, t := range []store.Tier{store.Memory, store.Redis} {
		for r := store.Hit; r <= store.Skipped; r++ {
			out[t][r] = vec.WithLabelValues(t.String(), r.String())
		}
	}
	return out
}

// WatchStore has the size of a store among the metrics.
func (m *Metrics) WatchStore(s *store.Store) {
	gauge := func(name, help string, value func(store.Stats) float64) prometheus.Collector {
		return prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, func() float64 { return value(s.Stats()) })
	}
	m.Registry.MustRegister(
		gauge("manifold_cache_entries", "Kept replies in memory.", func(st store.Stats) float64 { return float64(st.Entries) }),
		gauge("manifold_cache_bytes", "Memory that kept replies take.", func(st store.Stats) float64 { return float64(st.Bytes) }),
	)
	if s.Shared() {
		m.Registry.MustRegister(gauge("manifold_cache_redis_up", "Whether Redis answers: 0 while it is left alone.", func(st store.Stats) float64 {
			if st.Up {
				return 1
			}
			return 0
		}))
	}
}
