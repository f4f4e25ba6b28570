package gateway

import (
	"github.com/prometheus/client_golang/prometheus"

	"manifold/upstreams"
)

// standings are the metrics of what policies remember. They are read when they are asked for, from the live generation.
type standings struct {
	set     func() *upstreams.Set
	breaker *prometheus.Desc
	budget  *prometheus.Desc
	ejected *prometheus.Desc
	total   *prometheus.Desc
	queued  *prometheus.Desc
	stale   *prometheus.Desc
}

// watchUpstreams has what the upstreams' policies remember among the metrics.
func (m *Metrics) watchUpstreams(set func() *upstreams.Set) {
	m.Registry.MustRegister(newStandings(set))
}

func newStandings(set func() *upstreams.Set) *standings {
	desc := func(name, help string) *prometheus.Desc {
		return prometheus.NewDesc(name, help, []string{"upstream"}, nil)
	}
	return &standings{
		set:     set,
		breaker: desc("manifold_breaker_state", "Whether calls of a source are made: 0 closed (all are), 1 half-open (some, to try it), 2 open (none)."),
		budget:  desc("manifold_retry_budget_tokens", "Retries that a source may get now."),
		ejected: desc("manifold_ejected", "Instances of a source that get no calls, because they fail or are not well."),
		total:   desc("manifold_instances", "Instances of a source that are known."),
		queued:  desc("manifold_upstream_queued", "Calls of a source that wait for their turn."),
		stale:   desc("manifold_dns_stale", "1 while the addresses of a source's instances cannot be asked for, and the last ones are used."),
	}
}

// Describe implements prometheus.Collector.
func (s *standings) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{s.breaker, s.budget, s.ejected, s.total, s.queued, s.stale} {
		out <- d
	}
}

// Collect implements prometheus.Collector.
func (s *standings) Collect(out chan<- prometheus.Metric) {
	seen := map[string]bool{}
	for _, u := range s.set().Status() {
		name := upstreamName(u.Name)
		if seen[name] { // several hosts without a source: their counters are one, their states are not
			continue
		}
		seen[name] = true
		tell := func(d *prometheus.Desc, v float64) {
			out <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, name)
		}
		tell(s.queued, float64(u.Queued))
		if u.Breaker != nil {
			tell(s.breaker, float64([...]int{0, 2, 1}[u.Breaker.State]))
		}
		if u.Retries >= 0 {
			tell(s.budget, u.Retries)
		}
		if u.Instances == nil {
			continue
		}
		away := 0
		for _, i := range u.Instances {
			if i.EjectedFor > 0 || i.Sick {
				away++
			}
		}
		tell(s.ejected, float64(away))
		tell(s.total, float64(len(u.Instances)))
		stale := 0.0
		if u.Stale != "" {
			stale = 1
		}
		tell(s.stale, stale)
	}
}
