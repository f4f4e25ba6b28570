package upstreams

import (
	"cmp"
	"context"
	"fmt"
	"sync"
	"time"

	healthpb "google.golang.org/grpc/health/grpc_health_v1"

	"manifold/internal/balance"
	"manifold/schema"
)

// The figures of active checks.
const (
	checkEvery   = 5 * time.Second
	checkTimeout = time.Second
	sickAfter    = 2 // checks in a row that fail
	wellAfter    = 2 // checks in a row that succeed
)

// checker asks the instances of a pool whether they are well. One that is not gets no calls, unless that holds for most of them.
type checker struct {
	group  *balance.Group[Caller]
	health schema.Health
	probe  func(context.Context, Caller) error
	streak map[*balance.Member[Caller]]int // checks in a row: good ones above zero, bad ones below
}

func (h *checker) run(ctx context.Context) {
	h.streak = map[*balance.Member[Caller]]int{}
	every := time.NewTicker(cmp.Or(h.health.Every, checkEvery))
	defer every.Stop()
	for {
		h.round(ctx)
		select {
		case <-every.C:
		case <-ctx.Done():
			return
		}
	}
}

// round asks all of them at the same time.
func (h *checker) round(ctx context.Context) {
	members := h.group.Members()
	good := make([]bool, len(members))
	var asked sync.WaitGroup
	for i, m := range members {
		asked.Go(func() {
			ctx, cancel := context.WithTimeout(ctx, cmp.Or(h.health.Timeout, checkTimeout))
			defer cancel()
			good[i] = h.probe(ctx, m.Value) == nil
		})
	}
	asked.Wait()
	if ctx.Err() != nil {
		return
	}
	before := h.streak
	h.streak = make(map[*balance.Member[Caller]]int, len(members))
	for i, m := range members {
		n := before[m]
		if good[i] {
			n = max(n, 0) + 1
		} else {
			n = min(n, 0) - 1
		}
		h.streak[m] = n
		if n >= wellAfter {
			h.group.SetSick(m, false)
		}
		if n <= -sickAfter {
			h.group.SetSick(m, true)
		}
	}
}

// probeHTTP asks an instance for a path: 200 to 399 is well.
func probeHTTP(url string) func(context.Context, Caller) error {
	return func(ctx context.Context, instance Caller) error {
		r, err := instance.Call(ctx, &Call{Method: "GET", URL: []byte(url), Headers: []Header{{Name: "Accept", Value: "*/*"}}})
		if err != nil {
			return err
		}
		defer r.Release()
		if r.Status < 200 || r.Status > 399 {
			return fmt.Errorf("status %d", r.Status)
		}
		return nil
	}
}

// probeGRPC asks an instance by the protocol for that (grpc.health.v1.Health/Check): SERVING is well.
func probeGRPC(service string) func(context.Context, Caller) error {
	return func(ctx context.Context, instance Caller) error {
		g, ok := instance.(*GRPC)
		if !ok {
			return errNoInstance
		}
		r, err := healthpb.NewHealthClient(g.conn).Check(ctx, &healthpb.HealthCheckRequest{Service: service})
		if err != nil {
			return err
		}
		if r.GetStatus() != healthpb.HealthCheckResponse_SERVING {
			return fmt.Errorf("status %s", r.GetStatus())
		}
		return nil
	}
}
