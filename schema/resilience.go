package schema

import (
	"cmp"
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
	Breaker       Breaker
	Hedge         time.Duration // after it an idempotent call is made a second time; 0: never
	Hedged        bool          // some connector of the source has a hedge of its own
	RateLimit     *RateLimit    // of calls; nil: none
}

// Retry says when an idempotent call is made again.
type Retry struct {
	Attempts int           // in all, the first included; 1: none but where a connector says so
	Backoff  time.Duration // at most before the second attempt; twice as long before each later one; 0: the default
	On       []string      // connect, timeout, a status, 5xx; nil: the default
	Budget   float64       // of a retry that each success pays for; 0: the default
}

// Breaker says when calls are not made for a while. A zero field means the default.
type Breaker struct {
	FailureRatio float64 // of the calls
	MinRequests  int     // before the ratio counts
	OpenFor      time.Duration
	On           []string // what counts as failed: connect, timeout, a status, 5xx; nil: the default
	Off          bool
}

// RateLimit is so many in a time.
type RateLimit struct {
	Rate  int // at least 1
	Per   time.Duration
	Burst int // at once; at least 1
}

// What can be asked for.
const (
	maxCallTimeout = 5 * time.Minute
	maxConcurrent  = 100_000
	maxRate        = 1_000_000
	maxHedge       = time.Minute
)

// resilience reads `resilience` of a source, or of one of its connectors (connector: only what a single call can have).
func (l *loader) resilience(v *ast.Value, coordinate string, connector bool) (r Resilience) {
	if v == nil {
		return r
	}
	r.Timeout = l.span(v, "timeout", maxCallTimeout, "300ms", coordinate)
	r.Hedge = l.span(v, "hedge", maxHedge, "50ms", coordinate)
	if again := member(v, "retry"); again != nil {
		r.Retry = l.retry(again, coordinate, connector)
	}
	if connector {
		l.ofSources(v, coordinate)
		return r
	}
	r.MaxConcurrent = l.count(v, "maxConcurrent", maxConcurrent, coordinate)
	if b := member(v, "breaker"); b != nil {
		r.Breaker = l.breaker(b, coordinate)
	}
	if limit := member(v, "rateLimit"); limit != nil {
		r.RateLimit = l.rateLimit(limit, coordinate)
	}
	return r
}

// ownResilience reads what a connector says of its calls. Whatever is counted is counted for all calls of the source, which has to know that
// there is something to count.
func (l *loader) ownResilience(v *ast.Value, c *Connector) {
	r := l.resilience(v, c.Coordinate, true)
	c.Timeout, c.Retry, c.Hedge = r.Timeout, r.Retry, r.Hedge
	for _, name := range []string{"retry", "hedge"} {
		if m := member(v, name); m != nil && c.HTTP != nil && !c.HTTP.Idempotent() {
			l.problem(at(m.Position), c.Coordinate, name+": a call that may change something is never made again", "remove it")
		}
	}
	if c.Source == nil {
		return
	}
	if own := &c.Source.Resilience; c.Retry != nil && own.Retry == nil {
		own.Retry = &Retry{Attempts: 1}
	}
	c.Source.Resilience.Hedged = c.Source.Resilience.Hedged || c.Hedge > 0
}

// ofSources reports what is written on a connector and counts the calls of a whole source.
func (l *loader) ofSources(v *ast.Value, coordinate string) {
	for _, m := range [...]struct{ name, why string }{
		{"breaker", "a breaker watches all calls of a source together"},
		{"maxConcurrent", "maxConcurrent counts all calls of a source together"},
		{"rateLimit", "rateLimit counts all calls of a source together"},
	} {
		if have := member(v, m.name); have != nil {
			l.problem(at(have.Position), coordinate, m.why, "write "+m.name+" on the source: @source(resilience: { "+m.name+": ... })")
		}
	}
}

// span reads a member that is a time of at most longest; 0 if it is not there, or wrong.
func (l *loader) span(v *ast.Value, name string, longest time.Duration, example, coordinate string) time.Duration {
	t := member(v, name)
	written, ok := text(t)
	if !ok {
		return 0
	}
	d, err := time.ParseDuration(written)
	if err != nil || d <= 0 || d > longest {
		l.problem(at(t.Position), coordinate, fmt.Sprintf("%s: %q is not a time of at most %s", name, written, longest), `write one like "`+example+`" or "1s"`)
		return 0
	}
	return d
}

// count reads a member that is a number from 1 to most; 0 if it is not there, or wrong.
func (l *loader) count(v *ast.Value, name string, most int, coordinate string) int {
	m := member(v, name)
	if m == nil || m.Kind != ast.IntValue {
		return 0
	}
	n, err := strconv.Atoi(m.Raw)
	if err != nil || n < 1 || n > most {
		l.problem(at(m.Position), coordinate, fmt.Sprintf("%s: %s is not a number from 1 to %d", name, m.Raw, most), "")
		return 0
	}
	return n
}

// part reads a member that is a part of a whole, above 0 and at most 1; 0 if it is not there, or wrong.
func (l *loader) part(v *ast.Value, name, hint, coordinate string) float64 {
	m := member(v, name)
	if m == nil || m.Kind != ast.IntValue && m.Kind != ast.FloatValue {
		return 0
	}
	f, err := strconv.ParseFloat(m.Raw, 64)
	if err != nil || f <= 0 || f > 1 {
		l.problem(at(m.Position), coordinate, fmt.Sprintf("%s: %s is not a part of the calls, above 0 and at most 1", name, m.Raw), hint)
		return 0
	}
	return f
}

func (l *loader) breaker(v *ast.Value, coordinate string) Breaker {
	b := Breaker{
		FailureRatio: l.part(v, "failureRatio", "0.5 is half of them", coordinate),
		MinRequests:  l.count(v, "minRequests", maxConcurrent, coordinate),
		OpenFor:      l.span(v, "openFor", time.Minute, "10s", coordinate),
	}
	if on := member(v, "on"); on != nil {
		b.On = l.causes(on, coordinate, "is nothing that a service can be blamed for", func(word string) bool { return word != "429" && retryCause(word) })
	}
	off := member(v, "off")
	b.Off = off != nil && off.Raw == "true"
	return b
}

func (l *loader) rateLimit(v *ast.Value, coordinate string) *RateLimit {
	r := &RateLimit{Rate: l.count(v, "rate", maxRate, coordinate), Per: time.Second}
	if d := l.span(v, "per", time.Hour, "1s", coordinate); d > 0 {
		r.Per = d
	}
	if r.Burst = l.count(v, "burst", maxRate, coordinate); r.Burst == 0 {
		r.Burst = max(r.Rate, 1)
	}
	if r.Rate == 0 {
		return nil
	}
	return r
}

// maxAttempts is one call and two retries: more only load what is down already.
const maxAttempts = 3

// retry reads when a call is made again. A connector may also say that its calls never are, where those of its source are.
func (l *loader) retry(v *ast.Value, coordinate string, connector bool) *Retry {
	r := &Retry{
		Backoff: l.span(v, "backoff", time.Second, "25ms", coordinate),
		Budget:  l.part(v, "budget", "0.1 lets one of ten calls be a retry", coordinate),
	}
	least, hint := 2, "leave retry out for none"
	if connector {
		least, hint = 1, "1 is the call alone"
	}
	if b := member(v, "budget"); connector && b != nil {
		l.problem(at(b.Position), coordinate, "retries have one budget for all calls of a source", "write budget on the source: @source(resilience: { retry: { budget: ... } })")
	}
	if n := member(v, "attempts"); n != nil {
		if r.Attempts, _ = strconv.Atoi(n.Raw); n.Kind == ast.IntValue && (r.Attempts < least || r.Attempts > maxAttempts) {
			l.problem(at(n.Position), coordinate, fmt.Sprintf("attempts: %s: a call and its retries are %d to %d", n.Raw, least, maxAttempts), hint)
		}
	}
	if on := member(v, "on"); on != nil {
		r.On = l.causes(on, coordinate, "is no reason to call again", retryCause)
	}
	return r
}

// causes reads `on`: words that known reports to be right.
func (l *loader) causes(on *ast.Value, coordinate, wrong string, known func(string) bool) []string {
	words := []string{}
	for _, item := range items(on) {
		word, ok := text(item)
		if ok && !known(word) {
			l.problem(at(item.Position), coordinate, fmt.Sprintf("on: %q %s", word, wrong), `there are "connect", "timeout", "5xx", and each of its statuses, as "503"`+also429(known))
		}
		words = append(words, word)
	}
	return words
}

// also429 names the one status of 4xx that may stand in a list.
func also429(known func(string) bool) string {
	if known("429") {
		return `, and "429"`
	}
	return ""
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
	r.Timeout = cmp.Or(over.Timeout, r.Timeout)
	r.MaxConcurrent = cmp.Or(over.MaxConcurrent, r.MaxConcurrent)
	r.Hedge = cmp.Or(over.Hedge, r.Hedge)
	r.Retry = cmp.Or(over.Retry, r.Retry)
	r.RateLimit = cmp.Or(over.RateLimit, r.RateLimit)
	r.Breaker.FailureRatio = cmp.Or(over.Breaker.FailureRatio, r.Breaker.FailureRatio)
	r.Breaker.MinRequests = cmp.Or(over.Breaker.MinRequests, r.Breaker.MinRequests)
	r.Breaker.OpenFor = cmp.Or(over.Breaker.OpenFor, r.Breaker.OpenFor)
	r.Breaker.Off = over.Breaker.Off || r.Breaker.Off
	if over.Breaker.On != nil {
		r.Breaker.On = over.Breaker.On
	}
	return r
}
