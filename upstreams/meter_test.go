package upstreams

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"manifold/internal/fault"
)

type tally struct {
	started, retried, spared int
	kept                     []CacheResult
	ended                    []Outcome
}

func (t *tally) Retried()                         { t.retried++ }
func (t *tally) Coalesced()                       { t.spared++ }
func (t *tally) Cached(r CacheResult, _ int)      { t.kept = append(t.kept, r) }
func (t *tally) Started()                         { t.started++ }
func (t *tally) Ended(o Outcome, _ time.Duration) { t.ended = append(t.ended, o) }

func TestEveryCallHasAnOutcome(t *testing.T) {
	t.Parallel()
	bug := errors.New("a bug")
	for name, c := range map[string]struct {
		status int
		err    error
		want   string
	}{
		"good":          {status: 200, want: "ok"},
		"redirected":    {status: 302, want: "ok"},
		"not found":     {status: 404, want: "4xx"},
		"down":          {status: 503, want: "5xx"},
		"slow":          {err: fault.New(fault.UpstreamTimeout, ""), want: "timeout"},
		"refused":       {err: fault.New(fault.UpstreamUnavailable, ""), want: "unavailable"},
		"garbage":       {err: fault.New(fault.UpstreamBadResponse, ""), want: "bad_response"},
		"endless":       {err: fault.New(fault.UpstreamTooLarge, ""), want: "bad_response"},
		"many":          {err: fault.New(fault.UpstreamOverloaded, ""), want: "overloaded"},
		"unwritable":    {err: fault.New(fault.BadUserInput, ""), want: "invalid"},
		"nobody waits":  {err: &fault.Error{Code: fault.Internal, Cause: fmt.Errorf("gone: %w", context.Canceled)}, want: "cancelled"},
		"a bug":         {err: &fault.Error{Code: fault.Internal, Cause: bug}, want: "other"},
		"another error": {err: bug, want: "other"},
	} {
		var g tally
		var reply *Reply
		if c.err == nil {
			reply = &Reply{Status: c.status}
		}
		r, err := metered(&g)(callerFunc(func(context.Context, *Call) (*Reply, error) { return reply, c.err })).Call(t.Context(), &Call{})
		if r != reply || !errors.Is(err, c.err) || g.started != 1 || len(g.ended) != 1 || g.ended[0].String() != c.want {
			t.Errorf("%s: %v %v, %d started, ended %v", name, r, err, g.started, g.ended)
		}
	}
	var g tally
	func() {
		defer func() { _ = recover() }()
		_, _ = metered(&g)(callerFunc(func(context.Context, *Call) (*Reply, error) { panic("a bug") })).Call(t.Context(), &Call{})
	}()
	if g.started != 1 || len(g.ended) != 1 || g.ended[0] != OtherOutcome {
		t.Errorf("a panic: %d started, ended %v", g.started, g.ended)
	}
}
