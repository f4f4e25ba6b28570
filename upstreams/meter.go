package upstreams

import (
	"context"
	"errors"
	"time"

	"manifold/internal/fault"
)

// Meter counts the calls of upstreams.
type Meter interface {
	// Upstream returns what counts the calls of one upstream, "" for all those without a source. It is asked once for each.
	Upstream(name string) Gauge
}

// Gauge counts the calls of one upstream. Its methods are called by many goroutines at once.
type Gauge interface {
	Started()
	Ended(outcome Outcome, took time.Duration)
	Retried()                    // one more attempt of a call that has been counted as started
	Coalesced()                  // a call that was not made, since an equal one was under way
	Cached(r CacheResult, n int) // so many calls, or keys of a batch, for which a kept reply was looked for
}

// CacheResult says what came of looking for a kept reply. The list is closed.
type CacheResult uint8

// Results of looking for a kept reply.
const (
	CacheHit   CacheResult = iota // it was there, and no call was made
	CacheStale                    // it was there and old, and was used
	CacheMiss                     // it was not there, or too old
)

// CacheResults lists all of them, as metrics call them.
func CacheResults() []string {
	return []string{CacheHit: "hit", CacheStale: "stale", CacheMiss: "miss"}
}

// Outcome says how a call ended. The list is closed.
type Outcome uint8

// Outcomes.
const (
	Good         Outcome = iota // a status below 400
	Refused                     // 400 to 499
	Failed                      // 500 and above
	TimedOut                    // no answer in time
	Unavailable                 // no connection, or it broke before there was an answer
	BadResponse                 // an answer that cannot be read, or is too large
	Overloaded                  // not sent: too many calls run already, or in this time
	Broken                      // not sent: the upstream fails too often
	Invalid                     // not sent: it cannot be written as a request
	Cancelled                   // nobody waits for it any more
	OtherOutcome                // a fault of the gateway, or of a function
)

// outcomeNames are the names that metrics have for outcomes.
var outcomeNames = [...]string{
	Good: "ok", Refused: "4xx", Failed: "5xx", TimedOut: "timeout", Unavailable: "unavailable", BadResponse: "bad_response",
	Overloaded: "overloaded", Broken: "circuit_open", Invalid: "invalid", Cancelled: "cancelled", OtherOutcome: "other",
}

func (o Outcome) String() string { return outcomeNames[o] }

// Outcomes lists all of them.
func Outcomes() (all []Outcome) {
	for o := range outcomeNames {
		all = append(all, Outcome(o))
	}
	return all
}

// metered counts calls. It stands outside of everything else, so that waiting for a turn counts too.
func metered(g Gauge) Policy {
	return func(next Caller) Caller { return &counted{next: next, gauge: g} }
}

type counted struct {
	next  Caller
	gauge Gauge
}

func (m *counted) Call(ctx context.Context, c *Call) (r *Reply, err error) {
	start := time.Now()
	outcome := OtherOutcome // of a panic
	m.gauge.Started()
	defer func() { m.gauge.Ended(outcome, time.Since(start)) }()
	r, err = m.next.Call(ctx, c)
	outcome = outcomeOf(r, err)
	return r, err
}

func outcomeOf(r *Reply, err error) Outcome {
	if err == nil {
		switch {
		case r.Status >= 500:
			return Failed
		case r.Status >= 400:
			return Refused
		default:
			return Good
		}
	}
	f, ok := errors.AsType[*fault.Error](err)
	if !ok {
		return OtherOutcome
	}
	switch f.Code {
	case fault.UpstreamTimeout, fault.DeadlineExceeded:
		return TimedOut
	case fault.UpstreamUnavailable:
		return Unavailable
	case fault.UpstreamBadResponse, fault.UpstreamTooLarge:
		return BadResponse
	case fault.UpstreamOverloaded:
		return Overloaded
	case fault.UpstreamRateLimited:
		if f.Status == 0 { // by ourselves
			return Overloaded
		}
		return Refused
	case fault.CircuitOpen:
		return Broken
	case fault.UpstreamError:
		return Failed
	case fault.BadUserInput:
		return Invalid
	}
	if errors.Is(err, context.Canceled) {
		return Cancelled
	}
	return OtherOutcome
}
