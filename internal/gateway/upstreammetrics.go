package gateway

import (
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"manifold/upstreams"
)

// upstreamMetrics counts the calls of sources.
type upstreamMetrics struct {
	calls    *prometheus.CounterVec
	took     *prometheus.HistogramVec
	inFlight *prometheus.GaugeVec
	retries  *prometheus.CounterVec
	spared   *prometheus.CounterVec
	kept     *prometheus.CounterVec

	mu     sync.Mutex
	gauges map[string]*upstreamGauge
}

var _ upstreams.Meter = (*upstreamMetrics)(nil)

func newUpstreamMetrics() *upstreamMetrics {
	return &upstreamMetrics{
		calls: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "manifold_upstream_calls_total", Help: "Calls of sources by outcome: ok, 4xx, 5xx, timeout, unavailable, bad_response, overloaded, invalid, cancelled, other.",
		}, []string{"upstream", "outcome"}),
		took: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "manifold_upstream_call_duration_seconds", Help: "How long calls of sources took, waiting for their turn included.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10},
		}, []string{"upstream"}),
		inFlight: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "manifold_upstream_in_flight", Help: "Calls of sources that run or wait for their turn.",
		}, []string{"upstream"}),
		retries: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "manifold_upstream_retries_total", Help: "Attempts of calls after the first one.",
		}, []string{"upstream"}),
		spared: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "manifold_coalesced_total", Help: "Calls that were not made, since an equal one was under way.",
		}, []string{"upstream"}),
		kept: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "manifold_cache_total", Help: "Calls, and keys of batches, for which something kept was looked for: hit and stale were not asked for, miss were.",
		}, []string{"upstream", "result"}),
		gauges: map[string]*upstreamGauge{},
	}
}

func (m *upstreamMetrics) collectors() []prometheus.Collector {
	return []prometheus.Collector{m.calls, m.took, m.inFlight, m.retries, m.spared, m.kept}
}

// Upstream implements upstreams.Meter. All generations count together.
func (m *upstreamMetrics) Upstream(name string) upstreams.Gauge {
	if name == "" {
		name = "absolute" // connectors that name a host themselves
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	g := m.gauges[name]
	if g == nil {
		g = &upstreamGauge{took: m.took.WithLabelValues(name), inFlight: m.inFlight.WithLabelValues(name), retried: m.retries.WithLabelValues(name), spared: m.spared.WithLabelValues(name)}
		for _, r := range upstreams.CacheResults() {
			g.kept = append(g.kept, m.kept.WithLabelValues(name, r))
		}
		for _, o := range upstreams.Outcomes() {
			g.ended = append(g.ended, m.calls.WithLabelValues(name, o.String()))
		}
		m.gauges[name] = g
	}
	return g
}

// upstreamGauge counts the calls of one source. Its children are found once.
type upstreamGauge struct {
	took     prometheus.Observer
	inFlight prometheus.Gauge
	retried  prometheus.Counter
	spared   prometheus.Counter
	ended    []prometheus.Counter // by outcome
	kept     []prometheus.Counter // by result
}

// Retried implements upstreams.Gauge.
func (g *upstreamGauge) Retried() { g.retried.Inc() }

// Coalesced implements upstreams.Gauge.
func (g *upstreamGauge) Coalesced() { g.spared.Inc() }

// Cached implements upstreams.Gauge.
func (g *upstreamGauge) Cached(r upstreams.CacheResult, n int) { g.kept[r].Add(float64(n)) }

// Started implements upstreams.Gauge.
func (g *upstreamGauge) Started() { g.inFlight.Inc() }

// Ended implements upstreams.Gauge.
func (g *upstreamGauge) Ended(o upstreams.Outcome, took time.Duration) {
	g.inFlight.Dec()
	g.took.Observe(took.Seconds())
	g.ended[o].Inc()
}
