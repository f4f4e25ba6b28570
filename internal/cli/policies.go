package cli

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"manifold/internal/config"
	"manifold/internal/plan"
	"manifold/schema"
)

// policies describes, for people, what happens to the calls of each source that an operation calls: one line for each policy, from the
// outermost one to the innermost.
func policies(gw *schema.Gateway, op *plan.Operation, c *config.Config) string {
	var b strings.Builder
	seen := map[int]bool{}
	for _, part := range op.Parts {
		for _, l := range part.Loaders {
			if l.Request == nil || l.Upstream < 0 || seen[l.Upstream] {
				continue
			}
			seen[l.Upstream] = true
			src := gw.Sources[l.Upstream]
			fmt.Fprintf(&b, "policies of %s\n", src.Name)
			for _, line := range policiesOf(src, c) {
				fmt.Fprintf(&b, "  %s\n", line)
			}
		}
	}
	return b.String()
}

func policiesOf(src *schema.Source, c *config.Config) (out []string) {
	add := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	r, u := src.Resilience, &c.Limits.Upstream
	if c.Coalesce {
		add("coalesce   equal idempotent calls under way are one")
	}
	switch {
	case c.Cache.Off:
	case c.Redis.URL.Reveal() != "":
		add("cache      %s in memory, and Redis", sizeOf(c.Cache.Memory))
	default:
		add("cache      %s in memory", sizeOf(c.Cache.Memory))
	}
	if t := r.Retry; t != nil && t.Attempts == 1 {
		add("retry      none, but where a connector says so; %.0f%% of the calls", 100*cmp.Or(t.Budget, 0.1))
	} else if t != nil {
		on := t.On
		if on == nil {
			on = []string{"connect", "502", "503", "504"}
		}
		add("retry      %d attempts on %s, after at most %s; %.0f%% of the calls", t.Attempts, strings.Join(on, " "), cmp.Or(t.Backoff, 25*time.Millisecond), 100*cmp.Or(t.Budget, 0.1))
	}
	if r.Hedge > 0 {
		add("hedge      a second call after %s", r.Hedge)
	}
	if b := r.Breaker; !b.Off && src.Function == nil {
		add("breaker    opens when %.0f%% of at least %d calls in 10s fail, for %s", 100*cmp.Or(b.FailureRatio, 0.5), cmp.Or(b.MinRequests, 20), cmp.Or(b.OpenFor, 5*time.Second))
	}
	if l := r.RateLimit; l != nil {
		add("rate       %d in %s, %d at once", l.Rate, l.Per, l.Burst)
	}
	most := cmp.Or(r.MaxConcurrent, u.MaxConcurrent)
	add("bulkhead   %d at once, %d wait for at most 50ms", most, most)
	add("timeout    %s, within the %s of the request", cmp.Or(r.Timeout, time.Duration(u.Timeout)), time.Duration(c.Limits.Timeout))
	return append(out, instancesOf(&src.Instances)...)
}

// instancesOf says where a source is, if that is more than its URL.
func instancesOf(i *schema.Instances) (out []string) {
	by := [...]string{schema.ByLoad: "the less loaded of two", schema.ByTurn: "in turns", schema.ByURL: "by URL", schema.ByHeader: "by header " + i.Header}[i.By]
	var where string
	switch {
	case len(i.List) > 0:
		var all []string
		for _, one := range i.List {
			all = append(all, one.Address)
		}
		where = strings.Join(all, " ")
	case i.DNS != "":
		where = "the addresses of " + i.DNS
	case i.SRV != "":
		where = "the targets of " + i.SRV
	}
	if where != "" {
		out = append(out, "instances  "+where+"; "+by+"; out after 5 failures in a row")
	}
	if i.Health.Active {
		out = append(out, "health     "+cmp.Or(i.Health.Path, "grpc.health.v1")+" every "+i.Health.Every.String())
	}
	return out
}

// sizeOf writes a size in the largest unit that it is a whole number of.
func sizeOf(n config.Size) string {
	units := []string{"B", "KiB", "MiB", "GiB"}
	i := 0
	for i < len(units)-1 && n%1024 == 0 && n > 0 {
		n /= 1024
		i++
	}
	return fmt.Sprintf("%d%s", n, units[i])
}

// shown is what more than its plan is printed of an operation.
type shown struct {
	Isolation bool `help:"Also what each call varies by: calls that differ in it never share a reply."`
	Policies  bool `help:"Also what happens to the calls of each source: timeouts, retries, breakers, limits, instances."`
}

// of returns it.
func (s *shown) of(gw *schema.Gateway, op *plan.Operation, c *config.Config) string {
	var parts []string
	if s.Isolation {
		parts = append(parts, "isolation\n"+plan.Isolation(op))
	}
	if s.Policies {
		parts = append(parts, policies(gw, op, c))
	}
	return strings.Join(slices.DeleteFunc(parts, func(p string) bool { return p == "" }), "")
}
