package upstreams

import (
	"bytes"
	"context"
	"slices"
	"sync/atomic"
	"time"

	"manifold/internal/auth"
	"manifold/internal/balance"
	"manifold/internal/transcode"
)

// Call is one request to one upstream, finished to the last byte: policies wrap it, the transport sends it.
// Equal calls (method, URL, headers, body, RPC) are the same call.
type Call struct {
	Method  string
	URL     []byte // absolute, ASCII, escaped
	Headers []Header
	Body    []byte // nil: none

	// RPC makes it a call of a gRPC method: Method and URL are not read, the headers are metadata, and Body is the JSON of
	// the request, nil for an empty one.
	RPC *transcode.Method

	// Idempotent says that the call may be made again.
	Idempotent bool
	// Changes says that the call may change something of the upstream's.
	Changes bool
	// Alone says that the reply is for one client only, whatever the call looks like: nobody else gets it, and nobody keeps it.
	Alone bool
	// Identity is who asks; nil: nobody is known. It is not a part of the call, unless a policy makes it one.
	Identity *auth.Identity
	// Faults is what has to go wrong, in the words of FaultHeader; "": nothing.
	Faults string
	// Cache says how the reply may be kept; nil: the reply itself does.
	Cache *CacheRule
	// Retries is how many more retries the operation may make; nil: as many as the upstream's policy allows.
	Retries *atomic.Int32

	// Timeout takes the place of the upstream's; 0: that holds.
	Timeout time.Duration

	// told is who asks, as far as the upstream is told, nil if it is not told of anybody: written by who tells it.
	told []byte

	// Again says when the call is made again; nil: as the upstream's policy says.
	Again *Again
	// Hedge takes the place of the upstream's; 0: that holds.
	Hedge time.Duration

	// last is the instance that had the last attempt, written when it is picked: the next one goes elsewhere.
	last *balance.Member[Caller]
	// rival is the same for an attempt that runs beside this one; nil: there is none.
	rival *atomic.Pointer[balance.Member[Caller]]
}

// clone returns a copy that shares no memory with c, but for its budget of retries.
func (c *Call) clone() *Call {
	own := *c
	own.URL, own.Headers, own.Body = bytes.Clone(c.URL), slices.Clone(c.Headers), bytes.Clone(c.Body)
	return &own
}

// Again takes the place of what an upstream's policy says of retries, but for its budget. A zero field is what that says.
type Again struct {
	Attempts int // in all; 1: the call is never made again
	Backoff  time.Duration
	On       []string // checked words, as of schema.Retry
}

// Header is one header line of a Call.
type Header struct{ Name, Value string }

// Caller makes calls to one upstream. Its errors are always *fault.Error.
// A Caller is safe for concurrent use. The Call must not change until Call returns.
type Caller interface {
	Call(ctx context.Context, c *Call) (*Reply, error)
}
