package upstreams

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"manifold/internal/breaker"
	"manifold/internal/fault"
)

// causes are reasons for which a call is made again, or counts against its upstream.
type causes struct {
	connect, timeout bool
	statuses         []int // a hundred stands for all of its statuses: 500
}

// causesOf reads words that have been checked: connect, timeout, a status, 5xx.
func causesOf(on []string) (c causes) {
	for _, word := range on {
		switch word {
		case "connect":
			c.connect = true
		case "timeout":
			c.timeout = true
		default:
			n, _ := strconv.Atoi(strings.ReplaceAll(word, "x", "0"))
			c.statuses = append(c.statuses, n)
		}
	}
	return c
}

// status reports whether a status is one of the causes.
func (c *causes) status(status int) bool {
	return slices.ContainsFunc(c.statuses, func(s int) bool { return s == status || s == 500 && status > 500 && status < 600 })
}

// has reports whether what came of a call is one of the causes.
func (c *causes) has(r *Reply, err error) bool {
	if err == nil {
		return c.status(r.Status)
	}
	f, ok := errors.AsType[*fault.Error](err)
	broke := ok && (f.Code == fault.UpstreamUnavailable || cutOff(f.Cause))
	return ok && (broke && c.connect || f.Code == fault.UpstreamTimeout && c.timeout)
}

// judge says what a call tells of who was called (RELIABILITY C.6). blamed are the causes that count against it.
type judge struct {
	blamed causes
	all    bool          // blamed is the default: also answers that break the rules, and 5xx but for 501
	slow   time.Duration // an answer that takes longer counts as slow
}

// newJudge returns a judge; on is what a user says, nil for the default.
func newJudge(on []string, timeout time.Duration) judge {
	const nearlyAll = 0.8 // of the time that a call may take
	j := judge{all: on == nil, slow: time.Duration(nearlyAll * float64(timeout))}
	if on == nil {
		on = []string{"connect", "timeout", "5xx"}
	}
	j.blamed = causesOf(on)
	return j
}

// result judges a call. What its client gave up, what the gateway itself refused, and 429 say nothing; nor does a time that was
// shorter than the upstream may take (cut).
func (j *judge) result(r *Reply, err error, took time.Duration, cut bool) breaker.Result {
	if err == nil {
		switch {
		case j.blamed.status(r.Status) && (!j.all || r.Status != 501):
			return breaker.Failure
		case r.Status == 429:
			return breaker.Neutral
		case r.Status >= 400:
			return breaker.Alive
		case took > j.slow:
			return breaker.Slow
		default:
			return breaker.Success
		}
	}
	f, ok := errors.AsType[*fault.Error](err)
	switch {
	case !ok, errors.Is(err, context.Canceled):
		return breaker.Neutral
	case f.Code == fault.UpstreamTimeout && cut:
		return breaker.Neutral
	case j.blamed.has(r, err), j.all && f.Code == fault.UpstreamBadResponse:
		return breaker.Failure
	default:
		return breaker.Neutral
	}
}

// hasLess reports whether a call that begins now has less time than its upstream may take.
func hasLess(ctx context.Context, now time.Time, timeout time.Duration) bool {
	at, ok := ctx.Deadline()
	return ok && at.Sub(now) < timeout
}
