package schema

import (
	"fmt"
	"strconv"
	"time"

	"github.com/vektah/gqlparser/v2/ast"
)

// Resilience says how calls are kept from waiting, and from piling up. A zero field means the gateway's default.
type Resilience struct {
	Timeout       time.Duration // of one call
	MaxConcurrent int           // calls of the source that run at once; as many wait for a moment
	Retry         *Retry        // nil: no call is made again
}

// Retry says when an idempotent call is made again.
type Retry struct {
	Attempts int           // in all, the first included
	Backoff  time.Duration // at most before the second attempt; twice as long before each later one; 0: the default
	On       []string      // connect, timeout, a status, 5xx; nil: the default
	Budget   float64       // of a retry that each success pays for; 0: the default
}

// What can be asked for.
const (
	maxCallTimeout = 5 * time.Minute
	maxConcurrent  = 100_000
)

// resilience reads `resilience` of a source, or of one of its connectors (connector: only what a single call can have).
func (l *loader) resilience(v *ast.Value, coordinate string, connector bool) (r Resilience) {
	if t := member(v, "timeout"); t != nil {
		if text, ok := text(t); ok {
			var err error
			if r.Timeout, err = time.ParseDuration(text); err != nil || r.Timeout <= 0 || r.Timeout > maxCallTimeout {
				l.problem(at(t.Position), coordinate, fmt.Sprintf("timeout: %q is not a time of at most %s", text, maxCallTimeout), `write one like "300ms" or "2s"`)
				r.Timeout = 0
			}
		}
	}
	if again := member(v, "retry"); again != nil {
		if connector {
			l.problem(at(again.Position), coordinate, "retries have one budget for all calls of a source", "write retry on the source: @source(resilience: { retry: ... })")
		} else {
			r.Retry = l.retry(again, coordinate)
		}
	}
	n := member(v, "maxConcurrent")
	switch {
	case n == nil:
	case connector:
		l.problem(at(n.Position), coordinate, "maxConcurrent counts all calls of a source together", "write it on the source: @source(resilience: { maxConcurrent: "+n.Raw+" })")
	default:
		var err error
		if r.MaxConcurrent, err = strconv.Atoi(n.Raw); n.Kind == ast.IntValue && (err != nil || r.MaxConcurrent < 1 || r.MaxConcurrent > maxConcurrent) {
			l.problem(at(n.Position), coordinate, fmt.Sprintf("maxConcurrent: %s is not a number from 1 to %d", n.Raw, maxConcurrent), "")
			r.MaxConcurrent = 0
		}
	}
	return r
}

// maxAttempts is one call and two retries: more only load what is down already.
const maxAttempts = 3

func (l *loader) retry(v *ast.Value, coordinate string) *Retry {
	r := &Retry{}
	if n := member(v, "attempts"); n != nil {
		if r.Attempts, _ = strconv.Atoi(n.Raw); n.Kind == ast.IntValue && (r.Attempts < 2 || r.Attempts > maxAttempts) {
			l.problem(at(n.Position), coordinate, fmt.Sprintf("attempts: %s: a call and its retries are 2 or %d", n.Raw, maxAttempts), "leave retry out for none")
		}
	}
	if b, ok := text(member(v, "backoff")); ok {
		var err error
		if r.Backoff, err = time.ParseDuration(b); err != nil || r.Backoff <= 0 || r.Backoff > time.Second {
			l.problem(at(member(v, "backoff").Position), coordinate, fmt.Sprintf("backoff: %q is not a time of at most 1s", b), `write one like "25ms"`)
		}
	}
	if b := member(v, "budget"); b != nil {
		var err error
		if r.Budget, err = strconv.ParseFloat(b.Raw, 64); (b.Kind == ast.IntValue || b.Kind == ast.FloatValue) && (err != nil || r.Budget <= 0 || r.Budget > 1) {
			l.problem(at(b.Position), coordinate, fmt.Sprintf("budget: %s is not a part of the calls, above 0 and at most 1", b.Raw), "0.1 lets one of ten calls be a retry")
		}
	}
	if on := member(v, "on"); on != nil {
		r.On = []string{}
		for _, item := range items(on) {
			word, ok := text(item)
			if ok && !retryCause(word) {
				l.problem(at(item.Position), coordinate, fmt.Sprintf("on: %q is no reason to call again", word), `there are "connect", "timeout", "429", "5xx", and each of its statuses, as "503"`)
			}
			r.On = append(r.On, word)
		}
	}
	return r
}

// retryCause reports whether a call may be made again for a reason. Of 4xx it is 429 alone: the others say that it is wrong.
func retryCause(word string) bool {
	switch word {
	case "connect", "timeout", "429", "5xx":
		return true
	}
	n, err := strconv.Atoi(word)
	return err == nil && n >= 500 && n <= 599
}

// under returns r with what lies over it.
func (r Resilience) under(over Resilience) Resilience {
	if over.Timeout != 0 {
		r.Timeout = over.Timeout
	}
	if over.MaxConcurrent != 0 {
		r.MaxConcurrent = over.MaxConcurrent
	}
	return r
}
