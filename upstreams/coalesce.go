package upstreams

import (
	"context"
	"encoding/binary"
	"sync/atomic"

	"manifold/internal/fault"
	"manifold/internal/flight"
	"manifold/internal/store"
)

// coalescing has equal idempotent calls that are under way at the same time made once, for whichever operations and clients they are.
// Equal are calls that are equal to the last byte: since a header that is forwarded is in the call, no answer can reach somebody
// whose call was another (RELIABILITY C.10, K4). What a client had no more time for is nobody else's (K3).
//
// Who has changed something is not given what was asked for before: a call that changes something, and an invalidation of what is in s (nil:
// nothing is kept), is the end of sharing with what is under way.
func coalescing(s *store.Store, g Gauge) Policy {
	return func(next Caller) Caller {
		c := &coalescer{next: next, store: s, gauge: g}
		c.calls.Shared = func(a *joint, uses *flight.Uses) {
			if a.reply != nil {
				a.reply.uses = uses
			}
		}
		return c
	}
}

type coalescer struct {
	next    Caller
	store   *store.Store // nil: there is none
	gauge   Gauge        // nil: nobody counts
	calls   flight.Group[string, *joint]
	changes atomic.Uint64 // calls that have ended and may have changed something
}

// joint is what came of a call for all who made it. The reply is released by the last of them.
type joint struct {
	reply *Reply
	err   error
}

func (m *coalescer) Call(ctx context.Context, c *Call) (*Reply, error) {
	if c.Changes {
		defer m.changes.Add(1)
	}
	if !c.Idempotent || c.Alone {
		return m.next.Call(ctx, c)
	}
	var few [512]byte
	key := binary.AppendVarint(few[:0], int64(c.Timeout)) // with another one it may come to another end
	key = binary.AppendUvarint(key, m.changes.Load())
	if m.store != nil {
		key = binary.AppendUvarint(key, m.store.Changes())
	}
	end, _ := ctx.Deadline()
	out := m.calls.Do(ctx, end, string(c.appendKey(key)), func(ctx context.Context) (*joint, bool) {
		r, err := m.next.Call(ctx, c)
		return &joint{r, err}, fault.Is(err, fault.DeadlineExceeded)
	})
	if out.Alone {
		return m.next.Call(ctx, c)
	}
	if out.Joined && m.gauge != nil {
		m.gauge.Coalesced()
	}
	return out.Value.reply, out.Value.err
}

// appendText appends a part of a key, with its length before it.
func appendText[T string | []byte](key []byte, s T) []byte {
	return append(binary.AppendUvarint(key, uint64(len(s))), s...)
}

// appendKey appends all that a call is: its parts have their lengths before them, so that different calls are never one key.
func (c *Call) appendKey(key []byte) []byte {
	key = appendText(key, c.Method)
	if c.RPC != nil {
		key = appendText(key, c.RPC.Path)
	} else {
		key = appendText(key, "")
	}
	key = appendText(key, c.URL)
	key = binary.AppendUvarint(key, uint64(len(c.Headers)))
	for i := range c.Headers {
		key = appendText(appendText(key, c.Headers[i].Name), c.Headers[i].Value)
	}
	if c.Body == nil {
		return append(key, 0)
	}
	key = append(key, 1)
	return append(key, c.Body...)
}
