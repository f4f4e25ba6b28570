package gateway

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
)

// Metrics are the gateway's counters, in a registry of their own.
type Metrics struct {
	Registry *prometheus.Registry

	generation prometheus.Gauge
	lastGood   prometheus.Gauge
	reloads    map[Result]prometheus.Counter
	refused    *prometheus.CounterVec
}

// AuthFailed counts a credential that was refused.
func (m *Metrics) AuthFailed(reason string) { m.refused.WithLabelValues(reason).Inc() }

// NewMetrics returns metrics that are all zero. Those of Go and of the process are in the registry as well.
func NewMetrics() *Metrics {
	m := &Metrics{
		Registry: prometheus.NewRegistry(),
		generation: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "manifold_config_generation", Help: "Number of the generation that is served.",
		}),
		lastGood: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "manifold_config_last_good_timestamp_seconds", Help: "When the generation that is served was built.",
		}),
		reloads: map[Result]prometheus.Counter{},
		refused: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "manifold_auth_failures_total", Help: "Credentials that were refused, by reason.",
		}, []string{"reason"}),
	}
	reloads := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "manifold_config_reload_total", Help: "Reloads by result: applied, unchanged, rejected.",
	}, []string{"result"})
	for _, r := range []Result{Applied, Unchanged, Rejected} {
		m.reloads[r] = reloads.WithLabelValues(string(r))
	}
	m.Registry.MustRegister(m.generation, m.lastGood, reloads, m.refused, collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

func (m *Metrics) count(r Report) {
	m.reloads[r.Result].Inc()
	if r.Result == Applied {
		m.generation.Set(float64(r.Generation))
		m.lastGood.Set(float64(r.At.Unix()))
	}
}
