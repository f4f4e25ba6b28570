package cli

import "runtime/debug"

// gcPercent lets the heap grow to five times what is live before it is collected. What lives here is small (plans, schema,
// pooled frames: about 10 MiB), so Go's default of 100 collects every few milliseconds under load; 400 saves about a fifth of
// the CPU of a request for some 40 MiB.
const gcPercent = 400

// tuneMemory applies gcPercent unless GOGC says otherwise. GOMEMLIMIT, which bounds the heap, is Go's own and holds anyway.
func tuneMemory(env func(string) (string, bool)) {
	if _, set := env("GOGC"); !set {
		debug.SetGCPercent(gcPercent)
	}
}
