package gateway

import (
	"net/http"
	"time"

	"manifold/upstreams"
)

// upstreamStanding is an upstream in the answer of /statusz.
type upstreamStanding struct {
	Name      string             `json:"name"`
	Running   int                `json:"running"`
	Queued    int                `json:"queued"`
	Most      int                `json:"maxConcurrent"`
	Breaker   *breakerStanding   `json:"breaker,omitempty"`
	Retries   *float64           `json:"retryBudget,omitempty"`
	Panics    bool               `json:"allInstancesGetCalls,omitempty"`
	Stale     string             `json:"addressesStale,omitempty"`
	Instances []instanceStanding `json:"instances,omitempty"`
}

type breakerStanding struct {
	State  string `json:"state"`
	Calls  int    `json:"callsInWindow"`
	Failed int    `json:"failedInWindow"`
	Wait   string `json:"probesIn,omitempty"`
}

type instanceStanding struct {
	Address string `json:"address"`
	Weight  int    `json:"weight"`
	Running int64  `json:"running"`
	Calls   uint64 `json:"calls"`
	State   string `json:"state"` // serving, ejected, sick
	For     string `json:"ejectedFor,omitempty"`
	Failed  int    `json:"failedInWindow"`
	InARow  int    `json:"failuresInARow"`
}

// statusz tells how every upstream stands. It names addresses, so it is for operators only.
func (a *admin) statusz(w http.ResponseWriter, _ *http.Request) {
	live := a.gateway.Live()
	out := struct {
		Generation int                `json:"generation"`
		Revision   string             `json:"revision"`
		Built      time.Time          `json:"built"`
		Upstreams  []upstreamStanding `json:"upstreams"`
	}{live.number, live.revision, live.built.UTC(), []upstreamStanding{}}
	for _, s := range live.set.Status() {
		out.Upstreams = append(out.Upstreams, standingOf(&s))
	}
	writeJSON(w, http.StatusOK, out)
}

func standingOf(s *upstreams.Status) upstreamStanding {
	u := upstreamStanding{Name: upstreamName(s.Name), Running: s.Running, Queued: s.Queued, Most: s.Most, Panics: s.Panics, Stale: s.Stale}
	if s.Stale != "" {
		u.Stale = "for " + s.StaleFor.Round(time.Second).String() + ": " + s.Stale
	}
	if b := s.Breaker; b != nil {
		u.Breaker = &breakerStanding{State: b.State.String(), Calls: b.Calls, Failed: b.Failed}
		if b.Wait > 0 {
			u.Breaker.Wait = b.Wait.Round(time.Millisecond).String()
		}
	}
	if s.Retries >= 0 {
		u.Retries = &s.Retries
	}
	for _, i := range s.Instances {
		is := instanceStanding{
			Address: i.Address, Weight: i.Weight, Running: i.Running, Calls: i.Calls, State: "serving",
			Failed: i.WindowFailed, InARow: i.Consecutive,
		}
		switch {
		case i.EjectedFor > 0:
			is.State, is.For = "ejected", i.EjectedFor.Round(time.Millisecond).String()
		case i.Sick:
			is.State = "sick"
		}
		u.Instances = append(u.Instances, is)
	}
	return u
}

// upstreamName is how connectors that name a host themselves are called together.
func upstreamName(name string) string {
	if name == "" {
		return "absolute"
	}
	return name
}
