package deadline

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"
)

func TestOfRequest(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, value string
		want        time.Duration
	}{
		{"X-Request-Timeout-Ms", "250", 250 * time.Millisecond},
		{"X-Request-Timeout-Ms", "0", 0},
		{"X-Request-Timeout-Ms", "60000", 10 * time.Second},
		{"X-Request-Timeout-Ms", "-5", 10 * time.Second},
		{"X-Request-Timeout-Ms", "soon", 10 * time.Second},
		{"X-Request-Timeout-Ms", "99999999999999999999", 10 * time.Second},
		{"X-Envoy-Expected-Rq-Timeout-Ms", "300", 300 * time.Millisecond},
		{"Grpc-Timeout", "2S", 2 * time.Second},
		{"Grpc-Timeout", "1500m", 1500 * time.Millisecond},
		{"Grpc-Timeout", "99999999H", 10 * time.Second},
		{"Grpc-Timeout", "100u", 100 * time.Microsecond},
		{"Grpc-Timeout", "5", 10 * time.Second},
		{"Grpc-Timeout", "5x", 10 * time.Second},
		{"Grpc-Timeout", "123456789m", 10 * time.Second},
		{"Accept", "5", 10 * time.Second},
	} {
		synctest.Test(t, func(t *testing.T) {
			start := time.Now()
			ctx := OfRequest(t.Context(), http.Header{c.name: {c.value}}, 10*time.Second)
			defer ctx.Stop()
			if at, ok := ctx.Deadline(); !ok || at.Sub(start) != c.want {
				t.Errorf("%s: %s gives %v, want %v", c.name, c.value, at.Sub(start), c.want)
			}
		})
	}
}

// A context made of contexts made of contexts ends with the first of them, and needs no goroutine for that.
func TestNested(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		outer := With(t.Context(), time.Now().Add(time.Second))
		defer outer.Stop()
		inner := With(outer, time.Now().Add(time.Hour))
		defer inner.Stop()
		start := time.Now()
		<-inner.Done()
		synctest.Wait()
		if time.Since(start) != time.Second || inner.Err() == nil || outer.Err() == nil {
			t.Errorf("ended after %v: %v, %v", time.Since(start), inner.Err(), outer.Err())
		}
	})
}
