// Package balance picks which instance of an upstream gets a call, and keeps those out that fail while others do not.
//
//	pick.go    who gets the next call: least loaded of two, in turns, or by a key
//	eject.go   who gets none for a while (outlier ejection), and how it comes back
//	group.go   the members, and how lists of addresses that change keep what is known of those that stay
//
// It knows addresses and a clock, and nothing of calls: see upstreams/pool.go. A Group is safe for concurrent use.
package balance
