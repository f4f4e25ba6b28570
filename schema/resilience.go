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
