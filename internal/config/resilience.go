package config

import (
	"slices"
	"strconv"
	"time"

	"manifold/schema"
)

// Resilience overlays `resilience` of a @source. Zero: what the schema file says.
type Resilience struct {
	Timeout       Duration  `key:"timeout" min:"1ms" max:"5m" example:"300ms" about:"Time for one call."`
	MaxConcurrent int       `key:"maxConcurrent" min:"1" max:"100000" example:"100" about:"Calls that run at once; as many wait for at most 50 ms."`
	Retry         Retry     `key:"retry" about:"When an idempotent call is made again."`
	Breaker       Breaker   `key:"breaker" about:"When no calls are made for a while, because most of them fail."`
	Hedge         Duration  `key:"hedge" min:"1ms" max:"1m" example:"50ms" about:"An idempotent call that has no answer after this time is made a second time, at another instance; at most 5 of 100 are."`
	RateLimit     RateLimit `key:"rateLimit" about:"How often the source is called."`
}

// Retry overlays retry.
type Retry struct {
	Attempts int         `key:"attempts" min:"2" max:"3" example:"2" about:"How often a call is made in all." need:"yes"`
	Backoff  Duration    `key:"backoff" min:"1ms" max:"1s" example:"25ms" about:"At most so long is waited before the second one, by chance; before the third twice as long."`
	On       []Text      `key:"on" example:"[connect, '503']" about:"Reasons: connect, timeout, a status of 5xx, 5xx, 429."`
	Budget   Part        `key:"budget" min:"0.001" max:"1" example:"0.1" about:"The part of the calls that may be retries, over time."`
	At       schema.Spot // of the mapping
}

// Breaker overlays breaker.
type Breaker struct {
	FailureRatio Part        `key:"failureRatio" min:"0.01" max:"1" example:"0.3" about:"The part of the calls that fail; from there on none are made."`
	MinRequests  int         `key:"minRequests" min:"1" max:"100000" example:"50" about:"So many within ten seconds before the ratio counts."`
	OpenFor      Duration    `key:"openFor" min:"1ms" max:"1m" example:"10s" about:"For so long none are made; twice as long each time that those to try it fail too, at most a minute."`
	On           []Text      `key:"on" example:"[connect, timeout]" about:"What counts as failed: connect, timeout, a status of 5xx, 5xx."`
	Off          bool        `key:"off" default:"false" example:"true" about:"true: there is no breaker."`
	At           schema.Spot // of the mapping
}

// RateLimit overlays rateLimit.
type RateLimit struct {
	Rate  int      `key:"rate" min:"1" max:"1000000" example:"500" about:"So many calls." need:"yes"`
	Per   Duration `key:"per" default:"1s" min:"1ms" max:"1h" example:"1m" about:"In this time."`
	Burst int      `key:"burst" min:"1" max:"1000000" example:"50" about:"So many at once; without it, as many as rate."`
}

// model returns what schema reads.
func (r *Resilience) model() schema.Resilience {
	out := schema.Resilience{
		Timeout: time.Duration(r.Timeout), MaxConcurrent: r.MaxConcurrent, Hedge: time.Duration(r.Hedge),
		Breaker: schema.Breaker{
			FailureRatio: float64(r.Breaker.FailureRatio), MinRequests: r.Breaker.MinRequests,
			OpenFor: time.Duration(r.Breaker.OpenFor), On: texts(r.Breaker.On), Off: r.Breaker.Off,
		},
	}
	if t := r.Retry; t.Attempts > 0 {
		out.Retry = &schema.Retry{Attempts: t.Attempts, Backoff: time.Duration(t.Backoff), On: texts(t.On), Budget: float64(t.Budget)}
	}
	if l := r.RateLimit; l.Rate > 0 {
		out.RateLimit = &schema.RateLimit{Rate: l.Rate, Per: time.Duration(l.Per), Burst: l.Burst}
		if l.Burst == 0 {
			out.RateLimit.Burst = l.Rate
		}
	}
	return out
}

func texts(in []Text) (out []string) {
	for _, t := range in {
		out = append(out, t.Value)
	}
	return out
}

// checkResilience checks the words of lists.
func (r *reader) checkResilience(s *Resilience, at string) {
	for _, list := range [...]struct {
		name  string
		words []Text
		also  string
	}{{"retry", s.Retry.On, "429"}, {"breaker", s.Breaker.On, "5xx"}} {
		known := []string{"connect", "timeout", "5xx", list.also}
		for _, w := range list.words {
			n, err := strconv.Atoi(w.Value)
			if !slices.Contains(known, w.Value) && (err != nil || n < 500 || n > 599) {
				r.problem(w.At, at+"."+list.name+".on", strconv.Quote(w.Value)+" is no reason", "there are connect, timeout, 5xx, and each of its statuses, as 503")
			}
		}
	}
}
