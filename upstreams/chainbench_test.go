package upstreams

import (
	"context"
	"testing"
	"time"

	"manifold/internal/store"
	"manifold/schema"
)

type uncounted struct{}

func (uncounted) Upstream(string) Gauge        { return uncounted{} }
func (uncounted) Retried()                     {}
func (uncounted) Coalesced()                   {}
func (uncounted) Cached(CacheResult, int)      {}
func (uncounted) Started()                     {}
func (uncounted) Ended(Outcome, time.Duration) {}

// BenchmarkChain is what the policies of an upstream cost, without the call.
func BenchmarkChain(b *testing.B) {
	reply := &Reply{Status: 200}
	kept := store.New(store.Options{MaxBytes: 1 << 20})
	defer kept.Close()
	o := Options{Meter: uncounted{}, Store: kept}.withDefaults()
	u := &upstream{source: source{name: "api"}}
	c := u.chain(schema.Resilience{}, &o, callerFunc(func(context.Context, *Call) (*Reply, error) { return reply, nil }))
	call := &Call{Method: "GET", URL: []byte("http://api.test/users?ids=1,2,3"), Idempotent: true, Headers: []Header{{"Authorization", "Bearer anna"}}}
	b.ReportAllocs()
	for b.Loop() {
		if r, err := c.Call(b.Context(), call); r != reply || err != nil {
			b.Fatal(err)
		}
	}
}
