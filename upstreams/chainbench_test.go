package upstreams

import (
	"context"
	"testing"
	"time"

	"manifold/schema"
)

type uncounted struct{}

func (uncounted) Upstream(string) Gauge        { return uncounted{} }
func (uncounted) Retried()                     {}
func (uncounted) Started()                     {}
func (uncounted) Ended(Outcome, time.Duration) {}

// BenchmarkChain is what the policies of an upstream cost, without the call.
func BenchmarkChain(b *testing.B) {
	reply := &Reply{Status: 200}
	o := Options{Meter: uncounted{}}.withDefaults()
	u := &upstream{name: "api"}
	c := u.chain(schema.Resilience{}, &o, callerFunc(func(context.Context, *Call) (*Reply, error) { return reply, nil }))
	call := &Call{Method: "GET"}
	b.ReportAllocs()
	for b.Loop() {
		if r, err := c.Call(b.Context(), call); r != reply || err != nil {
			b.Fatal(err)
		}
	}
}
