// Package freshness has the rules of HTTP caching for a cache that many clients share (RFC 9111, RFC 5861), as functions without I/O:
// whether a reply may be kept, and for how long it may be used.
//
// Nothing is guessed: a reply that does not say how long it is fresh is not kept (RFC 9111, 4.2.2 allows heuristics, and needs none).
//
//	policy.go    what a cache is told of a reply
//	decide.go    whether a reply may be kept
//	lifetime.go  for how long
//	revalidate.go, update.go  how a kept reply is asked about again, and what a 304 makes of it
package freshness
