package gateway

import (
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"manifold/bff"
	"manifold/upstreams"
)

// Metrics are the gateway's counters, in a registry of their own.
type Metrics struct {
	Registry *prometheus.Registry

	generation prometheus.Gauge
	lastGood   prometheus.Gauge
	reloads    map[Result]prometheus.Counter
	refused    *prometheus.CounterVec
	routes     *prometheus.CounterVec
	partial    *prometheus.CounterVec
	retiring   *prometheus.CounterVec
	took       *prometheus.HistogramVec
	coalesced  prometheus.Counter
	upstreams  *upstreamMetrics
	kept       [2][8]prometheus.Counter // by tier and result
}

// AuthFailed counts a credential that was refused.
func (m *Metrics) AuthFailed(reason string) { m.refused.WithLabelValues(reason).Inc() }

// Upstreams counts the calls of sources.
func (m *Metrics) Upstreams() upstreams.Meter { return m.upstreams }

// Coalesced counts a request that got the result of another's run.
func (m *Metrics) Coalesced() { m.coalesced.Inc() }

// RouteUsed returns what counts the requests of a route. The counters that most requests need are found once.
func (m *Metrics) RouteUsed(client, operation string) func(bff.Usage) {
	good := m.routes.WithLabelValues(client, operation, "200")
	took := m.took.WithLabelValues(client, operation)
	return func(u bff.Usage) {
		if u.Status == http.StatusOK {
			good.Inc()
		} else {
			m.routes.WithLabelValues(client, operation, strconv.Itoa(u.Status)).Inc()
		}
		took.Observe(u.Took.Seconds())
		if u.Partial {
			m.partial.WithLabelValues(client, operation).Inc()
		}
		if u.Retiring {
			m.retiring.WithLabelValues(client, operation).Inc()
		}
	}
}

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
		reloads: map[Result]prometheus.Counter{}, upstreams: newUpstreamMetrics(),
		refused: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "manifold_auth_failures_total", Help: "Credentials that were refused, by reason.",
		}, []string{"reason"}),
		coalesced: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "manifold_coalesced_requests_total", Help: "Requests that got the result of an equal one that was under way.",
		}),
		routes: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "manifold_route_requests_total", Help: "Requests of routes, by client, operation and status.",
		}, []string{"client", "operation", "status"}),
		partial: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "manifold_route_partial_total", Help: "Answers of routes with holes in them (X-Gateway-Partial).",
		}, []string{"client", "operation"}),
		retiring: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "manifold_route_retiring_requests_total", Help: "Requests of routes that are going to end (sunset:): who has still to move.",
		}, []string{"client", "operation"}),
		took: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "manifold_route_duration_seconds", Help: "How long requests of routes took, from the header to the last byte handed over.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30},
		}, []string{"client", "operation"}),
	}
	reloads := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "manifold_config_reload_total", Help: "Reloads by result: applied, unchanged, rejected.",
	}, []string{"result"})
	for _, r := range []Result{Applied, Unchanged, Rejected} {
		m.reloads[r] = reloads.WithLabelValues(string(r))
	}
	m.Registry.MustRegister(m.generation, m.lastGood, reloads, m.refused, m.coalesced, m.routes, m.partial, m.retiring, m.took, collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	m.Registry.MustRegister(m.upstreams.collectors()...)
	m.kept = keptCounters(m.Registry)
	return m
}

func (m *Metrics) count(r Report) {
	m.reloads[r.Result].Inc()
	if r.Result == Applied {
		m.generation.Set(float64(r.Generation))
		m.lastGood.Set(float64(r.At.Unix()))
	}
}

// keysAge tells how old the keys of issuers are, as of the generation that is served.
type keysAge struct {
	of   func() map[string]time.Duration
	desc *prometheus.Desc
}

// watchKeys has the age of issuers' keys among the metrics.
func (m *Metrics) watchKeys(of func() map[string]time.Duration) {
	m.Registry.MustRegister(&keysAge{of: of, desc: prometheus.NewDesc(
		"manifold_jwks_age_seconds", "Age of the keys of an issuer that were fetched last, by the method of authentication.", []string{"method"}, nil)})
}

// Describe implements prometheus.Collector.
func (k *keysAge) Describe(to chan<- *prometheus.Desc) { to <- k.desc }

// Collect implements prometheus.Collector.
func (k *keysAge) Collect(to chan<- prometheus.Metric) {
	for method, age := range k.of() {
		to <- prometheus.MustNewConstMetric(k.desc, prometheus.GaugeValue, age.Seconds(), method)
	}
}
