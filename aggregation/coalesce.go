package aggregation

import (
	"cmp"
	"context"
	"encoding/binary"

	"manifold/internal/auth"
	"manifold/internal/deadline"
	"manifold/internal/flight"
	"manifold/internal/plan"
	"manifold/upstreams"
)

// Coalescer has equal requests of one operation that are under way at the same time run once. Equal are those whose results depend
// on the same: the variables, who asks, and every header that is forwarded or read (LANGUAGE 1, "isolation"). It is safe for
// concurrent use. A nil Coalescer runs every request by itself.
type Coalescer struct {
	headers []string // of the client's request
	running flight.Group[flightKey, *Result]
}

// flightKey is what a result depends on. Texts and values in it have their lengths before them, so that different ones are never
// the same key. As long as it is in use, no other identity can have its address.
type flightKey struct {
	who     *auth.Identity
	changes uint64 // mutations that had ended when it began: who has changed something does not get what was read before
	text    string
}

// NewCoalescer returns the coalescer of an operation; nil if the plan says that requests of it run alone.
func NewCoalescer(op *plan.Operation) *Coalescer {
	if !op.Together {
		return nil
	}
	c := &Coalescer{headers: op.Varies}
	c.running.Shared = func(r *Result, uses *flight.Uses) { r.together = uses }
	return c
}

// appendKey appends all that a result depends on but who asks.
func (c *Coalescer) appendKey(key []byte, in Input) []byte {
	for _, v := range in.Variables {
		if v == nil {
			key = append(key, 0)
			continue
		}
		key = binary.AppendUvarint(key, uint64(len(v))+1)
		key = append(key, v...)
	}
	for _, name := range c.headers {
		values := in.Header[name]
		key = binary.AppendUvarint(key, uint64(len(values)))
		for _, v := range values {
			key = binary.AppendUvarint(key, uint64(len(v)))
			key = append(key, v...)
		}
	}
	return key
}

// RunTogether is Run, but an equal request that is under way already is waited for, and its result is that of both. Each of them
// releases it. What was cut short, by a deadline or because all its clients had gone, is given to nobody else: then the next
// request runs. The time that a request may take begins here: see Limits.Time, and deadline.OfRequest.
func (e *Engine) RunTogether(ctx context.Context, op *plan.Operation, in Input, c *Coalescer) *Result {
	limited := deadline.OfRequest(ctx, in.Header, cmp.Or(in.Time, e.limits.Time))
	defer limited.Stop()
	if c == nil || !e.coalesce || e.faults && in.Header.Get(upstreams.FaultHeader) != "" {
		return e.Run(limited, op, in)
	}
	var few [256]byte
	end, _ := limited.Deadline()
	key := flightKey{in.Identity, e.changes.Load(), string(c.appendKey(few[:0], in))}
	out := c.running.Do(ctx, end, key, func(ctx context.Context) (*Result, bool) {
		r := e.Run(ctx, op, in)
		return r, r.late
	})
	switch {
	case out.Alone:
		return e.Run(limited, op, in) // if its time is over, it ends at once, and says why
	case out.Joined:
		e.coalesced()
	}
	return out.Value
}
