// Package breaker decides whether an upstream is called at all. When most calls fail, or are so slow that they may as well, it opens:
// for a while every call is refused at once, which spares the upstream and does not keep clients waiting. Then a few calls go
// through as probes, and what comes of them closes it again or opens it for longer.
//
// It knows states and a clock and nothing of calls: see upstreams/breaker.go. A Breaker is safe for concurrent use. No caller can
// wedge it, by a panic, by runtime.Goexit, or by never coming back: the lease of a probe ends by the clock.
package breaker
