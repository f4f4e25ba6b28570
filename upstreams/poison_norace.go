//go:build !race

package upstreams

// poisoned reports whether released memory is overwritten and never used again: in race builds.
const poisoned = false

func poison([]byte) {}
